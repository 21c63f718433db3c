"""Sentences that say what a comparison shows, computed from its rows, in the reader's language."""

from __future__ import annotations

from typing import Any

import pandas as pd

from minsheng.charts import number
from minsheng.doubts import damaged as damaged
from minsheng.doubts import flags as flags
from minsheng.levels import SERIES
from minsheng.phrases import series_words as series_words
from minsheng.phrases import told as told
from minsheng.views import View


def _in_year(row: Any, view: View) -> str:
    return view.say("story.in_year", year=row.year) if row.year != view.year else ""


def _amount(value: float, unit: str, view: View) -> str:
    """How much something differs, with its unit."""
    return view.join([number(abs(value)), view.label("unit", unit)], "", " ")


def _those(rows: pd.DataFrame, like: Any, view: View, column: str = "value") -> str:
    """The places that share the value of a row (to one decimal where it is a share), in its year."""
    same = rows[(rows[column].round(1) == round(getattr(like, column), 1)) & (rows["year"] == like.year)]
    return view.named(same["region_id"])


def _bounded(row: Any) -> bool:
    """Whether a value is a bound or a range, so that no multiple of it can be told."""
    return not {"at_least", "at_most", "about", "range"}.isdisjoint(row.flags.split(";"))


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

    Examples
    --------
    2295 yuan in one place and 1600 in another: 2295 / 1600 = 1.43.

    >>> import minsheng as ms
    >>> seen = ms.view(2024, lang="en")
    >>> rows = ms.across(seen.levels, "orphan_standard", 2024, care="institutional")
    >>> across(rows, seen)[0].split("; ")[1]
    'the highest is Guangdong (2295 yuan per person per month), the lowest Jiangxi and Linchuan District (1600 yuan per person \
per month, 2021), a ratio of 1.43.'
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
            "top": _those(ordered, top, view),
            "top_value": told(top, view),
            "top_year": _in_year(top, view),
            "low": _those(ordered, low, view),
            "low_value": told(low, view),
            "low_year": _in_year(low, view),
        }
        if len(mine) == 1:
            out.append(view.say("story.across_single", **words))
        elif top.value == low.value:
            out.append(view.say("story.across_equal", **words))
        else:
            key = "story.across_bounded" if _bounded(top) or _bounded(low) else "story.across"
            out.append(view.say(key, times=f"{top.value / low.value:.2f}", **words))
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
        out.append(view.say("story.stale", places=view.named(late["region_id"]), year=view.year))
    return out


