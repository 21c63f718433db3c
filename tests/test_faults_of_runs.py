"""What can go wrong while reports are made: killed kernels, tables that change, clocks, folders that cannot be written to."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_matrix import small, states
from test_nursery import said, topic

from minsheng.faults import Refused
from minsheng.making import make
from minsheng.nursery import kernels
from minsheng.places import bundled
from minsheng.plans import Plan
from minsheng.runs import RunResult, RunSpec, pool, run
from minsheng.tables import Dataset, load, state


@pytest.fixture(scope="module", autouse=True)
def running() -> Iterator[None]:
    with kernels():
        yield


def test_a_kernel_killed_in_the_middle_fails_its_run_and_its_neighbours_stay_whole(tmp_path: Path, data: Dataset) -> None:
    fine = "ms.page.tell(ms.view(year, lang=lang), ['好。'])"
    codes = {"one": fine, "dies": "import os, time; time.sleep(0.2); os.kill(os.getpid(), 9)", "two": fine}
    todo = Plan(tuple(RunSpec(small(tmp_path, name, code), 2024) for name, code in codes.items()), data)
    results = make(todo, tmp_path / "out", jobs=3)
    assert states(results) == ["done", "failed", "done"]
    assert "Dead" in results[1].reason
    assert (tmp_path / "out" / "2024" / "failed" / "dies.ipynb").exists()
    small(tmp_path, "dies", fine)
    assert states(make(todo, tmp_path / "out")) == ["unchanged", "done", "unchanged"]


def test_tables_that_change_while_reports_run_fail_what_comes_after_and_are_read_anew(tmp_path: Path) -> None:
    own = Path(shutil.copytree(bundled("data"), tmp_path / "own"))
    code = "ms.page.tell(ms.view(year, lang=lang, tables=tables), ['好。'])"
    specs = tuple(RunSpec(small(tmp_path, name, code), 2024, tables=str(own)) for name in ("one", "two"))

    def change(result: RunResult, done: int, of: int) -> None:
        figures = (own / "figures.csv").read_text(encoding="utf-8")
        if done == 1:
            (own / "figures.csv").write_text(figures.replace(",exact,", ",about,", 1), encoding="utf-8")

    todo = Plan(specs, load(own), state=state(own))
    results = make(todo, tmp_path / "out", jobs=1, tell=change)
    reasons = {result.reason: result.spec.topic.name for result in results}
    assert set(reasons) == {"", "运行期间数据表有改动；请再运行一次"}
    there = {path.stem for path in (tmp_path / "out" / "2024-own").glob("[ot][nw][eo].html")}
    assert there == {reasons[""]}
    again = Plan(specs, load(own), state=state(own))
    assert (again.data.figures["modality"] == "about").sum() == (todo.data.figures["modality"] == "about").sum() + 1
    assert [one.reason for one in make(again, tmp_path / "out")] == ["", ""]


def test_a_clock_that_jumps_back_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: Dataset) -> None:
    todo = Plan((RunSpec(small(tmp_path, "one", "ms.page.tell(ms.view(year, lang=lang), ['好。'])"), 2024),), data)
    (steady,) = make(todo, tmp_path / "steady")
    began = time.time()
    turns = iter(range(10**6))
    monkeypatch.setattr(time, "time", lambda: began - 3600 * next(turns))  # an hour back at each look
    (jumped,) = make(todo, tmp_path / "jumped")
    assert (steady.reason, jumped.reason) == ("", "")
    assert 0 < jumped.seconds < 60
    pages = [(tmp_path / name / "2024" / "one.html").read_bytes() for name in ("steady", "jumped")]
    assert pages[0] == pages[1]
    assert states(make(todo, tmp_path / "jumped")) == ["unchanged"]


def test_a_folder_that_cannot_be_written_to_is_refused_before_anything_runs(tmp_path: Path, data: Dataset) -> None:
    todo = Plan((RunSpec(small(tmp_path, "one"), 2024),), data)
    (tmp_path / "file").write_text("no folder")
    out = tmp_path / "file" / "out"
    if os.geteuid():  # root may write anywhere
        out = tmp_path / "locked"
        out.mkdir(mode=0o500)
    with pytest.raises(Refused, match=str(out)):
        make(todo, out)


def test_many_kernels_at_once_start_without_one_failure(tmp_path: Path) -> None:
    count = 40  # 200 are started in benchmarks/starts.py
    one = topic(tmp_path, "one", "print(year)")
    rooms = [tmp_path / str(n) for n in range(count)]
    for room in rooms:
        room.mkdir()
    with pool(count) as threads:
        results = list(threads.map(lambda n: run(RunSpec(one, n), rooms[n]), range(count)))
    assert [int(said(result)) for result in results] == list(range(count))
