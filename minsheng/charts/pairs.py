"""Two values of the same thing: before and after, own and above, subsidy and contribution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from minsheng.charts.marks import (
    SIGNS,
    Chart,
    canvas,
    dot,
    lines_axis,
    marks_legend,
    number,
    points,
    settle,
    signed,
    value_words,
    word,
    words_width,
)
from minsheng.style import ALARM, GOOD, INK, MUTED, PAPER, REFERENCE, URBAN, WIDTH
from minsheng.views import View

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_OWN = "#f0b98a"
_OWN_NATION = "#b9c1c8"


def _names(rows: pd.DataFrame, view: View) -> list[str]:
    """Two lines for each row: the place, and what is compared."""
    words = []
    for row in rows.itertuples():
        parts = [view.label("residence", row.residence)] if row.residence != "all" else []
        parts += [view.label("care", row.care)] if row.care != "all" else []
        parts += [view.recipient(row.recipient)] if row.recipient else []
        words.append(f"{view.place(row.region_id)} {row.year}\n{' '.join([view.indicator(row.indicator_id), *parts])}")
    return words


def _dumbbell(rows: pd.DataFrame, view: View, other: str, words: list[str], sides: dict[str, str], bar: str) -> Figure:
    """Each row's value beside its `other` value (a bar), the gap between in red or green, words to the right of both."""
    figure, (ax,) = canvas()
    for y, (row, note) in enumerate(zip(rows.itertuples(), words, strict=True)):
        second = getattr(row, other)
        colour = ALARM if row.value < second else GOOD if row.value > second else MUTED
        ax.plot([row.value, second], [y, y], color=colour, lw=3.5, alpha=0.4, zorder=2)
        ax.plot([second, second], [y - 0.24, y + 0.24], color=INK, lw=2, zorder=3)
        dot(ax, row.value, y, _own_flags(row.flags), colour)
        word(ax, note, (max(row.value, second), y), (11, 0), colour)
    labels = _names(rows, view)
    lines_axis(ax, labels, 8.5)
    left, high = words_width(labels, 8.5) + 0.12, max(rows["value"].max(), rows[other].max())
    ax.set_xlim(0, high * (1 + (words_width(words, 8.5) + 0.2) / max(1.0, WIDTH - left - words_width(words, 8.5))))
    ax.set_xlabel(view.unit_of(rows))
    gap = rows["value"] - rows[other]
    there = {ALARM: (gap < 0).any(), GOOD: (gap > 0).any(), MUTED: (gap == 0).any()}
    keys = [(view.say(key), colour) for key, colour in sides.items() if there[colour]]
    shown = rows.assign(flags=rows["flags"].map(_own_flags))
    settle(figure, [ax], 0.1 + 0.46 * len(rows), left, legend=marks_legend(ax, shown, view, keys, view.say(bar)))
    return figure


def _own_flags(flags: str) -> str:
    """Flags that a pair of marks shows: what is a minimum or a bound is said in words."""
    return ";".join(flag for flag in flags.split(";") if flag not in ("minimum", "at_least", "at_most"))


def only_signs(flags: str) -> str:
    """Flags that a bar shows by a sign behind its words."""
    return ";".join(flag for flag in flags.split(";") if flag in SIGNS)


def _gap(value: float) -> str:
    return "±0" if value == 0 else f"+{number(value)}" if value > 0 else number(value)


def _said(rows: pd.DataFrame, view: View, words: list[str]) -> str:
    """Names and words of a dumbbell chart as its alternative text says them."""
    names = [name.replace("\n", " ") for name in _names(rows, view)]
    parts = [view.join([name, said], "：", ": ") for name, said in zip(names, words, strict=True)]
    return view.join(parts, "；", "; ") + view.say("alt.stop")


def floor(rows: pd.DataFrame, view: View, name: str = "floor") -> Chart:
    """Each place beside the place above it, same year and series: below it is red, above it green.

    Parameters
    ----------
    rows : DataFrame
        From `yardsticks.against_parent`, one unit.
    view : View
    name : str
        Name of the chart, unique on its page.

    Returns
    -------
    Chart
    """
    rows = rows.sort_values(["difference", "region_id"]).reset_index(drop=True)
    words = [
        f"{value_words(r)}  |  {view.place(r.parent_id)} {number(r.parent_value)}  ({_gap(r.difference)})"
        for r in rows.itertuples()
    ]
    figure = _dumbbell(
        rows, view, "parent_value", words, {"chart.below": ALARM, "chart.above": GOOD, "chart.same": MUTED}, "chart.parent_bar"
    )
    title = view.say("chart.floor")
    unit = view.unit_of(rows)
    return Chart(
        name,
        figure,
        title,
        view.say("alt.floor", title=title, unit=unit, points=_said(rows, view, words)),
        unit,
        rows,
    )


