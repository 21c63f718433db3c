"""A copy of a workbook with its faults marked where they are."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from minsheng.faults import Fault, Refused
from minsheng.index import write
from minsheng.labels import say
from minsheng.schema import schema
from minsheng.sheets import RUN_BY_MISTAKE, place, repack
from minsheng.spreadsheet import header_line

_AUTHOR, _COLOUR = "minsheng check", "FFC7CE"


def _columns(page: Any) -> dict[str, int]:
    """Where the columns of a sheet are, by name."""
    lines = list(enumerate((["" if c is None else str(c).strip() for c in line] for line in page.iter_rows(values_only=True)), 1))
    names = {one for table in schema().readable.values() for one in table.columns}
    header = lines[header_line(lines, sorted(names))][1] if lines else []
    return {name: i for i, name in reversed(list(enumerate(header, start=1))) if name}


def _cell(page: Any, fault: Fault, columns: dict[str, int]) -> Any:
    """The cell that a fault is at; the first of its row where that is not known, or of the merged ones that it is in."""
    from openpyxl.cell import MergedCell
    from openpyxl.utils.cell import column_index_from_string

    try:
        column = columns.get(fault.column) or column_index_from_string(fault.column or "A")
    except ValueError:  # a column that is not there
        column = 1
    cell = page.cell(max(fault.row, 1), min(column, 16_384))
    if isinstance(cell, MergedCell):
        area = next(one for one in page.merged_cells.ranges if cell.coordinate in one)
        return page.cell(area.min_row, area.min_col)
    return cell


def _mark(cell: Any, words: str) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    before = [cell.comment.text] if cell.comment else []
    text = "\n\n".join([words, *before])
    cell.comment = Comment(text, _AUTHOR, height=40 + 20 * (1 + len(text) // 24 + text.count("\n")), width=320)
    cell.fill = PatternFill("solid", fgColor=_COLOUR)


def _unmark(book: Any) -> None:
    """Take the marks of an earlier check away."""
    from openpyxl.styles import PatternFill

    for page in book.worksheets:
        for cell in (cell for line in page.iter_rows() for cell in line if cell.comment and cell.comment.author == _AUTHOR):
            cell.comment, cell.fill = None, PatternFill()


def _write_list(page: Any, placed: list[tuple[Fault, str, str]], lang: str) -> None:
    """All faults on a sheet, each with a link to its cell."""
    from openpyxl.worksheet.hyperlink import Hyperlink

    page.append([say(f"marking.{name}", lang) for name in ("place", "column", "words")])
    for row, (fault, where, link) in enumerate(placed, start=2):
        for column, text in enumerate((where, fault.column, fault.text(lang).partition(": ")[2]), start=1):
            cell = page.cell(row, column, text)
            cell.data_type, cell.quotePrefix = "s", text.startswith(RUN_BY_MISTAKE)
        if link:
            page.cell(row, 1).hyperlink = Hyperlink(ref="", location=link)
    for letter, width in zip("ABC", (24, 18, 90), strict=True):
        page.column_dimensions[letter].width = width
    page.freeze_panes = "A2"


def marked(path: Path, faults: Iterable[Fault], lang: str = "zh") -> bytes:
    """A workbook with its faults marked.

    Parameters
    ----------
    path : Path
        The workbook.
    faults : iterable of Fault
        As `check` finds them; those of other files are only listed.
    lang : {'zh', 'en'}
        Language of the comments.

    Returns
    -------
    bytes
        An .xlsx: each cell at fault is coloured and has a comment that says what is wrong and what to do; a first sheet lists all
        faults. Marks of an earlier check are gone.
    """
    from openpyxl import load_workbook

    book: Any = load_workbook(path)
    _unmark(book)
    title = say("marking.title", lang)
    if title in book.sheetnames:
        del book[title]
    columns = {page.title: _columns(page) for page in book.worksheets}
    placed = []
    for fault in faults:
        sheet = fault.file.removeprefix(f"{path.name}[").removesuffix("]")
        if sheet not in columns:
            placed.append((fault, fault.file, ""))
            continue
        cell = _cell(book[sheet], fault, columns[sheet])
        _mark(cell, fault.text(lang).partition(": ")[2])
        placed.append((fault, f"{sheet}!{cell.coordinate}", place(sheet, cell.coordinate)))
    _write_list(book.create_sheet(title, 0), placed, lang)
    book.active = 0
    out = io.BytesIO()
    book.save(out)
    return repack(out.getvalue())


def write_marked(path: Path, faults: Iterable[Fault], lang: str = "zh") -> Path:
    """Write the marked copy of ``NAME.xlsx`` beside it, as ``NAME-checked.xlsx``, and return where.

    Raises
    ------
    Refused
        If it cannot be written.
    """
    copy = path.with_name(f"{path.stem}-checked.xlsx")
    try:
        write(copy, marked(path, faults, lang))
    except OSError as error:
        raise Refused("refused.out", folder=str(copy), reason=error.strerror or str(error)) from None
    return copy
