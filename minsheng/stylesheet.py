"""The style of a page: of all rules, those that something on the page can meet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from minsheng.places import PACKAGE

_RULE = re.compile(r"(?P<selectors>[^{}]+)\{(?P<body>[^{}]*)\}")
_PART = re.compile(r"(?P<media>@media[^{]*)\{(?P<inside>(?:[^{}]*\{[^{}]*\})*)\s*\}|" + _RULE.pattern)
_APART = re.compile(r"\[[^\]]*\]|::?[\w-]+")
"""Attributes and states of an element, which a page may come to have."""

_NAME = re.compile(r"[a-z][\w-]*")
_NAMED = re.compile(r'(?<=[<" ])[a-z][\w-]*')
"""A name where an element or a class may stand, in HTML or in the script."""


@cache
def _sheet() -> str:
    return (PACKAGE / "templates" / "reader.css").read_text(encoding="utf-8")


def _met(selector: str, names: set[str]) -> bool:
    """Whether all elements and classes that a selector names are among some names."""
    return names.issuperset(_NAME.findall(_APART.sub("", selector)))


def _rules(css: str, names: set[str]) -> Iterator[str]:
    for rule in _RULE.finditer(css):
        selectors = [one.strip() for one in rule["selectors"].split(",")]
        met = [one for one in selectors if one.startswith("@") or _met(one, names)]
        if met:
            yield f"{', '.join(met)} {{{rule['body']}}}\n"


def stylesheet(page: str, css: str = "") -> str:
    r"""The rules of the reader's style that a page needs.

    Parameters
    ----------
    page : str
        What is in the page, and its script.
    css : str, optional
        Other rules than the reader's.

    Returns
    -------
    str
        CSS without the selectors that name an element or a class that is not there.

    Examples
    --------
    >>> stylesheet('<p class="a">', "p, q { color: red } .b { margin: 0 } @media print { .a { margin: 0 } q { margin: 0 } }")
    'p { color: red }\n@media print {\n.a { margin: 0 }\n}\n'
    """
    names = set(_NAMED.findall(page))
    found: list[str] = []
    for part in _PART.finditer(css or _sheet()):
        if not part["media"]:
            found += _rules(part[0], names)
        elif inside := "".join(_rules(part["inside"], names)):
            found.append(f"{part['media'].strip()} {{\n{inside}}}\n")
    return "".join(found)
