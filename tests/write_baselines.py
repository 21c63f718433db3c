"""The pictures that the main charts are held to: how they are drawn, and the command that writes them again.

    python tests/write_baselines.py            # all
    python tests/write_baselines.py funding    # some

Look at what changed before you commit it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

import minsheng as ms
from minsheng.charts import Chart
from minsheng.views import View, with_nation

BASELINES = Path(__file__).resolve().parent / "baselines"
DPI = 60
Picture = NDArray[np.uint8]


def _by_place(view: View) -> Chart:
    return ms.charts.by_place(ms.across(view.levels, "dibao_standard", 2024, by=["residence"]), view)


def _paths(view: View) -> Chart:
    return ms.charts.paths(ms.over_years(view.levels, "orphan_standard", by=["care"]), view, split="care")


def _floor(view: View) -> Chart:
    return ms.charts.floor(ms.against_parent(view.data, view.levels.query("indicator_id == 'orphan_standard'")), view)


def _changes(view: View) -> Chart:
    rises = ms.growth(view.levels).query("year == 2024 and from_year == 2023 and per == 'person-month'")
    return ms.charts.changes(rises, view)


def _nation(view: View) -> Chart:
    return ms.charts.share_of_reference(ms.against_reference(view.data, view.of("dibao", "medical_insurance")), view)


def _funding(view: View) -> Chart:
    return ms.charts.funding(with_nation(view, ms.funding(view.levels)), view)


def _known(view: View) -> Chart:
    return ms.charts.known_matrix(ms.known(view.levels), view)


def _rules(view: View) -> Chart:
    return ms.charts.rules(ms.multiples(view.data, view.levels, "tekun_standard"), view)


def _grid(view: View) -> Chart:
    pensions = ms.across(view.levels, "disabled_soldier_pension", 2024, by=["recipient"])
    return ms.charts.grid(ms.split(pensions, "grade", "cause"), view)


def _intervals(view: View) -> Chart:
    funds = ms.in_force(view.data, view.levels, ["education"], 2024).query("per == 'student-year'")
    return ms.charts.intervals(funds, view)


def _progress(view: View) -> Chart:
    reported = ms.delivery(view.data, view.printed).query("year == 2018")
    return ms.charts.progress(reported[reported["progress"].notna()], view)


CHARTS: dict[str, Callable[[View], Chart]] = {
    "by_place": _by_place,
    "paths": _paths,
    "floor": _floor,
    "changes": _changes,
    "nation": _nation,
    "funding": _funding,
    "known": _known,
    "rules": _rules,
    "grid": _grid,
    "intervals": _intervals,
    "progress": _progress,
}


def drawn(name: str) -> Chart:
    """A chart of the bundled tables, in Chinese, as of 2024."""
    ms.use_style()
    return CHARTS[name](ms.view(2024))


def picture(figure: Figure) -> Picture:
    """A figure in shades of grey, small; letters as their outlines are, without what a font engine makes of them."""
    figure.set_dpi(DPI)
    canvas = FigureCanvasAgg(figure)
    with rc_context({"text.hinting": "no_hinting"}):
        canvas.draw()
    colours = np.asarray(canvas.buffer_rgba())[..., :3].astype(float)
    return (colours @ [0.299, 0.587, 0.114]).round().astype(np.uint8)


def write(name: str) -> None:
    """Write the baseline of a chart."""
    from PIL import Image

    Image.fromarray(picture(drawn(name).figure)).save(BASELINES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    for one in sys.argv[1:] or CHARTS:
        write(one)
        print(BASELINES / f"{one}.png")
