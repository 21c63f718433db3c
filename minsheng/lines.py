"""A row that differs between two versions of the tables, as a line a reader understands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import pandas as pd

from minsheng.changes import JOIN
from minsheng.charts import number
from minsheng.labels import short
from minsheng.schema import Field, schema
from minsheng.story import series_words
from minsheng.versions import Version
from minsheng.views import View, view

SIGNS = {"added": "+", "changed": "~", "removed": "-"}
AMOUNT = ("value", "value_max", "unit", "per")
"""Columns that are told together, as an amount."""

_CELL = 40
"""Letters of a cell that are shown."""

Views = dict[str, View]
"""How a reader sees the old tables (``before``, and what is ``removed``) and the new ones (``added``, ``changed``)."""


def views(old: Version, new: Version, lang: str) -> Views:
    """Two versions as a reader sees them in one language."""
    before, after = (view(0, lang=lang, tables=one.data) for one in (old, new))
    return {"removed": before, "added": after, "changed": after, "before": before}


# ---- what a row is called ----------------------------------------------------------------------------------------------


def steps(rows: Iterable[Any], units: Iterable[str], space: str) -> str:
    """Values or ranges of some rows, one after the other; the unit once where it stays the same."""
    values = [number(row["value"]) + (f"–{number(row['value_max'])}" if pd.notna(row.get("value_max")) else "") for row in rows]
    pairs = list(dict.fromkeys(zip(values, units, strict=True)))
    if len({unit for _, unit in pairs}) == 1:
        return " → ".join(value for value, _ in pairs) + space + pairs[0][1]
    return " → ".join(f"{value}{space}{unit}" for value, unit in pairs)


def amount(rows: list[Any], seen: View) -> str:
    """The amount of a row, or the old and the new one, with its unit in the reader's words."""
    units = [seen.unit(row["unit"], row["per"] if isinstance(row["per"], str) else "") for row in rows]
    return steps(rows, units, "" if seen.lang == "zh" else " ")


def series(row: dict[str, Any], seen: View) -> str:
    """What a figure or standard measures."""
    plain = row | {"recipient": row["recipient"] if isinstance(row["recipient"], str) else ""}
    return series_words(SimpleNamespace(**plain), seen)


def _figure(key: str, seen: View) -> str:
    row = seen.figures[key]
    item = seen.say("table.item", item=row["item"]) if isinstance(row["item"], str) else seen.say("table.outside")
    return f"{item} {series(row, seen)} {row['year']} {seen.label('role', row['role'])}"


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
            document, item = key.split(JOIN)
            rows = seen.data.items
            title = rows["title"][(rows["document_id"] == document) & (rows["item"] == item)].iloc[0]
            return f"{seen.say('table.item', item=item)} {title}"
        case "reference":
            series, year = key.split(JOIN)
            return f"{seen.national(series)} {year}"
        case "cases":
            return seen.case(key)
        case "vocabularies":
            vocabulary, code = key.split(JOIN)
            known = seen.data.known
            return f"{(known.vocabularies | known.recipients)[vocabulary][code][seen.lang]} [{vocabulary}: {code}]"
        case _:
            return key


# ---- what changed in it ------------------------------------------------------------------------------------------------


def _cell(text: str, field: Field, seen: View) -> str:
    words = seen.label(field.vocabulary, text) if field.vocabulary and text else text
    return short(words, _CELL) or "–"


def cells_of(table: str, cells: pd.DataFrame, seen: View) -> Iterator[str]:
    """The cells of a changed row that its amount does not tell already."""
    for cell in cells.itertuples():
        if cell.column not in AMOUNT:
            field = schema().readable[table].field(str(cell.column))
            words = f"{_cell(str(cell.old), field, seen)} → {_cell(str(cell.new), field, seen)}"
            yield f"{field.heading(seen.lang)} {words}"


def _amounts(table: str, key: str, cells: pd.DataFrame, kind: str, seen: Views) -> Iterator[str]:
    """The amount of a row, old and new where it changed."""
    if table not in ("figures", "reference") or (kind == "changed" and not cells["column"].isin(AMOUNT).any()):
        return
    sides = ["before", "added"] if kind == "changed" else [kind]
    yield amount([_typed(table, key, seen[side]) for side in sides], seen[kind])


def _typed(table: str, key: str, seen: View) -> Any:
    """A row with an amount, as its tables hold it."""
    if table == "figures":
        return seen.figures[key]
    series, year = key.split(JOIN)
    rows = seen.data.reference
    return rows[(rows["reference_id"] == series) & (rows["year"] == int(year))].iloc[0].to_dict()


def line(cells: pd.DataFrame, seen: Views) -> str:
    """A changed row in a line: a sign, what it is, and the old and the new value of what differs."""
    table, key, kind = (str(cells[one].iloc[0]) for one in ("table", "key", "kind"))
    own = seen[kind]
    said = [*_amounts(table, key, cells, kind, seen), *(cells_of(table, cells, own) if kind == "changed" else ())]
    words = _name(table, key, own)
    return f"{SIGNS[kind]} {words}" + (own.say("page.colon") + own.join(said, "；", "; ") if said else "")


def lines(rows: pd.DataFrame, seen: Views) -> list[str]:
    """The lines of all rows that differ."""
    return [line(cells, seen) for _, cells in rows.groupby(["table", "key"], sort=False)]
