"""Large tables read by Arrow (the extra ``large``): Parquet, and plain CSV files; each distinct value is put in words once."""

from __future__ import annotations

from collections.abc import Sequence
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

PARQUET = ".parquet"

_BLOCK = 1 << 24


def _words(value: Any) -> str:
    """A value as a CSV file would have it; nothing for a missing one.

    Examples
    --------
    >>> [_words(one) for one in (None, 600.0, 0.1, 2024, "城市")]
    ['', '600', '0.1', '2024', '城市']
    """
    if value is None or value != value:
        return ""
    return number_text(value) if isinstance(value, float) and isfinite(value) else str(value)


def _text(column: pa.ChunkedArray) -> pd.Categorical | np.ndarray:
    """A column as text: texts as they are (`grid` asks for a key so), anything else by its distinct values."""
    import pyarrow.types as kinds

    if kinds.is_string(column.type) or kinds.is_large_string(column.type):
        return column.fill_null("").to_numpy()
    whole = column if kinds.is_dictionary(column.type) else column.dictionary_encode()
    whole = whole.unify_dictionaries().combine_chunks()
    found = [_words(one) for one in whole.dictionary.to_pylist()]
    codes = whole.indices.fill_null(len(found)).to_numpy(zero_copy_only=False)
    names, again = np.unique(np.array([*found, ""], dtype="object"), return_inverse=True)
    return pd.Categorical.from_codes(again[codes], pd.Index(names, dtype="object"), validate=False)


def _columns(whole: pa.Table, table: Table, first: int) -> pd.DataFrame:
    none = pd.Categorical.from_codes(np.zeros(len(whole), "int8"), [""])
    cells = {name: _text(whole[name]) if name in whole.column_names else none for name in table.columns}
    return pd.DataFrame(cells, pd.RangeIndex(first, first + len(whole)), copy=False)


def csv_columns(path: Path, header: Sequence[str], table: Table) -> pd.DataFrame | None:
    """The cells of a CSV file that is known to be plain (`bulk.columns`, which see); None without Arrow."""
    try:
        import pyarrow as pa
        from pyarrow import csv
    except ImportError:
        return None
    words = pa.dictionary(pa.int32(), pa.string())
    kinds = {name: pa.string() if (name,) == table.primary_key else words for name in header}
    options = csv.ConvertOptions(column_types=kinds, strings_can_be_null=False)
    try:
        return _columns(csv.read_csv(path, csv.ReadOptions(block_size=_BLOCK), convert_options=options), table, 2)
    except pa.ArrowInvalid:  # a line with more cells than the header, or not in UTF-8
        return None


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
