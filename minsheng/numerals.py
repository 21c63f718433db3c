"""Numbers as Chinese documents print them: 0.576万, 1,234.5, 五成, 百分之五, 十余场, 5:5."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from unicodedata import normalize

_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_STEP = {"十": 10, "百": 100, "千": 1000}
_GROUP = {"万": 10**4, "亿": 10**8}
_MANY = "多余几数"

_ARABIC = re.compile(rf"(\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*[{_MANY}]?\s*((?:[十百]|千(?![瓦米克升]))?[万亿]*)")
_CHINESE = re.compile(r"(?!千[瓦米克升]|百分[点之])[零〇一二两三四五六七八九十百千万亿]+")
_TENTHS = re.compile(r"([一二三四五六七八九])成([一二三四五六七八九](?![十百千万亿年月日个人户家名])|半)?")
_PERCENT = re.compile(r"百分之([零〇一二两三四五六七八九十百]+)(?:点([零〇一二三四五六七八九]+))?")
_PARTS = re.compile(r"(\d+(?:\.\d+)?)\s*(亿|万|千(?![瓦米克升])|百)")
_IN_PARTS = re.compile(rf"(?:{_PARTS.pattern}\s*){{2,}}")
_RATIO = re.compile(r"(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)")


def chinese_number(text: str) -> int:
    """Value of a number written in Chinese characters.

    Examples
    --------
    >>> chinese_number("一百二十"), chinese_number("十"), chinese_number("三万五千"), chinese_number("二〇二四")
    (120, 10, 35000, 2024)
    """
    if len(text) > 1 and all(c in _DIGIT for c in text):
        return int("".join(str(_DIGIT[c]) for c in text))
    total = group = digit = 0
    for c in text:
        if c in _DIGIT:
            digit = _DIGIT[c]
        elif c in _STEP:
            group += (digit or 1) * _STEP[c]
            digit = 0
        elif c == "亿":
            total, group, digit = (total + group + digit or 1) * _GROUP[c], 0, 0
        else:
            total, group, digit = total + (group + digit or 1) * _GROUP[c], 0, 0
    return total + group + digit


def _multiplier(text: str) -> int:
    out = 1
    for c in text:
        out *= _STEP.get(c) or _GROUP[c]
    return out


def _percent(found: re.Match[str]) -> Decimal:
    """百分之八十五点五 is 85.5."""
    return Decimal(f"{chinese_number(found[1])}.{''.join(str(_DIGIT[c]) for c in found[2] or '零')}")


def _in_parts(found: re.Match[str]) -> Decimal:
    """13万5千 is one number."""
    return sum((Decimal(amount) * _multiplier(step) for amount, step in _PARTS.findall(found[0])), Decimal(0))


def _last_place(digits: str) -> Decimal:
    """The unit of the last digit: 0.01 of 63.30."""
    return Decimal(1).scaleb(-len(digits.partition(".")[2]))


def _last_part(found: re.Match[str]) -> Decimal:
    """The unit of the last digit of 13万5千: 1000."""
    amount, step = _PARTS.findall(found[0])[-1]
    return _last_place(amount) * _multiplier(step)


_Read = Callable[[re.Match[str]], Decimal]

# How each form is found, its value, and the unit of its last digit.
_JOINS = ".,:：∶/／之-－"
"""What may lead from one number on into the next."""

_FORMS: tuple[tuple[re.Pattern[str], _Read, _Read], ...] = (
    (_TENTHS, lambda m: Decimal(10 * _DIGIT[m[1]] + ({"半": 5} | _DIGIT).get(m[2], 0)), lambda m: Decimal(1 if m[2] else 10)),
    (_PERCENT, _percent, lambda m: Decimal(1).scaleb(-len(m[2] or ""))),
    (_IN_PARTS, _in_parts, _last_part),
    (_ARABIC, lambda m: Decimal(m[1].replace(",", "")) * _multiplier(m[2]), lambda m: _last_place(m[1]) * _multiplier(m[2])),
    (_CHINESE, lambda m: Decimal(chinese_number(m[0])), lambda m: Decimal(1)),
)


def _numbers(text: str) -> Iterator[tuple[Decimal, Decimal]]:
    """Each number in `text` with the unit of its last digit."""
    rest = normalize("NFKC", text)
    # Each form is taken out once it is read, so that 五成 is 50 and not 5 as well.
    for form, value, step in _FORMS:
        yield from ((value(match), step(match)) for match in form.finditer(rest))
        rest = form.sub(" ", rest)


def plainly_prints(text: str, digits: str) -> bool:
    """Whether digits stand in a text as a number of their own, just before yuan or percent: then `printed_values` has it.

    Examples
    --------
    >>> plainly_prints("提高到600元", "600"), plainly_prints("提高到1600元", "600"), plainly_prints("600万元", "600")
    (True, False, False)
    """
    before, found, after = text.partition(digits)
    own = not before or not (before[-1].isnumeric() or before[-1] in _JOINS)
    return bool(found) and own and after[:1] in ("元", "%")


@cache
def printed_values(text: str) -> frozenset[Decimal]:
    """All values that `text` prints, in base units.

    Parameters
    ----------
    text : str
        A short piece of a document, such as an `evidence`.

    Returns
    -------
    frozenset of Decimal
        Each number, with 万, 亿 and the like multiplied out. A percentage or per mille gives its number (5% is 5);
        ``a:b`` gives both parts and their shares in percent.

    Examples
    --------
    >>> sorted(printed_values("0.576万人")), sorted(printed_values("110亿元"))
    ([Decimal('5760')], [Decimal('11000000000')])
    >>> sorted(printed_values("2400多万栋")), sorted(printed_values("十余场"))
    ([Decimal('24000000')], [Decimal('10')])
    >>> sorted(printed_values("九成五以上"))
    [Decimal('95')]
    >>> sorted(printed_values("按5:5比例"))
    [Decimal('5'), Decimal('50')]
    """
    found = {value for value, _ in _numbers(text)}
    for a, b in _RATIO.findall(normalize("NFKC", text)):
        whole = Decimal(a) + Decimal(b)
        found |= {100 * Decimal(a) / whole, 100 * Decimal(b) / whole} if whole else set()
    return frozenset(value.normalize() + 0 if value else Decimal(0) for value in found)


@cache
def printed_step(text: str, value: float) -> float:
    """The unit of the last digit in which `text` prints `value`: how finely the number is told.

    Parameters
    ----------
    text : str
        A short piece of a document, such as an `evidence`.
    value : float
        A number that it prints, in base units.

    Returns
    -------
    float
        In base units; the coarsest where the number stands there twice, 1 where it does not stand there as such.

    Examples
    --------
    >>> printed_step("竣工率63.30%", 63.3), printed_step("占任务的70.2%", 70.2)
    (0.01, 0.1)
    >>> printed_step("水稻1.09万亩", 10900.0), printed_step("10855亩", 10855.0)
    (100.0, 1.0)
    """
    return float(max((step for number, step in _numbers(text) if float(number) == value), default=Decimal(1)))
