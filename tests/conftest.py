"""What all tests share."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import minsheng as ms
from minsheng.imports import lean_pandas
from minsheng.places import bundled

if TYPE_CHECKING:
    from minsheng.tables import Dataset

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT.parent / "shared" / "sources"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
IN_CI = os.environ.get("CI") == "true"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take ``--arrow``."""
    parser.addoption("--arrow", action="store_true", help="let pandas keep text in Arrow; by default as in the commands, without")


def pytest_configure(config: pytest.Config) -> None:
    """Import pandas as the commands do, before any test does."""
    if not config.getoption("--arrow"):
        lean_pandas()


def pytest_collection_finish() -> None:
    """Search what is there by now for garbage no more, and the rest rarely: a seventh of the time of the suite."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session")
def data() -> Dataset:
    """The bundled tables."""
    return ms.load()


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A copy of the bundled tables that a test may damage."""
    return Path(shutil.copytree(bundled("data"), tmp_path / "tables"))


def need(present: bool, what: str) -> None:
    """Skip a test for want of a program, except in CI, where it must be there."""
    if not present and IN_CI:
        pytest.fail(f"{what} is missing, and CI must have it")
    if not present:
        pytest.skip(f"{what} is not installed here")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium without a window."""
    need(CHROMIUM is not None and find_spec("playwright") is not None, "Chromium with playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield own
        own.close()
