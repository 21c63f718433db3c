"""The project's own documents agree with one another, with the command and with the tables."""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, need
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import minsheng as ms
from minsheng.charts.marks import MARKS, SIGNS
from minsheng.cli import _parser
from minsheng.labels import say
from minsheng.levels import FLAGS
from minsheng.tables import Dataset

READMES = {"en": "README.md", "zh": "README.zh-CN.md"}
CONDA_NAMES: dict[str, str] = {}  # conda-forge's name to that of the package index, where they differ
PROGRAMS = ("make", "minsheng", "conda", "pip")


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _specs(lines: list[str]) -> dict[str, SpecifierSet]:
    found = [Requirement(line) for line in lines]
    return {CONDA_NAMES.get(canonicalize_name(one.name), canonicalize_name(one.name)): one.specifier for one in found}


def _project() -> dict[str, Any]:
    return dict(tomllib.loads(_text("pyproject.toml"))["project"])


def _environment() -> dict[str, Any]:
    return dict(yaml.safe_load(_text("environment.yml")))


def _pins() -> dict[str, list[tuple[Requirement, int]]]:
    """Each name in the lock with its pins (one for each marker) and how many hashes each has."""
    found: dict[str, list[tuple[Requirement, int]]] = {}
    for entry in _text("requirements.lock").replace("\\\n", " ").splitlines():
        if entry.strip() and not entry.lstrip().startswith("#"):
            words = entry.split(" --hash=sha256:")
            one = Requirement(words[0].strip())
            found.setdefault(canonicalize_name(one.name), []).append((one, len(words) - 1))
    return found


def _blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)


def _commands(name: str) -> list[str]:
    """The commands that a document tells a reader to run."""
    lines = [line.split(" #")[0].strip() for block in _blocks(_text(name), "sh") for line in block.splitlines()]
    return [line for line in lines if line.split(" ")[0] in PROGRAMS]


def _options() -> dict[str, set[str]]:
    """The options of each subcommand of `minsheng`."""
    own = next(one for one in _parser()._actions if isinstance(one, argparse._SubParsersAction))
    return {name: {o for action in one._actions for o in action.option_strings} for name, one in own.choices.items()}


# ---- environment.yml, pyproject.toml, requirements.lock ------------------------------------------------------------


def test_environment_and_pyproject_ask_for_the_same_versions() -> None:
    project, environment = _project(), _environment()
    listed = [one for one in environment["dependencies"] if isinstance(one, str) and one != "pip"]
    by_pip = [line for one in environment["dependencies"] if isinstance(one, dict) for line in one["pip"]]
    conda = _specs(listed + by_pip)
    assert conda.pop("python") == SpecifierSet(project["requires-python"])
    assert conda == _specs(project["dependencies"] + project["optional-dependencies"]["lab"])
    assert "pip" in environment["dependencies"], "a pip: section needs pip"


def test_environment_draws_on_conda_forge_alone() -> None:
    assert _environment()["channels"] == ["conda-forge", "nodefaults"]
    assert _environment()["name"] == "minsheng"


def test_each_direct_dependency_is_pinned_within_its_bound() -> None:
    project, pins = _project(), _pins()
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    for name, bound in _specs(project["dependencies"] + extras).items():
        assert name in pins, f"{name} is not in requirements.lock"
        for pin, _ in pins[name]:
            (version,) = [one.version for one in pin.specifier]
            assert bound.contains(version), f"{name} {version} is pinned, {bound} is asked for"


def test_each_pin_is_exact_and_has_a_hash() -> None:
    pins = [one for several in _pins().values() for one in several]
    assert len(pins) > 50
    loose = [str(pin) for pin, _ in pins if [one.operator for one in pin.specifier] != ["=="]]
    bare = [str(pin) for pin, hashes in pins if hashes == 0]
    assert (loose, bare) == ([], [])


@pytest.mark.parametrize("token", ["://", "--index-url", "--extra-index-url", "--find-links", " @ file"])
def test_the_lock_names_no_place_to_download_from(token: str) -> None:
    assert token not in _text("requirements.lock")


@pytest.mark.parametrize("name", READMES.values())
def test_readme_names_the_python_that_is_asked_for(name: str) -> None:
    least = _project()["requires-python"].removeprefix(">=")
    assert set(re.findall(r"(?<![\d.])3\.1\d(?:\.\d+)?", _text(name))) == {least, least.rsplit(".", 1)[0]}


# ---- the READMEs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", READMES.values())
def test_the_ten_lines_of_the_readme_run_and_print_what_it_shows(name: str) -> None:
    (code,), (shown,) = _blocks(_text(name), "python"), _blocks(_text(name), "text")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, name, "exec"), {})
    assert printed.getvalue().startswith(shown)
    assert len([line for line in code.splitlines() if line.strip()]) <= 10


def test_both_readmes_name_the_same_lines_and_commands() -> None:
    bare = [[re.sub(r"  #.*", "", code) for code in _blocks(_text(name), "python")] for name in READMES.values()]
    assert bare[0] == bare[1]
    english, chinese = (_commands(name) for name in READMES.values())
    assert english == chinese
    assert english[:2] == ["make report", "make test"]


@pytest.mark.parametrize("name", [*READMES.values(), "CONTRIBUTING.md"])
def test_each_command_is_one_that_the_program_takes(name: str) -> None:
    commands = [shlex.split(line)[1:] for line in _commands(name) if line.startswith("minsheng ")]
    commands += [["report", *shlex.split(args)] for args in re.findall(r'make report ARGS="(.*?)"', _text(name))]
    assert commands
    for words in commands:
        _parser().parse_args(words)  # leaves with SystemExit if there is no such option


