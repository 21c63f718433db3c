"""What a rule asks and what there is: multiples of a base against the multiple printed, growth against the growth promised.

A rule (at least 1.3 times, a growth of 5 % or more) is a bound or a range, never a point: it keeps its modality as a flag.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from minsheng.compare import growth, over_years
from minsheng.faults import Refused
from minsheng.levels import union_flags
from minsheng.tables import Dataset

COLUMNS = [
    "region_id",
    "year",
    "indicator_id",
    "residence",
    "care",
    "recipient",
    "base_id",
    "base_residence",
    "value",
    "value_max",
    "unit",
    "per",
    "actual",
    "derivation",
    "flags",
    "rule_flags",
    "actual_flags",
    "figures",
]
"""Columns of a table of bounds: ``value`` (to ``value_max``) is what the rule asks, NaN where there is no rule; ``actual`` is
what there is, NaN where that is not known. Both are in ``unit``."""

_EVERY = ("residence", "care", "recipient")
_CLOSE = 1e-6


def _covering(rows: pd.DataFrame, *columns: str) -> pd.Series:
    """Where the rule's column (suffix ``_rule``) is the row's own, or one of the two is for all."""
    fits = pd.Series(True, index=rows.index)
    for column in columns:
        own, other = rows[column], rows[f"{column}_rule"]
        fits &= (own == other) | own.isin(["all", ""]) | other.isin(["all", ""])
    return fits


def _join(actual: pd.DataFrame, rules: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Each actual value beside the rule that covers it; each of either that has no other stands alone."""
    key = ["region_id", "year", "indicator_id"]
    rules = rules.reset_index(drop=True).assign(_rule=lambda rows: rows.index)
    both = actual.merge(rules, on=key, suffixes=("", "_rule"))
    both = both[_covering(both, *columns)]
    alone = actual.merge(both[[*key, *_EVERY, "base_residence"]].drop_duplicates(), how="left", indicator=True)
    alone = actual[(alone["_merge"] == "left_only").to_numpy()]
    unmet = rules[~rules["_rule"].isin(both["_rule"])].rename(columns={"flags": "flags_rule", "figures": "figures_rule"})
    whole = pd.concat([both, alone, unmet], ignore_index=True)
    whole["rule_flags"], whole["actual_flags"] = whole["flags_rule"].fillna(""), whole["flags"].fillna("")
    whole["flags"] = union_flags(whole, "actual_flags", "rule_flags")
    whole["figures"] = [
        ";".join(dict.fromkeys(one for cell in cells if isinstance(cell, str) for one in cell.split(";")))
        for cells in zip(whole["figures"], whole["figures_rule"], strict=True)
    ]
    return whole


