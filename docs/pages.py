"""What the documentation takes from the package itself: the codebook from the tables, the reference from the public names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from importlib import import_module
from inspect import isclass
from string import Formatter
from typing import Any

import minsheng as ms
from minsheng import codebook, labels
from minsheng.levels import FLAGS
from minsheng.schema import Field, schema
from minsheng.sheets import plain
from minsheng.sources import marked
from minsheng.views import View

PURPOSES = {
    "Read, check and prove the tables": ("tables", "checks", "evidence", "faults", "differences"),
    "Find a figure, and say where it comes from": ("finder", "origins", "explaining"),
    "Bring the figures to standards": ("levels",),
    "Compare places and years": ("compare", "yardsticks", "rungs"),
    "Hold rules, sums and groups of recipients against one another": ("bounds", "sums", "recipients"),
    "Follow quantities: promised, for each resident, achieved": ("promises", "progress", "commitments"),
    "Work out what a person would receive": ("typical",),
    "Find what a careful reader would object to": ("audits",),
    "See the tables as one reader asks": ("views", "headlines", "leftovers", "topics", "style"),
    "Explore them in a notebook": ("explorer", "shelves", "displays"),
}
"""What one wants to do, and the rooms whose public names do it; a room that is not named here comes after them, by itself."""


# ---- Markdown ------------------------------------------------------------------------------------------------------


def words(text: object, view: View) -> str:
    """Text for a cell: nothing where nothing is known; on an English page its Chinese is marked as such."""
    told = plain(text)
    return "" if told is None else marked(str(told), view).replace("|", "\\|").replace("*", "\\*")


def code(text: object) -> str:
    """Text for a cell, as code."""
    return f"`{text}`".replace("|", "\\|") if isinstance(text, str) and text else ""


def grid(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    heads = list(headings)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def section(title: str, *parts: str, level: int = 2, target: str = "") -> str:
    """A heading that can be linked to, and what stands under it."""
    return "\n\n".join([*([f"({target})="] if target else []), f"{'#' * level} {title}", *parts]) + "\n\n"


def _columns(table: str, *names: str) -> list[Field]:
    return [schema().tables[table].field(name) for name in names]


# ---- the codebook --------------------------------------------------------------------------------------------------


def tables(view: View) -> str:
    """Every table and every column, as the descriptor has them."""
    every = codebook.dictionary(view)
    heads = [column.heading for column in every.columns[1:]]
    known = {**schema().tables, **schema().derived}
    text = ""
    for name, rows in every.table.groupby("table", sort=False):
        table = known[str(name)]
        shown = grid(heads, (_column(row, view) for row in rows.drop(columns="table").to_dict("records")))
        title = f"{table.heading(view.lang)} `{table.path}`"
        text += section(title, table.meaning(view.lang), shown, level=3, target=f"table-{name}")
    return text


def _column(row: dict[str, Any], view: View) -> list[str]:
    """One column of a table; its vocabulary is a link, a pattern is code."""
    cells = {name: words(text, view) for name, text in row.items()}
    cells["column"] = code(row["column"])
    if cells["vocabulary"]:
        cells["vocabulary"] = f"[{row['vocabulary']}](#vocabulary-{row['vocabulary']})"
    parts = re.split(r"(\^\S+\$)", plain(row["rule"]) or "")
    cells["rule"] = "".join(code(part) if part.startswith("^") else words(part, view) for part in parts)
    return list(cells.values())


def vocabularies(view: View) -> str:
    """Every code of every vocabulary, and the words that recipients are made of."""
    sheet = codebook.vocabularies(view)
    heads = [column.heading for column in sheet.columns[1:]]
    text = ""
    for name, rows in sheet.table.groupby("vocabulary", sort=False):
        shown = grid(heads, ([code(one), words(label, view)] for one, label in zip(rows["code"], rows["label"], strict=True)))
        text += section(f"`{name}`", shown, level=3, target=f"vocabulary-{name}")
    return text


def flags(view: View) -> str:
    """Every flag, in words and explained."""
    heads = (view.say("sheet.code"), view.say("sheet.flag"), view.say("sheet.meaning"))
    return grid(heads, ([code(one), view.say(f"flag.{one}"), view.say(f"sheet.flag_{one}")] for one in FLAGS))


def faults(view: View) -> str:
    """What `minsheng check` says of each kind of fault; what differs from case to case is left open."""
    every = {key: text for key, text in labels._strings(view.lang).items() if key.startswith("fault.")}
    told = ["".join(f"{text}…" if name else text for text, name, *_ in Formatter().parse(one)) for one in every.values()]
    return "\n".join(f"- {words(one, view)}" for one in told) + "\n"


def indicators(view: View) -> str:
    """Every indicator, by topic."""
    fields = _columns("indicators", "indicator_id", "name" if view.lang == "zh" else "name_en")
    fields += _columns("indicators", "measure", "unit", "definition", "reference_id")
    rows = view.data.indicators
    text = ""
    for topic in schema().codes("topic"):
        own = rows[rows["topic"] == topic].to_dict("records")
        shown = grid((field.heading(view.lang) for field in fields), (_indicator(row, view) for row in own))
        text += section(view.label("topic", topic), shown, target=f"topic-{topic}") if own else ""
    return text


def _indicator(row: dict[str, Any], view: View) -> list[str]:
    """One indicator: what it is, in which units, and the national series to hold it against."""
    pers = str(row["per"]).split(";") if isinstance(row["per"], str) else [""]
    units = dict.fromkeys(view.unit(unit, per) for unit in str(row["unit"]).split(";") for per in pers)
    series = str(row["reference_id"]).split(";") if isinstance(row["reference_id"], str) else []
    name = row["name" if view.lang == "zh" else "name_en"]
    told = [words(one, view) for one in (name, view.label("measure", row["measure"]), "; ".join(units), row["definition"])]
    return [code(row["indicator_id"]), *told, view.join(f"[{view.national(one)}](#series-{one})" for one in series)]


# ---- where the figures come from -----------------------------------------------------------------------------------


def documents(view: View) -> str:
    """Every document: place, year and how sure they are, and how much of it is in the tables."""
    names = ("document_id", "title", "region_id", "stage", "year", "year_basis", "confidence_place", "confidence_year")
    known = schema().tables
    heads = [view.say("table.place") if f.name == "region_id" else f.heading(view.lang) for f in _columns("documents", *names)]
    heads += [known[name].heading(view.lang) for name in ("items", "figures")]
    return grid(heads, (_document(row, view) for row in view.data.documents.to_dict("records")))


def _document(row: dict[str, Any], view: View) -> list[str]:
    place = view.place(row["region_id"])
    told = [row["title"], place, view.label("stage", row["stage"]), row["year"], view.label("year_basis", row["year_basis"])]
    sure = [row["confidence_place"], row["confidence_year"]]
    counts = [(rows["document_id"] == row["document_id"]).sum() for rows in (view.data.items, view.data.figures)]
    return [code(row["document_id"]), *(words(one, view) for one in [*told, *sure, *map(int, counts)])]


def national(view: View) -> str:
    """Every national series, year by year."""
    fields = _columns("reference", "year", "value", "unit", "status", "issuer", "title")
    text = ""
    for one, rows in view.data.reference.groupby("reference_id", sort=True):
        cells = (_national(row, view) for row in rows.to_dict("records"))
        shown = grid((field.heading(view.lang) for field in fields), cells)
        text += section(view.national(str(one)), f"`{one}`", shown, level=3, target=f"series-{one}")
    return text


def _national(row: dict[str, Any], view: View) -> list[str]:
    unit = view.unit(row["unit"], row["per"] if isinstance(row["per"], str) else "")
    how = view.label("status", row["status"])
    how += f": {row['derivation']}" if isinstance(row["derivation"], str) else ""
    return [words(one, view) for one in (row["year"], row["value"], unit, how, row["issuer"], row["title"])]


# ---- the reference -------------------------------------------------------------------------------------------------


def _rooms() -> dict[str, list[str]]:
    """Each room that has public names, with them, in the order of the package."""
    rooms: dict[str, list[str]] = {}
    for name, room in ms._ROOMS.items():
        rooms.setdefault(room, []).append(name)
    return rooms


def grouped_names() -> dict[str, list[str]]:
    """What one wants to do, with the public names that do it; no public name is left out."""
    rooms = _rooms()
    groups = {purpose: [name for one in own for name in rooms.pop(one)] for purpose, own in PURPOSES.items()}
    return groups | {_first_line(import_module(f"minsheng.{room}")): names for room, names in rooms.items()}


def _first_line(module: Any) -> str:
    return str(module.__doc__ or module.__name__).strip().splitlines()[0].rstrip(".")


def _rst(*lines: str) -> str:
    return "```{eval-rst}\n" + "\n".join(lines) + "\n```"


def _entry(name: str) -> str:
    kind = "autoclass" if isclass(getattr(ms, name)) else "autofunction"
    return _rst(f".. {kind}:: minsheng.{name}")


def reference(_: View) -> str:
    """Every public name of the package, by what one wants to do."""
    text = ""
    for purpose, names in grouped_names().items():
        listed = _rst(".. autosummary::", "", *(f"   minsheng.{name}" for name in names))
        text += section(purpose, listed, *map(_entry, names))
    return text


def modules(_: View) -> str:
    """The modules that notebooks call by name."""
    shown = ("   :members:", f"   :exclude-members: {', '.join(ms._ROOMS)}")
    return "".join(section(f"`ms.{name}`", _rst(f".. automodule:: minsheng.{name}", *shown)) for name in ms._MODULES)


WRITERS: dict[str, Callable[[View], str]] = {
    one.__name__: one for one in (tables, vocabularies, flags, faults, indicators, documents, national, reference, modules)
}
"""What may stand in a page as ``{{ name }}``, on a line of its own."""
