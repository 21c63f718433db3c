"""The numbers that a text prints, counted without reading them: what the account of a draft is held against.

Nothing here is shared with `quantities` but the list of units: a number that the reader never saw is found here all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from minsheng.unit_words import NO_HALF, NO_TENTH, counted

HAN = frozenset("零〇一二两三四五六七八九十百千万亿")
_STEPS, _GROUPS, _MANY = "十百千", "万亿", "多余几"
_METRIC = ("千米", "千瓦", "千克", "千升")
"""Where 千 belongs to the unit; 五千米 is 五千 and 米 all the same."""
_CUT = 25
"""Characters by which a number is told from another."""

Numbers = Counter[tuple[str, str]]
"""How often each number stands there, by kind (digits, numeral) and what is printed, cut short."""


def key(kind: str, text: str) -> tuple[str, str]:
    """What tells a number from another.

    Examples
    --------
    >>> key("digits", "9" * 40) == ("digits", "9" * 25)
    True
    """
    return kind, text[:_CUT]


def census(texts: Iterable[str], units: Iterable[str]) -> Numbers:
    """Every digit string, and every Chinese numeral with a unit.

    Parameters
    ----------
    texts : iterable of str
        The lines of a document.
    units : iterable of str
        Units, dates and terms included.

    Examples
    --------
    >>> sorted(census(["1,500元、十余场；百分之五，第二场"], ["元", "场"]))
    [('digits', '1,500'), ('numeral', '十余'), ('numeral', '百分之五')]
    """
    known = tuple(units)
    found: Numbers = Counter()
    for text in texts:
        runs = list(_runs(text))
        found.update(key("digits", text[start:end]) for start, end in _strings(text, runs))
        found.update(key("numeral", text[start:end]) for start, end in _numerals(text, runs, known))
    return found


def _class(one: str) -> str:
    return "digit" if one.isdecimal() else "han" if one in HAN else ""


def _runs(text: str) -> Iterator[tuple[str, int, int]]:
    """Runs of digits and of numeral characters: kind, start, end."""
    end = 0
    for kind, run in groupby(text, key=_class):
        start, end = end, end + sum(1 for _ in run)
        if kind:
            yield kind, start, end


def _strings(text: str, runs: list[tuple[str, int, int]]) -> Iterator[tuple[int, int]]:
    """Runs of digits put together where a point or the comma of thousands is between them."""
    own = [(start, end) for kind, start, end in runs if kind == "digit"]
    at = 0
    while at < len(own):
        start, last = own[at][0], at
        if own[at][1] - start <= 3:
            while (
                last + 1 < len(own) and _joined(text, own[last], own[last + 1], ",") and own[last + 1][1] - own[last + 1][0] == 3
            ):
                last += 1
        if last + 1 < len(own) and _joined(text, own[last], own[last + 1], ".．"):
            last += 1
        yield start, own[last][1]
        at = last + 1


def _joined(text: str, one: tuple[int, int], other: tuple[int, int], by: str) -> bool:
    return other[0] - one[1] == 1 and text[one[1]] in by


def _numerals(text: str, runs: list[tuple[str, int, int]], units: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Runs of numeral characters that a unit follows, and the fractions 百分之五, 五成."""
    done = 0
    for kind, start, end in runs:
        if kind == "digit":
            done = _times(text, end)
            continue
        start = max(start, done)
        end -= text.startswith(_METRIC[1:], end - 1)  # the 千 of 五千瓦 belongs to its unit
        if (
            start >= end
            or (start == done and text.startswith(_METRIC, start))
            or text.startswith("分之", end)
            or text[start - 1 : start] == "第"
        ):
            continue
        elif text.endswith("百分之", 0, start):
            done = _point(text, end)
            yield start - 3, done
        elif text[end - 1] in "一二三四五六七八九" and _tenths(text, end):
            yield end - 1, (done := _half(text, end + 1))
        elif (done := _many(text, end)) and counted(text, done, units):
            yield start, done


def _times(text: str, at: int) -> int:
    """Where the 万 of a digit string ends."""
    while text[at : at + 1].isspace():
        at += 1
    at += text[at : at + 1] in tuple(_MANY)
    at += text[at : at + 1] in tuple(_STEPS) and not text.startswith((*_METRIC, "百分之"), at)
    while text[at : at + 1] in tuple(_GROUPS):
        at += 1
    return at


def _many(text: str, at: int) -> int:
    """Where a numeral ends that goes on as 十余万 does."""
    if text[at : at + 1] not in tuple(_MANY):
        return at
    return at + 1 + (text[at + 1 : at + 2] in tuple(_GROUPS))


def _point(text: str, at: int) -> int:
    """Where 百分之五点五 ends, of which 百分之五 has been seen."""
    end = at + 1
    while text[at : at + 1] == "点" and text[end : end + 1] in HAN:
        end += 1
    return end if end > at + 1 else at


def _half(text: str, at: int) -> int:
    """Where 九成五 ends, of which 九成 has been seen."""
    more = text[at : at + 1]
    return at + (more == "半" or (more in tuple("一二三四五六七八九") and text[at + 1 : at + 2] not in tuple(NO_HALF)))


def _tenths(text: str, at: int) -> bool:
    return text[at : at + 1] == "成" and text[at + 1 : at + 2] not in tuple(NO_TENTH)
