"""Table files, CSV, Excel or Parquet, read as text: nothing is guessed, and what cannot be read is a fault."""

from __future__ import annotations

import csv
import io
from collections import Counter
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from minsheng import arrow
from minsheng.bulk import LARGE, columns, where
from minsheng.faults import Fault, nearest
from minsheng.places import bundled
from minsheng.schema import Table, schema
from minsheng.spreadsheet import OLE, SUFFIXES, ZIP, Grid, excel_grids, unreadable

FILE, ROW = "_file", "_row"
"""Columns added to each row of text: the file it came from and its row there (the header is row 1)."""

State = tuple[tuple[str, int, int, int], ...]
"""Name, size and times of each file of some tables."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def _decode(raw: bytes, file: str) -> tuple[str, list[Fault]]:
    if raw[:2] in _UTF16:
        return raw.decode("utf-16", errors="replace"), [Fault(file, 1, "", "fault.utf16")]
    faults = []
    if raw[:3] == b"\xef\xbb\xbf":
        raw, faults = raw[3:], [Fault(file, 1, "", "fault.bom")]
    try:
        return raw.decode("utf-8"), faults
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        before = raw[raw.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8")
        column = max(len(next(csv.reader([before]), [])) - 1, 0)
        text = raw.decode("gb18030", errors="replace")
        header = text.split("\n", 1)[0].strip("\r").split(",")
        name = header[column] if column < len(header) else ""
        return text, [*faults, Fault(file, row, name, "fault.encoding")]


def _csv_grid(path: Path) -> tuple[Grid | None, list[Fault]]:
    raw = path.read_bytes()
    if not raw.strip(b"\xef\xbb\xbf\r\n\t ,"):
        return None, [Fault(path.name, 1, "", "fault.empty_file")]
    if raw.startswith((ZIP, OLE)):
        return None, [Fault(path.name, 1, "", "fault.excel_as_csv")]
    if b"\0" in raw and raw[:2] not in _UTF16:
        return None, [Fault(path.name, raw.count(b"\n", 0, raw.index(b"\0")) + 1, "", "fault.not_text")]
    text, faults = _decode(raw, path.name)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        rows.extend(enumerate(reader, start=1))
    except csv.Error:
        # Where the row began: a quote that never ends is only missed at the end of the file.
        return None, [*faults, Fault(path.name, len(rows) + 1, "", "fault.broken_csv")]
    rows = [(number, cells) for number, cells in rows if any(cells)]
    if not rows:
        return None, [*faults, Fault(path.name, 1, "", "fault.empty_file")]
    return Grid(path.name, rows[0][1], rows[1:]), faults


def _unknown(name: str, known: list[str], file: str) -> tuple[str, dict[str, object]]:
    """A column that is none of the table's: misspelt, or of somebody's own."""
    near = nearest(name, known)
    if near in known:
        return "fault.unknown_column", {"nearest": near}
    return "fault.column_in_sheet" if file.endswith("]") else "fault.column_in_file", {"columns": near}


def _header_faults(grid: Grid, table: Table) -> list[Fault]:
    known, seen = table.columns, Counter(grid.header)
    faults = [Fault(grid.file, grid.at, name, *_unknown(name, known, grid.file)) for name in seen if name not in known]
    faults += [Fault(grid.file, grid.at, name, "fault.column_twice") for name, times in seen.items() if times > 1]
    faults += [
        Fault(grid.file, grid.at, field.name, "fault.missing_column", {"columns": ", ".join(known)})
        for field in table.fields
        if field.name not in seen and field.required
    ]
    return faults


def _frame(grid: Grid, table: Table) -> tuple[pd.DataFrame, list[Fault]]:
    if grid.frame is not None:
        return _without_empty(grid.frame, grid.file, table), []
    width = len(grid.header)
    faults = [*grid.faults, *_header_faults(grid, table)]
    for row, cells in grid.rows:
        if len(cells) != width:
            key = "fault.too_many_cells" if len(cells) > width else "fault.too_few_cells"
            column = grid.header[-1] if len(cells) > width else grid.header[len(cells)]
            faults.append(Fault(grid.file, row, column, key, {"cells": len(cells), "columns": width}))
    padded = [(cells + [""] * width)[:width] for _, cells in grid.rows]
    by_column = list(zip(*padded, strict=True)) if padded else [()] * width
    columns = {name: by_column[grid.header.index(name)] if name in grid.header else [""] * len(padded) for name in table.columns}
    frame = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in columns.items()})
    frame[FILE] = grid.file
    frame[ROW] = [row for row, _ in grid.rows]
    return frame, faults


def _bulk(path: Path, table: Table) -> tuple[Grid, list[Fault]] | None:
    """A large file that has nothing wrong in its form; None for any other."""
    frame = columns(path, table) if path.stat().st_size >= LARGE else None
    if frame is None:
        return None
    return Grid(path.name, table.columns, [], frame=frame), []


def _without_empty(grid: pd.DataFrame, file: str, table: Table) -> pd.DataFrame:
    """The rows of a large file in which there is anything, with their file and row."""
    frame = grid.assign(**{FILE: pd.Categorical.from_codes(np.zeros(len(grid), "int8"), [file]), ROW: grid.index})
    without = where(frame, frame[table.primary_key[0]] == "")
    empty = without.index[(without[table.columns] == "").all(axis=1)]
    return (frame.drop(empty) if len(empty) else frame).reset_index(drop=True)


def _plain_grid(path: Path, table: Table) -> tuple[Grid | None, list[Fault]]:
    """A file that holds one table and nothing else."""
    if path.suffix.lower() == arrow.PARQUET:
        return arrow.grid(path, table)
    return _bulk(path, table) or _csv_grid(path)


def read_folder(folder: Path) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    """Read the tables of a folder (or of one workbook) as text.

    Parameters
    ----------
    folder : Path
        A folder with any of the tables as ``NAME.csv``, ``NAME.xlsx`` or ``NAME.parquet``, or a workbook with a sheet for each.

    Returns
    -------
    frames : dict of DataFrame
        Table name to its columns as text, empty where missing, and `FILE` and `ROW`.
    faults : list of Fault
        Everything that could not be read as it stands.
    """
    tables = schema().readable
    files = [folder] if folder.is_file() else sorted(p for p in folder.iterdir() if not p.name.startswith((".", "~$")))
    grids: dict[str, Grid] = {}
    faults: list[Fault] = []
    for path in files:
        found: dict[str, Grid] = {}
        if path.suffix.lower() in (".csv", arrow.PARQUET):
            if path.stem in schema().derived:  # which is worked out from the tables again
                continue
            if path.stem not in tables:
                faults.append(Fault(path.name, 0, "", "fault.unknown_table", {"nearest": nearest(path.stem, list(tables))}))
                continue
            grid, more = _plain_grid(path, tables[path.stem])
            found = {path.stem: grid} if grid else {}
        elif path.suffix.lower() in SUFFIXES:
            found, more = excel_grids(path)
        elif path.suffix.lower() == ".xls":
            found, more = {}, [Fault(path.name, 0, "", unreadable(path) or "fault.new_excel")]
        else:
            continue
        faults += more
        faults += [
            Fault(grid.file, 0, "", "fault.table_twice", {"name": name, "other": grids[name].file})
            for name, grid in found.items()
            if name in grids
        ]
        grids |= found
    frames = {}
    for name in tables:
        if name in grids:
            frames[name], more = _frame(grids[name], tables[name])
            faults += more
    return frames, faults


def state(folder: str | Path | None = None) -> State:
    """In what state the files of tables are: another one whenever any was written to.

    Parameters
    ----------
    folder : path, optional
        As in `minsheng.load`.

    Examples
    --------
    >>> state() == state()
    True
    """
    own = Path(folder) if folder else bundled("data")
    files = [own] if own.is_file() else sorted(own.iterdir())
    return tuple((one.name, (at := one.stat()).st_size, at.st_mtime_ns, at.st_ctime_ns) for one in files)


def read_bundled() -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    """The bundled tables as `read_folder` gives them, read once for as long as their files stay as they are."""
    frames, faults = _read_once(bundled("data"), state())
    return {name: frame.copy(deep=False) for name, frame in frames.items()}, list(faults)


@lru_cache(maxsize=1)
def _read_once(folder: Path, _: State) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    return read_folder(folder)
