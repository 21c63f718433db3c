"""What a place's standards owe to others: to the nation, to the places above it, to its own earlier years. The rules of
the audit that hold figures of several documents together; each takes tables and returns the rows that object.
"""

from __future__ import annotations

import pandas as pd

from minsheng.levels import union_flags
from minsheng.periods import months
from minsheng.tables import Dataset

KIN = ["indicator_id", "residence", "care", "recipient", "unit", "per"]
"""Columns in which a figure of one place must equal that of another for the two to be held together (numbered ``kin``)."""

_SET = ["level", "baseline"]


def places_above(regions: pd.DataFrame) -> pd.DataFrame:
    """Each place with itself (distance 0) and every place above it: ``region_id``, ``parent_id``, ``distance``."""
    up = regions[["region_id", "parent_id"]].dropna()
    further = up.rename(columns={"region_id": "parent_id", "parent_id": "_next"})
    found, at = [regions[["region_id"]].assign(parent_id=regions["region_id"], distance=0)], up.assign(distance=1)
    while len(at):
        found.append(at)
        at = at.merge(further, on="parent_id").assign(parent_id=lambda t: t["_next"], distance=at["distance"].iloc[0] + 1)
        at = at.drop(columns="_next")
    return pd.concat(found, ignore_index=True)


def what_is_set(figures: pd.DataFrame) -> pd.DataFrame:
    """What each place is known to have set: a level before a baseline, what was adopted before a draft."""
    rows = figures[figures["role"].isin(_SET) & figures["sound"]]
    order = rows.assign(_late=rows["role"] == "baseline", _draft=rows["flags"].str.contains("draft"))
    order = order.sort_values(["_late", "_draft"], kind="stable").drop_duplicates(["region_id", "year", "kin", "statistic"])
    return order.drop(columns=["_late", "_draft"])


def _others(rows: pd.DataFrame, *more: str) -> pd.DataFrame:
    """Rows under the names that they have beside those of a place below them."""
    columns = ["region_id", "year", "kin", "value", "statistic", "flags", "figures", *more]
    names = {"region_id": "parent_id"} | {name: f"parent_{name}" for name in ("value", "statistic", "flags", "figures", *more)}
    return rows[columns].rename(columns=names)


def _nearest(both: pd.DataFrame) -> pd.DataFrame:
    return both.sort_values("distance", kind="stable").drop_duplicates("figures")


def _told(both: pd.DataFrame) -> pd.DataFrame:
    """What a rule tells of pairs: figures and flags of both."""
    return both.assign(
        figures=both["figures"] + ";" + both["parent_figures"],
        flags=union_flags(both, "flags", "parent_flags"),
    )


def beside_nation(data: Dataset, figures: pd.DataFrame) -> pd.DataFrame:
    """Each standard beside every year of the national minimum or standard for it (never of an average).

    ``reference`` is in the unit and period of the row; ``references`` names series and year.
    """
    own = data.indicators[["indicator_id", "reference_id"]].dropna()
    own = own.assign(reference_id=own["reference_id"].str.split(";")).explode("reference_id")
    national = data.reference[data.reference["statistic"] != "average"].merge(own, on="reference_id")
    columns = ["indicator_id", "residence", "care", "unit", "reference_id", "year", "value", "per"]
    names = {"year": "reference_year", "value": "reference", "per": "_per"}
    rows = figures[figures["role"].isin(_SET) & figures["sound"] & (figures["recipient"] == "")]
    both = rows.merge(national[columns].rename(columns=names), on=["indicator_id", "residence", "care", "unit"])
    factor = (months(both["per"]) / months(both["_per"])).where(both["per"] != both["_per"].fillna(""), 1.0)
    both["reference"] = (both["reference"] * factor).round(6)
    both["references"] = both["reference_id"] + ":" + both["reference_year"].astype("str")
    return both[both["reference"].notna()].drop(columns="_per")


def below_national(beside: pd.DataFrame) -> pd.DataFrame:
    """Standards below the national minimum of their year (a contribution: of the year of its announcement)."""
    same = beside["reference_year"] == beside["announced_year"].fillna(beside["year"])
    rows = beside[same & (beside["value"] < beside["reference"])]
    return rows.assign(found=rows["value"], expected=rows["reference"])


def below_above(figures: pd.DataFrame, above: pd.DataFrame) -> pd.DataFrame:
    """Levels below the minimum that the nearest place above set for the same year."""
    levels = figures[(figures["role"] == "level") & figures["sound"]]
    floors = levels[(levels["statistic"] == "minimum") | levels["flags"].str.contains("at_least")]
    floors = floors.assign(flags=floors["flags"].str.replace("minimum", ""))  # the place below is not one itself
    both = levels.merge(above[above["distance"] > 0], on="region_id").merge(_others(floors), on=["parent_id", "year", "kin"])
    if both.empty:
        return both
    both = _nearest(both)
    both = both[both["value"] < both["parent_value"]]
    return _told(both.assign(found=both["value"], expected=both["parent_value"]))


