"""What can be wrong with one cell of a table, by its column in the descriptor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import normalize

from minsheng.faults import nearest
from minsheng.numerals import chinese_number
from minsheng.schema import Field, Schema

Found = tuple[str, dict[str, object]]
"""Key of a fault and the values of its words."""

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
"""How a number is written in the tables."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
"""Characters that nobody types and that no workbook can hold."""

_INTEGER = re.compile(r"-?[0-9]+")
_RANGE = re.compile(r"[0-9]+(\.[0-9]+)?\s*[-–—~至到]+\s*[0-9]+(\.[0-9]+)?")
_TIMES = re.compile(r"([十百千]?[万亿]|[百千])(.+)")
"""A unit with a number before it, as documents print it: 万元."""
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DATE = re.compile(
    r"\d{1,4}[-/年.]\d{1,2}([-/月.]\d{1,2}日?)?( \d\d:\d\d:\d\d(\.\d+)?)?|\d{1,2}月\d{1,2}日|"
    r"\d{1,2}-(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*(-\d{2,4})?|"
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*-\d{1,4}",
    re.IGNORECASE,
)


def retyped(text: str) -> str:
    """What was probably typed where Excel made a date of it: month and day, or year and month where there is no day.

    Examples
    --------
    >>> retyped("2024-09-01"), retyped("2024年9月"), retyped("9月1日"), retyped("1-Sep"), retyped("Sep-24"), retyped("1-Sep-24")
    ('9-1', '2024-9', '9-1', '9-1', '9-24', '9-1')
    """
    words = re.findall(r"[A-Za-z]+|[0-9]+", text.split(" ")[0])
    months = [_MONTHS.index(word[:3].lower()) + 1 for word in words if word[:3].lower() in _MONTHS]
    numbers = [int(word) for word in words if word.isdigit()]
    return "-".join(map(str, months + numbers[:1] if months else numbers[-2:]))


def _number_fault(text: str, pattern: re.Pattern[str]) -> Found | None:
    if pattern.fullmatch(text):
        return None
    if text != text.strip():
        return "fault.blanks", {"text": text}
    plain = normalize("NFKC", text)
    if plain != text and NUMBER.fullmatch(plain):
        return "fault.full_width", {"text": text, "plain": plain}
    if pattern is _INTEGER and NUMBER.fullmatch(plain):
        return "fault.not_integer", {"text": text}
    if _DATE.fullmatch(text):
        return "fault.date", {"text": text, "typed": retyped(text)}
    if NUMBER.fullmatch(plain.replace(",", "")) and "," in plain:
        return "fault.thousands", {"text": text, "plain": plain.replace(",", "")}
    if re.fullmatch(r"-?\d+(\.\d+)?[eE][+-]?\d+", plain):
        return "fault.exponent", {"text": text}
    if _RANGE.fullmatch(plain):
        return "fault.two_numbers", {"text": text}
    return "fault.not_integer" if pattern is _INTEGER else "fault.not_number", {"text": text}


def _range_fault(text: str, field: Field) -> Found | None:
    value = float(text)
    if field.minimum is not None and value < field.minimum:
        return "fault.too_small", {"value": text, "limit": f"{field.minimum:g}"}
    if field.maximum is not None and value > field.maximum:
        return "fault.too_large", {"value": text, "limit": f"{field.maximum:g}"}
    return None


def cell_fault(text: str, field: Field, known: Schema) -> Found | None:
    """What is wrong with one cell of a column, by the descriptor."""
    if not text:
        return ("fault.required", {}) if field.required else None
    if control := _CONTROL.search(text):
        return "fault.control", {"code": f"U+{ord(control[0]):04X}", "position": control.start() + 1}
    if field.type in ("number", "integer"):
        found = _number_fault(text, _INTEGER if field.type == "integer" else NUMBER)
        return found or _range_fault(text, field)
    if text != text.strip():
        return "fault.blanks", {"text": text}
    if field.vocabulary and text not in known.codes(field.vocabulary):
        many = _TIMES.fullmatch(text)
        if many and many[2] in known.codes(field.vocabulary):
            return "fault.many_units", {"text": text, "unit": many[2], "times": chinese_number(f"一{many[1]}")}
        return "fault.not_in_vocabulary", {"text": text, "nearest": nearest(text, known.codes(field.vocabulary))}
    if field.pattern and not re.fullmatch(field.pattern, text):
        key = "fault.date" if _DATE.fullmatch(text) else "fault.pattern"
        return key, {"text": text, "typed": retyped(text), "pattern": field.pattern}
    if field.max_length and len(text) > field.max_length:
        return "fault.too_long", {"length": len(text), "limit": field.max_length}
    return None


def faulty(texts: Sequence[str], field: Field, known: Schema) -> dict[str, Found]:
    """What is wrong with which of the distinct texts of a column."""
    if _plainly_right(texts, field):
        return {}
    return {text: found for text in texts if (found := cell_fault(text, field, known))}


def _plainly_right(texts: Sequence[str], field: Field) -> bool:
    """Whether many texts in words of their own (titles, notes) are right, seen in all of them at once."""
    if field.type != "string" or field.vocabulary or field.pattern or (field.required and "" in texts):
        return False
    fits = not field.max_length or max(map(len, texts), default=0) <= field.max_length
    return fits and list(map(str.strip, texts)) == list(texts) and not _CONTROL.search(" ".join(texts))


def by_pattern(field: Field) -> str | None:
    """The pattern of a column of which every text that matches is right (it admits no blanks and no control characters)."""
    return field.pattern if field.type == "string" and not field.vocabulary and not field.max_length else None
