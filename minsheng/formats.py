"""Which documents can be read: what their names and their first bytes say."""

from __future__ import annotations

from pathlib import Path

from minsheng.faults import Refused
from minsheng.spreadsheet import OLE, ZIP

FORMATS = {".txt": "plain", ".docx": "word", ".html": "plain", ".htm": "plain", ".pdf": "pdf", ".xlsx": "sheet_cells"}
"""What can be read, and the room that reads it (its ``lines``)."""


def _kind(raw: bytes) -> str:
    """What a file is by its first bytes; empty where they do not tell."""
    if raw.startswith(ZIP):
        names = ((b"word/document.xml", ".docx"), (b"xl/workbook.xml", ".xlsx"))
        return next((suffix for name, suffix in names if name in raw), ".zip")
    if raw.startswith(OLE):
        return "encrypted" if "EncryptedPackage".encode("utf-16-le") in raw else "old"
    if raw.lstrip()[:5] == b"%PDF-":
        return ".pdf"
    head = raw[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return ".html"
    return ".rtf" if raw.startswith(b"{\\rtf") else ""


def suited(path: Path, raw: bytes) -> str:
    """The suffix by which a file is read, if its name and its bytes agree.

    Raises
    ------
    Refused
        If they do not, or it is empty, encrypted, broken, or of a format that is not read.

    Examples
    --------
    >>> suited(Path("list.HTM"), b"<html><p>")
    '.html'
    """
    suffix, kind = path.suffix.lower(), _kind(raw)
    if not raw.strip(b"\xef\xbb\xbf\xff\xfe\0 \r\n\t"):
        raise Refused("reading.empty", file=path.name)
    if kind in ("encrypted", "old"):
        raise Refused(f"reading.{kind}", file=path.name)
    if suffix not in FORMATS:
        raise Refused("reading.format", file=path.name, formats=" ".join(FORMATS))
    own = ".html" if suffix == ".htm" else suffix
    if kind and kind != own:
        raise Refused("reading.suffix", file=path.name, kind=kind, suffix=suffix)
    if not kind and own in (".docx", ".xlsx", ".pdf"):
        raise Refused("reading.broken", file=path.name)
    return own
