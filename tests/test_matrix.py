"""Many reports from one command: what a matrix comes to, and that nothing is made twice, half or at the same time."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from minsheng import making, matrix
from minsheng.audits import audit
from minsheng.faults import Refused
from minsheng.keys import Rows
from minsheng.making import make
from minsheng.nursery import Stop, kernels
from minsheng.parameters import declared, require
from minsheng.places import bundled
from minsheng.plans import Plan, Request, plan, plan_all
from minsheng.runs import RunResult, RunSpec
from minsheng.tables import Dataset, load
from minsheng.topics import Topic, find_topic

TOML = """
years = [2024]
topics = ["orphan_allowances", "low_income_support"]
exclude = [{ topics = ["low_income_support"], langs = ["en"] }]

[[reports]]
langs = ["zh", "en"]

[[reports]]
regions = ["源城区"]
years = [2021, 2024]
exclude = [{ years = [2021] }]

[[reports]]
levels = ["county"]
under = ["江西省"]
years = []
topics = ["medical_insurance"]
"""
YAML = """
years: [2024]
topics: [orphan_allowances, low_income_support]
exclude: [{topics: [low_income_support], langs: [en]}]
reports:
  - langs: [zh, en]
  - {regions: [源城区], years: [2021, 2024], exclude: [{years: [2021]}]}
  - {levels: [county], under: [江西省], years: [], topics: [medical_insurance]}
