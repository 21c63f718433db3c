"""What is wrong and what to do: one fault, a set of faults found, a request refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from minsheng.labels import say


@dataclass(frozen=True, order=True)
class Fault:
    """One fault in the tables, or of one evidence against its document.

    Attributes
    ----------
    file : str
        The file, or the sheet of a workbook.
    row : int
        Counted as a spreadsheet does: the header is row 1; 0 for the file as a whole.
    column : str
        The column, empty for the row as a whole.
    key : str
        Which words tell it (``strings/``).
    values : dict
        What the words leave open.

    Examples
    --------
    >>> Fault("figures.csv", 7, "care", "fault.required").where
    'figures.csv:7:care'
    """

    file: str
    row: int = 0
    column: str = ""
    key: str = field(default="", compare=False)
    values: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def where(self) -> str:
        """``file:row:column``, as much of it as is known."""
        return ":".join([self.file, *([str(self.row)] if self.row else []), *([self.column] if self.column else [])])

    def text(self, lang: str = "zh") -> str:
        """``file:row:column: what is wrong; what to do``.

        Examples
        --------
        >>> Fault("figures.csv", 7, "care", "fault.required").text("en")
        'figures.csv:7:care: the cell is empty; fill it in'
        """
        return f"{self.where}: {say(self.key, lang, **self.values)}"

    def __str__(self) -> str:
        return self.text()


class FaultsFound(ValueError):  # noqa: N818
    """Tables could not be loaded; `faults` holds every fault, in order.

    Attributes
    ----------
    faults : list of Fault
        All of them, by file, row and column.

    Examples
    --------
    >>> found = FaultsFound([Fault("figures.csv", 7, "care", "fault.required")])
    >>> print(found.text("en"))
    faults found: 1; nothing was loaded:
    figures.csv:7:care: the cell is empty; fill it in
    """

    SHOWN = 20

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: list[Fault] = sorted(faults)
        super().__init__(self.text("zh") + "\n" + self.text("en").split("\n", 1)[0])

    def text(self, lang: str = "zh") -> str:
        """A count, then a line a fault (the first 20)."""
        shown = [fault.text(lang) for fault in self.faults[: self.SHOWN]]
        rest = len(self.faults) - len(shown)
        more = [say("fault.more", lang, rest=rest)] if rest else []
        return "\n".join([say("fault.found", lang, count=len(self.faults)), *shown, *more])


class Refused(ValueError):  # noqa: N818
    """A request that cannot be answered, with why and what to ask instead.

    Attributes
    ----------
    key : str
        Which words tell it (``strings/``).
    values : dict
        What the words leave open.

    Examples
    --------
    >>> Refused("refused.topic", value="pension", nearest="pensions").text("en")
    'there is no topic “pension”; did you mean pensions'
    """

    def __init__(self, key: str, **values: Any) -> None:
        self.key, self.values = key, values
        super().__init__(f"{self.text('zh')}\n{self.text('en')}")

    def text(self, lang: str = "zh") -> str:
        """The sentence in `lang`."""
        return say(self.key, lang, **self.values)


def nearest(word: str, known: Sequence[str]) -> str:
    """The known word nearest to `word`, or the first few known ones.

    Examples
    --------
    >>> nearest("benefits", ["benefit", "ratio"])
    'benefit'
    >>> nearest("xyz", ["benefit", "ratio"])
    'benefit, ratio'
    """
    close = get_close_matches(word, known, n=1, cutoff=0.5)
    return close[0] if close else ", ".join(list(known)[:12]) + (", …" if len(known) > 12 else "" if known else "–")
