"""Typical cases: who would receive how much, where, and what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from minsheng.charts.marks import (
    MARKS,
    SMALL,
    Chart,
    canvas,
    dot,
    lines_axis,
    look,
    marks_legend,
    number,
    settle,
    signed,
    tint,
    word,
    words_width,
)
from minsheng.levels import union_flags
from minsheng.style import INK, PAPER, PLACES, SHADE, WIDTH
from minsheng.views import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DECIMALS = {"dibao_times": 2, "share": 1}
_AT, _SOURCES = ["case_id", "region_id", "year"], ["unit", "per", "flags", "figures", "references"]
_SHOWN = {
    "lower": [*_AT, "lower", "upper", *_SOURCES],
    "dibao_times": [*_AT, "lower", "dibao", "dibao_times", *_SOURCES],
    "share": [*_AT, "lower", "reference", "share", *_SOURCES],
}
"""What the table under a matrix of that value shows."""

_EMPTY = "#f3f5f7"
_LABEL, _STANDING = 1.8, 1.0
"""Inches beyond which the name of a case, or the standing head of a column, goes on two lines."""
_WORDED = ("at_least", "range")
"""Flags that the words of a sum say: ≥, and both ends."""


def _amount(row: Any, value: str) -> str:
    """A cell's words: the sum or the ratio, of both readings where they differ, or as a bound."""
    low = getattr(row, value)
    ends = [low, low * row.upper / row.lower] if row.upper > row.lower else [low]
    words = [f"{end:.{_DECIMALS[value]}f}" if value in _DECIMALS else number(end) for end in ends]
    return ("≥" if "at_least" in row.flags.split(";") else "") + "–".join(words)


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


def _unsaid(flags: str) -> str:
    """Flags that the words of a cell do not say."""
    return ";".join(flag for flag in flags.split(";") if flag not in _WORDED)


def _marks(ax: Axes, rows: pd.DataFrame, cases: list[str], places: list[str]) -> None:
    """A small mark in the corner of each cell: what weakens its value."""
    for row in rows.itertuples():
        if set(_unsaid(row.flags).split(";")) & set(MARKS):
            style = look(row.flags, INK)
            at = (places.index(row.region_id) + 0.09, cases.index(row.case_id) + 0.24)
            ax.scatter([at[0]], [at[1]], zorder=4, **style | {"s": 0.35 * style["s"], "linewidths": 0.9})


def _heads(names: list[str], years: list[int], room: float) -> tuple[list[str], int]:
    """Heads of columns and their angle: on two lines with the year below where they fit so, else standing."""
    short = [_wide(name, room) for name in names]
    if words_width(short, SMALL) <= room + 0.04:
        return [f"{name}\n{year}" for name, year in zip(short, years, strict=True)], 0
    return [f"{_wide(name, _STANDING)} {year}" for name, year in zip(names, years, strict=True)], 90


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
    labels = [_wide(view.case(one), _LABEL) for one in cases]
    left = words_width(labels, 9) + 0.12
    room = (WIDTH - left - 0.15) / len(places) - 0.06
    shown["_words"] = [text if words_width([text], 9) <= room else text.replace("–", "–\n") for text in shown["_words"]]
    size = min(9.0, 9 * (room + 0.02) / words_width(shown["_words"], 9))
    grid = shown.pivot(index="case_id", columns="region_id", values=value).reindex(index=cases, columns=places)
    words = shown.pivot(index="case_id", columns="region_id", values="_words").reindex(index=cases, columns=places).fillna("")
    shade = grid if value == "dibao_times" else grid.div(grid.max(axis=1), axis=0)
    figure, (ax,) = canvas()
    palette, most = sns.light_palette(SHADE, as_cmap=True), 1.6 * shade.max().max()
    style: dict[str, Any] = {"linewidths": 1.5, "linecolor": PAPER, "annot_kws": {"fontsize": size, "color": INK}}
    sns.heatmap(shade.astype("float64"), ax=ax, cmap=palette, vmin=0, vmax=most, annot=words, fmt="", cbar=False, **style)
    _marks(ax, rows, cases, places)
    years = rows.groupby("region_id")["year"].first()
    heads, angle = _heads([view.place(place) for place in places], [years[place] for place in places], room)
    ax.set_facecolor(_EMPTY)
    ax.set_yticks([i + 0.5 for i in range(len(cases))], labels, rotation=0, fontsize=9)
    ax.set_xticks([i + 0.5 for i in range(len(places))], heads, rotation=angle, fontsize=SMALL)
    ax.set_xlim(0, len(places))
    ax.set_ylim(len(cases), 0)
    ax.tick_params(length=0, labelbottom=False, labeltop=True)
    ax.set(xlabel="", ylabel="")
    deep = words_width(heads, SMALL) if angle else 0.15 * max(head.count("\n") + 1 for head in heads)
    legend = marks_legend(ax, rows.assign(flags=rows["flags"].map(_unsaid)), view)
    settle(figure, [ax], 0.34 * len(cases), left, top=0.1 + deep, bottom=0.1, legend=legend)
    title = view.say(f"case.title_{value}", year=view.year)
    said = view.join([_said(row, value, view) for row in shown.itertuples()], "；", "; ") + view.say("alt.stop")
    unit, alt = view.say(f"case.unit_{value}"), view.say("case.alt_matrix", title=title, points=said)
    return Chart(name, figure, title, alt, unit, rows[_SHOWN[value]])


