"""The page that leads to all reports: years, topics, places, languages, and failed runs with their reason."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from minsheng.export import whole_page
from minsheng.index import failure, has_tables, in_order, read_record, workbook_link, write, write_index
from minsheng.labels import say

Records = dict[str, dict[str, Any]]
"""What is recorded of each folder (``run.json``), by its name."""


def _mark(own: str, lang: str) -> str:
    """Says of which language something is, where it is not that of the page."""
    return "" if own == lang else f' lang="{"zh-CN" if own == "zh" else "en"}"'


def _year(record: dict[str, Any]) -> int:
    return int(record["parameters"]["year"])


def _groups(records: Records) -> list[Records]:
    """Folders that differ only in the year, newest first; those of all places before those of one."""
    groups: dict[str, Records] = {}
    for name in sorted(records, key=lambda name: (-_year(records[name]), name)):
        groups.setdefault(name.removeprefix(str(_year(records[name]))), {})[name] = records[name]
    notes = {kind: len(next(iter(group.values()))["notes"]) for kind, group in groups.items()}
    return [groups[kind] for kind in sorted(groups, key=lambda kind: (notes[kind], kind))]


def _heading(record: dict[str, Any]) -> str:
    """Language and notes of a group of folders."""
    lang = record["parameters"]["lang"]
    notes = record["notes"] or [say("overall.all_places", lang)]
    return say("overall.group", lang, notes=("、" if lang == "zh" else ", ").join(notes))


def _cell(name: str, record: dict[str, Any], topic: str) -> str:
    """A page of a matrix: its year, linked; a failed run is said, not linked."""
    one = next((one for one in record["runs"] if one["topic"] == topic), None)
    if one is None:
        return "<td></td>"
    if one["status"] == "failed":
        return f"<td>{escape(say('page.failed', record['parameters']['lang']))}</td>"
    return f'<td><a href="{name}/{one["page"]}">{_year(record)}</a></td>'


def _row(head: str, cells: Iterable[str]) -> str:
    return f'<tr><th scope="row">{escape(head)}</th>{"".join(cells)}</tr>'


def _table(name: str, caption: str, heads: Iterable[str], rows: Iterable[str]) -> str:
    columns = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return (
        f'<div class="ms-scroll" tabindex="0" role="region" aria-label="{escape(name)}"><table class="ms-table ms-matrix">'
        f"<caption>{escape(caption)}</caption><thead><tr>{columns}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _matrix(group: Records, out: Path, lang: str) -> str:
    """Topics down, years across: a link where there is a page."""
    own = next(iter(group.values()))["parameters"]["lang"]
    runs = {one["topic"]: one for record in group.values() for one in record["runs"]}
    heads = [escape(say("overall.topic", own)), *(f'<a href="{n}/index.html">{_year(r)}</a>' for n, r in group.items())]
    rows = [
        _row(one["title"], (_cell(name, record, one["topic"]) for name, record in group.items()))
        for one in in_order(runs.values())
    ]
    books = [workbook_link(out / name, say("overall.workbook", own), f"{name}/") for name in group]
    tidy = [f'<a href="{name}/index.html#csv">CSV</a>' if has_tables(out / name) else "" for name in group]
    for title, links in ((say("page.workbook", own), books), (say("csv.tables", own), tidy)):
        rows += [_row(title, (f"<td>{link}</td>" for link in links))] if any(links) else []
    title = _heading(next(iter(group.values())))
    return (
        f"<section{_mark(own, lang)}><h2>{escape(title)}</h2>{_table(title, say('overall.matrix', own), heads, rows)}</section>"
    )


def _places(records: Records, lang: str) -> str:
    """Of which places there are figures in which years, and which have reports of their own."""
    own = {name: record for name, record in records.items() if record["parameters"]["lang"] == lang}
    names = {place: words for record in own.values() for place, words in record["places"].items()}
    lines = []
    for place in sorted(names):
        there = {n: r for n, r in own.items() if place in r["places"] and not r["notes"]}
        alone = {n: r for n, r in own.items() if r["parameters"]["regions"] == [place]}
        years = [f'<a href="{n}/index.html">{_year(r)}</a>' for n, r in sorted(there.items(), reverse=True)]
        years += [f'<a href="{n}/index.html">{escape(r["title"])}</a>' for n, r in sorted(alone.items(), reverse=True)]
        lines.append(f"<li>{escape(names[place] + say('page.colon', lang))}{' '.join(years)}</li>" if years else "")
    title = escape(say("overall.places", lang))
    return f'<section><h2>{title}</h2><ul class="ms-list">{"".join(lines)}</ul></section>' if any(lines) else ""


def overview(out: Path, lang: str) -> str:
    """The page that leads to all reports in `out`: failed runs, then a matrix of topics and years for each kind, then places."""
    records = {path.parent.name: read_record(path) for path in sorted(out.glob("*/run.json"))}
    failed = [
        failure(one, record["parameters"]["lang"], f"{name}/", f"{_year(record)} ")
        for name, record in records.items()
        for one in record["runs"]
        if one["status"] == "failed"
    ]
    body = f"<h1>{escape(say('page.index_title', lang))}</h1><p>{escape(say('page.index_intro', lang))}</p>"
    body += f'<ul class="ms-list">{"".join(failed)}</ul>' if failed else ""
    body += "".join(_matrix(group, out, lang) for group in _groups(records)) + _places(records, lang)
    return whole_page(say("page.index_title", lang), lang, body)


def refresh(out: Path, folders: Iterable[str], lang: str) -> None:
    """Write the indexes of some folders and the one over all anew, where there are any: tables came since."""
    for name in folders:
        write_index(out / name)
    if (out / "index.html").exists():
        write(out / "index.html", overview(out, lang))
