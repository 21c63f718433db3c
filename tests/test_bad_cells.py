"""Cells and rows that are wrong: each told once, at its place, with what is wrong and what to write instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from test_bad_input import Finder, Tables, found, small, write

import minsheng as ms
from minsheng.cells import cell_fault
from minsheng.schema import schema

__all__ = ["found"]  # the fixture that holds `check`, `load` and the command to the same


def wrong(tmp_path: Path, table: str, row: int, **cells: Any) -> Path:
    """The small tables with some cells of one row replaced; rows count as in a spreadsheet."""
    tables = small()
    tables[table][row - 2] |= cells
    return write(tmp_path / "own", tables)


# ---- numbers as people and spreadsheets write them -----------------------------------------------------------------

NUMBERS = [
    ("９１５", "full_width", ["９１５", "915"]),
    ("９１５．５", "full_width", ["９１５．５", "915.5"]),
    ("1,915", "thousands", ["1,915", "1915"]),
    ("1，915", "thousands", ["1，915", "1915"]),
    ("9.15E+02", "exponent", ["9.15E+02"]),
    ("1e10", "exponent", ["1e10"]),
    ("九百一十五", "not_number", ["九百一十五"]),
    ("915元", "not_number", ["915元", "unit"]),
    ("0.576万", "not_number", ["0.576万"]),
    ("#N/A", "not_number", ["#N/A"]),
    ("nan", "not_number", ["nan"]),
    ("inf", "not_number", ["inf"]),
    ("٩١٥", "not_number", ["٩١٥"]),
    ("915.", "not_number", ["915."]),
    (" 915", "blanks", [" 915"]),
    ("915\u3000", "blanks", ["915"]),
    ("2024-09-01", "date", ["2024-09-01"]),
    ("2024/9/1", "date", ["2024/9/1"]),
    ("2024年9月1日", "date", ["2024年9月1日"]),
    ("9月1日", "date", ["9月1日"]),
    ("2024-09-01 00:00:00", "date", ["2024-09-01"]),
    ("1-Sep", "date", ["1-Sep"]),
    ("Sep-24", "date", ["Sep-24"]),
    ("1-Sep-24", "date", ["1-Sep-24"]),
    ("", "required", []),
]


def test_values_that_are_no_number(tmp_path: Path, found: Finder) -> None:
    tables = small()
    level = tables["figures"][1]
    tables["figures"] = [level | {"figure_id": f"N{i}", "value": text} for i, (text, _, _) in enumerate(NUMBERS)]
    folder = write(tmp_path / "own", tables)
    assert found(folder) == [(key, row, "value", "figures.csv") for row, (_, key, _) in enumerate(NUMBERS, start=2)]
    for fault, (_, _, words) in zip(found.faults, NUMBERS, strict=True):
        for lang in ("zh", "en"):
            assert [word for word in words if word not in fault.text(lang)] == [], fault.text(lang)


YEARS = [
    ("2024.0", "not_integer", "2024.0"),
    ("2024.5", "not_integer", "2024.5"),
    ("2024年", "not_integer", "2024年"),
    ("２０２４", "full_width", "2024"),
    ("2,024", "thousands", "2024"),
    ("2024/1/1", "date", "2024/1/1"),
    ("Jan-24", "date", "Jan-24"),
    ("1948", "too_small", "1949"),
    ("2101", "too_large", "2100"),
    ("20240101", "too_large", "20240101"),
]


def test_years_that_are_none(tmp_path: Path, found: Finder) -> None:
    tables = small()
    document = tables["documents"][0]
    more = [document | {"document_id": f"Y{i}", "year_printed": text} for i, (text, _, _) in enumerate(YEARS)]
    folder = write(tmp_path / "own", tables | {"documents": [document, *more]})
    assert found(folder) == [(key, row, "year_printed", "documents.csv") for row, (_, key, _) in enumerate(YEARS, start=3)]
    for fault, (_, _, word) in zip(found.faults, YEARS, strict=True):
        assert (word in fault.text("zh"), word in fault.text("en")) == (True, True), fault.text("en")


def test_items_that_excel_made_dates(tmp_path: Path, found: Finder) -> None:
    tables = small()
    dates = ["2024-09-01", "9月1日", "1-Sep", "Sep-01", "2024/9/1"]
    tables["items"] += [tables["items"][0] | {"item": text} for text in dates]
    assert found(write(tmp_path / "own", tables)) == [("date", row, "item", "items.csv") for row in range(4, 4 + len(dates))]


@pytest.mark.parametrize("text", ["1", "18", "9-1", "9-10"])
def test_an_item_as_printed_is_no_date(text: str) -> None:
    assert cell_fault(text, schema().tables["items"].field("item"), schema()) is None


# ---- other cells ---------------------------------------------------------------------------------------------------

CELLS = [
    ("documents", 2, {"title": ""}, "required", "title", []),
    ("documents", 2, {"kind": "notise"}, "not_in_vocabulary", "kind", ["notise", "notice"]),
    ("figures", 5, {"care": "institutionel"}, "not_in_vocabulary", "care", ["institutionel", "institutional"]),
    ("documents", 2, {"confidence": "-1"}, "too_small", "confidence", ["-1", "0"]),
    ("documents", 2, {"confidence": "101"}, "too_large", "confidence", ["101", "100"]),
    ("documents", 2, {"confidence": "97.5"}, "not_integer", "confidence", ["97.5"]),
    ("documents", 2, {"source_part": "0"}, "too_small", "source_part", ["0", "1"]),
    ("figures", 3, {"evidence": "自二〇二四年一月一日起月人均最低生活保障标准提高到915元"}, "too_long", "evidence", ["29", "25"]),
    ("documents", 2, {"source_sha256": "ABC"}, "pattern", "source_sha256", ["ABC", "[0-9a-f]{64}"]),
    ("regions", 3, {"gb2260": "44160"}, "pattern", "gb2260", ["44160"]),
    ("regions", 3, {"name": " 甲市"}, "blanks", "name", [" 甲市"]),
    ("figures", 3, {"evidence": "提高到915元\u3000"}, "blanks", "evidence", ["提高到915元"]),
    ("figures", 3, {"note": "\xa0"}, "blanks", "note", []),
    ("documents", 2, {"title": "甲市\x07清单"}, "control", "title", ["U+0007", "3"]),
    ("figures", 3, {"note": "\x1f注"}, "control", "note", ["U+001F", "1"]),
    ("figures", 3, {"note": "注\x85"}, "control", "note", ["U+0085", "2"]),
    ("items", 2, {"title": "题\uffff"}, "control", "title", ["U+FFFF", "2"]),
    ("documents", 2, {"confidence": "9\x087"}, "control", "confidence", ["U+0008", "2"]),
]  # fmt: skip


@pytest.mark.parametrize(("table", "row", "cells", "key", "column", "words"), CELLS)
def test_a_cell_against_its_column(
    tmp_path: Path, found: Finder, table: str, row: int, cells: dict[str, str], key: str, column: str, words: list[str]
) -> None:
    folder = wrong(tmp_path, table, row, **cells)
    assert found(folder) == [(key, row, column, f"{table}.csv")]
    found.says(key, *words)


@pytest.mark.parametrize("text", ["甲\t乙", "甲\n乙", "甲\u202e乙\u200f", "🙂", "�"])
def test_a_tab_a_new_line_and_a_mark_of_direction_are_no_control_characters(text: str) -> None:
    assert cell_fault(text, schema().tables["figures"].field("note"), schema()) is None


# ---- keys and rows against each other ------------------------------------------------------------------------------

ROWS = [
    ("documents", 2, {"region_id": "R22"}, "foreign_key", "region_id", ["R22", "regions", "R2"]),
    ("figures", 3, {"document_id": "D11"}, "foreign_key", "document_id", ["D11", "documents", "D1"]),
    ("figures", 5, {"indicator_id": "multipel"}, "foreign_key", "indicator_id", ["multipel", "indicators", "multiple"]),
    ("indicators", 2, {"base_id": "multipl"}, "foreign_key", "base_id", ["multipl", "indicators", "multiple"]),
    ("indicators", 3, {"reference_id": "nationale_a"}, "foreign_key", "reference_id", ["nationale_a", "national_a"]),
    ("regions", 3, {"parent_id": "R11"}, "foreign_key", "parent_id", ["R11", "regions", "R1"]),
    ("figures", 3, {"item": "3"}, "no_such_item", "item", ["D1", "3", "1, 2"]),
    ("figures", 3, {"value": "916"}, "not_in_evidence", "value", ["916", "提高到915元"]),
    ("figures", 5, {"value_max": "1.7"}, "not_in_evidence", "value_max", ["1.7", "1.3至1.6倍", "1.3, 1.6"]),
    ("figures", 3, {"evidence": "提高"}, "not_in_evidence", "value", ["915", "提高"]),
    ("figures", 3, {"unit": "人"}, "unit_not_allowed", "unit", ["dibao", "人", "元"]),
    ("figures", 3, {"per": "household"}, "per_not_allowed", "per", ["household", "person-month, person-year"]),
    ("figures", 3, {"per": ""}, "per_not_allowed", "per", ["dibao", "person-month"]),
    ("figures", 5, {"per": "year"}, "per_not_allowed", "per", ["multiple", "year", "–"]),
    ("figures", 4, {"unit": "元"}, "rate_unit", "unit", ["元", "%"]),
    ("figures", 5, {"value": "1.6", "value_max": "1.3"}, "upside_down", "value_max", ["1.6", "1.3"]),
    ("figures", 2, {"year": "2024"}, "baseline_late", "year", ["2024"]),
    ("figures", 2, {"year": "2025"}, "baseline_late", "year", ["2025", "2024"]),
    ("regions", 2, {"parent_id": "R1"}, "circular_parent", "parent_id", ["甲省", "parent_id"]),
]  # fmt: skip


@pytest.mark.parametrize(("table", "row", "cells", "key", "column", "words"), ROWS)
def test_a_row_against_the_others(
    tmp_path: Path, found: Finder, table: str, row: int, cells: dict[str, str], key: str, column: str, words: list[str]
) -> None:
    folder = wrong(tmp_path, table, row, **cells)
    assert found(folder) == [(key, row, column, f"{table}.csv")]
    found.says(key, *words)


@pytest.mark.parametrize(
    ("table", "column", "key"),
    [
        ("figures", "figure_id", "F1"),
        ("items", "item", "D1 + 1"),
        ("reference", "year", "national_a + 2023"),
        ("documents", "document_id", "D1"),
        ("regions", "region_id", "R1"),
        ("indicators", "indicator_id", "dibao"),
    ],
)
def test_a_key_that_is_there_already(tmp_path: Path, found: Finder, table: str, column: str, key: str) -> None:
    tables = small()
    tables[table].append(dict(tables[table][0]))
    folder = write(tmp_path / "own", tables)
    assert found(folder) == [("duplicate_key", len(tables[table]) + 1, column, f"{table}.csv")]
    found.says("duplicate_key", key, f"{table}.csv:2")


def test_a_value_outside_its_vocabulary_and_its_indicator_is_both(tmp_path: Path, found: Finder) -> None:
    folder = wrong(tmp_path, "figures", 3, per="person-mouth")
    assert sorted(found(folder)) == [(f"{k}", 3, "per", "figures.csv") for k in ("not_in_vocabulary", "per_not_allowed")]
    found.says("not_in_vocabulary", "person-mouth", "person-month")


def test_a_unit_with_a_number_in_it_is_told_with_what_its_value_has_to_be_multiplied_by(tmp_path: Path, found: Finder) -> None:
    assert ("many_units", 3, "unit", "figures.csv") in found(wrong(tmp_path, "figures", 3, unit="万元"))
    found.says("many_units", "10000", "元")


def test_a_unit_that_is_none_in_the_list_of_an_indicator(tmp_path: Path, found: Finder) -> None:
    folder = wrong(tmp_path, "indicators", 2, per="person-month;person-yeer;person-year")
    assert found(folder) == [("not_in_vocabulary", 2, "per", "indicators.csv")]
    found.says("not_in_vocabulary", "person-yeer", "person-year")


def test_two_faults_of_one_cell_are_both_told(tmp_path: Path, found: Finder) -> None:
    folder = wrong(tmp_path, "indicators", 2, reference_id="nationale_a;nationale_b")
    assert found(folder) == [("foreign_key", 2, "reference_id", "indicators.csv")] * 2
    assert {fault.values["text"] for fault in found.faults} == {"nationale_a", "nationale_b"}


def test_a_negative_value_is_below_its_limit_and_not_in_its_evidence(tmp_path: Path, found: Finder) -> None:
    faults = found(wrong(tmp_path, "figures", 3, value="-915"))
    assert sorted(faults) == [(key, 3, "value", "figures.csv") for key in ("not_in_evidence", "too_small")]


def circle(tables: Tables) -> None:
    tables["regions"][0]["parent_id"] = "R2"


def child_of_a_circle(tables: Tables) -> None:
    tables["regions"][0]["parent_id"] = "R1"


@pytest.mark.parametrize(("change", "rows"), [(circle, [2, 3]), (child_of_a_circle, [2])])
def test_parents_in_a_circle_are_told_of_those_in_it(tmp_path: Path, found: Finder, change: Any, rows: list[int]) -> None:
    tables = small()
    change(tables)
    assert found(write(tmp_path / "own", tables)) == [("circular_parent", row, "parent_id", "regions.csv") for row in rows]


def test_a_figure_in_a_document_without_items_says_so(tmp_path: Path, found: Finder) -> None:
    tables = small()
    tables["documents"].append(tables["documents"][0] | {"document_id": "D2"})
    tables["figures"][1]["document_id"] = "D2"
    assert found(write(tmp_path / "own", tables)) == [("no_such_item", 3, "item", "figures.csv")]


def test_a_key_into_an_empty_table_says_so(tmp_path: Path, found: Finder) -> None:
    folder = write(tmp_path / "own", small() | {"reference": []})
    assert found(folder) == [("foreign_key", 2, "reference_id", "indicators.csv")] * 2


def test_more_than_twenty_faults_are_counted_and_kept(tmp_path: Path) -> None:
    tables = small()
    tables["figures"] = [tables["figures"][1] | {"figure_id": f"G{i}", "value": "x"} for i in range(30)]
    with pytest.raises(ms.FaultsFound) as raised:
        ms.load(write(tmp_path / "own", tables))
    assert len(raised.value.faults) == 30
    for lang in ("zh", "en"):
        lines = raised.value.text(lang).split("\n")
        assert len(lines) == 22  # a count, twenty faults, how many more
        assert ("30" in lines[0], "10" in lines[-1]) == (True, True)
