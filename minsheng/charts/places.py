"""Who stands where in a year."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from minsheng.charts.marks import (
    Chart,
    canvas,
    line_word,
    lines_axis,
    marks_legend,
    number,
    points,
    settle,
    top_of,
    value_mark,
    value_words,
    word,
    words_width,
)
from minsheng.schema import schema
from minsheng.style import CARE_COLOUR, GRID, INK, PLACES, REFERENCE, RESIDENCE_COLOUR, WIDTH
from minsheng.views import View
from minsheng.yardsticks import ancestors

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TWIN = 0.17
"""How far apart the marks of one value stand, in lines."""


def _colours(rows: pd.DataFrame, split: str) -> dict[str, str]:
    known = {"residence": RESIDENCE_COLOUR, "care": CARE_COLOUR}.get(split)
    return known or {key: PLACES[i % len(PLACES)] for i, key in enumerate(dict.fromkeys(rows[split]))}


def place_order(places: Iterable[str], values: Iterable[float], view: View) -> list[str]:
    """Places with those of one province together, the province before its prefectures and these before their counties.

    Provinces stand in the order of the highest value in them; so do places of one level in a province.
    """
    best = pd.Series(list(values), index=list(places), dtype="float64").groupby(level=0).max()
    above = {place: [place, *ancestors(view.data, place)] for place in best.index}
    province = {place: chain[max(0, len(chain) - 2)] for place, chain in above.items()}
    lead = best.groupby(province).max()
    rank = view.data.regions.set_index("region_id")["level"].map(schema().codes("level").index)
    return sorted(best.index, key=lambda one: (-lead[province[one]], province[one], rank[one], -best[one], one))


def _national(rows: pd.DataFrame, view: View) -> pd.DataFrame:
    """National values of the year for the residence and care of some rows of one indicator that are for every recipient."""
    first = rows.iloc[0]
    national = view.reference(first["indicator_id"], first["per"])
    plain = rows[(rows["recipient"] == "") & (rows["indicator_id"].nunique() == 1)]
    pairs = set(zip(plain["residence"], plain["care"], strict=True))
    here = [
        year == view.year and pair in pairs
        for year, pair in zip(national["year"], zip(national["residence"], national["care"], strict=True), strict=True)
    ]
    return national[pd.Series(here, index=national.index, dtype=bool)].sort_values("value")


def _note(row: Any, view: View) -> str:
    return value_words(row) + (view.say("chart.stale_year", year=row.year) if row.year != view.year else "")


def _sideways(spots: list[float], widths: list[float], inch: float) -> list[float]:
    """How far each word is moved from the middle of its mark, in points, so that neighbours do not run into one another.

    Words that would touch become a block around the middle of their marks; none begins before the axis does.
    """
    blocks: list[tuple[float, list[int]]] = []  # where the block begins, which words are in it
    wide = [width * inch for width in widths]

    def begin(words: list[int]) -> float:
        middle = sum(spots[i] for i in words) / len(words)
        return max(0.0, middle - sum(wide[i] for i in words) / 2)

    for i in range(len(spots)):
        block = [i]
        while blocks and blocks[-1][0] + sum(wide[j] for j in blocks[-1][1]) > begin(block):
            block = blocks.pop()[1] + block
        blocks.append((begin(block), block))
    moves = []
    for start, words in blocks:
        for i in words:
            moves.append(72 * (start + wide[i] / 2 - spots[i]) / inch)
            start += wide[i]
    return moves


def _line(ax: Axes, y: int, rows: pd.DataFrame, view: View, split: str, colours: dict[str, str], inch: float) -> None:
    """The values of one place on its line; `inch` is what an inch is in their unit."""
    low, high = rows["value"].min(), top_of(rows)
    if high > low:
        ax.plot([low, high], [y, y], color=GRID, lw=3, zorder=1, solid_capstyle="round")
    groups = [list(same.itertuples()) for _, same in rows.sort_values("value", kind="stable").groupby("value")]
    notes = [_note(twins[0], view) for twins in groups]
    spots = [twins[0].value if pd.isna(twins[0].value_max) else (twins[0].value + twins[0].value_max) / 2 for twins in groups]
    moves = _sideways(spots, [words_width([note], 8.5) + 0.12 for note in notes], inch)
    for twins, note, spot, move in zip(groups, notes, spots, moves, strict=True):
        for i, row in enumerate(twins):
            value_mark(ax, row, y + (i - (len(twins) - 1) / 2) * _TWIN, colours[str(getattr(row, split))])
        lift = 8 + 72 * _TWIN * 0.46 * (len(twins) - 1) / 2
        colour = colours[str(getattr(twins[0], split))] if len(twins) == 1 else INK
        word(ax, note, (spot, y), (move, lift), colour, ha="center", va="bottom")


def _shared(rows: pd.DataFrame, view: View, split: str) -> list[str]:
    """What all rows are for, where it is one residence or form of care that the chart does not tell apart."""
    found = [(field, rows[field].unique()) for field in ("residence", "care") if field != split]
    return [view.label(field, codes[0]) for field, codes in found if len(codes) == 1 and codes[0] != "all"]


def by_place(rows: pd.DataFrame, view: View, name: str = "by_place", split: str = "residence") -> Chart:
    """Standards of a year, place by place, with the values of `split` (urban and rural, or the care forms) side by side.

    A county stands below its prefecture and province, where they are there (`place_order`).

    Parameters
    ----------
    rows : DataFrame
        From `compare.across`, ``by=[split]``; of one indicator, or of several with ``by=['indicator_id']``.
    view : View
        Whose year, language and national series are used.
    name : str
        Name of the chart, unique on its page.
    split : {'residence', 'care', 'recipient', 'indicator_id'}
        Column that is laid side by side.

    Returns
    -------
    Chart

    Examples
    --------
    >>> import minsheng as ms
    >>> seen = ms.view(2024, lang="en")
    >>> chart = by_place(ms.across(seen.levels, "orphan_standard", 2024, by=["care"]), seen, split="care")
    >>> chart.title, chart.unit
    ('Orphan basic living standard by place, 2024', 'yuan per person per month')
    """
    colours, national = _colours(rows, split), _national(rows, view)
    places = place_order(rows["region_id"], rows["value"], view)
    wide = max([top_of(rows), *national["value"]]) * 1.18
    labels = [view.place(place) for place in places]
    left = words_width(labels) + 0.12
    figure, (ax,) = canvas()
    for y, place in enumerate(places):
        _line(ax, y, rows[rows["region_id"] == place], view, split, colours, wide / (WIDTH - left - 0.15))
    for level, row in enumerate(national.itertuples()):
        field = split if split in ("residence", "care") else "residence" if row.residence != "all" else "care"
        key = getattr(row, field)
        colour = colours.get(key, REFERENCE) if key != "all" else REFERENCE
        ax.axvline(row.value, color=colour, lw=1.2, ls=(0, (4, 2)), zorder=1)
        kind = "" if key == "all" else view.label(field, key) + " "
        line_word(ax, f"{view.say('chart.national', year=view.year)}{kind}{number(row.value)}", row.value, colour, level)
    lines_axis(ax, labels, head=0.75)
    ax.set_xlim(0, wide)
    unit = view.unit_of(rows)
    ax.set_xlabel(unit)
    keys = [(view.series(split, key), colours[key]) for key in dict.fromkeys(rows[split])]
    legend = marks_legend(ax, rows, view, keys if len(keys) > 1 else ())
    settle(figure, [ax], 0.2 + 0.46 * len(places), left, top=0.1 + 0.17 * len(national), legend=legend)
    indicators = view.join(view.indicator(one) for one in dict.fromkeys(rows["indicator_id"]))
    shared = _shared(rows, view, split)
    title = view.say("chart.by_place", year=view.year, indicator=view.join([*shared, indicators], "", " "))
    alt = view.say("alt.by_place", title=title, unit=unit, points=points(rows, view, fields=[split]))
    return Chart(name, figure, title, alt, unit, rows, tuple(national["reference_id"]))
