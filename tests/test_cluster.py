"""Reports made on a Dask cluster: the same as here, all there and each once, whatever becomes of a worker."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from conftest import need
from test_matrix import small

import minsheng as ms
from minsheng.faults import Refused
from minsheng.making import make
from minsheng.places import bundled
from minsheng.plans import Plan
from minsheng.runs import RunResult, RunSpec
from minsheng.scheduling import cluster, packed
from minsheng.tables import Dataset, load


@pytest.fixture(scope="module")
def workers() -> Iterator[Any]:
    """Two workers in processes of their own."""
    need(find_spec("distributed") is not None, "Dask")
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50) as own:
        yield own


def test_a_worker_killed_in_the_middle_loses_no_report_and_makes_none_twice(workers: Any, tmp_path: Path, data: Dataset) -> None:
    code = "import time; time.sleep(0.3); ms.page.tell(ms.view(year, lang=lang), ['好。'])"
    specs = [RunSpec(small(tmp_path, f"one{n}", code), 2024) for n in range(6)]
    victim = workers.workers[0].pid
    told: list[RunSpec] = []

    def kill(result: RunResult, done: int, of: int) -> None:
        told.append(result.spec)
        if done == 1:
            os.kill(victim, signal.SIGKILL)

    with cluster(workers.scheduler_address) as executor:
        results = make(Plan(tuple(specs), data), tmp_path / "out", tell=kill, executor=executor)
    assert [one.reason for one in results] == [""] * 6
    assert sorted(one.topic.name for one in told) == [one.topic.name for one in specs]
    assert {path.stem for path in (tmp_path / "out" / "2024").glob("one*.html")} == {one.topic.name for one in specs}
    record = json.loads((tmp_path / "out" / "runs.json").read_text())
    assert (record["done"], record["failed"], len(record["runs"])) == (6, 0, 6)
    assert workers.workers[0].pid != victim  # the test killed what it meant to


def test_reports_of_a_cluster_are_those_of_this_machine_from_the_tables_that_were_sent(workers: Any, tmp_path: Path) -> None:
    own = Path(shutil.copytree(bundled("data"), tmp_path / "own"))
    code = "seen = ms.view(year, lang=lang, tables=tables); ms.page.tell(seen, [f'{len(seen.levels)}：{tables[-64:]}'])"
    specs = [RunSpec(small(tmp_path, name, text), 2024, tables=str(own)) for name, text in (("good", code), ("bad", "1 / 0"))]
    with cluster(workers.scheduler_address, str(own)) as executor:
        good, bad = make(Plan(tuple(specs), load(own)), tmp_path / "out", executor=executor)
    page = (tmp_path / "out" / "2024-own" / "good.html").read_text(encoding="utf-8")
    # What a worker reads is what was sent, under its hash: a folder of this machine is none of another.
    assert good.reason == ""
    assert f"{len(ms.view(2024, tables=own).levels)}：{packed(str(own)).key}" in page
    assert bad.reason.startswith("ZeroDivisionError")
    assert (tmp_path / "out" / "2024-own" / "failed" / "bad.ipynb").exists()


def test_tables_are_unpacked_once_under_their_hash(tmp_path: Path) -> None:
    own = Path(shutil.copytree(bundled("data"), tmp_path / "own"))
    parcel = packed(str(own))
    place = Path(parcel.unpack(tmp_path / "worker"))
    assert place.name == parcel.key
    assert load(place).digest() == load(own).digest()
    before = (place / "figures.csv").stat().st_mtime_ns
    assert parcel.unpack(tmp_path / "worker") == str(place)
    assert (place / "figures.csv").stat().st_mtime_ns == before
    (own / "figures.csv").write_bytes((own / "figures.csv").read_bytes() + b"\n")
    assert packed(str(own)).key != parcel.key


def test_what_keeps_a_cluster_from_working_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from minsheng import scheduling

    monkeypatch.setattr(scheduling, "_PATIENCE", 0.2)
    need(find_spec("distributed") is not None, "Dask")
    with pytest.raises(Refused, match="no scheduler answers at tcp"), cluster("tcp://127.0.0.1:9"):
        pass
    with pytest.raises(Refused, match="nonsense"), cluster("nonsense://x"):
        pass
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(Refused, match=r"minsheng\[cluster\]"), cluster("tcp://127.0.0.1:9"):
        pass
