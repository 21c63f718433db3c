"""The tables of a report as an Excel workbook: the standards compared, and every figure behind them."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from minsheng import __version__
from minsheng.codebook import contents, dictionary, notes, tables, tabs, vocabularies
from minsheng.excel_charts import draw, drawings
from minsheng.excerpts import excerpts
from minsheng.sheets import cell, fit, looks, place, repack, write
from minsheng.views import View


def _describe(book: Any, view: View, title: str) -> None:
    """Title, language and what it is, where a file manager and a screen reader look for them."""
    own = book.properties
    own.title, own.subject = fit(title), view.say("sheet.intro", year=view.year)
    own.creator, own.language = f"minsheng {__version__}", "zh-CN" if view.lang == "zh" else "en"
    own.created = dt.datetime(2020, 1, 1)


def _cover(view: View) -> list[str]:
    """What a reader must know before anything else, a line each."""
    lines = [view.say("sheet.intro", year=view.year), view.say("sheet.not_a_sample")]
    if view.regions:
        lines.append(view.say("sheet.places", places=view.named(view.regions)))
    lines += [
        view.say("page.year_basis", basis=view.say(f"page.{view.year_basis}")),
        view.say(f"page.{view.prices}", year=view.year),
        view.say("page.strict" if view.strict else "page.not_strict"),
        view.say("page.missing"),
        view.say("page.version", version=__version__, digest=view.data.digest()[:16]),
    ]
    return [*lines, *(view.say(f"sheet.{one}") for one in ("cite", "licence", "language"))]


def _write_cover(book: Any, view: View, title: str, styles: dict[str, Any], start: str) -> None:
    page = book.worksheets[0]
    page.title = view.say("sheet.cover")
    for row, line in enumerate([title, *_cover(view)], start=1):
        cell(page, row, 1, line, styles["title" if row == 1 else "line"])
    cell(page, page.max_row + 1, 1, view.say("sheet.contents"), styles["back"], start)
    page.column_dimensions["A"].width = 100
    page.page_setup.paperSize, page.page_setup.fitToHeight = 9, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def workbook(view: View, title: str) -> bytes:
    """The workbook of a report.

    Parameters
    ----------
    view : View
    title : str
        Title on the cover.

    Returns
    -------
    bytes
        An .xlsx: cover, contents, notes; the standards of the view, the comparisons of its year, what the audit found;
        native charts; then the tables, the dictionary of their columns, and the vocabularies. One table a sheet; a table
        without rows has none, and the contents say so. The same view gives the same bytes.
    """
    from openpyxl import Workbook

    book = Workbook()
    styles = looks(book)
    drawn = {one.sheet.code: one for one in drawings(view)}
    sheets = [notes(view), *excerpts(view), *(one.sheet for one in drawn.values()), *tables(view)]
    sheets += [dictionary(view), vocabularies(view)]
    first = contents(view, sheets)
    links = {one.code: one.targets() for one in sheets if one.key} | {"tabs": tabs(sheets)}
    _describe(book, view, title)
    _write_cover(book, view, title, styles, place(first.name))
    back = {first.code: (view.say("sheet.to_cover"), place(view.say("sheet.cover")))}
    for sheet in (one for one in [first, *sheets] if len(one.table)):
        page = book.create_sheet(sheet.name)
        write(page, sheet, styles, links, back.get(sheet.code, (view.say("sheet.to_contents"), place(first.name))))
        if sheet.code in drawn:
            draw(page, drawn[sheet.code], view)
    out = io.BytesIO()
    book.save(out)
    return repack(out.getvalue())
