"""Families of benefits: multiples and rules, grades and causes, supplements, and how their charts draw bounds and ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

import minsheng as ms
from minsheng.bounds import COLUMNS, kept
from minsheng.charts.marks import _legend_columns
from minsheng.charts.places import _sideways, place_order
from minsheng.charts.rules import bound_words
from minsheng.charts.svg import svg
from minsheng.labels import LANGUAGES
from minsheng.recipients import name, parts
from minsheng.schema import schema
from minsheng.tables import Dataset
from minsheng.views import View

CHINESE = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture(scope="module")
def levels(data: Dataset) -> pd.DataFrame:
    """The bundled standards."""
    return ms.standards(data)


@pytest.fixture(scope="module")
def figures(data: Dataset) -> pd.DataFrame:
    """Every bundled figure."""
    return ms.printed(data)


@pytest.fixture(scope="module")
def seen(data: Dataset) -> dict[str, View]:
    """2024 in both languages."""
    return {lang: ms.view(2024, lang=lang, tables=data) for lang in LANGUAGES}


@pytest.fixture(scope="module", autouse=True)
def style() -> Iterator[None]:
    """The style of charts, for this module only."""
    import matplotlib

    with matplotlib.rc_context():
        ms.use_style()
        yield


def where(table: pd.DataFrame, **values: object) -> pd.DataFrame:
    """The rows of `table` that are so."""
    for column, value in values.items():
        table = table[table[column] == value]
    return table


def only(table: pd.DataFrame, **values: object) -> dict[str, Any]:
    """The one row of `table` that is so."""
    found = where(table, **values)
    assert len(found) == 1, found.to_string()
    return dict(found.iloc[0])


def with_figures(data: Dataset, like: str, *changes: dict[str, object]) -> Dataset:
    """The tables with copies of one figure, each changed so."""
    one = data.figures[data.figures["figure_id"] == like]
    more = [one.assign(figure_id=f"{like}-new{i}", **change) for i, change in enumerate(changes)]
    return replace(data, figures=pd.concat([data.figures, *more], ignore_index=True))


# ---- multiples of a base ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "year", "residence", "recipient", "multiple"),
    [
        ("360000", 2021, "urban", "", 1.300654),  # 995 / 765
        ("360000", 2021, "rural", "", 1.300971),  # 670 / 515
        ("360000", 2021, "rural", "失能", 1.932039),  # 995 / 515
        ("360000", 2020, "urban", "", 1.297872),  # (995 - 80) / (765 - 60)
        ("361002", 2020, "urban", "", 1.300709),  # (995 - 78) / (765 - 60)
        ("440100", 2025, "urban", "", 1.6),  # 2094.4 / 1309, one Dibao standard for town and country
    ],
)
def test_a_standard_is_a_multiple_of_the_base_of_its_residence(
    data: Dataset, levels: pd.DataFrame, place: str, year: int, residence: str, recipient: str, multiple: float
) -> None:
    rows = ms.multiples(data, levels, "tekun_standard")
    row = only(rows, region_id=place, year=year, residence=residence, recipient=recipient)
    assert row["actual"] == pytest.approx(multiple, abs=1e-6)
    assert list(rows.columns) == COLUMNS


@pytest.mark.parametrize(
    ("place", "year", "care", "base", "multiple"),
    [
        ("441602", 2024, "institutional", "urban", 2.281967),  # 2088 / 915
        ("441602", 2024, "institutional", "rural", 2.978602),  # 2088 / 701
        ("441602", 2024, "dispersed", "urban", 1.584699),  # 1450 / 915
        ("360000", 2021, "dispersed", "rural", 2.330097),  # 1200 / 515
        ("440100", 2025, "all", "all", 2.273491),  # 2976 / 1309
    ],
)
def test_a_standard_for_all_is_held_against_the_urban_and_the_rural_base(
    data: Dataset, levels: pd.DataFrame, place: str, year: int, care: str, base: str, multiple: float
) -> None:
    rows = ms.multiples(data, levels, "orphan_standard", base="dibao_standard")
    row = only(rows, region_id=place, year=year, care=care, base_residence=base)
    assert row["actual"] == pytest.approx(multiple, abs=1e-6)
    assert pd.isna(row["value"])  # no rule says how many times Dibao an orphan's standard is to be


def test_a_standard_worked_out_from_the_rule_does_not_test_it(data: Dataset, levels: pd.DataFrame) -> None:
    derived = where(levels, indicator_id="tekun_standard", region_id="441602", year=2024)
    assert sorted(derived["value"]) == [1121.6, 1464]  # 701 × 1.6, 915 × 1.6
    row = only(ms.multiples(data, levels, "tekun_standard"), region_id="441602")
    assert pd.isna(row["actual"])
    assert (row["value"], row["rule_flags"], row["flags"]) == (1.6, "draft;at_least", "draft;at_least")


def test_a_rule_and_what_there_is_meet_and_either_may_stand_alone(data: Dataset) -> None:
    # 江西省 is given a rule of at least 1.301 for 2021: 670 / 515 = 1.30097 and 995 / 765 = 1.30065 both fall short.
    rule = {"indicator_id": "tekun_multiple", "residence": "all", "role": "level", "modality": "at_least", "value": 1.301}
    more = with_figures(data, "002-1-i13-04", rule | {"unit": "倍", "per": None})
    rows = ms.multiples(more, ms.standards(more), "tekun_standard")
    mine = where(rows, region_id="360000", year=2021, recipient="")
    assert list(mine["value"]) == [1.301, 1.301]
    assert [kept(row) for row in mine.itertuples()] == [False, False]
    assert [kept(row) for row in where(rows, region_id="360000", recipient="失能", year=2021).itertuples()] == [True]  # 1.932
    assert list(where(rows, region_id="360000", year=2020)["value"].dropna()) == []
    assert where(rows, region_id="340400")["actual"].isna().all()
    assert not rows.duplicated(["region_id", "year", "residence", "care", "recipient", "base_residence"]).any()


def test_multiples_do_not_depend_on_prices_and_carry_both_sides(data: Dataset, levels: pd.DataFrame) -> None:
    nominal = ms.multiples(data, levels, "tekun_standard")
    constant = ms.multiples(data, ms.view(2024, prices="constant", tables=data).levels, "tekun_standard")
    assert list(constant["actual"].dropna()) == pytest.approx(list(nominal["actual"].dropna()), abs=1e-6)
    row = only(nominal, region_id="360000", year=2020, residence="urban")
    assert row["figures"].split(";") == ["002-1-i13-02", "002-1-i13-01", "002-1-i12-02", "002-1-i12-01"]
    assert row["actual_flags"] == "derived;assessed;inferred"


def test_without_rule_or_base_a_multiple_is_refused(data: Dataset, levels: pd.DataFrame) -> None:
    with pytest.raises(ms.Refused, match="dibao_standard"):
        ms.multiples(data, levels, "orphan_standard")
    with pytest.raises(ms.Refused, match="orphan_standard"):
        ms.multiples(data, levels, "orphan_standards", base="dibao_standard")


# ---- growth promised -------------------------------------------------------------------------------------------------


def test_a_promise_of_growth_is_a_bound(data: Dataset, figures: pd.DataFrame, levels: pd.DataFrame) -> None:
    wanted = ["dibao_standard", "relief_standards_growth", "disability_care_subsidy", "orphan_standard"]
    rows = ms.promised(figures, levels, wanted)
    found = [(r.region_id, r.indicator_id, r.residence, r.value, "at_least" in r.rule_flags) for r in rows.itertuples()]
    assert sorted(found) == [
        ("340400", "dibao_standard", "rural", 4.5, True),
        ("340400", "dibao_standard", "urban", 7.0, True),
        ("340400", "disability_care_subsidy", "all", 8.5, True),
        ("340400", "orphan_standard", "all", 5.0, True),
        ("370103", "relief_standards_growth", "all", 5.0, True),
    ]
    assert rows["actual"].isna().all()  # no earlier level is known


def test_a_promise_is_held_against_the_growth_of_each_series_it_covers(data: Dataset) -> None:
    before = {"role": "baseline", "year": 2023}
    prior = [before | {"care": "institutional", "value": 1600.0}, before | {"care": "dispersed", "value": 1250.0}]
    level = where(data.figures, document_id="004", indicator_id="orphan_standard", role="level", care="dispersed").iloc[0]
    more = with_figures(data, str(level["figure_id"]), *prior)
    rows = ms.promised(ms.printed(more), ms.standards(more), "orphan_standard").set_index("care")
    assert rows["actual"].to_dict() == pytest.approx({"institutional": 6.25, "dispersed": 4.0})  # 1700 / 1600, 1300 / 1250
    assert {care: kept(row) for care, row in zip(rows.index, rows.itertuples(), strict=True)} == {
        "institutional": True,
        "dispersed": False,
    }


@pytest.mark.parametrize(
    ("flags", "value", "top", "actual", "verdict"),
    [
        ("at_least", 1.3, None, 1.2979, False),
        ("at_least", 1.3, None, 1.3, True),
        ("at_most", 30, None, 25, True),
        ("at_most", 30, None, 31, False),
        ("", 1.6, None, 1.6, True),
        ("", 1.6, None, 1.61, False),
        ("range", 1.3, 1.6, 1.5, True),
        ("range", 1.3, 1.6, 1.7, False),
        ("at_least", float("nan"), None, 1.5, None),
        ("at_least", 1.3, None, float("nan"), None),
    ],
)
def test_a_rule_is_kept_or_broken_or_neither(flags: str, value: float, top: float, actual: float, verdict: bool | None) -> None:
    assert kept(SimpleNamespace(value=value, value_max=top, actual=actual, rule_flags=flags)) is verdict


def test_sentences_say_what_rules_ask_and_whether_they_are_kept(data: Dataset, seen: dict[str, View]) -> None:
    rows = ms.multiples(data, seen["zh"].levels, "tekun_standard")
    zh, en = (ms.reading.rules(rows, view) for view in seen.values())
    assert len(zh) == len(en)
    assert "广州市2025年城镇特困人员基本生活标准为最低生活保障标准的1.6倍，符合规定（1.6倍）。" in zh
    assert sum("广东省2022、2023、2024年规定" in one and "不低于1.6倍" in one for one in zh) == 1
    assert "城镇特困人员基本生活标准与城镇最低生活保障标准之比，所列各地各年在1.298倍至1.301倍之间。" in zh
    assert [one for one in en if CHINESE.search(one)] == []


# ---- who receives ----------------------------------------------------------------------------------------------------


def test_the_grid_of_grades_and_causes_is_ten_by_three_with_26_amounts(levels: pd.DataFrame) -> None:
    rows = ms.split(where(levels, indicator_id="disabled_soldier_pension"), "grade", "cause")
    grid = rows.pivot(index="grade", columns="cause", values="value")
    assert grid.shape == (10, 3)
    assert grid.notna().to_numpy().sum() == 26  # grades 1 to 6 have three causes, 7 to 10 two: 6 × 3 + 4 × 2
    assert grid.columns[grid.loc["七级"].isna()].tolist() == ["因病"]
    assert (grid.loc["一级", "因战"], grid.loc["十级", "因公"]) == (8080.8, 768.3)
    assert list(schema().recipients["grade"])[::9] == ["一级", "十级"]


def test_other_recipients_are_left_out_of_the_grid_and_unknown_dimensions_refused(levels: pd.DataFrame) -> None:
    assert ms.split(where(levels, indicator_id="martyr_family_pension"), "grade", "cause").empty
    assert ms.split(levels, "cause")["cause"].tolist() == []
    with pytest.raises(ms.Refused, match="grade"):
        ms.split(levels, "grades")
    assert parts("十级因公", ("grade", "cause")) == ("十级", "因公")
    assert parts("因公十级", ("grade", "cause")) is None


def test_recipients_of_these_families_have_english_names(figures: pd.DataFrame) -> None:
    topics = ["dibao", "tekun", "children", "disability", "veterans", "pension", "social_insurance"]
    shown = figures[figures["topic"].isin(topics)]["recipient"].unique()
    assert [one for one in shown if CHINESE.search(name(one, "en"))] == []
    assert all(name(one, "zh") == one for one in shown)


# ---- supplements -----------------------------------------------------------------------------------------------------


def test_a_supplement_is_added_to_its_base(levels: pd.DataFrame) -> None:
    rows = ms.supplements(levels, "basic_pension", "pension_age_supplement")
    totals = where(rows, region_id="360000", year=2021).set_index("recipient")["total"].to_dict()
    assert totals == {"": 115, "65-79周岁": 118, "80周岁以上": 121}  # 115, 115 + 3, 115 + 6
    open_ends = where(rows, region_id="360000", recipient="80周岁以上")["supplement_flags"].iloc[0]
    assert "at_least" in open_ends
    assert "at_least" not in where(rows, region_id="361002", recipient="80周岁以上")["supplement_flags"].iloc[0]
    assert where(rows, recipient="")["supplement"].isna().all()


def test_latest_lists_what_across_would_refuse_to_compare(levels: pd.DataFrame) -> None:
    rows = ms.latest(where(levels, region_id="361002", recipient="病故军人遗属"), 2024)
    assert rows["flags"].tolist() == ["assessed;inferred;damaged;stale"]  # listed, under its flag
    services = levels[levels["indicator_id"].str.startswith("disabled_")]
    with pytest.raises(ms.Refused):
        ms.across(services, list(services["indicator_id"].unique()), 2024, by=["indicator_id", "recipient"])
    assert len(ms.latest(services, 2024)[["unit", "per"]].drop_duplicates()) > 3


def test_enrolment_of_a_county_is_a_share_of_its_province(data: Dataset, figures: pd.DataFrame) -> None:
    rows = ms.against_parent(data, figures[figures["role"] == "target"])
    row = only(rows, indicator_id="resident_pension_enrolment", region_id="361002")
    assert (row["value"], row["parent_value"]) == (465000, 18000000)
    assert row["share"] == pytest.approx(2.5833, abs=1e-4)  # 465000 / 18000000


# ---- charts ----------------------------------------------------------------------------------------------------------


def drawn(chart: Any) -> tuple[list[float], list[str]]:
    """Where dots and bars stand on the first axes of a chart, and the words on it."""
    ax = chart.figure.axes[0]
    spots = [float(x) for one in ax.collections for x, _ in one.get_offsets()]
    return spots, [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("draw", ["by_place", "by_series", "rules"])
def test_a_range_is_an_interval_with_both_numbers_and_never_a_dot(seen: dict[str, View], draw: str) -> None:
    view = seen["zh"]
    rows = ms.across(view.levels, "school_public_funds", 2024, by=["recipient"])
    options = {"split": "recipient"} if draw == "by_place" else {}
    chart = getattr(ms.charts, draw)(rows, view, **options)
    spots, words = drawn(chart)
    assert 6000 not in spots
    assert 19500 not in spots
    assert any("6000–19500" in one for one in words)
    assert [6000, 19500] in [list(line.get_xdata()) for line in chart.figure.axes[0].lines]
    assert chart.figure.axes[0].get_xlim()[1] > 19500
    assert "6000–19500" in chart.alt or draw != "rules"


def test_a_bound_is_an_arrow_from_a_bar_and_no_dot(seen: dict[str, View], figures: pd.DataFrame) -> None:
    view = seen["zh"]
    rows = ms.promised(figures, view.levels, "dibao_standard")
    chart = ms.charts.rules(rows, view)
    ax = chart.figure.axes[0]
    arrows = [text for text in ax.texts if getattr(text, "arrow_patch", None) is not None]
    assert sorted(float(arrow.xy[0]) for arrow in arrows) == [4.5, 7.0]
    assert all(arrow.xyann[0] > 0 for arrow in arrows)  # to the right: at least
    bars = [one for one in ax.collections if len(one.get_offsets())]
    assert len(bars) == 2
    assert all(path.vertices[:, 1].max() > 3 * path.vertices[:, 0].max() for one in bars for path in one.get_paths())
    assert "不低于4.5%" in chart.alt
    assert "不低于7%" in chart.alt


def test_an_upper_bound_points_to_the_left(seen: dict[str, View], figures: pd.DataFrame) -> None:
    rows = ms.promised(figures, seen["zh"].levels, ["dibao_standard"]).assign(rule_flags="at_most", flags="at_most")
    chart = ms.charts.rules(rows, seen["zh"])
    arrows = [text for text in chart.figure.axes[0].texts if getattr(text, "arrow_patch", None) is not None]
    assert all(arrow.xyann[0] < 0 for arrow in arrows)
    assert "不超过7%" in chart.alt


@pytest.mark.parametrize(
    ("lang", "flags", "value", "top", "unit", "words"),
    [
        ("zh", "at_least", 1.3, None, "倍", "不低于1.3倍"),
        ("en", "at_least", 1.3, None, "倍", "at least 1.3 times"),
        ("zh", "range", 6000, 19500, "元", "6000–19500元"),
        ("en", "at_least", 4.5, None, "%", "at least 4.5%"),
        ("zh", "about", 75, None, "%", "约75%"),
        ("zh", "", 1.6, None, "倍", "1.6倍"),
    ],
)
def test_a_rule_keeps_its_modality_in_words(
    seen: dict[str, View], lang: str, flags: str, value: float, top: float | None, unit: str, words: str
) -> None:
    row = SimpleNamespace(value=value, value_max=top, unit=unit, flags=flags)
    assert bound_words(row, seen[lang]) == words


def test_a_multiple_below_its_rule_never_reads_as_the_rule(data: Dataset, seen: dict[str, View]) -> None:
    chart = ms.charts.rules(ms.multiples(data, seen["zh"].levels, "tekun_standard"), seen["zh"])
    assert any("1.298" in one for one in drawn(chart)[1])  # 915 / 705, which two decimals would show as 1.3


def test_the_places_of_a_province_stand_together_each_below_the_place_above_it(seen: dict[str, View]) -> None:
    places = ["441602", "360000", "440000", "361002", "340400", "440100"]
    values = [500.0, 600.0, 400.0, 700.0, 650.0, 450.0]
    # 江西省 leads by its county's 700, then 安徽省 by 650, then 广东省 by 500: province, prefecture, county in each.
    assert place_order(places, values, seen["zh"]) == ["360000", "361002", "340400", "440000", "440100", "441602"]


def test_words_on_a_line_do_not_run_into_one_another_or_out_of_the_axes() -> None:
    spots, widths = [10.0, 12.0, 100.0], [0.5, 0.5, 0.5]
    moved = [spot + move * 40 / 72 for spot, move in zip(spots, _sideways(spots, widths, 40), strict=True)]  # 40 to an inch
    assert moved[0] - 10 >= 0
    assert moved[1] - moved[0] >= 20 - 1e-9
    assert moved[2] == 100


def test_a_legend_has_as_many_columns_as_fit() -> None:
    assert _legend_columns(["短"] * 6) == 3
    assert _legend_columns(["a rather long entry of a legend, in English"] * 6) == 2
    assert _legend_columns(["x" * 120] * 2) == 1


def test_an_empty_cell_of_the_grid_stays_empty(data: Dataset) -> None:
    view = ms.view(2021, tables=data)
    rows = ms.split(where(view.levels, indicator_id="disabled_soldier_pension"), "grade", "cause")
    chart = ms.charts.grid(rows, view)
    words = [text.get_text() for text in chart.figure.axes[0].texts]
    assert len([one for one in words if one]) == 26
    assert "8080.8" in words
    assert "年份为推定" in chart.figure.axes[0].get_title(loc="left")  # said once, not in every cell


def test_a_damaged_value_is_not_drawn(data: Dataset) -> None:
    view = ms.view(2021, tables=data)
    rows = ms.latest(where(view.levels, indicator_id="martyr_family_pension"), 2021)
    assert "damaged" in ";".join(rows["flags"])
    spots, words = drawn(ms.charts.by_series(rows, view))
    assert 2024.5 not in spots
    assert not any("2024.5" in one for one in words)
    assert "<s>2024.5</s>" in ms.page.table_html(rows, view, "x")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_known_of_one_place_is_a_table(seen: dict[str, View], lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr("minsheng.page._display", lambda html, **_: shown.append(html))
    view = seen[lang]
    rows = ms.across(view.levels, "tekun_institution_quota_subsidy", 2024, residence="rural", by=["recipient"])
    ms.page.show(view, ms.charts.by_place, rows, split="recipient")
    assert "<table" in shown[0]
    assert "<img" not in shown[0]
    assert {"4800", "6000", "7200"} <= set(re.findall(r"\d+", shown[0]))
    assert view.indicator("tekun_institution_quota_subsidy") in shown[0]


def test_a_table_of_several_indicators_keeps_the_upper_end_of_a_range(seen: dict[str, View]) -> None:
    view = seen["zh"]
    rows = view.levels[view.levels["indicator_id"].isin(["school_public_funds", "orphan_standard"])].query("year == 2024")
    html = ms.page.table_html(rows, view, "x")
    assert "19,500" in html


@pytest.mark.parametrize("draw", ["rules", "stacked", "grid", "by_series"])
def test_the_same_rows_give_the_same_bytes(data: Dataset, draw: str) -> None:
    view = ms.view(2021, tables=data)
    rows = {
        "rules": lambda: ms.multiples(data, view.levels, "tekun_standard"),
        "stacked": lambda: ms.supplements(view.levels, "basic_pension", "pension_age_supplement"),
        "grid": lambda: ms.split(where(view.levels, indicator_id="disabled_soldier_pension"), "grade", "cause"),
        "by_series": lambda: where(view.levels, indicator_id="red_army_allowance"),
    }[draw]()
    first, second = (svg(getattr(ms.charts, draw)(rows, view)) for _ in range(2))
    assert first == second


def test_a_national_value_stands_only_beside_what_is_for_every_recipient(seen: dict[str, View]) -> None:
    view = seen["zh"]
    rows = ms.across(view.levels, "dibao_standard", 2024, by=["residence"])
    assert ms.charts.by_place(rows, view).references == ("dibao_rural_average_standard", "dibao_urban_average_standard")
    some = rows.assign(recipient=["甲"] * len(rows))
    assert ms.charts.by_place(some, view, split="recipient").references == ()
    assert ms.charts.by_place(rows, view, split="recipient").references != ()
