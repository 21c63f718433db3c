"""The figures of a new document, drafted: each number as a row to be reviewed, or among the leftovers with its reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from minsheng.account import Mark, account
from minsheng.asides import asides, reason_of
from minsheng.faults import Refused
from minsheng.manuscripts import Item, Line
from minsheng.number_lists import groups
from minsheng.proposals import NEW, Proposal, Reader
from minsheng.quantities import Quantity, narrow, quantities
from minsheng.schema import schema
from minsheng.surroundings import Surroundings
from minsheng.tables import Dataset

_MOST = 20_000
"""Numbers of a document; one with more is no list of commitments."""

_PASSAGE, _EVIDENCE, _LEAD, _EARLIER = 160, 25, 60, 80
"""Characters of a passage, of an evidence, of the first sentence of a line, and of what stands before a sentence."""

_ENDLESS = re.compile(r"(?:\d+[.．])?\d{25,}(?:[.．]\d+)?")
_RATIO = re.compile(r"\d+(?:\.\d+)?[:：∶]\d+(?:\.\d+)?")
_SENTENCE = re.compile(r"[^。；;！\n]*[。；;！\n]?")


@dataclass(frozen=True)
class Draft:
    """What `figures` proposes.

    Attributes
    ----------
    figures : DataFrame
        The columns of ``figures``, then ``confidence`` (0 to 100, in percent), ``why`` (keys of ``strings/`` such as
        ``doubt.context``, ``;`` between) and ``passage`` (the sentence; for the reviewer only). An indicator that is not known is
        ``new:`` and its wording.
    leftovers : DataFrame
        Numbers that are no figures: ``text``, ``kind`` (digits, numeral), ``reason`` (a key such as ``aside.date``), ``item``,
        ``passage``.
    account : DataFrame
        ``kind`` (digits, numeral), ``found``, ``figures``, ``leftovers``: how many numbers went where, of those that an
        independent count finds (`account`).
    """

    figures: pd.DataFrame
    leftovers: pd.DataFrame
    account: pd.DataFrame


def figures(
    items: Sequence[Item], outside: Sequence[Line], known: Dataset, year: int, region_id: str, whole: Iterable[Line] | None = None
) -> Draft:
    """Draft the figures of a document.

    Parameters
    ----------
    items : sequence of Item
        The items of the document (`manuscripts.items`).
    outside : sequence of Line
        Its lines outside any item.
    known : Dataset
        The tables at hand: indicators, their wording, recipients, and figures of the same place.
    year : int
        The year that the document is about.
    region_id : str
        Its place.
    whole : iterable of Line, optional
        All lines of the document, for the account; those of its items and those outside them if not given.

    Returns
    -------
    Draft

    Raises
    ------
    Refused
        If the document has more numbers than a list of commitments can have.

    Examples
    --------
    >>> import minsheng as ms
    >>> line = Line("1.城市低保标准由每人每月700元提高到720元。", 1)
    >>> item = Item("1", "城市低保标准", "", "", "", "dibao", 1.0, "", (line,))
    >>> draft = figures([item], [], ms.load(), 2030, "CN")
    >>> draft.figures[["indicator_id", "residence", "role", "value", "per", "year"]].values.tolist()
    [['dibao_standard', 'urban', 'baseline', 700.0, 'person-month', 2029], ['dibao_standard', 'urban', 'level', 720.0, \
'person-month', 2030]]
    >>> draft.leftovers[["text", "reason"]].values.tolist()
    [['1', 'aside.item_number']]
    """
    every = [*(line for one in items for line in one.lines), *outside]
    book = _Book(Reader(known, year, region_id, "\n".join(line.text for line in every)))
    for one in items:
        book.read(one, one.lines)
    book.read(Item("", "", "", "", "", "", 1.0, "", ()), outside)
    return book.draft([line.text for line in (every if whole is None else whole)])


class _Book:
    """Rows and marks as they are found."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.rows: list[dict[str, object]] = []
        self.marks: list[Mark] = []
        self.seen: dict[tuple[object, ...], int] = {}
        self.numbers: Counter[str] = Counter()
        self.stop = 0

    @cached_property
    def units(self) -> tuple[str, ...]:
        return tuple(self.reader.known.known.codes("unit"))

    def read(self, item: Item, lines: Sequence[Line]) -> None:
        """All numbers of some lines."""
        self.seen.clear()
        self.reader.forget()
        for line in lines:
            text = self._without_endless(item, line.text)
            found = quantities(text, self.units)
            if len(found) + len(self.marks) > _MOST:
                raise Refused("refused.too_many_numbers", most=_MOST)
            self._line(item, text, found)

    def _without_endless(self, item: Item, text: str) -> str:
        """A line without runs of digits that are no number; they are left over."""
        for run in _ENDLESS.findall(text):
            self.marks.append(Mark(run[:_EVIDENCE] + "…", "digits", "aside.unexplained", item.number, ""))
        return _ENDLESS.sub("…", text)

    def _line(self, item: Item, text: str, found: list[Quantity]) -> None:
        spans = list(asides(text)) if found else []
        reasons = {one: self._aside(one, spans) for one in found}
        for one in (one for one, reason in reasons.items() if reason):
            self._leave(one, text, reasons[one], item)
        self.reader.attributes.enter(text)
        opening = True
        for span in (
            (match.start(), match.end()) for match in _SENTENCE.finditer(text) if any(not why for why in reasons.values())
        ):
            inside = [one for one in found if not reasons[one] and span[0] <= one.start < span[1]]
            self._sentence(item, text, span, inside, opening)
            opening = opening and not inside
            self.stop += text[span[1] - 1 : span[1]] not in ("；", ";")

    @staticmethod
    def _aside(one: Quantity, spans: list[tuple[int, int, str]]) -> str:
        """Why a number is no figure; empty where it may be one."""
        reasons = (reason_of(start, end, spans) for start, end in one.marks)
        return next(filter(None, reasons), "") or _read_as(one)

    def _sentence(self, item: Item, text: str, span: tuple[int, int], inside: list[Quantity], opening: bool) -> None:
        lists = list(groups(inside, text))
        ends = [span[0], *(group[-1].end for group in lists)]
        starts = [*(group[0].start for group in lists[1:]), span[1]]
        for number, (group, since, until) in enumerate(zip(lists, ends, starts, strict=False)):
            around = _around(item, narrow(text), span, (since, group[0].start, group[-1].end, until), number == 0, opening)
            for one, proposals in zip(group, self.reader.proposals(group, around), strict=True):
                self._keep(one, text, span, proposals, item)

    def _leave(self, one: Quantity, text: str, reason: str, item: Item) -> None:
        kind = "numeral" if one.han else "digits"
        passage = text[max(0, one.start - 40) : one.end + 40].strip()[:_PASSAGE]
        self.marks += [Mark(text[start:end], kind, reason, item.number, passage) for start, end in one.marks]

    def _keep(self, one: Quantity, text: str, span: tuple[int, int], proposals: list[Proposal], item: Item) -> None:
        fresh = [row for row in proposals if not self._told(row, one)]
        if not item.number and all(row.indicator_id.startswith(NEW) for row in fresh):
            self._leave(one, text, "aside.outside", item)
            return
        if not fresh:
            self._leave(one, text, "aside.repeated" if proposals else "aside.no_unit" if not one.unit else "aside.word", item)
            return
        for key, recipient in ((row.key, recipient) for row in fresh for recipient in ("", row.recipient)):
            self.seen.setdefault((*key, recipient, one.value, one.value_max, one.unit), self.stop)
        self._mark(one, text, item)
        evidence = _evidence(text, one, span)
        passage = text[max(span[0], one.start - _PASSAGE // 2) : min(span[1], one.end + _PASSAGE // 2)].strip()
        self.rows += [self._row(one, row, item, evidence, passage) for row in fresh]

    def _told(self, row: Proposal, one: Quantity) -> bool:
        """Whether the item has this number already, in another sentence; without its recipient it is no other."""
        return self.seen.get((*row.key, row.recipient, one.value, one.value_max, one.unit), self.stop) != self.stop

    def _mark(self, one: Quantity, text: str, item: Item) -> None:
        kind = "numeral" if one.han else "digits"
        self.marks += [Mark(text[start:end], kind, "", item.number, "") for start, end in one.marks]

    def _row(self, one: Quantity, row: Proposal, item: Item, evidence: str, passage: str) -> dict[str, object]:
        self.numbers[item.number] += 1
        return {
            "figure_id": f"{item.number or 'x'}-{self.numbers[item.number]:02d}", "document_id": "", "item": item.number,
            "locator": self.reader.heading(row.indicator_id), "region_id": "", "indicator_id": row.indicator_id,
            "residence": row.residence, "care": row.care, "recipient": row.recipient, "role": row.role,
            "modality": one.modality, "statistic": row.statistic, "value": one.value,
            "value_max": one.value_max, "unit": row.unit, "per": row.per, "year": row.year, "announced_year": None,
            "quality": "doubtful" if "doubt.year_like" in row.why else "ok", "evidence": evidence, "note": "",
            "confidence": row.confidence, "why": ";".join(row.why), "passage": passage,
        }  # fmt: skip

    def draft(self, texts: Sequence[str]) -> Draft:
        """The tables, and the account of the numbers of some texts."""
        columns = [*schema().tables["figures"].columns, "confidence", "why", "passage"]
        left = [vars(mark) for mark in self.marks if mark.reason]
        leftovers = pd.DataFrame(left, columns=["text", "kind", "reason", "item", "passage"])
        return Draft(pd.DataFrame(self.rows, columns=columns), leftovers, account(texts, self.units, self.marks))


def _read_as(one: Quantity) -> str:
    """Why a number that stands in no such span is no figure all the same: a bare year, or a number too long to be read."""
    if one.value is None:
        return "aside.unexplained"
    bare_year = not one.unit and not one.han and one.value in range(1949, 2101) and one.marks[0][1] - one.marks[0][0] == 4
    return "aside.date" if bare_year else ""


def _around(
    item: Item, text: str, span: tuple[int, int], at: tuple[int, int, int, int], first: bool, opening: bool
) -> Surroundings:
    """The words around a list of numbers; `at`: where the one before ends, this one begins and ends, the next one begins."""
    since, start, end, until = at
    lead = re.split("[。；;]", text, maxsplit=1)[0][:_LEAD]
    opening = opening or text.startswith("——", span[0])
    return Surroundings(
        item.title, item.section, text[span[0] : since], text[since:start], text[end:until], text[end : span[1]],
        lead if span[0] else "", text[max(0, span[0] - _EARLIER) : span[0]], first, opening,
    )  # fmt: skip


def _evidence(text: str, one: Quantity, span: tuple[int, int]) -> str:
    """The figure as printed with some of the words before it, at most 25 characters."""
    ratio = next((found for found in _RATIO.finditer(text) if found.start() <= one.marks[0][0] < found.end()), None)
    first, last = (ratio.start(), ratio.end()) if ratio else (one.marks[0][0], one.marks[-1][1])
    end = min(max(one.end, last), first + _EVIDENCE)
    start = max(span[0], end - _EVIDENCE, 0)
    # From the last break before the number on, so that no part of another number stands in front.
    cut = max((found.end() for found in re.finditer(r"[，,、；;：:。\s]", text[start:first])), default=0)
    return (
        re.sub(r"^\d+[.．、)）]?(?=\D)|^[.．)）]", "", text[start + cut : end])
        if cut == 0 and start < first
        else text[start + cut : end].strip()
    )
