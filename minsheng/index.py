"""The index of each folder of reports, and its record (``run.json``)."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from minsheng import __version__
from minsheng.export import whole_page
from minsheng.labels import say
from minsheng.neighbours import linked
from minsheng.runs import RunResult, RunSpec
from minsheng.views import View


def write(path: Path, content: str | bytes) -> None:
    """Write a file whole: beside its place first, then moved there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    os.replace(beside, path)


def _notes(spec: RunSpec, seen: View) -> list[str]:
    """The places of a report, and whatever is not as by default."""
    special = {
        "constant": spec.prices == "constant",
        "printed": spec.year_basis == "printed",
        "strict": spec.strict,
        "own": bool(spec.tables),
    }
    return [seen.place(place) for place in spec.regions] + [
        seen.say(f"page.note_{name}") for name, there in special.items() if there
    ]


def folder_title(spec: RunSpec, seen: View) -> str:
    """Title of a report: its year, its places, and whatever is not as by default."""
    notes = _notes(spec, seen)
    words = seen.say("page.yearly", year=spec.year)
    return words + seen.say("page.brackets", words=seen.join(notes)) if notes else words


def _there(folder: Path, name: str) -> str:
    """The name of a file if it is there."""
    return name if (folder / name).exists() else ""


def _run(result: RunResult, folder: Path) -> dict[str, Any]:
    """What is recorded of a run."""
    topic, lang = result.spec.topic, result.spec.lang
    return {
        "topic": topic.name,
        "order": topic.order,
        "title": topic.title(lang),
        "holds": topic.holds(lang),
        "status": "done" if result.ok else "failed",
        "reason": result.reason,
        "page": _there(folder, f"{topic.name}.html"),
        "notebook": _there(folder, f"{'notebooks' if result.ok else 'failed'}/{topic.name}.ipynb"),
    }


def _places(seen: View) -> dict[str, str]:
    """The places of which a document prints something for the year, by id, as the tables list them."""
    rows = seen.printed
    there = set(rows["region_id"][(rows["year"] == seen.year) & (rows["role"] != "baseline")])
    return {one: seen.place(one) for one in seen.data.regions["region_id"] if one in there}


