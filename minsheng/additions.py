"""Tables of one's own put together with the bundled ones: what is there already, what clashes, what is one place twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pandas as pd

from minsheng.bulk import texts
from minsheng.faults import Fault
from minsheng.files import FILE, ROW, read_bundled
from minsheng.schema import Schema, Table, schema

Frames = dict[str, pd.DataFrame]
Row = dict[str, Any]

BUNDLED = "minsheng:"
"""Before the name of a file that is one of the bundled."""

_WIDENED = {"indicators": ("unit", "per")}
"""Lists that tables of one's own may make longer for a row that is there already."""

_ENDINGS = {
    "name": r"(维吾尔|壮族|回族)?自治区|特别行政区|自治[州县旗]|地区|街道|[省市县区旗盟镇乡]",
    "name_en": r" (province|autonomous region|prefecture|municipality|city|county|district|township|town)",
}


# ---- alone or beside the bundled ones --------------------------------------------------------------------------------


def stands_alone(folder: Path, own: Frames, given: set[str] | None = None) -> bool:
    """Whether tables are used instead of the bundled ones and not beside them.

    They are if they have a descriptor of their own (``datapackage.json``), or if all tables that must be there are (`given`, or
    among `own`) and no key in them leads to a row that only the bundled ones have.
    """
    if folder.is_dir() and (folder / "datapackage.json").exists():
        return True
    if not (set(own) if given is None else given) >= schema().core:
        return False
    return not any(_leads_out(table, own) for table in schema().tables.values() if table.name in own)


def _leads_out(table: Table, own: Frames) -> bool:
    for column, other, there in table.foreign_keys:
        mine = set(texts(own[other][there])) if other in own else set()
        lost = set(texts(own[table.name][column])) - mine - {""}
        if lost and not lost.isdisjoint(read_bundled()[0][other][there]):
            return True
    return False


# ---- rows that are there already -------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    """A cell to be compared: 580.0 is 580."""
    try:
        return f"{Decimal(text).normalize():f}"
    except InvalidOperation:
        return text


def _differences(own: pd.Series, base: pd.Series, table: Table) -> list[str]:
    """The columns in which two rows differ, numbers compared as numbers."""
    numbers = [field.name for field in table.fields if field.type in ("number", "integer")]
    same = {
        name: _plain(own[name]) == _plain(base[name]) if name in numbers else own[name] == base[name] for name in table.columns
    }
    return [name for name, equal in same.items() if not equal]


def _widens(own: pd.Series, base: pd.Series, columns: Iterable[str], name: str) -> bool:
    """Whether a row only adds to lists that the row there already begins with."""
    lists = _WIDENED.get(name, ())
    return all(one in lists and base[one] and own[one].startswith(f"{base[one]};") for one in columns)


def _clash(own: pd.Series, base: pd.Series, columns: list[str], table: Table) -> Fault:
    key = list(table.primary_key)
    words = "; ".join(f"{one}: {base[one] or '–'} ≠ {own[one] or '–'}" for one in columns[:3])
    values = {"key": " + ".join(own[key]), "there": f"{base[FILE]}:{base[ROW]}", "column": key[-1]}
    return Fault(own[FILE], int(own[ROW]), key[-1], "fault.clash", values | {"differences": words})


def _beside(own: pd.DataFrame, base: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, list[Fault]]:
    """Rows of one table of one's own after the bundled ones; what is there already is there once."""
    key = list(table.primary_key)
    place = {one: row for row, one in enumerate(base[key].itertuples(index=False, name=None))}
    again = ~pd.Series(own.index.isin(without(own, base, table).index), own.index)
    whole, faults = base.copy(), []
    for _, mine in own[again].iterrows():
        at = place[tuple(mine[key])]
        there = base.iloc[at]
        apart = _differences(mine, there, table)
        if apart and _widens(mine, there, apart, table.name):
            whole.iloc[at] = mine
        elif apart:
            faults.append(_clash(mine, there, apart, table))
    return pd.concat([whole, own[~again]], ignore_index=True), faults


