"""The workbook for editing: what it shows, lets in and locks; out and back it is the same to the byte."""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries
from test_bad_input import small, write

import minsheng as ms
from minsheng.cli import main
from minsheng.files import read_folder
from minsheng.labels import say
from minsheng.ledger import HEADER, ledger, write_ledger
from minsheng.merging import offer
from minsheng.places import bundled
from minsheng.schema import schema

TABLES = schema().tables


@pytest.fixture(scope="module")
def texts() -> dict[str, pd.DataFrame]:
    return read_folder(bundled("data"))[0]


@pytest.fixture(scope="module")
def raw(texts: dict[str, pd.DataFrame]) -> bytes:
    return ledger(texts)


@pytest.fixture(scope="module")
def book(raw: bytes) -> Any:
    return load_workbook(io.BytesIO(raw))


def rule(page: Any, column: str) -> Any:
    """What a column lets in, which must hold for its new rows too."""
    letter = get_column_letter(TABLES[page.title].columns.index(column) + 1)
    (found,) = [one for one in page.data_validations.dataValidation if f"{letter}9999" in one.sqref]
    return found


def choices(book: Any, page: Any, column: str) -> list[str]:
    sheet, _, area = rule(page, column).formula1.partition("!")
    left, top, right, bottom = range_boundaries(area.replace("$", ""))
    return [row[0] for row in book[sheet.strip("'")].iter_rows(top, bottom, left, right, values_only=True)]


# ---- out and back --------------------------------------------------------------------------------------------------


def test_out_and_back_without_an_edit_changes_nothing(tmp_path: Path, tables: Path) -> None:
    before = {path.name: path.read_bytes() for path in tables.iterdir()}
    start = time.perf_counter()
    write_ledger(tmp_path / "book.xlsx", str(tables))
    written = time.perf_counter()
    assert main(["merge", str(tmp_path / "book.xlsx"), "--into", str(tables), "--yes"]) == 0
    assert {path.name: path.read_bytes() for path in tables.iterdir()} == before
    assert (written - start, time.perf_counter() - written) < (20, 20), "2 s each on a machine with nothing else to do"


def test_it_is_itself_a_set_of_clean_tables(tmp_path: Path, raw: bytes, data: ms.Dataset) -> None:
    (tmp_path / "book.xlsx").write_bytes(raw)
    assert ms.check(tmp_path / "book.xlsx") == []
    assert ms.load(tmp_path / "book.xlsx").digest() == data.digest()


def test_the_same_tables_give_the_same_bytes(texts: dict[str, pd.DataFrame], raw: bytes) -> None:
    assert ledger(texts) == raw


HARD = ["9-1", "1-2", "001", "1e5", "1.0E+10", "=1+1", "+86", "-5", "@a", "'x", "TRUE", "#N/A", "'", "２"]
HARD += ["a\r\nb\rc\td", "_x0041_"]  # which XML has no other way to hold


def test_text_stays_text_and_numbers_stay_as_they_are_written(tmp_path: Path) -> None:
    tables = small()
    tables["figures"] = [tables["figures"][1] | {"figure_id": f"H{i}", "note": text} for i, text in enumerate(HARD)]
    tables["figures"][0] |= {"value": "11000000000", "evidence": "110亿"}
    tables["figures"][1] |= {"value": "0.70", "evidence": "0.7"}
    tables["figures"][2] |= {"value": "1234567890123456789", "evidence": "1234567890123456789"}
    folder = write(tmp_path / "own", tables)
    write_ledger(tmp_path / "book.xlsx", str(folder))
    found = offer(tmp_path / "book.xlsx", folder)
    assert (found.faults, found.changes.to_numpy().tolist()) == ([], [])


def test_a_text_that_no_cell_holds_is_refused(tmp_path: Path) -> None:
    tables = small()
    tables["regions"][0]["note"] = "长" * 32_768
    with pytest.raises(ms.Refused, match=r"R1.*note|note.*R1"):
        write_ledger(tmp_path / "book.xlsx", str(write(tmp_path / "own", tables)))
    assert not (tmp_path / "book.xlsx").exists()


# ---- what an editor sees -------------------------------------------------------------------------------------------


def test_there_is_a_sheet_for_each_table_between_the_instructions_and_the_lists(book: Any) -> None:
    assert book.sheetnames == [say("ledger.howto"), *TABLES, say("ledger.lists")]
    assert [page.freeze_panes for page in book.worksheets[1:-1]] == ["B3"] * len(TABLES)
    assert "merge" in " ".join(str(row[0]) for row in book.worksheets[0].values)


