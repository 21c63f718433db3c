"""A document as it was handed over: its lines in reading order, and the numbered items that they make up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from minsheng.tables import Dataset


@dataclass(frozen=True)
class Line:
    """One paragraph or table cell of a document.

    Attributes
    ----------
    text : str
        As it stands there; only ends of lines are normalised, never a digit.
    row : int
        The paragraph, or the row of a table, counted from 1 through the whole document.
    table : int or None
        Which table it is in, counted from 1; None outside tables.
    column : int or None
        Which column of the table, counted from 1.
    bold : bool
        Whether all of it is bold.
    style : str
        Name of the paragraph's style (``Heading 1``, ``h2``, ...), empty where there is none.
    """

    text: str
    row: int
    table: int | None = None
    column: int | None = None
    bold: bool = False
    style: str = ""


@dataclass(frozen=True)
class Manuscript:
    """A document: its name, its lines in reading order, the SHA-256 of its file, and its title."""

    name: str
    lines: tuple[Line, ...]
    sha256: str
    title: str


@dataclass(frozen=True)
class Item:
    """One numbered item of a document, with the lines that belong to it (its heading included).

    Attributes
    ----------
    number : str
        As printed, in Arabic digits where it is a number (``7``; ``9-1`` under 9).
    title, section : str
        Its own heading, and that of the section it stands in.
    lead, support : str
        Departments, ``;`` between them.
    topic : str
        Code of the vocabulary ``topic``; empty where no word speaks for any.
    confidence : float
        0 to 1.
    why : str
        What speaks for it and against it.
    lines : tuple of Line
    """

    number: str
    title: str
    section: str
    lead: str
    support: str
    topic: str
    confidence: float
    why: str
    lines: tuple[Line, ...]


def read(path: str | Path) -> Manuscript:
    """The lines of a document."""
    raise NotImplementedError


def items(manuscript: Manuscript, known: Dataset) -> tuple[list[Item], list[Line]]:
    """The items of a document, and the lines outside any item."""
    raise NotImplementedError
