"""The other pages of a year: what they are about, and links to those that lie beside a page."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from minsheng.topics import Topic, topics, years_of
from minsheng.views import View

_LINE = re.compile(r'(<li data-page="(\w+)">)(?:<a [^>]*>)?(<b>.*?</b>)(?:</a>)?')


def of_year(view: View) -> list[Topic]:
    """The topics that have what they need in the year of the view, in their order, without the year's own page."""
    wanted = [topic for topic in topics().values() if topic.order > 0 and (topic.needs != "place" or view.regions)]
    there = [topic for topic in wanted if view.year in years_of(topic, view.data, view.levels, view.printed)]
    return sorted(there, key=lambda topic: topic.order)


def _line(topic: Topic, view: View) -> str:
    """Title and content of a page; beside the English title the Chinese one."""
    term = f' <span lang="zh-CN">{escape(topic.title("zh"))}</span>' if view.lang != "zh" else ""
    words = f'<br><span class="ms-note">{escape(topic.holds(view.lang))}</span>'
    return f'<li data-page="{topic.name}"><b>{escape(topic.title(view.lang))}</b>{term}{words}</li>'


def neighbours_html(view: View) -> str:
    """The other pages of the year as a list; which of them can be linked shows when all are made (`linked`)."""
    return f'<ul class="ms-list">{"".join(_line(topic, view) for topic in of_year(view))}</ul>'


def linked(html: str, folder: Path) -> str:
    """A page whose list of other pages leads to those that lie in its folder, and to no others.

    Examples
    --------
    >>> linked('<li data-page="tekun"><a href="tekun.html"><b>Tekun</b></a>', Path("nowhere"))
    '<li data-page="tekun"><b>Tekun</b>'
    """

    def line(found: re.Match[str]) -> str:
        name = f"{found[2]}.html"
        return f'{found[1]}<a href="{name}">{found[3]}</a>' if (folder / name).is_file() else f"{found[1]}{found[3]}"

    return _LINE.sub(line, html)
