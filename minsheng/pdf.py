"""The lines of a PDF that has text: wrapped lines put together, page numbers left out, tables cell by cell."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any
from unicodedata import normalize

from minsheng.faults import Refused
from minsheng.glyphs import Glyphs
from minsheng.manuscripts import CHARACTERS, Line
from minsheng.numbering import mark

PAGES = 500
"""Pages of a document. A plan of fifty items with its annexes has some sixty."""

_FOOT = re.compile(r"[-—–－·\s第]*(\d{1,3})[-—–－·\s页]*")
_RADICALS = str.maketrans(
    "⺠⺟⻁⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻣⻤⻥⻦⻩⻬⻮⻰⻳", "民母虎西见角贝车长门青页风飞食马骨鬼鱼鸟黄齐齿龙龟"
)
"""Radicals that stand for characters where a font maps both to one shape; those of Kangxi fold by themselves (NFKC)."""
_KANGXI = re.compile("[\u2f00-\u2fdf]+")
UNREAD = 0.02
"""The share of characters without a meaning (no ToUnicode in their font) from which a document counts as unreadable."""
_NEAR = 1.6
"""How many widths of a character a line may end before the margin and still be a full one."""


def _open(raw: bytes, name: str) -> Any:
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # which tells of each font that it has doubts about
    try:
        return pdfplumber.open(io.BytesIO(raw))
    except Exception as error:  # pdfplumber wraps whatever its reader stumbles over; it is the file
        locked = any(isinstance(one, PDFPasswordIncorrect) for one in (error, error.__cause__, *error.args))
        raise Refused("reading.encrypted" if locked else "reading.broken", file=name) from None


def folded(text: str) -> str:
    """Text with characters in place of the radicals that look like them.

    Examples
    --------
    >>> folded("⺠⽣实事⼀")
    '民生实事一'
    """
    return _KANGXI.sub(lambda found: normalize("NFKC", found[0]), text.translate(_RADICALS))


def _ends(text: str) -> bool:
    return text.endswith(("。", "；", "：", ":", "）", ")"))


def _begins(line: dict[str, Any], left: float) -> bool:
    """Whether a line of print begins a paragraph: it is set in, or numbered."""
    return line["x0"] - left > _width(line) * _NEAR or mark(line["text"]) is not None


def _width(line: dict[str, Any]) -> float:
    """The width of a Chinese character in a line, which is as wide as it is high."""
    return float(max(one["size"] for one in line["chars"]))


def _full(line: dict[str, Any], right: float) -> bool:
    return bool(right - line["x1"] < _width(line) * _NEAR)


_HEAVY = re.compile("bold|heavy|black|simhei|heiti", re.I)


def _font(page: Any) -> str | None:
    """The name of one font of a page, where all of them are bold or none is."""
    from pdfminer.pdftypes import resolve1

    fonts = [resolve1(one) for one in (resolve1(page.page_obj.resources.get("Font")) or {}).values()]
    described = [font | (resolve1(font.get("FontDescriptor")) or {}) for font in fonts]
    names = [str(font.get("BaseFont") or font.get("FontName") or "") for font in described]
    return next(iter(names), "") if len({bool(_HEAVY.search(one)) for one in names}) < 2 else None


def _bold(line: dict[str, Any]) -> bool:
    return all(_HEAVY.search(one["fontname"]) for one in line["chars"] if one["text"].strip())


def _table_rows(table: Any) -> Iterator[list[tuple[int, str]]]:
    """The rows of a table: column and text of each cell that holds any; a merged cell is there once."""
    for cells in table.extract():
        yield [(column, cell.replace("\n", "")) for column, cell in enumerate(cells, start=1) if cell and cell.strip()]


def _page(page: Any) -> list[Any]:
    """What a page holds, from its top down: lines of print, and tables with two columns or more."""
    tables = page.find_tables() if page.rects or page.lines or page.curves else []
    tables = [one for one in tables if max((len(row.cells) for row in one.rows), default=0) > 1]
    text = page
    for one in tables:
        text = text.outside_bbox(one.bbox, strict=False)
    print_ = [one for one in text.extract_text_lines(return_chars=True) if one["text"].strip()]
    return sorted([*print_, *tables], key=lambda one: one["top"] if isinstance(one, dict) else one.bbox[1])


def _without_feet(pages: list[list[Any]]) -> list[list[Any]]:
    """Pages without their numbers, where the last or first lines of all that have one count up with the pages."""
    for at in (-1, 0):
        found = {n: _FOOT.fullmatch(page[at]["text"]) for n, page in enumerate(pages) if page and isinstance(page[at], dict)}
        feet = {n: int(one[1]) - n for n, one in found.items() if one}
        if feet and len(set(feet.values())) == 1 and 2 * len(feet) >= len(pages):
            pages = [(page[:-1] if at else page[1:]) if n in feet else page for n, page in enumerate(pages)]
    return pages


def _lines(pages: list[list[Any]]) -> Iterator[Line]:
    prints = [one for page in pages for one in page if isinstance(one, dict)]
    left, right = min((one["x0"] for one in prints), default=0), max((one["x1"] for one in prints), default=0)
    row, table, text, bold, open_ = 0, 0, "", True, False
    for one in [one for page in pages for one in [*page]] + [None]:
        if text and (not isinstance(one, dict) or not open_ or _begins(one, left)):
            row += 1
            yield Line(text, row, bold=bold)
            text, bold = "", True
        if isinstance(one, dict):
            gap = " " if re.search("[0-9A-Za-z]$", text) and re.match("[A-Za-z]", one["text"]) else ""
            text, bold = text + gap + one["text"].strip(), bold and _bold(one)
            open_ = _full(one, right) or not (_ends(text) or _begins(one, left))
        elif one is not None:
            table += 1
            for cells in _table_rows(one):
                row += 1
                yield from (Line(cell, row, table, column) for column, cell in cells)


def lines(raw: bytes, name: str, _: str) -> tuple[list[Line], list[int]]:
    """The lines of a PDF, and its pages that show something without text.

    Raises
    ------
    Refused
        If it is encrypted or broken, its font cannot be read as text, or it has too many pages or characters.
    """
    pages, silent, count, unread = [], [], 0, 0
    with _open(raw, name) as book, closing(Glyphs(raw)) as glyphs:
        try:
            if len(book.pages) > PAGES:
                raise Refused("reading.pages", file=name, pages=len(book.pages), limit=PAGES)
            for number, page in enumerate(book.pages, start=1):
                count += glyphs.count(number - 1)
                if count > CHARACTERS:
                    raise Refused("reading.long", file=name, limit=CHARACTERS)
                if print_ := glyphs.lines(number - 1, _font(page)):
                    pages.append(print_)
                    continue
                unread += sum(one["text"].startswith("(cid:") for one in page.chars)
                if not page.chars and (page.images or page.curves):
                    silent.append(number)
                pages.append(_page(page) if page.chars else [])
                page.close()
        except Refused:
            raise
        except Exception:  # as in `_open`
            raise Refused("reading.broken", file=name) from None
    if unread > UNREAD * max(count, 1):
        raise Refused("reading.garbled", file=name)
    found = [replace(line, text=folded(line.text)) for line in _lines(_without_feet(pages))]
    return found, silent or ([] if found else [1])
