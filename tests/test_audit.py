"""The audit: each rule on made-up tables, with a case that it must object to and the nearest one that it must not; then the
contradictions of the bundled tables, and how they are told.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import minsheng as ms
from minsheng import audits, cli
from minsheng.page import findings as show_findings
from minsheng.schema import schema
from minsheng.tables import Dataset, dataset

Row = dict[str, Any]

# A province with a prefecture and a county below it, and the county's two towns.
REGIONS = [
    {"region_id": "CN", "level": "nation"},
    {"region_id": "P", "level": "province", "parent_id": "CN"},
    {"region_id": "Q", "level": "prefecture", "parent_id": "P"},
    {"region_id": "C", "level": "county", "parent_id": "Q"},
    {"region_id": "T1", "level": "township", "parent_id": "C"},
    {"region_id": "T2", "level": "township", "parent_id": "C"},
]
INDICATORS: list[Row] = [
    {
        "indicator_id": "pay",
        "measure": "benefit",
        "unit": "元",
        "per": "person-month;person-year",
        "reference_id": "pay_min;pay_avg",
    },
    {"indicator_id": "subsidy", "measure": "fiscal", "unit": "元", "per": "person-year", "reference_id": "subsidy_min"},
    {"indicator_id": "works", "measure": "quantity", "unit": "户"},
    {"indicator_id": "works_rate", "measure": "ratio", "unit": "%"},
    {"indicator_id": "units", "measure": "quantity", "unit": "台"},
    {"indicator_id": "money", "measure": "finance", "unit": "元"},
    {"indicator_id": "land", "measure": "quantity", "unit": "亩"},
]
REFERENCE = [
    *(
        {"reference_id": "pay_min", "year": y, "value": v, "per": "person-month"}
        for y, v in ((2021, 88), (2023, 103), (2024, 123))
    ),
    *({"reference_id": "subsidy_min", "year": y, "value": v} for y, v in ((2021, 580), (2022, 610), (2023, 640), (2024, 670))),
    {"reference_id": "pay_avg", "year": 2024, "value": 9999, "per": "person-month", "statistic": "average"},
]
DEFAULTS: dict[str, Row] = {
    "regions": {"name": "某地", "name_en": "somewhere", "identified": "stated"},
    "documents": {"title": "通知", "kind": "notice", "stage": "adopted", "year_basis": "printed", "confidence": 99},
    "items": {},
    "indicators": {"name": "某项", "name_en": "something", "topic": "dibao", "definition": "某项"},
    "figures": {
        "item": "1",
        "residence": "all",
        "care": "all",
        "role": "level",
        "modality": "exact",
        "statistic": "standard",
        "unit": "元",
        "per": "person-month",
        "quality": "ok",
    },
    "reference": {
        "name": "全国",
        "name_en": "nation",
        "residence": "all",
        "care": "all",
        "statistic": "minimum",
        "unit": "元",
        "per": "person-year",
        "status": "published",
        "issuer": "某部",
        "title": "通知",
    },
}


def _frame(name: str, rows: Sequence[Row]) -> pd.DataFrame:
    columns = schema().tables[name].columns
    cells = [dict.fromkeys(columns, "") | DEFAULTS.get(name, {}) | row for row in rows]
    return pd.DataFrame([{c: str(row[c]) for c in columns} for row in cells], columns=columns, dtype=object)


def made(*figures: Row, documents: Sequence[Row] = ()) -> Dataset:
    """Tables with these figures. A document ``C2024`` is of place C and 2024 unless it is given otherwise."""
    named = {row["document_id"]: row for row in documents}
    own = [
        {"document_id": one, "region_id": one[:-4], "year": one[-4:], "year_printed": one[-4:]} | named.get(one, {})
        for one in dict.fromkeys(row["document_id"] for row in figures)
    ]
    rows = [
        {"figure_id": f"f{n}", "year": row["document_id"][-4:], "evidence": f"{row['value']}"} | row
        for n, row in enumerate(figures)
    ]
    tables = {
        "regions": REGIONS,
        "documents": own,
        "items": [],
        "indicators": INDICATORS,
        "figures": rows,
        "reference": REFERENCE,
        "cases": [],
        "case_parts": [],
    }
    return dataset({name: _frame(name, cells) for name, cells in tables.items()})


def codes(*figures: Row, documents: Sequence[Row] = ()) -> list[str]:
    """The rules that object."""
    return list(ms.audit(made(*figures, documents=documents))["code"])


def one(*figures: Row, documents: Sequence[Row] = ()) -> Any:
    """The only finding."""
    (row,) = ms.audit(made(*figures, documents=documents)).itertuples()
    return row


def level(document: str, value: float, indicator: str = "pay", **more: Any) -> Row:
    """A standard that a document prints."""
    per = {"per": "person-year"} if indicator == "subsidy" else {}
    return {"document_id": document, "indicator_id": indicator, "value": value} | per | more


def count(value: float, evidence: str = "", role: str = "target", indicator: str = "works", **more: Any) -> Row:
    """A number of things in the county's document of 2024."""
    units = {one["indicator_id"]: one["unit"] for one in INDICATORS}
    return {
        "document_id": "C2024",
        "indicator_id": indicator,
        "value": value,
        "evidence": evidence or f"{value:.12g}",
        "role": role,
        "unit": units[indicator],
        "per": "",
        **more,
    }


