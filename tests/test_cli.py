"""The command: what it answers, what it refuses, and with which exit code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import ROOT, SOURCES, need

import minsheng as ms
from minsheng import cli
from minsheng.tables import Dataset
from minsheng.topics import topics

HAN = re.compile(r"[\u4e00-\u9fff]")


class Said(NamedTuple):
    """What a command printed and the code it ended with."""

    code: int
    out: str
    err: str


Ask = Callable[..., Said]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a command in this process."""

    def run(*words: str) -> Said:
        try:
            code = cli.main(list(words))
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Said(code, out, err)

    return run


def python(*words: str, cwd: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run this interpreter elsewhere."""
    env = os.environ | {"PYTHONIOENCODING": "utf-8"} | settings
    return subprocess.run(
        [sys.executable, *words], cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A document of one's own: urban Dibao of 777 yuan in 山西省 in 2024, as a plain notice prints it."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "documents.csv").write_text(
        "document_id,title,region_id,kind,stage,year_printed,year,year_basis,confidence\n"
        "own,通知,140000,notice,adopted,2024,2024,printed,99\n",
        encoding="utf-8",
    )
    (folder / "figures.csv").write_text(
        "figure_id,document_id,indicator_id,residence,care,role,modality,statistic,value,unit,per,year,quality,evidence\n"
        "own-i1-01,own,dibao_standard,urban,all,level,exact,standard,777,元,person-month,2024,ok,每月777元\n",
        encoding="utf-8",
    )
    return folder


# ---- list, check, verify, version


def test_list_documents(ask: Ask, data: Dataset) -> None:
    said = ask("list", "documents")
    assert said.code == 0
    assert [line.split("\t")[0] for line in said.out.splitlines()] == list(data.documents["document_id"])
    assert "000\t河源市源城区2024年十件民生实事候选项目（征求意见稿）\t2024\tdraft" in said.out.splitlines()


def test_list_regions_and_indicators_in_either_language(ask: Ask, data: Dataset) -> None:
    assert "441602\t源城区\tcounty\t441600" in ask("list", "regions").out.splitlines()
    assert "441602\tYuancheng District\tcounty\t441600" in ask("list", "regions", "--lang", "en").out.splitlines()
    assert len(ask("list", "regions").out.splitlines()) == len(data.regions)
    indicators = ask("list", "indicators", "--lang", "en").out.splitlines()
    assert "dibao_standard\tDibao standard\tdibao\t元\tperson-month;person-year" in indicators
    assert len(indicators) == len(data.indicators)


def test_list_years_and_topics(ask: Ask) -> None:
    # The years of the documents: 002-5 is of 2011, 002-4 of 2014, 002-3 of 2018, 002-1 and 山西省 of 2021, then one a year.
    assert ask("list", "years").out.split() == ["2011", "2014", "2018", "2021", "2022", "2023", "2024", "2025"]
    topics = {line.split("\t")[0]: line.split("\t")[2] for line in ask("list", "topics", "--lang", "en").out.splitlines()}
    assert set(topics) >= {"low_income_support", "medical_insurance", "orphan_allowances", "yearly_comparison"}
    assert topics["medical_insurance"] == "2014, 2021, 2022, 2023, 2024"


def test_list_shows_tables_of_ones_own(ask: Ask, own: Path) -> None:
    assert "own\t通知\t2024\tadopted" in ask("list", "documents", "--data", str(own)).out.splitlines()


def test_check_passes_clean_tables(ask: Ask) -> None:
    said = ask("check", "--lang", "en")
    assert said.code == 0
    assert "no faults" in said.out


def test_check_lists_all_faults_of_damaged_tables(ask: Ask, tables: Path) -> None:
    path = tables / "figures.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1] = lines[1].replace(",urban,", ",urbn,")
    lines[2] = lines[2].replace(",urban,", ",,")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    said = ask("check", str(tables), "--lang", "en")
    assert said.code == 1
    assert [line.split(": ")[0] for line in said.out.splitlines()] == ["figures.csv:2:residence", "figures.csv:3:residence"]
    assert "did you mean urban" in said.out
    assert "faults found: 2" in said.err


def test_verify_holds_every_evidence_against_the_documents(ask: Ask) -> None:
    need(SOURCES.is_dir(), "the folder of source documents")
    said = ask("verify", str(SOURCES), "--lang", "en")
    assert said.code == 0
    assert "9 documents, 0 faults" in said.out


def test_verify_gives_1_where_a_text_is_another_or_there_is_none(ask: Ask, tmp_path: Path, data: Dataset) -> None:
    assert ask("verify", str(tmp_path)).code == 1
    name = data.documents["source_file"].dropna().iloc[0]
    (tmp_path / name).write_text("一、另一份文件\n", encoding="utf-8")
    said = ask("verify", str(tmp_path), "--lang", "en")
    assert said.code == 1
    assert f"{name} is not the text that the tables were made from" in said.out


def test_the_version_is_told_without_a_report_being_thought_of(tmp_path: Path) -> None:
    said = python("-m", "minsheng", "--version", cwd=tmp_path)
    assert (said.returncode, said.stdout.strip()) == (0, f"minsheng {ms.__version__}")


@pytest.mark.parametrize("first", ["import minsheng", "import minsheng.cli", "from minsheng import __version__"])
def test_importing_the_package_imports_nothing_heavy(first: str, tmp_path: Path) -> None:
    heavy = {"pandas", "numpy", "matplotlib", "seaborn", "openpyxl", "papermill", "nbconvert", "nbformat", "IPython"}
    said = python("-c", f"{first}\nimport sys\nprint(*sys.modules)", cwd=tmp_path)
    assert said.returncode == 0
    assert heavy & set(said.stdout.split()) == set()


# ---- what is refused, before anything runs

WRONG = {
    "year": (["2019"], "2011, 2014, 2018, 2021, 2022, 2023, 2024, 2025"),
    "one wrong year of two": (["2024", "2019"], "2019"),
    "year that is no number": (["last"], "last"),
    "topic": (["2024", "--topic", "medical_insurence"], "medical_insurance"),
    "topic without figures of the year": (["2014", "--topic", "orphan_allowances"], "2021, 2022, 2023, 2024, 2025"),
    "region": (["2024", "--region", "Yuanchen District"], "Yuancheng District"),
    "region without figures": (["2024", "--region", "520000"], "2014"),
    "topic without figures of the region": (["2024", "--topic", "orphan_allowances", "--region", "某镇"], "Guangdong"),
    "prices": (["2024", "--prices", "real"], "constant"),
    "language": (["2024", "--lang", "fr"], "zh"),
    "year basis": (["2024", "--year-basis", "guessed"], "printed"),
    "jobs": (["2024", "--jobs", "-1"], "jobs"),
    "option": (["2024", "--regoin", "源城区"], "--region"),
    "option cut short": (["2024", "--reg", "源城区"], "--region"),
    "folder of tables": (["2024", "--data", "no-such-folder"], "no-such-folder"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_request_is_refused_before_anything_runs(
    case: str, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, instead = WRONG[case]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("minsheng.making.run", lambda *_: pytest.fail("a notebook was run"))
    language = [] if "--lang" in words else ["--lang", "en"]
    said = ask("report", *words, *language, "--out", "out")
    assert said.code == 2
    assert instead in said.err
    assert said.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words", [[], ["rport"], ["list", "places"], ["check", "no-such-folder"], ["verify", "no-such-folder"], ["verify"]]
)
def test_any_other_wrong_request_gives_2_and_a_line_that_says_why(words: list[str], ask: Ask) -> None:
    said = ask(*words)
    assert said.code == 2
    assert said.err.startswith("minsheng: ")
    assert not words or words[-1] in said.err


def test_constant_prices_are_refused_where_the_price_index_does_not_reach(ask: Ask, tmp_path: Path, tables: Path) -> None:
    reference = tables / "reference.csv"
    lines = reference.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not (line.startswith("cpi_") and ",2025," in line)]
    reference.write_text("\n".join(kept) + "\n", encoding="utf-8")
    said = ask("report", "2025", "--prices", "constant", "--data", str(tables), "--out", str(tmp_path / "out"), "--lang", "en")
    assert said.code == 2
    assert "2024" in said.err
    assert not (tmp_path / "out").exists()


def test_faulty_tables_of_ones_own_are_not_reported_on(ask: Ask, own: Path, tmp_path: Path) -> None:
    path = own / "figures.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",777,", ",７７７,"), encoding="utf-8")
    said = ask("report", "2024", "--data", str(own), "--out", str(tmp_path / "out"))
    assert said.code == 1
    assert "figures.csv:2:value" in said.err
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_written_to_is_refused(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    said = ask("report", "2024", "--topic", "medical_insurance", "--out", str(tmp_path / "file"), "--lang", "en")
    assert said.code == 2
    assert "choose another place" in said.err
    assert (tmp_path / "file").read_text() == "mine"


# ---- what the options of a report do


def test_language_place_prices_year_basis_and_a_relative_folder(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    options = ["--region", "江西省", "--region", "360000", "--lang", "en", "--prices", "constant", "--year-basis", "printed"]
    said = ask("report", "2024", "--topic", "low_income_support", *options, "--out", "here")
    folder = tmp_path / "here" / "2024-360000-en-constant-printed"
    assert said.code == 0, said
    assert re.search(r"^1/1  done    2024-360000-en-constant-printed low_income_support  \d+\.\d s$", said.out, re.MULTILINE)
    assert {path.name for path in folder.iterdir()} == {
        "charts",
        "index.html",
        "low_income_support.html",
        "notebooks",
        "run.json",
        "stamps.json",
    }
    page = (folder / "low_income_support.html").read_text(encoding="utf-8")
    # 002-1 prints 765 as of 2024, 60 more than before: 705 in 2023, which in prices of 2024 is 705 x 1.002 = 706.41.
    assert "2023: 706.4" in page
    assert "2024: 765" in page
    assert "Yuancheng" not in page
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert run["parameters"] == {
        "year": 2024,
        "regions": ["360000"],
        "lang": "en",
        "year_basis": "printed",
        "prices": "constant",
        "strict": False,
    }
    assert "--region 360000 --lang en --prices constant --year-basis printed" in page


def test_tables_of_ones_own_and_strictness(ask: Ask, own: Path, tmp_path: Path) -> None:
    words = ["--topic", "low_income_support", "--strict", "--data", str(own), "--out", str(tmp_path / "out")]
    said = ask("report", "2024", *words)
    assert said.code == 0, said
    page = (tmp_path / "out" / "2024-strict-own" / "low_income_support.html").read_text(encoding="utf-8")
    assert "山西省城镇2024年777" in page
    # 源城区's 915 is a draft's, so strictness leaves it out; 广州市's 1309 of 2025 is a plain notice's.
    assert "2024年915" not in page
    assert ">915<" not in page
    assert "1309" in page
    assert str(tmp_path) not in page


# ---- an installed wheel

WHEEL = """
import sys
from pathlib import Path
repository = Path(sys.argv[1])
sys.path[:] = [one for one in sys.path if Path(one).resolve() != repository]
import minsheng as ms
from minsheng.export import page
from minsheng.topics import topics
assert repository not in Path(ms.__file__).resolve().parents, ms.__file__
print(ms.load())
print(*topics())
for one in topics().values():
    assert repository not in one.path.resolve().parents, one.path
html = page(topics()["medical_insurance"].path, "zh", "标题", "副题", "minsheng report")
assert html.startswith("<!DOCTYPE html>") and "财政补助" in html and "font/woff" in html
"""


def test_an_installed_wheel_needs_no_repository(tmp_path: Path) -> None:
    need(find_spec("hatchling") is not None and find_spec("pip") is not None, "hatchling with pip")
    need((ROOT / "pyproject.toml").exists(), "the repository")
    shelf, target, elsewhere = (tmp_path / name for name in ("shelf", "target", "elsewhere"))
    elsewhere.mkdir()
    build = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(shelf), str(ROOT)]
    built = python(*build, cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    wheel = next(shelf.glob("minsheng-*.whl"))
    shutil.unpack_archive(wheel, target, "zip")
    said = python("-c", WHEEL, str(ROOT), cwd=elsewhere, PYTHONPATH=str(target))
    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines() == [
        repr(ms.load()),
        " ".join(sorted(topics())),
    ]
    assert (target / "minsheng" / "py.typed").exists()
