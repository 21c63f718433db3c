"""Which indicators a number may be one of, and which things one number is for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from minsheng import addressees as whom
from minsheng import constructions as made
from minsheng.attributes import Attributes
from minsheng.measures import MONEY
from minsheng.quantities import Quantity
from minsheng.surroundings import Subject, Surroundings
from minsheng.tables import Dataset
from minsheng.wording import Fit, Lexicon

SURE = 5.1
"""Score from which an indicator is proposed."""

_ALONE = 2.0
"""By how much one that is not named must be better than that, and than the next one."""

_GOES_ON, _SAME_SENTENCE, _SAME_ITEM = 8.0, 2.0, 1.0
"""What speaks for the indicator of the number before, where a number names nothing new, and where it does."""


_HOLDERS = ("household", "village", "classroom", "institution", "community", "project", "performance")
"""What an amount may be per that is no person."""

_FAR = 0.56
"""Nearness up to which a text counts little where the words beside the number name an indicator."""


class Candidates:
    """Finds indicators by the words around a number.

    Examples
    --------
    >>> import minsheng as ms
    >>> from minsheng.quantities import quantities
    >>> words = "城市低保标准提高到每人每月"
    >>> around = Surroundings("", "", "", words, "", "", "", "", True, True)
    >>> known = ms.load()
    >>> [one] = quantities(words + "900元", ["元"])
    >>> fits = Candidates(known, Attributes(known, "")).fits(one, Subject(words, words, False), around, "level", "")
    >>> fits[0].indicator_id
    'dibao_standard'
    """

    def __init__(self, known: Dataset, attributes: Attributes) -> None:
        self.known, self.lexicon, self.attributes = known, Lexicon(known), attributes
        self._asked: dict[tuple[str, str, bool], Fit | None] = {}

    def fits(self, one: Quantity, subject: Subject, around: Surroundings, role: str, before: str) -> list[Fit]:
        """The indicators that fit a number, the best first; `before` is that of the number before."""
        regions = list(_regions(subject, around))
        told = not subject.alone or (not subject.inherited and self.named(regions[0][0], one.unit))
        if not subject.inherited and (self.named(regions[0][0], one.unit) or self.named(around.behind, one.unit)):
            regions = [(text, near if near > _FAR else near * _FAR) for text, near in regions]
        goes_on = subject.inherited or (not around.first and self.bare(subject.words))
        bonus = (
            0.0
            if told and not (subject.inherited and role)
            else _GOES_ON
            if goes_on
            else _SAME_ITEM
            if around.first
            else _SAME_SENTENCE
        )
        found = self.lexicon.fits(regions, one.unit, role in ("growth", "share"), before, bonus)
        among = re.search("(?:每[千万百十]+|千)[名人户]", subject.whole + around.behind) is not None
        found = [fit for fit in found if (fit.indicator_id in self._among) == among]
        found = [fit for fit in found if self._suits(fit.indicator_id, one)]
        return [fit for fit in found if fit.named or fit.indicator_id == before or fit.indicator_id not in self._money]

    @cached_property
    def _pers(self) -> dict[str, str]:
        return dict(zip(self.known.indicators["indicator_id"], self.known.indicators["per"].fillna(""), strict=True))

    def _suits(self, which: str, one: Quantity) -> bool:
        """Whether an amount per household, say, may be one of an indicator: not where it is always per person."""
        whose = one.per.split("-")[0]
        own = self._pers[which]
        return which not in self._money or whose not in _HOLDERS or not own or whose in own

    @cached_property
    def _money(self) -> set[str]:
        """Standards in money, which no mere context makes of an amount."""
        rows = self.known.indicators
        return set(rows.loc[rows["measure"].isin(MONEY), "indicator_id"])

    @cached_property
    def _among(self) -> set[str]:
        """Indicators that are told per thousand residents: never without saying so, and no others where it is said."""
        rows = self.known.indicators
        return set(rows.loc[rows["per"].str.contains("thousand", na=False) | rows["name"].str.contains("千人"), "indicator_id"])

    @staticmethod
    def bare(words: str) -> bool:
        """Whether some words name nobody and nothing but a grade or an age."""
        return made.bare(whom.without(words))

    def named(self, words: str, unit: str, rate: bool = False) -> Fit | None:
        """The indicator that some words name."""
        asked = (words, unit, rate)
        if asked not in self._asked:
            self._asked[asked] = self.lexicon.best([(words, 1.0)], unit, rate)
        return self._asked[asked]

    def shared(self, one: Quantity, subject: Subject, around: Surroundings, best: str) -> list[tuple[str, str]]:
        """(indicator, words) of each of the things that one number is for; empty where it is for one."""
        every = re.search("分别|均|各|全部|都", subject.whole[-16:] + around.gap[-16:])
        if not every and one.unit not in ("元", "%"):
            return []
        found = self._recipients(subject.words, best) or self._things(one, subject.words, best)
        parts = whom.persons(self.lexicon.before(subject.words, best))
        return found or [(best, part) for part in parts or made.each(around.gap)]

    def _recipients(self, words: str, best: str) -> list[tuple[str, str]]:
        """The recipients of one indicator that stand at the end of a list."""
        listed = made.enumerated(words)
        named = [part for part in listed if self.attributes.recipient(best, part, wide=True)]
        apart = len({self.attributes.recipient(best, part, wide=True) for part in named}) == len(named) > 1
        return [(best, part) for part in named] if apart and listed[-len(named) :] == named else []

    def _things(self, one: Quantity, words: str, best: str) -> list[tuple[str, str]]:
        """The parts of a list, where each names its own indicator or form of care."""
        parts = made.enumerated(self._naming(words, one.unit))
        if not 1 < len(parts) < 8:
            return []
        rate = one.unit not in self.lexicon.units.get(best, [one.unit])
        fits = [self.named(part, one.unit, rate) for part in parts]
        own = [fit.indicator_id if fit else best for fit in fits]
        told = all(fit or made.care(part) for fit, part in zip(fits, parts, strict=True))
        apart = len(set(zip(own, map(made.care, parts), strict=True))) == len(parts)
        return list(zip(own, parts, strict=True)) if told and apart else []

    def _naming(self, words: str, unit: str) -> str:
        """The words up to the end of the last clause that names an indicator."""
        clauses = re.split("(?<=[，,；;：:。])", words)
        ends = (end for end in range(len(clauses), 0, -1) if self.named(clauses[end - 1], unit, rate=True))
        return "".join(clauses[: next(ends, len(clauses))])


def sure(fits: list[Fit], before: str) -> bool:
    """Whether the best indicator is named, goes on from the number before, or is supported as no other is."""
    if not fits or fits[0].score < SURE:
        return False
    alone = fits[0].score >= SURE + _ALONE and (len(fits) == 1 or fits[0].score - fits[1].score >= _ALONE)
    return fits[0].named or fits[0].indicator_id == before or alone


def _regions(subject: Subject, around: Surroundings) -> Iterator[tuple[str, float]]:
    """The texts around a number with how near they are, its own words first."""
    clauses = [one for one in re.split(r"[，,；;：:。]", subject.whole) if not made.bare(one)] or [""]
    yield (clauses[-1] if subject.alone else subject.words), 1.0
    yield clauses[-1], 1.0 if subject.alone or subject.listed else 0.6
    yield "，".join(clauses[:-1]), 0.55
    yield around.behind, 0.9
    yield around.beyond, 0.75
    yield around.lead, 0.55
    yield around.title, 0.5
    yield around.gap[: len(around.gap) - len(around.own)], 0.5
    yield around.head, 0.4
    yield around.earlier, 0.2
    yield around.section, 0.1
