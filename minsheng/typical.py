"""Typical cases: what a person in a given situation would receive in a month, here and there.

The type-case method of comparative social policy (as in the Social Policy Indicators database): define the person, add
up what they would receive. Who they are, and which benefits add up and why, are tables (``cases``, ``case_parts``).
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from minsheng.levels import join_flags, union_flags
from minsheng.periods import PERIODS, months
from minsheng.tables import Dataset
from minsheng.yardsticks import against_reference

_AT = ["case_id", "region_id", "year"]
_RANK = {"standard": 0, "minimum": 1}
PER = "case-month"

PARTS = [
    *_AT,
    "part",
    "reading",
    "need",
    "indicator_id",
    "residence",
    "care",
    "recipient",
    "statistic",
    "times",
    "value",
    "value_max",
    "unit",
    "per",
    "flags",
    "derivation",
    "figures",
    "reference",
    "references",
]
"""Columns of `case_parts`."""

CASES = [
    *_AT,
    "lower",
    "upper",
    "unit",
    "per",
    "dibao",
    "dibao_times",
    "dibao_flags",
    "dibao_figures",
    "reference",
    "share",
    "missing",
    "left_out",
    "flags",
    "figures",
    "references",
]
"""Columns of `cases`."""


def _fits(pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs of a component and a standard that it may be, with how well they fit (0 is best) in ``_fit``."""
    wanted = [recipients.split(";") for recipients in pairs["recipient_wanted"]]
    names = pairs["recipient"].replace("", "-")
    place = [own.index(name) if name in own else -1 for own, name in zip(wanted, names, strict=True)]
    fit = pd.Series(place, index=pairs.index, dtype="int64")
    right = fit >= 0
    for column in ("residence", "care"):
        same, broad = pairs[column] == pairs[f"{column}_wanted"], pairs[column] == "all"
        right &= same | broad
        fit = 2 * fit + (~same).astype("int64")
    fit = 2 * fit + pairs["statistic"].map(_RANK).fillna(0).astype("int64")
    return pairs.assign(_fit=fit)[right]


def _standards(data: Dataset, levels: pd.DataFrame) -> pd.DataFrame:
    """Standards in yuan a person and month, with the national value of the same year beside them."""
    rows = levels[(levels["unit"] == "元") & levels["per"].isin(list(PERIODS)) & levels["statistic"].isin(list(_RANK))]
    key = ["region_id", "year", "indicator_id", "residence", "care", "recipient", "statistic"]
    nation = against_reference(data, rows)[[*key, "reference", "references"]]
    rows = rows.merge(nation, on=key, how="left")
    if "nominal" in rows:  # standards in constant prices are held against national values in the same ones
        rows["reference"] = rows["reference"] * rows["value"] / rows["nominal"]
    monthly = months(rows["per"])
    for column in ("value", "value_max", "reference"):
        rows[column] = rows[column] / monthly
    return rows


def case_parts(data: Dataset, levels: pd.DataFrame) -> pd.DataFrame:
    """What each typical case would receive in each place and year, component by component.

    A component takes the standard of its indicator for its residence, form of care and recipient; one for all residents
    or all forms of care stands in where there is no other, and of several recipients the first that is there. A place
    has what its own documents print (or what follows from them): nothing is taken over from the place above it, and
    no other standard stands in for a damaged one.

    Parameters
    ----------
    data : Dataset
        For the tables ``cases`` and ``case_parts``, and the national series.
    levels : DataFrame
        From `minsheng.standards` (or rows of it), with those under a flag: without the one that is its own, a component
        would fall back on another. To be strict is a choice of `cases`.

    Returns
    -------
    DataFrame
        Columns `PARTS`, one row for each component that is known. ``value`` (and ``value_max`` of a range) is in yuan
        a month for the whole case: the standard brought to a month, times ``times``. ``reference`` is the national
        value of the same year in the same measure, NaN where there is none.

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> rows = ms.case_parts(data, ms.standards(data))
    >>> here = rows[(rows.case_id == "disabled_adult_urban") & (rows.region_id == "360000") & (rows.year == 2021)]
    >>> here[["indicator_id", "value"]].values.tolist()
    [['dibao_standard', 765.0], ['disability_living_subsidy', 60.0], ['disability_care_subsidy', 70.0]]
    """
    wanted = data.case_parts.rename(columns={one: f"{one}_wanted" for one in ("residence", "care", "recipient")})
    pairs = _fits(wanted.merge(_standards(data, levels), on="indicator_id"))
    slot = [*_AT, "part", "reading"]
    rows = pairs.sort_values([*slot, "_fit"], kind="stable").drop_duplicates(slot)
    rows = rows[~rows["flags"].str.contains("damaged")]
    for column in ("value", "value_max", "reference"):
        rows[column] = (rows[column] * rows["times"]).round(6)
    rows["references"] = rows["references"].fillna("")
    rows = rows.assign(unit="元", per=PER)[PARTS].reset_index(drop=True)
    rows.attrs.update(levels.attrs)
    return rows