def without(frame: pd.DataFrame, other: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The rows of a table whose keys are not in another one."""
    keys = [pd.MultiIndex.from_frame(one[list(table.primary_key)]) for one in (frame, other)]
    return frame[~keys[0].isin(keys[1])]


def with_bundled(own: Frames, instead: bool = False) -> tuple[Frames, list[Fault]]:
    """The bundled tables with those of one's own beside them.

    Parameters
    ----------
    own : dict of DataFrame
        Tables of text by name (`files.read_folder`).
    instead : bool
        Whether rows of one's own stand in for the bundled ones of the same keys.

    Returns
    -------
    frames : dict of DataFrame
        The bundled rows (under `BUNDLED` and the name of their file), then one's own. A row that is there already, cell by
        cell, is there once. A row of an indicator may make its units and periods more.
    faults : list of Fault
        Rows that have the key of a bundled one and say something else.
    """
    base, faults = read_bundled()
    # Without what was read beside the cells (`arrow.AS_READ`), which the rows of the other side may lack.
    base, own = ({name: rows[[*schema().readable[name].columns, FILE, ROW]] for name, rows in one.items()} for one in (base, own))
    frames = base | own
    for name, frame in base.items():
        there, table = frame.assign(**{FILE: BUNDLED + frame[FILE].astype("object")}), schema().readable[name]
        if name not in own:
            frames[name] = there
        elif instead:
            frames[name] = pd.concat([without(there, own[name], table), own[name]], ignore_index=True)
        else:
            frames[name], more = _beside(own[name], there, table)
            faults += more
    return frames, faults


def words_changed(frames: Frames, _: Schema) -> Iterator[Fault]:
    """Words of one's own that are in a vocabulary already and mean something else there."""
    known = schema()
    for _index, row in frames["vocabularies"].iterrows():
        there = (known.vocabularies | known.recipients).get(row["vocabulary"], {}).get(row["code"], {})
        apart = [one for one in ("zh", "en") if there and there[one] != row[one]]
        if apart:
            words = "; ".join(f"{one}: {there[one]} ≠ {row[one] or '–'}" for one in apart)
            at = {"key": f"{row['vocabulary']} + {row['code']}", "there": f"{BUNDLED}datapackage.json", "column": "code"}
            yield Fault(row[FILE], int(row[ROW]), "code", "fault.clash", at | {"differences": words})


# ---- one place under two names ---------------------------------------------------------------------------------------


def _bare(name: str, column: str) -> str:
    """A name without what says the kind of place (省, 市, County ...)."""
    return re.sub(rf"(?<=.)({_ENDINGS[column]})$", "", name.casefold())


def _alike(one: str, other: str, column: str) -> bool:
    """Whether two names are one, or one of them is the other without its ending."""
    one, other = one.casefold(), other.casefold()
    return one == other or _bare(one, column) == other or _bare(other, column) == one


def _same_place(row: Row, other: Row) -> str:
    """The column that shows that two rows are one place; empty where none does."""
    if row["region_id"] == other["region_id"]:
        return ""
    if row["gb2260"] and row["gb2260"] == other["gb2260"]:
        return "gb2260"
    if row["level"] != other["level"] or (row["parent_id"] != other["parent_id"] and row["parent_id"] and other["parent_id"]):
        return ""
    return next((one for one in _ENDINGS if row[one] and _alike(row[one], other[one], one)), "")


def places_twice(frames: Frames, _: Schema) -> Iterator[Fault]:
    """Places that are there under another id: of the same code, or of the same name, level and place above."""
    seen: dict[str, list[Row]] = {}
    for row in frames["regions"].to_dict("records"):
        handles = [row["gb2260"], *(_bare(row[column], column) for column in _ENDINGS)]
        found = ((other, _same_place(row, other)) for handle in handles for other in seen.get(handle, ()))
        other, column = next(((one, column) for one, column in found if column), (None, ""))
        if other is not None:
            values = {"name": row[column], "id": other["region_id"], "other": other["name"]}
            yield Fault(row[FILE], row[ROW], column, "fault.same_place", values | {"there": f"{other[FILE]}:{other[ROW]}"})
        for handle in filter(None, handles):
            seen.setdefault(handle, []).append(row)
