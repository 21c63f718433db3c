"""The documentation: built by one command without a warning, whole, in both languages, and true to the package."""

from __future__ import annotations

import base64
import contextlib
import inspect
import io
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, need
from fontTools.ttLib import TTFont

import minsheng as ms
from minsheng.cli import main
from minsheng.levels import FLAGS
from minsheng.nursery import Stop, kernels
from minsheng.schema import schema
from minsheng.tables import Dataset

DOCS = ROOT / "docs"
LANGUAGES = ("zh", "en")
HAN = "[\u4e00-\u9fff]"
HOWTOS = ("document", "indicator", "next-year", "draft", "many-reports", "citation")
BLOCK = re.compile(
    r"^```(?P<kind>[\w{}-]+)(?: text)?\n(?::caption: (?P<path>[^\n]*)\n\n)?(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE
)


# ---- the how-tos do what they say ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """One fenced block of a page: what it is (``python``, ``sh``, ``text``), the file it is of, and what is in it."""

    kind: str
    path: str
    body: str


def blocks(page: Path) -> list[Block]:
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [Block(one["kind"], one["path"] or "", one["body"]) for one in found]


def put(path: Path, body: str) -> None:
    """Write a file; rows without the head of a table that is there go to its end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    head = path.read_text(encoding="utf-8").splitlines()[0] if path.exists() else body.splitlines()[0]
    with path.open("w" if body.startswith(head) else "a", encoding="utf-8") as file:
        file.write(body)


def shell(line: str) -> None:
    """Run a line of a shell block: the command `minsheng` in this process, anything else in a shell."""
    if line.startswith("minsheng "):
        main(shlex.split(line)[1:])
    else:
        print(subprocess.run(line, shell=True, check=True, capture_output=True, text=True).stdout, end="")


def run(block: Block, names: dict[str, Any]) -> str:
    """What a block prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        if block.kind == "python":
            exec(compile(block.body, "block", "exec"), names)
        for line in block.body.splitlines() if block.kind == "sh" else []:
            shell(line)
    return printed.getvalue()


def alike(wanted: str, got: str) -> bool:
    """Whether an output is the one that is shown, in which … stands for anything."""
    return re.fullmatch(re.escape(wanted).replace("…", ".*"), got, re.DOTALL) is not None


def follow(page: Path) -> list[tuple[str, str]]:
    """Do what a page says, in the current folder: each output that is shown, with the one that came."""
    outputs, names, got = [], {}, ""
    for block in blocks(page):
        if block.path:
            put(Path(block.path), block.body)
        elif block.kind == "text":
            outputs.append((block.body, got))
        else:
            got = run(block, names)
    return outputs


@pytest.fixture(scope="module")
def warm() -> Iterator[Stop]:
    """One parent of kernels for all reports that the how-tos make, each of which would warm up its own."""
    with kernels() as stop:
        yield stop


