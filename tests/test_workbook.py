"""The workbook of a report as Excel and LibreOffice open it."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import time
import zipfile
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from conftest import need
from openpyxl import load_workbook

import minsheng as ms
from minsheng.levels import FLAGS
from minsheng.schema import schema
from minsheng.tables import Dataset
from minsheng.workbook import workbook

HOSTILE = ["=1+1", "+86 10", "-5 to 5", "@SUM(A1)", '=HYPERLINK("file:///etc","x")', "'quoted", "00123", "1e5"]
HAN = re.compile(r"[\u4e00-\u9fff]")
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")


@pytest.fixture(scope="module")
def hostile() -> Dataset:
    """The bundled tables with notes that a spreadsheet would take for something else than text."""
    data = ms.load()
    figures = data.figures.copy()
    figures.loc[: len(HOSTILE) - 1, "note"] = HOSTILE
    return replace(data, figures=figures)


@pytest.fixture(scope="module")
def raw(hostile: Dataset) -> bytes:
    return workbook(ms.view(2024, tables=hostile), "2024年民生标准比较")


@pytest.fixture(scope="module")
def written(raw: bytes) -> Any:
    return load_workbook(io.BytesIO(raw))


@pytest.fixture(scope="module")
def reopened(raw: bytes, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The workbook after LibreOffice has opened it, worked it out and saved it."""
    need(SOFFICE is not None, "LibreOffice")
    room = tmp_path_factory.mktemp("office")
    (room / "book.xlsx").write_bytes(raw)
    command = [str(SOFFICE), "--headless", "--norestore", f"-env:UserInstallation={(room / 'profile').as_uri()}"]
    command += ["--convert-to", "xlsx", "--outdir", str(room / "out"), str(room / "book.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return load_workbook(room / "out" / "book.xlsx", data_only=True)


def table(sheet: Any, columns: list[str]) -> pd.DataFrame:
    """A sheet below its header, under the names of the descriptor."""
    return pd.DataFrame(
        [row[: len(columns)] for row in sheet.iter_rows(min_row=2, values_only=True)], columns=columns, dtype=object
    )


def same(found: pd.DataFrame, wanted: pd.DataFrame) -> None:
    """Cell by cell: numbers as numbers, text as text, missing as nothing."""
    assert len(found) == len(wanted)
    for name in wanted:
        for ours, theirs in zip(wanted[name], found[name], strict=True):
            if pd.isna(ours):
                assert theirs is None, name
            elif isinstance(ours, str):
                assert theirs == ours, name
            else:
                assert not isinstance(theirs, (str, bool)), (name, ours, theirs)
                assert float(theirs) == float(ours), name


@pytest.mark.parametrize("program", ["written", "reopened"])
@pytest.mark.parametrize("name", ["documents", "regions", "items", "indicators", "figures", "reference"])
def test_each_table_reads_back_cell_by_cell(program: str, name: str, hostile: Dataset, request: pytest.FixtureRequest) -> None:
    wanted = hostile.tables()[name]
    same(table(request.getfixturevalue(program)[name], list(wanted.columns)), wanted)


@pytest.mark.parametrize("program", ["written", "reopened"])
def test_the_standards_hold_915_for_yuancheng_in_2024(program: str, request: pytest.FixtureRequest) -> None:
    sheet = request.getfixturevalue(program)["标准"]
    rows = [
        row
        for row in sheet.iter_rows(min_row=2, values_only=True)
        if row[:4] == ("河源市源城区", 2024, "最低生活保障标准", "城镇")
    ]
    assert [row[7] for row in rows] == [915]
    assert rows[0][9] == "元/人/月"
    assert "征求意见稿" in rows[0][10]
    assert rows[0][12] == "000-i6-03"


@pytest.mark.parametrize("program", ["written", "reopened"])
def test_text_like_a_formula_stays_text(program: str, hostile: Dataset, request: pytest.FixtureRequest) -> None:
    column = list(hostile.figures.columns).index("note") + 1
    cells = [request.getfixturevalue(program)["figures"].cell(row, column) for row in range(2, 2 + len(HOSTILE))]
    assert [cell.value for cell in cells] == HOSTILE
    assert {cell.data_type for cell in cells} == {"s"}


def test_no_sheet_holds_a_formula(raw: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/")]
        assert len(sheets) == 3 + len(schema().tables)  # cover, standards and findings before the tables
        assert [name for name in sheets if b"<f>" in book.read(name) or b"<f " in book.read(name)] == []


def test_identifiers_made_of_digits_stay_text(written: Any) -> None:
    regions = table(written["regions"], list(ms.load().regions.columns))
    assert {type(one) for one in regions["region_id"]} == {str}
    assert "441602" in set(regions["region_id"])


def test_the_cover_says_what_each_mark_means_and_which_tables_these_are(written: Any, hostile: Dataset) -> None:
    lines = [row[0] or "" for row in written.worksheets[0].iter_rows(values_only=True)]
    assert lines[0] == "2024年民生标准比较"
    assert {ms.labels.say(f"flag.{flag}") for flag in FLAGS} <= set(lines)
    assert any(hostile.digest()[:16] in line for line in lines)


def test_each_sheet_can_be_read_with_its_header_in_sight_and_filtered(written: Any) -> None:
    for sheet in written.worksheets[1:]:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert [cell.value for cell in sheet[1] if not cell.value or not cell.font.bold] == []


def test_an_english_workbook_has_english_sheets_headings_and_labels() -> None:
    book = load_workbook(io.BytesIO(workbook(ms.view(2024, lang="en"), "Livelihood standards compared, 2024")))
    cover, standards = book.worksheets[:2]
    assert not HAN.search("".join(book.sheetnames))
    assert [row[0] for row in cover.iter_rows(values_only=True) if HAN.search(row[0] or "")] == []
    for sheet in book.worksheets[1:]:
        assert [cell.value for cell in sheet[1] if HAN.search(cell.value)] == []
    place, indicator, unit = ([cell.value for cell in standards[letter][1:]] for letter in "ACJ")
    assert [one for one in {*place, *indicator, *unit} if HAN.search(one)] == []


def test_the_same_tables_give_the_same_bytes_at_another_time(raw: bytes, hostile: Dataset) -> None:
    time.sleep(2.1)  # clocks inside an .xlsx count in steps of two seconds
    assert workbook(ms.view(2024, tables=hostile), "2024年民生标准比较") == raw


def test_asking_for_one_place_leaves_out_the_standards_of_others_but_no_figure(hostile: Dataset) -> None:
    seen = ms.view(2024, regions=["源城区"], tables=hostile)
    book = load_workbook(io.BytesIO(workbook(seen, "源城区")))
    assert {row[0] for row in book["标准"].iter_rows(min_row=2, values_only=True)} == {"河源市源城区", "广东省"}
    assert book["figures"].max_row == len(hostile.figures) + 1
