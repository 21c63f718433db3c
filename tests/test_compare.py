"""Comparisons: what is laid side by side, what is refused, and by how much it changed."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import minsheng as ms
from minsheng.compare import select
from minsheng.levels import COLUMNS
from minsheng.tables import Dataset

ROW = {
    "region_id": "A",
    "year": 2020,
    "indicator_id": "cash",
    "residence": "all",
    "care": "all",
    "recipient": "",
    "statistic": "standard",
    "value": 100.0,
    "value_max": float("nan"),
    "unit": "元",
    "per": "person-month",
    "measure": "benefit",
    "origin": "level",
    "flags": "",
    "derivation": "",
    "figures": "f",
    "document_id": "d",
    "announced_year": None,
}


def table_of(*rows: dict[str, Any]) -> pd.DataFrame:
    """A table as `standards` gives it, with the rows that differ from `ROW` so."""
    table = pd.DataFrame([{**ROW, **row} for row in rows], columns=COLUMNS)
    return table.astype({"year": "Int64", "announced_year": "Int64", "value": "float64"})


@pytest.fixture(scope="module")
def levels(data: Dataset) -> pd.DataFrame:
    """The bundled standards."""
    return ms.standards(data)


# ---- refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicator", "choice", "key", "said"),
    [
        ("dibao_standard", {}, "several_series", ["residence", "'rural'", "'urban'", "by=['residence']"]),
        ("orphan_standard", {}, "several_series", ["care", "'dispersed'", "'institutional'"]),
        ("school_public_funds", {}, "several_series", ["recipient", "小学", "初中"]),
        (["dibao_standard", "dibao_topup"], {"residence": "urban"}, "several_series", ["indicator_id", "dibao_topup"]),
        (
            ["dibao_standard", "tekun_multiple"],
            {"by": ["indicator_id"]},
            "ratio_with_level",
            ["dibao_standard", "tekun_multiple"],
        ),
        (
            ["dibao_standard", "medical_fiscal_subsidy"],
            {"by": ["indicator_id", "residence"]},
            "units",
            ["元/person-month", "元/person-year"],
        ),
        ("dibao_standart", {}, "indicator", ["dibao_standart", "dibao_standard"]),
        (["dibao_standard", "orphan_standrad"], {}, "indicator", ["orphan_standrad", "orphan_standard"]),
    ],
)
def test_what_cannot_be_compared_is_refused_with_why_and_what_instead(
    levels: pd.DataFrame, indicator: str | list[str], choice: dict[str, Any], key: str, said: list[str]
) -> None:
    with pytest.raises(ms.Refused) as refused:
        select(levels, indicator, **choice)
    assert refused.value.key == f"refused.{key}"
    for words in said:
        assert words in refused.value.text("zh")
        assert words in refused.value.text("en")


@pytest.mark.parametrize(
    "ask",
    [
        lambda table: ms.across(table, "no_such_thing", 2024),
        lambda table: ms.over_years(table, "no_such_thing"),
        lambda table: ms.urban_rural(table, "no_such_thing"),
        lambda table: ms.funding(table, fiscal="no_such_thing"),
        lambda table: ms.across(table, "dibao_standard", 2024),
        lambda table: ms.over_years(table, "dibao_standard"),
    ],
)
def test_every_comparison_refuses_alike(levels: pd.DataFrame, ask: Any) -> None:
    with pytest.raises(ms.Refused, match=r"no_such_thing|dibao_standard"):
        ask(levels)


def test_an_indicator_without_figures_is_known_and_gives_no_rows(levels: pd.DataFrame) -> None:
    assert select(levels, "urban_new_jobs").empty  # a target, never a standard
    assert ms.across(levels[levels["region_id"] == "140000"], "dibao_standard", 2024).empty


def test_several_series_stand_side_by_side_on_purpose(levels: pd.DataFrame) -> None:
    rows = select(levels, ["dibao_standard", "dibao_topup"], regions=["441602"], by=["indicator_id", "residence"])
    of = {(r.indicator_id, r.residence, r.year): r.value for r in rows.itertuples()}
    assert of["dibao_standard", "urban", 2024] == 915
    assert of["dibao_topup", "rural", 2024] == 426
    assert set(rows["region_id"]) == {"441602"}


def series(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """Rows of one indicator, each of a place, care, recipient and period."""
    table = pd.DataFrame(rows, columns=["region_id", "care", "recipient", "per"])
    more = {"indicator_id": "x", "residence": "all", "measure": "benefit", "unit": "元", "flags": "", "year": 2024, "value": 1.0}
    return table.assign(**more)


@pytest.mark.parametrize(
    ("rows", "by", "kept"),
    [
        ([("a", "all", "", "m"), ("b", "all", "", "m"), ("c", "all", "x", "m")], [], [0, 1]),  # two places against one
        ([("a", "all", "", "m"), ("a", "all", "", "m"), ("b", "all", "x", "m"), ("c", "all", "x", "m")], [], [2, 3]),  # not rows
        ([("a", "all", "x", "m"), ("b", "all", "", "m")], [], [1]),  # of as many places, the one for all
        ([("a", "all", "", "m"), ("b", "all", "", "m"), ("c", "all", "", "y")], [], [0, 1]),  # another period
        ([("a", "all", "x", "m"), ("a", "dispersed", "", "m"), ("b", "all", "", "m")], ["care"], [1, 2]),  # each form of care
        ([("a", "all", "x", "m"), ("b", "dispersed", "y", "m")], ["care", "recipient"], [0, 1]),  # all laid side by side
    ],
)
def test_the_main_series_is_that_of_most_places(rows: list[tuple[str, str, str, str]], by: list[str], kept: list[int]) -> None:
    table = series(*rows)
    assert_frame_equal(select(table, "x", by=by, main=True), table.iloc[kept].reset_index(drop=True))


def test_growth_does_not_lead_from_one_unit_to_another(levels: pd.DataFrame) -> None:
    rows = select(levels, "medical_fiscal_subsidy", regions=["370103"])  # 670 and 730 a year
    assert len(ms.growth(rows)) == 1
    assert ms.growth(rows.assign(per=["person-year", "case-month"])).empty


def test_damaged_figures_are_never_selected(levels: pd.DataFrame) -> None:
    rows = select(levels, "martyr_family_pension", by=["recipient"])
    assert sorted(rows["value"]) == [2203.3, 2565.0]  # without the damaged 2024.5


# ---- across places -------------------------------------------------------------------------------------------------


def test_across_shows_the_last_known_year_as_stale(levels: pd.DataFrame) -> None:
    rows = ms.across(levels, "medical_fiscal_subsidy", 2024)
    of = {r.region_id: (r.year, r.value, r.flags) for r in rows.itertuples()}
    assert of["441602"] == (2024, 670, "draft")
    assert of["370103"] == (2023, 730, "stale")
    assert of["510000-T1"] == (2014, 320, "assessed;inferred;stale")
    assert list(rows["value"]) == sorted(rows["value"], reverse=True)


def test_across_without_stale_shows_the_year_alone(levels: pd.DataFrame) -> None:
    rows = ms.across(levels, "medical_fiscal_subsidy", 2024, stale=False)
    assert list(rows["region_id"]) == ["441602"]


def test_across_never_looks_ahead(levels: pd.DataFrame) -> None:
    rows = ms.across(levels, "medical_fiscal_subsidy", 2021)
    assert set(rows["region_id"]) == {"140000", "360000", "361002", "510000-T1"}
    assert rows["year"].max() == 2021


@pytest.mark.parametrize(("minimum_year", "value"), [(2020, 100), (2021, 90), (2019, 100)])
def test_a_standard_goes_before_a_minimum_of_its_year_but_not_of_a_later_one(minimum_year: int, value: float) -> None:
    table = table_of({}, {"statistic": "minimum", "value": 90, "year": minimum_year, "flags": "minimum"})
    assert list(ms.across(table, "cash", 2021)["value"]) == [value]


def test_places_of_one_value_are_in_the_order_of_their_ids() -> None:
    table = table_of({"region_id": "B"}, {"region_id": "A"}, {"region_id": "C", "value": 120})
    assert list(ms.across(table, "cash", 2020)["region_id"]) == ["C", "A", "B"]


# ---- over years ----------------------------------------------------------------------------------------------------


def test_the_path_of_a_place_has_one_value_a_year(levels: pd.DataFrame) -> None:
    rows = ms.over_years(levels, "disability_care_subsidy", regions=["440000"])
    assert list(zip(rows["year"], rows["value"], strict=True)) == [(2021, 243), (2022, 252), (2023, 261), (2024, 270)]
    both = table_of({"statistic": "minimum", "value": 90}, {}, {"year": 2021, "statistic": "minimum", "value": 95})
    assert set(ms.over_years(both, "cash")["value"]) == {100, 95}  # the standard of 2020, the minimum of 2021


def test_growth_leads_from_each_known_year_to_the_next(levels: pd.DataFrame) -> None:
    rows = ms.growth(ms.over_years(levels, "disability_care_subsidy", regions=["440000"]))
    assert list(rows["change"]) == [9, 9, 9]  # 252 - 243, 261 - 252, 270 - 261
    assert list(rows["growth"]) == pytest.approx([3.703704, 3.571429, 3.448276], abs=1e-6)  # 9/243, 9/252, 9/261
    assert rows["figures"].iloc[-1].split(";")[-1] == "guangdong_2024-i9-06"
    assert "guangdong_2024-i9-05" in rows["figures"].iloc[-1]


def test_growth_over_a_gap_is_of_the_whole_span_and_compound_a_year() -> None:
    row = ms.growth(table_of({"year": 2018, "flags": "draft"}, {"year": 2020, "value": 121, "flags": "about"})).iloc[0]
    assert (row["from_year"], row["year"], row["years"]) == (2018, 2020, 2)
    assert (row["previous"], row["value"], row["change"]) == (100, 121, 21)
    assert row["growth"] == pytest.approx(21)  # 121 / 100
    assert row["growth_a_year"] == pytest.approx(10)  # 1.1 × 1.1 = 1.21
    assert row["flags"] == "draft;about"


def test_growth_steps_over_a_damaged_year() -> None:
    rows = ms.growth(table_of({"year": 2018}, {"year": 2019, "value": 2024, "flags": "damaged"}, {"year": 2020, "value": 90}))
    assert list(zip(rows["from_year"], rows["change"], strict=True)) == [(2018, -10)]


@pytest.mark.parametrize(
    "other",
    [{"region_id": "B"}, {"residence": "urban"}, {"care": "dispersed"}, {"recipient": "x"}, {"statistic": "average"}],
)
def test_growth_never_leads_from_one_series_or_place_to_another(other: dict[str, str]) -> None:
    assert ms.growth(table_of({}, {"year": 2021, **other})).empty


def test_growth_from_nothing_is_not_known() -> None:
    assert ms.growth(table_of({"value": 0}, {"year": 2021})).empty


# ---- urban and rural -----------------------------------------------------------------------------------------------


def test_the_rural_standard_is_a_share_of_the_urban_one(levels: pd.DataFrame) -> None:
    rows = ms.urban_rural(levels, "dibao_standard")
    of = {(r.region_id, r.year): r for r in rows.itertuples()}
    assert of["441602", 2024].share == pytest.approx(76.612022, abs=1e-6)  # 701 / 915
    assert of["441602", 2023].share == pytest.approx(71.014493, abs=1e-6)  # 637 / 897
    assert of["360000", 2021].share == pytest.approx(67.320261, abs=1e-6)  # 515 / 765
    assert (of["441602", 2024].rural, of["441602", 2024].urban) == (701, 915)
    assert of["441602", 2024].figures == "000-i6-03;000-i6-04"
    assert of["360000", 2020].flags == "derived;assessed;inferred"


def test_only_a_pair_of_one_place_year_and_series_has_a_share(levels: pd.DataFrame) -> None:
    assert "440100" not in set(ms.urban_rural(levels, "dibao_standard")["region_id"])  # one standard for all
    apart = table_of({"residence": "urban"}, {"residence": "rural", "year": 2021}, {"residence": "rural", "statistic": "minimum"})
    assert ms.urban_rural(apart, "cash").empty


# ---- funding, known ------------------------------------------------------------------------------------------------


def test_a_contribution_stands_with_the_subsidy_announced_in_the_same_year(levels: pd.DataFrame) -> None:
    rows = ms.funding(levels)
    assert not rows.duplicated(["region_id", "year"]).any()
    of = {(r.region_id, r.year): r for r in rows.itertuples()}
    # Shanxi announced in 2021 what is paid for 2022: 580 + 320 = 900, and the year before 550 + 280 = 830.
    shanxi = of["140000", 2021]
    assert (shanxi.fiscal, shanxi.contribution, shanxi.total, shanxi.flags) == (580, 320, 900, "coverage_year")
    assert shanxi.figures == "shanxi_2021-i1-02;shanxi_2021-i1-16"
    assert of["140000", 2020].total == 830
    assert of["360000", 2021].total == 890  # 580 + 310
    assert ("140000", 2022) not in of


def test_a_contribution_that_is_not_known_stays_unknown(levels: pd.DataFrame) -> None:
    row = ms.funding(levels).query("region_id == '441602' and year == 2024").iloc[0]
    assert row["fiscal"] == 670
    assert pd.isna(row["contribution"])
    assert pd.isna(row["total"])
    assert row["figures"] == "000-i9-02"


def test_known_counts_series_by_place_and_year_without_damaged_ones() -> None:
    table = table_of(
        {}, {"residence": "urban", "flags": "draft;derived"}, {"care": "dispersed", "flags": "damaged"}, {"year": 2021}
    )
    assert ms.known(table).to_dict("records") == [
        {"region_id": "A", "year": 2020, "count": 2, "derived": 1},
        {"region_id": "A", "year": 2021, "count": 1, "derived": 0},
    ]


@pytest.mark.parametrize(
    "ask",
    [
        lambda table: ms.across(table, "dibao_standard", 2024),
        lambda table: ms.over_years(table, "dibao_standard"),
        lambda table: ms.urban_rural(table, "dibao_standard"),
        ms.growth,
        ms.funding,
        ms.known,
    ],
)
def test_a_comparison_of_nothing_is_empty(levels: pd.DataFrame, ask: Any) -> None:
    assert len(ask(levels.iloc[:0])) == 0


@pytest.mark.parametrize(
    ("choice", "nearest"),
    [({"residence": "urbn"}, "urban"), ({"care": "institution"}, "institutional"), ({"recipient": "失能人"}, "失能")],
)
def test_a_misspelt_choice_is_refused_with_the_nearest(levels: pd.DataFrame, choice: dict[str, str], nearest: str) -> None:
    with pytest.raises(ms.Refused, match=nearest):
        ms.over_years(levels, "tekun_standard", by=["residence", "care", "recipient"], **choice)
