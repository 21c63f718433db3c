"""What a reader's page promises: nothing in the way of anyone, tables to work with, paper, the dark, hostile text."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape, unescape
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from conftest import need
from test_pages import PAGES, TOPIC_PAGES, pictures, read
from test_report import contents, made

import minsheng as ms
from minsheng.cli import main
from minsheng.export import whole_page
from minsheng.gaps import GAPS, gap
from minsheng.places import bundled
from minsheng.style import CARE_COLOUR, PLACES, RESIDENCE_COLOUR
from minsheng.tabular import table_html

SOME = ["2024/low_income_support.html", "2024/veterans.html", "2024/yearly_comparison.html", "2024-en/typical_cases.html"]
INDEXES = ["2024/index.html", "index.html"]
RULES = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SHEET = {"width": 688, "height": 1001}  # A4 less its margins of 14 mm and 16 mm, at 96 px to the inch


@pytest.fixture(scope="session")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the reports."""
    return made(tmp_path_factory.getbasetemp()).out


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    """A tab without network."""
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context.new_page()
    context.close()


# ---- nothing in the way of anyone ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def axe() -> str:
    need(find_spec("axe_playwright_python") is not None, "axe-core")
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


EVERYTHING: dict[str, Any] = {"runOnly": {"type": "tag", "values": RULES}}
CONTRAST: dict[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast", "color-contrast-enhanced"]}}
LOOKS = (
    ((1280, "light"), EVERYTHING),
    (
        (375, "light"),
        EVERYTHING | {"rules": {"color-contrast": {"enabled": False}, "color-contrast-enhanced": {"enabled": False}}},
    ),
    ((375, "dark"), CONTRAST),  # what differs in the dark is colours, and no colour depends on the width
)
"""Width and colours of a window, and which rules are asked about it."""


@contextmanager
def checked(browser: Any, axe: str, html: str) -> Iterator[Any]:
    """A page in a window without a network, with axe-core at hand."""
    context = browser.new_context(offline=True, bypass_csp=True)
    own = context.new_page()
    own.set_content(html)
    own.evaluate(axe)
    yield own
    context.close()


def violations(page: Any, rules: dict[str, Any]) -> list[str]:
    """What axe-core objects to in a page."""
    # Told to work out nothing else, axe is several times quicker on a long page.
    found = page.evaluate("rules => axe.run(rules)", rules | {"resultTypes": ["violations"]})["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


@pytest.mark.parametrize("page", [*SOME, *INDEXES])
def test_axe_finds_nothing_at_any_level(browser: Any, axe: str, out: Path, page: str) -> None:
    with checked(browser, axe, read(out / page).html) as own:
        for (width, scheme), rules in LOOKS:
            own.set_viewport_size({"width": width, "height": 800})
            own.emulate_media(color_scheme=scheme)
            assert violations(own, rules) == [], (width, scheme)


def test_axe_finds_what_is_wrong(browser: Any, axe: str, out: Path) -> None:
    html = read(out / SOME[0]).html.replace(' lang="zh-CN"', "", 1).replace("--soft: #44505a", "--soft: #aaaaaa")
    with checked(browser, axe, html) as own:
        assert {one.split(":")[0] for one in violations(own, EVERYTHING)} >= {"html-has-lang", "color-contrast"}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_its_landmarks_and_its_headings_in_order(out: Path, page: str) -> None:
    reader = read(out / page)
    names = [tag for tag, _ in reader.elements if tag in ("header", "nav", "main", "footer")]
    assert names == ["header", *(["nav"] if page in TOPIC_PAGES else []), "main", "footer"]
    levels = [int(tag[1]) for tag, _ in reader.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert [(a, b) for a, b in pairwise(levels) if b > a + 1] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_negative_number_has_a_minus_and_not_a_hyphen(out: Path, page: str) -> None:
    shown = [text for text, _, where in read(out / page).texts if where in ("td", "text", "p")]
    assert [text for text in shown if re.search(r"(?<![\w\u4e00-\u9fff.–-])-\d", text)] == []


def _lightness(colour: str) -> float:
    """L* of a colour: how light it is in grey, from 0 to 100."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return float(116 * (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]) ** (1 / 3) - 16)


def test_colours_that_only_a_legend_explains_differ_in_grey() -> None:
    # L* of mid grey #777777 is 50 (by definition of L*, white is 100 and black 0); 10 of it is a clear step in grey.
    assert _lightness("#777777") == pytest.approx(50, abs=0.1)
    for colours in (RESIDENCE_COLOUR, CARE_COLOUR):
        steps = sorted(_lightness(one) for one in colours.values())
        assert min(b - a for a, b in pairwise(steps)) >= 9.5
    neighbours = pairwise(PLACES)
    assert min(abs(_lightness(a) - _lightness(b)) for a, b in neighbours) >= 9
    # 4.5:1 on white is a relative luminance of 1.05 / 4.5 − 0.05 = 0.1833, so L* = 116 × 0.1833^(1/3) − 16 = 49.9.
    assert max(_lightness(one) for one in [*PLACES, *RESIDENCE_COLOUR.values(), *CARE_COLOUR.values()]) <= 49.9


# ---- tables to work with ---------------------------------------------------------------------------------------------

CELLS = [
    ("丙", "12,844.65"),
    ("甲", "−34"),
    ("乙", '<span data-gap="unstated">[未载]</span>'),
    ("丁", "915"),
    ("=SUM(A1)", "6000–19,500"),
]


def table_page(rows: list[tuple[str, str]]) -> str:
    """A page with one table of a place and a number."""
    body = "".join(f'<tr><th scope="row">{name}</th><td class="ms-number">{cell}</td></tr>' for name, cell in rows)
    head = '<tr><th scope="col">地区</th><th scope="col" class="ms-number">数值<br>元/月</th></tr>'
    table = f'<table class="ms-table"><caption>表</caption><thead>{head}</thead><tbody>{body}</tbody></table>'
    return whole_page("标题", "zh", f'<h1>标题</h1><div class="ms-scroll">{table}</div>')


def column(tab: Any, nth: int) -> list[str]:
    return [str(one) for one in tab.locator(f"tbody tr:visible > :nth-child({nth})").all_inner_texts()]


def test_a_table_is_sorted_by_its_numbers_from_the_keyboard_and_back(tab: Any) -> None:
    tab.set_content(table_page(CELLS))
    head = tab.get_by_role("columnheader", name="数值")
    assert head.get_attribute("aria-sort") == "none"
    head.get_by_role("button").focus()
    tab.keyboard.press("Enter")
    assert column(tab, 2) == ["−34", "915", "6000–19,500", "12,844.65", "[未载]"]
    assert head.get_attribute("aria-sort") == "ascending"
    tab.keyboard.press("Enter")
    assert column(tab, 2) == ["12,844.65", "6000–19,500", "915", "−34", "[未载]"]  # what is missing stays last
    assert head.get_attribute("aria-sort") == "descending"
    tab.keyboard.press("Enter")
    assert column(tab, 1) == [name for name, _ in CELLS]


def test_one_column_at_a_time_says_that_it_sorts(tab: Any) -> None:
    tab.set_content(table_page(CELLS))
    for name in ("地区", "数值"):
        tab.get_by_role("columnheader", name=name).get_by_role("button").click()
    assert [one.get_attribute("aria-sort") for one in tab.locator("thead th").all()] == ["none", "ascending"]


def test_a_head_that_is_a_link_stays_one(tab: Any) -> None:
    tab.set_content(table_page(CELLS).replace("数值<br>", '<a href="#x">数值</a>'))
    assert tab.locator("thead button").all_inner_texts() == ["地区"]
    assert tab.locator("thead th").nth(1).get_attribute("aria-sort") is None


def test_a_long_table_is_filtered_and_says_how_much_it_shows(tab: Any) -> None:
    tab.set_content(table_page([(f"地{n}", str(n)) for n in range(1, 14)]))
    tab.get_by_role("searchbox").fill("地 3")
    assert column(tab, 1) == ["地3", "地13"]
    assert tab.get_by_role("status").inner_text() == "2 / 13"
    tab.get_by_role("searchbox").fill("")
    assert len(column(tab, 1)) == 13


def test_a_short_table_has_no_filter(tab: Any) -> None:
    tab.set_content(table_page([(f"地{n}", str(n)) for n in range(1, 13)]))
    assert tab.get_by_role("searchbox").count() == 0


def test_a_copied_table_is_text_between_tabs_with_plain_numbers_and_no_formula(tab: Any, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(table_page(CELLS), encoding="utf-8")
    tab.goto(page.as_uri())
    tab.get_by_role("button", name="复制表格").click()
    tab.get_by_text("已复制").wait_for()
    wanted = ["地区\t数值 元/月", "丙\t12844.65", "甲\t-34", "乙\t[未载]", "丁\t915", "'=SUM(A1)\t6000–19,500"]
    assert tab.evaluate("navigator.clipboard.readText()").replace("\r\n", "\n").split("\n") == wanted


@pytest.mark.parametrize("page", SOME)
def test_without_a_script_everything_is_there(browser: Any, out: Path, page: str) -> None:
    shown = []
    for script in (True, False):
        context = browser.new_context(java_script_enabled=script, offline=True)
        own = context.new_page()
        own.goto((out / page).as_uri())
        own.evaluate("document.querySelectorAll('.ms-tools, script').forEach(one => one.remove())")
        shown.append(own.evaluate("document.body.textContent"))
        context.close()
    assert shown[0] == shown[1]
    assert len(shown[0]) > 5000


def test_no_other_script_runs_in_a_page(tab: Any, out: Path) -> None:
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.set_content(read(out / SOME[0]).html.replace("</main>", "<script>window.hit = 1</script></main>"))
    assert tab.evaluate("window.hit") is None
    assert any("Content Security Policy" in one for one in said)
    assert tab.get_by_role("searchbox").count() > 0  # while the page's own did


# ---- what is missing, and why ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", TOPIC_PAGES)
def test_a_number_that_is_missing_says_why_and_the_table_explains_it(out: Path, page: str) -> None:
    html = read(out / page).html
    assert re.findall(r'<td class="ms-number"></td>', html) == []
    lang = "en" if page.startswith("2024-en") else "zh"
    for table, after in re.findall(r"(<table.*?</table>)</div>(.{0,2000})", html, re.DOTALL):
        for reason in set(re.findall(r'data-gap="(\w+)"', table)):
            line = re.match(r'<p class="ms-note">(.*?)</p>', after)
            assert line
            assert escape(ms.labels.say(f"gap.{reason}", lang)) in line[1]
            assert escape(ms.labels.say(f"gap_meaning.{reason}", lang)) in line[1]


def test_a_damaged_figure_is_struck_through_and_marked(out: Path) -> None:
    html = read(out / "2024" / "veterans.html").html
    mark = ' <span class="ms-gap" data-gap="damaged">[受损]</span></td>'
    assert re.findall(r"<s>(.*?)</s>(.*?</td>)", html) == [("2024.5", mark)]


def test_what_is_not_printed_is_not_called_inapplicable() -> None:
    seen = ms.view(2024)
    row = {"indicator_id": "dibao_standard", "reference": None, "supplement": None, "contribution": None}
    other = seen.data.indicators[seen.data.indicators["reference_id"].isna()]["indicator_id"].iloc[0]
    assert gap(row, "reference", seen) == "unstated"  # there is a national series, but no value of that year
    assert gap(row | {"indicator_id": other}, "reference", seen) == "incomparable"  # there is no national series
    assert gap(row, "supplement", seen) == "inapplicable"
    assert gap(row, "contribution", seen) == "unstated"
    assert {gap(row, name, seen) for name in row} <= set(GAPS)


def test_a_range_stands_in_one_cell() -> None:
    seen = ms.view(2024, lang="en")
    rows = seen.levels[seen.levels["value_max"].notna() & (seen.levels["unit"] == "元")].head(1)
    low, high = rows.iloc[0][["value", "value_max"]]
    cells = re.findall(r'<td class="ms-number">(.*?)</td>', table_html(rows, seen, "a table"))
    assert [float(one.replace(",", "")) for one in cells[0].split("–")] == [low, high]


# ---- paper and the dark ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", TOPIC_PAGES)
def test_on_paper_no_chart_and_no_table_is_cut(tab: Any, out: Path, page: str) -> None:
    tab.set_viewport_size(SHEET)
    tab.emulate_media(media="print")
    tab.goto((out / page).as_uri())
    assert tab.evaluate("document.documentElement.scrollWidth") <= SHEET["width"]
    wide = "[...document.querySelectorAll('.ms-scroll, .ms-picture')].filter(one => one.scrollWidth > one.clientWidth).length"
    assert tab.evaluate(wide) == 0
    for kept in (".ms-figure", ".ms-table tr"):
        boxes = tab.evaluate(
            "kind => [...document.querySelectorAll(kind)].map(o => [getComputedStyle(o).breakInside, o.offsetHeight])", kept
        )
        assert {way for way, _ in boxes} == {"avoid"}
        assert max(height for _, height in boxes) < SHEET["height"]  # what must not be cut has room on one sheet


def test_on_paper_the_head_of_a_table_stands_on_each_sheet(tab: Any, out: Path) -> None:
    tab.emulate_media(media="print")
    tab.goto((out / SOME[0]).as_uri())
    style = "one => [getComputedStyle(one).display, getComputedStyle(one).breakInside]"
    assert tab.locator("thead").first.evaluate(style) == ["table-header-group", "avoid"]
    # A browser paints no button in a head that it repeats, so that on paper the words stand without theirs.
    assert tab.locator("thead button").first.evaluate(style)[0] == "contents"
    assert tab.locator(".ms-tools").first.is_hidden()


def test_in_the_dark_the_page_is_dark_and_charts_stay_on_white(browser: Any, out: Path) -> None:
    context = browser.new_context(offline=True, color_scheme="dark")
    own = context.new_page()
    own.goto((out / SOME[0]).as_uri())
    ground = "one => getComputedStyle(one).backgroundColor"
    assert own.locator("body").evaluate(ground) == "rgb(20, 24, 28)"
    assert own.locator(".ms-picture").first.evaluate(ground) == "rgb(255, 255, 255)"
    own.emulate_media(media="print")
    assert own.locator("body").evaluate(ground) == "rgb(255, 255, 255)"
    context.close()


@pytest.mark.parametrize("page", TOPIC_PAGES)
def test_on_a_desk_no_table_is_wider_than_the_page(tab: Any, out: Path, page: str) -> None:
    tab.goto((out / page).as_uri())
    wide = "[...document.querySelectorAll('.ms-scroll')].filter(one => one.scrollWidth > one.clientWidth)"
    assert tab.evaluate(f"{wide}.map(one => one.innerText)") == []


# ---- hostile text ----------------------------------------------------------------------------------------------------

NASTY = (
    "<script>window.hit=1</script>\"'<img src=x onerror=window.hit=1>"
    "$x^{2}$`a`&lt;{0}%s\\-->]]>\u202e\u200fjavascript:window.hit=1"
)
LONG = "长" * 5000


def _spoil(folder: Path, table: str, key: str, at: str, **cells: str) -> None:
    """Put other text into the cells of the rows of a table whose `key` is `at`."""
    path = folder / f"{table}.csv"
    rows = list(csv.DictReader(path.open(encoding="utf-8", newline="")))
    hit = [row for row in rows if row[key] == at]
    assert hit
    for row in hit:
        row.update(cells)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of some tables with hostile names, titles and notes."""
    room = tmp_path_factory.mktemp("nasty")
    folder = Path(shutil.copytree(bundled("data"), room / "tables", ignore=shutil.ignore_patterns("*.json")))
    _spoil(folder, "regions", "region_id", "441602", name=NASTY, name_en=NASTY)
    _spoil(folder, "regions", "region_id", "440000", name=LONG, name_en=LONG)
    _spoil(folder, "documents", "document_id", "000", title=NASTY, issuer=NASTY, note=NASTY + LONG)
    _spoil(folder, "items", "document_id", "000", title=NASTY[:60], lead=NASTY)
    _spoil(folder, "indicators", "indicator_id", "dibao_standard", name=NASTY, name_en=NASTY)
    _spoil(folder, "indicators", "indicator_id", "orphan_standard", name=LONG, name_en=LONG)
    _spoil(folder, "figures", "document_id", "000", note=NASTY)
    topics = [word for name in ("low_income_support", "orphan_allowances", "commitments") for word in ("--topic", name)]
    assert main(["report", "2024", *topics, "--data", str(folder), "--out", str(room / "out")]) == 0
    return room / "out" / "2024-own"


def test_hostile_text_stays_text_and_breaks_no_layout(tab: Any, nasty: Path) -> None:
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    pages = sorted(nasty.glob("*.html"))
    assert len(pages) == 4
    for page in pages:
        for width in (1280, 375):
            tab.set_viewport_size({"width": width, "height": 800})
            tab.goto(page.as_uri())
            assert tab.evaluate("[window.hit ?? 0, document.querySelectorAll('img, [onerror]').length]") == [0, 0], page.name
            assert tab.evaluate("document.documentElement.scrollWidth") <= width, page.name
            assert tab.evaluate("[...document.links].filter(one => !/^(file|#)/.test(one.protocol)).length") == 0
    assert said == []


def test_hostile_text_is_shown_as_it_stands_but_for_what_turns_its_direction(nasty: Path) -> None:
    html = (nasty / "low_income_support.html").read_text(encoding="utf-8")
    visible = re.sub("[\u202e\u200f]", "", NASTY)
    assert escape(visible) in html  # as the title, the issuer and the note of its document
    assert re.findall("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", html) == []
    assert "$x^{2}$" in html


def test_hostile_text_leaves_charts_whole(nasty: Path) -> None:
    files = sorted(nasty.glob("charts/*.svg"))
    assert len(files) > 10
    for file in files:
        ElementTree.parse(file)
    for page in nasty.glob("*.html"):
        for svg in pictures(read(page)):
            labels = [unescape(one) for one in re.findall(r"<text [^>]*>([^<]*)</text>", svg)]
            assert max(map(len, labels)) < 150
            places = [float(x) for x in re.findall(r'<text transform="translate\((-?[\d.]+) ', svg)]
            assert min(places) > -60  # no label begins far to the left of the paper, as one of 5,000 characters would


# ---- the same bytes --------------------------------------------------------------------------------------------------


def test_a_whole_report_is_the_same_elsewhere_to_the_byte(tmp_path: Path) -> None:
    made_twice = []
    for name, settings in {
        "here": {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"},
        "there": {"PYTHONHASHSEED": "4711", "TZ": "Asia/Shanghai", "LC_ALL": "zh_CN.GB18030", "LANG": "zh_CN.GB18030"},
    }.items():
        (tmp_path / name).mkdir()
        command = [sys.executable, "-m", "minsheng", "report", "2011", "--out", name]
        env = os.environ | settings | {"PYTHONIOENCODING": "utf-8"}
        subprocess.run(command, cwd=tmp_path / name, env=env, check=True, capture_output=True)
        made_twice.append(contents(tmp_path / name / name))
    first, second = made_twice
    assert {Path(name).suffix for name in first} == {".html", ".json", ".ipynb", ".svg", ".xlsx"}
    assert set(first) == set(second)
    clocks = ("runs.json",)  # which says how long each run took
    assert [name for name in first if first[name] != second[name] and name not in clocks] == []
    assert [name for name in first if str(tmp_path).encode() in first[name]] == []
