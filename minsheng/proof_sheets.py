"""The workbook in which a draft is reviewed: rows to merge, each with its passage beside it, and what was left over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from minsheng.faults import Refused
from minsheng.index import write
from minsheng.labels import say
from minsheng.ledger import HEADER, book_of, saved
from minsheng.proofs import REVIEW, Proof
from minsheng.remarks import paragraph
from minsheng.schema import Field, Table, schema
from minsheng.sheets import plain
from minsheng.spreadsheet import REVIEW as MARK
from minsheng.spreadsheet import typed
from minsheng.tables import load
from minsheng.yardsticks import ancestors

SURE, LIKELY = 90, 70
"""Confidence in % from which a row is not coloured, and below which it is coloured as doubtful."""

_AMBER, _RED = "FFEB9C", "FFC7CE"
_SHEETS = ("documents", "items", "figures", "indicators", "regions")
_AFTER = {"items": "item", "figures": "figure_id"}
"""The column behind which the help for the reviewer stands."""
_WIDE = 60

_HOW = ("proofs.how_1", "proofs.how_2", "proofs.how_3", "proofs.how_4", "proofs.how_5")
"""How the workbook is used, line by line."""


def reasons(told: Any, lang: str) -> str:
    """Why a row is doubtful, or a number left over, in words (from keys of ``strings/``)."""
    found = [] if pd.isna(told) else [one for one in str(told).split(";") if one]
    return say("proofs.between", lang).join(say(one, lang) for one in found)


# ---- the sheets of the tables ----------------------------------------------------------------------------------------


def _help(name: str) -> Field:
    words: dict[str, str] = {}
    for end, lang in (("", "zh"), ("_en", "en")):
        words |= {f"title{end}": say(f"proofs.{name}", lang), f"description{end}": say(f"proofs.about_{name}", lang)}
    kind = "integer" if name == "confidence" else "string"
    return Field(MARK + name, kind, vocabulary=None, required=False, unique=False, pattern=None, minimum=None, maximum=None,
                 max_length=None, **words)  # fmt: skip


def _table(name: str) -> Table:
    """A table with the columns of a reviewer behind its key; none of the keys are locked."""
    table = schema().tables[name]
    if name not in _AFTER:
        return replace(table, primary_key=())
    at = table.columns.index(_AFTER[name]) + 1
    return replace(table, fields=(*table.fields[:at], *map(_help, REVIEW), *table.fields[at:]), primary_key=())


def _texts(frame: pd.DataFrame, table: Table, lang: str) -> pd.DataFrame:
    """The rows as text, as `ledger` takes them."""
    own = frame.rename(columns={name: MARK + name for name in REVIEW if MARK + name in table.columns})
    own = own.reindex(columns=table.columns)
    if MARK + "why" in own:
        own[MARK + "why"] = [reasons(one, lang) for one in own[MARK + "why"]]
    return own.map(lambda value: "" if plain(value) is None else " ".join(str(plain(value)).split("\n"))).astype(object)


def _colour(page: Any, row: int, columns: Iterable[int], colour: str) -> None:
    from openpyxl.styles import PatternFill

    for column in columns:
        cell = page.cell(row, column)
        cell._style = copy(cell._style)  # which it shares with all cells that look like it
        cell.fill = PatternFill("solid", fgColor=colour)


def _mark(page: Any, frame: pd.DataFrame, table: Table, known: set[str]) -> None:
    """Colour what a reviewer has to look at: doubtful rows, and cells that are to be filled in."""
    places = {name: at for at, name in enumerate(table.columns, start=1)}
    asked = [one.name for one in table.fields if one.required]
    for row, cells in enumerate(frame.to_dict("records"), start=HEADER + 1):
        sure = cells.get(MARK + "confidence") or cells.get("confidence") or "100"
        if float(sure) < SURE:
            _colour(page, row, [places.get(MARK + "confidence", places.get("confidence", 1))], _AMBER)
        if float(sure) < LIKELY:
            _colour(page, row, [at for name, at in places.items() if name in asked], _AMBER)
        _colour(page, row, [places[name] for name in asked if not cells[name]], _RED)
        if cells.get("indicator_id") and cells["indicator_id"] not in known:
            _colour(page, row, [places["indicator_id"]], _RED)


def _beside(proof: Proof) -> dict[str, pd.DataFrame]:
    """Places and indicators of the draft that only tables of one's own have, so that its workbook is whole by itself."""
    data, base = proof.view.data, load()
    place = proof.documents["region_id"].iloc[0]
    used = {"regions": {place, *ancestors(data, place)} if place else set(), "indicators": set(proof.figures["indicator_id"])}
    own = {name: getattr(data, name)[lambda frame, name=name: frame.iloc[:, 0].isin(used[name])] for name in used}
    return {name: rows[~rows.iloc[:, 0].isin(getattr(base, name).iloc[:, 0])] for name, rows in own.items()}


# ---- the other sheets --------------------------------------------------------------------------------------------------


