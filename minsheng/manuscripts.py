"""A document as it was handed over: its lines in reading order, and the numbered items that they make up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from pathlib import Path

from minsheng.faults import Refused
from minsheng.formats import FORMATS, suited
from minsheng.tables import Dataset

LARGEST = 100_000_000
"""Bytes of a file. A list with photographs has some ten million; what is larger is something else, or a scan."""
CHARACTERS = 2_000_000
"""Characters of a document's text: a thousand pages and more. The longest plan that is known has 25 000."""
LINES = 50_000
"""Paragraphs and cells of a document, some forty characters in each of the longest."""

_TITLE = re.compile("民生|实事|方案|计划|清单|项目|通知|意见|公告|汇报|报告")
_STAGE = re.compile("^[（(].{1,12}[）)]$")
_HEAD, _SHORT = 12, 60
_LEAST_HEAD = 5
MARK = 6
"""Characters that the number before a heading may have."""


@dataclass(frozen=True)
class Line:
    """One paragraph or table cell of a document.

    Attributes
    ----------
    text : str
        As it stands there; only ends of lines are normalised, never a digit.
    row : int
        The paragraph, or the row of a table, counted from 1 through the whole document.
    table : int or None
        Which table it is in, counted from 1; None outside tables.
    column : int or None
        Which column of the table, counted from 1.
    bold : bool
        Whether all of it is bold.
    style : str
        Name of the paragraph's style (``Heading 1``, ``h2``, ...), empty where there is none.

    Examples
    --------
    >>> Line("一、大力推动就业创业", row=3).table is None
    True
    """

    text: str
    row: int
    table: int | None = None
    column: int | None = None
    bold: bool = False
    style: str = ""


@dataclass(frozen=True)
class Manuscript:
    """A document as it was handed over.

    Attributes
    ----------
    name : str
        Name of the file.
    lines : tuple of Line
        In reading order.
    sha256 : str
        Of the file.
    title : str
        As it stands at the head.
    silent : tuple of int
        Pages of a PDF that show something and have no text (a picture, a scan).

    Examples
    --------
    >>> Manuscript("a.txt", (Line("一、就业", 1),), "", "一、就业").silent
    ()
    """

    name: str
    lines: tuple[Line, ...]
    sha256: str
    title: str
    silent: tuple[int, ...] = ()


@dataclass(frozen=True)
class Item:
    """One numbered item of a document, with the lines that belong to it (its heading included).

    Attributes
    ----------
    number : str
        As printed, in Arabic digits where it is a number (``7``; ``9-1`` under 9).
    title, section : str
        Its own heading, and that of the section it stands in.
    lead, support : str
        Departments, ``;`` between them.
    topic : str
        Code of the vocabulary ``topic``; empty where no word speaks for any.
    confidence : float
        0 to 1.
    why : str
        What speaks against it, as keys of ``strings/`` joined by ``;``; empty where nothing does.
    lines : tuple of Line
        Of its passage; an item that a table lists and a text explains has both.

    Examples
    --------
    >>> Item("1", "就业", "", "市人社局", "", "employment", 0.9, "", ()).lead
    '市人社局'
    """

    number: str
    title: str
    section: str
    lead: str
    support: str
    topic: str
    confidence: float
    why: str
    lines: tuple[Line, ...]


def headed(text: str, row: int, head: str, bold: bool, style: str = "") -> Iterator[Line]:
    """A paragraph as one line, or as two where it begins with a heading in bold: the heading, and what follows it.

    Examples
    --------
    >>> [line.text for line in headed("一、大力推动就业新增就业5000人。", 1, "一、大力推动就业", False)]
    ['一、大力推动就业', '新增就业5000人。']
    """
    at = text.find(head) + len(head)
    rest = text[at:].strip()
    if len(head) >= _LEAST_HEAD and len(head) <= at <= min(_SHORT, len(head) + MARK) and rest and not rest[0].isdigit():
        mark = rest[0] if rest[0] in "。：:" else ""
        yield Line(text[:at] + mark, row, bold=True, style=style)
        rest = rest.removeprefix(mark).strip()
        text = rest
    if text:
        yield Line(text, row, bold=bold, style=style)


