"""One report: what it is called, and putting its page, charts, notebook, workbook and tables in their places."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from minsheng.export import page
from minsheng.faults import Refused
from minsheng.index import folder_title, write
from minsheng.labels import say
from minsheng.package import package
from minsheng.plans import Plan
from minsheng.runs import RunResult, RunSpec
from minsheng.tables import Dataset
from minsheng.views import View, view
from minsheng.workbook import workbook


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


def views(specs: Iterable[RunSpec], data: Dataset) -> Callable[[str], View]:
    """What each folder shows; the latest are kept at hand."""
    first = {spec.folder: spec for spec in reversed(list(specs))}

    @lru_cache(maxsize=8)
    def seen(folder: str) -> View:
        return _seen(first[folder], data)

    return seen


def write_workbook(folder: Path, seen: View) -> Path:
    """Write the workbook of a folder."""
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
    one = {"xlsx": write_workbook, "csv": _write_package}[form]
    try:
        seen = views(todo.specs, todo.data)
        return [one(out / name, seen(name)) for name in dict.fromkeys(spec.folder for spec in todo.specs)]
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


def publish(result: RunResult, seen: View, folder: Path) -> RunResult:
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
