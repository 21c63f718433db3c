"""The explorer: a choice made by widgets, its chart and table at once. The only module that knows ipywidgets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from minsheng.displays import Picture, exhibit_html, of_rows, picture, publish
from minsheng.faults import Refused
from minsheng.levels import FLAGS
from minsheng.menus import offers, settled
from minsheng.nearby import nearest, turns
from minsheng.schema import schema
from minsheng.shelves import SPLITS, Choice, Shelf, code, rows
from minsheng.tables import Dataset, load
from minsheng.views import PRICES, YEAR_BASES, View

_KEYS = """
const own = (left) => {
    const area = (element[0] || element).closest(".jp-OutputArea");
    if (area) area.addEventListener("focusin", (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true"));
    else if (left) setTimeout(own, 50, left - 1);
};
own(100);
"""
"""Keys that are pressed in the explorer are its own: JupyterLab would take arrows and letters for commands to its cells."""

_STILL = "<style>.ms-still { display: none; }</style>"
"""Where the widgets live, the page that stands in for them is not shown."""


_OPEN = "*"
"""Of a list: whatever there is. (A list of ipywidgets shows nothing where its value is None.)"""


def _shown(value: str | None) -> str:
    return _OPEN if value is None else value


def _asked(value: str | None) -> str | None:
    return None if value == _OPEN else value


def start(shelf: Shelf) -> Choice:
    """The choice to begin with: of the indicator of few series with standards in most places, the year with most of them."""
    levels = shelf.standards("assessed", "")
    if levels.empty:
        figure = shelf.printed("assessed").iloc[-1]
        return settled(Choice(str(figure["indicator_id"]), int(figure["year"]), int(figure["year"])), shelf)
    each = levels.groupby("indicator_id")
    few = (each[list(SPLITS)].nunique() > 1).sum(axis=1) <= 1
    indicator = str(each["region_id"].nunique().where(few, 0).idxmax())
    year = int(levels[levels["indicator_id"] == indicator].groupby("year")["region_id"].nunique().iloc[::-1].idxmax())
    return settled(Choice(indicator, year, year), shelf)


def seen_as(choice: Choice, found: pd.DataFrame, shelf: Shelf, lang: str) -> View:
    """The view in which the rows of a choice are told: no more than the tables behind them."""
    whole = View(shelf.data, found, choice.last, (), lang, choice.year_basis, choice.prices, False)
    return of_rows(whole, found)


class Explorer:
    """The widgets of one explorer, and what they show.

    Attributes
    ----------
    choice : Choice
        What is chosen now.
    found : DataFrame
        Its rows.
    box : ipywidgets.VBox
        All of it.
    """

    def __init__(self, shelf: Shelf, lang: str = "zh", tables: str = "") -> None:
        self.shelf, self.tables = shelf, tables
        self.words = View(shelf.data, pd.DataFrame(), 0, (), lang, "assessed", "nominal", False)
        self.found = pd.DataFrame()
        self._busy = False
        self._make()
        self.choose(start(shelf))

    # ---- the widgets

    def _say(self, key: str, **values: object) -> str:
        return self.words.say(f"explore.{key}", **values)

    def _named(self, name: str) -> dict[str, str]:
        """What a widget is called, and says of itself when pointed at (of one that says nothing a browser shows "null")."""
        return {"description": self._say(name), "tooltip": self._say(name)}

    def _make(self) -> None:
        """Make all widgets, empty."""
        import ipywidgets as w

        self.of: dict[str, Any] = {}
        for name in ("topic", "indicator", "role", *SPLITS, "unit", "first", "last", "prices", "year_basis"):
            self.of[name] = w.Dropdown(**self._named(name), style={"description_width": "6em"})
        self.find = w.Text(**self._named("find"), placeholder=self._say("find_hint"), continuous_update=True)
        self.level = w.Dropdown(**self._named("level"))
        self.of["regions"] = w.SelectMultiple(description=self._say("regions"), rows=8, tooltip=self._say("regions_hint"))
        self.flags = {
            one: w.Checkbox(description=self.words.flags(one), value=True, indent=False, layout={"width": "auto"})
            for one in FLAGS
        }
        self.message, self.shown, self.files = w.HTML(), w.HTML(), w.HTML()
        self.take = w.Button(**self._named("take"), layout={"width": "auto"})
        self.code = w.Textarea(layout={"width": "100%", "height": "17em"})
        self.coded = w.ToggleButton(**self._named("code"), layout={"width": "auto"})
        self._fill()
        self._place()
        self._listen()

    def _fill(self) -> None:
        """What can be chosen whatever the indicator."""
        figures = self.shelf.printed("assessed")
        years = sorted({int(year) for year in figures["year"]} | {int(y) for y in self.shelf.standards("assessed", "")["year"]})
        there = set(figures["topic"])
        self.of["topic"].options = [(self.words.label("topic", one), one) for one in schema().codes("topic") if one in there]
        self.of["first"].options = self.of["last"].options = years
        self.of["prices"].options = [(self._say(one), one) for one in PRICES]
        self.of["year_basis"].options = [(self.words.label("year_basis", one), one) for one in reversed(YEAR_BASES)]
        levels = self.shelf.data.regions["level"].unique()
        self.level.options = [(self._say("every"), "")] + [
            (self.words.label("level", one), one) for one in schema().codes("level") if one in levels
        ]
        self.level.value = ""

    def _place(self) -> None:
        """Lay the widgets out."""
        import ipywidgets as w

        wrap = {"display": "flex", "flex_flow": "row wrap", "align_items": "flex-start"}
        names = ("topic", "indicator", "role", *SPLITS, "unit", "first", "last", "prices", "year_basis")
        places = w.VBox(
            [self.find, self.level, self.of["regions"], w.HTML(f"<small>{escape(self._say('regions_hint'))}</small>")]
        )
        marks = w.Box([w.HTML(escape(self._say("without"))), *self.flags.values()], layout=wrap | {"grid_gap": "0 1.5em"})
        choices = w.Box([w.VBox([self.of[name] for name in names]), places, marks], layout=wrap)
        told = w.HBox([self.message, self.take], layout=wrap)
        tools = w.HBox([self.files, self.coded], layout=wrap)
        self.box = w.VBox([choices, told, self.shown, tools, self.code])

    def _listen(self) -> None:
        for widget in (*self.of.values(), *self.flags.values()):
            widget.observe(self._changed, "value")
        for widget in (self.find, self.level):
            widget.observe(lambda change: self._list_places(), "value")
        self.take.on_click(lambda button: self.choose(self._near) if self._near else None)
        self.coded.observe(lambda change: self._show_code(), "value")

    # ---- from widgets to a choice, and back

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """While widgets are set and not chosen from."""
        before, self._busy = self._busy, True
        try:
            yield
        finally:
            self._busy = before

    def read(self) -> Choice:
        """The choice that the widgets say."""
        value = {name: widget.value for name, widget in self.of.items()}
        unit, per = value["unit"] or ("", "")
        kept = {flag for flag, box in self.flags.items() if box.value}
        return Choice(
            indicator=value["indicator"],
            first=value["first"],
            last=value["last"],
            role=value["role"] or "",
            residence=_asked(value["residence"]),
            care=_asked(value["care"]),
            recipient=_asked(value["recipient"]),
            regions=tuple(value["regions"]),
            unit=unit,
            per=per,
            prices=value["prices"],
            year_basis=value["year_basis"],
            without=tuple(flag for flag in FLAGS if flag not in kept),
        )

    def _changed(self, change: Any) -> None:
        """Follow a change of a widget; of two years that cross, the one that was not changed gives way."""
        if self._busy:
            return
        if self.of["first"].value > self.of["last"].value:
            with self._quiet():
                self.of["last" if change["owner"] is self.of["first"] else "first"].value = change["new"]
        topic, indicator = self.of["topic"].value, self.of["indicator"].value
        known = self._indicators(topic)
        choice = self.read()
        if indicator not in known or indicator != self.choice.indicator:  # which has a unit of its own
            choice = replace(choice, indicator=indicator if indicator in known else known[0], unit="", per="")
        self.choose(settled(choice, self.shelf))

    def _indicators(self, topic: str) -> list[str]:
        """Indicators of a topic that have figures, in the order of the table."""
        there = set(self.shelf.printed("assessed")["indicator_id"])
        own = self.shelf.data.indicators
        return [one for one in own[own["topic"] == topic]["indicator_id"] if one in there]

    def choose(self, choice: Choice) -> None:
        """Set all widgets to a choice, and show it."""
        with self._quiet():
            self._set(choice)
        self.choice = choice
        self._render()

    def _set(self, choice: Choice) -> None:
        topic = self.shelf.data.indicators.set_index("indicator_id").at[choice.indicator, "topic"]
        there, words = offers(choice, self.shelf), self.words
        several = {"role": [("" if not one else words.label("role", one)) or self._say("standards") for one in there["role"]]}
        options: dict[str, list[tuple[str, Any]]] = {
            "indicator": [(words.indicator(one), one) for one in self._indicators(topic)],
            "role": list(zip(several["role"], there["role"], strict=True)),
            "unit": [(words.unit(*one), one) for one in there["unit"]] if len(there["unit"]) > 1 else [],
        }
        options |= {c: [(self._say("open"), _OPEN), *((words.series(c, one), one) for one in there[c])] for c in SPLITS}
        self.of["topic"].value = topic
        for name, offered in options.items():
            self._offer(name, offered, (choice.unit, choice.per) if name == "unit" else _shown(getattr(choice, name)))
        for name in ("first", "last", "prices", "year_basis"):
            self.of[name].value = getattr(choice, name)
        for flag, box in self.flags.items():
            box.value = flag not in choice.without
            box.layout.display = "" if flag in there["flags"] else "none"
        self._list_places(choice.regions)

    def _offer(self, name: str, offered: list[tuple[str, Any]], value: Any) -> None:
        """Give a list its options, if they are others, and hide it where there is nothing to choose."""
        widget = self.of[name]
        with widget.hold_sync():  # options and what is chosen of them arrive together
            if tuple(widget.options) != tuple(offered):
                widget.options = offered
            widget.value = value if any(value == one for _, one in offered) else None
        widget.layout.display = "" if len(offered) > (2 if name in SPLITS else 1) else "none"

    def _list_places(self, chosen: tuple[str, ...] | None = None) -> None:
        """List the places that are looked for, and those that are chosen, which stay so."""
        chosen = tuple(self.of["regions"].value) if chosen is None else chosen
        there = set(self.shelf.printed("assessed")["region_id"])
        sought = self.find.value.strip().lower()
        listed = []
        for row in self.shelf.data.regions.itertuples():
            meant = self.level.value in ("", row.level) and sought in f"{row.region_id} {row.name} {row.name_en}".lower()
            if row.region_id in chosen or (row.region_id in there and meant):
                listed.append((self.words.place(row.region_id), row.region_id))
        with self._quiet():
            self.of["regions"].options = listed
            self.of["regions"].value = chosen

    # ---- what it shows

    def _render(self) -> None:
        self.found, self._near, told = self._look()
        page = ""
        if not self.found.empty:
            view = seen_as(self.choice, self.found, self.shelf, self.words.lang)
            shown = picture(self.found, view)
            page = exhibit_html(shown, self.found, view)
        self.shown.value = _STILL + page
        self.message.value = f'<p class="ms-note" role="status">{escape(told)}</p>'
        self.take.layout.display = "" if self._near else "none"
        self._show_code()
        self.files.value = self._links(view, shown) if page else ""  # last: nobody waits for it

    def _look(self) -> tuple[pd.DataFrame, Choice | None, str]:
        """The rows, or the nearest choice that has some; and what to say."""
        try:
            found, why = rows(self.choice, self.shelf), ""
        except Refused as refusal:
            found, why = pd.DataFrame(), refusal.text(self.words.lang) + " "
        if not found.empty:
            return found, None, self._say("count", count=len(found))
        near = nearest(self.choice, self.shelf)
        told = self._say("none", turns=self.words.join(self._turn(n, near) for n in turns(self.choice, near))) if near else ""
        return found, near, why + (told or self._say("nothing"))

    def _turn(self, name: str, near: Choice) -> str:
        """One field in which the nearest choice differs, in words."""
        value, words = getattr(near, name), self.words
        said = {
            "indicator": lambda: words.indicator(value),
            "role": lambda: words.label("role", value) if value else self._say("standards"),
            "regions": lambda: words.join(words.place(one) for one in value) or self._say("every"),
            "without": lambda: words.flags(";".join(f for f in self.choice.without if f not in value)),
            "unit": lambda: words.unit(near.unit, ""),
            "per": lambda: words.unit(near.unit or "元", near.per),
            "prices": lambda: self._say(value),
            "year_basis": lambda: words.label("year_basis", value),
            "first": lambda: str(value),
            "last": lambda: str(value),
        }
        told = said[name]() if name in said else self._say("open") if value is None else words.series(name, value)
        return self._say("turn", field=self._say("unit" if name == "per" else name), value=told)

    def _links(self, view: View, shown: Picture | None) -> str:
        """The files of what is shown, ready to be saved."""
        from minsheng.takeaways import links_html

        years = str(self.choice.last) if self.choice.one_year else f"{self.choice.first}–{self.choice.last}"
        title = self._say("title", indicator=view.indicator(self.choice.indicator), years=years)
        return links_html(self.found, view, title, shown.drawing if shown else "")

    def _show_code(self) -> None:
        self.code.value = code(self.choice, self.words.lang, self.tables)
        self.code.layout.display = "" if self.coded.value else "none"


def explore(tables: str | Path | Dataset | None = None, lang: str = "zh") -> Explorer | None:
    """Show the explorer under a cell: choose, and chart and table follow.

    Where widgets cannot live (a stored notebook, a page made of it), one fixed page stands in for them.

    Parameters
    ----------
    tables : path or Dataset, optional
        Tables of your own (`minsheng.load`), or tables already loaded.
    lang : {'zh', 'en'}
        Language of all that it shows.

    Returns
    -------
    Explorer or None
        Its `choice` and `found` are what is chosen and its rows; None without ipywidgets.

    Raises
    ------
    FaultsFound, Refused
        As `minsheng.load`.

    Examples
    --------
    >>> import minsheng as ms
    >>> ms.explore(lang="en")  # doctest: +SKIP
    """
    from minsheng.style import use_style

    use_style()
    shelf = Shelf(tables if isinstance(tables, Dataset) else load(tables or None))
    first = start(shelf)
    found = rows(first, shelf)
    view = seen_as(first, found, shelf, lang)
    still = f'<div class="ms-still">{exhibit_html(picture(found, view), found, view)}</div>'
    if find_spec("ipywidgets") is None:
        publish(f"<p>{escape(view.say('explore.no_widgets'))}</p>{still}")
        return None
    return _alive(Explorer(shelf, lang, "" if isinstance(tables, Dataset) or not tables else str(tables)), still)


def _alive(explorer: Explorer, still: str) -> Explorer:
    """Show the widgets, with keys of their own, and the page that stands in for them."""
    from IPython.display import Javascript, display

    display(explorer.box, Javascript(_KEYS))
    publish(still)
    return explorer
