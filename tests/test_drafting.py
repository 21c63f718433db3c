"""Figures of a new document: each construction row by row, nothing lost, doubt said, quality on the source documents."""

from __future__ import annotations

import json
import random
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import draft_quality
import pandas as pd
import pytest
from conftest import SOURCES

import minsheng as ms
from minsheng.census import census, key
from minsheng.checks import check
from minsheng.drafting import Draft, figures
from minsheng.evidence import texts
from minsheng.faults import Refused
from minsheng.labels import LANGUAGES, say
from minsheng.manuscripts import Item, Line
from minsheng.numerals import printed_values
from minsheng.places import bundled
from minsheng.proofs import Proof
from minsheng.quantities import Quantity, quantities
from minsheng.tables import Dataset
from minsheng.unit_words import unit_words

YEAR = 2030


def item(*lines: str, title: str = "", number: str = "1") -> Item:
    return Item(number, title, "", "", "", "", 1.0, "", tuple(Line(line, row) for row, line in enumerate(lines, start=1)))


def drafted(data: Dataset, *lines: str, title: str = "") -> Draft:
    return figures([item(*lines, title=title)], [], data, YEAR, "CN")


def rows(draft: Draft, *columns: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in draft.figures[list(columns)].itertuples(index=False, name=None)]


# ---- the hard constructions ------------------------------------------------------------------------------------------

D, P, M = "dibao_standard", "person-month", "level"


def test_town_and_country_each_from_one_amount_to_another(data: Dataset) -> None:
    draft = drafted(data, "把城镇和农村低保标准分别从每人每月800元、500元提高到每人每月840元、550元。")
    assert rows(draft, "indicator_id", "residence", "role", "value", "unit", "per", "year") == [
        (D, "urban", "baseline", 800, "元", P, 2029),
        (D, "rural", "baseline", 500, "元", P, 2029),
        (D, "urban", M, 840, "元", P, 2030),
        (D, "rural", M, 550, "元", P, 2030),
    ]


def test_two_benefits_each_from_a_year_that_is_printed(data: Dataset) -> None:
    draft = drafted(data, "困难残疾人生活补贴、重度残疾人护理补贴分别由2028年的每人每月90元、80元调整到95元、85元。")
    living, care = "disability_living_subsidy", "disability_care_subsidy"
    assert rows(draft, "indicator_id", "role", "value", "per", "year") == [
        (living, "baseline", 90, P, 2028),
        (care, "baseline", 80, P, 2028),
        (living, M, 95, P, 2030),
        (care, M, 85, P, 2030),
    ]


def test_grades_that_each_have_a_lower_limit(data: Dataset) -> None:
    draft = drafted(data, "重度残疾人护理补贴一级、二级、三级分别不低于每人每月130元、110元、90元。")
    assert rows(draft, "indicator_id", "recipient", "modality", "value", "per") == [
        ("disability_care_subsidy", "一级", "at_least", 130, P),
        ("disability_care_subsidy", "二级", "at_least", 110, P),
        ("disability_care_subsidy", "三级", "at_least", 90, P),
    ]


def test_groups_that_each_have_a_percentage(data: Dataset) -> None:
    draft = drafted(data, "对甲类人员、乙类人员、丙类人员的参保个人缴费分别按90%、80%、50%给予定额资助。")
    found = rows(draft, "indicator_id", "recipient", "value", "unit")
    assert [(which, value, unit) for which, _, value, unit in found] == [("contribution_aid_rate", v, "%") for v in (90, 80, 50)]
    assert [recipient for _, recipient, _, _ in found][:2] == ["甲类人员", "乙类人员"]


def test_a_list_of_grades_and_causes_in_brackets(data: Dataset) -> None:
    draft = drafted(data, "残疾军人抚恤金（因战一级每人每月9100元，因公一级每人每月8900元；因战二级8200元每人每月）。")
    assert rows(draft, "indicator_id", "recipient", "value", "per") == [
        ("disabled_soldier_pension", "一级因战", 9100, P),
        ("disabled_soldier_pension", "一级因公", 8900, P),
        ("disabled_soldier_pension", "二级因战", 8200, P),
    ]


def test_a_rise_and_the_level_that_it_leads_to_are_two_rows(data: Dataset) -> None:
    draft = drafted(data, "将城市低保标准提高40元，达到每人每月840元。")
    assert rows(draft, "residence", "role", "value", "per") == [("urban", "increase", 40, P), ("urban", M, 840, P)]


