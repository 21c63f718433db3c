"""What documents promise in whole topics: standards in force, quantities planned, quantities per thousand residents."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from minsheng.levels import PLACE_SERIES, SERIES, union_flags
from minsheng.tables import Dataset

_BOUNDS = ("at_least", "at_most", "about", "range", "damaged", "doubtful")
_THOUSAND = ("thousand-persons", "thousand-person-year")
_STATISTIC = {"standard": 0, "minimum": 1, "average": 2}


def in_topics(data: Dataset, rows: pd.DataFrame, topics: Sequence[str]) -> pd.DataFrame:
    """Rows whose indicator is of some topics, damaged ones left out, with the ``topic`` of each; all topics if none is named."""
    rows = rows.assign(topic=rows["indicator_id"].map(data.indicators.set_index("indicator_id")["topic"]))
    wanted = rows["topic"].isin(list(topics)) if topics else pd.Series(True, index=rows.index)
    return rows[wanted & ~rows["flags"].str.contains("damaged")]


def _last_known(rows: pd.DataFrame, year: int, key: Sequence[str]) -> pd.DataFrame:
    """One row for each `key`, of `year` or else the last year before it, flagged ``stale``; topics in their order."""
    rows = rows[rows["year"] <= year].sort_values("year", ascending=False, kind="stable").drop_duplicates(list(key))
    late = rows["year"] < year
    rows["flags"] = rows["flags"].where(~late, union_flags(rows, "flags", more="stale"))
    return rows.sort_index().reset_index(drop=True)


def in_force(data: Dataset, table: pd.DataFrame, topics: Sequence[str], year: int) -> pd.DataFrame:
    """All standards of some topics as they are known in a year: one row for each place and series, of any unit.

    Parameters
    ----------
    data : Dataset
        For the topics of the indicators.
    table : DataFrame
        From `minsheng.standards`.
    topics : list of str
        Topics of indicators; empty means all.
    year : int
        The year asked. Where a place has no value for it, its last known one is there, flagged ``stale``.

    Returns
    -------
    DataFrame
        Columns of `table` and ``topic``, damaged rows left out. Where a place has a standard and a minimum or an
        average of the same series, the standard.

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> rows = ms.in_force(data, ms.standards(data), ["medical_assistance"], 2024)
    >>> rows[rows.indicator_id == "contribution_aid_rate"][["recipient", "value", "unit"]].to_dict("records")[0]
    {'recipient': '低保对象', 'value': 90.0, 'unit': '%'}
    """
    rows = in_topics(data, table, topics).reset_index(drop=True)
    first = rows.assign(_rank=rows["statistic"].map(_STATISTIC)).sort_values("_rank", kind="stable").drop(columns="_rank")
    return _last_known(first, year, ["region_id", *SERIES[:-1]])


def latest(rows: pd.DataFrame, key: Sequence[str]) -> pd.DataFrame:
    """Of several rows for the same thing, the one that was printed last; a doubtful one only if there is no other."""
    sure = ~rows["flags"].str.contains("doubtful")
    ordered = rows.assign(_sure=sure).sort_values("_sure", kind="stable")
    return ordered.drop_duplicates(list(key), keep="last").drop(columns="_sure").sort_index()


def planned(data: Dataset, figures: pd.DataFrame, topics: Sequence[str], year: int, *, stale: bool = False) -> pd.DataFrame:
    """The targets of some topics in a year: quantities, sums and rates that documents commit to.

    Parameters
    ----------
    data : Dataset
        For the topics of the indicators.
    figures : DataFrame
        From `minsheng.printed`.
    topics : list of str
        Topics of indicators; empty means all.
    year : int
        The year asked.
    stale : bool
        Where a place has no target for the year, show its last one before it, flagged ``stale``.

    Returns
    -------
    DataFrame
        Columns of `figures`, of any unit; one row for each place and series. Where a target was adjusted inside its
        document, as adjusted. Damaged figures are left out.

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> rows = ms.planned(data, ms.printed(data), ["employment"], 2021)
    >>> rows[rows.indicator_id == "urban_new_jobs"][["region_id", "value"]].to_dict("records")
    [{'region_id': '360000', 'value': 380000.0}, {'region_id': '361002', 'value': 5760.0}]
    """
    rows = in_topics(data, figures, topics)
    rows = rows[(rows["role"] == "target") & ((rows["year"] <= year) if stale else (rows["year"] == year))]
    rows = latest(rows, [*PLACE_SERIES, "year", "document_id", "item"])
    return _last_known(rows, year, PLACE_SERIES)


def shared(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the series that at least two places have: only these can be compared.

    Parameters
    ----------
    rows : DataFrame
        From `planned`.

    Returns
    -------
    DataFrame
        Rows of `rows`.

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> rows = ms.shared(ms.planned(data, ms.printed(data), ["housing"], 2023))
    >>> sorted(rows.region_id), list(rows.indicator_id.unique())
    (['370103', '440000'], ['affordable_rental_housing'])
    """
    return rows[rows.groupby([*SERIES, "per"])["region_id"].transform("nunique") > 1].reset_index(drop=True)