# ---- 1 and 2: below the national minimum, below that of the place above -----------------------------------------------


def test_a_standard_below_the_national_minimum_of_its_year_objects_and_one_at_it_does_not() -> None:
    row = one(level("C2024", 669, "subsidy"))
    assert (row.code, row.severity, row.found, row.expected, row.references) == (
        *("below_national", "below", 669, 670),
        "subsidy_min:2024",
    )
    assert codes(level("C2024", 670, "subsidy")) == []
    assert codes(level("C2023", 640, "subsidy")) == []


def test_the_national_minimum_is_brought_to_the_period_of_the_standard() -> None:
    # 123 yuan a month are 1476 a year.
    assert codes(level("C2024", 1475, per="person-year")) == ["below_national"]
    assert codes(level("C2024", 1476, per="person-year")) == []


def test_an_average_or_a_year_that_the_series_has_not_binds_nobody() -> None:
    assert codes(level("C2024", 200)) == []  # the average of 2024 is 9999
    assert codes(level("C2022", 1)) == []  # the series has no 2022, and nothing is filled in


def test_a_level_below_the_minimum_of_the_nearest_place_above_objects_and_one_at_it_does_not() -> None:
    floors = [level("P2024", 1900, statistic="minimum"), level("Q2024", 2000, statistic="minimum")]
    row = one(level("C2024", 1999), *floors)
    assert (row.code, row.parent_id, row.found, row.expected, row.figures) == ("below_above", "Q", 1999, 2000, "f0;f2")
    assert codes(level("C2024", 2000), *floors) == []
    assert one(level("C2024", 1899), floors[0]).parent_id == "P"  # the prefecture set none


def test_only_a_minimum_of_the_same_year_and_series_binds_the_place_below() -> None:
    assert codes(level("C2024", 200), level("P2024", 300)) == []  # its own standard, not one for others
    assert codes(level("C2024", 200), level("P2023", 300, statistic="minimum")) == []
    assert codes(level("C2024", 200), level("P2024", 300, statistic="minimum", care="institutional")) == []
    assert codes(level("C2024", 200), level("P2024", 300, modality="at_least")) == ["below_above"]


# ---- 3 and 4: what held before -----------------------------------------------------------------------------------------


def test_a_baseline_that_is_that_of_another_year_of_the_place_above_objects() -> None:
    above = [level("P2022", 188), level("P2023", 195)]
    row = one(level("C2024", 188, role="baseline", year=2023), *above)
    assert (row.code, row.year, row.found, row.expected, row.hint, row.parent_id) == ("baseline", 2023, 188, 195, "2022", "P")
    assert codes(level("C2024", 195, role="baseline", year=2023), *above) == []
    assert codes(level("C2024", 200, role="baseline", year=2023), *above) == []  # a county may stand above its province


def test_a_baseline_is_held_against_the_place_itself_first() -> None:
    own = [level("C2023", 200), level("P2023", 195)]
    assert codes(level("C2024", 200, role="baseline", year=2023), *own) == []
    assert one(level("C2024", 199, role="baseline", year=2023), *own).parent_id == "C"


