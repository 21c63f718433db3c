"""An executed notebook as one page for readers: nothing external, no code, one language. The only module that knows
nbconvert.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from minsheng.charts.svg import with_letters
from minsheng.fonts import embedded, face, missing, visible_characters
from minsheng.imports import light_imports
from minsheng.labels import LANGUAGES, say, visible
from minsheng.places import PACKAGE
from minsheng.stylesheet import stylesheet

_PICTURE = re.compile(r'<img alt="([^"]*)" src="data:image/svg\+xml,([^"]*)">')
_HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)


_TOP = re.compile(r"\s*<h1.*?</h1>(?:\n<p class=\"ms-subtitle\">.*?</p>)?(?:\n(?P<nav><nav.*?</nav>))?", re.DOTALL)

_POLICY = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'"
"""What a page may load: nothing but what is in it."""

_TOOLS = ("sort", "filter", "copy", "copied")
"""Words of the script, in the section ``tools`` of the strings."""


def _other_language(cell: Any, lang: str) -> bool:
    tags = cell["metadata"].get("tags", [])
    return any(f"lang-{other}" in tags for other in LANGUAGES if other != lang)


def _outputs(cell: Any) -> list[Any]:
    return [out for out in cell.get("outputs", []) if out["output_type"] == "display_data" and out["data"].get("text/html")]


def _absent(cells: list[Any]) -> list[str]:
    """What a section that shows nothing lacks: an empty list where it shows something, empty names where it lacks nothing."""
    found = [out["metadata"].get("minsheng", {}).get("absent") for cell in cells for out in _outputs(cell)]
    return [] if None in found else found


def _sections(cells: list[Any]) -> list[list[Any]]:
    """Cells cut before each heading of the second level."""
    parts: list[list[Any]] = [[]]
    for cell in cells:
        if cell["cell_type"] == "markdown" and cell["source"].startswith("## "):
            parts.append([])
        parts[-1].append(cell)
    return parts


def for_readers(notebook: Any, lang: str) -> Any:
    """The cells that a reader of `lang` sees: no other language, no section without data (those are named in one line)."""
    cells = [cell for cell in notebook["cells"] if not _other_language(cell, lang)]
    kept, left_out = [], []
    for section in _sections(cells):
        lacking = _absent(section)
        if section and section[0]["cell_type"] == "markdown" and lacking:
            left_out += [section[0]["source"].splitlines()[0].removeprefix("## ")] * any(lacking)
        else:
            kept.extend(section)
    copy = dict(notebook)
    copy["cells"] = kept
    mark = "、" if lang == "zh" else ", "
    return type(notebook)(copy), say("page.left_out", lang, sections=mark.join(left_out)) if left_out else ""


@cache
def _exporter() -> Any:
    with light_imports():
        from nbconvert.exporters import HTMLExporter
        from nbconvert.exporters.templateexporter import TemplateExporter

    class ReaderExporter(HTMLExporter):  # type: ignore[misc]
        """nbconvert with the reader's template; without the pass that parses the page a second time."""

        def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> Any:
            return TemplateExporter.from_notebook_node(self, nb, resources, **kw)

    return ReaderExporter(
        extra_template_basedirs=[str(PACKAGE / "templates")],
        template_name="reader",
        exclude_anchor_links=True,
        mathjax_url="",
        require_js_url="",
    )


def warm() -> None:
    """Do beforehand what the first page would have to wait for: nbconvert and the font."""
    import fontTools.ttLib  # noqa: F401

    _exporter()
    face()


def page(notebook: Path, lang: str, title: str, subtitle: str, command: str) -> str:
    """HTML page of an executed notebook.

    Parameters
    ----------
    notebook : Path
        The executed notebook.
    lang : {'zh', 'en'}
        The language whose cells are shown.
    title, subtitle : str
        Title of the page, and what stands under its heading.
    command : str
        The command that makes the page again.

    Raises
    ------
    ValueError
        If the page shows a character that the font does not have.

    Returns
    -------
    str
        A whole page: style inside, no address outside itself, and no script but one that adds to its tables.
    """
    with light_imports():
        from nbformat.v4 import reads_json
    node, left_out = for_readers(reads_json(notebook.read_text(encoding="utf-8")), lang)
    body, _ = _exporter().from_notebook_node(node, {"metadata": {"name": title}})
    body = visible(re.sub(r"\n\s*\n+", "\n", body))
    body = _PICTURE.sub(lambda found: with_letters(visible(unquote(found[2])), found[1]), body)
    headings = _HEADING.findall(body)
    counter = iter(range(1, len(headings) + 1))
    body = _HEADING.sub(lambda found: f'<h2 id="section-{next(counter)}">{found[1]}</h2>', body)
    lines = "".join(f'<li><a href="#section-{n}">{words}</a></li>' for n, words in enumerate(headings, start=1))
    name = escape(say("page.contents", lang))
    contents = f'<nav aria-label="{name}"><div><h2>{name}</h2><ol>{lines}</ol></div></nav>'
    body = body.replace("</h1>", f'</h1>\n<p class="ms-subtitle">{escape(subtitle)}</p>\n{contents}', 1)
    notes = (
        f'<p class="ms-note">{escape(left_out)}</p>' if left_out else ""
    ) + f'<p class="ms-note">{escape(say("page.made", lang, command=command))}</p>'
    lacking = missing(visible_characters(body + notes))
    if lacking:
        raise ValueError(f"Glyph {', '.join(lacking)} missing from the font")
    return whole_page(title, lang, body + notes, home="../index.html")


@cache
def _template(name: str) -> str:
    return (PACKAGE / "templates" / name).read_text(encoding="utf-8")


@cache
def _policy(script: str) -> str:
    """The policy of a page, which lets just this script run."""
    if not script:
        return _POLICY
    return f"{_POLICY}; script-src 'sha256-{b64encode(sha256(script.encode('utf-8')).digest()).decode()}'"


def _script(script: str, lang: str) -> str:
    """The script as an element; its words are attributes, so that it is the same in every language."""
    words = "".join(f' data-{word}="{escape(say(f"tools.{word}", lang))}"' for word in _TOOLS)
    return f"<script{words}>{script}</script>\n" if script else ""


def _landmarks(body: str) -> str:
    """Heading and contents of a page before its main part, so that the link that skips them leads there."""
    top = _TOP.match(body)
    if not top:
        return f'<main id="main">\n{body}\n</main>'
    nav, rest = top["nav"] or "", body[top.end() :]
    head = top[0].removesuffix(nav).strip()
    return f'<header>\n{head}\n</header>\n{nav}\n<main id="main">\n{rest}\n</main>'


def whole_page(title: str, lang: str, body: str, home: str = "") -> str:
    """A page with head, style and footer around `body`, and the script if there is a table of figures to work with."""
    script = _template("reader.js") if 'class="ms-table"' in body else ""
    back = f'<p><a href="{escape(home)}">{escape(say("page.back", lang))}</a></p>' if home else ""
    skip = f'<a class="ms-skip" href="#main">{escape(say("page.skip", lang))}</a>'
    shown = f"{skip}\n{_landmarks(body)}\n<footer>{back}</footer>"
    words = "".join(say(f"tools.{word}", lang) for word in _TOOLS) if script else ""
    css = embedded(visible_characters(shown + words)) + stylesheet(f"<body>{shown}{script}")
    return (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(script)}">\n'
        f"<title>{escape(title)}</title>\n<style>\n{css}</style>\n</head>\n<body>\n"
        f"{shown}\n{_script(script, lang)}</body>\n</html>\n"
    )
