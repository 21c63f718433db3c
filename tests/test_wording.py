"""Sentences as an editor would have them: said once, with units, without counts of nought."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pandas as pd
import pytest

import minsheng as ms
from minsheng import overviews, story, summaries
from minsheng.remarks import remarks_html
from minsheng.views import View

LANGUAGES = ("zh", "en")


def plain(html: str) -> list[str]:
    """The entries of a list of findings as text."""
    return [re.sub("<[^>]*>", "", one) for one in re.findall(r"<li .*?</li>", html)]


def test_one_finding_of_three_series_is_told_once_and_every_figure_leads_to_it() -> None:
    # 995 is reached in Jiangxi from a rise of 80 (915) and in Linchuan from one of 78 (917), for three series of Tekun.
    seen = ms.view(2021)
    rows = seen.findings[seen.findings["code"] == "rises_differ"]
    assert len(rows) == 3
    (entry,) = plain(remarks_html(seen, rows))
    series = "城镇特困人员基本生活标准、农村特困人员基本生活标准（失能）、农村特困人员基本生活标准（半失能）"
    assert f"2021年{series}都提高到995元/人/月，提高额却分别印作78元/人/月和80元/人/月" in entry
    assert entry.count("江西省2021年 第13项") == 1
    assert seen.told == dict.fromkeys(map(int, rows.index), 1)


def test_findings_that_differ_in_a_number_stay_apart() -> None:
    seen = ms.view(2024)
    rows = seen.findings[seen.findings["code"] == "below_above"]
    found = plain(remarks_html(seen, rows))
    assert any("2088" in one and "2295" in one and "1450" not in one for one in found)
    assert any("1450" in one and "1484" in one and "2088" not in one for one in found)
    assert sorted(set(seen.told.values())) == list(range(1, len(found) + 1))


def test_a_difference_of_three_series_is_told_once() -> None:
    seen = ms.view(2021)
    rows = ms.against_parent(seen.data, seen.levels[seen.levels["indicator_id"] == "tekun_standard"])
    said = [one for one in story.floor(rows, seen) if "917" in one]
    assert len(said) == 1  # 917 - 915 = 2, for urban persons and for two groups of rural ones
    assert "高2元" in said[0]
    assert said[0].count("特困人员基本生活标准") == 3


def test_a_page_says_nothing_of_later_years_than_its_own_against_the_place_above() -> None:
    seen = ms.view(2021)
    rows = ms.against_parent(seen.data, seen.levels[seen.levels["indicator_id"] == "orphan_standard"])
    assert {2023, 2024} <= set(rows["year"])
    assert not re.search("202[2-9]年", "".join(story.floor(rows, seen)))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("strict", [False, True])
def test_what_is_known_counts_nothing_that_is_not_there(lang: str, strict: bool) -> None:
    seen = ms.view(2024, lang=lang, strict=strict)
    said = " ".join(story.known(ms.known(seen.levels), seen))
    derived = int((seen.levels["origin"] == "derived").sum())
    assert (derived > 0) != strict
    assert strict or re.search(rf"(?<!\d){derived}(?!\d)", said)
    assert not re.search(r"(?<!\d)0(?!\d)", said)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_place_that_can_be_held_against_nothing_is_said_to_be_so(lang: str) -> None:
    seen = ms.view(2024, lang=lang)
    bare = {"region_id": "370103", "year": 2023, "prefecture": None, "province": None, "nation": None}
    (said,) = story.ladder(pd.DataFrame([bare, bare | {"nation": 1.0}]), seen)
    (none,) = story.ladder(pd.DataFrame([bare]), seen)
    assert not re.search(r"(?<!\d)0(?!\d)", said + none)
    assert "2023–2023" not in said + none
    assert said != none


@pytest.mark.parametrize(
    ("lang", "one", "several"),
    [
        ("zh", "2014年的数字共46个，都出自1份文件。", "2024年的数字出自3份文件，涉及3个地方，共252个。"),
        ("en", "All 46 figures of 2014 come from one document.", "The 252 figures of 2024 come from 3 documents (places: 3)."),
    ],
)
def test_one_document_is_named_as_one(lang: str, one: str, several: str) -> None:
    assert overviews.documents(ms.view(2014, lang=lang))[0] == one
    assert overviews.documents(ms.view(2024, lang=lang))[0] == several


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "只列出1个数量或比率目标，属住房保障。"), ("en", "one quantity or rate as a target, on housing.")]
)
def test_one_target_is_not_said_to_be_most(lang: str, said: str) -> None:
    rows = pd.DataFrame([{"topic": "housing", "document_id": "D"}])
    (words,) = overviews.promised(rows, ms.view(2014, lang=lang))
    assert words.endswith(said)


def test_equal_to_the_nation_is_said_in_words(view_2024: View) -> None:
    rows = view_2024.levels[view_2024.levels["indicator_id"] == "public_health_subsidy"]
    said = story.share_of_reference(ms.against_reference(view_2024.data, rows), view_2024)
    assert said == ["基本公共卫生服务补助标准：江西省、抚州市临川区与全国同年相同。"]


def test_what_holds_for_all_is_no_grade(view_2024: View) -> None:
    def row(recipient: str, value: float) -> dict[str, object]:
        series = {"residence": "all", "care": "all", "recipient": recipient, "flags": "", "value_max": float("nan")}
        return {"region_id": "340400", "year": 2024, "indicator_id": "orphan_standard", "value": value} | series

    rows = pd.DataFrame([row("", 120.0), row("甲", 50.0), row("乙", 70.0)]).assign(unit="元", per="person")
    whole, grades = summaries.levels(rows, view_2024)
    assert "为120元/人" in whole
    assert ("分2档" in grades, "甲（50元/人）" in grades, "乙（70元/人）" in grades) == (True, True, True)


def test_a_percentage_has_no_blank_before_its_sign() -> None:
    seen = ms.view(2014, lang="en")
    rows = seen.printed[seen.printed["indicator_id"] == "medical_assistance_rate"]
    said = summaries.levels(rows, seen)
    assert said
    assert [one for one in said if " %" in one] == []


@pytest.fixture(scope="module")
def view_2024() -> View:
    return ms.view(2024)


def test_a_derivation_of_residents_is_a_division(view_2024: View) -> None:
    row = SimpleNamespace(region_id="361002", year=2021, value=900_000.0, derivation="2700 / 3‰", pairs=1, flags="")
    said = summaries.residents(pd.DataFrame([vars(row)]), pd.DataFrame(columns=["region_id", "year"]), view_2024)
    assert "2700 ÷ 3‰" in said[0]


@pytest.mark.parametrize(
    ("lang", "said"),
    [("zh", "江西省、抚州市临川区、某镇"), ("en", "Jiangxi, Linchuan District and Unnamed township (Sichuan?)")],
)
def test_places_are_listed_as_a_sentence_lists_them(lang: str, said: str) -> None:
    seen = ms.view(2021, lang=lang)
    assert seen.named(["360000", "361002", "360000", "510000-T1"]) == said
    assert seen.named(["360000"]) == seen.place("360000")
    assert seen.named([]) == ""


def test_an_amount_from_five_digits_on_is_grouped_as_in_the_tables() -> None:
    seen = ms.view(2024, lang="en")
    rows = seen.printed[
        (seen.printed["document_id"] == "004") & (seen.printed["value"] == 50_000) & (seen.printed["unit"] == "元")
    ]
    said = summaries.levels(rows, seen)
    assert said
    assert all("50,000 yuan" in one for one in said)
