"""The items of a document put together: number, heading, section, departments, topic, and what speaks against them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from minsheng.departments import departments, without
from minsheng.faults import Refused
from minsheng.manuscripts import Item, Line, Manuscript
from minsheng.numbering import Node, opened, tree
from minsheng.outline import chosen, declared, explaining, is_frame
from minsheng.rosters import Row, rosters
from minsheng.subjects import Words, topic, topic_words
from minsheng.tables import Dataset

LONGEST, HEADING = 60, 40
"""Characters of a title as the tables keep it, and of a clause that is still a heading."""

_CLAUSE = re.compile("[。：:；;\n]")
_QUANTITY = re.compile(r"\d")
_CLOSING = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日$|附件[：:\d]|抄送|此件(公开|主动)|[（(]此件")
_LESS = {"no_topic": 0.5, "weak_topic": 0.2, "no_lead": 0.1, "no_heading": 0.1, "gap": 0.2, "masked": 0.1, "twice": 0.0}
"""What each reservation takes from a full confidence."""


@dataclass
class _Draft:
    """An item in the making."""

    number: str
    title: str
    section: str = ""
    lead: list[str] = field(default_factory=list)
    support: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    why: list[str] = field(default_factory=list)


# ---- headings --------------------------------------------------------------------------------------------------------


def title_of(text: str, alone: bool) -> tuple[str, bool]:
    """The heading that a text begins with, and whether it is one and not the first words of a sentence.

    Parameters
    ----------
    text : str
        Without its number.
    alone : bool
        Whether the text stands in a line of its own above more text, as a heading does.

    Examples
    --------
    >>> title_of("进一步扩大就业。全省城镇新增就业38万人。", False)
    ('进一步扩大就业', True)
    >>> title_of("严打电信网络诈骗,坚决遏制犯罪。", False), title_of("提高标准，扩大范围", True)
    (('严打电信网络诈骗', False), ('提高标准，扩大范围', True))
    """
    bare = without(text).lstrip("*）)] \u3000")
    head, *rest = _CLAUSE.split(bare, maxsplit=1)
    ended = bare[len(head) : len(head) + 1] not in ("；", ";")
    own = bool(alone or (rest and rest[0].strip() and ended)) and len(head) <= HEADING
    if not own or (_QUANTITY.search(head) and not alone):
        head = re.split("[，,]", head, maxsplit=1)[0]
    return head.strip(" 。，,;；:：")[:LONGEST], own


# ---- items of the text -------------------------------------------------------------------------------------------------


def _sections(node: Node) -> str:
    """The heading of the section that a paragraph stands in."""
    return title_of(node.above.text, True)[0] if node.above else ""


def _plain_section(text: str) -> str:
    return re.sub("[（(]\\s*\\d+\\s*[项件个][^）)]*[）)]$", "", text).strip()


def _text_items(lines: Sequence[Line], pairs: list[tuple[str, Node]]) -> tuple[list[_Draft], list[Line]]:
    """Each item with its lines, to the next item or the next number that is not below it."""
    begins = {node.at: (number, node) for number, node in pairs}
    depth = {node.at: node.depth for node in tree(lines)}
    found: list[_Draft] = []
    outside: list[Line] = []
    open_, last = -1, max(begins, default=0)
    for at, line in enumerate(lines):
        if at in begins:
            number, node = begins[at]
            open_ = node.depth
            found.append(_Draft(number, node.text, _plain_section(_sections(node))))
        elif depth.get(at, open_ + 1) <= open_ or (at > last and line.table is None and _CLOSING.match(line.text)):
            open_ = -1
        (found[-1].lines if open_ >= 0 else outside).append(line)
    for one in found:
        _finish(one)
    return found, outside


def _finish(one: _Draft) -> None:
    alone = len(one.lines) > 1 and (one.lines[0].bold or not re.search("[。；;]$", one.title))
    one.title, own = title_of(one.title, alone)
    lead, support = departments(line.text for line in one.lines)
    one.lead, one.support = [part.split(";") if part else [] for part in (lead, support)]
    one.why += [] if own else ["no_heading"]


# ---- items of a table --------------------------------------------------------------------------------------------------


def _table_item(row: Row) -> _Draft:
    title, own = title_of(row.title, row.named)
    if not (row.lead or row.support):
        said = departments(line.text for line in row.lines)
        row.lead, row.support = [part.split(";") if part else [] for part in said]
    return _Draft(row.number, title, row.section, row.lead, row.support, row.lines, [] if own else ["no_heading"])


def _restarted(found: list[_Draft]) -> list[_Draft]:
    """Numbers that begin again in each section, told apart by the section's own place."""
    if len({one.number for one in found}) == len(found):
        return found
    sections = list(dict.fromkeys(one.section for one in found))
    pairs = {(one.section, one.number) for one in found}
    if len(sections) > 1 and len(pairs) == len(found):
        for one in found:
            one.number = f"{sections.index(one.section) + 1}-{one.number}"
    return found


