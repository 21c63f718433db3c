"""Which indicator a text speaks of: the words of ``data/wording.csv`` and the names of the indicators, weighed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from minsheng.tables import Dataset

_NAME = 14
"""Weight of the name of an indicator, as `known.indicators` prints it."""

_ENOUGH = 6.0
"""What words that only support an indicator add to its score at most."""

_STRONG = ("name", "alias")

_FILLERS = re.compile("平均|最低(?!生活保障)|[年月]?人均|月(?=标准)|年(?=标准)")
"""What documents put between the words of a name: 低保平均标准."""

_ALIKE = (
    {"人", "名", "人次", "位"},
    {"个", "家", "所", "处", "座", "项"},
    {"套", "户", "间"},
    {"场", "次", "场次", "期"},
    {"批次", "份"},
)
"""Units that documents use for one another."""

Regions = Iterable[tuple[str, float]]
"""Texts with how near each of them is to the number (1 is beside it)."""


@dataclass(frozen=True)
class Fit:
    """How well an indicator fits a number.

    Attributes
    ----------
    indicator_id : str
    score : float
        Weight of the words that speak for it, those beside the number counting most.
    near : bool
        Whether its name or an alias stands beside the number.
    named : bool
        Whether its name or an alias stands anywhere around.
    """

    indicator_id: str
    score: float
    near: bool
    named: bool


@dataclass(frozen=True)
class Lexicon:
    """The words of all indicators.

    Examples
    --------
    >>> import minsheng as ms
    >>> words = Lexicon(ms.load())
    >>> words.best([("困难残疾人生活补贴", 1.0)], "元").indicator_id
    'disability_living_subsidy'
    >>> words.best([("毫不相干", 1.0)], "元") is None
    True
    """

    known: Dataset

    @cached_property
    def _rows(self) -> dict[str, list[tuple[str, str, float]]]:
        """Word to (indicator, kind, weight)."""
        names = self.known.indicators[["indicator_id", "name"]].rename(columns={"name": "word"})
        every = pd.concat([names.assign(kind="name", weight=_NAME), self.known.wording], ignore_index=True)
        rows: dict[str, list[tuple[str, str, float]]] = defaultdict(list)
        for one in every.itertuples():
            rows[str(one.word)].append((str(one.indicator_id), str(one.kind), float(one.weight)))
        return rows

    @cached_property
    def _heads(self) -> dict[str, list[str]]:
        heads: dict[str, list[str]] = defaultdict(list)
        for word in self._rows:
            heads[word[0]].append(word)
        return heads

    @cached_property
    def units(self) -> dict[str, list[str]]:
        """Indicator to its units."""
        return dict(zip(self.known.indicators["indicator_id"], self.known.indicators["unit"].str.split(";"), strict=True))

    def words(self, text: str) -> set[str]:
        """The words of the vocabulary that stand in a text."""
        found = self._found.get(text)
        if found is None:
            found = self._found[text] = self._words(text) | self._words(_FILLERS.sub("", text))
        return found

    def _words(self, text: str) -> set[str]:
        return {word for at, one in enumerate(text) for word in self._heads.get(one, ()) if text.startswith(word, at)}

    @cached_property
    def _found(self) -> dict[str, set[str]]:
        """The words of texts that were asked for."""
        return {}

    def before(self, text: str, indicator_id: str) -> str:
        """A text up to the first name of an indicator.

        Examples
        --------
        >>> import minsheng as ms
        >>> Lexicon(ms.load()).before("丙类供养服务机构综合定额补助标准", "tekun_institution_quota_subsidy")
        '丙类'
        """
        rows = ((word, one, kind) for word in self.words(text) for one, kind, _ in self._rows[word])
        own = [text.find(word) for word, one, kind in rows if one == indicator_id and kind in _STRONG]
        return text[: min((at for at in own if at >= 0), default=len(text))]

    def _weighed(self, regions: Regions) -> Iterator[tuple[str, str, float, float]]:
        """(indicator, kind, weight, nearness) of each word, at its nearest."""
        nearest: dict[str, float] = {}
        for text, nearness in regions:
            for word in self.words(text):
                nearest[word] = max(nearest.get(word, 0), nearness)
        for word, nearness in nearest.items():
            yield from ((one, kind, weight, nearness) for one, kind, weight in self._rows[word])

    def _unit_fits(self, indicator_id: str, unit: str, rate: bool) -> float | None:
        """What the unit adds to the score; None where the indicator cannot be counted so."""
        own = self.units[indicator_id]
        if unit in own:
            return 2.0
        if not unit:
            return -2.0
        if rate and unit in ("%", "‰"):
            return -1.0
        return -1.0 if any(unit in some and some & set(own) for some in _ALIKE) else None

    def fits(self, regions: Regions, unit: str, rate: bool = False, last: str = "", bonus: float = 0) -> list[Fit]:
        """The indicators that fit a number, the best first.

        Parameters
        ----------
        regions : iterable of (str, float)
            Texts around the number, with how near each is (1 is beside it).
        unit : str
            Unit of the number.
        rate : bool
            Whether it is a growth or a share, which any indicator may have.
        last : str
            The indicator of the number before, which gets a `bonus`.
        """
        strong: dict[str, list[float]] = defaultdict(list)
        weak: dict[str, list[float]] = defaultdict(list)
        near: set[str] = set()
        for one, kind, weight, nearness in self._weighed(regions):
            (strong if kind in _STRONG else weak)[one].append((-weight if kind == "against" else weight) * nearness)
            near |= {one} if kind in _STRONG and nearness >= _NEAR else set()
        found = []
        for one in {*strong, *weak, *([last] if last in self.units else [])}:
            fitting = self._unit_fits(one, unit, rate)
            if fitting is not None:
                support = min(_ENOUGH, sum(by for by in weak[one] if by > 0)) + sum(by for by in weak[one] if by < 0)
                score = _sum(strong[one]) + support + fitting + (bonus if one == last else 0)
                found.append(Fit(one, score, one in near, bool(strong[one])))
        return sorted(found, key=lambda fit: (-fit.score, fit.indicator_id))

    def best(self, regions: Regions, unit: str, rate: bool = False) -> Fit | None:
        """The indicator that fits best and is named; None where there is none."""
        return next((fit for fit in self.fits(regions, unit, rate) if fit.named and fit.score > 0), None)


_NEAR = 0.85


def _sum(weights: list[float]) -> float:
    """Several names of one indicator say little more than the best of them."""
    return max(weights, default=0) + 0.2 * (sum(weights) - max(weights, default=0))
