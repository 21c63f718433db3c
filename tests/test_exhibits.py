"""Tables of the package show themselves in a notebook, and stay ordinary DataFrames."""

from __future__ import annotations

import html as escaping
import json
import re
import subprocess
import sys
from collections.abc import Iterator

import pandas as pd
import pytest
from test_explaining import FRAMES

import minsheng as ms
from minsheng.charts.glyphs import mark_svg
from minsheng.charts.marks import ARROWS, MARKS
from minsheng.exhibits import exhibit, html
from minsheng.tables import Dataset
from minsheng.views import View, last


@pytest.fixture(scope="module")
def seen(data: Dataset) -> View:
    return ms.view(2024, tables=data)


@pytest.fixture(autouse=True)
def _language(data: Dataset) -> Iterator[None]:
    """Each test begins and ends in Chinese."""
    ms.view(2024, tables=data)
    yield
    last("zh")


def _text(shown: str) -> str:
    return escaping.unescape(re.sub("<style>.*?</style>|<[^>]+>", " ", shown))


@pytest.mark.parametrize("name", [one for one in FRAMES if one != "with_nation"])
def test_every_table_of_the_package_shows_itself_in_both_languages(name: str, seen: View, data: Dataset) -> None:
    rows = FRAMES[name](data, seen.levels, seen.printed)
    for lang in ("zh", "en"):
        shown = exhibit(rows, last(lang))
        assert shown.startswith('<div class="ms-frame">'), name
        words = _text(shown.split("<details>")[0])
        assert not re.search(r"person-month|person-year|NaN|<NA>|None", words)


def test_one_unit_stands_in_the_header_and_several_in_a_column(seen: View) -> None:
    money = ms.across(seen.levels, "medical_fiscal_subsidy", 2024)
    assert "数值<br>元/人/年" in html(money)
    assert html(seen.levels).count('<th scope="col">单位</th>') == 1


def test_constant_prices_are_told_in_the_header(seen: View, data: Dataset) -> None:
    money = ms.constant_prices(data, seen.levels, 2021)
    rows = ms.urban_rural(money, "dibao_standard")
    assert "2021年价格" in html(rows).split("</thead>")[0]
    assert "价格" not in html(ms.urban_rural(seen.levels, "dibao_standard")).split("</thead>")[0]


def test_names_stand_for_ids_and_numbers_follow_the_habit_of_the_language(seen: View, data: Dataset) -> None:
    rows = ms.delivery(data, seen.printed)
    rows = rows[rows["target"] >= 1e10]  # 20 851 000 000
    assert "208.51亿" in html(rows)
    last("en")
    assert "20,851,000,000" in html(rows)
    assert "Bijie" in html(rows)


def test_each_mark_of_a_table_is_in_its_legend_and_no_other(seen: View) -> None:
    rows = ms.across(seen.levels, "medical_fiscal_subsidy", 2024)
    body, legend = html(rows).split("</table>")
    present = {flag for cell in rows["flags"] for flag in cell.split(";") if flag}
    assert {flag for flag in MARKS if seen.say(f"mark.{flag}") in legend} == present & set(MARKS)
    for flags in filter(None, rows["flags"]):
        assert f'aria-label="{seen.flags(flags)}"' in body


def test_each_flag_with_a_shape_has_a_picture_of_its_own() -> None:
    drawn = {flag: mark_svg(flag) for flag in MARKS if flag not in ARROWS}
    assert len(set(drawn.values())) == len(drawn)
    assert all(one.startswith("<svg") for one in drawn.values())
    assert mark_svg("") == mark_svg("doubtful") == ""
    assert mark_svg("draft;assessed") not in drawn.values()


def test_a_damaged_number_is_struck_through(seen: View) -> None:
    rows = seen.printed[seen.printed["flags"].str.contains("damaged")]
    assert html(rows).count("<s>") == len(rows)


