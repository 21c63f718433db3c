"""Numbers as Chinese documents print them, and the words of both languages."""

from __future__ import annotations

import ast
import re
from decimal import Decimal
from functools import cache
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as some

from minsheng import charts, labels
from minsheng.levels import FLAGS
from minsheng.numerals import chinese_number, plainly_prints, printed_values
from minsheng.places import PACKAGE
from minsheng.tables import Dataset

CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("零", 0),
        ("九", 9),
        ("两", 2),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("百", 100),
        ("一百零五", 105),
        ("一百一十", 110),
        ("一千二百", 1200),
        ("两千五百", 2500),
        ("一万", 10_000),
        ("十万", 100_000),
        ("两万三千", 23_000),
        ("两百五十万", 2_500_000),
        ("三千零五亿", 300_500_000_000),
        ("三亿五千万", 350_000_000),  # 3 × 10⁸ + 5000 × 10⁴
        ("一万三千亿", 1_300_000_000_000),  # 13000 × 10⁸
        ("一百万亿", 100_000_000_000_000),  # 100 × 10⁴ × 10⁸
        ("二〇二四", 2024),
        ("二零一四", 2014),
    ],
)
def test_a_number_in_chinese_characters_has_its_value(text: str, number: int) -> None:
    assert chinese_number(text) == number


@pytest.mark.parametrize(
    ("text", "values"),
    [
        # plain
        ("每人每月915元", ["915"]),
        ("2024.5元", ["2024.5"]),
        ("提高到每人每月915元、701元", ["915", "701"]),
        ("6000元-19500元不等", ["6000", "19500"]),
        ("0元", ["0"]),
        ("没有数字", []),
        ("", []),
        # separators, full width, other widths of the same sign
        ("1,234.5元", ["1234.5"]),
        ("1,234,567元", ["1234567"]),
        ("1，200元", ["1200"]),
        ("１２３元", ["123"]),
        ("９１５．５元", ["915.5"]),
        # a comma that does not separate thousands separates numbers
        ("12,34", ["12", "34"]),
        # multiplied out
        ("0.576万人", ["5760"]),
        ("7.5万批次", ["75000"]),
        ("110亿元", ["11000000000"]),
        ("1.2万亿元", ["1200000000000"]),
        ("30万吨/日", ["300000"]),
        ("3千元", ["3000"]),
        ("5百户", ["500"]),
        # 千瓦, 千米, 千克 and 千升 are units, not thousands
        ("30万千瓦", ["300000"]),
        ("5千米", ["5"]),
        ("3千克", ["3"]),
        ("2千升", ["2"]),
        # more or less
        ("2400多万栋", ["24000000"]),
        ("3000多人", ["3000"]),
        ("5万余人", ["50000"]),
        ("十余场", ["10"]),
        ("二十多个", ["20"]),
        # rates
        ("5%", ["5"]),
        ("10%-15%", ["10", "15"]),
        ("5‰", ["5"]),
        ("百分之五", ["5"]),
        ("百分之八十", ["80"]),
        ("百分之八十五点五", ["85.5"]),
        ("13万5千人", ["135000"]),  # 13 × 10⁴ + 5 × 10³
        ("1亿2000万元", ["120000000"]),
        ("五成", ["50"]),
        ("七成以上", ["70"]),
        ("1.6倍", ["1.6"]),
        # points of a percentage hold no hundred
        ("提高2个百分点", ["2"]),
        ("提高三个百分点", ["3"]),
        # ratios: the parts, and their shares in percent
        ("按5:5比例", ["5", "50"]),
        ("3：2", ["3", "2", "60", "40"]),  # 3 / 5, 2 / 5
        ("1:3", ["1", "3", "25", "75"]),
        ("0:0", ["0"]),
        # in characters
        ("两千名", ["2000"]),
        ("三种疾病", ["3"]),
        ("三亿五千万元", ["350000000"]),
        ("每千人5批次", ["1000", "5"]),
    ],
)
def test_a_printed_form_has_these_values_and_no_other(text: str, values: list[str]) -> None:
    assert printed_values(text) == {Decimal(value) for value in values}


