"""The path of places over the years, and what is known of which year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from minsheng.charts.marks import (
    SMALL,
    Chart,
    canvas,
    dot,
    interval,
    lines_axis,
    marks_legend,
    number,
    points,
    settle,
    top_of,
    value_words,
    words_width,
)
from minsheng.schema import schema
from minsheng.style import MUTED, PAPER, PLACES, REFERENCE, SHADE, WIDTH
from minsheng.views import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Label = tuple[float, int, str, str]
"""Value, year, words, colour of the label of a path."""


def _runs(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Stretches of consecutive years: only these are joined by a line."""
    ordered = rows.sort_values("year")
    group = (ordered["year"].astype(int).diff() != 1).cumsum()
    return [part for _, part in ordered.groupby(group)]


def _spread(labels: list[Label], gap: float) -> list[tuple[float, Label]]:
    """Heights for labels, at least `gap` apart, each group around the middle of what it labels."""
    groups: list[list[Label]] = []

    def start(group: list[Label]) -> float:
        middle = sum(label[0] for label in group) / len(group)
        return max(middle - gap * (len(group) - 1) / 2, gap / 2)

    for label in sorted(labels):
        groups.append([label])
        while len(groups) > 1 and start(groups[-2]) + gap * len(groups[-2]) > start(groups[-1]):
            last = groups.pop()
            groups[-1].extend(last)
    return [(start(group) + i * gap, label) for group in groups for i, label in enumerate(group)]


def _path(ax: Axes, rows: pd.DataFrame, colour: str) -> Any:
    """Draw the path of one place; returns its last row."""
    for run in _runs(rows):
        ax.plot(run["year"].astype(int), run["value"], color=colour, lw=1.8, zorder=3)
    row: Any = None
    for row in rows[["year", "value", "value_max", "flags"]].itertuples():
        if pd.isna(row.value_max):
            dot(ax, int(row.year), row.value, row.flags, colour)
        else:
            interval(ax, (int(row.year), row.value), (int(row.year), row.value_max), row.flags, colour)
    return row


def _nation(ax: Axes, rows: pd.DataFrame) -> None:
    for run in _runs(rows):
        ax.plot(run["year"].astype(int), run["value"], color=REFERENCE, lw=1.2, ls=(0, (4, 2)), marker="s", ms=3.5, zorder=2)


def _panel(ax: Axes, rows: pd.DataFrame, national: pd.DataFrame, view: View, colours: dict[str, str]) -> list[Label]:
    """Draw the paths of one panel; returns the label of each."""
    labels: list[Label] = []
    if len(national):
        _nation(ax, national)
        end = national.sort_values("year").iloc[-1]
        labels.append((end["value"], int(end["year"]), f"{view.say('place.nation')} {number(end['value'])}", REFERENCE))
    for place, mine in rows.sort_values("year").groupby("region_id"):
        last = _path(ax, mine, colours[str(place)])
        labels.append((last.value, int(last.year), f"{view.place(str(place))} {value_words(last)}", colours[str(place)]))
    return labels


def _nationals(rows: pd.DataFrame, view: View, split: str, keys: list[str]) -> dict[str, pd.DataFrame]:
    """The national series of each panel over the years drawn: the part of the indicator's own that the panel shows."""
    drawn = rows[rows[split].isin(keys)]
    first, last = int(drawn["year"].min()), int(drawn["year"].max())
    found = {}
    for key in keys:
        mine = rows[rows[split] == key].iloc[0]
        national = view.reference(mine["indicator_id"], mine["per"])
        same = (national["residence"] == mine["residence"]) & (national["care"] == mine["care"]) & (mine["recipient"] == "")
        found[key] = national[same & national["year"].between(first, last)]
    return found


def _write(ax: Axes, placed: list[tuple[float, Label]], edge: float, inch: float) -> None:
    """Write labels to the right of `edge`, each led to by a thin line (`inch`: years to an inch)."""
    for y, (value, year, words, colour) in placed:
        ax.plot(
            [year + 0.1 * inch, edge + 0.04 * inch, edge + 0.14 * inch],
            [value, y, y],
            color=colour,
            lw=0.5,
            alpha=0.6,
            clip_on=False,
            zorder=1,
        )
        ax.annotate(words, xy=(edge + 0.18 * inch, y), fontsize=8, color=colour, va="center", annotation_clip=False)


