"""From a new document to merged rows: five styles of documents, nothing lost, nothing merged that is only for the reviewer."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

import minsheng as ms
from minsheng.cli import main
from minsheng.faults import Refused
from minsheng.imprint import overwritten
from minsheng.manuscripts import Line
from minsheng.places import bundled
from minsheng.proof_sheets import workbook, write_workbook
from minsheng.tables import Dataset

docx = pytest.importorskip("docx", reason="the extra 'draft' is not installed")

TITLE = "河源市源城区2030年民生实事"
WORKS = [
    ("提高低保标准", "城市低保标准由每人每月1000元提高到1060元", "区民政局"),
    ("提高医保补助", "居民医保财政补助标准提高50元，达到每人每年900元", "区医保局"),
    ("扩大就业", "城镇新增就业0.35万人以上", "区人社局"),
]
FIGURES = [  # item, indicator, role, modality, value, unit, per, year: 0.35 × 10 000 = 3500
    ("1", "dibao_standard", "baseline", "exact", 1000.0, "元", "person-month", 2029),
    ("1", "dibao_standard", "level", "exact", 1060.0, "元", "person-month", 2030),
    ("2", "medical_fiscal_subsidy", "increase", "exact", 50.0, "元", "person-year", 2030),
    ("2", "medical_fiscal_subsidy", "level", "exact", 900.0, "元", "person-year", 2030),
    ("3", "urban_new_jobs", "target", "at_least", 3500.0, "人", "", 2030),
]


# ---- five documents --------------------------------------------------------------------------------------------------


def as_text(path: Path) -> Path:
    """Numbers in Chinese, departments in brackets, in GB18030."""
    lines = [f"{n}、{title}。{text}。（责任单位：{who}）" for n, (title, text, who) in zip("一二三", WORKS, strict=True)]
    (path / "a.txt").write_text("\r\n".join([TITLE, *lines]), encoding="gb18030")
    return path / "a.txt"


def as_headings(path: Path) -> Path:
    """Headings in bold, departments on a line of their own."""
    document = docx.Document()
    document.add_heading(TITLE, 0)
    for n, (title, text, who) in enumerate(WORKS, start=1):
        line = document.add_paragraph(f"{n}. ")
        line.add_run(title).bold = True
        line.add_run(f"{text}。")
        document.add_paragraph(f"牵头单位：{who}")
    document.save(path / "a.docx")
    return path / "a.docx"


def as_table(path: Path) -> Path:
    """A table in Word, with the sections merged."""
    document = docx.Document()
    document.add_paragraph(TITLE)
    table = document.add_table(rows=4, cols=5)
    rows = [("类别", "序号", "项目", "目标任务", "责任部门"), *(("民生", str(n), *one) for n, one in enumerate(WORKS, start=1))]
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            table.cell(row, column).text = "" if row > 1 and not column else text
    table.cell(1, 0).merge(table.cell(3, 0))
    document.save(path / "b.docx")
    return path / "b.docx"


def as_page(path: Path) -> Path:
    """A web page with 实事一： and so on."""
    lines = "".join(
        f"<p><b>实事{n}：{title}</b></p><p>{text}。（{who}负责）</p>"
        for n, (title, text, who) in zip("一二三", WORKS, strict=True)
    )
    (path / "a.html").write_text(f"<html><body><h2>{TITLE}</h2>{lines}</body></html>", encoding="utf-8")
    return path / "a.html"


def as_workbook(path: Path) -> Path:
    """A table in Excel."""
    book: Any = Workbook()
    for row in ([TITLE], ["编号", "实事项目", "工作内容", "牵头单位"], *([n, *one] for n, one in enumerate(WORKS, start=1))):
        book.active.append(row)
    book.save(path / "a.xlsx")
    return path / "a.xlsx"


STYLES = [as_text, as_headings, as_table, as_page, as_workbook]


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """Tables to merge into."""
    return Path(shutil.copytree(bundled("data"), tmp_path / "data"))


def merged(into: Path, table: str) -> pd.DataFrame:
    """The rows of the new document, as the files have them."""
    rows = pd.read_csv(into / f"{table}.csv", dtype=str, keep_default_na=False)
    return rows[rows["document_id"] == "new"]


@pytest.mark.parametrize("style", STYLES)
def test_a_document_becomes_merged_rows(style: Callable[[Path], Path], tmp_path: Path, into: Path) -> None:
    out = tmp_path / "draft.xlsx"
    assert main(["draft", str(style(tmp_path)), "--document-id", "new", "--out", str(out)]) == 0
    assert main(["merge", str(out), "--into", str(into), "--yes"]) == 0  # which checks all tables
    mine = merged(into, "figures").astype({"value": float, "year": int})
    columns = ["item", "indicator_id", "role", "modality", "value", "unit", "per", "year"]
    assert list(mine[columns].itertuples(index=False, name=None)) == FIGURES
    items = merged(into, "items")
    assert items[["item", "title", "lead"]].values.tolist() == [
        [str(n), title, who] for n, (title, _, who) in enumerate(WORKS, 1)
    ]
    assert items["topic"].tolist() == ["dibao", "medical_insurance", "employment"]
    document = merged(into, "documents").iloc[0]
    assert (document["region_id"], document["year"], document["year_basis"]) == ("441602", "2030", "printed")


# ---- the workbook --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of a draft, made once."""
    folder = tmp_path_factory.mktemp("drafted")
    assert main(["draft", str(as_text(folder)), "--document-id", "new", "--out", str(folder / "draft.xlsx")]) == 0
    return folder / "draft.xlsx"


