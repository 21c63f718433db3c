"""Rows as a table for readers: which columns say something, how each cell is written, units in the header."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from types import SimpleNamespace
from typing import Any

import pandas as pd

from minsheng import story
from minsheng.charts.marks import grouped
from minsheng.charts.progress import part_of_plan
from minsheng.gaps import gap, legend_html, mark
from minsheng.sources import marked, short_title, source_cell
from minsheng.views import View

Row = dict[str, Any]

COLUMNS = [
    "document_id",
    "case_id",
    "region_id",
    "year",
    "item",
    "title",
    "topic",
    "lead",
    "items",
    "topics",
    "effective",
    "top",
    "top_share",
    "indicator_id",
    "residence",
    "care",
    "recipient",
    "urban",
    "rural",
    "fiscal",
    "contribution",
    "base_id",
    "role",
    "value",
    "supplement",
    "lower",
    "dibao",
    "dibao_times",
    "total",
    "actual",
    "from_year",
    "previous",
    "change",
    "growth",
    "parent_id",
    "parent_value",
    "difference",
    "prefecture",
    "province",
    "nation",
    "reference",
    "share",
    "target",
    "other_target",
    "achieved",
    "progress",
    "printed_share",
    "flags",
    "figures",
]
"""Columns that a table may have, in their order; others are not shown."""

_DECIMALS = {"share": 1, "growth": 1, "top_share": 1, "effective": 1, "dibao_times": 2}
"""Numbers with just so many decimals; `None` of the others: they show all that is printed."""

_AMOUNTS = (
    *("value", "urban", "rural", "fiscal", "contribution", "total", "parent_value", "difference", "reference"),
    *("previous", "change", "supplement", "target", "other_target", "achieved", "lower", "dibao"),
    *("prefecture", "province", "nation"),
)
"""Numbers in the unit of the table."""

_NUMBERS = {*_AMOUNTS, *_DECIMALS, "actual", "progress", "printed_share", "items", "topics"}

_OPTIONAL = (
    *(
        "other_target",
        "progress",
        "supplement",
        "prefecture",
        "province",
        "nation",
        "share",
        "value",
        "actual",
        "target",
    ),
    *("achieved", "printed_share", "parent_id", "dibao", "dibao_times", "reference"),
)
"""Columns that are left out where no row has a value."""

_WIDE = ("year", "title", "lead", "indicator_id", "flags", "figures")
"""Columns that are narrower or wider than others."""

_UPPER = {"value": "value_max", "lower": "upper"}
"""The upper end of a range, which stands in one cell with the lower one."""


@dataclass(frozen=True)
class Manner:
    """How a table is written where it is not as on a page: cells, numbers, further columns, where the middle is left out."""

    cells: Mapping[str, Callable[[Row, View], str]] = field(default_factory=dict)
    number: Callable[[float, int, View], str] = lambda value, digits, _: grouped(value, digits)
    further: Mapping[str, str] = field(default_factory=dict)
    """Columns that are not in `COLUMNS`, each with its heading."""
    cut: int = 0
    """After so many rows a line stands for those left out."""
    index: bool = False
    """Whether each row has its index before it."""


PAGE = Manner()

_PLAIN = {"residence": "all", "care": "all", "recipient": ""}


def _number(row: Row, column: str, view: View, manner: Manner) -> str:
    value = float(row[column])
    if column in _DECIMALS:
        return f"{value:.{_DECIMALS[column]}f}".replace("-", "−")
    if column == "progress":
        return part_of_plan(value, 2)
    if column not in _UPPER:
        return manner.number(value, 3 if column == "actual" else 2, view)
    upper = float(row.get(_UPPER[column], value))
    words = manner.number(value, 2, view) + (f"–{manner.number(upper, 2, view)}" if upper > value else "")
    damaged = "damaged" in str(row.get("flags", "")).split(";")
    return f"<s>{words}</s> {mark('damaged', view)}" if damaged else words


def _sources(row: Row, view: View) -> str:
    cells = ";".join(cell for cell in (row["figures"], row.get("parent_figures")) if isinstance(cell, str) and cell)
    references, derivation = (row.get(c) if isinstance(row.get(c), str) else "" for c in ("references", "derivation"))
    return source_cell(cells, references or "", derivation or "", view)


def _base(row: Row, view: View) -> str:
    residence = row["base_residence"]
    parts = [view.label("residence", residence)] if residence not in ("all", "") else []
    return escape(view.join([*parts, view.indicator(row["base_id"])], "", " ")) if row["base_id"] else ""


def _to_document(row: Row, words: str) -> str:
    return f'<a href="#document-{escape(row["document_id"])}">{escape(words)}</a>'


def _place(column: str) -> Callable[[Row, View], str]:
    return lambda row, view: escape(view.place(row[column]) if row[column] else view.say("place.nation"))


_CELLS: dict[str, Callable[[Row, View], str]] = {
    "figures": _sources,
    "base_id": _base,
    "region_id": _place("region_id"),
    "parent_id": _place("parent_id"),
    "case_id": lambda row, view: escape(view.case(row["case_id"])),
    "residence": lambda row, view: escape(view.label("residence", row["residence"])),
    "care": lambda row, view: escape(view.label("care", row["care"])),
    "recipient": lambda row, view: escape(view.series("recipient", row["recipient"])),
    "role": lambda row, view: escape(view.label("role", row["role"])),
    "topic": lambda row, view: escape(view.label("topic", row["topic"])),
    "top": lambda row, view: escape(view.join(view.label("topic", one) for one in row["top"].split(";"))),
    "document_id": lambda row, view: _to_document(row, short_title(row["document_id"], view)),
    "item": lambda row, view: _to_document(row, str(row["item"])),
    "lead": lambda row, view: marked(view.join(str(row["lead"]).split(";")), view),
    "indicator_id": lambda row, view: marked(story.series_words(SimpleNamespace(**row), view), view),
    "flags": lambda row, view: escape(view.flags(row["flags"])),
}
"""How a cell is written, where that is not simply its words or its number."""


def _cell(row: Row, column: str, view: View, manner: Manner) -> str:
    if column in manner.cells:
        return manner.cells[column](row, view)
    value = row.get(column)
    absent = value is None or pd.isna(value)
    if column in _NUMBERS:
        return mark(gap(row, column, view), view) if absent else _number(row, column, view, manner)
    if absent:
        return mark("unstated", view) if column == "lead" else ""
    return _CELLS[column](row, view) if column in _CELLS else marked(str(value), view)


def _columns(rows: pd.DataFrame, named: bool, further: Sequence[str] = ()) -> list[str]:
    """Columns that say something: series columns only where they differ or are not plain (`named`: the indicator always)."""
    there = [c for c in COLUMNS if c in rows and (c not in _OPTIONAL or rows[c].notna().any())]
    if "figures" in rows:  # the source of each row names its document and item
        there = [c for c in there if c not in ("document_id", "item") and (c != "topic" or rows[c].nunique() > 1)]
    if "role" in rows and set(rows["role"]) in ({"level"}, {"target"}):  # which the section says
        there.remove("role")
    if "title" in rows:  # an item's number leads to its document
        there = [c for c in there if c != "document_id"]
    if "indicator_id" in rows and (named or rows["indicator_id"].nunique() > 1):
        hidden = {*_PLAIN, "from_year"}
    else:
        hidden = {*(c for c in _PLAIN if c in rows and (rows[c] == _PLAIN[c]).all()), "indicator_id", "from_year"}
    shown = [c for c in there if c not in hidden and (c != "base_id" or (rows[c] != "").any())]
    ends = [c for c in shown if c in ("flags", "figures")]
    return [*(c for c in shown if c not in ends), *further, *ends]


def _head(column: str, rows: pd.DataFrame, unit: str, view: View, manner: Manner) -> str:
    if column in manner.further:
        return f'<th scope="col">{escape(manner.further[column])}</th>'
    key = {"item": "number", "value": "rule" if "rule_flags" in rows else "value"}.get(column, column)
    words = escape(view.say(f"table.{key}"))
    words += f"<br>{escape(unit)}" if column in _AMOUNTS and unit else ""
    return f'<th scope="col"{_kind(column)}>{words}</th>'


def _kind(column: str) -> str:
    return ' class="ms-number"' if column in _NUMBERS else f' class="ms-{column}"' if column in _WIDE else ""


def table_html(rows: pd.DataFrame, view: View, caption: str, named: bool = False) -> str:
    """Rows as a table: units in the header, flags in words, the source of each figure beside it.

    Parameters
    ----------
    rows : DataFrame
        Rows of a comparison; the columns of `COLUMNS` that say something are shown.
    view : View
    caption : str
    named : bool
        Name the indicator in each row even where there is only one.

    Returns
    -------
    str
        HTML, with a line that explains the bracketed marks of missing numbers; empty for a table of counts, which its chart
        shows whole.
    """
    return "" if "count" in rows else rows_html(rows, view, caption, named)


def rows_html(rows: pd.DataFrame, view: View, caption: str, named: bool = False, manner: Manner = PAGE) -> str:
    """Rows as a table, whatever they are, in a `manner` of its own (`table_html`)."""
    columns = _columns(rows, named, list(manner.further))
    mixed = "unit" in rows and len(rows[["unit", "per"]].drop_duplicates()) > 1
    unit = view.unit_of(rows) if "unit" in rows and not mixed else ""
    if mixed:  # rows of several units say each its own
        rows = rows.assign(in_unit=[view.unit(u, p) for u, p in zip(rows["unit"], rows["per"], strict=True)])
        columns.insert(min(columns.index(c) for c in ("value", "target", "achieved") if c in columns), "in_unit")
    heads, body = [_head(column, rows, unit, view, manner) for column in columns], []
    for name, row in zip(rows.index, rows.to_dict("records"), strict=True):
        cells = "".join(f"<td{_kind(column)}>{_cell(row, column, view, manner)}</td>" for column in columns[1:])
        before = f"<td>{escape(str(name))}</td>" if manner.index else ""
        body.append(f'<tr>{before}<th scope="row">{_cell(row, columns[0], view, manner)}</th>{cells}</tr>')
    if manner.cut:
        body.insert(manner.cut, f'<tr><td colspan="{len(columns) + manner.index}">⋯</td></tr>')
    heads = ["<td></td>", *heads] if manner.index else heads
    inside = "".join(body)
    return (
        f'<div class="ms-scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f'<table class="ms-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{''.join(heads)}</tr></thead>"
        f"<tbody>{inside}</tbody></table></div>" + legend_html(inside, view)
    )
