"""Rows proposed for the numbers of a sentence: which indicator, whose, in what role, how sure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from minsheng import addressees as whom
from minsheng import constructions as made
from minsheng.attributes import Attributes
from minsheng.candidates import Candidates, sure
from minsheng.measures import MONEY, RATES, per_of, role_of, unit_of, year_of
from minsheng.precedents import Precedents
from minsheng.quantities import Quantity
from minsheng.surroundings import Subject, Surroundings
from minsheng.tables import Dataset
from minsheng.wording import Fit

NEW = "new:"
"""Before the wording of what is not among the indicators yet."""

_DOUBTS = {
    "doubt.unknown": 50, "doubt.year_like": 30, "doubt.unit_other": 20, "doubt.differs": 20, "doubt.context": 15,
    "doubt.unit_assumed": 15, "doubt.per_other": 15, "doubt.close": 12, "doubt.several": 12, "doubt.masked": 10,
    "doubt.inherited": 8, "doubt.recipient_printed": 6, "doubt.shared": 5, "doubt.told_apart": 4, "doubt.per_assumed": 4,
    "doubt.role_assumed": 4, "doubt.year_other": 4, "doubt.han": 4, "doubt.year_assumed": 3,
}  # fmt: skip
"""What weakens a row, and by how many percent (keys of ``strings/``)."""

_CLOSE = 1.5
"""Difference of scores below which another indicator fits nearly as well."""

_WORDS_ONLY = (*range(10), 100, 1000, 10_000)
"""Values that Chinese numerals in words often have (一次性, 万亩), and that are no figure unless an indicator is beside them."""


_TOTAL = 100_000
"""Yuan that nobody is paid or pays: an amount so large, and per nothing, is what all of them are."""


@dataclass(frozen=True)
class Proposal:
    """What a row says beside its value."""

    indicator_id: str
    residence: str
    care: str
    recipient: str
    role: str
    statistic: str
    unit: str
    per: str
    year: int
    why: tuple[str, ...]

    @property
    def key(self) -> tuple[object, ...]:
        """What tells a row from another of the same value and recipient."""
        return (self.indicator_id, self.residence, self.care, self.role, self.year)

    @property
    def confidence(self) -> int:
        """In percent."""
        return max(5, 98 - sum(_DOUBTS[one] for one in self.why))


class Reader:
    """Reads one document; remembers what its last numbers were about."""

    def __init__(self, known: Dataset, year: int, region_id: str, text: str) -> None:
        self.known, self.year = known, year
        self._precedents = Precedents(known, region_id)
        self.attributes = Attributes(known, text)
        self.candidates = Candidates(known, self.attributes)
        years = re.findall(r"(?<!\d)(20\d\d)年", text)
        self._only_year = int(years[0]) if len(years) > 2 and len(set(years)) == 1 else None
        self.forget()

    def forget(self) -> None:
        """A new item begins."""
        self._words, self._last = "", ""
        self._last_of: dict[str, str] = {}
        self._pers: dict[str, str] = {}

    @cached_property
    def _indicators(self) -> dict[str, dict[str, str]]:
        return {str(row["indicator_id"]): row for row in self.known.indicators.fillna("").to_dict("records")}

    def heading(self, indicator_id: str) -> str:
        """Name of an indicator, or the wording of a new one."""
        return self._indicators.get(indicator_id, {}).get("name", indicator_id.removeprefix(NEW))

    def proposals(self, group: list[Quantity], around: Surroundings) -> list[list[Proposal]]:
        """The rows of each number of a list; none for a number that says nothing."""
        out = [list(self._rows(one, subject, around)) for one, subject in zip(group, self._subjects(group, around), strict=True)]
        self._last = next((rows[-1].indicator_id for rows in reversed(out) if rows), self._last)
        self._last_of |= {one.unit: rows[-1].indicator_id for one, rows in zip(group, out, strict=True) if rows}
        return out

    def _subjects(self, group: list[Quantity], around: Surroundings) -> list[Subject]:
        """What each number of a list is about."""
        whole, unit = around.own, group[-1].unit
        behind = made.bare(whole) and self.candidates.named(around.behind, unit)
        inherited = made.bare(whole) and bool(self._words) and not behind
        self._words = whole = self._words if inherited else around.behind if behind else whole
        parts = self._parts(whole, len(group), around)
        if not parts:
            return [Subject(whole, whole, inherited, ("doubt.several",) if len(group) > 1 else ())] * len(group)
        listed = self.candidates.named(parts[0], unit) is None
        return [Subject(part, whole, inherited, ("doubt.told_apart",), listed) for part in parts]

    def _parts(self, whole: str, n: int, around: Surroundings) -> list[str]:
        if n == 1 and "全额" not in around.gap:
            return []
        before, rest = re.split("分别|依次|各", whole)[0], re.split(r"[，,；;。]", around.rest)[0]
        full = len(re.findall("全额[、，和]", around.gap))  # 全额、90%、50%: what is paid in full has no number
        parts = next(filter(None, (made.told_apart(text, n + full) for text in (before, whole, rest))), [])
        return parts[full:]

    def _before(self, one: Quantity, role: str) -> str:
        """The indicator of the number before; of the last one of the same unit, where that is another."""
        return self._last if role in ("growth", "share") else self._last_of.get(one.unit, self._last)

    # ---- the rows ----------------------------------------------------------------------------------------------------

    def _rows(self, one: Quantity, subject: Subject, around: Surroundings) -> Iterator[Proposal]:
        role = made.role(around.gap, around.rest, one.unit)
        fits = self.candidates.fits(one, subject, around, role, self._before(one, role))
        if not sure(fits, self._before(one, role)):
            yield from self._unknown(one, subject, around, role)
            return
        best = fits[0]
        if self._other(one, best, subject, around) or self._new_goes_on(one, subject, role):
            yield from self._unknown(one, subject, around, role)
            return
        masked = best.named and around.rest.startswith("**")
        if not best.near and ((not one.unit and not masked) or (one.han and one.value in (1, *_WORDS_ONLY[10:]))):
            return
        if not one.unit and self._indicators[best.indicator_id]["measure"] in MONEY:
            return
        why = subject.why + self._doubts(one, fits, subject, around)
        shared = self.candidates.shared(one, subject, around, best.indicator_id)
        if not shared:
            yield self._row(best.indicator_id, one, subject, around, role, why)
        for which, words in shared:
            told = replace(subject, words=words, whole=subject.words, listed=True)
            yield self._row(which, one, told, around, role, (*why, "doubt.shared"))

    def _new_goes_on(self, one: Quantity, subject: Subject, role: str) -> bool:
        """Whether a number that names nothing follows one of something that is not among the indicators yet."""
        return subject.inherited and self._before(one, role).startswith(NEW)

    def _other(self, one: Quantity, best: Fit, subject: Subject, around: Surroundings) -> bool:
        """Whether a number is of something else than the indicator that fits best: a total, or what is not named beside it."""
        indicator = self._indicators[best.indicator_id]
        money = indicator["measure"] in MONEY
        if money and re.search("person|student", indicator["per"]) and not one.per and (one.value or 0) >= _TOTAL:
            return True
        if best.near or re.match("[，,、；;]?(?:惠及|受益)", around.own):
            return not best.near
        beside = re.split("[，,；;：:。]", subject.words)[-1]
        if not money or subject.inherited or self.candidates.bare(made.PERIODS.sub("", beside)):
            return False
        another = best.indicator_id != self._last_of.get(one.unit, self._last) or self._last.startswith(NEW)
        return made.benefit(subject.words) or (another and not around.first)

    def _doubts(self, one: Quantity, fits: list[Fit], subject: Subject, around: Surroundings) -> tuple[str, ...]:
        best, last = fits[0], fits[0].indicator_id in (self._last, self._last_of.get(one.unit))
        found = {
            "doubt.inherited": last and not best.near,
            "doubt.context": not best.near
            and not ((last or not subject.alone) and (subject.inherited or self.candidates.bare(subject.words))),
            "doubt.close": len(fits) > 1 and fits[1].named and best.score - fits[1].score < _CLOSE,
            "doubt.masked": "**" in around.gap + around.behind,
            "doubt.year_like": self._only_year is not None and int(one.value or 0) == self._only_year,
            "doubt.han": one.han,
        }
        return tuple(name for name, holds in found.items() if holds)

    def _row(
        self, which: str, one: Quantity, subject: Subject, around: Surroundings, role: str, why: tuple[str, ...]
    ) -> Proposal:
        indicator, shared = self._indicators[which], "doubt.shared" in why
        kind = role_of(indicator, one, role, around, self.attributes)
        year, why_year = year_of(role, around, self.year)
        unit, why_unit = unit_of(indicator, one)
        per, why_per = per_of(indicator, one, kind, self._pers.get(which, ""), self.known.known.codes("per"))
        self._pers[which] = per or self._pers.get(which, "")
        residence, care, statistic, recipient = self.attributes.of(which, subject, around, shared)
        label = "" if recipient else self._label(which, one, subject, around)
        more = {"doubt.recipient_printed": bool(label), "doubt.role_assumed": not role and indicator["measure"] in MONEY}
        doubts = (*why, *why_year, *why_unit, *why_per, *(name for name, holds in more.items() if holds))
        row = Proposal(which, residence, care, recipient or label, kind, statistic, unit, per, year, doubts)
        differs = kind == "baseline" and self._precedents.differ((which, residence, care, row.recipient, year), one.value)
        return replace(row, why=(*doubts, "doubt.differs")) if differs else row

    def _label(self, which: str, one: Quantity, subject: Subject, around: Surroundings) -> str:
        """The recipient as printed: a grade, or the name that a list has before each number."""
        own, told = "", self._class(which, subject)
        if subject.listed or self._in_list(which, one, subject, around):
            behind = re.split("[：:]", subject.words)[-1] if around.first else subject.words
            own = whom.label(self.candidates.lexicon.before(behind, which))
        return own if told in own else told

    def _in_list(self, which: str, one: Quantity, subject: Subject, around: Surroundings) -> bool:
        """Whether a number is one of several of an indicator, each with a name before it."""
        goes_on = not around.first or "：" in around.gap
        return which == self._last and goes_on and not subject.inherited and one.unit in ("元", "%")

    def _class(self, which: str, subject: Subject) -> str:
        """The grade, degree or age of those whom a number is for."""
        money = self._indicators[which]["unit"] == "元"
        found = whom.grade(subject.words) if money or not subject.alone else ""
        found = found or ("" if subject.alone else whom.degree(subject.words))
        return found or (whom.age(subject.words) if money and self.attributes.tells_apart(which) else "")

    # ---- what is not among the indicators yet ------------------------------------------------------------------------

    def _unknown(self, one: Quantity, subject: Subject, around: Surroundings, role: str) -> Iterator[Proposal]:
        if not one.unit or (one.han and one.unit != "%" and one.value in _WORDS_ONLY):
            return
        last, told = self._last_of.get(one.unit, ""), self._whom(subject)
        goes_on = last.startswith(NEW) and one.unit == "元" and not around.first and (subject.inherited or bool(told))
        if role in ("growth", "share") and subject.inherited and self._last.startswith(NEW):
            last, goes_on = self._last, True
        which = last if goes_on else NEW + self._wording(one, subject, around)
        year, doubts = year_of(role, around, self.year)
        per = one.per if one.unit not in RATES and one.per in self.known.known.codes("per") else ""
        per = self._pers[which] = per or (self._pers.get(which, "") if goes_on else "")
        money = one.unit in ("元", *RATES)
        role = (role if money else "") or ("level" if per and money else self.attributes.role("", one.unit, around))
        recipient = told if (goes_on or not subject.alone or whom.age(subject.words)) and not subject.inherited else ""
        residence, care, statistic = made.residence(subject.words), made.care(subject.words), made.statistic(subject.words)
        yield Proposal(which, residence or "all", care or "all", recipient, role, statistic or "standard", one.unit, per, year,
                       ("doubt.unknown", *doubts))  # fmt: skip

    def _whom(self, subject: Subject) -> str:
        """Whom a number of something new may be for."""
        told = "" if subject.alone else whom.grade(subject.words) or whom.degree(subject.words)
        told = told or whom.age(subject.words) or self.attributes.recipient("", subject.words, wide=True)
        return told or whom.label(subject.words)

    def _wording(self, one: Quantity, subject: Subject, around: Surroundings) -> str:
        told = whom.without(re.split("分别|依次", subject.whole)[0], degrees=True) if not subject.alone else subject.whole
        names = [made.wording(text) for text in (told, subject.whole, around.behind)]
        return max(names, key=lambda name: min(len(name), 3)) or made.wording(around.title) or one.unit
