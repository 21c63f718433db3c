"""All faults of any tables, at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from unicodedata import normalize

import pandas as pd

from minsheng.faults import Fault, nearest
from minsheng.files import FILE, ROW, read_folder
from minsheng.numerals import printed_values
from minsheng.places import bundled
from minsheng.schema import Field, Schema, Table, schema

Frames = dict[str, pd.DataFrame]

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_INTEGER = re.compile(r"-?\d+")
_DATE = re.compile(
    r"\d{1,4}[-/年.]\d{1,2}([-/月.]\d{1,2}日?)?( 00:00:00)?|\d{1,2}月\d{1,2}日|"
    r"\d{1,2}-(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*|"
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*-\d{1,4}",
    re.IGNORECASE,
)
_SERIES = ["indicator_id", "residence", "care", "recipient", "statistic"]
_PERCENT_UNITS = ("%", "‰")


def _faults(rows: pd.DataFrame, column: str, key: str, values: Callable[[pd.Series], dict[str, object]] | None = None) -> list[Fault]:
    return [
        Fault(row[FILE], int(row[ROW]), column, key, values(row) if values else {})
        for _, row in rows.iterrows()
    ]


# ---- one cell ------------------------------------------------------------------------------------------------------


def _number_fault(text: str, pattern: re.Pattern[str]) -> tuple[str, dict[str, object]] | None:
    if pattern.fullmatch(text):
        return None
    plain = normalize("NFKC", text).strip()
    if _DATE.fullmatch(text):
        return "fault.date", {"text": text}
    if plain != text and _NUMBER.fullmatch(plain):
        return "fault.full_width", {"text": text, "plain": plain}
    if _NUMBER.fullmatch(plain.replace(",", "")) and "," in plain:
        return "fault.thousands", {"text": text, "plain": plain.replace(",", "")}
    if re.fullmatch(r"-?\d+(\.\d+)?[eE][+-]?\d+", plain):
        return "fault.exponent", {"text": text}
    if pattern is _INTEGER and _NUMBER.fullmatch(plain):
        return "fault.not_integer", {"text": text}
    return "fault.not_number", {"text": text}


def _range_fault(value: float, field: Field) -> tuple[str, dict[str, object]] | None:
    if field.minimum is not None and value < field.minimum:
        return "fault.too_small", {"value": f"{value:g}", "limit": f"{field.minimum:g}"}
    if field.maximum is not None and value > field.maximum:
        return "fault.too_large", {"value": f"{value:g}", "limit": f"{field.maximum:g}"}
    return None


def _cell_fault(text: str, field: Field, known: Schema) -> tuple[str, dict[str, object]] | None:
    """What is wrong with one cell of a column, by the descriptor."""
    if not text:
        return ("fault.required", {}) if field.required else None
    if field.type in ("number", "integer"):
        found = _number_fault(text, _INTEGER if field.type == "integer" else _NUMBER)
        return found or _range_fault(float(text), field)
    if text != text.strip():
        return "fault.blanks", {"text": text}
    if field.vocabulary and text not in known.codes(field.vocabulary):
        return "fault.not_in_vocabulary", {"text": text, "nearest": nearest(text, known.codes(field.vocabulary))}
    if field.pattern and not re.fullmatch(field.pattern, text):
        return ("fault.date" if _DATE.fullmatch(text) else "fault.pattern"), {"text": text, "pattern": field.pattern}
    if field.max_length and len(text) > field.max_length:
        return "fault.too_long", {"length": len(text), "limit": field.max_length}
    return None


def _cells(frames: Frames, known: Schema) -> Iterable[Fault]:
    for name, frame in frames.items():
        for field in known.tables[name].fields:
            wrong = {text: found for text in frame[field.name].unique() if (found := _cell_fault(text, field, known))}
            if wrong:
                for _, row in frame[frame[field.name].isin(list(wrong))].iterrows():
                    key, values = wrong[row[field.name]]
                    yield Fault(row[FILE], int(row[ROW]), field.name, key, values)


# ---- keys ----------------------------------------------------------------------------------------------------------


def _primary_keys(frames: Frames, known: Schema) -> Iterable[Fault]:
    for name, frame in frames.items():
        key = list(known.tables[name].primary_key)
        if not frame.duplicated(key).any():
            continue
        twice = frame[frame.duplicated(key) & (frame[key] != "").all(axis=1)]
        first = frame.drop_duplicates(key).set_index(key)
        for _, row in twice.iterrows():
            at = first.loc[tuple(row[key]) if len(key) > 1 else row[key[0]]]
            where = f"{at[FILE]}:{at[ROW]}"
            yield Fault(row[FILE], int(row[ROW]), key[-1], "fault.duplicate_key", {"key": " + ".join(row[key]), "first": where})


def _missing_from(frame: pd.DataFrame, column: str, there: Iterable[str], table: str) -> list[Fault]:
    targets = sorted(set(there))
    bad = frame[(frame[column] != "") & ~frame[column].isin(targets)]
    near = {text: nearest(text, targets) for text in bad[column].unique()}
    return _faults(bad, column, "fault.foreign_key", lambda r: {"text": r[column], "table": table, "nearest": near[r[column]]})


def _foreign_keys(frames: Frames, known: Schema) -> Iterable[Fault]:
    for name, frame in frames.items():
        for column, other, there in known.tables[name].foreign_keys:
            yield from _missing_from(frame, column, frames[other][there], other)


def _items_of_figures(frames: Frames, _: Schema) -> Iterable[Fault]:
    figures, items = frames["figures"], frames["items"]
    there = set(zip(items["document_id"], items["item"], strict=True))
    bad = figures[[bool(i) and (d, i) not in there for d, i in zip(figures["document_id"], figures["item"], strict=True)]]
    near = {
        doc: ", ".join(sorted((i for d, i in there if d == doc), key=lambda i: (len(i), i))[:12])
        for doc in bad["document_id"].unique()
    }
    yield from _faults(bad, "item", "fault.no_such_item", lambda r: {"document": r["document_id"], "item": r["item"], "items": near[r["document_id"]]})


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
        return at in seen and bool(at)

    yield from _faults(regions[[circular(r) for r in regions["region_id"]]], "parent_id", "fault.circular_parent", lambda r: {"name": r["name"]})


# ---- what the numbers say ------------------------------------------------------------------------------------------


def _evidence(frames: Frames, _: Schema) -> Iterable[Fault]:
    figures = frames["figures"]
    for column in ("value", "value_max"):
        rows = figures[(figures["evidence"] != "") & figures[column].map(lambda t: bool(_NUMBER.fullmatch(t)))]
        pairs = rows[["evidence", column]].drop_duplicates()
        bad = {(e, v) for e, v in pairs.itertuples(index=False) if Decimal(v) not in printed_values(e)}
        wrong = rows[[pair in bad for pair in zip(rows["evidence"], rows[column], strict=True)]]
        yield from _faults(
            wrong, column, "fault.not_in_evidence",
            lambda r, c=column: {"value": r[c], "evidence": r["evidence"],
                                 "values": ", ".join(f"{v:f}" for v in sorted(printed_values(r["evidence"]))) or "–"},
        )


def _units(frames: Frames, known: Schema) -> Iterable[Fault]:
    indicators = frames["indicators"].drop_duplicates("indicator_id").set_index("indicator_id")
    for column in ("unit", "per"):
        allowed = indicators[column].str.split(";").to_dict()
        rows = frames["figures"]
        rows = rows[rows["indicator_id"].isin(list(allowed)) & ~rows["role"].isin(["growth", "share"])]
        bad = rows[[text not in allowed[i] for i, text in zip(rows["indicator_id"], rows[column], strict=True)]]
        yield from _faults(
            bad, column, f"fault.{column}_not_allowed",
            lambda r, a=allowed: {"text": r[column], "indicator": r["indicator_id"], "allowed": ", ".join(a[r["indicator_id"]])},
        )
    rates = frames["figures"]
    rates = rates[rates["role"].isin(["growth", "share"]) & ~rates["unit"].isin(_PERCENT_UNITS)]
    yield from _faults(rates, "unit", "fault.rate_unit", lambda r: {"role": known.label("role", r["role"]), "text": r["unit"]})
    for table in ("indicators",):
        for column in ("unit", "per"):
            lists = frames[table].assign(**{column: frames[table][column].str.split(";")}).explode(column)
            codes = known.codes(column)
            bad = lists[(lists[column] != "") & ~lists[column].isin(codes)]
            yield from _faults(bad, column, "fault.not_in_vocabulary", lambda r, c=column, k=codes: {"text": r[c], "nearest": nearest(r[c], k)})


def _ranges(frames: Frames, _: Schema) -> Iterable[Fault]:
    figures = frames["figures"]
    low, high = (pd.to_numeric(figures[c], errors="coerce") for c in ("value", "value_max"))
    yield from _faults(figures[high < low], "value_max", "fault.upside_down", lambda r: {"value": r["value"], "value_max": r["value_max"]})


def _baselines(frames: Frames, _: Schema) -> Iterable[Fault]:
    figures = frames["figures"].assign(_year=pd.to_numeric(frames["figures"]["year"], errors="coerce"))
    key = ["document_id", "item", *_SERIES]
    level = figures[figures["role"] == "level"].groupby(key)["_year"].max().rename("_level")
    rows = figures[figures["role"] == "baseline"].join(level, on=key)
    yield from _faults(rows[rows["_year"] >= rows["_level"]], "year", "fault.baseline_late", lambda r: {"year": r["year"], "level": f"{r['_level']:.0f}"})


_RULES = (_cells, _primary_keys, _foreign_keys, _items_of_figures, _reference_lists, _parents, _evidence, _units, _ranges, _baselines)


def is_whole(folder: Path, frames: Frames) -> bool:
    """Whether a folder stands by itself: it holds all tables, or a descriptor of its own."""
    return len(frames) == len(schema().tables) or (folder.is_dir() and (folder / "datapackage.json").exists())


def read_checked(folder: Path | None = None, instead: bool | None = None) -> tuple[Frames, list[Fault]]:
    """Read tables as text, put them together with the bundled ones where they are an addition, and check all.

    Parameters
    ----------
    folder : Path, optional
        The user's tables; only the bundled ones if not given.
    instead : bool, optional
        Use the folder instead of the bundled tables. By default it is used instead when it holds all six tables or
        a ``datapackage.json``, and added to the bundled ones otherwise.

    Returns
    -------
    frames : dict of DataFrame
        The six tables as text.
    faults : list of Fault
        All faults, sorted by file, row and column.
    """
    frames, faults = read_folder(folder or bundled("data"))
    known = schema()
    if folder is not None:
        alone = is_whole(folder, frames) if instead is None else instead
        if not frames and not faults:
            faults.append(Fault(folder.name, 0, "", "fault.no_tables", {"names": ", ".join(known.tables)}))
        if alone:
            unread = {fault.file.split("[")[0].rsplit(".", 1)[0] for fault in faults}
            faults += [Fault(t.path, 0, "", "fault.missing_table") for t in known.tables.values()
                       if t.name not in frames and t.name not in unread]
        else:
            base, more = read_folder(bundled("data"))
            faults += more
            frames = {name: pd.concat([base[name], frames[name]], ignore_index=True) if name in frames else base[name]
                      for name in known.tables}
    unreadable = any(name not in frames for name in known.tables)
    frames = {name: frames.get(name, _empty(table)) for name, table in known.tables.items()}
    # With a table missing every key into it would be broken: those faults would only hide the real one.
    rules = (_cells, _primary_keys) if unreadable else _RULES
    for rule in rules:
        faults += list(rule(frames, known))
    return frames, sorted(set_once(faults))


def set_once(faults: Iterable[Fault]) -> list[Fault]:
    """The faults without those that say the same of the same cell."""
    return list({(f.where, f.key): f for f in faults}.values())


def _empty(table: Table) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=object) for name in [*table.columns, FILE, ROW]})


def check(folder: str | Path | None = None, instead: bool | None = None) -> list[Fault]:
    """All faults of the tables in a folder, at once.

    Parameters
    ----------
    folder : path, optional
        A folder of tables (CSV or Excel) or a workbook; the bundled tables if not given.
    instead : bool, optional
        Whether the folder stands by itself (see `read_checked`).

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
