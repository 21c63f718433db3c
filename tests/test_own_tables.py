"""Tables of one's own: an invented county beside the bundled tables, in charts, reports and files, and what clashes."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import shutil
from pathlib import Path

import openpyxl
import pytest
from conftest import ROOT

import minsheng as ms
from minsheng.changes import changes
from minsheng.cli import main
from minsheng.ledger import write_ledger
from minsheng.package import package
from minsheng.tables import Dataset
from minsheng.versions import version
from minsheng.workbook import workbook

EXAMPLE = ROOT / "docs" / "example"
COUNTY, DOCUMENT = "yunxi", "yunxi_2026"

Rows = list[dict[str, str]]


def rows_of(name: str, folder: Path = EXAMPLE) -> Rows:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(folder: Path, **tables: Rows) -> Path:
    """Tables with just the columns that their rows have."""
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, list(rows[0]))
            out.writeheader()
            out.writerows(rows)
    return folder


def figure(**cells: str) -> dict[str, str]:
    """A figure of a bundled document of 源城区, which prints 915 for urban Dibao in item 6."""
    plain = {"figure_id": "own-1", "document_id": "000", "item": "6", "indicator_id": "dibao_standard", "residence": "urban"}
    plain |= {"care": "all", "role": "level", "modality": "exact", "statistic": "standard", "value": "930", "unit": "元"}
    return plain | {"per": "person-month", "year": "2025", "quality": "ok", "evidence": "930元"} | cells


@pytest.fixture(scope="session")
def whole() -> Dataset:
    """The bundled tables with the example beside them."""
    return ms.load(EXAMPLE)


@pytest.fixture(scope="session")
def seen(whole: Dataset) -> ms.View:
    return ms.view(2026, tables=whole, lang="en")


# ---- the example -------------------------------------------------------------------------------------------------------


def test_the_example_is_marked_as_invented_wherever_it_is_read() -> None:
    (region,), (document,) = rows_of("regions"), rows_of("documents")
    assert all("虚构" in document[one] for one in ("title", "issuer", "note"))
    assert ("虚构" in region["name"], "invented" in region["name_en"], "gb2260" in region) == (True, True, False)
    assert all("虚构" in row["name"] and "invented" in row["name_en"] for row in rows_of("reference"))


def test_the_example_is_added_though_it_holds_all_six_tables(whole: Dataset, data: Dataset) -> None:
    grown = {name: len(table) - len(data.tables()[name]) for name, table in whole.tables().items()}
    given = ("documents", "regions", "items", "indicators", "figures", "reference")
    assert {name: more for name, more in grown.items() if more} == {name: len(rows_of(name)) for name in given}


def as_workbook(folder: Path) -> Path:
    """The example as one workbook as a spreadsheet user has it: other order of sheets, rows and columns, typed numbers."""
    book = openpyxl.Workbook()
    for name in ("figures", "vocabularies", "reference", "regions", "indicators", "items", "documents"):
        sheet, rows = book.create_sheet(name), rows_of(name)[::-1]
        columns = [column for column in list(rows[0])[::-1] if any(row[column] for row in rows)]
        sheet.append(columns)
        for row in rows:
            sheet.append([float(cell) if re.fullmatch(r"\d{2,}", cell := row[one]) else cell or None for one in columns])
    path = folder / "mine.xlsx"
    book.save(path)
    return path


def test_one_workbook_sorted_otherwise_says_the_same(tmp_path: Path, whole: Dataset) -> None:
    assert ms.load(as_workbook(tmp_path)).digest() == whole.digest()


def test_the_standards_of_the_example_by_hand(whole: Dataset) -> None:
    rows = ms.standards(whole)
    mine = rows[rows["region_id"] == COUNTY]
    dibao = mine[mine["indicator_id"] == "dibao_standard"].set_index(["residence", "year"])["value"].to_dict()
    # Printed: urban 880 before and 910; rural 720 after a rise of 40, so 720 − 40 = 680 the year before.
    assert dibao == {("urban", 2025): 880.0, ("urban", 2026): 910.0, ("rural", 2025): 680.0, ("rural", 2026): 720.0}
    premium = ms.growth(mine[mine["indicator_id"] == "supplementary_premium"]).iloc[0]
    assert (premium["change"], premium["growth"]) == (18.0, pytest.approx(20.0))  # 108 − 90; 18 / 90
    share = ms.against_reference(whole, mine[mine["indicator_id"] == "supplementary_premium"]).set_index("year")["share"]
    assert share.to_dict() == {2025: pytest.approx(90.0), 2026: pytest.approx(90.0)}  # 90 / 100 and 108 / 120
    assert list(ms.across(rows, "supplementary_premium", 2026)["region_id"]) == [COUNTY]


def test_words_of_ones_own_are_read_in_both_languages(seen: ms.View, whole: Dataset) -> None:
    zh = ms.view(2026, tables=whole)
    assert [one.label("topic", "supplementary_insurance") for one in (zh, seen)] == [
        "补充医疗保险",
        "supplementary medical insurance",
    ]
    assert (zh.unit("餐", ""), seen.unit("餐", "")) == ("餐", "meals")
    assert seen.recipient("80周岁以上独居老人") == "aged 80 and over and living alone"
    assert ms.view(2024, lang="en").label("topic", "supplementary_insurance") == "supplementary_insurance", "not for others"


def test_an_own_indicator_can_be_drawn(seen: ms.View) -> None:
    ms.use_style()
    rows = ms.in_force(seen.data, seen.levels, ["elderly_care"], 2026).query("region_id == @COUNTY")
    assert sorted(rows["value"]) == [4.0, 6.0]
    chart = ms.charts.by_place(rows, seen, split="recipient", name="own")
    assert "aged 80 and over and living alone" in chart.alt + str(chart.rows)


# ---- everything that is printed is on some page --------------------------------------------------------------------------


PAGES = {"low_income_support": "i1-02", "medical_insurance": "i2-01", "works": "i3-01", "others": "i4-02"}
"""The page on which a figure of each item of the example is to be found."""


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the commands of the how-to make: reports of a year that only the example has (of `PAGES` alone, to be quick)."""
    out = tmp_path_factory.mktemp("own")
    text = (ROOT / "docs" / "zh" / "howto" / "own-tables.md").read_text(encoding="utf-8")
    commands = [shlex.split(line) for line in re.findall(r"^ +minsheng (.*)$", text, re.MULTILINE)]
    assert [words[0] for words in commands] == ["check", "diff", "report"]
    english = (ROOT / "docs" / "en" / "howto" / "own-tables.md").read_text(encoding="utf-8")
    same = [shlex.split(line) for line in re.findall(r"^ +minsheng (.*) --lang en$", english, re.MULTILINE)]
    assert same == commands
    topics = [word for name in PAGES for word in ("--topic", name)]
    (out / "docs").symlink_to(ROOT / "docs")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(out)
        assert [main([*words, *(topics if words[0] == "report" else [])]) for words in commands] == [0, 0, 0]
    (folder,) = (path for path in (out / "reports-own").iterdir() if path.is_dir())
    return folder


