"""What numbers are counted in: the units of the tables, others that documents use, and what dates and terms are told in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

SYNONYMS = {"人(次)": "人次", "人（次）": "人次", "个百分点": "%", "㎡": "平方米", "千米": "公里", "亩次": "亩"}
"""Units by other names."""

OTHER = [
    "公顷", "公斤", "米", "辆", "位", "只", "盏", "本", "张", "棵", "艘", "片", "块", "枚",
    "部", "册", "例", "具", "株", "幢", "栋", "组", "趟", "款", "吨", "根", "宗", "剂次",
]  # fmt: skip
"""Units of which no indicator makes use yet."""

SPANS = ["年", "月", "日", "天", "周岁", "岁", "小时", "周", "季度", "学期", "分钟"]
"""What a date, an age or a term is counted in."""

NO_TENTH, NO_HALF = "立为员本果效功长都", "十百千万亿年月日个人户家名"
"""What follows 成 where it is no tenth, and the 五 of 九成五 where it is a number of its own."""

NOT_BEFORE = {"分": "之点钟别担散摊解级类", "部": "门委分署队曲", "组": "织团长成合建", "例": "如外会"}
"""What follows a unit where it is none but begins another word."""


@cache
def unit_words(codes: tuple[str, ...]) -> tuple[str, ...]:
    """All that a number may be counted in, the longest first; `codes` are the units of the tables.

    Examples
    --------
    >>> unit_words(("人", "人次")).index("人次") < unit_words(("人", "人次")).index("人"), "周岁" in unit_words(())
    (True, True)
    """
    every = {*codes, *SYNONYMS, *OTHER, *SPANS} - {"指数"}
    return tuple(sorted(every, key=lambda one: (-len(one), one)))


@cache
def forms(codes: tuple[str, ...]) -> str:
    """The same as a regular expression."""
    return "|".join(re.escape(one) + (f"(?![{NOT_BEFORE[one]}])" if one in NOT_BEFORE else "") for one in unit_words(codes))


def counted(text: str, at: int, words: Iterable[str]) -> bool:
    """Whether one of some units stands at a place of a text.

    Examples
    --------
    >>> counted("扣五分", 2, ["分"]), counted("五分之一", 1, ["分"])
    (True, False)
    """
    return any(
        text.startswith(one, at) and text[at + len(one) : at + len(one) + 1] not in tuple(NOT_BEFORE.get(one, ""))
        for one in words
    )
