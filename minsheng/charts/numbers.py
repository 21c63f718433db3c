"""Numbers as charts and sentences write them, with the signs of what weakens them."""

from __future__ import annotations

from typing import Any

import pandas as pd

SIGNS = {"about": "≈", "inferred": "*", "doubtful": "?", "contradicted": "≠", "coverage_year": "†", "printed_year": "‡"}
"""Flags that a sign behind the value shows."""


def number(value: float, digits: int = 2) -> str:
    """A value as charts and sentences show it: no trailing zeros, at most two decimals (or `digits`); a very small one keeps
    two digits.

    Examples
    --------
    >>> number(765.0), number(2094.4), number(530.183333), number(-34.0), number(0.002222)
    ('765', '2094.4', '530.18', '−34', '0.0022')
    """
    if 0 < abs(value) < 0.1:
        return f"{value:.2g}".replace("-", "−")
    return f"{value:.{digits}f}".rstrip("0").rstrip(".").replace("-", "−")


def grouped(value: float, digits: int = 2) -> str:
    """A number with all that is printed of it, from five digits on in groups of three.

    Examples
    --------
    >>> grouped(1740.0), grouped(12844.65), grouped(11e9)
    ('1740', '12,844.65', '11,000,000,000')
    """
    return number(value, digits) if abs(value) < 10_000 else f"{value:,.6f}".rstrip("0").rstrip(".").replace("-", "−")


def signed(text: str, flags: str) -> str:
    """A value's words with the signs of its flags behind them.

    Examples
    --------
    >>> signed("765", "assessed;inferred")
    '765*'
    """
    return text + "".join(sign for flag, sign in SIGNS.items() if flag in flags.split(";"))


def value_words(row: Any) -> str:
    """The value of a row as its mark says it: a range as such, with the signs of its flags."""
    text = number(row.value) + (f"–{number(row.value_max)}" if pd.notna(getattr(row, "value_max", None)) else "")
    return signed(text, row.flags)
