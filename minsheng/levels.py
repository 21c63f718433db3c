"""The standards in force: levels and baselines as printed, and what follows from them by arithmetic."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from minsheng.faults import Refused
from minsheng.flags import FLAGS as FLAGS
from minsheng.flags import join_flags as join_flags
from minsheng.flags import union_flags as union_flags
from minsheng.periods import PERIODS, in_one_period
from minsheng.tables import Dataset

SERIES = ["indicator_id", "residence", "care", "recipient", "statistic"]
"""The columns that name a series: values of one series are comparable."""

PLACE_SERIES = ["region_id", *SERIES]

COLUMNS = [
    "region_id",
    "year",
    *SERIES,
    "value",
    "value_max",
    "unit",
    "per",
    "measure",
    "origin",
    "flags",
    "derivation",
    "figures",
    "document_id",
    "announced_year",
]
"""Columns of a table of standards."""

PRINTED = [
    "region_id",
    "year",
    *SERIES,
    "role",
    "value",
    "value_max",
    "unit",
    "per",
    "measure",
    "topic",
    "flags",
    "figures",
    "document_id",
    "item",
    "announced_year",
]
"""Columns of a table of figures as printed."""

_MADE = ("origin", "derivation", "figures")
"""Columns of standards that no figure has."""

_NEEDED = ["role", "item", "figure_id", "stage", "confidence", *(c for c in COLUMNS if c not in _MADE)]
"""Columns of figures that standards are made from."""

_ORIGIN = {"level": 0, "baseline": 1, "derived": 2}
_STAGE = {"adopted": 0, "completed": 1, "in_progress": 2, "draft": 3}


class _Names(tuple[str, ...]):
    """Names that travel with a table. pandas copies what travels at every step: these are never copied."""

    def __deepcopy__(self, memo: object) -> _Names:
        return self


def _join_ids(ids: Iterable[str]) -> str:
    return ";".join(dict.fromkeys(one for part in ids for one in part.split(";")))


def _marks(rows: pd.DataFrame) -> pd.Series:
    """The flags that the tables themselves put on each row."""
    tests = {
        "draft": rows["stage"] == "draft",
        "minimum": rows["statistic"] == "minimum",
        "average": rows["statistic"] == "average",
        "at_least": rows["modality"] == "at_least",
        "at_most": rows["modality"] == "at_most",
        "about": rows["modality"] == "about",
        "range": rows["value_max"].notna(),
        "assessed": rows["year_basis"] == "assessed",
        "coverage_year": rows["announced_year"].notna(),
        "inferred": rows["identified"] != "stated",
        "doubtful": rows["quality"] == "doubtful",
        "damaged": rows["quality"] == "damaged",
    }
    marks = [flag for flag in FLAGS if flag in tests]
    which = sum(tests[flag].astype("bool").to_numpy().astype("int64") << n for n, flag in enumerate(marks))
    distinct, at = np.unique(which, return_inverse=True)  # few of all combinations are there: each is put in words once
    words = [";".join(flag for n, flag in enumerate(marks) if own >> n & 1) for own in distinct.tolist()]
    return pd.Series(np.array(words, dtype="object")[at], index=rows.index, dtype="str")


def _with_documents(data: Dataset) -> pd.DataFrame:
    """Figures with the place, stage, year basis and measure they stand under."""
    documents = data.documents.set_index("document_id")[
        ["region_id", "stage", "year_basis", "year_printed", "year", "confidence"]
    ]
    documents.columns = ["document_region", "stage", "year_basis", "year_printed", "document_year", "confidence"]
    rows = data.figures.join(documents, on="document_id")
    rows["region_id"] = rows["region_id"].fillna(rows["document_region"])
    rows["recipient"] = rows["recipient"].fillna("")
    rows["per"] = rows["per"].fillna("")
    rows = rows.join(data.regions.set_index("region_id")[["identified"]], on="region_id")
    rows = rows.join(data.indicators.set_index("indicator_id")[["measure", "topic"]], on="indicator_id")
    rows["flags"] = _marks(rows)
    return rows


def _by_year_basis(rows: pd.DataFrame, year_basis: str) -> pd.DataFrame:
    """Years as assessed, or shifted to those that the documents print (documents that print none are left out)."""
    if year_basis == "assessed":
        return rows
    rows = rows[rows["year_printed"].notna()].copy()
    shift = rows["year_printed"] - rows["document_year"]
    rows["year"] = rows["year"] + shift
    rows["announced_year"] = rows["announced_year"] + shift
    cells = zip(rows["flags"].tolist(), shift != 0, strict=True)
    flags = [join_flags(flags.replace("assessed", ""), "printed_year" if moved else "") for flags, moved in cells]
    rows["flags"] = pd.Series(flags, rows.index, dtype="str")
    return rows


def _arithmetic(rows: pd.DataFrame, left: str, sign: str, right: str) -> pd.Series:
    words = [f"{a:g} {sign} {b:g}" for a, b in zip(rows[left].tolist(), rows[right].tolist(), strict=True)]
    return pd.Series(words, index=rows.index, dtype="str")


def _earlier_levels(rows: pd.DataFrame) -> pd.DataFrame:
    """Level less increase: what held in the year before."""
    key = ["document_id", "item", "region_id", "year", *SERIES, "unit", "per"]
    rise = rows[rows["role"] == "increase"][[*key, "value", "figure_id", "flags"]]
    level = rows[(rows["role"] == "level") & rows["indicator_id"].isin(rise["indicator_id"])]
    both = level.merge(rise, on=key, suffixes=("", "_rise"))
    both["derivation"] = _arithmetic(both, "value", "-", "value_rise")
    both["value"] = (both["value"] - both["value_rise"]).round(6)
    both["year"], both["announced_year"] = both["year"] - 1, both["announced_year"] - 1
    both["figures"] = both["figure_id"] + ";" + both["figure_id_rise"]
    both["flags"] = union_flags(both, "flags", "flags_rise", more="derived")
    both["origin"] = "derived"
    return both


def _multiples(data: Dataset, table: pd.DataFrame) -> pd.DataFrame:
    """A printed multiple times the known base of the same place and year."""
    rules = data.indicators.dropna(subset=["base_id", "result_id"]).set_index("indicator_id")[["base_id", "result_id"]]
    times = table[table["indicator_id"].isin(rules.index) & (table["origin"] == "level")].join(rules, on="indicator_id")
    times = times[["region_id", "year", "base_id", "result_id", "residence", "value", "figures", "flags", "document_id"]]
    base = table[table["origin"] != "derived"].rename(columns={"indicator_id": "base_id"})
    both = base.merge(times, on=["region_id", "year", "base_id"], suffixes=("", "_times"))
    own = both["residence_times"] == both["residence"]
    both = both[own | (both["residence_times"] == "all")].assign(_own=own).sort_values("_own", ascending=False, kind="stable")
    both["indicator_id"] = both["result_id"]
    both = both.drop_duplicates(["region_id", "year", *SERIES])
    both["derivation"] = _arithmetic(both, "value_times", "×", "value")
    both["value"] = (both["value"] * both["value_times"]).round(6)
    both["figures"] = both["figures"] + ";" + both["figures_times"]
    both["flags"] = union_flags(both, "flags", "flags_times", more="derived")
    both["document_id"] = both["document_id_times"]
    both["origin"] = "derived"
    known = table[["region_id", "year", "indicator_id", "residence"]].drop_duplicates()
    there = both[["region_id", "year", "indicator_id", "residence"]].merge(known, how="left", indicator=True)["_merge"]
    return both[(there == "left_only").to_numpy()]


def _nearest_first(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows in the order in which they are believed: whole before damaged, printed before derived, adopted before draft."""
    return rows.assign(
        _damaged=rows["flags"].str.contains("damaged"),
        _origin=rows["origin"].map(_ORIGIN),
        _stage=rows["stage"].map(_STAGE),
        _doubt=-rows["confidence"].astype("float64"),
    ).sort_values(["_damaged", "_origin", "_stage", "_doubt", "figures"], kind="stable")


