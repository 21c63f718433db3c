"""The charts. Each takes rows of a comparison and a view, and returns a `Chart`: a figure with its words.

The marks and their meaning are the same everywhere (`minsheng.charts.marks`).
"""

from minsheng.charts.grids import grid
from minsheng.charts.marks import Chart, number
from minsheng.charts.pairs import changes, floor, funding
from minsheng.charts.places import by_place
from minsheng.charts.rules import rules
from minsheng.charts.series import by_series
from minsheng.charts.shares import rural_share, share_of_reference
from minsheng.charts.sums import stacked
from minsheng.charts.years import known_matrix, paths

__all__ = [
    "Chart",
    "by_place",
    "by_series",
    "changes",
    "floor",
    "funding",
    "grid",
    "known_matrix",
    "number",
    "paths",
    "rules",
    "rural_share",
    "share_of_reference",
    "stacked",
]
