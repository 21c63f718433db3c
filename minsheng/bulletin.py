"""What changed between two versions of the tables, in words: one screen for a reader, and lines for the changelog."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from minsheng.differences import compared, pages, touched
from minsheng.labels import say
from minsheng.lines import AMOUNT, SIGNS, Views, amount, cells_of, line, lines, series, steps, views
from minsheng.schema import schema
from minsheng.topics import topics
from minsheng.versions import Version
from minsheng.views import View

MOST, SCREEN = 6, 24
"""Lines of one benefit that one screen shows at most, and lines of all benefits together."""


def _shortened(whole: list[str], most: int, lang: str, indent: str) -> list[str]:
    rest = len(whole) - most
    return whole if rest <= 1 else [*whole[:most], indent + say("diff.more", lang, count=rest)]


# ---- one screen --------------------------------------------------------------------------------------------------------


def _counts(rows: pd.DataFrame, lang: str) -> list[str]:
    """How many rows of each table were added, changed, removed."""
    once = rows.drop_duplicates(["table", "key"])
    out = []
    for table, mine in once.groupby("table", sort=False):
        counts = mine["kind"].value_counts()
        words = " ".join(f"{SIGNS[kind]}{counts[kind]}" for kind in SIGNS if kind in counts)
        out.append(f"{schema().readable[str(table)].heading(lang)} {words}")
    return out


def _by_document(rows: pd.DataFrame, seen: Views, most: int) -> Iterator[str]:
    """Documents, in each its benefits, in each the items and figures that changed."""
    lang = seen["added"].lang
    for document, mine in rows[rows["document_id"] != ""].groupby("document_id", sort=False):
        own = seen["added" if document in seen["added"].documents else "removed"]
        known = mine[mine["table"] == "documents"]
        whole = known["kind"].iloc[0] if len(known) else "changed"
        sign = "" if whole == "changed" else f"{SIGNS[whole]} "
        yield f"{sign}{own.documents[str(document)]['title']} [{document}]"
        yield from (f"  {one}" for one in (lines(known, seen) if len(known) and not sign else ()))
        for topic, part in mine[mine["topic"] != ""].groupby("topic", sort=False):
            yield f"  {own.label('topic', str(topic))}"
            ordered = part.sort_values("table", kind="stable")  # figures before items
            yield from _shortened([f"    {one}" for one in lines(ordered, seen)], most, lang, "    ")


def _elsewhere(rows: pd.DataFrame, seen: Views, most: int) -> Iterator[str]:
    """Places, indicators, national series and cases, which are of no document."""
    lang = seen["added"].lang
    for table, mine in rows[rows["document_id"] == ""].groupby("table", sort=False):
        yield schema().readable[str(table)].heading(lang)
        yield from _shortened([f"  {one}" for one in lines(mine, seen)], most, lang, "  ")


def _standard(row: dict[str, Any], seen: Views) -> str:
    """A comparison that shows something else: series, place, year, old and new value."""
    own = seen[row["kind"]]
    values = " → ".join(_with_flags(row, side, own) for side in ("old", "new"))
    return f"{series(row, own)} · {own.place(row['region_id'])} {row['year']}{own.say('page.colon')}{values}"


def _with_flags(row: dict[str, Any], side: str, seen: View) -> str:
    """The old or the new value of a standard with what weakens it; a dash where there is none."""
    one = {name: row[f"{name}_{side}"] for name in (*AMOUNT, "flags")}
    if pd.isna(one["value"]):
        return "–"
    return amount([one], seen) + (seen.say("page.brackets", words=seen.flags(one["flags"])) if one["flags"] else "")


def _reports(table: pd.DataFrame, lang: str) -> Iterator[str]:
    """The pages that show what changed, a line a year."""
    every = topics()
    for year, mine in table.groupby("year", sort=False):
        marks = ((every[row.topic].title(lang), SIGNS[row.kind] if row.kind != "changed" else "") for row in mine.itertuples())
        yield f"  {year}{say('page.colon', lang)}" + ("、" if lang == "zh" else ", ").join(mark + title for title, mark in marks)


def _groups(rows: pd.DataFrame) -> int:
    """How many lists of lines a screen has: the benefits of each document, and the tables beside them."""
    table = rows["table"].where(rows["document_id"] == "")
    return len(rows.assign(table=table).drop_duplicates(["document_id", "topic", "table"]))


def _consequences(rows: pd.DataFrame, old: Version, new: Version, seen: Views, whole: bool) -> Iterator[str]:
    """The comparisons and the reports that show what changed."""
    lang, standards, made = seen["added"].lang, touched(old, new), pages(rows, old, new)
    yield say("diff.standards", lang, count=len(standards))
    said = [f"  {_standard(row, seen)}" for row in standards.to_dict("records")]
    yield from said if whole else _shortened(said, MOST, lang, "  ")
    yield say("diff.reports", lang, count=len(made))
    yield from _reports(made, lang)
    if len(made):
        yield say("diff.histories", lang)


def screen(old: Version, new: Version, lang: str, whole: bool = False) -> str:
    """What changed, in one screen.

    Parameters
    ----------
    old, new : Version
    lang : {'zh', 'en'}
    whole : bool
        Every line, however many there are.

    Returns
    -------
    str
        How many rows changed; by document and benefit what changed, old and new; the comparisons that show it, and the
        reports. Long lists end with how many lines are left out.
    """
    rows = compared(old, new)
    if rows.empty:
        return say("diff.same", lang, old=old.name, new=new.name)
    seen = views(old, new, lang)
    most = len(rows) if whole else max(1, min(MOST, SCREEN // _groups(rows)))
    documents = list(_by_document(rows, seen, most))
    said = [say("diff.head", lang, old=old.name, new=new.name), seen["added"].join(_counts(rows, lang), "；", "; "), ""]
    said += documents if whole else _shortened(documents, 2 * SCREEN, lang, "")
    said += [*_elsewhere(rows, seen, most), "", *_consequences(rows, old, new, seen, whole)]
    return "\n".join(said)


# ---- lines for the changelog -------------------------------------------------------------------------------------------


def _entry(cells: pd.DataFrame, seen: Views) -> str:
    """A figure that changed, in the form of the changelog: benefit, place, year, old and new value, what is printed."""
    key, kind = (str(cells[one].iloc[0]) for one in ("key", "kind"))
    own, row = seen[kind], seen[kind].figures[key]
    place = row["region_id"] if isinstance(row["region_id"], str) else own.documents[row["document_id"]]["region_id"]
    where = f"item {row['item']} of {row['document_id']}" if isinstance(row["item"], str) else row["document_id"]
    rows = [seen[side].figures[key] for side in ("before", "added") if key in seen[side].figures]
    both = steps(rows, (f"{one['unit']}/{one['per']}" if isinstance(one["per"], str) else one["unit"] for one in rows), " ")
    change = {"added": f"added, {both}", "removed": f"removed, was {both}", "changed": both}[kind]
    said = "; ".join([change, *(cells_of("figures", cells, own) if kind == "changed" else ())])
    return f"- `{series(row, own)}` · {own.place(place)} · {row['year']}: {said}. Printed in {where}: “{row['evidence']}”."


def _whole_documents(rows: pd.DataFrame, seen: Views) -> Iterator[str]:
    """Documents that are new or gone, with how many items and figures."""
    for row in rows[(rows["table"] == "documents") & (rows["column"] == "document_id")].itertuples():
        own = seen[row.kind]
        document, tables = own.documents[row.key], own.data.tables()
        counts = {name: int((tables[name]["document_id"] == row.key).sum()) for name in ("items", "figures")}
        words = f"{own.place(document['region_id'])}, {document['year']}: {document['title']}"
        yield f"- Document `{row.key}` {row.kind} ({words}), {counts['items']} items, {counts['figures']} figures."


def entries(old: Version, new: Version) -> Iterable[str]:
    """Lines for the changelog, in English: documents that are new or gone, figures, then other rows.

    The figures of a document that is new or gone are told with it. Why something changed is for the curator to add.
    """
    rows, seen = compared(old, new), views(old, new, "en")
    yield from _whole_documents(rows, seen)
    whole = set(rows["key"][(rows["table"] == "documents") & (rows["column"] == "document_id")])
    rest = rows[~rows["document_id"].isin(whole)]
    for (table, _), cells in rest.groupby(["table", "key"], sort=False):
        if table == "figures":
            yield _entry(cells, seen)
        else:
            yield f"- {schema().readable[str(table)].heading('en')}: {line(cells, seen)}"
