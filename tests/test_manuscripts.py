"""Documents read: lines and items of five formats and many habits, and clear refusals of what cannot be read."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from conftest import SOURCES, need

from minsheng.cli import main
from minsheng.departments import departments
from minsheng.faults import Refused
from minsheng.manuscripts import Item, Line, items, read
from minsheng.numbering import mark
from minsheng.tables import Dataset

docx = pytest.importorskip("docx", reason="the extra 'draft' is not installed")

TITLE = "海源县2030年民生实事"
Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file, text in UTF-8, and return where it is."""

    def written(name: str, body: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(body.encode("utf-8") if isinstance(body, str) else body)
        return path

    return written


def found(path: Path, data: Dataset) -> list[Item]:
    return items(read(path), data)[0]


def of_text(text: str, data: Dataset, write: Write) -> list[Item]:
    return found(write("list.txt", f"{TITLE}\n{text}"), data)


# ---- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("一、就业", "1"), ("二十一、就业", "21"), ("12.就业", "12"), ("12、就业", "12"), ("3．就业", "3"),
        ("（三）就业", "3"),
        ("(10)就业", "10"), ("（4）就业", "4"), ("实事五：就业", "5"), ("民生实事三：就业", "3"), ("第七项 就业", "7"),
        ("⑫就业", "12"),
        ("三是就业", "3"), ("01 就业", "1"), ("9-1 就业", "9-1"), ("2.3 就业", "2-3"), ("8 、 就业", "8"),
    ],
)  # fmt: skip
def test_a_number_is_read_in_each_of_its_forms(text: str, number: str) -> None:
    _, got, end = mark(text) or ("", "", 0)
    assert (got, text[end:].strip()) == (number, "就业")


@pytest.mark.parametrize(
    "text", ["1.5万人次", "2030年底前", "一批项目", "960元", "16-24岁青年", "第二产业", "百分之五", "12 个月", "是否达标"]
)
def test_a_number_of_the_text_is_no_number_of_a_paragraph(text: str) -> None:
    assert mark(text) is None


# ---- items ---------------------------------------------------------------------------------------------------------


def test_items_run_through_sections_and_frames_hold_none(data: Dataset, write: Write) -> None:
    text = (
        "一、总体要求\n坚持以人民为中心。\n二、重点任务\n（一）社会保障\n1.提高低保标准。提高到960元。\n2.提高特困标准。提高到1248元。\n"
        "（二）就业\n3.扩大就业。新增5000人。\n三、保障措施\n1.加强领导。\n2.强化督查。\n"
    )
    got = of_text(text, data, write)
    assert [(one.number, one.title, one.section) for one in got] == [
        ("1", "提高低保标准", "社会保障"),
        ("2", "提高特困标准", "社会保障"),
        ("3", "扩大就业", "就业"),
    ]
    assert [len(one.lines) for one in got] == [1, 1, 1]


def test_numbers_that_begin_again_in_each_section_are_told_apart(data: Dataset, write: Write) -> None:
    text = "一、保障\n1.低保。960元。（县民政局）\n2.特困。1248元。（县民政局）\n"
    text += "二、就业\n1.岗位。500个。（县人社局）\n2.培训。300人。（县人社局）\n"
    assert [one.number for one in of_text(text, data, write)] == ["1-1", "1-2", "2-1", "2-2"]


def test_measures_inside_an_item_are_no_items(data: Dataset, write: Write) -> None:
    text = "两项民生工程\n一、低保\n1.提高到960元。\n2.按月发放。\n二、就业\n1.新增5000人。\n2.培训300人。\n（1）就近。\n"
    got = of_text(text, data, write)
    assert [(one.number, one.title) for one in got] == [("1", "低保"), ("2", "就业")]
    assert [line.text for line in got[1].lines] == ["二、就业", "1.新增5000人。", "2.培训300人。", "（1）就近。"]


def test_sections_that_are_named_by_their_counts_number_their_items(data: Dataset, write: Write) -> None:
    text = "一、统一思想\n二、完成情况\n（一）两项工程完成情况\n1、就业工程：55人。\n2、教育工程：1所。\n"
    text += "（二）18件实事完成情况\n全部完成。\n三、存在问题\n"
    assert [one.number for one in of_text(text, data, write)] == ["2-1", "2-2", "18"]


