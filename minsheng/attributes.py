"""Whom a figure is for and what it is: residence, care, recipient, statistic, planned or achieved."""

from __future__ import annotations

import re
from functools import cached_property

import pandas as pd

from minsheng import constructions as made
from minsheng.surroundings import Subject, Surroundings
from minsheng.tables import Dataset

_REPORTING = re.compile(r"(?:完成|进展|推进|落实)情况\s*(?:[:：\n]|$|汇报|报告|如下)|自查(?:情况|报告)|工作总结", re.MULTILINE)
_DONE = re.compile("自查(?:情况|报告)|较好地?完成了|工作总结")
_STAGE = re.compile(
    r"\s*(?:[（(]?[\d一二三四五六七八九十]+[)）.、．]\s*)?(?:(?P<plan>目标任务|年度目标)|(?P<done>进展情况|完成情况))[:：]"
)
_PLANNED = "年度任务|年度目标|目标任务|任务调整为|计划|年初目标|拟|任务数"
_ACHIEVED = "进展情况|完成情况|已|完工|竣工|完成|建成|实际|共计|现有|落后|扣|形象进度"
_LEVELS = "标准的?$|标准[^，。；]*的$|救助|资助|报销|奖补|补助标准|分担"
_BUDGET = re.compile("(?:.*资金)?由?([省市县区])(?:级?财政)?按?$")
_OPENING = re.compile(r"\s*(?:——|实事)")
_GRADE, _CAUSE = re.compile("(?:[一二三四五六七八九十]|\\d+)级"), re.compile("因战|因公|因病")


