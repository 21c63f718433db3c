"""What changed between two versions of the tables, and what that touches: comparisons and reports."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from minsheng.changes import JOIN, changes
from minsheng.levels import PLACE_SERIES, printed
from minsheng.tables import Dataset
from minsheng.topics import Topic, rows_of, topics
from minsheng.versions import Version, version

_SAID = ["value", "value_max", "unit", "per", "flags"]
"""What a comparison shows of a standard."""

_KEYS = {"documents": "document_id", "regions": "region_id", "indicators": "indicator_id"}


def _about(version: Version) -> dict[str, dict[str, tuple[str, str]]]:
    """Document and topic of each row of each table, by its key; empty where it has none."""
    frames = version.frames
    topic = dict(zip(frames["indicators"]["indicator_id"], frames["indicators"]["topic"], strict=True))
    figures, items = frames["figures"], frames["items"]
    own = zip(figures["figure_id"], figures["document_id"], figures["indicator_id"], strict=True)
    return {
        "figures": {figure: (document, topic[indicator]) for figure, document, indicator in own},
        "items": {
            JOIN.join(one[:2]): (one[0], one[2]) for one in items[["document_id", "item", "topic"]].itertuples(index=False)
        },
        "documents": {one: (one, "") for one in frames["documents"]["document_id"]},
        "indicators": {one: ("", code) for one, code in topic.items()},
    }


def compared(old: Version, new: Version) -> pd.DataFrame:
    """`diff` of versions that are read already."""
    rows = changes(old.frames, new.frames)
    before, after = _about(old), _about(new)
    about = [
        after.get(table, {}).get(key) or before.get(table, {}).get(key, ("", ""))
        for table, key in zip(rows["table"], rows["key"], strict=True)
    ]
    return rows.assign(document_id=[one[0] for one in about], topic=[one[1] for one in about])


def diff(old: str | Path, new: str | Path) -> pd.DataFrame:
    """What differs between two versions of the tables, cell by cell.

    Parameters
    ----------
    old, new : path or str
        As in `versions.version`: ``"bundled"``, a folder, a workbook, or ``"REV:path"`` as git keeps it.

    Returns
    -------
    DataFrame
        As `changes.changes` (``table``, ``key``, ``column``, ``kind``, ``old``, ``new``), with the ``document_id`` and the
        ``topic`` that the row is of (empty where it is of none). Empty where nothing differs.

    Raises
    ------
    Refused
        If there is no such version.
    FaultsFound
        If the tables of a version have faults.

    Examples
    --------
    >>> import minsheng as ms
    >>> len(ms.diff("bundled", "bundled"))
    0
    """
    return compared(version(str(old)), version(str(new)))


def touched(old: Version, new: Version) -> pd.DataFrame:
    """The standards that a comparison would show differently.

    Parameters
    ----------
    old, new : Version

    Returns
    -------
    DataFrame
        ``region_id``, the columns of a series, ``year``; ``kind`` (added, changed, removed); and ``value``, ``value_max``,
        ``unit``, ``per``, ``flags`` with ``_old`` and ``_new``. One row for each place, series and year that differs,
        those that differ in more than their flags first.

    Examples
    --------
    >>> whole = version("bundled")
    >>> len(touched(whole, whole))
    0
    """
    key = [*PLACE_SERIES, "year"]
    parts = (one.levels[[*key, *_SAID]].astype({"value_max": "float64"}) for one in (old, new))
    both = next(parts).merge(next(parts), on=key, how="outer", suffixes=("_old", "_new"), indicator="kind")
    both["kind"] = both["kind"].map({"left_only": "removed", "right_only": "added", "both": "changed"}).astype("str")
    pairs = ((both[f"{one}_old"], both[f"{one}_new"]) for one in _SAID)
    differ = pd.concat([(a != b) & ~(a.isna() & b.isna()) for a, b in pairs], axis=1).any(axis=1)
    rows = both[differ]
    alike = (rows["value_old"] == rows["value_new"]).to_numpy()
    return pd.concat([rows[~alike], rows[alike]], ignore_index=True)


# ---- which pages show what changed -----------------------------------------------------------------------------------


def _concerned(rows: pd.DataFrame, data: Dataset) -> set[str]:
    """The figures that changed rows are about: themselves, or those of a document, item, place, indicator or series."""
    figures = data.figures.merge(data.documents[["document_id", "region_id"]], on="document_id", suffixes=("", "_of_document"))
    figures["region_id"] = figures["region_id"].fillna(figures["region_id_of_document"])
    figures["item"] = figures["document_id"] + JOIN + figures["item"].fillna("")
    keys = {table: set(mine["key"]) for table, mine in rows.groupby("table")}
    series = {key.split(JOIN)[0] for key in keys.get("reference", ())}
    held = data.indicators["reference_id"].fillna("").str.split(";").map(lambda own: not series.isdisjoint(own))
    about = figures["figure_id"].isin(keys.get("figures", ())) | figures["item"].isin(keys.get("items", ()))
    for table, column in _KEYS.items():
        about |= figures[column].isin(keys.get(table, ()))
    return set(figures["figure_id"][about | figures["indicator_id"].isin(data.indicators["indicator_id"][held])])


def _shown(topic: Topic, data: Dataset, levels: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """What a page rests on in its years: its rows, and all standards and figures of the indicators that it covers or names."""
    rows = rows_of(topic, data, levels, figures)
    named = set(re.findall(r"\w+", topic.path.read_text(encoding="utf-8")))
    ids = data.indicators["indicator_id"]
    own = set(ids[data.indicators["topic"].isin(topic.covers) | ids.isin(named)])
    more = [one[one["indicator_id"].isin(own)] for one in (levels, figures)] if own else []
    columns = ["year", "figures"]
    whole = pd.concat([rows[columns], *(one[columns] for one in more)])
    return whole[whole["year"].isin(set(rows["year"]))]


def _hit(topic: Topic, shown: pd.DataFrame, about: set[str], rows: pd.DataFrame, data: Dataset) -> set[int]:
    """The years of a topic whose page shows what changed."""
    if topic.needs == "cases" and rows["table"].isin(["cases", "case_parts"]).any():
        return set(shown["year"])
    years = set(shown["year"][[not about.isdisjoint(cell.split(";")) for cell in shown["figures"]]])
    if topic.needs == "items":  # which lists items without any figure as well
        listed = data.documents["document_id"].isin(rows["document_id"][rows["table"] == "items"])
        years |= set(data.documents["year"][listed]) & set(shown["year"])
    return years


def _pages(rows: pd.DataFrame, version: Version) -> tuple[set[tuple[int, str]], set[tuple[int, str]]]:
    """All pages that can be made of some tables, by year and topic, and those of them that show what changed."""
    data, levels, figures = version.data, version.levels, printed(version.data)
    about = _concerned(rows, data)
    every, changed = set(), set()
    for topic in (one for one in topics().values() if one.needs != "place"):
        shown = _shown(topic, data, levels, figures)
        every |= {(int(year), topic.name) for year in shown["year"]}
        changed |= {(int(year), topic.name) for year in _hit(topic, shown, about, rows, data)}
    return every, changed


def pages(rows: pd.DataFrame, old: Version, new: Version) -> pd.DataFrame:
    """The reports that show what changed.

    Parameters
    ----------
    rows : DataFrame
        From `compared`.
    old, new : Version

    Returns
    -------
    DataFrame
        ``year``, ``topic`` (name of the notebook) and ``kind``: ``added`` or ``removed`` where the page as such is,
        ``changed`` where it rests on other figures than before. Charts over the years of the same topics change as well.
    """
    (before, was), (after, now) = _pages(rows, old), _pages(rows, new)
    order = {one.name: one.order for one in topics().values()}
    found = sorted(was | now | (before ^ after), key=lambda one: (-one[0], order[one[1]]))
    kinds = ["changed" if one in before & after else "added" if one in after else "removed" for one in found]
    return pd.DataFrame(found, columns=["year", "topic"]).assign(kind=kinds)
