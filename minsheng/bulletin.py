"""What changed between two versions of the tables, in words: one screen for a reader, and lines for the changelog."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import pandas as pd

from minsheng.charts import number
from minsheng.differences import compared, pages, touched
from minsheng.labels import say, short
from minsheng.schema import Field, schema
from minsheng.story import series_words
from minsheng.topics import topics
from minsheng.versions import Version
from minsheng.views import View, view

SIGNS = {"added": "+", "changed": "~", "removed": "-"}
MOST, SCREEN = 6, 24
"""Lines of one benefit that one screen shows at most, and lines of all benefits together."""

_AMOUNT = ("value", "value_max", "unit", "per")
_CELL = 40

Views = dict[str, View]
"""How a reader sees the old tables (``removed``) and the new ones (``added``, ``changed``)."""


def _views(old: Version, new: Version, lang: str) -> Views:
    before, after = (view(0, lang=lang, tables=one.data) for one in (old, new))
    return {"removed": before, "added": after, "changed": after, "before": before}


def _shortened(lines: list[str], most: int, lang: str, indent: str) -> list[str]:
    rest = len(lines) - most
    return lines if rest <= 1 else [*lines[:most], indent + say("diff.more", lang, count=rest)]


# ---- what a row is called ----------------------------------------------------------------------------------------------


def _steps(rows: Iterable[Any], units: Iterable[str], space: str) -> str:
    """Values or ranges of some rows, one after the other; the unit once where it stays the same."""
    values = [number(row["value"]) + (f"–{number(row['value_max'])}" if pd.notna(row.get("value_max")) else "") for row in rows]
    pairs = list(dict.fromkeys(zip(values, units, strict=True)))
    if len({unit for _, unit in pairs}) == 1:
        return " → ".join(value for value, _ in pairs) + space + pairs[0][1]
    return " → ".join(f"{value}{space}{unit}" for value, unit in pairs)


def _amount(rows: list[Any], seen: View) -> str:
    """The amount of a row, or the old and the new one, with its unit in the reader's words."""
    units = [seen.unit(row["unit"], row["per"] if isinstance(row["per"], str) else "") for row in rows]
    return _steps(rows, units, "" if seen.lang == "zh" else " ")


def _series(row: dict[str, Any], seen: View) -> str:
    """What a figure or standard measures."""
    plain = row | {"recipient": row["recipient"] if isinstance(row["recipient"], str) else ""}
    return series_words(SimpleNamespace(**plain), seen)


def _figure(key: str, seen: View) -> str:
    row = seen.figures[key]
    item = seen.say("table.item", item=row["item"]) if isinstance(row["item"], str) else seen.say("table.outside")
    return f"{item} {_series(row, seen)} {row['year']} {seen.label('role', row['role'])}"


def _name(table: str, key: str, seen: View) -> str:
    """A row as a reader knows it."""
    match table:
        case "figures":
            return _figure(key, seen)
        case "documents":
            return str(seen.documents[key]["title"])
        case "regions":
            return seen.place(key)
        case "indicators":
            return seen.indicator(key)
        case "items":
            document, item = key.split(" + ")
            rows = seen.data.items
            title = rows["title"][(rows["document_id"] == document) & (rows["item"] == item)].iloc[0]
            return f"{seen.say('table.item', item=item)} {title}"
        case "reference":
            series, year = key.split(" + ")
            return f"{seen.national(series)} {year}"
        case "cases":
            return seen.case(key)
        case _:
            return key


# ---- what changed in it ------------------------------------------------------------------------------------------------


def _cell(text: str, field: Field, seen: View) -> str:
    words = seen.label(field.vocabulary, text) if field.vocabulary and text else text
    return short(words, _CELL) or "–"


def _cells(table: str, cells: pd.DataFrame, seen: View) -> Iterator[str]:
    """The cells of a changed row that its amount does not tell already."""
    for cell in cells.itertuples():
        if cell.column not in _AMOUNT:
            field = schema().readable[table].field(str(cell.column))
            words = f"{_cell(str(cell.old), field, seen)} → {_cell(str(cell.new), field, seen)}"
            yield f"{field.heading(seen.lang)} {words}"


def _amounts(table: str, key: str, cells: pd.DataFrame, kind: str, seen: Views) -> Iterator[str]:
    """The amount of a row, old and new where it changed."""
    if table not in ("figures", "reference") or (kind == "changed" and not cells["column"].isin(_AMOUNT).any()):
        return
    sides = ["before", "added"] if kind == "changed" else [kind]
    yield _amount([_typed(table, key, seen[side]) for side in sides], seen[kind])


def _typed(table: str, key: str, seen: View) -> Any:
    """A row with an amount, as its tables hold it."""
    if table == "figures":
        return seen.figures[key]
    series, year = key.split(" + ")
    rows = seen.data.reference
    return rows[(rows["reference_id"] == series) & (rows["year"] == int(year))].iloc[0].to_dict()


def _line(cells: pd.DataFrame, seen: Views) -> str:
    """A changed row in a line: a sign, what it is, and the old and the new value of what differs."""
    table, key, kind = (str(cells[one].iloc[0]) for one in ("table", "key", "kind"))
    own = seen[kind]
    said = [*_amounts(table, key, cells, kind, seen), *(_cells(table, cells, own) if kind == "changed" else ())]
    words = _name(table, key, own)
    return f"{SIGNS[kind]} {words}" + (own.say("page.colon") + own.join(said, "；", "; ") if said else "")


