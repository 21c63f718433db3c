"""A new document as rows to be reviewed: itself, its items and figures, what is left over, and what speaks against them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from minsheng.evidence import starts
from minsheng.faults import Fault
from minsheng.imprint import document_row, remarks
from minsheng.manuscripts import Item, Line, items, read
from minsheng.schema import schema
from minsheng.tables import Dataset, load

if TYPE_CHECKING:
    from minsheng.views import View

REVIEW = ("confidence", "why", "passage")
"""Columns that help to review a row and never enter the tables."""

_PASSAGE, _ANCHOR = 600, 25
"""Characters of a passage beside its item, and of an anchor as the tables keep it."""


@dataclass(frozen=True)
class Proof:
    """A draft of a document's rows.

    Attributes
    ----------
    documents, items, figures : DataFrame
        Rows as the tables have them; items and figures with ``confidence`` (in %), ``why`` (keys of ``strings/``, ``;`` between)
        and ``passage``, which never enter the tables.
    leftovers : DataFrame
        Numbers in no figure: ``text``, ``kind``, ``reason``, ``item``, ``passage``.
    account : DataFrame
        ``kind``, ``found``, ``figures``, ``leftovers``: how many numbers there are, and where they went.
    view : View
        The tables at hand with these rows added; its ``findings`` are what the audit says of both together.
    findings : DataFrame
        What of that concerns the draft, as `minsheng.audit` gives it.
    remarks : list of Fault
        What was noticed of the document as a whole: masks, overwritten years, pages without text, a place not known.

    Examples
    --------
    >>> Proof.__dataclass_fields__["leftovers"].name
    'leftovers'
    """

    documents: pd.DataFrame
    items: pd.DataFrame
    figures: pd.DataFrame
    leftovers: pd.DataFrame
    account: pd.DataFrame
    view: View
    findings: pd.DataFrame
    remarks: list[Fault]

    @property
    def balanced(self) -> bool:
        """Whether every number found is in a figure or left over."""
        return bool((self.account["found"] == self.account["figures"] + self.account["leftovers"]).all())

    def rows(self) -> dict[str, pd.DataFrame]:
        """The rows to merge, by table, with the columns of the tables only."""
        frames = {"documents": self.documents, "items": self.items, "figures": self.figures}
        return {name: frame[schema().tables[name].columns] for name, frame in frames.items()}


# ---- its rows --------------------------------------------------------------------------------------------------------


def _text(lines: Iterable[Line]) -> str:
    return "\n".join(line.text for line in lines)


def _anchor(one: Item, whole: str) -> str:
    """What finds an item in the text whose number alone does not."""
    if starts(whole, one.number, "") or not one.lines:
        return ""
    return (one.title if one.title in whole else one.lines[0].text)[:_ANCHOR].strip()


def _item_row(one: Item, document: str, whole: str) -> dict[str, Any]:
    own = {name: getattr(one, name) for name in ("title", "section", "topic", "lead", "support")}
    passage = _text(one.lines)
    review = {"confidence": round(100 * one.confidence), "why": one.why, "passage": passage[:_PASSAGE]}
    return {"document_id": document, "item": one.number} | own | {"anchor": _anchor(one, whole)} | review


def _frame(rows: list[dict[str, Any]], table: str) -> pd.DataFrame:
    columns = schema().tables[table].columns
    more = [name for name in REVIEW if rows and name in rows[0] and name not in columns]
    return pd.DataFrame(rows, columns=[*columns, *more])


def _figures(drafted: pd.DataFrame, document: str) -> pd.DataFrame:
    """The figures with ids of their own: document, item, and which of the item's numbers it is."""
    items_ = drafted["item"].fillna("").astype("str")
    order = drafted.groupby(items_, sort=False).cumcount() + 1
    ids = [f"{document}-{f'i{item}' if item else 'x'}-{number:02d}" for item, number in zip(items_, order, strict=True)]
    return drafted.assign(figure_id=ids, document_id=document).reset_index(drop=True)


def _together(known: Dataset, frames: dict[str, pd.DataFrame]) -> Dataset:
    """The tables at hand with the rows of the draft that are whole enough to be held against them."""
    figures = frames["figures"]
    frames = frames | {"figures": figures[figures["indicator_id"].isin(known.indicators["indicator_id"])]}
    whole = {}
    for name, frame in frames.items():
        there = getattr(known, name)
        own = frame.where(frame.notna() & (frame != ""), None).reindex(columns=there.columns)
        whole[name] = pd.concat([there, own.astype(there.dtypes.to_dict())], ignore_index=True)
    return replace(known, **whole)


def draft(
    path: str | Path,
    year: int | None = None,
    region: str | None = None,
    document_id: str | None = None,
    known: Dataset | None = None,
    lang: str = "zh",
) -> Proof:
    r"""Draft the rows of a new document, to be reviewed before they are merged.

    Parameters
    ----------
    path : path
        A .txt, .docx, .html, .pdf or .xlsx.
    year : int, optional
        The year that it applies to; the one that it prints if not given.
    region : str, optional
        Its place, by id or name; the one that its title names if not given.
    document_id : str, optional
        A new id; by default place and year.
    known : Dataset, optional
        The tables at hand; the bundled ones if not given.
    lang : {'zh', 'en'}
        Language of what the audit says.

    Returns
    -------
    Proof

    Raises
    ------
    Refused
        If the document cannot be read, has no items or prints no year, the place is not known, or the id is taken.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import minsheng as ms
    >>> with TemporaryDirectory() as folder:
    ...     text = "某市2030年十件民生实事\n一、提高低保标准。城市低保标准提高到每人每月1200元。（责任单位：市民政局）"
    ...     _ = Path(folder, "list.txt").write_text(text, encoding="utf-8")
    ...     found = ms.draft(Path(folder, "list.txt"), region="441600")
    >>> found.items[["item", "title", "topic", "lead"]].values.tolist()
    [['1', '提高低保标准', 'dibao', '市民政局']]
    >>> found.figures[["value", "unit", "per", "year"]].values.tolist()
    [[1200.0, '元', 'person-month', 2030]]
    """
    from minsheng.drafting import figures
    from minsheng.views import view

    known = known or load()
    manuscript = read(path)
    found, outside = items(manuscript, known)
    document = document_row(manuscript, year, region, document_id, known)
    drafted = figures(found, outside, known, document["year"], document["region_id"], manuscript.lines)
    whole, name = _text(manuscript.lines), document["document_id"]
    frames = {
        "documents": _frame([document], "documents"),
        "items": _frame([_item_row(one, name, whole) for one in found], "items"),
        "figures": _figures(drafted.figures, name),
    }
    seen = view(document["year"], lang=lang, tables=_together(known, frames) if document["region_id"] else known)
    rows = seen.findings
    own = set(frames["figures"]["figure_id"])
    mine = rows["document_id"].eq(name) | rows["figures"].map(lambda cell: not own.isdisjoint(cell.split(";"))).astype("bool")
    return Proof(**frames, leftovers=drafted.leftovers, account=drafted.account, view=seen, findings=rows[mine],
                 remarks=remarks(manuscript, document))  # fmt: skip
