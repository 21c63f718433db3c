"""The numbers of a text: every digit string and every Chinese numeral with a unit, and what each of them counts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from minsheng.numerals import printed_values
from minsheng.unit_words import NO_HALF, NO_TENTH, SPANS, SYNONYMS, forms

_NARROW = str.maketrans("０１２３４５６７８９．％", "0123456789.%")
_HAN = "零〇一二两三四五六七八九十百千万亿"
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?"
_TO = r"\s*[-—–~～至]{1,2}\s*"
_LONGEST = 24
"""Characters of the longest number that is read; a longer one is no figure."""

_SUBJECTS = {
    "人次": "person-time", "千人": "thousand-persons", "名学生": "student", "学生": "student", "生": "student",
    "新生儿": "newborn", "人": "person", "户": "household", "村": "village", "教室": "classroom", "间": "classroom",
    "家": "institution", "院": "institution", "机构": "institution", "社区": "community", "场": "performance",
    "项目": "project", "服役一年": "service-year", "学年": "year", "年": "year", "月": "month", "天": "day", "日": "day",
}  # fmt: skip
_ORDER = ["month", "year", "day", "service-year"]
_WORD = "|".join(_SUBJECTS)
_DOT = "[·•∙・‧.．*×]"
_AFTER_PER = re.compile(rf"\s*(?:/[（(]?每?(?:{_WORD})(?:\s*{_DOT}\s*(?:{_WORD})[)）]?)*|每[个名间]?(?:{_WORD}))+")

_LEAST = r"不低于|不少于|不小于|不得低于|至少|最少|高于|超过"
_MOST = r"不超过|不高于|不得超过|不多于|至多|最高|最多|低于|少于|不足"
_ABOUT = r"大约|约|近|接近"
_BEFORE = (("at_most", rf"(?<!不)(?:{_MOST})|不超过|不高于|不得超过|不多于"), ("at_least", rf"{_LEAST}"), ("about", _ABOUT))
_AFTER = (
    ("at_least", r"[)）]?(?:及?以上|起)"),
    ("at_most", r"[)）]?(?:及?以下|以内|之内|封顶)"),
    ("about", r"[)）]?(?:左右|上下)"),
)


@dataclass(frozen=True)
class Quantity:
    """One number of a text.

    Attributes
    ----------
    start, end : int
        Where it stands, its unit included.
    marks : tuple of (int, int)
        Where its digit strings and numerals stand.
    value, value_max : float or None
        In base units; None where it cannot be read, and where it is no range.
    unit : str
        Code of the unit, empty where none is printed.
    per : str
        Code or part of a code of what the unit is per (``month`` of 元/月), empty where none is printed.
    modality : str
        ``exact``, ``at_least``, ``at_most`` or ``about``.
    han : bool
        Whether it is written in Chinese characters.
    """

    start: int
    end: int
    marks: tuple[tuple[int, int], ...]
    value: float | None
    value_max: float | None = None
    unit: str = ""
    per: str = ""
    modality: str = "exact"
    han: bool = False


def narrow(text: str) -> str:
    """The same text, character by character, with full-width digits made narrow.

    Examples
    --------
    >>> narrow("１家，５％")
    '1家，5%'
    """
    return text.translate(_NARROW)


@cache
def _number(units: tuple[str, ...]) -> re.Pattern[str]:
    """A digit string, a Chinese numeral with its unit, or an ordinal, which is neither."""
    unit = forms(units)
    return re.compile(
        rf"(?P<digits>(?:{_DIGITS})(?:(?:亿|万|千(?![瓦米克升])|百)(?:\d+(?:\.\d+)?)(?=[万亿千百]))*)"
        rf"(?P<times>\s*[多余几]?(?:十|百(?!分之)|千(?![瓦米克升]))?[万亿]*[多余]?)\s*(?P<unit>{unit})?"
        rf"|第[{_HAN}]{{1,16}}"
        rf"|(?P<han>百分之[{_HAN}]{{1,16}}(?:点[{_HAN}]{{1,16}})?|[一二三四五六七八九]成(?![{NO_TENTH}])(?:[一二三四五六七八九](?![{NO_HALF}])|半)?"
        rf"|[{_HAN}]{{1,16}}[多余几]?[万亿]?(?=(?:{unit})))(?P<han_unit>{unit})?"
    )


def _value(text: str) -> float | None:
    if len(text) > _LONGEST:
        return None
    found = printed_values(text.replace(" ", ""))
    return float(next(iter(found))) if len(found) == 1 else None


def _read(found: re.Match[str]) -> Quantity:
    """One match as a quantity, without what stands around it."""
    written = found["han"]
    raw = found["han_unit"] if written else found["unit"]
    text = written or found["digits"] + (found["times"] or "")
    unit = "%" if written and (written.startswith("百分之") or written[1:2] == "成") else SYNONYMS.get(raw or "", raw or "")
    if written:
        marks: tuple[tuple[int, int], ...] = ((found.start("han"), found.end("han")),)
    else:
        at = found.start("digits")
        marks = tuple((at + one.start(), at + one.end()) for one in re.finditer(_DIGITS, found["digits"]))
    about = "about" if re.search("[多余几]", text) else "exact"
    return Quantity(found.start(), found.end(), marks, _value(text), None, unit, "", about, bool(written))


def _joined(one: Quantity, other: Quantity, between: str) -> Quantity | None:
    """6000元-19500元 is one quantity: a range."""
    same = not one.unit or one.unit == other.unit
    if not re.fullmatch(_TO, between) or not same or one.value is None or other.value is None or one.han or other.han:
        return None
    if one.unit in SPANS or not other.unit or one.value >= other.value:
        return None
    return replace(other, start=one.start, marks=one.marks + other.marks, value=one.value, value_max=other.value)


def _ranges(found: Iterable[Quantity], text: str) -> list[Quantity]:
    out: list[Quantity] = []
    for one in found:
        whole = _joined(out[-1], one, text[out[-1].end : one.start]) if out and out[-1].value_max is None else None
        out[-1:] = [whole] if whole else [*out[-1:], one]
    return out


_DIVIDED = re.compile("分担|负担|承担|分摊|比例|配套")


def _divide(one: Quantity, other: Quantity, text: str) -> bool:
    """Whether two numbers are the parts of a ratio by which something is shared."""
    between, around = text[one.end : other.start], text[max(0, one.start - 12) : other.end + 8]
    return between in (":", "：", "∶") and _DIVIDED.search(around) is not None


def _split_shares(found: list[Quantity], text: str) -> list[Quantity]:
    """按3:7分担 is two shares: 30 % and 70 %."""
    out: list[Quantity] = []
    for one in found:
        last = out[-1] if out else None
        if last and last.value and one.value and not last.unit and _divide(last, one, text):
            whole = last.value + one.value
            out[-1] = replace(last, value=100 * last.value / whole, unit="%")
            one = replace(one, value=100 * one.value / whole, unit="%")
        out.append(one)
    return out


def _per(words: str) -> str:
    """The code that 每人每月, /人/月 or 月人均 make up, or as much of it as they say."""
    parts = [
        _SUBJECTS[one]
        for one in re.findall(rf"每[个名间座所]?({_WORD})|(?:/[（(]?|{_DOT}\s*)({_WORD})", words)
        for one in one
        if one
    ]
    parts += [_SUBJECTS[one] for one in re.findall("([人户年月村])均", words)]
    if re.search("[年月](?:人均|累计)", words):
        parts += ["year" if re.search("年人均", words) else "month"]
    ordered = [one for one in dict.fromkeys(parts) if one not in _ORDER] + [one for one in _ORDER if one in parts]
    return "-".join(ordered)


_PER_BEFORE = re.compile(rf"(?:每[个名间座所]?(?:{_WORD})[，,]?)+|[年月]人均|[人户村月年]均")


def _around(one: Quantity, text: str, since: int) -> Quantity:
    """A quantity with the period and the modality that the text around it gives."""
    before, after = text[since : one.start], text[one.end : one.end + 24]
    behind = _AFTER_PER.match(after)
    ahead = list(_PER_BEFORE.finditer(before))
    per = _per(behind[0]) if behind else _per(ahead[-1][0]) if ahead else ""
    end = one.end + (behind.end() if behind else 0)
    near = re.split(r"[，,。；;：:（(]", before)[-1]
    # The nearest word before a number says how it is meant, unless one stands right behind it.
    rest = re.sub(r"^[（(][^（()）]{0,12}[)）]", "", text[end : end + 24])
    modality = next((name for name, words in _AFTER if re.match(words, rest)), "")
    modality = modality or next((name for name, words in _BEFORE if re.search(rf"(?:{words})[^，、]{{0,14}}$", near)), "")
    return replace(one, end=end, per=per, modality=modality or one.modality)


def quantities(text: str, units: Iterable[str]) -> list[Quantity]:
    """Every digit string and every Chinese numeral with a unit, in order.

    Parameters
    ----------
    text : str
        A line of a document.
    units : iterable of str
        The units that are known (vocabulary ``unit``).

    Returns
    -------
    list of Quantity

    Examples
    --------
    >>> [one] = quantities("标准每生每年6000元-19500元不等", ["元", "人"])
    >>> one.value, one.value_max, one.unit, one.per
    (6000.0, 19500.0, '元', 'student-year')
    >>> [(one.value, one.unit, one.modality) for one in quantities("十余场，五成以上，0.576万人", ["场", "人"])]
    [(10.0, '场', 'about'), (50.0, '%', 'at_least'), (5760.0, '人', 'exact')]
    """
    plain = narrow(text)
    matches = (match for match in _number(tuple(units)).finditer(plain) if match["digits"] or match["han"])
    found = _split_shares(_ranges(map(_read, matches), plain), plain)
    ends = [0, *(one.end for one in found)]
    return [_around(one, plain, since) for one, since in zip(found, ends, strict=False)]
