"""Kernels from a warm parent: each clean, each gone in time, the plain way where there is no other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from minsheng import nursery
from minsheng.nursery import kernels
from minsheng.runs import RunResult, RunSpec, pool, run
from minsheng.topics import Topic

forked = pytest.mark.skipif(not nursery.can_fork(), reason="kernels are forked on Linux only")


def topic(folder: Path, name: str, *cells: str) -> Topic:
    """A notebook of these cells as a topic."""
    parameters = {"id": "p", "cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": "year = 0"}
    made = [parameters, *({"id": f"c{i}", "cell_type": "code", "metadata": {}, "source": one} for i, one in enumerate(cells))]
    for cell in made:
        cell |= {"outputs": [], "execution_count": None}
    own = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps({"cells": made, "metadata": own, "nbformat": 4, "nbformat_minor": 5}))
    return Topic(name, path, (("zh", name), ("en", name)), ())


def said(result: RunResult) -> str:
    """What a notebook printed."""
    assert result.reason == ""
    cells = json.loads(result.notebook.read_text())["cells"]
    return "".join("".join(out["text"]) for cell in cells for out in cell.get("outputs", []) if out["output_type"] == "stream")


@pytest.fixture(scope="module")
def running() -> Iterator[None]:
    with kernels():
        yield


def alive(pid: int) -> bool:
    """Whether a process is there and not a corpse."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(pid: int, within: float = 5.0) -> bool:
    """Whether a process is gone in time."""
    until = time.monotonic() + within
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not alive(pid)


@forked
def test_a_kernel_is_warm_and_its_folder_and_hash_seed_are_as_in_the_plain_way(running: None, tmp_path: Path) -> None:
    code = "import sys, os; print('pandas' in sys.modules, os.getcwd(), os.environ['PYTHONHASHSEED'], hash('低保'))"
    warm = said(run(RunSpec(topic(tmp_path, "warm", code), 1), tmp_path)).split()
    expected = subprocess.run(
        [sys.executable, "-c", "print(hash('低保'))"], env={**os.environ, "PYTHONHASHSEED": "0"}, capture_output=True, check=True
    )
    assert warm == ["True", str(tmp_path.resolve()), "0", expected.stdout.decode().strip()]


def test_nothing_leaks_from_run_to_run(running: None, tmp_path: Path) -> None:
    leave = topic(tmp_path, "leave", "import pandas, builtins, os; pandas.leak = builtins.leak = 1; os.environ['LEAK'] = '1'")
    look = topic(
        tmp_path,
        "look",
        "import pandas, builtins, os; print(hasattr(pandas, 'leak'), hasattr(builtins, 'leak'), 'LEAK' in os.environ)",
    )
    assert run(RunSpec(leave, 1), tmp_path).ok
    assert said(run(RunSpec(look, 1), tmp_path)).split() == ["False"] * 3


def test_a_kernel_is_gone_when_its_run_is_done(running: None, tmp_path: Path) -> None:
    pid = int(said(run(RunSpec(topic(tmp_path, "pid", "import os; print(os.getpid())"), 1), tmp_path)))
    assert gone(pid)


@pytest.mark.parametrize(("end", "word"), [("os._exit(0)", "Dead"), ("os.kill(os.getpid(), 9)", "Dead"), ("1 / 0", "ZeroDiv")])
def test_a_kernel_that_dies_is_a_failed_run(running: None, tmp_path: Path, end: str, word: str) -> None:
    result = run(RunSpec(topic(tmp_path, "dies", f"import os; {end}", "print('after')"), 1), tmp_path)
    assert word in result.reason


def test_many_at_once_all_succeed(running: None, tmp_path: Path) -> None:
    rooms = [tmp_path / str(n) for n in range(12)]
    for room in rooms:
        room.mkdir()
    one = topic(tmp_path, "one", "print(year)")
    with pool(12) as threads:
        results = list(threads.map(lambda n: run(RunSpec(one, n), rooms[n]), range(12)))
    assert [int(said(result)) for result in results] == list(range(12))


