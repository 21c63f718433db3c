"""What each list counts as livelihood."""

from __future__ import annotations

import pandas as pd
import pytest

import minsheng as ms
from minsheng.commitments import _DEPARTMENTS, department
from minsheng.labels import keys
from minsheng.tables import Dataset


@pytest.fixture(scope="module")
def items(data: Dataset) -> pd.DataFrame:
    """All items of all lists."""
    return ms.listed(data)


def test_notices_are_no_lists(data: Dataset, items: pd.DataFrame) -> None:
    assert set(data.documents["document_id"]) - set(items["document_id"]) == {"guangzhou_2025", "shanxi_2021"}
    assert items.groupby("document_id").size().loc[["000", "002-1", "003", "004"]].to_list() == [14, 51, 20, 50]


@pytest.mark.parametrize("by", ["topic", "department"])
def test_the_shares_of_a_list_make_a_hundred(items: pd.DataFrame, by: str) -> None:
    assert ms.shares(items, by).groupby("document_id")["share"].sum().to_numpy() == pytest.approx(100)


def test_shares_by_hand(items: pd.DataFrame) -> None:
    share = ms.shares(items).set_index(["document_id", "code"])
    assert share.loc[("000", "food_drug_safety"), ["count", "items"]].to_list() == [2, 14]  # items 4 and 5
    assert share.loc[("000", "food_drug_safety"), "share"] == pytest.approx(100 * 2 / 14)
    assert share.loc[("003", "elderly_care"), "share"] == pytest.approx(100 * 4 / 20)  # items 6, 8, 16, 17
    lead = ms.shares(items, "department").set_index(["document_id", "code"])
    # 003: 区卫生健康局 alone in 15, 16, 17; with two others in 14, with 区妇联 in 18: (3 + 1/3 + 1/2) / 20 = 19.17 %
    assert lead.loc[("003", "health"), "count"] == 5
    assert lead.loc[("003", "health"), "share"] == pytest.approx(100 * (3 + 1 / 3 + 1 / 2) / 20)


def test_an_item_led_twice_by_one_department_counts_once(items: pd.DataFrame) -> None:
    one = items[(items["document_id"] == "000") & (items["item"] == "1")].assign(lead="市水务局;市水利局")
    (row,) = ms.shares(one, "department").to_dict("records")
    assert (row["code"], row["count"], row["share"]) == ("water", 1, 100.0)


def test_diversity_by_hand(items: pd.DataFrame) -> None:
    rows = ms.diversity(ms.shares(items)).set_index("document_id")
    # 003: 4, 4, 3, 2, 2, 1, 1, 1, 1, 1 of 20: 400 / (16 + 16 + 9 + 4 + 4 + 5) = 400 / 54
    assert rows.loc["003", "effective"] == pytest.approx(400 / 54)
    assert rows.loc["guangdong_2024", "effective"] == pytest.approx(10)  # ten items, ten topics


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("区民政局", "市民政局", "省民政厅"), "civil_affairs"),
        (("区人社局", "市人社局", "省人力资源社会保障厅", "区人力资源社会保障局"), "human_resources"),
        (("区卫健委", "市卫生健康委", "省卫生健康委"), "health"),
        (("市医保局源城分局", "省医保局"), "medical_security"),
        (("区教育体育局", "区教体局", "省教育厅"), "education"),
        (("区文广新旅局", "区文化广电旅游体育局", "省文化和旅游厅"), "culture_tourism"),
        (("****保障局", "****建设局"), "masked"),
        (("市中城投集团",), "other"),
    ],
)
def test_departments_of_one_function_are_one(names: tuple[str, ...], code: str) -> None:
    assert {department(name) for name in names} == {code}


def test_every_department_has_words() -> None:
    assert {f"department.{code}" for code in (*_DEPARTMENTS, "masked", "other")} == {
        k for k in keys("zh") if k.startswith("department.")
    }


def test_few_departments_are_left_over(data: Dataset) -> None:
    names = {one for cell in data.items["lead"].dropna() for one in cell.split(";")}
    rest = {one for one in names if department(one) == "other"}
    assert len(rest) / len(names) < 0.06, sorted(rest)


def test_flags_travel_with_the_items(items: pd.DataFrame) -> None:
    flags = items.drop_duplicates("document_id").set_index("document_id")["flags"].to_dict()
    assert flags["000"] == "draft"
    assert flags["002-2"] == "assessed;inferred"
    assert flags["004"] == ""


def test_years_as_printed_move_the_lists(data: Dataset) -> None:
    rows = ms.listed(data, year_basis="printed").drop_duplicates("document_id").set_index("document_id")
    assert rows.loc["002-1", ["year", "flags"]].to_list() == [2024, "printed_year;inferred"]
    assert "002-3" not in rows.index  # prints no year
