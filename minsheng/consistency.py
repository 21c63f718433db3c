"""Whether a figure agrees with its evidence, its indicator and its neighbours: rules of `checks` about what the numbers say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

import pandas as pd

from minsheng.additions import Frames, Row
from minsheng.bulk import combinations, texts, together
from minsheng.cells import NUMBER
from minsheng.faults import Fault, nearest
from minsheng.files import FILE, ROW
from minsheng.numerals import plainly_prints, printed_values
from minsheng.periods import PERIODS
from minsheng.schema import Schema

_SERIES = ["indicator_id", "residence", "care", "recipient", "statistic"]
_RATES, _PERCENT_UNITS = ["growth", "share"], ["%", "‰"]


def faults_of(rows: pd.DataFrame, column: str, key: str, values: Callable[[Row], dict[str, object]] | None = None) -> list[Fault]:
    """A fault for each of some rows, in one of their columns."""
    told = rows.to_dict("records") if len(rows) else []
    return [Fault(row[FILE], int(row[ROW]), column, key, values(row) if values else {}) for row in told]


def _not_in_evidence(figures: pd.DataFrame, column: str) -> list[Fault]:
    pairs = [(e, v) for e, v in combinations(figures, ["evidence", column]) if e and NUMBER.fullmatch(v)]
    lost = [(e, v) for e, v in pairs if not plainly_prints(e, v) and Decimal(v) not in printed_values(e)]
    wrong = together(figures, ["evidence", column], lost)

    def words(row: Row) -> dict[str, object]:
        there = ", ".join(f"{value:f}" for value in sorted(printed_values(row["evidence"])))
        return {"value": row[column], "evidence": row["evidence"], "values": there or "–"}

    return faults_of(wrong, column, "fault.not_in_evidence", words)


def _evidence(frames: Frames, _: Schema) -> Iterable[Fault]:
    return [fault for column in ("value", "value_max") for fault in _not_in_evidence(frames["figures"], column)]


def _not_allowed(frames: Frames, column: str) -> list[Fault]:
    """Figures whose unit or period is none of their indicator's (rates are always in percent)."""
    indicators = frames["indicators"].drop_duplicates("indicator_id")
    allowed = dict(zip(indicators["indicator_id"], indicators[column].str.split(";"), strict=True))
    told = combinations(frames["figures"], ["indicator_id", "role", column])
    bad = [(i, role, text) for i, role, text in told if i in allowed and role not in _RATES and text not in allowed[i]]
    bad = together(frames["figures"], ["indicator_id", "role", column], bad)

    def words(row: Row) -> dict[str, object]:
        mine = allowed[row["indicator_id"]]
        return {"text": row[column], "indicator": row["indicator_id"], "allowed": ", ".join(mine) or "–", "more": ";".join(mine)}

    pairs = zip(bad["indicator_id"], bad[column], strict=True)
    near = pd.Series([text in PERIODS and bool(PERIODS.keys() & allowed[i]) for i, text in pairs], bad.index, dtype="bool")
    return [
        *faults_of(bad[~near], column, f"fault.{column}_not_allowed", words),
        *faults_of(bad[near], column, "fault.per_convertible", words),
    ]


def _not_in_list(indicators: pd.DataFrame, column: str, codes: list[str]) -> list[Fault]:
    """Indicators that list a unit or period which is none."""
    lists = indicators.assign(**{column: indicators[column].str.split(";")}).explode(column)
    bad = lists[(lists[column] != "") & ~lists[column].isin(codes)]
    return faults_of(
        bad, column, "fault.not_in_vocabulary", lambda row: {"text": row[column], "nearest": nearest(row[column], codes)}
    )


def _units(frames: Frames, known: Schema) -> Iterable[Fault]:
    for column in ("unit", "per"):
        yield from _not_allowed(frames, column)
        yield from _not_in_list(frames["indicators"], column, known.codes(column))
    figures = frames["figures"]
    told = combinations(figures, ["role", "unit"]) if set(texts(figures["role"])) & set(_RATES) else []
    rates = together(figures, ["role", "unit"], [(r, unit) for r, unit in told if r in _RATES and unit not in _PERCENT_UNITS])

    def words(row: Row) -> dict[str, object]:
        return {"role": known.label("role", row["role"]), "text": row["unit"]}

    yield from faults_of(rates, "unit", "fault.rate_unit", words)


def _ranges(frames: Frames, _: Schema) -> Iterable[Fault]:
    if not any(texts(frames["figures"]["value_max"])):
        return
    figures = frames["figures"][frames["figures"]["value_max"] != ""]
    low, high = (pd.to_numeric(figures[c], errors="coerce") for c in ("value", "value_max"))
    yield from faults_of(
        figures[high < low], "value_max", "fault.upside_down", lambda r: {"value": r["value"], "value_max": r["value_max"]}
    )


def _baselines(frames: Frames, _: Schema) -> Iterable[Fault]:
    figures = frames["figures"]
    if "baseline" not in texts(figures["role"]):
        return
    figures = figures[figures["document_id"].isin(figures["document_id"][figures["role"] == "baseline"].unique())]
    figures = figures.assign(_year=pd.to_numeric(figures["year"], errors="coerce"))
    key = ["document_id", "item", *_SERIES]
    level = figures[figures["role"] == "level"].groupby(key)["_year"].max().rename("_level")
    rows = figures[figures["role"] == "baseline"].join(level, on=key)
    yield from faults_of(
        rows[rows["_year"] >= rows["_level"]],
        "year",
        "fault.baseline_late",
        lambda r: {"year": r["year"], "level": f"{r['_level']:.0f}"},
    )


RULES = (_evidence, _units, _ranges, _baselines)
"""Each takes the tables as text and the descriptor, and tells the faults that it finds."""
