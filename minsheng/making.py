"""Making the reports of a plan: which stand already, the others at the same time, and the pages that lead to them."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from minsheng import audits
from minsheng.audits import audit
from minsheng.export import warm
from minsheng.faults import Refused
from minsheng.gazetteer import with_neighbours
from minsheng.index import all_runs, read_record, record_runs, write
from minsheng.keys import Rows, request, shown
from minsheng.labels import say
from minsheng.nursery import Stop
from minsheng.overall import overview
from minsheng.plans import Plan
from minsheng.report import publish, views, write_workbook
from minsheng.runs import RunResult, RunSpec, pool, run
from minsheng.tables import of_places, state

BROKEN = "KeyboardInterrupt: broken off by the user"
"""Reason of a run that the user broke off."""

STAMPS = "stamps.json"
"""File of a folder that says on what each of its reports depends."""

Tell = Callable[[RunResult, int, int], None]


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a folder as the only one who writes there, where the system can (not on Windows).

    Raises
    ------
    BlockingIOError
        If another process holds it.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


@contextmanager
def _staging(out: Path) -> Iterator[Path]:
    """A folder beside the reports to make them in, held by one run at a time.

    Raises
    ------
    Refused
        If `out` cannot be written to, or another run is writing there.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with _held(out):
            for left in out.glob(".making-*"):  # of a run that was killed
                shutil.rmtree(left, ignore_errors=True)
            staging = Path(mkdtemp(prefix=".making-", dir=out))
            try:
                yield staging
            finally:
                shutil.rmtree(staging, ignore_errors=True)
    except BlockingIOError:
        raise Refused("refused.busy", folder=str(out)) from None
    except OSError as error:
        raise Refused("refused.out", folder=str(out), reason=error.strerror or str(error)) from None


class Making:
    """The making of a plan: what is done of it, and what is still to be done."""

    def __init__(self, todo: Plan, out: Path, force: bool) -> None:
        self.todo, self.out = todo, out
        self.seen = views(todo.specs, todo.data)
        self.stamps = {name: read_record(out / name / STAMPS) for name in dict.fromkeys(spec.folder for spec in todo.specs)}
        first = {spec.folder: spec for spec in reversed(todo.specs) if spec.folder in todo.books}
        self.book_keys = {name: request(spec, whole=True) + self.digest for name, spec in first.items()}
        self.results = {spec: self._standing(spec) for spec in todo.specs if not force and self._stands(spec)}
        self.left = Counter(spec.folder for spec in todo.specs if spec not in self.results)
        self.written, self.recorded = set[str](), set[str]()

    @cached_property
    def digest(self) -> str:
        """Hash of all tables."""
        return self.todo.data.digest()

    @cached_property
    def rows(self) -> Rows:
        """The rows that the reports may show as hashes; worked out when first needed, since the audit is part of it."""
        data, asked = self.todo.data, {place for spec in self.todo.specs for place in spec.regions}
        if all(spec.regions for spec in self.todo.specs):
            data = of_places(data, with_neighbours(data, asked))
        return Rows(data, audit(data) if self.todo.specs[0].tables else audits.bundled())

    def _stamp(self, spec: RunSpec, figures: Sequence[str]) -> dict[str, Any]:
        """On what a report depends that shows these figures."""
        own = {"request": request(spec), "outline": self.rows.outline(spec), "content": self.rows.content(figures)}
        return own | {"figures": list(figures)}

    def _stands(self, spec: RunSpec) -> bool:
        """Whether just this report is there already."""
        there = self.stamps[spec.folder].get(spec.topic.name)
        page = self.out / spec.folder / f"{spec.topic.name}.html"
        return there is not None and page.exists() and there == self._stamp(spec, there["figures"])

    def _standing(self, spec: RunSpec) -> RunResult:
        notebook = self.out / spec.folder / "notebooks" / f"{spec.topic.name}.ipynb"
        return RunResult(spec, notebook, 0.0, unchanged=True)

    def _note(self, result: RunResult) -> None:
        """Note on what a report depends that is in its place now; a failed one depends on nothing, and is made again."""
        spec = result.spec
        stamps = self.stamps[spec.folder]
        stamps.pop(spec.topic.name, None)
        if result.ok:
            stamps[spec.topic.name] = self._stamp(spec, shown(self.out / spec.folder / f"{spec.topic.name}.html"))
        write(self.out / spec.folder / STAMPS, json.dumps(stamps, indent=1, sort_keys=True) + "\n")

    def waiting(self) -> list[RunSpec]:
        """What is to be run."""
        return [spec for spec in self.todo.specs if spec not in self.results]

    def books(self) -> list[str]:
        """The folders whose workbook is to be written."""
        return [name for name, own in self.book_keys.items() if not self._book_stands(name, own)]

    def _book_stands(self, name: str, own: str) -> bool:
        there = (self.out / name / f"minsheng-{name}.xlsx").exists()
        return there and not self.left[name] and read_record(self.out / name / "run.json").get("workbook") == own

    def write_books(self) -> None:
        """Write the workbooks that are not there as they would be written."""
        for name in self.books():
            write_workbook(self.out / name, self.seen(name))
            self.written.add(name)

    def publish(self, result: RunResult) -> RunResult:
        """Put what a run made in its place; the last of a folder has the folder recorded."""
        folder = result.spec.folder
        if result.ok and self._moved():
            result = replace(result, reason=say("cluster.changed", result.spec.lang))
        result = publish(result, self.seen(folder), self.out / folder)
        self._note(result)
        self.results[result.spec] = result
        self.left[folder] -= 1
        if not self.left[folder]:
            self.record(folder)
        return result

    def _moved(self) -> bool:
        """Whether the tables are no longer those of the plan: a report is of one state of them, or is none."""
        return bool(self.todo.state) and state(self.todo.specs[0].tables) != self.todo.state

    def record(self, folder: str) -> None:
        """Record what is done of a folder."""
        done = [self.results[spec] for spec in self.todo.specs if spec.folder == folder and spec in self.results]
        if done:
            book = self.book_keys[folder] if folder in self.written else ""
            record_runs(done, self.seen(folder), self.out / folder, book, self.digest)
            self.recorded.add(folder)

    def close(self) -> list[RunResult]:
        """Record what was cut short and what stood already, and lead to all of it."""
        for folder in dict.fromkeys(spec.folder for spec in self.todo.specs):
            there = (self.out / folder / "run.json").exists()
            if folder not in self.recorded and (self.left[folder] or folder in self.written or not there):
                self.record(folder)
        results = [self.results[spec] for spec in self.todo.specs if spec in self.results]
        write(self.out / "index.html", overview(self.out, self.todo.specs[0].lang))
        write(self.out / "runs.json", all_runs(self.out, results))
        return results


