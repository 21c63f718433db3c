"""Rules as what they are: a bound is an arrow that starts at it, a range a bar; what there is stands beside it as a dot."""

from __future__ import annotations

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
from minsheng.style import INK, MUTED, RESIDENCE_COLOUR, WIDTH
from minsheng.views import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LINE = ["region_id", "year", "indicator_id", "care", "recipient", "residence"]
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


def _bound(ax: Axes, row: Any, y: float, reach: float, colour: str) -> None:
    """One rule on its line; an arrow is `reach` long."""
    flags = getattr(row, "rule_flags", row.flags)
    if pd.notna(row.value_max):
        interval(ax, (row.value, y), (row.value_max, y), flags, colour)
        return
    way = {"at_least": 1, "at_most": -1}
    for flag in ARROWS.keys() & set(flags.split(";")):
        arrow = {"arrowstyle": "-|>", "color": colour, "lw": 1.4, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", xy=(row.value + way[flag] * reach, y), xytext=(row.value, y), arrowprops=arrow, zorder=3)
    ax.scatter([row.value], [y], zorder=3, **(look(flags, colour) | {"marker": _BAR, "s": 190}))


def _labels(lines: pd.DataFrame, view: View) -> list[str]:
    """Two lines: place and year; what is told apart in this chart."""
    told = [c for c in ("indicator_id", "residence", "care", "recipient") if lines[c].nunique() > 1]
    out = []
    for row in lines.itertuples():
        words = [view.series(c, getattr(row, c)) for c in told if getattr(row, c) not in ("all", "")]
        out.append("\n".join([f"{view.place(row.region_id)} {row.year}", *([" ".join(words)] if words else [])]))
    return out


def _sorted(rows: pd.DataFrame, view: View) -> pd.DataFrame:
    """Latest year first, the places of a province together."""
    order = {place: i for i, place in enumerate(place_order(rows["region_id"], rows["value"].fillna(0), view))}
    by = rows.assign(_place=rows["region_id"].map(order), _last=-rows["year"].astype(int))
    return by.sort_values(["_last", "_place", "indicator_id", "care", "recipient", "residence"]).drop(columns=["_place", "_last"])


def _line(ax: Axes, y: int, rows: pd.DataFrame, view: View, reach: float) -> str:
    """Draw the rule and what there is of one line; returns its words."""
    words = []
    ruled = rows[rows["value"].notna()].drop_duplicates(["value", "value_max"])
    for row in ruled.itertuples():
        _bound(ax, row, y, reach, MUTED)
        words.append(signed(bound_words(row, view), getattr(row, "rule_flags", row.flags)))
    there: Any = rows[rows["actual"].notna()].itertuples() if "actual" in rows else ()
    for row in there:
        colour = RESIDENCE_COLOUR[row.base_residence or row.residence]
        dot(ax, row.actual, y, ";".join(f for f in row.actual_flags.split(";") if f not in ARROWS), colour)
        told = view.label("residence", row.base_residence) + " " if row.base_residence not in ("", "all") else ""
        sign = next((s for f, s in (("at_least", "≥"), ("at_most", "≤")) if f in row.actual_flags.split(";")), "")
        words.append(told + signed(sign + _digits(row.actual, row.unit), row.actual_flags))
    return "  |  ".join(words)


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
    rows = _sorted(rows, view).reset_index(drop=True)
    lines = rows.drop_duplicates(_LINE)
    ends = rows[[c for c in ("value", "value_max", "actual") if c in rows]].max().max()
    labels = _labels(lines, view)
    left = words_width(labels, 8.5) + 0.12
    figure, (ax,) = canvas()
    reach = 0.07 * ends
    texts = []
    for y, (_, mine) in enumerate(rows.groupby(_LINE, sort=False)):
        texts.append(_line(ax, y, mine, view, reach))
    right = words_width(texts, SMALL) + 0.25
    inch = ends * 1.12 / max(1.0, WIDTH - left - right)
    for y, text in enumerate(texts):
        ax.annotate(
            text,
            xy=(ends * 1.12, y),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
            color=INK,
            annotation_clip=False,
        )
    lines_axis(ax, labels, 8.5)
    ax.set_xlim(0, ends * 1.12 + 0.02 * inch)
    unit = view.unit_of(rows)
    ax.set_xlabel(unit)
    shown = rows.assign(flags=rows["flags"])
    keys = [
        (view.label("residence", one), RESIDENCE_COLOUR[one])
        for one in ("urban", "rural")
        if "actual" in rows and ((rows["base_residence"] == one) & rows["actual"].notna()).any()
    ]
    legend = marks_legend(ax, shown, view, keys, view.say("bound.bar") if rows["value"].notna().any() else "")
    settle(figure, [ax], 0.1 + 0.4 * len(lines), left, right=right, legend=legend)
    title = _title(rows, view)
    said = [view.join([label.replace("\n", " "), text], "：", ": ") for label, text in zip(labels, texts, strict=True)]
    alt = view.say("alt.rules", title=title, unit=unit, points=view.join(said, "；", "; ") + view.say("alt.stop"))
    return Chart(name, figure, title, alt, unit, rows)
