"""All faults of any tables, at once."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd

from minsheng import consistency
from minsheng.additions import Frames, places_twice, stands_alone, with_bundled, words_changed
from minsheng.arrow import threads
from minsheng.bulk import all_differ, all_match, not_among, texts, together
from minsheng.cells import by_pattern, faulty
from minsheng.consistency import faults_of
from minsheng.faults import Fault, Refused, nearest
from minsheng.files import FILE, ROW, read_bundled, read_folder
from minsheng.schema import Schema, Table, schema
from minsheng.spreadsheet import is_ledger


def _cells(frames: Frames, known: Schema) -> Iterable[Fault]:
    for name, frame in frames.items():
        for field in known.readable[name].fields:
            column, pattern = frame[field.name], by_pattern(field)
            if pattern and all_match(column, pattern):  # so that a long column of keys is seen at a glance
                continue
            wrong = faulty(texts(column), field, known)
            rows = frame[column.isin(list(wrong))] if wrong else frame.iloc[:0]
            for text, file, row in zip(rows[field.name], rows[FILE], rows[ROW], strict=True):
                yield Fault(file, int(row), field.name, *wrong[text])


# ---- keys ----------------------------------------------------------------------------------------------------------


def _primary_keys(frames: Frames, known: Schema) -> Iterable[Fault]:
    for name, frame in frames.items():
        key = list(known.readable[name].primary_key)
        if len(key) == 1 and all_differ(frame[key[0]]):
            continue
        again = frame.duplicated(key)
        if not again.any():
            continue
        twice = frame[again & (frame[key] != "").all(axis=1)]
        first = frame.drop_duplicates(key).set_index(key)
        for _, row in twice.iterrows():
            at = first.loc[tuple(row[key]) if len(key) > 1 else row[key[0]]]
            where = f"{at[FILE]}:{at[ROW]}"
            yield Fault(row[FILE], int(row[ROW]), key[-1], "fault.duplicate_key", {"key": " + ".join(row[key]), "first": where})


def _missing_from(frame: pd.DataFrame, column: str, there: Iterable[str], table: str) -> list[Fault]:
    targets = set(there)
    lost = set(texts(frame[column])) - targets - {""}
    bad = frame[frame[column].isin(list(lost))] if lost else frame.iloc[:0]
    near = {text: nearest(text, sorted(targets)) for text in bad[column].unique()}
    return faults_of(bad, column, "fault.foreign_key", lambda r: {"text": r[column], "table": table, "nearest": near[r[column]]})


def _foreign_keys(frames: Frames, known: Schema) -> Iterable[Fault]:
    for name, table in known.readable.items():
        for column, other, there in table.foreign_keys:
            yield from _missing_from(frames[name], column, texts(frames[other][there]), other)


def _items_of_figures(frames: Frames, _: Schema) -> Iterable[Fault]:
    figures, items, pair = frames["figures"], frames["items"], ["document_id", "item"]
    lost = not_among(figures, items, pair)
    known = set(frames["documents"]["document_id"]) if lost else set()
    bad = together(figures, pair, [(d, i) for d, i in lost if i and d in known])
    near = {
        doc: ", ".join(sorted(set(items.loc[items["document_id"] == doc, "item"]), key=lambda i: (len(i), i))[:12])
        for doc in bad["document_id"].unique()
    }
    yield from faults_of(
        bad,
        "item",
        "fault.no_such_item",
        lambda r: {"document": r["document_id"], "item": r["item"], "items": near[r["document_id"]] or "–"},
    )


def _reference_lists(frames: Frames, _: Schema) -> Iterable[Fault]:
    rows = frames["indicators"].assign(reference_id=frames["indicators"]["reference_id"].str.split(";")).explode("reference_id")
    yield from _missing_from(rows, "reference_id", frames["reference"]["reference_id"], "reference")


def _parents(frames: Frames, _: Schema) -> Iterable[Fault]:
    regions = frames["regions"]
    above = dict(zip(regions["region_id"], regions["parent_id"], strict=True))

    def circular(start: str) -> bool:
        seen, at = {start}, above.get(start, "")
        while at and at not in seen:
            seen.add(at)
            at = above.get(at, "")
        return bool(at == start)

    yield from faults_of(
        regions[[circular(r) for r in regions["region_id"]]], "parent_id", "fault.circular_parent", lambda r: {"name": r["name"]}
    )


_RULES = (
    _cells,
    _primary_keys,
    _foreign_keys,
    _items_of_figures,
    _reference_lists,
    _parents,
    places_twice,
    words_changed,
    *consistency.RULES,
)


def read_checked(folder: Path | None = None, instead: bool | None = None) -> tuple[Frames, list[Fault]]:
    """Read tables as text, put together (`gathered`), and check all; takes and gives what both say."""
    return checked(*gathered(folder, instead))


def gathered(folder: Path | None = None, instead: bool | None = None) -> tuple[Frames, list[Fault], bool]:
    """Read tables as text, and put them together with the bundled ones where they are an addition.

    Parameters
    ----------
    folder : Path, optional
        The user's tables; only the bundled ones if not given.
    instead : bool, optional
        Use the folder instead of the bundled tables. By default it is used instead when it can stand alone
        (`additions.stands_alone`), and added to the bundled ones otherwise. Rows of a workbook for editing (see `ledger`) that is
        not whole stand in for the bundled rows of the same keys.

    Returns
    -------
    frames : dict of DataFrame
        The tables as text; ``vocabularies`` with the words that the user's tables add.
    faults : list of Fault
        What cannot be read or put together.
    unreadable : bool
        Whether a table that was given is not among them.
    """
    if folder is not None and not folder.exists():
        raise Refused("refused.no_folder", folder=str(folder))
    frames, faults = read_folder(folder) if folder else read_bundled()
    known = schema()
    ledger = folder is not None and folder.is_file() and is_ledger(folder)
    if ledger:
        frames = {name: frame for name, frame in frames.items() if len(frame)}
    # A table that is there but cannot be read was given as well.
    given = set(frames) | ({fault.file.split("[")[0].rsplit(".", 1)[0] for fault in faults} & set(known.readable))
    unreadable = given != set(frames)
    if folder is not None:
        if not frames and not faults:
            faults.append(Fault(folder.name, 0, "", "fault.no_tables", {"names": ", ".join(known.readable)}))
        if stands_alone(folder, frames, given) if instead is None else instead:
            missing = [table for table in known.tables.values() if table.name not in given and not table.optional]
            faults += [Fault(table.path, 0, "", "fault.missing_table") for table in missing]
            frames = _with_wording(frames) if ledger and not missing else frames
        else:
            frames, more = with_bundled(frames, instead=ledger)
            faults += more
    return frames, faults, unreadable


def _with_wording(frames: Frames) -> Frames:
    """Tables of a workbook for editing with the wording of their indicators, which has no sheet there and is not gone."""
    wording = read_bundled()[0]["wording"]
    return {"wording": wording[wording["indicator_id"].isin(texts(frames["indicators"]["indicator_id"]))]} | frames


def checked(frames: Frames, faults: list[Fault], unreadable: bool = False) -> tuple[Frames, list[Fault]]:
    """Check tables of text.

    Parameters
    ----------
    frames : dict of DataFrame
        As `read_folder` gives them.
    faults : list of Fault
        What reading them found; nothing more is said of a cell that is among them.
    unreadable : bool
        Whether a table that was given is not among `frames`.

    Returns
    -------
    frames : dict of DataFrame
        All tables, without rows where there were none.
    faults : list of Fault
        All faults, sorted by file, row and column.
    """
    known = schema().with_words(frames.get("vocabularies", pd.DataFrame()))
    absent = {(fault.file, fault.column) for fault in faults if fault.key == "fault.missing_column"}
    told = {fault.where for fault in faults if fault.column}
    unreadable = unreadable or bool(absent) or not known.core <= set(frames)
    frames = with_empty(frames)
    # With a table or column missing every key into it would be broken: those faults would only hide the real one.
    rules = (_cells, _primary_keys) if unreadable else _RULES
    with ThreadPoolExecutor(threads(frames)) as beside:
        found = [fault for some in beside.map(lambda rule: list(rule(frames, known)), rules) for fault in some]
    more = [fault for fault in found if (fault.file, fault.column) not in absent and fault.where not in told]
    return frames, sorted(set_once([*faults, *more]))


def set_once(faults: Iterable[Fault]) -> list[Fault]:
    """The faults without those that say the same of the same cell."""
    return list({(f.where, f.key, str(f.values)): f for f in faults}.values())


def with_empty(frames: Frames) -> Frames:
    """All tables in their order, without rows where there were none."""
    return {name: frames[name] if name in frames else _empty(table) for name, table in schema().readable.items()}


def _empty(table: Table) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=object) for name in [*table.columns, FILE, ROW]})


def check(folder: str | Path | None = None, instead: bool | None = None) -> list[Fault]:
    """All faults of the tables in a folder, at once.

    Parameters
    ----------
    folder : path, optional
        A folder of tables (CSV or Excel) or a workbook; the bundled tables if not given.
    instead : bool, optional
        Whether the folder is used instead of the bundled tables (see `read_checked`).

    Returns
    -------
    list of Fault
        Empty when the tables are clean.

    Examples
    --------
    >>> check()
    []
    """
    return read_checked(Path(folder) if folder is not None else None, instead)[1]