def test_each_figure_of_ones_own_is_on_a_page(reports: Path) -> None:
    pages = {name: (reports / f"{name}.html").read_text(encoding="utf-8") for name in PAGES}
    shown = {name: set(re.findall(r'<li id="figure-yunxi_2026-([^"]+)"', html)) for name, html in pages.items()}
    assert {f"{DOCUMENT}-{one}" for ids in shown.values() for one in ids} == {row["figure_id"] for row in rows_of("figures")}
    assert [name for name, one in PAGES.items() if one not in shown[name]] == []


def test_the_workbook_holds_all_of_it(whole: Dataset) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(ms.view(2026, tables=whole), "2026")), read_only=True)
    cells = {cell for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row}
    words = {"补充医疗保险", "老年助餐补贴标准", "云溪县2026年民生实事（虚构示例）"}
    assert {*words, *(row["figure_id"] for row in rows_of("figures"))} <= cells


def test_no_link_of_a_page_with_own_figures_leads_nowhere(reports: Path) -> None:
    for path in reports.glob("*.html"):
        html = path.read_text(encoding="utf-8")
        assert set(re.findall(r'href="#([^"]+)"', html)) <= set(re.findall(r'id="([^"]+)"', html)), path.name


def test_the_place_page_list_and_audit_know_the_county(capsys: pytest.CaptureFixture[str]) -> None:
    place = ["list", "regions", "--data", str(EXAMPLE)]
    assert main(place) == 0
    assert "yunxi\t云溪县（虚构）\tcounty\t440000" in capsys.readouterr().out
    assert main(["list", "topics", "--data", str(EXAMPLE)]) == 0
    topics = {line.split("\t")[0]: line.split("\t")[2] for line in capsys.readouterr().out.splitlines()}
    assert all("2026" in topics[one] for one in ("others", "place", "works", "yearly_comparison"))
    assert main(["audit", str(EXAMPLE), "--region", COUNTY]) == 0, "an average binds nobody, and 730 is more than the 724 of 2026"


