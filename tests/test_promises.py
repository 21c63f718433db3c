"""What whole topics promise: standards in force, targets of a year, residents and quantities per thousand of them."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

import minsheng as ms
from minsheng.promises import latest
from minsheng.tables import Dataset


@pytest.fixture(scope="module")
def figures(data: Dataset) -> pd.DataFrame:
    """Every figure as printed."""
    return ms.printed(data)


def changed(data: Dataset, figure: str, **values: object) -> pd.DataFrame:
    """The printed figures, as if one of them were different."""
    rows = data.figures.copy()
    assert (rows["figure_id"] == figure).sum() == 1
    for column, value in values.items():
        rows.loc[rows["figure_id"] == figure, column] = value
    return ms.printed(replace(data, figures=rows))


def sampling(data: Dataset, recipient: str, indicator: str = "food_sampling") -> str:
    """Id of a figure of food sampling in the only document that prints a rate with its quantity."""
    rows = data.figures
    mine = rows[(rows["document_id"] == "002-2") & (rows["indicator_id"] == indicator) & (rows["recipient"] == recipient)]
    return str(mine["figure_id"].item())


# ---- residents -----------------------------------------------------------------------------------------------------


def test_residents_follow_from_a_quantity_and_its_rate_and_both_pairs_agree(data: Dataset, figures: pd.DataFrame) -> None:
    (row,) = ms.residents(data, figures).to_dict("records")
    assert (row["region_id"], row["year"], row["pairs"]) == ("361002", 2021, 2)
    assert row["value"] == 2700 / 0.003 == 900 / 0.001 == 900_000
    assert row["derivation"] == "2700 / 3‰; 900 / 1‰"
    assert row["flags"].split(";") == ["derived", "assessed", "inferred"]
    assert len(row["figures"].split(";")) == 4


def test_pairs_that_disagree_are_flagged(data: Dataset) -> None:
    torn = changed(data, sampling(data, "区农业农村局"), value=1000.0)  # 1000 / 1‰ = 1 000 000
    (row,) = ms.residents(data, torn).to_dict("records")
    assert "contradicted" in row["flags"]
    per = ms.per_thousand(data, torn, ["employment"], 2021)
    assert per[per["derivation"] != ""]["flags"].str.contains("contradicted").all()


@pytest.mark.parametrize(("column", "value"), [("modality", "at_least"), ("quality", "damaged"), ("quality", "doubtful")])
def test_a_bound_or_a_doubtful_number_gives_no_residents(data: Dataset, column: str, value: str) -> None:
    # Yuancheng prints 5 batches per thousand and "at least 3200": that makes no 640 000 residents.
    rows = changed(data, sampling(data, "区市场监管局"), **{column: value})
    (row,) = ms.residents(data, rows).to_dict("records")
    assert (row["pairs"], row["derivation"]) == (1, "900 / 1‰")


def test_a_rate_of_another_recipient_or_of_nothing_gives_no_residents(data: Dataset) -> None:
    rates = data.indicators.assign(result_id=data.indicators["result_id"].where(data.indicators["base_id"].notna()))
    assert ms.residents(replace(data, indicators=rates), ms.printed(data)).empty
    other = changed(data, sampling(data, "区市场监管局", "food_sampling_rate"), recipient="")
    assert list(ms.residents(data, other)["derivation"]) == ["900 / 1‰"]


# ---- per thousand residents ----------------------------------------------------------------------------------------


def test_quantities_are_set_against_the_residents_of_their_own_place_and_year_only(data: Dataset, figures: pd.DataFrame) -> None:
    rows = ms.per_thousand(data, figures, [], 2025)
    computed = rows[rows["derivation"] != ""]
    assert set(zip(computed["region_id"], computed["year"], strict=True)) == {("361002", 2021)}
    values = computed.set_index(["indicator_id", "recipient"])["value"]
    assert values["urban_new_jobs", ""] == 6.4  # 1000 × 5760 / 900 000
    assert values["new_public_parking_spaces", "增划路内泊位"] == 1.944444  # 1000 × 1750 / 900 000
    assert values["resident_pension_enrolment", ""] == 516.666667  # 1000 × 465 000 / 900 000
    assert computed["flags"].str.contains("derived").all()
    assert computed["measure"].eq("quantity").all()


def test_a_rate_that_is_printed_stands_as_printed_under_its_quantity(data: Dataset, figures: pd.DataFrame) -> None:
    rows = ms.per_thousand(data, figures, ["food_drug_safety", "childcare"], 2024)
    own = rows[(rows["derivation"] == "") & (rows["recipient"] == "")].set_index(["region_id", "indicator_id"])
    assert own["value"].to_dict() == {
        ("441602", "food_sampling"): 5.0,
        ("361002", "food_sampling"): 4.0,  # 4‰ of the residents
        ("340400", "childcare_places_per_thousand"): 4.86,
        ("440000", "food_sampling"): 6.4,
    }
    assert set(own["unit"]) == {"批次", "个"}
    assert set(rows["per"]) == {"thousand-persons"}
    assert "stale" in own.loc[("361002", "food_sampling"), "flags"]  # of 2021
    assert len(rows[rows["region_id"] == "361002"]) == 3  # 4‰, 3‰, 1‰; 2700 and 900 are where they came from


# ---- targets and standards of a year -------------------------------------------------------------------------------


def test_a_damaged_target_is_no_target(data: Dataset, figures: pd.DataFrame) -> None:
    rows = ms.planned(data, figures, [], 2021)
    assert rows[(rows["region_id"] == "360000") & (rows["indicator_id"] == "three_supports_recruits")].empty  # 2024名
    assert len(figures[(figures["region_id"] == "360000") & (figures["indicator_id"] == "three_supports_recruits")]) == 1


def test_a_target_of_an_earlier_year_is_there_only_when_asked_for_and_marked(data: Dataset, figures: pd.DataFrame) -> None:
    own, all_known = (ms.planned(data, figures, ["housing"], 2024, stale=stale) for stale in (False, True))
    assert set(own["year"]) == {2024}
    assert not own["flags"].str.contains("stale").any()
    late = all_known[all_known["year"] < 2024]
    assert len(late) > 0
    assert late["flags"].str.contains("stale").all()
    rental = all_known[all_known["indicator_id"] == "affordable_rental_housing"].set_index("region_id")["value"]
    assert rental.to_dict() == {"370103": 4700.0, "340400": 2830.0, "440000": 180000.0}  # of Guangdong's three the last


def test_of_two_targets_the_last_that_is_not_doubtful_counts(data: Dataset, figures: pd.DataFrame) -> None:
    housing = ms.planned(data, figures, ["housing"], 2018).set_index("indicator_id")["value"]
    assert housing["rural_dilapidated_housing"] == 59250  # adjusted from 57 594
    crops = ms.planned(data, figures, ["agricultural_insurance"], 2011)
    area = crops[(crops["indicator_id"] == "crop_insured_area") & (crops["region_id"] == "340711")].set_index("recipient")[
        "value"
    ]
    assert area["小麦"] == 1822.2  # first printed as 0.18万亩
    assert area["油菜"] == 4100  # 1822.2 is printed again, and doubtful: it is the wheat's
    lone = pd.DataFrame({"key": ["a"], "value": [1.0], "flags": ["doubtful"]})
    assert len(latest(lone, ["key"])) == 1


def test_only_series_of_two_places_are_shared(data: Dataset, figures: pd.DataFrame) -> None:
    rows = ms.shared(ms.planned(data, figures, [], 2024, stale=True))
    series = [rows["indicator_id"], rows["residence"], rows["recipient"], rows["per"]]
    assert (rows.groupby(series)["region_id"].nunique() >= 2).all()
    jobs = rows[rows["indicator_id"] == "urban_new_jobs"]
    assert set(jobs["region_id"]) == {"340400", "360000", "361002", "370103", "440000", "441602"}
    # 临川区 splits its parking spaces, so they are not held against the totals of others.
    assert "361002" not in set(rows[rows["indicator_id"] == "new_public_parking_spaces"]["region_id"])


def test_standards_in_force_keep_units_groups_and_ranges(data: Dataset) -> None:
    rows = ms.in_force(data, ms.standards(data), ["education"], 2024)
    special = rows[(rows["indicator_id"] == "school_public_funds") & (rows["recipient"] == "特殊教育")]
    assert special[["value", "value_max", "flags"]].to_numpy().tolist() == [[6000.0, 19500.0, "draft;range"]]
    assert set(rows["topic"]) == {"education"}
    assert set(rows[rows["indicator_id"] == "vocational_per_pupil_funding"]["flags"]) == {"at_least;assessed;inferred;stale"}
    assert ms.in_force(data, ms.standards(data), ["education"], 2020).empty
