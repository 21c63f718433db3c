"""Who stands where in a year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from minsheng.charts.marks import (
    Chart,
    canvas,
    dot,
    line_word,
    lines_axis,
    marks_legend,
    number,
    points,
    settle,
    value_words,
    word,
    words_width,
)
from minsheng.style import CARE_COLOUR, GRID, PLACES, REFERENCE, RESIDENCE_COLOUR
from minsheng.views import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def _colours(rows: pd.DataFrame, split: str) -> dict[str, str]:
    known = {"residence": RESIDENCE_COLOUR, "care": CARE_COLOUR}.get(split)
    return known or {key: PLACES[i % len(PLACES)] for i, key in enumerate(dict.fromkeys(rows[split]))}


def _national(rows: pd.DataFrame, view: View) -> pd.DataFrame:
    """National values of the year for the residence and care of some rows."""
    first = rows.iloc[0]
    national = view.reference(first["indicator_id"], first["per"])
    pairs = set(zip(rows["residence"], rows["care"], strict=True))
    here = [
        year == view.year and pair in pairs
        for year, pair in zip(national["year"], zip(national["residence"], national["care"], strict=True), strict=True)
    ]
    return national[pd.Series(here, index=national.index, dtype=bool)].sort_values("value")


def _line(ax: Axes, y: int, rows: pd.DataFrame, view: View, split: str, colours: dict[str, str], wide: float) -> None:
    """The values of one place on its line."""
    low, high = rows["value"].min(), rows["value"].max()
    if high > low:
        ax.plot([low, high], [y, y], color=GRID, lw=3, zorder=1, solid_capstyle="round")
    crowded = 0 < high - low < 0.12 * wide
    for i, (_, same) in enumerate(rows.sort_values("value", kind="stable").groupby("value")):
        row: Any = next(same.itertuples())
        for twin in same.itertuples():
            dot(ax, twin.value, y, twin.flags, colours[str(getattr(twin, split))])
        note = view.say("chart.stale_year", year=row.year) if row.year != view.year else ""
        sideways = 0 if not crowded else -16 if i == 0 else 16
        word(
            ax,
            value_words(row) + note,
            (row.value, y),
            (sideways, 8),
            colours[str(getattr(row, split))],
            ha="center",
            va="bottom",
        )


def by_place(rows: pd.DataFrame, view: View, name: str = "by_place", split: str = "residence") -> Chart:
    """Standards of a year, place by place, with the values of `split` (urban and rural, or the care forms) side by side.

    Parameters
    ----------
    rows : DataFrame
        From `compare.across`, one indicator, ``by=[split]``.
    view : View
        Whose year, language and national series are used.
    name : str
        Name of the chart, unique on its page.
    split : {'residence', 'care', 'recipient'}
        Column that is laid side by side.

    Returns
    -------
    Chart
    """
    colours, national = _colours(rows, split), _national(rows, view)
    places: Sequence[str] = list(rows.groupby("region_id")["value"].max().sort_values(ascending=False, kind="stable").index)
    wide = max([*rows["value"], *national["value"]]) * 1.18
    figure, (ax,) = canvas()
    for y, place in enumerate(places):
        _line(ax, y, rows[rows["region_id"] == place], view, split, colours, wide)
    for level, row in enumerate(national.itertuples()):
        key = row.residence if split == "residence" else row.care
        colour = colours.get(key, REFERENCE) if key != "all" else REFERENCE
        ax.axvline(row.value, color=colour, lw=1.2, ls=(0, (4, 2)), zorder=1)
        kind = "" if key == "all" else view.label(split, key) + " "
        line_word(ax, f"{view.say('chart.national', year=view.year)}{kind}{number(row.value)}", row.value, colour, level)
    labels = [view.place(place) for place in places]
    lines_axis(ax, labels, head=0.75)
    ax.set_xlim(0, wide)
    unit = view.unit_of(rows)
    ax.set_xlabel(unit)
    keys = [(view.label(split, key) if split != "recipient" else key, colours[key]) for key in dict.fromkeys(rows[split])]
    legend = marks_legend(ax, rows, view, keys if len(keys) > 1 else ())
    settle(figure, [ax], 0.2 + 0.46 * len(places), words_width(labels) + 0.12, top=0.1 + 0.17 * len(national), legend=legend)
    title = view.say("chart.by_place", year=view.year, indicator=view.indicator(rows["indicator_id"].iloc[0]))
    alt = view.say("alt.by_place", title=title, unit=unit, points=points(rows, view, fields=[split]))
    return Chart(name, figure, title, alt, unit, rows, tuple(national["reference_id"]))
