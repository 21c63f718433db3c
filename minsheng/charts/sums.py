"""What is paid on top of what: bars of two parts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from minsheng.charts.marks import ARROWS, Chart, arrows, canvas, lines_axis, marks_legend, number, settle, signed, words_width
from minsheng.charts.pairs import bar, only_signs
from minsheng.style import INK, PAPER, URBAN
from minsheng.views import View

_MORE = "#f0b98a"


def _words(row: Any) -> str:
    """``115 + 3 = 118``, with ≥ where the supplement is a lower bound."""
    if pd.isna(row.supplement):
        return signed(number(row.value), row.flags)
    open_ = "≥" if "at_least" in row.supplement_flags.split(";") else ""
    return signed(f"{number(row.value)} + {open_}{number(row.supplement)} = {open_}{number(row.total)}", row.flags)


def stacked(rows: pd.DataFrame, view: View, name: str = "stacked") -> Chart:
    """A base amount and what is paid on top of it, a bar for each place, year and group; an arrow where it may be more.

    Parameters
    ----------
    rows : DataFrame
        From `sums.supplements`, one unit.
    view : View
    name : str
        Name of the chart, unique on its page.

    Returns
    -------
    Chart
    """
    from matplotlib.patches import Patch

    rows = rows.reset_index(drop=True)
    figure, (ax,) = canvas()
    words = [_words(row) for row in rows.itertuples()]
    for y, (row, text) in enumerate(zip(rows.itertuples(), words, strict=True)):
        flags = set(row.flags.split(";"))
        bar(ax, y, 0, row.value, URBAN, PAPER, flags, "")
        if pd.notna(row.supplement):
            bar(ax, y, row.value, row.supplement, _MORE, INK, flags, "")
        arrows(ax, row.total, y, row.supplement_flags, INK)
        away = 20 if set(ARROWS) & set(row.supplement_flags.split(";")) else 5
        ax.annotate(text, xy=(row.total, y), xytext=(away, 0), textcoords="offset points", va="center", fontsize=8.5, color=INK)
    labels = []
    for row in rows.itertuples():
        told = [view.series(c, getattr(row, c)) for c in ("residence", "recipient") if getattr(row, c) not in ("all", "")]
        labels.append(" ".join([view.place(row.region_id), str(row.year), *told]))
    lines_axis(ax, labels)
    left = words_width(labels) + 0.12
    ax.set_xlim(0, rows["total"].max() * (1 + (words_width(words, 8.5) + 0.35) / max(1.0, 7.6 - left - words_width(words, 8.5))))
    unit = view.unit_of(rows)
    ax.set_xlabel(unit)
    handles: list[Any] = [Patch(fc=URBAN, ec=INK, lw=0.8, label=view.say("table.base"))]
    if rows["supplement"].notna().any():
        handles.append(Patch(fc=_MORE, ec=INK, lw=0.8, label=view.say("table.supplement")))
    if rows["flags"].str.contains("assessed").any():
        handles.append(Patch(fc=PAPER, ec=INK, ls="--", label=view.say("flag.assessed")))
    if rows["flags"].str.contains("draft").any():
        handles.append(Patch(fc=URBAN, ec=PAPER, hatch="////", label=view.say("flag.draft")))
    shown = rows.assign(
        flags=[f"{only_signs(f)};{only_arrows(m)}" for f, m in zip(rows["flags"], rows["supplement_flags"], strict=True)]
    )
    settle(figure, [ax], 0.1 + 0.34 * len(rows), left, legend=handles + marks_legend(ax, shown, view))
    title = view.say("chart.stacked", indicator=view.indicator(rows["indicator_id"].iloc[0]))
    said = view.join([view.join(pair, "：", ": ") for pair in zip(labels, words, strict=True)], "；", "; ") + view.say("alt.stop")
    return Chart(name, figure, title, view.say("alt.stacked", title=title, unit=unit, points=said), unit, rows)


def only_arrows(flags: str) -> str:
    """Flags that an arrow shows."""
    return ";".join(flag for flag in flags.split(";") if flag in ARROWS)