def test_sources_are_folded_and_lead_to_what_is_printed(seen: View, data: Dataset) -> None:
    rows = ms.across(seen.levels, "medical_fiscal_subsidy", 2024)
    shown = html(rows)
    assert shown.count("<details>") == len(rows)
    assert "#figure-" not in shown
    for one in ";".join(rows["figures"]).split(";"):
        assert f"“{data.figures.set_index('figure_id').loc[one, 'evidence']}”" in escaping.unescape(shown)


def test_a_long_table_is_shortened_as_pandas_does(seen: View) -> None:
    with pd.option_context("display.max_rows", 20, "display.min_rows", 6):
        assert html(seen.levels).count("<details>") == 6
        assert "⋯" in html(seen.levels)
        assert f"共{len(seen.levels)}行" in html(seen.levels)
    with pd.option_context("display.max_rows", None):
        assert html(seen.levels).count("<details>") == len(seen.levels)


def test_columns_of_ones_own_and_the_index_are_shown(seen: View) -> None:
    rows = ms.funding(seen.levels).assign(mine=[f"own {n}" for n in range(11)]).iloc[3:5]
    shown = html(rows)
    assert "mine" in shown
    assert "own 3" in shown
    assert "<td>3</td>" in shown
    assert "<td>0</td>" not in shown


def test_anything_else_is_left_to_pandas(seen: View, data: Dataset) -> None:
    others = [pd.DataFrame({"a": [1]}), data.documents, seen.levels[["region_id", "year", "value"]], seen.levels.head(0)]
    foreign = ms.funding(seen.levels).assign(region_id="999999")  # a place that the tables do not know
    fewer = seen.levels.drop(columns=["residence"])
    for frame in (*others, foreign, fewer):
        assert html(frame) == frame._repr_html_()  # type: ignore[operator]


def test_a_table_stays_an_ordinary_frame(seen: View, data: Dataset) -> None:
    rows = ms.constant_prices(data, seen.levels, 2024)
    assert type(rows) is pd.DataFrame
    assert pd.DataFrame._repr_html_.__module__.startswith("pandas.")
    json.dumps(rows.attrs)  # what travels with a table can be written with it
    assert rows.query("year == 2021").sort_values("value").attrs["price_year"] == 2024


def test_words_of_the_desk_show_themselves(seen: View) -> None:
    row = ms.across(seen.levels, "medical_fiscal_subsidy", 2024).iloc[0]
    for frame, head in ((ms.source(row), "原文"), (ms.explain(row), "算式"), (ms.search("孤儿"), "匹配")):
        assert exhibit(frame, seen).startswith('<div class="ms-frame">')
        assert (head in html(frame)) == (head != "算式")  # a number that is printed has no arithmetic


SESSION = """
import json
from IPython.core.interactiveshell import InteractiveShell

shell, shown = InteractiveShell.instance(), []
shell.display_formatter.active_types = ["text/html", "text/plain"]  # as a notebook's
for cell in (
    "import minsheng as ms, pandas as pd; ms.use_style()\\nms.across(ms.standards(ms.load()), 'medical_fiscal_subsidy', 2024)",
    "seen = ms.view(2024, lang='en')\\nms.funding(seen.levels)",
    "ms.use_style(lang='zh')\\nms.funding(seen.levels)",
    "pd.DataFrame({'a': [1]})",
):
    shown.append(shell.display_formatter.format(shell.run_cell(cell).result)[0])
print("shown:" + json.dumps(shown))
"""


def test_ipython_shows_them_after_use_style_alone_in_the_language_last_asked_for() -> None:
    done = subprocess.run([sys.executable, "-c", SESSION], capture_output=True, text=True, check=True)
    shown = json.loads(done.stdout.partition("shown:")[2])
    assert ["元/人/年" in one["text/html"] for one in shown] == [True, False, True, False]
    assert "yuan per person per year" in shown[1]["text/html"]
    assert "region_id" in shown[0]["text/plain"]  # the plain form stays that of pandas