# ---- all of them -------------------------------------------------------------------------------------------------------


def _less_masked(one: list[str], other: list[str]) -> list[str]:
    """The departments that are told, and told with fewer masks."""
    return min((part for part in (one, other) if part), key=lambda part: "".join(part).count("*"), default=[])


def _together(found: list[_Draft]) -> list[_Draft]:
    """What has one number is one item: a table lists it and a text explains it."""
    kept: dict[str, _Draft] = {}
    for one in found:
        if one.number not in kept:
            kept[one.number] = one
            continue
        there = kept[one.number]
        there.lines += one.lines
        there.why.append("twice")
        there.section = there.section or one.section
        there.lead, there.support = _less_masked(there.lead, one.lead), _less_masked(there.support, one.support)
    return list(kept.values())


def _gaps(found: list[_Draft]) -> set[str]:
    """The items before which numbers are missing."""
    last: dict[str, int] = {}
    late = set()
    for one in found:
        above, _, own = one.number.rpartition("-")
        if int(own) > last.get(above, 0) + 1 and (above or last):
            late.add(one.number)
        last[above] = int(own)
    return late


def _item(one: _Draft, late: set[str], words: Words) -> Item:
    code, sure = topic(one.title, " ".join(line.text for line in one.lines), words)
    why = [*dict.fromkeys(one.why)]
    why += ["no_topic"] if not code else ["weak_topic"] if sure < 0.9 else []
    why += [] if one.lead else ["no_lead"]
    why += ["gap"] if one.number in late else []
    why += ["masked"] if "**" in one.title + "".join(one.lead + one.support) else []
    confidence = max(1.0 - sum(_LESS[reason] for reason in why), 0.05)
    title = one.title or one.number
    return Item(
        one.number,
        title,
        one.section,
        ";".join(one.lead),
        ";".join(one.support),
        code,
        round(confidence, 2),
        ";".join(f"proofs.{reason}" for reason in why),
        tuple(one.lines),
    )


def _preface(lines: Sequence[Line]) -> list[str]:
    """The lines above the first number."""
    first = next((node.at for node in tree(lines) if not is_frame(node)), len(lines))
    return [line.text for line in lines[: first or 1]]


def _found(manuscript: Manuscript) -> tuple[list[_Draft], list[Line]]:
    lines = opened(manuscript.lines)
    counts = declared([manuscript.title, *_preface([line for line in lines if line.table is None])])
    pairs = chosen(lines, counts)
    rows, outside = rosters(lines)
    if len(rows) < 2 or (len(rows) not in counts and (len(pairs) in counts or _inside(lines, pairs))):
        return _text_items(lines, pairs)
    listed = _restarted([_table_item(row) for row in rows])
    rest = [line for line in lines if line.table is None]
    more, beside = _text_items(rest, explaining(rest, {one.number: one.title for one in listed}))
    return listed + more, sorted(outside + beside, key=lambda line: line.row)


def _inside(lines: Sequence[Line], pairs: list[tuple[str, Node]]) -> bool:
    """Whether the tables stand inside items of the text, and list what only belongs to one of them."""
    tables = [at for at, line in enumerate(lines) if line.table is not None]
    return len(pairs) > 1 and bool(tables) and pairs[0][1].at < tables[0] < pairs[-1][1].at


def itemised(manuscript: Manuscript, known: Dataset) -> tuple[list[Item], list[Line]]:
    """The items of a document, and the lines outside any of them (see `manuscripts.items`).

    Raises
    ------
    Refused
        If there is no numbered item.
    """
    found, outside = _found(manuscript)
    found = [one for one in _together(found) if one.number.strip("0-")]
    if not found:
        raise Refused("reading.no_items", file=manuscript.name)
    late, words = _gaps(found), topic_words(known.known.vocabularies["topic"])
    return [_item(one, late, words) for one in found], outside
