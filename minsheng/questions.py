"""What is asked of a row: which of its columns hold numbers, and what a figure must be to be behind each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

import pandas as pd

from minsheng.steps import Ground, Want

AMOUNTS: dict[str, dict[str, str]] = {
    "value": {},
    "nominal": {},
    "value_max": {},
    "previous": {},
    "urban": {"residence": "urban"},
    "rural": {"residence": "rural"},
    "fiscal": {"measure": "fiscal"},
    "contribution": {"measure": "contribution"},
    "supplement": {},
    "dibao": {},
    "target": {"role": "target"},
    "other_target": {"role": "target"},
    "achieved": {"role": "achieved"},
    "printed_share": {"role": "share"},
    "parent_value": {},
    "prefecture": {},
    "province": {},
    "found": {},
    "expected": {},
}
"""Columns that figures give, with what a figure must be to give them."""

_BEHIND = {
    "parent_value": "parent_figures",
    "prefecture": "parent_figures",
    "province": "parent_figures",
    "previous": "previous_figures",
    "dibao": "dibao_figures",
}
"""The column that names the figures behind a number, where it is not ``figures``."""

_OF_OTHERS = ("parent_value", "prefecture", "province")
_OF_PLANS = ("target", "other_target", "printed_share")
"""Columns that may be of other places, and of the whole of a plan, than the row's own."""

_SERIES = ("region_id", "indicator_id", "residence", "care", "recipient", "statistic")
_PERCENT = ("growth", "growth_a_year", "share", "progress", "printed_share", "top_share")
_UNITS = {"dibao_times": "倍"}
"""Units of numbers that are not in the unit of their row; those that are counted have none."""


@dataclass(frozen=True)
class Asked:
    """A row to be explained, and the year in whose prices it is taken to be."""

    ground: Ground
    row: Mapping[str, Any]
    prices: int | None = None

    def has(self, column: str) -> bool:
        """Whether the row has a number there."""
        value = self.row.get(column)
        return isinstance(value, Real) and bool(pd.notna(value))

    def text(self, column: str) -> str:
        """What the row says there; nothing where it says nothing."""
        value = self.row.get(column)
        return value if isinstance(value, str) else ""

    def cells(self, column: str) -> tuple[str, ...]:
        """The parts of a ``;``-list of the row."""
        return tuple(dict.fromkeys(one for one in self.text(column).split(";") if one))

    @property
    def per(self) -> str:
        """The period of the row; a case is counted by its persons."""
        return self.text("per").replace("case-month", "person-month")

    @property
    def year(self) -> int | None:
        """The year of the row, if it has one."""
        return int(self.row["year"]) if self.has("year") else None

    def unit(self, column: str) -> tuple[str, str]:
        """Unit and period of a number of the row."""
        if column in _PERCENT or column in _UNITS:
            return _UNITS.get(column, "%"), ""
        return self.text("unit"), self.text("per")


def _fixed(asked: Asked, column: str) -> dict[str, str]:
    """What a figure must be to be behind a column of the row."""
    if "found" in asked.row or column == "dibao":
        return {}
    free = {"recipient"} if "supplement" in asked.row else set()
    free |= {"residence", "care", "recipient"} if "rule_flags" in asked.row else set()
    free |= {"statistic"} if column in _OF_OTHERS else {"recipient"} if column in _OF_PLANS else set()
    own = {name: asked.text(name) for name in _SERIES if name in asked.row and name not in free}
    if column == "supplement":
        own = {"region_id": own["region_id"], "recipient": asked.text("recipient")}
    if column == "parent_value":
        own |= {"region_id": asked.text("parent_id"), "statistic": asked.text("parent_statistic")}
    if column in ("prefecture", "province"):
        del own["region_id"]
    return own | AMOUNTS[column]


def want(asked: Asked, column: str) -> Want:
    """The number of a column as something to be led back to figures."""
    row = asked.row
    own = _BEHIND.get(column, "figures")
    cells = asked.cells(own if own in row else "figures")
    per = "" if column == "printed_share" else asked.per
    dated = "found" not in row and "year" in row
    year = int(row["from_year" if column == "previous" else "year"]) if dated else None
    prices = None if column == "nominal" else asked.prices
    return Want(float(row[column]), per, cells, year, _fixed(asked, column), prices)
