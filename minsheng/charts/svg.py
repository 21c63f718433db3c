"""A chart as SVG text."""

from __future__ import annotations

import io
import re

from minsheng.charts.marks import Chart

_COORDINATES = re.compile(r' (?:d|x|y)="[^"]*"|translate\([^)]*\)')
_BLANKS = re.compile(r" ?([MLQCzZ]) ?(?=[-\d\"MLQCzZ])")


def svg(chart: Chart) -> str:
    """The chart as SVG text: the same bytes for the same chart, text as outlines, nothing in it that a reader cannot see."""
    import matplotlib

    out = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": f"minsheng-{chart.name}"}):
        chart.figure.savefig(out, format="svg", metadata={"Title": chart.title, "Date": None, "Creator": None})
    return _slim(out.getvalue())


def _slim(text: str) -> str:
    """SVG without comments, metadata, needless blanks, and decimals beyond a hundredth of a point (saves a third)."""
    text = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"\s*\n\s*", " ", text).replace("> <", "><")
    text = re.sub(r'<g id="[a-z_]+[._]?(?:axis_)?[0-9]+">', "<g>", text)
    return _COORDINATES.sub(lambda found: _BLANKS.sub(r"\1", re.sub(r"(\.\d\d)\d+", r"\1", found[0])), text).strip() + "\n"
