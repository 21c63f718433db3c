"""Tables of one's own beside the bundled ones: whether they stand alone, and how they are put together."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from minsheng.faults import Fault
from minsheng.files import FILE, read_folder
from minsheng.places import bundled
from minsheng.schema import Table, schema

Frames = dict[str, pd.DataFrame]


def is_whole(folder: Path, given: set[str]) -> bool:
    """Whether a folder stands by itself: it holds all tables that must be there, or a descriptor of its own."""
    return given >= schema().core or (folder.is_dir() and (folder / "datapackage.json").exists())


def with_bundled(frames: Frames, instead: bool = False) -> tuple[Frames, list[Fault]]:
    """Tables of text added to the bundled ones, whose rows are told apart by their file; and what reading those found.

    A key that is in both is there twice, or (`instead`) once, as it is in `frames`.
    """
    base, faults = read_folder(bundled("data"))
    for name, frame in base.items():
        frame[FILE] = "minsheng:" + frame[FILE]
        if name in frames:
            kept = without(frame, frames[name], schema().tables[name]) if instead else frame
            base[name] = pd.concat([kept, frames[name]], ignore_index=True)
    return base, faults


def without(frame: pd.DataFrame, other: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The rows of a table whose keys are not in another one."""
    keys = [pd.MultiIndex.from_frame(one[list(table.primary_key)]) for one in (frame, other)]
    return frame[~keys[0].isin(keys[1])]
