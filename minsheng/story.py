"""Sentences that say what a comparison shows, computed from its rows, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from minsheng.charts import number
from minsheng.levels import FLAGS
from minsheng.views import View


def _list(words: Sequence[str], view: View) -> str:
    words = list(dict.fromkeys(words))
    return ("、" if view.lang == "zh" else ", ").join(words)


def series_words(row: Any, view: View) -> str:
    """What a row measures, with its residence, care and recipient, as a sentence says it."""
    name, residence = view.indicator(row.indicator_id), view.label("residence", row.residence)
    parts = [residence] if row.residence != "all" and residence.lower() not in name.lower() else []
    parts += [view.label("care", row.care)] if row.care != "all" else []
    recipient = view.recipient(row.recipient)
    if view.lang == "zh":
        return "".join(parts) + name + (f"（{recipient}）" if recipient else "")
    return name + (f" ({', '.join([*parts, *([recipient] if recipient else [])])})" if parts or recipient else "")


def _in_year(row: Any, view: View) -> str:
    return view.say("story.in_year", year=row.year) if row.year != view.year else ""


def _amount(value: float, unit: str, view: View) -> str:
    """How much something differs, with its unit."""
    return view.join([number(abs(value)), view.label("unit", unit)], "", " ")


def told(row: Any, view: View) -> str:
    """A value as a sentence says it: a range with both ends, a bound as one."""
    high = getattr(row, "value_max", float("nan"))
    text = number(row.value) + (f"–{number(high)}" if pd.notna(high) else "")
    kind = next((one for one in ("at_least", "at_most", "about") if one in row.flags.split(";")), "")
    return view.say(f"story.{kind}", value=text) if kind else text


def _those(rows: pd.DataFrame, view: View) -> str:
    """The places that share the value of the first row, in its year."""
    first = rows.iloc[0]
    same = rows[(rows["value"] == first["value"]) & (rows["year"] == first["year"])]
    return view.join(view.place(place) for place in dict.fromkeys(same["region_id"]))


def across(rows: pd.DataFrame, view: View) -> list[str]:
    """How far the places stand apart, and where the nation stands.

    Parameters
    ----------
    rows : DataFrame
        From `compare.across`.
    view : View

    Returns
    -------
    list of str
        One or two sentences for each series, one for values of earlier years.
    """
    out = []
    for _, mine in rows.groupby(["indicator_id", "residence", "care", "recipient"], sort=False):
        ordered = mine.sort_values(["value", "region_id"], ascending=[False, True])
        ranked = list(ordered.itertuples())
        top, low = ranked[0], ranked[-1]
        unit = view.unit(top.unit, top.per)
        words: dict[str, Any] = {
            "series": series_words(top, view),
            "unit": unit,
            "count": len(mine),
            "top": _those(ordered, view),
            "top_value": told(top, view),
            "top_year": _in_year(top, view),
            "low": _those(ordered[::-1], view),
            "low_value": told(low, view),
            "low_year": _in_year(low, view),
        }
        if len(mine) == 1:
            out.append(view.say("story.across_single", **words))
        elif top.value == low.value:
            out.append(view.say("story.across_equal", **words))
        else:
            out.append(view.say("story.across", times=f"{top.value / low.value:.2f}", **words))
        national = view.reference(top.indicator_id, top.per)
        here = national[
            (national["year"] == view.year) & (national["residence"] == top.residence) & (national["care"] == top.care)
        ]
        if len(here):
            out.append(
                view.say(
                    "story.national",
                    year=view.year,
                    series=view.national(here["reference_id"].iloc[0]),
                    value=number(here["value"].iloc[0]),
                    unit=unit,
                )
            )
    late = rows[rows["flags"].str.contains("stale")]
    if len(late):
        places = _list([view.place(place) for place in late["region_id"]], view)
        out.append(view.say("story.stale", places=places, year=view.year))
    return out


def growth(rows: pd.DataFrame, view: View, most: int = 4) -> list[str]:
    """The latest change of each place and series.

    Parameters
    ----------
    rows : DataFrame
        From `compare.growth`.
    view : View
    most : int
        At most so many sentences: the largest rises in percent.

    Returns
    -------
    list of str
    """
    if rows.empty:
        return [view.say("story.growth_none")]
    last = rows.sort_values("year").groupby(["region_id", "indicator_id", "residence", "care", "recipient"]).tail(1)
    last = last.sort_values(["growth", "region_id"], ascending=[False, True])
    out = []
    for row in last.head(most).itertuples():
        key = "growth_one" if row.change > 0 else "growth_down" if row.change < 0 else "growth_same"
        out.append(
            view.say(
                f"story.{key}",
                place=view.place(row.region_id),
                series=series_words(row, view),
                from_year=int(row.from_year),
                year=row.year,
                previous=number(row.previous),
                value=told(row, view),
                unit=view.unit(row.unit, row.per),
                change=_amount(row.change, row.unit, view),
                growth=f"{row.growth:.1f}".replace("-", "−"),
            )
        )
    rest = len(last) - most
    return [*out, view.say("story.growth_rest", count=rest)] if rest > 0 else out


def _extremes(rows: pd.DataFrame, view: View, key: str, one: str) -> list[str]:
    ordered = list(rows.sort_values(["share", "region_id"], ascending=[False, True]).itertuples())
    top, low = ordered[0], ordered[-1]
    if len(ordered) == 1:
        series = series_words(top, view) if hasattr(top, "residence") else ""
        return [view.say(one, place=view.place(top.region_id), year=top.year, share=f"{top.share:.1f}", series=series)]
    if round(top.share, 1) == round(low.share, 1):
        return [view.say("story.share_equal", count=len({row.region_id for row in ordered}), share=f"{top.share:.1f}")]
    return [
        view.say(
            key,
            top=view.place(top.region_id),
            top_year=top.year,
            top_share=f"{top.share:.1f}",
            low=view.place(low.region_id),
            low_year=low.year,
            low_share=f"{low.share:.1f}",
        )
    ]


def rural_share(rows: pd.DataFrame, view: View) -> list[str]:
    """Where the rural standard is nearest to the urban one, and where farthest (rows of `compare.urban_rural`)."""
    return _extremes(rows, view, "story.share_more", "story.share") if len(rows) else []


def share_of_reference(rows: pd.DataFrame, view: View) -> list[str]:
    """Who stands highest and lowest against the nation in the same year (rows of `yardsticks.against_reference`)."""
    out = []
    for _, mine in rows.groupby(["indicator_id", "residence", "care"], sort=False):
        out += [
            f"{series_words(next(mine.itertuples()), view)}{'：' if view.lang == 'zh' else ': '}" + words
            for words in _extremes(mine, view, "story.reference", "story.reference_one")
        ]
    return out


def floor(rows: pd.DataFrame, view: View) -> list[str]:
    """Each place beside the place above it, those below it first (rows of `yardsticks.against_parent`)."""
    if rows.empty:
        return [view.say("story.floor_none")]
    out = []
    ordered = rows.sort_values(["difference", "region_id"])
    apart = ordered[ordered["difference"] != 0]
    shown = apart if len(apart) else ordered.tail(1)
    for row in shown.itertuples():
        key = "floor_below" if row.difference < 0 else "floor_above" if row.difference > 0 else "floor_equal"
        out.append(
            view.say(
                f"story.{key}",
                place=view.place(row.region_id),
                parent=view.place(row.parent_id),
                year=row.year,
                series=series_words(row, view),
                value=told(row, view),
                parent_value=number(row.parent_value),
                gap=_amount(row.difference, row.unit, view),
                statistic=view.label("statistic", row.parent_statistic),
                unit=view.unit(row.unit, row.per),
            )
        )
    rest = len(rows) - len(shown)
    return [*out, view.say("story.floor_rest", count=rest)] if rest else out


def ladder(rows: pd.DataFrame, view: View) -> list[str]:
    """How much is known of each place, and how often it can be held against those above it (rows of `rungs.ladder`)."""
    out = []
    for place, mine in rows.groupby("region_id", sort=False):
        above = mine[["prefecture", "province"]].notna().any(axis=1).sum()
        words = {"place": view.place(str(place)), "count": len(mine), "above": above, "nation": mine["nation"].notna().sum()}
        out.append(view.say("story.ladder", first=mine["year"].min(), last=mine["year"].max(), **words))
    return out


def funding(rows: pd.DataFrame, view: View, most: int = 6) -> list[str]:
    """What is collected for a person, and who pays how much of it (rows of `compare.funding`).

    At most `most` sentences, the latest first.
    """
    out = []
    ordered = rows[rows["region_id"] != ""].sort_values(["year", "region_id"], ascending=[False, True])
    for row in ordered.head(most).itertuples():
        place = view.place(row.region_id)
        if pd.isna(row.contribution):
            out.append(view.say("story.funding_fiscal", place=place, year=row.year, fiscal=number(row.fiscal)))
        else:
            share = f"{100 * row.contribution / row.total:.1f}"
            out.append(
                view.say(
                    "story.funding",
                    place=place,
                    year=row.year,
                    fiscal=number(row.fiscal),
                    contribution=number(row.contribution),
                    total=number(row.total),
                    share=share,
                )
            )
    rest = len(ordered) - most
    return [*out, view.say("story.funding_rest", count=rest)] if rest > 0 else out


def known(rows: pd.DataFrame, view: View) -> list[str]:
    """How much is known, and of whom most (rows of `compare.known`)."""
    if rows.empty:
        return []
    spans = (
        rows.groupby("region_id")["year"].agg(["nunique", "min", "max"]).sort_values("nunique", ascending=False, kind="stable")
    )
    first = spans.iloc[0]
    return [
        view.say(
            "story.known",
            places=rows["region_id"].nunique(),
            years=rows["year"].nunique(),
            count=int(rows["count"].sum()),
            derived=int(rows["derived"].sum()),
        ),
        view.say(
            "story.known_most",
            place=view.place(str(spans.index[0])),
            first=first["min"],
            last=first["max"],
            single=int((spans["nunique"] == 1).sum()),
        ),
    ]


def damaged(view: View, topics: Sequence[str]) -> list[str]:
    """The damaged figures of some topics, which no comparison uses."""
    indicators = view.data.indicators[view.data.indicators["topic"].isin(topics)]["indicator_id"]
    rows = view.data.figures[(view.data.figures["quality"] == "damaged") & view.data.figures["indicator_id"].isin(indicators)]
    return [
        view.say(
            "story.damaged",
            place=view.place(view.documents[row.document_id]["region_id"]),
            indicator=view.indicator(row.indicator_id),
            recipient=view.recipient(row.recipient) if isinstance(row.recipient, str) else "–",
            evidence=row.evidence,
        )
        for row in rows.itertuples()
    ]


def flags(rows: pd.DataFrame, view: View) -> str:
    """The flags that occur in `rows`, in words, in one line; empty where there is none."""
    present = {flag for cell in rows["flags"] for flag in cell.split(";")} if "flags" in rows else set()
    words = [view.say(f"flag.{flag}") for flag in FLAGS if flag in present]
    return view.say("story.flags", flags=_list(words, view)) if words else ""
