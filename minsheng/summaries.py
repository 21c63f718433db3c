"""Sentences on what whole topics promise, what was delivered, and what the lists hold, in the reader's language."""

from __future__ import annotations

from typing import Any

import pandas as pd

from minsheng.charts.intervals import compact
from minsheng.charts.lists import category
from minsheng.charts.progress import part_of_plan
from minsheng.labels import calculation
from minsheng.levels import SERIES
from minsheng.phrases import series_words, span, told
from minsheng.views import View


def _amount(value: float, row: Any, view: View) -> str:
    """A number with its unit."""
    return view.join([compact(value, view), view.unit(row.unit, row.per)], "", " ")


def _grade(rows: list[Any], value: float, view: View) -> tuple[str, str]:
    """Who has a value among the grades of an indicator, and the value with its bound."""
    who = [row for row in rows if row.value == value]
    return view.join(view.series("recipient", row.recipient) for row in who), told(who[0], view)


def _bound(flags: str, view: View) -> str:
    """What a value is said to be: so much, at least so much, about so much."""
    present = flags.split(";")
    for flag in ("at_least", "at_most", "about"):
        if flag in present:
            return view.say(f"works.is_{flag}")
    return view.say("works.is")


def levels(rows: pd.DataFrame, view: View) -> list[str]:
    """What each place pays or grants: its one value, or its lowest and highest grade (rows of `promises.in_force`).

    Returns
    -------
    list of str
        A sentence for each place, year and indicator, those of the view's year first.

    Examples
    --------
    >>> import minsheng as ms
    >>> seen = ms.view(2023, regions=["370103"], lang="en")
    >>> levels(ms.in_force(seen.data, seen.levels, ["medical_insurance"], 2023), seen)
    ['Shizhong District (Jinan) 2023: Fiscal subsidy to resident basic medical insurance is 730 yuan per person per year.']
    """
    out = []
    order = rows.sort_values("year", ascending=False, kind="stable")
    graded = order["recipient"] != ""  # what holds for all recipients is no grade beside those of single groups
    for _, mine in order.groupby(["year", "region_id", "indicator_id", "unit", "per", graded], sort=False):
        ranked: list[Any] = list(mine.sort_values("value", kind="stable").itertuples())
        low, top = ranked[0], ranked[-1]
        unit = view.join(["", view.unit(low.unit, low.per)], "", "" if low.unit in ("%", "‰") else " ")
        words = {"place": view.place(low.region_id), "year": low.year, "unit": unit}
        words["indicator"] = view.indicator(low.indicator_id)
        if len(ranked) == 1:
            said = {"series": series_words(low, view), "bound": _bound(low.flags, view), "value": span(low)}
            out.append(view.say("works.levels_one", **words, **said))
        elif low.value == top.value:
            out.append(view.say("works.levels_equal", value=told(low, view), **words))
        else:
            least, least_value = _grade(ranked, low.value, view)
            most, most_value = _grade(ranked, top.value, view)
            said = {"low": least, "low_value": least_value, "top": most, "top_value": most_value, "count": str(len(ranked))}
            out.append(view.say("works.levels_several", **words, **said))
    return out


def planned(rows: pd.DataFrame, view: View) -> list[str]:
    """How many targets the documents of the year set (rows of `promises.planned`)."""
    counts = rows.groupby("region_id", sort=False).size()
    if len(counts) < 2:
        return [view.say("works.planned_one", place=view.place(str(one)), year=view.year, count=n) for one, n in counts.items()]
    top = counts[counts == counts.max()]
    words = {"documents": rows["document_id"].nunique(), "count": len(rows), "most": int(counts.max())}
    key = "works.planned_equal" if len(top) == len(counts) else "works.planned_tied" if len(top) > 1 else "works.planned"
    return [view.say(key, year=view.year, place=view.named(top.index), **words)]


def shared(rows: pd.DataFrame, view: View, most: int = 3) -> list[str]:
    """From where to where the places reach, for the quantities that most places have (rows of `promises.shared`)."""
    groups = [mine.sort_values("value", kind="stable") for _, mine in rows.groupby([*SERIES, "per"], sort=False)]
    groups.sort(key=lambda mine: -mine["region_id"].nunique())
    out = []
    for mine in groups[:most]:
        ranked: list[Any] = list(mine.itertuples())
        low, top = ranked[0], ranked[-1]
        words = {"low": view.place(low.region_id), "top": view.place(top.region_id), "series": series_words(top, view)}
        values = {"low_value": _amount(low.value, low, view), "top_value": _amount(top.value, top, view)}
        out.append(view.say("works.shared", count=mine["region_id"].nunique(), **words, **values))
    rest = [view.say("works.shared_rest", count=len(groups) - most)] if len(groups) > most else []
    return [*out, *rest]