def test_a_writer_who_changes_the_style_of_numbers_goes_on(data: Dataset, write: Write) -> None:
    got = of_text("1、低保\n960元。\n2、就业\n5000人。\n三、教育\n新增学位2000个。\n", data, write)
    assert [(one.number, one.title) for one in got] == [("1", "低保"), ("2", "就业"), ("3", "教育")]


def test_an_item_that_ran_into_the_one_before_is_parted(data: Dataset, write: Write) -> None:
    got = of_text("实事一：建幼儿园82所。完工34所，实事五：完成危房改造500户。\n", data, write)
    assert [(one.number, one.lines[0].text[:6]) for one in got] == [("1", "实事一：建幼"), ("5", "实事五：完成")]
    assert "gap" in got[1].why


def test_a_table_and_the_text_that_explains_it_are_one_item_each(data: Dataset, write: Write) -> None:
    text = (
        "2项民生实事\n一、任务\n类别 | 序号 | 目标任务 | 牵头 单位 |\n"
        "一、 社会 保障 (2项) | 1 | 提高低保标准,达到960元。 | 县民 政局 |\n"
        "2 | 提高特困标准,达到1248元。 | 县民政 局、 县财 政局 | |\n"
        "二、措施\n（一）社会保障\n1.提高低保标准。\n（1）按月发放。\n2.提高特困标准。\n"
    )
    got = of_text(text, data, write)
    assert [(one.number, one.title, one.section, one.lead) for one in got] == [
        ("1", "提高低保标准", "社会保障", "县民政局"),
        ("2", "提高特困标准", "社会保障", "县民政局;县财政局"),
    ]
    assert [line.text for line in got[0].lines][-2:] == ["1.提高低保标准。", "（1）按月发放。"]


def test_every_line_is_in_an_item_or_outside(data: Dataset, write: Write) -> None:
    text = f"{TITLE}\n前言。\n一、低保\n960元。\n二、就业\n5000人。\n2030年1月5日\n"
    manuscript = read(write("list.txt", text))
    got, outside = items(manuscript, data)
    assert [line.text for one in got for line in one.lines] == ["一、低保", "960元。", "二、就业", "5000人。"]
    assert [line.text for line in outside] == [TITLE, "前言。", "2030年1月5日"]


@pytest.mark.parametrize(
    ("text", "lead", "support"),
    [
        ("完成。（责任单位：市人社局、市民政局）", "市人社局;市民政局", ""),
        ("完成。（牵头单位：区残联，配合单位：区民政局、区卫健委）", "区残联", "区民政局;区卫健委"),
        ("完成。(牵头单位：区水利局，责任单位：区发改委)", "区水利局", "区发改委"),
        ("老旧小区改造（区住建局、区城管局负责）", "区住建局;区城管局", ""),
        ("完成。（市民政局牵头，市财政局配合）", "市民政局", "市财政局"),
        ("完成。（县民政局、县财政局）", "县民政局;县财政局", ""),
        ("完成【牵头单位：市民政局】", "市民政局", ""),
        ("2.责任单位：市人社局，各县（市、区）政府", "市人社局;各县（市、区）政府", ""),
        ("牵头单位：县民政局；配合单位：县财政局 县人社局", "县民政局", "县财政局;县人社局"),
        ("完成。责任部门：县人社局，各县（市、区）政府", "县人社局;各县（市、区）政府", ""),
        ("完成（含残疾人）的改造。", "", ""),
        ("每人每月960元（按月发放）。", "", ""),
    ],
)
def test_departments_are_found_in_each_of_their_forms(text: str, lead: str, support: str) -> None:
    assert departments([text]) == (lead, support)


# ---- formats -------------------------------------------------------------------------------------------------------

ROWS = [
    ["类别", "序号", "项目名称", "工作内容", "责任单位"],
    ["一、社会保障", "1", "提高低保标准", "城市低保标准提高到每人每月960元", "县民政局"],
    ["", "2", "提高特困标准", "特困人员基本生活标准提高到每人每月1248元", "县民政局"],
    ["二、就业", "3", "扩大就业", "城镇新增就业5000人", "县人社局"],
]
WANTED = [
    ("1", "提高低保标准", "社会保障", "县民政局", "dibao"),
    ("2", "提高特困标准", "社会保障", "县民政局", "tekun"),
    ("3", "扩大就业", "就业", "县人社局", "employment"),
]


