"""What each list counts as livelihood: topics (or departments) by document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from minsheng.charts.marks import SIGNS, SMALL, Chart, canvas, lines_axis, settle, signed, words_width
from minsheng.schema import schema
from minsheng.style import INK, MUTED, PAPER, URBAN
from minsheng.views import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDE = 5
"""So many characters of a place stand on one line above its column (twice as many in English)."""


def _wrapped(words: str, view: View) -> str:
    """A name on several short lines."""
    if view.lang == "en":
        return words.replace(" (", "\n(").replace(" ", "\n", 1)
    return "\n".join(words[i : i + _WIDE] for i in range(0, len(words), _WIDE))


def _head(row: Any, view: View) -> str:
    """A document above its column: place, year, how many items, draft or not."""
    flags = row.flags.split(";")
    place = _wrapped(view.place(row.region_id), view)
    note = (
        "\n" + view.say("works.head_draft")
        if "draft" in flags
        else "\n" + view.say("works.head_assessed")
        if "assessed" in flags
        else ""
    )
    return f"{signed(place, row.flags)}\n{row.year}{note}\n{view.say('works.head_items', count=row.items)}"


def category(by: str, code: str, view: View) -> str:
    """A topic or a lead department in the reader's language."""
    return view.label("topic", code) if by == "topic" else view.say(f"department.{code}")


def _grid(rows: pd.DataFrame, view: View) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Shares and counts by category and document: the year's own documents first, the most common category first."""
    own = (rows["year"] == view.year).astype(int)
    columns = list(
        dict.fromkeys(rows.assign(_own=own).sort_values(["_own", "year"], ascending=False, kind="stable")["document_id"])
    )
    share = rows.pivot_table(index="code", columns="document_id", values="share")[columns]
    count = rows.pivot_table(index="code", columns="document_id", values="count")[columns]
    known = schema().codes("topic") if rows["by"].iloc[0] == "topic" else list(dict.fromkeys(rows["code"]))
    weight = share.fillna(0).mean(axis=1)
    order = sorted(share.index, key=lambda code: (code in ("other", "masked"), -round(weight[code], 6), known.index(code)))
    return share.loc[order], count.loc[order], columns


def _fill(ax: Axes, share: pd.DataFrame, count: pd.DataFrame) -> None:
    """A field for each topic of each document: darker for a larger share, with share and count written."""
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("share", ["#eef4fa", URBAN])
    most = max(25.0, float(share.max().max()))
    for x, document in enumerate(share.columns):
        for y, code in enumerate(share.index):
            value = share.loc[code, document]
            if pd.isna(value):
                continue
            ax.add_patch(_field(x, y, shades(min(1.0, value / most))))
            ink = PAPER if value / most > 0.55 else INK
            ax.text(x, y, f"{value:.0f}% ({count.loc[code, document]:.0f})", ha="center", va="center", fontsize=6.8, color=ink)


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
    share, count, columns = _grid(rows, view)
    documents = {row.document_id: row for row in rows.drop_duplicates("document_id").itertuples()}
    figure, (ax,) = canvas()
    _fill(ax, share, count)
    labels = [category(by, str(code), view) for code in share.index]
    lines_axis(ax, labels, SMALL)
    ax.grid(visible=False)
    ax.set_facecolor("#f6f7f9")
    heads = [_head(documents[one], view) for one in columns]
    ax.set_xticks(range(len(columns)), heads, fontsize=7.2, color=INK, linespacing=1.15)
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
    settle(figure, [ax], 0.25 * len(labels), words_width(labels, SMALL) + 0.12, top=0.14 + 0.125 * lines, bottom=0.34)
    title = view.say(f"works.lists_{by}")
    said = [_said(by, documents[one], share[one].dropna(), view) for one in columns]
    alt = view.say("alt.lists", title=title, points=view.join(said, "；", "; ") + view.say("alt.stop"))
    return Chart(name, figure, title, alt, "", rows)


def _said(by: str, row: Any, own: pd.Series, view: View) -> str:
    """A document and its three largest shares."""
    largest = own.sort_values(ascending=False, kind="stable").head(3)
    parts = view.join(f"{category(by, str(code), view)} {value:.0f}%" for code, value in largest.items())
    return f"{view.place(row.region_id)} {row.year}{view.say('page.colon')}{parts}"