def test_an_average_is_held_against_no_other_place() -> None:
    average = {"statistic": "average"}
    assert codes(level("C2024", 188, role="baseline", year=2023, **average), level("P2023", 195, **average)) == []


def test_a_rise_that_does_not_lead_from_the_level_of_the_year_before_objects() -> None:
    rise = [level("C2024", 765), level("C2024", 60, role="increase")]
    row = one(*rise, level("C2023", 700))
    # 765 - 60 = 705, and 700 was set.
    assert (row.code, row.found, row.expected, row.derivation, row.hint) == ("rise", 705, 700, "765 - 60", "2023")
    assert codes(*rise, level("C2023", 705)) == []
    assert codes(*rise, level("C2021", 700)) == []  # what held in 2023 is not known


def test_a_rise_is_held_against_the_baseline_printed_beside_it() -> None:
    rise = [level("C2024", 765), level("C2024", 60, role="increase")]
    assert codes(*rise, level("C2024", 700, role="baseline", year=2022)) == ["rise"]
    assert codes(*rise, level("C2024", 705, role="baseline", year=2022)) == []
    assert codes(level("C2024", 765), level("C2024", 60, role="increase", modality="about"), level("C2023", 700)) == []


# ---- 5: percentages ----------------------------------------------------------------------------------------------------

PARTS = [count(3069), count(1941, role="achieved")]  # 1941 / 3069 = 63.2453...%


@pytest.mark.parametrize(
    ("printed", "objects"),
    [
        ("63.25%", False),  # rounded
        ("63.24%", False),  # cut off
        ("63.23%", True),
        ("63.26%", True),
        ("63.2%", False),
        ("63.3%", True),  # rounded, 63.2 at one decimal
        ("63.30%", True),
        ("63%", False),
        ("64%", True),
    ],
)
def test_a_percentage_must_be_what_its_parts_give_rounded_or_cut_off_as_finely_as_it_is_printed(
    printed: str, objects: bool
) -> None:
    share = count(float(printed[:-1]), printed, "share", unit="%")
    assert codes(*PARTS, share) == ["share"] * objects


def test_a_percentage_that_fits_one_of_the_tasks_of_its_item_is_right() -> None:
    # 37503 / 59250 = 63.296%, 37503 / 57594 = 65.12%: the task was adjusted.
    rate = count(63.3, "63.30%", "share", "works_rate", locator="进展")
    done = count(37503, role="achieved", recipient="竣工", locator="进展")
    tasks = [count(57594), count(59250, "任务调整为59250", locator="进展")]
    assert codes(*tasks, done, rate) == []
    row = one(tasks[0], done, rate)
    assert (row.code, row.derivation, round(row.expected, 2)) == ("share", "37503 / 57594", 65.12)


def test_parts_that_are_printed_coarsely_leave_room() -> None:
    # 1.9万 may stand for anything from 1.8 to 2.0万: of 30000 that is 60 to 66.67%.
    done = count(19000, "1.9万户", "achieved")
    assert codes(count(30000), done, count(65.1, "65.1%", "share", unit="%")) == []
    assert codes(count(30000), done, count(67.1, "67.1%", "share", unit="%")) == ["share"]
    assert codes(*PARTS, count(60, "60%", "share", unit="%", modality="at_least")) == []


# ---- 6: totals, and tasks told twice -----------------------------------------------------------------------------------


def test_a_total_that_the_places_below_do_not_add_up_to_objects() -> None:
    towns = [count(600, region_id="T1"), count(500, region_id="T2")]
    row = one(count(1000), *towns)
    assert (row.code, row.found, row.expected, row.derivation) == ("parts", 1000, 1100, "600 + 500")
    assert codes(count(1100), *towns) == []
    assert codes(count(1200), *towns) == ["parts"]  # both towns that there are
    assert codes(count(1200), count(600, region_id="T1")) == []  # one town is no list
    assert codes(count(1000, modality="at_least"), *towns) == []
    assert codes(count(1000), *(town | {"role": "achieved"} for town in towns)) == []


def test_a_total_in_ten_thousands_is_rounded() -> None:
    towns = [count(6000, region_id="T1", indicator="land"), count(4855, region_id="T2", indicator="land")]
    assert codes(count(10900, "1.09万亩", indicator="land"), *towns) == []  # 10855, and 1.09万 is told to the hundred
    assert codes(count(10700, "1.07万亩", indicator="land"), *towns) == ["parts"]


