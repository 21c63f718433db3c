"""Numbers before paragraphs, in all the ways of Chinese documents, and the tree that they make up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from minsheng.manuscripts import Line

_HAN = "〇零一二两三四五六七八九十百"
_STYLES = (
    ("named", rf"(?:民生)?实事(?:项目)?\s*([{_HAN}]+|\d+)\s*[：:、.．\s]"),
    ("named", rf"第\s*([{_HAN}]+|\d+)\s*[项件]\s*[：:、.．\s]?"),
    ("part", rf"第\s*([{_HAN}]+|\d+)\s*(?:章|部分|编|节)\s*"),
    ("han", rf"([{_HAN}]{{1,4}})\s*[、.．]"),
    ("han_bracket", rf"[（(〔]\s*([{_HAN}]{{1,4}})\s*[)）〕]\s*[、.．]?"),
    ("pair", r"(\d{1,2}\s*[-－—–]\s*\d{1,2})(?:[、．：:\s]|\.(?!\d))"),
    ("pair", r"(\d{1,2}[.．]\d{1,2})(?:[、\s]|[.．](?!\d))"),
    ("comma", r"(\d{1,3})\s*、"),
    ("dot", r"(\d{1,3})\s*[.．](?!\d)"),
    ("bracket", r"[（(]\s*(\d{1,3})\s*[)）]"),
    ("half", r"(\d{1,3})\s*[)）]"),
    ("circle", r"([①-⑳])"),
    ("is", rf"([{_HAN}]{{1,3}})是(?=\S)"),
    ("bare", r"(\d{1,2})[\s\u3000]+(?=[一-鿿])(?![个万亿千百元名人年月日家所户项座处条件套间])"),
)
_BARE = ("han", "comma", "dot")
"""Styles that writers change for one another on the way."""
_MARKS = [(style, re.compile(r"[\s\u3000]*" + pattern)) for style, pattern in _STYLES]
_INSIDE = re.compile(rf"(?<=[，。；,;）)])(?=(?:民生)?实事(?:[{_HAN}]+|\d+)\s*[：:])")
"""Where an item begins inside a paragraph that ran into it."""


def whole(text: str) -> int:
    """A whole number in Arabic or Chinese digits.

    Examples
    --------
    >>> whole("7"), whole("二十一"), whole("十"), whole("一百零三"), whole("⑫"), whole("两")
    (7, 21, 10, 103, 12, 2)
    """
    if text.isdecimal():
        return int(text)
    if "①" <= text <= "⑳":
        return ord(text) - ord("①") + 1
    total, digit = 0, 0
    for one in text:
        if one in "十百":
            total, digit = total + max(digit, 1) * (10 if one == "十" else 100), 0
        else:
            digit = {"〇": 0, "两": 2}.get(one, "零一二三四五六七八九".find(one))
    return total + digit


def mark(text: str) -> tuple[str, str, int] | None:
    """The number that a paragraph begins with: its style, the number, and where the text after it begins.

    Examples
    --------
    >>> mark("（三）社会保障"), mark("实事五：危房"), mark("9-1 就业"), mark("1.5万人")
    (('han_bracket', '3', 3), ('named', '5', 4), ('pair', '9-1', 4), None)
    """
    for style, pattern in _MARKS:
        if found := pattern.match(text):
            parts = re.split(r"\s*[-－—–.．]\s*", found[1]) if style == "pair" else [found[1]]
            return style, "-".join(str(whole(one)) for one in parts), found.end()
    return None


@dataclass
class Node:
    """One numbered paragraph: which line, how it is numbered, what it says, and what stands below it."""

    at: int
    style: str
    number: str
    text: str
    depth: int = 0
    above: Node | None = field(default=None, repr=False)
    below: list[Node] = field(default_factory=list)

    @property
    def path(self) -> tuple[str, ...]:
        """The styles from the outermost number to this."""
        return (*(self.above.path if self.above else ()), self.style)


def opened(lines: Sequence[Line]) -> list[Line]:
    """The lines, those that ran into the next item parted where it begins."""
    parts = [(line, _INSIDE.split(line.text) if line.table is None else [line.text]) for line in lines]
    return [
        Line(text, line.row, line.table, line.column, line.bold, line.style) for line, texts in parts for text in texts if text
    ]


def _continued(style: str, number: str, last: dict[str, int]) -> str:
    """The style whose numbers a paragraph carries on: its own, or another one where the writer changed it on the way."""
    if style not in _BARE or not number.isdecimal() or number == "1" or last.get(style) == int(number) - 1:
        return style
    others = [one for one in reversed(last) if one in _BARE and last[one] == int(number) - 1]
    return others[0] if others and last.get(style, 0) < 1 else style


def _marked(lines: Sequence[Line]) -> Iterator[tuple[int, tuple[str, str, int]]]:
    for at, line in enumerate(lines):
        if line.table is None and (found := mark(line.text)):
            yield at, found


def tree(lines: Sequence[Line]) -> list[Node]:
    """All numbered paragraphs outside tables, each below the one that it belongs to, in their order.

    A style that has not been seen since the last outer one is deeper; one that has been is as deep as it was.

    Examples
    --------
    >>> nodes = tree([Line(text, row) for row, text in enumerate(["一、甲", "1.乙", "2.丙", "二、丁", "1.戊"], start=1)])
    >>> [(node.number, node.depth) for node in nodes]
    [('1', 0), ('1', 1), ('2', 1), ('2', 0), ('1', 1)]
    """
    found: list[Node] = []
    open_: list[Node] = []
    last: dict[str, int] = {}
    for at, (style, number, end) in _marked(lines):
        style = _continued(style, number, last)
        depth = next((node.depth for node in open_ if node.style == style), len(open_))
        open_ = open_[:depth]
        node = Node(at, style, number, lines[at].text[end:].strip(), depth, open_[-1] if open_ else None)
        if node.above:
            node.above.below.append(node)
        open_.append(node)
        found.append(node)
        last.pop(style, None)  # so that the latest style stands last
        last[style] = int(number.split("-")[-1])
    return found
