"""Numbers that are counted or summed over several rows: components of a typical case, items of a list, residents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import pandas as pd

from minsheng.commitments import department, listed
from minsheng.levels import standards
from minsheng.steps import Ground, Step, calculated, near, precise, told
from minsheng.typical import case_parts
from minsheng.yardsticks import constant_prices

_LARGE = 8
"""So many tables are kept while the rows of one request are explained."""


def residents(ground: Ground, number: float, figures: Sequence[str]) -> list[Step]:
    """The steps to a number of residents: a quantity and the rate per thousand that it is of."""
    own = [ground.figures[one] for one in figures if one in ground.figures]
    for rate in (one for one in own if one.unit == "‰" and one.value > 0):
        for whole in (one for one in own if one.indicator_id == rate.result_id):
            value = round(1000 * whole.value / rate.value)
            if near(value, number):
                arithmetic = f"1000 × {precise(whole.value)} ÷ {precise(rate.value)}"
                return [told(whole), told(rate), Step("residents", value, "人", "", arithmetic)]
    return []


@lru_cache(maxsize=_LARGE)
def _parts(ground: Ground, year_basis: str, prices: int | None) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    """The components of typical cases by case, place and year."""
    levels = _levels(ground, year_basis)
    rows = case_parts(ground.data, levels if prices is None else constant_prices(ground.data, levels, prices))
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows.to_dict("records"):
        found.setdefault((row["case_id"], row["region_id"], row["year"]), []).append({str(name): row[name] for name in row})
    return found


@lru_cache(maxsize=_LARGE)
def _levels(ground: Ground, year_basis: str) -> pd.DataFrame:
    rows = standards(ground.data, year_basis=year_basis)
    return rows[~rows["flags"].str.contains("damaged")]


@lru_cache(maxsize=_LARGE)
def _items(ground: Ground) -> pd.DataFrame:
    rows = listed(ground.data)
    return rows.assign(key=rows["document_id"] + "/" + rows["item"])


def components(ground: Ground, row: Mapping[str, Any], column: str, prices: int | None) -> Iterator[list[dict[str, Any]]]:
    """The components of a typical case that add up to one of its numbers, by each way to tell their years."""
    reading = "upper" if column == "upper" else "lower"
    for year_basis in ("assessed", "printed"):
        own = _parts(ground, year_basis, prices).get((row["case_id"], row["region_id"], row["year"]), [])
        yield [one for one in own if one["reading"] in ("both", reading)]


def end(part: Mapping[str, Any], column: str) -> str:
    """Which number of a component goes into a sum: its upper end into the upper one, where it has one."""
    return "value_max" if column == "upper" and pd.notna(part["value_max"]) else "value"


def counted(ground: Ground, row: Mapping[str, Any], column: str) -> list[Step]:
    """The steps to a number that is counted: items of a list, topics in it, standards known of a place."""
    if column in ("count", "derived") and "document_id" not in row:
        return _known(ground, row, column)
    if "items" not in row or "document_id" not in row:
        return []
    rows = _items(ground)
    rows = rows[rows["document_id"] == row["document_id"]]
    rows = rows[rows["lead"] != ""] if row.get("by") == "department" else rows
    steps = _of_code(rows, row, column) if "by" in row else _of_list(rows, row, column)
    return steps if steps and near(steps[-1].result, float(row[column])) else []


def _known(ground: Ground, row: Mapping[str, Any], column: str) -> list[Step]:
    for year_basis in ("assessed", "printed"):
        rows = _levels(ground, year_basis)
        rows = rows[(rows["region_id"] == row["region_id"]) & (rows["year"] == row["year"])]
        rows = rows[rows["flags"].str.contains("derived")] if column == "derived" else rows
        if len(rows) == row[column]:
            figures = dict.fromkeys(";".join(rows["figures"]).split(";"))
            return [Step(column if column == "derived" else "standards", float(len(rows)), figures=";".join(figures))]
    return []


def _tally(rule: str, rows: pd.DataFrame) -> Step:
    return Step(rule, float(len(rows)), items=";".join(rows["key"]))


def _of_code(rows: pd.DataFrame, row: Mapping[str, Any], column: str) -> list[Step]:
    """Numbers of one topic or department of a list; an item that several departments lead counts with its part."""
    codes = [[one] for one in rows["topic"]]
    if row["by"] == "department":
        codes = [[department(name) for name in cell.split(";")] for cell in rows["lead"]]
    own = rows[[row["code"] in one for one in codes]]
    whole, mine = _tally("items", rows), _tally("count", own)
    if column in ("items", "count"):
        return [whole if column == "items" else mine]
    parts = [f"{one.count(row['code'])} ÷ {len(one)}" for one in codes if row["code"] in one]
    arithmetic = f"100 × ({' + '.join(parts)}) ÷ {len(rows)}"
    if all(len(one) == 1 for one in codes):
        arithmetic = f"100 × {len(own)} ÷ {len(rows)}"
    return [whole, mine, Step("share", calculated(arithmetic), "%", "", arithmetic)] if column == "share" else []


def _of_list(rows: pd.DataFrame, row: Mapping[str, Any], column: str) -> list[Step]:
    """Numbers of a whole list: how many items and topics, the share of the largest, how many topics of equal size."""
    whole = _tally("items", rows)
    counts = [_tally("count", mine) for _, mine in rows.groupby("topic", sort=False)]
    if column in ("items", "topics"):
        return [whole] if column == "items" else [Step("topics", float(len(counts)), items=whole.items)]
    if column == "top_share":
        most = max(counts, key=lambda one: one.result)
        arithmetic = f"100 × {most.result:g} ÷ {whole.result:g}"
        return [whole, most, Step("share", calculated(arithmetic), "%", "", arithmetic)]
    squares = " + ".join(f"({one.result:g} ÷ {whole.result:g}) ^ 2" for one in counts)
    arithmetic = f"1 ÷ ({squares})"
    return [whole, *counts, Step("effective", calculated(arithmetic), "", "", arithmetic)] if column == "effective" else []