@pytest.fixture
def out(drafted: Path, tmp_path: Path) -> Path:
    """A copy of it to work on."""
    return Path(shutil.copy(drafted, tmp_path))


def columns(page: Any) -> dict[str, int]:
    return {cell.value: cell.column for cell in page[2]}


def test_a_draft_is_checked_like_any_workbook(out: Path) -> None:
    assert main(["check", str(out)]) == 0


def test_the_passage_stands_beside_each_figure_and_never_enters_the_tables(out: Path, into: Path) -> None:
    page = load_workbook(out)["figures"]
    assert [cell.value for cell in page[2]][:4] == ["figure_id", "#confidence", "#why", "#passage"]
    assert "居民医保财政补助标准提高50元，" in page.cell(5, columns(page)["#passage"]).value
    assert main(["merge", str(out), "--into", str(into), "--yes"]) == 0
    assert "居民医保财政补助标准提高50元，" not in "".join(path.read_text(encoding="utf-8") for path in into.glob("*.csv"))


def test_what_the_reviewer_changes_and_deletes_is_what_is_merged(out: Path, into: Path) -> None:
    book = load_workbook(out)
    page = book["figures"]
    page.cell(4, columns(page)["note"], "已核对")
    page.delete_rows(3)
    book.save(out)
    assert main(["merge", str(out), "--into", str(into), "--yes"]) == 0
    assert merged(into, "figures")["note"].tolist() == ["已核对", "", "", ""]


