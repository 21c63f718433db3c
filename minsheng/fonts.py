"""The Chinese font that comes with the package's dependencies, whole for charts and cut to a page's characters for HTML."""

from __future__ import annotations

import base64
import io
import re
from functools import cache, lru_cache
from html import unescape
from pathlib import Path

FAMILY = "Noto Sans CJK SC"
_TAG = re.compile(r"<(style|title)\b.*?</\1>|<[^>]*>", re.DOTALL)
_SIMPLIFIED_FACE = 2
"""Number of the simplified-Chinese face in the collection."""


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
def _covered() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    return frozenset(TTFont(font_file(), fontNumber=_SIMPLIFIED_FACE, lazy=True).getBestCmap())


def missing(characters: str) -> list[str]:
    """Those of some characters that the font cannot show, as ``U+XXXX``.

    Examples
    --------
    >>> missing("低保"), missing("𐎀")
    ([], ['U+10380'])
    """
    return [f"U+{ord(c):04X}" for c in characters if ord(c) not in _covered()]


@lru_cache(maxsize=8)
def embedded(characters: str) -> str:
    """CSS that brings the font for these characters along, so that a machine without Chinese fonts shows them.

    The same characters give the same bytes.
    """
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    font = TTFont(font_file(), fontNumber=_SIMPLIFIED_FACE, lazy=True, recalcTimestamp=False)
    options = Options(
        flavor="woff2",
        layout_features=[],
        hinting=False,
        desubroutinize=False,
        notdef_outline=True,
        name_IDs=[1, 2],
        name_languages=[0x409],
    )
    subsetter = Subsetter(options)
    subsetter.populate(text=characters)
    subsetter.subset(font)
    out = io.BytesIO()
    font.flavor = "woff2"
    font.save(out, reorderTables=True)
    data = base64.b64encode(out.getvalue()).decode()
    return f'@font-face {{ font-family: "Minsheng"; src: url(data:font/woff2;base64,{data}) format("woff2"); }}\n'
