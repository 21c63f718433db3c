"""What is asked of the tables, field by field: its rows, the Python that gives them, and the nearest choice that has some."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from minsheng.compare import across, over_years, select
from minsheng.faults import Refused, nearest
from minsheng.levels import FLAGS, printed, standards
from minsheng.periods import PERIODS
from minsheng.tables import Dataset
from minsheng.views import PRICES, YEAR_BASES
from minsheng.yardsticks import constant_prices

SPLITS = ("residence", "care", "recipient")
"""Columns that tell the series of an indicator apart; those that are not chosen are laid side by side."""

UNASKED = ("damaged", "stale")
"""Flags that no row of a table of standards is left out for: damaged figures never enter, stale ones come with one year."""


@dataclass(frozen=True)
class Choice:
    """What is asked: one indicator, and what is wanted of it. An empty field leaves it open.

    Attributes
    ----------
    indicator : str
        ``indicator_id``.
    first, last : int
        Years, both included. One year is a comparison across places, in which a place without a value shows its last
        known one (flag ``stale``), unless that flag is in `without`.
    role : str
        Empty for standards in force; else figures as printed of that role (target, achieved, increase ...).
    residence, care, recipient : str or None
        Which series; None lays all side by side (the empty recipient is a series: for everyone).
    regions : tuple of str
        ``region_id``; empty means all.
    unit, per : str
        Only figures in this unit, per this period; amounts per person and month or year are brought to the one asked.
    prices : {'nominal', 'constant'}
        Amounts as printed, or in prices of `last`.
    year_basis : {'assessed', 'printed'}
        As in `minsheng.standards`.
    without : tuple of str
        Flags that no row may have.

    Examples
    --------
    >>> import minsheng as ms
    >>> asked = ms.Choice("orphan_standard", 2024, 2024, care="dispersed")
    >>> asked.one_year, asked.by
    (True, ['residence', 'recipient'])
    """

    indicator: str
    first: int
    last: int
    role: str = ""
    residence: str | None = None
    care: str | None = None
    recipient: str | None = None
    regions: tuple[str, ...] = ()
    unit: str = ""
    per: str = ""
    prices: str = "nominal"
    year_basis: str = "assessed"
    without: tuple[str, ...] = ()

    @property
    def one_year(self) -> bool:
        """Whether it asks who stands where in one year."""
        return self.first == self.last

    @property
    def by(self) -> list[str]:
        """The columns in which rows may differ."""
        return [column for column in SPLITS if getattr(self, column) is None]


class Shelf:
    """The tables that choices are made from: standards and figures of each year basis and period, worked out once.

    Attributes
    ----------
    data : Dataset
        Tables from `minsheng.load`.

    Examples
    --------
    >>> import minsheng as ms
    >>> shelf = ms.Shelf(ms.load())
    >>> shelf.of(ms.Choice("orphan_standard", 2024, 2024))["unit"].unique().tolist()
    ['元']
    """

    def __init__(self, data: Dataset) -> None:
        self.data = data
        self._made: dict[tuple[str, str], pd.DataFrame] = {}

    def standards(self, year_basis: str, per: str) -> pd.DataFrame:
        """`minsheng.standards`, amounts per person brought to `per` if that is a period they can be brought to."""
        per = per if per in PERIODS else ""
        if (year_basis, per) not in self._made:
            self._made[year_basis, per] = standards(self.data, year_basis=year_basis, per=per or None)
        return self._made[year_basis, per]

    def printed(self, year_basis: str) -> pd.DataFrame:
        """`minsheng.printed`."""
        if (year_basis, "printed") not in self._made:
            self._made[year_basis, "printed"] = printed(self.data, year_basis=year_basis)
        return self._made[year_basis, "printed"]

    def of(self, choice: Choice) -> pd.DataFrame:
        """All rows of the indicator of a choice that are of its role, year basis and period."""
        table = self.printed(choice.year_basis) if choice.role else self.standards(choice.year_basis, choice.per)
        rows = table[table["indicator_id"] == choice.indicator]
        return rows[rows["role"] == choice.role] if choice.role else rows


def unflagged(table: pd.DataFrame, flags: Iterable[str]) -> pd.DataFrame:
    """Rows that have none of some flags.

    Parameters
    ----------
    table : DataFrame
        From `minsheng.standards` or `minsheng.printed`, or rows of a comparison.
    flags : iterable of str
        Some of `minsheng.levels.FLAGS`.

    Returns
    -------
    DataFrame
        Rows of `table`.

    Raises
    ------
    Refused
        If there is no such flag, with the nearest.

    Examples
    --------
    >>> import minsheng as ms
    >>> levels = ms.standards(ms.load())
    >>> rows = ms.across(ms.unflagged(levels, ["draft"]), "orphan_standard", 2024, care="dispersed")
    >>> list(rows["region_id"])
    ['440000', '340400', '360000', '361002']
    """
    unwanted = set(flags)
    for one in sorted(unwanted - set(FLAGS)):
        raise Refused("refused.choice", column="flags", value=one, nearest=nearest(one, FLAGS))
    worse = [cell for cell in table["flags"].unique() if unwanted & set(cell.split(";"))]
    return table[~table["flags"].isin(worse)]


def _checked(choice: Choice, shelf: Shelf) -> Choice:
    """The choice, if it can be meant."""
    indicators = list(shelf.data.indicators["indicator_id"])
    if choice.indicator not in indicators:
        raise Refused("refused.indicator", value=choice.indicator, nearest=nearest(choice.indicator, indicators))
    for name, allowed in (("prices", PRICES), ("year_basis", YEAR_BASES)):
        if getattr(choice, name) not in allowed:
            raise Refused("refused.parameter", name=name, value=repr(getattr(choice, name)), allowed=", ".join(allowed))
    return choice


def _series(choice: Choice) -> dict[str, Any]:
    """What a choice passes to a comparison."""
    chosen = {column: getattr(choice, column) for column in SPLITS if getattr(choice, column) is not None}
    places = {"regions": list(choice.regions)} if choice.regions else {}
    return chosen | places | ({"by": choice.by} if choice.by else {})


def _flagged(choice: Choice) -> list[str]:
    return [flag for flag in choice.without if flag not in UNASKED]


def rows(choice: Choice, shelf: Shelf) -> pd.DataFrame:
    """The rows of a choice. `code` writes the same in Python.

    Parameters
    ----------
    choice : Choice
    shelf : Shelf

    Returns
    -------
    DataFrame
        Rows of `minsheng.across` (one year), `minsheng.over_years` (several) or `minsheng.printed` (a role).

    Raises
    ------
    Refused
        If something chosen is not known, or the rows are not comparable (several units).

    Examples
    --------
    >>> import minsheng as ms
    >>> asked = Choice("orphan_standard", 2024, 2024, care="dispersed", without=("draft", "stale"))
    >>> rows(asked, Shelf(ms.load()))[["region_id", "value"]].to_dict("records")
    [{'region_id': '440000', 'value': 1484.0}, {'region_id': '340400', 'value': 1300.0}]
    """
    table = shelf.of(_checked(choice, shelf))
    for column in ("unit", "per"):
        wanted = getattr(choice, column)
        table = table[table[column] == wanted] if wanted else table
    if choice.prices == "constant":
        table = constant_prices(shelf.data, table, choice.last)
    table = unflagged(table, _flagged(choice))
    if choice.one_year and not choice.role:
        return across(table, choice.indicator, choice.last, stale="stale" not in choice.without, **_series(choice))
    table = table[table["year"].between(choice.first, choice.last)]
    return (select if choice.role else over_years)(table, choice.indicator, **_series(choice))


def _call(name: str, *arguments: str, **named: Any) -> str:
    return f"ms.{name}({', '.join([*arguments, *(f'{key}={value!r}' for key, value in named.items())])})"


def _narrowing(choice: Choice) -> list[str]:
    """Lines that leave of the table what the choice wants, before it is compared."""
    lines = [f'table = table[table["role"] == {choice.role!r}]'] if choice.role else []
    lines += [f"table = table[table[{c!r}] == {getattr(choice, c)!r}]" for c in ("unit", "per") if getattr(choice, c)]
    if choice.prices == "constant":
        lines.append(f"table = ms.constant_prices(data, table, {choice.last})")
    lines += [f"table = {_call('unflagged', 'table', repr(_flagged(choice)))}"] if _flagged(choice) else []
    years = f'table = table[table["year"].between({choice.first}, {choice.last})]'
    return lines + ([] if choice.one_year and not choice.role else [years])


def code(choice: Choice, lang: str = "zh", tables: str = "") -> str:
    """Python that gives exactly the rows of a choice, under the name ``rows``, and shows them.

    Parameters
    ----------
    choice : Choice
    lang : {'zh', 'en'}
        Language of the view that shows them.
    tables : str
        Folder with tables of your own, as in `minsheng.load`.

    Returns
    -------
    str

    Examples
    --------
    >>> print(code(Choice("dibao_standard", 2021, 2024, residence="urban")))
    import minsheng as ms
    <BLANKLINE>
    data = ms.load()
    table = ms.standards(data)
    table = table[table["year"].between(2021, 2024)]
    rows = ms.over_years(table, 'dibao_standard', residence='urban', by=['care', 'recipient'])
    <BLANKLINE>
    ms.use_style()
    seen = ms.view(2024, tables=data)
    ms.exhibit(seen, rows)
    """
    basis = {} if choice.year_basis == "assessed" else {"year_basis": choice.year_basis}
    per = {"per": choice.per} if choice.per in PERIODS and not choice.role else {}
    made = _call("printed", "data", **basis) if choice.role else _call("standards", "data", **basis, **per)
    series, indicator = _series(choice), repr(choice.indicator)
    if choice.one_year and not choice.role:
        fresh = {"stale": False} if "stale" in choice.without else {}
        found = _call("across", "table", indicator, str(choice.last), **fresh, **series)
    else:
        found = _call("select" if choice.role else "over_years", "table", indicator, **series)
    told = ({"lang": lang} if lang != "zh" else {}) | basis
    told |= {"prices": choice.prices} if choice.prices != "nominal" else {}
    view = _call("view", str(choice.last), **told)[:-1] + ", tables=data)"
    head = ["import minsheng as ms", "", f"data = ms.load({tables!r})" if tables else "data = ms.load()", f"table = {made}"]
    tail = ["", "ms.use_style()", f"seen = {view}", "ms.exhibit(seen, rows)"]
    return "\n".join([*head, *_narrowing(choice), f"rows = {found}", *tail])