def test_kinds_that_exceed_their_total_object_and_an_incomplete_list_does_not() -> None:
    kinds = [count(60, recipient="甲"), count(50, recipient="乙")]
    assert codes(count(100), *kinds) == ["kinds"]
    assert codes(count(110), *kinds) == []
    assert codes(count(500), *kinds) == []
    assert codes(count(100), count(60, recipient="甲"), count(500, recipient="累计")) == []  # more than the total by itself


def test_a_task_told_twice_with_different_numbers_objects_unless_it_says_that_it_was_adjusted() -> None:
    first = [count(4100, "0.41万户", recipient="甲"), count(1800, "0.18万户", recipient="乙")]
    later = count(1822.2, recipient="乙", locator="乙的进展")  # 1800, told to the hundred
    assert codes(*first, later) == []
    row = one(*first, later, count(1822.2, recipient="甲", locator="甲的进展"))
    assert (row.code, row.found, row.expected, row.hint) == ("target", 1822.2, 4100, "乙")
    assert codes(*first, count(4400, recipient="甲", locator="进展")) == ["target"]
    assert codes(*first, count(4400, "任务调整为4400户", recipient="甲", locator="进展")) == []


# ---- 7 and 8: numbers that cannot be meant -----------------------------------------------------------------------------


def programme(name: str, units: float, money: float) -> list[Row]:
    """Units sold and subsidies paid of a programme."""
    done = {"role": "achieved", "recipient": name}
    return [count(units, indicator="units", **done), count(money, indicator="money", **done)]


def test_an_amount_a_thousand_times_too_small_beside_its_sibling_objects() -> None:
    # 5503 units at 202616.96 / 714 = 283.8 yuan each are 1 561 626 yuan; 157.2 with its 万 put back is near.
    row = one(*programme("下乡", 714, 202616.96), *programme("换新", 5503, 157.2))
    assert (row.code, row.severity, row.figures.split(";")[0], row.repair) == ("magnitude", "doubt", "f3", 10_000)
    assert (row.expected, row.derivation, row.hint) == (1561626.23, "5503 × 202616.96 / 714", "下乡")


def test_an_amount_that_no_ten_thousand_would_mend_is_told_without_it() -> None:
    assert pd.isna(one(*programme("下乡", 714, 202616.96), *programme("换新", 5503, 0.0157)).repair)


def test_programmes_that_differ_by_less_or_without_money_do_not_object() -> None:
    assert codes(*programme("下乡", 714, 202616.96), *programme("换新", 5503, 1572)) == []  # 993 times
    done = {"role": "achieved"}
    farms = [(1, 1600, "小麦"), (1376, 1360, "油菜")]  # one farm of 1600 mu beside many small ones
    rows = [
        row
        for households, land, crop in farms
        for row in (count(households, recipient=crop, **done), count(land, indicator="land", recipient=crop, **done))
    ]
    assert codes(*rows) == []


def test_a_number_equal_to_a_year_that_was_put_in_objects_and_one_equal_to_a_year_of_its_own_does_not() -> None:
    put_in = [{"document_id": "C2024", "year": 2021, "year_basis": "assessed"}]
    row = one(count(2024, year=2021), documents=put_in)
    assert (row.code, row.found, row.hint) == ("year_value", 2024, "2024")
    assert codes(count(2024.5, indicator="money", year=2021, quality="damaged"), documents=put_in) == ["year_value"]
    assert codes(count(2025, year=2021), documents=put_in) == []
    assert codes(count(2024)) == []


# ---- 9 and 11: documents against one another ---------------------------------------------------------------------------


def risen(document: str, value: float, rise: float, **more: Any) -> list[Row]:
    """A level and the rise that led to it."""
    return [level(document, value, **more), level(document, rise, role="increase", **more)]


