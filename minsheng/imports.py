"""Imports without the optional libraries that no notebook and no page needs, and that are slow to import."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(name: str) -> Iterator[None]:
    """Tell whoever asks meanwhile that an optional library is absent; nothing if it is imported already.

    Examples
    --------
    >>> with without("antigravity"):
    ...     import antigravity
    Traceback (most recent call last):
    ModuleNotFoundError: import of antigravity halted; None in sys.modules
    """
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]


@contextmanager
def light_imports() -> Iterator[None]:
    """Keep jsonschema from compiling the grammar of international addresses, which no notebook needs (saves 1.3 s).

    Beside JupyterLab jsonschema imports an optional checker that is slow to import; told that it is absent, it goes
    without.
    """
    with without("rfc3987_syntax"):
        import nbformat  # noqa: F401

        yield


def lean_pandas() -> None:
    """Import pandas as if Arrow were absent: it comes sooner, and works faster on tables of this size; nothing if it is there.

    What is made of the tables is the same with Arrow.
    """
    with without("pyarrow"):
        import pandas  # noqa: F401
