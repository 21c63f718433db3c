"""Of which year a document can be: what it claims, held against the national series. The rules of the audit about years;
each takes tables and returns the rows that object.
"""

from __future__ import annotations

import pandas as pd

from minsheng.lineage import KIN

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


def claimed_years(beside: pd.DataFrame, lag: int) -> pd.DataFrame:
    """Documents that cannot be of the year that they print, one row for each figure that says so.

    A document cannot be of a year whose national minimums its levels do not reach, unless it prints as many national
    figures of that year as of any other. One that prints those of no year falls short, no more, unless its year is in
    doubt already. ``hint`` holds the years of which it prints most (all of them, if several), ``derivation`` how many
    national figures it falls short of and how many it prints.

    Parameters
    ----------
    beside : DataFrame
        From `lineage.beside_nation`, with ``year_printed`` and ``document_year``.
    lag : int
        A document that prints the national figures of so many years before is only early, not misdated.
    """
    rows = beside[(beside["role"] == "level") & beside["year_printed"].notna()]
    offset = rows["announced_year"].fillna(rows["year"]) - rows["document_year"]
    rows = rows.assign(as_of=rows["reference_year"] - offset, more=rows["value"] - rows["reference"])
    alike = rows[rows["more"].abs() < _SAME]
    counts = alike.groupby(["document_id", "as_of"])["reference_id"].nunique()
    best = counts[counts == counts.groupby(level=0).transform("max")].reset_index()[["document_id", "as_of"]]
    claims = best["document_id"].map(rows.drop_duplicates("document_id").set_index("document_id")["year_printed"])
    excused = best["document_id"][(best["as_of"] == claims) | (best["as_of"] == claims - lag)]
    below = rows[(rows["as_of"] == rows["year_printed"]) & (rows["more"] < -_SAME) & ~rows["document_id"].isin(excused)]
    below = below[below["document_id"].isin(best["document_id"]) | (below["year_printed"] != below["document_year"])]
    alike = alike[alike["document_id"].isin(below["document_id"])].merge(best, on=["document_id", "as_of"])
    both = pd.concat([below, alike], ignore_index=True).drop(columns=["item", *KIN])
    both["flags"] = both["flags"].str.replace("minimum", "")  # a mark of the figure, not of the document
    years = best.groupby("document_id")["as_of"].agg(list)
    both["hint"] = both["document_id"].map(years.map(lambda one: ";".join(map(str, one)))).astype("object").fillna("")
    short, same = below.groupby("document_id")["reference_id"].nunique(), counts.groupby(level=0).max()
    both["derivation"] = [f"{short[one]};{same.get(one, 0)}" for one in both["document_id"]]
    both["expected"] = both["document_id"].map(years.map(min)).astype("float64")
    return both.assign(found=both["year_printed"].astype("float64"), year=both["document_year"])