@pytest.mark.parametrize("name", TABLES)
def test_each_column_has_heading_name_and_a_comment_from_the_descriptor(book: Any, name: str) -> None:
    for number, field in enumerate(TABLES[name].fields, start=1):
        head = book[name].cell(1, number)
        assert (head.value, book[name].cell(HEADER, number).value) == (field.title, field.name)
        assert head.comment.text.startswith(field.description)
        assert (say("ledger.required") in head.comment.text) == field.required
        assert (say("ledger.key") in head.comment.text) == (field.name in TABLES[name].primary_key)


def test_an_english_workbook_is_read_as_well(texts: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    (tmp_path / "book.xlsx").write_bytes(ledger(texts, "en"))
    assert load_workbook(tmp_path / "book.xlsx")["figures"]["A1"].value == "figure id"
    assert ms.check(tmp_path / "book.xlsx") == []


# ---- what it lets in -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_each_vocabulary_and_foreign_key_has_a_drop_down_list(book: Any, name: str, texts: dict[str, pd.DataFrame]) -> None:
    for field in TABLES[name].fields:
        if field.vocabulary:
            assert choices(book, book[name], field.name) == schema().codes(field.vocabulary)
            assert rule(book[name], field.name).errorStyle in (None, "stop")
    for column, other, there in TABLES[name].foreign_keys:
        assert choices(book, book[name], column) == texts[other][there].tolist()
        assert rule(book[name], column).errorStyle == "warning", "a key may be one that is only now being added"


def test_numbers_are_let_in_within_the_bounds_of_the_descriptor(book: Any) -> None:
    year, value, free = (
        rule(book[table], column) for table, column in [("figures", "year"), ("figures", "value"), ("reference", "value")]
    )
    assert (year.type, year.formula1, year.formula2) == ("whole", "1949", "2100")
    assert (value.type, value.formula1) == ("decimal", "0")
    assert free.formula1.startswith("-"), "no lower limit is set for a national series"


@pytest.mark.parametrize("name", TABLES)
def test_keys_are_locked_and_everything_else_and_new_rows_are_not(book: Any, name: str) -> None:
    page = book[name]
    assert (page.protection.sheet, page.protection.password) == (True, None)
    for number, field in enumerate(TABLES[name].fields, start=1):
        cells = [page.cell(row, number) for row in range(HEADER + 1, page.max_row + 1)]
        assert {cell.protection.locked for cell in cells if cell.value is not None} <= {field.name in TABLES[name].primary_key}
        empty = page.column_dimensions[get_column_letter(number)]
        assert (empty.protection.locked, empty.number_format == "@") == (False, field.type == "string")


def test_numbers_are_numbers_and_identifiers_of_digits_are_text(book: Any) -> None:
    rows = {name: [dict(zip(page_columns(book[name]), row, strict=False)) for row in book[name].values][2:] for name in TABLES}
    assert rows["regions"][1]["gb2260"] == "140000"
    assert rows["documents"][0]["document_id"] == "000"
    assert (rows["figures"][0]["value"], rows["figures"][0]["year"], rows["figures"][0]["item"]) == (3500, 2024, "1")


def page_columns(page: Any) -> list[str]:
    return [cell.value for cell in page[HEADER]]


# ---- requests ------------------------------------------------------------------------------------------------------


def test_tables_that_are_an_addition_may_refer_to_the_bundled_ones(tmp_path: Path) -> None:
    write(tmp_path / "own", {"documents": [small()["documents"][0] | {"region_id": "140000"}]})
    write_ledger(tmp_path / "book.xlsx", str(tmp_path / "own"))
    book = load_workbook(tmp_path / "book.xlsx")
    assert {"D1", "000"} <= set(choices(book, book["figures"], "document_id"))
    assert [page.max_row for page in book.worksheets[1:3]] == [3, 2]  # one document of one's own, no place


WRONG: dict[str, Callable[[Path], list[str]]] = {
    "not .xlsx": lambda room: [str(room / "book.csv")],
    "there already": lambda room: [str(shutil.copy(__file__, room / "book.xlsx"))],
    "no such tables": lambda room: [str(room / "book.xlsx"), "--data", str(room / "nowhere")],
    "no place to write": lambda room: [str(Path(shutil.copy(__file__, room / "file")) / "book.xlsx")],
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_request_gives_2_and_a_sentence(what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["workbook", *WRONG[what](tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert (out, err.startswith("minsheng: "), err.count("\n")) == ("", True, 1)


def test_it_takes_the_tables_that_are_here_before_the_bundled_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "data", small())
    shutil.copy(bundled("data") / "datapackage.json", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    assert main(["workbook", "book.xlsx"]) == 0
    assert "13" in capsys.readouterr().out  # 1 + 2 + 2 + 2 + 4 + 2 rows
    assert main(["merge", "book.xlsx", "--dry-run"]) == 0
