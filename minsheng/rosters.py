"""Items that a document lists in a table: number, name, text and departments by the headings of the columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from minsheng.departments import heading, names
from minsheng.manuscripts import Line
from minsheng.numbering import mark, whole

_NUMBER = re.compile("序\\s*号|编\\s*号|项\\s*次|项目编号|[Nn][Oo]\\.?")
_BARE = re.compile("(?:实事)?\\s*(\\d{1,3}(?:[-－]\\d{1,2})?|[一二三四五六七八九十]{1,3})\\s*[、.．：:]?")
_NAME = re.compile("名称|^(实事|民生)?(项目|事项|实事|工程)$|标题|^任务$")
_TEXT = re.compile("内容|目标|措施|任务|标准|要求|事项|项目|工程|实事")
_TOTAL = re.compile("^(合计|总计|小计|备注|说明|注)")
_FIRST = 3


@dataclass
class Row:
    """One numbered row of a table: the rows that go on with it are among its lines."""

    number: str
    section: str
    title: str
    lead: list[str]
    support: list[str]
    named: bool = False
    """Whether the title is the cell of a column of names."""
    lines: list[Line] = field(default_factory=list)


def _number(cells: Sequence[Line]) -> tuple[int, str]:
    """Which cell of a row is its number, and the number; -1 where none is."""
    for at, cell in enumerate(cells[:_FIRST]):
        if found := _BARE.fullmatch(cell.text.strip()):
            return at, "-".join(str(whole(one)) for one in re.split("[-－]", found[1]))
    return -1, ""


def _flat(text: str) -> str:
    """Chinese text without the blanks and line ends that a narrow column puts into it."""
    return re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f]|\*)", "", text).strip()


def _section(text: str) -> str:
    """The heading of a section: without its number and how many items it holds."""
    text = _flat(text)
    found = mark(text)
    return re.sub("[（(]\\s*\\d+\\s*[项件个][^）)]*[）)]$", "", _flat(text[found[2] :] if found else text)).strip()


def _is_head(cells: Sequence[Line]) -> bool:
    texts = ["".join(cell.text.split()) for cell in cells]
    return len(cells) > 1 and any(_NUMBER.fullmatch(text) for text in texts)


def _roles(head: Sequence[Line]) -> dict[int, str]:
    """What a column holds, by how far it stands right of the number."""
    texts = {cell.column or 0: "".join(cell.text.split()) for cell in head}
    zero = next(column for column, text in texts.items() if _NUMBER.fullmatch(text))
    kinds = {column - zero: heading(text) or ("name" if _NAME.search(text) else "") for column, text in texts.items()}
    texts_ = [c - zero for c, text in texts.items() if c > zero and not kinds[c - zero] and _TEXT.search(text)]
    return {at: kind for at, kind in kinds.items() if kind} | dict.fromkeys(texts_, "text")


def _row(number: str, at: int, cells: Sequence[Line], roles: dict[int, str], section: str) -> Row:
    zero = cells[at].column or 0
    found: dict[str, list[str]] = {"name": [], "text": [], "lead": [], "support": []}
    for cell in cells[at + 1 :]:
        found[roles.get((cell.column or 0) - zero, "text")].append(cell.text)
    title = _flat(next(iter([*found["name"], *found["text"]]), ""))
    lead, support = (names("、".join(found[kind])) for kind in ("lead", "support"))
    return Row(number, section, title, lead, [one for one in support if one not in lead], bool(found["name"]), list(cells))


def _rows(table: Sequence[list[Line]]) -> Iterator[Row | list[Line]]:
    """Numbered rows with those that go on with them, and the cells that belong to none."""
    roles: dict[int, str] = {}
    section, row = "", None
    for cells in table:
        at, number = _number(cells)
        if _is_head(cells):
            roles, at = _roles(cells), -1
        elif number:
            section = _section(cells[at - 1].text) if at else section
            if row:
                yield row
            row = _row(number, at, cells, roles, section)
            continue
        elif row and not _TOTAL.match(cells[0].text) and not (len(cells) == 1 and mark(cells[0].text)):
            row.lines += cells
            continue
        elif len(cells) == 1 and mark(cells[0].text):
            section = _section(cells[0].text)
        if row:
            yield row
            row = None
        yield cells
    if row:
        yield row


def rosters(lines: Sequence[Line]) -> tuple[list[Row], list[Line]]:
    """The numbered rows of all tables that have a column of numbers, and the cells outside them.

    Examples
    --------
    >>> cells = [["序号", "项目", "责任单位"], ["1", "低保", "市民政局"], ["2", "就业", "市人社局"]]
    >>> table = [Line(text, row, 1, at) for row, one in enumerate(cells, 1) for at, text in enumerate(one, 1)]
    >>> [(one.number, one.title, one.lead) for one in rosters(table)[0]]
    [('1', '低保', ['市民政局']), ('2', '就业', ['市人社局'])]
    """
    found: list[Row] = []
    outside: list[Line] = []
    headed = False
    for _, table in groupby([line for line in lines if line.table is not None], key=lambda line: line.table):
        rows = [list(cells) for _, cells in groupby(table, key=lambda line: line.row)]
        headed = headed or any(_is_head(cells) for cells in rows)  # a table that a page breaks has its head once
        for one in _rows(rows) if headed else rows:
            if isinstance(one, Row):
                found.append(one)
            else:
                outside += one
    return found, outside
