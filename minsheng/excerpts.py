"""What a workbook shows of a view: its standards, the comparisons of the year, and the audit's findings, one sheet each."""

from __future__ import annotations

from typing import Any

import pandas as pd

from minsheng.compare import growth
from minsheng.labels import calculation
from minsheng.remarks import sentence
from minsheng.schema import schema
from minsheng.sheets import Column, Kind, Sheet
from minsheng.typical import cases, newest
from minsheng.views import View
from minsheng.yardsticks import against_parent, against_reference

_WHO = {
    "region_id": "table.region_id",
    "level": "sheet.level",
    "year": "table.year",
    "indicator_id": "table.indicator_id",
    "residence": "table.residence",
    "care": "table.care",
    "recipient": "table.recipient",
    "statistic": "sheet.statistic",
}
_END = {"unit": "table.in_unit", "flags": "table.flags", "figures": "workbook.figures"}
_COLUMNS: dict[str, dict[str, str]] = {
    "standards": _WHO
    | {"value": "table.value", "value_max": "table.value_max", "nominal": "sheet.nominal"}
    | _END
    | {"derivation": "workbook.derivation"},
    "changes": _WHO
    | {
        "from_year": "table.from_year",
        "previous": "table.previous",
        "value": "table.value",
        "change": "table.change",
        "growth": "table.growth",
    }
    | _END,
    "nation": _WHO
    | {"value": "table.value", "reference": "table.reference", "share": "sheet.share_of_nation"}
    | _END
    | {"references": "sheet.references"},
    "above": _WHO
    | {
        "value": "table.value",
        "parent_id": "table.parent_id",
        "parent_statistic": "sheet.parent_statistic",
        "parent_value": "table.parent_value",
        "difference": "table.difference",
        "share": "sheet.share_of_parent",
    }
    | _END
    | {"parent_figures": "sheet.parent_figures"},
    "case_sums": {
        "case_id": "table.case_id",
        "region_id": "table.region_id",
        "level": "sheet.level",
        "year": "table.year",
        "lower": "table.lower",
        "upper": "table.upper",
        "dibao": "table.dibao",
        "dibao_times": "table.dibao_times",
        "reference": "table.reference",
        "share": "sheet.share_of_nation",
    }
    | _END,
    "findings": {
        "severity": "audit.severity",
        "code": "audit.code",
        "region_id": "table.region_id",
        "level": "sheet.level",
        "year": "table.year",
        "sentence": "audit.sentence",
        "flags": "sheet.flag",
        "figures": "workbook.figures",
        "references": "sheet.references",
    },
}
"""Of each sheet, its columns and the keys of their headings. A column that the rows lack is left out."""

_LINKS = {"figures": "figures", "parent_figures": "figures", "references": "reference"}
_SHARES = ("growth", "share", "dibao_times")


def _words(view: View, name: str, row: Any) -> Any:
    """What a reader sees in a column of a row; None where there is nothing to see."""
    code = getattr(row, name)
    match name:
        case _ if not isinstance(code, str):
            return code
        case "region_id" | "parent_id":
            return view.place(code)
        case "indicator_id":
            return view.indicator(code)
        case "case_id":
            return view.case(code)
        case "recipient":
            return view.recipient(code) or None
        case "unit":
            return view.unit(code, row.per)
        case "flags":
            return view.flags(code) or None
        case "severity":
            return view.say(f"audit.{code}")
        case "derivation":
            return calculation(code) or None
        case "parent_statistic":
            return view.label("statistic", code)
        case _:
            return (view.label(name, code) if name in schema().vocabularies else code) or None


def _kind(name: str, cells: pd.Series) -> Kind:
    if name in _SHARES:
        return "share"
    if pd.api.types.is_float_dtype(cells):
        return "number"
    return "year" if pd.api.types.is_integer_dtype(cells) else "text"


def listing(view: View, code: str, rows: pd.DataFrame, *notes: str) -> Sheet:
    """A sheet of rows in words. Where all are of one unit, it stands in the headings, else in a column.

    Parameters
    ----------
    view : View
    code : {'standards', 'changes', 'nation', 'above', 'case_sums', 'findings'}
    rows : DataFrame
        Of the comparison that the sheet shows.
    *notes : str
        Lines above the table, after the one that says what a row is.
    """
    level = view.data.regions.set_index("region_id")["level"]
    rows = rows.assign(level=rows["region_id"].map(level))
    units = rows[["unit", "per"]].drop_duplicates() if "unit" in _COLUMNS[code] else rows.iloc[:0]
    one = view.unit(*units.iloc[0]) if len(units) == 1 else ""
    heads = {name: view.say(key) for name, key in _COLUMNS[code].items() if name in rows and not (one and name == "unit")}
    kinds = {name: _kind(name, rows[name]) for name in heads}
    if one:
        heads |= {name: view.say("sheet.with_unit", heading=heads[name], unit=one) for name in heads if kinds[name] == "number"}
    every = list(rows.itertuples())
    table = pd.DataFrame({name: [_words(view, name, row) for row in every] for name in heads}, dtype="object")
    columns = tuple(Column(heads[name], kinds[name], _LINKS.get(name, "")) for name in heads)
    lines = (view.say(f"sheet.{code}_what"), *notes, view.say("sheet.source"))
    return Sheet(code, view.say(f"sheet.{code}"), view.say(f"sheet.{code}_title", year=view.year), lines, table, columns)


def excerpts(view: View) -> list[Sheet]:
    """The sheets of a view: its standards, what changed in its year, against the nation, against the place above, typical
    cases, findings.

    Parameters
    ----------
    view : View

    Returns
    -------
    list of Sheet
        Some of them may have no row.

    Examples
    --------
    >>> import minsheng as ms
    >>> [sheet.code for sheet in excerpts(ms.view(2024))]
    ['standards', 'changes', 'nation', 'above', 'case_sums', 'findings']
    """
    levels, year = view.levels, view.year
    current = levels[levels["year"] == year]
    changes = growth(levels)
    prices = view.say(f"page.{view.prices}", year=year)
    findings = view.findings.assign(sentence=[sentence(row, view) for row in view.findings.itertuples()])
    return [
        listing(view, "standards", levels, prices),
        listing(view, "changes", changes[changes["year"] == year], prices),
        listing(view, "nation", against_reference(view.data, current), view.say("page.nominal")),
        listing(view, "above", against_parent(view.data, current), prices),
        listing(view, "case_sums", newest(cases(view.data, levels), year), prices),
        listing(view, "findings", findings),
    ]
