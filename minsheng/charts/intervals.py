"""Values of one unit side by side, a line each: a dot, an arrow from a bound, a bar from one end of a range to the other."""

from __future__ import annotations

from typing import Any

import pandas as pd

from minsheng.charts.marks import (
    Chart,
    canvas,
    dot,
    grouped,
    lines_axis,
    marks_legend,
    settle,
    value_words,
    word,
    words_width,
)
from minsheng.style import GRID, PLACES, WIDTH
from minsheng.views import View


def kind_words(row: Any, view: View) -> list[str]:
    """Residence, care and recipient of a row; a residence that the name of the indicator says is not said again."""
    own = [view.label(field, getattr(row, field)) for field in ("residence", "care") if getattr(row, field) != "all"]
    name = view.indicator(row.indicator_id).lower()
    return [one for one in own if one.lower() not in name] + ([row.recipient] if row.recipient else [])


def _series(row: Any, view: View, several: bool) -> str:
    """What tells a row from the others: the indicator where there are several, residence, care and recipient."""
    words = view.join(kind_words(row, view), "", " ")
    if not several and words:
        return words
    name = view.indicator(row.indicator_id)
    return name + (view.say("page.brackets", words=words) if words else "")


def _names(rows: pd.DataFrame, view: View) -> list[str]:
    """What each row is; with its place and year on a second line where there are several."""
    several = rows["indicator_id"].nunique() > 1
    plain = not several and (rows[["residence", "care", "recipient"]].nunique() == 1).all()
    names = ["" if plain else _series(row, view, several) for row in rows.itertuples()]
    if len(rows[["region_id", "year"]].drop_duplicates()) == 1:
        return names
    where = [f"{view.place(row.region_id)} {row.year}" for row in rows.itertuples()]
    return [f"{name}\n{place}" if name else place for name, place in zip(names, where, strict=True)]


def _mark(ax: Any, row: Any, y: int, colour: str) -> None:
    """One value: a range has a dot at both ends and a bar between them."""
    end = row.value if pd.isna(row.value_max) else row.value_max
    ax.plot([0, row.value], [y, y], color=GRID, lw=1.2, zorder=1)
    if end > row.value:
        ax.plot([row.value, end], [y, y], color=colour, lw=5, alpha=0.35, zorder=2, solid_capstyle="butt")
        dot(ax, end, y, row.flags, colour)
    dot(ax, row.value, y, row.flags, colour)
    away = 22 if "at_least" in row.flags.split(";") else 10
    word(ax, value_words(row), (end, y), (away, 0), colour)


def heading(rows: pd.DataFrame, view: View) -> str:
    """Year, place where there is one, and the indicator, or what several of them are about."""
    one = rows["indicator_id"].nunique() == 1
    topics = view.join(dict.fromkeys(view.label("topic", topic) for topic in rows["topic"]))
    what = view.indicator(rows["indicator_id"].iloc[0]) if one else topics
    if (rows["per"] == "thousand-persons").all():
        what = view.say("works.per_thousand", topics=what)
    elif not one:
        rates = rows["unit"].isin(["%", "‰"]).all()
        what = view.say(f"works.{'standards' if 'role' not in rows else 'targets' if rates else 'quantities'}", topics=what)
    places = rows[["region_id", "year"]].drop_duplicates()
    if len(places) > 1:
        return view.say("works.title", year=view.year, what=what)
    return view.say("works.title_place", place=view.place(places["region_id"].iloc[0]), year=places["year"].iloc[0], what=what)


def intervals(rows: pd.DataFrame, view: View, name: str = "intervals") -> Chart:
    """Standards or rates of one unit, a line for each place and series, by place and value.

    Parameters
    ----------
    rows : DataFrame
        From `promises.in_force` or `promises.planned`; one unit and period.
    view : View
    name : str
        Name of the chart, unique on its page.

    Returns
    -------
    Chart
    """
    order = rows.groupby(["year", "region_id"])["value"].transform("max")
    rows = rows.assign(_top=order).sort_values(["year", "_top", "region_id", "value"], ascending=[False, False, True, False])
    rows = rows.drop(columns="_top").reset_index(drop=True)
    colours = {place: PLACES[i % len(PLACES)] for i, place in enumerate(dict.fromkeys(rows["region_id"]))}
    figure, (ax,) = canvas()
    for y, row in enumerate(rows.itertuples()):
        _mark(ax, row, y, colours[str(row.region_id)])
    names = _names(rows, view)
    lines_axis(ax, names, 8.5)
    words = [value_words(row) for row in rows.itertuples()]
    left, room = words_width(names, 8.5) + 0.12, words_width(words, 8.5) + 0.4
    ax.set_xlim(0, max(rows["value"].max(), rows["value_max"].max()) * (1 + room / max(1.0, WIDTH - left - room)))
    unit = view.unit_of(rows)
    ax.set_xlabel(unit)
    step = 0.46 if any("\n" in one for one in names) else 0.32
    settle(figure, [ax], 0.1 + step * len(rows), left, legend=marks_legend(ax, rows, view))
    title = heading(rows, view)
    said = [f"{one.replace(chr(10), ' ')} {text}" for one, text in zip(names, words, strict=True)]
    alt = view.say("alt.intervals", title=title, unit=unit, points=view.join(said, "；", "; ") + view.say("alt.stop"))
    return Chart(name, figure, title, alt, unit, rows)


def compact(value: float, view: View) -> str:
    """A large number as a reader takes it in: in 万 and 亿, or in millions; small ones as they are.

    Examples
    --------
    >>> import minsheng as ms
    >>> compact(380000.0, ms.view(2024)), compact(11e9, ms.view(2024, lang="en")), compact(12844.65, ms.view(2024))
    ('38万', '11 billion', '12,844.65')
    """
    steps = ((1e8, "亿"), (1e4, "万")) if view.lang == "zh" else ((1e9, " billion"), (1e6, " million"))
    for size, words in steps:
        if abs(value) >= size and round(value / size, 2) == value / size:
            return grouped(value / size) + words
    return grouped(value)
