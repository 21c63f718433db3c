"""What every chart is made of: canvas, marks, words, the one legend of marks.

A mark shows what weakens its value: hollow for a draft, a dashed edge for an assessed year, hatching for an average, a
triangle for a minimum set for lower levels, an arrow for "at least", a bar between two ends for a range, a small mark for a
derived value, a pale one for a value of an earlier year.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from minsheng.charts.numbers import SIGNS as SIGNS
from minsheng.charts.numbers import grouped as grouped
from minsheng.charts.numbers import number as number
from minsheng.charts.numbers import signed as signed
from minsheng.charts.numbers import value_words as value_words
from minsheng.style import INK, MUTED, PAPER, WIDTH
from minsheng.views import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.path import Path

MARKS = ("draft", "assessed", "minimum", "average", "at_least", "at_most", "range", "derived", "stale")
"""Flags that the shape of a mark shows."""

ARROWS = {"at_least": "→", "at_most": "←"}

SMALL = 8.5
_LEGEND_COLUMNS = 3
_HANDLE = 0.52
"""Room in inches that a handle and the gap behind its words take."""


@dataclass(frozen=True)
class Chart:
    """A figure and the words that belong to it; `references` are the national series it shows."""

    name: str
    figure: Figure
    title: str
    alt: str
    unit: str
    rows: pd.DataFrame
    references: tuple[str, ...] = ()


def words_width(texts: Iterable[str], size: float = 10) -> float:
    """Width in inches that the widest of some texts needs; of a text of several lines, its widest line."""
    lines = [line for text in texts for line in text.split("\n")]
    return max((sum(1.0 if ord(c) > 0x2E80 else 0.57 for c in line) for line in lines), default=0.0) * size / 72


def canvas(panels: int = 1) -> tuple[Figure, list[Axes]]:
    """A figure of the page's width with its axes from top to bottom; `settle` gives them their places."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, 3))
    first = figure.add_axes((0, 0, 1, 1))
    return figure, [first, *(figure.add_axes((0, 0, 1, 1), sharex=first) for _ in range(panels - 1))]