def _one_row_each(rows: pd.DataFrame) -> pd.DataFrame:
    """One row for each place, year, series and unit; the nearest to the source wins, and a contradiction is flagged."""
    if rows.empty:
        return rows.reindex(columns=COLUMNS).astype({"value": "float64", "value_max": "float64"})
    group = rows.groupby(["region_id", "year", *SERIES, "unit", "per"], sort=False).ngroup()
    shared = group.duplicated(keep=False)
    alone, together = rows.loc[~shared, COLUMNS], rows[shared].assign(_group=group[shared])
    return pd.concat([alone, _settled(_nearest_first(together))[COLUMNS]], ignore_index=True)


def _settled(order: pd.DataFrame) -> pd.DataFrame:
    """The first row of each group, with the figures of the others that say the same, and a flag where one says another."""
    first = order.drop_duplicates("_group").set_index("_group")
    others = order[order.duplicated("_group")].join(first[["value"]].rename(columns={"value": "value_first"}), on="_group")
    same = others[others["value"] == others["value_first"]]
    more: dict[int, list[str]] = {}
    for group, figures in zip(same["_group"].tolist(), same["figures"].tolist(), strict=True):
        more.setdefault(group, []).append(figures)
    clash = others[(others["value"] != others["value_first"]) & (others["origin"] != "derived") & ~others["_damaged"]]
    own = zip(first.index.tolist(), first["figures"].tolist(), strict=True)
    figures = [_join_ids([mine, *more[group]]) if group in more else mine for group, mine in own]
    torn = first.index.isin(clash["_group"])
    flags = [join_flags(f, "contradicted" if t else "") for f, t in zip(first["flags"].tolist(), torn, strict=True)]
    return first.assign(figures=pd.array(figures, dtype="str"), flags=pd.array(flags, dtype="str"))


