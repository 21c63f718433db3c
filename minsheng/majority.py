"""The series of most places: what is laid side by side where tables hold other series of the same indicator as well."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

_PLAIN = ["", "all"]
"""Codes that say nothing in particular: of series of as many places, the plainest is the main one."""


def _most(rows: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The rows that have in `columns` what the rows of most places have."""
    columns = list(columns)
    found = rows.groupby(columns, as_index=False)["region_id"].nunique()
    found["_plain"] = found[columns].isin(_PLAIN).sum(axis=1)
    main = found.sort_values(["region_id", "_plain"], ascending=False, kind="stable").iloc[0]
    return rows[(rows[columns] == main[columns]).all(axis=1)]


def majority(rows: pd.DataFrame, apart: Sequence[str]) -> pd.DataFrame:
    """Of each indicator the series of most places, all in the unit of most places; the others are left out.

    Parameters
    ----------
    rows : DataFrame
        From `minsheng.standards` (or rows of it).
    apart : list of str
        The columns (``residence``, ``care``, ``recipient``) in which the rows of an indicator must not differ.

    Returns
    -------
    DataFrame
        Rows of `rows`, in their order. Of series of as many places, the one for all.

    Examples
    --------
    >>> import minsheng as ms
    >>> levels = ms.standards(ms.load())
    >>> tekun = levels[levels["indicator_id"] == "tekun_standard"]
    >>> main = majority(tekun, ["care", "recipient"])
    >>> sorted(tekun["recipient"].unique()), list(main["recipient"].unique())
    (['', '半失能', '失能', '市财政供养'], [''])
    """
    if rows.empty:
        return rows
    rows = _most(rows, ["unit", "per"])
    if not apart:
        return rows
    return pd.concat([_most(own, apart) for _, own in rows.groupby("indicator_id", sort=False)]).sort_index()