def test_one_level_reached_from_different_rises_in_a_place_and_one_above_it_objects() -> None:
    row = one(*risen("P2021", 995, 80), *risen("C2021", 995, 78))
    assert (row.code, row.region_id, row.parent_id, row.found, row.expected) == ("rises_differ", "C", "P", 78, 80)
    assert codes(*risen("P2021", 995, 80), *risen("C2021", 995, 80)) == []
    assert codes(*risen("P2021", 995, 80), *risen("C2021", 996, 78)) == []
    assert codes(*risen("T12021", 995, 80), *risen("T22021", 995, 78)) == []  # neither is above the other


def test_two_levels_of_one_place_year_and_series_object() -> None:
    row = one(level("C2024", 300), level("C2025", 310, year=2024))
    assert (row.code, row.found, row.expected) == ("conflict", 310, 300)
    assert codes(level("C2024", 300), level("C2025", 300, year=2024)) == []
    assert codes(level("C2024", 300), level("C2025", 3600, year=2024, per="person-year")) == []  # twelve times 300
    assert codes(level("C2024", 300), level("C2025", 310, year=2024, recipient="甲")) == []
    assert codes(level("C2024", 300), level("C2025", 290, year=2024, modality="at_least")) == []


def test_a_draft_that_differs_from_what_was_adopted_is_a_doubt_only() -> None:
    row = one(level("C2024", 300), level("C2025", 310, year=2024), documents=[{"document_id": "C2024", "stage": "draft"}])
    assert (row.code, row.severity, row.found, row.expected) == ("conflict", "doubt", 300, 310)
    assert "draft" in row.flags


# ---- 10: the year ------------------------------------------------------------------------------------------------------


def test_a_document_with_the_national_figures_of_another_year_cannot_be_of_the_one_that_it_prints() -> None:
    found = ms.audit(made(level("C2024", 580, "subsidy"), level("C2024", 88)))
    row = next(found[found["code"] == "year"].itertuples())
    assert (row.found, row.expected, row.hint, row.figures) == (2024, 2021, "2021", "f0;f1")
    assert set(row.references.split(";")) == {f"{series}_min:{year}" for series in ("pay", "subsidy") for year in (2021, 2024)}


def test_years_that_fit_equally_well_are_all_told() -> None:
    # 580 is of 2021, 610 of 2022; the same document prints both.
    both = [level("C2024", 580, "subsidy"), level("C2024", 610, "subsidy", item="2")]
    found = ms.audit(made(*both))
    assert found[found["code"] == "year"]["hint"].tolist() == ["2021;2022"]
    found = ms.audit(made(*both, level("C2024", 88)))  # and 88 is of 2021 as well
    assert found[found["code"] == "year"]["hint"].tolist() == ["2021"]


def test_a_generous_document_or_one_overtaken_in_its_year_may_be_of_the_year_that_it_prints() -> None:
    assert codes(level("C2023", 730, "subsidy")) == []
    assert "year" not in codes(level("C2024", 640, "subsidy"))  # written before the notice of the summer
    assert codes(level("C2024", 670, "subsidy"), level("C2024", 88)) == ["below_national"]  # 670 is of 2024
    assert codes(level("C2024", 669, "subsidy")) == ["below_national"]  # of no year: it falls short, no more


def test_the_year_of_a_document_whose_year_is_assessed_is_held_against_the_one_that_it_prints() -> None:
    assessed = [{"document_id": "C2024", "year": 2021, "year_basis": "assessed"}]
    assert codes(level("C2024", 580, "subsidy", year=2021), documents=assessed) == ["year"]
    row = one(level("C2024", 600, "subsidy", year=2021), documents=assessed)
    assert (row.code, row.hint) == ("year", "")  # cannot be of 2024, and is of no year that is known


# ---- any tables --------------------------------------------------------------------------------------------------------


def test_clean_tables_are_passed_in_silence() -> None:
    clean = made(
        *risen("P2021", 995, 80),
        *risen("C2021", 995, 80),
        level("P2020", 915),
        level("C2024", 670, "subsidy"),
        level("C2024", 640, "subsidy", role="baseline", year=2023),
        *PARTS,
        count(63.25, "63.25%", "share", unit="%"),
        *programme("下乡", 714, 202616.96),
        *programme("换新", 5503, 1572000),
    )
    assert len(ms.audit(clean)) == 0
    assert list(ms.audit(clean).columns) == audits.COLUMNS


