"""The tables of a report as an Excel workbook: the standards compared, and every figure behind them."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pandas as pd

from minsheng import __version__
from minsheng.levels import FLAGS
from minsheng.remarks import sentence
from minsheng.schema import schema
from minsheng.views import View

_EPOCH = (1980, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def _repack(raw: bytes) -> bytes:
    """The same workbook without clocks, so that the same tables give the same bytes."""
    source, out = zipfile.ZipFile(io.BytesIO(raw)), io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "docProps/core.xml":
                data = _STAMP.sub(rb"\g<1>2020-01-01T00:00:00Z", data)
            clean = zipfile.ZipInfo(entry.filename, _EPOCH)
            clean.compress_type, clean.create_system, clean.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            target.writestr(clean, data, compresslevel=6)
    return out.getvalue()


def _value(cell: Any) -> Any:
    if pd.isna(cell):
        return None
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell.item() if hasattr(cell, "item") else cell


def _fill(sheet: Any, table: pd.DataFrame, headings: list[str]) -> None:
    """Write a table: header frozen, columns as wide as their text, numbers as numbers, text never as a formula."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    sheet.append(headings)
    for row in table.itertuples(index=False):
        sheet.append([_value(cell) for cell in row])
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"
            elif isinstance(cell.value, float):
                cell.number_format = "#,##0.0###"
    for cell in sheet[1]:
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    for i, name in enumerate(table.columns, start=1):
        text = table[name].dropna().astype("str").str.len()
        longest = max([len(headings[i - 1]), *text.clip(upper=40)]) if len(text) else len(headings[i - 1])
        sheet.column_dimensions[get_column_letter(i)].width = min(60, 2 + 1.7 * longest)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions


def _standards(view: View) -> tuple[pd.DataFrame, list[str]]:
    rows = view.levels
    table = pd.DataFrame(
        {
            "place": [view.place(place) for place in rows["region_id"]],
            "year": rows["year"],
            "indicator": [view.indicator(one) for one in rows["indicator_id"]],
            "residence": [view.label("residence", one) for one in rows["residence"]],
            "care": [view.label("care", one) for one in rows["care"]],
            "recipient": rows["recipient"].replace("", None),
            "statistic": [view.label("statistic", one) for one in rows["statistic"]],
            "value": rows["value"],
            "value_max": rows["value_max"],
            "unit": [view.unit(u, p) for u, p in zip(rows["unit"], rows["per"], strict=True)],
            "flags": [view.flags(one) or None for one in rows["flags"]],
            "derivation": rows["derivation"].replace("", None),
            "figures": rows["figures"],
        }
    )
    fields = {field.name: field for field in schema().tables["figures"].fields}
    own = {
        "place": "table.place",
        "indicator": "table.indicator",
        "flags": "table.flags",
        "derivation": "workbook.derivation",
        "figures": "workbook.figures",
    }
    return table, [view.say(own[name]) if name in own else fields[name].heading(view.lang) for name in table.columns]


def _findings(view: View) -> tuple[pd.DataFrame, list[str]]:
    rows = view.findings
    table = pd.DataFrame(
        {
            "severity": [view.say(f"audit.{one}") for one in rows["severity"]],
            "code": rows["code"],
            "place": [view.place(one) for one in rows["region_id"]],
            "year": rows["year"],
            "sentence": [sentence(row, view) for row in rows.itertuples()],
            "flags": [view.flags(one) or None for one in rows["flags"]],
            "figures": rows["figures"],
        }
    )
    words = {"place": "table.place", "year": "table.year", "flags": "table.flags", "figures": "workbook.figures"}
    return table, [view.say(words.get(name, f"audit.{name}")) for name in table.columns]


def workbook(view: View, title: str) -> bytes:
    """The workbook of a report.

    Parameters
    ----------
    view : View
    title : str
        Title on the cover.

    Returns
    -------
    bytes
        An .xlsx: cover with the meaning of the flags, the standards of the view, what the audit found, then the tables.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.worksheets[0])
    cover = book.create_sheet(view.say("workbook.cover"))
    lines = [
        title,
        view.say("workbook.intro", year=view.year),
        view.say("workbook.how"),
        view.say("page.missing"),
        view.say("page.version", version=__version__, digest=view.data.digest()[:16]),
        "",
        view.say("workbook.flag"),
    ]
    for line in [*lines, *(view.say(f"flag.{flag}") for flag in FLAGS)]:
        cover.append([line])
    cover["A1"].font = Font(bold=True, size=14)
    cover.column_dimensions["A"].width = 90
    _fill(book.create_sheet(view.say("workbook.comparison")), *_standards(view))
    _fill(book.create_sheet(view.say("audit.sheet")), *_findings(view))
    for name, table in view.data.tables().items():
        _fill(book.create_sheet(name), table, [field.heading(view.lang) for field in schema().tables[name].fields])
    out = io.BytesIO()
    book.save(out)
    return _repack(out.getvalue())
