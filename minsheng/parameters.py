"""The parameters of a notebook: what its own cell declares, and whether what is to be passed fits them."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from minsheng.faults import Refused, nearest


@cache
def declared(path: Path) -> dict[str, Any]:
    """Name and default of each parameter, as the cell tagged ``parameters`` assigns it.

    Raises
    ------
    Refused
        If there is no such cell, or it holds anything but plain values.

    Examples
    --------
    >>> from minsheng.topics import find_topic
    >>> declared(find_topic("pensions").path)["lang"]
    'zh'
    """
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    own = ["".join(cell["source"]) for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    try:
        lines = ast.parse("\n".join(own)).body
        return {line.targets[0].id: ast.literal_eval(line.value) for line in lines}  # type: ignore[attr-defined]
    except (SyntaxError, ValueError, AttributeError):
        raise Refused("refused.parameters_cell", notebook=path.name) from None


def _fits(value: object, default: object) -> bool:
    """Whether a value is of the kind of a default: for a list, of what it holds too, where the default shows that."""
    if isinstance(default, list):
        kinds = {type(one) for one in default}
        return isinstance(value, (list, tuple)) and (not kinds or {type(one) for one in value} <= kinds)
    return type(value) is type(default)


def require(path: Path, given: Mapping[str, Any]) -> None:
    """Refuse parameters that a notebook does not declare, or declares to be something else.

    Raises
    ------
    Refused
        With the first of them and the nearest name, or what kind of value it takes.
    """
    known = declared(path)
    for name, value in given.items():
        if name not in known:
            raise Refused("refused.parameter_name", notebook=path.name, name=name, nearest=nearest(name, list(known)))
        if not _fits(value, known[name]):
            raise Refused(
                "refused.parameter_kind",
                notebook=path.name,
                name=name,
                value=repr(value),
                kind=type(known[name]).__name__,
                example=repr(known[name]),
            )
