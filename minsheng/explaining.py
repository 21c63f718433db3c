"""How the numbers of a row came about: step by step, back to what documents and national series print."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from minsheng import tallies
from minsheng.charts.marks import grouped
from minsheng.faults import Refused
from minsheng.origins import as_row, behind, known
from minsheng.sources import short_title
from minsheng.steps import Ground, Step, Want, calculated, led_back, near, of_nation, precise
from minsheng.tables import Dataset, load
from minsheng.views import View, names

COLUMNS = ["row", "step", "column", "what", "arithmetic", "result", "unit", "figures", "references", "items", "says"]
"""Columns of an explanation."""

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

_PERCENT = ("growth", "growth_a_year", "share", "progress", "printed_share", "top_share")
_PLAIN = {"dibao_times": "倍", "pairs": "", "count": "", "items": "", "topics": "", "effective": "", "derived": ""}
_SERIES = ("indicator_id", "residence", "care", "recipient", "statistic")
_AMOUNTS: dict[str, dict[str, str]] = {
    "value": {},
    "nominal": {},
    "value_max": {},
    "previous": {},
    "urban": {"residence": "urban"},
    "rural": {"residence": "rural"},
    "fiscal": {"measure": "fiscal"},
    "contribution": {"measure": "contribution"},
    "supplement": {},
    "dibao": {},
    "target": {"role": "target"},
    "other_target": {"role": "target"},
    "achieved": {"role": "achieved"},
    "printed_share": {"role": "share"},
    "parent_value": {},
    "prefecture": {},
    "province": {},
    "found": {},
    "expected": {},
}
"""Columns that figures give, with what a figure must be to give them."""

_NATIONAL = ("nation", "reference", "expected", "fiscal", "contribution")
_CHAINED = ("value", "actual", "found", "expected")
"""Columns whose arithmetic the row itself may tell (``derivation``)."""

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_CONSTANTS = (1.0, 100.0, 1000.0)
_BEHIND = {
    "parent_value": "parent_figures",
    "prefecture": "parent_figures",
    "province": "parent_figures",
    "previous": "previous_figures",
    "dibao": "dibao_figures",
}
"""The column that names the figures behind a number, where it is not ``figures``."""

_OF_OTHERS = ("parent_value", "prefecture", "province")
_OF_PLANS = ("target", "other_target", "printed_share")
"""Columns that may be of other places, and of the whole of a plan, than the row's own."""


@dataclass(frozen=True)
class _Asked:
    """A row to be explained, and the year in whose prices it is taken to be."""

    ground: Ground
    row: Mapping[str, Any]
    prices: int | None = None

    def has(self, column: str) -> bool:
        """Whether the row has a number there."""
        value = self.row.get(column)
        return isinstance(value, (int, float)) and not isinstance(value, bool) and pd.notna(value)

    def text(self, column: str) -> str:
        value = self.row.get(column)
        return value if isinstance(value, str) else ""

    def cells(self, column: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for one in self.text(column).split(";") if one))


def _fixed(asked: _Asked, column: str) -> dict[str, str]:
    """What a figure must be to be behind a column of the row."""
    if "found" in asked.row or column == "dibao":
        return {}
    free = {"recipient"} if "supplement" in asked.row else set()
    free |= {"residence", "care", "recipient"} if "rule_flags" in asked.row else set()
    free |= {"statistic"} if column in _OF_OTHERS else {"recipient"} if column in _OF_PLANS else set()
    own = {name: asked.text(name) for name in ("region_id", *_SERIES) if name in asked.row and name not in free}
    if column == "supplement":
        own = {"region_id": own["region_id"], "recipient": asked.text("recipient")}
    if column == "parent_value":
        own |= {"region_id": asked.text("parent_id"), "statistic": asked.text("parent_statistic")}
    if column in ("prefecture", "province"):
        del own["region_id"]
    return own | _AMOUNTS[column]


def _want(asked: _Asked, column: str) -> Want:
    row = asked.row
    own = _BEHIND.get(column, "figures")
    cells = asked.cells(own if own in row else "figures")
    per = "" if column == "printed_share" else asked.text("per")
    per = "person-month" if per == "case-month" else per
    dated = "found" not in row and "year" in row
    year = int(row["from_year" if column == "previous" else "year"]) if dated else None
    prices = None if column == "nominal" else asked.prices
    return Want(float(row[column]), per, cells, year, _fixed(asked, column), prices)


def _amount(asked: _Asked, column: str) -> list[Step]:
    """The steps to a number that figures give; of a component of a case, times how often it counts."""
    want, times = _want(asked, column), float(asked.row.get("times", 1))
    steps = led_back(asked.ground, replace(want, amount=want.amount / times))
    return _times(steps, times, asked.text("per")) if "times" in asked.row else steps


