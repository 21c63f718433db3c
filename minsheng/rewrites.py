"""A table rewritten with some rows changed: each row where it belongs, and those that stay with the bytes they had."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pandas as pd

from minsheng.additions import without
from minsheng.changes import Rows, rows_of
from minsheng.files import ROW
from minsheng.schema import Table

_TOGETHER = ("document_id", "topic")
"""Columns whose rows stand together in a table that has one of them; else the first column of its key."""

Order = tuple[tuple[int, int, str], ...]


@cache
def _natural(text: str) -> Order:
    """A key by which 9-10 follows 9-9.

    Examples
    --------
    >>> sorted(["9-10", "9-9", "10", "a"], key=_natural)
    ['9-9', '9-10', '10', 'a']
    """
    parts = re.findall(r"[0-9]+|[^0-9]+", text)
    return tuple((0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts)


def _group(table: Table) -> str:
    return next((column for column in _TOGETHER if column in table.columns), table.primary_key[0])


def _order(old: Rows, new: Rows, table: Table) -> list[str]:
    """The keys of `new`: those of `old` as they stand, each added one behind the last smaller one that it belongs to."""
    column = _group(table)
    found = [key for key in old if key in new] or list(new)
    for key in sorted(new.keys() - set(found), key=_natural):
        group = new[key][column]
        kin = [at for at, one in enumerate(found) if new[one][column] == group]
        if kin:
            below = [at for at in kin if _natural(found[at]) < _natural(key)]
        else:
            below = [at for at, one in enumerate(found) if _natural(new[one][column]) < _natural(group)]
        found.insert(below[-1] + 1 if below else min(kin, default=0), key)
    return found


def merged(old: pd.DataFrame | None, new: pd.DataFrame, table: Table, remove: bool) -> pd.DataFrame:
    """The rows of the workbook and, unless they are to be removed, those that only the folder has, each where it belongs."""
    if old is None or new.duplicated(list(table.primary_key)).any():  # which is a fault, and is told as one
        return new
    whole = new if remove else pd.concat([new, without(old, new, table)], ignore_index=True)
    before, keyed = rows_of(old, table), rows_of(whole, table)
    at = {key: i for i, key in enumerate(keyed)}
    return whole.iloc[[at[key] for key in _order(before, keyed, table)]].reset_index(drop=True)


def _records(path: Path) -> list[str]:
    """The records of a CSV file as they stand there, line ends and all."""
    lines = list(io.StringIO(path.read_bytes().decode("utf-8"), newline=""))
    reader, found, start = csv.reader(lines), list[str](), 0
    for _ in reader:
        found.append("".join(lines[start : reader.line_num]))
        start = reader.line_num
    return found


def _line(cells: Sequence[str], end: str = "\n") -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)  # so that a cell with either of the two is quoted
    return out.getvalue().removesuffix("\r\n") + end


def rewritten(path: Path, old: pd.DataFrame | None, new: pd.DataFrame, table: Table) -> str:
    """The file as it will be: its own columns and line ends, and each row that stays as it is with its own bytes."""
    records = [_line(table.columns)] if old is None else _records(path)
    before, after = rows_of(old, table), rows_of(new, table)
    head = next(record for record in records if record.strip())
    header, end = next(csv.reader([head])), "\r\n" if head.endswith("\r\n") else "\n"
    places = zip(before, [] if old is None else old[ROW], strict=True)
    stay = {key: records[row - 1] for key, row in places if before[key] == after.get(key)}
    if any((new[column] != "").any() for column in table.columns if column not in header):
        header, head, stay = table.columns, _line(table.columns, end), {}
    lines = [head, *(stay.get(key) or _line([row[column] for column in header], end) for key, row in after.items())]
    return "".join(line if line.endswith("\n") else line + end for line in lines[:-1]) + lines[-1]
