"""A warm parent for the kernels that run notebooks.

Importing pandas and matplotlib takes longer than most notebooks run. The nursery imports them once, in a process of its
own in which nothing else ever happens, and forks a kernel for whoever asks: each has a clean interpreter of its own,
ready at once. Where the system does not allow it, kernels are started in the plain way.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from minsheng import ahead
from minsheng.imports import lean_pandas, without

KERNEL = "minsheng"
"""Name of the kernel inside `kernels`."""

LAUNCHER = [sys.executable, "-m", "ipykernel_launcher"]
"""How a kernel is started in the plain way; its arguments follow."""

_SETTINGS = {"PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8", "MPLBACKEND": "agg"}
_NURSERY = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""A process of one thread can be forked without harm."""

_WARM = (
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
    "minsheng.compare",
    "minsheng.page",
    "minsheng.watch",
    "pandas.core.methods.to_dict",
    "pandas.io.formats.csvs",
)

_WAITING = 256

_RARELY = (100_000, 50, 100)
"""Thresholds of the garbage collection of kernels, which live for seconds."""

Stop = Callable[[], None]


def can_fork() -> bool:
    """Whether kernels can be forked here, and watched by one who is not their parent."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


def _warm(tables: str = "") -> None:
    """Import what every notebook imports, and what it would import at its first chart; nobody debugs here.

    Tables are read and checked once, for all who ask for just these; what is wrong with them is told elsewhere.
    """
    gc.disable()  # almost nothing of this is ever garbage
    lean_pandas()
    with without("debugpy"):
        for name in _WARM:
            import_module(name)
    load = import_module("minsheng.tables").load
    load()
    if tables:
        with suppress(Exception):
            load(tables)
    gc.freeze()  # what is shared with a fork stays shared


def _ahead(folder: Path) -> None:
    """Have what kernels will need of the package's own tables made meanwhile."""
    from minsheng import audits

    ahead.begin(audits.AHEAD, audits.bundled, folder)


def _become(request: Mapping[str, Any]) -> NoReturn:
    """What a fork does: be the kernel that was asked for, and end with it."""
    code, parent = 1, os.getppid()
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.chdir(request["cwd"])
        os.environ.clear()
        os.environ.update(request["env"])
        gc.enable()
        gc.set_threshold(*_RARELY)
        from ipykernel.kernelapp import IPKernelApp

        sys.argv = [LAUNCHER[-1], *request["argv"]]
        IPKernelApp.launch_instance(argv=[*request["argv"], f"--IPKernelApp.parent_handle={parent}"])
        code = 0
    finally:
        os._exit(code)


def serve(address: str, tables: str = "") -> None:
    """Fork a kernel for each request at a socket, until the one who started this process is gone.

    A request is a line of JSON (``argv``, ``cwd``, ``env``); the answer is the number of the process. All of them find the
    package's tables ready, and those of `tables`, a folder or workbook.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # kernels are waited for elsewhere; here the system buries them
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen(_WAITING)
        _warm(tables)
        _ahead(Path(address).parent)
        while sys.stdin not in select.select([door, sys.stdin], [], [])[0]:
            caller, _ = door.accept()
            with caller:
                request = json.loads(caller.makefile("rb").readline())
                pid = os.fork()
                if pid == 0:
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    door.close()
                    caller.close()
                    _become(request)
                caller.sendall(f"{pid}\n".encode())


@contextmanager
def _nursery(folder: Path, tables: str = "") -> Iterator[tuple[dict[str, Any], Stop]]:
    """A nursery that warms up while this process goes on; yields how a kernel's specification names it, and its end."""
    address = str(folder / "nursery")
    code = f"from minsheng.nursery import serve; serve({address!r}, {tables!r})"
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", code], stdin=subprocess.PIPE, env={**os.environ, **_SETTINGS, **_NURSERY}
    )
    try:
        yield {"kernel_provisioner": {"provisioner_name": "minsheng-fork", "config": {"address": address}}}, process.kill
    finally:
        process.kill()
        process.communicate()


@contextmanager
def kernels(tables: str = "") -> Iterator[Stop]:
    """Make this very interpreter known to Jupyter as the kernel `KERNEL`, whatever kernels the machine has.

    With `tables`, a folder or workbook of one's own, all kernels share what is read there.

    Costs next to nothing itself: a nursery warms up while this process goes on, so enter early. Yields a function that
    ends all kernels within a second, where they come from a nursery; elsewhere they come to their own end.
    """
    with TemporaryDirectory(prefix="ms-") as name:
        folder = Path(name)
        if can_fork():
            with _nursery(folder, tables) as (metadata, stop), _known(folder, metadata):
                yield stop
        else:
            with _known(folder, {}):
                yield lambda: None


@contextmanager
def _known(folder: Path, metadata: Mapping[str, Any]) -> Iterator[None]:
    """Write a kernel's specification to a folder and let Jupyter look there."""
    argv = [*LAUNCHER, "-f", "{connection_file}", "--HistoryManager.enabled=False", "--ext=minsheng.watch"]
    spec = {"argv": argv, "display_name": KERNEL, "language": "python", "env": _SETTINGS, "metadata": metadata}
    path = folder / "kernels" / KERNEL / "kernel.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(spec))
    before = os.environ.get("JUPYTER_PATH")
    os.environ["JUPYTER_PATH"] = os.pathsep.join([name for name in (str(folder), before) if name])
    try:
        yield
    finally:
        if before is None:
            del os.environ["JUPYTER_PATH"]
        else:
            os.environ["JUPYTER_PATH"] = before
