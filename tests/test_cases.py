"""Typical cases: what they add up to, what is said where something is missing, and the tables that define them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import minsheng as ms
from minsheng import casebook
from minsheng.charts.cases import case_matrix, case_sums
from minsheng.tables import Dataset
from minsheng.topics import find_topic, years_of
from minsheng.typical import beyond_dibao, composed, newest


@pytest.fixture(scope="module")
def data() -> Dataset:
    return ms.load()


@pytest.fixture(scope="module")
def levels(data: Dataset) -> pd.DataFrame:
    return ms.standards(data)


@pytest.fixture(scope="module")
def rows(data: Dataset, levels: pd.DataFrame) -> pd.DataFrame:
    return ms.cases(data, levels)


def one(rows: pd.DataFrame, case: str, place: str, year: int) -> Any:
    """The row of one case, place and year."""
    found = rows[(rows["case_id"] == case) & (rows["region_id"] == place) & (rows["year"] == year)]
    assert len(found) == 1
    return next(found.itertuples())


# Worked out by hand from the documents: Jiangxi 2021 (360000), Linchuan 2021 (361002), Yuancheng 2024 (441602),
# Guangzhou 2025 (440100), the township in Sichuan 2014.
SUMS = [
    ("dibao_adult_urban", "360000", 2021, 765),
    ("dibao_adult_rural", "360000", 2021, 515),
    ("dibao_family_urban", "360000", 2021, 2295),  # 3 × 765
    ("dibao_family_rural", "441602", 2024, 2103),  # 3 × 701
    ("disabled_adult_urban", "360000", 2021, 895),  # 765 + 60 + 70
    ("disabled_adult_rural", "441602", 2024, 1173),  # 701 + 202 + 270
    ("orphan_institution", "441602", 2024, 2088),
    ("orphan_family", "441602", 2024, 1450),
    ("orphan_family", "440100", 2025, 2976),  # one standard for all forms of care
    ("dibao_adult_rural", "440100", 2025, 1309),  # one standard for town and country
    ("tekun_able_rural", "361002", 2021, 740),  # 670 + 70 (全自理)
    ("tekun_unable_rural", "360000", 2021, 2195),  # 995 (失能, not the general 670) + 1200
    ("tekun_unable_urban", "361002", 2021, 2195),  # 995 + 1200
    ("pensioner_70", "361002", 2021, 118),  # 115 + 3
    ("pensioner_80", "361002", 2021, 121),  # 115 + 6
]

BOUNDS = [
    ("unattended_child", "340400", 2024, 1300, ""),  # at least 1300 for care in a family; 1700 is for institutions
    ("pensioner_80", "360000", 2021, 121, ""),  # 115 + at least 6
    ("tekun_able_rural", "441602", 2024, 1121.6, "tekun_care_allowance"),  # at least 1.6 × 701
    ("tekun_able_urban", "360000", 2021, 995, "tekun_care_allowance"),  # only 失能 and 半失能 have one that is printed
    ("tekun_able_rural", "440112", 2025, 2413, "tekun_care_allowance"),
    ("pensioner_80", "510000-T1", 2014, 60, "pension_age_supplement"),
]


@pytest.mark.parametrize(("case", "place", "year", "total"), SUMS)
def test_a_case_adds_up_to(rows: pd.DataFrame, case: str, place: str, year: int, total: float) -> None:
    row = one(rows, case, place, year)
    assert (row.lower, row.upper, row.missing) == (total, total, "")
    assert (row.unit, row.per) == ("元", "case-month")


@pytest.mark.parametrize(("case", "place", "year", "least", "left_out"), BOUNDS)
def test_a_sum_that_may_be_more_has_no_upper_end(
    rows: pd.DataFrame, case: str, place: str, year: int, least: float, left_out: str
) -> None:
    row = one(rows, case, place, year)
    assert (row.lower, row.missing, row.left_out) == (least, "", left_out)
    assert pd.isna(row.upper)
    assert "at_least" in row.flags.split(";")


def test_a_sum_with_both_ends_is_no_bound(rows: pd.DataFrame) -> None:
    both = rows[rows["upper"].notna() & ~rows["flags"].str.contains("at_most")]
    assert len(both) > 50
    assert not both["flags"].str.contains("at_least").any()
    assert set(rows[rows["upper"] > rows["lower"]]["flags"].str.contains("range")) == {True}


def test_what_is_left_open_has_two_readings(rows: pd.DataFrame) -> None:
    row = one(rows, "disabled_veteran_1", "361002", 2021)  # 一级因病 7569.2, 一级因战 8080.8
    assert (row.lower, row.upper) == (7569.2, 8080.8)


def test_a_case_that_lacks_a_component_is_not_computed_and_says_what(rows: pd.DataFrame) -> None:
    row = one(rows, "tekun_unable_rural", "441602", 2024)
    assert pd.isna(row.lower)
    assert pd.isna(row.upper)
    assert row.missing == "tekun_care_allowance"
    # Guangdong sets the disability subsidies and no Dibao standard: nothing is borrowed from elsewhere.
    assert one(rows, "disabled_adult_urban", "440000", 2024).missing == "dibao_standard"


def test_a_county_never_borrows_from_its_province(rows: pd.DataFrame) -> None:
    # 441602 prints no standard for orphans in families for 2023, Guangdong does (1359).
    assert rows[(rows["case_id"] == "orphan_family") & (rows["region_id"] == "441602") & (rows["year"] == 2023)].empty


def test_sums_carry_the_flags_and_figures_of_all_components(rows: pd.DataFrame) -> None:
    row = one(rows, "pensioner_80", "360000", 2021)
    assert set(row.flags.split(";")) == {"minimum", "at_least", "assessed", "inferred"}
    assert row.figures.split(";") == ["002-1-i8-02", "002-1-i8-04"]


def test_a_sum_stands_beside_the_dibao_line_and_the_nation(rows: pd.DataFrame) -> None:
    row = one(rows, "disabled_adult_urban", "441602", 2024)
    assert row.dibao == 915
    assert row.dibao_times == pytest.approx(1387 / 915)  # (915 + 202 + 270) / 915 = 1.516
    family = one(rows, "dibao_family_rural", "441602", 2024)
    assert family.reference == pytest.approx(3 * 593.9)
    assert family.share == pytest.approx(100 * 701 / 593.9)  # 118.03
    assert pd.isna(row.reference)  # no national series for the subsidies


def test_an_amount_a_year_is_brought_to_a_month(data: Dataset, levels: pd.DataFrame) -> None:
    yearly = levels[(levels["indicator_id"] == "dibao_standard") & (levels["region_id"] == "441602")].copy()
    yearly["value"], yearly["per"] = yearly["value"] * 12, "person-year"
    yearly.attrs.update(levels.attrs)
    assert one(ms.cases(data, yearly), "dibao_family_urban", "441602", 2024).lower == 2745  # 3 × 915


def test_a_range_is_open_upwards(data: Dataset, levels: pd.DataFrame) -> None:
    wide = levels[(levels["indicator_id"] == "orphan_standard") & (levels["region_id"] == "441602")].copy()
    wide["value_max"] = wide["value"] + 100
    row = one(ms.cases(data, wide), "orphan_institution", "441602", 2024)
    assert (row.lower, row.upper) == (2088, 2188)


def test_a_damaged_figure_enters_no_sum(data: Dataset, levels: pd.DataFrame) -> None:
    torn = levels[levels["region_id"] == "441602"].copy()
    torn.loc[torn["indicator_id"] == "disability_care_subsidy", "flags"] = "damaged"
    assert one(ms.cases(data, torn), "disabled_adult_urban", "441602", 2024).missing == "disability_care_subsidy"


def test_no_other_standard_stands_in_for_a_damaged_one(data: Dataset, levels: pd.DataFrame) -> None:
    # Linchuan prints 995 for the 失能 and 670 for all: without the 995 the sum is not 670 + 1200, it is not known.
    torn = levels.copy()
    own = (torn["indicator_id"] == "tekun_standard") & (torn["recipient"] == "失能") & (torn["region_id"] == "361002")
    torn.loc[own, "flags"] = "damaged"
    row = one(ms.cases(data, torn), "tekun_unable_rural", "361002", 2021)
    assert row.missing == "tekun_standard"
    assert pd.isna(row.lower)


def test_a_damaged_dibao_line_measures_nothing(data: Dataset, levels: pd.DataFrame) -> None:
    torn = levels.copy()
    torn.loc[(torn["indicator_id"] == "dibao_standard") & (torn["region_id"] == "441602"), "flags"] = "damaged"
    row = one(ms.cases(data, torn), "orphan_institution", "441602", 2024)
    assert row.lower == 2088
    assert pd.isna(row.dibao)
    assert pd.isna(row.dibao_times)


def test_the_dibao_line_brings_its_figures_and_flags(data: Dataset, rows: pd.DataFrame) -> None:
    row = one(beyond_dibao(data, rows), "orphan_institution", "441602", 2024)
    assert row.figures.split(";") == ["000-i7-02", "000-i6-03"]  # 2088 for the orphan, 915 for the line
    doubtful = rows.assign(dibao_flags="doubtful")
    assert one(beyond_dibao(data, doubtful), "orphan_institution", "441602", 2024).flags == "draft;doubtful"


def test_a_share_of_the_nation_is_the_same_in_constant_prices(data: Dataset, rows: pd.DataFrame) -> None:
    seen = ms.view(2024, prices="constant", tables=data)
    constant = one(ms.cases(data, seen.levels), "dibao_adult_urban", "360000", 2021)
    assert constant.lower == pytest.approx(765 * 1.02 * 1.002 * 1.002)  # prices of 2022, 2023 and 2024
    assert constant.share == pytest.approx(100 * 765 / 711.4)
    assert constant.share == pytest.approx(one(rows, "dibao_adult_urban", "360000", 2021).share)


def test_a_strict_view_drops_sums_and_never_swaps_a_standard(data: Dataset) -> None:
    figures = data.figures.copy()
    figures.loc[figures["figure_id"] == "guangzhou_2025-i1-07", "quality"] = "doubtful"  # 2094.4, urban Tekun
    seen = ms.view(2025, strict=True, tables=replace(data, figures=figures))
    strict = ms.cases(seen.data, seen.all_levels, strict=True)
    assert set(strict["flags"]) == {""}
    assert one(strict, "dibao_adult_urban", "440100", 2025).lower == 1309
    # The standard for all is without a flag, but it is not the one that a Tekun person in a town has: among strict
    # standards alone it would stand in for that.
    towns = [rows[(rows["case_id"] == "tekun_unable_urban") & (rows["region_id"] == "440100")]
             for rows in (strict, ms.cases(seen.data, seen.levels))]  # fmt: skip
    assert [len(mine) for mine in towns] == [0, 1]


def test_a_year_has_a_page_only_where_a_case_adds_up_from_what_it_prints(data: Dataset, levels: pd.DataFrame) -> None:
    topic = find_topic("typical_cases")
    # 2011 and 2018 print no standard of a case; 2020 is known by derivation only.
    assert years_of(topic, data, levels, ms.printed(data)) == [2014, 2021, 2022, 2023, 2024, 2025]


def test_only_sums_with_both_ends_are_ranked_in_words(data: Dataset, rows: pd.DataFrame) -> None:
    seen = ms.view(2021, tables=data)
    found = newest(rows, 2021)
    able = found[found["case_id"] == "tekun_able_rural"]  # Jiangxi at least 670, Linchuan 740
    assert set(able["region_id"]) == {"360000", "361002"}
    assert casebook.apart(able, seen) == [seen.say("case.one_place")]
    said = casebook.left_out(able, seen)
    assert len(said) == 1
    assert "江西省" in said[0]
    assert "临川区" not in said[0]


def test_the_newest_year_of_each_place_and_no_later_one(rows: pd.DataFrame) -> None:
    found = newest(rows, 2024)
    years = found.groupby("region_id")["year"].agg(["min", "max"])
    assert (years["min"] == years["max"]).all()
    assert years.loc["441602", "max"] == 2024
    assert years.loc["360000", "max"] == 2021
    assert "440100" not in years.index  # Guangzhou's is of 2025
    assert found[found["region_id"] == "360000"]["flags"].str.contains("stale").all()
    assert not found[found["region_id"] == "441602"]["flags"].str.contains("stale").any()


def test_a_multiple_of_dibao_is_asked_only_of_what_is_more_than_dibao(data: Dataset, rows: pd.DataFrame) -> None:
    kept = set(beyond_dibao(data, rows)["case_id"])
    assert set(rows["case_id"]) - kept == {f"dibao_{who}_{where}" for who in ("adult", "family") for where in ("urban", "rural")}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_sentences_and_charts_say_it(data: Dataset, lang: str) -> None:
    ms.use_style()
    seen = ms.view(2021, lang=lang, tables=data)
    rows, parts = ms.cases(data, seen.levels), ms.case_parts(data, seen.levels)
    found = newest(rows, 2021)
    said = " ".join(casebook.apart(found, seen))
    assert "1600" in said
    assert "1883" in said
    assert "9.89" in casebook.beside_dibao(found, seen)[0]  # 7569.2 / 765
    assert len(casebook.uncounted(rows[rows["year"] == 2021], seen)) == 1
    assert "2.87" in case_matrix(beyond_dibao(data, found), seen, value="dibao_times").alt  # 2195 / 765
    assert "9.89–10.56" in case_matrix(beyond_dibao(data, found), seen, value="dibao_times").alt  # 8080.8 / 765
    assert "7569.2–8080.8" in case_matrix(found, seen).alt
    assert "≥118" in case_matrix(found, seen).alt  # 115 + at least 3
    assert "765 + 60 + 70 = 895" in case_sums(composed(found, parts), seen, parts).alt


# ---- the tables that define them


def test_tables_of_ones_own_stand_alone_without_cases(data: Dataset, tmp_path: Path) -> None:
    for name, table in data.tables().items():
        if not name.startswith("case"):
            table.to_csv(tmp_path / f"{name}.csv", index=False)
    alone = ms.load(tmp_path)
    assert len(alone.figures) == len(data.figures)
    assert len(alone.cases) == len(alone.case_parts) == 0
    assert ms.cases(alone, ms.standards(alone)).empty


def test_a_case_of_ones_own_is_computed_beside_the_bundled_ones(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text(
        "case_id,name,name_en,residence,definition,definition_en\ntwo_orphans,两个孤儿,Two orphans,urban,二人,two children\n"
    )
    (tmp_path / "case_parts.csv").write_text(
        "case_id,part,reading,need,indicator_id,residence,care,recipient,times,reason,reason_en\n"
        "two_orphans,1,both,required,orphan_standard,all,dispersed,-,2,两份,two of them\n"
    )
    data = ms.load(tmp_path)
    assert one(ms.cases(data, ms.standards(data)), "two_orphans", "441602", 2024).lower == 2900  # 2 × 1450


def test_a_part_of_no_case_and_of_no_indicator_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "case_parts.csv").write_text(
        "case_id,part,reading,need,indicator_id,residence,care,recipient,times,reason,reason_en\n"
        "dibao_adult_urbn,1,both,required,dibao_standrd,urban,all,-,1,甲,a\n"
        "dibao_adult_urban,9,neither,required,dibao_standard,urban,all,-,0,甲,a\n"
    )
    said = [fault.text("en") for fault in ms.check(tmp_path)]
    assert [one.split(": ")[0] for one in said] == [
        "case_parts.csv:2:case_id",
        "case_parts.csv:2:indicator_id",
        "case_parts.csv:3:reading",
        "case_parts.csv:3:times",
    ]
    assert "dibao_adult_urban" in said[0]
    assert "dibao_standard" in said[1]


def test_every_case_has_a_required_component_and_both_readings(data: Dataset) -> None:
    parts = data.case_parts
    for case in data.cases["case_id"]:
        mine = parts[(parts["case_id"] == case) & (parts["need"] == "required")]
        assert {"both"} <= set(mine["reading"]) or {"lower", "upper"} <= set(mine["reading"])


def test_a_dataset_can_be_replaced_without_cases(data: Dataset, levels: pd.DataFrame) -> None:
    none = replace(data, cases=data.cases.iloc[:0], case_parts=data.case_parts.iloc[:0])
    assert ms.case_parts(none, levels).empty
