"""What changed between two versions of the tables: rows, standards and reports by hand, on screen and for the changelog."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT, need

import minsheng as ms
from minsheng.bulletin import entries, screen
from minsheng.cli import main
from minsheng.differences import compared, pages, touched
from minsheng.ledger import write_ledger
from minsheng.places import bundled
from minsheng.versions import Version, version

EXAMPLE = str(ROOT / "docs" / "example")


def edited(folder: Path, **edits: Callable[[str], str]) -> Path:
    """The bundled tables with some files edited."""
    where = Path(shutil.copytree(bundled("data"), folder / "tables"))
    for name, edit in edits.items():
        path = where / f"{name}.csv"
        before = path.read_text(encoding="utf-8")
        path.write_text(edit(before), encoding="utf-8")
        assert path.read_text(encoding="utf-8") != before
    return where


def revised(text: str) -> str:
    """源城区's document (000) of 2024: urban Dibao 925 for 915 in item 6, and its first figure, of jobs, gone."""
    text = re.sub(r"^(000-i6-03,.*),915,(.*)915元", r"\1,925,\g<2>925元", text, flags=re.MULTILINE)
    return re.sub(r"^000-i1-01,.*\n", "", text, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def old() -> Version:
    return version("bundled")


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return version(str(edited(tmp_path_factory.mktemp("new"), figures=revised)))


@pytest.fixture(scope="module")
def own() -> Version:
    """The invented county beside the bundled tables."""
    return version(EXAMPLE)


def test_a_workbook_for_editing_that_is_not_edited_is_no_other_version(old: Version, tmp_path: Path) -> None:
    write_ledger(tmp_path / "out.xlsx")
    assert compared(old, version(str(tmp_path / "out.xlsx"))).empty


@pytest.fixture(scope="module")
def rows(old: Version, new: Version) -> pd.DataFrame:
    return compared(old, new)


# ---- by hand -----------------------------------------------------------------------------------------------------------


def test_a_table_of_what_changed_names_document_and_topic(rows: pd.DataFrame) -> None:
    changed = rows[rows["kind"] == "changed"]
    assert changed[["table", "key", "column", "old", "new", "document_id", "topic"]].values.tolist() == [
        ["figures", "000-i6-03", "value", "915", "925", "000", "dibao"],
        ["figures", "000-i6-03", "evidence", "提高到每人每月915元、701元", "提高到每人每月925元、701元", "000", "dibao"],
    ]
    removed = rows[rows["kind"] == "removed"]
    assert set(removed["key"]) == {"000-i1-01"}
    assert removed.set_index("column")["old"]["value"] == "3500"
    assert (set(removed["topic"]), set(removed["new"])) == ({"employment"}, {""})


def test_the_standards_that_a_changed_figure_touches(old: Version, new: Version) -> None:
    found = touched(old, new)
    columns = ["indicator_id", "region_id", "residence", "year", "value_old", "value_new", "kind"]
    # Tekun is printed as 1.6 times Dibao: 1.6 × 915 = 1464, 1.6 × 925 = 1480. The jobs are a target, which is no standard.
    assert found[columns].values.tolist() == [
        ["dibao_standard", "441602", "urban", 2024, 915.0, 925.0, "changed"],
        ["tekun_standard", "441602", "urban", 2024, 1464.0, 1480.0, "changed"],
    ]


def test_the_reports_that_show_what_changed(old: Version, new: Version, rows: pd.DataFrame) -> None:
    found = pages(rows, old, new)
    assert set(found["kind"]) == {"changed"}
    # Dibao on its page, as base on the pages of Tekun and orphans, in typical cases; jobs on theirs; both in what spans all.
    assert sorted(found["topic"][found["year"] == 2024]) == [
        "commitments", "employment", "low_income_support", "orphan_allowances", "tekun", "typical_cases", "yearly_comparison"
    ]  # fmt: skip
    assert set(found["year"]) == {2024}


def test_pages_come_and_go_with_a_document(old: Version, own: Version) -> None:
    rows = compared(old, own)
    there, gone = pages(rows, old, own), pages(compared(own, old), own, old)
    for found, kind in ((there, "added"), (gone, "removed")):
        assert set(found["kind"][found["year"] == 2026]) == {kind}
    assert {"others", "works", "medical_insurance", "low_income_support"} <= set(there["topic"][there["year"] == 2026])
    baselines = there[there["year"] == 2025]  # 880 and 720 − 40 of 2025 are on that year's Dibao page
    assert ("low_income_support", "changed") in set(zip(baselines["topic"], baselines["kind"], strict=True))


def test_an_item_alone_touches_the_page_of_lists(old: Version, tmp_path: Path) -> None:
    renamed = edited(tmp_path, items=lambda text: text.replace("000,1,大力推动就业创业", "000,1,推动就业创业"))
    other = version(str(renamed))
    rows = compared(old, other)
    assert rows[["key", "old", "new", "topic"]].values.tolist() == [["000 + 1", "大力推动就业创业", "推动就业创业", "employment"]]
    assert touched(old, other).empty
    assert {"commitments", "employment"} <= set(pages(rows, old, other)["topic"])


# ---- in words ----------------------------------------------------------------------------------------------------------


def test_the_screen_says_old_and_new_by_document_and_benefit(old: Version, new: Version) -> None:
    lines = screen(old, new, "en").splitlines()
    assert lines[1] == "Figures ~1 -1"
    at = lines.index("  Dibao (minimum living guarantee)")
    assert lines[at + 1].startswith("    ~ item 6 Dibao standard (urban) 2024 level: 915 → 925 yuan per person per month; ")
    assert "    - item 1 New urban jobs 2024 target: 3500 person-times" in lines
    assert "  Dibao standard (urban) · Yuancheng District 2024: 915 yuan per person per month (draft) → 925 yuan per person per month (draft)" in lines  # fmt: skip  # noqa: E501
    zh = screen(old, new, "zh")
    assert "915 → 925元/人/月" in zh
    assert "城镇特困人员基本生活标准 · 河源市源城区 2024：1464元/人/月" in zh


def test_a_long_list_is_shortened_with_a_count_unless_all_is_asked(old: Version, own: Version) -> None:
    short, whole = (screen(old, own, "zh", one) for one in (False, True))
    assert len(short.splitlines()) <= 45, "one screen"
    assert "另有" in short
    assert "另有" not in whole
    assert all(f"{value}元" in whole for value in (880, 910, 720, 730, 108))


def test_lines_for_the_changelog_are_as_its_head_shows(old: Version, new: Version, own: Version) -> None:
    changed, removed = sorted(entries(old, new), key=lambda line: "removed" in line)
    assert changed.startswith("- `Dibao standard (urban)` · Yuancheng District · 2024: 915 → 925 元/person-month; ")
    assert changed.endswith("Printed in item 6 of 000: “提高到每人每月925元、701元”.")
    assert removed.startswith("- `New urban jobs` · Yuancheng District · 2024: removed, was 3500 人次. Printed in")
    first, *rest = entries(old, own)
    assert first.startswith("- Document `yunxi_2026` added (Yunxi County (invented), 2026: ")
    assert first.endswith("), 4 items, 11 figures.")
    assert not any("figure" in line.lower() for line in rest), "the figures of a new document are told with it"


# ---- the command -------------------------------------------------------------------------------------------------------


def test_versions_that_are_the_same_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "bundled", str(bundled("data")), "--lang", "en"]) == 0
    assert "do not differ" in capsys.readouterr().out
    assert main(["diff", "bundled", "bundled", "--changelog"]) == 0
    assert capsys.readouterr().out.strip() == ""


