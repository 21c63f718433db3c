"""Several benefits of one unit side by side, a line for each."""

from __future__ import annotations

import pandas as pd

from minsheng.charts.marks import (
    SMALL,
    Chart,
    canvas,
    lines_axis,
    marks_legend,
    points,
    settle,
    top_of,
    value_mark,
    value_words,
    word,
    words_width,
)
from minsheng.style import PLACES, WIDTH
from minsheng.views import View

_LINE = ["indicator_id", "recipient", "residence", "care"]


def _label(row: pd.Series, view: View) -> str:
    """Two lines: the indicator, and who gets it, where that is said."""
    told = [view.series(c, row[c]) for c in ("residence", "care", "recipient") if row[c] not in ("all", "")]
    return "\n".join([view.indicator(row["indicator_id"]), *([" ".join(told)] if told else [])])


def by_series(rows: pd.DataFrame, view: View, name: str = "by_series") -> Chart:
    """Benefits of one unit, a line for each of them, highest first; a colour for each place.

    Parameters
    ----------
    rows : DataFrame
        From `compare.latest` (or other rows of `minsheng.standards`), one unit and period. Damaged values are not drawn.
    view : View
    name : str
        Name of the chart, unique on its page.

    Returns
    -------
    Chart
    """
    drawn = rows[~rows["flags"].str.contains("damaged")].sort_values("value", ascending=False, kind="stable")
    lines = drawn.drop_duplicates(_LINE).reset_index(drop=True)
    at = {tuple(line): y for y, line in enumerate(lines[_LINE].itertuples(index=False))}
    places = sorted(set(drawn["region_id"]))
    colours = {place: PLACES[i % len(PLACES)] for i, place in enumerate(places)}
    figure, (ax,) = canvas()
    for row in drawn.itertuples():
        y, colour = at[tuple(getattr(row, c) for c in _LINE)], colours[row.region_id]
        value_mark(ax, row, y, colour)
        end, away = row.value if pd.isna(row.value_max) else row.value_max, 22 if "at_least" in row.flags.split(";") else 9
        word(ax, value_words(row), (end, y), (away, 0), colour)
    labels = [_label(row, view) for _, row in lines.iterrows()]
    lines_axis(ax, labels, 8.5)
    left = words_width(labels, 8.5) + 0.12
    beyond = words_width([value_words(row) for row in drawn.itertuples()], SMALL) + 0.4
    ax.set_xlim(0, top_of(drawn) * (1 + beyond / max(1.0, WIDTH - left - beyond)))
    unit = view.unit_of(drawn)
    ax.set_xlabel(unit)
    keys = [(view.place(place), colours[place]) for place in places]
    settle(figure, [ax], 0.1 + 0.42 * len(lines), left, legend=marks_legend(ax, drawn, view, keys))
    own = view.data.indicators.set_index("indicator_id").loc[list(dict.fromkeys(drawn["indicator_id"]))]
    title = view.say("chart.by_series", topics=view.join(view.label("topic", one) for one in dict.fromkeys(own["topic"])))
    said = points(drawn, view, fields=_LINE)
    return Chart(name, figure, title, view.say("alt.by_series", title=title, unit=unit, points=said), unit, rows)