@pytest.mark.parametrize("lang", LANGUAGES)
def test_who_follows_the_howtos_sees_what_they_show(
    lang: str, warm: Stop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("minsheng.nursery.kernels", lambda *_: contextlib.nullcontext(warm))
    shown = {name: follow(DOCS / lang / "howto" / f"{name}.md") for name in HOWTOS}
    assert all(shown.values())
    wrong = [(name, wanted, got) for name, pairs in shown.items() for wanted, got in pairs if not alike(wanted, got)]
    assert wrong == []


def test_an_output_that_differs_is_told() -> None:
    assert alike("took … s\ndone\n", "took 7.6 s\ndone\n")
    assert not alike("915.0 元\n", "951.0 元\n")
    assert not alike("took … s\ndone\n", "took 7.6 s\nfailed\n")


# ---- the public docstrings -------------------------------------------------------------------------------------------

FUNCTIONS = [name for name in ms._ROOMS if inspect.isfunction(getattr(ms, name))]
CLASSES = [name for name in ms._ROOMS if inspect.isclass(getattr(ms, name))]


def sections(name: str) -> dict[str, str]:
    """The sections of a public name's docstring; what stands before them is under an empty name."""
    parts = re.split(r"^(\w+)\n-{4,}\n", inspect.getdoc(getattr(ms, name)) or "", flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def described(section: str) -> set[str]:
    """The names that a section describes."""
    heads = re.findall(r"^(\S[^:\n]*?)(?: : .*)?$", section, re.MULTILINE)
    return {one.strip().lstrip("*") for head in heads for one in head.split(",")}


def test_every_public_name_is_a_function_or_a_class() -> None:
    assert sorted(FUNCTIONS + CLASSES) == sorted(ms._ROOMS)


@pytest.mark.parametrize("name", ms._ROOMS)
def test_a_public_name_says_what_it_is_and_has_an_example(name: str) -> None:
    found = sections(name)
    assert found[""].strip()
    assert ">>> " in found["Examples"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_describes_what_it_takes_gives_and_raises(name: str) -> None:
    own, found = getattr(ms, name), sections(name)
    assert set(inspect.signature(own).parameters) - described(found.get("Parameters", "")) == set()
    assert "Returns" in found or own.__annotations__["return"] in (None, "None")
    assert "Raises" in found or "raise " not in inspect.getsource(own)


@pytest.mark.parametrize("name", CLASSES)
def test_a_public_class_describes_what_it_holds(name: str) -> None:
    own = getattr(ms, name)
    held = [field.name for field in fields(own)] if is_dataclass(own) else [one for one in ("faults", "key") if one in vars(own)]
    assert set(held) - described(sections(name)["Attributes"]) == set()


@pytest.mark.parametrize("name", ms._MODULES)
def test_a_module_that_notebooks_call_has_an_example(name: str) -> None:
    own = [one for one in vars(getattr(ms, name)).values() if inspect.isfunction(one) or inspect.isclass(one)]
    mine = [one for one in own if one.__module__.startswith(f"minsheng.{name}")]
    assert any(">>> " in (inspect.getdoc(method) or "") for one in mine for method in [one, *vars(one).values()])


# ---- the pages -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation, built once by the one command, with every warning an error."""
    need(find_spec("furo") is not None, "Sphinx with furo")
    out = tmp_path_factory.mktemp("docs") / "built"
    done = subprocess.run([sys.executable, DOCS / "build.py", out], capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    return out


def pages(built: Path) -> list[Path]:
    return sorted(built.rglob("*.html"))


def page(built: Path, lang: str, name: str) -> str:
    return (built / ("" if lang == "zh" else "en") / f"{name}.html").read_text(encoding="utf-8")


def cells(html: str) -> list[list[str]]:
    """The rows of all tables of a page, as text."""
    rows = re.findall(r"<tr.*?</tr>", html, re.DOTALL)
    return [[unescape(re.sub(r"<.*?>", "", one)).strip() for one in re.findall(r"<td.*?</td>", row, re.DOTALL)] for row in rows]


def test_both_languages_have_the_same_pages(built: Path) -> None:
    chinese, english = ({path.relative_to(DOCS / lang) for path in (DOCS / lang).rglob("*.md")} for lang in LANGUAGES)
    assert {path.as_posix() for path in chinese ^ english} == {"en-reference.md", "reference.md", "notebooks.md"}


def test_each_page_says_its_language_and_leads_to_its_twin(built: Path) -> None:
    for path in pages(built):
        html, english = path.read_text(encoding="utf-8"), path.is_relative_to(built / "en")
        assert re.search(r'<html [^>]*lang="(.*?)"', html)[1] == ("en" if english else "zh-CN"), path
        (twin,) = re.findall(r'class="ms-twin"><a href="(.*?)"', html)
        there = (path.parent / twin).resolve()
        assert there.is_file(), path
        assert there.is_relative_to(built.resolve() / "en") != english, path


def test_each_link_leads_to_a_place_that_is_there(built: Path) -> None:
    ids = {path.resolve(): set(re.findall(r'\bid="(.*?)"', path.read_text(encoding="utf-8"))) for path in pages(built)}
    lost = []
    for path in pages(built):
        for link in re.findall(r'<a [^>]*href="([^":]*)"', path.read_text(encoding="utf-8")):
            target, _, anchor = unescape(link).partition("#")
            there = (path.parent / target).resolve() if target else path.resolve()
            if there not in ids or (anchor and anchor not in ids[there]):
                lost.append(f"{path.name}: {link}")
    assert lost == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_codebook_has_every_column_code_and_flag(built: Path, lang: str) -> None:
    rows, known = cells(page(built, lang, "codebook")), schema()
    tables = [*known.tables.values(), *known.derived.values()]
    columns = [(row[0], row[1], row[-1]) for row in rows if len(row) == 8]
    assert columns == [(f.name, f.heading(lang), f.meaning(lang)) for t in tables for f in t.fields]
    codes = [tuple(row) for row in rows if len(row) == 2]
    vocabularies = [*known.vocabularies.values(), *known.recipients.values()]
    assert codes == [(code, words[lang]) for one in vocabularies for code, words in one.items()]
    assert [row[0] for row in rows if len(row) == 3] == list(FLAGS)


def test_the_codebook_tells_keys_rules_and_vocabularies(built: Path) -> None:
    rows = {row[0]: row for row in cells(page(built, "en", "codebook")) if len(row) == 8}
    assert rows["figure_id"][3:7] == ["yes", "primary key", "", "no value twice; of the form ^[0-9A-Za-z][0-9A-Za-z_-]*$"]
    assert rows["evidence"][6] == "at most 25 characters"
    assert rows["parent_id"][4] == "→ regions.region_id"
    assert rows["confidence"][6] == "at least 0; at most 100"
    assert rows["stage"][5] == "stage"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_indicators_documents_and_series_are_those_of_the_tables(built: Path, lang: str, data: Dataset) -> None:
    rows = cells(page(built, lang, "indicators"))
    assert sorted(row[0] for row in rows if row) == sorted(data.indicators["indicator_id"])
    rows = cells(page(built, lang, "sources"))
    assert [row[0] for row in rows if len(row) == 10] == list(data.documents["document_id"])
    assert sum(int(row[9]) for row in rows if len(row) == 10) == len(data.figures)
    assert len([row for row in rows if len(row) == 6]) == len(data.reference)


def test_the_reference_has_every_public_name_once_with_its_example(built: Path) -> None:
    html = page(built, "en", "reference")
    named = re.findall(r'<dt class="sig sig-object py" id="minsheng\.(\w+)">', html)
    assert sorted(named) == sorted(ms._ROOMS)
    examples = [name for name in named if re.search(rf'id="minsheng\.{name}">.*?&gt;&gt;&gt;', html, re.DOTALL)]
    assert examples == named
    notebooks = page(built, "en", "notebooks")
    assert [name for name in ms._MODULES if f'id="module-minsheng.{name}"' not in notebooks] == []


def test_a_public_name_of_a_room_that_no_purpose_names_is_in_the_reference_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(DOCS)
    from pages import PURPOSES, grouped_names

    assert {room for rooms in PURPOSES.values() for room in rooms} <= set(ms._ROOMS.values())
    monkeypatch.setitem(ms._ROOMS, "say", "labels")
    assert grouped_names()["The words a reader sees, in Chinese and in English, one file a language (``strings/``)"] == ["say"]


@pytest.fixture(scope="module")
def axe() -> str:
    need(find_spec("axe_playwright_python") is not None, "axe-core")
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def test_pages_need_no_network_and_are_no_wider_than_a_phone(built: Path, browser: Any) -> None:
    wrong: list[str] = []
    context = browser.new_context(offline=True, viewport={"width": 375, "height": 800})
    tab = context.new_page()
    tab.on("console", lambda message: wrong.append(message.text))
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("request", lambda request: wrong.extend([request.url] * (not request.url.startswith(("file:", "data:")))))
    for path in pages(built):
        tab.goto(path.as_uri())
        assert tab.evaluate("[...document.fonts].map(one => one.status)") == ["loaded"], path
        assert tab.evaluate("document.documentElement.scrollWidth") <= 375, path
    context.close()
    assert wrong == []


@pytest.mark.parametrize(("lang", "words", "found"), [("zh", "倍数", "增加一个指标"), ("en", "consumer price", "next year")])
def test_the_search_finds_words_without_a_server(built: Path, browser: Any, lang: str, words: str, found: str) -> None:
    tab = browser.new_page()
    tab.goto((built / ("" if lang == "zh" else "en") / "search.html").as_uri() + f"?q={words}")
    tab.locator("#search-results li a").first.wait_for()
    assert any(found in one for one in tab.locator("#search-results li a").all_inner_texts())
    assert set(re.findall(HAN, tab.locator("body").inner_text())) <= font_characters(built)
    tab.close()


def font_characters(built: Path) -> set[str]:
    """The characters of the font that comes along."""
    css = (built / "_static" / "han.css").read_text(encoding="utf-8")
    font = TTFont(io.BytesIO(base64.b64decode(re.search(r"base64,([^)]*)", css)[1])))
    return set(map(chr, font.getBestCmap()))


def test_the_font_has_every_chinese_character_of_the_pages(built: Path) -> None:
    shown = {c for path in pages(built) for c in re.findall(HAN, path.read_text(encoding="utf-8"))}
    assert len(shown) > 500
    assert shown - font_characters(built) == set()


def test_axe_finds_nothing(built: Path, browser: Any, axe: str) -> None:
    tab = browser.new_page(viewport={"width": 375, "height": 800})
    for name in ("index", "howto/document", "en/sources"):
        tab.goto((built / f"{name}.html").as_uri())
        tab.evaluate(axe)
        found = tab.evaluate(
            "rules => axe.run({runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})", ["wcag2a", "wcag2aa"]
        )["violations"]
        assert [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found] == [], name
    tab.close()
