"""One run of one notebook: a frozen spec in, a result out. The only module that knows papermill."""

from __future__ import annotations

import gc
import os
import re
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from minsheng.imports import light_imports
from minsheng.nursery import KERNEL

if TYPE_CHECKING:
    from minsheng.topics import Topic

_SWITCH = 0.0005
"""Seconds after which another thread may go on."""

_ANSI = re.compile(r"\x1b\[[0-9;]*m")

_SHOWS = re.compile(r"^(?:ms|minsheng)\.page\.\w+\(", re.MULTILINE)

PATIENCE = 600
"""Seconds that a cell may take."""

FATAL = (r"Glyph .* missing from",)
"""Warnings that fail a run, as regular expressions; a notebook lists more in its metadata, as ``minsheng.fatal``."""


@dataclass(frozen=True)
class RunSpec:
    """What is run: a notebook and its parameters."""

    topic: Topic
    year: int
    regions: tuple[str, ...] = ()
    lang: str = "zh"
    year_basis: str = "assessed"
    prices: str = "nominal"
    strict: bool = False
    tables: str = ""

    @property
    def folder(self) -> str:
        """The folder of its report: its year, and whatever is not as by default.

        Examples
        --------
        >>> from minsheng.topics import find_topic
        >>> RunSpec(find_topic("medical_insurance"), 2024, regions=("441602",), lang="en").folder
        '2024-441602-en'
        """
        parts = [
            str(self.year),
            *self.regions,
            "en" if self.lang == "en" else "",
            "constant" if self.prices == "constant" else "",
            "printed" if self.year_basis == "printed" else "",
            "strict" if self.strict else "",
            "own" if self.tables else "",
        ]
        return "-".join(part for part in parts if part)

    def parameters(self) -> dict[str, Any]:
        """The parameters as the notebook's cell names them."""
        return {
            "year": self.year,
            "regions": list(self.regions),
            "lang": self.lang,
            "year_basis": self.year_basis,
            "prices": self.prices,
            "strict": self.strict,
            "tables": self.tables,
        }


@dataclass(frozen=True)
class RunResult:
    """What came of a run: the executed notebook, and the reason if it failed. `unchanged`: it stood there already."""

    spec: RunSpec
    notebook: Path
    seconds: float
    reason: str = ""
    unchanged: bool = False

    @property
    def ok(self) -> bool:
        """Whether the notebook ran to its end and its page was made."""
        return not self.reason


def _manager(sockets: str) -> dict[str, str]:
    """Settings of a kernel's manager. Sockets of its own: by default all kernels of a process would share one name."""
    own = {"transport": "ipc", "ip": f"{sockets}/k"} if os.name == "posix" else {}
    return {"client_class": "minsheng.provisioner.PromptClient", **own}


class Stopped(RuntimeError):  # noqa: N818
    """A notebook ended before its last cell, and called it success."""


class Warned(RuntimeError):  # noqa: N818
    """A notebook ended under a warning that no report may have."""


class Empty(RuntimeError):  # noqa: N818
    """A notebook ended without showing what it says it shows."""


@contextmanager
def pool(jobs: int) -> Iterator[ThreadPoolExecutor]:
    """Threads to `run` notebooks in, `jobs` at a time.

    Threads change more often meanwhile: those that speak with kernels need little time, but at once, while another
    one cuts fonts. What is there before is not searched for garbage: a run can then clear away its own at once, and
    memory stays flat over any number of runs.
    """
    with light_imports():
        import papermill  # noqa: F401  (once, before any thread needs it)
    before = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH)
    gc.freeze()
    try:
        with ThreadPoolExecutor(jobs) as threads:
            yield threads
    finally:
        gc.unfreeze()
        sys.setswitchinterval(before)


def _reason(error: BaseException) -> str:
    """One line that says why a notebook failed."""
    name, value = getattr(error, "ename", type(error).__name__), str(getattr(error, "evalue", error))
    lines = [line for line in _ANSI.sub("", value).strip().splitlines() if line.strip()]
    return f"{name}: {lines[0]}" if lines else str(name)