def _known_year_basis(value: str) -> str:
    if value not in ("assessed", "printed"):
        raise Refused("refused.year_basis", value=value)
    return value


def printed(data: Dataset, *, year_basis: str = "assessed", strict: bool = False) -> pd.DataFrame:
    """Every figure as its document prints it, with its place, its year and what weakens it: also quantities, targets and
    what was achieved, which are no standards.

    Parameters
    ----------
    data, year_basis, strict
        As in `standards`.

    Returns
    -------
    DataFrame
        Columns `PRINTED`, one row for each figure (``figures`` holds its id), in the order of the tables. Damaged
        figures are among them, under their flag.

    Raises
    ------
    Refused
        If `year_basis` is not one of the allowed values.

    Examples
    --------
    >>> import minsheng as ms
    >>> rows = ms.printed(ms.load())
    >>> jobs = rows[(rows.indicator_id == "urban_new_jobs") & (rows.role == "target") & (rows.year == 2021)]
    >>> jobs[["region_id", "value", "unit"]].to_dict("records")
    [{'region_id': '360000', 'value': 380000.0, 'unit': '人'}, {'region_id': '361002', 'value': 5760.0, 'unit': '人'}]
    """
    rows = _by_year_basis(_with_documents(data), _known_year_basis(year_basis))
    rows = rows.rename(columns={"figure_id": "figures"})[PRINTED]
    rows = (rows[rows["flags"] == ""] if strict else rows).reset_index(drop=True)
    rows.attrs["indicators"] = _Names(sorted(data.indicators["indicator_id"]))
    return rows


def standards(data: Dataset, *, year_basis: str = "assessed", per: str | None = None, strict: bool = False) -> pd.DataFrame:
    """All standards, rates and multiples in force, one row for each place, year and series.

    Printed levels and baselines, and two derivations, each marked and each with the figures it came from: a level
    less its increase is the level of the year before; a printed multiple times the known base of the same place and
    year.

    Parameters
    ----------
    data : Dataset
        Tables from `load`.
    year_basis : {'assessed', 'printed'}
        Years that the figures really apply to, or years as the documents print them (documents that print none are
        left out).
    per : {'person-month', 'person-year'}, optional
        Bring amounts per person to this period; by default to the first period of each indicator.
    strict : bool
        Keep only rows without any flag.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`. ``value`` in ``unit`` per ``per``; ``flags`` and ``figures`` are ``;``-separated lists;
        ``origin`` is level, baseline or derived; ``derivation`` shows the arithmetic of a derived value.

    Raises
    ------
    Refused
        If `year_basis` or `per` is not one of the allowed values.

    Examples
    --------
    >>> import minsheng as ms
    >>> table = ms.standards(ms.load())
    >>> urban = table[(table.indicator_id == "dibao_standard") & (table.residence == "urban")]
    >>> urban[urban.region_id == "360000"][["year", "value", "derivation"]].to_dict("records")
    [{'year': 2020, 'value': 705.0, 'derivation': '765 - 60'}, {'year': 2021, 'value': 765.0, 'derivation': ''}]
    """
    if per is not None and per not in PERIODS:
        raise Refused("refused.per", value=per)
    rows = _by_year_basis(_with_documents(data), _known_year_basis(year_basis))[_NEEDED]
    given = rows[rows["role"].isin(["level", "baseline"])]
    given = given.assign(origin=given["role"], derivation="", figures=given["figure_id"])
    together = pd.concat([given, _earlier_levels(rows)], ignore_index=True)
    table = _one_row_each(in_one_period(data, together, per))
    table = pd.concat([table, _multiples(data, table)[COLUMNS]], ignore_index=True)
    table = table.sort_values(["indicator_id", "region_id", *SERIES[1:], "year"]).reset_index(drop=True)
    table = table[table["flags"] == ""].reset_index(drop=True) if strict else table
    table.attrs["indicators"] = _Names(sorted(data.indicators["indicator_id"]))
    return table
