"""Any tables go out to Excel and come back the same; any damage is told or does no harm. Never a traceback."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from test_bad_input import Rows, as_csv, grid, small, write

import minsheng as ms
from minsheng.ledger import HEADER, write_ledger
from minsheng.marking import write_marked
from minsheng.merging import offer
from minsheng.merging import write as put_back
from minsheng.schema import Field, schema

SPEC = schema()
QUICK = settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.explicit, Phase.generate],
)

words = some.text(
    some.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn"), include_characters="\n\t"), max_size=20
).map(str.strip)
likely = some.sampled_from(["9-1", "001", "1e5", "=1", "#N/A", "TRUE", "'", "_x0041_", "a\r\nb", "1.0E+10", "２"])
digits = some.integers(0, 10**18).map(str) | some.decimals(0, 10**11, places=3, allow_nan=False).map(lambda value: f"{value:f}")


def cell(field: Field) -> some.SearchStrategy[str]:
    """Any text that a column that says nothing of its content may hold."""
    return some.just("") | words.filter(lambda text: not field.max_length or len(text) <= field.max_length) | likely


@some.composite
def rows(draw: Any, name: str, free: tuple[str, ...]) -> Rows:
    """The rows of a small table in any order, with anything in its free columns."""
    fields = [field for field in SPEC.tables[name].fields if field.name in free]
    return [row | {field.name: draw(cell(field)) for field in fields} for row in draw(some.permutations(small()[name]))]


tables = some.fixed_dictionaries(
    {
        "documents": rows("documents", ("issuer", "note")),
        "regions": rows("regions", ("note",)),
        "items": rows("items", ("section", "lead")),
        "indicators": rows("indicators", ("definition",)),
        "figures": rows("figures", ("locator", "recipient", "note")),
        "reference": rows("reference", ("derivation", "title")),
    }
)


@QUICK
@given(tables, digits)
def test_any_tables_out_and_back_are_the_same(own: dict[str, Rows], number: str) -> None:
    own["reference"][0]["value"] = number
    with TemporaryDirectory() as name:
        folder = write(Path(name) / "own", own)
        assert ms.check(folder) == []
        write_ledger(Path(name) / "book.xlsx", str(folder))
        found = offer(Path(name) / "book.xlsx", folder)
        assert (found.faults, found.changes.to_numpy().tolist()) == ([], [])
        # Into a folder with nothing but the descriptor's tables, all that is in the workbook is written.
        empty = write(Path(name) / "empty", {table: [] for table in own} | {"regions": own["regions"]})
        put_back(offer(Path(name) / "book.xlsx", empty))
        for table, cells in own.items():
            assert (empty / f"{table}.csv").read_bytes().decode() == as_csv(grid(table, cells))


junk = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(-(10**18), 10**18),
    some.floats(allow_nan=False, allow_infinity=False),
    some.dates().filter(lambda day: day.year >= 1900),
    some.times(),
    some.text(some.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=30),
    some.sampled_from(["=1+1", "#REF!", "９１５", "1,915", "9-1", "6000-19500", " 915 ", "figure_id", "value"]),
)
place = some.tuples(some.sampled_from(list(SPEC.core)), some.integers(1, HEADER + 5), some.integers(1, 24))
damage = some.one_of(
    some.tuples(some.just("put"), place, junk),
    some.tuples(some.just("delete_rows"), place, some.integers(1, 3)),
    some.tuples(some.just("insert_rows"), place, some.integers(1, 3)),
    some.tuples(some.just("delete_cols"), place, some.integers(1, 3)),
    some.tuples(some.just("insert_cols"), place, some.integers(1, 3)),
    some.tuples(some.just("merge"), place, some.integers(1, 3)),
    some.tuples(some.just("gone"), place, some.none()),
)


def harm(book: Any, kind: str, where: tuple[str, int, int], what: Any) -> None:
    name, row, column = where
    if name not in book.sheetnames:
        return
    page = book[name]
    if kind == "put":
        if type(page.cell(row, column)) is openpyxl.cell.Cell:
            page.cell(row, column).value = what
    elif kind == "merge":
        page.merge_cells(start_row=row, end_row=row + what, start_column=column, end_column=column)
    elif kind == "gone":
        del book[name]
    elif not page.merged_cells.ranges:
        getattr(page, kind)(row if "rows" in kind else column, what)


@QUICK
@given(some.lists(damage, min_size=1, max_size=4))
def test_any_damage_is_told_or_does_no_harm(done: list[tuple[str, tuple[str, int, int], Any]]) -> None:
    with TemporaryDirectory() as name:
        folder = write(Path(name) / "own", small())
        path = Path(name) / "book.xlsx"
        write_ledger(path, str(folder))
        book = openpyxl.load_workbook(path)
        for one in done:
            harm(book, *one)
        book.save(path)
        ms.check(path)
        found = offer(path, folder, remove=True)
        if found.faults:
            assert found.changes.empty
            for fault in found.faults:
                assert not re.search(r"\{[a-z_]+\}", fault.text("zh") + fault.text("en"))
            assert openpyxl.load_workbook(write_marked(path, found.faults)).sheetnames
        else:
            put_back(found)
            assert ms.check(folder) == []
            assert offer(path, shutil.copytree(folder, Path(name) / "again"), remove=True).changes.empty
