"""What a report depends on, as hashes: the same hashes, the same report.

A report depends on the program, its notebook and parameters, and on rows of the tables. Of all rows that it may come to
read, it depends on what decides whether they are read at all (indicator, place, year, flags ...); of those that it shows,
on every cell. So a changed amount makes anew just the reports that show it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from functools import cache
from hashlib import sha256
from html import unescape
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from minsheng.fonts import font_file
from minsheng.places import PACKAGE
from minsheng.runs import RunSpec
from minsheng.tables import Dataset
from minsheng.views import with_surroundings

_LIBRARIES = ("pandas", "matplotlib", "seaborn", "nbconvert", "openpyxl")
_SOURCES = ("*.py", "charts/*.py", "strings/*.toml", "templates/**/*")
_FREE = {
    "figures": ["value", "value_max", "evidence", "locator", "note"],
    "documents": ["title", "issuer", "note", "source_file", "source_part", "source_sha256"],
}
"""Columns that decide nothing: a row is read or not, whatever they say."""

_WIDE = ("items", "cases", "place", "rest")
"""What topics need that read more than the indicators they cover."""

_SHOWN = re.compile(r'<li id="figure-([^"]+)"')


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


def request(spec: RunSpec, whole: bool = False) -> str:
    """Hash of the program, a notebook and its parameters; with `whole`, of what all topics of a folder share."""
    own: dict[str, Any] = spec.parameters() | {"tables": bool(spec.tables)}
    notebook = b"" if whole else spec.topic.path.read_bytes()
    return _hash(program().encode(), json.dumps(own, sort_keys=True).encode(), notebook)


def shown(page: Path) -> list[str]:
    """The figures that a page lists, by their ids: every one that it shows."""
    return sorted(map(unescape, set(_SHOWN.findall(page.read_text(encoding="utf-8")))))


def _hashes(table: pd.DataFrame) -> pd.Series:
    return pd.util.hash_pandas_object(table.astype("str").astype("object"), index=False)


class Rows:
    """The rows of some tables as hashes.

    Parameters
    ----------
    data : Dataset
    findings : DataFrame
        From `minsheng.audit`.
    """

    def __init__(self, data: Dataset, findings: pd.DataFrame) -> None:
        self.data, self.findings = data, findings
        tables = data.tables()
        self._all = {name: _hashes(table) for name, table in tables.items()}
        self._deciding = {name: _hashes(tables[name].drop(columns=free)) for name, free in _FREE.items()}
        self._found = _hashes(findings)
        self._outlines: dict[tuple[str, tuple[str, ...]], str] = {}
        self._at = pd.Index(data.figures["figure_id"])
        own = data.figures["document_id"].map(data.documents.set_index("document_id")["region_id"])
        place = data.figures["region_id"].fillna(own)
        self._of_place = place.groupby(place).indices

    def _indicators(self, covers: Collection[str]) -> set[str]:
        """The indicators of some topics, those that they are multiples of, and those that follow from them."""
        rows = self.data.indicators
        mine = set(rows["indicator_id"][rows["topic"].isin(covers)]) if covers else set(rows["indicator_id"])
        links = rows[["indicator_id", "base_id", "result_id"]].itertuples(index=False)
        groups = [{one for one in link if isinstance(one, str)} for link in links]
        return mine.union(*(group for group in groups if len(group) > 1 and group & mine))

    def _read(self, spec: RunSpec) -> pd.DataFrame:
        """The figures that a report may come to read."""
        figures, topic = self.data.figures, spec.topic
        if spec.regions:
            around = with_surroundings(self.data, spec.regions)
            figures = figures.iloc[np.concatenate([self._of_place.get(one, np.array([], "int64")) for one in around])]
        everything = not topic.covers or topic.needs in _WIDE
        return figures[figures["indicator_id"].isin(self._indicators(() if everything else topic.covers))]

    def outline(self, spec: RunSpec) -> str:
        """Hash of what decides which rows a report reads: the same for all years and languages."""
        key = (spec.topic.name, spec.regions)
        if key not in self._outlines:
            self._outlines[key] = self._outline(spec)
        return self._outlines[key]

    def _outline(self, spec: RunSpec) -> str:
        mine, data = self._read(spec), self.data
        documents = data.documents["document_id"].isin(mine["document_id"].unique())
        parts = [self._deciding["figures"][mine.index], self._deciding["documents"][documents], self._all["regions"]]
        parts += [self._all["indicators"][data.indicators["indicator_id"].isin(mine["indicator_id"].unique())]]
        parts += [self._all["reference"], _hashes(data.vocabularies)]
        if not spec.topic.covers or spec.topic.needs in _WIDE:
            parts += [self._all["items"], self._all["cases"], self._all["case_parts"]]
        return _hash(*(np.sort(part.to_numpy()).tobytes() for part in parts))

    def content(self, figures: Iterable[str]) -> str:
        """Hash of all that a report says of the figures that it shows: their rows, documents, and findings on them."""
        ids, data = set(figures), self.data
        at = self._at.get_indexer(list(ids))
        at = at[at >= 0]
        documents = set(data.figures["document_id"].iloc[at])
        found = self.findings["figures"].map(lambda cell: not ids.isdisjoint(cell.split(";"))).astype("bool")
        found |= (self.findings["code"] == "year") & self.findings["document_id"].isin(documents)
        parts = [self._all["figures"].iloc[at], self._all["documents"][data.documents["document_id"].isin(documents)]]
        return _hash(*(np.sort(part.to_numpy()).tobytes() for part in (*parts, self._found[found])))