def _said(row: Any, value: str, view: View) -> str:
    return view.join([view.place(row.region_id), view.case(row.case_id), _amount(row, value)], "", " ")


def _bar(ax: Axes, y: int, parts: pd.DataFrame, colours: dict[str, str], stale: bool) -> None:
    """The components of one case, one beside the other; paler where the sum is one of an earlier year."""
    left = 0.0
    for part in parts.itertuples():
        colour = tint(colours[str(part.indicator_id)], 0.45) if stale else colours[str(part.indicator_id)]
        ax.barh(y, part.value, left=left, height=0.5, color=colour, edgecolor=PAPER, lw=0.8, zorder=2)
        left += part.value


def _end(ax: Axes, y: int, row: Any, text: str) -> None:
    """The sum at the end of its bar: a mark that shows what weakens it, a line to the upper reading, words beside both."""
    end = row.upper if row.upper > row.lower else row.lower
    if end > row.lower:
        ax.plot([row.lower, end], [y, y], color=INK, lw=1.6, zorder=3)
        ax.plot([end, end], [y - 0.16, y + 0.16], color=INK, lw=1.6, zorder=3)
    dot(ax, row.lower, y, row.flags, INK)
    word(ax, text, (end, y), (22 if "at_least" in row.flags.split(";") else 9, 0), INK)


def case_sums(rows: pd.DataFrame, view: View, parts: pd.DataFrame, name: str = "case_sums") -> Chart:
    """What the sums of cases are made of, a bar for each case and place; a mark for the sum, a line to its upper reading.

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

    mine = parts[parts["reading"] != "upper"].merge(rows[[*_AT, "flags"]], on=_AT, suffixes=("", "_sum"))
    late = mine["flags_sum"].str.contains("stale")
    mine["flags"] = mine["flags"].where(~late, union_flags(mine, "flags", more="stale"))
    colours = {one: PLACES[i % len(PLACES)] for i, one in enumerate(dict.fromkeys(mine["indicator_id"]))}
    figure, (ax,) = canvas()
    words = []
    for y, row in enumerate(rows.itertuples()):
        own = mine[(mine["case_id"] == row.case_id) & (mine["region_id"] == row.region_id)]
        sums = " + ".join(number(part.value) for part in own.itertuples())
        words.append(signed(f"{sums} = {_amount(row, 'lower')}" if len(own) > 1 else _amount(row, "lower"), row.flags))
        _bar(ax, y, own, colours, "stale" in row.flags.split(";"))
        _end(ax, y, row, words[-1])
    labels = [f"{view.place(row.region_id)} {row.year}\n{view.case(row.case_id)}" for row in rows.itertuples()]
    lines_axis(ax, labels, SMALL)
    left, beside = words_width(labels, SMALL) + 0.12, words_width(words, SMALL) + 0.4
    ax.set_xlim(0, max(rows["lower"].max(), rows["upper"].max()) * (1 + beside / max(1.0, WIDTH - left - beside)))
    unit = view.unit("元", "case-month")
    ax.set_xlabel(unit)
    legend: list[Any] = [Patch(fc=colour, label=view.indicator(one)) for one, colour in colours.items()]
    settle(figure, [ax], 0.1 + 0.42 * len(rows), left, legend=legend + marks_legend(ax, rows, view))
    title = view.say("case.title_sums", year=view.year)
    said = view.join([f"{label} {text}".replace("\n", " ") for label, text in zip(labels, words, strict=True)], "；", "; ")
    alt = view.say("case.alt_sums", title=title, unit=unit, points=said + view.say("alt.stop"))
    columns = [*_AT, "indicator_id", "residence", "care", "recipient", "value", *_SOURCES[:4]]
    return Chart(name, figure, title, alt, unit, mine[columns])
