"""The explorer's choices: their rows, the code that gives the same, what is offered, and the nearest that has some."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minsheng as ms
from minsheng.menus import offers, settled
from minsheng.nearby import nearest, turns
from minsheng.shelves import SPLITS, code, rows
from minsheng.tables import Dataset

ORPHANS = ms.Choice("orphan_standard", 2024, 2024, care="dispersed")


@pytest.fixture(scope="module")
def shelf() -> ms.Shelf:
    """One shelf for all: its tables are worked out once."""
    return ms.Shelf(ms.load())


def executed(choice: ms.Choice, shelf: ms.Shelf, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the code of a choice leaves under the name `rows`, without the lines that show it."""
    monkeypatch.setattr(ms, "load", lambda: shelf.data, raising=False)
    monkeypatch.setattr(
        ms, "standards", lambda data, year_basis="assessed", per="": shelf.standards(year_basis, per or ""), raising=False
    )
    monkeypatch.setattr(ms, "printed", lambda data, year_basis="assessed": shelf.printed(year_basis), raising=False)
    names: dict[str, Any] = {}
    exec(code(choice).split("ms.use_style()")[0], names)
    return names["rows"]


def outcome(work: Callable[[], Any]) -> Any:
    """What some work gives, or the key of its refusal."""
    try:
        return work()
    except ms.Refused as refusal:
        return refusal.key


def test_one_year_is_a_comparison_across_places(shelf: ms.Shelf, data: Dataset) -> None:
    pd.testing.assert_frame_equal(rows(ORPHANS, shelf), ms.across(ms.standards(data), "orphan_standard", 2024, care="dispersed"))


def test_flags_that_are_not_allowed_leave_their_rows_out(shelf: ms.Shelf) -> None:
    # Of 2024 there are Guangdong 1484 (minimum), Yuancheng 1450 (draft), Huainan 1300 (at least); of 2021 two of 1200 (stale).
    found = rows(replace(ORPHANS, without=("draft", "stale")), shelf)
    assert found[["region_id", "value"]].to_numpy().tolist() == [["440000", 1484.0], ["340400", 1300.0]]


def test_a_period_brings_amounts_to_a_year(shelf: ms.Shelf) -> None:
    by_year = rows(replace(ORPHANS, unit="元", per="person-year"), shelf)
    assert by_year["value"].max() == 1484 * 12
    assert set(by_year["per"]) == {"person-year"}


def test_constant_prices_are_those_of_the_last_year(shelf: ms.Shelf) -> None:
    choice = ms.Choice("dibao_standard", 2021, 2024, residence="urban", prices="constant", regions=("360000",))
    found = rows(choice, shelf)
    cpi = shelf.data.reference.query("reference_id == 'cpi_previous_year_100'").set_index("year")["value"]
    # 765 yuan of 2021 in yuan of 2024: the prices rose from 2021 to 2022, 2023 and 2024
    assert found[found["year"] == 2021]["value"].tolist() == [round(765 * cpi[2022] / 100 * cpi[2023] / 100 * cpi[2024] / 100, 6)]


def test_a_role_gives_figures_as_printed(shelf: ms.Shelf) -> None:
    found = rows(ms.Choice("urban_new_jobs", 2021, 2021, role="target"), shelf)
    assert found[["region_id", "value", "role"]].to_numpy().tolist() == [
        ["360000", 380000.0, "target"],
        ["361002", 5760.0, "target"],
    ]


def test_what_cannot_be_meant_is_refused(shelf: ms.Shelf) -> None:
    with pytest.raises(ms.Refused, match="orphan_standard"):
        rows(ms.Choice("orphan_standart", 2024, 2024), shelf)
    with pytest.raises(ms.Refused, match="nominal, constant"):
        rows(replace(ORPHANS, prices="real"), shelf)
    with pytest.raises(ms.Refused, match="draft"):
        ms.unflagged(shelf.printed("assessed"), ["drafts"])


