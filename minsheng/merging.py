"""An edited workbook put back into the tables: what would change, and then just that in the CSV files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from minsheng.additions import Frames, stands_alone, with_bundled
from minsheng.changes import changes
from minsheng.checks import checked
from minsheng.faults import Fault, FaultsFound, Refused
from minsheng.files import FILE, read_folder
from minsheng.labels import say
from minsheng.places import PACKAGE
from minsheng.rewrites import merged, rewritten
from minsheng.schema import schema
from minsheng.spreadsheet import UNREADABLE, is_draft


@dataclass(frozen=True)
class Offer:
    """What merging a workbook would do.

    Attributes
    ----------
    folder : Path
        Where the tables are.
    tables : dict of DataFrame
        The tables of the workbook, as they would be; rows stand as they will in the files.
    changes : DataFrame
        As `changes.changes` gives it; removed rows are among them whether they are to be removed or not.
    faults : list of Fault
        What is wrong with the tables as they would be; nothing is written while there is any.
    remove : bool
        Whether rows that are not in the workbook are removed. They stay otherwise.
    """

    folder: Path
    tables: Frames
    changes: pd.DataFrame
    faults: list[Fault]
    remove: bool

    def count(self, kind: str) -> int:
        """How many rows are ``added``, ``changed`` or ``removed``."""
        return int((~self.changes[self.changes["kind"] == kind].duplicated(["table", "key"])).sum())

    @property
    def touched(self) -> list[str]:
        """The tables that would be written."""
        told = self.changes if self.remove else self.changes[self.changes["kind"] != "removed"]
        return list(told["table"].unique())

    @property
    def left(self) -> int:
        """How many rows are not in the workbook, and stay."""
        return 0 if self.remove else self.count("removed")


# ---- the offer -----------------------------------------------------------------------------------------------------


def target(into: str | Path | None = None) -> Path:
    """The folder of tables to merge into: the one that is named, or ``data`` here if it has a descriptor.

    Parameters
    ----------
    into : path, optional

    Returns
    -------
    Path

    Raises
    ------
    Refused
        If there is no such folder, none is named and none is here, or it is the installed package's own.

    Examples
    --------
    >>> target("nowhere")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    Refused: there is no such folder: nowhere; check the path
    """
    folder = Path(into or "data")
    if not into and not (folder / "datapackage.json").exists():
        raise Refused("merging.no_target")
    if not folder.is_dir():
        raise Refused("refused.no_folder", folder=str(folder))
    if folder.resolve() == PACKAGE / "data":
        raise Refused("merging.installed", folder=str(folder))
    return folder


def _workbook(path: Path) -> tuple[Frames, list[Fault]]:
    if not path.is_file():
        raise Refused("merging.no_file", file=str(path))
    frames, faults = read_folder(path)
    if path.suffix.lower() == ".csv" or not (frames or faults):
        raise Refused("merging.not_excel", file=path.name)
    if unread := next((fault for fault in faults if fault.key in UNREADABLE), None):
        raise Refused(unread.key, **unread.values)
    return frames, faults


def _tables(folder: Path) -> Frames:
    """The tables of a folder, which must be clean files of text to be written to."""
    frames, faults = read_folder(folder)
    faults += [Fault(frame[FILE].iloc[0], 0, "", "merging.not_csv") for frame in frames.values() if _is_excel(frame)]
    if faults:
        raise FaultsFound(faults)
    return frames


def _is_excel(frame: pd.DataFrame) -> bool:
    return any("[" in name for name in frame[FILE].unique())


def _checked(frames: Frames, faults: list[Fault], folder: Path) -> list[Fault]:
    """All faults of the tables of a folder as they would be."""
    if stands_alone(folder, {name: frame for name, frame in frames.items() if len(frame)}):
        return checked(frames, faults)[1]
    whole, more = with_bundled(frames)
    return checked(whole, faults + more)[1]


def offer(path: str | Path, into: str | Path | None = None, remove: bool = False) -> Offer:
    """What merging a workbook into the tables of a folder would do. Nothing is written.

    Parameters
    ----------
    path : path
        A workbook with a sheet for each table that is to be merged; a table without one stays as it is.
    into : path, optional
        The folder of CSV tables; ``data`` here if not given.
    remove : bool
        Remove rows that are in the folder, but not in the sheet of their table.

    Returns
    -------
    Offer

    Raises
    ------
    Refused
        If the file is no workbook that can be read, or the folder none that can be written to, or rows are to be removed for
        a draft, which holds one document only.
    FaultsFound
        If the tables of the folder cannot be read.
    """
    folder = target(into)
    new, faults = _workbook(Path(path))
    part = is_draft(Path(path))  # the rows of one document, beside which all others stay
    if part and remove:
        raise Refused("merging.draft_removes", file=str(path))
    new = {name: frame for name, frame in new.items() if len(frame) or not part}
    old = _tables(folder)
    tables = {name: merged(old.get(name), frame, schema().readable[name], remove) for name, frame in new.items()}
    found = _checked(old | tables, faults, folder)
    told = {} if found else new
    rows = changes({name: old[name] for name in told if name in old}, told)
    return Offer(folder, tables, rows[rows["kind"] != "removed"] if part else rows, found, remove)


# ---- the files -----------------------------------------------------------------------------------------------------


def write(accepted: Offer) -> list[Path]:
    """Write what was offered: only the tables that change, all of them beside their place before any is moved there.

    Parameters
    ----------
    accepted : Offer
        One without faults.

    Returns
    -------
    list of Path
        The files that changed.

    Raises
    ------
    FaultsFound
        If the offer has faults.
    Refused
        If the folder cannot be written to.
    """
    if accepted.faults:
        raise FaultsFound(accepted.faults)
    old = _tables(accepted.folder)
    paths = {name: accepted.folder / f"{name}.csv" for name in accepted.touched}
    try:
        for name, path in paths.items():
            text = rewritten(path, old.get(name), accepted.tables[name], schema().readable[name])
            path.with_name(f".{path.name}.part").write_bytes(text.encode("utf-8"))
        for path in paths.values():
            os.replace(path.with_name(f".{path.name}.part"), path)
    except OSError as error:
        raise Refused("refused.out", folder=str(accepted.folder), reason=error.strerror or str(error)) from None
    return list(paths.values())


# ---- what is told --------------------------------------------------------------------------------------------------


def told(one: Offer, lang: str = "zh") -> Iterator[str]:
    """An offer line by line: a line for each cell that changes and each row that is added or removed, and the counts."""
    for (table, key, kind), cells in one.changes.groupby(["table", "key", "kind"], sort=False):
        if kind == "changed":
            for cell in cells.itertuples():
                yield say(
                    "merging.changed", lang, table=table, key=key, column=cell.column, old=cell.old or "∅", new=cell.new or "∅"
                )
        else:
            text = " | ".join(f"{cell.column}={cell.new or cell.old}" for cell in cells.itertuples())
            yield say(f"merging.{kind}", lang, table=table, key=key, cells=text)
    yield say("merging.counts", lang, **{kind: one.count(kind) for kind in ("added", "changed", "removed")})
    if one.left:
        yield say("merging.left", lang, count=one.left)


def agreed(lang: str = "zh") -> bool:
    """Ask on the terminal whether to write.

    Raises
    ------
    Refused
        If there is no terminal to ask on.
    """
    if not sys.stdin.isatty():
        raise Refused("merging.no_terminal")
    return input(say("merging.ask", lang)).strip().lower() in ("y", "yes", "是")