def test_both_raised_by_one_amount_to_one_each(data: Dataset) -> None:
    draft = drafted(data, "集中供养孤儿、散居孤儿基本生活费每人每月均提高100元，分别达到1700元、1300元。")
    assert rows(draft, "indicator_id", "care", "role", "value") == [
        ("orphan_standard", "institutional", "increase", 100),
        ("orphan_standard", "dispersed", "increase", 100),
        ("orphan_standard", "institutional", M, 1700),
        ("orphan_standard", "dispersed", M, 1300),
    ]


def test_forms_of_care_and_two_groups_cross(data: Dataset) -> None:
    draft = drafted(data, "分散和集中供养的孤儿、事实无人抚养儿童基本生活保障标准分别不低于1200元/月和1600元/月。")
    assert rows(draft, "indicator_id", "care", "value", "modality") == [
        ("orphan_standard", "dispersed", 1200, "at_least"),
        ("unattended_children_standard", "dispersed", 1200, "at_least"),
        ("orphan_standard", "institutional", 1600, "at_least"),
        ("unattended_children_standard", "institutional", 1600, "at_least"),
    ]


def test_raised_along_with_it_or_by_reference_invents_no_number(data: Dataset) -> None:
    draft = drafted(data, "同步提高特困供养标准，事实无人抚养儿童按照孤儿标准执行。")
    assert (len(draft.figures), len(draft.leftovers)) == (0, 0)


def test_a_multiple_of_another_standard(data: Dataset) -> None:
    draft = drafted(data, "特困人员基本生活标准不低于低保标准的1.5倍。")
    assert rows(draft, "indicator_id", "role", "modality", "value", "unit") == [("tekun_multiple", M, "at_least", 1.5, "倍")]
    base = data.indicators.set_index("indicator_id").loc["tekun_multiple", "base_id"]
    assert base == D


def test_of_which_belongs_to_what_stands_before(data: Dataset) -> None:
    draft = drafted(data, "新增停车泊位900个，其中公共停车泊位300个。")
    assert rows(draft, "indicator_id", "value") == [("new_parking_spaces", 900), ("new_public_parking_spaces", 300)]


def test_two_growth_rates_whose_places_stand_behind(data: Dataset) -> None:
    draft = drafted(data, "按照年增幅不低于5%、8%的标准提高农村、城市低保标准。")
    assert rows(draft, "indicator_id", "residence", "role", "modality", "value", "unit", "per") == [
        (D, "rural", "growth", "at_least", 5, "%", ""),
        (D, "urban", "growth", "at_least", 8, "%", ""),
    ]


def test_a_share_follows_what_it_is_a_share_of(data: Dataset) -> None:
    draft = drafted(data, "发放创业担保贷款20亿元，占计划的80%。")
    assert rows(draft, "indicator_id", "role", "value", "unit") == [
        ("startup_guaranteed_loans", "target", 2_000_000_000, "元"),
        ("startup_guaranteed_loans", "share", 80, "%"),
    ]


def test_a_ratio_of_budgets_is_two_shares(data: Dataset) -> None:
    draft = drafted(data, "低保和特困供养资金由市、区财政按3:7比例分担。")
    # 3 of 10 parts are 30 %, 7 are 70 %.
    assert rows(draft, "recipient", "role", "value", "unit") == [("市级财政", "share", 30, "%"), ("区级财政", "share", 70, "%")]
    assert set(draft.figures["evidence"].map(lambda text: "3:7" in text)) == {True}


def test_the_period_of_a_number_before_holds_for_the_one_that_follows(data: Dataset) -> None:
    draft = drafted(data, "农村低保标准由年人均6000元提高到6600元。")
    assert rows(draft, "value", "per") == [(6000, "person-year"), (6600, "person-year")]


def test_a_report_tells_what_was_planned_and_what_was_done(data: Dataset) -> None:
    draft = drafted(data, "目标任务：新改建农村公路50公里。", "进展情况：", "新改建农村公路30公里，占任务的60%。")
    assert rows(draft, "indicator_id", "role", "value") == [
        ("rural_roads", "target", 50),
        ("rural_roads", "achieved", 30),
        ("rural_roads", "share", 60),
    ]


