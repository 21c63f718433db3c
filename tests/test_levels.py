"""The standards in force: what is printed, what follows from it, and everything that weakens it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import minsheng as ms
from minsheng.levels import COLUMNS, FLAGS, SERIES, join_flags
from minsheng.schema import schema
from minsheng.tables import Dataset, dataset

KEY = ["region_id", "year", *SERIES]

DOCUMENT = {"stage": "adopted", "year": 2020, "year_printed": 2020, "year_basis": "printed", "confidence": 90}
FIGURE = {
    "indicator_id": "cash",
    "residence": "all",
    "care": "all",
    "role": "level",
    "modality": "exact",
    "statistic": "standard",
    "unit": "元",
    "per": "person-month",
    "year": 2020,
    "quality": "ok",
}
INDICATORS = [
    {"indicator_id": "cash", "measure": "benefit", "unit": "元", "per": "person-month;person-year"},
    {"indicator_id": "times", "measure": "ratio", "unit": "倍", "base_id": "cash", "result_id": "support"},
    {"indicator_id": "support", "measure": "benefit", "unit": "元", "per": "person-month"},
]
TIMES = {"indicator_id": "times", "unit": "倍", "per": ""}


def made_up(*figures: dict[str, Any], identified: str = "stated", **documents: dict[str, Any]) -> Dataset:
    """Small tables: place P, document `a` unless others are named, figures f1, f2, … in their order."""
    rows: dict[str, list[dict[str, Any]]] = {
        "regions": [{"region_id": "P", "name": "甲省", "name_en": "Jia", "level": "province", "identified": identified}],
        "documents": [
            {"document_id": name, "region_id": "P", **DOCUMENT, **own} for name, own in (documents or {"a": {}}).items()
        ],
        "indicators": INDICATORS,
        "figures": [
            {"figure_id": f"f{n}", "document_id": next(iter(documents), "a"), **FIGURE, **one}
            for n, one in enumerate(figures, start=1)
        ],
    }
    return dataset(
        {
            name: pd.DataFrame(
                [{column: str(row.get(column, "")) for column in table.columns} for row in rows.get(name, [])],
                columns=table.columns,
                dtype="object",
            )
            for name, table in schema().tables.items()
        }
    )


def only(table: pd.DataFrame, **where: object) -> dict[str, Any]:
    """The one row of `table` that is so."""
    for column, value in where.items():
        table = table[table[column] == value]
    assert len(table) == 1, table.to_string()
    return dict(table.iloc[0])


@pytest.fixture(scope="module")
def levels(data: Dataset) -> pd.DataFrame:
    """The bundled standards."""
    return ms.standards(data)


# ---- derivations ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "indicator", "where", "year", "value", "derivation", "figures"),
    [
        # 提高60元，达到765元: 765 - 60 = 705 held in the year before, and so on.
        ("360000", "dibao_standard", {"residence": "urban"}, 2020, 705, "765 - 60", "002-1-i12-02;002-1-i12-01"),
        ("360000", "dibao_standard", {"residence": "rural"}, 2020, 470, "515 - 45", "002-1-i12-06;002-1-i12-05"),
        ("360000", "dibao_topup", {"residence": "urban"}, 2020, 450, "490 - 40", "002-1-i12-04;002-1-i12-03"),
        ("360000", "orphan_standard", {"care": "dispersed"}, 2020, 950, "1200 - 250", "002-1-i22-04;002-1-i22-02"),
        ("370103", "medical_fiscal_subsidy", {}, 2022, 670, "730 - 60", "003-i19-02;003-i19-01"),
        ("140000", "medical_fiscal_subsidy", {}, 2020, 550, "580 - 30", "shanxi_2021-i1-02;shanxi_2021-i1-01"),
        # 1.6 × 915 = 1464; 1.6 × 701 = 1121.6
        ("441602", "tekun_standard", {"residence": "urban"}, 2024, 1464, "1.6 × 915", "000-i6-03;000-i6-08"),
        ("441602", "tekun_standard", {"residence": "rural"}, 2024, 1121.6, "1.6 × 701", "000-i6-04;000-i6-08"),
    ],
)
def test_a_derived_value_shows_its_arithmetic_and_its_figures(
    levels: pd.DataFrame,
    place: str,
    indicator: str,
    where: dict[str, str],
    year: int,
    value: float,
    derivation: str,
    figures: str,
) -> None:
    row = only(levels, region_id=place, indicator_id=indicator, year=year, **where)
    assert row["value"] == value
    assert (row["origin"], row["derivation"], row["figures"]) == ("derived", derivation, figures)
    assert "derived" in row["flags"].split(";")


def test_a_derived_value_carries_the_flags_of_all_its_figures(levels: pd.DataFrame) -> None:
    # 源城区: base and multiple are in a draft, the multiple says 不低于.
    row = only(levels, region_id="441602", indicator_id="tekun_standard", residence="urban")
    assert row["flags"] == "draft;at_least;derived"


def test_a_printed_value_is_not_derived_again(levels: pd.DataFrame) -> None:
    # Guangzhou prints 2094.4 = 1.6 × 1309 and 1963.5 = 1.5 × 1309 itself.
    rows = levels[(levels["region_id"] == "440100") & (levels["residence"] == "all") & (levels["recipient"] == "")]
    for indicator, value in (("tekun_standard", 2094.4), ("dibao_margin_income_line", 1963.5)):
        row = only(rows, indicator_id=indicator)
        assert (row["value"], row["origin"]) == (value, "level")


def test_a_multiple_said_by_two_documents_gives_one_value() -> None:
    data = made_up({"value": 100}, {"value": 1.6, **TIMES}, {"value": 1.6, "document_id": "b", **TIMES}, a={}, b={})
    row = only(ms.standards(data), indicator_id="support")
    assert row["value"] == 160  # 1.6 × 100
    assert row["flags"] == "derived"


def test_a_multiple_for_urban_residents_is_not_applied_to_rural_ones() -> None:
    data = made_up(
        {"value": 100, "residence": "urban"},
        {"value": 80, "residence": "rural"},
        {"value": 1.6, "residence": "urban", **TIMES},
        {"value": 1.3, "residence": "rural", **TIMES},
    )
    table = ms.standards(data)
    assert only(table, indicator_id="support", residence="urban")["value"] == 160  # 1.6 × 100
    assert only(table, indicator_id="support", residence="rural")["value"] == 104  # 1.3 × 80


def test_no_value_is_derived_from_a_derived_one() -> None:
    # 100 - 10 = 90 in 2019 is derived; 1.6 × 90 would be a guess upon a guess.
    data = made_up({"value": 100}, {"value": 10, "role": "increase"}, {"value": 1.6, "year": 2019, **TIMES})
    table = ms.standards(data)
    assert only(table, indicator_id="cash", year=2019)["value"] == 90
    assert table[table["indicator_id"] == "support"].empty


# ---- flags ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flag", "figure", "document"),
    [
        ("draft", {}, {"stage": "draft"}),
        ("minimum", {"statistic": "minimum"}, {}),
        ("average", {"statistic": "average"}, {}),
        ("at_least", {"modality": "at_least"}, {}),
        ("at_most", {"modality": "at_most"}, {}),
        ("about", {"modality": "about"}, {}),
        ("range", {"value_max": 120}, {}),
        ("assessed", {}, {"year_basis": "assessed"}),
        ("coverage_year", {"announced_year": 2019}, {}),
        ("doubtful", {"quality": "doubtful"}, {}),
        ("damaged", {"quality": "damaged"}, {}),
        ("", {}, {}),
    ],
)
def test_each_doubt_is_a_flag(flag: str, figure: dict[str, Any], document: dict[str, Any]) -> None:
    assert only(ms.standards(made_up({"value": 100, **figure}, a=document)))["flags"] == flag


@pytest.mark.parametrize(("identified", "flags"), [("stated", ""), ("inferred", "inferred"), ("unknown", "inferred")])
def test_a_place_that_is_not_stated_is_flagged(identified: str, flags: str) -> None:
    assert only(ms.standards(made_up({"value": 100}, identified=identified)))["flags"] == flags


def test_flags_are_told_once_and_in_their_order() -> None:
    assert join_flags("stale;draft", "", "about;draft") == "draft;about;stale"


def test_a_damaged_figure_stays_as_printed(levels: pd.DataFrame) -> None:
    row = only(levels, indicator_id="martyr_family_pension", recipient="病故军人遗属")
    assert (row["value"], row["flags"]) == (2024.5, "assessed;inferred;damaged")


# ---- one row each --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year_basis", ["assessed", "printed"])
@pytest.mark.parametrize("per", [None, "person-month", "person-year"])
def test_each_place_year_and_series_has_one_row(data: Dataset, year_basis: str, per: str | None) -> None:
    table = ms.standards(data, year_basis=year_basis, per=per)
    assert list(table.columns) == COLUMNS
    assert not table.duplicated(KEY).any()
    assert {flag for cell in table["flags"] for flag in cell.split(";") if flag} <= set(FLAGS)


OTHER = {"value": 110, "document_id": "b"}


@pytest.mark.parametrize(
    ("documents", "second", "value", "flags", "figures"),
    [
        ({"b": {}}, OTHER | {"value": 100}, 100, "", "f1;f2"),  # both say so
        ({"b": {"confidence": 80}}, OTHER, 100, "contradicted", "f1"),  # the surer document wins
        ({"b": {"stage": "draft", "confidence": 99}}, OTHER, 100, "contradicted", "f1"),  # a draft yields to what is adopted
        ({"b": {"confidence": 99}}, OTHER | {"role": "baseline"}, 100, "contradicted", "f1"),  # a level before a baseline
        ({"b": {"confidence": 99}}, OTHER | {"quality": "damaged"}, 100, "", "f1"),  # a damaged figure contradicts nothing
        ({"b": {}}, OTHER | {"value": 1200, "per": "person-year"}, 100, "", "f1;f2"),  # 1200 a year = 100 a month
        ({"b": {}}, OTHER | {"value": 1320, "per": "person-year"}, 100, "contradicted", "f1"),  # 1320 / 12 = 110
    ],
)
def test_two_documents_give_one_row_that_says_whether_they_agree(
    documents: dict[str, dict[str, Any]], second: dict[str, Any], value: float, flags: str, figures: str
) -> None:
    row = only(ms.standards(made_up({"value": 100}, second, a={}, **documents)))
    assert (row["value"], row["flags"], row["figures"]) == (value, flags, figures)


# ---- periods, strictness, year basis -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicator", "where", "per", "value", "said"),
    [
        ("dibao_standard", {"region_id": "441602", "residence": "urban", "year": 2024}, None, 915, "person-month"),
        ("dibao_standard", {"region_id": "441602", "residence": "urban", "year": 2024}, "person-year", 10980, "person-year"),
        ("medical_fiscal_subsidy", {"region_id": "441602", "year": 2024}, "person-month", 55.833333, "person-month"),  # 670 / 12
        ("medical_fiscal_subsidy", {"region_id": "441602", "year": 2024}, None, 670, "person-year"),
        ("school_public_funds", {"recipient": "小学"}, "person-month", 1150, "student-year"),  # not an amount per person
    ],
)
def test_amounts_per_person_are_brought_to_the_period_asked(
    data: Dataset, indicator: str, where: dict[str, object], per: str | None, value: float, said: str
) -> None:
    row = only(ms.standards(data, per=per), indicator_id=indicator, **where)
    assert (row["value"], row["per"]) == (value, said)


def test_a_yearly_amount_is_brought_to_the_first_period_of_its_indicator() -> None:
    row = only(ms.standards(made_up({"value": 6180, "value_max": 7200, "per": "person-year"})))
    assert (row["value"], row["value_max"], row["per"]) == (515, 600, "person-month")  # 6180 / 12, 7200 / 12


def test_strict_keeps_only_rows_without_a_flag(data: Dataset, levels: pd.DataFrame) -> None:
    strict = ms.standards(data, strict=True)
    assert only(strict, region_id="440100", indicator_id="dibao_standard")["value"] == 1309
    pd.testing.assert_frame_equal(strict, levels[levels["flags"] == ""].reset_index(drop=True))


def test_printed_years_are_those_of_the_document_and_say_so(data: Dataset) -> None:
    table = ms.standards(data, year_basis="printed")
    # Jiangxi prints 2024 where 2021 is meant: all years move by 2024 - 2021 = 3.
    rows = table[(table["region_id"] == "360000") & (table["indicator_id"] == "dibao_standard") & (table["residence"] == "urban")]
    assert list(zip(rows["year"], rows["value"], strict=True)) == [(2023, 705), (2024, 765)]
    assert list(rows["flags"]) == ["derived;printed_year;inferred", "printed_year;inferred"]
    # 源城区 prints the year that is meant.
    assert only(table, region_id="441602", indicator_id="dibao_standard", residence="urban", year=2024)["flags"] == "draft"


def test_printed_years_move_the_year_of_the_announcement_too() -> None:
    data = made_up({"value": 100, "year": 2021, "announced_year": 2020}, a={"year_printed": 2024, "year_basis": "assessed"})
    row = only(ms.standards(data, year_basis="printed"))
    assert (row["year"], row["announced_year"], row["flags"]) == (2025, 2024, "printed_year;coverage_year")


def test_a_document_that_prints_no_year_is_left_out_by_printed_years() -> None:
    data = made_up({"value": 100}, a={"year_printed": "", "year_basis": "assessed"})
    assert len(ms.standards(data)) == 1
    assert ms.standards(data, year_basis="printed").empty


@pytest.mark.parametrize(("option", "named"), [({"year_basis": "guess"}, "printed"), ({"per": "month"}, "person-month")])
def test_an_unknown_option_is_refused_with_what_there_is(data: Dataset, option: dict[str, Any], named: str) -> None:
    with pytest.raises(ms.Refused, match=named) as refused:
        ms.standards(data, **option)
    assert next(iter(option.values())) in refused.value.text("zh")


def test_the_tables_given_are_left_as_they_were(data: Dataset) -> None:
    before = data.digest()
    ms.standards(data, year_basis="printed", per="person-year")
    assert data.digest() == before


def test_tables_without_a_figure_have_no_standards() -> None:
    assert list(ms.standards(made_up()).columns) == COLUMNS
