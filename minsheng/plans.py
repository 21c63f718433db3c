"""Which reports are to be made: a request held against what there is, before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from minsheng.faults import Refused
from minsheng.levels import printed, standards
from minsheng.runs import RunSpec
from minsheng.tables import Dataset, load
from minsheng.topics import Topic, find_topic, require_data, rows_of, topics, years_of
from minsheng.views import find_region, view
from minsheng.yardsticks import price_factors


@dataclass(frozen=True)
class Request:
    """What a user asks for. Empty `years` or `topics` mean all there are."""

    years: tuple[int, ...] = ()
    topics: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    lang: str = "zh"
    year_basis: str = "assessed"
    prices: str = "nominal"
    strict: bool = False
    tables: str = ""


@dataclass(frozen=True)
class Plan:
    """What will be made: one spec a page, from which tables, and whether a workbook goes with the pages of each folder."""

    specs: tuple[RunSpec, ...]
    data: Dataset
    workbooks: bool = True


@dataclass(frozen=True)
class _Stock:
    """What there is to make reports of."""

    data: Dataset
    levels: pd.DataFrame
    figures: pd.DataFrame

    def rows(self, topic: Topic | None = None) -> pd.DataFrame:
        """What a topic rests on."""
        return rows_of(topic, self.data, self.levels, self.figures)

    def years(self) -> list[int]:
        """Years with any figure."""
        return years_of(None, self.data, self.levels, self.figures)


def _pages(stock: _Stock, years: Iterable[int], wanted: Iterable[Topic], places: set[str]) -> Iterator[tuple[Topic, int]]:
    """Topic and year of each page that can be made. A page about places spans all years, and stands with the newest."""
    years, wanted = list(years), list(wanted)
    mine = stock.rows()
    spanned = sorted(set(mine[mine["region_id"].isin(places)]["year"]) & set(years))
    for year in years:
        for topic in wanted:
            rows = stock.rows(topic)
            there = set(rows[rows["year"] == year]["region_id"])
            if topic.needs == "place":
                there = places if spanned and year == spanned[-1] else set()
            elif places:
                there = places & set(rows["region_id"]) if there else set()
            if there:
                yield topic, year


def _refuse_what_is_not_there(request: Request, stock: _Stock, wanted: list[Topic], places: tuple[str, ...]) -> None:
    years = stock.years()
    names = view(2024, lang=request.lang, year_basis=request.year_basis, tables=stock.data).places
    for topic in wanted:
        if request.topics and topic.needs == "place" and not places:
            raise Refused("refused.topic_place", topic=topic.name)
    for year in request.years:
        if year not in years:
            raise Refused("refused.year", value=year, years=", ".join(map(str, years)) or "–")
        for topic in wanted if request.topics else []:
            require_data(topic, year, stock.data, stock.levels, stock.figures, places, names)


def plan(request: Request) -> Plan:
    """Check a request against what there is, before anything runs.

    Raises
    ------
    Refused
        If a year, topic, place or parameter is not there, with what there is instead.
    FaultsFound
        If the tables have faults.
    """
    data = load(request.tables or None)
    places = tuple(dict.fromkeys(find_region(data, one) for one in request.regions))
    options = {"year_basis": request.year_basis, "strict": request.strict}
    stock = _Stock(data, standards(data, **options), printed(data, **options))  # type: ignore[arg-type]
    wanted = [find_topic(one) for one in dict.fromkeys(request.topics)] or list(topics().values())
    _refuse_what_is_not_there(request, stock, wanted, places)
    for year in (request.years or stock.years()) if request.prices == "constant" else ():
        price_factors(data, year)
    pages = list(_pages(stock, request.years or stock.years(), wanted, set(places)))
    if not pages:
        raise Refused("refused.nothing", years=", ".join(map(str, stock.years())) or "–")
    tables = str(Path(request.tables).resolve()) if request.tables else ""
    own = (places, request.lang, request.year_basis, request.prices, request.strict, tables)
    return Plan(tuple(RunSpec(topic, year, *own) for topic, year in pages), data, workbooks=not request.topics)
