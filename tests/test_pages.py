"""The pages as a reader opens them: offline, on a laptop or phone, with no script and no font of their own."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from test_report import OTHERS, TOPICS, made

TOPIC_PAGES = [
    *(f"2024/{name}.html" for name in TOPICS),
    *(f"{at}/{name}.html" for at, one in OTHERS.items() for name in one.topics),
]
INDEXES = ["index.html", "2024/index.html", "2024-en/index.html"]
PAGES = [*TOPIC_PAGES, *INDEXES]
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
every_page = pytest.mark.parametrize("page", PAGES)


class Reader(HTMLParser):
    """What is on a page: elements with their attributes, and each text with the language and element it stands in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str, str]] = []  # text or attribute's text, language, element
        self._open: list[tuple[str, str]] = [("", "")]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, and the texts in its attributes."""
        own = {name: value or "" for name, value in attrs}
        lang = own.get("lang", self._open[-1][1])
        self.elements.append((tag, own))
        self.texts += [(own[name], lang, name) for name in ("alt", "aria-label", "title", "content") if name in own]
        if tag not in VOID:
            self._open.append((tag, lang))

    def handle_endtag(self, tag: str) -> None:
        """Leave an element; only the one that is open can be left."""
        assert self._open.pop()[0] == tag, f"<{tag}> closes what is not open"

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.append((data, self._open[-1][1], self._open[-1][0]))

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of each element of a kind."""
        return [own for name, own in self.elements if name == tag]

    def visible(self) -> set[str]:
        """The characters that need a glyph."""
        hidden = ("style", "script", "title", "content", "alt", "aria-label")
        own = "".join(text for text, _, where in self.texts if where not in hidden)
        return {one for one in own if not one.isspace()}