def test_a_draft_removes_nothing(out: Path, into: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (into / "figures.csv").read_bytes()
    capsys.readouterr()
    assert main(["merge", str(out), "--into", str(into), "--remove", "--yes", "--lang", "en"]) == 2
    assert "is a draft of one document" in capsys.readouterr().err
    assert (into / "figures.csv").read_bytes() == before


def test_doubtful_cells_are_coloured_and_sure_ones_are_not(tmp_path: Path, data: Dataset) -> None:
    text = f"{TITLE}\n一、提高低保标准。城市低保标准提高到每人每月1060元。\n二、神秘工程。建成飞碟6个。（区民政局）\n"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    proof = ms.draft(tmp_path / "a.txt", document_id="new")
    write_workbook(proof, tmp_path / "a.xlsx")
    page = load_workbook(tmp_path / "a.xlsx")["figures"]
    at = columns(page)["indicator_id"]
    known = set(data.indicators["indicator_id"])
    red = {page.cell(row, at).value for row in range(3, 5) if page.cell(row, at).fill.fgColor.rgb == "00FFC7CE"}
    assert red == {one for one in proof.figures["indicator_id"] if one not in known} != set()
    assert page.cell(3, columns(page)["value"]).fill.fill_type is None
    items = load_workbook(tmp_path / "a.xlsx")["items"]
    assert items.cell(4, columns(items)["topic"]).fill.fgColor.rgb == "00FFC7CE"


def test_a_draft_is_written_over_nothing(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = out.read_bytes()
    assert main(["draft", str(as_text(tmp_path)), "--out", str(out)]) == 2
    assert "已经存在" in capsys.readouterr().err
    assert out.read_bytes() == before


# ---- the account -------------------------------------------------------------------------------------------------


def test_every_number_is_in_a_figure_or_left_over_and_the_command_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # digits: 2030 of the title; 1000 and 1060; 50 and 900; 0.35; numbers of items are Chinese. 6 = 5 in figures + 1 left over
    proof = ms.draft(as_text(tmp_path), document_id="new")
    digits = proof.account.set_index("kind").loc["digits"]
    assert (digits["found"], digits["figures"], digits["leftovers"]) == (6, 5, 1)
    assert proof.balanced
    assert main(["draft", str(tmp_path / "a.txt"), "--out", str(tmp_path / "a.xlsx"), "--lang", "en"]) == 0
    assert "digits: 6 found = 5 in figures + 1 left over" in capsys.readouterr().out


def test_an_account_that_does_not_add_up_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from minsheng import drafting

    own = drafting.figures

    def forgetful(*args: Any) -> Any:
        found = own(*args)
        found.account.loc[0, "found"] += 1
        return found

    monkeypatch.setattr(drafting, "figures", forgetful)
    assert main(["draft", str(as_text(tmp_path)), "--out", str(tmp_path / "a.xlsx"), "--lang", "en"]) == 1
    assert "7 found ≠ 5 in figures + 1 left over; numbers went astray" in capsys.readouterr().out


# ---- what speaks against it ----------------------------------------------------------------------------------------


def test_a_baseline_that_last_years_document_contradicts_is_told_at_once(tmp_path: Path) -> None:
    # 广东省 set 195 yuan a month for 2023 (guangdong_2023, item 9), and Yuancheng is below it
    text = "河源市源城区2024年民生实事\n一、提高残疾人补贴。困难残疾人生活补贴从2023年的每人每月188元提高到202元。（区民政局）\n"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    found = ms.draft(tmp_path / "a.txt", document_id="new").findings
    row = found[found["code"] == "baseline"].iloc[0]
    assert (row["document_id"], row["found"], row["expected"]) == ("new", 188.0, 195.0)


def test_a_year_that_the_national_series_contradict_is_told(tmp_path: Path) -> None:
    # the fiscal subsidy of 580 yuan and 79 yuan for public health are the national figures of 2021, not of 2024 (670 and 94)
    text = "河源市2024年民生实事\n一、医保。居民医保财政补助标准每人每年580元。\n"
    text += "二、公共卫生。基本公共卫生服务经费财政补助标准每人每年79元。\n"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    found = ms.draft(tmp_path / "a.txt", document_id="new").findings
    assert "2021" in found[found["code"] == "year"]["hint"].iloc[0]


@pytest.mark.parametrize(
    ("texts", "year"),
    [
        (["2024年", "2024-2024年", "2024年底", "2024年初", "自2024年"], "2024"),
        (["2024年", "招募2024名", "2024年底", "2024年初", "自2024年"], "2024"),
        (["2024年", "招募2024名", "2023年底", "2024年初", "自2024年"], ""),
        (["2024年", "招募30名", "2024年底", "2024年初", "自2024年"], ""),
        (["2024年", "招募2024名"], ""),
    ],
)
def test_a_year_in_place_of_all_numbers_like_it_is_noticed(texts: list[str], year: str) -> None:
    assert overwritten([Line(text, 1) for text in texts]) == year


def test_masks_overwritten_years_and_unknown_places_are_told(tmp_path: Path) -> None:
    text = (
        "XX区2024年民生实事\n一、就业。2024-2024年新**镇就业500人，招募2024名，2024年底完成。\n"
        "二、低保。2024年****保障标准900元，2024年初执行。\n三、**镇道路。修路3公里。（****建设局）\n"
    )
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    proof = ms.draft(tmp_path / "a.txt", lang="en")
    assert workbook(proof, "en")[:2] == b"PK"
    assert "proofs.masked" in proof.items["why"].iloc[2]
    assert [one.key for one in proof.remarks] == ["proofs.overwritten", "proofs.masks", "proofs.no_region"]
    document = proof.documents.iloc[0]
    assert (document["year_basis"], document["confidence_year"], document["region_id"]) == ("assessed", 30, "")


def test_a_document_without_a_year_or_with_a_wrong_place_or_id_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("民生实事\n一、低保。900元。\n", encoding="utf-8")
    with pytest.raises(Refused, match="--year"):
        ms.draft(tmp_path / "a.txt")
    with pytest.raises(Refused, match="源城区"):
        ms.draft(tmp_path / "a.txt", year=2030, region="源城")
    with pytest.raises(Refused, match="1949"):
        ms.draft(tmp_path / "a.txt", year=20)
    with pytest.raises(Refused, match="坏"):
        ms.draft(tmp_path / "a.txt", year=2030, document_id="坏")
    with pytest.raises(Refused, match="000"):
        ms.draft(tmp_path / "a.txt", year=2030, document_id="000")
