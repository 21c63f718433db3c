"""The notebooks as a researcher finds them: clean, short, bilingual, and running wherever notebooks run."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from conftest import need

from minsheng.places import bundled
from minsheng.runs import RunSpec
from minsheng.topics import topics

NOTEBOOKS = {path.stem: path for path in sorted(bundled("notebooks").glob("*.ipynb"))}
HAN = re.compile(r"[\u4e00-\u9fff]")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
every = pytest.mark.parametrize("name", list(NOTEBOOKS))


def cells(path: Path, kind: str = "") -> list[dict[str, Any]]:
    """The cells of a notebook, of one kind if given, each source as one text."""
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell | {"source": "".join(cell["source"])} for cell in found if kind in ("", cell["cell_type"])]


def test_the_notebooks_are_there_and_each_is_a_topic() -> None:
    assert list(NOTEBOOKS) == [
        "commitments",
        "delivery",
        "disability",
        "education",
        "employment",
        "low_income_support",
        "medical_insurance",
        "orphan_allowances",
        "others",
        "pensions",
        "place",
        "public_health",
        "tekun",
        "typical_cases",
        "veterans",
        "works",
        "yearly_comparison",
    ]
    assert set(topics()) == set(NOTEBOOKS)


@every
def test_a_notebook_is_stored_without_outputs(name: str) -> None:
    assert [cell for cell in cells(NOTEBOOKS[name], "code") if cell["outputs"] or cell["execution_count"] is not None] == []
    assert "widgets" not in json.loads(NOTEBOOKS[name].read_text(encoding="utf-8"))["metadata"]


@every
def test_cell_ids_are_fixed_and_unique(name: str) -> None:
    ids = [cell["id"] for cell in cells(NOTEBOOKS[name])]
    assert len(set(ids)) == len(ids) > 0


@every
def test_a_notebook_names_the_kernel_that_everyone_has(name: str) -> None:
    assert json.loads(NOTEBOOKS[name].read_text(encoding="utf-8"))["metadata"]["kernelspec"]["name"] == "python3"


@every
def test_one_parameters_cell_holds_what_the_command_passes_and_its_defaults(name: str) -> None:
    tagged = [cell for cell in cells(NOTEBOOKS[name], "code") if "parameters" in cell["metadata"].get("tags", [])]
    assert len(tagged) == 1
    found = {line.targets[0].id: ast.literal_eval(line.value) for line in ast.parse(tagged[0]["source"]).body}  # type: ignore[attr-defined]
    places = tuple(found["regions"]) if topics()[name].needs == "place" else ()
    assert found == RunSpec(topics()[name], found["year"], places).parameters()


@every
def test_cells_are_short_and_keep_logic_in_the_package(name: str) -> None:
    logic = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If, ast.Try)
    for cell in cells(NOTEBOOKS[name], "code"):
        assert len(cell["source"].splitlines()) <= 12, cell["source"]
        assert [node for node in ast.walk(ast.parse(cell["source"])) if isinstance(node, logic)] == [], cell["source"]


@every
def test_prose_is_in_twins_chinese_then_english(name: str) -> None:
    prose = cells(NOTEBOOKS[name], "markdown")
    assert [cell["metadata"]["tags"] for cell in prose] == [["lang-zh"], ["lang-en"]] * (len(prose) // 2)
    for zh, en in zip(prose[::2], prose[1::2], strict=True):
        assert HAN.search(zh["source"])
        assert not HAN.search(en["source"])
        assert [len(re.match("#*", part)[0]) for part in zh["source"].split("\n\n")] == [  # type: ignore[index]
            len(re.match("#*", part)[0])  # type: ignore[index]
            for part in en["source"].split("\n\n")
        ]


@every
def test_a_topic_has_the_title_of_its_notebook(name: str) -> None:
    zh, en = cells(NOTEBOOKS[name], "markdown")[:2]
    assert dict(topics()[name].titles) == {
        "zh": zh["source"].splitlines()[0].removeprefix("# "),
        "en": en["source"].splitlines()[0].removeprefix("# "),
    }


def test_plain_papermill_runs_a_notebook_unchanged(tmp_path: Path) -> None:
    import papermill

    out = tmp_path / "out.ipynb"
    papermill.execute_notebook(NOTEBOOKS["medical_insurance"], out, {"year": 2023}, progress_bar=False, cwd=tmp_path)
    done = cells(out, "code")
    assert all(cell["execution_count"] for cell in done)
    shown = "".join("".join(one["data"].get("text/html", "")) for cell in done for one in cell["outputs"] if "data" in one)
    # 源城区 prints 640 for 2023, 市中区 730; 2023 only stands in the title when the parameter has arrived.
    assert "2023年各地居民医保财政补助标准" in shown
    assert shown.count("<img alt=") == 4
    assert [one for cell in done for one in cell["outputs"] if one["output_type"] in ("error", "stream")] == []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a JupyterLab with a copy of the notebooks, its settings apart from the user's."""
    need(find_spec("jupyterlab") is not None, "JupyterLab")
    need(CHROMIUM is not None and find_spec("playwright") is not None, "Chromium with playwright")
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(bundled("notebooks"), home / "root")
    dirs = ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR")
    settings = {
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
        "notebook-extension/tracker": {"windowingMode": "none"},  # so that every output is in the page
    }
    for name, values in settings.items():
        path = home / "JUPYTERLAB_SETTINGS_DIR" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    port = _free_port()
    options = ["--allow-root", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
    options += ["--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={home / 'root'}"]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env=os.environ | {name: str(home / name) for name in dirs},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/api", timeout=1).close()
                break
            except OSError:
                assert server.poll() is None, (home / "log").read_text()
                time.sleep(0.1)
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)


IDLE = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
OUTPUTS = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
    .filter(cell => cell.type === 'code').map(cell => ({count: cell.executionCount, outputs: cell.outputs.toJSON()}))"""
PICTURES = "[...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea-output img')]"


@pytest.mark.skipif(os.name != "posix", reason="ends the server by its process group")
def test_run_all_in_jupyterlab_shows_every_chart_and_no_error(lab: str) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        page = browser.new_page()
        page.set_default_timeout(60_000)
        outside: list[str] = []
        page.on("request", lambda sent: outside.append(sent.url) if not sent.url.startswith((lab, "data:", "blob:")) else None)
        page.goto(f"{lab}/lab?reset")
        page.wait_for_function("window.jupyterapp?.shell.currentWidget")
        for name, path in NOTEBOOKS.items():
            page.evaluate("async path => { await window.jupyterapp.commands.execute('docmanager:open', {path}) }", path.name)
            page.wait_for_function(IDLE)
            assert page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')"), name
            done = page.evaluate(OUTPUTS)
            assert [one for cell in done for one in cell["outputs"] if one["output_type"] in ("error", "stream")] == [], name
            assert all(cell["count"] for cell in done), name
            drawn = sum("<img alt=" in "".join(one["data"]["text/html"]) for cell in done for one in cell["outputs"])
            page.wait_for_function(f"{PICTURES}.length === {drawn} && {PICTURES}.every(one => one.naturalWidth > 0)")
            assert drawn >= 1, name
        browser.close()
    assert outside == []
