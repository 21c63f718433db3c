"""Yardsticks: the national series, the place above, the price index."""

from __future__ import annotations

import pandas as pd

from minsheng.faults import Refused
from minsheng.levels import PLACE_SERIES, union_flags
from minsheng.periods import PERIODS, months
from minsheng.tables import Dataset


def reference_values(data: Dataset, indicator: str, per: str) -> pd.DataFrame:
    """The national series that an indicator is held against, per `per`.

    Returns
    -------
    DataFrame
        ``reference_id``, ``residence``, ``care``, ``year``, ``value``, ``status``, ``statistic``.
    """
    own = data.indicators.set_index("indicator_id").loc[indicator, "reference_id"]
    rows = data.reference[data.reference["reference_id"].isin(str(own).split(";"))].copy()
    same = rows["per"] == per
    factor = (PERIODS.get(per, float("nan")) / months(rows["per"])).where(~same, 1.0)
    rows["value"] = (rows["value"] * factor).round(6)
    columns = ["reference_id", "residence", "care", "year", "value", "status", "statistic"]
    return rows[rows["value"].notna()][columns].sort_values(["reference_id", "year"]).reset_index(drop=True)


def against_reference(data: Dataset, table: pd.DataFrame) -> pd.DataFrame:
    """Each standard as a share of the national value of the same year (= 100).

    Places of different years can stand side by side so. A personal contribution is held against the national notice
    of the year in which it was announced, which is how the national series counts.

    Parameters
    ----------
    data : Dataset
        For the national series.
    table : DataFrame
        From `minsheng.standards` (or rows of it). Constant prices are turned back to nominal ones first.

    Returns
    -------
    DataFrame
        Columns of `table` and ``reference_id``, ``reference`` (in the unit and period of the row),
        ``reference_status``, ``references`` (series and year), ``share`` (%). Only rows whose residence and care the
        national series has, in a year that it has: nothing is filled in.

    Examples
    --------
    730 yuan, where the nation sets at least 640 in 2023: 730 / 640 = 114.0625 %.

    >>> import minsheng as ms
    >>> data = ms.load()
    >>> rows = ms.over_years(ms.standards(data), "medical_fiscal_subsidy", regions=["370103"])
    >>> ms.against_reference(data, rows)[["year", "value", "reference", "share"]].values.tolist()[-1]
    [2023, 730.0, 640.0, 114.0625]
    """
    series = data.indicators.dropna(subset=["reference_id"])
    nominal = table.assign(value=table["nominal"].fillna(table["value"])) if "nominal" in table else table
    found = []
    for indicator in series["indicator_id"]:
        rows = nominal[
            (nominal["indicator_id"] == indicator) & ~nominal["flags"].str.contains("damaged") & (nominal["recipient"] == "")
        ]
        for per in rows["per"].unique():
            national = reference_values(data, indicator, per).rename(
                columns={"value": "reference", "status": "reference_status", "year": "_year"}
            )
            mine = rows[rows["per"] == per].assign(_year=rows["announced_year"].fillna(rows["year"]))
            found.append(mine.merge(national.drop(columns="statistic"), on=["residence", "care", "_year"]))
    if not found:
        nothing = {"references": "", "reference_id": "", "reference": 0.0, "reference_status": "", "share": 0.0}
        return table.iloc[:0].assign(**nothing)
    out = pd.concat(found, ignore_index=True)
    out["references"] = out["reference_id"] + ":" + out["_year"].astype("str")
    out = out.drop(columns="_year")
    out["share"] = 100 * out["value"] / out["reference"]
    return out.sort_values(["indicator_id", "residence", "care", "year", "region_id"]).reset_index(drop=True)


def ancestors(data: Dataset, region_id: str) -> list[str]:
    """The places above a place, nearest first.

    Examples
    --------
    >>> import minsheng as ms
    >>> ancestors(ms.load(), "441602")
    ['441600', '440000', 'CN']
    """
    out: list[str] = []
    at = data.above.get(region_id)
    while isinstance(at, str) and at:
        out.append(at)
        at = data.above.get(at)
    return out


