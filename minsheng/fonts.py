"""The Chinese font that comes with the package's dependencies, whole for charts and cut to a page's characters for HTML."""

from __future__ import annotations

import base64
import io
import re
from functools import cache, lru_cache
from html import unescape
from pathlib import Path

from minsheng.places import PACKAGE, bundled

FAMILY = "Noto Sans CJK SC"
_TAG = re.compile(r"<(style|title)\b.*?</\1>|<[^>]*>", re.DOTALL)
_SIMPLIFIED_FACE = 2
"""Number of the simplified-Chinese face in the collection."""


_SIGNS = "−×±–→←≈≠†‡…·"
"""Signs of charts and numbers that stand in no table and no word list."""

_UNUSED = ("GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx")
"""Tables for ligatures and vertical text, which no page uses and which take long to read."""


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
    unusual = set(characters) - usual()[0]
    return [f"U+{ord(c):04X}" for c in sorted(unusual) if ord(c) not in _covered()]


def _cut(source: Path | io.BytesIO, face: int, characters: str, flavor: str | None) -> bytes:
    """A font with only some characters; what is cut for a page (`flavor`) goes without hints, which take long to remove.

    The boxes of the whole font stay as they are: counting them anew would draw each glyph, and no browser asks.
    """
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    font = TTFont(source, fontNumber=face, lazy=True, recalcTimestamp=False, recalcBBoxes=False)
    for table in _UNUSED:
        if table in font:
            del font[table]
    options = Options(layout_features=[], hinting=flavor is None, notdef_outline=True, name_IDs=[1, 2], name_languages=[0x409])
    subsetter = Subsetter(options)
    subsetter.populate(text=characters)
    subsetter.subset(font)
    font.flavor = flavor
    out = io.BytesIO()
    font.save(out, reorderTables=False)
    return out.getvalue()


@cache
def usual() -> tuple[frozenset[str], bytes]:
    """The characters of the package's own words and tables, and the font with just these.

    A page is cut from it in half the time that the whole font takes, an index in a tenth; making it takes about two
    seconds, once, while the first notebook runs.
    """
    from fontTools.ttLib import TTFont

    files = [*(PACKAGE / "strings").glob("*.toml"), *bundled("data").glob("*.*"), *bundled("notebooks").glob("*.ipynb")]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    characters = "".join(sorted({c for c in text + _SIGNS if c.isprintable()} | set(map(chr, range(32, 127)))))
    font = _cut(font_file(), _SIMPLIFIED_FACE, characters, None)
    return frozenset(map(chr, TTFont(io.BytesIO(font)).getBestCmap())), font


@lru_cache(maxsize=8)
def embedded(characters: str) -> str:
    """CSS that brings the font for these characters along, so that a machine without Chinese fonts shows them.

    The same characters give the same bytes.
    """
    known, font = usual()
    if known.issuperset(characters):
        cut = _cut(io.BytesIO(font), -1, characters, "woff")
    else:
        cut = _cut(font_file(), _SIMPLIFIED_FACE, characters, "woff")
    data = base64.b64encode(cut).decode()
    return f'@font-face {{ font-family: "Minsheng"; src: url(data:font/woff;base64,{data}) format("woff"); }}\n'
