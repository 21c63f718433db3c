"""What a careful reader would object to: contradictions, shortfalls and doubts, found by rule over any tables."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pandas as pd

from minsheng import ahead, arithmetic, dating, lineage
from minsheng.levels import join_flags, printed
from minsheng.numerals import printed_step
from minsheng.periods import in_one_period
from minsheng.tables import Dataset, load

AHEAD = "findings"
"""Name under which the findings of the package's own tables are made ahead."""

SEVERITIES = ("contradiction", "below", "doubt")
"""How much a finding says: two printed numbers cannot both be right; a standard falls short of one that binds it; a number
is unlikely, or was likely overwritten, but nothing printed contradicts it."""

# The thresholds of all rules.
ROUNDED = 1.0  # a number told to more than the unit (1.09万) is rounded: it may stand for any number within its last digit
LEAST_PARTS = 2  # one part of a total is an example, not a list that could add up
REVISED = "调整|调增|调减|追加"  # words with which a document itself replaces a task that it told before
APART = 1000.0  # no price or habit makes one programme's amounts a thousand times another's; a missing 万 does
TEN_THOUSAND = 10_000.0  # what a missing 万 takes away
NEAR = 10.0  # within so many times of what is expected, a number with its 万 put back is likely the one meant
LAG = 1  # national notices come out in summer: a plan made before still prints the minimums of the year before

COLUMNS = [
    "code",
    "severity",
    "region_id",
    "year",
    "document_id",
    "item",
    "indicator_id",
    "residence",
    "care",
    "recipient",
    "figures",
    "references",
    "parent_id",
    "found",
    "expected",
    "unit",
    "per",
    "derivation",
    "hint",
    "repair",
    "flags",
]
"""Columns of a table of findings."""

_JOINED = ("item", "figures", "references", "flags")
_TEXT = [name for name in COLUMNS if name not in ("year", "found", "expected", "repair")]


def _prepared(data: Dataset) -> pd.DataFrame:
    """Figures as printed, in one period, with how finely each is told and whether it can be held against others."""
    own = data.figures.set_index("figure_id")[["locator", "evidence", "quality"]]
    documents = data.documents.set_index("document_id")[["year_basis", "year_printed", "year"]]
    rows = in_one_period(data, printed(data), None).join(own, on="figures")
    rows = rows.join(documents.rename(columns={"year": "document_year"}), on="document_id")
    for column in ("item", "locator", "evidence"):
        rows[column] = rows[column].fillna("")
    rows["step"] = [printed_step(text, value) for text, value in zip(rows["evidence"], data.figures["value"], strict=True)]
    rows["slack"] = rows["step"].where(rows["step"] > ROUNDED, 0.0)
    rows["sound"] = rows["quality"] != "damaged"
    rows["exact"] = rows["sound"] & ~rows["flags"].str.contains("at_least|at_most|about|range")
    rows["kin"] = rows.groupby(lineage.KIN, sort=False).ngroup()
    rows["clause"] = rows.groupby(["document_id", "item", "year"], sort=False, dropna=False).ngroup()
    return rows.astype(dict.fromkeys(rows.columns[rows.dtypes == "str"], "object"))  # in one block, which merges faster


def _list(cells: pd.Series) -> str:
    return ";".join(dict.fromkeys(";".join(cells).split(";")))


def _as_findings(rules: Iterable[tuple[str, str, pd.DataFrame]]) -> pd.DataFrame:
    """What all rules return, under the columns of findings; one row for what is said several times of one thing."""
    own = [rows[[c for c in COLUMNS if c in rows]].assign(code=code, severity=severity) for code, severity, rows in rules]
    found = pd.concat([one for one in own if len(one)] or own, ignore_index=True).reindex(columns=COLUMNS)
    found = found.astype({"year": "Int64", "found": "float64", "expected": "float64", "repair": "float64"})
    found[_TEXT] = found[_TEXT].astype("object").fillna("")
    once = found.groupby([one for one in COLUMNS if one not in _JOINED], sort=False, dropna=False, as_index=False)
    return once.agg({"item": "first", "figures": _list, "references": _list, "flags": lambda flags: join_flags(*flags)})[COLUMNS]


