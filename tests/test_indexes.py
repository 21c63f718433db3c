"""The pages that lead to the others: small enough to mail, and linked to whatever lies beside them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from minsheng.cli import main
from minsheng.index import record_runs
from minsheng.overall import overview, refresh
from minsheng.plans import Request, plan
from minsheng.report import views
from minsheng.runs import RunResult
from minsheng.stylesheet import stylesheet
from minsheng.tables import Dataset


def links(page: Path) -> list[str]:
    """Where the links of a page lead, without those inside it."""
    return [unquote(one) for one in re.findall(r'href="([^"#]+)(?:#[^"]*)?"', page.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def every_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The indexes of all years and topics of the bundled tables; the pages that they lead to are empty."""
    out, todo = tmp_path_factory.mktemp("indexes"), plan(Request())
    seen = views(todo.specs, todo.data)
    for name in dict.fromkeys(spec.folder for spec in todo.specs):
        own = [spec for spec in todo.specs if spec.folder == name]
        (out / name).mkdir()
        for file in [*(f"{spec.topic.name}.html" for spec in own), f"minsheng-{name}.xlsx"]:
            (out / name / file).touch()
        record_runs([RunResult(spec, Path(), 1.0) for spec in own], seen(name), out / name)
    (out / "index.html").write_text(overview(out, "zh"), encoding="utf-8")
    return out


def test_the_indexes_of_all_years_are_small(every_year: Path) -> None:
    sizes = {path.parent.name: path.stat().st_size for path in every_year.rglob("index.html")}
    assert len(sizes) == 9  # eight years, and the index over them
    assert {name: size for name, size in sizes.items() if size > 58_000} == {}
    assert sizes[every_year.name] < 53_000


def test_every_link_of_an_index_leads_to_a_file(every_year: Path) -> None:
    for page in every_year.rglob("index.html"):
        found = links(page)
        assert len(found) >= 5
        assert [one for one in found if not (page.parent / one).is_file()] == []


def test_tables_written_after_the_pages_are_linked_from_both_indexes(every_year: Path, data: Dataset) -> None:
    year, whole = every_year / "2024" / "index.html", every_year / "index.html"
    assert [one for one in links(year) + links(whole) if "csv" in one] == []
    assert main(["report", "2024", "--format", "csv", "--out", str(every_year)]) == 0
    wanted = [*(f"csv/{name}.csv" for name in data.tables()), "csv/standards.csv", "csv/datapackage.json"]
    assert [one for one in links(year) if one.startswith("csv/")] == wanted
    assert all((year.parent / one).is_file() for one in wanted)
    assert re.findall(r'<a href="([^"]*)">CSV</a>', whole.read_text(encoding="utf-8")) == ["2024/index.html#csv"]
    assert '<p id="csv">数据表（CSV）：<a href="csv/documents.csv">' in year.read_text(encoding="utf-8")


def test_tables_without_any_page_make_no_index(tmp_path: Path) -> None:
    assert main(["report", "2011", "--format", "csv", "--lang", "en", "--out", str(tmp_path)]) == 0
    assert list(tmp_path.rglob("index.html")) == []


def test_an_english_index_names_the_tables_in_english(every_year: Path, tmp_path: Path) -> None:
    record = json.loads((every_year / "2011" / "run.json").read_text(encoding="utf-8"))
    (tmp_path / "2011-en" / "csv").mkdir(parents=True)
    (tmp_path / "2011-en" / "run.json").write_text(json.dumps(record | {"parameters": record["parameters"] | {"lang": "en"}}))
    resources = [{"path": "documents.csv", "title": "文件", "title_en": "Documents"}]
    (tmp_path / "2011-en" / "csv" / "datapackage.json").write_text(json.dumps({"resources": resources}))
    refresh(tmp_path, ["2011-en"], "en")
    html = (tmp_path / "2011-en" / "index.html").read_text(encoding="utf-8")
    assert 'Tidy tables (CSV): <a href="csv/documents.csv">Documents</a>, <a href="csv/datapackage.json">' in html


def test_a_page_has_the_style_of_what_is_on_it_and_no_other() -> None:
    css = stylesheet('<main><p class="ms-note other">…</p></main>')
    assert ".ms-note {" in css
    assert "main > p {" in css  # and not its neighbours main > ul, main > ol, .ms-figure
    assert [name for name in (".ms-table", ".ms-figure", "button", "figure", "nav") if name in css] == []
    assert css.count("{") == css.count("}")
    assert "@page {" in css


def test_what_the_script_of_a_page_makes_has_its_style() -> None:
    css = stylesheet('<table class="ms-table"><script>make("button", {}); make("div", { className: "ms-tools" })</script>')
    assert ".ms-tools button {" in css
    assert ".ms-tools input" not in css