def _in_order(rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    words = {column: rows[column].fillna("") for column in ("base_id", "base_residence", "derivation")}
    rows = rows.assign(unit=unit, per="", **words)[COLUMNS]
    order = ["indicator_id", "year", "region_id", "care", "recipient", "residence", "base_residence"]
    return rows.sort_values(order, ascending=[True, False, *[True] * 5]).reset_index(drop=True)


def _bases(own: pd.DataFrame, yard: pd.DataFrame) -> pd.DataFrame:
    """Each standard beside the bases of its place, year and period: that of its own residence, or of each if it is for all."""
    both = own.merge(yard, on=["region_id", "year", "unit", "per"], suffixes=("", "_rule"))
    both = both[_covering(both, "residence")].assign(_same=lambda rows: rows["residence"] == rows["residence_rule"])
    best = both.groupby(["region_id", "year", *_EVERY])["_same"].transform("max")
    return both[both["_same"] == best].reset_index(drop=True)


def _multiples_of(data: Dataset, table: pd.DataFrame, result: str, base: str) -> pd.DataFrame:
    links = data.indicators[(data.indicators["result_id"] == result) & data.indicators["base_id"].notna()]
    base = base or next(iter(links["base_id"]), "")
    if not base:
        known = ", ".join(sorted(set(data.indicators["base_id"].dropna()))) or "–"
        raise Refused("refused.no_base", indicator=result, known=known)
    rules = table[table["indicator_id"].isin(links[links["base_id"] == base]["indicator_id"])]
    own, yard = (over_years(table, one, by=_EVERY, main=True) for one in (result, base))
    ruled = set(rules["figures"])
    own = own[[not ruled & set(cell.split(";")) for cell in own["figures"]]]  # what follows from the rule does not test it
    both = _bases(own, yard[["region_id", "year", "unit", "per", "residence", "value", "flags", "figures"]])
    both["actual"] = both["value"] / both["value_rule"]
    both["derivation"] = [f"{a:g} ÷ {b:g}" for a, b in zip(both["value"], both["value_rule"], strict=True)]
    both["flags"] = union_flags(both, "flags", "flags_rule")
    both["figures"] = both["figures"] + ";" + both["figures_rule"]
    both["base_residence"] = both["residence_rule"]
    both = both[["region_id", "year", "indicator_id", *_EVERY, "base_residence", "actual", "derivation", "flags", "figures"]]
    rules = rules.assign(indicator_id=result)[
        ["region_id", "year", "indicator_id", *_EVERY, "value", "value_max", "flags", "figures"]
    ]
    return _join(both, rules, "residence").assign(base_id=base)


def multiples(data: Dataset, table: pd.DataFrame, result: str | Sequence[str], base: str = "") -> pd.DataFrame:
    """Standards as multiples of a base of the same place, year and residence, beside the multiple that a rule asks.

    Parameters
    ----------
    data : Dataset
        For the rules: an indicator with ``base_id`` and ``result_id`` says how many times the base the result is to be.
    table : DataFrame
        From `minsheng.standards` (or rows of it).
    result : str or list of str
        ``indicator_id`` of the standards.
    base : str, optional
        ``indicator_id`` of the base; by default that of the rule.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, in times. A standard for all residents is held against the urban and the rural base, one row
        each (``base_residence``). A standard that was itself worked out from the rule is left out: it says nothing of it.
        A rule without an actual multiple, and the reverse, has a row of its own.

    Raises
    ------
    Refused
        If an indicator is not known, or there is neither a rule nor a `base`.

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> rows = ms.multiples(data, ms.standards(data), "tekun_standard")
    >>> urban = rows[(rows.region_id == "360000") & (rows.year == 2021) & (rows.residence == "urban")]
    >>> urban[["actual", "derivation"]].round(4).to_dict("records")
    [{'actual': 1.3007, 'derivation': '995 ÷ 765'}]
    """
    wanted = [result] if isinstance(result, str) else list(result)
    return _in_order(pd.concat([_multiples_of(data, table, one, base) for one in wanted], ignore_index=True), "倍")


def promised(figures: pd.DataFrame, table: pd.DataFrame, indicator: str | Sequence[str]) -> pd.DataFrame:
    """The growth that places promise, beside the growth there was from the year before, where both years are known.

    Parameters
    ----------
    figures : DataFrame
        From `minsheng.printed` (or rows of it): the rows whose ``role`` is growth are the promises.
    table : DataFrame
        From `minsheng.standards` (or rows of it). Constant prices are turned back to nominal ones first.
    indicator : str or list of str
        ``indicator_id`` of what is to grow.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, in % a year. A promise for all residents and forms of care covers each of them.

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> rows = ms.promised(ms.printed(data), ms.standards(data), "dibao_standard")
    >>> rows[["region_id", "year", "residence", "value", "rule_flags"]].to_dict("records")[0]
    {'region_id': '340400', 'year': 2024, 'residence': 'rural', 'value': 4.5, 'rule_flags': 'at_least'}
    """
    wanted = [indicator] if isinstance(indicator, str) else list(indicator)
    there = figures["indicator_id"].isin(wanted) & (figures["role"] == "growth") & ~figures["flags"].str.contains("damaged")
    rules = figures[there][["region_id", "year", "indicator_id", *_EVERY, "value", "value_max", "flags", "figures"]]
    nominal = table.assign(value=table["nominal"].fillna(table["value"])) if "nominal" in table else table
    grown = growth(nominal[nominal["indicator_id"].isin(wanted)]).query("years == 1")
    steps = zip(grown["value"], grown["previous"], strict=True)
    grown = grown.assign(
        actual=grown["growth"], base_residence="", derivation=[f"{value:g} ÷ {before:g} - 1" for value, before in steps]
    )
    columns = ["region_id", "year", "indicator_id", *_EVERY, "base_residence", "actual", "derivation", "flags", "figures"]
    rows = _join(grown[columns], rules, *_EVERY)
    return _in_order(rows[rows["value"].notna()].assign(base_id=""), "%")


def kept(row: object) -> bool | None:
    """Whether what there is keeps to the rule; None where either is not known.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> kept(SimpleNamespace(value=1.3, value_max=None, actual=1.2979, rule_flags="at_least"))
    False
    """
    value, top, actual, flags = (getattr(row, name) for name in ("value", "value_max", "actual", "rule_flags"))
    if pd.isna(value) or pd.isna(actual):
        return None
    has = flags.split(";")
    low = -float("inf") if "at_most" in has else value - _CLOSE
    high = float("inf") if "at_least" in has else (value if pd.isna(top) else top) + _CLOSE
    return bool(low <= actual <= high)
