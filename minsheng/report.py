"""Reports: which are to be made, making them, and the pages that lead to them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from minsheng import __version__
from minsheng.export import page, whole_page
from minsheng.faults import Refused
from minsheng.labels import say
from minsheng.levels import standards
from minsheng.runs import RunResult, RunSpec, kernels, run
from minsheng.tables import Dataset, load
from minsheng.topics import find_topic, require_data, rows_of, topics, years_of
from minsheng.views import View, find_region, view, with_surroundings
from minsheng.workbook import workbook
from minsheng.yardsticks import price_factors

Tell = Callable[[RunResult, int, int], None]


@dataclass(frozen=True)
class Request:
    """What a user asks for. Empty `years` or `topics` mean all there are."""

    years: tuple[int, ...] = ()
    topics: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    lang: str = "zh"
    year_basis: str = "assessed"
    prices: str = "nominal"
    strict: bool = False
    tables: str = ""


@dataclass(frozen=True)
class Plan:
    """What will be made: one spec a page, and the folder of each."""

    specs: tuple[RunSpec, ...]
    data: Dataset


def plan(request: Request) -> Plan:
    """Check a request against what there is, before anything runs.

    Raises
    ------
    Refused
        If a year, topic, place or parameter is not there, with what there is instead.
    FaultsFound
        If the tables have faults.
    """
    data = load(request.tables or None)
    seen = view(request.years[0] if request.years else 2024, lang=request.lang, year_basis=request.year_basis, tables=request.tables or None)
    regions = tuple(find_region(data, one) for one in request.regions)
    levels = standards(data, year_basis=request.year_basis, strict=request.strict)
    around = with_surroundings(data, regions) if regions else set(data.regions["region_id"])
    here = levels[levels["region_id"].isin(around)]
    wanted = [find_topic(one) for one in dict.fromkeys(request.topics)] or list(topics().values())
    there = years_of(None, data, levels)
    names = {place: seen.place(place) for place in data.regions["region_id"]}
    for year in request.years:
        if year not in there:
            raise Refused("refused.year", value=year, years=", ".join(map(str, there)) or "–")
        for topic in wanted if request.topics else []:
            require_data(topic, year, data, levels, regions, names)
    specs = []
    for year in request.years or there:
        if request.prices == "constant":
            price_factors(data, year)
        for topic in wanted:
            rows = rows_of(topic, data, here)
            if year in years_of(topic, data, levels) and (not regions or set(rows["region_id"]) & set(regions)):
                specs.append(
                    RunSpec(topic, year, regions, request.lang, request.year_basis, request.prices, request.strict, _absolute(request.tables))
                )
    if not specs:
        raise Refused("refused.nothing", years=", ".join(map(str, there)) or "–")
    return Plan(tuple(specs), data)


def _absolute(tables: str) -> str:
    return str(Path(tables).resolve()) if tables else ""


def folder_name(spec: RunSpec) -> str:
    """The folder of a report: its year, and whatever is not as by default.

    Examples
    --------
    >>> from minsheng.topics import find_topic
    >>> folder_name(RunSpec(find_topic("medical_insurance"), 2024, regions=("441602",), lang="en"))
    '2024-441602-en'
    """
    parts = [str(spec.year), *spec.regions, "en" if spec.lang == "en" else "", "constant" if spec.prices == "constant" else "",
             "printed" if spec.year_basis == "printed" else "", "strict" if spec.strict else "", "own" if spec.tables else ""]  # fmt: skip
    return "-".join(part for part in parts if part)


def command(spec: RunSpec) -> str:
    """The command that makes a page again."""
    parts = ["minsheng report", str(spec.year), f"--topic {spec.topic.name}", *(f"--region {place}" for place in spec.regions)]
    for name, value, usual in (("lang", spec.lang, "zh"), ("prices", spec.prices, "nominal"), ("year-basis", spec.year_basis, "assessed")):
        parts += [f"--{name} {value}"] if value != usual else []
    parts += ["--strict"] if spec.strict else []
    parts += [f"--data {Path(spec.tables).name}"] if spec.tables else []
    return " ".join(parts)


def title_of(spec: RunSpec, seen: View) -> str:
    """Title of a page: topic, year and places."""
    places = "、".join(seen.place(place) for place in spec.regions) if spec.lang == "zh" else ", ".join(seen.place(place) for place in spec.regions)
    words = say("page.title", spec.lang, topic=spec.topic.title(spec.lang), year=spec.year)
    return f"{words}（{places}）" if places and spec.lang == "zh" else f"{words} ({places})" if places else words


def _seen(spec: RunSpec) -> View:
    return view(spec.year, regions=spec.regions, lang=spec.lang, year_basis=spec.year_basis, prices=spec.prices, strict=spec.strict, tables=spec.tables or None)


def _write(path: Path, content: str | bytes) -> None:
    """Write a file whole: beside its place first, then moved there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    os.replace(beside, path)


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(source, target)