def audit(data: Dataset) -> pd.DataFrame:
    """Everything in the tables that contradicts itself, falls short of what binds it, or cannot well be meant.

    The rules are general and know no document; damaged figures enter none but the one about overwritten years. What
    they say is in `minsheng.remarks.sentence`. The rules, by ``code``:

    ==================  ================================================================================
    ``below_national``  below the national minimum of its year (averages bind nobody)
    ``below_above``     below the minimum that the nearest place above set for the same year
    ``baseline``        a baseline that is not what the place, or the one above it, set for that year
    ``rise``            a rise that does not lead from the earlier level to the later one
    ``share``           a percentage that its parts do not give, rounded or cut off
    ``parts``           a total that the places below do not add up to
    ``kinds``           a total that the kinds told apart beside it exceed
    ``target``          a task told twice with different numbers
    ``magnitude``       an amount a thousand times too small beside a sibling's
    ``year_value``      a number equal to the year that was put in place of the document's own
    ``rises_differ``    the same level reached from different rises in a place and one above it
    ``year``            a document that cannot be of the year that it prints
    ``conflict``        two levels of the same place, year and series
    ==================  ================================================================================

    Parameters
    ----------
    data : Dataset
        Tables from `load`.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, one row a finding: what is ``found`` and what was ``expected`` in its place, in ``unit`` per
        ``per``; ``severity`` is one of `SEVERITIES`; ``figures`` and ``references`` are ``;``-separated lists;
        ``parent_id`` is the place it was held against; ``derivation`` shows the arithmetic; ``hint`` is what would
        explain it (years, or the thing whose number it is); ``repair`` the factor that would mend it. An empty table
        is a clean bill.

    Examples
    --------
    >>> import minsheng as ms
    >>> found = ms.audit(ms.load())
    >>> short = found[found.code == "below_above"]
    >>> short[["region_id", "year", "care", "found", "expected"]].to_dict("records")[0]
    {'region_id': '441602', 'year': 2024, 'care': 'institutional', 'found': 2088.0, 'expected': 2295.0}
    """
    figures = _prepared(data)
    above, known = lineage.places_above(data.regions), lineage.what_is_set(figures)
    nation, risen = lineage.beside_nation(data, figures), lineage.with_rises(figures)
    amounts, torn = arithmetic.amounts(figures), lineage.conflicts(figures, known)
    drafted = torn["flags"].str.contains("draft").astype("bool")
    rules = (
        ("year", "contradiction", dating.claimed_years(nation, LAG)),
        ("baseline", "contradiction", lineage.baselines(figures, known, above)),
        ("rise", "contradiction", lineage.rises(risen, known)),
        ("share", "contradiction", arithmetic.shares(figures)),
        ("parts", "contradiction", arithmetic.parts(amounts, data.regions, LEAST_PARTS)),
        ("target", "contradiction", arithmetic.targets(figures, REVISED)),
        ("conflict", "contradiction", torn[~drafted]),
        ("below_national", "below", lineage.below_national(nation)),
        ("below_above", "below", lineage.below_above(figures, above)),
        ("kinds", "doubt", arithmetic.kinds(amounts, LEAST_PARTS)),
        ("magnitude", "doubt", arithmetic.magnitudes(amounts, APART, TEN_THOUSAND, NEAR)),
        ("year_value", "doubt", dating.substituted(figures)),
        ("rises_differ", "doubt", lineage.twins(risen, above)),
        ("conflict", "doubt", torn[drafted]),  # a draft may well differ from what was adopted
    )
    return _as_findings(rules)


@cache
def bundled() -> pd.DataFrame:
    """The findings of the package's own tables (`audit`), made once, wherever that is."""
    made = ahead.take(AHEAD)
    return audit(load()) if made is None else made