def _tidy(notebook: Any) -> None:
    """Leave out of an executed notebook what differs from run to run: clocks, paths, random ids."""
    notebook["metadata"].pop("papermill", None)
    notebook["metadata"].get("language_info", {}).pop("version", None)
    for cell in notebook["cells"]:
        cell["metadata"].pop("papermill", None)
        cell["metadata"].pop("execution", None)
        if "injected-parameters" in cell["metadata"].get("tags", []):
            cell["id"] = "injected-parameters"
            # What is left out here is a path of this machine.
            cell["source"] = re.sub(r"(?m)^tables = .*\n?", "", "".join(cell["source"]))


def _save(notebook: Any, out: Path) -> None:
    """Write an executed notebook, once: papermill alone would write it whole, and validate it, at each cell."""
    from nbformat.v4 import writes_json

    _tidy(notebook)
    try:
        out.write_text(writes_json(notebook) + "\n", encoding="utf-8")
    except OSError:  # a full disk: what fits of a notebook is none, and only fills it
        out.unlink(missing_ok=True)
        raise


def _code(notebook: Any) -> list[tuple[int, Any]]:
    """The cells of code, numbered among all."""
    cells = enumerate(notebook["cells"], start=1)
    return [(n, cell) for n, cell in cells if cell["cell_type"] == "code" and cell["source"]]


def _refuse_unrun(notebook: Any) -> None:
    """Refuse a notebook that ended without an error while cells of it never ran."""
    left = [str(n) for n, cell in _code(notebook) if cell["execution_count"] is None]
    if left:
        raise Stopped(f"cells {', '.join(left)} never ran")


def _refuse_warned(notebook: Any) -> None:
    """Refuse a notebook that was warned of what no report may have."""
    own = notebook["metadata"].get("minsheng", {}).get("fatal", ())
    fatal = re.compile("|".join([*FATAL, *own]))
    for n, cell in _code(notebook):
        said = (out["text"] for out in cell["outputs"] if out["output_type"] == "stream" and out["name"] == "stderr")
        for line in "".join(said).splitlines():
            if fatal.search(line):
                raise Warned(f"cell {n}: {line.strip()}")


def _refuse_empty(notebook: Any) -> None:
    """Refuse a notebook of which a cell that is to show something shows nothing, not even that there is nothing."""
    for n, cell in _code(notebook):
        if _SHOWS.search(cell["source"]) and not any(out["output_type"] == "display_data" for out in cell["outputs"]):
            raise Empty(f"cell {n} shows nothing")


def _execute(spec: RunSpec, folder: Path, out: Path, patience: float) -> None:
    """Run a notebook by papermill and save it, however it ends."""
    from papermill.engines import papermill_engines
    from papermill.execute import raise_for_execution_errors
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook
    from traitlets.config import Config

    notebook = parameterize_notebook(load_notebook_node(str(spec.topic.path)), spec.parameters(), kernel_name=KERNEL)
    with TemporaryDirectory(prefix="ms-") as sockets:
        try:
            papermill_engines.execute_notebook_with_engine(
                None,
                notebook,
                kernel_name=KERNEL,
                progress_bar=False,
                log_output=False,
                resources={"metadata": {"path": str(folder)}},
                shutdown_kernel="immediate",
                execution_timeout=patience,
                config=Config({"KernelManager": _manager(sockets)}),
            )
        finally:
            _save(notebook, out)
    raise_for_execution_errors(notebook, str(out))
    for refuse in (_refuse_unrun, _refuse_warned, _refuse_empty):
        refuse(notebook)


def run(spec: RunSpec, folder: Path, patience: float = PATIENCE) -> RunResult:
    """Run a notebook (inside `nursery.kernels`).

    Parameters
    ----------
    spec : RunSpec
    folder : Path
        Where the executed notebook goes, as ``TOPIC.ipynb``; it is kept when the run fails.
    patience : float
        Seconds that a cell may take.

    Returns
    -------
    RunResult
        Never raises for what a notebook does. The result's reason is whatever kept it from its end: an exception, a dead
        kernel, a cell over its time, cells that never ran, a shell command that failed, a warning that is fatal, a cell
        that shows nothing, a full disk.
    """
    folder = folder.resolve()
    out = folder / f"{spec.topic.name}.ipynb"
    began, reason = time.perf_counter(), ""
    try:
        _execute(spec, folder, out, patience)
    except Exception as error:  # whatever stops a notebook is its result
        reason = _reason(error)
    gc.collect()
    return RunResult(spec, out, time.perf_counter() - began, reason)