"""
WANTED = {
    ("2024", "orphan_allowances"),
    ("2024", "low_income_support"),
    ("2024-en", "orphan_allowances"),
    ("2024-441602", "orphan_allowances"),
    ("2024-441602", "low_income_support"),
}


def pages(todo: Plan) -> set[tuple[str, str]]:
    return {(spec.folder, spec.topic.name) for spec in todo.specs}


@pytest.mark.parametrize(("name", "text"), [("m.toml", TOML), ("m.yaml", YAML)])
def test_a_file_comes_to_the_reports_it_lists(name: str, text: str, tmp_path: Path, data: Dataset) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = pages(matrix.planned(matrix.read(tmp_path / name, data), data))
    counties = {one for one in found if one[1] == "medical_insurance"}
    assert found - counties == WANTED
    below = data.regions[(data.regions["level"] == "county") & (data.regions["region_id"].str.startswith("36"))]
    assert counties
    assert {folder.split("-")[1] for folder, _ in counties} <= set(below["region_id"])


WRONG = """
yaer = [2024]
years = ["2024"]
regions = ["上海"]
prices = "real"
strict = "yes"
langs = "en"
[[reports]]
topics = ["orphan_allowance"]
levels = ["conty"]
exclude = [{ year = [2021] }]
"""
NAMED = [
    "yaer: 没有这个键；是否应为 years",
    "years[0]: 应为整数年份，如 2024，而不是 '2024'",
    "regions[0]: 没有地区",
    "prices: 不能是 'real'；是否应为",
    "strict: 应为 true 或 false",
    "langs: 应为列表",
    "reports[0].topics[0]: 不能是 'orphan_allowance'；是否应为 orphan_allowances",
    "reports[0].levels[0]: 不能是 'conty'；是否应为 county",
    "reports[0].exclude[0].year: 没有这个键；是否应为 years",
]


def test_everything_that_is_wrong_with_a_file_is_said_at_once_with_its_place(tmp_path: Path, data: Dataset) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(WRONG, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        matrix.read(path, data)
    said = refused.value.text("zh")
    assert [one for one in NAMED if one not in said] == []
    assert said.count("\n") == len(NAMED)


@pytest.mark.parametrize("text", ["years = [", "[1, 2]", "", "\x00"])
def test_a_file_that_cannot_be_read_is_refused_or_means_everything(text: str, tmp_path: Path, data: Dataset) -> None:
    for name in ("a.toml", "a.yml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        if text or name == "a.yml":
            with pytest.raises(Refused, match=name):
                matrix.read(tmp_path / name, data)
        else:
            assert matrix.read(tmp_path / name, data) == [matrix.Entry()]
    with pytest.raises(Refused, match=r"none\.toml"):
        matrix.read(tmp_path / "none.toml", data)


@pytest.mark.parametrize(
    ("given", "word"),
    [({"yaer": 2024}, "year"), ({"year": "2024"}, "'2024'"), ({"year": True}, "True"), ({"regions": "上海"}, "上海")],
)
def test_no_parameter_that_a_notebook_does_not_take_reaches_a_kernel(given: dict[str, Any], word: str) -> None:
    path = find_topic("pensions").path
    assert declared(path)["year_basis"] == "assessed"
    with pytest.raises(Refused, match=word):
        require(path, given)


def test_combinations_without_figures_are_left_out_and_counted() -> None:
    asked = Request((2011, 2024), ("orphan_allowances", "delivery"))
    todo = plan_all([asked], lambda request, spec: False)
    assert pages(todo) == {("2011", "delivery"), ("2024", "orphan_allowances")}
    assert todo.without == 2
    with pytest.raises(Refused, match="2031"):
        plan_all([Request((2031,))], lambda request, spec: False)


def test_flags_make_a_matrix_too(data: Dataset) -> None:
    entry = matrix.entry({"years": [2024], "topics": [], "regions": [], "levels": ["province"], "under": []}, data)
    todo = matrix.planned([entry], data)
    places = {spec.regions for spec in todo.specs}
    assert len(places) > 1
    assert all(len(place) == 1 and place[0].endswith("0000") for place in places)
    assert todo.books == {spec.folder for spec in todo.specs}


def small(folder: Path, name: str, code: str = "ms.page.tell(ms.view(year, lang=lang), ['好。'])") -> Topic:
    """A topic with a short notebook."""
    parameters = "\n".join(f"{key} = {value!r}" for key, value in declared(find_topic("pensions").path).items())
    sources = ((parameters, ["parameters"]), ("import minsheng as ms", []), (code, []))
    cells = [
        {"id": f"c{n}", "cell_type": "code", "metadata": {"tags": tags}, "source": source, "outputs": [], "execution_count": None}
        for n, (source, tags) in enumerate(sources)
    ]
    own = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": own, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    return Topic(name, path, (("zh", name), ("en", name)), ())


@pytest.fixture(scope="module")
def stop() -> Iterator[Stop]:
    with kernels() as stop:
        yield stop


@pytest.fixture
def todo(tmp_path: Path, data: Dataset) -> Plan:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    specs = [RunSpec(small(folder, name), year) for year in (2021, 2024) for name in ("one", "two")]
    return Plan(tuple(specs), data)


def states(results: list[RunResult]) -> list[str]:
    return ["failed" if not one.ok else "unchanged" if one.unchanged else "done" for one in results]


def ages(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file() and path.parent != folder}


def test_what_stands_is_left_what_is_missing_or_forced_is_made(stop: Stop, todo: Plan, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert states(make(todo, out)) == ["done"] * 4
    before = ages(out)
    assert states(make(todo, out)) == ["unchanged"] * 4
    assert ages(out) == before
    (out / "2021" / "two.html").unlink()
    assert states(make(todo, out)) == ["unchanged", "done", "unchanged", "unchanged"]
    assert states(make(todo, out, force=True)) == ["done"] * 4
    record = json.loads((out / "runs.json").read_text())
    assert (record["done"], record["failed"]) == (4, 0)
    assert all(one["seconds"] > 0 for one in record["runs"])


def test_another_notebook_or_parameter_or_table_is_another_report(stop: Stop, todo: Plan, tmp_path: Path) -> None:
    out = tmp_path / "out"
    make(todo, out)
    small(todo.specs[0].topic.path.parent, "one", "ms.page.tell(ms.view(year, lang=lang), ['不同。'])")
    assert states(make(todo, out)) == ["done", "unchanged", "done", "unchanged"]
    figures = todo.data.figures.assign(modality="about")
    other = Plan(todo.specs, Dataset(**{**todo.data.tables(), "figures": figures}))
    assert states(make(other, out)) == ["done"] * 4


def test_with_fail_fast_no_other_report_is_begun(stop: Stop, todo: Plan, tmp_path: Path, data: Dataset) -> None:
    bad = RunSpec(small(tmp_path, "bad", "1 / 0"), 2021)
    slow = [RunSpec(small(tmp_path, f"slow{n}", "import time; time.sleep(0.5)"), 2021) for n in range(6)]
    whole = Plan((bad, *slow), data)
    results = make(whole, tmp_path / "fast", jobs=1, fail_fast=True)
    assert states(results)[0] == "failed"
    assert len(results) < len(whole.specs)
    assert states(make(Plan((bad, *slow[:2]), data), tmp_path / "going", jobs=1)) == ["failed", "done", "done"]


def test_two_runs_do_not_write_into_one_folder(stop: Stop, todo: Plan, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with making._staging(out), pytest.raises(Refused, match="another run"):
        make(todo, out)
    assert states(make(todo, out)) == ["done"] * 4


def test_a_user_who_breaks_off_finds_what_was_running_failed_and_goes_on_later(
    stop: Stop, todo: Plan, tmp_path: Path, data: Dataset
) -> None:
    out = tmp_path / "out"

    def breaks_off(result: RunResult, done: int, of: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    slow = RunSpec(small(tmp_path, "slow", "import time; time.sleep(30)"), 2021)
    with kernels() as ends:
        began = time.monotonic()
        results = make(Plan((todo.specs[0], slow, *todo.specs[1:]), data), out, jobs=2, tell=breaks_off, stop=ends)
    assert time.monotonic() - began < 25
    assert results[0].ok
    assert next(one for one in results if one.spec == slow).reason == making.BROKEN
    record = {one["topic"]: one for one in json.loads((out / "2021" / "run.json").read_text())["runs"]}
    assert record["slow"]["status"] == "failed"
    assert (out / "2021" / record["slow"]["notebook"]).exists()
    assert states(make(todo, out))[0] == "unchanged"
    assert list(out.glob(".making-*")) == []


def test_a_run_whose_parent_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = [sys.executable, "-m", "minsheng", "report", "2021", "2024", "--topic", "medical_insurance", "--out", str(out)]
    first = subprocess.Popen([*words, "--jobs", "1"], stdout=subprocess.DEVNULL, start_new_session=True)
    page, stamps = (out / "2021" / name for name in ("notebooks/medical_insurance.ipynb", "stamps.json"))
    until = time.monotonic() + 60
    while not stamps.exists() and time.monotonic() < until:
        time.sleep(0.01)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    made = page.stat().st_mtime_ns
    again = subprocess.run([*words], capture_output=True, text=True, check=True)
    assert "1 份原已在" in again.stdout
    assert page.stat().st_mtime_ns == made
    assert sorted(one["folder"] for one in json.loads((out / "runs.json").read_text())["runs"]) == ["2021", "2024"]
    assert list(out.glob(".making-*")) == []


def test_a_full_disk_is_a_failed_run_and_the_earlier_report_stands(stop: Stop, todo: Plan, tmp_path: Path, data: Dataset) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can be mounted by root only")
    try:
        assert states(make(Plan(todo.specs[:1], data), disk / "out")) == ["done"]
        before = (disk / "out" / "2021" / "one.html").read_bytes()
        big = RunSpec(small(tmp_path, "big", "print('x' * 2_000_000)"), 2021)
        results = make(Plan((big,), data), disk / "out")
        assert states(results) == ["failed"]
        assert "No space left" in results[0].reason
        assert (disk / "out" / "2021" / "one.html").read_bytes() == before
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_the_command_plans_makes_nothing_in_a_dry_run_and_refuses_mixed_requests(tmp_path: Path) -> None:
    from minsheng import cli

    out = tmp_path / "out"
    assert cli.main(["report", "2024", "--dry-run", "--out", str(out)]) == 0
    assert not out.exists()
    path = tmp_path / "m.toml"
    path.write_text(TOML, encoding="utf-8")
    assert cli.main(["report", "--matrix", str(path), "--dry-run", "--out", str(out)]) == 0
    assert cli.main(["report", "2024", "--matrix", str(path), "--out", str(out)]) == 2
    path.write_text(WRONG, encoding="utf-8")
    assert cli.main(["report", "--matrix", str(path), "--out", str(out)]) == 2
    assert not out.exists()


def test_a_plan_is_the_same_by_flags_and_by_file(tmp_path: Path, data: Dataset) -> None:
    path = tmp_path / "m.toml"
    path.write_text("years = [2024]\n", encoding="utf-8")
    assert pages(matrix.planned(matrix.read(path, data), load())) == pages(plan(Request((2024,))))


def changed(tables: Path, row: str, column: str, value: str) -> None:
    """Change one cell of one figure."""
    path = tables / "figures.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    next(one for one in rows if one["figure_id"] == row)[column] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def html(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in out.glob("*/*.html") if path.name != "index.html"}


ASKED = (Request((2021, 2024), ("orphan_allowances",)), Request((2024,), ("yearly_comparison",)))


def asked(tables: Path) -> Plan:
    """The reports of `ASKED`, from tables that stand alone."""
    return plan_all([replace(one, tables=str(tables)) for one in ASKED], lambda request, spec: False)


@pytest.fixture(scope="module")
def before(stop: Stop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports from tables that stand alone."""
    room = tmp_path_factory.mktemp("before")
    shutil.copytree(bundled("data"), room / "tables")
    make(asked(room / "tables"), room / "out")
    return room


