"""Workbooks read as text: what Excel and WPS do to a table is undone where that is safe, and a fault where it is not.

Harmless, and read as if it were not there: blanks around a text, numbers kept as text, titles above the header and headings under
it, columns without a cell, hidden sheets, rows and columns, another order of rows or columns, formulas that have a result.
Faults: dates, merged cells, formulas without a result, errors such as ``#REF!``, more digits than Excel keeps, cells in a column
without a name, rows above the header; and whatever is a fault in a CSV file.
"""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minsheng.cells import NUMBER, retyped
from minsheng.faults import Fault
from minsheng.labels import LANGUAGES, say
from minsheng.schema import Table, schema

if TYPE_CHECKING:
    import pandas as pd

Lines = list[tuple[int, list[Any]]]
Odd = dict[tuple[int, int], tuple[str, dict[str, object]]]
"""Of cells (row, column) that are not what they seem: key of the fault and its words."""

REVIEW = "#"
"""Before the name of a column that only helps to review a draft, and is no column of a table."""
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
SUFFIXES = (".xlsx", ".xlsm")
UNREADABLE = ("fault.encrypted", "fault.old_excel", "fault.broken_excel", "fault.no_table_in_excel")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_UNFIT = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_TOP = 20
"""Lines of a sheet among which its header is."""
_MANY = 10**15
"""From here on Excel no longer keeps each digit."""


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet or file, as text; `at` is the row of the header. A large file is a `frame` already."""

    file: str
    header: list[str]
    rows: list[tuple[int, list[str]]]
    at: int = 1
    faults: list[Fault] = field(default_factory=list)
    frame: pd.DataFrame | None = None


def number_text(value: float) -> str:
    """A number as the tables have it: no exponent, no point where there is nothing behind it.

    Examples
    --------
    >>> number_text(5760.0), number_text(1.1e10), number_text(0.1 + 0.2), number_text(1e-7)
    ('5760', '11000000000', '0.3', '0.0000001')
    """
    if float(value).is_integer():
        return str(int(value))
    return format(Decimal(f"{value:.15g}"), "f")


def typed(text: str, numeric: bool) -> int | float | str:
    r"""A text of a table as a cell holds it: a number where that gives the same text again, text that XML can hold otherwise.

    Examples
    --------
    >>> typed("5760", True), typed("0.7", True), typed("0.70", True), typed("140000", False), typed("a\r_x0041_", False)
    (5760, 0.7, '0.70', '140000', 'a_x000D__x005F_x0041_')
    """
    if numeric and NUMBER.fullmatch(text) and abs(value := float(text)) < _MANY and number_text(value) == text:
        return int(value) if value.is_integer() else value
    return _UNFIT.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value).strip()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)


def _serial(value: Any) -> str:
    """The number that Excel keeps for a date."""
    from openpyxl.utils import datetime

    serial: Any = datetime.to_excel
    return number_text(round(serial(value), 10))


def _fault_of(cell: Any, numeric: bool) -> tuple[str, dict[str, object]] | None:
    """What is wrong with a cell by its type alone."""
    value = cell.value
    if isinstance(value, (dt.date, dt.time, dt.timedelta)):
        guesses = [retyped(_text(value)), *([_serial(value)] if numeric else [])]
        return "fault.date", {"text": _text(value), "typed": " / ".join(filter(None, guesses)) or "–"}
    if cell.data_type == "e":
        return "fault.error_cell", {"text": value}
    if isinstance(value, (int, float)) and abs(value) >= _MANY:
        return "fault.exponent", {"text": f"{value:.15g}"}
    return None


# ---- header and columns --------------------------------------------------------------------------------------------


def header_line(lines: Lines, columns: Sequence[str]) -> int:
    """Which of the lines is the header: the first with the most names of columns."""
    known = set(columns)
    found = [len(known.intersection(cells)) for _, cells in lines]
    return found.index(max(found))


def _looks_like(cells: Lines) -> str:
    """The table of which a sheet has a whole header; none of a sheet of notes or lists."""
    lines = [{_text(cell.value) for cell in line} for _, line in cells[:_TOP]]
    needed = {name: {one.name for one in table.fields if one.required} for name, table in schema().readable.items()}
    found = [name for name, columns in needed.items() if any(columns <= line for line in lines)]
    return max(found, key=lambda name: len(needed[name]), default="")


def _is_heading(cells: list[str], table: Table) -> bool:
    """Whether a line only says again what the columns are."""
    return {"", *(word for one in table.fields for word in (one.name, one.title, one.title_en))}.issuperset(cells)


def _kept(header: list[str], rows: Lines, table: Table) -> list[int]:
    """The columns that count: known ones, and others with cells in them."""
    width = max((i + 1 for i, name in enumerate(header) if name), default=0)
    filled = {i for _, cells in rows for i, cell in enumerate(cells[:width]) if cell}
    return [i for i in range(width) if header[i] in table.columns or i in filled]


def _named(header: list[str], kept: list[int]) -> list[str]:
    from openpyxl.utils import get_column_letter

    return [header[i] or get_column_letter(i + 1) for i in kept]


def _grid(file: str, cells: Lines, table: Table, odd: Odd) -> Grid | None:
    lines = [(row, [_text(cell.value) for cell in line]) for row, line in cells]
    lines = [(row, line) for row, line in lines if any(line)]
    if not lines:
        return None
    first = header_line(lines, table.columns)
    review = {i for i, name in enumerate(lines[first][1]) if name.startswith(REVIEW)}
    lines = [(row, ["" if i in review else text for i, text in enumerate(line)]) for row, line in lines]
    at, header = lines[first]
    rows = [(row, line) for row, line in lines[first + 1 :] if not _is_heading(line, table)]
    kept = _kept(header, rows, table)
    names, width = _named(header, kept), max(kept, default=-1) + 1
    # A sheet is as wide as its widest row, and some writers leave out empty cells at a row's end: neither is a fault.
    trimmed = [(row, [(line + [""] * width)[i] for i in kept] + [one for one in line[width:] if one]) for row, line in rows]
    above = [
        Fault(file, row, "", "fault.above_header", {"header": at})
        for row, line in lines[:first]
        if sum(map(bool, line)) > 1
        and not _is_heading([cell for cell, name in zip(line, header, strict=False) if name in table.columns], table)
    ]
    places = dict(zip(kept, names, strict=True))
    return Grid(
        file, names, trimmed, at, above + list(_cell_faults(file, [one for one in cells if one[0] > at], places, table, odd))
    )


def _cell_faults(file: str, cells: Lines, places: dict[int, str], table: Table, odd: Odd) -> Iterator[Fault]:
    numeric = {one.name for one in table.fields if one.type in ("number", "integer")}
    for row, line in cells:
        for i, cell in enumerate(line):
            if i in places and (found := odd.get((row, i)) or _fault_of(cell, places[i] in numeric)):
                yield Fault(file, row, places[i], *found)


# ---- the file ------------------------------------------------------------------------------------------------------


def _sheets(path: Path, parts: bool) -> dict[str, Any]:
    """The sheets of a workbook by title: lines of cells with their values, or (`parts`) whole, with formulas and merged cells."""
    from openpyxl import load_workbook

    with warnings.catch_warnings():  # of what openpyxl leaves out (extensions, dates out of bounds), which is not asked for here
        warnings.simplefilter("ignore")
        book = load_workbook(path, read_only=not parts, data_only=not parts)
        if parts:
            return {sheet.title: sheet for sheet in book.worksheets}
        sheets = {sheet.title: list(enumerate(map(list, sheet.iter_rows()), start=1)) for sheet in book.worksheets}
        book.close()
        return sheets


def _odd(path: Path, sheets: dict[str, Lines]) -> dict[str, Odd]:
    """Cells that are merged into another, and formulas without a result; the workbook is only read again where it has any."""
    with zipfile.ZipFile(path) as whole:
        pages = [whole.read(name) for name in whole.namelist() if name.startswith("xl/worksheets/")]
    if not any(mark in page for page in pages for mark in (b"<f>", b"<f ", b"<mergeCell ")):
        return {}
    return {title: dict(_odd_cells(page, sheets[title])) for title, page in _sheets(path, parts=True).items()}


def _odd_cells(page: Any, lines: Lines) -> Iterator[tuple[tuple[int, int], tuple[str, dict[str, object]]]]:
    for area in page.merged_cells.ranges:
        first = area.coord.split(":")[0]
        for row, column in area.cells:
            if (row, column) != (area.min_row, area.min_col):
                yield (row, column - 1), ("fault.merged", {"first": first})
    for row, line in lines:
        for i, cell in enumerate(line):
            if cell.value is None and page.cell(row, i + 1).data_type == "f":
                yield (row, i), ("fault.no_result", {"formula": page.cell(row, i + 1).value})


def unreadable(path: Path) -> str:
    """Why a file is no workbook, by its first bytes; nothing if it may be one."""
    raw = path.read_bytes()
    if raw.startswith(OLE):
        return "fault.encrypted" if _ENCRYPTED in raw else "fault.old_excel"
    return "" if raw.startswith(ZIP) else "fault.broken_excel"


def is_ledger(path: Path) -> bool:
    """Whether a file is a workbook for editing (see `ledger`), by its sheet of lists."""
    return _has_sheet(path, "ledger.lists")


def is_draft(path: Path) -> bool:
    """Whether a file is one for reviewing a draft (see `proofs`), which holds the rows of one document only."""
    return _has_sheet(path, "proofs.leftovers")


def _has_sheet(path: Path, key: str) -> bool:
    """Whether a workbook has a sheet of that title, in any language."""
    if path.suffix.lower() not in SUFFIXES or unreadable(path):
        return False
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True)
    except Exception:  # as in `excel_grids`
        return False
    book.close()
    return bool({say(key, lang) for lang in LANGUAGES} & set(book.sheetnames))


def excel_grids(path: Path) -> tuple[dict[str, Grid], list[Fault]]:
    """The tables of a workbook: sheets that are named after them, or the first sheet of a file that is.

    A sheet that has the header of a table and another name is a fault: it would not be read, and nobody told.
    """
    if key := unreadable(path):
        return {}, [Fault(path.name, 0, "", key)]
    try:
        sheets = _sheets(path, parts=False)
        odd = _odd(path, sheets)
    except Exception:  # zip, XML, compression, missing parts: whatever openpyxl stumbles over, it is the file
        return {}, [Fault(path.name, 0, "", "fault.broken_excel")]
    tables = schema().readable
    grids: dict[str, Grid] = {}
    faults = []
    for title, cells in sheets.items():
        name, file = title.strip().casefold(), f"{path.name}[{title}]"
        name = name if name in tables else path.stem
        if name in tables and name not in grids:
            grid = _grid(file, cells, tables[name], odd.get(title, {}))
            grids |= {name: grid} if grid else {}
        elif like := _looks_like(cells):
            faults.append(Fault(file, 0, "", "fault.sheet_name", {"name": like}))
    if not grids and not faults:
        faults.append(Fault(path.name, 0, "", "fault.no_table_in_excel", {"names": ", ".join(tables)}))
    return grids, faults
