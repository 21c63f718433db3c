"""What a reader needs to read a workbook: the tables as they are, every column, every code, every mark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from minsheng import __version__
from minsheng.levels import FLAGS
from minsheng.schema import Field, Table, schema
from minsheng.sheets import Column, Kind, Sheet, place
from minsheng.views import View

_KINDS: dict[str, Kind] = {"string": "text", "number": "number", "integer": "year"}
_CONVENTIONS = ("empty", "damaged", "range", "years", "prices", "links", "names")


def tables(view: View) -> list[Sheet]:
    """Each table as it was loaded, under the titles of its columns; keys into other tables lead there.

    Examples
    --------
    >>> import minsheng as ms
    >>> [sheet.code for sheet in tables(ms.view(2024, lang="en"))][:3]
    ['documents', 'regions', 'items']
    """
    source = view.say("sheet.source_tables", version=__version__)
    sheets = []
    for name, rows in view.data.tables().items():
        table = schema().tables[name]
        links = {column: other for column, other, _ in table.foreign_keys}
        columns = [Column(f.heading(view.lang), _KINDS[f.type], links.get(f.name, "")) for f in table.fields]
        notes = (table.meaning(view.lang), source)
        sheets.append(Sheet(name, name, table.heading(view.lang), notes, rows, tuple(columns), table.primary_key))
    return sheets


def _sheet(view: View, code: str, rows: list[dict[str, object]], *notes: str, links: dict[str, str] | None = None) -> Sheet:
    """A sheet of rows whose columns have their headings in the words of the same name."""
    table = pd.DataFrame(rows)
    columns = tuple(
        Column(view.say(f"sheet.{name}"), "number" if name == "rows" else "text", (links or {}).get(name, "")) for name in table
    )
    words = view.say(f"sheet.{code}_what")
    return Sheet(
        code, view.say(f"sheet.{code}"), view.say(f"sheet.{code}_title", year=view.year), (words, *notes), table, columns
    )


def contents(view: View, sheets: Sequence[Sheet]) -> Sheet:
    """What is on which sheet, and how many rows; one without rows is listed, and not made."""
    rows: list[dict[str, object]] = [
        {"tab": sheet.name, "holds": sheet.title, "row_is": sheet.notes[0], "rows": len(sheet.table)} for sheet in sheets
    ]
    return _sheet(view, "contents", rows, links={"tab": "tabs"})


def tabs(sheets: Sequence[Sheet]) -> dict[str, str]:
    """The place of each sheet that has rows, by its name."""
    return {sheet.name: place(sheet.name) for sheet in sheets if len(sheet.table)}


def notes(view: View) -> Sheet:
    """What an empty cell, a flag, a year and a price mean here."""
    kinds = {name: view.say(f"sheet.{name}") for name in ("convention", "flag")}
    rows: list[dict[str, object]] = [
        {"note_kind": kinds["convention"], "term": view.say(f"sheet.term_{one}"), "meaning": view.say(f"sheet.note_{one}")}
        for one in _CONVENTIONS
    ]
    rows += [
        {"note_kind": kinds["flag"], "term": view.say(f"flag.{one}"), "meaning": view.say(f"sheet.flag_{one}")} for one in FLAGS
    ]
    return _sheet(view, "notes", rows)


def _key(view: View, table: Table, field: Field) -> str | None:
    """Whether a column is (part of) the key of its table, and the column that it leads to."""
    own = [view.say("sheet.primary")] if field.name in table.primary_key else []
    leads = [f"→ {other}.{there}" for column, other, there in table.foreign_keys if column == field.name]
    return view.join([*own, *leads]) or None


def _rule(view: View, field: Field) -> str | None:
    """What may stand in a column, besides its type and vocabulary."""
    rules = {
        "unique": field.unique or None,
        "minimum": field.minimum,
        "maximum": field.maximum,
        "max_length": field.max_length,
        "pattern": field.pattern,
    }
    told = [view.say(f"sheet.rule_{name}", limit=limit) for name, limit in rules.items() if limit is not None]
    return view.join(told, "；", "; ") or None


def _field(view: View, table: Table, field: Field) -> dict[str, object]:
    return {
        "table": table.name,
        "column": field.name,
        "title": field.heading(view.lang),
        "type": view.say(f"sheet.type_{field.type}"),
        "required": view.say("sheet.yes") if field.required else None,
        "key": _key(view, table, field),
        "vocabulary": field.vocabulary,
        "rule": _rule(view, field),
        "description": field.meaning(view.lang),
    }


def dictionary(view: View) -> Sheet:
    """Every column of every table, as the descriptor has it."""
    every = [*schema().tables.values(), *schema().derived.values()]
    rows = [_field(view, table, field) for table in every for field in table.fields]
    return _sheet(view, "dictionary", rows, links={"table": "tabs", "vocabulary": "vocabularies"})


def _codes(view: View) -> Iterator[dict[str, object]]:
    known = view.data.known
    for name, codes in [*known.vocabularies.items(), *known.recipients.items()]:
        for code, words in codes.items():
            yield {"vocabulary": name, "code": code, "label": words[view.lang]}


def vocabularies(view: View) -> Sheet:
    """Every code and what it means; what recipients are made of comes last."""
    return replace(_sheet(view, "vocabularies", list(_codes(view))), key=("vocabulary",))