def _times(steps: list[Step], times: float, per: str) -> list[Step]:
    if not steps or (times == 1 and steps[-1].per == per):
        return steps
    arithmetic = f"{precise(steps[-1].result)} × {times:g}"
    return [*steps, Step("times", calculated(arithmetic), steps[-1].unit, per, arithmetic)]


def _nation(asked: _Asked, column: str) -> list[Step]:
    """The steps to a national number; of a component of a case, times how often it counts."""
    per, times = asked.text("per"), float(asked.row.get("times", 1))
    per = "person-month" if per == "case-month" else per
    want = Want(float(asked.row[column]) / times, per, year=_year(asked), prices=asked.prices if "times" in asked.row else None)
    steps = of_nation(asked.ground, want, asked.cells("references"))
    return _times(steps, times, asked.text("per")) if "times" in asked.row else steps


def _operand(asked: _Asked, number: float, want: Want) -> list[Step]:
    """The steps to a number in the arithmetic that a row tells: a figure, or the residents that a place's rates give."""
    loose = replace(want, amount=number, year=None, fixed={}, told=True)
    steps = led_back(asked.ground, loose)
    if steps:
        return steps
    wider = [one for years in (want.year, (want.year or 1) - 1) for one in led_back(asked.ground, replace(loose, year=years))]
    return wider or tallies.residents(asked.ground, number, want.figures)


def _chained(asked: _Asked, column: str) -> list[Step]:
    """The steps to a number by the arithmetic that its row tells, in percent or per thousand where that gives it."""
    want = Want(float(asked.row[column]), asked.text("per"), asked.cells("figures"), _year(asked), {}, asked.prices)
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


def _exact(asked: _Asked, part: str, want: Want) -> tuple[str, list[Step]]:
    """Arithmetic with all digits of its numbers, and the steps to each of them."""
    steps: list[Step] = []

    def digits(found: re.Match[str]) -> str:
        number = float(found[0])
        own = _operand(asked, number, replace(want, per="" if want.per not in ("person-month", "person-year") else want.per))
        steps.extend(own)
        return precise(own[-1].result) if own else found[0]

    return _NUMBER.sub(digits, part.replace("‰", "").replace("/", "÷").strip()), steps


def _year(asked: _Asked) -> int | None:
    return int(asked.row["year"]) if asked.has("year") else None


def _document_year(asked: _Asked, column: str) -> list[Step]:
    """A year that a document prints, or that its figures speak for: not a sum of money, and so without a unit."""
    if asked.text("unit") or "found" not in asked.row:
        return []
    rule = "year_printed" if column == "found" else "year_found"
    items = f"{asked.text('document_id')}/"
    return [Step(rule, float(asked.row[column]), "", "", "", asked.text("figures"), asked.text("references"), items)]


def _related(asked: _Asked, column: str) -> list[Step]:
    """The step to a number that follows from others of its row."""
    for rule, name, form in RELATIONS:
        operands = re.findall(r"{(\w+)}", form)
        if name != column or not all(asked.has(one) for one in operands):
            continue
        arithmetic = form.format(**{one: precise(float(asked.row[one])) for one in operands})
        if near(calculated(arithmetic), float(asked.row[column])):
            unit, per = _unit(asked, column)
            return [Step(rule, float(asked.row[column]), unit, per, arithmetic)]
    return []


def _unit(asked: _Asked, column: str) -> tuple[str, str]:
    if column in _PERCENT:
        return "%", ""
    return (_PLAIN[column], "") if column in _PLAIN else (asked.text("unit"), asked.text("per"))


def _ways(asked: _Asked, column: str) -> Iterator[list[Step]]:
    """All that may lead to a number of a row, the nearest to the source first."""
    if column in _NATIONAL and asked.text("references"):
        yield _nation(asked, column)
    if column in _AMOUNTS:
        yield _amount(asked, column)
    yield tallies.counted(asked.ground, asked.row, column)
    if "case_id" in asked.row and "lower" in asked.row:
        yield _summed(asked, column)
    if column in _CHAINED:
        yield _chained(asked, column)
    yield _related(asked, column)
    yield _document_year(asked, column)


def _summed(asked: _Asked, column: str) -> list[Step]:
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
    *_AMOUNTS,
    *("nation", "reference", "lower", "upper", "actual", "items", "count", "topics"),
    *("top_share", "effective", "derived", *dict.fromkeys(name for _, name, _ in RELATIONS)),
]
"""Columns whose numbers are explained, in this order."""


def _steps(asked: _Asked) -> list[Step]:
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
        out += [one for one in steps[:-1] if one not in out]
        out.append(replace(steps[-1], column=column))
    return out or [Step("item", float("nan"), items=one) for one in behind(asked.row) if "/" in one]


