"""Steps from a number back to what is printed. Each takes amounts that documents or national series print, and gives one
that follows from them; none is taken that does not give the number.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import isclose
from typing import Any

import pandas as pd

from minsheng.periods import PERIODS
from minsheng.tables import Dataset

_SIGNS = {"×": "*", "÷": "/", "−": "-", "^": "**", "‰": ""}
_OPERATIONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_INDEX = "cpi_previous_year_100"
_TIMES = "倍"


@dataclass(frozen=True)
class Step:
    """One step: the rule that it follows, what it gives (in ``unit`` per ``per``), by which arithmetic, from what."""

    rule: str
    result: float
    unit: str = ""
    per: str = ""
    arithmetic: str = ""
    figures: str = ""
    references: str = ""
    items: str = ""
    column: str = ""


@dataclass(frozen=True)
class Want:
    """A number to be led back to figures: its period, the figures that may be behind it, its year, what they must be of."""

    amount: float
    per: str = ""
    figures: tuple[str, ...] = ()
    year: int | None = None
    fixed: Mapping[str, str] = field(default_factory=dict)
    prices: int | None = None
    told: bool = False
    """Whether the amount is as some arithmetic tells it, with six digits."""

    def met(self, value: float) -> bool:
        """Whether a number is the one that is wanted."""
        return isclose(value, self.amount, rel_tol=1e-5) if self.told else near(value, self.amount)


def precise(value: float) -> str:
    """A number as it stands in the arithmetic of a step: with all that counts."""
    return f"{value:.12g}"


def calculated(arithmetic: str) -> float:
    """What the arithmetic of a step gives.

    Examples
    --------
    >>> calculated("765 - 60"), calculated("100 × (2 ÷ 1.6 - 1)")
    (705.0, 25.0)
    """
    for sign, other in _SIGNS.items():
        arithmetic = arithmetic.replace(sign, other)
    return float(_value(ast.parse(arithmetic.strip(), mode="eval").body))


def _value(node: ast.AST) -> float:
    if isinstance(node, ast.BinOp):
        return float(_OPERATIONS[type(node.op)](_value(node.left), _value(node.right)))
    if isinstance(node, ast.UnaryOp):
        return -_value(node.operand)
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return float(node.value)
    raise ValueError(ast.dump(node))


def near(one: float, other: float) -> bool:
    """Whether two numbers are the same but for rounding at the sixth decimal."""
    return isclose(one, other, rel_tol=1e-9, abs_tol=2e-6)


@dataclass(frozen=True, eq=False)
class Ground:
    """What explanations end in: figures with their place and years, national values, the price index."""

    data: Dataset

    @cached_property
    def figures(self) -> dict[str, Any]:
        """Figures by id, as named tuples; ``years`` are those that a table may show a figure under."""
        documents = self.data.documents.set_index("document_id")
        own = self.data.indicators.set_index("indicator_id")[["base_id", "result_id", "measure"]]
        rows = self.data.figures.join(own, on="indicator_id")
        rows["region_id"] = rows["region_id"].fillna(rows["document_id"].map(documents["region_id"]))
        shift = rows["document_id"].map(documents["year_printed"] - documents["year"]).fillna(0)
        for name in ("item", "recipient", "per"):
            rows[name] = rows[name].fillna("")
        whole = zip(rows["year"], rows["announced_year"], shift, strict=True)
        rows["years"] = [{y + s for y in own if pd.notna(y) for s in (0, moved)} for *own, moved in whole]
        return {row.figure_id: row for row in rows.itertuples(index=False)}

    @cached_property
    def references(self) -> dict[str, Any]:
        """National values by series and year."""
        return {f"{row.reference_id}:{row.year}": row for row in self.data.reference.itertuples(index=False)}

    @cached_property
    def index(self) -> dict[int, float]:
        """The consumer price index, the year before = 100."""
        rows = self.data.reference[self.data.reference["reference_id"] == _INDEX]
        return {int(y): v for y, v in zip(rows["year"], rows["value"], strict=True)}


def _fits(figure: Any, want: Want, later: int = 0) -> bool:
    """Whether a figure is of the year asked (or of one so much later) and of what is asked."""
    if want.year is not None and want.year + later not in figure.years:
        return False
    given = want.fixed.items()
    return all(getattr(figure, name) == value or (name == "indicator_id" and figure.result_id == value) for name, value in given)


def told(figure: Any, value: float | None = None) -> Step:
    """The step that a figure itself is: as printed."""
    amount = figure.value if value is None else value
    return Step("printed", float(amount), figure.unit, figure.per, figures=figure.figure_id)


def national(ground: Ground, reference: str) -> Step:
    """The step that a national value itself is."""
    own = ground.references[reference]
    per = own.per if isinstance(own.per, str) else ""
    return Step("index" if own.reference_id == _INDEX else "national", own.value, own.unit, per, references=reference)


def _alike(one: Any, other: Any) -> bool:
    names = ("document_id", "item", "region_id", "indicator_id", "residence", "care", "recipient", "statistic", "unit", "per")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _candidates(figures: Sequence[Any], want: Want) -> Iterator[list[Step]]:
    """All that figures say of what is asked: as printed, a level less its increase, a multiple times its base."""
    for one in figures:
        if _fits(one, want):
            yield from ([told(one, bound)] for bound in (one.value, one.value_max) if pd.notna(bound))
    for one in figures:
        if one.role == "level" and _fits(one, want, 1):
            for rise in (other for other in figures if other.role == "increase" and _alike(one, other)):
                yield _baseline(told(one), told(rise))
    for one in figures:
        if one.unit == _TIMES and one.base_id and (want.year is None or want.year in one.years):
            for base in (other for other in figures if other.indicator_id == one.base_id and other.region_id == one.region_id):
                yield _multiple(told(one), told(base))


def _baseline(level: Step, rise: Step) -> list[Step]:
    arithmetic = f"{precise(level.result)} - {precise(rise.result)}"
    return [level, rise, replace(level, rule="baseline", result=calculated(arithmetic), arithmetic=arithmetic, figures="")]


def _multiple(times: Step, base: Step) -> list[Step]:
    arithmetic = f"{precise(times.result)} × {precise(base.result)}"
    return [times, base, replace(base, rule="multiple", result=calculated(arithmetic), arithmetic=arithmetic, figures="")]


def in_period(steps: list[Step], per: str) -> list[Step]:
    """Steps to an amount, and one more that brings it to another period, if both are periods of one person."""
    last = steps[-1]
    if per not in PERIODS or last.per == per or last.per not in PERIODS:
        return steps
    months = PERIODS[per] / PERIODS[last.per]
    arithmetic = f"{precise(last.result)} {f'× {months:g}' if months > 1 else f'÷ {1 / months:g}'}"
    return [*steps, Step("period", calculated(arithmetic), last.unit, per, arithmetic)]


def in_prices(ground: Ground, steps: list[Step], paid: int, base: int) -> list[Step]:
    """Steps to an amount paid in a year, and those that bring it to the prices of another; none if the index has a gap."""
    years = range(min(paid, base) + 1, max(paid, base) + 1)
    if paid == base or any(year not in ground.index for year in years):
        return steps if paid == base else []
    sign = "×" if base > paid else "÷"
    chain = "".join(f" {sign} ({precise(ground.index[year])} ÷ 100)" for year in years)
    arithmetic = precise(steps[-1].result) + chain
    indices = [national(ground, f"{_INDEX}:{year}") for year in years]
    last = replace(steps[-1], rule="prices", result=calculated(arithmetic), arithmetic=arithmetic, figures="")
    return [*steps, *indices, last]


def _priced(ground: Ground, steps: list[Step], want: Want) -> Iterator[list[Step]]:
    """Steps as they are, or in the prices asked, paid in the year of the row or in that of its announcement."""
    if want.prices is None or steps[-1].unit != "元" or want.year is None:
        yield steps
        return
    for paid in (want.year, want.year - 1):
        found = in_prices(ground, steps, paid, want.prices)
        if found:
            yield found


def led_back(ground: Ground, want: Want) -> list[Step]:
    """The steps from printed figures to a number; none where the figures do not give it.

    Of figures that print the same number, all are named.
    """
    figures = [ground.figures[one] for one in want.figures if one in ground.figures]
    found: list[list[Step]] = []
    for steps in _candidates(figures, want):
        whole = in_period(steps, want.per)
        if want.per in PERIODS and whole[-1].per != want.per:
            continue
        found += [one for one in _priced(ground, whole, want) if want.met(one[-1].result)]
    if not found:
        return []
    first = found[0]
    same = [one[0].figures for one in found if len(one) == len(first) and one[0].result == first[0].result and len(one) == 1]
    return [replace(first[0], figures=";".join(dict.fromkeys(same))), *first[1:]] if same else first


def of_nation(ground: Ground, want: Want, references: Sequence[str]) -> list[Step]:
    """The steps from a national value to a number, by its period and prices; none where none of `references` gives it."""
    for one in (one for one in references if one in ground.references):
        whole = _priced(ground, in_period([national(ground, one)], want.per), want)
        found = next((steps for steps in whole if want.met(steps[-1].result)), [])
        if found:
            return found
    return []