@pytest.fixture(scope="session")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the reports."""
    return made(tmp_path_factory.getbasetemp()).out


@cache
def read(path: Path) -> Reader:
    return Reader(path.read_text(encoding="utf-8"))


def pictures(reader: Reader) -> list[str]:
    """The SVG of each picture."""
    return re.findall(r"<svg .*?</svg>", reader.html, re.DOTALL)


@every_page
def test_a_page_has_no_address_outside_itself_but_of_its_neighbours(out: Path, page: str) -> None:
    reader = read(out / page)
    for tag, own in reader.elements:
        for name in own.keys() & {"src", "href", "srcset", "poster", "action", "data", "background", "xlink:href"}:
            if tag == "use":
                assert own[name].startswith("#")
            elif tag == "a" and name == "href":
                assert own[name].startswith("#") or ((out / page).parent / own[name]).is_file(), own[name]
            else:
                assert own[name].startswith("data:"), own[name]
    styles = "".join(text for text, _, where in reader.texts if where == "style")
    styles += "".join(own.get("style", "") + own.get("clip-path", "") for _, own in reader.elements)
    assert re.findall(r"url\((?!\s*[\"']?(?:data:|#))", styles) == []
    assert "@import" not in styles
    assert re.findall(r"https?:|//[a-z]", re.sub(r'"data:[^"]*"|base64,[A-Za-z0-9+/=]*', "", reader.html)) == []


@every_page
def test_a_page_loads_nothing_and_lets_no_script_run_but_the_one_for_its_tables(out: Path, page: str) -> None:
    reader = read(out / page)
    assert {tag for tag, _ in reader.elements} & {"iframe", "object", "embed", "link", "base", "form"} == set()
    assert [name for _, own in reader.elements for name in own if name.startswith("on")] == []
    policy = next(own["content"] for own in reader.all("meta") if own.get("http-equiv") == "Content-Security-Policy")
    scripts = [text for text, _, where in reader.texts if where == "script"]
    allowed = [f"'sha256-{base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()}'" for one in scripts]
    assert re.findall(r"script-src ([^;]*)", policy) == allowed
    assert len(scripts) == (1 if 'class="ms-table"' in reader.html else 0)
    assert policy.startswith("default-src 'none';")


@pytest.mark.parametrize("page", TOPIC_PAGES)
def test_a_picture_is_drawn_in_lines_and_letters_and_loads_nothing(out: Path, page: str) -> None:
    drawn = pictures(read(out / page))
    assert len(drawn) >= 1
    for svg in drawn:
        assert svg.startswith("<svg ")
        assert not re.search(r"<image|<script|<style|@font-face|@import|<!--|font-family", svg)
        assert len(re.findall(r"<text [^>]*>[^<]+</text>", svg)) > 5
        assert re.findall(r'href="(?!#)', svg) == []
        assert re.findall(r"url\((?!#)", svg) == []


@every_page
def test_a_page_shows_no_code(out: Path, page: str) -> None:
    shown = "".join(text for text, _, _ in read(out / page).texts)
    assert [word for word in ("import minsheng", "ms.page", "seen = ", "In [", "Traceback", "DataFrame") if word in shown] == []


@every_page
def test_a_page_has_its_language_one_heading_and_a_title(out: Path, page: str) -> None:
    reader = read(out / page)
    assert [own.get("lang") for own in reader.all("html")] == ["en" if page.startswith("2024-en") else "zh-CN"]
    assert len(reader.all("h1")) == len(reader.all("title")) == 1
    assert "".join(text for text, _, where in reader.texts if where == "title").strip()
    assert [own["charset"] for own in reader.all("meta") if "charset" in own] == ["utf-8"]
    assert [own["content"] for own in reader.all("meta") if own.get("name") == "viewport"] != []


@every_page
def test_every_link_inside_a_page_has_its_target(out: Path, page: str) -> None:
    reader = read(out / page)
    ids = [own["id"] for _, own in reader.elements if "id" in own]
    assert len(ids) == len(set(ids))
    wanted = {own["href"][1:] for own in reader.all("a") if own.get("href", "").startswith("#")}
    assert wanted - set(ids) == set()
    if page in TOPIC_PAGES:
        assert sum(one.startswith(("figure-", "document-")) for one in wanted) >= 4
        assert sum(one.startswith("document-") for one in ids) >= 1


@every_page
def test_a_page_is_small_enough_to_mail(out: Path, page: str) -> None:
    assert (out / page).stat().st_size <= (450_000 if page in TOPIC_PAGES else 60_000)


@pytest.mark.parametrize("page", TOPIC_PAGES)
def test_every_value_of_a_table_has_a_source_beside_it(out: Path, page: str) -> None:
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", read(out / page).html)
    assert len(rows) > 10
    assert [row for row in rows if not re.search('href="#(figure|reference|document)-', row)] == []


# From 源城区's document (000): Dibao 915 and 701, medical subsidy 670, orphans 2088 and 1450; Guangdong's minimum is 2295.
KEY = {
    "2024/disability.html": {"202", "270", "252"},
    "2024/low_income_support.html": {"915", "701"},
    "2024/tekun.html": {"995", "1464", "1200"},
    "2024/veterans.html": {"5603"},
    "2024/education.html": {"1150", "1950", "6000"},
    "2024/public_health.html": {"80", "75", "90"},
    "2024/typical_cases.html": {"915", "2745", "1387"},
    "2024-en/typical_cases.html": {"915", "2745", "1387"},
    "2018/delivery.html": {"63", "70"},
    "2021/pensions.html": {"115", "121"},
    "2024-441602/place.html": {"915", "2088"},
    "2024/medical_insurance.html": {"670"},
    "2024/orphan_allowances.html": {"2088", "1450", "2295"},
    "2024/yearly_comparison.html": {"915", "2088", "2295"},
    "2024-en/medical_insurance.html": {"670"},
}


@pytest.mark.parametrize("page", TOPIC_PAGES)
def test_alternative_texts_say_the_key_figures(out: Path, page: str) -> None:
    assert read(out / page).all("img") == []
    texts = [own["aria-label"] for own in read(out / page).all("svg") if own["role"] == "img"]
    assert [text for text in texts if not re.search(r"\d", text) or len(text) < 20] == []
    assert KEY.get(page, set()) - set(re.findall(r"\d+", " ".join(texts))) == set()


@pytest.mark.parametrize("page", [one for one in PAGES if one.startswith("2024-en")])
def test_an_english_page_has_chinese_only_where_it_says_so(out: Path, page: str) -> None:
    texts = [text for text, lang, where in read(out / page).texts if lang != "zh-CN" and where not in ("style", "script")]
    assert [text for text in texts if HAN.search(text)] == []


@pytest.mark.parametrize("page", [one for one in TOPIC_PAGES if one.startswith("2024/")])
def test_a_chinese_page_has_no_english_sentence(out: Path, page: str) -> None:
    for text, lang, where in read(out / page).texts:
        if lang == "zh-CN" and where not in ("style", "script", "content"):
            assert not re.search(r"\b(?!minsheng report)[a-z]+(?: [a-z]+){2}", text), text


@every_page
def test_the_embedded_font_has_a_glyph_for_every_character(out: Path, page: str) -> None:
    from fontTools.ttLib import TTFont

    reader = read(out / page)
    fonts = re.findall(r"url\(data:font/woff;base64,([A-Za-z0-9+/=]+)\)", reader.html)
    assert len(fonts) == 1
    font = TTFont(io.BytesIO(base64.b64decode(fonts[0])))
    assert {one for one in reader.visible() if ord(one) not in font.getBestCmap()} == set()
    assert len(font.getGlyphOrder()) < 2000  # the page's own characters, not the whole font


@every_page
def test_a_browser_without_network_and_script_shows_a_page_whole(browser: Any, out: Path, page: str) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    tab, said, asked = context.new_page(), [], []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url.split(":")[0]))
    for width in (1280, 375):
        tab.set_viewport_size({"width": width, "height": 800})
        tab.goto((out / page).as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert (
            tab.evaluate("[...document.querySelectorAll('svg')].filter(one => !one.getBoundingClientRect().height).length") == 0
        )
        assert tab.evaluate("[...document.fonts].map(one => one.status)") == ["loaded"]
    assert set(asked) <= {"file", "data"}
    assert said == []
    context.close()


@pytest.mark.parametrize("page", ["2024/low_income_support.html", "2024-en/medical_insurance.html", "index.html"])
def test_a_browser_draws_every_character_in_the_embedded_font(browser: Any, out: Path, page: str) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    tab = context.new_page()
    tab.goto((out / page).as_uri())
    tools = context.new_cdp_session(tab)
    for domain in ("DOM", "CSS"):
        tools.send(f"{domain}.enable")
    root = tools.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    nodes = tools.send("DOM.querySelectorAll", {"nodeId": root, "selector": "body *"})["nodeIds"]
    used = [font for node in nodes for font in tools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]]
    assert sum(font["glyphCount"] for font in used) > 50
    assert {font["familyName"] for font in used if not font["isCustomFont"]} == set()
    context.close()
