"""The words around a number: what stands before and behind it, and what of that it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBERING = re.compile(r"^\s*(?:[（(]?(?:\d+|[一二三四五六七八九十]+)[)）.、．]|——)\s*")
_TAIL = re.compile(r"[^，,、；;。：:(（]*")


@dataclass(frozen=True)
class Surroundings:
    """The words around a list of numbers.

    Attributes
    ----------
    title, section : str
        Of the item.
    head, gap : str
        From the beginning of the sentence to the number before, and from there to the first number of the list.
    tail, rest : str
        From the last number of the list to the next one, and to the end of the sentence.
    lead, earlier : str
        The first sentence of the line, and what stands before this one.
    first : bool
        Whether there is no number before in the sentence.
    opening : bool
        Whether the sentence is the first of its line that has numbers.
    """

    title: str
    section: str
    head: str
    gap: str
    tail: str
    rest: str
    lead: str
    earlier: str
    first: bool
    opening: bool

    @property
    def own(self) -> str:
        """The gap without what still belongs to the number before, or to the numbering."""
        if self.first:
            return _NUMBERING.sub("", self.gap)
        left = self.gap[_TAIL.match(self.gap).end() :]  # type: ignore[union-attr]
        return re.sub(r"^[（(][^（()）]*[)）]", "", left) or self.gap

    @property
    def behind(self) -> str:
        """The tail up to the next comma or stop."""
        return _TAIL.match(re.sub(r"^[)）]", "", self.tail))[0]  # type: ignore[index]

    @property
    def beyond(self) -> str:
        """The tail up to the next comma, lists included; nothing where the next number of the list begins there."""
        part = re.split(r"[，,；;。（(]", self.tail)[0]
        return "" if part == self.tail != self.rest or part.startswith(("、", ")", "）")) else part


@dataclass(frozen=True)
class Subject:
    """What one number is about.

    Attributes
    ----------
    words, whole : str
        Its own words, and those of the whole list.
    inherited : bool
        Whether they are those of the number before.
    why : tuple of str
        What that leaves in doubt.
    listed : bool
        Whether the list names recipients of one indicator, and not indicators.
    """

    words: str
    whole: str
    inherited: bool
    why: tuple[str, ...] = ()
    listed: bool = False

    @property
    def alone(self) -> bool:
        """Whether nothing was told apart."""
        return self.words == self.whole
