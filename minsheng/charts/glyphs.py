"""The marks of the charts beside the rows of a table, as small pictures, and the legend of those that are there."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd

from minsheng.charts.marks import ARROWS, MARKS, SIGNS, look, signed
from minsheng.levels import FLAGS
from minsheng.style import MUTED, PAPER
from minsheng.views import View

_DRAWN = 12
"""Width and height of a mark, in pixels."""


def _colour(colour: Any) -> str:
    from matplotlib.colors import to_hex

    return "none" if colour == PAPER else to_hex(colour)


def mark_svg(flags: str) -> str:
    """The mark that a chart draws for some flags, as a small picture; empty where they have none."""
    if not set(MARKS) & set(flags.split(";")):
        return ""
    drawn, mid = look(flags, MUTED), _DRAWN / 2
    face, edge, r = _colour(drawn["facecolors"][0]), _colour(drawn["edgecolors"][0]), drawn["s"] ** 0.5 / 2
    dash = "" if drawn["linestyles"] == "-" else ' stroke-dasharray="2 1.4"'
    ink = f'fill="{face}" stroke="{edge}" stroke-width="{drawn["linewidths"]:g}"{dash}'
    if "range" in flags.split(";"):
        shape = f'<path d="M1 {mid}H11M1 3V9M11 3V9" fill="none" stroke="{edge}" stroke-width="1.4"{dash}/>'
    elif drawn["marker"] == "v":
        shape = f'<path d="M{mid - r:.1f} {mid - 0.8 * r:.1f}h{2 * r:.1f}L{mid} {mid + r:.1f}z" {ink}/>'
    else:
        shape = f'<circle cx="{mid}" cy="{mid}" r="{r:.1f}" {ink}/>'
    lines = f'<path d="M3.4 8.6L8.6 3.4M2.4 6.4L6.4 2.4M5.6 9.6L9.6 5.6" stroke="{edge}"/>' if drawn["hatch"] else ""
    return f'<svg width="{_DRAWN}" height="{_DRAWN}" viewBox="0 0 {_DRAWN} {_DRAWN}" aria-hidden="true">{shape}{lines}</svg>'


def flags_html(flags: str, view: View) -> str:
    """Flags as marks, with their words for those who point at them or hear them; words where there is no mark."""
    if not flags:
        return ""
    own = [flag for flag in flags.split(";") if flag in (*MARKS, *SIGNS)]
    rest = view.flags(";".join(flag for flag in flags.split(";") if flag not in own))
    arrows = "".join(sign for flag, sign in ARROWS.items() if flag in own)
    words = escape(view.flags(flags))
    drawn = mark_svg(flags) if set(own) - {*ARROWS, *SIGNS} else ""
    return (
        f'<span role="img" title="{words}" aria-label="{words}">{drawn}{arrows}{escape(signed("", flags))}</span> {escape(rest)}'
    )


def legend_html(rows: pd.DataFrame, view: View) -> str:
    """What the marks of a table mean: those that are there."""
    there = {flag for cell in rows["flags"].dropna() for flag in cell.split(";")} if "flags" in rows else set()
    keys = []
    for flag in (one for one in FLAGS if one in there and one in (*MARKS, *SIGNS)):
        drawn = "" if flag in (*ARROWS, *SIGNS) else mark_svg(flag)
        keys.append(f'<span class="ms-key">{drawn} {escape(ARROWS.get(flag, ""))} {escape(view.say(f"mark.{flag}"))}</span>')
    return f"<p>{' '.join(keys)}</p>" if keys else ""
