"""What is printed and shown nowhere else: so that no figure, of whatever indicator, silently goes nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from minsheng.promises import in_topics
from minsheng.tables import Dataset


def _figures(tables: Iterable[pd.DataFrame]) -> set[str]:
    """The figures that some tables rest on."""
    columns = [table[one] for table in tables for one in ("figures", "parent_figures") if one in table]
    return {one for column in columns for cell in column.dropna() for one in cell.split(";")}


def unshown(data: Dataset, figures: pd.DataFrame, topics: Sequence[str], year: int, *shown: pd.DataFrame) -> pd.DataFrame:
    """Figures of some topics, printed for a year, that none of the tables of a page rests on.

    Parameters
    ----------
    data : Dataset
        For the topics of the indicators.
    figures : DataFrame
        From `minsheng.printed`.
    topics : list of str
        Topics of indicators; empty means all.
    year : int
        The year asked. What a document of the year prints as its earlier standard (role ``baseline``) is among them.
    *shown : DataFrame
        The tables that the page has shown; their column ``figures`` says what they rest on.

    Returns
    -------
    DataFrame
        Columns of `figures`, of any role and unit, in their order. Damaged figures are left out.

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> rows = ms.printed(data)
    >>> whole = ms.unshown(data, rows, ["employment"], 2021)
    >>> targets = ms.planned(data, rows, ["employment"], 2021)
    >>> len(whole), len(ms.unshown(data, rows, ["employment"], 2021, targets))
    (21, 2)
    """
    rows = in_topics(data, figures, topics)
    earlier = rows["role"] == "baseline"
    now = rows["document_id"].isin(rows["document_id"][(rows["year"] == year) & ~earlier])
    rows = rows[now & ((rows["year"] == year) | earlier)]
    return rows[~rows["figures"].isin(_figures(shown))].reset_index(drop=True)
