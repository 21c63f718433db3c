"""The notebooks as a researcher finds them: clean, short, bilingual, and running wherever notebooks run."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from minsheng.places import bundled
from minsheng.runs import RunSpec
from minsheng.topics import topics

NOTEBOOKS = {path.stem: path for path in sorted(bundled("notebooks").glob("*.ipynb"))}
HAN = re.compile(r"[\u4e00-\u9fff]")
GUIDES = ("00_start_here", "explore")
"""Notebooks for a researcher at the desk, which are no topics and make no reports."""

REPORTS = [name for name in NOTEBOOKS if name not in GUIDES]
every = pytest.mark.parametrize("name", list(NOTEBOOKS))
each_report = pytest.mark.parametrize("name", REPORTS)


def cells(path: Path, kind: str = "") -> list[dict[str, Any]]:
    """The cells of a notebook, of one kind if given, each source as one text."""
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell | {"source": "".join(cell["source"])} for cell in found if kind in ("", cell["cell_type"])]


def test_the_notebooks_are_there_and_each_report_is_a_topic() -> None:
    assert list(NOTEBOOKS) == [
        "00_start_here",
        "commitments",
        "delivery",
        "disability",
        "education",
        "employment",
        "explore",
        "low_income_support",
        "medical_insurance",
        "orphan_allowances",
        "others",
        "pensions",
        "place",
        "public_health",
        "tekun",
        "typical_cases",
        "veterans",
        "works",
        "yearly_comparison",
    ]
    assert set(topics()) == set(REPORTS)


@every
def test_a_notebook_is_stored_without_outputs(name: str) -> None:
    assert [cell for cell in cells(NOTEBOOKS[name], "code") if cell["outputs"] or cell["execution_count"] is not None] == []
    assert "widgets" not in json.loads(NOTEBOOKS[name].read_text(encoding="utf-8"))["metadata"]


@every
def test_cell_ids_are_fixed_and_unique(name: str) -> None:
    ids = [cell["id"] for cell in cells(NOTEBOOKS[name])]
    assert len(set(ids)) == len(ids) > 0


@every
def test_a_notebook_names_the_kernel_that_everyone_has(name: str) -> None:
    assert json.loads(NOTEBOOKS[name].read_text(encoding="utf-8"))["metadata"]["kernelspec"]["name"] == "python3"


@each_report
def test_one_parameters_cell_holds_what_the_command_passes_and_its_defaults(name: str) -> None:
    tagged = [cell for cell in cells(NOTEBOOKS[name], "code") if "parameters" in cell["metadata"].get("tags", [])]
    assert len(tagged) == 1
    found = {line.targets[0].id: ast.literal_eval(line.value) for line in ast.parse(tagged[0]["source"]).body}  # type: ignore[attr-defined]
    places = tuple(found["regions"]) if topics()[name].needs == "place" else ()
    assert found == RunSpec(topics()[name], found["year"], places).parameters()


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_has_one_parameters_cell_with_the_defaults_of_a_report(name: str) -> None:
    tagged = [cell for cell in cells(NOTEBOOKS[name], "code") if "parameters" in cell["metadata"].get("tags", [])]
    (found,) = [{line.targets[0].id: ast.literal_eval(line.value) for line in ast.parse(one["source"]).body} for one in tagged]  # type: ignore[attr-defined]
    defaults = RunSpec(topics()[REPORTS[0]], 2024).parameters()
    assert found == {name: defaults[name] for name in found}
    assert {"lang", "tables"} <= found.keys()


@every
def test_cells_are_short_and_keep_logic_in_the_package(name: str) -> None:
    logic = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If, ast.Try)
    for cell in cells(NOTEBOOKS[name], "code"):
        assert len(cell["source"].splitlines()) <= 12, cell["source"]
        assert [node for node in ast.walk(ast.parse(cell["source"])) if isinstance(node, logic)] == [], cell["source"]


@each_report
def test_every_comparison_keeps_the_main_series_and_is_not_refused_for_one_of_the_users_own(name: str) -> None:
    code = "\n".join(cell["source"] for cell in cells(NOTEBOOKS[name], "code"))
    asked = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    asked = [node for node in asked if ast.unparse(node.func) in ("ms.across", "ms.over_years", "ms.select")]
    assert [ast.unparse(node) for node in asked if "main=True" not in ast.unparse(node)] == []


@every
def test_prose_is_in_twins_chinese_then_english(name: str) -> None:
    prose = cells(NOTEBOOKS[name], "markdown")
    assert [cell["metadata"]["tags"] for cell in prose] == [["lang-zh"], ["lang-en"]] * (len(prose) // 2)
    for zh, en in zip(prose[::2], prose[1::2], strict=True):
        assert HAN.search(zh["source"])
        assert not HAN.search(en["source"])
        assert [len(re.match("#*", part)[0]) for part in zh["source"].split("\n\n")] == [  # type: ignore[index]
            len(re.match("#*", part)[0])  # type: ignore[index]
            for part in en["source"].split("\n\n")
        ]


@each_report
def test_a_topic_has_the_title_of_its_notebook(name: str) -> None:
    zh, en = cells(NOTEBOOKS[name], "markdown")[:2]
    assert dict(topics()[name].titles) == {
        "zh": zh["source"].splitlines()[0].removeprefix("# "),
        "en": en["source"].splitlines()[0].removeprefix("# "),
    }


def test_plain_papermill_runs_a_notebook_unchanged(tmp_path: Path) -> None:
    import papermill

    out = tmp_path / "out.ipynb"
    papermill.execute_notebook(NOTEBOOKS["medical_insurance"], out, {"year": 2023}, progress_bar=False, cwd=tmp_path)
    done = cells(out, "code")
    assert all(cell["execution_count"] for cell in done)
    shown = "".join("".join(one["data"].get("text/html", "")) for cell in done for one in cell["outputs"] if "data" in one)
    # 源城区 prints 640 for 2023, 市中区 730; 2023 only stands in the title when the parameter has arrived.
    assert "2023年各地居民医保财政补助标准" in shown
    assert shown.count("<img alt=") == 4
    assert [one for cell in done for one in cell["outputs"] if one["output_type"] in ("error", "stream")] == []
