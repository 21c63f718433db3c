"""What differs between two sets of tables: rows told apart by their keys, cells compared as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from minsheng.faults import Refused
from minsheng.schema import Table, schema

COLUMNS = ["table", "key", "column", "kind", "old", "new"]
JOIN = " + "
"""Between the columns of a key."""

Rows = dict[str, dict[str, str]]


def rows_of(frame: pd.DataFrame | None, table: Table) -> Rows:
    """The rows of a table by their keys, in their order; none of a table that is not there.

    Raises
    ------
    Refused
        If a key is there twice.
    """
    if frame is None:
        return {}
    keys = [JOIN.join(key) for key in frame[list(table.primary_key)].itertuples(index=False)]
    rows = dict(zip(keys, frame[table.columns].to_dict("records"), strict=True))
    if len(rows) < len(keys):
        raise Refused("changes.key_twice", table=table.name, row=next(key for key in keys if keys.count(key) > 1))
    return rows


def _changed(table: Table, old: Rows, new: Rows) -> Iterator[tuple[str, ...]]:
    for key in [*new, *(key for key in old if key not in new)]:
        was, now = old.get(key, {}), new.get(key, {})
        kind = "changed" if was and now else "added" if now else "removed"
        for column in table.columns:
            before, after = was.get(column, ""), now.get(column, "")
            if before != after:
                yield table.name, key, column, kind, before, after


def changes(old: Mapping[str, pd.DataFrame], new: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """What would change from one set of tables to another.

    Parameters
    ----------
    old, new : mapping of DataFrame
        Tables of text by name, empty where missing, as `files.read_folder` gives them. A table that is not there counts as one
        without rows.

    Returns
    -------
    DataFrame
        A row for each cell that differs: `table`; `key` (the columns of a key with `` + `` between them); `column`; `kind`
        (``changed`` where the row is in both, ``added`` or ``removed`` where the whole row is: then each of its filled cells
        has a line); `old` and `new` (text, empty where there is none). Tables and columns in the order of the descriptor,
        rows in the order of `new`, removed ones after them. Where a row stands is no difference.

    Raises
    ------
    Refused
        If a key is in one table twice (which `check` would have said).

    Examples
    --------
    >>> from minsheng.files import read_folder
    >>> from minsheng.places import bundled
    >>> old, _ = read_folder(bundled("data"))
    >>> new = old | {"regions": old["regions"].replace("Shanxi", "Shanxi Province")}
    >>> changes(old, new).iloc[0].tolist()
    ['regions', '140000', 'name_en', 'changed', 'Shanxi', 'Shanxi Province']
    """
    found = [
        line
        for name, table in schema().readable.items()
        for line in _changed(table, rows_of(old.get(name), table), rows_of(new.get(name), table))
    ]
    return pd.DataFrame(found, columns=COLUMNS, dtype=object)
