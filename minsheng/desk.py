"""A working copy of the notebooks, and JupyterLab on it with the kernel of this very interpreter."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from minsheng.faults import Refused
from minsheng.labels import say
from minsheng.places import bundled

FOLDER = "minsheng-notebooks"
"""Name of the working copy, in the folder in which one stands."""

FIRST = "00_start_here.ipynb"
"""What JupyterLab opens."""

_RECORD = ".minsheng.json"
"""In the working copy: of each notebook, the hash of what was last laid there (or beside it)."""

_NEEDED = ("jupyterlab", "ipywidgets")


@dataclass(frozen=True)
class Laid:
    """What became of a working copy: notebooks added, updated, left as they were, and those with a new version beside."""

    folder: Path
    added: tuple[str, ...]
    updated: tuple[str, ...]
    kept: tuple[str, ...]
    beside: tuple[str, ...]
    refused: tuple[str, ...]
    """Notebooks whose new version had no place: what lay beside from the last time has been changed too."""


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()


def _read_record(folder: Path) -> dict[str, str]:
    """The record of a working copy; one that cannot be read knows nothing, so that every notebook counts as changed."""
    with suppress(OSError, ValueError):
        found = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
        return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
    return {}


def _put(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there whole."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(content)
    os.replace(beside, path)


def _untouched(path: Path, record: dict[str, str]) -> bool:
    """Whether a file may be written: it is not there, or is as it was laid."""
    return not path.exists() or _hash(path.read_bytes()) == record.get(path.name)


def _lay(source: Path, folder: Path, record: dict[str, str]) -> str:
    """Bring one notebook up to date, and tell what became of it: the name of a field of `Laid`."""
    new, target = source.read_bytes(), folder / source.name
    beside = target.with_suffix(".new.ipynb")
    if target.exists() and (record.get(target.name) == _hash(new) or target.read_bytes() == new):
        record[target.name] = _hash(new)
        return "kept"
    done = "updated" if target.exists() else "added"
    if not _untouched(target, record):
        if not _untouched(beside, record):
            return "refused"
        target, done = beside, "beside"
    _put(target, new)
    record[source.name] = record[target.name] = _hash(new)
    return done


def lay(folder: Path) -> Laid:
    """Lay a working copy of the notebooks, or bring one up to date: what has been changed by its owner is never written over.

    New notebooks are added; those that are as they were laid are replaced where the package has a newer one; beside one
    that has been changed the newer one is laid as ``NAME.new.ipynb``, once.

    Parameters
    ----------
    folder : Path
        Made if it is not there.

    Returns
    -------
    Laid

    Raises
    ------
    Refused
        If there is a file of that name, or the folder cannot be written to.
    """
    if folder.is_file():
        raise Refused("desk.not_a_folder", folder=folder)
    found: dict[str, list[str]] = {name: [] for name in ("added", "updated", "kept", "beside", "refused")}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        record = _read_record(folder)
        for source in sorted(bundled("notebooks").glob("*.ipynb")):
            found[_lay(source, folder, record)].append(source.name)
        _put(folder / _RECORD, (json.dumps(record, indent=1, sort_keys=True) + "\n").encode())
    except OSError as error:
        raise Refused("refused.out", folder=folder, reason=error.strerror or str(error)) from error
    return Laid(folder, **{name: tuple(names) for name, names in found.items()})


def told(laid: Laid, lang: str) -> list[str]:
    """What became of a working copy, in words."""
    counts = {name: len(getattr(laid, name)) for name in ("added", "updated")}
    kept = len(laid.kept) + len(laid.beside) + len(laid.refused)
    lines = [say("desk.laid", lang, folder=laid.folder.resolve(), kept=kept, **counts)]
    lines += [say("desk.beside", lang, name=one, beside=Path(one).with_suffix(".new.ipynb")) for one in laid.beside]
    return lines + [say("desk.stays", lang, name=Path(one).with_suffix(".new.ipynb")) for one in laid.refused]


@contextmanager
def _own_kernel() -> Iterator[dict[str, str]]:
    """An environment in which the kernel that the notebooks name is this interpreter, whatever kernels the machine has."""
    with TemporaryDirectory(prefix="ms-") as name:
        path = Path(name) / "kernels" / "python3" / "kernel.json"
        path.parent.mkdir(parents=True)
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        path.write_text(json.dumps({"argv": argv, "display_name": "Python 3 (minsheng)", "language": "python"}))
        before = os.environ.get("JUPYTER_PATH", "")
        yield os.environ | {"JUPYTER_PATH": os.pathsep.join(filter(None, [name, before]))}


def require_lab(python: str = sys.executable) -> None:
    """Refuse where JupyterLab or the widgets are not installed, and say how to install them.

    Raises
    ------
    Refused
        With the names of what is missing.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise Refused("desk.no_lab", python=python, names=" ".join(missing))


def serve(folder: Path, port: int = 0, browser: bool = True) -> int:
    """Run JupyterLab on a folder until it is ended (Ctrl+C twice), and return its exit code.

    Parameters
    ----------
    folder : Path
        The working copy (`lay`).
    port : int
        Where it listens; 0 leaves that to Jupyter.
    browser : bool
        Open a browser.
    """
    options = [f"--ServerApp.root_dir={folder.resolve()}", f"--LabApp.default_url=/lab/tree/{FIRST}"]
    options += [f"--ServerApp.port={port}"] * bool(port) + ["--no-browser"] * (not browser)
    options += ["--allow-root"] * (hasattr(os, "geteuid") and os.geteuid() == 0)  # who runs this has chosen so
    with _own_kernel() as environment:
        lab = subprocess.Popen([sys.executable, "-m", "jupyterlab", *options], env=environment)
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Jupyter, which gets it too, asks whether it is meant
        try:
            return lab.wait()
        finally:
            signal.signal(signal.SIGINT, before)