def growth(rows: pd.DataFrame, view: View, most: int = 4) -> list[str]:
    """The latest change of each place and series up to the year of the view; places of the same change together.

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
    last = (
        rows[rows["year"] <= view.year]
        .sort_values("year")
        .groupby(["region_id", "indicator_id", "residence", "care", "recipient"])
        .tail(1)
    )
    last = last.sort_values(["growth", "region_id"], ascending=[False, True])
    out = []
    alike = [*SERIES[:-1], "from_year", "year", "previous", "value"]
    groups = [mine for _, mine in last.groupby(alike, sort=False)]
    for mine in groups[:most]:
        row: Any = next(mine.itertuples())
        key = "growth_one" if row.change > 0 else "growth_down" if row.change < 0 else "growth_same"
        out.append(
            view.say(
                f"story.{key}",
                place=view.named(mine["region_id"]),
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
    rest = sum(len(mine) for mine in groups[most:])
    return [*out, view.say("story.growth_rest", count=rest)] if rest else out


def _extremes(rows: pd.DataFrame, view: View, one: str, equal: str, several: str) -> str:
    """Which places have the highest share and which the lowest: `several`, or `one` or `equal` where there is one share."""
    ordered = rows.sort_values(["share", "region_id"], ascending=[False, True])
    ranked = list(ordered.itertuples())
    top, low = ranked[0], ranked[-1]
    words = {"share": f"{top.share:.1f}", "year": top.year}
    if len(rows) == 1:
        return view.say(one, place=view.place(top.region_id), **words)
    if round(top.share, 1) == round(low.share, 1):
        return view.say(equal, places=view.named(ordered["region_id"]), **words)
    ends = {"top": _those(ordered, top, view, "share"), "low": _those(ordered, low, view, "share")}
    ends |= {"top_share": f"{top.share:.1f}", "low_share": f"{low.share:.1f}"}
    return view.say(several, top_year=top.year, low_year=low.year, **ends)


_RURAL = ("story.rural_one", "story.rural_equal", "story.rural")
_NATION = ("story.nation_one", "story.nation_equal", "story.nation")


def rural_share(rows: pd.DataFrame, view: View) -> list[str]:
    """Where the rural standard is nearest to the urban one, and where farthest (rows of `compare.urban_rural`)."""
    return [_extremes(rows, view, *_RURAL)] if len(rows) else []


def share_of_reference(rows: pd.DataFrame, view: View) -> list[str]:
    """Who stands highest and lowest against the nation in the same year (rows of `yardsticks.against_reference`)."""
    out = []
    for _, mine in rows.groupby(["indicator_id", "residence", "care"], sort=False):
        if (mine["share"].round(1) == 100).all():
            words = view.say("story.nation_level", places=view.named(mine["region_id"]))
        else:
            words = _extremes(mine, view, *_NATION)
        out.append(view.say("story.of", series=series_words(next(mine.itertuples()), view), words=words))
    return out


def floor(rows: pd.DataFrame, view: View) -> list[str]:
    """Each place beside the place above it up to the year of the view, those below it first (`yardsticks.against_parent`)."""
    rows = rows[rows["year"] <= view.year]
    apart = rows[rows["difference"] != 0].sort_values(["difference", "region_id"])
    alike = ["region_id", "parent_id", "year", "value", "parent_value", "parent_statistic", "unit", "per", "flags"]
    out = []
    for _, mine in apart.groupby(alike, sort=False):
        row: Any = next(mine.itertuples())
        out.append(
            view.say(
                "story.floor_below" if row.difference < 0 else "story.floor_above",
                place=view.place(row.region_id),
                parent=view.place(row.parent_id),
                year=row.year,
                series=view.join(series_words(one, view) for one in mine.itertuples()),
                value=told(row, view),
                parent_value=number(row.parent_value),
                gap=_amount(row.difference, row.unit, view),
                statistic=view.label("statistic", row.parent_statistic),
                unit=view.unit(row.unit, row.per),
            )
        )
    rest = len(rows) - len(apart)
    return [*out, view.say("story.floor_rest" if out else "story.floor_all", count=rest)] if rest else out


def ladder(rows: pd.DataFrame, view: View) -> list[str]:
    """How much is known of each place, and how often it can be held against those above it (rows of `rungs.ladder`)."""
    out = []
    for place, mine in rows.groupby("region_id", sort=False):
        counts = {"above": mine[["prefecture", "province"]].notna().any(axis=1).sum(), "nation": mine["nation"].notna().sum()}
        held = [view.say(f"story.ladder_{name}", count=count) for name, count in counts.items() if count]
        years = "–".join(map(str, sorted({mine["year"].min(), mine["year"].max()})))
        words = {"place": view.place(str(place)), "years": years, "count": len(mine)}
        out.append(view.say("story.ladder", held=view.join(held or [view.say("story.ladder_none")], "，", "; "), **words))
    return out


def funding(rows: pd.DataFrame, view: View, most: int = 6) -> list[str]:
    """What is collected for a person, and who pays how much of it (rows of `funds.funding`).

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
    first, derived, single = spans.iloc[0], int(rows["derived"].sum()), int((spans["nunique"] == 1).sum())
    counts = {"places": len(spans), "years": rows["year"].nunique(), "count": int(rows["count"].sum())}
    out = [view.say("story.known_derived" if derived else "story.known", derived=derived, **counts)]
    if first["nunique"] > 1:
        most = {"place": view.place(str(spans.index[0])), "first": first["min"], "last": first["max"]}
        out.append(view.say("story.known_most" if single else "story.known_all", single=single, **most))
    return out
