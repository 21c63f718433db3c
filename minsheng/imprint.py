"""What a document says of itself: its place, year, kind and stage, and whether it can be taken at its word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from minsheng.cells import cell_fault
from minsheng.faults import Fault, Refused
from minsheng.gazetteer import find_region
from minsheng.manuscripts import Line, Manuscript
from minsheng.numerals import chinese_number
from minsheng.schema import schema
from minsheng.tables import Dataset

GIVEN, TITLED, GUESSED, OVERWRITTEN = 99, 95, 60, 30
"""How sure a place or year is that the reviewer gave, that the title has, that only the first lines have, or that was put in
place of another."""
_HEAD, _SHORT = 12, 30
"""Lines of an opening, and characters of one that names who issues or receives a document and not what it is about."""
_KINDS = {
    "self_review": "自查|自评|总结|完成情况",
    "progress_report": "进展|推进情况|汇报|通报",
    "notice": "通知|公告",
    "implementation_plan": "方案|计划|安排|分工",
}
_STAGES = {"draft": "征求意见|候选|草案|拟", "completed": "完成情况|总结|自查|自评", "in_progress": "进展|推进情况|汇报|通报"}
_YEAR = re.compile(r"(?<!\d)(20\d\d|二[〇零○O0][〇零○O0一二三四五六七八九]{2})\s*年")
_ANY_YEAR = re.compile(r"(?<![\d.,])20\d\d(?!\d)")
_NO_DATE = re.compile(r"(?<![\d.,])20\d\d(?!\d)(?=\.\d|\s*[名个家户所座项公万亩元套处人])|(?<!\d)(20\d\d)\s*[-—–－至]\s*\1(?!\d)")
_MASK = re.compile(r"\*{2,}")
_FEW = 5
"""Years that a document must have for it to be odd that all of them are one."""


def _word(words: dict[str, str], text: str, other: str) -> str:
    return next((code for code, pattern in words.items() if re.search(pattern, text)), other)


def _head(manuscript: Manuscript) -> str:
    return "\n".join(line.text for line in manuscript.lines[:_HEAD])


def _number(year: str) -> int:
    """2026, or 二〇二六 with whatever stands for its nought."""
    return int(year) if year.isdecimal() else chinese_number(re.sub("[○O0]", "〇", year))


def _year(manuscript: Manuscript, given: int | None) -> tuple[int, int | None, int]:
    """The year, the year that is printed, and how sure it is."""
    titled = _YEAR.search(manuscript.title)
    printed = titled or _YEAR.search(_head(manuscript))
    if not (printed or given):
        raise Refused("proofs.no_year", file=manuscript.name)
    own = _number(printed[1]) if printed else None
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
    short = "\n".join(line.text for line in manuscript.lines[:_HEAD] if len(line.text) <= _SHORT)
    for text, sure in ((manuscript.title, TITLED), (short, GUESSED)):
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


def document_row(
    manuscript: Manuscript, year: int | None, region: str | None, name: str | None, known: Dataset
) -> dict[str, Any]:
    """A document as a row of the tables: what is given, else what it says of itself.

    Raises
    ------
    Refused
        If it prints no year and none is given, the place is not known, the id is taken, or year or id are none.
    """
    for column, text in (("year", year), ("document_id", name)):
        if text is not None and (found := cell_fault(str(text), schema().tables["documents"].field(column), known.known)):
            raise Refused(found[0], **found[1])
    own, printed, sure_year = _year(manuscript, year)
    if put_in := overwritten(manuscript.lines):
        sure_year = sure_year if year and year != int(put_in) else OVERWRITTEN
    place, sure_place = _region(manuscript, region, known)
    assessed = bool(put_in) or (printed is not None and printed != own) or (printed is None)
    return {
        "document_id": _document_id(name, place, own, known),
        "title": manuscript.title or Path(manuscript.name).stem,
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


def remarks(manuscript: Manuscript, document: dict[str, Any]) -> list[Fault]:
    """What a reviewer has to know of a document as a whole: overwritten years, masks, pages without text, no known place."""
    masks = [one for line in manuscript.lines for one in _MASK.findall(line.text)]
    found: list[tuple[str, dict[str, Any]]] = []
    if put_in := overwritten(manuscript.lines):
        found.append(("proofs.overwritten", {"year": put_in}))
    if masks:
        found.append(("proofs.masks", {"count": len(masks)}))
    if manuscript.silent:
        found.append(("proofs.silent", {"pages": ", ".join(map(str, manuscript.silent))}))
    if not document["region_id"]:
        found.append(("proofs.no_region", {}))
    return [Fault(manuscript.name, 0, "", key, values) for key, values in found]
