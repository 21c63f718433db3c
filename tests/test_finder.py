"""Search by Chinese, English and pinyin: what is found, in which order, and what stands in where nothing is."""

from __future__ import annotations

import subprocess
import sys
from time import perf_counter

import pytest

import minsheng as ms
from minsheng.faults import Refused
from minsheng.finder import COLUMNS, KINDS, MATCHES
from minsheng.tables import Dataset


@pytest.mark.parametrize("words", ["孤儿", "guer", "gu er", "GuEr", "orphan", "Orphan basic", "孤儿 保障标准", "orphan_standard"])
def test_one_thing_is_found_by_its_name_in_each_writing(words: str, data: Dataset) -> None:
    assert ms.search(words, data)["id"].iloc[0] == "orphan_standard"


@pytest.mark.parametrize(
    ("words", "kind", "found"),
    [
        ("源城", "place", "441602"),
        ("yuancheng", "place", "441602"),
        ("441602", "place", "441602"),
        ("dibao", "national", "dibao_urban_average_standard"),
        ("十件民生实事", "document", "000"),
        ("大力推动就业创业", "item", "000/1"),
        ("三口之家", "case", "dibao_family_urban"),
    ],
)
def test_each_kind_is_found(words: str, kind: str, found: str, data: Dataset) -> None:
    assert found in ms.search(words, data, kinds=kind)["id"].tolist()


def test_what_is_typed_or_heard_slightly_wrong_is_found(data: Dataset) -> None:
    assert ms.search("gu'er", data)["id"].iloc[0] == "orphan_standard"
    assert all("医保" in name for name in ms.search("医报", data, kinds="indicator")["name"])
    assert len(ms.search("医报", data, kinds="indicator")) >= 2
    assert "medical_fiscal_subsidy" in ms.search("medcal insurance subsidy", data, kinds="indicator")["id"].tolist()


def test_another_name_of_an_indicator_finds_it(data: Dataset) -> None:
    row = data.wording[data.wording["kind"] == "alias"].merge(data.indicators, on="indicator_id")
    other = next(one for one in row.itertuples() if one.word not in one.name)
    assert other.indicator_id in ms.search(other.word, data)["id"].tolist()


def test_the_first_letters_of_the_pinyin_are_enough(data: Dataset) -> None:
    rows = ms.search("ge", data)
    assert "orphan_standard" in rows[rows["match"] == "initials"]["id"].tolist()
    assert ms.search("ylbx", data)["match"].iloc[0] == "initials"  # 养老保险


def test_better_matches_come_first(data: Dataset) -> None:
    for words in ("孤儿", "ge", "dibao", "补贴"):
        ranks = [MATCHES.index(one) for one in ms.search(words, data)["match"]]
        assert ranks == sorted(ranks)
        assert ranks


def test_all_words_must_be_met(data: Dataset) -> None:
    both, one = set(ms.search("医疗 补助", data)["id"]), set(ms.search("医疗", data)["id"])
    assert both
    assert both < one


def test_a_latin_word_is_not_met_inside_another(data: Dataset) -> None:
    assert set(ms.search("asic", data)["match"]) == {"nearest"}  # b-asic


def test_departments_find_their_items(data: Dataset) -> None:
    rows = ms.search("民政局", data, kinds="item")
    own = data.items.assign(key=data.items["document_id"] + "/" + data.items["item"]).set_index("key")
    assert len(rows)
    for one in rows["id"]:
        assert "民政局" in f"{own.loc[one, 'lead']}{own.loc[one, 'support']}"


def test_the_nearest_names_stand_in_and_say_so(data: Dataset) -> None:
    for words in ("orphen", "孤儿院舍", "guerr"):
        rows = ms.search(words, data)
        assert set(rows["match"]) == {"nearest"}
        assert len(rows) <= 5
        assert "orphan_standard" in rows["id"].tolist()


@pytest.mark.parametrize("words", ["zzzzqqq", "☃", "a+b[", "("])
def test_where_nothing_is_like_it_there_is_no_row_and_no_error(words: str, data: Dataset) -> None:
    rows = ms.search(words, data, kinds="place")
    assert list(rows.columns) == COLUMNS
    assert rows.empty or "(" in words


def test_what_is_asked_wrongly_is_refused(data: Dataset) -> None:
    with pytest.raises(Refused, match="indicator"):
        ms.search("孤儿", data, kinds="indicators")
    for words in ("", "   ", None):
        with pytest.raises(Refused):
            ms.search(words, data)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="lang"):
        ms.search("孤儿", data, lang="fr")


def test_each_name_finds_itself(data: Dataset) -> None:
    tables = {"indicator": data.indicators, "place": data.regions, "case": data.cases}
    for kind, rows in tables.items():
        for row in rows.iloc[::29].itertuples():
            found = ms.search(row.name.replace(" ", ""), data, kinds=kind)
            assert row[1] in found[found["match"] == "exact"]["id"].tolist()
    assert set(ms.search("2024", data)["kind"]) <= set(KINDS)


def test_where_is_told_in_the_readers_language(data: Dataset) -> None:
    zh, en = (ms.search("源城", data, lang=lang, kinds="place")["where"].iloc[0] for lang in ("zh", "en"))
    assert (zh, en) == ("河源市", "Heyuan")


def test_a_search_is_quick_after_the_first(data: Dataset) -> None:
    ms.search("guer", data)
    took = []
    for _ in range(3):
        start = perf_counter()
        ms.search("ylbx", data)
        took.append(perf_counter() - start)
    assert min(took) < 0.2


def test_chinese_words_need_no_pinyin_and_importing_needs_none() -> None:
    code = "import sys, minsheng as ms; ms.search('孤儿'); assert 'pypinyin' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
