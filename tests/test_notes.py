"""What the tables note of a document or a figure reaches the reader of either language."""

from __future__ import annotations

import re
from dataclasses import replace

import minsheng as ms
from minsheng.sources import methods_html
from minsheng.tables import Dataset

HAN = re.compile("[\u4e00-\u9fff]")
CHINESE = re.compile(r'<(q|cite|span) lang="zh-CN">.*?</\1>')


def test_a_note_on_a_document_is_there_in_both_languages_or_in_none(data: Dataset) -> None:
    rows = data.documents
    assert (rows["note"].notna() == rows["note_en"].notna()).all()
    assert rows["note"].notna().sum() > 10
    assert [one for one in rows["note_en"].dropna() if len(HAN.findall(one)) > 2] == []


def test_an_english_page_has_the_english_note_and_marks_what_is_chinese() -> None:
    html = methods_html(ms.view(2021, lang="en"), ms.view(2021, lang="en").printed.query("document_id == '002-2'"))
    assert "The pensions are those in force from August 2020 to July 2021." in html
    assert "抚恤标准是" not in html
    assert "2072.5" in html  # the note on the damaged figure of item 17
    assert HAN.findall(CHINESE.sub("", html)) == []


def test_a_chinese_page_has_the_chinese_note_and_writes_years_in_brackets_of_full_width() -> None:
    html = methods_html(ms.view(2021), ms.view(2021).printed.query("document_id == '002-2'"))
    assert "抚恤标准是2020年8月至2021年7月的" in html
    assert "The pensions" not in html
    assert "（2021）" in html
    assert "(2021)" not in html


def test_a_note_without_english_is_shown_as_it_is(data: Dataset) -> None:
    documents = data.documents.assign(note="只有中文", note_en=None)
    seen = ms.view(2024, lang="en", tables=replace(data, documents=documents))
    assert '<span lang="zh-CN">只有中文</span>' in methods_html(seen, seen.printed.query("document_id == '000'"))
