"""How documents speak of numbers: sentences made up, and the rows that a careful reader would make of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from minsheng.drafting import Draft, figures
from minsheng.manuscripts import Item, Line
from minsheng.numerals import printed_values
from minsheng.proofs import draft
from minsheng.quantities import quantities
from minsheng.tables import Dataset

YEAR, P = 2030, "person-month"


def drafted(data: Dataset, text: str, title: str = "") -> Draft:
    lines = tuple(Line(one, row) for row, one in enumerate(text.split("\n"), start=1))
    return figures([Item("1", title, "", "", "", "", 1.0, "", lines)], [], data, YEAR, "CN")


def rows(draft: Draft, *columns: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in draft.figures[list(columns)].itertuples(index=False, name=None)]


def test_words_inside_a_name_do_not_hide_it(data: Dataset) -> None:
    draft = drafted(data, "农村低保平均标准从6400元/人/年提高到6800元/人/年，提高6.25%。")
    assert rows(draft, "indicator_id", "role", "value", "per") == [
        ("dibao_standard", "baseline", 6400, "person-year"),
        ("dibao_standard", "level", 6800, "person-year"),
        ("dibao_standard", "growth", 6.25, ""),
    ]


CARE = "disability_care_subsidy"


def test_a_grade_that_stands_alone_goes_on_with_the_standard_before(data: Dataset) -> None:
    draft = drafted(data, "困难残疾人生活补贴提高至95元；重度残疾人护理补贴标准一级由110元提高至115元、二级由80元提高至85元。")
    assert rows(draft, "indicator_id", "recipient", "role", "value") == [
        ("disability_living_subsidy", "", "level", 95),
        (CARE, "一级", "baseline", 110),
        (CARE, "一级", "level", 115),
        (CARE, "二级", "baseline", 80),
        (CARE, "二级", "level", 85),
    ]


def test_classes_by_letters_are_told_apart(data: Dataset) -> None:
    draft = drafted(data, "A类、B类、C类农村低保对象月人均补助水平分别不低于510元、350元、230元。")
    assert rows(draft, "indicator_id", "recipient", "value") == [
        ("dibao_topup", f"{one}类", v) for one, v in zip("ABC", (510, 350, 230), strict=True)
    ]


def test_a_grade_is_printed_once_for_its_causes(data: Dataset) -> None:
    draft = drafted(data, "一级因战、因公、因病残疾军人抚恤金分别提高到每人每月9100元、8900元、8700元。")
    assert rows(draft, "recipient", "value") == [("一级因战", 9100), ("一级因公", 8900), ("一级因病", 8700)]


def test_what_is_paid_in_full_has_no_number(data: Dataset) -> None:
    draft = drafted(data, "对甲类人员、乙类人员、丙类人员个人缴费分别给予全额、75%、50%资助。", title="居民医保")
    assert rows(draft, "indicator_id", "recipient", "value") == [
        ("contribution_aid_rate", "乙类人员", 75),
        ("contribution_aid_rate", "丙类人员", 50),
    ]


def test_two_groups_of_one_place_in_a_list_are_two_rows(data: Dataset) -> None:
    draft = drafted(data, "对甲类人员、乙类家庭成员和丙类对象个人缴费分别按80%、60%给予定额资助。")
    assert rows(draft, "recipient", "value") == [("甲类人员", 80), ("乙类家庭成员", 60), ("丙类对象", 60)]


def test_each_of_several_things_has_as_many(data: Dataset) -> None:
    draft = drafted(data, "区级独立托育机构、示范性托育机构、医院托育点各建设2个。")
    assert rows(draft, "indicator_id", "value") == [("childcare_institutions_built", 2)] * 3


def test_ages_are_recipients_of_an_allowance_that_is_new(data: Dataset) -> None:
    draft = drafted(data, "80至89周岁老年人每人每月不少于60元，90至99周岁每人每月不少于110元。", title="高龄津贴")
    assert rows(draft, "indicator_id", "recipient", "modality", "value") == [
        ("new:高龄津贴", "80-89周岁", "at_least", 60),
        ("new:高龄津贴", "90-99周岁", "at_least", 110),
    ]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        # another benefit is named, of which the vocabulary knows nothing
        (
            "基础养老金每人每月上调40元，达到990元；福利养老金每人每月上调35元，达到905元。",
            ["basic_pension"] * 2 + ["new:福利养老金"] * 2,
        ),
        ("求职创业补贴提高到2000元/人，吸纳就业补贴每人1000元。", ["graduate_job_seeking_subsidy", "new:吸纳就业补贴"]),
        # no amount is a standard by the words around it alone
        ("居民医保人均筹资标准达1640元，其中财政补助不低于1090元。", ["new:居民医保人均筹资标准", "medical_fiscal_subsidy"]),
        ("临时救助对象中，支出型救助最高不超过2万元。", ["new:支出型救助最高"]),
        # who is reached is not what is built
        ("新增停车位900个，惠及居民1.2万人。", ["new_parking_spaces", "new:惠及居民"]),
        # so many among ten thousand is not so many
        ("每万名老年人拥有养老护理员26人。", ["new:老年人拥有养老护理员"]),
    ],
)
def test_what_is_not_named_is_not_taken_for_what_is_near(data: Dataset, text: str, ids: list[str]) -> None:
    assert [one for (one,) in rows(drafted(data, text), "indicator_id")] == ids


def test_what_was_paid_out_in_all_is_no_standard(data: Dataset) -> None:
    draft = drafted(data, "发放农村低保金5632万元，月人均补差268元；营养膳食补助标准每生每天5元，全年拨付资金2180.5万元。")
    assert rows(draft, "indicator_id", "value", "per") == [
        ("new:农村低保金", 56_320_000, ""),
        ("dibao_topup", 268, P),
        ("nutrition_meal_subsidy", 5, "student-day"),
        ("new:全年拨付资金", 21_805_000, ""),
    ]


def test_an_amount_per_household_is_no_amount_per_person(data: Dataset) -> None:
    draft = drafted(data, "基础养老金达到每人每月235元，危房改造每户补助3000元，其中市级财政1500元。")
    assert rows(draft, "per", "value")[:2] == [(P, 235), ("household", 3000)]
    assert "basic_pension" not in set(draft.figures["indicator_id"][1:])


def test_how_much_the_standards_have_grown_goes_with_them(data: Dataset) -> None:
    text = "城市、农村低保标准分别由上年的每月660元、460元提高到690元、490元，增幅为4.5%、6.5%。"
    draft = drafted(data, text, title="困难群众救助")
    assert rows(draft, "indicator_id", "residence", "role", "value")[-2:] == [
        ("dibao_standard", "urban", "growth", 4.5),
        ("dibao_standard", "rural", "growth", 6.5),
    ]


@pytest.mark.parametrize(
    ("text", "per"),
    [
        ("830元/人·月", "person-month"),
        ("6960元/人．年", "person-year"),
        ("90元/（人·月）", "person-month"),
        ("5元/每人每年", "person-year"),
    ],
)
def test_a_period_behind_a_dot_is_read(data: Dataset, text: str, per: str) -> None:
    assert [one.per for one in quantities(text, data.known.codes("unit"))] == [per]


def test_a_ratio_that_divides_nothing_is_no_share(data: Dataset) -> None:
    assert rows(drafted(data, "城乡低保标准之比缩小至1:0.75。"), "value") == []


def test_a_deductible_is_no_standard_of_those_who_were_named_before(data: Dataset) -> None:
    draft = drafted(data, "孤儿住院救助比例100%；大病保险起付线1.2万元。", title="医疗救助")
    assert rows(draft, "indicator_id", "value")[-1] == ("new:大病保险起付线", 12_000)


def test_a_part_is_in_the_country_where_it_says_so(data: Dataset) -> None:
    draft = drafted(data, "新增公办学位3600个，其中农村地区1200个。")
    assert rows(draft, "residence", "value") == [("all", 3600), ("rural", 1200)]


def test_piped_water_is_not_a_form_of_care(data: Dataset) -> None:
    assert rows(drafted(data, "建设集中供水工程12处。"), "care", "value") == [("all", 12)]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("九成五以上", 95, "%"),
        ("八成半", 85, "%"),
        ("户均补助4500元", 4500, "元"),
        ("加装电梯400部", 400, "部"),
        ("5千瓦", 5, "千瓦"),
    ],
)
def test_more_numbers_are_read(data: Dataset, text: str, value: float, unit: str) -> None:
    [one] = quantities(text, data.known.codes("unit"))
    assert (one.value, one.unit) == (value, unit)
    assert value in map(float, printed_values(text))


@pytest.mark.parametrize("text", ["建设10分钟品质生活圈。", "从中票决产生10件。", "进度落后3个百分点的，一次性补足。"])
def test_names_and_counts_of_items_are_left_over(data: Dataset, text: str) -> None:
    assert all(reason != "aside.no_unit" for reason in drafted(data, text).leftovers["reason"])
    assert "10" not in drafted(data, text).figures["value"].map("{:g}".format).tolist()


def test_what_no_item_holds_and_no_indicator_fits_is_left_over(data: Dataset) -> None:
    outside = [Line("共收到有效票数12.6万张，城市低保标准每人每月900元。", 1)]
    draft = figures([Item("1", "", "", "", "", "", 1.0, "", ())], outside, data, YEAR, "CN")
    assert rows(draft, "indicator_id") == [("dibao_standard",)]
    assert draft.leftovers["reason"].tolist() == ["aside.outside"]


@pytest.mark.parametrize("title", ["某市二〇三〇年民生实事", "某市二○三○年民生实事", "某市2030年民生实事"])
def test_a_year_is_read_in_either_script(title: str, data: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text(f"{title}\n一、就业。新增就业5000人。", encoding="utf-8")
    assert draft(path, region="CN", known=data).documents["year"].tolist() == [2030]


def test_a_place_beside_the_number_outranks_one_in_the_heading_of_its_line(data: Dataset) -> None:
    draft = drafted(data, "1. 城乡最低生活保障：城市低保标准不低于780元，农村低保标准不低于610元。")
    assert rows(draft, "residence", "value") == [("urban", 780), ("rural", 610)]
