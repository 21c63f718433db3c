"""The desk in real JupyterLab: `minsheng lab` serves, every notebook runs to its end, the explorer answers a question."""

from __future__ import annotations

import json
import os
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
from conftest import CHROMIUM, need

import minsheng as ms
from minsheng.nursery import _nursery, can_fork
from minsheng.places import bundled
from minsheng.tables import Dataset

NOTEBOOKS = [path.name for path in sorted(bundled("notebooks").glob("*.ipynb"))]
DIRS = ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR")
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},  # so that every output is in the page
}

pytestmark = pytest.mark.skipif(os.name != "posix", reason="ends the server by its process group")


def _write(path: Path, values: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values))


def _configure(home: Path, address: str) -> None:
    """Settings apart from the user's: no news, no token, and kernels that a nursery has warmed up where it can."""
    for name, values in SETTINGS.items():
        _write(home / "JUPYTERLAB_SETTINGS_DIR" / "@jupyterlab" / f"{name}.jupyterlab-settings", values)
    warm = {"KernelProvisionerFactory": {"default_provisioner_name": "minsheng-fork"}, "ForkProvisioner": {"address": address}}
    server = {"IdentityProvider": {"token": ""}, "ServerApp": {"port_retries": 0}} | (warm if address else {})
    _write(home / "JUPYTER_CONFIG_DIR" / "jupyter_server_config.json", server)
    _write(home / "JUPYTER_CONFIG_DIR" / "jupyter_lab_config.json", {"LabApp": {"expose_app_in_browser": True}})


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/api", timeout=1).close()
            return
        except OSError:
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of JupyterLab as `minsheng lab` starts it, in a folder that has nothing to do with the package."""
    need(find_spec("jupyterlab") is not None, "JupyterLab")
    need(CHROMIUM is not None and find_spec("playwright") is not None, "Chromium with playwright")
    home, port = tmp_path_factory.mktemp("lab"), _free_port()
    with _nursery(home) as (metadata, _):
        _configure(home, metadata["kernel_provisioner"]["config"]["address"] if can_fork() else "")
        with (home / "log").open("wb") as log:
            server = subprocess.Popen(
                [sys.executable, "-m", "minsheng", "lab", "--no-browser", "--port", str(port), "--lang", "en"],
                cwd=home,
                env=os.environ | {name: str(home / name) for name in DIRS},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, server, home / "log")
            assert f"The notebooks are in {home / 'minsheng-notebooks'}: {len(NOTEBOOKS)} added" in (home / "log").read_text()
            yield address
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def tab(lab: str, browser: Any) -> Iterator[Any]:
    """The one page, JupyterLab open in it; no request of it leaves the machine."""
    page = browser.new_page(viewport={"width": 1280, "height": 1400})
    page.set_default_timeout(60_000)
    outside: list[str] = []
    page.on("request", lambda sent: outside.append(sent.url) if not sent.url.startswith((lab, "data:", "blob:")) else None)
    page.goto(f"{lab}/lab?reset")
    page.wait_for_function("window.jupyterapp?.shell.currentWidget")
    yield page
    page.close()
    assert outside == []


IDLE = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
OUTPUTS = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
    .filter(cell => cell.type === 'code').map(cell => ({count: cell.executionCount, outputs: cell.outputs.toJSON()}))"""
PICTURES = "[...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea-output img')]"


def run_all(tab: Any, name: str) -> list[dict[str, Any]]:
    """Open a notebook, Run All, and return its code cells with their outputs."""
    tab.evaluate("async path => { await window.jupyterapp.commands.execute('docmanager:open', {path}) }", name)
    tab.wait_for_function(IDLE)
    assert tab.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')"), name
    return list(tab.evaluate(OUTPUTS))


def close(tab: Any) -> None:
    """Close the notebook and its kernel."""
    tab.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    tab.evaluate("""() => { const own = window.jupyterapp.shell.currentWidget; own.context.model.dirty = false; own.close(); }""")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_run_all_shows_every_chart_and_no_error(tab: Any, name: str) -> None:
    done = run_all(tab, name)
    outputs = [one for cell in done for one in cell["outputs"]]
    assert [one for one in outputs if one["output_type"] in ("error", "stream")] == []
    assert all(cell["count"] for cell in done)
    drawn = sum("".join(one["data"].get("text/html", "")).count("<img alt=") for one in outputs)
    alive = sum("application/vnd.jupyter.widget-view+json" in one["data"] for one in outputs)  # which has one chart of its own
    tab.wait_for_function(f"{PICTURES}.length === {drawn + alive} && {PICTURES}.every(one => one.naturalWidth > 0)")
    assert drawn >= 1
    close(tab)


