"""The year at a glance and the index: which figures are the key ones, what their cards say, where the links lead."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest

import minsheng as ms
from minsheng.cards import cards_html
from minsheng.charts.intervals import heading
from minsheng.headlines import KIND
from minsheng.neighbours import linked, neighbours_html, of_year
from minsheng.overall import overview
from minsheng.sources import methods_html
from minsheng.tables import Dataset
from minsheng.topics import topics
from minsheng.views import View

YEARS = (2011, 2014, 2018, 2021, 2022, 2023, 2024, 2025)


def cards(view: View) -> list[str]:
    """The text of each card, line by line."""
    html = cards_html(ms.highlights(view.data, view.levels, view.year), view)
    lines = [re.sub(r"</p>", "\n", one) for one in re.findall(r"<li .*?</li>", html, re.DOTALL)]
    return [unescape(re.sub(r"<[^>]+>", "", one)).strip() for one in lines]


def test_the_cards_of_2024_say_value_change_nation_and_what_is_below(data: Dataset) -> None:
    found = cards(ms.view(2024, tables=data))
    # 915 - 897 = 18, 18 / 897 = 2.0 %; 915 / 798.1 = 114.6 %
    dibao = ["城镇最低生活保障标准", "915 元/人/月", "河源市源城区（征求意见稿）", "比2023年提高18元（2.0%）"]
    assert found[0].splitlines()[:5] == [*dibao, "为城市低保全国平均标准（798.1）的114.6%"]
    orphans = next(one for one in found if one.startswith("集中供养孤儿"))
    # 2295 - 2017 = 278, 278 / 2017 = 13.8 %; 2295 - 2088 = 207
    for line in (
        "2295 元/人/月",
        "最高：广东省（为下级规定的最低标准）",
        "比2023年提高278元（13.8%）",
        "最低：淮南市，不低于1700元/人/月",
        "河源市源城区（2088）比广东省的最低标准低207元",
    ):
        assert line in orphans.splitlines()
    care = next(one for one in found if one.startswith("重度残疾人"))
    assert "最高：广东省、河源市源城区（征求意见稿）" in care  # 270 in both: a tie names both
    assert "广东省比2023年提高9元（3.4%）" in care  # 270 - 261 = 9, 9 / 261 = 3.4 %


def test_english_cards_have_the_chinese_term_beside_and_no_other_chinese(data: Dataset) -> None:
    view = ms.view(2024, lang="en", tables=data)
    html = cards_html(ms.highlights(view.data, view.levels, 2024), view)
    assert '<strong>Dibao standard (urban)</strong> <span lang="zh-CN">最低生活保障标准</span>' in html
    assert re.findall(r"[\u4e00-\u9fff]", re.sub(r'<span lang="zh-CN">.*?</span>', "", html)) == []


@pytest.mark.parametrize("year", YEARS)
def test_key_figures_are_printed_amounts_at_most_two_of_a_topic(data: Dataset, year: int) -> None:
    rows = ms.highlights(data, ms.standards(data), year)
    kinds = rows.drop_duplicates(KIND)["indicator_id"].map(data.indicators.set_index("indicator_id")["topic"])
    assert len(kinds) <= 8
    assert kinds.value_counts().max() <= 2 if len(kinds) else year in (2011, 2018)  # which print no standard for a person
    assert not rows["flags"].str.contains("damaged|doubtful|average|derived|contradicted").any()
    assert set(rows["year"]) <= {year}


def test_each_source_of_a_card_is_a_figure_or_national_value_of_the_page(data: Dataset) -> None:
    view = ms.view(2024, tables=data)
    rows = ms.highlights(data, view.levels, 2024)
    links = set(re.findall(r'href="#([^"]+)"', cards_html(rows, view)))
    assert {"figure-" + one for one in data.figures["figure_id"]} >= {one for one in links if one.startswith("figure-")}
    assert links <= set(re.findall(r'id="([^"]+)"', methods_html(view, rows)))


def test_the_topics_stand_in_one_order_and_say_what_they_hold() -> None:
    order = sorted(topics().values(), key=lambda topic: topic.order)
    assert [topic.order for topic in order] == list(range(len(order)))
    assert [topic.name for topic in order][:3] == ["yearly_comparison", "low_income_support", "tekun"]
    lines = [topic.holds(lang) for topic in order for lang in ("zh", "en")]
    assert [line for line in lines if not 10 < len(line) < 220 or line[-1] in "。；.;"] == []


def test_a_page_links_to_the_topics_that_lie_beside_it_and_to_no_others(data: Dataset, tmp_path: Path) -> None:
    view = ms.view(2024, tables=data)
    html = neighbours_html(view)
    assert [topic.name for topic in of_year(view)][:2] == ["low_income_support", "tekun"]
    assert "pensions" not in html  # no place prints a pension for 2024
    assert linked(html, tmp_path) == html
    (tmp_path / "tekun.html").touch()
    once = linked(html, tmp_path)
    assert re.findall(r'href="([^"]+)"', once) == ["tekun.html"]
    assert linked(once, tmp_path) == once
    (tmp_path / "tekun.html").unlink()
    assert linked(once, tmp_path) == html


def _record(name: str, lang: str = "zh", regions: tuple[str, ...] = (), status: str = "done") -> dict[str, object]:
    run = {"topic": "tekun", "order": 2, "title": "特困" if lang == "zh" else "Tekun", "holds": "", "status": status}
    run |= {"reason": "" if status == "done" else "ValueError: no such table", "page": "tekun.html", "notebook": "x.ipynb"}
    return {
        "parameters": {"year": int(name[:4]), "lang": lang, "regions": list(regions)},
        "title": name,
        "notes": ["源城区"] if regions else [],
        "places": {"441602": "源城区" if lang == "zh" else "Yuancheng"},
        "runs": [run],
    }


def _index(out: Path, **records: dict[str, object]) -> str:
    for name, record in records.items():
        (out / name.strip("_").replace("_", "-")).mkdir()
        (out / name.strip("_").replace("_", "-") / "run.json").write_text(json.dumps(record), encoding="utf-8")
    return overview(out, "zh").split("<body>")[1]


def test_the_index_is_a_matrix_of_topics_and_years_newest_first(tmp_path: Path) -> None:
    html = _index(tmp_path, _2021=_record("2021"), _2024=_record("2024"), _2024_en=_record("2024", "en"))
    zh, en = re.findall(r"<section.*?</section>", html, re.DOTALL)[:2]
    assert re.findall(r'href="([^"]+)"', zh) == ["2024/index.html", "2021/index.html", "2024/tekun.html", "2021/tekun.html"]
    assert 'lang="en"' in en
    assert 'href="2024-en/tekun.html"' in en


def test_the_index_lists_places_with_their_years_and_reports_of_their_own(tmp_path: Path) -> None:
    own = _record("2024", regions=("441602",))
    html = _index(tmp_path, _2021=_record("2021"), _2024=_record("2024"), _2024_441602=own)
    places = re.findall(r"<section.*?</section>", html, re.DOTALL)[-1]
    assert re.findall(r'href="([^"]+)"', places) == ["2024/index.html", "2021/index.html", "2024-441602/index.html"]


def test_the_index_begins_with_the_failed_runs_and_their_reason(tmp_path: Path) -> None:
    html = _index(tmp_path, _2021=_record("2021"), _2024=_record("2024", status="failed"))
    assert html.index("ValueError: no such table") < html.index("<section")
    assert 'href="2024/x.ipynb"' in html


def test_no_multiple_is_told_of_a_bound(data: Dataset) -> None:
    view = ms.view(2024, tables=data)
    (said,) = ms.story.across(ms.across(view.levels, "orphan_standard", 2024, care="institutional", stale=False), view)
    assert said.endswith("最低的是淮南市（不低于1700元/人/月）。")
    exact = ms.story.across(ms.across(view.levels, "disability_care_subsidy", 2024, regions=["440000", "340400"]), view)[0]
    assert exact.endswith("前者是后者的3.14倍。")  # 270 / 86 = 3.14


def test_places_with_the_same_change_are_told_together(data: Dataset) -> None:
    view = ms.view(2021, tables=data)
    said = ms.story.growth(ms.growth(view.of("public_health")), view)
    # 79 - 74 = 5, 5 / 74 = 6.8 %
    assert said[0].startswith(
        "江西省、抚州市临川区基本公共卫生服务补助标准由2020年的74元/人/年提高到2021年的79元/人/年，增加5元（6.8%）"
    )


def test_a_year_tells_no_change_of_a_later_one(data: Dataset) -> None:
    view = ms.view(2014, tables=data)
    assert ms.story.growth(ms.growth(view.levels), view) == []


def test_a_table_of_numbers_of_persons_is_not_called_rates(data: Dataset) -> None:
    view = ms.view(2021, tables=data)
    rows = view.printed.query("topic == 'disability' and role == 'target' and measure == 'quantity'")
    title = heading(rows, view)
    assert "比率" not in title
    assert "残疾人福利数量指标" in title


def test_english_pages_list_the_chinese_terms(data: Dataset) -> None:
    view = ms.view(2024, lang="en", tables=data)
    rows = ms.highlights(data, view.levels, 2024)
    terms = ms.page._terms_html(view, (rows,))
    assert 'Dibao standard <span lang="zh-CN">最低生活保障标准</span>' in terms
    assert ms.page._terms_html(ms.view(2024, tables=data), (rows,)) == ""
