"""The nearest choice that has rows, where one has none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pandas as pd

from minsheng.faults import Refused
from minsheng.shelves import SPLITS, Choice, Shelf, rows
from minsheng.views import YEAR_BASES
from minsheng.yardsticks import ancestors, price_factors

_FAR = 1000
"""Years and places count for less than any field: of two rows that miss as many, the nearer one is taken."""


def _tables(choice: Choice, shelf: Shelf) -> Iterator[tuple[Choice, pd.DataFrame]]:
    """The choice, with other roles and then the other year basis where it comes to that, and the rows that are there."""
    roles = dict.fromkeys([choice.role, "", *shelf.printed(choice.year_basis)["role"].unique()])
    for basis in dict.fromkeys([choice.year_basis, *YEAR_BASES]):
        for role in roles:
            turned = replace(choice, role=role, year_basis=basis)
            table = shelf.of(turned)
            yield turned, table[~table["flags"].str.contains("damaged")]


def _linked(table: pd.DataFrame, choice: Choice, shelf: Shelf) -> pd.Series:
    """Which rows can be brought to prices of the last year."""
    try:
        years = list(price_factors(shelf.data, choice.last))
    except Refused:
        years = []
    return (table["unit"] == "元") & table["announced_year"].fillna(table["year"]).isin(years)


def _misses(table: pd.DataFrame, choice: Choice, shelf: Shelf) -> pd.DataFrame:
    """Of each row, which fields of the choice it does not meet."""
    found = {c: table[c] != getattr(choice, c) for c in SPLITS if getattr(choice, c) is not None}
    found |= {c: table[c] != getattr(choice, c) for c in ("unit", "per") if getattr(choice, c)}
    if choice.regions:
        found["regions"] = ~table["region_id"].isin(choice.regions)
    late = choice.one_year and not choice.role and "stale" not in choice.without
    found["last"] = ~table["year"].between(0 if late else choice.first, choice.last)
    if choice.prices == "constant":
        found["prices"] = ~_linked(table, choice, shelf)
    found["without"] = table["flags"].map(lambda cell: bool(set(cell.split(";")) & set(choice.without))).astype(bool)
    return pd.DataFrame(found, index=table.index)


def _distance(table: pd.DataFrame, choice: Choice, shelf: Shelf) -> pd.Series:
    """How far each row is in years, and whether it is of a place above or below one that was asked."""
    years = (choice.first - table["year"]).clip(lower=0) + (table["year"] - choice.last).clip(lower=0)
    above = {one for place in choice.regions for one in ancestors(shelf.data, place)}
    kin = {
        place
        for place in table["region_id"].unique()
        if place in above or set(choice.regions) & set(ancestors(shelf.data, place))
    }
    return years.astype("float64") + 0.5 * ~table["region_id"].isin([*kin, *choice.regions])


def _turned(choice: Choice, row: pd.Series, missed: list[str]) -> Choice:
    """The choice with what a row does not meet taken from the row."""
    own: dict[str, Any] = {c: row[c] for c in (*SPLITS, "unit", "per") if c in missed}
    if "regions" in missed:
        own["regions"] = (row["region_id"],)
    if "last" in missed:
        year = int(row["year"])
        first, last = (year, year) if choice.one_year else (min(year, choice.first), max(year, choice.last))
        own |= {"first": first, "last": last}
    if "prices" in missed:
        own["prices"] = "nominal"
    if "without" in missed:
        own["without"] = tuple(flag for flag in choice.without if flag not in row["flags"].split(";"))
    return replace(choice, **own)


def _has(choice: Choice, shelf: Shelf) -> bool:
    try:
        return not rows(choice, shelf).empty
    except Refused:
        return False


def _sibling(choice: Choice, shelf: Shelf) -> Choice | None:
    """The same of the indicator of its topic with most figures."""
    topics = shelf.data.indicators.set_index("indicator_id")["topic"]
    figures = shelf.printed("assessed")
    there = figures[(figures["topic"] == topics[choice.indicator]) & (figures["indicator_id"] != choice.indicator)]
    counts = there["indicator_id"].value_counts()
    return nearest(replace(choice, indicator=str(counts.index[0])), shelf) if len(counts) else None


def nearest(choice: Choice, shelf: Shelf) -> Choice | None:
    """The choice that has rows and differs least from one that has none.

    Of all figures of the indicator, the one is looked for that misses fewest fields of the choice, and of these the
    nearest in year and place; what it misses is taken from it. Another role, year basis or indicator of the same topic
    is looked at only where there is nothing else.

    Parameters
    ----------
    choice : Choice
        Of a known indicator.
    shelf : Shelf

    Returns
    -------
    Choice or None
        The choice itself if it has rows; None if there is nothing near.

    Examples
    --------
    >>> import minsheng as ms
    >>> asked = Choice("orphan_standard", 2024, 2024, care="dispersed", regions=("441600",))
    >>> nearest(asked, Shelf(ms.load())).regions
    ('440000',)
    """
    if _has(choice, shelf):
        return choice
    for turned, table in _tables(choice, shelf):
        if table.empty:
            continue
        misses = _misses(table, turned, shelf)
        at = (misses.sum(axis=1) + _distance(table, turned, shelf) / _FAR).idxmin()
        row = table.loc[at]
        found = _turned(turned, row, [c for c in misses if misses.at[at, c]])
        one_unit = replace(found, unit=row["unit"], per=row["per"])
        return next((one for one in (found, one_unit) if _has(one, shelf)), replace(one_unit, prices="nominal"))
    return _sibling(choice, shelf)


def turns(choice: Choice, other: Choice) -> list[str]:
    """The fields in which two choices differ, in their order."""
    return [one.name for one in fields(Choice) if getattr(choice, one.name) != getattr(other, one.name)]
