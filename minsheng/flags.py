"""What can weaken a comparison, and putting such flags together."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

FLAGS = [
    "draft",
    "minimum",
    "average",
    "at_least",
    "at_most",
    "about",
    "range",
    "derived",
    "assessed",
    "printed_year",
    "coverage_year",
    "inferred",
    "doubtful",
    "damaged",
    "contradicted",
    "stale",
]
"""Everything that can weaken a comparison, in the order in which it is told."""


@lru_cache(maxsize=4096)
def join_flags(*parts: str) -> str:
    """Flags of several rows as one list, each once, in their order.

    Examples
    --------
    >>> join_flags("assessed", "draft;assessed")
    'draft;assessed'
    """
    seen = {flag for part in parts for flag in part.split(";") if flag}
    return ";".join(flag for flag in FLAGS if flag in seen)


def union_flags(rows: pd.DataFrame, *columns: str, more: str = "") -> pd.Series:
    """The flags of several columns of each row, and `more`, as one list."""
    cells = zip(*(rows[c].fillna("").tolist() for c in columns), strict=True)
    return pd.Series([join_flags(*own, more) for own in cells], index=rows.index, dtype="str")
