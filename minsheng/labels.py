"""The words a reader sees, in Chinese and in English, one file a language (``strings/``)."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Any
from unicodedata import east_asian_width

from minsheng.places import PACKAGE

LANGUAGES = ("zh", "en")

_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that no reader sees: controls, and those that turn the direction of what follows."""


@cache
def _strings(lang: str) -> dict[str, str]:
    text = (PACKAGE / "strings" / f"{lang}.toml").read_text(encoding="utf-8")
    return {f"{group}.{name}": words for group, entries in tomllib.loads(text).items() for name, words in entries.items()}


def say(key: str, lang: str = "zh", /, **values: Any) -> str:
    """The words for `key`, with `values` put in.

    Parameters
    ----------
    key : str
        ``group.name`` as in ``strings/zh.toml``.
    lang : {'zh', 'en'}
        Language.
    **values
        What the words leave open.

    Returns
    -------
    str

    Raises
    ------
    KeyError
        If there are no such words.

    Examples
    --------
    >>> say("flag.draft"), say("flag.draft", "en")
    ('征求意见稿', 'draft')
    """
    return _strings(lang)[key].format(**values)


def keys(lang: str) -> set[str]:
    """All keys of a language (for the tests that compare the two)."""
    return set(_strings(lang))


def visible(words: str) -> str:
    r"""Words without characters that no reader sees and that would turn what stands after them.

    Examples
    --------
    >>> visible("源城\u202e区")
    '源城区'
    """
    return _INVISIBLE.sub("", words)


def calculation(words: str) -> str:
    """Arithmetic with the signs of print, not those of a keyboard.

    Examples
    --------
    >>> calculation("765 - 60"), calculation("2700 / 3‰")
    ('765 − 60', '2700 ÷ 3‰')
    """
    return words.replace(" - ", " − ").replace(" / ", " ÷ ")


def short(words: str, room: int) -> str:
    """Words on one line, or their beginning where they need more room than so many letters; a Chinese character takes two.

    Examples
    --------
    >>> short("河源市源城区", 12), short("河源市源城区", 11), short("Yuancheng", 5)
    ('河源市源城区', '河源市源城…', 'Yuanc…')
    """
    words, used = " ".join(visible(words).split()), 0
    for i, one in enumerate(words):
        used += 2 if east_asian_width(one) in "WF" else 1
        if used > room:
            return words[:i] + "…"
    return words
