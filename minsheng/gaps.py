"""Why a number is missing from a table, or may not be used: one bracketed mark for each reason, and the line that explains
the marks of a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from minsheng.views import View

GAPS = ("unstated", "inapplicable", "incomparable", "damaged")
"""Reasons: not printed nor computable; the row has no such thing; nothing of the same definition to compare with; unreadable."""

_INAPPLICABLE = ("other_target", "supplement")
"""Numbers that a row has only where there is a second target, or something on top of the base."""

_NATIONAL = ("nation", "reference", "share")
"""Numbers of the nation, and what is held against them."""


def gap(row: Mapping[str, Any], column: str, view: View) -> str:
    """Why a number of a row is missing, as far as the tables themselves tell.

    Parameters
    ----------
    row : mapping
        A row of a comparison in which `column` has no value.
    column : str
    view : View

    Returns
    -------
    str
        One of `GAPS`. ``incomparable`` where no national series is defined for the row's indicator, ``inapplicable`` where
        the row has no such number by its kind; ``unstated`` of all others, which says least.

    Examples
    --------
    >>> import minsheng as ms
    >>> seen = ms.view(2024)
    >>> gap({"supplement": None}, "supplement", seen), gap({"contribution": None}, "contribution", seen)
    ('inapplicable', 'unstated')
    """
    if column in _INAPPLICABLE:
        return "inapplicable"
    national = column in _NATIONAL and ("reference" in row or "nation" in row) and "indicator_id" in row
    return "incomparable" if national and not view.has_national(row["indicator_id"]) else "unstated"


def mark(reason: str, view: View) -> str:
    """The bracketed mark of a reason, as HTML."""
    return f'<span class="ms-gap" data-gap="{reason}">{escape(view.say(f"gap.{reason}"))}</span>'


def legend_html(table: str, view: View) -> str:
    """The line that explains the marks of a table (its HTML); empty where it has none."""
    there = [reason for reason in GAPS if f'data-gap="{reason}"' in table]
    words = [f"{view.say(f'gap.{reason}')} {view.say(f'gap_meaning.{reason}')}" for reason in there]
    return f'<p class="ms-note">{escape(view.join(words, "；", "; ") + view.say("alt.stop"))}</p>' if words else ""
