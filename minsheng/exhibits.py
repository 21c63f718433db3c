"""How tables of the package show themselves in a notebook: units in the header, names, marks with their legend, sources folded.

They stay ordinary DataFrames. IPython is told how to show one; any that is not recognised by its columns, or names what the
tables do not know, is left to pandas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from html import escape
from typing import Any

import pandas as pd

from minsheng import explaining, finder, origins
from minsheng.charts.glyphs import flags_html, legend_html
from minsheng.charts.intervals import compact
from minsheng.charts.lists import category
from minsheng.charts.marks import grouped
from minsheng.remarks import sentence
from minsheng.sources import marked, short_title
from minsheng.tabular import COLUMNS, Manner, Row, rows_html
from minsheng.views import View, last

_COMPARED = (
    {"region_id", "unit", "per"},
    {"region_id", "year", "items", "flags"},
    {"region_id", "year", "count", "derived"},
    {"document_id", "item", "title", "topic", "flags"},
)
_FOUND = {"code", "severity", "found", "expected", "derivation", "figures"}
"""Columns by which a table of the package is known."""

_TEXTS = (origins.COLUMNS, explaining.COLUMNS, finder.COLUMNS)
"""Columns of tables of words, which are shown as they are under headings in the reader's language."""

_HEADED = ("code", "count", "derived", "grade", "cause", "pairs")
_CARRIED = {
    *("unit", "per", "value_max", "measure", "origin", "statistic", "derivation", "document_id", "announced_year", "nominal"),
    *("years", "growth_a_year", "reference_id", "reference_status", "references", "parent_statistic", "parent_figures"),
    *("upper", "missing", "left_out", "base_residence", "rule_flags", "actual_flags", "dibao_flags", "dibao_figures"),
    *("supplement_flags", "previous_figures", "part", "reading", "need", "times", "role", "differs", "state", "result_id"),
    *("by",),
}
"""Columns of the package that other cells say, or that are for calculation only."""

_STYLE = (
    "<style>.ms-frame{overflow-x:auto;font-size:.92em}.ms-frame table{border-collapse:collapse;margin:.3em 0}"
    ".ms-frame caption{text-align:left;font-weight:600;padding:.3em 0;white-space:nowrap}"
    ".ms-frame th,.ms-frame td{text-align:left!important;vertical-align:top;padding:.25em .6em;font-weight:400;max-width:26em;"
    "min-width:2.6em;white-space:normal}.ms-frame th{white-space:nowrap}"
    ".ms-frame thead>tr>*{font-weight:600;vertical-align:bottom;border-bottom:1px solid}.ms-frame .ms-long{min-width:16em}"
    ".ms-frame .ms-number{text-align:right!important;font-variant-numeric:tabular-nums;white-space:nowrap}"
    ".ms-frame details ul{margin:.2em 0;padding-left:1.1em}.ms-frame p{margin:.2em 0;opacity:.8}"
    ".ms-frame svg{vertical-align:-.15em}.ms-frame .ms-key{white-space:nowrap;margin-right:1.2em}</style>"
)
_LONG, _WORDY = ' class="ms-long"', 30
"""What makes a cell wide, and from how many letters on it is."""

_NAMED = 3
"""So many sources are named before they are unfolded."""


