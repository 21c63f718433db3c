"""What sentences are made of: a series and a value as a sentence says them, in the reader's language."""

from __future__ import annotations

from typing import Any

import pandas as pd

from minsheng.charts.numbers import grouped
from minsheng.views import View


def series_words(row: Any, view: View) -> str:
    """What a row measures, with its residence, care and recipient, as a sentence says it."""
    name, residence = view.indicator(row.indicator_id), view.label("residence", row.residence)
    parts = [residence] if row.residence != "all" and residence.lower() not in name.lower() else []
    parts += [view.label("care", row.care)] if row.care != "all" else []
    recipient = view.recipient(row.recipient)
    if view.lang == "zh":
        return "".join(parts) + name + (f"（{recipient}）" if recipient else "")
    return name + (f" ({', '.join([*parts, *([recipient] if recipient else [])])})" if parts or recipient else "")


def span(row: Any) -> str:
    """A value, or both ends of a range."""
    high = getattr(row, "value_max", float("nan"))
    return grouped(row.value) + (f"–{grouped(high)}" if pd.notna(high) else "")


def told(row: Any, view: View) -> str:
    """A value as a sentence says it: a range with both ends, a bound as one."""
    text = span(row)
    kind = next((one for one in ("at_least", "at_most", "about") if one in row.flags.split(";")), "")
    return view.say(f"story.{kind}", value=text) if kind else text
