"""What leads to each number of a row: figures, national values, other numbers of the row, components, what is counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from minsheng import tallies
from minsheng.charts.marks import grouped
from minsheng.faults import Refused
from minsheng.origins import behind
from minsheng.questions import AMOUNTS, Asked, want
from minsheng.steps import Ground, Step, Want, calculated, led_back, national, near, of_nation, precise, told

RELATIONS = (
    ("difference", "change", "{value} - {previous}"),
    ("growth", "growth", "100 × ({value} ÷ {previous} - 1)"),
    ("growth_a_year", "growth_a_year", "100 × (({value} ÷ {previous}) ^ (1 ÷ {years}) - 1)"),
    ("share", "share", "100 × {rural} ÷ {urban}"),
    ("share", "share", "100 × {nominal} ÷ {reference}"),
    ("share", "share", "100 × {value} ÷ {reference}"),
    ("share", "share", "100 × {value} ÷ {nation}"),
    ("share", "share", "100 × {lower} ÷ {reference}"),
    ("share", "share", "100 × {value} ÷ {parent_value}"),
    ("difference", "difference", "{value} - {parent_value}"),
    ("sum", "total", "{fiscal} + {contribution}"),
    ("sum", "total", "{value} + {supplement}"),
    ("sum", "total", "{value}"),
    ("share", "progress", "100 × {achieved} ÷ {target}"),
    ("ratio", "dibao_times", "{lower} ÷ {dibao}"),
)
"""Rule, column, and the arithmetic by which the column follows from others of its row. The first that gives the number counts."""

_NATIONAL = ("nation", "reference", "expected", "fiscal", "contribution")
"""Columns that national values may give."""

_CHAINED = ("value", "actual", "found", "expected")
"""Columns whose arithmetic the row itself may tell (``derivation``)."""

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?")


def _amount(asked: Asked, column: str) -> list[Step]:
    """The steps to a number that figures give; of a component of a case, times how often it counts."""
    wanted, times = want(asked, column), float(asked.row.get("times", 1))
    steps = led_back(asked.ground, replace(wanted, amount=wanted.amount / times))
    return _times(steps, times, asked.text("per")) if "times" in asked.row else steps


def _times(steps: list[Step], times: float, per: str) -> list[Step]:
    if not steps or times == 1:
        return steps
    arithmetic = f"{precise(steps[-1].result)} × {times:g}"
    return [*steps, Step("times", calculated(arithmetic), steps[-1].unit, per, arithmetic)]


def _nation(asked: Asked, column: str) -> list[Step]:
    """The steps to a national number; of a component of a case, times how often it counts."""
    times = float(asked.row.get("times", 1))
    prices = asked.prices if "times" in asked.row else None
    wanted = Want(float(asked.row[column]) / times, asked.per, year=asked.year, prices=prices)
    steps = of_nation(asked.ground, wanted, asked.cells("references"))
    return _times(steps, times, asked.text("per")) if "times" in asked.row else steps


def _operand(asked: Asked, number: float, want: Want) -> list[Step]:
    """The steps to a number in the arithmetic that a row tells: a figure, or the residents that a place's rates give."""
    loose = replace(want, amount=number, year=None, fixed={}, told=True)
    steps = led_back(asked.ground, loose)
    if steps:
        return steps
    wider = [one for years in (want.year, (want.year or 1) - 1) for one in led_back(asked.ground, replace(loose, year=years))]
    return wider or tallies.residents(asked.ground, number, want.figures)


def _chained(asked: Asked, column: str) -> list[Step]:
    """The steps to a number by the arithmetic that its row tells, in percent or per thousand where that gives it."""
    want = Want(float(asked.row[column]), asked.text("per"), asked.cells("figures"), asked.year, {}, asked.prices)
    steps: list[Step] = []
    for part in filter(None, asked.text("derivation").split("; ") if asked.text("code") != "year" else ()):
        exact, behind_it = _exact(asked, part, want)
        forms = (exact, f"100 × ({exact})", f"1000 × {exact}")
        form = next((one for one in forms if near(calculated(one), want.amount) or near(_cents(one), want.amount)), "")
        if not form:
            return []
        rule, unit = ("residents", "人") if form == forms[2] else ("chained", asked.text("unit"))
        steps += [*behind_it, Step(rule, want.amount, unit, asked.text("per"), form)]
    return steps