def _charts(notebook: Path) -> dict[str, str]:
    """The charts of an executed notebook as SVG, by name."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    own = [out["metadata"].get("minsheng", {}) for cell in cells for out in cell.get("outputs", []) if out["output_type"] == "display_data"]
    return {one["chart"]: one["svg"] for one in own if "svg" in one}


def _publish(result: RunResult, seen: View, folder: Path) -> RunResult:
    """Put what a run made in its place; a run that failed leaves what was there before whole."""
    spec = result.spec
    failed = folder / "failed" / f"{spec.topic.name}.ipynb"
    if result.ok:
        try:
            html = page(result.notebook, spec.lang, title_of(spec, seen), command(spec))
            charts = _charts(result.notebook)
        except Exception as error:  # an export that fails is a failed run, and is reported as one
            result = replace(result, reason=f"{type(error).__name__}: {error}")
    if not result.ok:
        if result.notebook.exists():
            _move(result.notebook, failed)
        return result
    _write(folder / f"{spec.topic.name}.html", html)
    for name, svg in charts.items():
        _write(folder / "charts" / f"{name}.svg", svg)
    _move(result.notebook, folder / "notebooks" / f"{spec.topic.name}.ipynb")
    failed.unlink(missing_ok=True)
    return result


def make(todo: Plan, out: Path, jobs: int = 0, tell: Tell | None = None) -> list[RunResult]:
    """Make the reports of a plan.

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
        In the order of the plan. Each folder has its pages, charts, notebooks, workbook and ``run.json``; `out` has an
        ``index.html`` over all.

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
    results: dict[RunSpec, RunResult] = {}
    views = {name: _seen(spec) for name, spec in {folder_name(spec): spec for spec in todo.specs}.items()}
    try:
        with kernels(), ThreadPoolExecutor(jobs or min(4, os.cpu_count() or 1)) as pool:
            waiting = {}
            for number, spec in enumerate(todo.specs):
                own = staging / str(number)
                own.mkdir()
                waiting[pool.submit(run, spec, own)] = spec
            for future in as_completed(waiting):
                name = folder_name(waiting[future])
                result = _publish(future.result(), views[name], out / name)
                results[result.spec] = result
                if tell:
                    tell(result, len(results), len(todo.specs))
        for name, seen in views.items():
            mine = [results[spec] for spec in todo.specs if folder_name(spec) == name]
            _finish(mine, seen, out / name)
        _write(out / "index.html", overview(out, todo.specs[0].lang))
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return [results[spec] for spec in todo.specs]


