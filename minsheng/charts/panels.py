"""Small multiples: a panel for each quantity that several places promise, a dot for each place, each on its own scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from minsheng.charts.intervals import compact, heading, kind_words
from minsheng.charts.marks import Chart, dot, marks_legend, points, signed, words_width
from minsheng.levels import SERIES
from minsheng.style import GRID, INK, MUTED, PLACES, WIDTH
from minsheng.views import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEVELS = {"nation": MUTED, "province": PLACES[0], "prefecture": PLACES[2], "county": PLACES[1], "township": PLACES[3]}
_LINE, _HEAD, _FOOT, _GAP = 0.25, 0.34, 0.12, 0.3
_SIZE = 8.5


def _amount(row: Any, view: View) -> str:
    """A value with its unit, as it stands beside its dot."""
    unit = view.unit(row.unit, row.per)
    return signed(f"{compact(row.value, view)}{'' if view.lang == 'zh' else ' '}{unit}", row.flags)


def _own_scale(ax: Axes, values: pd.Series) -> None:
    """A scale for these values alone: logarithmic, since a province and a county differ a thousandfold."""
    from matplotlib.ticker import NullLocator

    low, high = values.min(), values.max()
    if low > 0:
        span = max(math.log10(high / low), 0.3)
        ax.set_xscale("log")
        ax.set_xlim(low / 10 ** (0.15 * span), high * 10 ** (0.25 * span))
    else:
        ax.set_xlim(-0.15 * high, 1.25 * high)
    ax.xaxis.set_major_locator(NullLocator())
    ax.xaxis.set_minor_locator(NullLocator())


def _panel(ax: Axes, rows: pd.DataFrame, view: View, levels: dict[str, str], left: float) -> None:
    """One quantity: a line for each place and year, its value written to the right."""
    for y, row in enumerate(rows.itertuples()):
        colour = _LEVELS[levels[str(row.region_id)]]
        ax.axhline(y, color=GRID, lw=1, zorder=1)
        dot(ax, row.value, y, row.flags, colour)
        words: dict[str, Any] = {"fontsize": _SIZE, "color": colour, "va": "center", "annotation_clip": False}
        ax.annotate(
            _amount(row, view), xy=(1, y), xycoords=("axes fraction", "data"), xytext=(8, 0), textcoords="offset points", **words
        )
    labels = [f"{view.place(row.region_id)} {row.year}" for row in rows.itertuples()]
    ax.set_yticks(range(len(labels)), labels, fontsize=_SIZE)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    _own_scale(ax, rows["value"])
    ax.spines["bottom"].set_visible(False)
    title: dict[str, Any] = {"fontsize": 9.5, "color": INK, "ha": "left", "va": "bottom", "annotation_clip": False}
    ax.annotate(
        _title(rows, view), xy=(0, 1), xycoords="axes fraction", xytext=(-72 * left + 3, 3), textcoords="offset points", **title
    )


def _title(rows: pd.DataFrame, view: View) -> str:
    first: Any = next(rows.itertuples())
    return " · ".join([view.indicator(first.indicator_id), *kind_words(first, view)])


def _place(figure: Figure, axes: Sequence[Axes], counts: Sequence[int], left: float, right: float, below: float) -> None:
    """Put panels two in a row, each row as high as its longer panel needs; counted in inches as in `marks.settle`."""
    columns = 2 if len(axes) > 1 and 2 * (left + right + 0.9) + _GAP < WIDTH else 1
    wide = (WIDTH - _GAP * (columns - 1)) / columns
    starts = range(0, len(axes), columns)
    heights = [_LINE * max(counts[at : at + columns]) for at in starts]
    high = sum(heights) + len(heights) * (_HEAD + _FOOT) + below
    figure.set_size_inches(WIDTH, high)
    top = high
    for at, height in zip(starts, heights, strict=True):
        top -= _HEAD
        for i, (ax, lines) in enumerate(zip(axes[at : at + columns], counts[at : at + columns], strict=True)):
            own = _LINE * lines
            spot = (i * (wide + _GAP) + left, top - own, wide - left - right, own)
            ax.set_position((spot[0] / WIDTH, spot[1] / high, spot[2] / WIDTH, spot[3] / high))
        top -= height + _FOOT


def panels(rows: pd.DataFrame, view: View, name: str = "panels") -> Chart:
    """A panel for each quantity, in it a dot for each place; every panel has a logarithmic scale of its own.

    Parameters
    ----------
    rows : DataFrame
        From `promises.shared` (or `promises.per_thousand`): series that several places have, of any units.
    view : View
    name : str
        Name of the chart, unique on its page.

    Returns
    -------
    Chart
    """
    from matplotlib.figure import Figure

    rows = rows.reset_index(drop=True)
    order = rows.groupby([*SERIES, "per"], sort=False).ngroup()
    rows = rows.assign(_order=order).sort_values(["_order", "value"], ascending=[True, False], kind="stable")
    groups = [mine for _, mine in rows.groupby("_order")]
    levels = dict(zip(view.data.regions["region_id"], view.data.regions["level"], strict=True))
    left = words_width([f"{view.place(row.region_id)} {row.year}" for row in rows.itertuples()], _SIZE) + 0.16
    right = words_width([_amount(row, view) for row in rows.itertuples()], _SIZE) + 0.2
    figure = Figure(figsize=(WIDTH, 3))
    axes = [figure.add_axes((0, 0, 1, 1), label=str(i)) for i in range(len(groups))]
    for ax, mine in zip(axes, groups, strict=True):
        _panel(ax, mine, view, levels, left)
    present = dict.fromkeys(level for level in _LEVELS if level in {levels[place] for place in rows["region_id"]})
    legend = marks_legend(axes[0], rows, view, [(view.label("level", level), _LEVELS[level]) for level in present])
    _place(figure, axes, [len(mine) for mine in groups], left, right, 0.12 + 0.21 * -(-len(legend) // 3))
    figure.legend(handles=legend, loc="lower left", ncols=3, frameon=False, fontsize=_SIZE, labelcolor=MUTED, borderaxespad=0.2)
    topics = view.join(dict.fromkeys(view.label("topic", topic) for topic in rows["topic"]))
    per_thousand = (rows["per"] == "thousand-persons").all()
    title = heading(rows, view) if per_thousand else view.say("works.panels", year=view.year, topics=topics)
    rows = rows.drop(columns="_order").reset_index(drop=True)
    said = points(rows, view, fields=["indicator_id", "residence", "recipient"])
    return Chart(name, figure, title, view.say("alt.panels", title=title, points=said), "", rows)