def own(data: Dataset, indicator: str, value: float) -> str:
    """The figure of 2024 that prints this level."""
    rows = data.figures
    mine = (rows["indicator_id"] == indicator) & (rows["value"] == value) & (rows["role"] == "level") & (rows["year"] == 2024)
    return str(rows.loc[mine, "figure_id"].item())


def remade(todo: Plan, out: Path) -> set[str]:
    """The pages that are made anew."""
    return {f"{one.spec.folder}/{one.spec.topic.name}.html" for one in make(todo, out) if not one.unchanged}


def test_a_changed_cell_makes_anew_just_the_reports_that_show_it(before: Path, stop: Stop, tmp_path: Path, data: Dataset) -> None:
    room, fresh = Path(shutil.copytree(before, tmp_path / "room")), tmp_path / "fresh"
    orphan = own(data, "orphan_standard", 2088)
    # An amount that the pages of both years show, and one that only the year at a glance of 2024 does.
    changed(room / "tables", orphan, "value", "2089")
    changed(room / "tables", orphan, "evidence", "2089元")
    changed(room / "tables", own(data, "dibao_standard", 915), "note", "seen again")
    todo = asked(room / "tables")
    rebuilt = remade(todo, room / "out")
    make(todo, fresh)
    assert html(room / "out") == html(fresh)
    old = html(before / "out")
    assert rebuilt == {name for name, page in html(fresh).items() if page != old[name]} != set()


def test_what_decides_whether_a_figure_is_read_makes_anew_all_that_might_read_it(before: Path, data: Dataset) -> None:
    rows, figures = Rows(data, audit(data)), data.figures.copy()
    figures.loc[figures["figure_id"] == own(data, "orphan_standard", 2088), "modality"] = "about"
    other = Rows(Dataset(**{**data.tables(), "figures": figures}), audit(data))
    specs = [
        RunSpec(find_topic(name), 2021) for name in ("orphan_allowances", "yearly_comparison", "medical_insurance", "pensions")
    ]
    assert [rows.outline(spec) != other.outline(spec) for spec in specs] == [True, True, False, False]
