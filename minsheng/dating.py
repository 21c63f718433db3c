"""Of which year a document can be: what it claims, held against the national series. The rules of the audit about years;
each takes tables and returns the rows that object.
"""

from __future__ import annotations

import pandas as pd

from minsheng.levels import join_flags

_SAME = 1e-6


def substituted(figures: pd.DataFrame) -> pd.DataFrame:
    """Numbers equal to the year that was put in place of a document's own.

    Only in documents whose year is assessed against the one that they print: there the printed year is known to have
    been put in, and a number like it may have been overwritten in the same way. The printed year is in ``hint``.
    """
    put_in = (figures["year_basis"] == "assessed") & (figures["year_printed"] != figures["document_year"]).fillna(False)
    like = (figures[["value", "value_max"]] // 1).eq(figures["year_printed"].astype("float64"), axis=0).any(axis=1)
    rows = figures[put_in & like]
    return rows.assign(found=rows["value"], hint=rows["year_printed"].astype("str"))


def _join(values: pd.Series) -> str:
    return ";".join(dict.fromkeys(map(str, values)))


def _best_years(alike: pd.DataFrame) -> pd.DataFrame:
    """The years whose national figures each document prints most of: one row a document and such year, with ``count``."""
    counts = alike.groupby(["document_id", "as_of"])["reference_id"].nunique().rename("count").reset_index()
    return counts[counts["count"] == counts.groupby("document_id")["count"].transform("max")]


def claimed_years(beside: pd.DataFrame, lag: int) -> pd.DataFrame:
    """Documents that cannot be of the year that they print, one row each.

    A document cannot be of a year whose national minimums its levels do not reach, unless it prints as many national
    figures of that year as of any other. ``hint`` holds the years of which it prints most (all of them, if several).

    Parameters
    ----------
    beside : DataFrame
        From `lineage.beside_nation`, with ``year_printed`` and ``document_year``.
    lag : int
        A document that prints the national figures of so many years before is only early, not misdated.
    """
    rows = beside[(beside["role"] == "level") & beside["year_printed"].notna()]
    offset = rows["announced_year"].fillna(rows["year"]) - rows["document_year"]
    rows = rows.assign(as_of=rows["reference_year"] - offset)
    best = _best_years(rows[(rows["value"] - rows["reference"]).abs() < _SAME])
    below = rows[(rows["as_of"] == rows["year_printed"]) & (rows["value"] < rows["reference"] - _SAME)]
    alike = rows[(rows["value"] - rows["reference"]).abs() < _SAME].merge(best, on=["document_id", "as_of"])
    late = rows[["document_id", "year_printed"]].drop_duplicates().merge(best, on="document_id")
    excused = late[(late["as_of"] == late["year_printed"]) | (late["as_of"] == late["year_printed"] - lag)]
    below = below[~below["document_id"].isin(excused["document_id"])]
    both = pd.concat([below, alike[alike["document_id"].isin(below["document_id"])]], ignore_index=True)
    found = both.groupby("document_id", sort=False).agg(
        region_id=("region_id", "first"),
        year=("document_year", "first"),
        found=("year_printed", "first"),
        figures=("figures", _join),
        references=("references", _join),
        flags=("flags", lambda flags: join_flags(*flags)),
    )
    years = best.groupby("document_id")["as_of"]
    found["expected"] = years.min().reindex(found.index).astype("float64")
    found["hint"] = years.agg(_join).reindex(found.index).fillna("")
    return found.reset_index()