@pytest.mark.parametrize("year", [2011, 2014, 2018, 2021, 2022, 2023, 2024, 2025, 2026])
def test_every_topic_with_a_figure_has_a_page_in_its_year(whole: Dataset, year: int) -> None:
    from minsheng.topics import topics, years_of

    levels, figures = ms.standards(whole), ms.printed(whole)
    rows = figures[(figures["year"] == year) & (figures["role"] != "baseline") & ~figures["flags"].str.contains("damaged")]
    pages = [one for one in topics().values() if one.covers and year in years_of(one, whole, levels, figures)]
    rest = ms.uncovered(whole, levels, figures, year)
    assert set(rows["topic"]) == (set(rows["topic"]) & {code for one in pages for code in one.covers}) | set(rest)
    assert (year in years_of(topics()["others"], whole, levels, figures)) is bool(rest)


def test_what_a_page_has_shown_is_not_shown_again(data: Dataset) -> None:
    figures = ms.printed(data)
    every = ms.unshown(data, figures, ["dibao"], 2024)
    shown = ms.over_years(ms.standards(data), "dibao_standard", by=["residence"])
    rest = ms.unshown(data, figures, ["dibao"], 2024, shown)
    used = {one for cell in shown["figures"] for one in cell.split(";")}
    assert set(every["figures"]) - set(rest["figures"]) == set(every["figures"]) & used != set()
    assert not rest["flags"].str.contains("damaged").any()


# ---- series that no bundled document has ----------------------------------------------------------------------------------


def strays(folder: Path, topics: tuple[str, ...]) -> Path:
    """Each bundled standard of some topics in a county without a place above: as it is, for others, per something else."""
    indicators = {row["indicator_id"]: row for row in rows_of("indicators", ROOT / "data") if row["topic"] in topics}
    standards = {r["indicator_id"]: r for r in rows_of("figures", ROOT / "data") if (r["role"], r["quality"]) == ("level", "ok")}
    own: list[dict[str, str]] = [{}, {"recipient": "80周岁以上独居老人"}, {"statistic": "average"}, {"per": "case-month"}]
    own += [{"care": one} for one in ("institutional", "dispersed")] + [{"residence": one} for one in ("urban", "rural")]
    rows = [standards[one] | more for one in indicators if one in standards for more in own]
    rows = [row for row in rows if row["per"] != "case-month" or indicators[row["indicator_id"]]["per"]]
    mine = {"region_id": "", "document_id": "mine", "item": "", "year": "2024", "announced_year": ""}
    return write(
        folder,
        figures=[row | mine | {"figure_id": f"mine-{i}", "locator": str(i)} for i, row in enumerate(rows)],
        indicators=[row | {"per": f"{row['per']};case-month"} for row in indicators.values() if row["per"]],
        documents=[
            rows_of("documents")[0] | {"document_id": "mine", "region_id": "mine", "year_printed": "2024", "year": "2024"}
        ],
        regions=[rows_of("regions")[0] | {"region_id": "mine", "parent_id": ""}],
        vocabularies=rows_of("vocabularies"),
    )


PLACE_DRAWN = {"disability": "广东省", "medical_insurance": "市中区", "orphan_allowances": "广东省", "pensions": "江西省"}
"""A place of bundled documents in the first chart of a page."""


@pytest.mark.parametrize("name", PLACE_DRAWN)
def test_a_page_compares_the_series_of_most_places_and_lists_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    from minsheng.topics import topics

    folder, shown = strays(tmp_path / "own", topics()[name].covers), list[str]()
    monkeypatch.setattr("minsheng.page._display", lambda html, **_: shown.append(html))
    cells = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    space: dict[str, object] = {}
    for cell in (one for one in cells if one["cell_type"] == "code"):
        exec("".join(cell["source"]), space)
        space |= {"year": 2024, "tables": str(folder)} if "parameters" in cell["metadata"].get("tags", ()) else {}
    html = "".join(shown)
    assert PLACE_DRAWN[name] in re.findall(r"<img alt=\"(.*?)\"", html)[0], "what the bundled documents say is drawn as ever"
    assert {row["figure_id"] for row in rows_of("figures", folder)} == set(re.findall(r'<li id="figure-(mine-\d+)"', html))


