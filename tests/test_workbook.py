"""The workbook of a report, as Excel and LibreOffice open it, and the tidy tables."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import need
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

import minsheng as ms
from minsheng.cli import main
from minsheng.excel_charts import drawings
from minsheng.labels import say
from minsheng.levels import FLAGS
from minsheng.package import package
from minsheng.schema import schema
from minsheng.tables import Dataset
from minsheng.workbook import workbook

TITLES = {"zh": "2024年民生标准比较", "en": "Livelihood standards compared, 2024"}
FORMULAS = ["=1+1", "+86 10", "-5 to 5", "@SUM(A1)", '=HYPERLINK("file:///etc","x")', "'quoted", "00123", "1e5", "#N/A", "#REF!"]
UNRULY = ["<script>alert(1)</script>", "\"; & '", "\u202e反向\u200f", "x" * 5000, "a\nb", "]]>", "🙂"]
HOSTILE = [*FORMULAS, *UNRULY]
NAME = '=HYPERLINK("http://x","源城")<b>&\u202e'
SHOWN = NAME.removesuffix("\u202e")  # a name that is shown goes without marks of direction
LONG = "长" * 5000
NASTY = "<script>1</script>\"'$x^{2}$`a`{0}%s]]>\u202e\u200f\njavascript:alert(1)"
HAN = re.compile(r"[\u4e00-\u9fff]")
LINK = re.compile(r"'(.+)'!A(\d+)")
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
TABLES = list(schema().tables)


def hostile_tables() -> Dataset:
    """The bundled tables with texts that a spreadsheet would take for something else than text, or could not hold."""
    data = ms.load()
    changed = {name: table.copy() for name, table in data.tables().items()}
    changed["figures"].loc[: len(HOSTILE) - 1, "note"] = HOSTILE
    for table, key, at, columns, words in (
        ("regions", "region_id", "441602", ["name", "name_en"], NAME),
        ("regions", "region_id", "440000", ["name", "name_en"], LONG),
        ("documents", "document_id", "000", ["title", "issuer"], NASTY),
        ("documents", "document_id", "000", ["note"], NASTY + LONG),
        ("items", "document_id", "000", ["title"], NASTY),
        ("indicators", "indicator_id", "dibao_standard", ["name", "name_en", "definition"], NASTY),
        ("indicators", "indicator_id", "orphan_standard", ["name", "name_en"], LONG),
    ):
        changed[table].loc[changed[table][key] == at, columns] = words
    return replace(data, **changed)


@pytest.fixture(scope="module")
def hostile() -> Dataset:
    return hostile_tables()


@pytest.fixture(scope="module")
def raw(hostile: Dataset) -> bytes:
    return workbook(ms.view(2024, tables=hostile), TITLES["zh"])


@pytest.fixture(scope="module")
def written(raw: bytes) -> Any:
    return load_workbook(io.BytesIO(raw))


@pytest.fixture(scope="module")
def books() -> dict[str, Any]:
    """The workbook of the bundled tables in both languages."""
    return {lang: load_workbook(io.BytesIO(workbook(ms.view(2024, lang=lang), title))) for lang, title in TITLES.items()}


def convert(raw: bytes, room: Path, form: str) -> tuple[Path, str]:
    """A workbook as LibreOffice opens, works out and saves it, and what it said meanwhile."""
    need(SOFFICE is not None, "LibreOffice")
    (room / "book.xlsx").write_bytes(raw)
    command = [str(SOFFICE), "--headless", "--norestore", f"-env:UserInstallation={(room / 'profile').as_uri()}"]
    command += ["--convert-to", form, "--outdir", str(room / "out"), str(room / "book.xlsx")]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=180)
    return room / "out" / f"book.{form}", done.stdout + done.stderr


@pytest.fixture(scope="module")
def office(raw: bytes, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, str]:
    path, said = convert(raw, tmp_path_factory.mktemp("office"), "xlsx")
    return load_workbook(path, data_only=True), said


@pytest.fixture(scope="module")
def reopened(office: tuple[Any, str]) -> Any:
    return office[0]


def header_row(sheet: Any) -> int:
    """The row of a sheet's header, by the worksheet table that stands on it."""
    (one,) = sheet.tables.values()
    return int(range_boundaries(one.ref)[1] or 0)


