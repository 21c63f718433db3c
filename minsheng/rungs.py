"""A place beside the places above it, rung by rung: prefecture, province, nation."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from minsheng.levels import PLACE_SERIES, union_flags
from minsheng.tables import Dataset
from minsheng.yardsticks import against_reference, ancestors

RUNGS = ("prefecture", "province", "nation")
"""Columns of the places above, nearest first."""

_KEY = ["year", "indicator_id", "residence", "care", "recipient", "unit", "per"]
_RANK = {"minimum": 0, "standard": 1, "average": 2}


def _above(data: Dataset, table: pd.DataFrame, place: str) -> dict[str, pd.DataFrame]:
    """The values of each place above, by its level: what it set for those below first."""
    level = data.regions.set_index("region_id")["level"].to_dict()
    order = table.assign(_rank=table["statistic"].map(_RANK)).sort_values("_rank", kind="stable")
    return {
        str(level[other]): order[order["region_id"] == other].drop_duplicates(_KEY)
        for other in ancestors(data, place)
        if level[other] in RUNGS
    }


def _rungs(data: Dataset, table: pd.DataFrame, place: str) -> pd.DataFrame:
    rows = table[table["region_id"] == place].reset_index(drop=True)
    above, cells = _above(data, table, place), []
    for rung in RUNGS[:-1]:
        own = above.get(rung, table.iloc[:0])[[*_KEY, "value", "flags", "figures"]]
        both = rows[_KEY].merge(own, on=_KEY, how="left")
        rows[rung] = both["value"]
        rows["flags"] = union_flags(rows.assign(_more=both["flags"]), "flags", "_more")
        cells.append(both["figures"])
    behind = zip(*cells, strict=True)
    rows["parent_figures"] = [";".join(dict.fromkeys(one for one in row if isinstance(one, str))) for row in behind]
    return rows


def ladder(data: Dataset, table: pd.DataFrame, places: Iterable[str]) -> pd.DataFrame:
    """All that is known of some places over the years, each standard beside those of the places above it.

    Parameters
    ----------
    data : Dataset
        For the hierarchy of places and the national series.
    table : DataFrame
        From `minsheng.standards` (or rows of it). Constant prices are turned back to nominal ones first.
    places : iterable of str
        ``region_id`` of each.

    Returns
    -------
    DataFrame
        Rows of `table` of those places without damaged ones, newest year first within each series, and
        ``prefecture``, ``province``, ``nation`` (same year, series, unit and period; NaN where it is not known),
        ``share`` (% of the nation), ``parent_figures`` and ``references`` behind them. Flags are those of all values
        in the row.

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> rows = ms.ladder(data, ms.standards(data), ["441602"])
    >>> rows[rows.indicator_id == "disability_care_subsidy"][["year", "value", "province"]].to_dict("records")
    [{'year': 2024, 'value': 270.0, 'province': 270.0}, {'year': 2023, 'value': 252.0, 'province': 261.0}]
    """
    as_printed = table.assign(value=table["nominal"].fillna(table["value"])) if "nominal" in table else table
    sound = as_printed[~as_printed["flags"].str.contains("damaged")]
    rows = pd.concat([_rungs(data, sound, place) for place in places], ignore_index=True)
    nation = against_reference(data, rows)[["year", *PLACE_SERIES, "reference", "share", "references"]]
    rows = rows.merge(nation, on=["year", *PLACE_SERIES], how="left").rename(columns={"reference": "nation"})
    rows["references"] = rows["references"].fillna("")
    order = [*PLACE_SERIES, "year"]
    return rows.sort_values(order, ascending=[one != "year" for one in order]).reset_index(drop=True)
