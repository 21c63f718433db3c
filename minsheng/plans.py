"""Which reports are to be made: a request held against what there is, before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from minsheng.faults import Refused
from minsheng.levels import printed, standards
from minsheng.parameters import require
from minsheng.runs import RunSpec
from minsheng.tables import Dataset, State, load, state
from minsheng.topics import Topic, find_topic, require_data, rows_of, topics, years_of
from minsheng.views import find_region, names
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
    """What will be made: one spec a page, from which tables, and the folders that get a workbook besides.

    `without` counts the combinations that were asked for and have no figures. `state` is that of the files of the tables
    when they were loaded.
    """

    specs: tuple[RunSpec, ...]
    data: Dataset
    books: frozenset[str] = frozenset()
    without: int = 0
    state: State = ()


@dataclass(frozen=True)
class _Stock:
    """What there is to make reports of."""

    data: Dataset
    levels: pd.DataFrame
    figures: pd.DataFrame
    state: State

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


def _refuse_unknown_years(request: Request, stock: _Stock) -> None:
    years = stock.years()
    for year in request.years:
        if year not in years:
            raise Refused("refused.year", value=year, years=", ".join(map(str, years)) or "–")
    for year in (request.years or years) if request.prices == "constant" else ():
        price_factors(stock.data, year)


def _refuse_what_is_not_there(request: Request, stock: _Stock, wanted: list[Topic], places: tuple[str, ...]) -> None:
    places_by_name = names(stock.data, request.lang).places
    for topic in wanted:
        if request.topics and topic.needs == "place" and not places:
            raise Refused("refused.topic_place", topic=topic.name)
    _refuse_unknown_years(request, stock)
    for year in request.years:
        for topic in wanted if request.topics else []:
            require_data(topic, year, stock.data, stock.levels, stock.figures, places, places_by_name)


def _stock(request: Request) -> _Stock:
    before, data = state(request.tables), load(request.tables or None)
    options = {"year_basis": request.year_basis, "strict": request.strict}
    return _Stock(data, standards(data, **options), printed(data, **options), before)  # type: ignore[arg-type]


def _specs(request: Request, stock: _Stock, wanted: list[Topic], places: tuple[str, ...]) -> list[RunSpec]:
    """The reports of a request that can be made, each with parameters that its notebook takes."""
    tables = str(Path(request.tables).resolve()) if request.tables else ""
    own = (places, request.lang, request.year_basis, request.prices, request.strict, tables)
    pages = _pages(stock, request.years or stock.years(), wanted, set(places))
    specs = [RunSpec(topic, year, *own) for topic, year in pages]
    for spec in specs:
        require(spec.topic.path, spec.parameters())
    return specs


def _wanted(request: Request) -> list[Topic]:
    return [find_topic(one) for one in dict.fromkeys(request.topics)] or list(topics().values())


def plan(request: Request) -> Plan:
    """Check a request against what there is, before anything runs.

    Raises
    ------
    Refused
        If a year, topic, place or parameter is not there, with what there is instead.
    FaultsFound
        If the tables have faults.
    """
    stock, wanted = _stock(request), _wanted(request)
    places = tuple(dict.fromkeys(find_region(stock.data, one) for one in request.regions))
    _refuse_what_is_not_there(request, stock, wanted, places)
    specs = _specs(request, stock, wanted, places)
    if not specs:
        raise Refused("refused.nothing", years=", ".join(map(str, stock.years())) or "–")
    books = frozenset() if request.topics else frozenset(spec.folder for spec in specs)
    return Plan(tuple(specs), stock.data, books, state=stock.state)


def plan_all(requests: Sequence[Request], leave_out: Callable[[Request, RunSpec], bool]) -> Plan:
    """Check many requests; those of their combinations that have no figures are left out, and counted.

    Parameters
    ----------
    requests : sequence of Request
        Of the same tables.
    leave_out : function
        Says which of the reports of a request are not wanted.

    Raises
    ------
    Refused
        If a year has figures in no table, or nothing is left to be made.
    FaultsFound
        If the tables have faults.
    """
    stocks: dict[tuple[str, bool], _Stock] = {}
    specs: dict[RunSpec, None] = {}
    books, without = set(), 0
    for request in requests:
        key = (request.year_basis, request.strict)
        stock = stocks[key] = stocks.get(key) or _stock(request)
        _refuse_unknown_years(request, stock)
        found = _specs(request, stock, _wanted(request), request.regions)
        if request.years and request.topics:
            without += len(set(request.years)) * len(set(request.topics)) - len(found)
        kept = [spec for spec in found if not leave_out(request, spec)]
        specs |= dict.fromkeys(kept)
        books |= {spec.folder for spec in kept if len(kept) == len(found) and not request.topics}
    if not specs:
        raise Refused("refused.matrix_empty")
    first = next(iter(stocks.values()))
    return Plan(tuple(specs), first.data, frozenset(books), without, first.state)
