"""How one reader wants to see the tables: year, places, language, year basis, prices. Names and units in that language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from minsheng import audits
from minsheng.audits import audit
from minsheng.commitments import listed
from minsheng.faults import Refused
from minsheng.funds import with_nation as with_nation
from minsheng.gazetteer import find_region as find_region
from minsheng.gazetteer import with_neighbours
from minsheng.gazetteer import with_surroundings as with_surroundings
from minsheng.labels import LANGUAGES, say, short
from minsheng.levels import printed, standards
from minsheng.recipients import name as recipient_name
from minsheng.records import Records
from minsheng.tables import Dataset, load, of_places
from minsheng.yardsticks import constant_prices, price_factors, reference_values

_PLACE, _NAME = 40, 80
"""Letters of the name of a place, and of anything else, that are shown; a Chinese character counts as two."""

YEAR_BASES, PRICES = ("assessed", "printed"), ("nominal", "constant")


def _names(rows: pd.DataFrame, key: str, lang: str, room: int) -> dict[str, str]:
    """Names by id, in one language."""
    names = rows["name" if lang == "zh" else "name_en"]
    return {one: short(name, room) for one, name in zip(rows[key], names, strict=True)}


@dataclass(frozen=True)
class View:
    """Tables as one reader asked for them. Made by `view`.

    Attributes
    ----------
    data : Dataset
        The tables.
    levels : DataFrame
        Standards in the prices asked, of the places asked and those above them.
    year : int
        The year in question.
    regions : tuple of str
        The places asked; empty means all.
    lang : {'zh', 'en'}
        Language of names, labels and sentences.
    year_basis : {'assessed', 'printed'}
        Which years the figures stand under.
    prices : {'nominal', 'constant'}
        Amounts as printed, or in prices of `year`.
    strict : bool
        Whether only rows without any flag are kept.
    bundled : bool
        Whether these are the package's own tables, as they came.

    Examples
    --------
    >>> import minsheng as ms
    >>> seen = ms.view(2024, lang="en")
    >>> seen.indicator("orphan_standard"), seen.unit("元", "person-month"), seen.flags("draft;at_least")
    ('Orphan basic living standard', 'yuan per person per month', 'draft, at least')
    """

    data: Dataset
    levels: pd.DataFrame
    year: int
    regions: tuple[str, ...]
    lang: str
    year_basis: str
    prices: str
    strict: bool
    bundled: bool = False

    def say(self, key: str, **values: object) -> str:
        """Words in the reader's language."""
        return say(key, self.lang, **values)

    def join(self, words: Iterable[str], zh: str = "、", en: str = ", ") -> str:
        """Words as a list in the reader's language."""
        return (zh if self.lang == "zh" else en).join(words)

    def label(self, vocabulary: str, code: str) -> str:
        """A code of a closed vocabulary in the reader's language."""
        return self.data.known.label(vocabulary, code, self.lang)

    def recipient(self, words: str) -> str:
        """A recipient in the reader's language (`minsheng.recipients.name`)."""
        return short(recipient_name(words, self.lang, self.data.known), _NAME)

    def series(self, field: str, code: str) -> str:
        """A value of one of the columns that tell series apart, in the reader's language."""
        if field == "indicator_id":
            return self.indicator(code)
        if field == "recipient":
            return self.recipient(code) or self.say("family.everyone")
        return self.label(field, code)

    def of(self, *topics: str) -> pd.DataFrame:
        """The standards of some topics (codes of the column ``topic`` of indicators)."""
        indicators = self.data.indicators[self.data.indicators["topic"].isin(topics)]["indicator_id"]
        return self.levels[self.levels["indicator_id"].isin(indicators)].reset_index(drop=True)

    @cached_property
    def places(self) -> dict[str, str]:
        """Names of all places; a county has its prefecture before it, since many share a name."""
        regions = self.data.regions
        own = _names(regions, "region_id", self.lang, _PLACE)
        if self.lang == "en":
            return own
        above = [
            own.get(p, "") if level == "county" else "" for p, level in zip(regions["parent_id"], regions["level"], strict=True)
        ]
        return {place: f"{up}{own[place]}" for place, up in zip(regions["region_id"], above, strict=True)}

    @cached_property
    def near(self) -> Dataset:
        """The tables with the figures of the places asked and those around them."""
        return of_places(self.data, with_surroundings(self.data, self.regions)) if self.regions else self.data

    @cached_property
    def printed(self) -> pd.DataFrame:
        """Every figure as printed, of the places asked and those around them (`minsheng.printed`)."""
        return printed(self.near, year_basis=self.year_basis, strict=self.strict)

    @cached_property
    def items(self) -> pd.DataFrame:
        """The numbered items of all lists of commitments, of the places asked and those around them (`minsheng.listed`)."""
        rows = listed(self.data, year_basis=self.year_basis)
        rows = rows[rows["flags"] == ""] if self.strict else rows
        return rows[rows["region_id"].isin(with_surroundings(self.data, self.regions))] if self.regions else rows

    @cached_property
    def findings(self) -> pd.DataFrame:
        """What is to object to in the tables (`minsheng.audit`); of the places asked and those around them, if any were."""
        if self.bundled:
            found = audits.bundled()
        else:
            found = audit(of_places(self.data, with_neighbours(self.data, self.regions)) if self.regions else self.data)
        return found[found["region_id"].isin(with_surroundings(self.data, self.regions))] if self.regions else found

    @cached_property
    def told(self) -> dict[int, int]:
        """The findings that the page has told so far, by their row in `findings`, with the number they have there."""
        return {}

    @cached_property
    def indicators(self) -> dict[str, str]:
        """Names of all indicators."""
        return _names(self.data.indicators, "indicator_id", self.lang, _NAME)

    @cached_property
    def documents(self) -> dict[str, dict[str, Any]]:
        """All documents, by id."""
        return {row["document_id"]: row for row in self.data.documents.to_dict("records")}

    @cached_property
    def figures(self) -> Records:
        """All figures, by id."""
        return Records(self.data.figures, "figure_id")

    @cached_property
    def titles(self) -> dict[tuple[str, str], str]:
        """Titles of all items, by document and number."""
        rows = self.data.items
        return dict(zip(zip(rows["document_id"], rows["item"], strict=True), rows["title"], strict=True))

    @cached_property
    def references(self) -> dict[str, dict[str, Any]]:
        """All national values, by series and year (``series:year``)."""
        return {f"{row['reference_id']}:{row['year']}": row for row in self.data.reference.to_dict("records")}

    def place(self, region_id: str) -> str:
        """Name of a place."""
        return self.places[region_id]

    def named(self, regions: Iterable[str]) -> str:
        """Names of places as a sentence lists them, each once."""
        names = [self.place(str(one)) for one in dict.fromkeys(regions)]
        return self.say("story.and").join([self.join(names[:-1]), names[-1]] if len(names) > 1 else names)

    def indicator(self, indicator_id: str) -> str:
        """Name of an indicator."""
        return self.indicators[indicator_id]

    @cached_property
    def all_levels(self) -> pd.DataFrame:
        """The standards, in a strict view those under a flag as well: what is made of them must not fall back on others."""
        return _levels(replace(self, strict=False)) if self.strict else self.levels

    def case(self, case_id: str) -> str:
        """Name of a typical case."""
        return self.cases[case_id]

    @cached_property
    def cases(self) -> dict[str, str]:
        """Names of all typical cases."""
        return _names(self.data.cases, "case_id", self.lang, _NAME)

    def national(self, reference_id: str) -> str:
        """Name of a national series."""
        rows = self.data.reference[self.data.reference["reference_id"] == reference_id]
        return short(str(rows["name" if self.lang == "zh" else "name_en"].iloc[0]), _NAME)

    def has_national(self, indicator_id: str) -> bool:
        """Whether there is a national series to hold an indicator against."""
        rows = self.data.indicators
        return bool(rows["reference_id"][rows["indicator_id"] == indicator_id].notna().any())

    def unit(self, unit: str, per: str) -> str:
        """A unit and its period as an axis says them: 元/人/月, or yuan per person per month."""
        words = self.label("unit", unit)
        if not per:
            return words
        entry = self.data.known.vocabularies["per"].get(per, {})
        return f"{words}/{entry.get('short', per)}" if self.lang == "zh" else f"{words} {entry.get('en', per)}"

    def unit_of(self, rows: pd.DataFrame) -> str:
        """The one unit of `rows`, with the prices said where they are constant.

        Raises
        ------
        Refused
            If the rows are of more than one unit or period.
        """
        units = rows[["unit", "per"]].drop_duplicates()
        if len(units) > 1:
            named = sorted({self.unit(u, p) for u, p in units.itertuples(index=False)})
            indicators = sorted(set(rows["indicator_id"])) if "indicator_id" in rows else []
            raise Refused("refused.units", indicators=", ".join(indicators), units=", ".join(named))
        first = rows.iloc[0]
        words = self.unit(first["unit"], first["per"])
        constant = self.prices == "constant" and first["unit"] == "元"
        return self.say("axis.constant", unit=words, year=self.year) if constant else words

    def flags(self, flags: str) -> str:
        """Flags in words."""
        return self.join(self.say(f"flag.{flag}") for flag in flags.split(";") if flag)

    def reference(self, indicator_id: str, per: str) -> pd.DataFrame:
        """The national series of an indicator, in the prices asked (`compare.reference_values`)."""
        rows = reference_values(self.data, indicator_id, per)
        if self.prices == "constant":
            factors = price_factors(self.data, self.year)
            rows = rows[rows["year"].isin(list(factors))].copy()
            rows["value"] = (rows["value"] * rows["year"].map(factors).astype("float64")).round(6)
        return rows