def _lines(rows: pd.DataFrame, seen: Views) -> list[str]:
    return [_line(cells, seen) for _, cells in rows.groupby(["table", "key"], sort=False)]


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
        yield from (f"  {line}" for line in (_lines(known, seen) if len(known) and not sign else ()))
        for topic, part in mine[mine["topic"] != ""].groupby("topic", sort=False):
            yield f"  {own.label('topic', str(topic))}"
            ordered = part.sort_values("table", kind="stable")  # figures before items
            yield from _shortened([f"    {line}" for line in _lines(ordered, seen)], most, lang, "    ")


def _elsewhere(rows: pd.DataFrame, seen: Views, most: int) -> Iterator[str]:
    """Places, indicators, national series and cases, which are of no document."""
    lang = seen["added"].lang
    for table, mine in rows[rows["document_id"] == ""].groupby("table", sort=False):
        yield schema().readable[str(table)].heading(lang)
        yield from _shortened([f"  {line}" for line in _lines(mine, seen)], most, lang, "  ")


def _standard(row: dict[str, Any], seen: Views) -> str:
    """A comparison that shows something else: series, place, year, old and new value."""
    own = seen[row["kind"]]
    sides = {"old": seen["before"], "new": seen["added"]}
    values = []
    for side, there in sides.items():
        one = {name: row[f"{name}_{side}"] for name in ("value", "value_max", "unit", "per", "flags")}
        flags = (
            there.say("page.brackets", words=there.flags(one["flags"])) if isinstance(one["flags"], str) and one["flags"] else ""
        )
        values.append("–" if pd.isna(one["value"]) else _amount([one], there) + flags)
    return f"{_series(row, own)} · {own.place(row['region_id'])} {row['year']}{own.say('page.colon')}{' → '.join(values)}"


def _reports(table: pd.DataFrame, lang: str) -> Iterator[str]:
    """The pages that show what changed, a line a year."""
    every = topics()
    for year, mine in table.groupby("year", sort=False):
        marks = ((every[row.topic].title(lang), SIGNS[row.kind] if row.kind != "changed" else "") for row in mine.itertuples())
        yield f"  {year}{say('page.colon', lang)}" + ("、" if lang == "zh" else ", ").join(mark + title for title, mark in marks)


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
    seen = _views(old, new, lang)
    groups = len(
        rows.assign(table=rows["table"].where(rows["document_id"] == "")).drop_duplicates(["document_id", "topic", "table"])
    )
    most = len(rows) if whole else max(1, min(MOST, SCREEN // groups))
    standards, made = touched(old, new), pages(rows, old, new)
    lines = [say("diff.head", lang, old=old.name, new=new.name), ("；" if lang == "zh" else "; ").join(_counts(rows, lang)), ""]
    documents = list(_by_document(rows, seen, most))
    lines += documents if whole else _shortened(documents, 2 * SCREEN, lang, "")
    lines += _elsewhere(rows, seen, most)
    lines += ["", say("diff.standards", lang, count=len(standards))]
    said = [f"  {_standard(row, seen)}" for row in standards.to_dict("records")]
    lines += _shortened(said, len(said) if whole else MOST, lang, "  ")
    lines += [say("diff.reports", lang, count=len(made)), *_reports(made, lang)]
    return "\n".join([*lines, *([say("diff.histories", lang)] if len(made) else [])])


# ---- lines for the changelog -------------------------------------------------------------------------------------------


def _entry(cells: pd.DataFrame, seen: Views) -> str:
    """A figure that changed, in the form of the changelog: benefit, place, year, old and new value, what is printed."""
    key, kind = (str(cells[one].iloc[0]) for one in ("key", "kind"))
    own, row = seen[kind], seen[kind].figures[key]
    place = row["region_id"] if isinstance(row["region_id"], str) else own.documents[row["document_id"]]["region_id"]
    where = f"item {row['item']} of {row['document_id']}" if isinstance(row["item"], str) else row["document_id"]
    rows = [seen[side].figures[key] for side in ("before", "added") if key in seen[side].figures]
    both = _steps(rows, (f"{one['unit']}/{one['per']}" if isinstance(one["per"], str) else one["unit"] for one in rows), " ")
    amount = {"added": f"added, {both}", "removed": f"removed, was {both}", "changed": both}[kind]
    said = "; ".join([amount, *(_cells("figures", cells, own) if kind == "changed" else ())])
    return f"- `{_series(row, own)}` · {own.place(place)} · {row['year']}: {said}. Printed in {where}: “{row['evidence']}”."


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
    rows, seen = compared(old, new), _views(old, new, "en")
    yield from _whole_documents(rows, seen)
    whole = set(rows["key"][(rows["table"] == "documents") & (rows["column"] == "document_id")])
    rest = rows[~rows["document_id"].isin(whole)]
    for (table, _), cells in rest.groupby(["table", "key"], sort=False):
        if table == "figures":
            yield _entry(cells, seen)
        else:
            yield f"- {schema().readable[str(table)].heading('en')}: {_line(cells, seen)}"
