"""Typical cases: who would receive how much, where, and what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from minsheng.charts.marks import (
    ARROWS,
    SIGNS,
    SMALL,
    Chart,
    canvas,
    lines_axis,
    marks_legend,
    number,
    settle,
    signed,
    words_width,
)
from minsheng.style import INK, MUTED, PAPER, PLACES, SHADE, WIDTH
from minsheng.views import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DECIMALS = {"dibao_times": 2, "share": 1}
_EMPTY = "#f3f5f7"
_PAD = 0.16


def _amount(row: Any, value: str) -> str:
    """A cell's words: the sum (of both readings), or the ratio."""
    if value in _DECIMALS:
        return f"{getattr(row, value):.{_DECIMALS[value]}f}"
    text = number(row.lower) + ("" if row.upper == row.lower else f"–{number(row.upper)}")
    return ("≥" if "at_least" in row.flags.split(";") else "") + text


def _wide(name: str, room: float) -> str:
    """A name on two lines where it is wider than its column."""
    if words_width([name], SMALL) <= room or (" " not in name and len(name) < 5):
        return name
    if " " in name:
        words = name.split()
        half = len(words) // 2
        return " ".join(words[:half]) + "\n" + " ".join(words[half:])
    half = -(-len(name) // 2)
    return name[:half] + "\n" + name[half:]


def case_matrix(rows: pd.DataFrame, view: View, name: str = "case_matrix", value: str = "lower") -> Chart:
    """Cases by places, each place in the newest year that is known. An empty cell could not be computed.

    Parameters
    ----------
    rows : DataFrame
        From `typical.newest`.
    view : View
    name : str
        Name of the chart, unique on its page.
    value : {'lower', 'dibao_times', 'share'}
        The monthly sum (both readings), the multiple of the place's Dibao line, or the percentage of the nation.

    Returns
    -------
    Chart
    """
    import seaborn as sns

    rows = rows[rows[value].notna()].reset_index(drop=True)
    shown = rows.assign(_words=[signed(_amount(row, value), row.flags) for row in rows.itertuples()])
    places = list(rows.sort_values(["year", "region_id"], ascending=[False, True])["region_id"].unique())
    cases = [one for one in view.data.cases["case_id"] if one in set(rows["case_id"])]
    labels = [view.case(one) for one in cases]
    left = words_width(labels) + 0.12
    room = (WIDTH - left - 0.15) / len(places) - 0.06
    shown["_words"] = [text if words_width([text], 9) <= room else text.replace("–", "–\n") for text in shown["_words"]]
    grid = shown.pivot(index="case_id", columns="region_id", values=value).reindex(index=cases, columns=places)
    words = shown.pivot(index="case_id", columns="region_id", values="_words").reindex(index=cases, columns=places).fillna("")
    shade = grid if value == "dibao_times" else grid.div(grid.max(axis=1), axis=0)
    figure, (ax,) = canvas()
    palette, most = sns.light_palette(SHADE, as_cmap=True), 1.6 * shade.max().max()
    style: dict[str, Any] = {"linewidths": 1.5, "linecolor": PAPER, "annot_kws": {"fontsize": 9, "color": INK}}
    sns.heatmap(shade.astype("float64"), ax=ax, cmap=palette, vmin=0, vmax=most, annot=words, fmt="", cbar=False, **style)
    years = rows.groupby("region_id")["year"].first()
    heads = [f"{_wide(view.place(place), room)}\n{years[place]}" for place in places]
    lines_axis(ax, labels)
    ax.grid(visible=False)
    ax.set_facecolor(_EMPTY)
    ax.set_yticks([i + 0.5 for i in range(len(cases))], labels, rotation=0)
    ax.set_xticks([i + 0.5 for i in range(len(places))], heads, rotation=0, fontsize=SMALL)
    ax.set_ylim(len(cases), 0)
    ax.tick_params(length=0, labelbottom=False, labeltop=True)
    ax.set(xlabel="", ylabel="")
    deep = max(head.count("\n") + 1 for head in heads)
    settle(figure, [ax], 0.34 * len(cases), left, top=0.1 + 0.15 * deep, bottom=0.1)
    title = view.say(f"case.title_{value}", year=view.year)
    said = view.join([_said(row, value, view) for row in shown.itertuples()], "；", "; ") + view.say("alt.stop")
    unit = view.say(f"case.unit_{value}")
    return Chart(name, figure, title, view.say("case.alt_matrix", title=title, points=said), unit, rows)


def _said(row: Any, value: str, view: View) -> str:
    return view.join([view.place(row.region_id), view.case(row.case_id), _amount(row, value)], "", " ")


def _bar(ax: Axes, y: int, parts: pd.DataFrame, colours: dict[str, str]) -> float:
    """The components of one case, one beside the other; returns where they end."""
    left = 0.0
    for part in parts.itertuples():
        dashed, hatched = "assessed" in part.flags.split(";"), "draft" in part.flags.split(";")
        ax.barh(y, part.value, left=left, height=0.58, color=colours[part.indicator_id], edgecolor=PAPER if hatched else INK,
                lw=0.8, hatch="////" if hatched else None, ls=(0, (3, 2)) if dashed else "-")  # fmt: skip
        left += part.value
    return left


def _interval(ax: Axes, y: int, row: Any) -> float:
    """A line from the lower to the upper reading."""
    if row.upper > row.lower:
        ax.plot([row.lower, row.upper], [y, y], color=INK, lw=1.6, zorder=4)
        for x in (row.lower, row.upper):
            ax.plot([x, x], [y - _PAD, y + _PAD], color=INK, lw=1.6, zorder=4)
    return float(row.upper)


def case_sums(rows: pd.DataFrame, view: View, parts: pd.DataFrame, name: str = "case_sums") -> Chart:
    """What the sums of cases are made of, a bar for each case and place; a line from the lower to the upper reading.

    Parameters
    ----------
    rows : DataFrame
        From `typical.newest`, computed cases only.
    view : View
    parts : DataFrame
        From `typical.case_parts`.
    name : str
        Name of the chart, unique on its page.

    Returns
    -------
    Chart
    """
    from matplotlib.patches import Patch

    at = ["case_id", "region_id", "year"]
    mine = parts[parts["reading"] != "upper"].merge(rows[at], on=at)
    colours = {one: PLACES[i % len(PLACES)] for i, one in enumerate(dict.fromkeys(mine["indicator_id"]))}
    figure, (ax,) = canvas()
    ends, words = [], []
    for y, row in enumerate(rows.itertuples()):
        own = mine[(mine["case_id"] == row.case_id) & (mine["region_id"] == row.region_id)]
        ends.append(max(_bar(ax, y, own, colours), _interval(ax, y, row)))
        sums = " + ".join(number(part.value) for part in own.itertuples())
        words.append(signed(f"{sums} = {_amount(row, 'lower')}" if len(own) > 1 else _amount(row, "lower"), row.flags))
    for y, (end, text) in enumerate(zip(ends, words, strict=True)):
        ax.annotate(text, xy=(end, y), xytext=(5, 0), textcoords="offset points", va="center", fontsize=SMALL, color=INK)
    labels = [f"{view.place(row.region_id)} {row.year}\n{view.case(row.case_id)}" for row in rows.itertuples()]
    lines_axis(ax, labels, SMALL)
    left, beside = words_width(labels, SMALL) + 0.12, words_width(words, SMALL) + 0.2
    ax.set_xlim(0, max(ends) * (1 + beside / max(1.0, WIDTH - left - beside)))
    unit = view.unit("元", "case-month")
    ax.set_xlabel(unit)
    handles: list[Any] = [Patch(fc=colour, ec=INK, lw=0.8, label=view.indicator(one)) for one, colour in colours.items()]
    flags = set(";".join(rows["flags"]).split(";"))
    handles += [Patch(fc=_EMPTY, ec=MUTED, hatch="////", label=view.say("flag.draft"))] if "draft" in flags else []
    handles += [Patch(fc=PAPER, ec=INK, ls="--", label=view.say("flag.assessed"))] if "assessed" in flags else []
    signs = rows.assign(flags=[_only_signs(cell) for cell in rows["flags"]])
    settle(figure, [ax], 0.1 + 0.46 * len(rows), left, legend=handles + marks_legend(ax, signs, view))
    title = view.say("case.title_sums", year=view.year)
    said = view.join([f"{label} {text}".replace("\n", " ") for label, text in zip(labels, words, strict=True)], "；", "; ")
    return Chart(
        name, figure, title, view.say("case.alt_sums", title=title, unit=unit, points=said + view.say("alt.stop")), unit, rows
    )


def _only_signs(flags: str) -> str:
    """Flags that a sign behind the words shows."""
    return ";".join(flag for flag in flags.split(";") if flag in SIGNS and flag not in ARROWS)
