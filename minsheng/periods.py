"""Periods that amounts per person are told in, and bringing them to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from minsheng.tables import Dataset

PERIODS = {"person-month": 1.0, "person-year": 12.0}
"""Periods that amounts per person can be brought to, in months."""


def months(periods: pd.Series) -> pd.Series:
    """How many months each period has; missing for what is none (floats, also where no period is one).

    Examples
    --------
    >>> months(pd.Series(["person-year", "mu"])).tolist()
    [12.0, nan]
    """
    return periods.map(PERIODS).astype("float64")


def in_one_period(data: Dataset, table: pd.DataFrame, per: str | None) -> pd.DataFrame:
    """Values of one indicator in one unit per one period: the indicator's own first one, or `per`."""
    own = data.indicators.set_index("indicator_id")["per"].fillna("").str.split(";").str[0]
    wanted = table["indicator_id"].map(own)
    convertible = table["per"].isin(list(PERIODS))
    if per:
        wanted = wanted.where(~convertible, per)
    moved = convertible & wanted.isin(list(PERIODS)) & (wanted != table["per"])
    factor = (months(wanted) / months(table["per"])).where(moved, 1.0)
    out = table.assign(per=table["per"].where(~moved, wanted))
    for column in ("value", "value_max"):
        out[column] = (out[column] * factor).round(6)
    return out
