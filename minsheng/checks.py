"""All faults of any tables, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

import pandas as pd

from minsheng.additions import Frames, Row, places_twice, stands_alone, with_bundled, words_changed
from minsheng.bulk import all_differ, combinations, texts, together
from minsheng.cells import NUMBER, faulty
from minsheng.faults import Fault, Refused, nearest
from minsheng.files import FILE, ROW, read_bundled, read_folder
from minsheng.numerals import plainly_prints, printed_values
from minsheng.schema import Schema, Table, schema
from minsheng.spreadsheet import is_ledger

_SERIES = ["indicator_id", "residence", "care", "recipient", "statistic"]
_PERIODS = {"person-month", "person-year"}
"""Periods that amounts per person can be brought from one to the other."""
_RATES, _PERCENT_UNITS = ["growth", "share"], ["%", "‰"]


def _faults(rows: pd.DataFrame, column: str, key: str, values: Callable[[Row], dict[str, object]] | None = None) -> list[Fault]:
    told = rows.to_dict("records") if len(rows) else []
    return [Fault(row[FILE], int(row[ROW]), column, key, values(row) if values else {}) for row in told]


def _cells(frames: Frames, known: Schema) -> Iterable[Fault]:
    for name, frame in frames.items():
        for field in known.readable[name].fields:
            column = frame[field.name]
            wrong = faulty(column.tolist() if field.unique else texts(column), field, known)
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
    targets = sorted(set(there))
    lost = set(texts(frame[column])) - set(targets) - {""}
    bad = frame[frame[column].isin(list(lost))] if lost else frame.iloc[:0]
    near = {text: nearest(text, targets) for text in bad[column].unique()}
    return _faults(bad, column, "fault.foreign_key", lambda r: {"text": r[column], "table": table, "nearest": near[r[column]]})


def _foreign_keys(frames: Frames, known: Schema) -> Iterable[Fault]:
    for name, table in known.readable.items():
        for column, other, there in table.foreign_keys:
            yield from _missing_from(frames[name], column, texts(frames[other][there]), other)


def _items_of_figures(frames: Frames, _: Schema) -> Iterable[Fault]:
    figures, pair = frames["figures"], ["document_id", "item"]
    there = set(combinations(frames["items"], pair))
    known = set(frames["documents"]["document_id"])
    told = combinations(figures, pair)
    bad = together(figures, pair, [(d, i) for d, i in told if i and d in known and (d, i) not in there])
    near = {
        doc: ", ".join(sorted((i for d, i in there if d == doc), key=lambda i: (len(i), i))[:12])
        for doc in bad["document_id"].unique()
    }
    yield from _faults(
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

    yield from _faults(
        regions[[circular(r) for r in regions["region_id"]]], "parent_id", "fault.circular_parent", lambda r: {"name": r["name"]}
    )


# ---- what the numbers say ------------------------------------------------------------------------------------------


def _not_in_evidence(figures: pd.DataFrame, column: str) -> list[Fault]:
    pairs = [(e, v) for e, v in combinations(figures, ["evidence", column]) if e and NUMBER.fullmatch(v)]
    lost = [(e, v) for e, v in pairs if not plainly_prints(e, v) and Decimal(v) not in printed_values(e)]
    wrong = together(figures, ["evidence", column], lost)

    def words(row: Row) -> dict[str, object]:
        there = ", ".join(f"{value:f}" for value in sorted(printed_values(row["evidence"])))
        return {"value": row[column], "evidence": row["evidence"], "values": there or "–"}

    return _faults(wrong, column, "fault.not_in_evidence", words)


def _evidence(frames: Frames, _: Schema) -> Iterable[Fault]:
    return [fault for column in ("value", "value_max") for fault in _not_in_evidence(frames["figures"], column)]


def _not_allowed(frames: Frames, column: str) -> list[Fault]:
    """Figures whose unit or period is none of their indicator's (rates are always in percent)."""
    indicators = frames["indicators"].drop_duplicates("indicator_id")
    allowed = dict(zip(indicators["indicator_id"], indicators[column].str.split(";"), strict=True))
    told = combinations(frames["figures"], ["indicator_id", "role", column])
    bad = [(i, role, text) for i, role, text in told if i in allowed and role not in _RATES and text not in allowed[i]]
    bad = together(frames["figures"], ["indicator_id", "role", column], bad)

    def words(row: Row) -> dict[str, object]:
        mine = allowed[row["indicator_id"]]
        return {"text": row[column], "indicator": row["indicator_id"], "allowed": ", ".join(mine) or "–", "more": ";".join(mine)}

    pairs = zip(bad["indicator_id"], bad[column], strict=True)
    near = pd.Series([text in _PERIODS and not _PERIODS.isdisjoint(allowed[i]) for i, text in pairs], bad.index, dtype="bool")
    return [
        *_faults(bad[~near], column, f"fault.{column}_not_allowed", words),
        *_faults(bad[near], column, "fault.per_convertible", words),
    ]