def changes(rows: pd.DataFrame, view: View, name: str = "changes") -> Chart:
    """What changed from the year before: the old value as a bar, the new one as a dot.

    Parameters
    ----------
    rows : DataFrame
        From `compare.growth`, one unit and period.
    view, name
        As in `floor`.

    Returns
    -------
    Chart
    """
    rows = rows.sort_values(["growth", "region_id"], ascending=[False, True]).reset_index(drop=True)
    words = [f"{number(r.previous)} → {value_words(r)}  ({r.growth:+.1f}%)".replace("-", "−") for r in rows.itertuples()]
    figure = _dumbbell(
        rows, view, "previous", words, {"chart.fell": ALARM, "chart.rose": GOOD, "chart.same": MUTED}, "chart.previous_bar"
    )
    unit = view.unit_of(rows)
    title = view.say("chart.changes", year=view.year)
    return Chart(
        name,
        figure,
        title,
        view.say("alt.changes", title=title, unit=unit, points=_said(rows, view, words)),
        unit,
        rows,
    )


def bar(ax: Any, y: int, left: float, value: float, colour: str, ink: str, flags: set[str], words: str | None = None) -> None:
    """A part of a bar, with its value (or `words`) in its middle."""
    hatched, dashed = "draft" in flags, "assessed" in flags
    ax.barh(
        y,
        value,
        left=left,
        height=0.58,
        color=colour,
        edgecolor=PAPER if hatched else INK,
        lw=0.8,
        hatch="////" if hatched else None,
        ls=(0, (3, 2)) if dashed else "-",
    )
    ax.text(
        left + value / 2,
        y,
        number(value) if words is None else words,
        ha="center",
        va="center",
        fontsize=8.5,
        color=ink,
        bbox={"boxstyle": "round,pad=0.25", "fc": colour, "ec": "none"},
    )


def funding(rows: pd.DataFrame, view: View, name: str = "funding") -> Chart:
    """Resident medical insurance as fiscal subsidy plus personal contribution, a bar for each place and year.

    Parameters
    ----------
    rows : DataFrame
        From `funds.funding`; rows of the nation (``region_id`` empty) may be among them (`funds.with_nation`).
    view, name
        As in `floor`.

    Returns
    -------
    Chart
    """
    from matplotlib.patches import Patch

    figure, (ax,) = canvas()
    for y, row in enumerate(rows.itertuples()):
        flags = set(row.flags.split(";"))
        bar(ax, y, 0, row.fiscal, REFERENCE if not row.region_id else URBAN, PAPER, flags)
        end = row.fiscal
        if pd.notna(row.contribution):
            bar(ax, y, row.fiscal, row.contribution, _OWN_NATION if not row.region_id else _OWN, INK, flags - {"draft"})
            end += row.contribution
        words = number(end) if pd.notna(row.contribution) else view.say("chart.no_contribution")
        words = signed(words, row.flags)
        ax.annotate(
            words,
            xy=(end, y),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            color=INK if pd.notna(row.contribution) else MUTED,
        )
    labels = [f"{view.place(r.region_id) if r.region_id else view.say('place.nation')} {r.year}" for r in rows.itertuples()]
    lines_axis(ax, labels)
    ax.set_xlim(0, (rows["fiscal"] + rows["contribution"].fillna(0)).max() * 1.16)
    unit = view.unit_of(rows)
    ax.set_xlabel(unit)
    present = set(";".join(rows["flags"]).split(";"))
    handles = [
        Patch(fc=URBAN, ec=INK, lw=0.8, label=view.say("table.fiscal")),
        Patch(fc=_OWN, ec=INK, lw=0.8, label=view.say("table.contribution")),
    ]
    if (rows["region_id"] == "").any():
        handles.append(Patch(fc=REFERENCE, ec=INK, lw=0.8, label=view.say("place.nation")))
    if "draft" in present:
        handles.append(Patch(fc=URBAN, ec=PAPER, hatch="////", label=view.say("flag.draft")))
    if "assessed" in present:
        handles.append(Patch(fc=PAPER, ec=INK, ls="--", label=view.say("flag.assessed")))
    handles += marks_legend(ax, rows.assign(flags=rows["flags"].map(only_signs)), view)
    settle(figure, [ax], 0.1 + 0.34 * len(rows), words_width(labels) + 0.12, legend=handles)
    title = view.say("chart.funding", indicator=view.label("topic", "medical_insurance"))
    words = points(rows[rows["region_id"] != ""], view, "fiscal")
    references = (
        ("resident_medical_fiscal_subsidy", "resident_medical_personal_contribution") if (rows["region_id"] == "").any() else ()
    )
    return Chart(name, figure, title, view.say("alt.funding", title=title, unit=unit, points=words), unit, rows, references)
