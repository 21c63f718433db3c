"""What there is to choose from, and a choice that keeps to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from minsheng.levels import FLAGS
from minsheng.periods import PERIODS
from minsheng.schema import schema
from minsheng.shelves import SPLITS, Choice, Shelf


def offers(choice: Choice, shelf: Shelf) -> dict[str, list[Any]]:
    """What there is to choose from, of the indicator, role and year basis of a choice.

    Returns
    -------
    dict of str to list
        ``role``, ``residence``, ``care``, ``recipient``, ``unit`` (pairs of unit and period, the most frequent first;
        amounts per person and month or year are offered in both) and ``flags``.

    Examples
    --------
    >>> import minsheng as ms
    >>> from minsheng.shelves import Choice, Shelf
    >>> found = offers(Choice("orphan_standard", 2024, 2024), Shelf(ms.load()))
    >>> found["care"], found["unit"]
    (['institutional', 'dispersed', 'all'], [('元', 'person-month'), ('元', 'person-year')])
    """
    figures = shelf.printed(choice.year_basis)
    roles = set(figures[figures["indicator_id"] == choice.indicator]["role"])
    standing = [""] if len(shelf.of(replace(choice, role=""))) else []
    table = shelf.of(replace(choice, per=""))
    found: dict[str, list[Any]] = {
        "role": standing + [one for one in schema().codes("role") if one in roles - {"level", "baseline"}]
    }
    found |= {c: sorted(table[c].unique(), key=_order(c)) for c in SPLITS}
    pairs = [] if table.empty else list(table[["unit", "per"]].value_counts().index)
    found["unit"] = list(dict.fromkeys([*pairs, *_periods(pairs, choice.role)]))
    flags = {flag for cell in table["flags"].unique() for flag in cell.split(";")}
    found["flags"] = [one for one in FLAGS if one in flags - {"damaged"} or (one == "stale" and not choice.role)]
    return found


def _order(column: str) -> Callable[[str], Any] | None:
    return None if column == "recipient" else schema().codes(column).index


def _periods(pairs: list[tuple[str, str]], role: str) -> list[tuple[str, str]]:
    return [] if role else [(unit, per) for unit, own in pairs if own in PERIODS for per in PERIODS]


def settled(choice: Choice, shelf: Shelf) -> Choice:
    """The choice as its indicator allows it: what it does not have is left open, or taken from what there is first."""
    there = offers(choice, shelf)
    if there["role"] and choice.role not in there["role"]:
        choice = replace(choice, role=there["role"][0])
        there = offers(choice, shelf)
    splits: dict[str, Any] = {
        c: getattr(choice, c) if getattr(choice, c) in there[c] and len(there[c]) > 1 else None for c in SPLITS
    }
    pair = (choice.unit, choice.per)
    if pair not in there["unit"]:
        pair = there["unit"][0] if len(there["unit"]) > 1 else ("", "")
    without = tuple(flag for flag in choice.without if flag in there["flags"])
    return replace(choice, unit=pair[0], per=pair[1], without=without, **splits)
