"""Each evidence held against the document it is taken from."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pandas as pd

from minsheng.faults import Fault, Refused
from minsheng.tables import Dataset, load

_BLANK = re.compile(r"\s+")
_HAN = "零一二三四五六七八九十"


@dataclass(frozen=True)
class Verified:
    """What `verify` found: how many figures were held against a document, and what was not found."""

    held: int
    documents: int
    skipped: list[str]
    faults: list[Fault]


def han(number: int) -> str:
    """A number from 1 to 99 in Chinese, as items are numbered.

    Examples
    --------
    >>> han(7), han(13), han(20), han(45)
    ('七', '十三', '二十', '四十五')
    """
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _HAN[tens] + "十") + (_HAN[ones] if ones else "")


def starts(text: str, item: str, anchor: str) -> list[int]:
    """Where an item begins in a text: at its anchor, or at its number in one of the usual forms."""
    if anchor:
        return [found.start() for found in re.finditer(re.escape(anchor), text)]
    if not item.isdigit() or int(item) > 99:
        return []
    forms = (
        rf"^[ 　]*{item}[.、．]",  # 12. or 12、 at the start of a line
        rf"(?:^|\| ){item} \| ",  # a row of a table
        rf"^[ 　]*{han(int(item))}、",  # 十二、 at the start of a line
        rf"实事{han(int(item))}[：:]",  # 实事五：
    )
    return sorted({found.start() for form in forms for found in re.finditer(form, text, re.MULTILINE)})


def passages(text: str, items: pd.DataFrame) -> dict[str, str]:
    r"""The text of each item: from each place where it begins to where the next item begins.

    Parameters
    ----------
    text : str
        A document.
    items : DataFrame
        Its items: columns ``item``, ``anchor``.

    Returns
    -------
    dict
        Item to its text; an item printed twice has both passages; one that is not found is not there.

    Examples
    --------
    >>> items = pd.DataFrame({"item": ["1", "2"], "anchor": [None, None]})
    >>> passages("一、甲 5元\n二、乙 6元\n", items)["2"]
    '二、乙 6元\n'
    """
    marks = sorted(
        (at, row.item)
        for row in items.itertuples()
        for at in starts(text, row.item, row.anchor if isinstance(row.anchor, str) else "")
    )
    found: dict[str, str] = {}
    for (at, item), (end, _) in zip(marks, [*marks[1:], (len(text), "")], strict=True):
        found[item] = found.get(item, "") + text[at:end]
    return found


def _spans(folder: Path) -> dict[tuple[str, int], tuple[int, int]]:
    """Spans of the documents inside their files, where a ``parts.csv`` is beside them."""
    parts = folder / "parts.csv"
    if not parts.exists():
        return {}
    with parts.open(encoding="utf-8", newline="") as lines:
        return {
            (row["source_file"], int(row["source_part"])): (int(row["start_char"]), int(row["end_char"]))
            for row in csv.DictReader(lines)
        }


def _document_text(folder: Path, document: pd.Series, spans: dict[tuple[str, int], tuple[int, int]]) -> tuple[str, str] | None:
    """The text of a document, and the SHA-256 that its row should have: of a text itself, of any other file as it is."""
    path = folder / document["source_file"]
    if not path.exists():
        return None
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8") if path.suffix.lower() == ".txt" else ""
    except UnicodeDecodeError:
        text = ""
    if not text:
        from minsheng.manuscripts import read

        return "\n".join(line.text for line in read(path).lines), sha256(raw).hexdigest()
    part = (document["source_file"], int(document["source_part"]) if pd.notna(document["source_part"]) else 1)
    start, end = spans.get(part, (0, len(text)))
    return text[start:end], sha256(text[start:end].encode("utf-8")).hexdigest()


def texts(folder: Path, data: Dataset) -> Iterator[tuple[pd.Series, str]]:
    """Each document whose source is in a folder, with its text."""
    spans = _spans(folder)
    for _, document in data.documents.dropna(subset="source_file").iterrows():
        if found := _document_text(folder, document, spans):
            yield document, found[0]


def _in(evidence: str, text: str) -> bool:
    return _BLANK.sub("", evidence) in _BLANK.sub("", text)


def _held(figures: pd.DataFrame, text: str, items: pd.DataFrame) -> list[Fault]:
    by_item = passages(text, items)
    faults = []
    for row in figures.itertuples():
        passage = text if pd.isna(row.item) else by_item.get(row.item)
        if passage is None:
            faults.append(
                Fault("figures.csv", 0, row.figure_id, "verify.no_item", {"document": row.document_id, "item": row.item})
            )
        elif not _in(row.evidence, passage):
            key = "verify.elsewhere" if _in(row.evidence, text) else "verify.not_found"
            item = "–" if pd.isna(row.item) else row.item
            faults.append(
                Fault("figures.csv", 0, row.figure_id, key, {"document": row.document_id, "item": item, "evidence": row.evidence})
            )
    return faults


def verify(sources: str | Path, data: Dataset | None = None) -> Verified:
    """Hold each `evidence` against its document.

    Parameters
    ----------
    sources : path
        Folder with the source files; a ``parts.csv`` beside them gives the spans of documents that share a file.
    data : Dataset, optional
        Tables to verify; the bundled ones if not given.

    Returns
    -------
    Verified
        ``held`` figures of ``documents`` documents; ``skipped`` documents whose text is not in the folder; ``faults``
        for a text that is not the one the tables were made from, an item that is not found, an evidence that is not
        in its item.

    Raises
    ------
    Refused
        If there is no such folder.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import minsheng as ms
    >>> with TemporaryDirectory() as without_texts:
    ...     found = ms.verify(without_texts)
    >>> found.held, found.faults, len(found.skipped) == len(ms.load().documents)
    (0, [], True)
    """
    folder = Path(sources)
    if not folder.is_dir():
        raise Refused("refused.no_folder", folder=str(sources))
    data = data or load()
    spans, faults, skipped = _spans(folder), [], []
    held = count = 0
    for _, document in data.documents.iterrows():
        name = document["document_id"]
        found = None if pd.isna(document["source_file"]) else _document_text(folder, document, spans)
        if found is None:
            skipped.append(name)
            continue
        text, digest = found
        if pd.notna(document["source_sha256"]) and digest != document["source_sha256"]:
            faults.append(Fault("documents.csv", 0, name, "verify.other_text", {"file": document["source_file"]}))
        figures = data.figures[data.figures["document_id"] == name]
        faults += _held(figures, text, data.items[data.items["document_id"] == name])
        held, count = held + len(figures), count + 1
    return Verified(held, count, skipped, faults)
