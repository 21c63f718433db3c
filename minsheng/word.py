"""The lines of a Word document, with the numbers that Word itself puts before paragraphs."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from minsheng.evidence import han
from minsheng.faults import Refused
from minsheng.manuscripts import MARK, Line, headed

UNPACKED = 400_000_000
"""Bytes that a packed document may come to: four times the largest file, as for one full of pictures."""
SWOLLEN, FROM = 300, 5_000_000
"""How many times its packed size a part may have, from so many bytes on. Long tables in XML shrink to a fiftieth."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SKIPPED = {f"{_W}del", f"{_W}moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_NUMERALS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalFullWidth": str,
    "decimalEnclosedCircle": lambda n: _CIRCLED[n - 1] if n <= len(_CIRCLED) else f"({n})",
    "decimalEnclosedCircleChinese": lambda n: _CIRCLED[n - 1] if n <= len(_CIRCLED) else f"({n})",
}
_NUMERALS |= dict.fromkeys(
    ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCountingThousand", "ideographDigital"),
    lambda n: han(n) if n < 100 else str(n),
)


def unpacked(raw: bytes, name: str) -> None:
    """Refuse a packed document that is broken, encrypted, or would swell out of proportion.

    Raises
    ------
    Refused
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as whole:
            parts = whole.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Refused("reading.broken", file=name) from None
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("reading.encrypted", file=name)
    swollen = any(part.file_size > max(FROM, SWOLLEN * part.compress_size) for part in parts)
    if swollen or sum(part.file_size for part in parts) > UNPACKED:
        raise Refused("reading.bomb", file=name)


# ---- numbers that Word counts --------------------------------------------------------------------------------------


def _value(node: Any, path: str) -> str:
    found = None if node is None else node.find("/".join(_W + one for one in path.split("/")))
    return "" if found is None else str(found.get(f"{_W}val") or "")


class _Numbers:
    """Counts the numbered paragraphs of a document."""

    def __init__(self, document: Any) -> None:
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            root = None
        self.lists = (
            {} if root is None else {one.get(f"{_W}numId"): _value(one, "abstractNumId") for one in root.iter(f"{_W}num")}
        )
        self.levels = {} if root is None else dict(self._levels(root))
        self.counts: Counter[tuple[str, int]] = Counter()

    @staticmethod
    def _levels(root: Any) -> Iterator[tuple[tuple[str, int], tuple[str, str, int]]]:
        for one in root.iter(f"{_W}abstractNum"):
            for level in one.iter(f"{_W}lvl"):
                start = _value(level, "start")
                key = (one.get(f"{_W}abstractNumId"), int(level.get(f"{_W}ilvl")))
                yield key, (_value(level, "numFmt"), _value(level, "lvlText"), int(start) if start.isdecimal() else 1)

    def before(self, paragraph: Any, styles: dict[str, Any]) -> str:
        """What Word prints before a paragraph; empty where that is nothing, or no number."""
        own = paragraph.find(f"{_W}pPr")
        if not _value(own, "numPr/numId"):
            own = styles.get(_value(own, "pStyle"))
        depth, which = _value(own, "numPr/ilvl") or "0", self.lists.get(_value(own, "numPr/numId"), "")
        if (which, int(depth)) not in self.levels:
            return ""
        return self._text(which, int(depth))

    def _text(self, which: str, depth: int) -> str:
        kind, text, start = self.levels[which, depth]
        if kind not in _NUMERALS:
            return ""
        self.counts[which, depth] = self.counts.get((which, depth), start - 1) + 1
        for deeper in [key for key in self.counts if key[0] == which and key[1] > depth]:
            del self.counts[deeper]
        for at in range(depth + 1):
            numeral = _NUMERALS.get(self.levels.get((which, at), ("", "", 1))[0], str)
            text = text.replace(f"%{at + 1}", numeral(self.counts.get((which, at), 1)))
        return text


# ---- paragraphs and tables -----------------------------------------------------------------------------------------


def _parts(node: Any) -> Iterator[Any]:
    """The runs, breaks and tabs of a paragraph, without what is struck out and what stands in a box of its own."""
    for one in node:
        if one.tag in (f"{_W}t", f"{_W}br", f"{_W}cr", f"{_W}tab"):
            yield one
        elif one.tag not in _SKIPPED and one.tag not in (f"{_W}txbxContent", f"{_W}pPr", f"{_W}rPr"):
            yield from _parts(one)


def _text(paragraph: Any) -> str:
    return "".join({f"{_W}t": one.text or "", f"{_W}tab": " "}.get(one.tag, "\n") for one in _parts(paragraph)).strip()


def _on(run: Any) -> bool:
    mark = run.find(f"{_W}rPr/{_W}b")
    return mark is not None and mark.get(f"{_W}val") not in ("0", "false", "off")


def _bold_head(paragraph: Any) -> tuple[str, bool]:
    """What a paragraph begins with in bold, with a plain number before it; and whether that is all of it."""
    head, bold = "", False
    for run in paragraph.iter(f"{_W}r"):
        text = "".join(one.text or "" for one in run.iter(f"{_W}t"))
        if text.strip() and not _on(run) and (bold or len(head + text) > MARK):
            return (head if bold else ""), False
        head, bold = head + text, bold or (bool(text.strip()) and _on(run))
    return head, bold


def _blocks(node: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, with those in content controls and text boxes."""
    for one in node:
        if one.tag == f"{_W}p":
            yield one
            yield from (deep for box in one.iter(f"{_W}txbxContent") if not _in_fallback(box) for deep in _blocks(box))
        elif one.tag == f"{_W}tbl":
            yield one
        elif one.tag not in _SKIPPED:
            yield from _blocks(one)