def test_values_are_exact() -> None:
    # As floats, 0.344 × 10000 is 3439.9999999999995 and 1.13 × 10000 is 11299.999999999998.
    assert {str(value) for value in printed_values("0.344万亩，1.13万户")} == {"3440", "11300"}


def test_every_bundled_figure_is_among_the_values_of_its_evidence(data: Dataset) -> None:
    rows = data.figures.dropna(subset=["evidence"])
    held = [Decimal(repr(r.value)) in printed_values(r.evidence) for r in rows.itertuples()]
    assert all(held)
    assert len(held) > 800


# ---- the words -----------------------------------------------------------------------------------------------------


def placeholders(key: str, lang: str) -> set[str]:
    """The names that the words of `key` leave open."""
    return {name for _, name, _, _ in Formatter().parse(labels._strings(lang)[key]) if name}


@cache
def written() -> tuple[frozenset[str], tuple[re.Pattern[str], ...], frozenset[str]]:
    """Of the whole package: keys in quotes, f-strings that make keys, and words that may fill them."""
    groups = "|".join(sorted({key.split(".")[0] for key in labels.keys("zh")}))
    quoted, made, words = set(), set(), set()
    for path in PACKAGE.rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        inside = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
                quoted |= {node.value} if re.fullmatch(rf"({groups})\.[a-z0-9_]+", node.value) else set()
                words.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(p.value) if isinstance(p, ast.Constant) else r"(?P<word>\w+)" for p in node.values]
                if re.match(rf"({groups})\\\.", "".join(parts)) and parts.count(r"(?P<word>\w+)") == 1:
                    made.add(re.compile("".join(parts)))
            elif isinstance(node, ast.FunctionDef | ast.keyword):
                words.add(getattr(node, "name", None) or getattr(node, "arg", None) or "")
    return frozenset(quoted), tuple(made), frozenset(words)


def used() -> set[str]:
    """Every key that the package writes out, or makes of a word that it knows."""
    quoted, made, words = written()
    matches = ((key, pattern.fullmatch(key)) for key in labels.keys("zh") for pattern in made)
    return set(quoted) | {key for key, match in matches if match and match["word"] in words}


def test_both_languages_have_the_same_keys() -> None:
    assert labels.keys("zh") ^ labels.keys("en") == set()


def test_both_languages_leave_the_same_open() -> None:
    both = labels.keys("zh") & labels.keys("en")
    assert [key for key in sorted(both) if placeholders(key, "zh") != placeholders(key, "en")] == []


def test_english_words_hold_no_chinese() -> None:
    assert [key for key in labels.keys("en") if CHINESE.search(labels._strings("en")[key])] == []


def test_every_key_in_the_package_has_words() -> None:
    quoted, _, _ = written()
    assert len(quoted) > 100
    assert quoted - labels.keys("zh") == set()
    assert {f"flag.{flag}" for flag in FLAGS} <= labels.keys("zh")
    drawn = {name for name in charts.__all__ if name not in ("Chart", "number")}
    assert {f"section.{name}" for name in drawn} == {key for key in labels.keys("zh") if key.startswith("section.")}


def test_every_key_that_has_words_is_used() -> None:
    assert sorted(labels.keys("zh") - used()) == []


def test_words_that_are_not_there_are_an_error() -> None:
    with pytest.raises(KeyError):
        labels.say("story.no_such_words")


@given(
    before=some.text("提高到第之1.,三 ：/约", max_size=4),
    number=some.sampled_from(["6", "600", "60.5", "0.5"]),
    after=some.text("元%万人5成", max_size=3),
)
def test_what_is_plainly_printed_is_among_the_values_printed(before: str, number: str, after: str) -> None:
    text = before + number + after
    assert not plainly_prints(text, number) or Decimal(number) in printed_values(text)