# ---- numbers in any form ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "value_max", "unit", "modality"),
    [
        ("1,234.5元", 1234.5, None, "元", "exact"),
        ("0.25万人", 2500, None, "人", "exact"),
        ("12亿元", 1_200_000_000, None, "元", "exact"),
        ("五成", 50, None, "%", "exact"),
        ("百分之八点五", 8.5, None, "%", "exact"),
        ("5‰", 5, None, "‰", "exact"),
        ("1.3倍", 1.3, None, "倍", "exact"),
        ("7000元-9000元", 7000, 9000, "元", "exact"),
        ("3—5个", 3, 5, "个", "exact"),
        ("十余场", 10, None, "场", "about"),
        ("一百二十户", 120, None, "户", "exact"),
        ("１５家以上", 15, None, "家", "at_least"),
        ("不低于2所", 2, None, "所", "at_least"),
        ("不超过30万元", 300_000, None, "元", "at_most"),
        ("约40公里", 40, None, "公里", "about"),
        ("6000名左右", 6000, None, "名", "about"),
    ],
)
def test_a_number_is_read_in_every_form(
    data: Dataset, text: str, value: float, value_max: float | None, unit: str, modality: str
) -> None:
    [one] = quantities(text, data.known.codes("unit"))
    assert (one.value, one.value_max, one.unit, one.modality) == (value, value_max, unit, modality)


@pytest.mark.parametrize(
    ("text", "per"),
    [
        ("每人每月90元", "person-month"),
        ("90元/人/年", "person-year"),
        ("90元/月", "month"),
        ("每生每年90元", "student-year"),
        ("年人均90元", "person-year"),
        ("月人均提高90元", "person-month"),
        ("人均90元", "person"),
        ("90元每人每月", "person-month"),
        ("每个新生儿补助90元", "newborn"),
        ("90元", ""),
    ],
)
def test_what_an_amount_is_per_is_read_on_either_side(data: Dataset, text: str, per: str) -> None:
    assert [one.per for one in quantities(text, data.known.codes("unit"))] == [per]


# ---- nothing lost ----------------------------------------------------------------------------------------------------

LEFT_OVER = [
    ("3.扩大就业。", "item_number"),
    ("9月30日前完成。", "date"),
    ("2029-2031年实施。", "date"),
    ("为60周岁以上老人服务。", "age"),
    ("按照〔2029〕7号文件。", "document_number"),
    ("打造“15分钟”圈。", "name"),
    ("落实50项民生实事。", "count_of_items"),
    ("用两年时间完成。", "term"),
    ("共有88。", "no_unit"),
    ("发放一次性补贴。", "word"),
]


@pytest.mark.parametrize(("text", "reason"), LEFT_OVER)
def test_a_number_that_is_no_figure_is_left_over_with_its_reason(data: Dataset, text: str, reason: str) -> None:
    draft = drafted(data, text)
    assert len(draft.figures) == 0
    assert set(draft.leftovers["reason"]) == {f"aside.{reason}"}


def test_a_number_said_twice_in_an_item_is_one_row(data: Dataset) -> None:
    draft = drafted(data, "新改建农村公路50公里。", "今年新改建农村公路50公里，确保完成。")
    assert rows(draft, "value") == [(50,)]
    assert draft.leftovers["reason"].tolist() == ["aside.repeated"]


def independent_count(text: str) -> int:
    """Digits of a text, counted one by one."""
    return sum(one in "0123456789０１２３４５６７８９" for one in text)


def accounted(draft: Draft | Proof, text: str) -> None:
    account = draft.account.set_index("kind")
    assert (account["found"] == account["figures"] + account["leftovers"]).all()
    assert account["leftovers"].sum() == len(draft.leftovers)
    strings = re.findall(r"[0-9０-９]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![0-9])|[0-9０-９]+(?:[.．][0-9０-９]+)?", text)
    assert account.loc["digits", "found"] == len(strings)
    assert independent_count("".join(strings)) == independent_count(text)
    missing = Counter(strings) - Counter(draft.leftovers.loc[draft.leftovers["kind"] == "digits", "text"])
    for printed in missing:  # what is not left over is in the evidence of a figure
        plain = printed.translate(str.maketrans("０１２３４５６７８９．", "0123456789."))
        assert (
            draft.figures["evidence"]
            .str.translate(str.maketrans("０１２３４５６７８９．", "0123456789."))
            .str.contains(plain, regex=False)
            .any()
        )


def test_every_number_of_a_document_is_accounted_for(data: Dataset) -> None:
    text = "1.就业。2030年新增就业1.5万人，１２个站点，给予每人1,500元；3户5人无单位7。按2:8分担，“8+4”服务，60岁以上老人。"
    accounted(drafted(data, text), text)


@pytest.mark.parametrize("lost", ["1.5", "3"])
def test_a_number_that_was_never_read_is_missed(data: Dataset, monkeypatch: pytest.MonkeyPatch, lost: str) -> None:
    text = "新增就业1.5万人，新建公园三个、泊位3个，另有3个。"

    def blind(*given: Any) -> list[Quantity]:
        return [one for one in quantities(*given) if text[slice(*one.marks[0])] != lost]

    monkeypatch.setattr("minsheng.drafting.quantities", blind)
    digits = drafted(data, text).account.set_index("kind").loc["digits"]
    assert digits["found"] == 3 > digits["figures"] + digits["leftovers"]