def _one_of(name: str, value: object, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise Refused("refused.parameter", name=name, value=repr(value), allowed=", ".join(allowed))


def names(data: Dataset, lang: str) -> View:
    """Tables seen for their names alone: without standards, of no year.

    Raises
    ------
    Refused
        If there is no such language.

    Examples
    --------
    >>> import minsheng as ms
    >>> names(ms.load(), "en").place("441602")
    'Yuancheng District'
    """
    _one_of("lang", lang, LANGUAGES)
    return View(data, pd.DataFrame(), 0, (), lang, "assessed", "nominal", False)


def view(
    year: int,
    *,
    regions: Iterable[str] = (),
    lang: str = "zh",
    year_basis: str = "assessed",
    prices: str = "nominal",
    strict: bool = False,
    tables: str | Path | Dataset | None = None,
) -> View:
    """Load the tables and see them as asked: what a notebook does first.

    Parameters
    ----------
    year : int
        The year in question.
    regions : iterable of str
        Places by id or name; the places below and above them come along. Empty: all.
    lang : {'zh', 'en'}
        Language of every label, note and sentence.
    year_basis : {'assessed', 'printed'}
        As in `standards`.
    prices : {'nominal', 'constant'}
        Amounts as printed, or in prices of `year`.
    strict : bool
        Keep only rows without any flag.
    tables : path or Dataset, optional
        Tables of your own (`load`), or tables already loaded.

    Returns
    -------
    View

    Raises
    ------
    Refused
        If a parameter is none of the allowed values, a place is not known, or the price index does not reach `year`.
    FaultsFound
        If the tables have faults.

    Examples
    --------
    >>> import minsheng as ms
    >>> seen = ms.view(2024, regions=["源城区"])
    >>> seen.place("441602"), sorted(seen.levels.region_id.unique())
    ('河源市源城区', ['440000', '441602'])
    """
    _one_of("lang", lang, LANGUAGES)
    _one_of("year_basis", year_basis, YEAR_BASES)
    _one_of("prices", prices, PRICES)
    if isinstance(year, bool) or not isinstance(year, int):
        raise Refused("refused.parameter", name="year", value=repr(year), allowed="2024")
    listed = isinstance(regions, Iterable) and not isinstance(regions, str)
    if not listed or not isinstance(strict, bool):
        name, value, good = ("strict", strict, "True, False") if listed else ("regions", regions, '["441602"]')
        raise Refused("refused.parameter", name=name, value=repr(value), allowed=good)
    data = tables if isinstance(tables, Dataset) else load(tables or None)
    wanted = tuple(find_region(data, str(one)) for one in regions)
    seen = View(data, pd.DataFrame(), year, wanted, lang, year_basis, prices, strict, bundled=not tables)
    return _Last.keep(replace(seen, levels=_levels(seen)))


class _Last:
    """The view that was made last: frames are shown in its language, with the names of its tables."""

    view: View | None = None

    @classmethod
    def keep(cls, view: View) -> View:
        cls.view = view
        return view


def last(lang: str | None = None) -> View:
    """The view that was made last, or one of the bundled tables for their names; from now on in `lang`, if given."""
    seen = _Last.view or names(load(), lang or "zh")
    if lang and lang != seen.lang:
        _one_of("lang", lang, LANGUAGES)
        seen = replace(seen, lang=lang)
    return _Last.keep(seen)


def _levels(view: View) -> pd.DataFrame:
    """The standards that a view asks for."""
    levels = standards(view.near, year_basis=view.year_basis, strict=view.strict)
    if view.prices == "constant":
        money = constant_prices(view.data, levels, view.year)
        levels = pd.concat([money, levels[levels["unit"] != "元"]], ignore_index=True)
        levels.attrs.update(money.attrs)
    return levels
