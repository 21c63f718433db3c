"""How charts look: the font that comes with the package's dependencies, the colours, sizes, and reproducible SVG."""

from __future__ import annotations

import sys
import warnings

from minsheng.fonts import FAMILY, font_file

INK, MUTED, GRID, PAPER = "#1f2933", "#66707a", "#e3e7eb", "#ffffff"
URBAN, RURAL, ALL = "#083f73", "#c25608", "#4d5b66"
REFERENCE, ALARM, GOOD = "#6b7680", "#9b1c15", "#2f7d5b"
SHADE = "#0b5fa5"  # of a full cell of a heat map

RESIDENCE_COLOUR = {"urban": URBAN, "rural": RURAL, "all": ALL}
CARE_COLOUR = {"institutional": "#4f2683", "dispersed": "#1b7f79", "all": ALL}
PLACES = ["#083f73", "#c25608", "#6a3d9a", "#1b7f79", "#8f1d55", "#8a6d00", "#4d5b66", "#2f7d5b"]
"""Colours that colour-blind readers tell apart, dark and light in turn for grey print, all dark enough for 4.5:1 on white."""

WIDTH = 7.6
"""Width of a chart in inches."""


def use_style(lang: str | None = None) -> None:
    """Set how charts and tables look: call it once, before the first chart.

    Registers the Chinese font (nothing is installed or cached for the user), sets matplotlib's parameters, and turns
    the warning of a missing glyph into an error, so that no report shows boxes instead of characters. In a notebook,
    tables of the package show units, names, marks and sources (`minsheng.exhibits`).

    Parameters
    ----------
    lang : {'zh', 'en'}, optional
        Language of the tables shown from now on; by default that of the last `minsheng.view`, which also sets it anew.

    Raises
    ------
    Refused
        If there is no such language.

    Examples
    --------
    >>> import matplotlib as mpl
    >>> import minsheng as ms
    >>> ms.use_style()
    >>> mpl.rcParams["font.family"]
    ['Noto Sans CJK SC']
    """
    _show_tables(lang)
    import matplotlib as mpl
    from matplotlib import font_manager

    font_manager.fontManager.addfont(font_file())
    mpl.rcParams.update(
        {
            "font.family": [FAMILY],
            "font.size": 10,
            "axes.unicode_minus": True,
            "axes.edgecolor": MUTED,
            "axes.labelcolor": MUTED,
            "axes.labelsize": 9,
            "axes.titlelocation": "left",
            "axes.titlesize": 10,
            "axes.titlecolor": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.spines.left": False,
            "axes.axisbelow": True,
            "grid.color": GRID,
            "grid.linewidth": 0.8,
            "text.color": INK,
            "text.parse_math": False,
            "xtick.color": MUTED,
            "ytick.color": INK,
            "xtick.labelsize": 9,
            "ytick.labelsize": 10,
            "ytick.major.size": 0,
            "figure.facecolor": PAPER,
            "svg.fonttype": "path",
            "svg.hashsalt": "minsheng",
            "hatch.linewidth": 0.8,
        }
    )
    warnings.filterwarnings("error", message=r"Glyph .* missing from")


def _show_tables(lang: str | None) -> None:
    """Show tables of the package as such where IPython runs; elsewhere only note the language."""
    if lang:
        from minsheng.views import last

        last(lang)
    if "IPython" in sys.modules:
        from minsheng.exhibits import register

        register()
