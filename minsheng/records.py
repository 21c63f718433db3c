"""Rows of a large table by their id, each put together when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd


class Records(Mapping[str, dict[str, Any]]):
    """Rows of a table by their id, as dictionaries; making one takes no longer however large the table is.

    Parameters
    ----------
    table : DataFrame
    key : str
        Its column of ids, each there once.

    Examples
    --------
    >>> rows = Records(pd.DataFrame({"id": ["b", "a"], "value": [1.5, 2.0]}), "id")
    >>> rows["a"]
    {'id': 'a', 'value': 2.0}
    >>> rows.among({"a", "b", "c"})
    ['b', 'a']
    """

    def __init__(self, table: pd.DataFrame, key: str) -> None:
        self._columns = {name: column.array for name, column in table.items()}
        self._at = {one: n for n, one in enumerate(table[key].tolist())}
        self._made: dict[str, dict[str, Any]] = {}

    def __getitem__(self, one: str) -> dict[str, Any]:
        if one not in self._made:
            n = self._at[one]
            self._made[one] = {str(name): _plain(column[n]) for name, column in self._columns.items()}
        return self._made[one]

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)

    def among(self, ids: Iterable[str]) -> list[str]:
        """Those of some ids that are there, in the order of the table."""
        return sorted((one for one in ids if one in self._at), key=self._at.__getitem__)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
