"""The report command from end to end: what a run leaves behind, when it goes well and when it does not."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from minsheng import cli
from minsheng.making import make
from minsheng.nursery import kernels
from minsheng.plans import Plan, Request, plan
from minsheng.topics import Topic, topics

TOPICS = [
    "commitments",
    "disability",
    "education",
    "employment",
    "low_income_support",
    "medical_insurance",
    "orphan_allowances",
    "others",
    "public_health",
    "tekun",
    "typical_cases",
    "veterans",
    "works",
    "yearly_comparison",
]
"""The topics of 2024."""

OTHERS = {
    "2024-en": Request((2024,), ("medical_insurance", "typical_cases"), lang="en"),
    "2018": Request((2018,), ("delivery",)),
    "2021": Request((2021,), ("pensions",)),
    "2024-441602": Request((2024,), ("place",), ("441602",)),
}
"""What else is made, by folder: the topics of other years, of one place, and some in English."""


class Made(NamedTuple):
    """Reports that were made: language, topic and reason of each run, and where the process stood meanwhile."""

    out: Path
    runs: list[list[str]]
    stood: list[str]


def made(base: Path) -> Made:
    """Reports of 2024, every topic, and `OTHERS`.

    Made once by whoever asks first; the other workers of a parallel run wait for them.
    """
    room = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "made"
    said, out = room / "said.json", room / "reports"
    try:
        room.mkdir()
    except FileExistsError:
        waited = time.monotonic()
        while not said.exists() and time.monotonic() - waited < 300:
            time.sleep(0.1)
    else:
        runs, stood = [], [os.getcwd()]
        try:
            plans = [plan(request) for request in (Request((2024,)), *OTHERS.values())]
            books = frozenset(spec.folder for one in plans for spec in one.specs)
            whole = Plan(tuple(spec for one in plans for spec in one.specs), plans[0].data, books)
            with kernels():
                results = make(whole, out, tell=lambda result, done, of: stood.append(os.getcwd()))
            runs = [[one.spec.lang, one.spec.topic.name, one.reason] for one in results]
        finally:
            said.with_suffix(".part").write_text(json.dumps([runs, [*stood, os.getcwd()]]))
            said.with_suffix(".part").replace(said)
    return Made(out, *json.loads(said.read_text()))


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(tmp_path_factory.getbasetemp())


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def record(folder: Path) -> dict[str, Any]:
    """``run.json`` of a report."""
    return dict(json.loads((folder / "run.json").read_text(encoding="utf-8")))


def links(page: Path) -> set[str]:
    """Where the links of a page lead."""
    return {unescape(one) for one in re.findall(r'href="([^"#][^"]*)"', page.read_text(encoding="utf-8"))}


def test_every_run_is_done_and_told(reports: Made) -> None:
    others = [[one.lang, topic, ""] for one in OTHERS.values() for topic in one.topics]
    assert reports.runs == [*(["zh", name, ""] for name in TOPICS), *others]
    assert len(reports.stood) == 2 + len(reports.runs)


def test_a_run_never_moves_the_working_directory(reports: Made) -> None:
    # A thread that changed it would send whatever another writes at that moment, to a relative --out, astray.
    assert len(set(reports.stood)) == 1


def test_a_report_has_index_pages_workbook_notebooks_charts_and_record(reports: Made) -> None:
    found = set(contents(reports.out / "2024"))
    charts = {one for one in found if one.startswith("charts/")}
    assert found - charts == {
        "index.html",
        "run.json",
        "stamps.json",
        "minsheng-2024.xlsx",
        *(f"{name}.html" for name in TOPICS),
        *(f"notebooks/{name}.ipynb" for name in TOPICS),
    }
    assert {"charts/dibao-standard.svg", "charts/orphan-above.svg", "charts/medical-funding.svg"} <= charts
    assert {path.name for path in reports.out.iterdir()} == {"2024", "index.html", "runs.json", *OTHERS}


@pytest.mark.parametrize("name", TOPICS)
def test_a_page_shows_the_very_charts_that_lie_beside_it(reports: Made, name: str) -> None:
    html = (reports.out / "2024" / f"{name}.html").read_text(encoding="utf-8")
    figures = re.findall(r'<figure class="ms-figure" id="([^"]+)"', html)
    assert len(figures) >= 1
    for one in figures:
        chart = (reports.out / "2024" / "charts" / f"{one}.svg").read_text(encoding="utf-8")
        assert chart.startswith("<svg ")
        assert "<title>" in chart


@pytest.mark.parametrize("name", TOPICS)
def test_the_executed_notebook_is_whole_and_says_with_what_it_ran(reports: Made, name: str) -> None:
    notebook = json.loads((reports.out / "2024" / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    injected = next("".join(cell["source"]) for cell in code if "injected-parameters" in cell["metadata"].get("tags", []))
    assert "year = 2024" in injected
    assert str(reports.out.parent) not in json.dumps(notebook)


def test_run_json_lists_each_run_with_its_status(reports: Made) -> None:
    found = record(reports.out / "2024")
    assert [(one["topic"], one["status"], one["reason"]) for one in found["runs"]] == [(name, "done", "") for name in TOPICS]
    assert found["parameters"] == {
        "year": 2024,
        "regions": [],
        "lang": "zh",
        "year_basis": "assessed",
        "prices": "nominal",
        "strict": False,
    }
    for one in found["runs"]:
        assert (reports.out / "2024" / one["page"]).is_file()
        assert (reports.out / "2024" / one["notebook"]).is_file()


def test_indexes_lead_to_every_page_and_workbook(reports: Made) -> None:
    pages = {f"2024/{name}.html" for name in TOPICS} | {f"{at}/{name}.html" for at, one in OTHERS.items() for name in one.topics}
    folders = ["2024", *OTHERS]
    rest = {f"{at}/minsheng-{at}.xlsx" for at in folders} | {f"{at}/index.html" for at in folders}
    assert links(reports.out / "index.html") == pages | rest
    assert links(reports.out / "2024" / "index.html") == {f"{name}.html" for name in TOPICS} | {
        "minsheng-2024.xlsx",
        "../index.html",
    }


MISSING = "\ua840"  # a letter of the Phags-pa script, which the Chinese font does not have
DRAW = f"""
import io
import minsheng as ms
from matplotlib.figure import Figure
ms.use_style()
figure = Figure()
figure.text(0.5, 0.5, "{MISSING}")
figure.savefig(io.BytesIO(), format="svg")
"""
BROKEN = {
    "medical_insurance": ["raise ValueError('no such table')"],
    "orphan_allowances": [DRAW],
    "low_income_support": ["import sys; sys.exit(0)", "finished = True"],
    "yearly_comparison": ["import os; os._exit(1)", "finished = True"],
}
REASONS = {
    "medical_insurance": "ValueError: no such table",
    "orphan_allowances": "Glyph",
    "low_income_support": "",
    "yearly_comparison": "",
    "unseen_letter": "U+A840",
}


def _topic(folder: Path, name: str, code: list[str], prose: str = "") -> Topic:
    """A topic with a notebook of its own."""

    def cell(kind: str, number: int, source: str, *tags: str) -> dict[str, Any]:
        own = {"outputs": [], "execution_count": None} if kind == "code" else {}
        return {"id": f"cell-{number}", "cell_type": kind, "metadata": {"tags": list(tags)}, "source": source} | own

    spec = plan(Request((2024,), ("medical_insurance",))).specs[0].parameters()
    parameters = "\n".join(f"{key} = {value!r}" for key, value in spec.items())
    made = [cell("markdown", 0, f"# {name}\n\n{prose}"), cell("code", 1, parameters, "parameters")]
    made += [cell("code", number, source) for number, source in enumerate(code, start=2)]
    own = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps({"cells": made, "metadata": own, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    return Topic(name, path, (("zh", name), ("en", name)), ())


class Failed(NamedTuple):
    """A report whose every topic failed, beside two new topics; and the report before."""

    code: int
    out: Path
    before: dict[str, bytes]


@pytest.fixture(scope="module")
def failed(reports: Made, tmp_path_factory: pytest.TempPathFactory) -> Failed:
    out = Path(shutil.copytree(reports.out, tmp_path_factory.mktemp("failed") / "reports"))
    notebooks = tmp_path_factory.mktemp("notebooks")
    broken = {name: _topic(notebooks, name, code) for name, code in BROKEN.items()}
    broken["unseen_letter"] = _topic(notebooks, "unseen_letter", [], f"prose with {MISSING}")
    broken["sound"] = _topic(notebooks, "sound", ["finished = True"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("minsheng.topics.topics", lambda: broken)
        patch.setattr("minsheng.plans.topics", lambda: broken)
        code = cli.main(["report", "2024", "--out", str(out)])
    return Failed(code, out, contents(reports.out))


def _run(failed: Failed, name: str) -> dict[str, Any]:
    return next(one for one in record(failed.out / "2024")["runs"] if one["topic"] == name)


def test_a_failed_notebook_gives_exit_1(failed: Failed) -> None:
    assert failed.code == 1


@pytest.mark.parametrize("name", REASONS)
def test_a_failed_run_is_recorded_with_its_reason(failed: Failed, name: str) -> None:
    run = _run(failed, name)
    assert run["status"] == "failed"
    assert run["reason"]
    assert REASONS[name] in run["reason"]


@pytest.mark.parametrize("name", BROKEN)
def test_a_failed_run_leaves_the_earlier_report_whole(failed: Failed, name: str) -> None:
    after = contents(failed.out)
    own = (f"2024/{name}.html", f"2024/notebooks/{name}.ipynb")
    kept = [one for one in failed.before if one in own or one.startswith(("2024/charts/", "2024-en/")) or one.endswith(".xlsx")]
    assert len(kept) > 20
    assert [one for one in kept if after.get(one) != failed.before[one]] == []


@pytest.mark.parametrize("name", REASONS)
def test_a_failed_notebook_is_kept_and_both_indexes_lead_to_it(failed: Failed, name: str) -> None:
    run, page, top = _run(failed, name), failed.out / "2024" / "index.html", failed.out / "index.html"
    assert json.loads((failed.out / "2024" / run["notebook"]).read_text(encoding="utf-8"))["cells"]
    assert run["notebook"] == f"failed/{name}.ipynb"
    assert run["notebook"] in links(page)
    assert f"2024/{run['notebook']}" in links(top)
    for index in (page, top):
        assert run["reason"] in unescape(index.read_text(encoding="utf-8"))
        assert [one for one in links(index) if not (index.parent / one).exists()] == []


def test_a_failed_run_does_not_hold_up_the_others_and_leaves_no_litter(failed: Failed) -> None:
    assert _run(failed, "sound")["status"] == "done"
    assert (failed.out / "2024" / "sound.html").is_file()
    assert list(failed.out.rglob(".*")) == []
    assert not (failed.out / "2024" / "unseen_letter.html").exists()


def test_a_run_that_succeeds_again_takes_its_failure_away(failed: Failed, tmp_path: Path) -> None:
    out = Path(shutil.copytree(failed.out, tmp_path / "reports"))
    todo = plan(Request((2024,), ("medical_insurance",)))
    spec = todo.specs[0]
    mended = Plan((type(spec)(_topic(tmp_path, "medical_insurance", ["finished = True"]), 2024),), todo.data)
    with kernels():
        assert [one.reason for one in make(mended, out)] == [""]
    assert not (out / "2024" / "failed" / "medical_insurance.ipynb").exists()
    assert {one["topic"]: one["status"] for one in record(out / "2024")["runs"]}["medical_insurance"] == "done"


def test_the_topics_patched_here_are_the_topics_there_are() -> None:
    assert set(BROKEN) <= set(TOPICS) <= set(topics())
