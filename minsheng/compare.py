"""Comparisons: across places, over years, between urban and rural. Tables in, tables out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import pandas as pd

from minsheng.faults import Refused, nearest
from minsheng.levels import PLACE_SERIES, union_flags
from minsheng.majority import majority
from minsheng.schema import schema

_APART = ("residence", "care", "recipient")
_STATISTIC = {"standard": 0, "minimum": 1, "average": 2}


def _refuse_mixture(rows: pd.DataFrame, indicators: Sequence[str], by: Sequence[str]) -> None:
    kinds = rows.drop_duplicates("indicator_id")
    if kinds["measure"].eq("ratio").any() and not kinds["measure"].eq("ratio").all():
        raise Refused("refused.ratio_with_level", indicators=", ".join(indicators))
    if len(rows[["unit", "per"]].drop_duplicates()) > 1:
        units = ", ".join(sorted({f"{r.unit}/{r.per}" if r.per else r.unit for r in rows.itertuples()}))
        raise Refused("refused.units", indicators=", ".join(indicators), units=units)
    for column in ("indicator_id", *_APART):
        found = sorted(rows[column].unique())
        if len(found) > 1 and column not in by:
            values = ", ".join(repr(one) for one in found)
            raise Refused("refused.several_series", indicators=", ".join(indicators), column=column, values=values)


def select(
    table: pd.DataFrame,
    indicator: str | Sequence[str],
    *,
    residence: str | None = None,
    care: str | None = None,
    recipient: str | None = None,
    regions: Iterable[str] | None = None,
    by: Sequence[str] = (),
    main: bool = False,
) -> pd.DataFrame:
    """Rows of one series, or of several that are laid side by side on purpose.

    Parameters
    ----------
    table : DataFrame
        From `minsheng.standards`.
    indicator : str or list of str
        ``indicator_id``; several only with ``by=['indicator_id']`` and the same unit.
    residence, care, recipient : str, optional
        Which series.
    regions : iterable of str, optional
        Only these places.
    by : list of str
        The columns (``indicator_id``, ``residence``, ``care``, ``recipient``) in which the rows may differ. Without
        it, rows of more than one series are refused.
    main : bool
        Where rows differ in other columns or in their unit, keep the series of most places and leave the others out
        (`minsheng.majority`), instead of refusing. A page does so, and lists what is left out at its end.

    Returns
    -------
    DataFrame
        Rows of `table`, without damaged figures. Minimum and average values stay, under their flags.

    Raises
    ------
    Refused
        If the indicator is not known, or the rows are not comparable; the sentence says what to ask for instead.

    Examples
    --------
    >>> import minsheng as ms
    >>> rows = ms.select(ms.standards(ms.load()), "orphan_standard", care="dispersed", regions=["441602"])
    >>> rows[["year", "value", "unit", "per"]].to_dict("records")[-1]
    {'year': 2024, 'value': 1450.0, 'unit': '元', 'per': 'person-month'}
    """
    wanted = [indicator] if isinstance(indicator, str) else list(indicator)
    known = table.attrs.get("indicators") or sorted(table["indicator_id"].unique())
    for one in wanted:
        if one not in known:
            raise Refused("refused.indicator", value=one, nearest=nearest(one, known))
    rows = table[table["indicator_id"].isin(wanted)]
    for column, value in (("residence", residence), ("care", care), ("recipient", recipient)):
        if value is not None:
            there = rows["recipient"].unique() if column == "recipient" else schema().codes(column)
            if len(rows) and value not in there:
                raise Refused("refused.choice", column=column, value=value, nearest=nearest(value, list(there)))
            rows = rows[rows[column] == value]
    if regions is not None:
        rows = rows[rows["region_id"].isin(list(regions))]
    rows = rows[~rows["flags"].str.contains("damaged")]
    if main:
        rows = majority(rows, [column for column in _APART if column not in by])
    _refuse_mixture(rows, wanted, by)
    return rows.reset_index(drop=True)


def across(
    table: pd.DataFrame, indicator: str | Sequence[str], year: int, *, stale: bool = True, **choice: object
) -> pd.DataFrame:
    """Who stands where in a year: one row for each place (and each value of `by`).

    Parameters
    ----------
    table : DataFrame
        From `minsheng.standards`.
    indicator : str or list of str
        As in `select`.
    year : int
        The year asked.
    stale : bool
        Where a place has no value for the year, show its last known one, flagged ``stale``.
    **choice
        ``residence``, ``care``, ``recipient``, ``regions``, ``by``, ``main`` as in `select`.

    Returns
    -------
    DataFrame
        Rows of `table`, highest value first. Where a place has a standard and a minimum or average, the standard.

    Raises
    ------
    Refused
        As `select`.

    Examples
    --------
    >>> import minsheng as ms
    >>> levels = ms.standards(ms.load())
    >>> rows = ms.across(levels, "medical_fiscal_subsidy", 2024)
    >>> rows[["region_id", "year", "value"]].head(2).to_dict("records")
    [{'region_id': '370103', 'year': 2023, 'value': 730.0}, {'region_id': '441602', 'year': 2024, 'value': 670.0}]
    """
    return latest(select(table, indicator, **choice), year, stale=stale)  # type: ignore[arg-type]


def latest(table: pd.DataFrame, year: int, *, stale: bool = True) -> pd.DataFrame:
    """The last known value of each place and series up to a year, to be listed and not compared: units may differ.

    Parameters
    ----------
    table : DataFrame
        From `minsheng.standards` (or rows of it); damaged values stay, under their flag.
    year, stale
        As in `across`.

    Returns
    -------
    DataFrame
        Rows of `table`, highest value first. Where a place has a standard and a minimum or average, the standard.

    Examples
    --------
    >>> import minsheng as ms
    >>> levels = ms.standards(ms.load())
    >>> rows = ms.latest(levels[levels.indicator_id == "orphan_standard"], 2024)
    >>> rows[["region_id", "care", "value"]].values.tolist()[:2]
    [['440000', 'institutional', 2295.0], ['441602', 'institutional', 2088.0]]
    """
    rows = table[table["year"] <= year] if stale else table[table["year"] == year]
    rows = rows.assign(_rank=rows["statistic"].map(_STATISTIC)).sort_values(["year", "_rank"], ascending=[False, True])
    rows = rows.drop_duplicates(["region_id", "indicator_id", *_APART, "unit", "per"]).drop(columns="_rank")
    late = rows["year"] < year
    rows["flags"] = rows["flags"].where(~late, union_flags(rows, "flags", more="stale"))
    return rows.sort_values(["value", "region_id"], ascending=[False, True]).reset_index(drop=True)


def over_years(table: pd.DataFrame, indicator: str | Sequence[str], **choice: object) -> pd.DataFrame:
    """The path of each place over the years: rows of one series, by place and year.

    Parameters
    ----------
    table, indicator
        As in `across`.
    **choice
        ``residence``, ``care``, ``recipient``, ``regions``, ``by`` as in `across`.

    Returns
    -------
    DataFrame
        Rows of `table`; one a place and year (the standard before a minimum or an average).

    Raises
    ------
    Refused
        If the indicator is not known, or the rows are not comparable.

    Examples
    --------
    >>> import minsheng as ms
    >>> rows = ms.over_years(ms.standards(ms.load()), "medical_fiscal_subsidy", regions=["370103"])
    >>> rows[["year", "value", "derivation"]].values.tolist()
    [[2022, 670.0, '730 - 60'], [2023, 730.0, '']]
    """
    rows = select(table, indicator, **choice)  # type: ignore[arg-type]
    rows = rows.assign(_rank=rows["statistic"].map(_STATISTIC))
    key = ["region_id", "indicator_id", "residence", "care", "recipient", "year"]
    rows = rows.sort_values([*key, "_rank"]).drop_duplicates(key)
    return rows.drop(columns="_rank").reset_index(drop=True)


def growth(table: pd.DataFrame) -> pd.DataFrame:
    """Change from each known year to the next known one, within a place, series and unit.

    Parameters
    ----------
    table : DataFrame
        From `minsheng.standards` (or rows of it).

    Returns
    -------
    DataFrame
        Columns of `table` and ``from_year``, ``years``, ``previous``, ``change`` (in the unit), ``growth`` (%, over
        the whole span) and ``growth_a_year`` (%, compound). Flags and figures of both years.

    Examples
    --------
    >>> import minsheng as ms
    >>> rows = ms.growth(ms.standards(ms.load()))
    >>> care = rows[(rows.indicator_id == "disability_care_subsidy") & (rows.region_id == "440000")]
    >>> care[["from_year", "year", "previous", "value", "change"]].to_dict("records")[-1]
    {'from_year': 2023, 'year': 2024, 'previous': 261.0, 'value': 270.0, 'change': 9.0}
    """
    rows = table[~table["flags"].str.contains("damaged")].sort_values([*PLACE_SERIES, "year"])
    before = rows.groupby([*PLACE_SERIES, "unit", "per"], sort=False)
    rows = rows.assign(
        from_year=before["year"].shift(),
        previous=before["value"].shift(),
        _flags=before["flags"].shift(),
        _figures=before["figures"].shift(),
    )
    rows = rows[rows["previous"].notna() & (rows["previous"] > 0)].copy()
    rows["years"] = rows["year"] - rows["from_year"]
    rows["change"] = (rows["value"] - rows["previous"]).round(6)
    ratio = rows["value"] / rows["previous"]
    rows["growth"] = 100 * (ratio - 1)
    rows["growth_a_year"] = 100 * (ratio ** (1 / rows["years"].astype("float64")) - 1)
    rows["flags"] = union_flags(rows, "_flags", "flags")
    rows["figures"] = rows["_figures"] + ";" + rows["figures"]
    return rows.drop(columns=["_flags", "_figures"]).reset_index(drop=True)


def urban_rural(table: pd.DataFrame, indicator: str) -> pd.DataFrame:
    """The rural standard as a share of the urban one, of the same place, year and series.

    Parameters
    ----------
    table : DataFrame
        From `minsheng.standards`.
    indicator : str
        An indicator with urban and rural values.

    Returns
    -------
    DataFrame
        ``region_id``, ``year``, ``care``, ``recipient``, ``statistic``, ``urban``, ``rural`` (in ``unit`` per
        ``per``), ``share`` (%), flags and figures of both.

    Raises
    ------
    Refused
        If the indicator is not known.

    Examples
    --------
    >>> import minsheng as ms
    >>> rows = ms.urban_rural(ms.standards(ms.load()), "dibao_standard")
    >>> rows[rows.region_id == "441602"][["year", "share"]].round(1).to_dict("records")
    [{'year': 2023, 'share': 71.0}, {'year': 2024, 'share': 76.6}]
    """
    rows = select(table, indicator, by=_APART, main=True)
    key = ["region_id", "year", "care", "recipient", "statistic", "unit", "per"]
    urban, rural = (rows[rows["residence"] == r][[*key, "value", "flags", "figures"]] for r in ("urban", "rural"))
    both = urban.merge(rural, on=key, suffixes=("_urban", "_rural"))
    both["flags"] = union_flags(both, "flags_urban", "flags_rural")
    both["figures"] = both["figures_urban"] + ";" + both["figures_rural"]
    both = both.rename(columns={"value_urban": "urban", "value_rural": "rural"})
    both["share"] = 100 * both["rural"] / both["urban"]
    both["indicator_id"] = indicator
    return (
        both.drop(columns=["flags_urban", "flags_rural", "figures_urban", "figures_rural"])
        .sort_values(["year", "region_id"])
        .reset_index(drop=True)
    )


def known(table: pd.DataFrame) -> pd.DataFrame:
    """What is known of which place and year.

    Parameters
    ----------
    table : DataFrame
        From `minsheng.standards` (or rows of it).

    Returns
    -------
    DataFrame
        ``region_id``, ``year``, ``count`` of series, and how many of them are ``derived``.

    Examples
    --------
    >>> import minsheng as ms
    >>> rows = ms.known(ms.standards(ms.load()))
    >>> rows[rows.region_id == "370103"].values.tolist()
    [['370103', 2022, 1, 1], ['370103', 2023, 2, 0]]
    """
    has = partial(lambda flag, flags: flags.str.contains(flag).sum(), "derived")
    rows = table[~table["flags"].str.contains("damaged")]
    return rows.groupby(["region_id", "year"], as_index=False).agg(count=("value", "size"), derived=("flags", has))
