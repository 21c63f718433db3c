"""Shares: rural of urban, place of nation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from minsheng.charts.marks import (
    Chart,
    canvas,
    dot,
    line_word,
    lines_axis,
    marks_legend,
    points,
    series_words,
    settle,
    signed,
    word,
    words_width,
)
from minsheng.style import CARE_COLOUR, GOOD, INK, RESIDENCE_COLOUR, RURAL
from minsheng.views import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = RESIDENCE_COLOUR | {key: colour for key, colour in CARE_COLOUR.items() if key != "all"}


def _dots(ax: Axes, rows: pd.DataFrame, colours: Sequence[str], turn: float, suffix: str = "") -> None:
    """A dot for each row; its words stand to the left of shares below `turn`, to the right of the others."""
    for y, (row, colour) in enumerate(zip(rows.itertuples(), colours, strict=True)):
        dot(ax, row.share, y, row.flags, colour)
        left = row.share < turn
        away = 22 if ("at_most" if left else "at_least") in row.flags.split(";") else 9
        word(
            ax,
            signed(f"{row.share:.1f}{suffix}", row.flags),
            (row.share, y),
            (-away if left else away, 0),
            colour,
            ha="right" if left else "left",
        )


def _names(rows: pd.DataFrame, view: View, fields: Sequence[str]) -> list[str]:
    """Place, year and series; on two lines where the indicator has to be said."""
    several = "indicator_id" in fields
    out = []
    for row in rows.itertuples():
        what, place = series_words(row, view, fields), view.place(row.region_id)
        out.append(f"{place} {row.year}\n{what}" if several else " ".join(part for part in (place, what, str(row.year)) if part))
    return out


def rural_share(rows: pd.DataFrame, view: View, rules: pd.DataFrame | None = None, name: str = "rural_share") -> Chart:
    """The rural standard as a share of the urban one, by place and year, with the rules that were set for it.

    Parameters
    ----------
    rows : DataFrame
        From `compare.urban_rural`.
    view : View
    rules : DataFrame, optional
        Rows of a ratio that is itself a rule (at least so many percent), drawn as a line.
    name : str
        Name of the chart, unique on its page.

    Returns
    -------
    Chart
    """
    rows = rows.sort_values(["share", "region_id"], ascending=[False, True]).reset_index(drop=True)
    rules = rows.iloc[:0] if rules is None else rules
    figure, (ax,) = canvas()
    _dots(ax, rows, [RURAL] * len(rows), min([rule.value for rule in rules.itertuples()], default=0.0), "%")
    for level, rule in enumerate(rules.itertuples()):
        ax.axvline(rule.value, color=GOOD, lw=1.2, ls=(0, (4, 2)), zorder=1)
        line_word(
            ax,
            view.say("chart.rule", place=view.place(rule.region_id), year=rule.year, value=rule.value),
            rule.value,
            GOOD,
            level,
        )
    labels = _names(rows, view, [])
    lines_axis(ax, labels)
    ax.set_xlim(0, max(108, rows["share"].max() + 8))
    ax.set_xlabel(view.say("axis.share_urban"))
    settle(
        figure,
        [ax],
        0.1 + 0.36 * len(rows),
        words_width(labels) + 0.12,
        top=0.1 + 0.17 * len(rules),
        legend=marks_legend(ax, rows, view),
    )
    title = view.say("chart.rural_share", indicator=view.indicator(rows["indicator_id"].iloc[0]))
    alt = view.say("alt.rural_share", title=title, points=points(rows, view, "share", suffix="%"))
    return Chart(name, figure, title, alt, "%", rows)


def share_of_reference(rows: pd.DataFrame, view: View, name: str = "share_of_reference") -> Chart:
    """Standards as a share of the national value of the same year (= 100), so that places of different years can stand
    side by side.

    Parameters
    ----------
    rows : DataFrame
        From `yardsticks.against_reference`; of one indicator or of several, since each is held against its own series.
    view : View
    name : str
        Name of the chart, unique on its page.

    Returns
    -------
    Chart
    """
    rows = rows.sort_values(["share", "region_id", "year"], ascending=[False, True, True]).reset_index(drop=True)
    several = rows["indicator_id"].nunique() > 1
    fields = (["indicator_id"] if several else []) + [f for f in ("residence", "care") if (rows[f] != "all").any()]
    figure, (ax,) = canvas()
    _dots(ax, rows, [_COLOURS[r.residence if r.residence != "all" else r.care] for r in rows.itertuples()], 100.0)
    ax.axvline(100, color=INK, lw=1.2, zorder=1)
    line_word(ax, view.say("chart.equal"), 100, INK)
    labels = _names(rows, view, fields)
    size = 8.5 if several else 10
    lines_axis(ax, labels, size)
    low, high = min(rows["share"].min(), 100), max(rows["share"].max(), 100)
    ax.set_xlim(max(0, low - 14), high + 10)
    ax.set_xlabel(view.say("axis.share_reference"))
    settle(
        figure,
        [ax],
        0.1 + (0.46 if several else 0.36) * len(rows),
        words_width(labels, size) + 0.12,
        top=0.28,
        legend=marks_legend(ax, rows, view),
    )
    title = view.say(
        "chart.shares" if several else "chart.share_of_reference", indicator=view.indicator(rows["indicator_id"].iloc[0])
    )
    alt = view.say("alt.share_of_reference", title=title, points=points(rows, view, "share", fields))
    return Chart(name, figure, title, alt, "", rows, tuple(rows["reference_id"].unique()))