def field(tab: Any, name: str) -> Any:
    """A list of the explorer by its label."""
    return tab.locator(".widget-dropdown", has=tab.locator(f'label:text-is("{name}")')).locator("select")


def shown(tab: Any) -> list[list[str]]:
    """The rows of the explorer's table, without their sources."""
    return list(
        tab.evaluate(
            """() => [...document.querySelectorAll('.jp-OutputArea .widget-html .ms-rows tbody tr:not(.ms-behind)')]
                .map(row => [...row.cells].map(cell => cell.innerText.trim()))"""
        )
    )


PAGE = "[...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .widget-html')].map(one => one.innerText).join()"


def pick(tab: Any, name: str, option: str) -> None:
    """Choose from a list, and wait until what is shown has followed."""
    if field(tab, name).locator("option:checked").inner_text() == option:
        return
    before = tab.evaluate(PAGE)
    field(tab, name).select_option(option)
    tab.wait_for_function(f"before => {PAGE} !== before", arg=before)
    tab.wait_for_function(IDLE)


def wait_for_rows(tab: Any, count: int) -> None:
    tab.wait_for_function(f"document.querySelectorAll('.widget-html .ms-rows tbody tr:not(.ms-behind)').length === {count}")


def test_the_explorer_answers_a_question_by_mouse_and_keyboard(tab: Any, data: Dataset) -> None:
    """How much does a family get for an orphan, where? The table shown is the package's answer, and a row tells its source."""
    run_all(tab, "explore.ipynb")
    view, levels = ms.view(2024), ms.standards(data)
    pick(tab, "类别", view.label("topic", "children"))
    pick(tab, "指标", view.indicator("orphan_standard"))
    pick(tab, "起始年份", "2024")
    pick(tab, "终止年份", "2024")
    wait_for_rows(tab, len(ms.across(levels, "orphan_standard", 2024, by=["care"])))
    tab.get_by_placeholder(view.say("explore.find_hint")).click()  # from the field for places back to that for care
    for _ in range(12):
        tab.keyboard.press("Shift+Tab")
        if "供养方式" in tab.evaluate("document.activeElement.parentElement.innerText"):
            break
    tab.keyboard.press("ArrowDown")  # institutional
    tab.keyboard.press("ArrowDown")  # dispersed: the arrows choose here, and do not move to another cell
    answer = ms.across(levels, "orphan_standard", 2024, care="dispersed")
    told = [[view.place(r.region_id), str(r.year), f"{r.value:g}", view.flags(r.flags)] for r in answer.itertuples()]
    until = time.monotonic() + 30
    while shown(tab) != told and time.monotonic() < until:
        tab.wait_for_timeout(100)
    assert shown(tab) == told

    lines = tab.locator(".widget-html .ms-rows tbody tr")
    own = [view.figures[row.figures.split(";")[0]]["evidence"] for row in answer.itertuples()]
    lines.nth(2).click()  # anywhere on the second row: every other one is a source
    assert own[1] in lines.nth(3).inner_text()
    tab.keyboard.press("ArrowUp")
    assert own[0] in lines.nth(1).inner_text()
    assert lines.nth(3).is_hidden()

    pick(tab, "起始年份", "2011")
    pick(tab, "终止年份", "2011")
    take = tab.get_by_role("button", name="改用这一选择")
    take.click()  # which is there once it has been said that there are no figures
    first = int(levels[(levels["indicator_id"] == "orphan_standard") & (levels["care"] == "dispersed")]["year"].min())
    wait_for_rows(tab, len(ms.across(levels, "orphan_standard", first, care="dispersed")))
    with tab.expect_download() as saved:
        tab.locator("a.ms-file", has_text="CSV").click()
    assert saved.value.suggested_filename == "orphan_standard.csv"
    assert tab.evaluate("window.jupyterapp.shell.currentWidget.content.model.cells.length") == len(_cells("explore.ipynb"))
    close(tab)


def _cells(name: str) -> list[Any]:
    return list(json.loads((bundled("notebooks") / name).read_text(encoding="utf-8"))["cells"])