# ---- what clashes ------------------------------------------------------------------------------------------------------


def faults(folder: Path) -> list[tuple[str, int, str]]:
    """Key, row and column of each fault; each says the same in both languages, with nothing left open."""
    found = ms.check(folder)
    assert all(not re.search(r"\{\w+\}", fault.text(lang)) for fault in found for lang in ("zh", "en"))
    return [(fault.key.removeprefix("fault."), fault.row, fault.column) for fault in found]


def bundled_row(name: str, **wanted: str) -> dict[str, str]:
    return next(row for row in rows_of(name, ROOT / "data") if all(row[one] == text for one, text in wanted.items()))


KEYS = {
    "figures": {"figure_id": "000-i6-03"},
    "documents": {"document_id": "000"},
    "regions": {"region_id": "441602"},
    "indicators": {"indicator_id": "dibao_standard"},
    "items": {"document_id": "000", "item": "6"},
    "reference": {"reference_id": "resident_medical_fiscal_subsidy", "year": "2024"},
}
CHANGED = {"figures": "value", "documents": "stage", "regions": "note", "indicators": "definition"}
CHANGED |= {"items": "lead", "reference": "value"}


@pytest.mark.parametrize("table", KEYS)
def test_a_true_copy_of_a_bundled_row_is_there_once(tmp_path: Path, data: Dataset, table: str) -> None:
    where = write(tmp_path / "own", **{table: [bundled_row(table, **KEYS[table])]})
    assert ms.check(where) == []
    assert ms.load(where).digest() == data.digest()


@pytest.mark.parametrize("table", KEYS)
def test_another_row_under_a_bundled_key_is_a_fault_that_says_both(tmp_path: Path, table: str) -> None:
    row, column = bundled_row(table, **KEYS[table]), CHANGED[table]
    other = {"value": "640", "stage": "adopted"}.get(column, "另一说")
    where = write(tmp_path / "own", **{table: [row | {column: other}]})
    assert faults(where) == [("clash", 2, list(KEYS[table])[-1])]
    (fault,) = ms.check(where)
    assert f"minsheng:{table}.csv:" in fault.text("en")
    assert f"{column}: {row[column] or '–'} ≠ {other}" in fault.text("zh")


def test_a_number_written_otherwise_is_no_other_number(tmp_path: Path) -> None:
    row = bundled_row("figures", **KEYS["figures"])
    assert ms.check(write(tmp_path / "own", figures=[row | {"value": f"{row['value']}.0"}])) == []


SAME = {
    "the same code": ({"name": "粤", "name_en": "Yue", "gb2260": "440000"}, "gb2260", "440000"),
    "the same name": ({"name": "广东省", "name_en": "Yue"}, "name", "440000"),
    "without its ending": ({"name": "广东", "name_en": "Yue"}, "name", "440000"),
    "no place above": ({"name": "广东省", "name_en": "Yue", "parent_id": ""}, "name", "440000"),
    "its English name": ({"name": "粤", "name_en": "guangdong"}, "name_en", "440000"),
    "its English name with an ending": ({"name": "粤", "name_en": "Guangdong Province"}, "name_en", "440000"),
    "a county": ({"name": "源城", "name_en": "Y", "level": "county", "parent_id": "441600"}, "name", "441602"),
}


@pytest.mark.parametrize("what", SAME)
def test_a_place_under_another_id_is_a_fault_with_the_id_to_use(tmp_path: Path, what: str) -> None:
    cells, column, known = SAME[what]
    plain = {"region_id": "mine", "level": "province", "parent_id": "CN", "gb2260": "", "identified": "stated"}
    where = write(tmp_path / "own", regions=[plain | cells])
    assert faults(where) == [("same_place", 2, column)]
    assert all(f"region_id {known}" in ms.check(where)[0].text(lang) for lang in ("zh", "en"))


OTHERS = {
    "another level": {"name": "河源县", "name_en": "Heyuan County", "level": "county", "parent_id": "441600"},
    "another place above": {"name": "源城区", "name_en": "Yuancheng District", "level": "county", "parent_id": "340400"},
    "a longer name": {"name": "新源城区", "name_en": "New Yuancheng District", "level": "county", "parent_id": "441600"},
}


