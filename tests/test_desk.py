"""The working copy of the notebooks: nothing of its owner's is ever written over."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from minsheng import desk
from minsheng.cli import main
from minsheng.faults import Refused


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with two notebooks, that the test may bring out anew."""
    notebooks = tmp_path / "package"
    notebooks.mkdir()
    for name in ("a", "b"):
        (notebooks / f"{name}.ipynb").write_text(f"{name} 1")
    monkeypatch.setattr(desk, "bundled", lambda name: tmp_path / "package")
    return notebooks


def test_a_first_copy_has_every_notebook(package: Path, tmp_path: Path) -> None:
    laid = desk.lay(tmp_path / "new" / "work")
    assert laid.added == ("a.ipynb", "b.ipynb")
    assert (tmp_path / "new" / "work" / "b.ipynb").read_text() == "b 1"


def test_an_untouched_notebook_follows_the_package_and_a_changed_one_is_left_alone(package: Path, tmp_path: Path) -> None:
    work = desk.lay(tmp_path / "work").folder
    (work / "a.ipynb").write_text("mine")
    for name in ("a", "b", "c"):
        (package / f"{name}.ipynb").write_text(f"{name} 2")
    laid = desk.lay(work)
    assert (laid.added, laid.updated, laid.beside) == (("c.ipynb",), ("b.ipynb",), ("a.ipynb",))
    texts = {path.name: path.read_text() for path in work.glob("*.ipynb")}
    assert texts == {"a.ipynb": "mine", "a.new.ipynb": "a 2", "b.ipynb": "b 2", "c.ipynb": "c 2"}


def test_a_new_version_is_laid_beside_once(package: Path, tmp_path: Path) -> None:
    work = desk.lay(tmp_path / "work").folder
    (work / "a.ipynb").write_text("mine")
    (package / "a.ipynb").write_text("a 2")
    desk.lay(work)
    (work / "a.new.ipynb").unlink()  # seen, and not wanted
    assert desk.lay(work).kept == ("a.ipynb", "b.ipynb")
    assert not (work / "a.new.ipynb").exists()


def test_a_changed_version_beside_is_left_alone_too(package: Path, tmp_path: Path) -> None:
    work = desk.lay(tmp_path / "work").folder
    (work / "a.ipynb").write_text("mine")
    (package / "a.ipynb").write_text("a 2")
    desk.lay(work)
    (work / "a.new.ipynb").write_text("mine as well")
    (package / "a.ipynb").write_text("a 3")
    laid = desk.lay(work)
    assert laid.refused == ("a.ipynb",)
    assert ((work / "a.ipynb").read_text(), (work / "a.new.ipynb").read_text()) == ("mine", "mine as well")
    assert "a.new.ipynb" in desk.told(laid, "en")[-1]


@pytest.mark.parametrize("record", [None, "", "[]", "{broken"])
def test_without_a_record_every_notebook_counts_as_changed(record: str | None, package: Path, tmp_path: Path) -> None:
    work = desk.lay(tmp_path / "work").folder
    (work / ".minsheng.json").unlink()
    if record is not None:
        (work / ".minsheng.json").write_text(record)
    (work / "a.ipynb").write_text("mine")
    laid = desk.lay(work)
    assert (laid.beside, laid.kept) == (("a.ipynb",), ("b.ipynb",))
    assert (work / "a.ipynb").read_text() == "mine"


def test_nothing_half_written_is_left(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = desk.lay(tmp_path / "work").folder
    (package / "a.ipynb").write_text("a 2")

    def full(*paths: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(Refused, match="No space left"):
        desk.lay(work)
    assert (work / "a.ipynb").read_text() == "a 1"


def test_a_file_of_that_name_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["lab", "--dir", str(tmp_path / "file"), "--lang", "en"]) == 2
    assert "is a file, not a folder" in capsys.readouterr().err


def test_without_jupyterlab_it_says_how_to_install_it_and_lays_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(desk, "find_spec", lambda name: None)
    assert main(["lab", "--lang", "en"]) == 2
    assert (
        capsys.readouterr().err
        == f"minsheng: JupyterLab is not installed; run: {sys.executable} -m pip install jupyterlab ipywidgets\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_the_kernel_is_this_interpreter_whatever_kernels_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jupyter_client.kernelspec import KernelSpecManager

    other = tmp_path / "kernels" / "python3" / "kernel.json"
    other.parent.mkdir(parents=True)
    other.write_text(json.dumps({"argv": ["/nowhere/python"], "display_name": "other", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert KernelSpecManager().get_kernel_spec("python3").argv == ["/nowhere/python"]
    with desk._own_kernel() as environment:
        monkeypatch.setenv("JUPYTER_PATH", environment["JUPYTER_PATH"])
        assert KernelSpecManager().get_kernel_spec("python3").argv[0] == sys.executable