def _listed(cells: Iterable[str]) -> str:
    """Several ``;``-lists as one, each word once."""
    return ";".join(dict.fromkeys(one for cell in cells for one in cell.split(";") if one))


def _sums(parts: pd.DataFrame, reading: str) -> pd.DataFrame:
    """The sum of one reading and its national value; missing where a component has no upper end, or no national value."""
    rows = parts[parts["reading"].isin(["both", reading])]
    top = rows["value_max"].fillna(rows["value"]).mask(rows["flags"].str.contains("at_least"))
    rows = rows.assign(**{reading: top if reading == "upper" else rows["value"]})
    return rows.groupby(_AT, sort=False)[[reading, "reference"]].sum(skipna=False)


def _lacking(data: Dataset, parts: pd.DataFrame, at: pd.MultiIndex, need: str) -> pd.Series:
    """Indicators of the components of that need that are not known, ``;`` between, for each case, place and year."""
    wanted = data.case_parts[data.case_parts["need"] == need]
    asked = at.to_frame(index=False).merge(wanted[["case_id", "part", "reading", "indicator_id"]], on="case_id")
    there = asked.merge(parts[[*_AT, "part", "reading"]], on=[*_AT, "part", "reading"], how="left", indicator=True)
    absent = there[there["_merge"] == "left_only"].drop_duplicates([*_AT, "indicator_id"])
    return absent.groupby(_AT)["indicator_id"].agg(";".join).reindex(at).fillna("")


def _dibao(levels: pd.DataFrame) -> pd.DataFrame:
    """The Dibao line of each place and year: urban, rural, or the one for all residents in either's place."""
    rows = levels[(levels["indicator_id"] == "dibao_standard") & (levels["statistic"] == "standard")]
    rows = rows[rows["recipient"] == ""]
    value = rows["value"].mask(rows["flags"].str.contains("damaged"))
    rows = rows.assign(dibao=(value / months(rows["per"])).round(6))
    rows = rows.rename(columns={"flags": "dibao_flags", "figures": "dibao_figures"})
    rows = rows[["region_id", "year", "residence", "dibao", "dibao_flags", "dibao_figures"]]
    broad = [rows[rows["residence"] == "all"].assign(residence=one) for one in ("urban", "rural")]
    return pd.concat([rows, *broad]).drop_duplicates(["region_id", "year", "residence"])


def _ends(rows: pd.DataFrame) -> pd.Series:
    """The flag that the two ends of a sum make: it may be more, or it is a range."""
    known = rows["lower"].notna()
    flag = pd.Series("", index=rows.index).mask(known & rows["upper"].isna(), "at_least")
    return flag.mask(known & (rows["upper"] > rows["lower"]), "range")


def cases(data: Dataset, levels: pd.DataFrame, *, strict: bool = False) -> pd.DataFrame:
    """What each typical case would receive in a month, in each place and year of which something is known.

    Parameters
    ----------
    data, levels
        As in `case_parts`.
    strict : bool
        Keep only sums without any flag.

    Returns
    -------
    DataFrame
        Columns `CASES`. ``lower`` and ``upper`` are the monthly sum in yuan in the two readings, equal where nothing is
        left open; both are NaN where a required component is not known, and ``missing`` lists those indicators.
        ``upper`` alone is NaN where nothing bounds the sum above: a component is "at least", or an optional one
        (``left_out``) is not printed, so that it may exist or not. Such a sum is flagged ``at_least``, one of two
        different ends ``range``.
        ``dibao`` is the place's own Dibao line of that year (a person and month; its flags and figures in
        ``dibao_flags`` and ``dibao_figures``) and ``dibao_times`` the lower sum as a multiple of it; ``reference`` the
        sum of the national values of the same year, where each component has one, and ``share`` the lower sum in percent
        of it. Flags and figures are those of all components.

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> rows = ms.cases(data, ms.standards(data))
    >>> veteran = rows[rows.case_id == "disabled_veteran_1"]
    >>> veteran[["region_id", "year", "lower", "upper"]].values.tolist()
    [['361002', 2021, 7569.2, 8080.8]]
    """
    parts = case_parts(data, levels)
    groups = parts.groupby(_AT, sort=False)
    rows = groups.agg(
        flags=("flags", lambda cells: join_flags(*cells)),
        figures=("figures", _listed),
        references=("references", _listed),
    )
    low, high = _sums(parts, "lower"), _sums(parts, "upper")
    rows["missing"], rows["left_out"] = (_lacking(data, parts, rows.index, need) for need in ("required", "optional"))
    whole = rows["missing"] == ""
    rows["lower"] = low["lower"].where(whole).round(6)
    rows["upper"] = high["upper"].where(whole & (rows["left_out"] == "")).round(6)
    rows["flags"] = union_flags(rows.assign(_ends=_ends(rows)), "flags", "_ends")
    rows["reference"] = low["reference"].where(whole).round(6)
    rows["references"] = rows["references"].where(rows["reference"].notna(), "")
    rows = rows.reset_index().merge(data.cases[["case_id", "residence"]], on="case_id")
    rows = rows.merge(_dibao(levels), on=["region_id", "year", "residence"], how="left")
    rows["dibao_times"] = rows["lower"] / rows["dibao"]
    rows["share"] = 100 * rows["lower"] / rows["reference"]
    order = {one: place for place, one in enumerate(data.cases["case_id"])}
    rows = rows.assign(unit="元", per=PER, _order=rows["case_id"].map(order))
    rows = rows.sort_values(["_order", "year", "region_id"])[CASES]
    rows.attrs.update(levels.attrs)
    return (rows[rows["flags"] == ""] if strict else rows).reset_index(drop=True)


