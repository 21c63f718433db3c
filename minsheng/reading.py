"""Sentences on rules, grids and sums, computed from their rows, in the reader's language (others are in `story`)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from minsheng.bounds import kept
from minsheng.charts import number
from minsheng.charts.rules import bound_words
from minsheng.phrases import series_words
from minsheng.views import View


def _base(row: Any, view: View) -> str:
    residence = [view.label("residence", row.base_residence)] if row.base_residence not in ("", "all") else []
    return view.join([*residence, view.indicator(row.base_id)], "", " ")


def _words(row: Any, view: View) -> dict[str, Any]:
    words = {"place": view.place(row.region_id), "year": row.year, "series": series_words(row, view)}
    if row.base_id:
        words["base"] = _base(row, view)
    if pd.notna(row.value):
        words["bound"] = bound_words(row, view)
    if pd.notna(row.actual):
        words["actual"] = number(row.actual, 3 if row.base_id else 2)
    return words


def _spans(rows: pd.DataFrame, view: View) -> list[str]:
    """Of standards that no rule covers: between which multiples of their base they lie, for each standard and base."""
    out = []
    for _, mine in rows.groupby(["indicator_id", "care", "recipient", "base_residence"], sort=False):
        words = _words(mine.loc[mine["actual"].idxmax()], view)
        least = number(mine["actual"].min(), 3)
        out.append(view.say("verdict.multiple" if least == words["actual"] else "verdict.multiples", **words, least=least))
    return out


def _open(rows: pd.DataFrame, view: View) -> list[str]:
    """Rules of which what there is is not known: one sentence for all years of the same rule."""
    out = []
    measure = view.data.indicators.set_index("indicator_id")["measure"]
    for _, mine in rows.groupby(
        ["region_id", "indicator_id", "residence", "care", "recipient", "value", "rule_flags"], sort=False
    ):
        row: Any = next(mine.itertuples())
        kind = "multiple" if row.base_id else "rate" if measure[row.indicator_id] == "ratio" else "growth"
        years = view.join(str(year) for year in sorted(mine["year"]))
        out.append(view.say(f"verdict.{kind}_open", **_words(row, view) | {"year": years}))
    return out


def rules(rows: pd.DataFrame, view: View) -> list[str]:
    """What each rule asks, and whether it is kept where what there is is known; then what no rule covers.

    Parameters
    ----------
    rows : DataFrame
        From `bounds.multiples` or `bounds.promised`.
    view : View

    Returns
    -------
    list of str

    Examples
    --------
    2094.4 yuan where Dibao is 1309: 2094.4 / 1309 = 1.6 times.

    >>> import minsheng as ms
    >>> seen = ms.view(2025, regions=["440100"], lang="en")
    >>> rules(ms.multiples(seen.data, seen.levels, "tekun_standard"), seen)[0]
    'Guangzhou 2025: Tekun basic living standard is 1.6 times the Dibao standard, as the rule asks (1.6 times).'
    """
    ruled, met = rows["value"].notna(), rows["actual"].notna()
    out = []
    for row in rows[ruled & met].itertuples():
        kind = "multiple" if row.base_id else "growth"
        key = f"verdict.{kind}_kept" if kept(row) else f"verdict.{kind}_broken"
        out.append(view.say(key, **_words(row, view)))
    return [*out, *_open(rows[ruled & ~met], view), *_spans(rows[~ruled], view)]


def grid(rows: pd.DataFrame, view: View) -> list[str]:
    """How many cells of a grid are printed, and between which amounts they lie (rows of `recipients.split`).

    Returns
    -------
    list of str
        One sentence for each place.
    """
    out = []
    for _, mine in rows.groupby("region_id", sort=False):
        ordered = mine.sort_values(["value", "recipient"], ascending=[False, True])
        top, low = ordered.iloc[0], ordered.iloc[-1]
        words = {"top": view.recipient(top["recipient"]), "low": view.recipient(low["recipient"])}
        words |= {
            "top_value": number(top["value"]),
            "low_value": number(low["value"]),
            "unit": view.unit(top["unit"], top["per"]),
        }
        words |= {"place": view.place(top["region_id"]), "indicator": view.indicator(top["indicator_id"])}
        out.append(
            view.say("verdict.grid", year=top["year"], count=len(mine), times=number(top["value"] / low["value"]), **words)
        )
    return out


def supplements(rows: pd.DataFrame, view: View) -> list[str]:
    """What each group gets in the latest year of each place, base and supplement together (rows of `sums.supplements`)."""
    last = rows[rows["supplement"].notna() & (rows["year"] == rows.groupby("region_id")["year"].transform("max"))]
    return [
        view.say(
            "verdict.supplement_open" if "at_least" in row.supplement_flags.split(";") else "verdict.supplement",
            place=view.place(row.region_id),
            year=row.year,
            recipient=view.recipient(row.recipient),
            base=number(row.value),
            supplement=number(row.supplement),
            total=number(row.total),
            unit=view.unit(row.unit, row.per),
        )
        for row in last.itertuples()
    ]
