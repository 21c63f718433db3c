"""Speed and memory, side by side in one run with what a user would do instead.

    python benchmarks/run.py            # all, 5 rounds
    python benchmarks/run.py --rounds 3

Each measurement is taken in turn with what it is compared to (A, B, A, B, ...), since machines drift; the medians and
their ratio are printed, with the goal and whether it is met. The exit code is 0 in any case: these are no tests.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from minsheng.places import bundled

BIN = Path(sys.executable).parent
TOPIC = "low_income_support"


def wall(command: Sequence[str], cwd: str | None = None) -> float:
    """Seconds that a command takes from start to end."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    began = time.perf_counter()
    subprocess.run(command, check=True, cwd=cwd, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def inside(code: str) -> float:
    """Seconds that a piece of Python takes in a fresh interpreter, as it measures itself after `import pandas`."""
    timed = f"import time, pandas\n{{setup}}\nt = time.perf_counter()\n{code}\nprint(time.perf_counter() - t)"
    out = subprocess.run([sys.executable, "-c", timed.replace("{setup}", "")], check=True, capture_output=True, text=True)
    return float(out.stdout.split()[-1])


def python(code: str) -> Callable[[], float]:
    """A fresh interpreter that runs `code`, from start to end."""
    return lambda: wall([sys.executable, "-c", code])


def ours() -> float:
    """One topic report, from the shell prompt to the page."""
    with TemporaryDirectory() as out:
        return wall([str(BIN / "minsheng"), "report", "2024", "--topic", TOPIC, "--out", out])


def chain() -> float:
    """The same notebook by the command lines of papermill and nbconvert."""
    notebook = str(bundled("notebooks") / f"{TOPIC}.ipynb")
    with TemporaryDirectory() as out:
        first = wall([str(BIN / "papermill"), notebook, "run.ipynb", "-p", "year", "2024"], cwd=out)
        return first + wall([str(BIN / "jupyter"), "nbconvert", "--to", "html", "--no-input", "run.ipynb"], cwd=out)


def in_turn(rounds: int, *measures: Callable[[], float]) -> list[float]:
    """Medians of measures taken in turn."""
    taken = [[measure() for measure in measures] for _ in range(rounds)]
    return [median(column) for column in zip(*taken, strict=True)]


def line(name: str, value: str, goal: str, met: bool) -> None:
    """One row of the table."""
    print(f"{name:<58} {value:>22}   goal {goal:<18} {'met' if met else 'MISSED'}", flush=True)


def main() -> None:
    """Run all measurements and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds

    both, alone = in_turn(rounds, python("import pandas, minsheng"), python("import pandas"))
    line("import minsheng over import pandas", f"{1000 * (both - alone):.0f} ms", "<= 40 ms", both - alone <= 0.040)

    load = median(inside("import minsheng; minsheng.load()") for _ in range(rounds))
    plain = "import glob\nfor f in glob.glob({!r}): pandas.read_csv(f)".format(str(bundled("data") / "*.csv"))
    read = median(inside(plain) for _ in range(rounds))
    line("load and check of the bundled tables", f"{1000 * load:.0f} ms", "<= 150 ms", load <= 0.150)
    print(f"{'  (pandas.read_csv of the same files, unchecked)':<58} {1000 * read:>19.0f} ms")

    report, by_hand = in_turn(max(3, rounds - 2), ours, chain)
    line("one topic report, cold", f"{report:.2f} s", "<= 3.2 s", report <= 3.2)
    line(
        "  over papermill and nbconvert by hand",
        f"{report:.2f} / {by_hand:.2f} s = {report / by_hand:.2f}",
        "<= 0.50",
        report / by_hand <= 0.5,
    )

    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{'largest process of all of them':<58} {peak:>18.0f} MiB")


if __name__ == "__main__":
    main()
