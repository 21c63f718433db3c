"""The Chinese font that comes with the package's dependencies, whole for charts and cut to a page's characters for HTML."""

from __future__ import annotations

import base64
import io
import re
from functools import cache, lru_cache
from html import unescape
from pathlib import Path
from typing import Any

FAMILY = "Noto Sans CJK SC"
_TAG = re.compile(r"<(style|title)\b.*?</\1>|<[^>]*>", re.DOTALL)
_SIMPLIFIED_FACE = 2
"""Number of the simplified-Chinese face in the collection."""


_UNUSED = ("GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx")
"""Tables for ligatures and vertical text, which no page uses."""


def font_file() -> Path:
    """The font collection."""
    from noto_cjk_sans_otc import FONT_PATH

    return Path(str(FONT_PATH))


def visible_characters(html: str) -> str:
    """The characters that a page shows, sorted, each once.

    Examples
    --------
    >>> visible_characters("<p class='x'>低保&lt;低</p>")
    '<低保'
    """
    shown = unescape(_TAG.sub("", html))
    return "".join(sorted({c for c in shown if c.isprintable()}))


@cache
def face() -> Any:
    """The simplified-Chinese face, as HarfBuzz reads it."""
    from uharfbuzz import Blob, Face

    return Face(Blob.from_file_path(font_file()), _SIMPLIFIED_FACE)


def missing(characters: str) -> list[str]:
    """Those of some characters that the font cannot show, as ``U+XXXX``.

    Examples
    --------
    >>> missing("低保"), missing("𐎀")
    ([], ['U+10380'])
    """
    shown = face().unicodes
    return [f"U+{ord(c):04X}" for c in characters if ord(c) not in shown]


def _cut(characters: str) -> bytes:
    """The font with only some characters, without hints."""
    from uharfbuzz import SubsetFlags, SubsetInput

    wanted = SubsetInput()
    wanted.unicode_set.update(map(ord, characters))
    wanted.drop_table_tag_set.update(int.from_bytes(tag.encode()) for tag in _UNUSED)
    wanted.flags = SubsetFlags.NO_HINTING | SubsetFlags.NOTDEF_OUTLINE | SubsetFlags.DESUBROUTINIZE
    return bytes(wanted.subset(face()).blob.data)


@lru_cache(maxsize=8)
def embedded(characters: str) -> str:
    """CSS that brings the font for these characters along, so that a machine without Chinese fonts shows them.

    The same characters give the same bytes.
    """
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(_cut(characters)), lazy=True, recalcTimestamp=False, recalcBBoxes=False)
    font.flavor, out = "woff", io.BytesIO()
    font.save(out, reorderTables=False)
    data = base64.b64encode(out.getvalue()).decode()
    return f'@font-face {{ font-family: "Minsheng"; src: url(data:font/woff;base64,{data}) format("woff"); }}\n'
