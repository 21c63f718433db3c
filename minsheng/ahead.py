"""Work begun before it is asked for, in a process of its own, and done once for all who are forked afterwards."""

from __future__ import annotations

import os
import pickle
import select
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PATIENCE = 60.0
"""Seconds after which one does the work rather oneself."""

_begun: dict[str, tuple[Path, int]] = {}


def begin(name: str, work: Callable[[], Any], folder: Path) -> None:
    """Fork a process that does `work` and leaves its result in `folder`.

    Only for a process of one thread. Nothing is said if the work fails: whoever needs its result does it again.
    """
    done, doing = os.pipe()
    path = folder / name
    if os.fork() == 0:
        try:
            os.nice(5)  # others may need the processor at once
            part = path.with_suffix(".part")
            part.write_bytes(pickle.dumps(work()))
            part.replace(path)
        finally:
            os._exit(0)
    os.close(doing)  # held by the worker alone, so its end is the end of the pipe
    _begun[name] = (path, done)


def take(name: str) -> Any:
    """The result of work that was begun, waited for if need be; None if it was not begun or came to nothing.

    Examples
    --------
    >>> take("never begun") is None
    True
    """
    if name not in _begun:
        return None
    path, done = _begun[name]
    select.select([done], [], [], _PATIENCE)
    return pickle.loads(path.read_bytes()) if path.exists() else None
