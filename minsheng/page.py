"""What a notebook shows: sentences, charts with caption, source line and table, the sources at the end. As HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pandas as pd

from minsheng import story
from minsheng.charts import Chart
from minsheng.charts.intervals import grouped, heading
from minsheng.charts.progress import part_of_plan
from minsheng.charts.svg import svg
from minsheng.sources import marked, methods_html, short_title, source_cell, source_line, spoken
from minsheng.views import View

_NUMBERS = (
    "value",
    "value_max",
    "urban",
    "rural",
    "fiscal",
    "contribution",
    "total",
    "parent_value",
    "difference",
    "reference",
    "share",
    "previous",
    "change",
    "growth",
    "target",
    "other_target",
    "achieved",
    "progress",
    "printed_share",
    "items",
    "topics",
    "effective",
    "top_share",
)
_PERCENT = ("share", "growth", "progress", "printed_share", "top_share")
_ROUNDED = ("share", "growth", "top_share", "effective")
_SHOWN = [
    "document_id",
    "region_id",
    "year",
    "item",
    "title",
    "topic",
    "lead",
    "items",
    "topics",
    "effective",
    "top",
    "top_share",
    "indicator_id",
    "residence",
    "care",
    "recipient",
    "urban",
    "rural",
    "fiscal",
    "contribution",
    "total",
    "value",
    "value_max",
    "from_year",
    "previous",
    "change",
    "growth",
    "parent_id",
    "parent_value",
    "difference",
    "reference",
    "share",
    "target",
    "other_target",
    "achieved",
    "progress",
    "printed_share",
    "flags",
    "figures",
]
_SILENT = ("value_max", "other_target", "progress")
"""Columns in which an empty cell says nothing: elsewhere it says that a number is not known."""
_OPTIONAL = (*_SILENT, "target", "achieved", "printed_share", "parent_id")
"""Columns that are left out where no row has a value."""


def _display(html: str, **metadata: Any) -> None:
    from IPython.display import publish_display_data

    publish_display_data({"text/html": html, "text/plain": ""}, {"minsheng": metadata} if metadata else {})


def tell(view: View, *groups: Iterable[str]) -> None:
    """Show sentences, a paragraph for each group."""
    html = "".join(
        f"<p>{marked(('' if view.lang == 'zh' else ' ').join(group), view)}</p>" for group in map(list, groups) if group
    )
    if html:
        _display(html)


def show(view: View, draw: Callable[..., Chart], rows: pd.DataFrame, **options: Any) -> None:
    """Draw a chart and show it with its caption, source line, flags and table; say so where there is nothing to draw.

    Parameters
    ----------
    view : View
    draw : function
        One of `minsheng.charts`.
    rows : DataFrame
        Rows of the comparison that the chart draws.
    **options
        For the chart (``name``, ``split`` ...).
    """
    if rows.empty:
        title = view.say(f"section.{draw.__name__}")
        _display(f'<p class="ms-absent">{escape(view.say("story.nothing", title=title))}</p>', absent=title)
        return
    if len(rows) == 1:  # a chart of one value says less than its line in a table
        title = view.say(f"section.{draw.__name__}")
        _display(table_html(rows, view, title) + notes_html(rows, view))
        return
    chart = draw(rows, view, **options)
    picture = svg(chart)
    _display(figure_html(chart, picture, view), chart=chart.name, svg=picture)


def figure_html(chart: Chart, picture: str, view: View) -> str:
    """A chart with title, unit, picture (its alternative text says the key figures), sources, flags and table."""
    source = quote(picture, safe=" !$&'()*+,-./:;=?@_~")
    unit = (
        f' <span class="ms-unit">（{escape(chart.unit)}）</span>'
        if chart.unit and view.lang == "zh"
        else f' <span class="ms-unit">({escape(chart.unit)})</span>'
        if chart.unit
        else ""
    )
    return (
        f'<figure class="ms-figure" id="{chart.name}">'
        f'<figcaption class="ms-title">{escape(chart.title)}{unit}</figcaption>'
        f'<div class="ms-picture" tabindex="0" role="group" aria-label="{escape(chart.title)}">'
        f'<img alt="{escape(spoken(chart.alt, view))}" src="data:image/svg+xml,{source}"></div>'
        + notes_html(chart.rows, view, chart.references)
        + "</figure>"
        + table_html(chart.rows, view, chart.title)
    )


def notes_html(rows: pd.DataFrame, view: View, references: Sequence[str] = ()) -> str:
    """Source line and flags of some rows."""
    notes = [source_line(rows, view, references), story.flags(rows, view)]
    return "".join(f'<p class="ms-note">{escape(note)}</p>' for note in notes if note)


def _cell(row: dict[str, Any], column: str, view: View) -> str:
    value = row.get(column)
    if column == "figures":
        derivation = row.get("derivation")
        cells = ";".join(cell for cell in (value, row.get("parent_figures")) if isinstance(cell, str) and cell)
        references = row.get("references")
        derived = derivation if isinstance(derivation, str) else ""
        return source_cell(cells, references if isinstance(references, str) else "", derived, view)
    if column in _NUMBERS:
        if value is None or pd.isna(value):
            return "" if column in _SILENT else escape(view.say("table.unknown"))
        if column == "progress":
            return escape(part_of_plan(float(value), 2))
        return escape(f"{value:.1f}" if column in _ROUNDED else grouped(float(value)))
    if column in ("region_id", "parent_id"):
        return escape(view.place(str(value)) if value else view.say("place.nation"))
    if column in ("residence", "care"):
        return escape(view.label(column, str(value)))
    if column in ("topic", "top"):
        return escape(view.join(view.label("topic", one) for one in str(value).split(";")))
    if column == "document_id":
        return f'<a href="#document-{escape(str(value))}">{escape(short_title(str(value), view))}</a>'
    if column == "item":
        return f'<a href="#document-{escape(str(row["document_id"]))}">{escape(str(value))}</a>'
    if column == "lead":
        return marked(view.join(str(value).split(";")), view)
    if column == "indicator_id":
        return marked(story.series_words(SimpleNamespace(**row), view), view)
    if column == "flags":
        return escape(view.flags(str(value)))
    return marked("" if value is None or pd.isna(value) else str(value), view)


def _columns(rows: pd.DataFrame, named: bool) -> list[str]:
    """Columns that say something: series columns only where they differ or are not plain (`named`: the indicator always)."""
    there = [c for c in _SHOWN if c in rows and (c not in _OPTIONAL or rows[c].notna().any())]
    if "figures" in rows:  # the source of each row names its document and item
        there = [c for c in there if c not in ("document_id", "item") and (c != "topic" or rows[c].nunique() > 1)]
    if "title" in rows:  # an item's number leads to its document
        there = [c for c in there if c != "document_id"]
    plain = {"residence": "all", "care": "all", "recipient": ""}
    if "indicator_id" in rows and (named or rows["indicator_id"].nunique() > 1):
        return [c for c in there if c not in plain and c != "from_year"]
    out = [c for c in there if c not in plain or (rows[c] != plain[c]).any()]
    return [c for c in out if c not in ("indicator_id", "from_year")]


def table_html(rows: pd.DataFrame, view: View, caption: str, named: bool = False) -> str:
    """Rows as a table: units in the header, flags in words, the source of each figure beside it."""
    columns = _columns(rows, named)
    if "count" in rows:
        return ""
    mixed = "unit" in rows and len(rows[["unit", "per"]].drop_duplicates()) > 1
    unit = view.unit_of(rows) if "unit" in rows and not mixed else ""
    if mixed:  # rows of several units say each its own
        rows = rows.assign(in_unit=[view.unit(u, p) for u, p in zip(rows["unit"], rows["per"], strict=True)])
        columns.insert(min(columns.index(c) for c in ("value", "target", "achieved") if c in columns), "in_unit")
    heads = []
    for column in columns:
        words = view.say("table.number" if column == "item" else f"table.{column}")
        if column in _NUMBERS and column not in _PERCENT and unit:
            words += "\n" + unit
        kind = ' class="ms-number"' if column in _NUMBERS else ""
        heads.append(f'<th scope="col"{kind}>{escape(words).replace(chr(10), "<br>")}</th>')
    body = []
    for row in rows.to_dict("records"):
        cells = [f'<th scope="row">{_cell(row, columns[0], view)}</th>']
        for column in columns[1:]:
            kind = (
                ' class="ms-number"' if column in _NUMBERS else f' class="ms-{column}"' if column in ("flags", "figures") else ""
            )
            cells.append(f"<td{kind}>{_cell(row, column, view)}</td>")
        body.append("<tr>" + "".join(cells) + "</tr>")
    return (
        f'<div class="ms-scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f'<table class="ms-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{''.join(heads)}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def table(view: View, rows: pd.DataFrame) -> None:
    """Show rows as a table without a chart; say so where there is no row."""
    title = view.say("section.lists" if "topics" in rows else "section.intervals")
    if rows.empty:
        _display(f'<p class="ms-absent">{escape(view.say("story.nothing", title=title))}</p>', absent=title)
        return
    _display(table_html(rows, view, heading(rows, view) if "topic" in rows else title, named=True) + notes_html(rows, view))


def documents(view: View, rows: pd.DataFrame) -> None:
    """Show rows as a table for each document, in the order of the rows, under its name; say so where there is none."""
    if rows.empty:
        title = view.say("page.documents")
        _display(f'<p class="ms-absent">{escape(view.say("story.nothing", title=title))}</p>', absent=title)
    for document, mine in rows.groupby("document_id", sort=False):
        said = ["year", *(["region_id"] if mine["region_id"].nunique() == 1 else [])]
        if "title" in mine:  # items: the caption says what weakens their document
            said += ["flags", *([] if mine["lead"].any() else ["lead"])]
        _display(table_html(mine.drop(columns=said), view, short_title(str(document), view), named=True))


def methods(view: View, *tables: pd.DataFrame) -> None:
    """Show how the page was made and where its figures come from (`sources.methods_html`)."""
    _display(methods_html(view, *tables))