@pytest.mark.parametrize("name", [*READMES.values(), "CONTRIBUTING.md", "CHANGELOG.md"])
def test_each_subcommand_and_option_that_is_named_exists(name: str) -> None:
    options = _options()
    for words in re.findall(r"`minsheng ([^`]*)`", _text(name)):
        assert words.split()[0] in options, f"{name}: minsheng {words}"
        assert set(re.findall(r"--[a-z-]+", words)) <= options[words.split()[0]], f"{name}: minsheng {words}"


@pytest.mark.parametrize("name", READMES.values())
def test_the_options_of_the_command_are_all_in_the_readme_and_no_others(name: str) -> None:
    there = {one for own in _options().values() for one in own if one.startswith("--")} - {"--help"}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", _text(name)))
    assert named - {"--no-deps"} == there  # --no-deps is pip's


@pytest.mark.parametrize("name", [*READMES.values(), "CONTRIBUTING.md"])
def test_each_make_target_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", _text("Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^ *)make ([a-z]+)", _text(name), re.MULTILINE))
    assert {"test"} <= named <= targets


@pytest.mark.parametrize("name", [*READMES.values(), "CONTRIBUTING.md"])
def test_each_link_of_a_document_leads_to_a_file(name: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", _text(name))
    assert [link for link in links if not (ROOT / link).is_file()] == []


@pytest.mark.parametrize("lang", READMES)
def test_the_flags_of_the_readme_are_those_of_the_package_in_its_words(lang: str) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| .*? \| (.*?) \|$", _text(READMES[lang]), re.MULTILINE)
    assert [(flag, words) for flag, words, _ in rows] == [(flag, say(f"flag.{flag}", lang)) for flag in FLAGS]
    for flag, _, mark in rows:
        if flag in MARKS:
            assert mark.startswith(re.split("[:：]", say(f"mark.{flag}", lang))[0]), flag
        elif flag in SIGNS:
            assert f"`{SIGNS[flag]}`" in mark, flag
        else:
            assert flag in ("range", "damaged")


@pytest.mark.parametrize("lang", READMES)
def test_the_documents_of_the_readme_are_those_of_the_tables(lang: str, data: Dataset) -> None:
    cells = [re.split(r" \| ", line.strip("| ")) for line in _text(READMES[lang]).splitlines() if line.startswith("| ")]
    named = [(row[0], row[2], row[3], *re.findall(r"\d+", row[4]), row[5]) for row in cells if len(row) == 6 and row[2].isdigit()]
    words = {"printed": "原文", "assessed": "推定"} if lang == "zh" else {"printed": "printed", "assessed": "assessed"}
    counts = data.figures["document_id"].value_counts()
    columns = ["document_id", "year", "year_basis", "confidence_place", "confidence_year"]
    there = [
        (name, str(year), words[basis], f"{place:.0f}", f"{sure:.0f}", str(counts.get(name, 0)))
        for name, year, basis, place, sure in data.documents[columns].itertuples(index=False)
    ]
    assert named == there


@pytest.mark.parametrize("name", [*READMES.values(), "CHANGELOG.md"])
def test_the_sizes_told_are_those_of_the_tables(name: str, data: Dataset) -> None:
    told = set(re.findall(r"(\d+)个?(?: figures| numbered items|编号事项|数字)", _text(name)))
    assert {str(len(data.figures)), str(len(data.items))} <= told


# ---- the repository ------------------------------------------------------------------------------------------------


def _tracked() -> list[Path]:
    need(shutil.which("git") is not None and (ROOT / ".git").exists(), "a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [path for name in listed.decode("utf-8").split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_names_a_path_of_some_machine_or_a_registry() -> None:
    folders = [f"/{name}/" for name in ("tmp", "root", "work")]
    hosts = [f"{name}.{end}" for name, end in (("pypi", "org"), ("pythonhosted", "org"), ("anaconda", "org"), ("npmjs", "org"))]
    tracked = _tracked()
    assert ROOT / "README.md" in tracked
    found = [
        f"{path.relative_to(ROOT)}: {word}" for path in tracked for word in folders + hosts if word.encode() in path.read_bytes()
    ]
    assert found == []


def test_the_citation_is_of_this_version() -> None:
    citation = yaml.safe_load(_text("CITATION.cff"))
    assert {"cff-version", "message", "title", "authors", "version"} <= citation.keys()
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == ms.__version__
    assert citation["license"] == _project()["license"]
    assert citation["authors"] == [{"name": "minsheng contributors"}]


def test_the_changelog_begins_with_this_version() -> None:
    assert re.findall(r"^## \[(.*?)\]", _text("CHANGELOG.md"), re.MULTILINE)[0] == ms.__version__


def test_the_hooks_download_nothing_and_check_what_make_lint_checks() -> None:
    repositories = yaml.safe_load(_text(".pre-commit-config.yaml"))["repos"]
    hooks = [hook for one in repositories for hook in one["hooks"]]
    assert {one["repo"] for one in repositories} == {"local"}
    assert {hook["language"] for hook in hooks} == {"system"}
    entries = " ".join(hook["entry"] for hook in hooks)
    for program in ("ruff check", "ruff format --check", "mypy", "--clear-output"):
        assert program in entries


def test_the_picture_of_the_readme_is_small() -> None:
    assert 10_000 < (ROOT / "docs" / "report.png").stat().st_size < 250_000
