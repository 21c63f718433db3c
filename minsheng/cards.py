"""Key figures as cards: what it is, a large number with its unit, whose it is, what it is compared with, its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

import pandas as pd

from minsheng.charts import number
from minsheng.headlines import KIND
from minsheng.phrases import series_words, told
from minsheng.sources import marked, source_cell
from minsheng.style import ALARM
from minsheng.views import View

_BOUNDS = ("at_least", "at_most", "about", "range")
_GRID = "list-style:none;padding:0;max-width:none;display:grid;gap:.8rem;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr))"
_CARD = (
    "border:1px solid var(--line,#c9d1d8);border-top:4px solid var(--rule,#0b5fa5);"
    "padding:.6rem .8rem;line-height:1.5;break-inside:avoid"
)
_NUMBER = "font-size:1.9rem;line-height:1.3;font-weight:700;font-variant-numeric:tabular-nums"
_SMALL = "font-size:.84rem;margin:.15rem 0"


def _who(rows: pd.DataFrame, view: View) -> str:
    """The places of some rows, with what weakens their figures; what the number itself says is not said again."""
    said = rows["flags"].map(lambda flags: ";".join(flag for flag in flags.split(";") if flag not in _BOUNDS))
    words = []
    for flags, mine in rows.groupby(said, sort=False):
        names = view.named(mine["region_id"])
        words.append(names + (view.say("page.brackets", words=view.flags(str(flags))) if flags else ""))
    return view.join(words)


def _top(rows: pd.DataFrame, view: View) -> str:
    """Whose the number is: the highest place, or all that share it."""
    top = rows[rows["value"] == rows["value"].max()]
    key = "card.top" if len(top) < len(rows) else "card.equal" if len(rows) > 1 else "card.only"
    return view.say(key, places=_who(top, view))


def _change(row: Any, view: View) -> Iterator[str]:
    """What changed from the year before."""
    if pd.notna(row.change):
        key = "card.rose" if row.change > 0 else "card.fell" if row.change < 0 else "card.same"
        change = view.join([number(abs(row.change)), view.label("unit", row.unit)], "", " ")
        yield view.say(key, year=int(row.from_year), change=change, growth=f"{abs(row.growth):.1f}")


def _nation(row: Any, view: View) -> Iterator[str]:
    """Where the value stands against the nation."""
    if pd.notna(row.share):
        words = {"national": view.national(row.reference_id), "reference": number(row.reference)}
        yield view.say("card.nation_same" if row.share == 100 else "card.nation", share=f"{row.share:.1f}", **words)


def _compared(rows: pd.DataFrame, view: View) -> Iterator[str]:
    """The highest value beside the year before and the nation; of places that share it, the one that is named."""
    row: Any = next(rows.itertuples())
    shared = (rows["value"] == row.value).sum() > 1
    for words in (*_change(row, view), *_nation(row, view)):
        yield view.say("card.of", place=view.place(row.region_id), words=words) if shared else words


def _low(rows: pd.DataFrame, unit: str, view: View) -> Iterator[str]:
    """Who is lowest, with how much, where places differ."""
    low = rows[rows["value"] == rows["value"].min()]
    if len(low) < len(rows):
        yield view.say("card.low", places=_who(low, view), value=told(next(low.itertuples()), view), unit=unit)


def _below(rows: pd.DataFrame, view: View) -> Iterator[str]:
    """Who is below the place above it."""
    for row in rows[rows["difference"] < 0].itertuples():
        gap = view.join([number(-row.difference), view.label("unit", row.unit)], "", " ")
        statistic = view.label("statistic", row.parent_statistic)
        words = {"place": view.place(row.region_id), "parent": view.place(row.parent_id)}
        yield view.say("card.below", value=told(row, view), gap=gap, statistic=statistic, **words)


def _sources(rows: pd.DataFrame, view: View) -> str:
    """Where the highest and the lowest figure, and what they are compared with, are printed."""
    ends = rows[rows["value"].isin([rows["value"].max(), rows["value"].min()]) | (rows["difference"] < 0)]
    above = ends["parent_figures"].where(ends["difference"] < 0)
    figures = dict.fromkeys(one for cell in [*ends["figures"], *above.dropna()] for one in cell.split(";"))
    references = rows["references"].iloc[0]
    cell = source_cell(";".join(figures), references if isinstance(references, str) else "", "", view)
    return cell.replace("<br>", escape(view.say("source.and")))


def _lines(lines: Iterable[str], view: View, more: str = "") -> str:
    return "".join(f'<p style="{_SMALL}{more}">{marked(line, view)}</p>' for line in lines)


def _title(row: Any, view: View) -> str:
    """What the figure is of; beside the English words the Chinese term."""
    own = view.data.indicators.set_index("indicator_id")["name"]
    term = f' <span lang="zh-CN">{escape(own[row.indicator_id])}</span>' if view.lang != "zh" else ""
    return f'<p style="{_SMALL}"><strong>{marked(series_words(row, view), view)}</strong>{term}</p>'


def card(rows: pd.DataFrame, view: View) -> str:
    """The card of one benefit (rows of `minsheng.highlights` of one kind), as HTML."""
    top: Any = next(rows.itertuples())
    unit = view.unit_of(rows)
    amount = f'<p style="margin:0"><span style="{_NUMBER}">{escape(told(top, view))}</span> {escape(unit)}</p>'
    said = _lines([_top(rows, view), *_compared(rows, view), *_low(rows, unit, view)], view)
    alarm = _lines(_below(rows, view), view, f";color:var(--alarm, {ALARM})")
    source = f'<p class="ms-note">{_sources(rows, view)}</p>'
    return f'<li style="{_CARD}">{_title(top, view)}{amount}{said}{alarm}{source}</li>'


def cards_html(rows: pd.DataFrame, view: View) -> str:
    """Key figures as cards, in the order of the rows (from `minsheng.highlights`); no script, and nothing outside the page."""
    cards = [card(mine.reset_index(drop=True), view) for _, mine in rows.groupby(KIND, sort=False)]
    return f'<ul style="{_GRID}">{"".join(cards)}</ul><p class="ms-note">{escape(view.say("card.rule"))}</p>'
