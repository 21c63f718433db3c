"""What a notebook shows: sentences, charts with caption, source line and table, the sources at the end. As HTML."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

import pandas as pd

from minsheng import __version__, story
from minsheng.charts import Chart, number
from minsheng.views import View

_NUMBERS = ("value", "value_max", "urban", "rural", "fiscal", "contribution", "total", "parent_value", "difference", "reference", "share", "previous", "change", "growth")
_SHOWN = ["region_id", "year", "indicator_id", "residence", "care", "recipient", "urban", "rural", "fiscal", "contribution", "total",
          "value", "value_max", "from_year", "previous", "change", "growth", "parent_id", "parent_value", "difference", "reference", "share", "flags", "figures"]  # fmt: skip


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
    chart = draw(rows, view, **options)
    picture = svg(chart)
    _display(figure_html(chart, picture, view), chart=chart.name, svg=picture)


def svg(chart: Chart) -> str:
    """The chart as SVG text: the same bytes for the same chart, text as outlines, nothing in it that a reader cannot see."""
    import matplotlib

    out = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": f"minsheng-{chart.name}"}):
        chart.figure.savefig(out, format="svg", metadata={"Title": chart.title, "Date": None, "Creator": None})
    return _slim(out.getvalue())


def _slim(text: str) -> str:
    """SVG without comments, metadata, needless blanks, and decimals beyond a hundredth of a point (saves a third)."""
    text = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"(\d\.\d\d)\d+", r"\1", text)
    text = re.sub(r"\s*\n\s*", " ", text).replace("> <", "><")
    return re.sub(r" ?([MLQCzZ]) ?(?=[-\d\"])", r"\1", text).strip() + "\n"


def figure_html(chart: Chart, picture: str, view: View) -> str:
    """A chart with title, unit, picture (its alternative text says the key figures), sources, flags and table."""
    source = quote(picture, safe=" !$&'()*+,-./:;=?@_~")
    unit = f' <span class="ms-unit">（{escape(chart.unit)}）</span>' if chart.unit and view.lang == "zh" else f' <span class="ms-unit">({escape(chart.unit)})</span>' if chart.unit else ""
    notes = [source_line(chart.rows, view, chart.references), story.flags(chart.rows, view)]
    return (
        f'<figure class="ms-figure" id="{chart.name}">'
        f'<figcaption class="ms-title">{escape(chart.title)}{unit}</figcaption>'
        f'<img alt="{escape(chart.alt)}" src="data:image/svg+xml,{source}">'
        + "".join(f'<p class="ms-note">{escape(note)}</p>' for note in notes if note)
        + "</figure>"
        + table_html(chart.rows, view, chart.title)
    )


def _documents_of(rows: pd.DataFrame, view: View) -> list[str]:
    columns = [column for column in ("figures", "parent_figures") if column in rows]
    ids = [one for column in columns for cell in rows[column].dropna() for one in str(cell).split(";") if one]
    return list(dict.fromkeys(view.figures[one]["document_id"] for one in ids))


def short_title(document_id: str, view: View) -> str:
    """A document as a source line names it: place, year, kind, and whether it is a draft."""
    row = view.documents[document_id]
    kind = view.label("kind", row["kind"])
    draft = f"（{view.label('stage', 'draft')}）" if view.lang == "zh" else f" ({view.label('stage', 'draft')})"
    words = view.say("source.document", place=view.place(row["region_id"]), year=row["year"], kind=kind)
    return words + (draft if row["stage"] == "draft" else "")


def source_line(rows: pd.DataFrame, view: View, references: Sequence[str] = ()) -> str:
    """Which documents and national series some rows rest on."""
    mark = view.say("source.and")
    parts = [short_title(one, view) for one in _documents_of(rows, view)]
    line = view.say("source.line", documents=mark.join(parts)) if parts else ""
    national = view.data.reference[view.data.reference["reference_id"].isin(list(references))]
    names = list(dict.fromkeys(view.national(one) for one in national["reference_id"]))
    space = "" if view.lang == "zh" else " "
    return line + (space + view.say("source.reference", names=mark.join(names)) if names else "")


def _source_cell(cell: str, derivation: str, view: View) -> str:
    """The sources of one row: document, item and the figure as printed, each linked to the list of documents."""
    parts = []
    for one in dict.fromkeys(cell.split(";")):
        row = view.figures[one]
        item = view.say("table.outside") if pd.isna(row["item"]) else view.say("table.item", item=row["item"])
        words = f"{short_title(row['document_id'], view)} {item} {view.say('table.evidence', evidence=row['evidence'])}"
        parts.append(f'<a href="#document-{escape(row["document_id"])}">{escape(words)}</a>')
    if derivation:
        parts.insert(0, escape(view.say("table.derived", derivation=derivation)))
    return "<br>".join(parts)


def _cell(row: dict[str, Any], column: str, view: View) -> str:
    value = row.get(column)
    if column == "figures":
        derivation = row.get("derivation")
        cells = ";".join(cell for cell in (value, row.get("parent_figures")) if isinstance(cell, str) and cell)
        return _source_cell(cells, derivation if isinstance(derivation, str) else "", view) if cells else ""
    if column in _NUMBERS:
        if value is None or pd.isna(value):
            return escape(view.say("table.unknown"))
        return escape(f"{value:.1f}" if column in ("share", "growth") else number(float(value)))
    if column in ("region_id", "parent_id"):
        return escape(view.place(str(value)) if value else view.say("place.nation"))
    if column in ("residence", "care"):
        return escape(view.label(column, str(value)))
    if column == "indicator_id":
        return escape(view.indicator(str(value)))
    if column == "flags":
        return escape(view.flags(str(value)))
    return escape("" if value is None or pd.isna(value) else str(value))


def _columns(rows: pd.DataFrame) -> list[str]:
    """Columns that say something: series columns only where they differ or are not plain."""
    there = [column for column in _SHOWN if column in rows]
    plain = {"residence": "all", "care": "all", "recipient": ""}
    out = [c for c in there if c not in plain or (rows[c] != plain[c]).any()]
    out = [c for c in out if c != "indicator_id" or rows[c].nunique() > 1]
    return [c for c in out if c not in ("value_max", "parent_id") or rows[c].notna().any()]


def table_html(rows: pd.DataFrame, view: View, caption: str) -> str:
    """Rows as a table: units in the header, flags in words, the source of each figure beside it."""
    columns = _columns(rows)
    if "count" in rows:
        return ""
    unit = view.unit_of(rows) if "unit" in rows else ""
    money = set(_NUMBERS) - {"share", "growth"}
    heads = []
    for column in columns:
        words = view.say(f"table.{column}")
        if column in money and unit:
            words += f"（{unit}）" if view.lang == "zh" else f" ({unit})"
        kind = ' class="ms-number"' if column in _NUMBERS else ""
        heads.append(f'<th scope="col"{kind}>{escape(words)}</th>')
    body = []
    for row in rows.to_dict("records"):
        cells = [f'<th scope="row">{_cell(row, columns[0], view)}</th>']
        for column in columns[1:]:
            kind = ' class="ms-number"' if column in _NUMBERS else f' class="ms-{column}"' if column in ("flags", "figures") else ""
            cells.append(f"<td{kind}>{_cell(row, column, view)}</td>")
        body.append("<tr>" + "".join(cells) + "</tr>")
    return (
        f'<div class="ms-scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table class="ms-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{''.join(heads)}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def methods(view: View, *tables: pd.DataFrame) -> None:
    """Show the box at the end: documents used, year basis, prices, flags, version, hash of the tables.

    Parameters
    ----------
    view : View
    *tables : DataFrame
        The comparisons of the page; the documents behind them are listed.
    """
    used = list(dict.fromkeys(one for table in tables for one in _documents_of(table, view)))
    lines = [
        view.say("page.year_basis", basis=view.say(f"page.{view.year_basis}")),
        view.say(f"page.{view.prices}", year=view.year),
        view.say("page.strict" if view.strict else "page.not_strict"),
        view.say("page.missing"),
    ]
    entries = []
    for one in used:
        row = view.documents[one]
        parts = [f"{view.say('table.issuer')}{view.say('page.colon')}{row['issuer']}" if isinstance(row["issuer"], str) else "",
                 f"{view.say('table.stage')}{view.say('page.colon')}{view.label('stage', row['stage'])}",
                 f"{view.say('table.basis')}{view.say('page.colon')}{row['year']}（{view.label('year_basis', row['year_basis'])}）" if view.lang == "zh"
                 else f"{view.say('table.basis')}{view.say('page.colon')}{row['year']} ({view.label('year_basis', row['year_basis'])})",
                 f"{view.say('table.confidence')}{view.say('page.colon')}{row['confidence']}%"]
        note = f"<br>{escape(row['note'])}" if isinstance(row["note"], str) and view.lang == "zh" else ""
        mark = view.say("source.and")
        title = f'<cite lang="zh">{escape(row["title"])}</cite>'
        entries.append(f'<li id="document-{escape(one)}">{title}<br>{escape(mark.join(p for p in parts if p))}{note}</li>')
    html = f"<ul class='ms-lines'>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"
    html += f"<h3>{escape(view.say('page.documents'))}</h3><ol class='ms-documents'>{''.join(entries)}</ol>"
    html += f'<p class="ms-note">{escape(view.say("page.version", version=__version__, digest=view.data.digest()[:16]))}</p>'
    _display(html)
