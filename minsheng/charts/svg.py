"""A chart as SVG text: with outlines for letters, right everywhere; with letters, small and searchable, for pages that
bring their font along.
"""

from __future__ import annotations

import io
import re

from minsheng.charts.marks import Chart

_COORDINATES = re.compile(r' (?:d|x|y)="[^"]*"|translate\([^)]*\)')
_BLANKS = re.compile(r" ?([MLQCzZ]) ?(?=[-\d\"MLQCzZ])")
_WORDS = re.compile(
    r'<!--(?P<words>[^<>]*)--><g (?:style="(?P<style>[^"]*)" )?transform="(?P<place>[^"]*?) ?scale\((?P<scale>[\d.]+) -[\d.]+\)">'
    r"(?:<defs>.*?</defs>)?(?:<use [^>]*/>)*</g>"
)
_FRAME = re.compile(r'<svg [^>]*?viewBox="(?P<box>[^"]*)"[^>]*>')
_STYLE = re.compile(r"<defs><style.*?</style></defs>")


def svg(chart: Chart) -> str:
    """The chart as SVG text: the same bytes for the same chart, text as outlines, each with its words in a comment."""
    import matplotlib

    out = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": f"minsheng-{chart.name}"}):
        chart.figure.savefig(out, format="svg", metadata={"Title": chart.title, "Date": None, "Creator": None})
    return _slim(out.getvalue())


def _slim(text: str) -> str:
    """SVG without metadata, needless blanks, and decimals beyond a hundredth of a point (saves a third)."""
    text = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"\s*\n\s*", " ", text).replace("> <", "><")
    text = re.sub(r'<g id="[^"]*"', "<g", text)
    text = re.sub(r"<!-- (.*?) -->", r"<!--\1-->", text)
    return _COORDINATES.sub(lambda found: _BLANKS.sub(r"\1", re.sub(r"(\.\d\d)\d+", r"\1", found[0])), text).strip() + "\n"


def with_letters(picture: str, alt: str) -> str:
    """An SVG of `svg` to stand in a page: letters instead of outlines, `alt` (escaped already) as its alternative text.

    Letters take the font of the page, which must have them.
    """

    def letters(found: re.Match[str]) -> str:
        size = f"{100 * float(found['scale']):g}"
        style = f' style="{found["style"]}"' if found["style"] else ""
        return f'<text transform="{found["place"]}" font-size="{size}"{style}>{found["words"]}</text>'

    text = _STYLE.sub("", _WORDS.sub(letters, picture))
    text = re.sub(r"<title>.*?</title>", "", text).replace("xlink:href", "href")
    return _FRAME.sub(lambda found: f'<svg viewBox="{found["box"]}" role="img" aria-label="{alt}">', text, count=1).strip()