@pytest.mark.parametrize("what", OTHERS)
def test_a_namesake_is_another_place(tmp_path: Path, what: str) -> None:
    row = {"region_id": "mine", "identified": "stated"} | OTHERS[what]
    assert ms.check(write(tmp_path / "own", regions=[row])) == []


def test_figures_alone_join_a_bundled_document(tmp_path: Path) -> None:
    rows = ms.standards(ms.load(write(tmp_path / "own", figures=[figure()])))
    mine = rows[(rows["region_id"] == "441602") & (rows["year"] == 2025) & (rows["indicator_id"] == "dibao_standard")]
    assert mine[["value", "figures"]].values.tolist() == [[930.0, "own-1"]]


def test_a_unit_that_does_not_fit_names_those_that_do(tmp_path: Path) -> None:
    where = write(tmp_path / "own", figures=[figure(unit="户"), figure(figure_id="own-2", per="student-year")])
    assert faults(where) == [("unit_not_allowed", 2, "unit"), ("per_not_allowed", 3, "per")]
    assert ["元" in ms.check(where)[0].text("zh"), "person-month, person-year" in ms.check(where)[1].text("en")] == [True, True]


def test_a_period_that_can_be_converted_is_allowed_once_the_indicator_lists_it(tmp_path: Path) -> None:
    yearly = figure(indicator_id="disability_living_subsidy", residence="all", per="person-year", value="1200", evidence="1200元")
    where = write(tmp_path / "own", figures=[yearly])
    assert faults(where) == [("per_convertible", 2, "per")]
    assert "per = person-month;person-year" in ms.check(where)[0].text("en")
    known = bundled_row("indicators", indicator_id="disability_living_subsidy")
    rows = ms.standards(ms.load(write(where, indicators=[known | {"per": "person-month;person-year"}])))
    mine = rows[rows["figures"].str.contains("own-1")]
    assert mine[["value", "per"]].values.tolist() == [[100.0, "person-month"]]  # 1200 / 12


def test_a_list_of_periods_may_grow_and_not_change(tmp_path: Path) -> None:
    known = bundled_row("indicators", indicator_id="disability_living_subsidy")
    assert faults(write(tmp_path / "own", indicators=[known | {"per": "person-year;person-month"}])) == [
        ("clash", 2, "indicator_id")
    ]


WORDS = {
    "a topic that is in no vocabulary": ({}, ("not_in_vocabulary", 2, "topic")),
    "a word that is there already": ({"vocabulary": "topic", "code": "dibao", "zh": "别的", "en": "other"}, ("clash", 2, "code")),
    "a closed vocabulary": ({"vocabulary": "role", "code": "x", "zh": "某", "en": "x"}, ("pattern", 2, "vocabulary")),
}


@pytest.mark.parametrize("what", WORDS)
def test_words_that_cannot_be_added(tmp_path: Path, what: str) -> None:
    words, expected = WORDS[what]
    own: dict[str, Rows] = {"vocabularies": [words]} if words else {"items": [rows_of("items")[0] | {"topic": "heating"}]}
    if not words:
        own["documents"], own["regions"] = rows_of("documents"), rows_of("regions")
    assert faults(write(tmp_path / "own", **own)) == [expected]


def test_a_workbook_for_editing_holds_the_own_words_and_offers_them(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "own")
    write_ledger(tmp_path / "all.xlsx", str(tmp_path / "own"))
    book = openpyxl.load_workbook(tmp_path / "all.xlsx")
    assert "supplementary_insurance" in {cell.value for row in book[book.sheetnames[-1]].iter_rows() for cell in row}
    assert changes(version(str(tmp_path / "own")).frames, version(str(tmp_path / "all.xlsx")).frames).empty


# ---- out again ---------------------------------------------------------------------------------------------------------


def test_the_tidy_tables_with_own_words_are_a_package_that_can_be_loaded_alone(tmp_path: Path, seen: ms.View) -> None:
    files = package(seen)
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert ms.load(tmp_path).digest() == seen.data.digest()
    descriptor = json.loads(files["datapackage.json"])
    topic = next(one for one in descriptor["resources"] if one["name"] == "items")["schema"]["fields"][4]
    assert "supplementary_insurance" in topic["constraints"]["enum"]
    frictionless = pytest.importorskip("frictionless")
    assert frictionless.Package(str(tmp_path / "datapackage.json")).validate().valid
