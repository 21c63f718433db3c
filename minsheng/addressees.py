"""Whom a number is for, as a document prints it: a grade, an age, a group, the short name in a list."""

from __future__ import annotations

import re
from itertools import takewhile

from minsheng.constructions import PERIODS, bare, enumerated, last_clause

_NO_LABEL = re.compile(
    r"城镇|城市|城区|农村|乡村|城乡|[集分][中散](?:供养|养育)|散居|[省市县区乡镇村办]$|[\d%*]|其他|财政|任务|目标|[完建]成|资金|投资|金额|费用"
    r"|[总增同]|[比率额度]$|不超过|^社会$|落实|执行|动态|企业|机构$|各|达|实现|给予|发放"
)
_GRADES = re.compile("(?<!高)[一二三四五六七八九十]级(?!以上|医院|公路)|[A-Da-d甲乙丙丁]类|[一二三]类(?=困难|人员|[（(]|$)")
_DEGREES = re.compile("[重中轻]度(?!残)|[全半](?:护理|失能|自理)|(?<!半)失能")
_AGES = re.compile(r"(?:年满)?(\d{1,3}(?:\s*周?岁)?(?:[-—–~～至]\d{1,3})?周?岁(?:\(?含\)?)?(?:及?以[上下])?)")
_PERSONS = re.compile(
    r"(?:人员|对象|成员|人口|儿童|孤儿|学生|职工|群众|老人|老年人|残疾人|居民|军人|遗属|家庭|户|妇女|婴|生|者|师)$"
)

_AFTER_PERSONS = re.compile("(?:(?<=人员|对象|成员|人口)|等)[^、和及与，,；;]*(?=[，,]|$)")
"""What is said of a group of persons behind its name."""


def grade(text: str) -> str:
    """The grades or classes that a text names.

    Examples
    --------
    >>> grade("护理补贴一级"), grade("三级医院"), grade("三级、四级"), grade("C类对象")
    ('一级', '', '三级、四级', 'C类')
    """
    return "、".join(dict.fromkeys(_GRADES.findall(text)))


def degree(text: str) -> str:
    """How much care one needs, where a list tells that apart.

    Examples
    --------
    >>> degree("护理补贴按重度"), degree("重度残疾人护理补贴")
    ('重度', '')
    """
    found = _DEGREES.findall(text)
    return found[-1] if found else ""


def age(text: str) -> str:
    """The age that a text names; empty where it names several.

    Examples
    --------
    >>> age("80至89周岁老年人每人每月"), age("对年满65周岁")
    ('80-89周岁', '65周岁')
    """
    found = _AGES.findall(text)
    return re.sub("(?:周?岁)?[-—–~～至](?=\\d)", "-", found[0]) if len(found) == 1 else ""


def without(text: str, degrees: bool = False) -> str:
    """A text without grades and ages, and if asked without degrees.

    Examples
    --------
    >>> without("、二级由"), without("90至99周岁老人每人每月")
    ('、由', '老人每人每月')
    """
    return _AGES.sub("", _GRADES.sub("", _DEGREES.sub("", text) if degrees else text))


def label(text: str) -> str:
    """A short name that stands alone before a number, as in 甲类90元、乙类80元; empty where there is none.

    Examples
    --------
    >>> label("，乙类每人每月"), label("，达到"), label("、城东镇"), label("，同比增长")
    ('乙类', '', '', '')
    """
    clause = _AFTER_PERSONS.sub("", last_clause(text))
    short = PERIODS.sub("", re.sub(r"^(?:\W|和|及|与|或|其中|即)+", "", clause))
    return short if 1 < len(short) < 12 and not _NO_LABEL.search(short) and not bare(short) else ""


def persons(text: str) -> list[str]:
    """The groups of persons that a text lists at its end.

    Examples
    --------
    >>> persons("对低保对象、监测对象"), persons("道路和桥梁")
    (['低保对象', '监测对象'], [])
    """
    parts = [re.split("的", one)[-1] for one in enumerated(_AFTER_PERSONS.sub("", text))]
    tail = list(takewhile(lambda one: _PERSONS.search(one) and len(one) < 14, reversed(parts)))[::-1]
    return tail if len(tail) > 1 else []
