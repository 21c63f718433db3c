"""Reports: which are to be made, making them, and the pages that lead to them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from concurrent.futures import as_completed
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

from minsheng.export import page, warm
from minsheng.faults import Refused
from minsheng.index import folder_title, record_runs, write
from minsheng.labels import say
from minsheng.overall import overview
from minsheng.package import package
from minsheng.plans import Plan
from minsheng.runs import RunResult, RunSpec, pool, run
from minsheng.tables import Dataset
from minsheng.views import View, view
from minsheng.workbook import workbook

Tell = Callable[[RunResult, int, int], None]


def folder_name(spec: RunSpec) -> str:
    """The folder of a report: its year, and whatever is not as by default.

    Examples
    --------
    >>> from minsheng.topics import find_topic
    >>> folder_name(RunSpec(find_topic("medical_insurance"), 2024, regions=("441602",), lang="en"))
    '2024-441602-en'
    """
    parts = [
        str(spec.year),
        *spec.regions,
        "en" if spec.lang == "en" else "",
        "constant" if spec.prices == "constant" else "",
        "printed" if spec.year_basis == "printed" else "",
        "strict" if spec.strict else "",
        "own" if spec.tables else "",
    ]
    return "-".join(part for part in parts if part)


def command(spec: RunSpec) -> str:
    """The command that makes a page again."""
    parts = ["minsheng report", str(spec.year), f"--topic {spec.topic.name}", *(f"--region {place}" for place in spec.regions)]
    for name, value, usual in (
        ("lang", spec.lang, "zh"),
        ("prices", spec.prices, "nominal"),
        ("year-basis", spec.year_basis, "assessed"),
    ):
        parts += [f"--{name} {value}"] if value != usual else []
    parts += ["--strict"] if spec.strict else []
    parts += [f"--data {Path(spec.tables).name}"] if spec.tables else []
    return " ".join(parts)


def title_of(spec: RunSpec, seen: View) -> str:
    """Title of a page: topic, year and places."""
    places = seen.join(seen.place(place) for place in spec.regions)
    words = say("page.title", spec.lang, topic=spec.topic.title(spec.lang), year=spec.year)
    return words + seen.say("page.brackets", words=places) if places else words


def _seen(spec: RunSpec, data: Dataset) -> View:
    return view(
        spec.year,
        regions=spec.regions,
        lang=spec.lang,
        year_basis=spec.year_basis,
        prices=spec.prices,
        strict=spec.strict,
        tables=data if spec.tables else None,  # the package's own are at hand already
    )


def _views(todo: Plan) -> dict[str, View]:
    """What each folder of a plan shows."""
    first = {folder_name(spec): spec for spec in reversed(todo.specs)}
    return {name: _seen(first[name], todo.data) for name in dict.fromkeys(folder_name(spec) for spec in todo.specs)}


def _write_workbook(folder: Path, seen: View) -> Path:
    path = folder / f"minsheng-{folder.name}.xlsx"
    write(path, workbook(seen, say("page.yearly", seen.lang, year=seen.year)))
    return path


def _write_package(folder: Path, seen: View) -> Path:
    for name, text in package(seen).items():
        write(folder / "csv" / name, text)
    return folder / "csv" / "datapackage.json"


def write_tables(todo: Plan, out: Path, form: str) -> list[Path]:
    """Write the tables of a plan, and no pages.

    Parameters
    ----------
    todo : Plan
    out : Path
        Folder of all reports.
    form : {'xlsx', 'csv'}
        A workbook in each folder of the plan, or a folder ``csv`` with the tidy tables and their descriptor.

    Returns
    -------
    list of Path
        The workbooks, or the descriptors.

    Raises
    ------
    Refused
        If `out` cannot be written to.
    """
    one = {"xlsx": _write_workbook, "csv": _write_package}[form]
    try:
        return [one(out / name, seen) for name, seen in _views(todo).items()]
    except OSError as error:
        raise Refused("refused.out", folder=str(out), reason=error.strerror or str(error)) from None


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(source, target)


def _charts(notebook: Path) -> dict[str, str]:
    """The charts of an executed notebook as SVG, by name."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    own = [
        out["metadata"].get("minsheng", {})
        for cell in cells
        for out in cell.get("outputs", [])
        if out["output_type"] == "display_data"
    ]
    return {one["chart"]: one["svg"] for one in own if "svg" in one}


def _publish(result: RunResult, seen: View, folder: Path) -> RunResult:
    """Put what a run made in its place; a run that failed leaves what was there before whole."""
    spec = result.spec
    failed = folder / "failed" / f"{spec.topic.name}.ipynb"
    try:
        if result.ok:
            html = page(result.notebook, spec.lang, title_of(spec, seen), folder_title(spec, seen), command(spec))
            for name, svg in _charts(result.notebook).items():
                write(folder / "charts" / f"{name}.svg", svg)
            write(folder / f"{spec.topic.name}.html", html)
            _move(result.notebook, folder / "notebooks" / f"{spec.topic.name}.ipynb")
            failed.unlink(missing_ok=True)
    except Exception as error:  # an export that fails is a failed run, and is reported as one
        result = replace(result, reason=f"{type(error).__name__}: {error}")
    if not result.ok and result.notebook.exists():
        _move(result.notebook, failed)
    return result


def make(todo: Plan, out: Path, jobs: int = 0, tell: Tell | None = None) -> list[RunResult]:
    """Make the reports of a plan (inside `nursery.kernels`).

    Parameters
    ----------
    todo : Plan
    out : Path
        Folder of all reports.
    jobs : int
        Notebooks at a time; by default as many as there are processors, at most 4.
    tell : function, optional
        Called with each result, how many are done, and how many there are.

    Returns
    -------
    list of RunResult
        In the order of the plan. Each folder has its pages, charts, notebooks, ``run.json`` and, with a plan of all topics,
        the workbook; `out` has an ``index.html`` over all.

    Raises
    ------
    Refused
        If `out` cannot be written to.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        staging = Path(mkdtemp(prefix=".making-", dir=out))
    except OSError as error:
        raise Refused("refused.out", folder=str(out), reason=error.strerror or str(error)) from None
    views = _views(todo)
    results: dict[RunSpec, RunResult] = {}
    try:
        with pool(jobs or min(4, os.cpu_count() or 1)) as threads:
            waiting = [threads.submit(run, spec, _room(staging, number)) for number, spec in enumerate(todo.specs)]
            warm()
            for name in views if todo.workbooks else ():  # while the notebooks run, this thread has nothing else to do
                _write_workbook(out / name, views[name])
            for future in as_completed(waiting):
                name = folder_name(future.result().spec)
                result = _publish(future.result(), views[name], out / name)
                results[result.spec] = result
                if tell:
                    tell(result, len(results), len(todo.specs))
        for name, seen in views.items():
            record_runs([results[spec] for spec in todo.specs if folder_name(spec) == name], seen, out / name)
        write(out / "index.html", overview(out, todo.specs[0].lang))
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return [results[spec] for spec in todo.specs]


def _room(staging: Path, number: int) -> Path:
    folder = staging / str(number)
    folder.mkdir()
    return folder
