"""Rows of a choice to take along: as CSV, as a workbook, as a picture; each as a link that carries the file itself."""

from __future__ import annotations

import io
from base64 import b64encode
from dataclasses import replace
from html import escape

import pandas as pd

from minsheng.codebook import tables
from minsheng.excerpts import listing
from minsheng.sheets import looks, place, write
from minsheng.views import View

_MIME = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "svg": "image/svg+xml"}


def link_html(words: str, name: str, content: bytes) -> str:
    """A link that saves the file it carries: no server is asked.

    Examples
    --------
    >>> link_html("CSV", "rows.csv", b"a,b")
    '<a class="ms-file" download="rows.csv" href="data:text/csv;base64,YSxi">CSV</a>'
    """
    body = f"data:{_MIME[name.rsplit('.', 1)[1]]};base64,{b64encode(content).decode()}"
    return f'<a class="ms-file" download="{escape(name)}" href="{body}">{escape(words)}</a>'


def csv_file(rows: pd.DataFrame, view: View) -> bytes:
    """The rows as tidy CSV in UTF-8, the names of place and indicator at their end."""
    names = {
        "place": [view.place(one) for one in rows["region_id"]],
        "indicator": [view.indicator(one) for one in rows["indicator_id"]],
    }
    text: str = rows.assign(**names).to_csv(index=False, lineterminator="\n", float_format="%.10g")
    return text.encode()


def workbook_file(rows: pd.DataFrame, view: View, title: str) -> bytes:
    """The rows as a workbook: a sheet of them in words, then the figures and documents behind them, linked.

    Parameters
    ----------
    rows : DataFrame
        At least one row of a comparison of standards, or of figures as printed.
    view : View
        With the figures behind the rows and no others (`displays.of_rows`).
    title : str
        Title of the first sheet.

    Returns
    -------
    bytes
        An .xlsx.
    """
    from openpyxl import Workbook

    book = Workbook()
    styles = looks(book)
    first = replace(listing(view, "standards", rows, view.say(f"page.{view.prices}", year=view.year)), title=title)
    sheets = [first, *(one for one in tables(view) if one.code in ("figures", "documents"))]
    links = {one.code: one.targets() for one in sheets if one.key}
    for sheet in sheets:
        write(book.create_sheet(sheet.name), sheet, styles, links, (view.say("explore.first_sheet"), place(first.name)))
    book.remove(book.worksheets[0])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def links_html(rows: pd.DataFrame, view: View, title: str, drawing: str) -> str:
    """Links to all files of some rows: CSV, workbook, and their chart (SVG text) where there is one."""
    name = str(rows["indicator_id"].iloc[0])
    files = {"csv": csv_file(rows, view), "xlsx": workbook_file(rows, view, title)}
    files |= {"svg": drawing.encode()} if drawing else {}
    links = [link_html(view.say(f"explore.{kind}"), f"{name}.{kind}", content) for kind, content in files.items()]
    return f'<div class="ms-exhibit">{"".join(links)}</div>'