def _legend_columns(labels: Sequence[str]) -> int:
    """As many columns as fit the page's width, at most three; they are filled one after the other."""
    for columns in range(_LEGEND_COLUMNS, 1, -1):
        deep = -(-len(labels) // columns)
        widths = [words_width(labels[i : i + deep], SMALL) + _HANDLE for i in range(0, len(labels), deep or 1)]
        if sum(widths) < WIDTH:
            return columns
    return 1


def settle(
    figure: Figure,
    axes: Sequence[Axes],
    plot: float,
    left: float,
    *,
    right: float = 0.15,
    top: float = 0.12,
    bottom: float = 0.52,
    legend: Sequence[Any] = (),
) -> None:
    """Give axes and legend their places, in inches; the figure becomes as high as they need.

    Margins are counted, not measured, which costs no drawing: it is why a chart takes a tenth of a second.

    Parameters
    ----------
    plot : float
        Height of each of the axes.
    left, right : float
        Room beside the axes for their labels.
    top, bottom : float
        Room above each of the axes, and below the last.
    legend : list of handles
        What stands below, at most three to a line.
    """
    columns = _legend_columns([handle.get_label() for handle in legend])
    lines = -(-len(legend) // columns)
    below = bottom + 0.21 * lines + (0.08 if lines else 0)
    height = len(axes) * (top + plot) + below
    figure.set_size_inches(WIDTH, height)
    for i, ax in enumerate(axes):
        base = height - (i + 1) * (top + plot)
        ax.set_position((left / WIDTH, base / height, (WIDTH - left - right) / WIDTH, plot / height))
    if legend:
        figure.legend(
            handles=list(legend),
            loc="lower left",
            bbox_to_anchor=(0.0, 0.0),
            ncols=columns,
            frameon=False,
            fontsize=SMALL,
            labelcolor=MUTED,
            handletextpad=0.3,
            columnspacing=1.6,
            borderaxespad=0.2,
            labelspacing=0.35,
        )


def tint(colour: str, share: float = 0.3) -> tuple[float, float, float]:
    """A pale version of a colour."""
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(colour)
    return (1 - share * (1 - red), 1 - share * (1 - green), 1 - share * (1 - blue))


def look(flags: str, colour: str) -> dict[str, Any]:
    """How a mark of that colour looks under those flags."""
    has = set(flags.split(";"))
    small = "derived" in has
    edge = tint(colour, 0.5) if "stale" in has else colour
    face = PAPER if has & {"draft", "average"} else tint(colour) if "assessed" in has else edge
    return {
        "s": 28 if small else 74,
        "marker": "v" if "minimum" in has else "o",
        "facecolors": [face],
        "edgecolors": [edge],
        "linewidths": 1.0 if small else 1.4,
        "linestyles": (0, (1.5, 0.9)) if "assessed" in has and not small else "-",
        "hatch": "//////" if "average" in has else None,
    }


def dot(ax: Axes, x: float, y: float, flags: str, colour: str) -> None:
    """One value, drawn with what weakens it."""
    ax.scatter([x], [y], zorder=4, **look(flags, colour))
    arrows(ax, x, y, flags, colour)


def interval(ax: Axes, low: tuple[float, float], high: tuple[float, float], flags: str, colour: str) -> None:
    """A range between two points (``x, y``), lying or standing: a pale bar with a stroke at each end."""
    (x0, y0), (x1, y1) = low, high
    has = set(flags.split(";"))
    edge = tint(colour, 0.5) if "stale" in has else colour
    ax.plot([x0, x1], [y0, y1], color=PAPER if "draft" in has else tint(colour), lw=6, solid_capstyle="butt", zorder=3)
    ax.plot([x0, x1], [y0, y1], color=edge, lw=1.2, ls=(0, (1.5, 0.9)) if "assessed" in has else "-", zorder=4)
    ax.plot([x0, x1], [y0, y1], ls="", marker="_" if x0 == x1 else "|", ms=11, mew=2, color=edge, zorder=4)


def value_mark(ax: Axes, row: Any, y: float, colour: str) -> None:
    """The value of a row on its line: a dot, or an interval where it is a range."""
    if pd.isna(row.value_max):
        dot(ax, row.value, y, row.flags, colour)
    else:
        interval(ax, (row.value, y), (row.value_max, y), row.flags, colour)


def top_of(rows: pd.DataFrame) -> float:
    """The highest value that is drawn of some rows: the upper end where it is a range."""
    return float(max(rows["value"].max(), rows["value_max"].fillna(rows["value"]).max()))


def arrows(ax: Axes, x: float, y: float, flags: str, colour: str) -> None:
    """Which way a value is open."""
    for flag, sign in ARROWS.items():
        if flag in flags.split(";"):
            way = 1 if flag == "at_least" else -1
            ax.annotate(
                sign,
                xy=(x, y),
                xytext=(way * 11, 0),
                textcoords="offset points",
                ha="center",
                va="center",
                fontsize=13,
                color=colour,
            )


def word(ax: Axes, text: str, xy: tuple[float, float], offset: tuple[float, float], colour: str, **options: Any) -> None:
    """Words beside a mark, on paper of their own so that no line runs through them."""
    settings: dict[str, Any] = {"ha": "left", "va": "center", "fontsize": SMALL, "zorder": 5} | options
    paper = {"boxstyle": "square,pad=0.1", "fc": PAPER, "ec": "none", "alpha": 0.85}
    ax.annotate(text, xy=xy, xytext=offset, textcoords="offset points", color=colour, bbox=paper, **settings)


def line_word(ax: Axes, text: str, x: float, colour: str, level: int = 0) -> None:
    """Words above the axes at `x`, for a vertical line; `level` lifts them over others."""
    ax.annotate(
        text,
        xy=(x, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, 3 + 12 * level),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=8,
        color=colour,
    )


def _arrow(flag: str) -> Path:
    """An arrow for the legend: shaft and head."""
    from matplotlib.path import Path

    way = 1 if flag == "at_least" else -1
    return Path([(-way, 0), (way, 0), (0.3 * way, 0.5), (way, 0), (0.3 * way, -0.5)], [1, 2, 1, 2, 2])


def marks_legend(ax: Axes, rows: pd.DataFrame, view: View, extra: Iterable[tuple[str, str]] = (), bar: str = "") -> list[Any]:
    """Handles of the one legend of marks, the same everywhere: colours, bars, and those marks that are there."""
    from matplotlib.lines import Line2D

    handles: list[Any] = [ax.scatter([], [], label=label, **look("", colour)) for label, colour in extra]
    if bar:
        handles.append(Line2D([], [], marker="|", ls="", ms=10, mew=2, color=INK, label=bar))
    present = set(";".join(rows["flags"]).split(";"))
    for flag in (one for one in MARKS if one in present):
        label = view.say(f"mark.{flag}")
        if flag == "range":
            handles.append(Line2D([], [], marker="|", ls="-", lw=1.2, ms=8, mew=2, color=MUTED, label=f" {label}"))
        elif flag in ARROWS:
            handles.append(Line2D([], [], marker=_arrow(flag), ls="", ms=10, mew=1.2, fillstyle="none", color=MUTED, label=label))
        else:
            handles.append(ax.scatter([], [], label=label, **look(flag, MUTED)))
    signs = [Line2D([], [], ls="", label=view.say(f"mark.{flag}")) for flag in SIGNS if flag in present]
    return handles + signs


def lines_axis(ax: Axes, labels: Sequence[str], size: float = 10, head: float = 0.55) -> None:
    """One line for each label, from the top, with `head` of a line free above the first."""
    ax.set_yticks(range(len(labels)), labels, fontsize=size, linespacing=1.25)
    ax.set_ylim(len(labels) - 0.45, -head)
    ax.grid(axis="x")


def series_words(row: Any, view: View, fields: Sequence[str]) -> str:
    """What tells a row from the others of its chart; nothing where it is not said."""
    order = ("residence", "care", "indicator_id", "recipient") if view.lang == "zh" else tuple(fields)
    told = [field for field in order if field in fields and getattr(row, field) not in ("all", "")]
    return view.join((view.series(field, getattr(row, field)) for field in told), "", " ")


def points(rows: pd.DataFrame, view: View, value: str = "value", fields: Sequence[str] = (), suffix: str = "") -> str:
    """The key figures of a chart, for its alternative text."""
    parts = [
        view.say(
            "alt.point",
            place=view.place(row.region_id),
            series=view.join(["", series_words(row, view, fields)], "", " ").rstrip(),
            year=row.year,
            value=number(round(getattr(row, value), 1) if suffix or value == "share" else getattr(row, value)) + suffix,
        )
        for row in rows.itertuples()
    ]
    return view.join(parts, "；", "; ") + view.say("alt.stop")
