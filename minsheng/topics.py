"""The topics there are: one notebook each, and the years and places for which it has figures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from minsheng.faults import Refused, nearest
from minsheng.places import bundled
from minsheng.tables import Dataset
from minsheng.typical import cases


@dataclass(frozen=True)
class Topic:
    """A notebook that makes a report.

    `covers` are the topics of the indicators it compares; empty means all. `needs` says what there must be for a year
    to have a report: ``levels`` (a standard that is printed for it), ``figures`` (any figure), ``items`` (a document
    with numbered items), ``cases`` (a typical case that can be computed), ``place`` (places that were asked for: one
    page over all years) or ``rest`` (a figure of a topic that no other page of the year covers). `roles` narrow the
    figures to those of some roles; empty means all. `order` says where it stands among the others.
    """

    name: str
    path: Path
    titles: tuple[tuple[str, str], ...]
    covers: tuple[str, ...]
    needs: str = "levels"
    roles: tuple[str, ...] = ()
    order: int = 99
    contents: tuple[tuple[str, str], ...] = ()

    def title(self, lang: str) -> str:
        """What a reader calls it."""
        return dict(self.titles)[lang]

    def holds(self, lang: str) -> str:
        """What it holds, in a line: the first clause under its title; empty where there is none."""
        return dict(self.contents).get(lang, "")


def _first_clauses(cells: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Language and first clause of the prose under the title of a notebook, without its stop."""
    for cell in cells:
        source, tags = "".join(cell["source"]), cell["metadata"].get("tags", [])
        if source.startswith("# ") and "\n\n" in source:
            yield tags[0].removeprefix("lang-"), re.split(r"[。；]|[.;](?: |$)", source.split("\n\n")[1])[0]


def _topic(path: Path, notebook: dict[str, Any]) -> Topic:
    own = notebook["metadata"]["minsheng"]
    return Topic(
        path.stem,
        path,
        tuple(own["title"].items()),
        tuple(own["topics"]),
        own.get("needs", "levels"),
        tuple(own.get("roles", ())),
        own["order"],
        tuple(_first_clauses(notebook["cells"])),
    )


@cache
def topics() -> dict[str, Topic]:
    """All topics, by name: each bundled notebook whose metadata give it a title.

    Examples
    --------
    >>> sorted(topics())[:2]
    ['commitments', 'delivery']
    """
    found = {}
    for path in sorted(bundled("notebooks").glob("*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        if "minsheng" in notebook["metadata"]:
            found[path.stem] = _topic(path, notebook)
    return found


def find_topic(name: str) -> Topic:
    """The topic of that name.

    Raises
    ------
    Refused
        If there is none, with the nearest.
    """
    if name not in topics():
        raise Refused("refused.topic", value=name, nearest=nearest(name, list(topics())))
    return topics()[name]


def rows_of(topic: Topic | None, data: Dataset, levels: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """What a topic rests on (or all figures, if none is given): rows with ``region_id`` and ``year``.

    Parameters
    ----------
    topic : Topic or None
    data : Dataset
    levels : DataFrame
        From `minsheng.standards`.
    figures : DataFrame
        From `minsheng.printed`, of the same year basis.
    """
    if topic is None:
        return figures
    if topic.needs == "cases":
        rows = cases(data, levels[levels["origin"] == "level"])
        return rows[rows["lower"].notna()]
    if topic.needs == "rest":
        return _rest(data, levels, figures)
    if topic.needs == "items":
        return figures[figures["document_id"].isin(set(data.items["document_id"]))]
    rows = figures if topic.needs in ("figures", "place") else levels[levels["origin"] == "level"]
    rows = rows[rows["role"].isin(topic.roles)] if topic.roles else rows
    if not topic.covers:
        return rows
    indicators = data.indicators[data.indicators["topic"].isin(topic.covers)]["indicator_id"]
    return rows[rows["indicator_id"].isin(indicators)]


def _covered(data: Dataset, levels: pd.DataFrame, figures: pd.DataFrame) -> set[tuple[str, int]]:
    """Topic and year of each page that is about topics."""
    pages = [one for one in topics().values() if one.covers]
    return {(topic, year) for one in pages for year in years_of(one, data, levels, figures) for topic in one.covers}


def _rest(data: Dataset, levels: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Figures of topics that no page of their year covers."""
    covered = _covered(data, levels, figures)
    rows = figures[(figures["role"] != "baseline") & ~figures["flags"].str.contains("damaged")]
    return rows[[pair not in covered for pair in zip(rows["topic"], rows["year"], strict=True)]]


def uncovered(data: Dataset, levels: pd.DataFrame, figures: pd.DataFrame, year: int) -> list[str]:
    """The topics with figures for a year that no page of the year covers: those of one's own, and those without a page.

    Parameters
    ----------
    data : Dataset
    levels, figures : DataFrame
        From `minsheng.standards` and `minsheng.printed`.
    year : int

    Returns
    -------
    list of str
        Codes of topics, in the order of their vocabulary.

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> ms.uncovered(data, ms.standards(data), ms.printed(data), 2011)
    ['government_services', 'consumer', 'agricultural_insurance']
    """
    rows = _rest(data, levels, figures)
    there = set(rows["topic"][rows["year"] == year])
    return [code for code in data.known.codes("topic") if code in there]


def years_of(topic: Topic | None, data: Dataset, levels: pd.DataFrame, figures: pd.DataFrame) -> list[int]:
    """Years for which a topic has what it needs; for no topic, those for which there is any figure.

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> years_of(None, data, ms.standards(data), ms.printed(data))
    [2011, 2014, 2018, 2021, 2022, 2023, 2024, 2025]
    """
    return sorted({int(year) for year in rows_of(topic, data, levels, figures)["year"]})


def require_data(
    topic: Topic,
    year: int,
    data: Dataset,
    levels: pd.DataFrame,
    figures: pd.DataFrame,
    regions: Iterable[str],
    names: dict[str, str],
) -> None:
    """Refuse a topic that has no figures for a year, or none of the places asked.

    Raises
    ------
    Refused
        With the years or places for which there are figures.
    """
    years = years_of(topic, data, levels, figures)
    if year not in years:
        raise Refused("refused.topic_year", topic=topic.name, value=year, years=", ".join(map(str, years)) or "–")
    wanted = set(regions)
    there = set(rows_of(topic, data, levels, figures)["region_id"])
    if wanted and not wanted & there:
        raise Refused("refused.topic_region", topic=topic.name, places=", ".join(names[place] for place in sorted(there)))