class Attributes:
    """What the tables at hand always say of an indicator, and what a document says beside a number."""

    def __init__(self, known: Dataset, text: str) -> None:
        self._known = known
        self._stage = ""
        self.reporting, self.done = bool(_REPORTING.search(text)), bool(_DONE.search(text))

    def enter(self, line: str) -> None:
        """A new line begins; one such as 目标任务： or 进展情况： says of the lines after it what they tell."""
        if found := _STAGE.match(line):
            self._stage = "plan" if found["plan"] else "done"

    @cached_property
    def _always(self) -> dict[str, dict[str, set[str]]]:
        """Column to indicator to what its figures say there; their role without changes and shares."""
        changes = self._known.figures["role"].isin(["baseline", "increase", "growth", "share"])
        found = {column: _by_indicator(self._known.figures, column) for column in ("residence", "care", "statistic")}
        return found | {"role": _by_indicator(self._known.figures[~changes], "role")}

    @cached_property
    def _recipients(self) -> dict[str, set[str]]:
        return _by_indicator(self._known.figures.dropna(subset="recipient"), "recipient")

    def _usual(self, column: str, which: str) -> str:
        """What all figures of an indicator say in a column; empty where they differ or there are none."""
        found = self._always[column].get(which, set())
        return next(iter(found)) if len(found) == 1 else ""

    def _always_in(self, which: str) -> str:
        """Town or country where all figures of an indicator are, if its name says so; ``all`` where they are everywhere."""
        found = self._usual("residence", which)
        return found if found == "all" or re.search("[城镇乡村农]", self._names.get(which, "")) else ""

    @cached_property
    def _names(self) -> dict[str, str]:
        return dict(zip(self._known.indicators["indicator_id"], self._known.indicators["name"], strict=True))

    def recipient(self, which: str, words: str, wide: bool = False) -> str:
        """The recipient of an indicator that some words name; the longest where there are several.

        With `wide`, any that the descriptor knows; else those that the figures of the indicator have.

        Examples
        --------
        >>> import minsheng as ms
        >>> Attributes(ms.load(), "").recipient("tekun_care_allowance", "特困半失能人员")
        '半失能'
        """
        words = words.replace("了", "")
        grade, cause = _GRADE.search(words), _CAUSE.search(words)
        if grade and cause:
            return grade[0] + cause[0]
        own = self._recipients.get(which, set()) | (self._groups if wide and self.tells_apart(which) else set())
        there = [one for one in own if one in words or (one in self._recipients.get(which, ()) and one.split("·")[0] in words)]
        budget = _BUDGET.match(words)
        return max(sorted(there), key=len, default=f"{budget[1]}级财政" if budget and f"{budget[1]}级财政" in own else "")

    @cached_property
    def _groups(self) -> set[str]:
        """What the descriptor calls those who receive."""
        return set(self._known.known.recipients.get("group", {}))

    def tells_apart(self, which: str) -> bool:
        """Whether an indicator has recipients, as far as it has any figures yet."""
        return which in self._recipients or which not in self._always["residence"]

    def of(self, which: str, subject: Subject, around: Surroundings, shared: bool) -> tuple[str, str, str, str]:
        """Residence, care, statistic and recipient of a number, or of one of the things that share it."""
        told = made.care(subject.words) or (made.care(subject.whole) if "doubt.told_apart" in subject.why else "")
        alone = shared and "doubt.told_apart" not in subject.why
        return (
            _part(subject) or self._always_in(which) or self._residence(subject, around) or "all",
            told or self._usual("care", which) or made.care("" if alone else subject.whole) or "all",
            self._usual("statistic", which) or self._statistic(subject, around) or "standard",
            self.recipient(which, subject.words, wide=True) or ("" if shared else self._behind(which, subject, around)),
        )

    def _residence(self, subject: Subject, around: Surroundings) -> str:
        clauses = reversed(re.split("[，,；;：:。]", subject.words))
        texts = (*clauses, subject.whole, around.behind)
        return next(filter(None, map(made.residence, texts)), "") or self._wider(around)

    def _statistic(self, subject: Subject, around: Surroundings) -> str:
        elliptic = "" if "标准" in subject.whole else around.head
        return next(filter(None, map(made.statistic, (subject.words, subject.whole, elliptic))), "")

    def _behind(self, which: str, subject: Subject, around: Surroundings) -> str:
        found = self.recipient(which, around.behind)
        return found or (self.recipient(which, around.head[-60:]) if subject.alone else "")

    def _wider(self, around: Surroundings) -> str:
        before = re.split("[。！\\n]", around.earlier)[-1]
        return made.residence(around.head[-40:]) or made.residence(before) or made.residence(around.title)

    def divides(self, which: str, unit: str, own: list[str]) -> bool:
        """Whether a percentage of an indicator is a share of it and not its value."""
        return unit not in own or self._roles.get(which) == {"share"}

    @cached_property
    def _roles(self) -> dict[str, set[str]]:
        return _by_indicator(self._known.figures, "role")

    def role(self, which: str, unit: str, around: Surroundings) -> str:
        """``level``, ``share``, ``target`` or ``achieved``."""
        usual = self._always["role"].get(which, set())
        if usual and not usual & {"target", "achieved"}:
            return "level"
        if not usual and (unit == "倍" or (unit in ("%", "元") and re.search(_LEVELS, around.gap + around.behind))):
            return "level"
        return "achieved" if self._achieved(around) else "target"

    def _achieved(self, around: Surroundings) -> bool:
        """Whether a number is what was done: by the kind of document, and by the nearest word that says so."""
        if self.done or not self.reporting:
            return self.done
        before = around.head + around.gap
        if (around.opening and _OPENING.match(before)) or re.search("年初目标|目标任务数", around.behind):
            return False
        marks = [(found.end(), found.lastgroup) for found in re.finditer(f"(?P<plan>{_PLANNED})|(?P<done>{_ACHIEVED})", before)]
        told = "done" if around.behind.startswith("已") or _OPENING.match(around.lead) else self._stage
        return (max(marks)[1] if marks else told) == "done"


def _part(subject: Subject) -> str:
    """Town or country where a number is the part of another that is there: 其中农村地区300个."""
    found = re.search("(?:其中|含)[^，,；;]*$", subject.words)
    return made.residence(found[0]) if found and made.bare(re.sub("农村地?区?|城镇|城区", "", found[0])) else ""


def _by_indicator(rows: pd.DataFrame, column: str) -> dict[str, set[str]]:
    """Indicator to all that its rows say in a column."""
    found: dict[str, set[str]] = {}
    for which, said in zip(rows["indicator_id"], rows[column], strict=True):
        found.setdefault(which, set()).add(said)
    return found
