"""What differs between two sets of tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from test_bad_input import small, write

import minsheng as ms
from minsheng.changes import changes
from minsheng.files import read_folder

Texts = dict[str, pd.DataFrame]


@pytest.fixture
def old(tmp_path: Path) -> Texts:
    return read_folder(write(tmp_path / "old", small()))[0]


def after(tmp_path: Path, **tables: list[dict[str, str]]) -> Texts:
    return read_folder(write(tmp_path / "new", small() | tables))[0]


def lines(old: Texts, new: Texts) -> list[list[str]]:
    return changes(old, new).values.tolist()


def test_the_same_rows_in_another_order_are_no_difference(old: Texts) -> None:
    assert lines(old, {name: table[::-1] for name, table in reversed(old.items())}) == []


def test_a_changed_cell_has_its_old_and_new_value(old: Texts, tmp_path: Path) -> None:
    figures = small()["figures"]
    figures[1] |= {"value": "920", "note": "更正"}
    assert lines(old, after(tmp_path, figures=figures)) == [
        ["figures", "F2", "value", "changed", "915", "920"],
        ["figures", "F2", "note", "changed", "", "更正"],
    ]


def test_each_filled_cell_of_an_added_row_is_told_and_its_key_joins_the_columns(old: Texts, tmp_path: Path) -> None:
    items = small()["items"]
    items.insert(0, {"document_id": "D1", "item": "9-1", "title": "孤儿", "topic": "children"})
    assert lines(old, after(tmp_path, items=items)) == [
        ["items", "D1 + 9-1", column, "added", "", text] for column, text in items[0].items()
    ]


def test_each_filled_cell_of_a_removed_row_is_told(old: Texts, tmp_path: Path) -> None:
    regions = small()["regions"]
    gone = regions.pop()
    assert lines(old, after(tmp_path, regions=regions)) == [
        ["regions", "R2", column, "removed", text, ""] for column, text in gone.items() if text
    ]


def test_a_table_that_is_not_there_has_no_rows(old: Texts) -> None:
    without = {name: table for name, table in old.items() if name != "reference"}
    assert set(changes(old, without)["kind"]) == {"removed"}
    assert set(changes(without, old)["key"]) == {"national_a + 2023", "national_b + 2023"}


def test_a_key_that_is_there_twice_is_refused(old: Texts) -> None:
    twice = old | {"regions": pd.concat([old["regions"], old["regions"][:1]])}
    with pytest.raises(ms.Refused, match=r"R1.*regions|regions.*R1"):
        changes(old, twice)
