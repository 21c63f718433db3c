"""Where the figures of a page come from: source lines, source cells, and the list of documents and figures at its end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import pandas as pd

from minsheng import __version__
from minsheng.charts import number
from minsheng.charts.marks import grouped
from minsheng.labels import calculation
from minsheng.tables import digest
from minsheng.views import View

_HAN = re.compile("[\u3000-\u9fff\uff00-\uffef·]+")


def marked(words: str, view: View) -> str:
    """Words as HTML; on an English page what is Chinese in them (a recipient, a heading) is marked as such."""
    html = escape(words)
    return html if view.lang == "zh" else _HAN.sub(lambda found: f'<span lang="zh-CN">{found[0]}</span>', html)


def spoken(words: str, view: View) -> str:
    """Words for an attribute, which cannot say what of them is Chinese: on an English page without recipients' names.

    Examples
    --------
    >>> import minsheng as ms
    >>> spoken("funds (小学) 1150; homes · 开工 600", ms.view(2024, lang="en"))
    'funds 1150; homes 600'
    """
    return words if view.lang == "zh" else re.sub(rf" ?[(“]?{_HAN.pattern}[)”]?", "", words)


def documents_of(rows: pd.DataFrame, view: View) -> list[str]:
    """The documents that some rows rest on, in the order of the rows."""
    columns = [column for column in ("figures", "parent_figures") if column in rows]
    ids = [one for column in columns for cell in rows[column].dropna() for one in str(cell).split(";") if one]
    if not columns and "document_id" in rows:  # rows of items rest on their document itself
        return list(dict.fromkeys(rows["document_id"]))
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
    parts = [short_title(one, view) for one in documents_of(rows, view)]
    line = view.say("source.line", documents=mark.join(parts)) if parts else ""
    national = view.data.reference[view.data.reference["reference_id"].isin(list(references))]
    names = list(dict.fromkeys(view.national(one) for one in national["reference_id"]))
    space = "" if view.lang == "zh" else " "
    return line + (space + view.say("source.reference", names=mark.join(names)) if names else "")


def source_cell(cell: str, references: str, derivation: str, view: View) -> str:
    """The sources of one row: each document and item, linked to its figures in the list at the end of the page, and the
    national values held against it.
    """
    first: dict[tuple[str, Any], str] = {}
    for one in cell.split(";") if cell else []:
        row = view.figures[one]
        first.setdefault((row["document_id"], row["item"] if isinstance(row["item"], str) else ""), one)
    links = []
    for (document, item), one in first.items():
        own = view.documents[document]
        words = view.say("source.short", place=view.place(own["region_id"]), year=own["year"])
        where = view.say("table.item", item=item) if item else view.say("table.outside")
        links.append(f'<a href="#figure-{escape(one)}">{escape(f"{words} {where}")}</a>')
    for one in references.split(";") if references else []:
        words = view.say("chart.national", year=one.split(":")[1]).strip()
        links.append(f'<a href="#reference-{escape(one.replace(":", "-"))}">{escape(words)}</a>')
    return "<br>".join([escape(view.say("table.derived", derivation=calculation(derivation)))] * bool(derivation) + links)


def _figures_of(document_id: str, tables: Iterable[pd.DataFrame], view: View) -> list[str]:
    """The figures of a document that some tables rest on, in the order of the table of figures."""
    columns = [table[c] for table in tables for c in ("figures", "parent_figures") if c in table]
    ids = {one for column in columns for cell in column.dropna() for one in str(cell).split(";")}
    return [one for one in view.figures.among(ids) if view.figures[one]["document_id"] == document_id]


def _findings_links(figure_id: str, view: View) -> str:
    """Links to what the page tells of a figure among its findings."""
    told = dict.fromkeys(n for row, n in view.told.items() if figure_id in view.findings["figures"].at[row].split(";"))
    return "".join(f' <a href="#finding-{n}">{escape(view.say("audit.number", number=n))}</a>' for n in told)


def _figure_entry(figure_id: str, view: View) -> str:
    """One printed figure: item, what it is, value, as printed, doubt."""
    row = view.figures[figure_id]
    where = view.say("table.item", item=row["item"]) if isinstance(row["item"], str) else view.say("table.outside")
    unit = view.unit(row["unit"], row["per"] if isinstance(row["per"], str) else "")
    kind = [view.label(f, row[f]) for f in ("residence", "care") if row[f] != "all"] + (
        [view.recipient(row["recipient"])] if isinstance(row["recipient"], str) else []
    )
    name = view.join([view.indicator(row["indicator_id"]), *kind], " ", ", ")
    amount = "–".join(grouped(row[bound]) for bound in ("value", "value_max") if pd.notna(row[bound]))
    value = view.join([amount, unit], "", " ")
    doubt = "" if row["quality"] == "ok" else f" [{view.label('quality', row['quality'])}]"
    note = f" {row['note']}" if isinstance(row["note"], str) else ""
    quote = f'<q lang="zh-CN">{escape(row["evidence"])}</q>'
    year = view.say("page.brackets", words=row["year"])
    words = f"{where} {name}{view.say('page.colon')}{view.label('role', row['role'])} {value}{year}"
    after = marked(doubt + note, view) + _findings_links(figure_id, view)
    return f'<li id="figure-{escape(figure_id)}">{marked(words, view)} {quote}{after}</li>'


def _document_entry(document_id: str, figures: Sequence[str], view: View) -> str:
    """One document with what is known of it, and its figures."""
    row, colon = view.documents[document_id], view.say("page.colon")
    parts = [view.say("table.issuer") + colon + row["issuer"]] if isinstance(row["issuer"], str) else []
    parts += [
        view.say("table.stage") + colon + view.label("stage", row["stage"]),
        view.say("table.basis")
        + colon
        + view.say("page.basis", year=row["year"], basis=view.label("year_basis", row["year_basis"])),
        view.say("table.confidence") + colon + f"{row['confidence']}%",
    ]
    notes = [row[name] for name in (["note"] if view.lang == "zh" else ["note_en", "note"]) if isinstance(row[name], str)]
    note = f"<br>{marked(notes[0], view)}" if notes else ""
    title = f'<cite lang="zh-CN">{escape(row["title"])}</cite>' + (
        f" {escape(short_title(document_id, view))}" if view.lang == "en" else ""
    )
    lines = "".join(_figure_entry(one, view) for one in figures)
    known = marked(view.join(parts, "；", "; "), view)
    return f'<li id="document-{escape(document_id)}">{title}<br>{known}{note}<ul>{lines}</ul></li>'


def behind_html(rows: pd.DataFrame, view: View) -> str:
    """The documents and figures behind some rows, as the list at the end of a page has them; nothing links to it."""
    entries = [_document_entry(one, _figures_of(one, [rows], view), view) for one in documents_of(rows, view)]
    return re.sub(r' id="[^"]*"', "", f'<ol class="ms-documents">{"".join(entries)}</ol>')


def _references_of(tables: Iterable[pd.DataFrame], view: View) -> pd.DataFrame:
    """National values that a page shows: those held against its rows, and the series of its indicators over its years."""
    tables = [table for table in tables if len(table)]
    named = {one for table in tables if "references" in table for cell in table["references"].dropna() for one in cell.split(";")}
    indicators = {one for table in tables if "indicator_id" in table for one in table["indicator_id"]}
    series = view.data.indicators[view.data.indicators["indicator_id"].isin(indicators)]["reference_id"].dropna().str.split(";")
    years = [view.year, *(int(year) for table in tables if "year" in table for year in table["year"])]
    rows = view.data.reference
    shown = rows["reference_id"].isin(series.explode()) & rows["year"].between(min(years), max(years))
    return rows[shown | (rows["reference_id"] + ":" + rows["year"].astype("str")).isin(named)]


def _reference_entry(row: Any, view: View) -> str:
    """One national value: series, year, value, who published it where, and how it follows if it was not published."""
    value = view.join([number(row.value), view.unit(row.unit, row.per if isinstance(row.per, str) else "")], "", " ")
    where = "，".join(one for one in (row.issuer, row.title, row.document_number) if isinstance(one, str))
    how = f" [{view.label('status', row.status)}]" if row.status != "published" else ""
    words = f"{view.national(row.reference_id)} {row.year}{view.say('page.colon')}{value}{how}"
    key = escape(f"reference-{row.reference_id}-{row.year}")
    return f'<li id="{key}">{escape(words)} <cite lang="zh-CN">{escape(where)}</cite></li>'


def _digest(documents: Sequence[str], figures: Sequence[str], references: pd.DataFrame, view: View) -> str:
    """Hash of the rows of the tables that a page lists."""
    data = view.data
    return digest(
        {
            "documents": data.documents[data.documents["document_id"].isin(documents)],
            "figures": data.figures[data.figures["figure_id"].isin(figures)],
            "reference": references,
        }
    )


def methods_html(view: View, *tables: pd.DataFrame) -> str:
    """The box at the end: documents used, year basis, prices, flags, version, hash of the tables.

    Parameters
    ----------
    view : View
    *tables : DataFrame
        The comparisons of the page; the documents and figures behind them are listed.

    Returns
    -------
    str
        HTML.
    """
    tables = (*tables, view.findings.loc[list(view.told)]) if view.told else tables
    used = list(dict.fromkeys(one for table in tables for one in documents_of(table, view)))
    references = _references_of(tables, view)
    lines = [
        view.say("page.year_basis", basis=view.say(f"page.{view.year_basis}")),
        view.say(f"page.{view.prices}", year=view.year),
        view.say("page.strict" if view.strict else "page.not_strict"),
        view.say("page.missing"),
    ]
    entries = [_document_entry(one, _figures_of(one, tables, view), view) for one in used]
    html = f'<ul class="ms-lines">{"".join(f"<li>{escape(line)}</li>" for line in lines)}</ul>'
    html += f'<h3>{escape(view.say("page.documents"))}</h3><ol class="ms-documents">{"".join(entries)}</ol>'
    national = [_reference_entry(row, view) for row in references.itertuples()]
    if national:
        html += f'<h3>{escape(view.say("page.national"))}</h3><ul class="ms-lines">{"".join(national)}</ul>'
    hash_ = _digest(used, [one for document in used for one in _figures_of(document, tables, view)], references, view)
    html += f'<p class="ms-note">{escape(view.say("page.rows_version", version=__version__, digest=hash_[:16]))}</p>'
    return html
