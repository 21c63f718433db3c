"""An edited workbook put back: just what was meant changes, and what people do in Excel and WPS is told or does no harm."""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from test_bad_input import OLE, damaged_zip, edit_lines, small, write

import minsheng as ms
from minsheng import merging, places
from minsheng.cli import main
from minsheng.labels import say
from minsheng.ledger import HEADER, write_ledger
from minsheng.merging import offer
from minsheng.places import bundled
from minsheng.schema import schema

Book = Any
FIRST = HEADER + 1
F1, F2, F3, F4 = range(FIRST, FIRST + 4)


class Desk(NamedTuple):
    """A folder of small tables, and the workbook that was made of it."""

    folder: Path
    path: Path

    def edit(self, change: Callable[[Book], Any]) -> Desk:
        """Open the workbook, change it, save it."""
        book = openpyxl.load_workbook(self.path)
        change(book)
        book.save(self.path)
        return self

    def put(self, sheet: str, row: int, column: str, value: Any, form: str = "") -> Desk:
        """Fill in one cell."""

        def change(book: Book) -> None:
            cell = book[sheet].cell(row, at(sheet, column))
            cell.value = value
            cell.number_format = form or cell.number_format

        return self.edit(change)

    def add(self, sheet: str, **cells: Any) -> Desk:
        """Write a row below the last one."""
        columns = schema().tables[sheet].columns
        return self.edit(lambda book: book[sheet].append([cells.get(one) for one in columns]))

    def offer(self, **options: Any) -> merging.Offer:
        """What merging would do."""
        return offer(self.path, self.folder, **options)

    def faults(self) -> list[tuple[str, str, int, str]]:
        """Key, sheet, row and column of each fault."""
        found = self.offer().faults
        for fault in found:
            assert fault.text("zh") != fault.text("en")
        return [(one.key.removeprefix("fault."), one.file.split("[")[-1].rstrip("]"), one.row, one.column) for one in found]

    def changes(self, **options: Any) -> list[tuple[str, ...]]:
        """What would change, of a workbook without faults."""
        found = self.offer(**options)
        assert [str(fault) for fault in found.faults] == []
        return [tuple(row) for row in found.changes[["table", "key", "column", "kind", "old", "new"]].to_numpy()]

    def bytes(self) -> dict[str, bytes]:
        """All files of the folder."""
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}


def at(sheet: str, column: str) -> int:
    return schema().tables[sheet].columns.index(column) + 1


