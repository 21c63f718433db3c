"""The pages that lead to reports, and the record of each folder (``run.json``)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from minsheng import __version__
from minsheng.export import whole_page
from minsheng.labels import say
from minsheng.runs import RunResult, RunSpec
from minsheng.views import View


def write(path: Path, content: str | bytes) -> None:
    """Write a file whole: beside its place first, then moved there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    os.replace(beside, path)


def folder_title(spec: RunSpec, seen: View) -> str:
    """Title of a report: its year, its places, and whatever is not as by default."""
    special = {
        "constant": spec.prices == "constant",
        "printed": spec.year_basis == "printed",
        "strict": spec.strict,
        "own": bool(spec.tables),
    }
    notes = [seen.place(place) for place in spec.regions]
    notes += [seen.say(f"page.note_{name}") for name, there in special.items() if there]
    words = seen.say("page.yearly", year=spec.year)
    return words + seen.say("page.brackets", words=seen.join(notes)) if notes else words


def _there(folder: Path, name: str) -> str:
    """The name of a file if it is there."""
    return name if (folder / name).exists() else ""


def record_runs(results: Sequence[RunResult], seen: View, folder: Path) -> None:
    """Write ``run.json`` and the index of one folder; topics of earlier runs stay in them."""
    spec = results[0].spec
    runs = {one["topic"]: one for one in _read(folder / "run.json").get("runs", [])}
    for result in results:
        name = result.spec.topic.name
        runs[name] = {
            "topic": name,
            "title": result.spec.topic.title(spec.lang),
            "status": "done" if result.ok else "failed",
            "reason": result.reason,
            "page": _there(folder, f"{name}.html"),
            "notebook": _there(folder, f"notebooks/{name}.ipynb" if result.ok else f"failed/{name}.ipynb"),
        }
    parameters = {key: value for key, value in spec.parameters().items() if key != "tables"}
    record = {
        "minsheng": __version__,
        "tables": seen.data.digest(),
        "parameters": parameters,
        "title": folder_title(spec, seen),
        "runs": [runs[name] for name in sorted(runs)],
    }
    write(folder / "run.json", json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    write(folder / "index.html", _folder_index(record, folder, spec.lang))


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def _links(record: dict[str, Any], lang: str, base: str = "") -> str:
    """The pages of one folder as a list, failed runs with their reason."""
    lines = []
    for one in record["runs"]:
        title = escape(one["title"])
        if one["status"] == "failed":
            old = f' <a href="{base}{one["page"]}">{escape(say("page.failed_old", lang))}</a>' if one["page"] else ""
            kept = (
                f' <a href="{base}{one["notebook"]}">{escape(say("page.failed_notebook", lang))}</a>' if one["notebook"] else ""
            )
            reason = escape(say("page.failed_line", lang, name=one["title"], reason=one["reason"]))
            lines.append(f'<li class="ms-failed"><strong>{escape(say("page.failed", lang))}</strong> {reason}{kept}{old}</li>')
        else:
            lines.append(f'<li><a href="{base}{one["page"]}">{title}</a></li>')
    return f'<ul class="ms-list">{"".join(lines)}</ul>'


def _workbook(folder: Path, lang: str, base: str = "") -> str:
    """A line that leads to the workbook of a folder, if it has one."""
    name = _there(folder, f"minsheng-{folder.name}.xlsx")
    return f'<p><a href="{base}{name}">{escape(say("page.workbook", lang))}</a></p>' if name else ""


def _folder_index(record: dict[str, Any], folder: Path, lang: str) -> str:
    title = record["title"]
    body = f"<h1>{escape(title)}</h1>{_links(record, lang)}"
    body += _workbook(folder, lang)
    body += (
        f'<p class="ms-note">{escape(say("page.version", lang, version=record["minsheng"], digest=record["tables"][:16]))}</p>'
    )
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
        body += (
            f'<section{mark}><h2><a href="{name}/index.html">{escape(record["title"])}</a></h2>{_links(record, own, f"{name}/")}'
        )
        body += _workbook(out / name, own, f"{name}/") + "</section>"
    return whole_page(say("page.index_title", lang), lang, body)