def against_parent(data: Dataset, table: pd.DataFrame) -> pd.DataFrame:
    """Each standard beside that of the nearest place above it that has one for the same year.

    Standard and minimum may meet here: the question is whether a place keeps what its province set. The statistic of
    both is in the table, and the flags of both.

    Parameters
    ----------
    data : Dataset
        For the hierarchy of places.
    table : DataFrame
        From `minsheng.standards` (or rows of it).

    Returns
    -------
    DataFrame
        Columns of `table` and ``parent_id``, ``parent_value``, ``parent_statistic``, ``parent_figures``,
        ``difference`` (in the unit), ``share`` (%). Flags of both.

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> rows = ms.against_parent(data, ms.standards(data))
    >>> short = rows[(rows.indicator_id == "orphan_standard") & (rows.year == 2024)]
    >>> short[["region_id", "care", "value", "parent_value", "difference"]].to_dict("records")[1]
    {'region_id': '441602', 'care': 'institutional', 'value': 2088.0, 'parent_value': 2295.0, 'difference': -207.0}
    """
    rows = table[~table["flags"].str.contains("damaged")]
    key = ["year", "indicator_id", "residence", "care", "recipient", "unit", "per"]
    up = [(place, other, step) for place in rows["region_id"].unique() for step, other in enumerate(ancestors(data, place))]
    links = pd.DataFrame(up, columns=["region_id", "parent_id", "_step"])
    above = rows.assign(_rank=rows["statistic"].map({"minimum": 0, "standard": 1, "average": 2}))
    above = above[[*key, "region_id", "value", "statistic", "flags", "figures", "_rank"]]
    above.columns = [*key, "parent_id", "parent_value", "parent_statistic", "parent_flags", "parent_figures", "_rank"]
    both = rows.merge(links, on="region_id").merge(above, on=[*key, "parent_id"])
    both = both.sort_values(["_step", "_rank"]).drop_duplicates([*PLACE_SERIES, "year"])
    both["flags"] = union_flags(both, "flags", "parent_flags")
    both["difference"] = (both["value"] - both["parent_value"]).round(6)
    both["share"] = 100 * both["value"] / both["parent_value"]
    both = both.drop(columns=["_step", "_rank", "parent_flags"]).sort_values([*PLACE_SERIES, "year"]).reset_index(drop=True)
    both.attrs.update(table.attrs)
    return both


def price_factors(data: Dataset, base_year: int) -> dict[int, float]:
    """What a yuan of each year is in yuan of `base_year`, by the consumer price index.

    Only years from which every year to the base is known have one.

    Raises
    ------
    Refused
        If the index does not reach `base_year`.
    """
    rows = data.reference[data.reference["reference_id"] == "cpi_previous_year_100"]
    index = {int(y): v / 100 for y, v in zip(rows["year"], rows["value"], strict=True)}
    if base_year not in index:
        raise Refused("refused.base_year", value=base_year, years=f"{min(index)}–{max(index)}" if index else "–")
    factors = {base_year: 1.0}
    year = base_year
    while year in index:  # the index of a year leads from the year before to it
        factors[year - 1] = factors[year] * index[year]
        year -= 1
    year = base_year
    while year + 1 in index:
        factors[year + 1] = factors[year] / index[year + 1]
        year += 1
    return factors


def constant_prices(data: Dataset, table: pd.DataFrame, base_year: int) -> pd.DataFrame:
    """Amounts of money in prices of one year, by the national consumer price index.

    Parameters
    ----------
    data : Dataset
        For the index.
    table : DataFrame
        From `minsheng.standards` (or rows of it).
    base_year : int
        The year whose prices are used.

    Returns
    -------
    DataFrame
        Rows in yuan, ``value`` and ``value_max`` in prices of `base_year`, ``nominal`` as it was. Rows of years that
        the index does not link to the base year are left out, as are rows not in yuan. ``attrs`` say the ``price_year``.

    Raises
    ------
    Refused
        If the index does not reach `base_year`.

    Examples
    --------
    670 yuan of 2022 in prices of 2024, when prices rose by 0.2 % in 2023 and again in 2024: 670 × 1.002 × 1.002.

    >>> import minsheng as ms
    >>> data = ms.load()
    >>> rows = ms.over_years(ms.standards(data), "medical_fiscal_subsidy", regions=["370103"])
    >>> ms.constant_prices(data, rows, 2024)[["nominal", "value"]].round(2).values.tolist()
    [[670.0, 672.68], [730.0, 731.46]]
    """
    factors = price_factors(data, base_year)
    paid = table["announced_year"].fillna(table["year"])
    linked = (table["unit"] == "元") & paid.isin(list(factors))
    rows, factor = table[linked].copy(), paid[linked].map(factors).astype("float64")
    rows["nominal"] = rows["value"]
    rows["value"] = (rows["value"] * factor).round(6)
    rows["value_max"] = (rows["value_max"] * factor).round(6)
    rows.attrs["price_year"] = base_year
    return rows.reset_index(drop=True)
