"""Large CSV files, read column by column: each distinct text is there once, so that it is looked at once.

Only plain files are read so: UTF-8, the columns of the table, as many cells in each row as in the header, no row over several
lines. Every other file is read row by row (`files`), which finds what is wrong with it and where.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from minsheng.arrow import csv_columns
from minsheng.schema import Table

LARGE = 1 << 20
"""From so many bytes on a file is read column by column."""

_BLOCK = 1 << 24
_CROSS = 1 << 24
"""So many combinations of texts are few enough to have a number each."""

_SAMPLE, _FEW = 1000, 8
_AS_IT_IS: dict[str, Any] = {"dtype": "object", "na_filter": False, "encoding": "utf-8"}
_MARKS = (b"\xef\xbb\xbf", b"PK")


def _blocks(path: Path) -> Iterator[bytes]:
    """A file in blocks of whole lines, each with a newline at its end; blank lines at the end of the file are left out."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            block += file.readline()
            block = block.replace(b"\r\n", b"\n") if b"\r" in block else block
            yield block if file.peek(1) else block.rstrip(b"\n") + b"\n"


def _quoted(lines: Sequence[bytes], width: int) -> bool:
    """Whether lines with quotation marks are a row each, of so many cells."""
    try:
        rows = list(csv.reader([line.decode("utf-8") for line in lines], strict=True))
    except (csv.Error, UnicodeDecodeError):
        return False
    return len(rows) == len(lines) and all(len(row) == width for row in rows)


def _even(block: bytes, width: int) -> bool:
    """Whether the lines of a block have so many cells each on the average; pandas refuses a line that has more."""
    if b"\0" in block or b"\r" in block:
        return False
    if b'"' in block:
        lines = block.splitlines()
        if not _quoted([line for line in lines if b'"' in line], width):
            return False
        block = b"".join(line + b"\n" for line in lines if b'"' not in line)
    letters = np.frombuffer(block, dtype="uint8")
    commas, ends = (np.count_nonzero(letters == letter) for letter in b",\n")
    return bool(commas == (width - 1) * ends)


def _header(path: Path, table: Table) -> list[str]:
    """The columns of a file; none where they are not those of the table, each once."""
    with path.open("rb") as file:
        first = file.readline()
    if first.startswith(_MARKS) or not first.isascii():
        return []
    names = first.decode().rstrip("\r\n").split(",")
    needed = {field.name for field in table.fields if field.required}
    fits = len(names) == len(set(names)) and needed <= set(names) <= set(table.columns)
    return names if fits else []


def columns(path: Path, table: Table) -> pd.DataFrame | None:
    """The cells of a plain CSV file as text, one categorical column for each of the table.

    Parameters
    ----------
    path : Path
    table : Table
        Whose columns they are; those that the file may lack are empty.

    Returns
    -------
    DataFrame or None
        A row for each line under the header, its first one numbered 2; None where the file is not plain.
    """
    header = _header(path, table)
    if not header or not all(_even(block, len(header)) for block in _blocks(path)):
        return None
    frame = csv_columns(path, header, table)
    if frame is not None:
        return frame
    frame = _read(path)
    if frame is None:
        return None
    return pd.DataFrame(
        {name: _distinct(frame, name, table) for name in table.columns}, pd.RangeIndex(2, len(frame) + 2), copy=False
    )


def _read(path: Path) -> pd.DataFrame | None:
    """What pandas reads in a file: text, or categories of text; None where a line has more cells than the header.

    pandas takes texts for categories at once, but only where they are few; and it would take 007 for 7, so that a column
    whose categories come out as anything but text is read again.
    """
    try:
        first = pd.read_csv(path, nrows=_SAMPLE, **_AS_IT_IS)
        few = [name for name, one in first.items() if one.nunique() <= _FEW and not one.str.isnumeric().any()]
        kinds = dict.fromkeys(first.columns, "object") | dict.fromkeys(few, "category")
        frame = pd.read_csv(path, **_AS_IT_IS | {"dtype": kinds})
        if again := [name for name in few if frame[name].cat.categories.dtype != "str"]:
            frame[again] = pd.read_csv(path, usecols=again, **_AS_IT_IS)[again]
    except (UnicodeDecodeError, pd.errors.ParserError):
        return None
    return frame if isinstance(frame.index, pd.RangeIndex) else None


def _distinct(frame: pd.DataFrame, name: str, table: Table) -> pd.Categorical | np.ndarray:
    """A column by its distinct texts; a key of one column, another text in each row, as it is."""
    if name not in frame:
        return pd.Categorical.from_codes(np.zeros(len(frame), "int8"), [""])
    if (name,) == table.primary_key or isinstance(frame[name].dtype, pd.CategoricalDtype):
        return frame[name].array
    codes, found = pd.factorize(frame[name].to_numpy())
    return pd.Categorical.from_codes(codes, pd.Index(found, dtype="object"), validate=False)


def texts(column: pd.Series) -> list[str]:
    """The distinct texts of a column.

    Examples
    --------
    >>> list(texts(pd.Series(["b", "a", "b"]))), list(texts(pd.Series(["b", "a", "b"], dtype="category")))
    (['b', 'a'], ['a', 'b'])
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        return list(column.cat.categories)
    return list(column.unique())


def together(frame: pd.DataFrame, names: Sequence[str], wrong: Sequence[tuple[str, ...]]) -> pd.DataFrame:
    """The rows of a table whose cells in some columns are one of some combinations."""
    if not wrong:
        return frame.iloc[:0]
    return frame[pd.MultiIndex.from_frame(frame[list(names)].astype("object")).isin(list(wrong))]


def combinations(frame: pd.DataFrame, names: Sequence[str]) -> list[tuple[str, ...]]:
    """The distinct combinations of the texts in some columns.

    Examples
    --------
    >>> combinations(pd.DataFrame({"a": ["x", "x"], "b": ["y", "y"], "c": ["1", "2"]}), ["a", "b"])
    [('x', 'y')]
    """
    cells = frame[list(names)]
    kinds = [kind for kind in cells.dtypes if isinstance(kind, pd.CategoricalDtype)]
    if len(kinds) == len(names) and (sizes := [len(kind.categories) for kind in kinds]) and prod(sizes) <= _CROSS:
        # A number for each combination that could be there: those that are there are counted without comparing any text.
        there = np.bincount(np.ravel_multi_index([cells[name].cat.codes for name in names], sizes), minlength=1).nonzero()[0]
        columns = zip(kinds, np.unravel_index(there, sizes), strict=True)
        return list(zip(*(kind.categories.take(codes).to_list() for kind, codes in columns), strict=True))
    if kinds:
        cells = cells.drop_duplicates()
    return list(dict.fromkeys(zip(*(cells[name].to_list() for name in names), strict=True)))


def all_differ(column: pd.Series) -> bool:
    """Whether no text of a column is there twice: seen at a glance where they stand in order, as in tables that minsheng writes.

    Examples
    --------
    >>> all_differ(pd.Series(["a", "b", "c"])), all_differ(pd.Series(["b", "a", "b"])), all_differ(pd.Series(["b", "a"]))
    (True, False, True)
    """
    cells = column.to_numpy(dtype="object")
    return bool((cells[1:] > cells[:-1]).all()) or len(set(cells.tolist())) == len(cells)