@pytest.fixture(scope="session")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small and the bundled tables, and their workbooks."""
    room = tmp_path_factory.mktemp("desks")
    write(room / "small", small())
    shutil.copytree(bundled("data"), room / "full")
    for name in ("small", "full"):
        write_ledger(room / f"{name}.xlsx", str(room / name))
    return room


def desk_of(desks: Path, name: str, room: Path) -> Desk:
    folder = Path(shutil.copytree(desks / name, room / "own"))
    return Desk(folder, Path(shutil.copy(desks / f"{name}.xlsx", room / "book.xlsx")))


@pytest.fixture
def desk(desks: Path, tmp_path: Path) -> Desk:
    """The small tables."""
    return desk_of(desks, "small", tmp_path)


@pytest.fixture
def full(desks: Path, tmp_path: Path) -> Desk:
    """The bundled tables."""
    return desk_of(desks, "full", tmp_path)


# ---- what does no harm ---------------------------------------------------------------------------------------------


def sort_rows(book: Book) -> None:
    rows = [[cell.value for cell in row] for row in book["figures"].iter_rows(min_row=FIRST)]
    for number, row in enumerate(sorted(rows, key=lambda row: str(row[0]), reverse=True), start=FIRST):
        for column, value in enumerate(row, start=1):
            book["figures"].cell(number, column).value = value


def insert_columns(book: Book) -> None:
    book["figures"].insert_cols(3, 2)
    book["figures"].cell(HEADER, 4).value = "核对"


def as_texts(book: Book) -> None:
    for row in book["figures"].iter_rows(min_row=FIRST):
        for cell in row:
            if isinstance(cell.value, (int, float)):
                cell.value, cell.number_format = str(cell.value), "@"


def hide(book: Book) -> None:
    book["figures"].sheet_state = "hidden"
    book["figures"].row_dimensions[F2].hidden = True
    book["figures"].column_dimensions["C"].hidden = True


def headers(book: Book) -> None:
    page = book["figures"]
    page.insert_rows(1, 2)
    page["A1"] = "2024年数据"
    page.insert_rows(FIRST + 2)
    for number, field in enumerate(schema().tables["figures"].fields, start=1):
        page.cell(FIRST + 2, number).value = field.title_en


def move_column(book: Book) -> None:
    page = book["figures"]
    for row in range(1, page.max_row + 1):
        page.cell(row, 25).value, page.cell(row, 2).value = page.cell(row, 2).value, None


def fill(book: Book, column: str, value: Any) -> None:
    book["figures"].cell(F2, at("figures", column)).value = value


HARMLESS: dict[str, Callable[[Book], Any]] = {
    "blanks around a text": lambda book: fill(book, "evidence", " 提高到915元\u3000"),
    "blanks around a number": lambda book: fill(book, "value", "915 "),
    "numbers kept as text": as_texts,
    "another order of rows": sort_rows,
    "columns without a cell": insert_columns,
    "another order of columns": move_column,
    "hidden sheets, rows and columns": hide,
    "titles above the header and headings under it": headers,
    "empty rows": lambda book: book["figures"].insert_rows(F2, 3),
    "merged titles": lambda book: (book["figures"].insert_rows(1), book["figures"].merge_cells("A1:F1")),
    "filled below and aside with nothing": lambda book: setattr(book["figures"]["AZ500"], "number_format", "0.00"),
    "a number as 1.1E+10": lambda book: setattr(book["figures"].cell(F2, at("figures", "value")), "number_format", "0.00E+00"),
    "a blank in the name of a sheet": lambda book: setattr(book["figures"], "title", "figures "),
    "no protection": lambda book: setattr(book["figures"].protection, "sheet", False),
    "a sheet of one's own": lambda book: book.create_sheet("我的草稿", 0).append(["figure_id", 1]),
}  # fmt: skip


@pytest.mark.parametrize("what", HARMLESS)
def test_what_does_no_harm_changes_nothing(desk: Desk, what: str) -> None:
    before = desk.bytes()
    found = desk.edit(HARMLESS[what]).offer()
    assert ([str(fault) for fault in found.faults], found.changes.to_numpy().tolist()) == ([], [])
    assert merging.write(found) == []
    assert desk.bytes() == before


def test_a_number_of_eleven_digits_stays_one(desk: Desk) -> None:
    desk.put("figures", F2, "value", 1.1e10, "0.0E+00").put("figures", F2, "evidence", "110亿元")
    assert ("figures", "F2", "value", "changed", "915", "11000000000") in desk.changes()


def test_the_result_of_a_formula_counts(desk: Desk) -> None:
    desk.put("figures", F2, "value", "=900+20").put("figures", F2, "evidence", "920元")
    sheet = f"xl/worksheets/sheet{2 + list(schema().tables).index('figures')}.xml"
    page = zipfile.ZipFile(desk.path).read(sheet)
    assert page.count(b"<v />") + page.count(b"<v></v>") == 1
    damaged_zip(desk.path, sheet, page.replace(b"<v />", b"<v>920</v>").replace(b"<v></v>", b"<v>920</v>"))
    assert ("figures", "F2", "value", "changed", "915", "920") in desk.changes()


# ---- what is a fault -----------------------------------------------------------------------------------------------

DAY = dt.datetime(2024, 9, 1)
FAULTS: dict[str, tuple[str, str, str, Any, str]] = {
    "a date for an item": ("figures", "item", "date", DAY, "9-1"),
    "a date for a word": ("figures", "locator", "date", DAY, "9-1"),
    "a date for a number": ("figures", "value", "date", dt.datetime(1902, 7, 3), "915"),  # day 915 of Excel's calendar
    "a date for a year": ("figures", "year", "date", dt.datetime(1905, 7, 16), "2024"),  # day 2024
    "an hour for a ratio": ("figures", "value", "date", dt.time(16, 48), "0.7"),  # 16.8 of 24 hours
    "full-width digits": ("figures", "value", "full_width", "９１５", "915"),
    "a number with a unit": ("figures", "value", "not_number", "915元", "915元"),
    "a range in one cell": ("figures", "value", "two_numbers", "6000-19500", "value_max"),
    "thousands separators": ("figures", "value", "thousands", "1,915", "1915"),
    "an exponent as text": ("figures", "value", "exponent", "1.0E+10", "1.0E+10"),
    "digits that Excel lost": ("figures", "value", "exponent", 441602001001001001, "4.41602001001001e+17"),
    "an error for a number": ("figures", "value", "error_cell", "#REF!", "#REF!"),
    "an error for a word": ("figures", "note", "error_cell", "#N/A", "#N/A"),
    "a formula without result": ("figures", "value", "no_result", "=900+15", "=900+15"),
    "a code that is none": ("figures", "care", "not_in_vocabulary", "institutionel", "institutional"),
    "an id that is none": ("figures", "indicator_id", "foreign_key", "dibaoo", "dibao"),
    "a number not in evidence": ("figures", "value", "not_in_evidence", 916, "916"),
    "too long": ("figures", "evidence", "too_long", "提高到915元" + "长" * 20, "27"),
    "nothing where something must be": ("figures", "role", "required", None, ""),
}  # fmt: skip


@pytest.mark.parametrize("what", FAULTS)
def test_what_is_wrong_is_told_once_with_its_place_and_remedy(desk: Desk, what: str) -> None:
    sheet, column, key, value, word = FAULTS[what]
    desk.put(sheet, F2, column, value, "General" if not isinstance(value, (dt.date, dt.time)) else "")
    if key == "error_cell":
        desk.edit(lambda book: setattr(book[sheet].cell(F2, at(sheet, column)), "data_type", "e"))
    found = desk.offer()
    (fault,) = [one for one in found.faults if one.column == column]
    assert (fault.key, fault.file, fault.row) == (f"fault.{key}", f"book.xlsx[{sheet}]", F2)
    assert [lang for lang in ("zh", "en") if word not in fault.text(lang)] == []
    assert found.changes.empty, "while anything is wrong nothing is offered"


def test_a_number_beyond_all_dates_in_a_cell_for_dates_is_an_error(desk: Desk) -> None:
    assert ("error_cell", "figures", F2, "value") in desk.put("figures", F2, "value", 11_000_000_000, "yyyy-mm-dd").faults()


def test_merged_cells_are_told_one_by_one(desk: Desk) -> None:
    desk.edit(lambda book: book["figures"].merge_cells(start_row=F1, end_row=F3, start_column=2, end_column=2))
    assert desk.faults() == [("merged", "figures", F2, "document_id"), ("merged", "figures", F3, "document_id")]
    assert f"B{F1}" in desk.offer().faults[0].text()


def test_a_column_with_cells_needs_a_name_that_is_known(desk: Desk) -> None:
    desk.edit(lambda book: book["figures"].insert_cols(3, 2)).edit(
        lambda book: setattr(book["figures"].cell(F2, 3), "value", "?")
    )
    assert desk.faults() == [("column_in_sheet", "figures", HEADER, "C")]
    assert "#" in desk.offer().faults[0].text()
    desk.edit(lambda book: setattr(book["figures"].cell(HEADER - 1, 3), "value", "批注"))
    assert desk.faults() == [("column_in_sheet", "figures", HEADER, "C")], "a heading of it is not a row above the header"
    desk.edit(lambda book: setattr(book["figures"].cell(HEADER, 3), "value", "locatr"))
    assert desk.faults() == [("unknown_column", "figures", HEADER, "locatr")]
    assert "locator" in desk.offer().faults[0].text()


def test_a_table_whose_sheet_has_been_renamed_is_not_taken_for_one_without_changes(desk: Desk) -> None:
    desk.put("figures", F2, "value", 1).edit(lambda book: setattr(book["figures"], "title", "Figures "))
    assert desk.offer().faults[0].file == "book.xlsx[Figures ]", "as good as its name, and read"
    assert desk.edit(lambda book: setattr(book["Figures "], "title", "数据")).offer().changes.empty
    assert [(one.key, one.file) for one in desk.offer().faults] == [("fault.sheet_name", "book.xlsx[数据]")]


def test_a_cell_beside_the_table_is_told(desk: Desk) -> None:
    assert [one[0] for one in desk.edit(lambda book: setattr(book["figures"].cell(F2, 30), "value", "?")).faults()] == [
        "too_many_cells"
    ]


def test_rows_above_the_header_are_not_lost_in_silence(desk: Desk) -> None:
    def header_sorted_in(book: Book) -> None:
        page = book["figures"]
        for cell in page[HEADER]:
            below = page.cell(F1, cell.column)
            cell.value, below.value = below.value, cell.value

    assert desk.edit(header_sorted_in).faults() == [("above_header", "figures", HEADER, "")]


def test_a_missing_column_is_told_at_the_header(desk: Desk) -> None:
    desk.edit(lambda book: setattr(book["figures"].cell(HEADER, at("figures", "year")), "value", "yaer"))
    assert sorted(desk.faults()) == [("missing_column", "figures", HEADER, "year"), ("unknown_column", "figures", HEADER, "yaer")]


def test_a_key_twice_and_a_key_that_others_need_are_told_together(desk: Desk) -> None:
    desk.put("figures", F2, "figure_id", "F1").put("figures", F4, "quality", "good")
    assert {("duplicate_key", "figures", F2, "figure_id"), ("not_in_vocabulary", "figures", F4, "quality")} <= set(desk.faults())


# ---- what changes --------------------------------------------------------------------------------------------------


def test_a_changed_cell_changes_its_row_and_no_other_byte(full: Desk) -> None:
    before = full.bytes()
    full.put("figures", FIRST, "note", "更正")
    assert full.changes() == [("figures", "000-i1-01", "note", "changed", "以市局下达任务数为准", "更正")]
    assert main(["merge", str(full.path), "--into", str(full.folder), "--yes"]) == 0
    lines = before["figures.csv"].decode().split("\n")
    lines[1] = lines[1].replace("以市局下达任务数为准", "更正")
    assert full.bytes() == before | {"figures.csv": "\n".join(lines).encode()}


def test_a_new_row_stands_among_those_of_its_document_in_the_order_of_keys(full: Desk) -> None:
    row = {"title": "增", "region_id": "CN", "kind": "notice", "stage": "adopted", "year_basis": "printed"}
    full.add("documents", document_id="000-1", year=2024, confidence=90, **row)
    for document, item in [("000", "9-1"), ("002-1", "60"), ("000-1", "1")]:
        full.add("items", document_id=document, item=item, title="增设", topic="dibao")
    merging.write(full.offer())
    keys = [tuple(row[:2]) for row in csv.reader(io.StringIO((full.folder / "items.csv").read_text(encoding="utf-8")))]
    place = keys.index(("000", "9-1"))
    assert keys[place - 1 : place + 2] == [("000", "9"), ("000", "9-1"), ("000", "10")]
    first = [document for document, _ in keys]
    assert keys[first.index("000-1") - 1][0] == "000"
    assert first[keys.index(("002-1", "60")) + 1] != "002-1"
    documents = [line.split(",")[0] for line in (full.folder / "documents.csv").read_text(encoding="utf-8").split("\n")]
    assert documents[1:4] == ["000", "000-1", "001"]


def test_a_row_that_is_gone_stays_unless_it_is_to_be_removed(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    before = desk.bytes()
    desk.edit(lambda book: book["figures"].delete_rows(F3)).put("figures", F1, "note", "改")
    words = ["merge", str(desk.path), "--into", str(desk.folder), "--yes"]
    assert main(words) == 1
    assert say("merging.left", count=1) in capsys.readouterr().out
    after = desk.bytes()
    assert [b"F3," in raw for raw in (before["figures.csv"], after["figures.csv"])] == [True, True]
    assert after["figures.csv"].count("改".encode()) == 1
    assert main([*words, "--remove"]) == 0
    lines = before["figures.csv"].decode().split("\n")
    wanted = [lines[0], lines[1] + "改", lines[2], *lines[4:]]
    assert (desk.folder / "figures.csv").read_text(encoding="utf-8").split("\n") == wanted


def test_half_a_sheet_removes_nothing(full: Desk) -> None:
    before = full.bytes()
    full.edit(lambda book: book["figures"].delete_rows(FIRST + 10, 1000))
    found = full.offer()
    assert (found.faults, found.count("removed"), found.touched) == ([], len(ms.load().figures) - 10, [])
    assert merging.write(found) == []
    assert full.bytes() == before


def test_a_sheet_that_is_gone_leaves_its_table_as_it_is(full: Desk, tmp_path: Path) -> None:
    full.edit(lambda book: [book.__delitem__(name) for name in ("regions", "items", "cases")])
    assert full.changes() == []
    assert ms.check(full.path) == [], "and is no fault of the workbook"


def test_a_key_that_changes_is_one_row_gone_and_one_added(desk: Desk) -> None:
    kinds = {(key, kind) for _, key, _, kind, _, _ in desk.put("figures", F3, "figure_id", "F9").changes()}
    assert kinds == {("F3", "removed"), ("F9", "added")}


def test_the_ways_of_a_file_of_ones_own_are_kept(desk: Desk) -> None:
    """Line ends, quotes where none are needed, an own order and choice of columns."""
    items = '"item",document_id,topic,title\r\n"1",D1,dibao,低保\r\n"2",D1,tekun,"特困"'.encode()
    (desk.folder / "items.csv").write_bytes(items)
    desk.put("items", FIRST, "title", "城乡低保")
    merging.write(desk.offer())
    wanted = items.replace('"1",D1,dibao,低保'.encode(), "1,D1,dibao,城乡低保".encode())
    assert (desk.folder / "items.csv").read_bytes() == wanted
    desk.put("items", FIRST, "lead", "民政局")
    merging.write(desk.offer())
    text = (desk.folder / "items.csv").read_bytes().decode().split("\r\n")
    assert (text[0], text[1]) == (",".join(schema().tables["items"].columns), "D1,1,城乡低保,,dibao,民政局,,")


def test_a_cell_with_line_ends_of_any_kind_is_quoted(desk: Desk) -> None:
    desk.put("figures", F2, "note", "甲_x000D_乙\n丙")
    merging.write(desk.offer())
    assert ms.load(desk.folder).figures["note"][1] == "甲\r乙\n丙"
    assert desk.changes() == []


def test_an_addition_to_the_bundled_tables_is_checked_with_them(tmp_path: Path) -> None:
    write(tmp_path / "own", {"documents": [small()["documents"][0] | {"region_id": "140000"}]})
    write_ledger(tmp_path / "book.xlsx", str(tmp_path / "own"))
    desk = Desk(tmp_path / "own", tmp_path / "book.xlsx")
    desk.add("items", document_id="D1", item="1", title="低保", topic="dibao")
    assert {change[:2] for change in desk.changes()} == {("items", "D1 + 1")}
    assert merging.write(desk.offer()) == [tmp_path / "own" / "items.csv"]
    desk.add("items", document_id="D2", item="1", title="低保", topic="dibao")
    assert desk.faults() == [("foreign_key", "items", FIRST + 1, "document_id")]


# ---- the command ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_shows_what_would_change_and_writes_nothing_on_a_dry_run(
    desk: Desk, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = desk.bytes()
    desk.put("figures", F1, "note", "改").add("items", document_id="D1", item="3", title="孤儿", topic="children")
    assert main(["merge", str(desk.path), "--into", str(desk.folder), "--dry-run", "--lang", lang]) == 0
    out = capsys.readouterr().out
    assert out.splitlines() == [
        say("merging.added", lang, table="items", key="D1 + 3", cells="document_id=D1 | item=3 | title=孤儿 | topic=children"),
        say("merging.changed", lang, table="figures", key="F1", column="note", old="∅", new="改"),
        say("merging.counts", lang, added=1, changed=1, removed=0),
    ]
    assert desk.bytes() == before


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("", 1), ("n", 1)])
def test_on_a_terminal_it_asks(desk: Desk, answer: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = desk.bytes()
    desk.put("figures", F1, "note", "改")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    assert main(["merge", str(desk.path), "--into", str(desk.folder)]) == code
    assert (desk.bytes() == before) == (code == 1)


def test_without_a_terminal_it_needs_consent_beforehand(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    before = desk.bytes()
    desk.put("figures", F1, "note", "改")
    assert main(["merge", str(desk.path), "--into", str(desk.folder)]) == 2
    out, err = capsys.readouterr()
    assert "改" in out, "what would change is shown all the same"
    assert "--yes" in err
    assert desk.bytes() == before


def cut(path: Path) -> Path:
    damaged_zip(path, "xl/worksheets/sheet2.xml", b"<work")
    return path


def damage(desk: Desk, raw: bytes) -> Path:
    desk.path.write_bytes(raw)
    return desk.path


UNREADABLE: dict[str, tuple[str, Callable[[Desk], Path]]] = {
    "an .xls named .xlsx": ("old_excel", lambda desk: damage(desk, OLE)),
    "a password": ("encrypted", lambda desk: damage(desk, OLE + "EncryptedPackage".encode("utf-16-le"))),
    "a zip that is no workbook": ("broken_excel", lambda desk: damage(desk, b"PK\x05\x06" + b"\0" * 18)),
    "a damaged sheet": ("broken_excel", lambda desk: cut(desk.path)),
    "no table in it": ("no_table_in_excel", lambda desk: (openpyxl.Workbook().save(desk.path), desk.path)[1]),
}  # fmt: skip


@pytest.mark.parametrize("command", ["merge", "check"])
@pytest.mark.parametrize("what", UNREADABLE)
def test_a_workbook_that_cannot_be_read_is_refused_with_the_reason(
    desk: Desk, what: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    key, make = UNREADABLE[what]
    words = [command, str(make(desk)), *(["--into", str(desk.folder)] if command == "merge" else [])]
    assert main(words) == 2
    said = "".join(capsys.readouterr())
    assert say(f"fault.{key}", names=", ".join(schema().tables)) in said
    assert "Traceback" not in said
    assert not list(desk.path.parent.glob("*-checked.xlsx"))


def text_file(desk: Desk) -> Path:
    return Path(shutil.copy(desk.folder / "items.csv", desk.path.parent / "items.csv"))


REFUSED: dict[str, tuple[str, Callable[[Desk], list[Any]]]] = {
    "no such workbook": ("no_file", lambda desk: ["nowhere.xlsx", "--into", desk.folder]),
    "a folder": ("no_file", lambda desk: [desk.folder, "--into", desk.folder]),
    "a CSV": ("not_excel", lambda desk: [text_file(desk), "--into", desk.folder]),
    "no such target": ("no_folder", lambda desk: [desk.path, "--into", "nowhere"]),
    "no target": ("no_target", lambda desk: [desk.path]),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_wrong_request_gives_2_and_a_sentence(
    desk: Desk, what: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, words = REFUSED[what]
    monkeypatch.chdir(desk.path.parent)
    assert main(["merge", *map(str, words(desk)), "--yes"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), "Traceback" in err) == ("", 1, False)
    with pytest.raises(ms.Refused) as refusal:
        offer(words(desk)[0], (words(desk) + [None] * 2)[2])
    assert refusal.value.key.split(".")[1] == key


def test_the_tables_of_an_installed_program_are_not_written_to(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "PACKAGE", bundled("data").parent)
    with pytest.raises(ms.Refused, match="--into"):
        offer(desk.path, places.bundled("data"))


def test_a_target_that_is_faulty_or_no_text_is_told_and_left(desk: Desk) -> None:
    edit_lines(desk.folder / "items.csv", lambda lines: [lines[0] + ",x", *lines[1:]])
    with pytest.raises(ms.FaultsFound, match=r"items\.csv"):
        desk.offer()
    (desk.folder / "items.csv").unlink()
    shutil.copy(desk.path, desk.folder / "items.xlsx")
    with pytest.raises(ms.FaultsFound, match="CSV"):
        desk.offer()


def test_a_failure_to_write_leaves_all_as_it_was(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = desk.bytes()
    found = desk.put("figures", F1, "note", "改").put("items", FIRST, "section", "改").offer()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(ms.Refused, match="No space"):
        merging.write(found)
    monkeypatch.undo()
    assert desk.bytes() == before


# ---- the marked copy -----------------------------------------------------------------------------------------------


def test_check_writes_a_copy_with_each_cell_at_fault_marked(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    raw = desk.put("figures", F2, "value", "９１５").put("items", FIRST, "title", None).path.read_bytes()
    assert main(["check", str(desk.path)]) == 1
    out, err = capsys.readouterr()
    copy = desk.path.with_name("book-checked.xlsx")
    assert str(copy) in err
    assert (len(out.splitlines()), desk.path.read_bytes()) == (2, raw)
    book = openpyxl.load_workbook(copy)
    for sheet, row, column, key in [("figures", F2, "value", "915"), ("items", FIRST, "title", say("fault.required"))]:
        cell = book[sheet].cell(row, at(sheet, column))
        assert key in cell.comment.text
        assert cell.fill.fgColor.rgb == "00FFC7CE"
    marked = {cell.coordinate for line in book["figures"].iter_rows(min_row=FIRST) for cell in line if cell.comment}
    assert marked == {book["figures"].cell(F2, at("figures", "value")).coordinate}
    listed = list(book[say("marking.title")].values)[1:]
    assert [row[1] for row in listed] == ["value", "title"]
    assert book[say("marking.title")]["A2"].hyperlink.location == f"'figures'!M{F2}"


def test_the_marked_copy_can_be_mended_and_merged_and_loses_its_marks(desk: Desk) -> None:
    desk.put("figures", F2, "value", "９１５").put("figures", F3, "care", "al")
    assert main(["check", str(desk.path)]) == 1
    copy = Desk(desk.folder, desk.path.with_name("book-checked.xlsx")).put("figures", F2, "value", 915)
    assert main(["check", str(copy.path)]) == 1
    again = openpyxl.load_workbook(copy.path.with_name("book-checked-checked.xlsx"))["figures"]
    cells = again.cell(F2, at("figures", "value")), again.cell(F3, at("figures", "care"))
    assert [cell.comment is None for cell in cells] == [True, False]
    assert copy.put("figures", F3, "care", "all").changes() == []


def test_faults_of_header_merged_cells_and_rows_are_marked_where_they_can_be(desk: Desk) -> None:
    def change(book: Book) -> None:
        page = book["figures"]
        page.merge_cells(start_row=F1, end_row=F3, start_column=2, end_column=2)
        page.cell(HEADER, at("figures", "year")).value = "yaer"
        page.insert_rows(1)
        page["A1"], page["B1"] = "F0", "D1"

    assert main(["check", str(desk.edit(change).path)]) == 1
    page = openpyxl.load_workbook(desk.path.with_name("book-checked.xlsx"))["figures"]
    marked = {
        cell.coordinate for line in page.iter_rows() for cell in line if cell.comment and cell.comment.author == "minsheng check"
    }
    assert {"A1", f"{page.cell(1, at('figures', 'year')).column_letter}{HEADER + 1}"} <= marked
