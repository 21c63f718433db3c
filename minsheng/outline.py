"""Which of the numbered paragraphs of a document are its items."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from minsheng.departments import spoken
from minsheng.manuscripts import Line
from minsheng.numbering import Node, tree, whole

_N = "〇零一二两三四五六七八九十百"
_DECLARED = re.compile(rf"(\d{{1,3}}|[{_N}]{{1,4}})\s*[件项大个][^，。；：\d]{{0,8}}?(?:实事|民生|工程|项目|任务|事项)")
_COUNTED = re.compile(rf"(\d{{1,3}}|[{_N}]{{1,3}})\s*[件项大]")
_FRAME = re.compile(
    "指导思想|总体要求|工作要求|有关要求|基本原则|保障措施|保障机制$|组织(领导|实施|保障|机构)|实施步骤|工作步骤|统一思想|提高认识|"
    "存在.{0,8}问题|查找问题|整改|下一步|工作安排|工作建议|进度安排|督[查导]|强化(监督|考核|责任)|投资完成|附则|附件"
)
"""Sections of a plan or report that hold no items."""

_ALIKE = 4
"""Characters by which a paragraph is known to have the title of a row."""


def _numbers(nodes: Iterable[Node]) -> list[int]:
    return [int(node.number.split("-")[-1]) for node in nodes]


def _rising(nodes: Sequence[Node]) -> bool:
    """Whether the numbers go on from section to section, and do not begin again."""
    found = _numbers(nodes)
    return all(a < b for a, b in pairwise(found))


def is_frame(node: Node) -> bool:
    """Whether a paragraph is the heading of a section without items (aims, demands, problems)."""
    return len(node.text) < 60 and _FRAME.search(node.text) is not None


def declared(texts: Iterable[str]) -> set[int]:
    """How many items a title or preface says that there are.

    Examples
    --------
    >>> sorted(declared(["某市2024年十件民生实事", "按照九项民生工程及18件民生实事方案"]))
    [9, 10, 18]
    """
    return {whole(one[1]) for text in texts for one in _DECLARED.finditer(text)} - {0, 1}


def _declared_group(nodes: list[Node], counts: set[int]) -> list[Node]:
    """The nodes of one kind that are as many as the document says, and run through."""
    groups: dict[tuple[str, ...], list[Node]] = {}
    for node in nodes:
        groups.setdefault(node.path, []).append(node)
    fit = [one for one in groups.values() if len(one) in counts and _rising(one) and not any(map(is_frame, one))]
    return max(fit, key=len, default=[])


def explaining(lines: Sequence[Line], listed: Mapping[str, str]) -> list[tuple[str, Node]]:
    """The paragraphs that explain what a table lists: those of one kind of which most carry a number and title of it."""
    groups: dict[tuple[str, ...], list[Node]] = {}
    for node in tree(lines):
        if _bare(node.text).startswith(_bare(listed.get(node.number, "\0"))[:_ALIKE]):
            groups.setdefault(node.path, []).append(node)
    found = max(groups.values(), key=len, default=[])
    return [(node.number, node) for node in found] if 2 * len(found) > len(listed) else []


def _bare(text: str) -> str:
    return re.sub("[*\\s]", "", text)


def _below(nodes: Iterable[Node]) -> list[Node]:
    return [one for node in nodes for one in node.below]


def _counted(nodes: list[Node]) -> bool:
    """Whether sections are named by how many items each holds (九项工程, 18件实事)."""
    return len(nodes) > 1 and all(_COUNTED.match(node.text) for node in nodes)


def _by_counts(nodes: list[Node]) -> list[tuple[str, Node]]:
    """Items of sections that are named by their counts: 9-1 under nine of them, and 18 where these are not numbered."""
    named = [(str(whole(_COUNTED.match(node.text)[1])), node) for node in nodes]  # type: ignore[index]
    return [pair for count, node in named for pair in ([(f"{count}-{one.number}", one) for one in node.below] or [(count, node)])]


def _told(lines: Sequence[Line], node: Node, end: int) -> int:
    """How many of the lines of a section, from its number to the next, speak of departments."""
    return sum(bool(spoken(line.text)) for line in lines[node.at : end])


def _level(nodes: list[Node], lines: Sequence[Line]) -> list[tuple[str, Node]]:
    """The items among nodes that stand side by side, or below them: numbers and nodes."""
    own = [node for node in nodes if not is_frame(node)]
    if _counted(own):
        return _by_counts(own)
    deeper = _below(own)
    sections = sum(bool(node.below) for node in own)
    parts = any(node.style == "part" for node in own)
    if deeper and (len(own) < len(nodes) or parts) and (sections == 1 or _rising(deeper)):
        return _level(deeper, lines)
    if sections > 1 and sections == len(own) and _rising(deeper) and len(deeper) > len(own):
        return _level(deeper, lines)
    if deeper and len(own) < len(nodes):
        return [(f"{node.number}-{one.number}", one) for node in own for one in node.below if not is_frame(one)]
    if sections == len(own) > 1 and _each_speaks(deeper, own, lines):
        return [(f"{node.number}-{one.number}", one) for node in own for one in node.below]
    return [(node.number, node) for node in own]


def _each_speaks(deeper: list[Node], own: list[Node], lines: Sequence[Line]) -> bool:
    """Whether it is the deeper paragraphs, rather than the sections, that each name their departments."""
    ends = [*[node.at for node in deeper[1:]], len(lines)]
    speaking = sum(bool(_told(lines, node, end)) for node, end in zip(deeper, ends, strict=True))
    return speaking >= 0.8 * len(deeper) and len(deeper) >= 2 * len(own)


def chosen(lines: Sequence[Line], counts: set[int]) -> list[tuple[str, Node]]:
    """The items of a text: their numbers, and the paragraphs that they begin with.

    In this order: paragraphs that call themselves an item (实事一, 第一项); as many of one kind as the title or preface says;
    else the outermost that are no frame of the document, or those below them where their numbers run through all sections.

    Examples
    --------
    >>> texts = ["一、总体要求", "二、重点任务", "（一）就业", "（二）低保", "三、保障措施", "（一）加强领导"]
    >>> [(number, node.text) for number, node in chosen([Line(text, 1) for text in texts], set())]
    [('1', '就业'), ('2', '低保')]
    """
    nodes = tree(lines)
    if named := [node for node in nodes if node.style == "named"]:
        return [(node.number, node) for node in named]
    if group := _declared_group(nodes, counts):
        return [(node.number, node) for node in group]
    return _level([node for node in nodes if not node.depth], lines) if nodes else []
