"""The lines of a workbook: each cell as it is shown."""

from __future__ import annotations

import datetime as dt
import io
import warnings
from collections.abc import Iterator
from typing import Any

from minsheng.faults import Refused
from minsheng.manuscripts import Line
from minsheng.spreadsheet import number_text
from minsheng.word import unpacked

CELLS = 200_000
"""Cells with something in them: a list of fifty items has some three hundred."""


def _shown(cell: Any) -> str:
    """A cell as a reader sees it: 0.05 in the format of percentages is 5%."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        share = "%" in str(cell.number_format)
        return number_text(value * 100) + "%" if share else number_text(value)
    if isinstance(value, dt.datetime):
        return f"{value.year}年{value.month}月{value.day}日"
    return str(value).replace("\r\n", "\n").strip()


def _lines(book: Any, name: str) -> Iterator[Line]:
    row = count = 0
    for table, sheet in enumerate(book.worksheets, start=1):
        for cells in sheet.iter_rows():
            there = [(cell.column, text, bool(cell.font and cell.font.b)) for cell in cells if (text := _shown(cell))]
            count += len(there)
            if count > CELLS:
                raise Refused("reading.cells", file=name, limit=CELLS)
            row += bool(there)
            yield from (Line(text, row, table, column, bold) for column, text, bold in there)


def lines(raw: bytes, name: str, _: str) -> tuple[list[Line], list[int]]:
    """The lines of a workbook (``.xlsx``), sheet by sheet.

    Raises
    ------
    Refused
        If it is broken or encrypted, or has too many cells.
    """
    unpacked(raw, name)
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():  # of what openpyxl leaves out, which is not asked for here
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
            return list(_lines(book, name)), []
    except Refused:
        raise
    except Exception:  # zip, XML, missing parts: whatever openpyxl stumbles over, it is the file
        raise Refused("reading.broken", file=name) from None
