"""Kernel starts, all at once: how many of them fail, and how long they take.

python benchmarks/starts.py --starts 200
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from minsheng.nursery import kernels
from minsheng.runs import RunResult, RunSpec, pool, run
from minsheng.topics import Topic


def notebook(folder: Path) -> Topic:
    """A topic that says its year."""
    parameters = new_code_cell("year = 0", metadata={"tags": ["parameters"]})
    own = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = folder / "one.ipynb"
    nbformat.write(new_notebook(cells=[parameters, new_code_cell("print(year)")], metadata=own), path)
    return Topic("one", path, (), ())


def started(count: int, folder: Path) -> list[RunResult]:
    """So many runs in as many threads."""
    topic, rooms = notebook(folder), [folder / str(n) for n in range(count)]
    for room in rooms:
        room.mkdir()
    with kernels(), pool(count) as threads:
        return list(threads.map(lambda n: run(RunSpec(topic, n), rooms[n]), range(count)))


def main() -> None:
    """Start them, and tell how it went."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=200)
    count = parser.parse_args().starts
    began = time.perf_counter()
    with TemporaryDirectory() as name:
        results = started(count, Path(name))
    failed = [one.reason for one in results if not one.ok]
    print(f"{count} kernels at once: {len(failed)} failed, {time.perf_counter() - began:.1f} s (goal: none)")
    print(*sorted(set(failed)), sep="\n")


if __name__ == "__main__":
    main()
