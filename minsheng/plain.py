"""The lines of a text file or of a web page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from minsheng.faults import Refused
from minsheng.manuscripts import CHARACTERS, MARK, Line, headed

MARKUP = 30_000_000
"""Bytes of a web page: its text with ten times as much markup as the longest text may have characters."""
TAGS = 100_000
"""Tags of a web page: Word's own pages have some four hundred for each page of print."""
NESTING = 200
"""How deep elements may stand in each other. Word's own pages have some twenty; libxml2 cuts off what is deeper than 255."""

_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_TAG = re.compile(rb"<(/?)(?:div|span|table|ul|ol|dl|section|article|blockquote|font|b|i|em|strong|center|a)\b[^>]*?(/?)>", re.I)
_BLOCKS = "p|h1|h2|h3|h4|h5|h6|li|div|dt|dd|tr|title|section|article|blockquote|pre|center|br"
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.I)


def decoded(raw: bytes, name: str) -> str:
    """Text in UTF-8, GB18030, or UTF-16 with a byte order mark.

    Raises
    ------
    Refused
        If it is none of them.

    Examples
    --------
    >>> decoded("民生".encode("gb18030"), "a.txt")
    '民生'
    """
    bom = next((encoding for mark, encoding in _BOMS.items() if raw.startswith(mark)), "")
    for encoding in [bom] if bom else ["utf-8", "gb18030"]:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Refused("reading.encoding", file=name)


def _cells(text: str) -> list[str]:
    """The cells of a line that is a row of a table (``|`` or tabs between them); empty where it is none."""
    mark = "|" if text.count("|") > 1 else "\t"
    return [cell.strip() for cell in text.split(mark)] if text.strip("\t ").count(mark) > 1 else []


def _text_lines(text: str) -> Iterator[Line]:
    table, inside, row = 0, False, 0
    for one in re.split(r"\r\n|[\r\n\v\f\x85\u2028\u2029]", text):
        if not one.strip():
            continue
        row += 1
        cells = _cells(one)
        table += bool(cells) and not inside
        inside = bool(cells)
        if not cells:
            yield Line(one.strip(" \t\u3000"), row)
        yield from (Line(cell, row, table, column) for column, cell in enumerate(cells, start=1) if cell)


# ---- a web page ----------------------------------------------------------------------------------------------------


def _deepest(raw: bytes) -> int:
    """How deep elements stand in each other, of those whose ends may not be left out."""
    depth = most = 0
    for found in _TAG.finditer(raw):
        depth = max(depth + (-1 if found[1] else 0 if found[2] else 1), 0)
        most = max(most, depth)
    return most


def _soup(raw: bytes, name: str) -> Any:
    from bs4 import BeautifulSoup

    if len(raw) > MARKUP or raw.count(b"<") > TAGS:
        raise Refused("reading.long", file=name, limit=CHARACTERS)
    if (depth := _deepest(raw)) > NESTING:
        raise Refused("reading.nested", file=name, depth=depth, limit=NESTING)
    soup = BeautifulSoup(decoded(raw, name), "lxml")
    for one in soup(["script", "style", "noscript", "template", "nav", "head", "select", "button"]):
        one.decompose()
    return soup


def _nearest(text: Any) -> Any:
    return text.find_parent(re.compile(f"^({_BLOCKS}|td|th|body|html)$"))


def _is_data(table: Any) -> bool:
    """Whether a table holds rows of cells, and does not only lay out a page."""
    return table.find("table") is None and any(len(_cells_of(row)) > 1 for row in table.find_all("tr"))


def _cells_of(row: Any) -> list[Any]:
    return list(row.find_all(["td", "th"], recursive=False))


def _is_bold(texts: list[Any]) -> bool:
    told = [one for one in texts if one.strip()]
    return bool(told) and all(one.find_parent(["b", "strong", "h1", "h2", "h3", "h4", "h5", "h6", "th"]) for one in told)


def _head(texts: list[Any]) -> str:
    """What a paragraph begins with in bold, with a plain number before it."""
    head = ""
    for one in texts:
        bold = one.find_parent(["b", "strong"])
        if bold or len(head + one.strip()) > MARK:
            return " ".join((head + bold.get_text()).split()) if bold else ""
        head += one.strip()
    return ""


def _together(texts: Iterable[Any], holder: Callable[[Any], Any]) -> Iterator[tuple[Any, list[Any]]]:
    """Texts that follow each other in one element, with it."""
    for _, group in groupby(((holder(one), one) for one in texts), key=lambda pair: id(pair[0])):
        pairs = list(group)
        if any(text.strip() for _, text in pairs):
            yield pairs[0][0], [text for _, text in pairs]


def _squeezed(texts: Iterable[str]) -> list[str]:
    """The lines of some texts, blanks in them put together."""
    return [" ".join(one.split()) for one in "".join(texts).split("\n") if one.strip()]


def _page_lines(soup: Any) -> Iterator[Line]:
    """Paragraphs and rows of tables, in order. Text that stands in no block is a paragraph, too."""
    from bs4 import NavigableString

    for text in soup.find_all(string="\n"):
        text.replace_with(" ")
    for br in soup("br"):
        br.replace_with("\n")
    data = {id(table): number for number, table in enumerate(filter(_is_data, soup("table")), start=1)}

    def holder(text: Any) -> Any:
        row = text.find_parent("tr")
        return row if row is not None and id(row.find_parent("table")) in data else _nearest(text)

    row = 0
    for own, texts in _together((one for one in soup.find_all(string=True) if type(one) is NavigableString), holder):
        if own is not None and own.name == "tr":
            row += 1
            yield from _row_lines(own, row, data[id(own.find_parent("table"))])
            continue
        bold, style = _is_bold(texts), own.name if own is not None and own.name[0] == "h" else ""
        for text in _squeezed(texts):
            row += 1
            yield from headed(text, row, "" if bold else _head(texts), bold, style)


def _row_lines(line: Any, row: int, table: int) -> Iterator[Line]:
    column = 1
    for cell in _cells_of(line):
        texts = cell.find_all(string=True)
        text = "\n".join(one for _, part in _together(texts, _nearest) for one in _squeezed(part))
        if text:
            yield Line(text, row, table, column, _is_bold(texts))
        column += int(cell.get("colspan") or 1) if str(cell.get("colspan") or 1).isdecimal() else 1


def lines(raw: bytes, name: str, suffix: str) -> tuple[list[Line], list[int]]:
    """The lines of a text file (``.txt``) or of a web page (``.html``).

    Examples
    --------
    >>> found, _ = lines("<p>一、<b>就业</b></p><table><tr><td>1</td><td>低保</td></tr></table>".encode(), "a.html", ".html")
    >>> [(one.text, one.table, one.column) for one in found]
    [('一、就业', None, None), ('1', 1, 1), ('低保', 1, 2)]
    """
    if suffix == ".html":
        return list(_page_lines(_soup(raw, name))), []
    if len(raw) > 4 * CHARACTERS:
        raise Refused("reading.long", file=name, limit=CHARACTERS)
    return list(_text_lines(decoded(raw, name))), []