def test_tables_without_figures_or_documents_are_passed_too(data: Dataset) -> None:
    bare = replace(data, figures=data.figures.iloc[:0], documents=data.documents.iloc[:0], items=data.items.iloc[:0])
    assert len(ms.audit(bare)) == 0


def test_damaged_figures_enter_no_comparison() -> None:
    assert codes(level("C2024", 1, "subsidy", quality="damaged")) == []
    assert codes(level("C2024", 300), level("C2025", 310, year=2024, quality="damaged")) == []


def test_what_is_said_twice_of_one_thing_is_one_finding() -> None:
    row = one(level("C2024", 100), level("C2024", 100, item="2"))
    assert (row.code, row.figures, row.item) == ("below_national", "f0;f1", "1")


# ---- the bundled tables ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bundled(data: Dataset) -> pd.DataFrame:
    return ms.audit(data)


@pytest.mark.parametrize(
    ("figures", "code", "found", "expected"),
    [
        ("000-i8-01;guangdong_2023-i9-13", "baseline", 188, 195),
        ("000-i8-02;guangdong_2023-i9-15", "baseline", 252, 261),
        ("000-i7-02;guangdong_2024-i9-08", "below_above", 2088, 2295),
        ("000-i7-03;guangdong_2024-i9-10", "below_above", 1450, 1484),
        ("002-2-i13-01;002-2-i13-02;002-1-i13-01;002-1-i13-02", "rises_differ", 78, 80),
        ("002-3-i6-08;002-3-i6-07;002-3-i6-02", "share", 62.69, 100 * 1941 / 3069),
        ("002-3-i5-12;002-3-i5-11;002-3-i5-02", "share", 70.2, 100 * 31285 / 44617),
        ("002-5-i1-52;002-5-i1-11;002-5-i1-12;002-5-i1-13", "parts", 1822.2, 344.6 + 2700 + 1100),
        ("002-5-i1-52;002-5-i1-10", "target", 1822.2, 4100),
        ("002-5-i2-13;002-5-i2-10;002-5-i2-07;002-5-i2-04", "magnitude", 157.2, 1561626.23),
        ("002-1-i28-04", "below_national", 310, 320),
        ("002-2-i17-29", "year_value", 2024.5, None),
        ("002-1-i3-01", "year_value", 2024, None),
        ("002-1-i37-01", "year_value", 2024, None),
        ("002-1-i45-03", "year_value", 2024, None),
    ],
)
def test_the_contradictions_that_are_known_are_found(
    bundled: pd.DataFrame, figures: str, code: str, found: float, expected: float | None
) -> None:
    (row,) = bundled[(bundled["figures"] == figures) & (bundled["code"] == code)].itertuples()
    assert row.found == found
    assert pd.isna(row.expected) if expected is None else row.expected == pytest.approx(expected)


def test_the_baselines_of_2023_are_those_of_2022(bundled: pd.DataFrame) -> None:
    assert bundled[bundled["code"] == "baseline"]["hint"].tolist() == ["2022", "2022"]


def test_the_years_of_the_documents_are_told_and_no_others(bundled: pd.DataFrame) -> None:
    years = bundled[bundled["code"] == "year"]
    assert dict(zip(years["document_id"], years["hint"], strict=True)) == {"002-1": "2021", "002-2": "2021", "002-4": "2014"}
    assert set(years["found"]) == {2024}


@pytest.mark.parametrize("figure", ["003-i19-02", "002-3-i5-08", "002-3-i5-14", "002-3-i5-04", "002-5-i1-01", "002-5-i1-39"])
def test_what_only_looks_wrong_is_not_told(bundled: pd.DataFrame, figure: str) -> None:
    # A generous subsidy; 37503 / 59250; 66.146 cut off at 66.14; an adjusted task; 1.09万 of 10855; one farm of 1600 mu.
    assert [ids for ids in bundled["figures"] if figure in ids.split(";")] == []


def test_a_mended_figure_objects_no_more(data: Dataset) -> None:
    figures = data.figures.copy()
    figures.loc[figures["figure_id"] == "002-3-i6-08", ["value", "evidence"]] = [63.25, "63.25%"]
    figures.loc[figures["figure_id"] == "002-5-i2-13", ["value", "evidence"]] = [1572000.0, "157.2万元"]
    mended = set(ms.audit(replace(data, figures=figures))["figures"].str.split(";").explode())
    assert not mended & {"002-3-i6-08", "002-5-i2-13"}
    assert "002-3-i5-12" in mended


