"""The tables as a workbook for editing: what a column is and may hold is told and kept to where the cell is filled in."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from minsheng.additions import stands_alone, with_bundled
from minsheng.changes import JOIN
from minsheng.choices import Lists, comment, list_of, lists_of, rule_of
from minsheng.faults import FaultsFound, Refused
from minsheng.files import read_folder
from minsheng.index import write
from minsheng.labels import say
from minsheng.places import bundled
from minsheng.schema import Field, Table, schema
from minsheng.sheets import RUN_BY_MISTAKE, place, repack, wide
from minsheng.spreadsheet import typed

HEADER, LAST = 2, 1_048_576
"""The row of the columns' names, below that of their headings; and the last row there is."""

_HOWTO = ("layout", "comments", "lists", "rows", "keys", "numbers", "texts", "harmless", "check", "removed")
_LONGEST = 32_767
_LEAST, _MOST = 10, 36


def _styles(book: Any) -> dict[str, Any]:
    """How cells look and whether they may be edited, by name."""
    from openpyxl.cell import Cell
    from openpyxl.styles import Alignment, Font, PatternFill, Protection

    top, free = Alignment(vertical="top"), Protection(locked=False)
    own = partial(Font, name="Calibri", family=2, scheme="minor", size=11)
    text = {"alignment": top, "number_format": "@"}
    ways: dict[str, dict[str, Any]] = {
        "title": {"font": own(bold=True, size=14)},
        "line": {"alignment": Alignment(vertical="top", wrap_text=True)},
        "head": {"font": own(bold=True), "fill": PatternFill("solid", fgColor="DCE6F1"), "alignment": top},
        "name": {"font": own(color="595959", italic=True), "fill": PatternFill("solid", fgColor="DCE6F1"), "number_format": "@"},
        "key": text | {"font": own(color="595959")},
        "text": text | {"protection": free},
        "quoted": text | {"protection": free, "quotePrefix": True},
        "number": {"alignment": top, "protection": free, "number_format": "General"},
        "whole": {"alignment": top, "protection": free, "number_format": "0"},
    }
    found = {}
    for name, way in ways.items():
        cell: Any = Cell(book.worksheets[0], row=1, column=1)
        for part, value in way.items():
            setattr(cell, part, value)
        found[name] = cell._style
    return found


def _put(page: Any, row: int, column: int, value: Any, look: Any) -> Any:
    """Write one cell. Text is text, whatever it looks like."""
    cell = page.cell(row, column)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    cell._style = look
    return cell


def _write_howto(page: Any, lang: str, styles: dict[str, Any]) -> None:
    page.title = say("ledger.howto", lang)
    _put(page, 1, 1, say("ledger.title", lang), styles["title"])
    lists = say("ledger.lists", lang)
    for number, name in enumerate(_HOWTO, start=1):
        _put(page, number + 1, 1, f"{number}. " + say(f"ledger.how_{name}", lang, lists=lists), styles["line"])
    page.column_dimensions["A"].width = 100


def _write_lists(page: Any, lists: Lists, lang: str, styles: dict[str, Any]) -> dict[str, str]:
    """Write the lists side by side, each with what its codes mean, and return where each stands."""
    from openpyxl.utils import get_column_letter

    ranges = {}
    for column, (name, codes) in zip(range(1, 10_000, 2), lists.items(), strict=False):
        _put(page, 1, column, name, styles["head"])
        _put(page, 1, column + 1, say("ledger.meaning", lang), styles["head"])
        for row, (code, label) in enumerate(codes, start=2):
            _put(page, row, column, typed(code, numeric=False), styles["key"])
            _put(page, row, column + 1, typed(label, numeric=False), styles["key"])
        letter = get_column_letter(column)
        page.column_dimensions[letter].width, page.column_dimensions[get_column_letter(column + 1)].width = 24, 30
        if codes:
            ranges[name] = place(page.title, f"${letter}$2:${letter}${len(codes) + 1}")
    page.freeze_panes = "A2"
    page.protection.sheet = True
    return ranges


def _look(field: Field, value: Any, locked: bool) -> str:
    if locked:
        return "key"
    if isinstance(value, str):
        return "quoted" if value.startswith(RUN_BY_MISTAKE) else "text"
    return "whole" if isinstance(value, int) else "number"


def _fill(page: Any, number: int, field: Field, texts: list[str], locked: bool, lang: str, styles: dict[str, Any]) -> None:
    """Write the cells of a column, and set how its empty ones look."""
    from openpyxl.utils import get_column_letter

    numeric = field.type in ("number", "integer")
    for row, text in enumerate(texts, start=HEADER + 1):
        if text:
            value = typed(text, numeric)
            _put(page, row, number, value, styles[_look(field, value, locked)])
    column = page.column_dimensions[get_column_letter(number)]
    column._style = styles[("whole" if field.type == "integer" else "number") if numeric else "text"]
    column.width = 2 + max(_LEAST, min(_MOST, max(map(wide, [field.heading(lang), field.name, *texts]))))


