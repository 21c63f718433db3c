"""What a report depends on, as one hash: the same key, the same report."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from minsheng.fonts import font_file
from minsheng.places import PACKAGE
from minsheng.runs import RunSpec

_LIBRARIES = ("pandas", "matplotlib", "seaborn", "nbconvert", "openpyxl")
_SOURCES = ("*.py", "charts/*.py", "strings/*.toml", "templates/**/*")


def _hash(*parts: bytes) -> str:
    whole = sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


@cache
def program() -> str:
    """Hash of the program: its own files, the libraries that draw and write, the font.

    Examples
    --------
    >>> len(program())
    64
    """
    files = sorted(path for pattern in _SOURCES for path in PACKAGE.glob(pattern) if path.is_file())
    libraries = json.dumps([version(name) for name in _LIBRARIES] + [font_file().stat().st_size])
    return _hash(libraries.encode(), *(part for path in files for part in (path.name.encode(), path.read_bytes())))


def key(spec: RunSpec, tables: str, whole: bool = False) -> str:
    """Key of a report.

    Parameters
    ----------
    spec : RunSpec
    tables : str
        Hash of the tables that it reads (`Dataset.digest`).
    whole : bool
        The key of what all topics share in a folder, its workbook.
    """
    own: dict[str, Any] = spec.parameters() | {"tables": bool(spec.tables)}
    notebook = b"" if whole else spec.topic.path.read_bytes()
    return _hash(program().encode(), tables.encode(), json.dumps(own, sort_keys=True).encode(), notebook)


def stamp(notebook: Path) -> str:
    """The key under which an executed notebook was made; empty where there is none."""
    try:
        return str(json.loads(notebook.read_text(encoding="utf-8"))["metadata"]["minsheng"]["key"])
    except (OSError, ValueError, KeyError):
        return ""
