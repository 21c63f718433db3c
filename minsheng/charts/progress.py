"""How much of what was planned is done: a bar to 100 % for each target."""

from __future__ import annotations

from typing import Any

import pandas as pd

from minsheng.charts.intervals import compact, kind_words
from minsheng.charts.marks import SIGNS, Chart, canvas, lines_axis, marks_legend, number, settle, signed, tint, word, words_width
from minsheng.style import ALARM, GOOD, INK, PAPER, REFERENCE, URBAN, WIDTH
from minsheng.views import View

_TARGET = ["document_id", "item", "region_id", "indicator_id", "residence", "target"]


def part_of_plan(progress: float, decimals: int = 1) -> str:
    """A percentage of plan in words: what falls short is never rounded up to 100.

    Examples
    --------
    >>> part_of_plan(63.2454), part_of_plan(99.9971), part_of_plan(100.0)
    ('63.2', '99.9', '100.0')
    """
    most = 100 - 10**-decimals if progress < 100 else progress
    return f"{min(progress, most):.{decimals}f}"


def _name(rows: pd.DataFrame, view: View) -> str:
    """What was planned, and where; a stage that is alone is named with it."""
    first: Any = next(rows.itertuples())
    own = kind_words(first, view) if len(rows) == 1 else []
    return f"{' '.join([view.indicator(first.indicator_id), *own])}\n{view.place(first.region_id)} {first.year}"


def _words(rows: pd.DataFrame, view: View) -> str:
    """What was done, of how much, in percent; and the printed percentage where it differs or stands alone."""
    first: Any = next(rows.itertuples())
    unit = view.label("unit", first.unit)
    space = "" if view.lang == "zh" else " "
    if pd.isna(first.target):
        return view.say("works.share_only", done=compact(first.achieved, view) + space + unit, share=number(first.printed_share))
    parts = [(f"{r.recipient} " if len(rows) > 1 else "") + compact(r.achieved, view) for r in rows.itertuples()]
    done = " +\n".join(" + ".join(parts[i : i + 2]) for i in range(0, len(parts), 2))
    whole = f"{done} / {compact(first.target, view)}{space}{unit}"
    share = f"{part_of_plan(first.progress)}%" if len(rows) == 1 else ""
    printed = view.say("works.printed_share", share=number(first.printed_share)) if first.differs else ""
    return signed("  ".join(part for part in (whole, share, printed) if part), first.flags)


def _bar(ax: Any, y: int, rows: pd.DataFrame) -> None:
    """Stages one after another, paler each; a plan that is fulfilled in one is green."""
    start = 0.0
    for step, row in enumerate(rows.itertuples()):
        colour = GOOD if row.progress >= 100 else URBAN
        edge = {"ec": INK, "ls": (0, (3, 2))} if "assessed" in row.flags.split(";") else {"ec": INK}
        ax.barh(y, row.progress, left=start, height=0.5, color=tint(colour, 0.8 * 0.55**step), lw=0.7, zorder=2, **edge)
        start += row.progress
    first: Any = next(rows.itertuples())
    if first.differs or pd.isna(first.target):
        ax.plot([first.printed_share], [y], zorder=4, **_diamond(ALARM if first.differs else INK))


def _diamond(colour: str) -> dict[str, Any]:
    """A percentage as printed: red where it is not the computed one."""
    return {"marker": "D", "ls": "", "ms": 7, "mfc": PAPER, "mec": colour, "mew": 1.6}


def _groups(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Rows that share a target; those of one thing together (a place and its parts), the most advanced first."""
    groups = [mine for _, mine in rows.groupby(_TARGET, sort=False, dropna=False)]
    ranks: dict[tuple[str, ...], tuple[bool, float]] = {}
    keys = []
    for mine in groups:
        first: Any = next(mine.itertuples())
        keys.append((first.document_id, first.indicator_id, first.recipient))
        known = pd.notna(first.progress)
        ranks.setdefault(keys[-1], (not known, -(first.progress if known else first.printed_share)))
    return [groups[i] for i in sorted(range(len(groups)), key=lambda i: ranks[keys[i]])]


def _legend(ax: Any, shown: pd.DataFrame, view: View) -> list[Any]:
    """What the bars, diamonds, edges and signs that are there mean."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    bars = {"works.under_way": (URBAN, shown["progress"] < 100), "works.fulfilled": (GOOD, shown["progress"] >= 100)}
    diamonds = {"works.printed_other": (ALARM, shown["differs"]), "works.printed_only": (INK, shown["target"].isna())}
    legend: list[Any] = [
        Patch(fc=tint(colour, 0.8), ec=INK, lw=0.7, label=view.say(key)) for key, (colour, there) in bars.items() if there.any()
    ]
    legend += [
        Line2D([], [], label=view.say(key), **_diamond(colour)) for key, (colour, there) in diamonds.items() if there.any()
    ]
    if shown["flags"].str.contains("assessed").any():
        legend.append(Patch(fc=PAPER, ec=REFERENCE, ls="--", label=view.say("flag.assessed")))
    signs = shown["flags"].map(lambda flags: ";".join(flag for flag in flags.split(";") if flag in SIGNS))
    return legend + marks_legend(ax, shown.assign(flags=signs), view)


def progress(rows: pd.DataFrame, view: View, name: str = "progress") -> Chart:
    """A bar for each target, up to the line at 100 %; a diamond where the printed percentage is not the computed one.

    Parameters
    ----------
    rows : DataFrame
        From `delivery`: rows that are compared, or that have at least a printed percentage.
    view : View
    name : str
        Name of the chart, unique on its page.

    Returns
    -------
    Chart
    """
    groups = _groups(rows)
    figure, (ax,) = canvas()
    words = [_words(mine, view) for mine in groups]
    for y, (mine, note) in enumerate(zip(groups, words, strict=True)):
        _bar(ax, y, mine)
        word(ax, note, (max(100.0, mine["progress"].sum()), y), (10, 0), ALARM if mine["differs"].any() else INK)
    names = [_name(mine, view) for mine in groups]
    lines_axis(ax, names, 8.5)
    ax.axvline(100, color=INK, lw=1.2, zorder=3)
    left, room = words_width(names, 8.5) + 0.12, words_width(words, 8.5) + 0.2
    high = max(100.0, *(mine["progress"].sum() for mine in groups))
    ax.set_xlim(0, high * (1 + room / max(1.0, WIDTH - left - room)))
    ax.set_xticks(range(0, int(high) + 1, 25 if high <= 150 else 50))
    ax.set_xlabel(view.say("works.percent_of_plan"))
    shown = pd.concat(groups, ignore_index=True)
    legend = _legend(ax, shown, view)
    settle(figure, [ax], 0.1 + 0.46 * len(groups), left, legend=legend)
    title = view.say("works.progress", year=view.year)
    said = [f"{one.replace(chr(10), ' ')} {text}" for one, text in zip(names, words, strict=True)]
    alt = view.say("alt.progress", title=title, points=view.join(said, "；", "; ") + view.say("alt.stop"))
    return Chart(name, figure, title, alt, "", shown.drop(columns="topic"))