def paths(rows: pd.DataFrame, view: View, name: str = "paths", split: str = "residence") -> Chart:
    """The path of each place over the years, one panel for each value of `split`, with the national series in grey.

    Years that follow one another are joined; a gap is left open, and a single value stays a dot.

    Parameters
    ----------
    rows : DataFrame
        From `compare.over_years`, ``by=[split]``; of one indicator, or of several with ``by=['indicator_id']``.
    view : View
    name : str
        Name of the chart, unique on its page.
    split : {'residence', 'care', 'recipient', 'indicator_id'}
        One panel for each of its values.

    Returns
    -------
    Chart
    """
    codes = schema().codes(split) if split in schema().vocabularies else list(dict.fromkeys(rows[split]))
    keys = [code for code in codes if (rows[split] == code).sum() > 1]
    keys = keys or list(dict.fromkeys(rows[split]))
    alone = rows[~rows[split].isin(keys)]
    places = sorted(set(rows["region_id"]))
    colours = {place: PLACES[i % len(PLACES)] for i, place in enumerate(places)}
    drawn = rows[rows[split].isin(keys)]
    first, last = int(drawn["year"].min()), int(drawn["year"].max())
    nationals = _nationals(rows, view, split, keys)
    figure, axes = canvas(len(keys))
    labels = [_panel(ax, rows[rows[split] == key], nationals[key], view, colours) for ax, key in zip(axes, keys, strict=True)]
    height = 2.6 if len(keys) == 1 else 1.95
    left, right = 0.5, words_width([label[2] for one in labels for label in one], 8) + 0.3
    inch = (last - first + 1.2) / (WIDTH - left - right)
    for ax, key, mine in zip(axes, keys, labels, strict=True):
        top = max([top_of(rows[rows[split] == key]), *(label[0] for label in mine)]) * 1.1
        placed = _spread(mine, 0.15 * top / height)
        _write(ax, placed, last + 0.6, inch)
        ax.set_ylim(0, max([top, *(y + 0.1 * top / height for y, _ in placed)]))
        ax.grid(axis="y")
        if len(keys) > 1:
            ax.set_title(view.series(split, key))
            ax.tick_params(labelbottom=ax is axes[-1])
    axes[0].set_xticks(range(first, last + 1, max(1, -(-(last - first + 1) // 9))))
    axes[0].set_xlim(first - 0.6, last + 0.6)
    unit = view.unit_of(rows)
    axes[-1].annotate(
        unit, xy=(0, 0), xycoords="axes fraction", xytext=(-30, -30), textcoords="offset points", fontsize=SMALL, color=MUTED
    )
    if len(alone):
        words = view.say("chart.alone", points=points(alone, view, fields=[split]))
        axes[-1].annotate(
            words,
            xy=(1, 0),
            xycoords="axes fraction",
            xytext=(0, -30),
            textcoords="offset points",
            ha="right",
            fontsize=SMALL,
            color=MUTED,
        )
    legend = marks_legend(axes[0], drawn, view)
    settle(figure, axes, height, left, right=right, top=0.34 if len(keys) > 1 else 0.12, legend=legend)
    title = view.say("chart.paths", indicator=view.join(view.indicator(one) for one in dict.fromkeys(rows["indicator_id"])))
    alt = view.say("alt.paths", title=title, unit=unit, points=points(rows, view, fields=[split]))
    references = dict.fromkeys(one for national in nationals.values() for one in national["reference_id"])
    return Chart(name, figure, title, alt, unit, rows, tuple(references))


def known_matrix(rows: pd.DataFrame, view: View, name: str = "known") -> Chart:
    """For which place and year how many standards are known. An empty cell is not known.

    Parameters
    ----------
    rows : DataFrame
        From `compare.known`.
    view, name
        As in `paths`.

    Returns
    -------
    Chart
    """
    import seaborn as sns

    years = list(range(int(rows["year"].min()), int(rows["year"].max()) + 1))
    grid = rows.pivot_table(index="region_id", columns="year", values="count").reindex(columns=years).astype("float64")
    figure, (ax,) = canvas()
    sns.heatmap(
        grid,
        ax=ax,
        cmap=sns.light_palette(SHADE, as_cmap=True),
        vmin=0,
        annot=True,
        fmt=".0f",
        cbar=False,
        linewidths=1.5,
        linecolor=PAPER,
        annot_kws={"fontsize": 8.5},
    )
    labels = [view.place(str(place)) for place in grid.index]
    lines_axis(ax, labels)
    ax.grid(visible=False)
    ax.set_facecolor("#f3f5f7")
    ax.set_yticks([i + 0.5 for i in range(len(labels))], labels, rotation=0)
    ax.set_xticks([i + 0.5 for i in range(len(years))], [str(y) for y in years], rotation=0)
    ax.set_ylim(len(labels), 0)
    ax.tick_params(length=0)
    ax.set(xlabel="", ylabel="")
    settle(figure, [ax], 0.34 * len(labels), words_width(labels) + 0.12, bottom=0.3)
    title = view.say("chart.known")
    parts = [
        view.say("alt.known_point", place=view.place(str(place)), years=view.join([str(y) for y in of["year"]]), count=len(of))
        for place, of in rows.groupby("region_id")
    ]
    return Chart(
        name,
        figure,
        title,
        view.say("alt.known", title=title, points=view.join(parts, "；", "; ")),
        view.say("axis.number"),
        rows,
    )