def register() -> None:
    """Tell the running IPython how to show tables of the package; do nothing where none runs."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.display_formatter.formatters["text/html"].for_type(pd.DataFrame, html)


def html(frame: pd.DataFrame) -> str | None:
    """A table as a notebook shows it: that of this package where it is one of its own, else that of pandas.

    Examples
    --------
    >>> import minsheng as ms
    >>> seen = ms.view(2024)
    >>> "元/人/年" in html(ms.funding(seen.levels)), "元/人/年" in html(seen.data.documents)
    (True, False)
    """
    own = frame if pd.get_option("display.notebook_repr_html") else None
    shown = exhibit(own, last()) if own is not None else ""
    return shown or frame._repr_html_()


def exhibit(frame: pd.DataFrame, view: View) -> str:
    """A table of the package as HTML; empty where it is not one, or names what the tables of the view do not know."""
    draw = _drawn_as(frame)
    if draw is None or frame.empty:
        return ""
    priced = frame.attrs.get("price_year")
    seen = replace(view, prices="constant" if priced else "nominal", year=int(priced or view.year))
    try:
        return f'<div class="ms-frame">{_STYLE}{draw(frame, seen)}</div>'
    except (AttributeError, KeyError, TypeError, ValueError):  # columns taken away, codes of other tables
        return ""


def _drawn_as(frame: pd.DataFrame) -> Any:
    columns = set(frame.columns)
    if columns >= _FOUND:
        return _findings
    if any(columns and columns <= set(own) and len(columns & set(own)) > len(own) / 2 for own in _TEXTS):
        return _words
    return _numbers if any(columns >= own for own in _COMPARED) else None


def _shortened(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """A table, or its beginning and end if it is longer than pandas is set to show, and after how many rows it is cut."""
    most, least = pd.get_option("display.max_rows"), pd.get_option("display.min_rows")
    if not most or len(frame) <= most:
        return frame, 0
    half = max(1, min(least or most, most) // 2)
    return pd.concat([frame.head(half), frame.tail(half)]), half


def _size(frame: pd.DataFrame, view: View) -> str:
    return f"<p>{escape(view.say('exhibit.size', rows=len(frame), columns=len(frame.columns)))}</p>"


# ---- sources ---------------------------------------------------------------------------------------------------------


def _cited(one: str, view: View) -> tuple[str, str]:
    """Where a figure or national value stands, in few words, and what stands there."""
    row = origins.known(one, view)
    value = view.join([grouped(row["value"]), row["unit"]], "", " ")
    if one in view.references:
        return f"{row['indicator']} {row['year']}", f"{value}（{row['quality']}）{row['issuer']} {row['title']}"
    where = view.say("table.item", item=row["item"]) if row["item"] else view.say("table.outside")
    doubt = "" if view.figures[one]["quality"] == "ok" else f" [{row['quality']}]"
    told = view.join([value, view.say("table.evidence", evidence=row["evidence"])], "，", ", ")
    words = f"{row['indicator']}{view.say('page.colon')}{told}{doubt} {one}"
    return f"{short_title(row['document_id'], view)} {where}", words


def _ids(row: Row) -> Iterable[str]:
    return (one for one in origins.behind(row) if "/" not in one)


def _sources(row: Row, view: View) -> str:
    """The sources of a row, folded: how many figures of which document and item; inside, each as printed."""
    cited: dict[str, list[str]] = {}
    for one in _ids(row):
        where, words = _cited(one, view)
        cited.setdefault(where, []).append(words)
    how = row.get("derivation")
    own = [view.say("table.derived", derivation=how.replace("-", "−"))] if isinstance(how, str) and how else []
    if not cited:
        return ""
    inside = "".join(f"<li>{marked(words, view)}</li>" for words in [*own, *(one for all_ in cited.values() for one in all_)])
    first = list(cited) if len(cited) <= _NAMED else list(cited)[: _NAMED - 1]
    head = view.join(first, "；", "; ") + (view.say("exhibit.more", count=len(cited)) if len(cited) > _NAMED else "")
    return f"<details><summary>{marked(head, view)}</summary><ul>{inside}</ul></details>"


# ---- tables ----------------------------------------------------------------------------------------------------------


def _habit(value: float, digits: int, view: View) -> str:
    """A number as the reader's language tells it: from five digits on in 万 and 亿, or in groups of three."""
    return compact(value, view) if view.lang == "zh" and abs(value) >= 10_000 else grouped(value, digits)


def _plain(column: str, row: Row, view: View) -> str:
    value = row.get(column)
    if value is None or (not isinstance(value, (list, dict)) and pd.isna(value)):
        return ""
    if column == "code" and isinstance(row.get("by"), str):
        return escape(category(row["by"], str(value), view))
    return escape(_habit(float(value), 6, view) if isinstance(value, (int, float)) else str(value))


