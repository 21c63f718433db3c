"""Large CSV files, read column by column: each distinct text is there once, so that it is looked at once.

Only plain files are read so: UTF-8, the columns of the table, as many cells in each row as in the header, no row over several
lines. Every other file is read row by row (`files`), which finds what is wrong with it and where.
"""

from __future__ import annotations

import csv
import re
import string
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

_BLOCK = 1 << 18
_CROSS = 1 << 25
"""So many combinations of texts are few enough to have a number each."""

_SAMPLE, _FEW = 1000, 8
_LETTERS = re.compile(r"\^(\[[^]]+\])(\[[^]]+\])\*\$")
"""A pattern that says which letter comes first and which may follow, all of them in ASCII."""
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


def _lines(block: bytes) -> tuple[list[bytes], bytes]:
    """The lines of a block with quotation marks, and the others as they are."""
    if b'"' not in block:
        return [], block
    lines = block.splitlines(keepends=True)
    return [line for line in lines if b'"' in line], b"".join(line for line in lines if b'"' not in line)


def _sound(block: bytes, width: int, counted: bool) -> bool:
    """Whether each line of a block is a row of so many cells.

    Of a reader that does not refuse lines with fewer (`counted`) they are counted here: pandas refuses those with more, so that
    it is enough to have so many on the average.
    """
    if b"\0" in block or b"\r" in block:
        return False
    quoted, plain = _lines(block)
    if not _quoted(quoted, width):
        return False
    if counted:
        return True
    letters = np.frombuffer(plain, dtype="uint8")
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
    if not header:
        return None
    whole, marked = csv_columns(path, header, table)
    if marked and not all(_sound(block, len(header), whole is not None) for block in _blocks(path)):
        return None
    frame = _read(path) if whole is None else None
    if frame is None:
        return whole
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
    found: list[str] = column.unique().tolist()
    return found


def where(frame: pd.DataFrame, there: pd.Series | np.ndarray) -> pd.DataFrame:
    """The rows of a table for which something holds; as a rule none, which takes no time."""
    return frame[there] if there.any() else frame.iloc[:0]


def together(frame: pd.DataFrame, names: Sequence[str], wrong: Sequence[tuple[str, ...]]) -> pd.DataFrame:
    """The rows of a table whose cells in some columns are one of some combinations."""
    if not wrong:
        return frame.iloc[:0]
    return frame[pd.MultiIndex.from_frame(frame[list(names)].astype("object")).isin(list(wrong))]


def _in_arrow(column: pd.Series) -> bool:
    return getattr(column.dtype, "storage", "") == "pyarrow"


def all_match(column: pd.Series, pattern: str) -> bool:
    r"""Whether every text of a column is of a pattern.

    Examples
    --------
    >>> all_match(pd.Series(["a1", "b2"]), "[a-z][0-9]"), all_match(pd.Series(["a1", "b2\n"], dtype="object"), "[a-z][0-9]")
    (True, False)
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = pd.Series(column.cat.categories)
    if not _in_arrow(column):
        return all(map(re.compile(pattern).fullmatch, column.tolist()))
    letters = _LETTERS.fullmatch(pattern)
    if not letters:
        return bool(column.str.fullmatch(pattern).all())
    # A long column in Arrow: to strip off all that a text may hold takes a quarter of the time.
    first, after = (set(re.findall(letters[n], string.printable)) for n in (1, 2))
    rest = column.str.strip("".join(sorted(after)))
    return bool((rest == "").all() and (column != "").all() and not column.str.startswith(tuple(sorted(after - first))).any())


def combinations(frame: pd.DataFrame, names: Sequence[str]) -> list[tuple[str, ...]]:
    """The distinct combinations of the texts in some columns.

    Examples
    --------
    >>> combinations(pd.DataFrame({"a": ["x", "x"], "b": ["y", "y"], "c": ["1", "2"]}), ["a", "b"])
    [('x', 'y')]
    """
    words = _words(frame, names)
    if words is not None:
        return _told(_there(frame, names, words), words)
    cells = frame[list(names)]
    if any(isinstance(kind, pd.CategoricalDtype) for kind in cells.dtypes):
        cells = cells.drop_duplicates()
    return list(dict.fromkeys(zip(*(cells[name].to_list() for name in names), strict=True)))


def not_among(frame: pd.DataFrame, other: pd.DataFrame, names: Sequence[str]) -> list[tuple[str, ...]]:
    """The combinations of the texts in some columns that no row of another table has.

    Examples
    --------
    >>> one, other = (pd.DataFrame({"a": list(letters), "b": ["1", "2"]}, dtype="category") for letters in ("xy", "xz"))
    >>> not_among(one, other, ["a", "b"])
    [('y', '2')]
    """
    words = _words(frame, names)
    if words is None or _words(other, names) is None:
        known = set(combinations(other, names))
        return [one for one in combinations(frame, names) if one not in known]
    codes = [own.get_indexer(other[name].cat.categories)[other[name].cat.codes] for name, own in zip(names, words, strict=True)]
    common = np.logical_and.reduce([code >= 0 for code in codes])
    there = _there(frame, names, words)
    there[tuple(code[common] for code in codes)] = False
    return _told(there, words)


def _words(frame: pd.DataFrame, names: Sequence[str]) -> list[pd.Index] | None:
    """The distinct texts of some columns, where they are known and their combinations few enough to have a place each."""
    kinds = [kind for kind in frame[list(names)].dtypes if isinstance(kind, pd.CategoricalDtype)]
    few = len(kinds) == len(names) and prod(len(kind.categories) for kind in kinds) <= _CROSS
    return [kind.categories for kind in kinds] if few else None


def _there(frame: pd.DataFrame, names: Sequence[str], words: Sequence[pd.Index]) -> np.ndarray:
    """Whether a combination is there, for each that could be: no text is compared with another."""
    there = np.zeros(prod(len(own) for own in words), dtype="bool")
    place = np.zeros(len(frame), "int32")
    for name, own in zip(names, words, strict=True):
        place = place * np.int32(len(own)) + frame[name].cat.codes.to_numpy()
    there[place] = True
    return there.reshape([len(own) for own in words])


def _told(there: np.ndarray, words: Sequence[pd.Index]) -> list[tuple[str, ...]]:
    return list(zip(*(own.take(codes).to_list() for own, codes in zip(words, there.nonzero(), strict=True)), strict=True))


def all_differ(column: pd.Series) -> bool:
    """Whether no text of a column is there twice: seen at a glance where they stand in order, as in tables that minsheng writes.

    Examples
    --------
    >>> all_differ(pd.Series(["a", "b", "c"])), all_differ(pd.Series(["b", "a", "b"])), all_differ(pd.Series(["b", "a"]))
    (True, False, True)
    """
    cells = column.array if _in_arrow(column) else column.to_numpy(dtype="object")
    return bool((cells[1:] > cells[:-1]).all()) or len(set(cells.tolist())) == len(cells)