def test_reading_and_counting_find_the_same_numbers(data: Dataset) -> None:
    chance, units = random.Random(7), tuple(data.known.codes("unit"))
    numbers = (
        "1,234.5",
        "12",
        "３．５",
        "1,2345",
        "0.576万",
        "三百二十",
        "十余万",
        "百分之五点五",
        "九成五",
        "第三十",
        "1.2.3",
        "13万5千",
    )
    words = ("元", "人", "个", "月", "分之一", "成立", "千瓦", "%", "千米", "户", "和", "每", "提高到", "年", "亩", "分", "部门")
    for _ in range(3000):
        text = "".join(map(chance.choice, (numbers, words, "，、；：:-了 ") * chance.randint(1, 4)))
        marks = [(one, text[slice(*at)]) for one in quantities(text, units) for at in one.marks]
        read = Counter(key("numeral" if one.han else "digits", printed) for one, printed in marks)
        assert read == census([text], unit_words(units)), text


def test_evidence_holds_its_value_and_stands_in_the_passage(data: Dataset) -> None:
    draft = drafted(
        data, *(text for text, _ in LEFT_OVER), "城乡居民医保人均财政补助标准提高30元，达到700元，按4:6分担；另投资1234567.89元。"
    )
    held = zip(draft.figures["evidence"], draft.figures["value"], strict=True)
    assert len(draft.figures) == 5
    assert all(any(float(one) == value for one in printed_values(evidence)) and len(evidence) <= 25 for evidence, value in held)


# ---- doubt -----------------------------------------------------------------------------------------------------------


def test_what_has_no_indicator_is_proposed_as_new_with_little_confidence(data: Dataset) -> None:
    draft = drafted(data, "老年人高龄津贴每人每月100元，90周岁以上200元。")
    assert rows(draft, "indicator_id", "recipient", "value", "per") == [
        ("new:老年人高龄津贴", "", 100, P),
        ("new:老年人高龄津贴", "90周岁以上", 200, P),
    ]
    assert draft.figures["confidence"].max() < 60


def test_confidence_says_why(data: Dataset) -> None:
    sure = drafted(data, "城市低保标准提高到每人每月840元。").figures.iloc[0]
    doubtful = drafted(data, "标准由800元提高到840元。", title="城市低保标准").figures.iloc[0]
    assert (sure["confidence"], sure["why"]) == (98, "")
    assert doubtful["confidence"] < sure["confidence"]
    assert {"doubt.context", "doubt.year_assumed", "doubt.per_assumed"} <= set(doubtful["why"].split(";"))
    assert all(say(one, lang) for one in doubtful["why"].split(";") for lang in LANGUAGES)


def test_a_number_beside_masked_words_never_becomes_an_amount_of_money(data: Dataset) -> None:
    draft = drafted(data, "对****社区给予奖补，全市120****社区达标。", title="充分就业社区奖补")
    assert "元" not in set(draft.figures["unit"])


def test_a_value_equal_to_the_only_year_of_a_document_is_doubtful(data: Dataset) -> None:
    draft = drafted(data, "2024年起，到2024年底，2024年内改造危桥2024座。")
    assert rows(draft, "quality", "value") == [("doubtful", 2024)]
    assert "doubt.year_like" in draft.figures["why"].iloc[0]


def test_a_baseline_that_the_tables_contradict_is_told(data: Dataset) -> None:
    level = data.figures.query("indicator_id == 'dibao_standard' and residence == 'urban' and role == 'level'").iloc[0]
    place = data.documents.set_index("document_id").loc[level["document_id"], "region_id"]
    for value, told in ((level["value"], False), (level["value"] + 1, True)):
        text = f"城市低保标准由每人每月{value:.0f}元提高到9999元。"
        draft = figures([item(text)], [], data, int(level["year"]) + 1, place)
        assert ("doubt.differs" in draft.figures["why"].iloc[0]) is told


# ---- the vocabulary --------------------------------------------------------------------------------------------------


def test_a_curator_teaches_a_word_without_code(tables: Path) -> None:
    text = "城镇困难居民托底金提高到每人每月840元。"
    assert rows(drafted(ms.load(), text), "indicator_id")[0][0].startswith("new:")  # type: ignore[attr-defined]
    with (tables / "wording.csv").open("a", encoding="utf-8") as file:
        file.write("dibao_standard,居民托底金,alias,9\n")
    assert rows(drafted(ms.load(tables, instead=True), text), "indicator_id") == [(D,)]