def _finish(results: Sequence[RunResult], seen: View, folder: Path) -> None:
    """The workbook, ``run.json`` and index of one folder."""
    spec = results[0].spec
    titles = say("page.yearly", spec.lang, year=spec.year)
    _write(folder / f"minsheng-{folder.name}.xlsx", workbook(seen, titles))
    runs = {one["topic"]: one for one in _read(folder / "run.json").get("runs", [])}
    for result in results:
        name = result.spec.topic.name
        runs[name] = {
            "topic": name,
            "title": result.spec.topic.title(spec.lang),
            "status": "done" if result.ok else "failed",
            "reason": result.reason,
            "page": f"{name}.html" if (folder / f"{name}.html").exists() else "",
            "notebook": f"notebooks/{name}.ipynb" if result.ok else f"failed/{name}.ipynb",
        }
    parameters = {key: value for key, value in spec.parameters().items() if key != "tables"}
    record = {"minsheng": __version__, "tables": seen.data.digest(), "parameters": parameters, "title": _folder_title(spec, seen),
              "runs": [runs[name] for name in sorted(runs)]}  # fmt: skip
    _write(folder / "run.json", json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    _write(folder / "index.html", _folder_index(record, folder, spec.lang))


def _folder_title(spec: RunSpec, seen: View) -> str:
    mark = "、" if spec.lang == "zh" else ", "
    notes = [seen.place(place) for place in spec.regions]
    notes += [say(f"page.note_{name}", spec.lang) for name, there in (("constant", spec.prices == "constant"), ("printed", spec.year_basis == "printed"), ("strict", spec.strict), ("own", bool(spec.tables))) if there]
    words = say("page.yearly", spec.lang, year=spec.year)
    return (f"{words}（{mark.join(notes)}）" if spec.lang == "zh" else f"{words} ({mark.join(notes)})") if notes else words


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def _links(record: dict[str, Any], lang: str, base: str = "") -> str:
    """The pages of one folder as a list, failed runs with their reason."""
    lines = []
    for one in record["runs"]:
        title = escape(one["title"])
        if one["status"] == "failed":
            old = f' <a href="{base}{one["page"]}">{escape(say("page.failed_old", lang))}</a>' if one["page"] else ""
            reason = escape(say("page.failed_line", lang, name=one["title"], reason=one["reason"]))
            lines.append(f'<li class="ms-failed"><strong>{escape(say("page.failed", lang))}</strong> {reason} '
                         f'<a href="{base}{one["notebook"]}">{escape(say("page.failed_notebook", lang))}</a>{old}</li>')  # fmt: skip
        else:
            lines.append(f'<li><a href="{base}{one["page"]}">{title}</a></li>')
    return f'<ul class="ms-list">{"".join(lines)}</ul>'


def _folder_index(record: dict[str, Any], folder: Path, lang: str) -> str:
    title = record["title"]
    body = f"<h1>{escape(title)}</h1>{_links(record, lang)}"
    body += f'<p><a href="minsheng-{folder.name}.xlsx">{escape(say("page.workbook", lang))}</a></p>'
    body += f'<p class="ms-note">{escape(say("page.version", lang, version=record["minsheng"], digest=record["tables"][:16]))}</p>'
    return whole_page(title, lang, body, home="../index.html")


def overview(out: Path, lang: str) -> str:
    """The page that leads to all reports in `out`, newest year first, with failed runs and their reason."""
    body = f"<h1>{escape(say('page.index_title', lang))}</h1><p>{escape(say('page.index_intro', lang))}</p>"
    records = {path.parent.name: _read(path) for path in sorted(out.glob("*/run.json"))}
    order: Iterable[str] = sorted(records, key=lambda name: (-records[name]["parameters"]["year"], name))
    for name in order:
        record = records[name]
        own = record["parameters"]["lang"]
        mark = "" if own == lang else f' lang="{"zh-CN" if own == "zh" else "en"}"'
        body += f'<section{mark}><h2><a href="{name}/index.html">{escape(record["title"])}</a></h2>{_links(record, own, f"{name}/")}'
        body += f'<p><a href="{name}/minsheng-{name}.xlsx">{escape(say("page.workbook", own))}</a></p></section>'
    return whole_page(say("page.index_title", lang), lang, body)
