"""Where each number of a document went: into a figure, or among the leftovers; held against an independent count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from minsheng.census import Numbers, census, key
from minsheng.unit_words import unit_words

KINDS = ("digits", "numeral")


@dataclass(frozen=True)
class Mark:
    """A digit string or numeral of a document, and where it went.

    Attributes
    ----------
    text : str
        As printed, cut short.
    kind : str
        ``digits`` or ``numeral``.
    reason : str
        Why it is no figure (a key of ``strings/``); empty where it is one.
    item, passage : str
    """

    text: str
    kind: str
    reason: str
    item: str
    passage: str


def account(texts: Iterable[str], codes: Sequence[str], marks: Iterable[Mark]) -> pd.DataFrame:
    """How many numbers a document has by an independent count, and how many of these went where.

    Parameters
    ----------
    texts : iterable of str
        All its lines.
    codes : sequence of str
        Vocabulary ``unit``.
    marks : iterable of Mark
        The numbers that were read.

    Returns
    -------
    DataFrame
        ``kind``, ``found``, ``figures``, ``leftovers``; found is more than the other two together where a number was not read.

    Examples
    --------
    >>> account(["新增5000人，五成"], ["人"], [Mark("5000", "digits", "", "1", "")]).values.tolist()
    [['digits', 1, 1, 0], ['numeral', 1, 0, 0]]
    """
    there = census(texts, unit_words(tuple(codes)))
    read, used = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for mark in marks:
        read[key(mark.kind, mark.text)] += 1
        used[key(mark.kind, mark.text)] += not mark.reason
    told, figures = read & there, used & there
    rows = ((kind, *(_of(numbers, kind) for numbers in (there, figures, told - figures))) for kind in KINDS)
    return pd.DataFrame(rows, columns=["kind", "found", "figures", "leftovers"])


def _of(numbers: Numbers, kind: str) -> int:
    return sum(count for (own, _), count in numbers.items() if own == kind)