def rows_of(sheet: Any) -> list[dict[str, Any]]:
    """The rows of a sheet by their headings."""
    header, *rows = sheet.iter_rows(min_row=header_row(sheet), values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def same(found: list[tuple[Any, ...]], wanted: pd.DataFrame) -> None:
    """Cell by cell: numbers as numbers, text as text, missing as nothing."""
    assert len(found) == len(wanted)
    for theirs, ours in zip(found, wanted.itertuples(index=False), strict=True):
        for name, there, here in zip(wanted, theirs, ours, strict=True):
            if pd.isna(here):
                assert there is None, name
            elif isinstance(here, str):
                assert there == here, name
            else:
                assert not isinstance(there, (str, bool)), (name, here, there)
                assert float(there) == float(here), name


# ---- figures come back as they were --------------------------------------------------------------------------------


@pytest.mark.parametrize("program", ["written", "reopened"])
@pytest.mark.parametrize("name", TABLES)
def test_each_table_reads_back_cell_by_cell(program: str, name: str, hostile: Dataset, request: pytest.FixtureRequest) -> None:
    sheet = request.getfixturevalue(program)[name]
    same(list(sheet.iter_rows(min_row=header_row(sheet) + 1, values_only=True)), hostile.tables()[name])


@pytest.mark.parametrize("program", ["written", "reopened"])
def test_the_standards_hold_915_for_yuancheng_in_2024(program: str, request: pytest.FixtureRequest) -> None:
    rows = [
        row
        for row in rows_of(request.getfixturevalue(program)["标准"])
        if row["地区"].endswith(SHOWN) and (row["年份"], row["城乡"], row["数字编号"]) == (2024, "城镇", "000-i6-03")
    ]
    assert [row["数值"] for row in rows] == [915]
    assert (rows[0]["层级"], rows[0]["单位"], rows[0]["数字编号"]) == ("县级", "元/人/月", "000-i6-03")
    assert "征求意见稿" in rows[0]["说明"]


def test_what_changed_is_counted_from_the_year_before(books: dict[str, Any]) -> None:
    rows = [one for one in rows_of(books["zh"]["变化"]) if (one["地区"], one["指标"]) == ("河源市源城区", "最低生活保障标准")]
    # urban: 915 - 897 = 18, 18 / 897 = 2.007 %; rural: 701 - 637 = 64, 64 / 637 = 10.047 %
    found = {one["城乡"]: (one["原标准"], one["数值"], one["增加"], round(one["增幅（%）"], 3)) for one in rows}
    assert found == {"城镇": (897, 915, 18, 2.007), "农村": (637, 701, 64, 10.047)}


def test_a_standard_below_that_of_the_place_above_is_told_with_the_gap(books: dict[str, Any]) -> None:
    rows = {(one["地区"], one["供养方式"]): one for one in rows_of(books["zh"]["与上级比"])}
    care = rows["河源市源城区", "集中供养"]
    # 2088 - 2295 = -207
    assert (care["数值"], care["上级地区"], care["上级标准"], care["相差"], care["单位"]) == (
        2088,
        "广东省",
        2295,
        -207,
        "元/人/月",
    )


def test_a_sheet_of_one_unit_has_it_in_its_headings_and_in_no_column(books: dict[str, Any]) -> None:
    rows = {(one["典型"], one["地区"]): one for one in rows_of(books["zh"]["典型合计"])}
    own = rows["城镇低保单人", "河源市源城区"]
    # the nation's urban average of 2024 is 798.1; 915 / 798.1 = 114.65 %
    assert (own["每月合计（元/月）"], own["全国（元/月）"], round(own["相当于全国（%）"], 2)) == (915, 798.1, 114.65)
    assert "单位" not in own
    assert "单位" in rows_of(books["zh"]["标准"])[0]


def test_constant_prices_are_said_and_keep_what_was_printed() -> None:
    book = load_workbook(io.BytesIO(workbook(ms.view(2024, prices="constant"), TITLES["zh"])))
    lines = {name: [book[name].cell(row, 1).value for row in range(1, header_row(book[name]))] for name in ("标准", "与全国比")}
    assert say("page.constant", year=2024) in lines["标准"]
    assert say("page.nominal") in lines["与全国比"]
    old = [row for row in rows_of(book["标准"]) if row["数字编号"] == "002-1-i8-02"]
    assert [row["当年价"] for row in old] == [115]
    assert old[0]["数值"] != 115


# ---- nothing runs, nothing breaks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("program", ["written", "reopened"])
def test_text_like_a_formula_stays_text(program: str, hostile: Dataset, request: pytest.FixtureRequest) -> None:
    sheet = request.getfixturevalue(program)["figures"]
    column, first = list(hostile.figures.columns).index("note") + 1, header_row(sheet) + 1
    cells = [sheet.cell(row, column) for row in range(first, first + len(HOSTILE))]
    assert [cell.value for cell in cells] == HOSTILE
    assert {cell.data_type for cell in cells} == {"s"}


def test_text_like_a_formula_stays_text_when_somebody_edits_it(written: Any, hostile: Dataset) -> None:
    sheet = written["figures"]
    column, first = list(hostile.figures.columns).index("note") + 1, header_row(sheet) + 1
    marked = [text for row, text in enumerate(HOSTILE, start=first) if sheet.cell(row, column).quotePrefix]
    assert marked == [text for text in HOSTILE if text[0] in "=+-@"]


@pytest.mark.parametrize("program", ["written", "reopened"])
def test_no_cell_of_any_sheet_is_a_formula_or_an_error(program: str, request: pytest.FixtureRequest) -> None:
    book = request.getfixturevalue(program)
    found = [c.coordinate for sheet in book for row in sheet.iter_rows() for c in row if c.data_type in ("f", "e")]
    assert found == []


@pytest.mark.parametrize("program", ["written", "reopened"])
def test_hostile_names_leave_rows_links_and_charts_as_a_reader_can_use_them(program: str, request: pytest.FixtureRequest) -> None:
    for sheet in request.getfixturevalue(program):
        assert max((row.height or 0 for row in sheet.row_dimensions.values()), default=0) <= 409.5  # Excel knows no taller row
        assert max(column.width for column in sheet.column_dimensions.values()) <= 101
        links = [cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink]
        assert {link.target for link in links} <= {None}
        assert [link.location for link in links if not LINK.fullmatch(link.location.replace("$", ""))] == []


def test_hostile_names_stand_on_one_line_of_a_chart_and_turn_nothing(raw: bytes, written: Any, hostile: Dataset) -> None:
    drawn = drawings(ms.view(2024, tables=hostile))
    titles = [one.sheet.title for one in drawn]
    labels = [label for one in drawn for label in one.sheet.table["label"]]
    assert any("$x^{2}$`a`{0}%s]]> javascript" in title for title in titles)
    assert any("长长长" in title for title in titles)
    assert any(SHOWN in label for label in labels)
    assert max(map(len, [*titles, *labels])) < 130
    assert [one for one in [*titles, *labels] if re.search("[\n\u200e\u200f\u202a-\u202e]", one)] == []
    charts = [name for name in zipfile.ZipFile(io.BytesIO(raw)).namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == len(drawn) == sum(len(sheet._charts) for sheet in written)


def test_control_characters_give_way_to_a_mark(hostile: Dataset) -> None:
    figures = hostile.figures.copy()
    figures.loc[0, "note"] = "a\x00b\x1fc\ufffed"
    book = load_workbook(io.BytesIO(workbook(ms.view(2024, tables=replace(hostile, figures=figures)), "标题\x07")))
    assert book.worksheets[0]["A1"].value == "标题\ufffd"
    assert rows_of(book["figures"])[0]["备注"] == "a\ufffdb\ufffdc\ufffdd"


def test_libreoffice_opens_and_saves_it_without_a_complaint(office: tuple[Any, str], written: Any) -> None:
    book, said = office
    assert not re.search(r"(?i)error|repair|corrupt|fail", said.replace("failed to launch javaldx", ""))
    assert book.sheetnames == written.sheetnames
    assert [sheet.tables.items() for sheet in book] == [sheet.tables.items() for sheet in written]
    assert [len(sheet._charts) for sheet in book] == [len(sheet._charts) for sheet in written]


def test_identifiers_made_of_digits_stay_text(written: Any) -> None:
    found = {row["地区编号"] for row in rows_of(written["regions"])}
    assert "441602" in found
    assert {type(one) for one in found} == {str}


def test_the_same_tables_give_the_same_bytes_at_another_time(raw: bytes, hostile: Dataset) -> None:
    time.sleep(2.1)  # clocks inside an .xlsx count in steps of two seconds
    assert workbook(ms.view(2024, tables=hostile), TITLES["zh"]) == raw


# ---- what a reader finds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", TITLES)
def test_the_sheets_stand_in_the_order_in_which_they_are_read(books: dict[str, Any], lang: str) -> None:
    first = ["cover", "contents", "notes", "standards", "changes", "nation", "above", "case_sums", "findings"]
    names = books[lang].sheetnames
    charts = [say("sheet.chart", lang, number=n) for n in range(1, len(drawings(ms.view(2024))) + 1)]
    last = [say("sheet.dictionary", lang), say("sheet.vocabularies", lang)]
    assert names == [*(say(f"sheet.{one}", lang) for one in first), *charts, *TABLES, *last]


@pytest.mark.parametrize("lang", TITLES)
def test_each_sheet_is_one_real_table_with_title_and_frozen_header(books: dict[str, Any], lang: str) -> None:
    seen: set[str] = set()
    for sheet in books[lang].worksheets[1:]:
        (name,) = sheet.tables
        left, top, right, bottom = range_boundaries(sheet.tables[name].ref)
        heads = [cell.value for cell in sheet[top]]
        assert (left, right, bottom) == (1, len(heads), sheet.max_row), sheet.title
        assert all(isinstance(one, str) and one.strip() for one in heads), sheet.title
        assert len({one.lower() for one in heads}) == len(heads), sheet.title
        assert heads == [column.name for column in sheet.tables[name].tableColumns], sheet.title
        assert bottom > top
        assert sheet.freeze_panes == f"B{top + 1}"
        assert sheet["A1"].font.bold
        assert all(sheet.cell(row, 1).value for row in range(1, top)), sheet.title
        seen.add(name)
    assert len(seen) == len(books[lang].worksheets) - 1


def test_each_sheet_prints_landscape_as_wide_as_a_page_with_its_header(books: dict[str, Any]) -> None:
    for sheet in books["zh"].worksheets[1:]:
        top = header_row(sheet)
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == ("landscape", 1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == f"${top}:${top}"
        assert "&P" in sheet.oddFooter.center.text


def test_numbers_have_formats_of_numbers(books: dict[str, Any]) -> None:
    sheet = books["zh"]["标准"]
    column = [cell.value for cell in sheet[header_row(sheet)]].index("数值") + 1
    formats = {type(cell.value): cell.number_format for cell in next(sheet.iter_cols(column, column, header_row(sheet) + 1))}
    assert formats == {int: "#,##0", float: "#,##0.0###"}
    years = {cell.number_format for cell in next(sheet.iter_cols(3, 3, header_row(sheet) + 1))}
    assert years == {"0"}  # 2,024 is no year


@pytest.mark.parametrize("lang", TITLES)
def test_every_link_leads_to_a_cell_that_is_there(books: dict[str, Any], lang: str) -> None:
    book, count = books[lang], 0
    for sheet in book:
        for link in (cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink):
            name, row = LINK.fullmatch(link.location).groups()  # type: ignore[union-attr]
            assert link.target is None
            assert book[name].cell(int(row), 1).value is not None, (sheet.title, link.ref, link.location)
            count += 1
    assert count > 2 * len(ms.load().figures)  # each figure has a document and an indicator


def linked(book: Any, sheet: Any, heading: str) -> list[tuple[str, Any]]:
    """Each cell of a column with what stands first in the row that it leads to."""
    top = header_row(sheet)
    column = [cell.value for cell in sheet[top]].index(heading) + 1
    found = []
    for cell in next(sheet.iter_cols(column, column, top + 1)):
        if cell.value:
            name, row = LINK.fullmatch(cell.hyperlink.location).groups()  # type: ignore[union-attr]
            found.append((cell.value, book[name].cell(int(row), 1).value))
    return found


@pytest.mark.parametrize("sheet", ["标准", "变化", "与全国比", "与上级比", "典型合计", "数据说明", "图1"])
def test_each_row_leads_to_the_first_figure_it_rests_on(books: dict[str, Any], sheet: str) -> None:
    pairs = linked(books["zh"], books["zh"][sheet], "数字编号")
    assert pairs
    assert [(text, there) for text, there in pairs if text.split(";")[0] != there] == []


def test_each_figure_leads_to_its_document_and_indicator(books: dict[str, Any]) -> None:
    book = books["zh"]
    for heading in ("文件编号", "指标"):
        pairs = linked(book, book["figures"], heading)
        assert len(pairs) == len(ms.load().figures)
        assert all(text == there for text, there in pairs)


def test_the_contents_list_each_sheet_with_its_rows(books: dict[str, Any]) -> None:
    rows = rows_of(books["zh"]["目录"])
    assert [row["工作表"] for row in rows] == books["zh"].sheetnames[2:]
    assert {row["工作表"]: row["行数"] for row in rows} == {
        sheet.title: sheet.max_row - header_row(sheet) for sheet in books["zh"].worksheets[2:]
    }
    assert all(text == title for text, title in linked_titles(books["zh"]))


def linked_titles(book: Any) -> list[tuple[str, str]]:
    sheet = book["目录"]
    cells = [row[0] for row in sheet.iter_rows(min_row=header_row(sheet) + 1)]
    return [(c.value, LINK.fullmatch(c.hyperlink.location)[1]) for c in cells]  # type: ignore[index]


def test_a_table_without_rows_is_listed_and_has_no_sheet() -> None:
    data = ms.load()
    bare = replace(data, cases=data.cases.iloc[:0], case_parts=data.case_parts.iloc[:0])
    book = load_workbook(io.BytesIO(workbook(ms.view(2024, tables=bare), TITLES["zh"])))
    rows = {row["工作表"]: row["行数"] for row in rows_of(book["目录"])}
    assert [name for name, count in rows.items() if not count] == ["典型合计", "cases", "case_parts"]
    assert not {"典型合计", "cases", "case_parts"} & set(book.sheetnames)


def test_tables_without_any_figure_still_make_a_workbook() -> None:
    data = ms.load()
    seen = ms.view(2024, tables=replace(data, figures=data.figures.iloc[:0]))
    book = load_workbook(io.BytesIO(workbook(seen, TITLES["zh"])))
    counts = {row["工作表"]: row["行数"] for row in rows_of(book["目录"])}
    assert (counts["标准"], counts["figures"], counts["documents"]) == (0, 0, len(data.documents))
    assert not {"标准", "figures"} & set(book.sheetnames)


@pytest.mark.parametrize("lang", TITLES)
def test_the_notes_say_what_each_flag_means(books: dict[str, Any], lang: str) -> None:
    rows = [list(row.values()) for row in rows_of(books[lang][say("sheet.notes", lang)])]
    found = {term: meaning for _, term, meaning in rows}
    assert {say(f"flag.{flag}", lang): say(f"sheet.flag_{flag}", lang) for flag in FLAGS}.items() <= found.items()


def test_the_cover_says_which_tables_these_are_and_how_they_were_read() -> None:
    seen = ms.view(2024, regions=["源城区"], strict=True)
    book = load_workbook(io.BytesIO(workbook(seen, "源城区")))
    lines = [row[0] for row in book.worksheets[0].iter_rows(values_only=True)]
    assert lines[0] == book.properties.title == "源城区"
    assert any(seen.data.digest()[:16] in line for line in lines)
    assert any("河源市源城区" in line for line in lines)
    assert say("page.strict") in lines
    assert book.properties.language == "zh-CN"


def test_the_dictionary_has_every_column_and_the_vocabularies_every_code(books: dict[str, Any]) -> None:
    known = schema()
    found = {(row["表"], row["列"]) for row in rows_of(books["zh"]["数据字典"])}
    assert found == {(t.name, f.name) for t in [*known.tables.values(), *known.derived.values()] for f in t.fields}
    codes = {(row["代码表"], row["代码"]) for row in rows_of(books["zh"]["代码表"])}
    assert codes == {(name, code) for words in (known.vocabularies, known.recipients) for name in words for code in words[name]}


def test_an_english_workbook_has_chinese_only_where_it_is_data(books: dict[str, Any]) -> None:
    book = books["en"]
    assert not HAN.search("".join(book.sheetnames))
    data = {"vocabularies": {"code"}, "standards": {"recipient"}, "what changed": {"recipient"}}
    for sheet in book.worksheets:
        head = 0 if sheet is book.worksheets[0] else header_row(sheet)
        above = [cell.value for row in sheet.iter_rows(max_row=head or None) for cell in row if cell.value]
        assert [one for one in above if HAN.search(one)] == [], sheet.title
        if head and sheet.title not in TABLES:
            own = data.get(sheet.title, set())
            # what stands in quotes is printed so in a document
            words = [str(v) for row in rows_of(sheet) for k, v in row.items() if v is not None and k not in own]
            assert [one for one in words if HAN.search(re.sub("“.*?”", "", one))] == [], sheet.title


def test_asking_for_one_place_leaves_out_the_standards_of_others_but_no_figure() -> None:
    book = load_workbook(io.BytesIO(workbook(ms.view(2024, regions=["源城区"]), "源城区")))
    assert {row["地区"] for row in rows_of(book["标准"])} == {"河源市源城区", "广东省"}
    assert len(rows_of(book["figures"])) == len(ms.load().figures)


# ---- charts --------------------------------------------------------------------------------------------------------


def test_each_chart_compares_two_places_or_more_of_one_unit() -> None:
    for year in (2011, 2021, 2024):
        for one in drawings(ms.view(year)):
            assert one.sheet.table["place"].nunique() > 1
            assert one.unit
            assert one.sheet.table["year"].max() <= year


def test_the_dibao_chart_has_the_urban_and_rural_standards_of_each_place_and_hatches_those_with_reservations() -> None:
    one = drawings(ms.view(2024))[0]
    drawn = one.sheet.table.set_index("place")[["year", "value_0", "value_1"]]
    assert [bars.name for bars in one.bars] == ["城镇", "农村"]
    assert drawn.loc["河源市源城区"].tolist() == [2024, 915, 701]
    assert drawn.loc["江西省"].tolist() == [2021, 765, 515]
    assert one.unit == "元/人/月"
    weak = [i for i, flags in enumerate(one.sheet.table["flags"]) if flags]
    assert list(one.bars[0].hatched) == weak != []
    assert one.sheet.table["label"].iloc[0] == "河源市源城区2024年（征求意见稿）"


def test_ranges_and_damaged_figures_are_not_drawn(data: Dataset) -> None:
    figures = data.figures.copy()
    own = figures["figure_id"]
    figures.loc[own == "000-i6-03", "quality"] = "damaged"
    figures.loc[own == "000-i6-04", "value_max"] = 900.0
    table = drawings(ms.view(2024, tables=replace(data, figures=figures)))[0].sheet.table.set_index("place")
    assert (2024, 915.0) not in set(zip(table["year"], table["value_0"], strict=True))
    assert 701.0 not in set(table["value_1"])


@pytest.mark.parametrize("lang", TITLES)
def test_charts_name_axes_and_draw_the_rows_of_their_sheet(books: dict[str, Any], lang: str) -> None:
    seen = ms.view(2024, lang=lang)
    for one in drawings(seen):
        sheet = books[lang][one.sheet.name]
        (chart,) = sheet._charts
        top, bottom = header_row(sheet) + 1, sheet.max_row
        for series in chart.series:
            rows = [
                re.fullmatch(r".*\$[A-Z]+\$(\d+):\$[A-Z]+\$(\d+)", part) for part in (series.val.numRef.f, series.cat.strRef.f)
            ]
            assert [(int(m[1]), int(m[2])) for m in rows if m] == [(top, bottom)] * 2
        said = [part.tx.rich.p[0].r[0].t for part in (chart.title, chart.x_axis.title, chart.y_axis.title)]
        assert said == [one.sheet.title, seen.say("table.region_id"), one.unit]
        assert not chart.x_axis.delete
        assert not chart.y_axis.delete


# ---- the tidy tables -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tidy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tidy")
    assert main(["report", "2024", "--format", "csv", "--out", str(out)]) == 0
    return out / "2024" / "csv"


def test_the_tidy_tables_are_a_valid_package(tidy: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.Package(str(tidy / "datapackage.json")).validate()
    assert (report.valid, [task.name for task in report.tasks]) == (True, [*TABLES, "standards"]), report.flatten()
    assert sorted(path.name for path in tidy.iterdir()) == sorted(
        ["datapackage.json", *(f"{n}.csv" for n in [*TABLES, "standards"])]
    )


def test_the_package_of_constant_prices_is_valid_too(tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    for name, text in package(ms.view(2024, prices="constant")).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    report = frictionless.Package(str(tmp_path / "datapackage.json")).validate()
    assert report.valid, report.flatten()
    assert "nominal" in pd.read_csv(tmp_path / "standards.csv")


def test_the_tidy_tables_load_as_the_tables_they_came_from(tidy: Path) -> None:
    assert ms.load(tidy).digest() == ms.load().digest()


def test_the_tidy_standards_are_those_of_the_view(tidy: Path) -> None:
    text = dict.fromkeys(("region_id", "document_id", "figures"), "str")
    found = pd.read_csv(
        tidy / "standards.csv", dtype=text, keep_default_na=False, na_values={"value_max": [""], "announced_year": [""]}
    )
    wanted = ms.view(2024).levels
    assert list(found.columns) == list(wanted.columns)
    for name in ("region_id", "year", "indicator_id", "value", "unit", "per", "flags", "figures"):
        assert found[name].tolist() == wanted[name].tolist(), name


def test_the_workbook_alone_is_written_without_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "2024", "--region", "源城区", "--format", "xlsx", "--lang", "en", "--out", str(tmp_path)]) == 0
    made = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]
    assert made == ["2024-441602-en/minsheng-2024-441602-en.xlsx"]
    assert made[0] in capsys.readouterr().out
    zipfile.ZipFile(tmp_path / made[0]).testzip()


def test_an_unknown_format_is_a_wrong_request(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["report", "2024", "--format", "pdf"])
    assert left.value.code == 2
    assert "csv" in capsys.readouterr().err


def test_tables_of_one_topic_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["report", "2024", "--topic", "pensions", "--format", "csv", "--out", str(tmp_path)]
    assert main(words) == 2
    assert "--topic" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_to_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["report", "2024", "--format", "csv", "--out", str(tmp_path / "file"), "--lang", "en"]) == 2
    assert str(tmp_path / "file") in capsys.readouterr().err
