"""Versions of the tables: the bundled ones, a folder, a workbook, or a folder as it was in a commit."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from minsheng.additions import Frames
from minsheng.checks import read_checked
from minsheng.faults import FaultsFound, Refused
from minsheng.levels import standards
from minsheng.tables import Dataset, dataset

BUNDLED = "bundled"
"""What the tables of the package are called on the command line."""


@dataclass(frozen=True)
class Version:
    """Tables under the name by which they were asked for: as text, and typed."""

    name: str
    frames: Frames
    data: Dataset

    @cached_property
    def levels(self) -> pd.DataFrame:
        """Its standards (`minsheng.standards`)."""
        return standards(self.data)


def _git(*words: str) -> bytes:
    """What git says; where it refuses, its own reason."""
    try:
        return subprocess.run(["git", *words], capture_output=True, check=True).stdout
    except FileNotFoundError:
        raise Refused("diff.no_git", version=words[-1]) from None
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Refused("diff.no_version", version=words[-1], reason=(reason or ["–"])[0]) from None


@contextmanager
def _at_commit(version: str) -> Iterator[Path]:
    """A folder or workbook of a commit (``REV:path``), for as long as it is read."""
    kind = _git("cat-file", "-t", version).strip()
    with TemporaryDirectory() as folder:
        if kind == b"blob":
            path = Path(folder) / Path(version.partition(":")[2]).name
            path.write_bytes(_git("cat-file", "blob", version))
            yield path
        else:
            with tarfile.open(fileobj=io.BytesIO(_git("archive", "--format=tar", version))) as whole:
                whole.extractall(folder, filter="data")
            yield Path(folder)


def _read(name: str, path: Path | None) -> Version:
    frames, faults = read_checked(path)
    if faults:
        raise FaultsFound(replace(fault, file=f"{name}/{fault.file}") for fault in faults)
    return Version(name, frames, dataset(frames))


def version(name: str) -> Version:
    """The tables of that name, checked.

    Parameters
    ----------
    name : str
        ``bundled``; a folder or a workbook (added to the bundled tables, or instead of them, as `minsheng.load` does); or
        ``REV:path``, a folder or workbook as git keeps it, such as ``HEAD~1:data``.

    Returns
    -------
    Version

    Raises
    ------
    Refused
        If there is nothing of that name.
    FaultsFound
        If its tables have faults.
    """
    if name == BUNDLED or Path(name).exists():
        return _read(name, None if name == BUNDLED else Path(name))
    if ":" not in name or name.startswith("-"):
        raise Refused("diff.nowhere", version=name)
    with _at_commit(name) as path:
        return _read(name, path)