BASE = ms.load().figures[["indicator_id", "role", "residence", "care", "year"]].to_dict("records")
REGIONS = [(), (), ("360000",), ("440000", "441602"), ("370103",)]


@st.composite
def choices(draw: st.DrawFn) -> ms.Choice:
    """A choice around a figure that is there, so that many have rows, and some do not."""
    row = draw(st.sampled_from(BASE))
    first, more = int(row["year"]) + draw(st.integers(-2, 1)), draw(st.sampled_from([0, 0, 2]))
    return ms.Choice(
        row["indicator_id"],
        first,
        first + more,
        "" if row["role"] in ("level", "baseline") else row["role"],
        draw(st.sampled_from([None, row["residence"], "rural"])),
        draw(st.sampled_from([None, row["care"]])),
        regions=draw(st.sampled_from(REGIONS)),
        per=draw(st.sampled_from(["", "", "person-year"])),
        prices=draw(st.sampled_from(["nominal", "nominal", "constant"])),
        year_basis=draw(st.sampled_from(["assessed", "assessed", "printed"])),
        without=draw(st.sampled_from([(), (), ("draft",), ("assessed", "stale")])),
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(choice=choices())
def test_the_code_of_any_choice_gives_exactly_its_rows(choice: ms.Choice, shelf: ms.Shelf) -> None:
    with pytest.MonkeyPatch.context() as patch:
        expected, again = outcome(lambda: rows(choice, shelf)), outcome(lambda: executed(choice, shelf, patch))
    if isinstance(expected, str):
        assert again == expected
    else:
        pd.testing.assert_frame_equal(again, expected)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(choice=choices())
def test_the_nearest_choice_has_rows_and_a_choice_with_rows_is_its_own(choice: ms.Choice, shelf: ms.Shelf) -> None:
    near = nearest(choice, shelf)
    assert near is not None
    found = rows(near, shelf)
    assert not found.empty
    assert near.indicator == choice.indicator
    if near == choice:
        assert turns(choice, near) == []


def test_the_code_as_a_user_runs_it(data: Dataset) -> None:
    names: dict[str, Any] = {}
    exec(code(replace(ORPHANS, without=("draft",)), tables="").split("ms.use_style()")[0], names)
    assert list(names["rows"]["region_id"]) == ["440000", "340400", "360000", "361002"]


@pytest.mark.parametrize(
    ("asked", "changed"),
    [
        (replace(ORPHANS, regions=("441600",)), ["regions"]),  # Heyuan prints none; Guangdong above it does
        (replace(ORPHANS, first=2011, last=2011), ["first", "last"]),
        (replace(ORPHANS, residence="rural"), ["residence"]),
        (replace(ORPHANS, without=("minimum", "draft", "at_least", "stale")), ["without"]),
        (ms.Choice("urban_new_jobs", 2021, 2021), ["role"]),
        (ms.Choice("tekun_multiple", 2024, 2024, unit="元"), ["unit"]),
    ],
)
def test_the_nearest_choice_changes_no_more_than_it_must(asked: ms.Choice, changed: list[str], shelf: ms.Shelf) -> None:
    near = nearest(asked, shelf)
    assert near is not None
    assert turns(asked, near) == changed


def test_what_is_offered_is_what_there_is(shelf: ms.Shelf) -> None:
    there = offers(ms.Choice("orphan_standard", 2024, 2024), shelf)
    assert there["care"] == ["institutional", "dispersed", "all"]
    assert there["unit"] == [("元", "person-month"), ("元", "person-year")]
    assert set(there["flags"]) >= {"draft", "minimum", "stale"}
    assert "damaged" not in there["flags"]


def test_a_choice_settles_on_what_another_indicator_has(shelf: ms.Shelf) -> None:
    moved = settled(replace(ORPHANS, indicator="urban_new_jobs", without=("draft", "minimum")), shelf)
    assert (moved.role, moved.care) == ("target", None)
    assert "minimum" not in moved.without
    assert all(getattr(moved, column) is None or column in SPLITS for column in SPLITS)
