"""Charts and pages of quantities, progress and lists: nothing is hidden, cut off or written over."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.text import Text

import minsheng as ms
from minsheng.charts import Chart
from minsheng.charts.lists import _wrapped
from minsheng.style import ALARM, PAPER
from minsheng.tables import Dataset
from minsheng.tabular import _columns, table_html
from minsheng.views import View

WORKS = ["housing", "rural", "transport", "environment", "utilities", "food_drug_safety", "culture_sport", "elderly_care"]


def drawn(view: View, name: str) -> Chart:
    """A chart as its notebook draws it."""
    data, figures, year = view.data, view.printed, view.year
    if name == "progress":
        rows = ms.delivery(data, figures).query("year == @year")
        return ms.charts.progress(rows[rows["progress"].notna() | (rows["state"] == "share_only")], view)
    if name in ("topic", "department"):
        return ms.charts.lists(ms.shares(view.items, name), view)
    if name == "panels":
        return ms.charts.panels(ms.shared(ms.planned(data, figures, WORKS, year, stale=True).query("unit != '%'")), view)
    funds = ms.in_force(data, view.levels, ["education"], year).query("per == 'student-year'")
    return ms.charts.intervals(funds, view)


CASES = [
    *((2024, name) for name in ("topic", "department", "panels", "intervals")),
    *((year, "progress") for year in (2018, 2011)),
]


@pytest.fixture(scope="module", params=[(lang, *case) for lang in ("zh", "en") for case in CASES], ids=str)
def chart(request: pytest.FixtureRequest, data: Dataset) -> Chart:
    """Each chart in both languages."""
    lang, year, name = request.param
    ms.use_style()
    return drawn(ms.view(year, lang=lang, tables=data), name)


def test_no_word_is_cut_off_or_lies_on_another(chart: Chart) -> None:
    canvas = FigureCanvasAgg(chart.figure)
    canvas.draw()
    whole = chart.figure.bbox
    words = [one for one in chart.figure.findobj(Text) if one.get_visible() and one.get_text().strip()]
    outside = [  # ticks beyond the end of an axis have words that are never drawn
        tick.label1 for ax in chart.figure.axes for tick in ax.xaxis.get_major_ticks() if tick.get_loc() > ax.get_xlim()[1]
    ]
    boxes = [(one.get_text(), one.get_window_extent()) for one in words if one not in outside]
    assert min(one.get_fontsize() for one in words) >= 6
    boxes = [(text, box) for text, box in boxes if box.width > 0 and text not in "→←"]
    assert [text for text, box in boxes if box.x0 < -1 or box.x1 > whole.x1 + 1 or box.y0 < -1 or box.y1 > whole.y1 + 1] == []
    close = [(a, b) for (a, one), (b, two) in combinations(boxes, 2) if one.padded(-2).overlaps(two.padded(-2))]
    assert close == []


def test_the_alternative_text_says_the_numbers_and_the_title_the_matter(chart: Chart) -> None:
    assert len(re.findall(r"\d+", chart.alt)) > 10
    assert chart.title in chart.alt
    assert len(chart.title) > 8


@pytest.fixture
def seen(data: Dataset) -> Callable[[int], View]:
    """A year in Chinese."""
    return lambda year: ms.view(year, tables=data)


def test_a_range_is_drawn_from_end_to_end_and_a_bound_has_an_arrow(seen: Callable[[int], View]) -> None:
    chart = drawn(seen(2024), "intervals")
    (ax,) = chart.figure.axes
    bars = [line.get_xdata() for line in ax.lines if line.get_linewidth() == 5]
    assert [list(bar) for bar in bars] == [[6000.0, 19500.0]]
    bounds = chart.rows["flags"].str.contains("at_least").sum()
    assert sum(text.get_text() == "→" for text in ax.texts) == bounds == 6  # five of the draft, one of 2021
    faces = [to_rgba(dots.get_facecolor()[0]) for dots in ax.collections[:2]]  # a draft is hollow
    assert faces == [to_rgba(PAPER)] * 2


def test_every_panel_has_a_scale_of_its_own(seen: Callable[[int], View]) -> None:
    chart = drawn(seen(2024), "panels")
    axes = chart.figure.axes
    assert len(axes) == chart.rows.groupby(["indicator_id", "residence", "recipient", "per"]).ngroups
    assert {ax.get_xscale() for ax in axes} == {"log"}
    assert [ax for ax in axes if ax.get_shared_x_axes().get_siblings(ax) != [ax]] == []
    for ax in axes:
        low, high = ax.get_xlim()
        spots = [dots.get_offsets()[0][0] for dots in ax.collections if len(dots.get_offsets())]
        assert all(low < spot < high for spot in spots)


def test_progress_draws_stages_of_one_target_in_one_bar_and_marks_what_differs(seen: Callable[[int], View]) -> None:
    (ax,) = drawn(seen(2018), "progress").figure.axes
    rows: dict[int, list[tuple[float, float]]] = {}
    for bar in ax.patches:
        rows.setdefault(round(bar.get_y() + bar.get_height() / 2), []).append((bar.get_x(), bar.get_width()))
    four = next(parts for parts in rows.values() if len(parts) == 4)  # kindergartens: 70, 5, 2, 5 of 82
    assert [round(width * 82 / 100, 6) for _, width in four] == [70, 5, 2, 5]
    assert four[-1][0] + four[-1][1] == pytest.approx(100)
    diamonds = [line for line in ax.lines if line.get_marker() == "D"]
    red = sorted(line.get_xdata()[0] for line in diamonds if line.get_markeredgecolor() == ALARM)
    assert red == [62.69, 70.2]
    assert sorted(line.get_xdata()[0] for line in diamonds if line.get_markeredgecolor() != ALARM) == [20.14, 65.17, 80.5, 82.06]


def test_the_documents_of_the_year_stand_first(seen: Callable[[int], View]) -> None:
    heads = [one.get_text() for one in drawn(seen(2021), "topic").figure.axes[0].get_xticklabels()]
    years = [int(re.search(r"^\d{4}$", head, re.MULTILINE)[0]) for head in heads]  # type: ignore[index]
    assert years == [2021, 2021, 2025, 2024, 2024, 2024, 2023, 2023, 2022, 2018, 2014, 2011]


def test_a_county_stands_below_its_prefecture(seen: Callable[[int], View]) -> None:
    words = [_wrapped(one, seen(2024)) for one in ("河源市源城区", "济南市市中区", "江西省", "河源市", "铜陵市郊区")]
    assert words == ["河源市\n源城区", "济南市\n市中区", "江西省", "河源市", "铜陵市郊区"]


def test_a_table_of_several_units_keeps_the_end_of_a_range_and_every_digit(seen: Callable[[int], View]) -> None:
    view = seen(2024)
    rows = ms.in_force(view.data, view.levels, ["education"], 2024)
    html = table_html(rows, view, "x")
    assert "19,500" in html
    assert "元/生/天" in html
    works = table_html(ms.planned(view.data, view.printed, ["rural"], 2021), view, "x")
    assert "3,000,000" in works
    assert {"value_max", "in_unit"} & set(
        _columns(rows, named=True)
    ) == set()  # the end of a range stands in the cell of its value


def test_an_english_table_marks_what_is_chinese(data: Dataset) -> None:
    view = ms.view(2024, lang="en", tables=data)
    html = table_html(ms.in_force(data, view.levels, ["medical_assistance"], 2024), view, "x", named=True)
    bare = re.sub(r'<span lang="zh-CN">.*?</span>|<[^>]*>', "", html)
    assert not re.search(r"[\u4e00-\u9fff]", bare)
    assert '<span lang="zh-CN">低保对象</span>' in html
