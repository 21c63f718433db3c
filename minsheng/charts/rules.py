"""Rules as what they are: a bound is an arrow that starts at it, a range a bar; what there is stands beside it as a dot."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from minsheng.charts.marks import (
    ARROWS,
    SMALL,
    Chart,
    canvas,
    dot,
    interval,
    lines_axis,
    look,
    marks_legend,
    number,
    settle,
    signed,
    words_width,
)
from minsheng.charts.places import place_order
from minsheng.schema import schema
from minsheng.style import INK, MUTED, RESIDENCE_COLOUR, WIDTH
from minsheng.views import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LINE = ["region_id", "year", "indicator_id", "care", "recipient"]
_OPEN = {"at_least": "≥", "at_most": "≤"}
_NOT_ON_BARS = ("minimum", "average", "derived")
_REACH = 24
"""Length of an arrow, in points."""
_LEAST = 3.0
"""Least width of the plot in inches before words are set below one another."""
_TWIN = 0.2
"""How far apart the dots of one line stand, in lines."""
_BAR = [(-0.16, -1.0), (0.16, -1.0), (0.16, 1.0), (-0.16, 1.0), (-0.16, -1.0)]
"""An upright bar: where a bound is, which is no value of its own."""


def bound_words(row: Any, view: View) -> str:
    """A rule in words: at least 1.3 times, 4.5 % or more, from 6000 to 19500.

    The row has ``value``, ``value_max``, ``unit`` and the flags of the rule (``rule_flags``, or ``flags``).
    """
    flags = getattr(row, "rule_flags", row.flags).split(";")
    unit = view.label("unit", row.unit)
    unit = unit if view.lang == "zh" or unit == "%" else f" {unit}"
    if pd.notna(row.value_max):
        return view.say("bound.range", low=number(row.value), high=number(row.value_max), unit=unit)
    kind = next((flag for flag in ("at_least", "at_most", "about") if flag in flags), "exact")
    return view.say(f"bound.{kind}", value=number(row.value), unit=unit)


def _digits(value: float, unit: str) -> str:
    """What there is, with as many digits as tell it from its rule."""
    return number(value, 3 if unit == "倍" else 2) + ("%" if unit == "%" else "")


def _bound(ax: Axes, row: Any, y: float, colour: str) -> None:
    """One rule on its line."""
    flags = getattr(row, "rule_flags", row.flags)
    if pd.notna(row.value_max):
        interval(ax, (row.value, y), (row.value_max, y), flags, colour)
        return
    arrow = {"arrowstyle": "<|-", "color": colour, "lw": 1.4, "shrinkA": 0, "shrinkB": 0}
    for flag in ARROWS.keys() & set(flags.split(";")):
        end = (_REACH if flag == "at_least" else -_REACH, 0)
        ax.annotate("", (row.value, y), end, textcoords="offset points", arrowprops=arrow, zorder=3)
    ax.scatter([row.value], [y], zorder=3, **(look(flags, colour) | {"marker": _BAR, "s": 330}))


def _labels(lines: pd.DataFrame, view: View) -> list[str]:
    """Two lines: place and year; what is told apart in this chart."""
    told = [c for c in ("indicator_id", "care", "recipient") if lines[c].nunique() > 1]
    out = []
    for row in lines.itertuples():
        words = [view.series(c, getattr(row, c)) for c in told if getattr(row, c) not in ("all", "")]
        out.append("\n".join([f"{view.place(row.region_id)} {row.year}", *([" ".join(words)] if words else [])]))
    return out


def _sorted(rows: pd.DataFrame, view: View) -> pd.DataFrame:
    """Latest year first, the places of a province together."""
    order = {place: i for i, place in enumerate(place_order(rows["region_id"], rows["value"].fillna(0), view))}
    codes = schema().codes("residence").index
    by = rows.assign(_place=rows["region_id"].map(order), _last=-rows["year"].astype(int), _own=rows["residence"].map(codes))
    by["_base"] = rows["base_residence"].replace("", "all").map(codes) if "base_residence" in rows else 0
    by = by.sort_values(["_last", "_place", "indicator_id", "care", "recipient", "_own", "_base"])
    return by.drop(columns=["_place", "_last", "_own", "_base"]).reset_index(drop=True)


def _told(residence: str, view: View, beside: bool = False) -> str:
    """Whose a number is; said of all residents only where those of some stand `beside`."""
    return view.label("residence", residence) + " " if residence not in ("", "all") or (residence and beside) else ""


def _heights(y: int, values: list[float], near: float) -> list[float]:
    """Heights of the marks of one line: around its middle where two are nearer to one another than `near`."""
    ordered = sorted(values)
    close = any(b - a < near for a, b in pairwise(ordered))
    return [y + (i - (len(values) - 1) / 2) * _TWIN * close for i in range(len(values))]


def _draw_bounds(ax: Axes, y: int, rows: pd.DataFrame, view: View, near: float) -> list[str]:
    """Draw the rules of one line; returns the words of each."""
    words = []
    parts = [part for _, part in rows[rows["value"].notna()].groupby(["value", "value_max"], dropna=False, sort=False)]
    for part, height in zip(parts, _heights(y, [part["value"].iloc[0] for part in parts], near), strict=True):
        row: Any = next(part.itertuples())
        residence = row.residence if part["residence"].nunique() == 1 else "all"
        _bound(ax, row, height, RESIDENCE_COLOUR[residence] if residence != "all" else MUTED)
        words.append(_told(residence, view) + signed(bound_words(row, view), getattr(row, "rule_flags", row.flags)))
    return words


def _draw_actual(ax: Axes, y: int, rows: pd.DataFrame, view: View, near: float) -> list[str]:
    """Draw what there is on one line; returns the words of each dot."""
    words = []
    rows = rows[rows["actual"].notna()]
    residences = [
        own if own != "all" else base or "all" for own, base in zip(rows["residence"], rows["base_residence"], strict=True)
    ]
    beside = len(set(residences)) > 1
    heights = _heights(y, list(rows["actual"]), near)
    for row, residence, height in zip(rows.itertuples(), residences, heights, strict=True):
        flags = row.actual_flags.split(";")
        dot(ax, row.actual, height, ";".join(flag for flag in flags if flag not in ARROWS), RESIDENCE_COLOUR[residence])
        sign = next((sign for flag, sign in _OPEN.items() if flag in flags), "")
        words.append(_told(residence, view, beside) + signed(sign + _digits(row.actual, row.unit), row.actual_flags))
    return words


def _line(ax: Axes, y: int, rows: pd.DataFrame, view: View, near: float) -> list[str]:
    """Draw the rules and what there is of one line; returns the words of each."""
    words = _draw_bounds(ax, y, rows, view, near)
    return words + (_draw_actual(ax, y, rows, view, near) if "actual" in rows else [])


def _joined(words: list[list[str]], room: float) -> list[str]:
    """The words of each line beside one another; below one another where that takes more than `room` inches."""
    beside = ["  |  ".join(one) for one in words]
    return beside if words_width(beside, SMALL) < room else ["\n".join(one) for one in words]


def _write(ax: Axes, texts: list[str], edge: float) -> None:
    """Write the words of each line to the right of the axes."""
    for y, text in enumerate(texts):
        ax.annotate(
            text, (edge, y), (4, 0), textcoords="offset points", va="center", fontsize=SMALL, color=INK, annotation_clip=False
        )


def _drawn(rows: pd.DataFrame) -> pd.Series:
    """The flags that are drawn: a bar does not show what kind of value it bounds, nor a dot which way it is open."""
    rules = rows["rule_flags" if "rule_flags" in rows else "flags"]
    actual = rows["actual_flags"] if "actual_flags" in rows else rules.where(rules == "", "")
    words = [
        ";".join([flag for flag in rule.split(";") if flag not in _NOT_ON_BARS] + [f for f in own.split(";") if f not in ARROWS])
        for rule, own in zip(rules, actual, strict=True)
    ]
    return pd.Series(words, index=rows.index, dtype="str")


def _keys(rows: pd.DataFrame, view: View) -> list[tuple[str, str]]:
    """The colours of urban and rural, where they are there."""
    there = set(rows["residence"]) | (set(rows["base_residence"]) if "base_residence" in rows else set())
    return [(view.label("residence", one), RESIDENCE_COLOUR[one]) for one in ("urban", "rural") if one in there]


def _title(rows: pd.DataFrame, view: View) -> str:
    names = view.join(view.indicator(one) for one in dict.fromkeys(rows["indicator_id"]))
    base = next(iter(rows["base_id"]), "") if "base_id" in rows else ""
    if base:
        return view.say("bound.title_multiple", indicators=names, base=view.indicator(base))
    return view.say("bound.title_growth" if "base_id" in rows else "bound.title", indicators=names)


def rules(rows: pd.DataFrame, view: View, name: str = "rules") -> Chart:
    """Rules by place and year: a bound as an arrow that starts at it, a range as a bar, what there is as a dot.

    Parameters
    ----------
    rows : DataFrame
        From `bounds.multiples` or `bounds.promised`, or rows of `minsheng.standards` and `minsheng.printed` that are rules
        or ranges (then only the rules are drawn). One unit.
    view : View
    name : str
        Name of the chart, unique on its page.

    Returns
    -------
    Chart
    """
    rows = _sorted(rows, view)
    lines = rows.drop_duplicates(_LINE)
    highest = rows[[c for c in ("value", "value_max", "actual") if c in rows]].max().max()
    labels = _labels(lines, view)
    figure, (ax,) = canvas()
    parts = [mine for _, mine in rows.groupby(_LINE, sort=False)]
    words = [_line(ax, y, mine, view, 0.05 * highest) for y, mine in enumerate(parts)]
    left = words_width(labels, 8.5) + 0.12
    texts = _joined(words, WIDTH - left - _LEAST)
    right = words_width(texts, SMALL) + 0.25
    edge = highest * (1 + (_REACH / 72 + 0.1) / max(1.0, WIDTH - left - right - _REACH / 72 - 0.1))
    _write(ax, texts, edge)
    lines_axis(ax, labels, 8.5)
    ax.set_xlim(0, edge)
    unit = view.unit_of(rows)
    ax.set_xlabel(unit)
    bar = view.say("bound.bar") if rows["value"].notna().any() else ""
    legend = marks_legend(ax, rows.assign(flags=_drawn(rows)), view, _keys(rows, view), bar)
    settle(figure, [ax], 0.1 + 0.4 * len(lines), left, right=right, legend=legend)
    title = _title(rows, view)
    said = [
        view.join([label.replace("\n", " "), text], "：", ": ")
        for label, text in zip(labels, map(" | ".join, words), strict=True)
    ]
    alt = view.say("alt.rules", title=title, unit=unit, points=view.join(said, "；", "; ") + view.say("alt.stop"))
    return Chart(name, figure, title, alt, unit, rows)
