"""Large tables read by Arrow (the extra ``large``): Parquet, and plain CSV files; each distinct value is put in words once."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from minsheng.faults import Fault, Refused
from minsheng.schema import Table
from minsheng.spreadsheet import Grid, number_text

if TYPE_CHECKING:
    import pyarrow as pa
    from pandas.api.extensions import ExtensionArray

PARQUET = ".parquet"
MARKS = (b'"', b"\0", b"\r")
AS_READ = "_as_read:"
"""Before the name of a column, another one: the same text as pandas keeps it, in each row."""

_BLOCK, _ROWS, _SAMPLE = 1 << 22, 1 << 16, 1000
_MANY, _WORKERS = 100_000, 2


def _words(value: Any) -> str:
    """A value as a CSV file would have it; nothing for a missing one.

    Examples
    --------
    >>> [_words(one) for one in (None, 600.0, 0.1, 2024, "城市", "城市".encode())]
    ['', '600', '0.1', '2024', '城市', '城市']
    """
    if value is None or value != value:
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return number_text(value) if isinstance(value, float) and isfinite(value) else str(value)


def _as_it_is(column: pa.ChunkedArray) -> ExtensionArray | np.ndarray:
    """A column of texts, another one in each row."""
    column.validate(full=True)
    there = column.fill_null("")
    return pd.array(there, dtype="str") if keeps_text() else there.to_numpy()


def _one(value: Any, rows: int) -> pd.Categorical:
    return pd.Categorical.from_codes(np.zeros(rows, "int8"), pd.Index([_words(value)], dtype="object"))


def _in_runs(column: pa.ChunkedArray) -> tuple[pa.ChunkedArray, np.ndarray]:
    """The values that stand one after another, and how many times each does."""
    import pyarrow as pa
    import pyarrow.compute as pc

    runs = [pc.run_end_encode(chunk) for chunk in column.chunks]
    lengths = [np.diff(one.run_ends.to_numpy(), prepend=0) for one in runs]
    return pa.chunked_array([one.values for one in runs], column.type), np.concatenate([np.zeros(0, "int32"), *lengths])


def _distinct(column: pa.ChunkedArray) -> pd.Categorical:
    """A column as text by its distinct values.

    In many columns the same stands in many rows one after another: these are looked at once.
    """
    import pyarrow as pa
    import pyarrow.types as kinds

    if kinds.is_dictionary(column.type):
        codes, names = _coded(column)
    elif len(_in_runs(column[:_SAMPLE])[1]) > _SAMPLE // 10:
        codes, names = _coded(column.dictionary_encode())
    else:
        values, lengths = _in_runs(column)
        codes, names = _coded(pa.chunked_array([values.combine_chunks().dictionary_encode()]))
        codes = codes.repeat(lengths)
    return pd.Categorical.from_codes(codes, pd.Index(names, dtype="object"), validate=False)


def _coded(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """The number of the value in each row, and the values as text."""
    whole = column.unify_dictionaries().combine_chunks()
    codes, values = whole.indices, whole.dictionary
    values.validate(full=True)
    if _of_text(values) and not (codes.null_count or values.null_count or len(values.unique()) < len(values)):
        return codes.to_numpy(), values.to_numpy(zero_copy_only=False)
    again, names = pd.factorize(np.array([*map(_words, values.to_pylist()), ""], dtype="object"))
    return again[codes.fill_null(len(values)).to_numpy()], names


def _of_text(values: pa.Array | pa.ChunkedArray) -> bool:
    import pyarrow.types as kinds

    return bool(kinds.is_string(values.type) or kinds.is_large_string(values.type))


def keeps_text() -> bool:
    """Whether pandas keeps text in Arrow: it does where it was imported with it (`imports.lean_pandas`)."""
    return str(pd.StringDtype(na_value=np.nan).storage) == "pyarrow"


def threads(frames: Mapping[str, pd.DataFrame]) -> int:
    """How many threads work on some tables: Arrow leaves the interpreter to others meanwhile; with many rows that pays.

    Examples
    --------
    >>> threads({"items": pd.DataFrame({"item": ["1", "2"]})})
    1
    """
    return _WORKERS if keeps_text() and sum(map(len, frames.values())) >= _MANY else 1


def spread(distinct: pd.Series, codes: np.ndarray) -> pd.Series:
    """The values of a column by the numbers of its distinct ones.

    Examples
    --------
    >>> spread(pd.Series(["a", None], dtype="str"), np.array([1, 0, 0])).tolist()
    [nan, 'a', 'a']
    """
    if distinct.dtype != "str" or not keeps_text():
        values = distinct.array
        return pd.Series(values.take(codes) if len(values) > 1 else values.repeat(len(codes)))
    import pyarrow as pa

    words = pa.array(distinct.array, pa.large_string())
    if len(words) == 1:  # the same rows again and again, which are in memory once
        times, rest = divmod(len(codes), _ROWS)
        some = words.take(np.zeros(_ROWS if times else rest, "int8"))
        texts = pa.chunked_array([some] * times + [some[:rest]] * bool(rest or not times))
    else:
        texts = pa.DictionaryArray.from_arrays(pa.array(codes), words).cast(pa.large_string())
    return pd.Series(pd.array(texts, dtype="str"))


def _columns(whole: pa.Table, table: Table, first: int) -> pd.DataFrame:
    import pyarrow as pa

    def text(name: str) -> pd.Categorical | ExtensionArray | np.ndarray:
        if name not in whole.column_names:
            return _one(None, len(whole))
        column = whole[name]
        try:
            return _as_it_is(column) if (name,) == table.primary_key and _of_text(column) else _distinct(column)
        except pa.ArrowNotImplementedError:  # lists and the like, which are in words only
            return _distinct(pa.chunked_array([pa.array(map(_words, column.to_pylist()), pa.string())]))

    with ThreadPoolExecutor(_WORKERS) as workers:
        last_first = dict(zip(table.columns[::-1], workers.map(text, table.columns[::-1]), strict=True))  # the longest texts
    cells = {name: last_first[name] for name in table.columns}
    ready = [name for name in whole.column_names if _ready(whole[name], cells[name])] if keeps_text() else []
    cells |= {AS_READ + name: pd.array(whole[name], dtype="str") for name in ready}
    return pd.DataFrame(cells, pd.RangeIndex(first, first + len(whole)), copy=False)


def _ready(column: pa.ChunkedArray, cells: Any) -> bool:
    """Whether a column need only be handed on as it was read: text in each row."""
    import pyarrow.types as kinds

    many = isinstance(cells, pd.Categorical) and len(cells.categories) > 1
    return kinds.is_large_string(column.type) and many and "" not in cells.categories


class _Watched(io.FileIO):
    """A file of which it is known, once it is read, whether there were marks by which a line may be something else than a row."""

    marked = False

    def read(self, size: int | None = -1) -> bytes:
        block = super().read(size)
        self.marked = self.marked or any(mark in block for mark in MARKS)
        return block


def csv_columns(path: Path, header: Sequence[str], table: Table) -> tuple[pd.DataFrame | None, bool]:
    """The cells of a CSV file, and whether there are `MARKS` in it, so that a line may be something else than a row.

    There are no cells without Arrow, and where lines have more or fewer than the header.
    """
    try:
        import pyarrow as pa
        from pyarrow import csv
    except ImportError:
        return None, True
    text = {field.name: pa.large_string() if field.type == "string" else pa.string() for field in table.fields}
    blocks, lines = csv.ReadOptions(block_size=_BLOCK), csv.ParseOptions(ignore_empty_lines=False)
    pool = pa.system_memory_pool()  # the others ask for memory in pages so large that a virtual machine may be slow to find them
    # That texts are in UTF-8 is seen where each distinct one is looked at.
    cells = csv.ConvertOptions(check_utf8=False, column_types=text, strings_can_be_null=False)
    try:
        with _Watched(path) as file:
            return _columns(csv.read_csv(file, blocks, lines, cells, pool), table, 2), file.marked
    except pa.ArrowInvalid:  # so many cells, or not in UTF-8
        return None, True


def grid(path: Path, table: Table) -> tuple[Grid | None, list[Fault]]:
    """The cells of a Parquet file.

    Parameters
    ----------
    path : Path
    table : Table
        Whose columns they are.

    Returns
    -------
    Grid or None
        With a frame where the columns are those of the table (a row for each of the file, its first one numbered 1), with rows
        of text where they are not, so that each is told; None where the file cannot be read.
    faults : list of Fault

    Raises
    ------
    Refused
        If pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise Refused("refused.parquet", file=path.name) from None
    try:
        names, key = pq.read_schema(path).names, table.primary_key
        whole = pq.read_table(path, read_dictionary=[name for name in names if (name,) != key])
    except (pa.ArrowInvalid, OSError):
        return None, [Fault(path.name, 0, "", "fault.not_parquet")]
    needed = {field.name for field in table.fields if field.required}
    if len(names) != len(set(names)) or not needed <= set(names) <= set(table.columns):
        columns = [[_words(one) for one in column.to_pylist()] for column in whole.columns]
        rows = list(enumerate(map(list, zip(*columns, strict=True)), start=1))
        return Grid(path.name, list(names), rows), []
    return Grid(path.name, table.columns, [], frame=_columns(whole, table, 1)), []