def test_each_finding_is_of_the_vocabulary_and_names_its_figures(bundled: pd.DataFrame, data: Dataset) -> None:
    assert set(bundled["severity"]) <= set(audits.SEVERITIES) == set(cli._SEVERITIES)
    assert set(bundled["figures"].str.split(";").explode()) <= set(data.figures["figure_id"])
    named = {one for cell in bundled["references"] for one in cell.split(";") if one}
    assert named <= set(data.reference["reference_id"] + ":" + data.reference["year"].astype("str"))


def test_the_audit_is_quick_enough_for_each_page(data: Dataset) -> None:
    ms.audit(data)
    start = time.process_time()
    ms.audit(data)
    assert time.process_time() - start < 1.0  # 0.15 s on a quiet machine


# ---- in words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_finding_has_a_sentence_with_its_numbers(lang: str) -> None:
    seen = ms.view(2024, lang=lang)
    for row in seen.findings.itertuples():
        words = ms.remarks.sentence(row, seen)
        assert f"{row.found:.12g}" in words
        assert words.endswith("。" if lang == "zh" else ".")
        assert "nan" not in words
        assert "{" not in words


def test_a_sentence_says_what_is_wrong_in_either_language() -> None:
    zh, en = ms.view(2024), ms.view(2024, lang="en")
    row = next(zh.findings[zh.findings["figures"].str.startswith("002-3-i6-08")].itertuples())
    assert ms.remarks.sentence(row, zh) == "毕节市2018年新建和改建公共厕所的完成比例印作62.69%，而1941 ÷ 3069 = 63.25%。"
    assert (
        ms.remarks.sentence(row, en)
        == "Bijie 2018: Public toilets built or renovated is printed as 62.69% done, but 1941 ÷ 3069 = 63.25%."
    )


def test_the_sentence_of_a_year_counts_what_speaks_against_it_and_for_another() -> None:
    # 115 < 123, 580 < 670, 310 < 400 and 79 < 94 of 2024; 580 and 79 are of 2021.
    seen = ms.view(2024)
    row = next(seen.findings[seen.findings["document_id"] == "002-1"].itertuples())
    assert ms.remarks.sentence(row, seen) == (
        "江西省的文件印作2024年，但有4项标准低于2024年的全国最低标准，不会是2024年的文件；与2021年全国标准相同的最多（2项）。"
    )