def _rates(data: Dataset, figures: pd.DataFrame) -> pd.DataFrame:
    """Rates per thousand residents, with the quantity that each is of (``result_id``) where the indicators say so."""
    per_mille = (figures["unit"] == "‰") | figures["per"].isin(_THOUSAND)
    rows = figures[per_mille & figures["role"].isin(["level", "target"]) & ~figures["flags"].str.contains("damaged")]
    quantity = data.indicators.set_index("indicator_id")["result_id"]
    return rows.assign(result_id=rows["indicator_id"].map(quantity))


def residents(data: Dataset, figures: pd.DataFrame) -> pd.DataFrame:
    """How many residents a place has, where its document prints a rate per thousand residents and what the rate gives.

    Documents print no population; a quantity divided by its own rate is one. Both have to be exact, of the same item
    and the same recipient. Two such pairs of a place and year check one another: where they disagree, the row is flagged
    ``contradicted``.

    Parameters
    ----------
    data : Dataset
        For the quantity that a rate is of.
    figures : DataFrame
        From `minsheng.printed`.

    Returns
    -------
    DataFrame
        ``region_id``, ``year``, ``value`` (persons), ``pairs`` (how many gave it), ``derivation``, ``flags`` (with
        ``derived``), ``figures``, ``unit``, ``per``.

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> ms.residents(data, ms.printed(data))[["region_id", "value", "derivation"]].to_dict("records")
    [{'region_id': '361002', 'value': 900000.0, 'derivation': '2700 / 3‰; 900 / 1‰'}]
    """
    exact = figures[~figures["flags"].str.contains("|".join(_BOUNDS))]
    rates = _rates(data, exact).drop(columns="indicator_id").rename(columns={"result_id": "indicator_id"})
    key = ["document_id", "item", "region_id", "year", "indicator_id", "recipient"]
    both = exact.merge(rates[[*key, "value", "flags", "figures"]], on=key, suffixes=("", "_rate"))
    both = both[(both["measure"] == "quantity") & (both["value_rate"] > 0)]
    both["derivation"] = [f"{q:g} / {r:g}‰" for q, r in zip(both["value"], both["value_rate"], strict=True)]
    both["flags"] = union_flags(both, "flags", "flags_rate", more="derived")
    both["figures"] = both["figures"] + ";" + both["figures_rate"]
    both["value"] = (1000 * both["value"] / both["value_rate"]).round()
    found = both.groupby(["region_id", "year"], as_index=False).agg(
        value=("value", "first"),
        pairs=("value", "size"),
        derivation=("derivation", "; ".join),
        flags=("flags", "first"),
        figures=("figures", ";".join),
        _values=("value", "nunique"),
    )
    torn = union_flags(found, "flags", more="contradicted")
    found["flags"] = found["flags"].where(found["_values"] == 1, torn)
    return found.drop(columns="_values").assign(unit="人", per="")


def per_thousand(data: Dataset, figures: pd.DataFrame, topics: Sequence[str], year: int) -> pd.DataFrame:
    """Quantities per thousand residents in a year: those printed so, and those of places whose residents are known.

    Parameters
    ----------
    data, figures, topics, year
        As in `planned`. A place without a value for the year shows its last one, flagged ``stale``.

    Returns
    -------
    DataFrame
        Columns of `planned` and ``derivation``; ``value`` per thousand residents (``per`` is thousand-persons). A rate
        stands under the quantity that it is of. What was planned only: standards are not for all residents. The
        quantities from which the residents were found are left out, since their rates are there.

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> rows = ms.per_thousand(data, ms.printed(data), ["employment"], 2021)
    >>> rows[["region_id", "value", "derivation"]].to_dict("records")[0]  # new jobs: 5760 for 900 000
    {'region_id': '361002', 'value': 6.4, 'derivation': '1000 × 5760 / 900000'}
    """
    rates = _rates(data, figures)
    units = data.indicators.set_index("indicator_id")["unit"].str.split(";").str[0]
    rates["unit"] = rates["result_id"].map(units).fillna(rates["unit"])
    rates["indicator_id"] = rates["result_id"].fillna(rates["indicator_id"])
    known = residents(data, figures)[["region_id", "year", "value", "flags", "figures"]]
    whole = figures[(figures["role"] == "target") & (figures["measure"] == "quantity") & (figures["per"] == "")]
    whole = whole[~whole["flags"].str.contains("damaged") & ~whole["figures"].isin(known["figures"].str.split(";").explode())]
    both = whole.merge(known, on=["region_id", "year"], suffixes=("", "_residents"))
    both["derivation"] = [f"1000 × {q:.10g} / {r:.10g}" for q, r in zip(both["value"], both["value_residents"], strict=True)]
    both["value"] = (1000 * both["value"] / both["value_residents"]).round(6)
    both["flags"] = union_flags(both, "flags", "flags_residents")
    both["figures"] = both["figures"] + ";" + both["figures_residents"]
    out = pd.concat([rates.assign(derivation=""), both[[*figures.columns, "derivation"]]], ignore_index=True)
    return _last_known(in_topics(data, out.assign(per=_THOUSAND[0]), topics), year, PLACE_SERIES)
