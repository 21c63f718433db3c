"""Rows of a choice as something to look at: the chart that suits them, a table whose rows show their source, and files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import pandas as pd

from minsheng.charts import Chart, by_place, by_series, intervals, paths
from minsheng.charts.marks import grouped
from minsheng.charts.svg import svg
from minsheng.page import drawing_html, notes_html
from minsheng.places import PACKAGE
from minsheng.shelves import SPLITS
from minsheng.sources import behind_html, marked
from minsheng.views import View

_LINES, _PANELS, _ROWS = 24, 4, 100
"""How many lines and panels a chart has, and how many rows a table: more are counted, and are in the files."""


def publish(html: str) -> None:
    """Show HTML under a cell."""
    from IPython.display import publish_display_data

    publish_display_data({"text/html": html, "text/plain": ""})


def of_rows(view: View, rows: pd.DataFrame) -> View:
    """The view with no more figures than those behind some rows: what it tells of them takes no longer in a large table."""
    ids = {one for cell in rows["figures"] for one in cell.split(";")}
    figures = view.data.figures[view.data.figures["figure_id"].isin(ids)]
    documents = view.data.documents[view.data.documents["document_id"].isin(figures["document_id"])]
    return replace(view, data=replace(view.data, figures=figures, documents=documents))


def _differ(rows: pd.DataFrame) -> list[str]:
    return [column for column in SPLITS if rows[column].nunique() > 1]


def _within(rows: pd.DataFrame, column: str, most: int) -> pd.DataFrame:
    """Rows of the first so many values of a column."""
    return rows[rows[column].isin(list(dict.fromkeys(rows[column]))[:most])]


def suited(rows: pd.DataFrame, view: View) -> tuple[Callable[..., Chart], pd.DataFrame, dict[str, str]] | None:
    """The chart that suits some rows, those of them that it has room for, and its options; None where a table says it all.

    Figures as printed are listed, one line each; the standards of one year stand by place, those of several years as paths.
    A chart has one unit: rows of several have none.
    """
    if len(rows) < 2 or len(rows[["unit", "per"]].drop_duplicates()) > 1:
        return None
    if "role" in rows:
        return intervals, rows.head(_LINES), {}
    late = rows["flags"].str.contains("stale")
    one_year = bool(((rows["year"] == view.year) | late).all())
    if one_year and rows["region_id"].nunique() == 1:
        return by_series, rows.head(_LINES), {}
    for column in _differ(rows)[1:]:  # a chart lays one column side by side
        rows = rows[rows[column] == rows[column].mode()[0]]
    column = (_differ(rows) or ["residence"])[0]
    if one_year:
        return by_place, _within(rows, "region_id", _LINES), {"split": column}
    return paths, _within(_within(rows, column, _PANELS), "region_id", _LINES // 2), {"split": column}


@dataclass(frozen=True)
class Picture:
    """A chart, and the same as SVG text."""

    chart: Chart
    drawing: str


def picture(rows: pd.DataFrame, view: View) -> Picture | None:
    """The chart of some rows, or None (`suited`). Rows of one year are told as of that year."""
    if rows["year"].nunique() == 1 and view.prices == "nominal":
        view = replace(view, year=int(rows["year"].iloc[0]))
    found = suited(rows, view)
    if found is None:
        return None
    draw, drawn, options = found
    chart = draw(drawn, view, name="exhibit", **options)
    return Picture(chart, svg(chart))


def _amount(row: Any, view: View, mixed: bool) -> str:
    ends = [grouped(end) for end in (row.value, row.value_max) if pd.notna(end)]
    return "–".join(ends) + (f" {view.unit(row.unit, row.per)}" if mixed else "")


def _cells(row: Any, view: View, columns: list[str], mixed: bool) -> list[str]:
    said = {
        "region_id": view.place(row.region_id),
        "year": str(row.year),
        "value": _amount(row, view, mixed),
        "flags": view.flags(row.flags),
    }
    return [marked(said.get(c) or ("" if c == "flags" else view.series(c, getattr(row, c))), view) for c in columns]


def _line(cells: list[str], kinds: list[str], source: str) -> str:
    """A row that can be picked by a click anywhere on it or by the arrow keys, and its source, which shows when it is."""
    first = f'<th scope="row"><label><input type="radio" name="row"> {cells[0]}</label></th>'
    rest = "".join(f"<td{kind}>{cell}</td>" for cell, kind in zip(cells[1:], kinds[1:], strict=True))
    return f'<tr>{first}{rest}</tr><tr class="ms-behind"><td colspan="{len(cells)}">{source}</td></tr>'


def _behind(rows: pd.DataFrame, at: int, view: View) -> str:
    """The source of one row: how it was derived, and the documents and figures behind it."""
    steps = rows["derivation"].iloc[at] if "derivation" in rows else ""
    told = view.say("table.derived", derivation=steps.replace("-", "−")) if isinstance(steps, str) and steps else ""
    return (f'<p class="ms-note">{escape(told)}</p>' if told else "") + behind_html(rows.iloc[[at]], view)


def picking_html(rows: pd.DataFrame, view: View) -> str:
    """Rows as a table that shows the source of the row that is picked, without a script: by click or by keyboard.

    Parameters
    ----------
    rows : DataFrame
        Rows of a comparison of standards, or of figures as printed.
    view : View

    Returns
    -------
    str
        HTML; of a long table its first rows, and a line that says how many there are.
    """
    mixed = len(rows[["unit", "per"]].drop_duplicates()) > 1
    columns = ["region_id", "year", *_differ(rows), "value", "flags"]
    heads = [view.say(f"table.{c}") for c in columns]
    heads[-2] += "" if mixed else f"<br>{escape(view.unit_of(rows))}"
    kinds = [' class="ms-number"' if column == "value" else "" for column in columns]
    head = "".join(f'<th scope="col"{kind}>{one}</th>' for one, kind in zip(heads, kinds, strict=True))
    shown = rows.head(_ROWS)
    lines = [_line(_cells(row, view, columns, mixed), kinds, _behind(shown, n, view)) for n, row in enumerate(shown.itertuples())]
    told = (
        view.say("explore.first_rows", shown=len(shown), count=len(rows)) if len(rows) > len(shown) else view.say("explore.pick")
    )
    return (
        f'<form class="ms-rows" method="dialog"><p class="ms-note">{escape(told)}</p><table class="ms-table">'
        f"<thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table></form>"
    )


def style_html() -> str:
    """The style of what is shown here, for where a page has none of its own."""
    return f"<style>{(PACKAGE / 'templates' / 'explorer.css').read_text(encoding='utf-8')}</style>"


def _alike(rows: pd.DataFrame, view: View) -> str:
    """What all rows of a chart are for, in brackets."""
    codes = [(column, rows[column].iloc[0]) for column in SPLITS if rows[column].nunique() == 1]
    words = [view.series(column, code) for column, code in codes if code not in ("all", "")]
    return view.say("page.brackets", words=view.join(words)) if words else ""


def picture_html(shown: Picture, view: View, count: int) -> str:
    """A chart with its title, sources and flags; a line says how many of `count` rows it shows where it is not all."""
    drawn = len(shown.chart.rows)
    part = view.say("explore.part", drawn=drawn, count=count, which=_alike(shown.chart.rows, view)) if drawn < count else ""
    return drawing_html(shown.chart, shown.drawing, view) + (f'<p class="ms-note">{escape(part)}</p>' if part else "")


def exhibit_html(shown: Picture | None, rows: pd.DataFrame, view: View) -> str:
    """The chart of some rows (or their sources, where there is none) and the table whose rows show their source."""
    notes = picture_html(shown, view, len(rows)) if shown else notes_html(rows, view)
    return f'<div class="ms-exhibit">{style_html()}{notes}{picking_html(rows, view)}</div>'


def exhibit(view: View, rows: pd.DataFrame) -> None:
    """Show rows as the explorer does: the chart that suits them, and a table that tells the source of each row.

    Parameters
    ----------
    view : View
        Its language, year and prices are those of the rows.
    rows : DataFrame
        Rows of `minsheng.across`, `minsheng.over_years` or `minsheng.printed`.

    Returns
    -------
    None
        It is shown under the cell; outside a notebook nothing is.

    Examples
    --------
    >>> import minsheng as ms
    >>> seen = ms.view(2024, lang="en")
    >>> rows = ms.across(seen.levels, "orphan_standard", 2024, care="dispersed")
    >>> ms.exhibit(seen, rows)  # doctest: +SKIP
    """
    if rows.empty:
        publish(f'<p class="ms-note">{escape(view.say("explore.empty"))}</p>')
        return
    view = of_rows(view, rows)
    publish(exhibit_html(picture(rows, view), rows, view))