def _every_rule() -> list[Dataset]:
    put_in = [{"document_id": "C2024", "year": 2021, "year_basis": "assessed"}]
    return [
        made(level("C2024", 765), level("C2024", 60, role="increase"), level("C2023", 700)),
        made(level("C2024", 199, role="baseline", year=2023), level("C2023", 200)),
        made(count(100), count(60, recipient="甲"), count(50, recipient="乙")),
        made(count(1000), count(600, region_id="T1"), count(500, region_id="T2")),
        made(count(4100), count(4400, locator="进展")),
        made(*programme("下乡", 714, 202616.96), *programme("换新", 5503, 0.0157)),
        made(level("C2024", 300), level("C2025", 310, year=2024)),
        made(level("C2024", 600, "subsidy", year=2021), documents=put_in),
        ms.load(),
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_rule_has_its_words(lang: str) -> None:
    told = set()
    for data in _every_rule():
        seen = ms.view(2024, lang=lang, tables=data)
        told |= {row.code for row in seen.findings.itertuples() if ms.remarks.sentence(row, seen)}
    assert told == set(re.findall(r"^ +``(\w+)`` {2}", str(ms.audit.__doc__), re.MULTILINE))


# ---- the command -------------------------------------------------------------------------------------------------------

Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    def run(*words: str) -> tuple[int, str, str]:
        code = cli.main(["audit", *words])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_the_command_tells_all_findings_and_their_number(ask: Ask, bundled: pd.DataFrame) -> None:
    code, out, _ = ask("--lang", "en")
    assert code == cli.IN_PART
    paragraphs = out.strip().split("\n\n")
    assert paragraphs[-1] == f"{len(bundled)} findings"
    assert len(paragraphs) == len(bundled) + 1


def test_the_command_can_be_asked_for_a_place_a_year_or_a_severity(ask: Ask) -> None:
    _, out, _ = ask("--lang", "en", "--region", "源城区", "--year", "2024")
    assert "4 findings" in out  # two baselines of 2023 in the document of 2024, two orphan standards
    assert "\n\n2 findings" in ask("--lang", "en", "--region", "广东省", "--severity", "below")[1]  # those of its county
    assert "below_above" not in ask("--severity", "doubt")[1]


def test_the_command_ends_with_0_where_there_is_nothing_and_with_2_where_the_request_is_wrong(ask: Ask) -> None:
    assert ask("--region", "市中区")[0] == cli.DONE
    code, _, err = ask("--year", "1999", "--lang", "en")
    assert (code, "1999" in err) == (cli.WRONG, True)
    code, _, err = ask("--region", "源诚区")
    assert (code, "源城区" in err) == (cli.WRONG, True)
    assert ask("no such folder")[0] == cli.WRONG


def test_the_command_audits_tables_of_ones_own(ask: Ask, tables: Path) -> None:
    path = tables / "figures.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("62.69", "63.25"), encoding="utf-8")
    code, out, _ = ask(str(tables), "--severity", "contradiction")
    assert (code, "63.25" in out, "70.2%" in out) == (cli.IN_PART, False, True)


# ---- on a page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Row]]:
    """What is displayed."""
    found: list[tuple[str, Row]] = []
    monkeypatch.setattr("minsheng.page._display", lambda html, **metadata: found.append((html, metadata)))
    return found


def test_a_page_tells_what_concerns_its_figures_and_the_years_of_its_documents(shown: list[tuple[str, Row]]) -> None:
    seen = ms.view(2024)
    orphans = ms.across(seen.levels, "orphan_standard", 2024, by=["care"])
    show_findings(seen, orphans)
    ((html, _),) = shown
    told = seen.findings.loc[list(seen.told)]
    assert set(told["code"]) == {"year", "below_above"}
    assert set(told[told["code"] == "year"]["document_id"]) <= set(orphans["document_id"])
    assert html.count("<li id=") == len(told)


def test_each_link_of_a_finding_leads_to_a_figure_and_back(shown: list[tuple[str, Row]]) -> None:
    seen = ms.view(2024)
    orphans = ms.across(seen.levels, "orphan_standard", 2024, by=["care"])
    show_findings(seen, orphans)
    ms.page.methods(seen, orphans)
    page = "".join(html for html, _ in shown)
    ids = set(re.findall(r' id="([^"]+)"', page))
    links = set(re.findall(r'href="#([^"]+)"', page))
    assert links - ids == set()
    assert {f"finding-{n}" for n in seen.told.values()} <= links


def test_a_page_without_findings_leaves_the_section_out(shown: list[tuple[str, Row]]) -> None:
    seen = ms.view(2023)
    show_findings(seen, ms.across(seen.levels, "medical_fiscal_subsidy", 2023, stale=False, regions=["370103"]))
    ((html, metadata),) = shown
    assert metadata == {"absent": ""}
    assert "没有需要说明之处" in html
    ms.page.methods(seen, seen.levels)
    assert "finding-" not in shown[1][0]


def test_without_tables_a_page_tells_all_of_the_documents_of_its_year(shown: list[tuple[str, Row]]) -> None:
    seen = ms.view(2011)
    show_findings(seen)
    assert sorted(seen.findings.loc[list(seen.told)]["code"]) == ["magnitude", "parts", "target"]


def test_a_reader_is_not_told_of_a_section_that_lacks_nothing() -> None:
    from minsheng.export import for_readers

    def section(heading: str, absent: str) -> list[Any]:
        shown = {"output_type": "display_data", "data": {"text/html": "<p>"}, "metadata": {"minsheng": {"absent": absent}}}
        return [
            {"cell_type": "markdown", "metadata": {}, "source": f"## {heading}"},
            {"cell_type": "code", "metadata": {}, "outputs": [shown]},
        ]

    node = {"cells": [*section("甲", "甲图"), *section("数据说明", "")]}
    kept, line = for_readers(node, "zh")
    assert kept["cells"] == []
    assert "甲" in line
    assert "数据说明" not in line
