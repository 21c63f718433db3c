"""Files that are not what they should be, and tables of one's own: named faults, nothing half-loaded, no traceback."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import minsheng as ms
from minsheng.cli import main
from minsheng.schema import schema
from minsheng.tables import Dataset

Rows = list[dict[str, Any]]
Tables = dict[str, Rows]

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
SMALL = """
documents,document_id,title,issuer,region_id,kind,stage,year,year_basis,confidence
,D1,甲市标准,甲市民政局,R2,notice,adopted,2024,printed,90
regions,region_id,name,name_en,level,parent_id,identified
,R1,甲省,A,province,,stated
,R2,甲市,B,county,R1,stated
items,document_id,item,title,topic
,D1,1,低保,dibao
,D1,2,特困,tekun
indicators,indicator_id,name,name_en,topic,measure,unit,per,reference_id
,dibao,低保标准,Dibao,dibao,benefit,元,person-month;person-year,national_a;national_b
,multiple,倍数,Multiple,tekun,ratio,倍,,
figures,figure_id,document_id,item,indicator_id,residence,care,role,modality,statistic,value,value_max,unit,per,year,quality,evidence
,F1,D1,1,dibao,all,all,baseline,exact,standard,897,,元,person-month,2023,ok,2023年的897元
,F2,D1,1,dibao,all,all,level,exact,standard,915,,元,person-month,2024,ok,提高到915元
,F3,D1,1,dibao,all,all,growth,exact,standard,2,,%,,2024,ok,增长2%
,F4,D1,2,multiple,all,all,level,exact,standard,1.3,1.6,倍,,2024,ok,1.3至1.6倍
reference,reference_id,name,name_en,residence,care,statistic,year,value,unit,per,status
,national_a,全国,China,all,all,standard,2023,785.9,元,person-month,published
,national_b,全国,China,all,all,standard,2023,785.9,元,person-month,published
"""


def small() -> Tables:
    """Six tables as small as they can be; their keys are none of the bundled ones."""
    tables: Tables = {}
    for name, *cells in csv.reader(SMALL.strip().split("\n")):
        if name:
            tables[table := name], header = [], cells
        else:
            tables[table].append(dict(zip(header, cells, strict=True)))
    return tables


def grid(name: str, rows: Rows) -> list[list[Any]]:
    """Header and cells of a table, with every column of the descriptor."""
    columns = schema().tables[name].columns
    return [columns, *([row.get(column, "") for column in columns] for row in rows)]


def as_csv(cells: list[list[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(cells)
    return out.getvalue()


def as_typed(cell: Any) -> Any:
    """A cell as a spreadsheet has it: numbers are numbers, and nothing is nothing."""
    return float(cell) if re.fullmatch(r"[0-9.]+", str(cell)) else cell or None


def as_xlsx(path: Path, sheets: dict[str, list[list[Any]]], bare: bool = False) -> None:
    """A workbook; a `bare` one leaves out its size and the empty cells at the end of a row, as some writers do."""
    book = openpyxl.Workbook(write_only=bare)
    for title, cells in sheets.items():
        sheet = book.create_sheet(title)
        for row in cells:
            width = max(i + 1 for i, cell in enumerate(row) if cell != "") if bare else None
            sheet.append([as_typed(cell) for cell in row[:width]])
    if not bare:
        book.remove(book.worksheets[0])
    book.save(path)


def write(folder: Path, tables: Tables) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text(as_csv(grid(name, rows)), encoding="utf-8")
    return folder


Place = tuple[str, int, str, str]


class Finder:
    """What `check` finds (key, row, column, file), after holding `load` and the command to the same."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys, self.faults = capsys, list[ms.Fault]()

    def __call__(self, folder: Path) -> list[Place]:
        """All faults of a folder; each says where, what is wrong and what to do, in both languages."""
        self.faults = ms.check(folder)
        for fault in self.faults:
            for lang, stop in (("zh", "；"), ("en", ";")):
                where, _, words = fault.text(lang).partition(": ")
                wrong, _, todo = words.rpartition(stop)
                assert (where, bool(wrong.strip()), bool(todo.strip())) == (fault.where, True, True), words
                assert words == words.strip(), "the words must not end before they have named something"
                assert not re.search(r"\{[a-z_]+\}", words)
        with pytest.raises(ms.FaultsFound) as raised:
            ms.load(folder)
        assert raised.value.faults == self.faults
        self.command(folder, "zh")
        return [(fault.key.removeprefix("fault."), fault.row, fault.column, fault.file) for fault in self.faults]

    def command(self, folder: Path, lang: str) -> None:
        """The command prints the faults, counts them and leaves with 1."""
        assert main(["check", str(folder), "--lang", lang]) == 1
        out, err = self.capsys.readouterr()
        assert out.splitlines() == [fault.text(lang) for fault in self.faults]
        assert str(len(self.faults)) in err
        assert "Traceback" not in out + err

    def says(self, key: str, *words: str) -> None:
        """The first fault of that key has these words, in both languages."""
        fault = next(fault for fault in self.faults if fault.key == f"fault.{key}")
        for lang in ("zh", "en"):
            text = fault.text(lang).partition(": ")[2]
            assert [word for word in words if word not in text] == [], text