def _not_in_list(indicators: pd.DataFrame, column: str, codes: list[str]) -> list[Fault]:
    """Indicators that list a unit or period which is none."""
    lists = indicators.assign(**{column: indicators[column].str.split(";")}).explode(column)
    bad = lists[(lists[column] != "") & ~lists[column].isin(codes)]
    return _faults(
        bad, column, "fault.not_in_vocabulary", lambda row: {"text": row[column], "nearest": nearest(row[column], codes)}
    )


def _units(frames: Frames, known: Schema) -> Iterable[Fault]:
    for column in ("unit", "per"):
        yield from _not_allowed(frames, column)
        yield from _not_in_list(frames["indicators"], column, known.codes(column))
    figures = frames["figures"]
    rates = figures[figures["role"].isin(_RATES) & ~figures["unit"].isin(_PERCENT_UNITS)]

    def words(row: Row) -> dict[str, object]:
        return {"role": known.label("role", row["role"]), "text": row["unit"]}

    yield from _faults(rates, "unit", "fault.rate_unit", words)


def _ranges(frames: Frames, _: Schema) -> Iterable[Fault]:
    figures = frames["figures"][frames["figures"]["value_max"] != ""]
    low, high = (pd.to_numeric(figures[c], errors="coerce") for c in ("value", "value_max"))
    yield from _faults(
        figures[high < low], "value_max", "fault.upside_down", lambda r: {"value": r["value"], "value_max": r["value_max"]}
    )


def _baselines(frames: Frames, _: Schema) -> Iterable[Fault]:
    figures = frames["figures"]
    figures = figures[figures["document_id"].isin(figures["document_id"][figures["role"] == "baseline"].unique())]
    figures = figures.assign(_year=pd.to_numeric(figures["year"], errors="coerce"))
    key = ["document_id", "item", *_SERIES]
    level = figures[figures["role"] == "level"].groupby(key)["_year"].max().rename("_level")
    rows = figures[figures["role"] == "baseline"].join(level, on=key)
    yield from _faults(
        rows[rows["_year"] >= rows["_level"]],
        "year",
        "fault.baseline_late",
        lambda r: {"year": r["year"], "level": f"{r['_level']:.0f}"},
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
    _evidence,
    _units,
    _ranges,
    _baselines,
)


def read_checked(folder: Path | None = None, instead: bool | None = None) -> tuple[Frames, list[Fault]]:
    """Read tables as text, put them together with the bundled ones where they are an addition, and check all.

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
        All faults, sorted by file, row and column.
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
    return checked(frames, faults, unreadable)


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
    frames = {name: frames[name] if name in frames else _empty(table) for name, table in known.readable.items()}
    # With a table or column missing every key into it would be broken: those faults would only hide the real one.
    rules = (_cells, _primary_keys) if unreadable else _RULES
    found = [fault for rule in rules for fault in rule(frames, known)]
    more = [fault for fault in found if (fault.file, fault.column) not in absent and fault.where not in told]
    return frames, sorted(set_once([*faults, *more]))


def set_once(faults: Iterable[Fault]) -> list[Fault]:
    """The faults without those that say the same of the same cell."""
    return list({(f.where, f.key, str(f.values)): f for f in faults}.values())


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
