"""Amounts that are paid on top of one another to one person."""

from __future__ import annotations

import pandas as pd

from minsheng.compare import over_years
from minsheng.levels import union_flags


def supplements(table: pd.DataFrame, base: str, supplement: str) -> pd.DataFrame:
    """A base amount and what is paid on top of it, for each group that gets a supplement.

    Parameters
    ----------
    table : DataFrame
        From `minsheng.standards` (or rows of it).
    base, supplement : str
        ``indicator_id`` of the two, in the same unit and period.

    Returns
    -------
    DataFrame
        Columns of `table` for the base (``value``) and ``recipient`` of the supplement, ``supplement``, ``total`` (in the
        unit; of the same place, year, residence and care), ``supplement_flags``. One row for each place, year and group,
        and one without a supplement (0 is printed nowhere: ``supplement`` is NaN). Flags and figures of both.

    Raises
    ------
    Refused
        If an indicator is not known.

    Examples
    --------
    >>> import minsheng as ms
    >>> rows = ms.supplements(ms.standards(ms.load()), "basic_pension", "pension_age_supplement")
    >>> rows[(rows.region_id == "361002") & (rows.year == 2021)][["recipient", "value", "total"]].to_dict("records")[-1]
    {'recipient': '80周岁以上', 'value': 115.0, 'total': 121.0}
    """
    own = over_years(table, base, by=["residence"], main=True)
    extra = over_years(table, supplement, by=["recipient"], main=True)
    key = ["region_id", "year", "residence", "care", "unit", "per"]
    extra = extra[[*key, "recipient", "value", "flags", "figures"]]
    both = own.merge(extra, on=key, suffixes=("", "_more"))
    both["recipient"] = both["recipient_more"]
    both["supplement"], both["total"] = both["value_more"], both["value"] + both["value_more"]
    both["supplement_flags"] = both["flags_more"]
    both["flags"] = union_flags(both, "flags", "flags_more")
    both["figures"] = both["figures"] + ";" + both["figures_more"]
    plain = own.assign(supplement=float("nan"), total=own["value"], supplement_flags="")
    rows = pd.concat([plain, both[plain.columns]], ignore_index=True)
    return rows.sort_values(["year", "region_id", "residence", "recipient"], ascending=[False, True, True, True]).reset_index(
        drop=True
    )