def test_faults_of_a_version_are_told_with_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = edited(tmp_path, figures=lambda text: text.replace(",915,", ",九百,"))
    assert main(["diff", "bundled", str(broken), "--lang", "en"]) == 1
    assert f"{broken}/figures.csv:" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "words"), [("nowhere", "nowhere"), ("HEAD:no-such", "no-such"), ("-x:data", "-x")])
def test_a_version_that_is_not_there_is_refused(name: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    need(shutil.which("git") is not None, "git")
    with pytest.raises(ms.Refused, match=words):
        ms.diff("bundled", name)
    if not name.startswith("-"):  # which the command takes for an option
        assert main(["diff", "bundled", name]) == 2
        assert "Traceback" not in capsys.readouterr().err


def test_a_version_of_git_is_read_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need(shutil.which("git") is not None, "git")
    where = edited(tmp_path, figures=revised)
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "tables"], [*identity, "commit", "-q", "-m", "one"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    shutil.copy(bundled("data") / "figures.csv", where / "figures.csv")
    monkeypatch.chdir(tmp_path)
    assert ms.diff("bundled", "tables").empty
    found = ms.diff("HEAD:tables", "tables")
    assert found[found["kind"] == "changed"][["old", "new"]].values.tolist()[0] == ["925", "915"]
    assert set(found["key"]) == {"000-i6-03", "000-i1-01"}
