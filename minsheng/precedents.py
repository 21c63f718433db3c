"""What the tables at hand say that the standards of a place were: what a printed baseline is held against."""

from __future__ import annotations

from functools import cached_property

from minsheng.tables import Dataset

Standard = tuple[str, str, str, str, int]
"""Indicator, residence, care, recipient and year."""


class Precedents:
    """The levels of a place.

    Examples
    --------
    >>> import minsheng as ms
    >>> place = Precedents(ms.load(), "441602")
    >>> place.differ(("orphan_standard", "all", "institutional", "", 2024), 1.0)
    True
    >>> place.differ(("orphan_standard", "all", "institutional", "", 1999), 1.0)
    False
    """

    def __init__(self, known: Dataset, region_id: str) -> None:
        self._known, self._region = known, region_id

    @cached_property
    def _levels(self) -> dict[Standard, set[float]]:
        places = self._known.documents.set_index("document_id")["region_id"]
        rows = self._known.figures.fillna({"recipient": ""})
        rows = rows[(rows["document_id"].map(places) == self._region) & (rows["role"] == "level")]
        found: dict[Standard, set[float]] = {}
        for row in rows.itertuples():
            key = (row.indicator_id, row.residence, row.care, row.recipient, row.year)
            found.setdefault(key, set()).add(float(row.value))
        return found

    def differ(self, standard: Standard, value: float | None) -> bool:
        """Whether the tables have another value of a standard, and not this one; False where they have none."""
        return value not in self._levels.get(standard, {value})