def _cents(form: str) -> float:
    """What arithmetic gives, to two decimals: an estimate is told so."""
    return round(calculated(form), 2)


def _exact(asked: Asked, part: str, want: Want) -> tuple[str, list[Step]]:
    """Arithmetic with all digits of its numbers, and the steps to each of them."""
    steps: list[Step] = []

    def digits(found: re.Match[str]) -> str:
        number = float(found[0])
        own = _operand(asked, number, replace(want, per="" if want.per not in ("person-month", "person-year") else want.per))
        steps.extend(own)
        return precise(own[-1].result) if own else found[0]

    return _NUMBER.sub(digits, part.replace("‰", "").replace("/", "÷").strip()), steps


def _document_year(asked: Asked, column: str) -> list[Step]:
    """A year that a document prints, or that its figures speak for: not a sum of money, and so without a unit."""
    if asked.text("unit") or "found" not in asked.row:
        return []
    rule = "year_printed" if column == "found" else "year_found"
    items = f"{asked.text('document_id')}/"
    return [Step(rule, float(asked.row[column]), "", "", "", asked.text("figures"), asked.text("references"), items)]


def _related(asked: Asked, column: str) -> list[Step]:
    """The step to a number that follows from others of its row."""
    for rule, name, form in RELATIONS:
        operands = re.findall(r"{(\w+)}", form)
        if name != column or not all(asked.has(one) for one in operands):
            continue
        arithmetic = form.format(**{one: precise(float(asked.row[one])) for one in operands})
        if near(calculated(arithmetic), float(asked.row[column])):
            unit, per = asked.unit(column)
            return [Step(rule, float(asked.row[column]), unit, per, arithmetic)]
    return []


def _ways(asked: Asked, column: str) -> Iterator[list[Step]]:
    """All that may lead to a number of a row, the nearest to the source first."""
    if column in _NATIONAL and asked.text("references"):
        yield _nation(asked, column)
    if column in AMOUNTS:
        yield _amount(asked, column)
    yield tallies.counted(asked.ground, asked.row, column)
    if "case_id" in asked.row and "lower" in asked.row:
        yield _summed(asked, column)
    if column in _CHAINED:
        yield _chained(asked, column)
    yield _related(asked, column)
    yield _document_year(asked, column)


def _summed(asked: Asked, column: str) -> list[Step]:
    """The sum of a typical case: the steps to each of its components, then the sum."""
    for parts in tallies.components(asked.ground, asked.row, column, asked.prices):
        steps: list[Step] = []
        values: list[str] = []
        for part in parts:
            name = "reference" if column == "reference" else tallies.end(part, column)
            one = replace(asked, row=part)
            own = _nation(one, name) if column == "reference" else _amount(one, name)
            if not own:
                return []
            steps, values = [*steps, *own], [*values, precise(float(part[name]))]
        arithmetic = " + ".join(values)
        if values and near(calculated(arithmetic), float(asked.row[column])):
            return [*steps, Step("sum", float(asked.row[column]), asked.text("unit"), asked.text("per"), arithmetic)]
    return []


_SHOWN = [
    *AMOUNTS,
    *("nation", "reference", "lower", "upper", "actual", "items", "count", "topics"),
    *("top_share", "effective", "derived", *dict.fromkeys(name for _, name, _ in RELATIONS)),
]
"""Columns whose numbers are explained, in this order."""


def steps_of(asked: Asked) -> list[Step]:
    """The steps to each number of a row; what they share stands once.

    Raises
    ------
    Refused
        If nothing in the tables gives a number of the row.
    """
    out: list[Step] = []
    for column in dict.fromkeys(_SHOWN):
        if not asked.has(column):
            continue
        steps = next((way for way in _ways(asked, column) if way), [])
        if not steps:
            raise Refused("refused.unexplained", column=column, value=grouped(float(asked.row[column])))
        there = [replace(one, column="") for one in out]
        out += [one for one in steps[:-1] if one not in there]
        out.append(replace(steps[-1], column=column))
    return out or [_named(asked.ground, one) for one in behind(asked.row)]


def _named(ground: Ground, one: str) -> Step:
    """What a row without numbers names: a figure, a national value or an item, as it stands."""
    if one in ground.figures:
        return told(ground.figures[one])
    return national(ground, one) if one in ground.references else Step("item", float("nan"), items=one)
