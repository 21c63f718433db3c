"""What is collected for a person, and who pays it: the fiscal subsidy and the personal contribution, beside the nation's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from minsheng.compare import select
from minsheng.levels import union_flags

if TYPE_CHECKING:
    from minsheng.views import View


def funding(
    table: pd.DataFrame, fiscal: str = "medical_fiscal_subsidy", contribution: str = "medical_personal_contribution"
) -> pd.DataFrame:
    """Fiscal subsidy and personal contribution that the same place announced in the same year.

    A contribution is counted with the year in which it was announced, as the national notices do; where it is for the
    coverage year after that, its row is flagged ``coverage_year``.

    Parameters
    ----------
    table : DataFrame
        From `minsheng.standards` (or rows of it).
    fiscal, contribution : str
        The two indicators.

    Returns
    -------
    DataFrame
        ``region_id``, ``year`` (of the announcement), ``fiscal``, ``contribution`` (NaN where it is not known),
        ``total``, ``unit``, ``per``, flags, derivations and figures of both. One row for each place and year with a subsidy.

    Examples
    --------
    >>> import minsheng as ms
    >>> rows = funding(ms.standards(ms.load()))
    >>> rows[rows.region_id == "140000"][["year", "fiscal", "contribution", "total"]].to_dict("records")[-1]
    {'year': 2021, 'fiscal': 580.0, 'contribution': 320.0, 'total': 900.0}
    """
    columns = ["region_id", "year", "value", "unit", "per", "flags", "derivation", "figures"]
    left, right = (_announced(table, one)[columns] for one in (fiscal, contribution))
    both = left.merge(right, on=["region_id", "year", "unit", "per"], how="left", suffixes=("", "_c"))
    both["flags"] = union_flags(both, "flags", "flags_c")
    both["figures"] = both["figures"] + (";" + both["figures_c"]).fillna("")
    steps = zip(both["derivation"], both["derivation_c"].fillna(""), strict=True)
    both["derivation"] = pd.Series(["; ".join(filter(None, step)) for step in steps], index=both.index, dtype="str")
    both = both.rename(columns={"value": "fiscal", "value_c": "contribution"})
    both = both.drop(columns=["flags_c", "derivation_c", "figures_c"])
    both["total"] = both["fiscal"] + both["contribution"]
    return both.sort_values(["year", "region_id"]).reset_index(drop=True)


def _announced(table: pd.DataFrame, indicator: str) -> pd.DataFrame:
    rows = select(table, indicator, main=True)
    return rows.assign(year=rows["announced_year"].fillna(rows["year"]))


def with_nation(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of `funding` with the nation's own (``region_id`` empty) before those of each year.

    A year for which the nation's fiscal subsidy is not known gets none.
    """
    if rows.empty:
        return rows
    unit, per = rows["unit"].iloc[0], rows["per"].iloc[0]
    columns = {"fiscal": "medical_fiscal_subsidy", "contribution": "medical_personal_contribution"}
    parts = {name: view.reference(one, per).set_index("year")["value"].rename(name) for name, one in columns.items()}
    nation = pd.concat(parts.values(), axis=1).dropna(subset=["fiscal"]).reset_index()
    nation = nation[nation["year"].isin(list(rows["year"]))]
    nation = nation.assign(
        region_id="", unit=unit, per=per, flags="", figures="", total=nation["fiscal"] + nation["contribution"]
    )
    years = nation["year"].astype("str")
    known = nation["contribution"].notna()
    nation["references"] = "resident_medical_fiscal_subsidy:" + years
    nation.loc[known, "references"] += ";resident_medical_personal_contribution:" + years
    both = pd.concat([rows, nation], ignore_index=True)
    return both.sort_values(["year", "region_id"], ascending=[False, True]).reset_index(drop=True)
