"""What a reader reads: the view asked for, names and units, and the sentences."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

import minsheng as ms
from minsheng import story
from minsheng.labels import LANGUAGES
from minsheng.tables import Dataset
from minsheng.views import View, find_region, with_surroundings

CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
QUOTED = re.compile(r"“[^”]*”")


@pytest.fixture(scope="module")
def seen(data: Dataset) -> dict[str, View]:
    """2024 in both languages."""
    return {lang: ms.view(2024, lang=lang, tables=data) for lang in LANGUAGES}


# ---- the view ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["441602", "源城区", "河源市源城区", " 源城区 ", "Yuancheng District"])
def test_a_place_is_found_by_id_name_and_english_name(data: Dataset, words: str) -> None:
    assert find_region(data, words) == "441602"


@pytest.mark.parametrize(
    ("words", "near"), [("源成区", "源城区"), ("广东", "广东省"), ("yuancheng district", "Yuancheng District")]
)
def test_an_unknown_place_is_refused_with_the_nearest(data: Dataset, words: str, near: str) -> None:
    with pytest.raises(ms.Refused) as refused:
        find_region(data, words)
    assert near in refused.value.text("zh")
    assert near in refused.value.text("en")


def test_a_name_of_two_places_is_refused_with_their_ids(data: Dataset) -> None:
    other = pd.DataFrame([{"region_id": "511102", "name": "市中区", "name_en": "Shizhong District (Leshan)", "level": "county"}])
    both = replace(data, regions=pd.concat([data.regions, other.assign(parent_id="510000")], ignore_index=True))
    with pytest.raises(ms.Refused, match="370103, 511102"):
        find_region(both, "市中区")
    assert find_region(both, "济南市市中区") == "370103"
    assert find_region(both, "Shizhong District (Leshan)") == "511102"


def test_the_places_above_and_below_come_along(data: Dataset) -> None:
    assert with_surroundings(data, ["441602"]) == {"441602", "441600", "440000", "CN"}
    assert with_surroundings(data, ["440100"]) == {"440100", "440112", "440113", "440115", "440000", "CN"}
    assert set(ms.view(2024, regions=["361002"], tables=data).levels["region_id"]) == {"360000", "361002"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("year", "2024"),
        ("year", 2024.0),
        ("year", True),
        ("year", None),
        ("regions", "441602"),
        ("regions", 441602),
        ("regions", None),
        ("lang", "fr"),
        ("lang", ["zh"]),
        ("year_basis", "guess"),
        ("prices", "real"),
        ("strict", "yes"),
        ("strict", 1),
    ],
)
def test_a_parameter_that_cannot_be_is_refused_by_its_name(name: str, value: Any) -> None:
    with pytest.raises(ms.Refused, match=name):
        ms.view(**{"year": 2024, name: value})


def test_a_region_written_as_a_number_is_its_id(data: Dataset) -> None:
    # papermill reads -p and -y values as YAML: 441602 comes as a number.
    assert ms.view(2024, regions=[441602], tables=data).regions == ("441602",)  # type: ignore[list-item]


def test_a_view_in_constant_prices_keeps_what_is_not_money(data: Dataset) -> None:
    constant = ms.view(2024, prices="constant", tables=data)
    levels = constant.levels.set_index(["region_id", "indicator_id", "year", "residence"])["value"]
    assert levels["360000", "dibao_standard", 2021, "urban"] == 783.424321  # 765 × 1.020 × 1.002 × 1.002
    assert levels["441602", "tekun_multiple", 2024, "all"] == 1.6
    assert constant.unit_of(constant.levels[constant.levels["indicator_id"] == "dibao_standard"]) == "元/人/月，2024年价格"
    national = constant.reference("dibao_standard", "person-month").set_index(["residence", "year"])["value"]
    assert national["urban", 2021] == 728.533415  # 711.4 × 1.02408408
    with pytest.raises(ms.Refused, match="1999"):
        ms.view(1999, prices="constant", tables=data)


def test_names_and_units_are_in_the_language_asked(seen: dict[str, View]) -> None:
    zh, en = seen["zh"], seen["en"]
    assert (zh.place("441602"), en.place("441602")) == ("河源市源城区", "Yuancheng District")
    assert (zh.indicator("dibao_standard"), en.indicator("dibao_standard")) == ("最低生活保障标准", "Dibao standard")
    assert (zh.unit("元", "person-month"), en.unit("元", "person-month")) == ("元/人/月", "yuan per person per month")
    assert (zh.unit("元", "student-year"), en.unit("元", "student-year")) == ("元/生/年", "yuan per student per year")
    assert (zh.unit("倍", ""), en.unit("倍", "")) == ("倍", "times")
    assert (zh.flags("draft;at_least"), en.flags("draft;at_least")) == ("征求意见稿、不低于", "draft, at least")
    assert zh.flags("") == en.flags("") == ""


# ---- the sentences -------------------------------------------------------------------------------------------------


def tell(view: View) -> dict[str, list[str]]:
    """What each kind of sentence says of the bundled standards."""
    levels, data = view.levels, view.data
    care = ms.over_years(levels, "orphan_standard", by=["care"])
    dibao = ms.over_years(levels, "dibao_standard", by=["residence"])
    kinds = ("medical_assistance_rate", "tekun_care_allowance", "school_public_funds", "medical_fiscal_subsidy")
    every = ["residence", "care", "recipient"]
    return {
        "across": story.across(ms.across(levels, "dibao_standard", 2024, by=["residence"]), view),
        "across_kinds": [one for kind in kinds for one in story.across(ms.across(levels, kind, 2024, by=every), view)],
        "growth": story.growth(ms.growth(dibao), view, most=99),
        "growth_all": story.growth(ms.growth(levels), view, most=999),
        "growth_rate": story.growth(ms.growth(ms.over_years(levels, "grid_reliability")), view),
        "rural": story.rural_share(ms.urban_rural(levels, "dibao_standard"), view),
        "reference": story.share_of_reference(ms.against_reference(data, levels), view),
        "floor": story.floor(ms.against_parent(data, care[care["year"] == 2024]), view),
        "floor_all": story.floor(ms.against_parent(data, levels), view),
        "funding": story.funding(ms.funding(levels), view),
        "known": story.known(ms.known(levels), view),
        "damaged": story.damaged(view, sorted(set(data.indicators["topic"]))),
        "flags": [story.flags(levels, view)],
    }


@pytest.fixture(scope="module")
def told(seen: dict[str, View]) -> dict[str, dict[str, list[str]]]:
    """Every kind of sentence in both languages."""
    return {lang: tell(view) for lang, view in seen.items()}


DAMAGED = "“病故军人遗属每人每月2024.5元”"


@pytest.mark.parametrize(
    ("kind", "lang", "parts"),
    [
        # 915 / 765 = 1.196
        ("across", "zh", ["城镇最低生活保障标准", "河源市源城区（915元/人/月）", "765元/人/月，2021年", "1.20倍"]),
        ("across", "en", ["Dibao standard (urban)", "Yuancheng District (915 yuan per person per month)", "765 yuan", "1.20"]),
        ("across", "zh", ["2024年城市低保全国平均标准为798.1元/人/月"]),
        ("across", "en", ["National average Dibao standard, urban in 2024: 798.1 yuan per person per month"]),
        ("across", "zh", ["江西省、抚州市临川区没有2024年的数字"]),
        ("across", "en", ["Jiangxi and Linchuan District there is no figure for 2024"]),
        # 915 - 897 = 18; 18 / 897 = 2.0 %
        ("growth", "zh", ["河源市源城区城镇", "2023年的897元/人/月", "2024年的915元/人/月", "增加18元", "2.0%"]),
        (
            "growth",
            "en",
            ["Yuancheng District", "(urban)", "897 yuan per person per month in 2023", "915 in 2024", "18 yuan", "2.0%"],
        ),
        # 701 / 915 = 76.6 %; (515 - 45) / (765 - 60) = 470 / 705 = 66.7 %
        ("rural", "zh", ["河源市源城区（2024年，76.6%）", "（2020年，66.7%）"]),
        ("rural", "en", ["Yuancheng District (2024, 76.6%)", "(2020, 66.7%)"]),
        # 915 / 798.1 = 114.6 %; 60 / 70 = 85.7 %
        ("reference", "zh", ["城镇最低生活保障标准", "河源市源城区（2024年，为全国同年的114.6%）"]),
        ("reference", "en", ["Dibao standard (urban)", "highest in Yuancheng District (2024, 114.6%"]),
        ("reference", "zh", ["某镇2014年为全国同年的85.7%"]),
        ("reference", "en", ["Unnamed township (Sichuan?) stood at 85.7% of the nation in 2014"]),
        # 2295 - 2088 = 207; 1484 - 1450 = 34
        ("floor", "zh", ["河源市源城区2024年集中供养", "2088元/人/月", "广东省", "最低标准2295元/人/月", "低207元"]),
        (
            "floor",
            "en",
            ["Yuancheng District 2024", "2088 yuan per person per month", "207 yuan below the minimum of Guangdong", "2295"],
        ),
        ("floor", "zh", ["分散供养", "1450元", "1484元", "低34元"]),
        ("floor", "en", ["dispersed", "1450 yuan", "34 yuan below", "1484"]),
        # 580 + 320 = 900; 320 / 900 = 35.6 %
        ("funding", "zh", ["山西省2021年", "900元", "财政补助580元", "个人缴费320元", "35.6%"]),
        ("funding", "en", ["Shanxi 2021", "900 yuan", "fiscal subsidy 580", "personal contribution 320 (35.6%)"]),
        ("funding", "zh", ["河源市源城区2024年财政补助每人每年670元", "个人缴费未载"]),
        ("funding", "en", ["Yuancheng District 2024", "670 yuan", "not stated"]),
        # 99.93 - 99.9 = 0.03
        ("growth_rate", "zh", ["淮南市", "2023年的99.9%", "2024年的99.93%", "增加0.03"]),
        ("growth_rate", "en", ["Huainan", "99.9 % in 2023", "99.93", "0.03"]),
        ("known", "zh", ["12个地方", "7个年份", "279个标准", "33个为推算"]),  # 280 rows less the damaged one
        ("known", "en", ["279 standards", "12 places", "7 years", "33 of them derived"]),
        ("known", "zh", ["广东省", "2021–2024"]),
        ("known", "en", ["Guangdong", "2021–2024"]),
        ("damaged", "zh", ["抚州市临川区", "三属定期抚恤金", DAMAGED]),
        ("damaged", "en", ["Linchuan District", "Regular pension for families of martyrs", DAMAGED]),
    ],
)
def test_a_sentence_names_place_figure_unit_and_change(
    told: dict[str, dict[str, list[str]]], kind: str, lang: str, parts: list[str]
) -> None:
    sentences = told[lang][kind]
    assert any(all(part in one for part in parts) for one in sentences), sentences


def test_only_amounts_of_money_change_by_yuan(told: dict[str, dict[str, list[str]]]) -> None:
    assert [one for one in told["zh"]["growth_rate"] if "元" in one] == []
    assert [one for one in told["en"]["growth_rate"] if "yuan" in one] == []


def test_english_sentences_hold_no_chinese_but_what_they_quote(told: dict[str, dict[str, list[str]]]) -> None:
    sentences = [one for several in told["en"].values() for one in several]
    assert len(sentences) > 80
    assert [one for one in sentences if CHINESE.search(QUOTED.sub("", one))] == []


def test_the_same_is_told_in_both_languages(told: dict[str, dict[str, list[str]]]) -> None:
    zh, en = ({kind: len(several) for kind, several in told[lang].items()} for lang in LANGUAGES)
    assert zh == en


@pytest.mark.parametrize(("previous", "value", "zh"), [(100, 90, "减少10元（−10.0%）"), (100, 100, "都是100元")])
def test_a_fall_and_a_standstill_are_said_as_such(seen: dict[str, View], previous: float, value: float, zh: str) -> None:
    rows = ms.growth(ms.over_years(seen["zh"].levels, "disability_care_subsidy", regions=["440000"])).tail(1)
    changed = rows.assign(previous=previous, value=value, change=value - previous, growth=100 * (value / previous - 1))
    assert zh in story.growth(changed, seen["zh"])[0]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_of_nothing_nothing_is_claimed(seen: dict[str, View], lang: str) -> None:
    view = seen[lang]
    none = view.levels.iloc[:0]
    assert story.growth(ms.growth(none), view) == []
    assert story.floor(ms.against_parent(view.data, none), view) == []
    assert story.across(ms.across(none, "dibao_standard", 2024), view) == []
    assert story.rural_share(ms.urban_rural(none, "dibao_standard"), view) == []
    assert story.share_of_reference(ms.against_reference(view.data, none), view) == []
    assert story.funding(ms.funding(none), view) == []
    assert story.known(ms.known(none), view) == []
    assert story.flags(none, view) == ""


def test_rows_of_several_units_have_no_one_unit(seen: dict[str, View]) -> None:
    zh = seen["zh"]
    rows = zh.levels[zh.levels["indicator_id"].isin(["dibao_standard", "medical_fiscal_subsidy"])]
    with pytest.raises(ms.Refused, match="元/人/年"):
        zh.unit_of(rows)


def test_a_table_of_several_units_says_the_unit_in_each_row(seen: dict[str, View]) -> None:
    zh = seen["zh"]
    rows = zh.levels[zh.levels["indicator_id"].isin(["dibao_standard", "medical_fiscal_subsidy"]) & (zh.levels["year"] == 2024)]
    html = ms.page.table_html(rows, zh, "x")
    head, body = html.split("<tbody>")
    assert "元" not in head
    assert body.count("元/人/月") == 2  # urban and rural Dibao
    assert body.count("元/人/年") == 1  # the fiscal subsidy
