"""Rows proposed for the numbers of a sentence: which indicator, whose, in what role, how sure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from minsheng import constructions as made
from minsheng.attributes import Attributes
from minsheng.quantities import Quantity
from minsheng.tables import Dataset
from minsheng.wording import Fit, Lexicon, Regions

_MONEY = ("benefit", "contribution", "fiscal")
_SURE = 5.0
"""Score from which an indicator is proposed."""

_DOUBTS = {
    "doubt.unknown": 50, "doubt.context": 15, "doubt.inherited": 8, "doubt.close": 12, "doubt.shared": 5, "doubt.told_apart": 4, "doubt.several": 12, "doubt.unit_assumed": 15,
    "doubt.unit_other": 20, "doubt.per_assumed": 4, "doubt.per_other": 15, "doubt.role_assumed": 4, "doubt.year_assumed": 3, "doubt.year_other": 4, "doubt.masked": 10,
    "doubt.year_like": 30, "doubt.han": 4, "doubt.recipient_printed": 6, "doubt.differs": 20,
}  # fmt: skip
"""What weakens a row, and by how many percent (keys of ``strings/`` under ``doubt``)."""

_NUMBERING = re.compile(r"^\s*(?:[（(]?(?:\d+|[一二三四五六七八九十]+)[)）.、．]|——)\s*")
_TAIL = re.compile(r"[^，,、；;。：:(（]*")


@dataclass(frozen=True)
class Surroundings:
    """The words around a list of numbers.

    Attributes
    ----------
    title, section : str
        Of the item.
    head, gap : str
        From the beginning of the sentence to the number before, and from there to the first number of the list.
    tail, rest : str
        From the last number of the list to the next one, and to the end of the sentence.
    lead, earlier : str
        The first sentence of the line, and what stands before this one.
    first : bool
        Whether there is no number before in the sentence.
    opening : bool
        Whether the sentence is the first of its line that has numbers.
    """

    title: str
    section: str
    head: str
    gap: str
    tail: str
    rest: str
    lead: str
    earlier: str
    first: bool
    opening: bool

    @property
    def own(self) -> str:
        """The gap without what still belongs to the number before, or to the numbering."""
        if self.first:
            return _NUMBERING.sub("", self.gap)
        return self.gap[_TAIL.match(self.gap).end() :] or self.gap  # type: ignore[union-attr]

    @property
    def behind(self) -> str:
        """The tail up to the next comma or stop."""
        return _TAIL.match(re.sub(r"^[)）]", "", self.tail))[0]  # type: ignore[index]

    @property
    def beyond(self) -> str:
        """The tail up to the next comma, lists included; nothing where the next number of the list begins there."""
        part = re.split(r"[，,；;。（(]", self.tail)[0]
        return "" if part == self.tail != self.rest or part.startswith(("、", ")", "）")) else part


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


@dataclass(frozen=True)
class _Subject:
    """What one number is about: its own words, and those of the whole list."""

    words: str
    whole: str
    inherited: bool
    why: tuple[str, ...] = ()
    listed: bool = False
    """Whether the list names recipients of one indicator, and not indicators."""


class Reader:
    """Reads one document; remembers what its last number was about."""

    def __init__(self, known: Dataset, year: int, region_id: str, text: str) -> None:
        self.known, self.year, self.region_id = known, year, region_id
        self.lexicon = Lexicon(known)
        self.attributes = Attributes(known, text)
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
        return self._indicators.get(indicator_id, {}).get("name", indicator_id.removeprefix("new:"))

    def proposals(self, group: list[Quantity], around: Surroundings) -> list[list[Proposal]]:
        """The rows of each number of a list; none for a number that says nothing."""
        whole = around.own
        named = made.bare(whole) and self.lexicon.best([(around.behind, 1.0)], group[-1].unit)
        inherited = made.bare(whole) and bool(self._words) and not named
        whole = self._words if inherited else around.behind if named else whole
        self._words = whole
        parts = self._parts(whole, len(group), around)
        several = () if len(group) == 1 else ("doubt.told_apart",) if parts else ("doubt.several",)
        listed = bool(parts) and self.lexicon.best([(parts[0], 1.0)], group[-1].unit) is None
        out = []
        for number, one in enumerate(group):
            subject = _Subject(parts[number] if parts else whole, whole, inherited, several, listed)
            out.append(list(self._rows(one, subject, around)))
        self._last = next((rows[-1].indicator_id for rows in reversed(out) if rows), self._last)
        self._last_of |= {one.unit: rows[-1].indicator_id for one, rows in zip(group, out, strict=True) if rows}
        return out

    def _parts(self, whole: str, n: int, around: Surroundings) -> list[str]:
        if n == 1:
            return []
        before = re.split("分别|依次|各", whole)[0]
        rest = re.split(r"[，,；;。]", around.rest)[0]
        return made.told_apart(before, n) or made.told_apart(whole, n) or made.told_apart(rest, n)

    # ---- which indicator ---------------------------------------------------------------------------------------------

    def _regions(self, subject: _Subject, around: Surroundings) -> Iterator[tuple[str, float]]:
        clauses = [one for one in re.split(r"[，,；;：:。]", subject.whole) if not made.bare(one)]
        alone = subject.words == subject.whole
        yield (clauses[-1] if clauses else "", 1.0) if alone else (subject.words, 1.0)
        yield clauses[-1] if clauses else "", 1.0 if alone or subject.listed else 0.6
        yield "，".join(clauses[:-1]), 0.55
        yield around.behind, 0.9
        yield around.beyond, 0.75
        yield around.gap[: len(around.gap) - len(around.own)], 0.5
        yield around.head, 0.4
        yield around.lead, 0.55
        yield around.title, 0.5
        yield around.earlier, 0.2
        yield around.section, 0.1

    def _fits(self, one: Quantity, subject: _Subject, around: Surroundings, role: str) -> list[Fit]:
        regions = list(self._regions(subject, around))
        told = subject.words != subject.whole or (not subject.inherited and self.lexicon.best(regions[:1], one.unit))
        bonus = 0.0 if told else 8.0 if subject.inherited else 1.5 if around.first else 3.0
        return self.lexicon.fits(regions, one.unit, role in ("growth", "share"), self._before(one, role), bonus)

    @staticmethod
    def _sure(fits: list[Fit], before: str) -> bool:
        """Whether the best indicator is named, goes on from the number before, or is supported as no other is."""
        if not fits or fits[0].score < _SURE:
            return False
        alone = fits[0].score >= _SURE + 2 and (len(fits) == 1 or fits[0].score - fits[1].score >= 2)
        return fits[0].named or fits[0].indicator_id == before or alone

    def _before(self, one: Quantity, role: str) -> str:
        """The indicator of the number before; of the last one of the same unit, where that is another."""
        return self._last if role in ("growth", "share") else self._last_of.get(one.unit, self._last)

    def _shared(self, one: Quantity, subject: _Subject, around: Surroundings, best: str) -> list[tuple[str, str]]:
        """(indicator, words) of each of the things that one number is for."""
        every = re.search("分别|均|各|全部|都", subject.whole[-16:] + around.gap[-16:])
        if not every and one.unit not in ("元", "%"):
            return []
        listed = made.enumerated(subject.words)
        named = [part for part in listed if self.attributes.recipient(best, part)]
        if len({self.attributes.recipient(best, part) for part in named}) == len(named) > 1 and listed[-len(named) :] == named:
            return [(best, part) for part in named]
        parts = made.enumerated(self._naming(subject.words, one.unit))
        if not 1 < len(parts) < 8:
            return []
        rate = best in self.lexicon.units and one.unit not in self.lexicon.units[best]
        fits = [self.lexicon.best([(part, 1.0)], one.unit, rate) for part in parts]
        own = [fit.indicator_id if fit else best for fit in fits]
        marks = [(which, made.care(part), self.attributes.recipient(which, part)) for which, part in zip(own, parts, strict=True)]
        told = all(fit or recipient or carers for fit, (_, carers, recipient) in zip(fits, marks, strict=True))
        return list(zip(own, parts, strict=True)) if told and len(set(marks)) == len(marks) else []

    def _naming(self, words: str, unit: str) -> str:
        """The words up to the end of the last clause that names an indicator."""
        clauses = re.split("(?<=[，,；;：:。])", words)
        for end in range(len(clauses), 0, -1):
            if self.lexicon.best([(clauses[end - 1], 1.0)], unit, rate=True):
                return "".join(clauses[:end])
        return words

    # ---- the rows ----------------------------------------------------------------------------------------------------

    def _rows(self, one: Quantity, subject: _Subject, around: Surroundings) -> Iterator[Proposal]:
        role = made.role(around.gap, around.rest, one.unit)
        fits = self._fits(one, subject, around, role)
        if not self._sure(fits, self._before(one, role)):
            yield from self._unknown(one, subject, around, role)
            return
        best = fits[0]
        if (one.han or not one.unit) and not best.near:
            return
        why = subject.why + self._doubts(one, fits, subject, around)
        shared = self._shared(one, subject, around, best.indicator_id)
        for which, words in shared or [(best.indicator_id, subject.words)]:
            doubts = why + (("doubt.shared",) if shared else ())
            told = replace(subject, words=words, whole=subject.words) if shared else subject
            yield self._row(which, one, told, around, role, doubts, bool(shared) and subject.words == subject.whole)

    def _doubts(self, one: Quantity, fits: list[Fit], subject: _Subject, around: Surroundings) -> tuple[str, ...]:
        best, last = fits[0], fits[0].indicator_id in (self._last, self._last_of.get(one.unit))
        close = len(fits) > 1 and fits[1].named and fits[0].score - fits[1].score < 1.5
        found = {
            "doubt.inherited": last and not best.near,
            "doubt.context": not last and not best.near,
            "doubt.close": close,
            "doubt.masked": "**" in around.gap + around.behind,
            "doubt.year_like": self._only_year is not None and one.value is not None and int(one.value) == self._only_year,
            "doubt.han": one.han,
        }
        return tuple(name for name, holds in found.items() if holds)

    def _unknown(self, one: Quantity, subject: _Subject, around: Surroundings, role: str) -> Iterator[Proposal]:
        """A number of something that is not among the indicators yet."""
        if not one.unit or (one.han and one.unit != "%" and (one.value or 0) in (*range(10), 100, 1000, 10**4)):
            return
        short = re.sub(r"^\W+", "", made.PERIODS.sub("", subject.words))
        last = self._last_of.get(one.unit, "")
        goes_on = last.startswith("new:") and one.unit == "元" and not around.first and (subject.inherited or len(short) < 8)
        names = (made.wording(text) for text in (subject.whole, around.behind, around.title))
        which = last if goes_on else f"new:{next((name for name in names if name), one.unit)}"
        year, doubts = self._year(role, around)
        per = "" if one.unit in ("%", "‰") else one.per if one.per in self.known.known.vocabularies["per"] else ""
        per = self._pers[which] = per or (self._pers.get(which, "") if goes_on else "")
        role = role or ("level" if per and one.unit == "元" else self.attributes.role("", one.unit, around))
        words, recipient = subject.words, short if goes_on and not subject.inherited else ""
        yield Proposal(which, made.residence(words) or "all", made.care(words) or "all", recipient, role,
                       made.statistic(words) or "standard", one.unit, per, year,
                       ("doubt.unknown", *doubts))  # fmt: skip

    def _row(
        self, which: str, one: Quantity, subject: _Subject, around: Surroundings, role: str, why: tuple[str, ...], shared: bool
    ) -> Proposal:
        indicator = self._indicators[which]
        year, doubts = self._year(role, around)
        kind = self._role(indicator, one, role, around)
        unit, more = self._unit(indicator, one)
        per, most = self._per(indicator, one, kind)
        self._pers[which] = per or self._pers.get(which, "")
        words = (subject.words, subject.whole)
        residence, care, statistic, recipient = self.attributes.of(which, words, around, shared)
        if not recipient and (recipient := self._label(which, one, subject, around)):
            more = (*more, "doubt.recipient_printed")
        assumed = ("doubt.role_assumed",) if not role and indicator["measure"] in _MONEY else ()
        row = Proposal(which, residence, care, recipient, kind, statistic, unit, per, year,
                       (*why, *doubts, *more, *most, *assumed))  # fmt: skip
        return replace(row, why=(*row.why, "doubt.differs")) if self._differs(row, one) else row

    def _label(self, which: str, one: Quantity, subject: _Subject, around: Surroundings) -> str:
        """The recipient as printed, where a list names one before each number."""
        if subject.words != subject.whole and made.grade(subject.words):
            return made.grade(subject.words)
        if subject.listed:
            return made.label(self.lexicon.before(subject.words, which))
        if which != self._last or subject.inherited or around.first or one.unit not in ("元", "%"):
            return ""
        return "" if self.lexicon.words(subject.words) else made.label(subject.words)

    def _role(self, indicator: dict[str, str], one: Quantity, role: str, around: Surroundings) -> str:
        own = indicator["unit"].split(";")
        money = indicator["measure"] in _MONEY
        if role in ("growth", "baseline") or (role == "share" and self.attributes.divides(indicator["indicator_id"], one.unit, own)):
            return role
        if one.unit in ("%", "‰") and self.attributes.divides(indicator["indicator_id"], one.unit, own):
            return "growth" if money else "share"
        if role == "increase" and money:
            return "increase"
        if role == "level" and (money or "从" in around.head[-30:]):
            return "level"
        return "level" if money else self.attributes.role(indicator["indicator_id"], one.unit, around)

    def _unit(self, indicator: dict[str, str], one: Quantity) -> tuple[str, tuple[str, ...]]:
        own = indicator["unit"].split(";")
        if not one.unit:
            return own[0], ("doubt.unit_assumed",)
        return one.unit, () if one.unit in own or one.unit in ("%", "‰") else ("doubt.unit_other",)

    def _per(self, indicator: dict[str, str], one: Quantity, role: str) -> tuple[str, tuple[str, ...]]:
        """What the unit is per: as printed, completed by what the indicator is always per."""
        which, own = indicator["indicator_id"], [code for code in indicator["per"].split(";") if code]
        if role in ("growth", "share"):
            return "", ()
        if not own and indicator["measure"] not in _MONEY:
            return "", ()
        printed = one.per.replace("person-year", "student-year") if "student-year" in own else one.per
        if printed in own:
            return printed, ()
        wider = [code for code in own if set(printed.split("-")) <= set(code.split("-")) or not printed]
        if not printed and self._pers.get(which) in own:
            return self._pers[which], ("doubt.per_assumed",)
        if wider:
            return wider[0], () if printed and "month" in printed or len(own) == 1 and printed else ("doubt.per_assumed",)
        known = printed in self.known.known.vocabularies["per"]
        return (printed, ("doubt.per_other",)) if known else (own[0] if own else "", ("doubt.per_other",) if printed else ())

    def _year(self, role: str, around: Surroundings) -> tuple[int, tuple[str, ...]]:
        printed = made.year_printed(around.gap)
        if role == "baseline":
            sound = printed is not None and self.year - 4 < printed < self.year
            return (printed, ()) if sound and printed else (self.year - 1, ("doubt.year_assumed",))
        if printed is None or printed == self.year:
            return self.year, ()
        sound = printed == self.year + 1 and "底" not in around.gap
        return (printed, ()) if sound else (self.year, ("doubt.year_other",))

    # ---- against the tables at hand -----------------------------------------------------------------------------------

    @cached_property
    def _levels(self) -> dict[tuple[str, str, str, str, int], set[float]]:
        """What the figures of the same place say a standard was."""
        places = self.known.documents.set_index("document_id")["region_id"]
        rows = self.known.figures[self.known.figures["document_id"].map(places) == self.region_id]
        found: dict[tuple[str, str, str, str, int], set[float]] = {}
        for row in rows[rows["role"] == "level"].fillna({"recipient": ""}).itertuples():
            key = (str(row.indicator_id), str(row.residence), str(row.care), str(row.recipient), int(row.year))  # type: ignore[call-overload]
            found.setdefault(key, set()).add(float(row.value))  # type: ignore[arg-type]
        return found

    def _differs(self, row: Proposal, one: Quantity) -> bool:
        """Whether a printed baseline is not what the tables have for that year."""
        there = self._levels.get((row.indicator_id, row.residence, row.care, row.recipient, row.year), set())
        return row.role == "baseline" and bool(there) and one.value not in there


__all__ = ["Proposal", "Reader", "Regions", "Surroundings"]
