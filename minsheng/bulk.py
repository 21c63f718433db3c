"""Large CSV files, read column by column: each distinct text is there once, so that it is looked at once.

Only plain files are read so: UTF-8, the columns of the table, as many cells in each row as in the header, no row over several
lines. Every other file is read row by row (`files`), which finds what is wrong with it and where.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from minsheng.schema import Table

LARGE = 1 << 20
"""From so many bytes on a file is read column by column."""

_BLOCK = 1 << 24
_COMMA, _NEWLINE = b",\n"
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
    """Whether each line of a block is a row of so many cells."""
    if b"\0" in block or b"\r" in block:
        return False
    if b'"' in block:
        lines = block.splitlines()
        if not _quoted([line for line in lines if b'"' in line], width):
            return False
        block = b"".join(line + b"\n" for line in lines if b'"' not in line)
    letters = np.frombuffer(block, dtype="uint8")
    ends = np.flatnonzero(letters[(letters == _COMMA) | (letters == _NEWLINE)] == _NEWLINE)
    return bool((np.diff(ends, prepend=-1) == width).all())


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
    # pandas takes words for categories at once, but would take 007 for 7: only columns of closed words are left to it.
    words = {field.name for field in table.fields if field.vocabulary}
    kinds = {name: "category" if name in words else "object" for name in header}
    try:
        frame = pd.read_csv(path, dtype=kinds, na_filter=False, low_memory=False, index_col=False)
    except (UnicodeDecodeError, pd.errors.ParserError):
        return None
    if any(one.categories.dtype != "str" for one in frame.dtypes if isinstance(one, pd.CategoricalDtype)):
        return None
    return pd.DataFrame({name: _distinct(frame, name, table) for name in table.columns}, pd.RangeIndex(2, len(frame) + 2))


def _distinct(frame: pd.DataFrame, name: str, table: Table) -> pd.Categorical | np.ndarray:
    """A column by its distinct texts; a key of one column, another text in each row, as it is."""
    if name not in frame:
        return pd.Categorical.from_codes(np.zeros(len(frame), "int8"), [""])
    if (name,) == table.primary_key or isinstance(frame[name].dtype, pd.CategoricalDtype):
        return frame[name].array
    codes, found = pd.factorize(frame[name].to_numpy())
    return pd.Categorical.from_codes(codes, pd.Index(found, dtype="object"), validate=False)


def texts(column: pd.Series) -> Sequence[str]:
    """The distinct texts of a column.

    Examples
    --------
    >>> list(texts(pd.Series(["b", "a", "b"]))), list(texts(pd.Series(["b", "a", "b"], dtype="category")))
    (['b', 'a'], ['a', 'b'])
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.categories.tolist()
    return column.unique().tolist()


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
    return list(frame[list(names)].drop_duplicates().itertuples(index=False, name=None))
