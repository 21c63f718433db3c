"""What each list counts as livelihood: topics (or departments) by document."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

import pandas as pd

from minsheng.charts.marks import SIGNS, SMALL, Chart, canvas, lines_axis, settle, signed, words_width
from minsheng.style import INK, MUTED, PAPER, SHADE, WIDTH
from minsheng.views import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_HEAD_SIZE = 7.2
_LABEL_SIZE, _LABEL, _ROW = 8.0, 24, 0.27
"""Size of the words beside a line, how many characters of them go on one, and its height in inches."""


def _wrapped(words: str, view: View) -> str:
    """A name on short lines: the prefecture above its county, or a word to a line."""
    if view.lang == "en":
        return words.replace(" ", "\n")
    first, mark, rest = words.partition("市")
    return f"{first}{mark}\n{rest}" if mark and len(rest) > 2 else words


def _head(row: Any, view: View) -> str:
    """A document above its column: place, year, how many items, draft or not."""
    flags = row.flags.split(";")
    note = next((view.say(f"works.head_{flag}") for flag in ("draft", "assessed") if flag in flags), "")
    place = signed(_wrapped(view.place(row.region_id), view), row.flags)
    return "\n".join(part for part in (place, str(row.year), note, view.say("works.head_items", count=row.items)) if part)


def category(by: str, code: str, view: View) -> str:
    """A topic or a lead department in the reader's language."""
    return view.label("topic", code) if by == "topic" else view.say(f"department.{code}")


def _grid(rows: pd.DataFrame, view: View) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Shares and counts by category and document: the year's own documents first, what most lists have first."""
    ordered = rows.assign(_own=rows["year"] == view.year).sort_values(["_own", "year"], ascending=False, kind="stable")
    columns = list(dict.fromkeys(ordered["document_id"]))
    share = rows.pivot(index="code", columns="document_id", values="share")[columns]
    count = rows.pivot(index="code", columns="document_id", values="count")[columns]
    known = view.data.known.codes("topic") if rows["by"].iloc[0] == "topic" else list(dict.fromkeys(rows["code"]))
    common = share.notna().sum(axis=1)
    rest, whole = share.index.isin(["other", "masked"]), -count.sum(axis=1)
    ranks = zip(rest, -common, whole, map(known.index, share.index), share.index, strict=True)
    order = [rank[-1] for rank in sorted(ranks)]
    return share.loc[order], count.loc[order]


def _fill(ax: Axes, share: pd.DataFrame, count: pd.DataFrame) -> None:
    """A field for each topic of each document: darker for a larger share, with share and count written."""
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("share", ["#eef4fa", SHADE])
    most = max(25.0, float(share.max().max()))
    for x, document in enumerate(share.columns):
        for y, code in enumerate(share.index):
            value = share.loc[code, document]
            if pd.isna(value):
                continue
            ax.add_patch(_field(x, y, shades(min(1.0, value / most))))
            ink = PAPER if value / most > 0.55 else INK
            words = f"{value:.0f}%" if value >= 0.5 else "<1%"
            ax.text(x, y, f"{words} ({count.loc[code, document]:.0f})", ha="center", va="center", fontsize=6.8, color=ink)


def _field(x: int, y: int, colour: Any) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.5, y - 0.5), 1, 1, fc=colour, ec=PAPER, lw=1.5)


def lists(rows: pd.DataFrame, view: View, name: str = "lists") -> Chart:
    """Topics or lead departments by document, each as a share of the items of its list.

    Parameters
    ----------
    rows : DataFrame
        From `commitments.shares`.
    view : View
        The documents of its year stand first, before a line.
    name : str
        Name of the chart, unique on its page.

    Returns
    -------
    Chart
    """
    by = rows["by"].iloc[0]
    share, count = _grid(rows, view)
    columns = list(share.columns)
    documents = {row.document_id: row for row in rows.drop_duplicates("document_id").itertuples()}
    figure, (ax,) = canvas()
    _fill(ax, share, count)
    labels = [fill(category(by, str(code), view), _LABEL) for code in share.index]
    lines_axis(ax, labels, _LABEL_SIZE)
    ax.grid(visible=False)
    ax.set_facecolor("#f6f7f9")
    heads = [_head(documents[one], view) for one in columns]
    left = words_width(labels, _LABEL_SIZE) + 0.12
    size = max(6.2, min(_HEAD_SIZE, _HEAD_SIZE * (WIDTH - left - 0.15) / len(columns) / words_width(heads, _HEAD_SIZE)))
    ax.set_xticks(range(len(columns)), heads, fontsize=size, color=INK, linespacing=1.15)
    ax.xaxis.tick_top()
    ax.set_xlim(-0.5, len(columns) - 0.5)
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.tick_params(length=0)
    own = sum(documents[one].year == view.year for one in columns)
    if 0 < own < len(columns):
        ax.axvline(own - 0.5, color=INK, lw=1.4, zorder=4)
    ax.spines["bottom"].set_visible(False)
    present = {flag for row in documents.values() for flag in str(row.flags).split(";")}
    notes = [view.say("works.head_note"), *(view.say(f"mark.{flag}") for flag in SIGNS if flag in present)]
    figure.text(0.01, 0.012, view.join(notes, "；", "; "), fontsize=SMALL, color=MUTED)
    lines = max(head.count("\n") for head in heads) + 1
    settle(figure, [ax], _ROW * len(labels), left, top=0.14 + 0.125 * lines, bottom=0.34)
    title = view.say(f"works.lists_{by}")
    said = [_said(by, documents[one], share[one].dropna(), view) for one in columns]
    alt = view.say("alt.lists", title=title, points=view.join(said, "；", "; ") + view.say("alt.stop"))
    return Chart(name, figure, title, alt, "", rows)


def _said(by: str, row: Any, own: pd.Series, view: View) -> str:
    """A document and its three largest shares."""
    largest = own.sort_values(ascending=False, kind="stable").head(3)
    parts = view.join(f"{category(by, str(code), view)} {value:.0f}%" for code, value in largest.items())
    return f"{view.place(row.region_id)} {row.year}{view.say('page.colon')}{parts}"
