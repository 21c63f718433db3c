"""How Sphinx builds the documentation of one language: ``-t zh`` or ``-t en`` says which."""

from __future__ import annotations

import re
import sys
from gettext import NullTranslations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.search.zh import SearchChinese

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.tags import Tags

    tags: Tags

DOCS = Path(__file__).parent
sys.path[:0] = [str(DOCS), str(DOCS.parent)]

from pages import WRITERS  # noqa: E402

import minsheng as ms  # noqa: E402

lang = "zh" if "zh" in tags else "en"  # noqa: F821
twin = "en" if lang == "zh" else "zh"

project = "minsheng"
version = release = ms.__version__
language = {"zh": "zh_CN", "en": "en"}[lang]
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
templates_path = ["_templates"]
myst_heading_anchors = 3
default_role = "py:obj"
smartquotes_action = "D"  # dashes alone: what the tables say stays as it is
pygments_style, pygments_dark_style = "a11y-high-contrast-light", "a11y-high-contrast-dark"

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autosummary_generate = False
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False

html_theme = "furo"
html_title = {"zh": "minsheng：民生实事数据表", "en": "minsheng: Chinese local commitments as tables"}[lang]
html_static_path = ["_static"]
html_css_files = ["style.css"]
html_copy_source = html_show_sourcelink = html_show_copyright = False
html_use_index = lang == "en"
html_show_search_summary = False  # it would fetch pages, which a browser does not allow of files
SIDEBAR = ("brand", "twin", "search", "scroll-start", "navigation", "scroll-end")
html_sidebars = {"**": [f"sidebar/{name}.html" for name in SIDEBAR]}
html_context = {"twin_lang": {"zh": "zh-CN", "en": "en"}[twin], "twin_name": {"zh": "中文", "en": "English"}[twin]}


THEME_WORDS = {
    "Next": "下一页",
    "Previous": "上一页",
    "Home": "首页",
    "On this page": "本页内容",
    "Back to top": "回到页首",
    "Made with ": "制作工具：",
    '<a href="https://www.sphinx-doc.org/">Sphinx</a> and ': '<a href="https://www.sphinx-doc.org/">Sphinx</a>、',
}


BETTER = (
    ("furo_navigation_tree", 'role="heading"', 'role="heading" aria-level="2"'),
    ("body", "<pre>", '<pre tabindex="0">'),
    ("body", '<div class="table-wrapper', '<div tabindex="0" class="table-wrapper'),
)


class ThemeWords(NullTranslations):
    """Words of the theme that it leaves in English."""

    def gettext(self, message: str) -> str:
        """A word in Chinese, if there is one."""
        return THEME_WORDS.get(message, message)


class Bigrams(SearchChinese):
    """Search of Chinese without a dictionary of words: what stands between signs, and each two characters of it."""

    language_name = "English"  # that of the stemmer, which is for what is not Chinese

    def split(self, input: str) -> list[str]:
        """The words of a text that can be searched for."""
        runs = re.findall(r"[\u4e00-\u9fff]+", input)
        return runs + [run[i : i + 2] for run in runs for i in range(len(run) - 1)] + super().split(input)


def _fill(app: Sphinx, page: str, source: list[str]) -> None:
    """Put what the package knows where a page says ``{{ name }}``."""
    view = ms.view(int(ms.load().documents["year"].max()), lang=lang)
    source[0] = re.sub(r"^\{\{ (\w+) \}\}$", lambda found: WRITERS[found[1]](view), source[0], flags=re.MULTILINE)


def _spell_out(app: Sphinx, what: str, name: str, thing: Any, options: object, lines: list[str]) -> None:
    """Put the columns where a docstring names a list of them, such as `PRINTED`."""

    def columns(found: re.Match[str]) -> str:
        named = getattr(sys.modules.get(getattr(thing, "__module__", "")), found[1], None)
        return ", ".join(f"``{one}``" for one in named) if isinstance(named, list | tuple) else found[0]

    lines[:] = [re.sub(r"`([A-Z_]+)`", columns, line) for line in lines]


def _finish(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """Make a page whole: its twin in the other language, levels of the menu's headings, keys to scroll what is too wide."""
    there = page if (DOCS / twin / f"{page}.md").exists() else "index"
    for name, plain, better in BETTER:
        context[name] = context.get(name, "").replace(plain, better)
    context["twin"] = "../" * (page.count("/") + (lang == "en")) + ("en/" if twin == "en" else "") + f"{there}.html"


def setup(app: Sphinx) -> None:
    """Tell Sphinx of the above."""
    if lang == "zh":
        app.add_search_language(Bigrams)
        app.translator.add_fallback(ThemeWords())
    app.connect("source-read", _fill)
    app.connect("autodoc-process-docstring", _spell_out, priority=400)
    app.connect("html-page-context", _finish, priority=900)
