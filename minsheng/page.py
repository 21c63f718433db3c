"""What a notebook shows: sentences, charts with caption, source line and table, the sources at the end. As HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

import pandas as pd

from minsheng import story
from minsheng.cards import cards_html
from minsheng.charts import Chart
from minsheng.charts.intervals import heading
from minsheng.charts.svg import svg
from minsheng.neighbours import neighbours_html
from minsheng.remarks import concerned, remarks_html
from minsheng.sources import marked, methods_html, short_title, source_line, spoken
from minsheng.tabular import table_html
from minsheng.views import View


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
    else:  # a section of nothing but sentences is left out where there is none
        _display('<p class="ms-absent" hidden></p>', absent="tell")


def cards(view: View, rows: pd.DataFrame) -> None:
    """Show key figures as cards (rows of `minsheng.highlights`); say so where there is none."""
    if rows.empty:
        _absent(view, view.say("card.title"))
    else:
        _display(cards_html(rows, view))


def neighbours(view: View) -> None:
    """Show what other pages the year has, with links to those that are made beside this one."""
    _display(neighbours_html(view))


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
        _absent(view, view.say(f"section.{draw.__name__}"))
        return
    if len(rows) == 1 or (draw.__name__ == "by_place" and rows["region_id"].nunique() == 1):
        table(view, rows, section=view.say(f"section.{draw.__name__}"))  # a chart of one value or one line says less than a table
        return
    chart = draw(rows, view, **options)
    picture = svg(chart)
    _display(figure_html(chart, picture, view), chart=chart.name, svg=picture)


def _absent(view: View, title: str) -> None:
    """Note that there is nothing to show: a section with nothing else is left out of the report and named at its end."""
    _display(f'<p class="ms-absent" hidden>{escape(view.say("story.nothing", title=title))}</p>', absent=title)


def _table_title(rows: pd.DataFrame, view: View) -> str:
    """One or two indicators by name; of more, their topics and what they measure."""
    indicators = list(dict.fromkeys(rows["indicator_id"])) if "indicator_id" in rows else []
    if len(indicators) <= 2:
        return view.join(view.indicator(one) for one in indicators)
    own = view.data.indicators.set_index("indicator_id").loc[indicators]
    words = {f: view.join(view.label(f, code) for code in dict.fromkeys(own[f])) for f in ("topic", "measure")}
    return view.say("family.table", topics=words["topic"], measures=words["measure"])


def table(view: View, rows: pd.DataFrame, section: str = "") -> None:
    """Show rows as a table with its source line and flags, without a chart; say so where there is no row.

    Parameters
    ----------
    view : View
    rows : DataFrame
        Rows of a comparison, of `minsheng.latest` or of `minsheng.printed`.
    section : str, optional
        Title of the table where its rows do not give one.
    """
    listed = "topics" in rows
    section = section or view.say("section.lists" if listed else "workbook.comparison")
    if rows.empty:
        _absent(view, section)
        return
    title = heading(rows, view) if "topic" in rows else _table_title(rows, view) or section
    _display(table_html(rows, view, _capital(title), named="topic" in rows) + notes_html(rows, view))


def figure_html(chart: Chart, picture: str, view: View) -> str:
    """A chart with title, unit, picture, sources, flags and table."""
    return drawing_html(chart, picture, view) + table_html(chart.rows, view, _capital(chart.title))


def drawing_html(chart: Chart, picture: str, view: View) -> str:
    """A chart with title, unit, picture (its alternative text says the key figures), sources and flags."""
    source = quote(picture, safe=" !$'()*+,-./:;=?@_~")
    unit = (
        f' <span class="ms-unit">（{escape(chart.unit)}）</span>'
        if chart.unit and view.lang == "zh"
        else f' <span class="ms-unit">({escape(chart.unit)})</span>'
        if chart.unit
        else ""
    )
    return (
        f'<figure class="ms-figure" id="{chart.name}">'
        f'<figcaption class="ms-title">{escape(_capital(chart.title))}{unit}</figcaption>'
        f'<div class="ms-picture" tabindex="0" role="group" aria-label="{escape(chart.title)}">'
        f'<img alt="{escape(spoken(chart.alt, view))}" src="data:image/svg+xml,{source}"></div>'
        + notes_html(chart.rows, view, chart.references)
        + "</figure>"
    )


def _capital(title: str) -> str:
    """A title with a capital, whatever word it begins with."""
    return title[:1].upper() + title[1:]


def notes_html(rows: pd.DataFrame, view: View, references: Sequence[str] = ()) -> str:
    """Source line and flags of some rows.

    Examples
    --------
    >>> import minsheng as ms
    >>> seen = ms.view(2023, regions=["370103"], lang="en")
    >>> notes_html(ms.over_years(seen.levels, "medical_fiscal_subsidy"), seen).split("</p>")[0]
    '<p class="ms-note">Source: Shizhong District (Jinan) 2023 commitment list.'
    """
    notes = [source_line(rows, view, references), story.flags(rows, view)]
    return "".join(f'<p class="ms-note">{escape(note)}</p>' for note in notes if note)


def documents(view: View, rows: pd.DataFrame) -> None:
    """Show rows as a table for each document, in the order of the rows, under its name; say so where there is none."""
    if rows.empty:
        _absent(view, view.say("page.documents"))
    for document, mine in rows.groupby("document_id", sort=False):
        said = [*(["year"] if mine["year"].nunique() == 1 else []), *(["region_id"] if mine["region_id"].nunique() == 1 else [])]
        if "title" in mine:  # items: the caption says what weakens their document
            said += ["flags", *([] if mine["lead"].any() else ["lead"])]
        _display(table_html(mine.drop(columns=said), view, short_title(str(document), view), named=True))


def others(view: View, rows: pd.DataFrame) -> None:
    """Show what else documents print (rows of `minsheng.unshown`), a table for each; nothing where there is no more."""
    if rows.empty:
        _display('<p class="ms-absent" hidden></p>', absent="")
    else:
        documents(view, rows)


def definitions(view: View, cases: Iterable[tuple[str, str, list[str]]]) -> None:
    """Show how typical cases are defined, and why each component counts (`casebook.definitions`)."""
    lines = []
    for name, words, reasons in cases:
        said = "".join(f"<li>{escape(reason)}</li>" for reason in reasons)
        lines.append(f"<li><strong>{escape(name)}</strong>{escape(view.say('page.colon') + words)}<ul>{said}</ul></li>")
    _display(f'<ul class="ms-lines">{"".join(lines)}</ul>')


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
    """Show how the page was made and where its figures come from (`sources.methods_html`); in English, the Chinese terms."""
    _display(_terms_html(view, tables) + methods_html(view, *tables))


def _terms_html(view: View, tables: Iterable[pd.DataFrame]) -> str:
    """The Chinese name of each indicator of some tables, for those who read them in another language."""
    used = {one for table in tables if "indicator_id" in table for one in table["indicator_id"]} if view.lang != "zh" else set()
    names = view.data.indicators.set_index("indicator_id")["name"]
    terms = [f"{view.indicator(one)} {names[one]}" for one in sorted(used, key=view.indicator)]
    return f'<p class="ms-note">{marked(view.say("page.terms", terms="; ".join(terms)), view)}</p>' if terms else ""