def told(path: Path, data: Dataset) -> list[tuple[str, ...]]:
    return [(one.number, one.title, one.section, one.lead, one.topic) for one in found(path, data)]


def test_a_word_table_with_merged_cells(data: Dataset, tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(TITLE)
    table = document.add_table(rows=len(ROWS), cols=len(ROWS[0]))
    for row, cells in enumerate(ROWS):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    document.save(tmp_path / "a.docx")
    assert told(tmp_path / "a.docx", data) == WANTED
    assert sum(line.text == "一、社会保障" for line in read(tmp_path / "a.docx").lines) == 1


def test_a_workbook_shows_what_its_cells_show(data: Dataset, tmp_path: Path) -> None:
    from openpyxl import Workbook

    book: Any = Workbook()
    page = book.active
    page["A1"] = TITLE
    page.merge_cells("A1:E1")
    for cells in ROWS:
        page.append([int(text) if text.isdecimal() else text or None for text in cells])
    page.merge_cells("A3:A4")
    page["F3"], page["F3"].number_format = 0.05, "0%"
    page["F3"].number_format = "0%"
    book.save(tmp_path / "a.xlsx")
    assert told(tmp_path / "a.xlsx", data) == WANTED
    assert found(tmp_path / "a.xlsx", data)[0].lines[-1].text == "5%"


def test_a_web_page_in_the_chinese_encoding_with_bold_headings(data: Dataset, write: Write) -> None:
    page = (
        f"<!DOCTYPE html><html><head><meta charset='gb18030'><title>x</title>"
        f"<script>var n=1</script></head><body><h1>{TITLE}</h1>"
        "<div>（一）<b>提高低保标准</b>城市低保标准提高到每人每月960元。<br>（县民政局、县财政局）</div>"
        "<p>（二）<strong>扩大就业。</strong>新增就业5000人。</p><p>责任部门：县人社局</p></body></html>"
    )
    got = found(write("a.html", page.encode("gb18030")), data)
    assert [(one.number, one.title, one.lead, one.why) for one in got] == [
        ("1", "提高低保标准", "县民政局;县财政局", ""),
        ("2", "扩大就业", "县人社局", ""),
    ]
    assert "var" not in "".join(line.text for one in got for line in one.lines)


def test_a_page_laid_out_by_tables_is_read_in_order(data: Dataset, write: Write) -> None:
    cells = "".join(f"<tr><td>{name}</td><td><p>{n}</p><p>户</p></td></tr>" for name, n in (("甲镇", 10), ("乙镇", 11)))
    page = (
        f"<html><body><table><tr><td><h1>{TITLE}</h1></td></tr><tr><td><!-- 99 -->一、低保<br>960元。<p>二、就业</p>\n500人。"
        f"<table>{cells}</table>完。</td></tr></table></body></html>"
    )
    got = found(write("a.html", page), data)
    texts = [[line.text for line in one.lines] for one in got]
    assert texts == [["一、低保", "960元。"], ["二、就业", "500人。", "甲镇", "10\n户", "乙镇", "11\n户", "完。"]]


def test_a_frame_is_text_and_a_table_in_a_table_is_read_once(data: Dataset, tmp_path: Path) -> None:
    document = docx.Document()
    document.add_table(rows=1, cols=1).cell(0, 0).text = f"{TITLE}\n一、低保"
    outer = document.add_table(rows=1, cols=2)
    outer.cell(0, 0).text = "960元"
    inner = outer.cell(0, 1).add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "甲镇", "10户"
    document.save(tmp_path / "a.docx")
    assert [line.text for line in read(tmp_path / "a.docx").lines] == [TITLE, "一、低保", "960元", "甲镇", "10户"]
    assert [one.number for one in found(tmp_path / "a.docx", data)] == ["1"]


def test_word_counts_numbers_itself_and_they_are_read(data: Dataset, tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(TITLE)
    for text in ("提高低保标准。960元。（县民政局）", "扩大就业。5000人。（县人社局）"):
        document.add_paragraph(text, style="List Number")
    document.save(tmp_path / "a.docx")
    assert [(one.number, one.title) for one in found(tmp_path / "a.docx", data)] == [("1", "提高低保标准"), ("2", "扩大就业")]


def test_a_bold_run_is_a_heading_and_what_is_struck_out_is_not_there(data: Dataset, tmp_path: Path) -> None:
    from docx.oxml import OxmlElement

    document = docx.Document()
    document.add_paragraph(TITLE)
    for number, head in enumerate(("提高低保标准", "扩大就业"), start=1):
        one = document.add_paragraph(f"{number}. ")
        one.add_run(head).bold = True
        one.add_run("达到960元。")
        gone = one.add_run("原为900元。")._r
        struck = OxmlElement("w:del")
        gone.addprevious(struck)
        struck.append(gone)
    document.save(tmp_path / "a.docx")
    got = found(tmp_path / "a.docx", data)
    assert [one.title for one in got] == ["提高低保标准", "扩大就业"]
    assert [line.text for line in got[0].lines] == ["1. 提高低保标准", "达到960元。"]


@pytest.fixture(scope="module")
def printed(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PDF with wrapped paragraphs, page numbers, a table, and an embedded Chinese font."""
    need(find_spec("noto_cjk_sans_otc") is not None, "a Chinese font")
    import noto_cjk_sans_otc

    font = (Path(noto_cjk_sans_otc.__file__).parent / "NotoSansCJK-Regular.ttc").as_uri()
    paragraph = "完善困难群众基本生活保障制度，" * 9
    text = "".join(
        f"<p>{n}.提高第{n}类标准。{paragraph}提高到每人每月{900 + n}元。（责任单位：县民政局、县财政局）</p>"
        for n in range(1, 16)
    )
    cells = "".join(f"<tr><td>{name}镇</td><td>{n}</td></tr>" for n, name in enumerate("甲乙丙", start=10))
    style = f"@font-face{{font-family:H;src:url({font})}} body{{font:16px/1.8 H}} p{{text-indent:2em}} td{{border:1px solid}}"
    folder = tmp_path_factory.mktemp("pdf")
    (folder / "a.htm").write_text(
        f"<meta charset=utf-8><style>{style}</style><h2>{TITLE}方案</h2>{text}<table>{cells}</table>", "utf-8"
    )
    tab = browser.new_page()
    tab.goto((folder / "a.htm").as_uri())
    foot = '<div style="font-size:9px;width:100%;text-align:center">- <span class="pageNumber"></span> -</div>'
    margin = {"top": "25mm", "bottom": "25mm", "left": "25mm", "right": "25mm"}
    tab.pdf(path=folder / "a.pdf", display_header_footer=True, header_template="<i></i>", footer_template=foot, margin=margin)
    tab.set_content("<canvas id=c width=300 height=300></canvas><script>c.getContext('2d').fillRect(0,0,200,200)</script>")
    tab.pdf(path=folder / "scan.pdf")
    tab.close()
    return folder


def test_a_pdf_has_whole_paragraphs_and_cells_and_no_page_numbers(printed: Path, data: Dataset) -> None:
    manuscript = read(printed / "a.pdf")
    got = items(manuscript, data)[0]
    assert [(one.number, one.title, one.lead) for one in got] == [
        (str(n), f"提高第{n}类标准", "县民政局;县财政局") for n in range(1, 16)
    ]
    text = "完善困难群众基本生活保障制度，" * 9
    assert [one.lines[0].text for one in got] == [
        f"{n}.提高第{n}类标准。{text}提高到每人每月{900 + n}元。（责任单位：县民政局、县财政局）" for n in range(1, 16)
    ]
    assert [line.text for line in got[-1].lines[1:]] == ["甲镇", "10", "乙镇", "11", "丙镇", "12"]
    assert manuscript.title == f"{TITLE}方案"


# ---- refusals ------------------------------------------------------------------------------------------------------


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, body in parts.items():
            whole.writestr(name.replace("__", "/").replace("_xml", ".xml"), body)
    return out.getvalue()


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
BAD: dict[str, tuple[str, str | bytes]] = {
    "reading.empty": ("a.txt", " \n\n"),
    "reading.old": ("a.doc", OLD),
    "reading.encrypted": ("a.docx", OLD + "EncryptedPackage".encode("utf-16-le")),
    "reading.format": ("a.wps", "一、低保"),
    "reading.suffix": ("a.txt", b"%PDF-1.7 ..."),
    "reading.broken": ("a.docx", packed(word__document_xml=b"<a>")[:-30]),
    "reading.bomb": ("a.docx", packed(word__document_xml=b" " * 20_000_000)),
    "reading.nested": ("a.html", "<html>" + "<div>" * 5000 + "一、低保960元"),
    "reading.long": ("a.txt", "7" * 10_000_000),
    "reading.encoding": ("a.txt", b"\x00\x01\x02\xff\xff"),
    "reading.no_items": ("a.txt", "海源县的民生实事。\n没有编号。"),
}


@pytest.mark.parametrize("key", BAD)
def test_what_cannot_be_read_is_refused_in_one_sentence(
    key: str, write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(*BAD[key])
    monkeypatch.chdir(path.parent)
    assert main(["draft", path.name, "--year", "2030", "--lang", "en"]) == 2
    error = capsys.readouterr().err
    assert error == f"minsheng: {Refused(key, **_values(error, path)).text('en')}\n"
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def _values(error: str, path: Path) -> dict[str, Any]:
    """What a refusal leaves open, as it was told."""
    numbers = [int(one) for one in re.findall(r"\d+", error.replace(path.name, ""))]
    suffix = {"kind": ".pdf", "suffix": path.suffix, "formats": ".txt .docx .html .htm .pdf .xlsx"}
    return suffix | {"file": path.name, "limit": numbers[-1] if numbers else 0, "depth": numbers[0] if numbers else 0}


def test_pages_of_nothing_but_text_are_the_same_read_fast_and_slowly(printed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = read(printed / "a.pdf").lines
    asked = []
    monkeypatch.setattr("minsheng.glyphs.Glyphs.lines", lambda *given: asked.append(given))
    assert read(printed / "a.pdf").lines == fast
    assert asked


@pytest.mark.parametrize(
    ("name", "body", "key"),
    [
        ("a.pdf", b"%PDF-1.7\nnothing else", "reading.broken"),
        ("a.xlsx", packed(xl__workbook_xml=b"<a"), "reading.broken"),
        ("a.xlsx", packed(xl__workbook_xml=b" " * 20_000_000), "reading.bomb"),
        ("a.docx", packed(hello=b"x"), "reading.suffix"),
        ("a.html", "<html>" + "<p>" * 200_000, "reading.long"),
        ("a.txt", "一、低保\n" * 60_000, "reading.long"),
    ],
)
def test_each_format_has_its_bounds(name: str, body: str | bytes, key: str, write: Write) -> None:
    with pytest.raises(Refused) as refused:
        read(write(name, body))
    assert refused.value.key == key


def test_a_file_that_is_too_large_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(Refused, match="200 MB"):
        read(path)


def test_a_scan_is_refused_and_says_what_to_do(printed: Path) -> None:
    with pytest.raises(Refused, match="OCR"):
        read(printed / "scan.pdf")


def test_a_document_without_the_library_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docx.Document().save(tmp_path / "a.docx")
    monkeypatch.setitem(__import__("sys").modules, "docx", None)
    with pytest.raises(Refused, match=r"minsheng\[draft\]"):
        read(tmp_path / "a.docx")


# ---- the documents of the tables -----------------------------------------------------------------------------------


def parts() -> list[tuple[str, str]]:
    """The texts that the tables were made from, where they are at hand."""
    if not (SOURCES / "parts.csv").exists():
        return []
    with (SOURCES / "parts.csv").open(encoding="utf-8", newline="") as rows:
        return [
            (one["document"], (SOURCES / one["source_file"]).read_bytes().decode()[int(one["start_char"]) : int(one["end_char"])])
            for one in csv.DictReader(rows)
        ]


def test_the_items_of_known_documents_are_found(data: Dataset, write: Write) -> None:
    if not parts():
        pytest.skip("the source documents are not at hand")
    same = dict.fromkeys(("title", "topic", "lead", "support"), 0)
    for name, text in parts():
        rows = data.items[data.items["document_id"] == name].fillna("")
        got = {one.number: one for one in found(write(f"{name}.txt", text), data)}
        assert list(got) == rows["item"].tolist(), name
        for row in rows.to_dict("records"):
            for column in same:
                own = getattr(got[row["item"]], column)
                same[column] += re.sub("[\\s,，]", "", own) == re.sub("[\\s,，]", "", row[column])
    # of 217 items; some titles and topics are the curator's own
    assert same["title"] >= 198
    assert same["topic"] >= 204
    assert same["lead"] >= 215
    assert same["support"] >= 215


def test_a_line_is_what_the_interface_says() -> None:
    assert Line("a", 1) == Line(text="a", row=1, table=None, column=None, bold=False, style="")
