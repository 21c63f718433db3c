"""The main charts look as they did: each is held to a stored picture, with room for how letters are smoothed."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.image import imread
from matplotlib.text import Text
from write_baselines import BASELINES, CHARTS, Picture, drawn, picture

from minsheng.charts import Chart

WINDOW, TOLERANCE = 7, 12
"""Pixels over which shades are averaged, and how far the averages (0 to 255) may differ anywhere."""


def smooth(shades: Picture) -> np.ndarray:
    """The mean shade of each window of pixels."""
    sums = np.pad(shades.astype(float), ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    whole = sums[WINDOW:, WINDOW:] - sums[:-WINDOW, WINDOW:] - sums[WINDOW:, :-WINDOW] + sums[:-WINDOW, :-WINDOW]
    return np.asarray(whole / WINDOW**2)


def apart(one: Picture, other: Picture) -> float:
    """How far two pictures differ where they differ most."""
    return float(np.abs(smooth(one) - smooth(other)).max()) if one.shape == other.shape else 255.0


@pytest.fixture(scope="module", params=CHARTS)
def chart(request: pytest.FixtureRequest) -> tuple[str, Chart]:
    """Each main chart with its name."""
    return request.param, drawn(request.param)


def test_a_chart_looks_as_its_baseline(chart: tuple[str, Chart]) -> None:
    name, own = chart
    path = BASELINES / f"{name}.png"
    assert path.stat().st_size < 40_000
    stored = (imread(path) * 255).round().astype(np.uint8)
    assert apart(picture(own.figure), stored) <= TOLERANCE, f"python tests/write_baselines.py {name} writes it anew"


def test_letters_smoothed_otherwise_pass(chart: tuple[str, Chart]) -> None:
    shades = picture(chart[1].figure)
    softer = 0.8 * shades + 0.2 * np.roll(shades, 1, axis=1)  # as if all stood a fifth of a pixel further right
    assert 0 < apart(shades, softer.astype(np.uint8)) <= TOLERANCE


def _labels(own: Chart) -> list[Text]:
    """The words inside the axes of a chart, of more than two characters."""
    return [text for ax in own.figure.axes for text in ax.texts if len(text.get_text().strip()) > 2]


def test_a_label_that_is_gone_or_moved_is_noticed(chart: tuple[str, Chart]) -> None:
    own = chart[1]
    before = picture(own.figure)
    for label in _labels(own)[:3]:
        x, y = label.get_position()
        label.set_visible(False)
        assert apart(before, picture(own.figure)) > TOLERANCE, label.get_text()
        label.set_visible(True)
        label.set_position((x + 8, y) if label.get_transform() != own.figure.axes[0].transData else (x * 1.1, y))
        assert apart(before, picture(own.figure)) > TOLERANCE, label.get_text()
        label.set_position((x, y))
    assert apart(before, picture(own.figure)) == 0


@pytest.mark.parametrize("name", ["floor", "changes", "by_place", "paths"])
def test_a_mark_that_is_missing_is_noticed(name: str) -> None:
    own = drawn(name)
    before = picture(own.figure)
    marks = [one for one in [*own.figure.axes[0].lines, *own.figure.axes[0].collections] if one.get_visible()]
    marks.sort(key=lambda one: one.get_zorder())
    marks[-1].set_visible(False)
    assert apart(before, picture(own.figure)) > TOLERANCE
