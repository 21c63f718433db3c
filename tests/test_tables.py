"""The bundled tables: whole, true to what is known of the documents, described, and proved against their sources."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from conftest import SOURCES, need
from test_bad_input import Tables, as_xlsx, grid, small, write

import minsheng as ms
from minsheng.numerals import printed_values
from minsheng.places import bundled
from minsheng.schema import schema
from minsheng.tables import Dataset

FACTS = SOURCES.parent / "facts"

# document: items, true year, its basis, how sure (in %), stage, place
DOCUMENTS = {
    "000": (14, 2024, "printed", 98, "draft", "441602"),
    "001": (14, 2025, "printed", 97, "draft", "441600"),
    "002-1": (51, 2021, "assessed", 97, "adopted", "360000"),
    "002-2": (51, 2021, "assessed", 85, "adopted", "361002"),
    "002-3": (4, 2018, "assessed", 75, "in_progress", "520500"),
    "002-4": (11, 2014, "assessed", 70, "completed", "510000-T1"),
    "002-5": (2, 2011, "assessed", 95, "in_progress", "340711"),
    "003": (20, 2023, "printed", 99, "adopted", "370103"),
    "004": (50, 2024, "printed", 97, "adopted", "340400"),
    "guangdong_2022": (10, 2022, "printed", 95, "adopted", "440000"),
    "guangdong_2023": (10, 2023, "printed", 95, "adopted", "440000"),
    "guangdong_2024": (10, 2024, "printed", 95, "adopted", "440000"),
    "guangzhou_2025": (2, 2025, "printed", 99, "adopted", "440100"),
    "shanxi_2021": (2, 2021, "printed", 95, "adopted", "140000"),
}
ADDITIONAL = [name for name in DOCUMENTS if not name[0].isdigit()]

# indicator: grade or cause, value and evidence of a figure whose number was overwritten by a year
DAMAGED = {
    "martyr_family_pension": ("病故军人遗属", 2024.5, "2024.5元"),
    "three_supports_recruits": (None, 2024.0, "2024名"),
    "free_cultural_venues": (None, 2024.0, "2024个"),
    "rural_road_safety": (None, 2024.0, "2024公里"),
}

# Monthly standards of disabled veterans by grade; war, duty, illness. From grade seven there is none for illness.
DISABLED_VETERANS = {
    "一级": (8080.8, 7825.8, 7569.2),
    "二级": (7312.5, 6928.3, 6669.2),
    "三级": (6416.7, 6030.0, 5647.5),
    "四级": (5259.2, 4747.5, 4362.5),
    "五级": (4107.5, 3591.7, 3335.8),
    "六级": (3209.2, 3036.7, 2565.0),
    "七级": (2439.2, 2183.3),
    "八级": (1540.0, 1410.0),
    "九级": (1279.2, 1027.5),
    "十级": (898.3, 768.3),
}


def text_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_document_has_all_its_items(data: Dataset) -> None:
    assert Counter(data.items["document_id"]) == {name: facts[0] for name, facts in DOCUMENTS.items()}


@pytest.mark.parametrize(
    ("document", "items"),
    [("002-3", ["1", "5", "6", "7"]), ("002-4", [*(f"9-{i}" for i in range(1, 11)), "18"])]
    + [(name, [str(i + 1) for i in range(n)]) for name, (n, *_) in DOCUMENTS.items() if n in (14, 51, 20, 50, 10)],
)
def test_items_are_numbered_as_printed(data: Dataset, document: str, items: list[str]) -> None:
    assert data.items.loc[data.items["document_id"] == document, "item"].tolist() == items


def test_every_document_has_its_true_year_place_and_doubt(data: Dataset) -> None:
    columns = ["year", "year_basis", "confidence", "stage", "region_id"]
    rows = data.documents.set_index("document_id")[columns]
    assert {str(name): tuple(row) for name, *row in rows.itertuples()} == {n: facts[1:] for n, facts in DOCUMENTS.items()}


def test_no_figure_of_file_002_is_later_than_the_true_year_of_its_document(data: Dataset) -> None:
    ours = data.figures[data.figures["document_id"].str.startswith("002-")]
    latest = ours.groupby("document_id")["year"].max()
    assert [name for name, year in latest.items() if year > DOCUMENTS[str(name)][1]] == []


def test_there_are_as_many_figures_as_the_documents_print(data: Dataset) -> None:
    by_document = Counter(data.figures["document_id"])
    assert {name: by_document[name] for name in ADDITIONAL} == {
        "guangdong_2022": 85, "guangdong_2023": 55, "guangdong_2024": 68, "guangzhou_2025": 14, "shanxi_2021": 17
    }  # 239 in all  # fmt: skip
    nine = data.figures[~data.figures["document_id"].isin(ADDITIONAL)]
    assert 525 <= len(nine) <= 650  # about 550 distinct ones, and a row each where one number is of two benefits
    assert 165 <= (nine["unit"] == "元").sum() <= 230  # about 175


def test_the_disabled_veterans_have_a_row_for_each_grade_and_cause(data: Dataset) -> None:
    rows = data.figures[data.figures["indicator_id"] == "disabled_soldier_pension"]
    expected = {
        f"{grade}{cause}": value
        for grade, values in DISABLED_VETERANS.items()
        for cause, value in zip(("因战", "因公", "因病"), values, strict=False)
    }
    assert len(expected) == 26
    assert rows.set_index("recipient")["value"].to_dict() == expected
    assert (set(rows["document_id"]), set(rows["item"]), set(rows["per"])) == ({"002-2"}, {"17"}, {"person-month"})


# ---- damage --------------------------------------------------------------------------------------------------------


def test_damaged_figures_stay_as_printed_and_are_marked(data: Dataset) -> None:
    rows = data.figures[data.figures["quality"] == "damaged"].set_index("indicator_id")
    assert sorted(rows.index) == sorted(DAMAGED)
    for indicator, (recipient, value, printed) in DAMAGED.items():
        row = rows.loc[indicator]
        assert (row["recipient"] if recipient else None, row["value"]) == (recipient, value)
        assert printed in row["evidence"]
        assert isinstance(row["note"], str)


def test_no_figure_of_file_002_equals_the_substituted_year_unmarked(data: Dataset) -> None:
    ours = data.figures[data.figures["document_id"].str.startswith("002-")]
    overwritten = ours[(ours["value"] // 1).between(2000, 2099) & (ours["unit"] != "%")]
    assert set(overwritten["value"] // 1) == {2024.0}
    assert set(overwritten["quality"]) == {"damaged"}


@pytest.mark.parametrize("indicator", DAMAGED)
def test_damaged_figures_are_in_no_comparison(data: Dataset, indicator: str) -> None:
    broken = set(data.figures.loc[data.figures["quality"] == "damaged", "figure_id"])
    levels = ms.standards(data)
    by = ["residence", "care", "recipient"]
    for rows in (*(ms.across(levels, indicator, year, by=by) for year in (2021, 2024)), ms.over_years(levels, indicator, by=by)):
        assert broken.isdisjoint(one for cell in rows["figures"] for one in cell.split(";"))
        assert DAMAGED[indicator][1] not in set(rows["value"])


# ---- evidence ------------------------------------------------------------------------------------------------------


def test_each_evidence_is_short_and_holds_its_values(data: Dataset) -> None:
    rows = text_rows(bundled("data") / "figures.csv")
    assert len(rows) == len(data.figures)
    assert [row["figure_id"] for row in rows if not 1 <= len(row["evidence"]) <= 25] == []
    for column in ("value", "value_max"):
        held = [{float(one) for one in printed_values(row["evidence"])} for row in rows]
        assert [r["figure_id"] for r, there in zip(rows, held, strict=True) if r[column] and float(r[column]) not in there] == []


# ---- against the facts beside the project --------------------------------------------------------------------------


def test_the_figures_of_the_additional_documents_are_the_given_ones() -> None:
    need(FACTS.is_dir(), "../shared/facts")
    columns = ["value", "value_max", "unit", "year", "role", "evidence"]
    given = Counter(
        (row["document"], row["item_no"], *(row[c] for c in columns)) for row in text_rows(FACTS / "additional_figures.csv")
    )
    ours = Counter(
        (row["document_id"], row["item"], *(row[c] for c in columns))
        for row in text_rows(bundled("data") / "figures.csv")
        if row["document_id"] in ADDITIONAL
    )
    assert sum(given.values()) == 239
    assert (given - ours, ours - given) == (Counter(), Counter())


def test_the_reference_is_the_national_series_and_no_year_more() -> None:
    need(FACTS.is_dir(), "../shared/facts")
    units = {"CNY": "元", "index (previous year = 100)": "指数"}
    columns = ["year", "value", "per", "status", "issuer", "document_number"]
    given = [(row["series"], units[row["unit"]], *(row[c] for c in columns)) for row in text_rows(FACTS / "national_series.csv")]
    ours = [
        (row["reference_id"], row["unit"], *(row[c] for c in columns)) for row in text_rows(bundled("data") / "reference.csv")
    ]
    assert sorted(ours) == sorted(given)


def test_every_evidence_stands_in_its_document() -> None:
    need(SOURCES.is_dir(), "../shared/sources")
    found = ms.verify(SOURCES)
    assert [fault.text("en") for fault in found.faults] == []
    assert (found.documents, sorted(found.skipped)) == (9, sorted(ADDITIONAL))
    assert found.held == len(ms.load().figures) - 239


@pytest.fixture
def made_up(tmp_path: Path, data: Dataset) -> tuple[Path, Dataset]:
    """Document 003 alone, with a text made of the evidences of its figures."""
    document, items, figures = (table[table["document_id"] == "003"] for table in (data.documents, data.items, data.figures))
    lines = []
    for item in items["item"]:
        lines.append(f"{item}.某事项")
        lines += figures.loc[figures["item"] == item, "evidence"].tolist()
    text = "\n".join([*lines, ""])
    (tmp_path / document["source_file"].iloc[0]).write_text(text, encoding="utf-8", newline="")
    document = document.assign(source_sha256=sha256(text.encode()).hexdigest())
    return tmp_path, replace(data, documents=document, items=items, figures=figures)


def test_a_document_that_holds_every_evidence_is_clean(made_up: tuple[Path, Dataset]) -> None:
    folder, tables = made_up
    found = ms.verify(folder, tables)
    assert (found.faults, found.documents, found.held) == ([], 1, len(tables.figures))


def wrong_figure(tables: Dataset, **cells: Any) -> tuple[Dataset, str]:
    figures = tables.figures.reset_index(drop=True)
    figures.loc[0, list(cells)] = list(cells.values())
    return replace(tables, figures=figures), str(figures.loc[0, "figure_id"])


@pytest.mark.parametrize(
    ("cells", "key", "words"),
    [
        ({"evidence": "九千九百九十九户"}, "verify.not_found", ["九千九百九十九户", "003"]),
        ({"item": "20"}, "verify.elsewhere", ["20", "003"]),
        ({"item": "77"}, "verify.no_item", ["77", "003", "anchor"]),
    ],
)
def test_a_figure_that_its_document_does_not_print_is_found(
    made_up: tuple[Path, Dataset], cells: dict[str, str], key: str, words: list[str]
) -> None:
    folder, tables = made_up
    damaged, figure = wrong_figure(tables, **cells)
    (fault,) = ms.verify(folder, damaged).faults
    assert (fault.file, fault.column, fault.key) == ("figures.csv", figure, key)
    for lang in ("zh", "en"):
        assert [word for word in words if word not in fault.text(lang)] == []


def test_a_changed_text_is_found(made_up: tuple[Path, Dataset]) -> None:
    folder, tables = made_up
    (path,) = folder.iterdir()
    path.write_bytes(path.read_bytes() + b"\n")
    (fault,) = ms.verify(folder, tables).faults
    assert (fault.key, fault.file, fault.column) == ("verify.other_text", "documents.csv", "003")
    assert path.name in fault.text("en")


def test_sources_that_are_not_there_are_refused_and_documents_without_text_are_told(tmp_path: Path) -> None:
    with pytest.raises(ms.Refused, match="nowhere"):
        ms.verify(tmp_path / "nowhere")
    assert ms.verify(tmp_path).skipped == list(DOCUMENTS)


# ---- the descriptor ------------------------------------------------------------------------------------------------


def test_frictionless_finds_the_tables_valid() -> None:
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.Package(str(bundled("data") / "datapackage.json")).validate()
    assert (report.valid, [task.name for task in report.tasks]) == (True, list(schema().tables)), report.flatten()


def test_every_column_is_told_in_chinese_and_english() -> None:
    known = schema()
    bare = [
        (table.name, field.name)
        for table in known.tables.values()
        for field in table.fields
        if not all((field.title, field.title_en, field.description, field.description_en))
    ]
    assert bare == []
    names = [table.heading(lang) for table in known.tables.values() for lang in ("zh", "en")]
    assert all(names)
    words = [code[lang] for codes in known.vocabularies.values() for code in codes.values() for lang in ("zh", "en")]
    assert all(words)


def test_the_allowed_values_of_a_column_are_its_vocabulary() -> None:
    raw = json.loads((bundled("data") / "datapackage.json").read_text(encoding="utf-8"))
    fields = [field for table in raw["resources"] for field in table["schema"]["fields"]]
    enums = {f["name"]: (f.get("vocabulary"), f["constraints"]["enum"]) for f in fields if "enum" in f.get("constraints", {})}
    assert {vocabulary for vocabulary, _ in enums.values()} == set(raw["vocabularies"])
    for name, (vocabulary, enum) in enums.items():
        assert enum == list(raw["vocabularies"][vocabulary]), name
    assert all(field["name"] in enums for field in fields if "vocabulary" in field)


# ---- tables of one's own -------------------------------------------------------------------------------------------


def own_document() -> Tables:
    """One more document of a place that is known, with an indicator that is known."""
    tables = {name: rows for name, rows in small().items() if name in ("documents", "items", "figures")}
    tables["documents"][0]["region_id"] = "441602"
    tables["figures"] = [row | {"indicator_id": "dibao_standard", "residence": "urban"} for row in tables["figures"][:2]]
    return tables


def written(kind: str, where: Path, tables: Tables) -> Path:
    if kind == "csv":
        return write(where, tables)
    where.mkdir()
    if kind == "one workbook":
        as_xlsx(where / "mine.xlsx", {name: grid(name, rows) for name, rows in tables.items()})
        return where / "mine.xlsx"
    for name, rows in tables.items():
        as_xlsx(where / f"{name}.xlsx", {"Sheet1": grid(name, rows)})
    return where


@pytest.mark.parametrize("kind", ["csv", "xlsx", "one workbook"])
def test_a_document_of_ones_own_is_added(tmp_path: Path, data: Dataset, kind: str) -> None:
    where = written(kind, tmp_path / "own", own_document())
    assert ms.check(where) == []
    whole = ms.load(where)
    grown = {name: len(table) - len(data.tables()[name]) for name, table in whole.tables().items()}
    assert {name: more for name, more in grown.items() if more} == {"documents": 1, "items": 2, "figures": 2}
    rows = ms.standards(whole)
    mine = rows[rows["document_id"] == "D1"].set_index("year")["value"]
    assert mine.to_dict() == {2023: 897.0, 2024: 915.0}


@pytest.mark.parametrize("kind", ["csv", "xlsx", "one workbook"])
def test_six_tables_of_ones_own_are_used_instead(tmp_path: Path, data: Dataset, kind: str) -> None:
    where = written(kind, tmp_path / "own", small())
    sizes = {"documents": 1, "regions": 2, "items": 2, "indicators": 2, "figures": 4, "reference": 2}
    sizes |= {"cases": 0, "case_parts": 0}  # which nobody needs
    assert {name: len(table) for name, table in ms.load(where).tables().items()} == sizes
    both = ms.load(where, instead=False).tables()
    assert {name: len(table) - sizes[name] for name, table in both.items()} == {n: len(t) for n, t in data.tables().items()}


def test_part_of_the_tables_alone_is_refused_when_it_is_to_stand_alone(tmp_path: Path) -> None:
    where = write(tmp_path / "own", own_document())
    missing = [(fault.file, fault.key) for fault in ms.check(where, instead=True)]
    assert missing == [(f"{name}.csv", "fault.missing_table") for name in ("indicators", "reference", "regions")]


# ---- the bundled tables are read once ------------------------------------------------------------------------------


def test_what_a_user_does_to_loaded_tables_does_not_reach_the_next_who_loads_them(data: Dataset) -> None:
    mine = ms.load()
    mine.figures.loc[0, "value"] = -1.0
    mine.regions["mine"] = 1
    assert ms.load().figures.loc[0, "value"] == data.figures.loc[0, "value"] != -1.0
    assert "mine" not in ms.load().regions


def test_bundled_tables_that_changed_are_read_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(bundled("data"), tmp_path / "data"))
    monkeypatch.setattr("minsheng.files.bundled", lambda _: copy)
    before = ms.load()
    lines = (copy / "figures.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (copy / "figures.csv").write_text("".join(lines[:-1]), encoding="utf-8")
    assert len(ms.load().figures) == len(before.figures) - 1