def _further(frame: pd.DataFrame, view: View) -> dict[str, str]:
    """Columns beyond those of comparisons, each with its heading: those of lists, and what the user has added."""
    more = [str(one) for one in frame.columns if one not in COLUMNS and one not in _CARRIED]
    return {one: view.say(f"exhibit.{one}") if one in _HEADED else one for one in more}


def _title(frame: pd.DataFrame, view: View) -> str:
    """The indicators of a table by name, where they are few."""
    own = list(dict.fromkeys(frame["indicator_id"])) if "indicator_id" in frame else []
    return view.join(view.indicator(one) for one in own) if len(own) <= 2 else ""


def _numbers(frame: pd.DataFrame, view: View) -> str:
    """A comparison, or rows of it."""
    rows, cut = _shortened(frame)
    further = _further(frame, view)
    cells: dict[str, Any] = {one: lambda row, view, one=one: _plain(one, row, view) for one in further}
    cells |= {"figures": _sources, "document_id": lambda row, view: escape(short_title(row["document_id"], view))}
    cells |= {"item": lambda row, _: escape(str(row["item"]))} | (
        {"flags": lambda row, view: flags_html(row["flags"], view)} if "flags" in frame else {}
    )
    if "flags" in rows:
        rows = rows.assign(flags=rows["flags"].fillna(""))
    table = rows_html(rows, view, _title(frame, view), manner=Manner(cells, _habit, further, cut, index=True))
    return table + legend_html(rows, view) + _size(frame, view)


def _findings(frame: pd.DataFrame, view: View) -> str:
    """Findings of the audit: how much each says, its sentence, its sources."""
    rows, cut = _shortened(frame)
    lines = [
        [view.say(f"audit.{row.severity}"), sentence(row, view), row._asdict()]
        for row in rows.itertuples(index=False, name="Row")
    ]
    body = [[marked(severity, view), marked(words, view), _sources(row, view)] for severity, words, row in lines]
    heads = [view.say("audit.severity"), view.say("audit.sentence"), view.say("table.figures")]
    return _table(heads, rows.index, body, cut) + _size(frame, view)


def _words(frame: pd.DataFrame, view: View) -> str:
    """A table of words: sources, steps, what a search found."""
    rows, cut = _shortened(frame)
    told = rows.astype("object").fillna("").astype("str")
    there = [one for one in rows.columns if told[one].ne("").any() and not (one == "row" and told[one].nunique() == 1)]
    body = [[_word(one, row, view) for one in there] for row in rows.to_dict("records")]
    return _table([view.say(f"exhibit.{one}") for one in there], rows.index, body, cut) + _size(frame, view)


def _word(column: str, row: Mapping[Any, Any], view: View) -> str:
    value = row[column]
    if value is None or pd.isna(value):
        return ""
    if column in ("kind", "match"):
        return escape(view.say(f"exhibit.is_{value}"))
    if column in ("value", "value_max", "result"):
        return escape(_habit(float(value), 6, view))
    if column in ("figures", "references", "items"):
        return marked(str(value).replace(";", " "), view)
    return marked(str(value).replace("-", "−") if column == "arithmetic" else str(value), view)


def _table(heads: Iterable[str], index: Iterable[Any], body: Iterable[list[str]], cut: int) -> str:
    """Headings and rows of HTML cells as a table with its index, as pandas has it."""
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in ["", *heads])
    lines = []
    for name, cells in zip(index, body, strict=True):
        inside = "".join(f"<td{_LONG * (len(cell) > _WORDY)}>{cell}</td>" for cell in cells)
        lines.append(f'<tr><th scope="row">{escape(str(name))}</th>{inside}</tr>')
    if cut:
        lines.insert(cut, f'<tr><td colspan="{head.count("<th")}">⋯</td></tr>')
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