def record_runs(results: Sequence[RunResult], seen: View, folder: Path, book: str = "", tables: str = "") -> None:
    """Write ``run.json`` and the index of one folder, and link its pages; topics of earlier runs stay in them.

    `book` is the key of the workbook, if it was written with these runs; `tables` is the hash of the tables, if it
    is at hand.
    """
    spec, earlier = results[0].spec, read_record(folder / "run.json")
    runs = {one["topic"]: one for one in earlier.get("runs", [])}
    runs |= {result.spec.topic.name: _run(result, folder) for result in results}
    parameters = {key: value for key, value in spec.parameters().items() if key != "tables"}
    record = {
        "minsheng": __version__,
        "tables": tables or seen.data.digest(),
        "parameters": parameters,
        "title": folder_title(spec, seen),
        "notes": _notes(spec, seen),
        "places": _places(seen),
        "workbook": book or earlier.get("workbook", ""),
        "runs": [runs[name] for name in sorted(runs)],
    }
    write(folder / "run.json", json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    write_index(folder)
    for page in folder.glob("*.html"):
        before = page.read_text(encoding="utf-8")
        if (after := linked(before, folder)) != before:
            write(page, after)


def write_index(folder: Path) -> None:
    """Write the index of a folder that has a record."""
    if record := read_record(folder / "run.json"):
        write(folder / "index.html", _folder_index(record, folder, record["parameters"]["lang"]))


def read_record(path: Path) -> dict[str, Any]:
    """The record of a folder; empty where there is none."""
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def all_runs(out: Path, results: Iterable[RunResult]) -> str:
    """The record over all folders (``runs.json``): every run with its state, and how long it took when it last ran."""
    earlier = {(one["folder"], one["topic"]): one["seconds"] for one in read_record(out / "runs.json").get("runs", [])}
    earlier |= {(one.spec.folder, one.spec.topic.name): round(one.seconds, 2) for one in results if not one.unchanged}
    runs = [
        {"folder": path.parent.name, **{name: one[name] for name in ("topic", "status", "reason", "page", "notebook")}}
        for path in sorted(out.glob("*/run.json"))
        for one in read_record(path)["runs"]
    ]
    for one in runs:
        one["seconds"] = earlier.get((one["folder"], one["topic"]))
    states = Counter(one["status"] for one in runs)
    return json.dumps({"runs": runs, "done": states["done"], "failed": states["failed"]}, ensure_ascii=False, indent=1) + "\n"


def in_order(runs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Runs in the order of their topics."""
    return sorted(runs, key=lambda one: (one["order"], one["topic"]))


def failure(one: dict[str, Any], lang: str, base: str = "", year: str = "") -> str:
    """A failed run with its reason, its notebook, and the earlier page that still stands."""
    old = f' <a href="{base}{one["page"]}">{escape(say("page.failed_old", lang))}</a>' if one["page"] else ""
    kept = f' <a href="{base}{one["notebook"]}">{escape(say("page.failed_notebook", lang))}</a>' if one["notebook"] else ""
    reason = escape(say("page.failed_line", lang, name=f"{year}{one['title']}", reason=one["reason"]))
    return f'<li class="ms-failed"><strong>{escape(say("page.failed", lang))}</strong> {reason}{kept}{old}</li>'


def _line(one: dict[str, Any]) -> str:
    """A page with one sentence on what it holds."""
    holds = f'<br><span class="ms-note">{escape(one["holds"])}</span>' if one["holds"] else ""
    return f'<li><a href="{one["page"]}">{escape(one["title"])}</a>{holds}</li>'


def workbook_link(folder: Path, words: str, base: str = "") -> str:
    """A link to the workbook of a folder, if it has one."""
    name = _there(folder, f"minsheng-{folder.name}.xlsx")
    return f'<a href="{base}{name}">{escape(words)}</a>' if name else ""


def has_tables(folder: Path) -> bool:
    """Whether the tidy tables were written into a folder."""
    return (folder / "csv" / "datapackage.json").exists()


def _tables_links(folder: Path, lang: str) -> str:
    """Links to the tidy tables of a folder, under their titles, and to the descriptor that says what each column is."""
    if not has_tables(folder):
        return ""
    described = json.loads((folder / "csv" / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    title = "title" if lang == "zh" else "title_en"
    links = [f'<a href="csv/{escape(one["path"])}">{escape(one[title])}</a>' for one in described]
    links.append(f'<a href="csv/datapackage.json">{escape(say("csv.columns", lang))}</a>')
    mark = "、" if lang == "zh" else ", "
    return f'<p id="csv">{escape(say("csv.tables", lang) + say("page.colon", lang))}{mark.join(links)}</p>'


def _folder_index(record: dict[str, Any], folder: Path, lang: str) -> str:
    """The page that leads to the pages of one folder: failed runs, the year's own page, then its topics."""
    runs = in_order(record["runs"])
    lines = [failure(one, lang) for one in runs if one["status"] == "failed"]
    lines += [_line(one) for one in runs if one["status"] != "failed"]
    mark = "、" if lang == "zh" else ", "
    places = say("overall.places_of", lang, places=mark.join(record["places"].values())) if record["places"] else ""
    body = f"<h1>{escape(record['title'])}</h1><p>{escape(places)}</p>" if places else f"<h1>{escape(record['title'])}</h1>"
    body += f'<ul class="ms-list">{"".join(lines)}</ul>'
    body += f"<p>{link}</p>" if (link := workbook_link(folder, say("page.workbook", lang))) else ""
    body += _tables_links(folder, lang)
    version = say("page.version", lang, version=record["minsheng"], digest=record["tables"][:16])
    body += f'<p class="ms-note">{escape(version)}</p>'
    return whole_page(record["title"], lang, body, home="../index.html")