def _explained(ground: Ground, row: Mapping[str, Any], price_year: int | None) -> list[Step]:
    """The steps of a row: in the prices that its table says, as printed, or else of the year that gives all its numbers."""
    own = [price_year] if price_year else [None]
    first: Refused | None = None
    for prices in [*own, *sorted(ground.index, reverse=True)]:
        try:
            return _steps(_Asked(ground, row, prices))
        except Refused as refused:
            first = first or refused
            if row.get("unit") != "元" and row.get("per") != "case-month":
                break
    raise first if first else Refused("refused.no_source", value="–", columns="figures")


def _says(step: Step, view: View) -> str:
    """A step as a sentence."""
    unit = view.unit(step.unit, step.per) if step.unit and step.rule != "index" else ""
    amount = view.join([grouped(step.result, 6), unit], "", "" if unit in ("%", "‰") else " ").strip()
    words = {"what": view.say(f"step.{step.rule}"), "result": amount}
    if step.rule == "printed":
        return view.join((_printed(one, view) for one in step.figures.split(";")), "；", "; ")
    if step.rule in ("national", "index"):
        own = view.references[step.references]
        how = view.label("status", own["status"])
        return view.say("step.says_national", series=view.national(own["reference_id"]), year=own["year"], how=how, **words)
    if not step.arithmetic:
        documents = view.join(dict.fromkeys(short_title(one.split("/")[0], view) for one in step.items.split(";") if one))
        return view.say("step.says_counted" if pd.notna(step.result) else "step.says_item", documents=documents, **words)
    return view.say("step.says", arithmetic=step.arithmetic.replace("-", "−"), **words)


def _printed(figure_id: str, view: View) -> str:
    row = known(figure_id, view)
    where = view.say("table.item", item=row["item"]) if row["item"] else view.say("table.outside")
    own = {"document": short_title(row["document_id"], view), "where": where, "evidence": row["evidence"]}
    amount = "–".join(grouped(row[bound]) for bound in ("value", "value_max") if pd.notna(row[bound]))
    value = view.join([amount, row["unit"]], "", " ")
    return view.say("step.says_printed", place=row["place"], year=row["year"], indicator=row["indicator"], value=value, **own)


def _rows(table: Any) -> Sequence[Mapping[str, Any]]:
    if isinstance(table, pd.DataFrame):
        return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
    row = as_row(table)
    if row is None:
        raise Refused("refused.no_source", value=repr(table), columns="figures")
    return [row]


def explain(row: Any, data: Dataset | None = None, lang: str = "zh") -> pd.DataFrame:
    """How the numbers of a row came about, back to the printed figures.

    Parameters
    ----------
    row : row or rows
        Of any table of the package: a Series, a named tuple, a mapping, or a DataFrame, of which every row is explained.
    data : Dataset, optional
        The tables that the row was made from; the bundled ones if not given.
    lang : {'zh', 'en'}
        Language of `what`, `unit` and `says`.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, one row a step: ``row`` counts the rows explained from 1, ``step`` the steps of each;
        ``column`` is the column of the row that the step gives (empty: on the way there); ``what`` names the rule;
        ``arithmetic`` gives ``result`` (in ``unit``), and is empty where ``result`` is printed: then ``figures``,
        ``references`` or ``items`` say where (`minsheng.source` tells more). ``says`` is the step as a sentence.

    Raises
    ------
    Refused
        If a number of the row does not follow from the tables (it was changed, or the row is of other tables), or there
        is nothing to explain.

    Notes
    -----
    No step is taken over from the row: each is worked out again from the tables, and counts only if it gives the number.

    Examples
    --------
    >>> import minsheng as ms
    >>> levels = ms.standards(ms.load())
    >>> row = levels[(levels.indicator_id == "dibao_standard") & (levels.year == 2020)].iloc[-1]
    >>> ms.explain(row, lang="en")[["what", "arithmetic", "result"]].values.tolist()
    [['as printed', '', 765.0], ['as printed', '', 60.0], ['level less rise', '765 - 60', 705.0]]
    """
    data = load() if data is None else data
    view, ground = names(data, lang), Ground(data)
    price_year = row.attrs.get("price_year") if isinstance(row, (pd.DataFrame, pd.Series)) else None
    out = []
    for n, one in enumerate(_rows(row), 1):
        for number, step in enumerate(_explained(ground, one, price_year), 1):
            unit = view.unit(step.unit, step.per) if step.unit else ""
            words = {"row": n, "step": number, "what": view.say(f"step.{step.rule}"), "unit": unit, "says": _says(step, view)}
            out.append({name: getattr(step, name, "") for name in COLUMNS} | words)
    return pd.DataFrame(out, columns=COLUMNS)
