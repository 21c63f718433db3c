"""Where a number comes from: the printed figures, national values and items behind a row, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from minsheng.faults import Refused, nearest
from minsheng.tables import Dataset, load
from minsheng.views import View, names

COLUMNS = [
    "figure_id",
    "document_id",
    "title",
    "issuer",
    "place",
    "year",
    "year_basis",
    "item",
    "item_title",
    "locator",
    "indicator",
    "evidence",
    "value",
    "value_max",
    "unit",
    "quality",
    "note",
]
"""Columns of a table of sources."""

BEHIND = ("figure_id", "figures", "parent_figures", "dibao_figures", "references", "items")
"""Columns of a row that name what is behind it, ``;`` between."""


def as_row(row: Any) -> dict[str, Any] | None:
    """A row of a table as a mapping: a Series, a named tuple or a mapping; None for anything else."""
    if isinstance(row, pd.Series):
        return {str(name): value for name, value in row.items()}
    if hasattr(row, "_asdict"):
        return dict(row._asdict())
    return dict(row) if isinstance(row, Mapping) else None


def behind(row: Mapping[str, Any]) -> list[str]:
    """What a row names as its sources, each once; nothing where it names none."""
    cells = [row[one] for one in BEHIND if isinstance(row.get(one), str)]
    ids = [one for cell in cells for one in cell.split(";") if one]
    if not ids and isinstance(row.get("document_id"), str) and isinstance(row.get("item"), str):
        ids = [f"{row['document_id']}/{row['item']}"]
    return list(dict.fromkeys(ids))


def _asked(figure: Any) -> list[str]:
    """The ids that a request names: an id or several, a row, rows, or a list of any of these."""
    if isinstance(figure, str):
        return [one.strip() for one in figure.split(";") if one.strip()]
    if isinstance(figure, pd.DataFrame):
        return [one for row in figure.to_dict("records") for one in _asked(row)]
    row = as_row(figure)
    if row is None and isinstance(figure, Iterable):
        return [one for each in figure for one in _asked(each)]
    ids = behind(row or {})
    if not ids:
        raise Refused("refused.no_source", value=", ".join(map(str, row)) if row else repr(figure), columns=", ".join(BEHIND))
    return ids


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _document(document_id: str, view: View) -> dict[str, Any]:
    own = view.documents[document_id]
    words = {"document_id": document_id, "title": own["title"], "issuer": _text(own["issuer"])}
    basis = view.label("year_basis", own["year_basis"])
    return words | {"place": view.place(own["region_id"]), "year": own["year"], "year_basis": basis}


def _figure(figure_id: str, view: View) -> dict[str, Any]:
    own = view.figures[figure_id]
    words = {name: _text(own[name]) for name in ("item", "locator", "evidence", "note")}
    place = view.place(own["region_id"]) if isinstance(own["region_id"], str) else ""
    return (
        _document(own["document_id"], view)
        | words
        | {"item_title": view.titles.get((own["document_id"], words["item"]), "")}
        | {"indicator": view.indicator(own["indicator_id"]), "unit": view.unit(own["unit"], _text(own["per"]))}
        | {name: own[name] for name in ("value", "value_max", "year")}
        | {"quality": view.label("quality", own["quality"])}
        | ({"place": place} if place else {})
    )


def _national(reference_id: str, view: View) -> dict[str, Any]:
    own = view.references[reference_id]
    note = view.join(filter(None, (_text(own["derivation"]), _text(own["note"]))), "；", "; ")
    return {
        "document_id": _text(own["document_number"]),
        "place": view.say("place.nation"),
        "year_basis": "",
        "indicator": view.national(own["reference_id"]),
        "unit": view.unit(own["unit"], _text(own["per"])),
        "quality": view.label("status", own["status"]),
        "note": note,
        **{name: _text(own[name]) for name in ("title", "issuer")},
        **{name: own[name] for name in ("value", "year")},
    }


def _item(key: str, view: View) -> dict[str, Any]:
    document, _, number = key.partition("/")
    return _document(document, view) | {"item": number, "item_title": view.titles[document, number]}


def known(one: str, view: View) -> dict[str, Any]:
    """What is known of a figure, a national value or an item, in the reader's language."""
    if one in view.figures:
        return {"figure_id": one} | _figure(one, view)
    if one in view.references:
        return {"figure_id": one} | _national(one, view)
    document, _, number = one.partition("/")
    if (document, number) in view.titles:
        return {"figure_id": one} | _item(one, view)
    items = [f"{document}/{number}" for document, number in view.titles]
    raise Refused("refused.figure", value=one, nearest=nearest(one, [*view.figures, *view.references, *items]))


def source(figure: Any, data: Dataset | None = None, lang: str = "zh") -> pd.DataFrame:
    """Where a number comes from.

    Parameters
    ----------
    figure : str, row, or list of these
        A ``figure_id``, a national value (``series:year``), an item (``document/item``), several of them with ``;``
        between; or a row (or rows) of any table of the package: a Series, a named tuple, a mapping, a DataFrame.
    data : Dataset, optional
        The tables; the bundled ones if not given.
    lang : {'zh', 'en'}
        Language of names, units and codes. Titles, evidence and notes stay as they are.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, one row for each source, in the order asked, each once. ``value`` (to ``value_max``) is as
        printed, in ``unit``; ``evidence`` is what the document prints; ``quality`` says how far it can be trusted (of a
        national value: whether it was published). ``year`` is the one that the figure applies to.

    Raises
    ------
    Refused
        If there is no such figure, with the nearest; if a row names no source.

    Examples
    --------
    >>> import minsheng as ms
    >>> ms.source("000-i6-03")[["place", "item", "evidence", "value", "unit"]].values.tolist()
    [['河源市源城区', '6', '提高到每人每月915元、701元', 915.0, '元/人/月']]
    >>> ms.source("resident_medical_fiscal_subsidy:2024", lang="en")[["place", "year", "value"]].values.tolist()
    [['China', 2024, 670.0]]
    """
    view = names(load() if data is None else data, lang)
    rows = pd.DataFrame([known(one, view) for one in dict.fromkeys(_asked(figure))]).reindex(columns=COLUMNS)
    text = [name for name in COLUMNS if name not in ("year", "value", "value_max")]
    rows[text] = rows[text].astype("object").where(rows[text].notna(), "").astype("str")
    return rows.astype({"year": "Int64", "value": "float64", "value_max": "float64"})