def newest(rows: pd.DataFrame, year: int) -> pd.DataFrame:
    """Computed cases of each place in the newest year, up to `year`, of which any is known; flagged ``stale`` if earlier.

    Parameters
    ----------
    rows : DataFrame
        From `cases`.
    year : int

    Returns
    -------
    DataFrame
        Columns `CASES`, one row for each case and place that could be computed; sums in yuan a month.

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> rows = ms.newest(ms.cases(data, ms.standards(data)), 2024)
    >>> rows[rows.case_id == "dibao_adult_urban"][["region_id", "year", "lower", "flags"]].values.tolist()[0]
    ['360000', 2021, 765.0, 'assessed;inferred;stale']
    """
    known = rows[rows["lower"].notna() & (rows["year"] <= year)]
    last = known.groupby("region_id")["year"].transform("max")
    kept = known[known["year"] == last].reset_index(drop=True)
    late = kept["year"] < year
    kept["flags"] = [join_flags(flags, "stale" if old else "") for flags, old in zip(kept["flags"], late, strict=True)]
    return kept


def composed(rows: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """Those of some computed cases that more than one component goes into.

    Parameters
    ----------
    rows : DataFrame
        From `newest`.
    parts : DataFrame
        From `case_parts`.

    Returns
    -------
    DataFrame
        Rows of `rows`.

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> levels = ms.standards(data)
    >>> rows = ms.composed(ms.newest(ms.cases(data, levels), 2024), ms.case_parts(data, levels))
    >>> "disabled_adult_urban" in set(rows.case_id), "dibao_adult_urban" in set(rows.case_id)
    (True, False)
    """
    counts = parts.groupby(_AT)["part"].nunique().rename("_parts").reset_index()
    many = rows[_AT].merge(counts, on=_AT, how="left")["_parts"] > 1
    return rows[many.to_numpy()].reset_index(drop=True)


def beyond_dibao(data: Dataset, rows: pd.DataFrame) -> pd.DataFrame:
    """Cases that can be held against the Dibao line of their own place and year; not those made of the Dibao standard alone,
    of which a multiple of it says nothing.

    Parameters
    ----------
    data : Dataset
        For the table ``case_parts``.
    rows : DataFrame
        From `cases` or `newest`.

    Returns
    -------
    DataFrame
        Rows of `rows` with ``dibao_times``, the sum as a multiple of the line; flags and figures of the line among theirs.

    Examples
    --------
    895 yuan (765 of Dibao and two subsidies of 60 and 70) where the line is 765: 895 / 765 = 1.17 times.

    >>> import minsheng as ms
    >>> data = ms.load()
    >>> rows = ms.beyond_dibao(data, ms.cases(data, ms.standards(data)))
    >>> here = rows[(rows.case_id == "disabled_adult_urban") & (rows.region_id == "360000") & (rows.year == 2021)]
    >>> here[["lower", "dibao", "dibao_times"]].round(2).values.tolist()
    [[895.0, 765.0, 1.17]]
    """
    made = data.case_parts.groupby("case_id")["indicator_id"].agg(set)
    plain = [case for case, indicators in made.items() if indicators == {"dibao_standard"}]
    rows = rows[~rows["case_id"].isin(plain) & rows["dibao_times"].notna()].copy()
    rows["flags"] = union_flags(rows, "flags", "dibao_flags")
    rows["figures"] = [_listed(pair) for pair in zip(rows["figures"], rows["dibao_figures"], strict=True)]
    return rows.reset_index(drop=True)
