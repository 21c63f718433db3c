"""The tables as files for other programs: tidy CSV with the descriptor that says what each column is."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pandas as pd

from minsheng import __version__
from minsheng.places import bundled
from minsheng.schema import Schema, schema
from minsheng.sheets import plain
from minsheng.views import View


def _csv(table: pd.DataFrame) -> str:
    """A table as it is kept in ``data/``: whole numbers without a point, nothing where nothing is known."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(zip(*([plain(value) for value in table[name]] for name in table), strict=True))
    return out.getvalue()


def _descriptor(standards: list[str], known: Schema, own_words: bool) -> dict[str, Any]:
    """The bundled descriptor with the standards among the tables that it describes, and all words that these know."""
    whole: dict[str, Any] = json.loads((bundled("data") / "datapackage.json").read_text(encoding="utf-8"))
    derived, additions = whole.pop("derived"), whole.pop("additions")
    for one in derived:
        one["schema"]["fields"] = [field for field in one["schema"]["fields"] if field["name"] in standards]
    own = [one for one in additions if own_words and one["name"] == "vocabularies"]
    resources = [*whole["resources"], *derived, *own]
    for field in (field for one in resources for field in one["schema"]["fields"] if "vocabulary" in field):
        field["constraints"]["enum"] = known.codes(field["vocabulary"])
    words = {"vocabularies": known.vocabularies, "recipients": known.recipients}
    return whole | {"version": __version__, "resources": resources} | words


def package(view: View) -> dict[str, str]:
    r"""The tidy tables of a view: each table as it was loaded, the standards of the view, and the descriptor of all.

    Parameters
    ----------
    view : View

    Returns
    -------
    dict of str
        Name of each file to its text: ``NAME.csv`` in UTF-8, and ``datapackage.json`` (a Frictionless data package).

    Examples
    --------
    >>> import minsheng as ms
    >>> files = package(ms.view(2024))
    >>> sorted(files)[-3:], files["standards.csv"].count("\n") - 1 == len(ms.view(2024).levels)
    (['reference.csv', 'regions.csv', 'standards.csv'], True)
    """
    columns = [name for name in schema().derived["standards"].columns if name in view.levels]
    words = {"vocabularies": view.data.vocabularies} if len(view.data.vocabularies) else {}
    tables = {**view.data.tables(), **words, "standards": view.levels[columns]}
    files = {f"{name}.csv": _csv(table) for name, table in tables.items()}
    descriptor = _descriptor(columns, view.data.known, bool(words))
    return files | {"datapackage.json": json.dumps(descriptor, ensure_ascii=False, indent=1) + "\n"}