def make(
    todo: Plan,
    out: Path,
    jobs: int = 0,
    tell: Tell | None = None,
    *,
    force: bool = False,
    fail_fast: bool = False,
    stop: Stop = lambda: None,
    executor: Executor | None = None,
) -> list[RunResult]:
    """Make the reports of a plan; those that stand already as they would be made are left.

    Parameters
    ----------
    todo : Plan
    out : Path
        Folder of all reports.
    jobs : int
        Notebooks at a time; by default as many as there are processors, at most 4.
    tell : function, optional
        Called with each result, how many are done, and how many there are.
    force : bool
        Make what stands already, too.
    fail_fast : bool
        Begin no other report when one has failed.
    stop : function
        Ends all kernels, when the user breaks off (from `nursery.kernels`).
    executor : concurrent.futures.Executor, optional
        Where the notebooks run, as many at a time as it will; by default threads of this process, `jobs` of them (inside
        `nursery.kernels`).

    Returns
    -------
    list of RunResult
        In the order of the plan, without those that were not begun. Each folder has its pages, charts, notebooks,
        ``run.json`` and its workbook; `out` has an ``index.html`` and ``runs.json`` over all.

    Raises
    ------
    Refused
        If `out` cannot be written to, or another run is writing there.
    """
    with _staging(out) as staging:
        making = Making(todo, out, force)
        waiting = making.waiting()
        if waiting or making.books():
            with nullcontext(executor) if executor else pool(jobs or min(4, os.cpu_count() or 1)) as own:
                _run_all(making, waiting, staging, own, tell, fail_fast, stop)
        return making.close()


def _run_all(
    making: Making,
    waiting: Sequence[RunSpec],
    staging: Path,
    executor: Executor,
    tell: Tell | None,
    fail_fast: bool,
    stop: Stop,
) -> None:
    broken = False
    futures = [executor.submit(run, spec, _room(staging, n)) for n, spec in enumerate(waiting)]
    try:
        warm()
        making.write_books()  # while the notebooks run, this thread has nothing else to do
        making.rows, making.digest  # noqa: B018  (as long as it has time)
        for future in as_completed(futures):
            _told(making.publish(future.result()), making, tell)
            if fail_fast and not making.results[future.result().spec].ok:
                break
    except KeyboardInterrupt:
        broken = True
        stop()
    for future in futures:
        future.cancel()
    for future in futures:  # what was running meanwhile
        if not future.cancelled() and future.result().spec not in making.results:
            result = future.result()
            _told(making.publish(replace(result, reason=BROKEN) if broken and not result.ok else result), making, tell)


def _told(result: RunResult, making: Making, tell: Tell | None) -> None:
    if tell:
        tell(result, len(making.results), len(making.todo.specs))


def _room(staging: Path, number: int) -> Path:
    folder = staging / str(number)
    folder.mkdir()
    return folder
