"""Where a number comes from, and how it came about: every row of every table leads back to what is printed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pandas as pd
import pytest

import minsheng as ms
from minsheng.faults import Refused
from minsheng.origins import BEHIND
from minsheng.steps import calculated
from minsheng.tables import Dataset

Frame = Callable[[Dataset, pd.DataFrame, pd.DataFrame], pd.DataFrame]

# Every public function that returns rows with numbers: of standards (s), of figures as printed (p).
FRAMES: dict[str, Frame] = {
    "printed": lambda d, s, p: p,
    "standards": lambda d, s, p: s,
    "across": lambda d, s, p: ms.across(s, "medical_fiscal_subsidy", 2024),
    "over_years": lambda d, s, p: ms.over_years(s, "medical_fiscal_subsidy"),
    "latest": lambda d, s, p: ms.latest(s, 2024),
    "growth": lambda d, s, p: ms.growth(s),
    "urban_rural": lambda d, s, p: ms.urban_rural(s, "dibao_standard"),
    "against_reference": lambda d, s, p: ms.against_reference(d, s),
    "against_parent": lambda d, s, p: ms.against_parent(d, s),
    "ladder": lambda d, s, p: ms.ladder(d, s, ["441602", "361002"]),
    "highlights": lambda d, s, p: ms.highlights(d, s, 2024),
    "funding": lambda d, s, p: ms.funding(s),
    "multiples": lambda d, s, p: ms.multiples(d, s, "tekun_standard"),
    "promised": lambda d, s, p: ms.promised(p, s, ["dibao_standard", "tekun_standard"]),
    "split": lambda d, s, p: ms.split(s, "grade", "cause"),
    "supplements": lambda d, s, p: ms.supplements(s, "basic_pension", "pension_age_supplement"),
    "in_force": lambda d, s, p: ms.in_force(d, s, [], 2024),
    "planned": lambda d, s, p: ms.planned(d, p, [], 2024, stale=True),
    "shared": lambda d, s, p: ms.shared(ms.planned(d, p, [], 2023)),
    "residents": lambda d, s, p: ms.residents(d, p),
    "per_thousand": lambda d, s, p: ms.per_thousand(d, p, [], 2021),
    "delivery": lambda d, s, p: ms.delivery(d, p),
    "case_parts": lambda d, s, p: ms.case_parts(d, s),
    "cases": lambda d, s, p: ms.cases(d, s),
    "newest": lambda d, s, p: ms.newest(ms.cases(d, s), 2024),
    "composed": lambda d, s, p: ms.composed(ms.newest(ms.cases(d, s), 2024), ms.case_parts(d, s)),
    "beyond_dibao": lambda d, s, p: ms.beyond_dibao(d, ms.newest(ms.cases(d, s), 2024)),
    "listed": lambda d, s, p: ms.listed(d),
    "shares": lambda d, s, p: ms.shares(ms.listed(d)),
    "departments": lambda d, s, p: ms.shares(ms.listed(d), "department"),
    "diversity": lambda d, s, p: ms.diversity(ms.shares(ms.listed(d))),
    "known": lambda d, s, p: ms.known(s),
    "audit": lambda d, s, p: ms.audit(d),
    "with_nation": lambda d, s, p: ms.views.with_nation(ms.view(2024, tables=d), ms.funding(s)),
}
PRICED = ("standards", "growth", "urban_rural", "against_parent", "funding", "supplements", "case_parts", "cases")
COUNTED = ("share", "topics", "effective")  # rules whose arithmetic holds numbers of items, told by the step before
CONSTANTS = {1.0, 2.0, 12.0, 100.0, 1000.0}
NUMBERS = [
    *("value", "value_max", "previous", "change", "growth", "growth_a_year", "urban", "rural", "share", "reference", "nation"),
    *("parent_value", "difference", "prefecture", "province", "fiscal", "contribution", "total", "supplement", "actual"),
    *("target", "other_target", "achieved", "progress", "printed_share", "lower", "upper", "dibao", "dibao_times"),
    *("count", "derived", "items", "topics", "effective", "top_share", "found", "expected", "nominal"),
]


@pytest.fixture(scope="module")
def levels(data: Dataset) -> pd.DataFrame:
    return ms.standards(data)


@pytest.fixture(scope="module")
def figures(data: Dataset) -> pd.DataFrame:
    return ms.printed(data)


def _close(one: float, other: float, off: float = 2e-6) -> bool:
    return abs(one - other) <= max(off, 1e-9 * abs(other))


class Truth(NamedTuple):
    """What documents and national series print."""

    figures: dict[str, tuple[float, float]]
    national: dict[str, float]
    items: set[str]


@pytest.fixture(scope="module")
def truth(data: Dataset) -> Truth:
    bounds = zip(data.figures["value"], data.figures["value_max"], strict=True)
    keys = data.reference["reference_id"] + ":" + data.reference["year"].astype("str")
    national = dict(zip(keys, data.reference["value"], strict=True))
    figures = dict(zip(data.figures["figure_id"], bounds, strict=True))
    return Truth(figures, national, set(data.items["document_id"] + "/" + data.items["item"]))


def _printed(steps: list[Any], truth: Truth) -> Iterator[str]:
    """Steps that say to be printed and are not."""
    figures, national, items = truth
    for step in (one for one in steps if not one.arithmetic):
        named = step.figures.split(";") if step.figures else []
        if step.what in ("as printed", "national value", "consumer price index"):
            good = [step.result in figures[one] for one in named] + [national[o] == step.result for o in [step.references] if o]
        elif step.items and not step.items.endswith("/"):
            good = [one in items for one in step.items.split(";")]
            good += [pd.isna(step.result) or "topic" in step.what or step.result == len(good)]
        else:  # years of documents, numbers of standards
            good = [one in figures for one in named] or [step.result == 0]
        if not good or not all(good):
            yield step.says


def _made(steps: list[Any], row: dict[str, object]) -> Iterator[str]:
    """Steps that do not give what they say, or take numbers from nowhere."""
    there: list[float] = []
    own = {float(row[one]) for one in ("years", "times") if one in row}  # type: ignore[arg-type]
    own |= {3.0} if "case_id" in row else set()  # a family of three
    for step in steps:
        if step.arithmetic:
            off = 0.005 if "found" in row else 2e-6  # findings tell estimates to two decimals
            if not _close(calculated(step.arithmetic), step.result, off):
                yield f"{step.arithmetic} is not {step.result}"
            for number in map(float, re.findall(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?", step.arithmetic)):
                if number not in CONSTANTS | own and not any(_close(number, one) for one in there) and "by" not in row:
                    yield f"{number} in {step.arithmetic} is from nowhere"
        there.append(step.result)


def _untold(steps: list[Any], row: dict[str, object]) -> Iterator[str]:
    """Numbers of a row that no step gives."""
    given = {step.column: step.result for step in steps}
    for name in NUMBERS:
        value = row.get(name)
        if isinstance(value, (int, float)) and pd.notna(value) and not _close(given.get(name, float("nan")), float(value)):
            yield f"{name} {value}"


def _objections(rows: pd.DataFrame, data: Dataset, truth: Truth) -> list[str]:
    steps = ms.explain(rows, data, lang="en")
    own: dict[int, list[Any]] = {n: [] for n in range(1, len(rows) + 1)}
    for step in steps.itertuples():
        own[step.row].append(step)
    out = [f"row {n} has no step" for n, mine in own.items() if not mine]
    for n, row in enumerate(rows.to_dict("records"), 1):
        mine = own[n]
        out += [f"{n}: {one}" for one in (*_printed(mine, truth), *_made(mine, row), *_untold(mine, row))]
    return out


# ---- every row of every table --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FRAMES)
def test_each_row_leads_back_to_what_is_printed_and_its_arithmetic_holds(
    name: str, data: Dataset, levels: pd.DataFrame, figures: pd.DataFrame, truth: Truth
) -> None:
    rows = FRAMES[name](data, levels, figures)
    assert len(rows)
    assert _objections(rows, data, truth) == []


@pytest.mark.parametrize("name", PRICED)
def test_so_do_rows_in_constant_prices(
    name: str, data: Dataset, levels: pd.DataFrame, figures: pd.DataFrame, truth: Truth
) -> None:
    rows = FRAMES[name](data, ms.constant_prices(data, levels, 2024), figures)
    assert rows.attrs["price_year"] == 2024
    assert _objections(rows, data, truth) == []
    if name == "standards":
        assert "by the price index" in set(ms.explain(rows.head(1), data, lang="en")["what"])


def test_so_do_rows_by_printed_years_and_by_another_period(data: Dataset, truth: Truth) -> None:
    yearly = ms.standards(data, per="person-year")
    assert _objections(yearly, data, truth) == []
    assert "brought to one period" in set(ms.explain(yearly, data, lang="en")["what"])
    printed = ms.standards(data, year_basis="printed")
    for rows in (printed, ms.known(printed), ms.cases(data, printed).head(9)):
        assert _objections(rows, data, truth) == []


def test_what_is_named_is_of_the_row_itself(data: Dataset, levels: pd.DataFrame) -> None:
    steps = ms.explain(levels, data)
    for n, row in enumerate(levels.itertuples(), 1):
        named = {one for cell in steps[steps["row"] == n]["figures"] if cell for one in cell.split(";")}
        assert named == set(row.figures.split(";")), row


def test_the_arithmetic_of_a_standard_is_the_one_that_its_table_tells(data: Dataset, levels: pd.DataFrame) -> None:
    derived = levels[levels["derivation"] != ""]
    steps = ms.explain(derived, data)
    assert list(steps[steps["column"] == "value"]["arithmetic"]) == list(derived["derivation"])


# ---- worked out by hand ----------------------------------------------------------------------------------------------


def _steps(row: pd.Series | pd.DataFrame, data: Dataset) -> list[list[object]]:
    steps = ms.explain(row, data, lang="en")
    return steps[["column", "what", "arithmetic", "result"]].values.tolist()


def test_a_rise_of_two_years_back_to_three_printed_numbers(data: Dataset, levels: pd.DataFrame) -> None:
    rows = ms.growth(levels)
    row = rows[(rows.region_id == "360000") & (rows.indicator_id == "dibao_standard") & (rows.residence == "urban")].iloc[0]
    # printed: raised by 60 to 765; so 765 - 60 = 705 the year before, and 60 / 705 = 8.5106 %
    assert _steps(row, data)[:3] == [
        ["value", "as printed", "", 765.0],
        ["", "as printed", "", 60.0],
        ["previous", "level less rise", "765 - 60", 705.0],
    ]
    change, growth = _steps(row, data)[3:5]
    assert change == ["change", "difference", "765 - 705", 60.0]
    assert growth[2] == "100 × (765 ÷ 705 - 1)"
    assert round(float(str(growth[3])), 4) == 8.5106


def test_a_share_of_the_nation_back_to_a_printed_and_a_published_number(data: Dataset, levels: pd.DataFrame) -> None:
    rows = ms.against_reference(data, levels)
    row = rows[(rows.region_id == "370103") & (rows.year == 2023) & (rows.indicator_id == "medical_fiscal_subsidy")].iloc[0]
    steps = ms.explain(row, data)
    assert steps["references"].tolist()[1] == "resident_medical_fiscal_subsidy:2023"
    # 730 of 640 is 114.0625 %
    assert steps[["column", "arithmetic", "result"]].values.tolist()[-1] == ["share", "100 × 730 ÷ 640", 114.0625]


def test_prices_of_another_year_by_each_index_between(data: Dataset, levels: pd.DataFrame) -> None:
    rows = ms.constant_prices(data, levels, 2024)
    urban = (rows.region_id == "360000") & (rows.year == 2021) & (rows.residence == "urban")
    steps = ms.explain(rows[urban & (rows.indicator_id == "dibao_standard")].iloc[0], data)
    assert [one for one in steps["references"] if one] == [f"cpi_previous_year_100:{year}" for year in (2022, 2023, 2024)]
    # 765 × 1.02 × 1.002 × 1.002 = 783.4243...
    arithmetic, result = steps[steps["column"] == "value"][["arithmetic", "result"]].values.tolist()[0]
    assert arithmetic == "765 × (102 ÷ 100) × (100.2 ÷ 100) × (100.2 ÷ 100)"
    assert round(result, 4) == 783.4243


def test_a_typical_case_is_the_sum_of_its_components(data: Dataset, levels: pd.DataFrame) -> None:
    rows = ms.cases(data, levels)
    row = rows[(rows.case_id == "disabled_adult_urban") & (rows.region_id == "360000") & (rows.year == 2021)].iloc[0]
    steps = ms.explain(row, data)
    # Dibao 765, living subsidy 60, care subsidy 70: 895 a month
    assert steps[steps["column"] == "lower"]["arithmetic"].tolist() == ["765 + 60 + 70"]
    assert [one for one in steps["result"] if one > 10] == [765.0, 60.0, 70.0, 895.0, 895.0]  # the last in its upper reading
    family = rows[(rows.case_id == "dibao_family_urban") & (rows.region_id == "360000") & (rows.year == 2021)].iloc[0]
    assert "765 × 3" in ms.explain(family, data)["arithmetic"].tolist()


def test_a_rate_per_thousand_by_the_residents_that_another_rate_gives(data: Dataset, figures: pd.DataFrame) -> None:
    rows = ms.per_thousand(data, figures, ["employment"], 2021)
    steps = ms.explain(rows[rows.indicator_id == "urban_new_jobs"].iloc[0], data)
    # 2700 batches are 3 per thousand residents: 900 000 residents; 5760 jobs are 6.4 per thousand of them
    assert [one for one in steps["arithmetic"] if one] == ["1000 × 2700 ÷ 3", "1000 × 5760 ÷ 900000"]
    assert steps["result"].tolist()[-1] == 6.4


def test_progress_is_what_was_done_of_the_plan(data: Dataset, figures: pd.DataFrame) -> None:
    rows = ms.delivery(data, figures)
    row = rows[(rows.indicator_id == "public_toilets") & rows.differs].iloc[0]
    by_column = ms.explain(row, data).set_index("column")
    assert by_column.loc["progress", "arithmetic"] == "100 × 1941 ÷ 3069"  # 63.25, and 62.69 is printed
    assert by_column.loc["printed_share", "result"] == 62.69
    assert by_column.loc["printed_share", "arithmetic"] == ""


def test_a_step_is_a_sentence_in_the_readers_language(data: Dataset, levels: pd.DataFrame) -> None:
    urban = levels[(levels.region_id == "360000") & (levels.indicator_id == "dibao_standard") & (levels.residence == "urban")]
    row = urban[urban.year == 2020].iloc[0]
    assert ms.explain(row, data)["says"].tolist()[-1] == "现标准减提高额：765 − 60 = 705元/人/月。"
    assert ms.explain(row, data, lang="en")["says"].tolist()[-1] == "level less rise: 765 − 60 = 705 yuan per person per month."


@pytest.mark.parametrize("kind", ["series", "tuple", "mapping", "frame"])
def test_a_row_may_come_as_pandas_gives_it(kind: str, data: Dataset, levels: pd.DataFrame) -> None:
    rows = ms.across(levels, "medical_fiscal_subsidy", 2024).head(1)
    given = {"series": rows.iloc[0], "tuple": next(rows.itertuples()), "mapping": rows.to_dict("records")[0], "frame": rows}
    assert ms.explain(given[kind], data)["result"].tolist() == [730.0]
    assert ms.source(given[kind], data)["value"].tolist() == [730.0]


# ---- what is refused -------------------------------------------------------------------------------------------------


def test_a_number_that_was_changed_is_not_explained(data: Dataset, levels: pd.DataFrame) -> None:
    row = ms.across(levels, "medical_fiscal_subsidy", 2024).iloc[0].copy()
    row["value"] = 731.0
    with pytest.raises(Refused, match="731"):
        ms.explain(row, data)


def test_a_number_of_another_year_or_place_does_not_stand_in(data: Dataset, levels: pd.DataFrame) -> None:
    rows = ms.growth(levels)
    row = rows[(rows.region_id == "360000") & (rows.indicator_id == "dibao_standard") & (rows.residence == "urban")].iloc[0]
    for name, other in (("year", 2019), ("region_id", "440000"), ("residence", "rural")):
        moved = row.copy()
        moved[name] = other
        with pytest.raises(Refused):
            ms.explain(moved, data)


def test_what_names_no_source_is_refused_with_what_would(data: Dataset) -> None:
    with pytest.raises(Refused, match="figure_id"):
        ms.source({"value": 3}, data)
    with pytest.raises(Refused, match="000-i6-03"):
        ms.source("000-i6-3", data)
    with pytest.raises(Refused, match="lang"):
        ms.source("000-i6-03", data, lang="fr")
    with pytest.raises(Refused):
        ms.explain(3, data)


# ---- sources ---------------------------------------------------------------------------------------------------------


def test_every_figure_national_value_and_item_is_a_source(data: Dataset) -> None:
    national = data.reference["reference_id"] + ":" + data.reference["year"].astype("str")
    items = data.items["document_id"] + "/" + data.items["item"]
    ids = [*data.figures["figure_id"], *national, *items]
    rows = ms.source(ids, data)
    assert list(rows["figure_id"]) == ids
    assert list(rows["value"].iloc[: len(data.figures)]) == list(data.figures["value"])
    assert list(rows["evidence"].iloc[: len(data.figures)]) == list(data.figures["evidence"])


def test_a_damaged_figure_is_told_as_such(data: Dataset) -> None:
    damaged = data.figures[data.figures["quality"] == "damaged"]["figure_id"].iloc[0]
    assert ms.source(damaged, data, lang="en")["quality"].tolist() == [ms.schema.schema().label("quality", "damaged", "en")]


def test_a_national_value_says_whether_it_was_published(data: Dataset) -> None:
    rows = ms.source("resident_medical_fiscal_subsidy:2019;resident_medical_fiscal_subsidy:2024", data)
    assert rows["quality"].tolist() == [ms.schema.schema().label("status", one) for one in ("derived", "published")]
    assert rows["note"].tolist()[0].startswith("490 (2018) + 30")


def test_the_columns_that_name_sources_are_columns_of_tables(data: Dataset, levels: pd.DataFrame, figures: pd.DataFrame) -> None:
    there = {*data.figures, *(one for draw in ("against_parent", "cases") for one in FRAMES[draw](data, levels, figures))}
    assert set(BEHIND) - there == {"items"}