def _in_fallback(node: Any) -> bool:
    return any(one.tag in _SKIPPED for one in node.iterancestors())


def _cells(row: Any) -> Iterator[tuple[int, Any]]:
    """The cells of a row with their columns; what is merged into the cell above is there once, above."""
    column = 1
    for cell in row.iter(f"{_W}tc"):
        if next(cell.iterancestors(f"{_W}tr")) is not row:
            continue
        own = cell.find(f"{_W}tcPr")
        merged = None if own is None else own.find(f"{_W}vMerge")
        if merged is None or merged.get(f"{_W}val") == "restart":
            yield column, cell
        span = _value(own, "gridSpan")
        column += int(span) if span.isdecimal() else 1


def lines(raw: bytes, name: str, _: str) -> tuple[list[Line], list[int]]:
    """The lines of a Word document (``.docx``)."""
    unpacked(raw, name)
    import docx

    try:
        document = docx.Document(io.BytesIO(raw))
    except Exception:  # zip, XML, missing parts: whatever python-docx stumbles over, it is the file
        raise Refused("reading.broken", file=name) from None
    return list(_Reader(document).lines()), []


class _Reader:
    """Goes through a document and counts its rows and tables."""

    def __init__(self, document: Any) -> None:
        self.body = document.element.body
        self.numbers, self.row, self.table = _Numbers(document), 0, 0
        self.styles = {one.style_id: one.element.find(f"{_W}pPr") for one in document.styles}
        self.names = {one.style_id: one.name or "" for one in document.styles}

    def lines(self) -> Iterator[Line]:
        for block in _blocks(self.body):
            if block.tag == f"{_W}p":
                yield from self.paragraph(block)
            elif max(len(list(_cells(row))) for row in block.iter(f"{_W}tr")) > 1:
                yield from self.rows(block)
            else:  # a frame around text
                for one in block.iter(f"{_W}p"):
                    yield from self.paragraph(one)

    def text(self, paragraph: Any) -> str:
        """A paragraph with the number that Word puts before it."""
        text = _text(paragraph)
        return self.numbers.before(paragraph, self.styles) + text if text else ""

    def paragraph(self, block: Any) -> Iterator[Line]:
        style = self.names.get(_value(block.find(f"{_W}pPr"), "pStyle"), "")
        head, whole = _bold_head(block)
        for text in filter(str.strip, self.text(block).split("\n")):
            self.row += 1
            yield from headed(text.strip(), self.row, "" if whole else head.strip(), whole, "" if style == "Normal" else style)

    def rows(self, table: Any) -> Iterator[Line]:
        """The cells of a table; those of a table inside it are rows of their own."""
        self.table += 1
        for row in table.iter(f"{_W}tr"):
            self.row += 1
            for column, cell in _cells(row):
                own = [one for one in cell.iter(f"{_W}p") if next(one.iterancestors(f"{_W}tc")) is cell and not _in_fallback(one)]
                texts = [text for one in own if (text := self.text(one))]
                if texts:
                    bold = all(_bold_head(one)[1] for one in own if _text(one))
                    yield Line("\n".join(texts), self.row, self.table, column, bold)