def _lines(proof: Proof, lang: str) -> Iterator[str]:
    """What the first sheet says, and the command prints: the account, remarks, and what the audit finds."""
    yield from told(proof, lang)
    for key in _HOW:
        yield say(key, lang)


def told(proof: Proof, lang: str) -> Iterator[str]:
    """The account of a draft, line by line: items, numbers, remarks on the document, and what the audit finds."""
    doubtful = int((proof.figures["confidence"] < LIKELY).sum())
    yield say("proofs.counts", lang, items=len(proof.items), figures=len(proof.figures), doubtful=doubtful)
    for row in proof.account[proof.account["found"] > 0].itertuples():
        values = {"kind": say(f"proofs.{row.kind}", lang), "found": row.found, "figures": row.figures, "left": row.leftovers}
        yield say("proofs.account_line" if row.found == row.figures + row.leftovers else "proofs.astray", lang, **values)
    for one in proof.remarks:
        yield one.text(lang)
    for finding in proof.findings.itertuples():
        yield paragraph(finding, proof.view)


def _write_lines(page: Any, lines: Iterable[str]) -> None:
    from openpyxl.styles import Alignment

    for row, line in enumerate(lines, start=1):
        cell = page.cell(row, 1, typed(line, numeric=False))
        cell.data_type, cell.alignment = "s", Alignment(vertical="top", wrap_text=True)
    page.column_dimensions["A"].width = 110


def _write_frame(page: Any, frame: pd.DataFrame, heads: Mapping[str, str]) -> None:
    """A table of its own: headings in bold, a filter, texts as texts."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for column, name in enumerate(heads, start=1):
        page.cell(1, column, heads[name]).font = Font(bold=True)
        page.column_dimensions[get_column_letter(column)].width = _WIDE if name == "passage" else 18
        for row, value in enumerate(frame[name], start=2):
            text = plain(value)
            cell = page.cell(row, column, typed(text, numeric=False) if isinstance(text, str) else text)
            cell.data_type = "s" if isinstance(text, str) else cell.data_type
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(frame) + 1}"


def _heads(frame: pd.DataFrame, lang: str) -> dict[str, str]:
    return {name: say(f"proofs.column_{name}", lang) for name in frame}


def workbook(proof: Proof, lang: str = "zh") -> bytes:
    """A draft as a workbook to be reviewed, and then checked and merged like any workbook for editing.

    Parameters
    ----------
    proof : Proof
    lang : {'zh', 'en'}

    Returns
    -------
    bytes
        An .xlsx: what was found and how to go on; ``documents``, ``items`` and ``figures`` with the new rows, where the
        columns that begin with ``#`` say how sure each is, why, and show its passage; ``indicators`` and ``regions`` for new
        ones; what was left over; the account. Columns with ``#`` and the other sheets never enter the tables.
    """
    from openpyxl.utils import get_column_letter

    data = proof.view.data
    tables = {name: _table(name) for name in _SHEETS}
    own = {"documents": proof.documents, "items": proof.items, "figures": proof.figures}
    frames = {name: _texts(frame, tables[name], lang) for name, frame in (own | _beside(proof)).items()}
    known = {name: table.astype(object).where(table.notna(), "") for name, table in data.tables().items()}
    book = book_of(frames, tables, known | {"vocabularies": data.vocabularies}, lang)
    del book[say("ledger.howto", lang)]  # what it says of locked keys and removed rows does not hold here
    for name in own:
        _mark(book[name], frames[name], tables[name], set(data.indicators["indicator_id"]))
    for name in _SHEETS:
        book[name].protection.sheet = False
        if MARK + "passage" in tables[name].columns:
            letter = get_column_letter(tables[name].columns.index(MARK + "passage") + 1)
            book[name].column_dimensions[letter].width = _WIDE
    left = proof.leftovers.assign(reason=[reasons(one, lang) for one in proof.leftovers["reason"]])
    kinds = {"kind": lambda frame: [say(f"proofs.{one}", lang) for one in frame["kind"]]}
    for key, frame in (("leftovers", left), ("account", proof.account)):
        _write_frame(book.create_sheet(say(f"proofs.{key}", lang)), frame.assign(**kinds), _heads(frame, lang))
    _write_lines(book.create_sheet(say("proofs.sheet", lang), 0), _lines(proof, lang))
    book.active = 0
    return saved(book)


def write_workbook(proof: Proof, out: Path, lang: str = "zh") -> None:
    """Write the workbook of a draft.

    Raises
    ------
    Refused
        If it is there already, is no ``.xlsx`` or cannot be written.
    """
    if out.suffix.lower() != ".xlsx":
        raise Refused("ledger.not_xlsx", file=out.name)
    if out.exists():
        raise Refused("ledger.there", file=str(out))
    try:
        write(out, workbook(proof, lang))
    except OSError as error:
        raise Refused("refused.out", folder=str(out), reason=error.strerror or str(error)) from None
