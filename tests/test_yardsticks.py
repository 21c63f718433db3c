"""Yardsticks: the national series, the place above, the price index; and the nation beside the places."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

import minsheng as ms
from minsheng.tables import Dataset
from minsheng.views import with_nation
from minsheng.yardsticks import ancestors, price_factors, reference_values


@pytest.fixture(scope="module")
def levels(data: Dataset) -> pd.DataFrame:
    """The bundled standards."""
    return ms.standards(data)


def rows_of(table: pd.DataFrame, **where: object) -> pd.DataFrame:
    """The rows of `table` that are so."""
    for column, value in where.items():
        table = table[table[column] == value]
    return table


def only(table: pd.DataFrame, **where: object) -> dict[str, Any]:
    """The one row of `table` that is so."""
    found = rows_of(table, **where)
    assert len(found) == 1, found.to_string()
    return dict(found.iloc[0])


def without_index_of(data: Dataset, *years: int) -> Dataset:
    """The tables without the price index of some years."""
    gone = (data.reference["reference_id"] == "cpi_previous_year_100") & data.reference["year"].isin(years)
    return replace(data, reference=data.reference[~gone])


# ---- the national series -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicator", "per", "residence", "year", "value"),
    [
        ("dibao_standard", "person-month", "rural", 2021, 530.183333),  # 6362.2 a year / 12
        ("dibao_standard", "person-month", "rural", 2024, 593.9),  # published by the month
        ("dibao_standard", "person-year", "urban", 2021, 8536.8),  # 711.4 × 12
        ("medical_fiscal_subsidy", "person-month", "all", 2024, 55.833333),  # 670 / 12
        ("medical_fiscal_subsidy", "person-year", "all", 2024, 670),
    ],
)
def test_the_national_series_is_brought_to_the_period_asked(
    data: Dataset, indicator: str, per: str, residence: str, year: int, value: float
) -> None:
    assert only(reference_values(data, indicator, per), residence=residence, year=year)["value"] == value


@pytest.mark.parametrize(
    ("indicator", "per"), [("dibao_standard", "student-year"), ("dibao_standard", ""), ("dibao_topup", "person-month")]
)
def test_there_is_no_national_value_in_a_period_it_cannot_be_brought_to(data: Dataset, indicator: str, per: str) -> None:
    assert reference_values(data, indicator, per).empty


@pytest.mark.parametrize(
    ("where", "year", "reference", "share"),
    [
        ({"region_id": "441602", "residence": "urban"}, 2024, 798.1, 114.647287),  # 915 / 798.1
        ({"region_id": "441602", "residence": "rural"}, 2024, 593.9, 118.033339),  # 701 / 593.9
        ({"region_id": "360000", "residence": "rural"}, 2021, 530.183333, 97.136211),  # 515 / 530.183333
        ({"region_id": "360000", "residence": "urban"}, 2020, 677.5, 104.059041),  # 705 / 677.5
        ({"region_id": "440000", "care": "institutional"}, 2021, 1697.4, 110.934370),  # 1883 / 1697.4
        ({"region_id": "370103"}, 2023, 640, 114.0625),  # 730 / 640
    ],
)
def test_a_standard_is_a_share_of_the_national_one_of_its_year(
    data: Dataset, levels: pd.DataFrame, where: dict[str, str], year: int, reference: float, share: float
) -> None:
    compared = ["dibao_standard", "orphan_standard", "medical_fiscal_subsidy"]
    rows = ms.against_reference(data, levels[levels["indicator_id"].isin(compared)])
    row = only(rows, year=year, **where)
    assert row["reference"] == reference
    assert row["share"] == pytest.approx(share, abs=1e-6)


def test_the_share_is_the_same_in_any_period(data: Dataset) -> None:
    by_month, by_year = (ms.against_reference(data, ms.standards(data, per=per)) for per in ("person-month", "person-year"))
    assert list(by_month["share"]) == pytest.approx(list(by_year["share"]), abs=1e-4)


def test_a_contribution_is_held_against_the_notice_of_the_year_it_was_announced_in(data: Dataset, levels: pd.DataFrame) -> None:
    rows = rows_of(ms.against_reference(data, levels), indicator_id="medical_personal_contribution")
    # Shanxi announced 320 yuan in 2021 for 2022; the national notice of 2021 says 320, and there is none of 2022.
    shanxi = only(rows, region_id="140000", year=2022)
    assert (shanxi["value"], shanxi["reference"], shanxi["share"]) == (320, 320, 100)
    jiangxi = only(rows, region_id="360000", year=2021)
    assert (jiangxi["value"], jiangxi["reference"], jiangxi["share"]) == (310, 320, 96.875)  # 310 / 320


def test_nothing_is_filled_in_where_the_nation_has_no_value(data: Dataset, levels: pd.DataFrame) -> None:
    rows = ms.against_reference(data, levels)
    assert rows_of(rows, indicator_id="dibao_standard", year=2023).empty  # a year that is not known
    assert rows_of(rows, region_id="440100").empty  # one standard for town and country, which the nation has not
    assert rows["reference"].notna().all()
    assert not rows["flags"].str.contains("damaged").any()
    assert set(rows["recipient"]) == {""}


def test_a_derived_national_value_says_so(data: Dataset, levels: pd.DataFrame) -> None:
    rows = rows_of(ms.against_reference(data, levels), indicator_id="dibao_standard", region_id="360000", residence="urban")
    assert dict(zip(rows["year"], rows["reference_status"], strict=True)) == {2020: "derived", 2021: "published"}


def test_shares_of_the_nation_do_not_depend_on_prices(data: Dataset, levels: pd.DataFrame) -> None:
    nominal = ms.against_reference(data, levels)
    constant = ms.against_reference(data, ms.constant_prices(data, levels, 2024))
    assert list(constant["share"]) == list(nominal["share"])


# ---- the place above -----------------------------------------------------------------------------------------------


def test_a_place_is_held_against_the_nearest_place_above_that_has_a_value(data: Dataset, levels: pd.DataFrame) -> None:
    row = only(ms.against_parent(data, levels), region_id="441602", care="institutional", year=2024)
    assert (row["parent_id"], row["parent_value"], row["parent_statistic"]) == ("440000", 2295, "minimum")
    assert row["difference"] == -207  # 2088 - 2295
    assert row["share"] == pytest.approx(90.980392, abs=1e-6)  # 2088 / 2295
    assert row["flags"] == "draft;minimum"
    assert (row["figures"], row["parent_figures"]) == ("000-i7-02", "guangdong_2024-i9-08")
    # Were Heyuan, the prefecture between, to have a value of its own, that would be the one.
    own = rows_of(levels, region_id="440000", care="institutional", year=2024).assign(region_id="441600", value=2100.0)
    row = only(ms.against_parent(data, pd.concat([levels, own])), region_id="441602", care="institutional", year=2024)
    assert (row["parent_id"], row["difference"]) == ("441600", -12)  # 2088 - 2100


@pytest.mark.parametrize(
    ("change", "parent_value"),
    [({"statistic": "standard", "value": 2200.0}, 2295), ({"flags": "damaged", "statistic": "minimum"}, 2295)],
)
def test_a_minimum_goes_before_a_standard_and_a_damaged_value_is_never_a_yardstick(
    data: Dataset, levels: pd.DataFrame, change: dict[str, Any], parent_value: float
) -> None:
    above = levels["region_id"].eq("440000") & levels["care"].eq("institutional") & levels["year"].eq(2024)
    row = only(
        ms.against_parent(data, pd.concat([levels[above].assign(**change), levels])),
        region_id="441602",
        care="institutional",
        year=2024,
    )
    assert row["parent_value"] == parent_value


def test_only_the_same_year_series_and_period_are_held_together(data: Dataset, levels: pd.DataFrame) -> None:
    rows = ms.against_parent(data, levels)
    assert rows_of(rows, region_id="441602", indicator_id="dibao_standard").empty  # Guangdong sets none
    assert rows_of(rows, region_id="441602", care="dispersed", year=2023).empty  # its own is not known
    assert not rows.duplicated(["region_id", "year", "indicator_id", "residence", "care", "recipient", "statistic"]).any()


def test_ancestors_are_told_nearest_first(data: Dataset) -> None:
    assert ancestors(data, "340711-DTZ") == ["340711", "340700", "340000", "CN"]
    assert ancestors(data, "CN") == []
    assert ancestors(data, "no such place") == []


# ---- constant prices -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base_year", "year", "factor"),
    [
        (2024, 2024, 1),
        (2024, 2023, 1.002),
        (2024, 2021, 1.02408408),  # 1.020 × 1.002 × 1.002: the indices of 2022, 2023 and 2024
        (2021, 2024, 0.976482322),  # 1 / 1.02408408
        (2021, 2020, 1.009),  # the index of 2021
        (2024, 2025, 1),  # prices stood still in 2025
    ],
)
def test_a_yuan_is_brought_to_the_prices_of_a_year_by_each_year_between(
    data: Dataset, base_year: int, year: int, factor: float
) -> None:
    assert price_factors(data, base_year)[year] == pytest.approx(factor, abs=1e-9)


def test_no_year_beyond_a_gap_in_the_index_has_a_factor(data: Dataset) -> None:
    factors = price_factors(without_index_of(data, 2022, 2025), 2024)
    assert factors == pytest.approx({2024: 1, 2023: 1.002, 2022: 1.004004})  # 1.002 × 1.002


@pytest.mark.parametrize("base_year", [1999, 2030])
def test_a_base_year_that_the_index_does_not_reach_is_refused(data: Dataset, levels: pd.DataFrame, base_year: int) -> None:
    with pytest.raises(ms.Refused, match=f"{base_year}.*2010–2025"):
        ms.constant_prices(data, levels, base_year)


def test_constant_prices_keep_the_printed_amount_beside_them(data: Dataset, levels: pd.DataFrame) -> None:
    rows = ms.constant_prices(data, levels, 2024)
    row = only(rows, region_id="360000", indicator_id="dibao_standard", residence="urban", year=2021)
    assert (row["nominal"], row["value"]) == (765, 783.424321)  # 765 × 1.02408408 = 783.4243212
    assert only(rows, region_id="441602", indicator_id="dibao_standard", residence="urban", year=2024)["value"] == 915
    ranged = only(ms.constant_prices(data, levels, 2023), region_id="441602", recipient="特殊教育")
    assert (ranged["value"], ranged["value_max"]) == (5988.023952, 19461.077844)  # 6000 / 1.002, 19500 / 1.002


def test_what_is_not_money_or_not_linked_has_no_constant_price(data: Dataset, levels: pd.DataFrame) -> None:
    rows = ms.constant_prices(without_index_of(data, 2022), levels, 2024)
    assert set(rows["unit"]) == {"元"}
    assert set(rows["year"]) == {2022, 2023, 2024, 2025}


def test_a_contribution_is_in_the_prices_of_the_year_it_was_announced_in(data: Dataset, levels: pd.DataFrame) -> None:
    # Shanxi's 320 yuan and the national 320 yuan were both collected in the autumn of 2021: 320 × 1.02408408 = 327.706906
    seen = ms.view(2024, prices="constant", tables=data)
    rows = rows_of(with_nation(seen, ms.funding(seen.levels)), year=2021)
    assert only(rows, region_id="")["contribution"] == 327.706906
    assert only(rows, region_id="140000")["contribution"] == 327.706906
    row = only(rows, region_id="140000")
    assert 100 * row["contribution"] / row["total"] == pytest.approx(100 * 320 / 900, abs=1e-6)


# ---- the nation beside the places ----------------------------------------------------------------------------------


def test_the_nation_stands_beside_the_places_in_the_years_they_have(data: Dataset) -> None:
    seen = ms.view(2024, tables=data)
    rows = with_nation(seen, ms.funding(seen.levels))
    nation = {r.year: (r.fiscal, r.contribution, r.total) for r in rows_of(rows, region_id="").itertuples()}
    assert nation[2024] == (670, 400, 1070)  # 670 + 400
    assert nation[2021] == (580, 320, 900)
    assert nation[2022][0] == 610
    assert pd.isna(nation[2022][1])  # no notice of 2022 is known
    assert pd.isna(nation[2022][2])
    assert 2019 not in nation
    assert list(rows["year"]) == sorted(rows["year"], reverse=True)
    assert len(with_nation(seen, ms.funding(seen.levels.iloc[:0]))) == 0


@pytest.mark.parametrize("prices", ["nominal", "constant"])
def test_a_yardstick_for_nothing_is_empty(data: Dataset, levels: pd.DataFrame, prices: str) -> None:
    none = levels.iloc[:0] if prices == "nominal" else ms.constant_prices(data, levels.iloc[:0], 2024)
    assert len(ms.against_reference(data, none)) == 0
    assert len(ms.against_parent(data, none)) == 0
