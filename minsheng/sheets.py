"""One sheet of a workbook: its title, what it shows, and one table as a real worksheet table."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import pandas as pd

Kind = Literal["text", "number", "share", "year"]
Links = dict[str, dict[str, str]]
"""Where to find what: of each sheet (by code), the place of the row of each key."""

TOP = "A1"
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
RUN_BY_MISTAKE = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that a spreadsheet takes for a formula when somebody edits it."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_LEAST, _HEADING, _MOST, _PROSE = 8, 18, 36, 60
"""Widths of columns in characters: at least, for a heading, at most, and for sentences."""
_LINE, _TALLEST = 15, 409
"""Heights in points of a line and of the tallest row that Excel knows."""


@dataclass(frozen=True)
class Column:
    """A column: its heading, what its cells are, and the sheet (by code) that the first id of each cell leads to."""

    heading: str
    kind: Kind = "text"
    link: str = ""


@dataclass(frozen=True)
class Sheet:
    """What stands on a sheet: title, lines on what it is, and a table. `code` names the worksheet table."""

    code: str
    name: str
    title: str
    notes: tuple[str, ...]
    table: pd.DataFrame
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    """Columns that tell the rows apart, for links that lead here."""

    @property
    def header(self) -> int:
        """The row of the header: title, notes and the way back stand above it."""
        return len(self.notes) + 3

    def targets(self) -> dict[str, str]:
        """The place of the first row of each key (``:`` between the columns of one)."""
        found: dict[str, str] = {}
        for row, key in enumerate(self.table[list(self.key)].itertuples(index=False) if self.key else (), start=self.header + 1):
            found.setdefault(":".join(map(str, key)), place(self.name, f"A{row}"))
        return found


def place(name: str, cell: str = TOP) -> str:
    """A cell as a link inside the workbook names it.

    Examples
    --------
    >>> place("figures", "A17"), place("It's here")
    ("'figures'!A17", "'It''s here'!A1")
    """
    return "'{}'!{}".format(name.replace("'", "''"), cell)


def plain(value: Any) -> Any:
    """A value of a table as a cell holds it: missing is None, a whole number is an int.

    Examples
    --------
    >>> plain(915.0), plain(2094.4), plain(float("nan")), plain("00123")
    (915, 2094.4, None, '00123')
    """
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return None
    value = value.item() if hasattr(value, "item") else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def fit(text: str) -> str:
    r"""Text that XML can hold: what it cannot is replaced by a mark.

    Examples
    --------
    >>> fit("a\x07b")
    'a\ufffdb'
    """
    return _UNFIT.sub("\ufffd", text)


def looks(book: Any) -> dict[str, Any]:
    """How cells look, by name: each made once and shared by all cells that look so."""
    from openpyxl.cell import Cell
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    wrapped = Alignment(vertical="top", wrap_text=True)
    right = Alignment(vertical="top", horizontal="right", indent=1, wrap_text=True)
    own = partial(Font, name="Calibri", family=2, scheme="minor", size=11)
    blue = own(color="0563C1", underline="single")
    head = {"font": own(bold=True), "fill": PatternFill("solid", fgColor="DCE6F1"), "border": Border(bottom=Side("thin"))}
    ways: dict[str, dict[str, Any]] = {
        "title": {"font": own(bold=True, size=14)},
        "note": {"font": own(color="595959")},
        "back": {"font": blue},
        "line": {"alignment": wrapped},
        "head": head | {"alignment": wrapped},
        "head_right": head | {"alignment": right},
        "text": {"alignment": wrapped},
        "quoted": {"alignment": wrapped, "quotePrefix": True},
        "link": {"font": blue, "alignment": wrapped},
        "year": {"alignment": Alignment(vertical="top", horizontal="left"), "number_format": "0"},
        "whole": {"alignment": right, "number_format": "#,##0"},
        "number": {"alignment": right, "number_format": "#,##0.0###"},
        "share": {"alignment": right, "number_format": "0.0"},
    }
    found = {}
    for name, way in ways.items():
        cell: Any = Cell(book.worksheets[0], row=1, column=1)
        for part, value in way.items():
            setattr(cell, part, value)
        found[name] = cell._style
    return found


def cell(page: Any, row: int, column: int, value: Any, look: Any, link: str = "") -> None:
    """Write one cell. Text is text, whatever it begins with."""
    own = page.cell(row, column)
    if isinstance(value, str):
        own.value, own.data_type = fit(value), "s"
    else:
        own.value = value
    own._style = look
    if link:
        from openpyxl.worksheet.hyperlink import Hyperlink

        own.hyperlink = Hyperlink(ref="", location=link)


def _look(value: Any, kind: Kind, link: str) -> str:
    if link:
        return "link"
    if isinstance(value, str):
        return "quoted" if value.startswith(RUN_BY_MISTAKE) else "text"
    return "whole" if kind == "number" and isinstance(value, int) else kind


def wide(text: str) -> int:
    """How many columns of characters a text takes: Chinese characters two each.

    Examples
    --------
    >>> wide("Dibao"), wide("低保")
    (5, 4)
    """
    return len(text.encode("gb18030", "replace"))


def _shown(value: Any, kind: Kind) -> str:
    """About what a reader sees of a value."""
    if value is None or isinstance(value, str):
        return value or ""
    return f"{value:.1f}" if kind == "share" else f"{value:,}"


def _width(column: Column, widths: list[int]) -> int:
    """Wide enough for the longest text up to a limit; longer text is wrapped, and so is a long heading."""
    longest = max(widths, default=0)
    most = _PROSE if longest > 2 * _MOST and not column.link else _MOST
    return 3 + max(_LEAST, min(longest, most), min(wide(column.heading), _HEADING))


def _print(page: Any, header: int) -> None:
    """Landscape, as wide as a page, the header on each page, pages numbered."""
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.print_title_rows = f"{header}:{header}"
    page.oddFooter.center.text = "&A  &P / &N"


def _fill(page: Any, sheet: Sheet, number: int, targets: dict[str, str], styles: dict[str, Any]) -> list[int]:
    """Write a column from its heading down, and return how many lines each of its cells takes."""
    from openpyxl.utils import get_column_letter

    column = sheet.columns[number - 1]
    right = column.kind in ("number", "share")
    cell(page, sheet.header, number, column.heading, styles["head_right" if right else "head"])
    cells = [plain(value) for value in sheet.table.iloc[:, number - 1].tolist()]
    for row, value in enumerate(cells, start=sheet.header + 1):
        if value is not None:
            link = targets.get(str(value).split(";")[0], "") if targets else ""
            cell(page, row, number, value, styles[_look(value, column.kind, link)], link)
    widths = [wide(_shown(value, column.kind)) for value in cells]
    width = _width(column, widths)
    page.column_dimensions[get_column_letter(number)].width = width
    return [1 + (one - 1) // (width - 2) if one else 1 for one in (wide(column.heading), *widths)]


def write(page: Any, sheet: Sheet, styles: dict[str, Any], links: Links, back: tuple[str, str]) -> None:
    """Write a sheet: title, notes and the way back above, the header frozen, the table below it.

    Parameters
    ----------
    page : Worksheet
        An empty one.
    sheet : Sheet
        With at least one row.
    styles : dict
        From `looks`.
    links : Links
        Where the columns' links lead.
    back : tuple of str
        Words and place of the line that leads back.
    """
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.table import Table, TableStyleInfo

    cell(page, 1, 1, sheet.title, styles["title"])
    for row, note in enumerate(sheet.notes, start=2):
        cell(page, row, 1, note, styles["note"])
    cell(page, sheet.header - 1, 1, back[0], styles["back"], back[1])
    lines = [_fill(page, sheet, n, links.get(one.link, {}), styles) for n, one in enumerate(sheet.columns, start=1)]
    for row, most in enumerate(map(max, zip(*lines, strict=True)), start=sheet.header):
        if most > 1:
            page.row_dimensions[row].height = min(_LINE * most, _TALLEST)
    last = f"{get_column_letter(len(sheet.columns))}{sheet.header + len(sheet.table)}"
    whole = Table(displayName=f"t_{sheet.code}", ref=f"A{sheet.header}:{last}")
    whole.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    page.add_table(whole)
    page.freeze_panes = f"B{sheet.header + 1}"
    _print(page, sheet.header)


def repack(raw: bytes) -> bytes:
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