def test_the_plain_way_gives_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(nursery, "can_fork", lambda: False)
    with kernels():
        assert said(run(RunSpec(topic(tmp_path, "plain", "print(year + 1)"), 41), tmp_path)) == "42\n"


@forked
def test_when_the_one_who_started_it_is_killed_nursery_and_kernels_go_too(tmp_path: Path) -> None:
    topic(tmp_path, "long", "import os, time", "open('pid', 'w').write(str(os.getpid()))", "time.sleep(60)")
    code = f"""
from pathlib import Path
from minsheng.nursery import kernels
from minsheng.runs import RunSpec, run
from minsheng.topics import Topic
folder = Path({str(tmp_path)!r})
with kernels():
    run(RunSpec(Topic("long", folder / "long.ipynb", (), ()), 1), folder)
"""
    process = subprocess.Popen([sys.executable, "-c", code])
    until = time.monotonic() + 30
    while not (tmp_path / "pid").exists() and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.1)
    pid = int((tmp_path / "pid").read_text())
    parent = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    assert alive(pid)
    assert parent != process.pid
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert gone(parent)
    assert gone(pid)


def test_jupyter_finds_its_kernels_as_before_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUPYTER_PATH", raising=False)
    with kernels():
        assert "JUPYTER_PATH" in os.environ
    assert "JUPYTER_PATH" not in os.environ


@forked
def test_the_findings_of_the_packages_own_tables_are_made_once_for_all_kernels(running: None, tmp_path: Path) -> None:
    count = (
        "import minsheng as ms, minsheng.audits as audits, minsheng.views as views\n"
        "made = []\n"
        "real = audits.audit\n"
        "audits.audit = views.audit = lambda data: made.append(1) or real(data)\n"
        "own, other = ms.view(2024).findings, ms.view(2024, tables=ms.load()).findings\n"
        "print(len(made), own.equals(other), len(own) > 0)"
    )
    # Tables that a user has had in hand, even if they came from the package, are audited as they are now.
    assert said(run(RunSpec(topic(tmp_path, "one", count), 1), tmp_path)).split() == ["1", "True", "True"]


@forked
def test_work_begun_ahead_that_fails_is_done_again_by_who_needs_it(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from minsheng import ahead\n"
        "folder = Path(sys.argv[1])\n"
        "ahead.begin('good', lambda: 6 * 7, folder)\n"
        "ahead.begin('bad', lambda: 1 / 0, folder)\n"
        "print(ahead.take('good'), ahead.take('bad'), ahead.take('good'))"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["42", "None", "42"]
    assert ran.stderr == ""


FAILURES = {
    "timeout": ("import time; time.sleep(30)", "timed out"),
    "exit": ("import sys; sys.exit(0)", "never ran"),
    "shell": ("!exit 3", "'exit 3' ended with 3"),
    "captured": ("lines = !echo some; exit 4", "ended with 4"),
    "warned": ("import warnings; warnings.warn('Glyph 42 (x) missing from font(s) Y.')", "Glyph 42"),
    "listed": ("import warnings; warnings.warn('the tables are old')", "the tables are old"),
    "empty": ("import minsheng as ms; ms.page.tell = print\nms.page.tell()", "shows nothing"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_no_run_that_did_not_do_what_it_says_passes_for_done(running: None, tmp_path: Path, name: str) -> None:
    code, reason = FAILURES[name]
    one = topic(tmp_path, name, code, "finished = True")
    notebook = json.loads(one.path.read_text())
    notebook["metadata"]["minsheng"] = {"fatal": ["tables are old"]}
    one.path.write_text(json.dumps(notebook))
    (tmp_path / "out").mkdir()
    result = run(RunSpec(one, 1), tmp_path / "out", patience=2)
    assert reason in result.reason
    assert json.loads(result.notebook.read_text())["cells"]


def test_shell_commands_that_succeed_and_harmless_warnings_pass(running: None, tmp_path: Path) -> None:
    cells = ("lines = !printf 'a\\nb'", "!true", "import warnings; warnings.warn('mind the step')", "print(lines)")
    assert "['a', 'b']" in said(run(RunSpec(topic(tmp_path, "fine", *cells), 1), tmp_path))