def test_words_of_ones_own_are_added_to_the_bundled_ones(tmp_path: Path, data: Dataset) -> None:
    (tmp_path / "wording.csv").write_text("indicator_id,word,kind,weight\ndibao_standard,托底金,alias,9\n", encoding="utf-8")
    assert len(ms.load(tmp_path).wording) == len(data.wording) + 1


def test_check_finds_what_is_wrong_with_a_word(tmp_path: Path) -> None:
    (tmp_path / "wording.csv").write_text("indicator_id,word,kind,weight\ndibao_standrd,托底金,nickname,90\n", encoding="utf-8")
    assert {(fault.column, fault.key) for fault in check(tmp_path)} == {
        ("indicator_id", "fault.foreign_key"),
        ("kind", "fault.pattern"),
        ("weight", "fault.too_large"),
    }


def test_the_vocabulary_is_as_the_descriptor_says() -> None:
    whole = json.loads((bundled("data") / "datapackage.json").read_text(encoding="utf-8"))
    [descriptor] = [one for one in whole["additions"] if one["name"] == "wording"]
    del descriptor["schema"]["foreignKeys"]  # held by `check`: the other table is not beside it here
    frictionless = pytest.importorskip("frictionless")
    resource = frictionless.Resource.from_descriptor(descriptor, basepath=str(bundled("data")))
    assert resource.validate().flatten() == []


def test_the_vocabulary_holds_words_and_no_sentences(data: Dataset) -> None:
    assert data.wording["word"].str.len().max() <= 14
    assert not data.wording["word"].str.contains("[。；，,;]").any()
    assert set(data.indicators["indicator_id"]) == set(data.wording["indicator_id"])


# ---- bounds and speed ------------------------------------------------------------------------------------------------


def test_ten_million_digits_do_no_harm(data: Dataset) -> None:
    draft = drafted(data, "9" * 10_000_000 + "元", "城市低保标准提高到每人每月840元。")
    assert rows(draft, "value") == [(840,)]
    assert draft.leftovers["reason"].tolist() == ["aside.unexplained"]


def test_too_many_numbers_are_refused(data: Dataset) -> None:
    with pytest.raises(Refused) as refused:
        drafted(data, "1 " * 20_001)
    assert refused.value.key == "refused.too_many_numbers"


def test_fifty_items_take_less_than_a_second(data: Dataset) -> None:
    text = "将城市低保标准提高40元，达到每人每月840元；新改建农村公路50公里，改造危桥3座，新增停车泊位900个。"
    many = [item(text, number=str(number)) for number in range(50)]
    begun = time.process_time()
    assert len(figures(many, [], data, YEAR, "CN").figures) == 250
    assert time.process_time() - begun < 1


# ---- the source documents --------------------------------------------------------------------------------------------

FLOOR = {"found": 0.985, "right": 0.835, "money": 0.92, "recipient": 0.82}
"""Least shares of `draft_quality`, with the rows of the document itself taken out of the tables at hand."""
MOST_INVENTED = 0.02


@pytest.fixture(scope="module")
def sources(data: Dataset) -> dict[str, Proof]:
    """The draft of each source document."""
    if not SOURCES.is_dir():
        pytest.skip("the source documents are not here")
    return dict(draft_quality.drafts(SOURCES, data))


def test_drafts_of_the_source_documents_are_as_good_as_they_were(data: Dataset, sources: dict[str, Proof]) -> None:
    rows = pd.concat([draft_quality.held(proof, name, data).figures for name, proof in sources.items()])
    whole, money = draft_quality.shares(rows), draft_quality.shares(rows[rows["money"]])
    found = {"found": whole["found"], "right": whole["right"], "money": money["right"], "recipient": money["whole"]}
    assert all(found[name] >= least for name, least in FLOOR.items()), found
    assert whole["invented"] <= MOST_INVENTED


def test_every_number_of_the_source_documents_is_accounted_for(data: Dataset, sources: dict[str, Proof]) -> None:
    for row, text in texts(SOURCES, data):
        accounted(sources[row["document_id"]], text)


def test_every_evidence_of_the_source_documents_holds_its_value(data: Dataset, sources: dict[str, Proof]) -> None:
    for row, text in texts(SOURCES, data):
        rows = sources[row["document_id"]].figures
        for evidence, value in zip(rows["evidence"], rows["value"], strict=True):
            assert any(float(one) == value for one in printed_values(evidence)), (evidence, value)
            assert evidence in text
