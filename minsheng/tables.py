"""The tables in memory: loaded, checked, typed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from dataclasses import field as a_field
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path

import pandas as pd

from minsheng.additions import Frames
from minsheng.arrow import AS_READ, spread, threads
from minsheng.checks import checked, gathered, with_empty
from minsheng.faults import FaultsFound, Refused
from minsheng.files import State as State
from minsheng.files import state as state
from minsheng.schema import Field, Schema, Table, schema

_TYPES = {"number": "float64", "integer": "Int64"}


@dataclass(frozen=True)
class Dataset:
    """The tables. Text columns are ``str`` (missing is NaN), numbers ``float64``, years ``Int64``.

    Attributes
    ----------
    documents : DataFrame
        One source document a row; columns of this and the other tables as in ``data/datapackage.json``.
    regions : DataFrame
        One place a row.
    items : DataFrame
        One numbered item of a document a row.
    indicators : DataFrame
        One thing that is measured a row.
    figures : DataFrame
        One number that a document prints a row, in the unit of its row.
    reference : DataFrame
        One value of a national series a row.
    cases : DataFrame
        One typical case a row; empty where tables of one's own stand alone without them.
    case_parts : DataFrame
        What each typical case adds up to, one component a row; empty as `cases`.
    vocabularies : DataFrame
        Words that tables of one's own add to the vocabularies; empty as a rule.
    wording : DataFrame
        Words by which drafts of new documents find the indicator of a number (`drafting`).

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> data.figures.query("figure_id == '003-i19-02'")[["value", "unit", "per"]].values.tolist()
    [[730.0, '元', 'person-year']]
    """

    documents: pd.DataFrame
    regions: pd.DataFrame
    items: pd.DataFrame
    indicators: pd.DataFrame
    figures: pd.DataFrame
    reference: pd.DataFrame
    cases: pd.DataFrame
    case_parts: pd.DataFrame
    vocabularies: pd.DataFrame = a_field(default_factory=pd.DataFrame)
    wording: pd.DataFrame = a_field(default_factory=pd.DataFrame)

    @cached_property
    def known(self) -> Schema:
        """The descriptor, with the words that these tables add to it."""
        return schema().with_words(self.vocabularies)

    @cached_property
    def above(self) -> dict[str, str | float]:
        """The place right above each place; missing where there is none."""
        return dict(zip(self.regions["region_id"].tolist(), self.regions["parent_id"].tolist(), strict=True))

    def tables(self) -> dict[str, pd.DataFrame]:
        """Table name to table, in the order of the descriptor."""
        return {name: getattr(self, name) for name in schema().tables}

    def digest(self) -> str:
        """SHA-256 over all tables: the same for the same rows, wherever they were loaded from.

        Examples
        --------
        >>> import minsheng as ms
        >>> len(ms.load().digest())
        64
        """
        more = {"vocabularies": self.vocabularies} if len(self.vocabularies) else {}
        return digest(self.tables() | more)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name} {len(table)}" for name, table in self.tables().items())
        return f"Dataset({sizes})"


def digest(tables: Mapping[str, pd.DataFrame]) -> str:
    """SHA-256 over rows of some tables, whatever their order."""
    whole = sha256()
    for name, table in tables.items():
        ordered = table.sort_values(list(schema().readable[name].primary_key))
        whole.update(name.encode() + ordered.to_csv(index=False, lineterminator="\n").encode())
    return whole.hexdigest()


def of_places(data: Dataset, places: Collection[str]) -> Dataset:
    """The tables with the figures of some places only."""
    documents = data.documents.set_index("document_id")["region_id"]
    own = data.figures["region_id"].fillna(data.figures["document_id"].map(documents))
    return replace(data, figures=data.figures[own.isin(places)].reset_index(drop=True))


def _typed(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    columns = {field.name: _typed_column(frame, field) for field in table.fields}
    return pd.DataFrame(columns, copy=False).reset_index(drop=True)


def _typed_column(frame: pd.DataFrame, field: Field) -> pd.Series:
    there = frame.get(AS_READ + field.name) if field.type == "string" else None
    ready = there is not None and not there.hasnans  # there is text in each row, or the column would not have been handed on
    return there if ready else _column(frame[field.name], _TYPES.get(field.type, "str"))


def _column(text: pd.Series, kind: str) -> pd.Series:
    """A column of text as what it says; each distinct text is read once."""
    if isinstance(text.dtype, pd.CategoricalDtype):
        distinct = _column(pd.Series(text.cat.categories, dtype="object"), kind)
        return spread(distinct, text.cat.codes.to_numpy()).set_axis(text.index)
    missing = text == ""
    there = text.where(~missing, None) if missing.any() else text
    return (there if kind == "str" else pd.to_numeric(there)).astype(kind)


def dataset(frames: Frames) -> Dataset:
    """Typed tables from checked text (columns as in the descriptor)."""
    there = {name: table for name, table in schema().readable.items() if name in frames}
    return Dataset(**{name: _typed(frames[name], table) for name, table in there.items()})


def load(folder: str | Path | None = None, instead: bool | None = None) -> Dataset:
    """Load the tables, checked.

    Parameters
    ----------
    folder : path, optional
        Tables of your own: a folder with any of the tables as CSV, Excel or Parquet, or a workbook with a sheet for each.
        They are added to the bundled ones. Tables that can stand alone are used instead of them: all six that are needed
        are there and lead to no row of the bundled ones, or there is a ``datapackage.json``.
    instead : bool, optional
        Decide that yourself: True uses the folder alone, False adds it.

    Returns
    -------
    Dataset

    Raises
    ------
    FaultsFound
        If the tables have faults; all of them are in ``.faults``. Nothing is loaded then.
    Refused
        If there is no such folder.

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> sorted(data.documents["stage"].unique())
    ['adopted', 'completed', 'draft', 'in_progress']
    """
    if folder is not None and not Path(folder).exists():
        raise Refused("refused.no_folder", folder=str(folder))
    whole = _loaded(str(folder) if folder is not None else "", instead, state(folder))
    return Dataset(**{name: table.copy(deep=False) for name, table in vars(whole).items() if isinstance(table, pd.DataFrame)})


@lru_cache(maxsize=2)
def _loaded(folder: str, instead: bool | None, files: State) -> Dataset:
    """Tables that are read once for as long as their files stay as they are."""
    frames, faults, unreadable = gathered(Path(folder) if folder else None, instead)
    with ThreadPoolExecutor(1) as beside:
        # While they are checked, where that pays; what comes of it does not matter if they are wrong.
        typed = beside.submit(dataset, with_empty(frames)) if threads(frames) > 1 else None
        frames, faults = checked(frames, faults, unreadable)
    if faults:
        raise FaultsFound(faults)
    return typed.result() if typed else dataset(frames)