def _write_table(
    page: Any, table: Table, frame: pd.DataFrame, ranges: dict[str, str], lists: Lists, lang: str, styles: Any
) -> None:
    from openpyxl.comments import Comment
    from openpyxl.utils import get_column_letter

    for number, field in enumerate(table.fields, start=1):
        head = _put(page, 1, number, field.heading(lang), styles["head"])
        words = comment(field, table, lists.get(list_of(field, table), []), lang)
        head.comment = Comment(words, "minsheng", height=24 + 20 * (2 + words.count("\n")), width=320)
        _put(page, HEADER, number, field.name, styles["name"])
        _fill(page, number, field, frame[field.name].tolist(), field.name in table.primary_key, lang, styles)
        if rule := rule_of(field, table, ranges, lang):
            letter = get_column_letter(number)
            rule.add(f"{letter}{HEADER + 1}:{letter}{LAST}")
            page.add_data_validation(rule)
    page.freeze_panes = f"B{HEADER + 1}"
    page.auto_filter.ref = f"A{HEADER}:{get_column_letter(len(table.fields))}{HEADER + len(frame)}"
    _protect(page)


def _protect(page: Any) -> None:
    """Lock what is locked, without a password; leave everything else to the editor."""
    for may in ("formatCells", "formatColumns", "formatRows", "insertRows", "sort", "autoFilter"):
        setattr(page.protection, may, False)
    page.protection.sheet = True


def _too_long(frames: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, str, str]]:
    """Cells with more text than Excel keeps: table, column, key."""
    for name, frame in frames.items():
        for column in schema().readable[name].columns:
            for _, row in frame[frame[column].str.len() > _LONGEST].iterrows():
                yield name, column, JOIN.join(row[list(schema().readable[name].primary_key)])


_AS_CSV = ("wording",)
"""Tables that are edited as CSV and have no sheet: words by which drafts find the indicator of a number."""


def ledger(frames: Mapping[str, pd.DataFrame], lang: str = "zh", known: Mapping[str, pd.DataFrame] | None = None) -> bytes:
    """The tables as a workbook for editing.

    Parameters
    ----------
    frames : mapping of DataFrame
        Tables of text by name, as `files.read_folder` gives them; a table that is not there has a sheet without rows.
    lang : {'zh', 'en'}
        Language of headings, comments and instructions.
    known : mapping of DataFrame, optional
        Tables whose keys may be referred to, where these are more than `frames`.

    Returns
    -------
    bytes
        An .xlsx: how to edit it; a sheet for each table, named after it, with headings and their comments in row 1, the names of
        the columns in row 2, drop-down lists for vocabularies and foreign keys, keys locked (no password), numbers as numbers
        and everything else as text; and the lists. The same tables give the same bytes.

    Raises
    ------
    Refused
        If a text is longer than a cell of Excel may be.

    Examples
    --------
    >>> from minsheng.files import read_folder
    >>> from minsheng.places import bundled
    >>> ledger(read_folder(bundled("data"))[0])[:2]
    b'PK'
    """
    added = {name: table for name, table in schema().additions.items() if name in frames and name not in _AS_CSV}
    tables = schema().tables | added
    return saved(book_of(frames, tables, known or frames, lang))


def book_of(frames: Mapping[str, pd.DataFrame], tables: Mapping[str, Table], known: Mapping[str, pd.DataFrame], lang: str) -> Any:
    """The workbook that `ledger` gives, with a sheet for each of `tables`, before it is saved."""
    from openpyxl import Workbook

    if found := next(_too_long(frames), None):
        raise Refused("ledger.too_long", table=found[0], column=found[1], row=found[2], limit=_LONGEST)
    book: Any = Workbook()
    styles, lists = _styles(book), lists_of(known, lang)
    _write_howto(book.worksheets[0], lang, styles)
    pages = {name: book.create_sheet(name) for name in tables}
    ranges = _write_lists(book.create_sheet(say("ledger.lists", lang)), lists, lang, styles)
    for name, table in tables.items():
        frame = frames.get(name, pd.DataFrame(columns=table.columns))
        _write_table(pages[name], table, frame, ranges, lists, lang, styles)
    return book


def saved(book: Any) -> bytes:
    """A workbook as bytes, the same for the same cells."""
    out = io.BytesIO()
    book.save(out)
    return repack(out.getvalue())


def write_ledger(out: Path, folder: str = "", lang: str = "zh") -> int:
    """Write the tables of a folder as a workbook for editing.

    Parameters
    ----------
    out : Path
        The workbook; none that is there already, which might have been edited.
    folder : path, optional
        The tables; by default those in ``data`` here if it has a descriptor, and the bundled ones otherwise.
    lang : {'zh', 'en'}

    Returns
    -------
    int
        How many rows it holds.

    Raises
    ------
    Refused
        If `out` is there already, is no ``.xlsx`` or cannot be written, or there is no such folder.
    FaultsFound
        If the tables cannot be read.
    """
    here = Path("data") if Path("data", "datapackage.json").exists() else bundled("data")
    source = Path(folder) if folder else here
    if out.suffix.lower() != ".xlsx":
        raise Refused("ledger.not_xlsx", file=out.name)
    if out.exists():
        raise Refused("ledger.there", file=str(out))
    if not source.exists():
        raise Refused("refused.no_folder", folder=folder)
    frames, faults = read_folder(source)
    if faults:
        raise FaultsFound(faults)
    known = frames if stands_alone(source, frames) else with_bundled(frames)[0]
    try:
        write(out, ledger(frames, lang, known))
    except OSError as error:
        raise Refused("refused.out", folder=str(out), reason=error.strerror or str(error)) from None
    return sum(map(len, frames.values()))
