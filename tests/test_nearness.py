"""What a page of one place tells does not depend on whether all tables were looked at, or those around the place."""

from __future__ import annotations

import pandas as pd
import pytest

import minsheng as ms
from minsheng.gazetteer import with_neighbours, with_surroundings
from minsheng.tables import Dataset, of_places


@pytest.fixture(scope="module")
def whole(data: Dataset) -> pd.DataFrame:
    return ms.audit(data)


def test_the_audit_finds_the_same_about_a_place_in_the_tables_around_it(data: Dataset, whole: pd.DataFrame) -> None:
    places = whole["region_id"].unique()
    assert len(places) > 5
    for place in places:
        around = with_surroundings(data, [place])
        found = ms.audit(of_places(data, with_neighbours(data, [place])))
        there, expected = (rows[rows["region_id"].isin(around)].reset_index(drop=True) for rows in (found, whole))
        pd.testing.assert_frame_equal(there, expected, obj=place)


def test_a_view_of_a_place_tells_only_what_concerns_it(data: Dataset, whole: pd.DataFrame) -> None:
    seen = ms.view(2024, regions=["441602"])
    assert 0 < len(seen.findings) < len(whole)
    assert set(seen.findings["region_id"]) <= with_surroundings(data, ["441602"])
    own = ms.view(2024, regions=["441602"], tables=data)
    pd.testing.assert_frame_equal(own.findings.reset_index(drop=True), seen.findings.reset_index(drop=True))


def test_a_figure_of_another_place_is_known_to_a_view_of_one_place() -> None:
    seen = ms.view(2024, regions=["441602"])
    other = next(one for one, row in seen.figures.items() if row["document_id"] == "002-5")
    assert seen.figures[other]["evidence"] == ms.view(2024).figures[other]["evidence"]