@pytest.fixture
def found(capsys: pytest.CaptureFixture[str]) -> Finder:
    return Finder(capsys)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "own", small())


def test_the_small_tables_are_clean(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ms.check(folder) == []
    assert main(["check", str(folder)]) == 0
    assert "13" in capsys.readouterr().out  # 1 + 2 + 2 + 2 + 4 + 2 rows


# ---- header and width ----------------------------------------------------------------------------------------------


def edit_lines(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    path.write_text("\n".join(change(path.read_text(encoding="utf-8").split("\n"))), encoding="utf-8")


def test_an_unknown_column_is_named_with_the_nearest(folder: Path, found: Finder) -> None:
    edit_lines(folder / "items.csv", lambda lines: [lines[0].replace("support", "suport"), *lines[1:]])
    assert found(folder) == [("unknown_column", 1, "suport", "items.csv")]
    found.says("unknown_column", "support")


@pytest.mark.parametrize(("column", "misspelt"), [("title", "titel"), ("item", "itme"), ("document_id", "document")])
def test_a_missing_required_column_is_not_drowned_in_what_follows_from_it(
    folder: Path, found: Finder, column: str, misspelt: str
) -> None:
    edit_lines(folder / "items.csv", lambda lines: [lines[0].replace(column, misspelt), *lines[1:]])
    assert sorted(found(folder)) == [("missing_column", 1, column, "items.csv"), ("unknown_column", 1, misspelt, "items.csv")]
    found.says("unknown_column", column)
    found.says("missing_column", "document_id, item, title")


def test_a_column_twice_is_named_once(folder: Path, found: Finder) -> None:
    edit_lines(folder / "items.csv", lambda lines: [lines[0].replace("lead", "section"), *lines[1:]])
    assert found(folder) == [("column_twice", 1, "section", "items.csv")]


def test_a_row_of_another_width_than_the_header(folder: Path, found: Finder) -> None:
    edit_lines(folder / "figures.csv", lambda lines: [lines[0], lines[1] + ",x", lines[2][:-1], *lines[3:]])
    assert found(folder) == [("too_many_cells", 2, "note", "figures.csv"), ("too_few_cells", 3, "note", "figures.csv")]
    width = len(schema().tables["figures"].columns)
    found.says("too_many_cells", str(width), str(width + 1))
    found.says("too_few_cells", str(width), str(width - 1))


# ---- bytes ---------------------------------------------------------------------------------------------------------


def items(encoding: str) -> bytes:
    return as_csv(grid("items", small()["items"])).encode(encoding)


BYTES = {
    "nothing": (b"", "empty_file", 1, ""),
    "a lone BOM": (b"\xef\xbb\xbf", "empty_file", 1, ""),
    "only commas": (b",,,\r\n,,,\r\n", "empty_file", 1, ""),
    "only quotes": (b'"",""\n', "empty_file", 1, ""),
    "GB18030": (items("gb18030"), "encoding", 2, "title"),
    "GB18030 after a comma": (items("utf-8").replace("低保,".encode(), '"a, b",丙'.encode("gb18030")), "encoding", 2, "section"),
    "UTF-16": (items("utf-16"), "utf16", 1, ""),
    "UTF-8 with BOM": (items("utf-8-sig"), "bom", 1, ""),
    "an .xlsx named .csv": (b"PK\x03\x04" + b"\0" * 40, "excel_as_csv", 1, ""),
    "an .xls named .csv": (OLE, "excel_as_csv", 1, ""),
    "a NUL byte": (items("utf-8").replace("特困".encode(), b"\0"), "not_text", 3, ""),
    "UTF-16 without a mark": (items("utf-16-le"), "not_text", 1, ""),
    "a quote inside a quoted cell": (items("utf-8").replace("特困".encode(), b'"a"b'), "broken_csv", 3, ""),
    "a quote that never ends": (items("utf-8").replace("低保".encode(), b'"a'), "broken_csv", 2, ""),
}  # fmt: skip


@pytest.mark.parametrize("what", BYTES)
def test_bytes_that_are_no_csv_in_utf8(folder: Path, found: Finder, what: str) -> None:
    raw, key, row, column = BYTES[what]
    (folder / "items.csv").write_bytes(raw)
    assert found(folder) == [(key, row, column, "items.csv")]


def damaged_zip(path: Path, part: str, content: bytes) -> None:
    """Replace one part of a workbook."""
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    with zipfile.ZipFile(path, "w") as out:
        for name, raw in (parts | {part: content}).items():
            out.writestr(name, raw)


def swap_for_xlsx(folder: Path, name: str = "items", sheet: str = "", bare: bool = False) -> Path:
    """The table as a workbook in place of its CSV."""
    (folder / f"{name}.csv").unlink()
    path = folder / f"{name}.xlsx"
    as_xlsx(path, {sheet or name: grid(name, small()[name])}, bare)
    return path


@pytest.mark.parametrize("bare", [False, True])
def test_a_workbook_in_place_of_a_csv_is_as_good(folder: Path, bare: bool) -> None:
    before = ms.load(folder).digest()
    swap_for_xlsx(folder, bare=bare)
    swap_for_xlsx(folder, "figures", "Sheet1", bare)
    assert ms.check(folder) == []
    assert ms.load(folder).digest() == before


BROKEN: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "no zip": ("broken_excel", lambda path: path.write_bytes(b"document_id,item\n")),
    "cut short": ("broken_excel", lambda path: path.write_bytes(path.read_bytes()[:900])),
    "no bytes": ("broken_excel", lambda path: path.write_bytes(b"")),
    "a book that is no XML": ("broken_excel", lambda path: damaged_zip(path, "xl/workbook.xml", b"<workbook")),
    "a sheet that is no XML": ("broken_excel", lambda path: damaged_zip(path, "xl/worksheets/sheet1.xml", b"<worksheet><")),
    "an old .xls": ("old_excel", lambda path: path.write_bytes(OLE)),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_workbook_that_is_none(folder: Path, found: Finder, what: str) -> None:
    key, damage = BROKEN[what]
    damage(swap_for_xlsx(folder))
    assert found(folder) == [(key, 0, "", "items.xlsx")]


def test_an_old_workbook_under_its_own_name(folder: Path, found: Finder) -> None:
    (folder / "items.csv").rename(folder / "items.xls")
    (folder / "items.xls").write_bytes(OLE)
    assert found(folder) == [("old_excel", 0, "", "items.xls")]


def test_a_new_workbook_under_the_name_of_an_old_one(folder: Path, found: Finder) -> None:
    swap_for_xlsx(folder).rename(folder / "items.xls")
    assert found(folder) == [("new_excel", 0, "", "items.xls")]
    found.says("new_excel", ".xlsx")


def test_a_sheet_with_the_header_of_a_table_and_another_name_is_not_passed_over(tmp_path: Path, found: Finder) -> None:
    sheets = {
        "items": grid("items", small()["items"]),
        "items (2)": [["备份"], *grid("items", small()["items"])],
        "x": [["item"], ["1"]],
    }
    as_xlsx(tmp_path / "mine.xlsx", sheets)
    assert ("sheet_name", 0, "", "mine.xlsx[items (2)]") in found(tmp_path)
    found.says("sheet_name", "items")


def test_a_workbook_without_a_table(tmp_path: Path, found: Finder) -> None:
    as_xlsx(tmp_path / "mine.xlsx", {"Sheet1": [["a"], [1]]})
    assert found(tmp_path) == [("no_table_in_excel", 0, "", "mine.xlsx")]


@pytest.mark.parametrize("column", ["value", "year", "item"])
def test_a_date_cell_in_a_workbook(folder: Path, found: Finder, column: str) -> None:
    rows = small()["figures"]
    dates = [dt.datetime(2024, 9, 1), dt.datetime(2024, 9, 1, 12, 30), dt.date(2024, 9, 1)]
    for row, date in zip(rows, dates, strict=False):
        row[column] = date
    (folder / "figures.csv").unlink()
    as_xlsx(folder / "figures.xlsx", {"figures": grid("figures", rows)})
    places = [place for place in found(folder) if place[0] != "no_such_item"]
    assert places == [("date", row, column, "figures.xlsx[figures]") for row in (2, 3, 4)]
    found.says("date", "2024-09-01")


# ---- folders -------------------------------------------------------------------------------------------------------


def test_an_unknown_file_name_is_named_with_the_nearest(tables: Path, found: Finder) -> None:
    (tables / "figures.csv").rename(tables / "figurs.csv")
    assert found(tables) == [("missing_table", 0, "", "figures.csv"), ("unknown_table", 0, "", "figurs.csv")]
    found.says("unknown_table", "figures.csv")


def test_a_table_twice(folder: Path, found: Finder) -> None:
    as_xlsx(folder / "items.xlsx", {"items": grid("items", small()["items"])})
    assert found(folder) == [("table_twice", 0, "", "items.xlsx[items]")]
    found.says("table_twice", "items.csv")


def test_a_folder_without_tables(tmp_path: Path, found: Finder) -> None:
    (tmp_path / "README.txt").write_text("…", encoding="utf-8")
    assert found(tmp_path) == [("no_tables", 0, "", tmp_path.name)]


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for ask in (ms.load, ms.check):
        with pytest.raises(ms.Refused, match="nowhere"):
            ask(tmp_path / "nowhere")
    for lang in ("zh", "en"):
        assert main(["check", str(tmp_path / "nowhere"), "--lang", lang]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert "nowhere" in err
        assert "Traceback" not in err


def test_all_faults_of_all_files_are_told_at_once(folder: Path, found: Finder) -> None:
    tables = small()
    tables["regions"][0]["level"] = "provinse"
    tables["items"][1]["title"] = ""
    tables["figures"][1] |= {"value": 916, "care": "al", "year": "2024年"}
    write(folder, tables)
    edit_lines(folder / "reference.csv", lambda lines: [lines[0], lines[1] + ",", *lines[2:]])
    assert found(folder) == [
        ("not_in_vocabulary", 3, "care", "figures.csv"),
        ("not_in_evidence", 3, "value", "figures.csv"),
        ("not_integer", 3, "year", "figures.csv"),
        ("required", 3, "title", "items.csv"),
        ("too_many_cells", 2, "note", "reference.csv"),
        ("not_in_vocabulary", 2, "level", "regions.csv"),
    ]
    found.command(folder, "en")


def test_an_added_row_that_clashes_with_a_bundled_one_tells_the_two_apart(tmp_path: Path, found: Finder) -> None:
    where = write(tmp_path / "own", {"items": [{"document_id": "000", "item": "1", "title": "就业", "topic": "employment"}]})
    assert found(where) == [("clash", 2, "item", "items.csv")]
    found.says("clash", "000 + 1", "minsheng:items.csv:2", "就业")


def test_what_could_not_be_loaded_leaves_nothing_behind(folder: Path, data: Dataset) -> None:
    (folder / "items.csv").write_bytes(b"")
    with pytest.raises(ms.FaultsFound, match=r"items\.csv:1"):
        ms.load(folder)
    assert ms.load().digest() == data.digest()