def residents(rows: pd.DataFrame, figures: pd.DataFrame, view: View) -> list[str]:
    """Whose residents are known, how, and of which places with targets in the year they are not.

    Parameters
    ----------
    rows : DataFrame
        From `promises.residents`.
    figures : DataFrame
        From `promises.planned`: the targets that could be set against residents.
    view : View
    """
    out = []
    for row in rows.itertuples():
        derivation = calculation(str(row.derivation)).replace("; ", "；" if view.lang == "zh" else "; ")
        words = {"place": view.place(str(row.region_id)), "year": row.year, "value": f"{row.value:,.0f}", "pairs": row.pairs}
        out.append(view.say("works.residents", derivation=derivation, **words))
        if "contradicted" in str(row.flags):
            out.append(view.say("works.residents_differ"))
        elif row.pairs > 1:
            out.append(view.say("works.residents_agree"))
    known = set(zip(rows["region_id"], rows["year"], strict=True))
    others = [place for place, year in zip(figures["region_id"], figures["year"], strict=True) if (place, year) not in known]
    out += [view.say("works.no_residents", places=view.named(others))] if others else []
    return out or [view.say("works.residents_none")]


def _compared(mine: pd.DataFrame, words: dict[str, Any], view: View) -> list[str]:
    """How much of its plan one place has done: quantities (of the stages of a target the first), then rates."""
    first = mine.drop_duplicates(["item", "region_id", "indicator_id", "residence", "target"])
    counted = first[first["progress"].notna()].sort_values("progress", kind="stable")
    rates = mine[(mine["state"] == "compared") & mine["progress"].isna()]
    out = []
    if len(counted):
        low, top = counted.iloc[0], counted.iloc[-1]
        ends = {"low": series_words(low, view), "top": series_words(top, view)}
        shares = {"low_share": part_of_plan(low["progress"], 2), "top_share": part_of_plan(top["progress"], 2)}
        done = int((counted["progress"] >= 100).sum())
        out.append(view.say("works.delivery", count=len(counted), done=done, **words, **ends, **shares))
    if len(rates):
        out.append(view.say("works.delivery_rates", count=len(rates), met=int((rates["achieved"] >= rates["target"]).sum())))
    return out


def _doubts(mine: pd.DataFrame, view: View) -> list[str]:
    """Where the printed percentage is not what its parts give, and where two targets are printed for one thing."""
    out = []
    for row in mine[mine["differs"]].itertuples():
        numbers = {"achieved": compact(row.achieved, view), "target": compact(row.target, view)}
        shares = {"printed": f"{row.printed_share:g}", "progress": part_of_plan(row.progress, 2)}
        out.append(view.say("works.delivery_differs", series=series_words(row, view), **numbers, **shares))
    for row in mine[mine["other_target"].notna()].itertuples():
        values = {"other": _amount(row.other_target, row, view), "target": _amount(row.target, row, view)}
        out.append(view.say("works.delivery_two_targets", series=series_words(row, view), **values))
    return out


def delivery(rows: pd.DataFrame, view: View) -> list[str]:
    """What each report has done of its plan, what it contradicts, and what it leaves open (rows of `delivery`)."""
    out = []
    for document, mine in rows.groupby("document_id", sort=False):
        region = view.documents[str(document)]["region_id"]
        words = {"place": view.place(region), "year": mine["year"].iloc[0]}
        out += _compared(mine[mine["region_id"] == region], words, view) + _doubts(mine, view)
        states = mine["state"].value_counts()
        if "share_only" in states:
            out.append(view.say("works.delivery_share_only", count=int(states["share_only"])))
        if "compared" not in states and "no_target" in states:
            out.append(view.say("works.delivery_none", **words))
        if "no_target" in states:
            out.append(view.say("works.delivery_no_target", count=int(states["no_target"]), **words))
        if "not_reported" in states:
            out.append(view.say("works.delivery_silent", count=int(states["not_reported"]), **words))
    return out


def diversity(rows: pd.DataFrame, view: View) -> list[str]:
    """How widely the lists of the year spread over the topics (rows of `commitments.diversity`)."""
    out = []
    for row in rows[rows["year"] == view.year].itertuples():
        words = {"place": view.place(str(row.region_id)), "year": row.year, "items": row.items, "topics": row.topics}
        words |= {
            "top": view.join(view.label("topic", one) for one in str(row.top).split(";")),
            "top_share": f"{row.top_share:.1f}",
            "effective": f"{row.effective:.1f}",
        }
        out.append(view.say("works.list_even" if row.items == row.topics else "works.list", **words))
    return [*out, view.say("works.effective")] if out else []


def departments(rows: pd.DataFrame, lists: pd.DataFrame, view: View) -> list[str]:
    """Who leads most items of the year's lists, and which lists name nobody.

    Parameters
    ----------
    rows : DataFrame
        From `commitments.shares`, by department.
    lists : DataFrame
        From `commitments.listed`: the lists that there are.
    view : View
    """
    own = rows[(rows["year"] == view.year) & ~rows["code"].isin(["masked", "other"])]
    out = []
    for _, mine in own.groupby("document_id", sort=False):
        row, most = mine.iloc[0], mine["share"].max()
        top = view.join(category("department", code, view) for code in mine[mine["share"] > most - 1e-9]["code"])
        words = {"place": view.place(row["region_id"]), "year": row["year"], "top": top}
        out.append(view.say("works.departments", top_share=f"{most:.1f}", **words))
    silent = lists[(lists["year"] == view.year) & ~lists["document_id"].isin(rows["document_id"])]
    lacking = view.named(silent["region_id"])
    return [*out, view.say("works.no_departments", places=lacking)] if lacking else out
