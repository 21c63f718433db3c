"""Sentences on a whole year: what it rests on, what it promises in quantities, in the reader's language."""

from __future__ import annotations

import pandas as pd

from minsheng.views import View


def documents(view: View) -> list[str]:
    """How many documents, places and figures a year rests on, and how many of the documents are drafts or dated by us.

    Examples
    --------
    >>> import minsheng as ms
    >>> documents(ms.view(2024, lang="en"))[1]
    'Drafts for comment among them: 1; what was adopted may differ.'
    """
    rows = view.printed[(view.printed["year"] == view.year) & (view.printed["role"] != "baseline")]
    if rows.empty:
        return []
    used = rows.drop_duplicates("document_id")
    counts = {name: int(used["flags"].str.contains(name).sum()) for name in ("draft", "assessed")}
    words = {"documents": len(used), "places": rows["region_id"].nunique(), "count": len(rows)}
    out = [view.say("overview.documents" if len(used) > 1 else "overview.one_document", year=view.year, **words)]
    return out + [view.say(f"overview.{name}", count=count) for name, count in counts.items() if count]


def promised(rows: pd.DataFrame, view: View, most: int = 3) -> list[str]:
    """How many targets the documents of the year set, and on what most (rows of `promises.planned`)."""
    if rows.empty:
        return []
    topics = rows.groupby("topic").size().sort_values(ascending=False, kind="stable")
    least = topics.iloc[min(most, len(topics)) - 1]
    named = [view.say("overview.topic", topic=view.label("topic", str(t)), count=n) for t, n in topics.items() if n >= least]
    documents = rows["document_id"].nunique()
    key = "promised_one" if len(rows) == 1 else "promised_alone" if documents == 1 else "promised"
    words = {"topics": view.join(named), "topic": view.label("topic", str(topics.index[0]))}
    return [view.say(f"overview.{key}", year=view.year, documents=documents, count=len(rows), **words)]
