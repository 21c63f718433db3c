"""Many reports: one command, beside what a user would do instead; the floor below which nothing can go; and memory.

    python benchmarks/matrix.py              # 31 reports each way, and 500 runs for memory
    python benchmarks/matrix.py --reports 8 --runs 50

All ways run the same notebooks with the same parameters on 2 workers, one way after the other in one run of this file.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from minsheng.plans import Request, plan
from minsheng.runs import RunSpec

BIN = Path(sys.executable).parent
WORKERS = 2
MIB = 1024


def specs(count: int) -> list[RunSpec]:
    """The first so many reports of all years."""
    return list(plan(Request()).specs[:count])


def timed(work: Callable[[], object]) -> float:
    """Seconds that something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def ours(wanted: list[RunSpec], out: Path) -> None:
    """The command, from the shell prompt to the pages; from a matrix file that lists just these reports."""
    entries = [f'[[reports]]\nyears = [{spec.year}]\ntopics = ["{spec.topic.name}"]\n' for spec in wanted]
    path = out.parent / "matrix.toml"
    path.write_text("\n".join(entries), encoding="utf-8")
    command = [str(BIN / "minsheng"), "report", "--matrix", str(path), "--out", str(out), "--jobs", str(WORKERS)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def by_hand(wanted: list[RunSpec], out: Path) -> None:
    """The command lines of papermill and nbconvert, one after another."""
    for n, spec in enumerate(wanted):
        executed = out / f"{n}.ipynb"
        parameters = [
            word for name, value in spec.parameters().items() if name in ("year", "lang") for word in ("-p", name, f"{value}")
        ]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([str(BIN / "papermill"), str(spec.topic.path), str(executed), *parameters], check=True, cwd=out, **quiet)
        subprocess.run(
            [str(BIN / "jupyter"), "nbconvert", "--to", "html", "--no-input", str(executed)], check=True, cwd=out, **quiet
        )


def _one(job: tuple[str, dict[str, object], str]) -> None:
    """One notebook by papermill's API, and its page by nbconvert's, in this process."""
    import nbformat
    import papermill
    from nbconvert import HTMLExporter

    notebook, parameters, executed = job
    papermill.execute_notebook(notebook, executed, parameters, progress_bar=False)
    page, _ = HTMLExporter(exclude_input=True).from_notebook_node(nbformat.read(executed, as_version=4))
    Path(executed).with_suffix(".html").write_text(page, encoding="utf-8")


def _quiet() -> None:
    """Let nobody hear what kernels and nbconvert say."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def by_api(wanted: list[RunSpec], out: Path) -> None:
    """Papermill's API in a pool of processes, with nbconvert in process."""
    jobs = [(str(spec.topic.path), spec.parameters(), str(out / f"{n}.ipynb")) for n, spec in enumerate(wanted)]
    with ProcessPoolExecutor(WORKERS, initializer=_quiet) as pool:
        list(pool.map(_one, jobs))


FLOOR = """
import json, sys, time
from minsheng.nursery import _warm
_warm()
import minsheng.page as page
page._display = lambda *args, **more: None
jobs = json.load(sys.stdin)
began = time.perf_counter()
for path, parameters in jobs:
    cells = json.load(open(path, encoding="utf-8"))["cells"]
    names = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
            if "parameters" in cell["metadata"].get("tags", []):
                names.update(parameters)
print(time.perf_counter() - began)
"""


def floor(wanted: list[RunSpec]) -> float:
    """All cells one after another in one warm process: no kernel, no files, no pages."""
    jobs = json.dumps([(str(spec.topic.path), spec.parameters()) for spec in wanted])
    done = subprocess.run([sys.executable, "-c", FLOOR], input=jobs, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def _family(pid: int) -> Iterator[int]:
    """A process and all that it started."""
    yield pid
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))


def _memory(pid: int) -> float:
    """MiB that a process and all that it started take, what they share counted once."""
    total = 0
    for one in _family(pid):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / MIB


class Watch:
    """Looks at the memory of this process and all that it started, while something runs."""

    def __init__(self) -> None:
        self.seen: list[float] = []
        self._going = True
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while self._going:
            self.seen.append(_memory(os.getpid()))
            time.sleep(0.2)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._going = False
        self._thread.join()


def many_runs(runs: int) -> tuple[list[float], float]:
    """Memory after each tenth of so many short runs in one process, and the peak."""
    from minsheng.nursery import kernels
    from minsheng.runs import pool, run

    spec = specs(1)[0]
    after = []
    with kernels(), TemporaryDirectory() as name, Watch() as watch, pool(WORKERS) as threads:
        for _ in range(10):
            list(threads.map(lambda n: run(spec, _room(Path(name), n)), range(runs // 10)))
            after.append(_memory(os.getpid()))
    return after, max(watch.seen)


def _room(folder: Path, number: int) -> Path:
    room = folder / str(number)
    room.mkdir(exist_ok=True)
    return room


def line(name: str, value: str, goal: str, met: bool) -> None:
    """One row of the table."""
    print(f"{name:<58} {value:>24}   goal {goal:<14} {'met' if met else 'MISSED'}", flush=True)


def main() -> None:
    """Run all measurements and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=31)
    parser.add_argument("--runs", type=int, default=500)
    args = parser.parse_args()
    wanted = specs(args.reports)
    with TemporaryDirectory() as name:
        rooms = [_room(Path(name), n) for n in range(4)]
        first = timed(lambda: ours(wanted, rooms[0]))
        api = timed(lambda: by_api(wanted, rooms[1]))
        low = floor(wanted)
        second = timed(lambda: ours(wanted, rooms[2]))
        again = timed(lambda: ours(wanted, rooms[2]))
        hand = timed(lambda: by_hand(wanted, rooms[3]))
    own = (first + second) / 2
    print(f"{len(wanted)} reports, {WORKERS} workers, one command: {own:.1f} s")
    line(
        "  over papermill and nbconvert command lines",
        f"{own:.1f} / {hand:.1f} s = {own / hand:.2f}",
        "<= 0.15",
        own / hand <= 0.15,
    )
    line(
        "  over papermill's API in a pool of 2, nbconvert in it",
        f"{own:.1f} / {api:.1f} s = {own / api:.2f}",
        "<= 0.50",
        own / api <= 0.5,
    )
    line(
        "  over the floor: the cells alone, in one warm process",
        f"{own:.1f} / {low:.1f} s = {own / low:.2f}",
        "<= 1.0",
        own <= low,
    )
    line("  the same again, unchanged", f"{again:.2f} s", "<= 2 s", again <= 2)
    after, peak = many_runs(args.runs)
    line(f"memory over {args.runs} runs, peak", f"{peak:.0f} MiB", "<= 1200 MiB", peak <= 1200)
    growth = after[-1] - after[1]
    line("  its growth from the second tenth to the last", f"{growth:+.0f} MiB", "<= 20 MiB", growth <= 20)


if __name__ == "__main__":
    main()
