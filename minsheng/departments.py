"""Who leads and who supports an item, in all the forms in which a document says so."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LEAD, _DUTY, _SUPPORT = "牵头|主管|主办|主责|第一责任|主要责任", "责任|负责|承办|实施|落实|承担", "配合|协办|参与|协同|协助|支持"
_KIND = "(?:单位|部门|主体|处室|科室|局|人)"
_ROLE = re.compile(rf"({_LEAD}|{_DUTY}|{_SUPPORT}){_KIND}?(?:及{_KIND})?\s*[：:]")
_HEADING = re.compile(rf"\s*(?:市级|区级|县级|省级)?({_LEAD}|{_DUTY}|{_SUPPORT}){_KIND}\s*")
_SAID = re.compile(rf"(.+?)(?:共同)?({_LEAD}|{_DUTY}|{_SUPPORT})(?=[，,；;、\s]|$)[，,；;、\s]*")
_BRACKET = re.compile(r"[（(]([^（）()]*(?:[（(][^（）()]*[）)][^（）()]*)*)[）)]|[【\[]([^【】\[\]]*)[】\]]")
_TAIL = re.compile(rf"(?:^|(?<=[。；;！\s、.．）)]))(?:市级|区级|县级|省级)?((?:{_LEAD}|{_DUTY}|{_SUPPORT}){_KIND}\s*[：:].*)$")
_BODY = re.compile(
    r"(局|委|厅|办|室|会|院|中心|部|公司|集团|政府|处|署|联|队|镇|乡|街道|街办|团委|妇联|工会|银行|大学|学校|支队|大队|办公室|管委会|区|县|单位|部门|站|所)$"
)
_CITED = re.compile(r"(等(有关|相关)?(部门|单位)?|按职责分工)$")


def names(text: str) -> list[str]:
    """The departments of a list, as they are written; a blank inside a name is none between two.

    Examples
    --------
    >>> names("市教育 体育局、市残联"), names("市民政局 市财政局"), names("各县（市、区）政府，市直有关部门")
    (['市教育体育局', '市残联'], ['市民政局', '市财政局'], ['各县（市、区）政府', '市直有关部门'])
    """
    text = re.split(r"[。；;，,]?\s*(?:完成|办结)?(?:时限|时间|期限)\s*[:：]", text)[0]
    kept = re.sub(r"[（(][^（）()]*[）)]", lambda one: re.sub("[、，,；;]", "\0", one[0]), text)
    found: list[str] = []
    for part in re.split("[、，,；;/\n]", kept):
        words = part.replace("\0", "、").split()
        complete = len(words) > 1 and all(_BODY.search(one) for one in words)
        found += words if complete else ["".join(words)]
    tidy = (_CITED.sub("", one.strip("。．.：: ")) for one in found)
    return [one for one in dict.fromkeys(tidy) if one]


def _split(said: str) -> list[tuple[str, str]]:
    """Role and names of what a bracket or a line says; empty where it says nothing of departments."""
    parts = _ROLE.split(said)
    if len(parts) > 1:
        return list(zip(parts[1::2], parts[2::2], strict=True))
    told = [(one[2], one[1]) for one in _SAID.finditer(said)]
    if told and "".join(one[0] for one in _SAID.finditer(said)) == said and all(_departments(text) for _, text in told):
        return told
    return [("责任", said)] if _departments(said) else []


def _departments(text: str) -> bool:
    """Whether a text is nothing but departments."""
    found = names(text)
    return (
        bool(found)
        and len(text) < 200
        and all(_BODY.search(one) and 2 < len(one) < 25 for one in found)
        and not re.search(r"\d", text)
    )


def spoken(text: str) -> list[tuple[int, int, list[tuple[str, str]]]]:
    """Where a text speaks of departments: from, to, and role and names there."""
    found = [(one.start(), one.end(), _split((one[1] or one[2] or "").strip())) for one in _BRACKET.finditer(text)]
    found = [one for one in found if one[2] and (_ROLE.search(text[one[0] : one[1]]) or not text[one[1] :].strip("。；; "))]
    if not found and (tail := _TAIL.search(text)):
        found = [(tail.start(), tail.end(), _split(tail[1]))]
    return found


def without(text: str) -> str:
    """A text without what it says of departments.

    Examples
    --------
    >>> without("老旧小区改造（区住房城乡建设局负责）")
    '老旧小区改造'
    """
    for start, end, _ in reversed(spoken(text)):
        text = text[:start] + text[end:]
    return text.strip()


def heading(text: str) -> str:
    """Whether the heading of a column is one of departments: ``lead``, ``support`` or nothing.

    Examples
    --------
    >>> heading("牵头 单位"), heading("配合部门"), heading("项目名称")
    ('lead', 'support', '')
    """
    found = _HEADING.match("".join(text.split()))
    return ("support" if re.match(_SUPPORT, found[1]) else "lead") if found else ""


def departments(texts: Iterable[str]) -> tuple[str, str]:
    """Who leads an item and who supports it, ``;`` between departments.

    Whoever is only responsible leads where nobody else does, and supports otherwise.

    Examples
    --------
    >>> departments(["完成改造。（牵头单位：区残联，配合单位：区民政局、区卫健委）"])
    ('区残联', '区民政局;区卫健委')
    >>> departments(["老旧小区改造（区住房城乡建设局、区城管局负责）"])
    ('区住房城乡建设局;区城管局', '')
    """
    said = [part for text in texts for _, _, parts in spoken(text) for part in parts]
    lead = [text for role, text in said if re.match(_LEAD, role)]
    duty = [text for role, text in said if re.match(_DUTY, role) and not re.match(_LEAD, role)]
    support = [text for role, text in said if re.match(_SUPPORT, role)]
    leaders = names("、".join(lead or duty))
    return ";".join(leaders), ";".join(one for one in names("、".join((duty if lead else []) + support)) if one not in leaders)
