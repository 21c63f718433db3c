"""What a notebook shows: sentences, charts with caption, source line and table, the sources at the end. As HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pandas as pd

from minsheng import story
from minsheng.charts import Chart, number
from minsheng.charts.svg import svg
from minsheng.remarks import concerned, remarks_html
from minsheng.sources import methods_html, source_cell, source_line
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
)
_PERCENT = ("share", "growth")
_SHOWN = [
    "region_id",
    "year",
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
    "flags",
    "figures",
]


def _display(html: str, **metadata: Any) -> None:
    from IPython.display import publish_display_data

    publish_display_data({"text/html": html, "text/plain": ""}, {"minsheng": metadata} if metadata else {})


def tell(view: View, *groups: Iterable[str]) -> None:
    """Show sentences, a paragraph for each group."""
    html = "".join(f"<p>{escape(('' if view.lang == 'zh' else ' ').join(group))}</p>" for group in map(list, groups) if group)
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
        f'<img alt="{escape(chart.alt)}" src="data:image/svg+xml,{source}"></div>'
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
            return escape(view.say("table.unknown"))
        return escape(f"{value:.1f}" if column in _PERCENT else number(float(value)))
    if column in ("region_id", "parent_id"):
        return escape(view.place(str(value)) if value else view.say("place.nation"))
    if column in ("residence", "care"):
        return escape(view.label(column, str(value)))
    if column == "indicator_id":
        return escape(story.series_words(SimpleNamespace(**row), view))
    if column == "flags":
        return escape(view.flags(str(value)))
    return escape("" if value is None or pd.isna(value) else str(value))


def _columns(rows: pd.DataFrame) -> list[str]:
    """Columns that say something: series columns only where they differ or are not plain."""
    there = [column for column in _SHOWN if column in rows]
    plain = {"residence": "all", "care": "all", "recipient": ""}
    if "indicator_id" in rows and rows["indicator_id"].nunique() > 1:
        return [c for c in there if c not in plain and c not in ("value_max", "from_year")]
    out = [c for c in there if c not in plain or (rows[c] != plain[c]).any()]
    out = [c for c in out if c not in ("indicator_id", "from_year")]
    return [c for c in out if c not in ("value_max", "parent_id") or rows[c].notna().any()]


def table_html(rows: pd.DataFrame, view: View, caption: str) -> str:
    """Rows as a table: units in the header, flags in words, the source of each figure beside it."""
    columns = _columns(rows)
    if "count" in rows:
        return ""
    mixed = "unit" in rows and len(rows[["unit", "per"]].drop_duplicates()) > 1
    unit = view.unit_of(rows) if "unit" in rows and not mixed else ""
    if mixed:  # rows of several units say each its own
        rows = rows.assign(in_unit=[view.unit(u, p) for u, p in zip(rows["unit"], rows["per"], strict=True)])
        columns.insert(columns.index("value"), "in_unit")
    heads = []
    for column in columns:
        words = view.say(f"table.{column}")
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


def findings(view: View, *tables: pd.DataFrame) -> None:
    """Show what the audit found about the figures of some tables, and about the year of their documents.

    Parameters
    ----------
    view : View
    *tables : DataFrame
        The comparisons of the page. None at all: every figure of the documents that print one for the year in question.
    """
    if not tables:
        year = view.printed["document_id"][(view.printed["year"] == view.year) & (view.printed["role"] != "baseline")]
        tables = (view.printed[view.printed["document_id"].isin(year)],)
    rows = concerned(view, tables)
    if rows.empty:  # a page leaves the section out, and names no figures that it lacks
        _display(f'<p class="ms-absent">{escape(view.say("audit.silent"))}</p>', absent="")
    else:
        _display(remarks_html(view, rows))


def methods(view: View, *tables: pd.DataFrame) -> None:
    """Show how the page was made and where its figures come from (`sources.methods_html`)."""
    _display(methods_html(view, *tables))