# ---- in ------------------------------------------------------------------------------------------------------------


def _title(lines: tuple[Line, ...]) -> str:
    """The heading of a document: its first short line that names what it is, with the stage in brackets below it; else its
    first line, if that is short and neither numbered nor a sentence.
    """
    from minsheng.numbering import mark

    head = lines[:_HEAD]
    named = [at for at, line in enumerate(head) if len(line.text) <= _SHORT and _TITLE.search(line.text)]
    titles = [at for at in named if not re.search("[。：:；;]$", head[at].text) and not mark(head[at].text)]
    plain = not mark(head[0].text) and len(head[0].text) <= _SHORT and not re.search("[。：:；;，]$", head[0].text)
    if not titles and not plain:
        return ""
    at = next(iter(titles), 0)
    stage = head[at + 1].text.strip() if at + 1 < len(head) and _STAGE.match(head[at + 1].text.strip()) else ""
    return head[at].text.strip()[:200].replace("\n", "") + stage


def read(path: str | Path) -> Manuscript:
    r"""The lines of a document.

    Parameters
    ----------
    path : path
        A .txt, .docx, .html, .pdf (with text) or .xlsx; text in UTF-8, GB18030, or UTF-16 with a byte order mark.

    Returns
    -------
    Manuscript

    Raises
    ------
    Refused
        If there is no such file, or it is empty, too large, broken, encrypted, a scan without text, an old .doc or .xls, not
        what its name says, or what reads it is not installed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "list.txt").write_text("某市十件民生实事\n一、就业。新增就业5000人。", encoding="utf-8")
    ...     found = read(Path(folder, "list.txt"))
    >>> found.title, found.lines[1].text
    ('某市十件民生实事', '一、就业。新增就业5000人。')
    """
    path = Path(path)
    if not path.is_file():
        raise Refused("reading.no_file", file=str(path))
    if (size := path.stat().st_size) > LARGEST:
        raise Refused("reading.large", file=path.name, size=size // 1_000_000, limit=LARGEST // 1_000_000)
    raw = path.read_bytes()
    suffix = suited(path, raw)
    try:
        lines, silent = import_module(f"minsheng.{FORMATS[suffix]}").lines(raw, path.name, suffix)
    except ModuleNotFoundError as missing:
        raise Refused("reading.extra", format=suffix, name=missing.name) from None
    if len(lines) > LINES or sum(len(line.text) for line in lines) > CHARACTERS:
        raise Refused("reading.long", file=path.name, limit=CHARACTERS)
    if not lines:
        raise Refused("reading.scan" if silent else "reading.empty", file=path.name)
    return Manuscript(path.name, tuple(lines), sha256(raw).hexdigest(), _title(tuple(lines)), tuple(silent))


def items(manuscript: Manuscript, known: Dataset) -> tuple[list[Item], list[Line]]:
    """The numbered items of a document, and the lines outside any item.

    Parameters
    ----------
    manuscript : Manuscript
    known : Dataset
        For the topics that there are, and their words.

    Returns
    -------
    items : list of Item
        In the order of the document; each number once.
    outside : list of Line
        Titles, prefaces, headings of sections, closing words.

    Raises
    ------
    Refused
        If the document has no numbered items.

    Examples
    --------
    >>> import minsheng as ms
    >>> lines = (Line("一、稳定就业。新增就业5000人。（责任单位：市人社局）", 1), Line("二、提高低保标准。（市民政局）", 2))
    >>> found, _ = items(Manuscript("a.txt", lines, "", "十件实事"), ms.load())
    >>> [(one.number, one.title, one.lead, one.topic) for one in found]
    [('1', '稳定就业', '市人社局', 'employment'), ('2', '提高低保标准', '市民政局', 'dibao')]
    """
    from minsheng.itemising import itemised

    return itemised(manuscript, known)
