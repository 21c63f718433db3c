"""The charts. Each takes rows of a comparison and a view, and returns a `Chart`: a figure with its words.

The marks and their meaning are the same everywhere (`minsheng.charts.marks`).
"""

from minsheng.charts.cases import case_matrix, case_sums
from minsheng.charts.grids import grid
from minsheng.charts.intervals import intervals
from minsheng.charts.lists import lists
from minsheng.charts.marks import Chart, number
from minsheng.charts.pairs import changes, floor, funding
from minsheng.charts.panels import panels
from minsheng.charts.places import by_place
from minsheng.charts.progress import progress
from minsheng.charts.rules import rules
from minsheng.charts.series import by_series
from minsheng.charts.shares import rural_share, share_of_reference
from minsheng.charts.sums import stacked
from minsheng.charts.years import known_matrix, paths

__all__ = [
    "Chart",
    "by_place",
    "by_series",
    "case_matrix",
    "case_sums",
    "changes",
    "floor",
    "funding",
    "grid",
    "intervals",
    "known_matrix",
    "lists",
    "number",
    "panels",
    "paths",
    "progress",
    "rules",
    "rural_share",
    "share_of_reference",
    "stacked",
]
