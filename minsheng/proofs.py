"""A new document as rows to be reviewed: itself, its items and figures, what is left over, and what speaks against them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from minsheng.evidence import starts
from minsheng.faults import Fault, Refused
from minsheng.gazetteer import find_region
from minsheng.manuscripts import Item, Line, Manuscript, items, read
from minsheng.schema import schema
from minsheng.tables import Dataset, load

if TYPE_CHECKING:
    from minsheng.views import View

GIVEN, TITLED, GUESSED, OVERWRITTEN = 99, 95, 60, 30
"""How sure a place or year is that the reviewer gave, that the title has, that only the first lines have, or that was put in
place of another."""
REVIEW = ("confidence", "why", "passage")
"""Columns that help to review a row and never enter the tables."""

_HEAD, _PASSAGE, _ANCHOR = 12, 600, 25
_KINDS = {
    "self_review": "自查|自评|总结|完成情况",
    "progress_report": "进展|推进情况|汇报|通报",
    "notice": "通知|公告",
    "implementation_plan": "方案|计划|安排|分工",
}
_STAGES = {"draft": "征求意见|候选|草案|拟", "completed": "完成情况|总结|自查|自评", "in_progress": "进展|推进情况|汇报|通报"}
_YEAR = re.compile(r"(?<!\d)(20\d\d)\s*年")
_ANY_YEAR = re.compile(r"(?<![\d.,])20\d\d(?!\d)")
_NO_DATE = re.compile(r"(?<![\d.,])20\d\d(?!\d)(?=\.\d|\s*[名个家户所座项公万亩元套处人])|(?<!\d)(20\d\d)\s*[-—–－至]\s*\1(?!\d)")
_MASK = re.compile(r"\*{2,}")
_FEW = 5
"""Years that a document must have for it to be odd that all of them are one."""


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


# ---- the document --------------------------------------------------------------------------------------------------


def _word(words: dict[str, str], text: str, other: str) -> str:
    return next((code for code, pattern in words.items() if re.search(pattern, text)), other)


def _head(manuscript: Manuscript) -> str:
    return "\n".join(line.text for line in manuscript.lines[:_HEAD])


def _year(manuscript: Manuscript, given: int | None) -> tuple[int, int | None, int]:
    """The year, the year that is printed, and how sure it is."""
    titled = _YEAR.search(manuscript.title)
    printed = titled or _YEAR.search(_head(manuscript))
    if not (printed or given):
        raise Refused("proofs.no_year", file=manuscript.name)
    own = int(printed[1]) if printed else None
    return given or own or 0, own, GIVEN if given else TITLED if titled else GUESSED


def overwritten(lines: Iterable[Line]) -> str:
    """The one year that stands in place of all others, counts among them; empty where there is none.

    Examples
    --------
    >>> overwritten([Line(text, 1) for text in ["2024年至2024年", "2024名", "2024年", "2024年底", "2024年初"]])
    '2024'
    >>> overwritten([Line("2024年至2025年", 1)])
    ''
    """
    text = "\n".join(line.text for line in lines)
    years = Counter(_ANY_YEAR.findall(text))
    return next(iter(years)) if len(years) == 1 and years.total() >= _FEW and _NO_DATE.search(text) else ""


def _region(manuscript: Manuscript, given: str | None, known: Dataset) -> tuple[str, int]:
    """The place, and how sure it is; empty where the document names none that is known."""
    if given:
        return find_region(known, given), GIVEN
    names = known.regions[(known.regions["level"] != "nation") & (known.regions["name"].str.len() > 2)]
    for text, sure in ((manuscript.title, TITLED), (_head(manuscript), GUESSED)):
        there = names[[name in text for name in names["name"]]]
        if len(there):
            ends = [
                (text.rindex(name) + len(name), len(name), id_)
                for name, id_ in zip(there["name"], there["region_id"], strict=True)
            ]
            return str(max(ends)[2]), sure  # the place itself stands behind those above it
    return "", 0


def _document_id(given: str | None, region: str, year: int, known: Dataset) -> str:
    there = set(known.documents["document_id"])
    if given and given in there:
        raise Refused("proofs.document_there", value=given)
    own = given or f"{region or 'new'}_{year}"
    return own if own not in there else next(one for n in range(2, 1000) if (one := f"{own}-{n}") not in there)


def _document(manuscript: Manuscript, year: int | None, region: str | None, name: str | None, known: Dataset) -> dict[str, Any]:
    own, printed, sure_year = _year(manuscript, year)
    if put_in := overwritten(manuscript.lines):
        sure_year = sure_year if year and year != int(put_in) else OVERWRITTEN
    place, sure_place = _region(manuscript, region, known)
    assessed = bool(put_in) or (printed is not None and printed != own) or (printed is None)
    return {
        "document_id": _document_id(name, place, own, known),
        "title": manuscript.title or manuscript.name,
        "region_id": place,
        "kind": _word(_KINDS, manuscript.title, "commitment_list"),
        "stage": _word(_STAGES, manuscript.title, "adopted"),
        "year_printed": printed,
        "year": own,
        "year_basis": "assessed" if assessed else "printed",
        "confidence": min(sure_year, sure_place),
        "confidence_place": sure_place,
        "confidence_year": sure_year,
        "source_file": manuscript.name,
        "source_sha256": manuscript.sha256,
    }


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


def _remarks(manuscript: Manuscript, document: dict[str, Any]) -> list[Fault]:
    masks = [one for line in manuscript.lines for one in _MASK.findall(line.text)]
    found: list[tuple[str, dict[str, Any]]] = []
    if put_in := overwritten(manuscript.lines):
        found.append(("proofs.overwritten", {"year": put_in}))
    if masks:
        found.append(("proofs.masked", {"count": len(masks)}))
    if manuscript.silent:
        found.append(("proofs.silent", {"pages": ", ".join(map(str, manuscript.silent))}))
    if not document["region_id"]:
        found.append(("proofs.no_region", {}))
    return [Fault(manuscript.name, 0, "", key, values) for key, values in found]


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
    document = _document(manuscript, year, region, document_id, known)
    drafted = figures(found, outside, known, document["year"], document["region_id"])
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
                 remarks=_remarks(manuscript, document))  # fmt: skip