def baselines(figures: pd.DataFrame, known: pd.DataFrame, above: pd.DataFrame) -> pd.DataFrame:
    """Baselines that are not what the place itself set for that year, or, where that is not known, the place above.

    A place may stand above the one over it, so its baseline objects only if it is lower, or if it is what the place
    above set for another year. The years for which it does match are in ``hint``. Averages are held against no other
    place: an average binds nobody.
    """
    rows = figures[(figures["role"] == "baseline") & figures["exact"]]
    if rows.empty:
        return rows
    others = _others(known[known["exact"]], "role")
    both = rows.merge(above, on="region_id").merge(others, on=["parent_id", "year", "kin"])
    both = both[(both["distance"] > 0) | (both["parent_role"] == "level")]
    itself = both["distance"] == 0
    binding = (both["parent_statistic"] != "average") & (both["statistic"] != "average")
    both = _nearest(both[(itself & (both["statistic"] == both["parent_statistic"])) | (~itself & binding)])
    both = both[both["value"] != both["parent_value"]]
    if both.empty:
        return both
    elsewhere = both[["figures", "parent_id", "value", "kin"]].merge(
        others.rename(columns={"parent_value": "value", "year": "_year"})[["parent_id", "value", "_year", "kin"]]
    )
    years = elsewhere.drop_duplicates().sort_values("_year").groupby("figures")["_year"].agg(lambda y: ";".join(map(str, y)))
    both["hint"] = both["figures"].map(years).astype("object").fillna("")
    both = both[(both["distance"] == 0) | (both["value"] < both["parent_value"]) | (both["hint"] != "")]
    return _told(both.assign(found=both["value"], expected=both["parent_value"]))


def with_rises(figures: pd.DataFrame) -> pd.DataFrame:
    """Levels with the increase that the same item prints for them: ``rise``, ``before`` (the level less it)."""
    key = ["clause", "region_id", "kin", "statistic"]
    rise = figures.loc[figures["exact"] & (figures["role"] == "increase"), [*key, "value", "figures"]]
    rise = rise.rename(columns={"value": "rise", "figures": "rise_figures"})
    both = figures[figures["exact"] & (figures["role"] == "level")].merge(rise, on=key)
    both["before"] = (both["value"] - both["rise"]).round(6)
    return both


def rises(risen: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Rises that do not lead from the earlier level to the later one.

    The earlier level is the last one known of the place before the year, if the document prints it beside the level;
    else that of the year before.
    """
    before = known[known["exact"]][["region_id", "year", "kin", "statistic", "value", "figures", "document_id", "role"]]
    names = {"year": "from_year", "value": "expected", "figures": "_figures", "document_id": "_document", "role": "_role"}
    both = risen.merge(before.rename(columns=names), on=["region_id", "kin", "statistic"])
    own = (both["_document"] == both["document_id"]) & (both["_role"] == "baseline")
    both = both[(both["from_year"] < both["year"]) & (own | (both["from_year"] == both["year"] - 1))].assign(_own=own)
    both = both.sort_values(["_own", "from_year"], ascending=False, kind="stable").drop_duplicates("figures")
    both = both[(both["before"] - both["expected"]).abs() > 1e-6]
    if both.empty:
        return both
    both["derivation"] = [f"{level:g} - {rise:g}" for level, rise in zip(both["value"], both["rise"], strict=True)]
    both["figures"] = both["figures"] + ";" + both["rise_figures"] + ";" + both["_figures"]
    return both.assign(found=both["before"], hint=both["from_year"].astype("str"))


def twins(risen: pd.DataFrame, above: pd.DataFrame) -> pd.DataFrame:
    """The same level of the same series and year that a place and one above it reach from different rises."""
    columns = ["kin", "year", "value", "statistic"]
    over = risen[["region_id", *columns, "rise", "flags", "figures", "rise_figures"]]
    names = {one: f"parent_{one}" for one in ("rise", "flags", "figures", "rise_figures")}
    both = risen.merge(above[above["distance"] > 0], on="region_id")
    both = both.merge(over.rename(columns={"region_id": "parent_id"} | names), on=["parent_id", *columns])
    both = _nearest(both)
    both = both[both["rise"] != both["parent_rise"]]
    if both.empty:
        return both
    both["derivation"] = [f"{value:g}" for value in both["value"]]
    both["figures"] = both["rise_figures"] + ";" + both["figures"]
    both["parent_figures"] = both["parent_rise_figures"] + ";" + both["parent_figures"]
    return _told(both.assign(found=both["rise"], expected=both["parent_rise"]))


def conflicts(figures: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Levels (or baselines, where no level is known) that contradict another of the same place, year and series."""
    levels = figures[figures["role"].isin(_SET) & figures["exact"]]
    key = ["region_id", "year", "kin", "statistic", "role"]
    first = known[known["exact"]][[*key, "value", "flags", "figures"]]
    both = levels.merge(first.rename(columns={one: f"parent_{one}" for one in ("value", "flags", "figures")}), on=key)
    both = both[(both["value"] != both["parent_value"]) & (both["figures"] != both["parent_figures"])]
    return _told(both.assign(found=both["value"], expected=both["parent_value"]))
