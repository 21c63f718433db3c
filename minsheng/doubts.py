"""What weakens the figures of a page, in words: those that are damaged, and the flags of its rows."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from minsheng.levels import FLAGS
from minsheng.phrases import series_words
from minsheng.views import View


def damaged(view: View, topics: Sequence[str]) -> list[str]:
    """The damaged figures of some topics up to the year of the view, which no comparison uses."""
    rows = view.printed[view.printed["topic"].isin(topics) & (view.printed["year"] <= view.year)]
    return [
        view.say(
            "story.damaged",
            place=view.place(row.region_id),
            series=series_words(row, view),
            evidence=view.figures[row.figures]["evidence"],
        )
        for row in rows[rows["flags"].str.contains("damaged")].itertuples()
    ]


def flags(rows: pd.DataFrame, view: View) -> str:
    """The flags that occur in `rows`, in words, in one line; empty where there is none."""
    present = {flag for cell in rows["flags"] for flag in cell.split(";")} if "flags" in rows else set()
    words = [view.say(f"flag.{flag}") for flag in FLAGS if flag in present]
    return view.say("story.flags", flags=view.join(words)) if words else ""
