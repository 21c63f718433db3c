"""The characters of PDF pages that hold nothing but text, by a library in C: most pages of most documents, ten times as fast."""

from __future__ import annotations

import ctypes
from typing import Any

_HEIGHT = 0.8
"""How wide a character is taken to be at least, as a share of the height of its box."""


class Glyphs:
    """A PDF as pdfium sees it.

    Parameters
    ----------
    raw : bytes

    Notes
    -----
    Tables need lines and rectangles, and characters that a font does not tell are counted elsewhere: `lines` gives None for a
    page with any of these, which is then read the slow way.
    """

    def __init__(self, raw: bytes) -> None:
        import pypdfium2

        try:
            self._book = pypdfium2.PdfDocument(raw)
        except pypdfium2.PdfiumError:  # what is wrong with it the other reader says
            self._book = None

    def close(self) -> None:
        """Free what the library holds."""
        if self._book is not None:
            self._book.close()

    def count(self, number: int) -> int:
        """How many characters a page has, counted from 0; none where it cannot be read."""
        if self._book is None:
            return 0
        page = self._book[number]
        text = page.get_textpage()
        found = int(text.count_chars())
        text.close()
        page.close()
        return found

    def lines(self, number: int, font: str | None) -> list[dict[str, Any]] | None:
        """The lines of print of a page, counted from 0, as `pdfplumber` gives them; None where it holds more than text.

        `font` is the one that characters are in whose font has no name here; None where that may be one or another.
        """
        from pdfplumber.utils import chars_to_textmap
        from pypdfium2 import raw

        if self._book is None:
            return None
        page = self._book[number]
        plain = {one.type for one in page.get_objects()} == {raw.FPDF_PAGEOBJ_TEXT}
        straight = not page.get_rotation() and page.get_bbox()[:2] == (0, 0)
        chars = _chars(page, font) if plain and straight else None
        page.close()
        if not chars:
            return None
        return [one for one in chars_to_textmap(chars).extract_text_lines() if one["text"].strip()]


def _chars(page: Any, font: str | None) -> list[dict[str, Any]] | None:
    """The characters of a page with their boxes; None where a font does not say what one of them is."""
    from pypdfium2 import raw

    text, height = page.get_textpage(), page.get_height()
    box, name, flags, chars = raw.FS_RECTF(), ctypes.create_string_buffer(128), ctypes.c_int(), []
    for at in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, at)
        if code < 32 or raw.FPDFText_IsGenerated(text, at):
            continue
        raw.FPDFText_GetLooseCharBox(text, at, box)
        raw.FPDFText_GetFontInfo(text, at, name, len(name), flags)
        called = name.value.decode("utf-8", "replace") or font
        if called is None or raw.FPDFText_HasUnicodeMapError(text, at):
            return None
        x0, x1, top, bottom = box.left, box.right, height - box.top, height - box.bottom
        size = max(x1 - x0, _HEIGHT * (bottom - top))
        chars.append(
            {"text": chr(code), "x0": x0, "x1": x1, "top": top, "bottom": bottom, "doctop": top, "upright": True, "size": size,
             "fontname": called, "object_type": "char", "width": x1 - x0, "height": bottom - top}
        )  # fmt: skip
    text.close()
    return chars
