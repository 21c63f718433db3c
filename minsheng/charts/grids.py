"""Two dimensions of one benefit as an annotated grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from minsheng.charts.marks import Chart, canvas, points, settle, value_words, words_width
from minsheng.schema import schema
from minsheng.style import INK, PAPER, SHADE
from minsheng.views import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_EMPTY = "#f3f5f7"


def _words(dimension: str, codes: list[str], view: View) -> list[str]:
    return [schema().recipients[dimension][code][view.lang] for code in codes]


def _panel(ax: Axes, rows: pd.DataFrame, view: View, down: str, across: str, most: float) -> None:
    """One place and year: a cell for each pair of codes, empty where nothing is printed."""
    import seaborn as sns

    common = [
        flag for flag in rows["flags"].iloc[0].split(";") if rows["flags"].str.split(";").map(set).map({flag}.issubset).all()
    ]
    own = [";".join(set(flags.split(";")) - set(common)) for flags in rows["flags"]]
    rows = rows.assign(flags=own)
    rows = rows.assign(_words=[value_words(row) for row in rows.itertuples()])
    codes = {one: [code for code in schema().recipients[one] if (rows[one] == code).any()] for one in (down, across)}
    values, texts = (
        rows.pivot(index=down, columns=across, values=column).reindex(index=codes[down], columns=codes[across])
        for column in ("value", "_words")
    )
    palette = sns.light_palette(SHADE, as_cmap=True)
    sns.heatmap(values, ax=ax, cmap=palette, vmin=0, vmax=most, annot=texts.fillna(""), fmt="", cbar=False,
                linewidths=1.5, linecolor=PAPER, annot_kws={"fontsize": 9})  # fmt: skip
    ax.set_facecolor(_EMPTY)
    ax.set_yticklabels(_words(down, codes[down], view), rotation=0)
    ax.set_xticklabels(_words(across, codes[across], view), color=INK)
    ax.xaxis.tick_top()
    ax.tick_params(length=0, labelbottom=False, labeltop=True)
    ax.set(xlabel="", ylabel="")
    first = rows.iloc[0]
    said = view.say("page.brackets", words=view.flags(";".join(common))) if any(common) else ""
    ax.set_title(f"{view.place(first['region_id'])} {first['year']}{said}")


def grid(rows: pd.DataFrame, view: View, name: str = "grid", down: str = "grade", across: str = "cause") -> Chart:
    """Amounts by two dimensions of the recipient, a panel for each place. An empty cell is not printed.

    Parameters
    ----------
    rows : DataFrame
        From `recipients.split` with these two dimensions: one indicator, one year a place.
    view : View
    name : str
        Name of the chart, unique on its page.
    down, across : str
        Dimensions (``recipients`` in the descriptor) of the lines and of the columns.

    Returns
    -------
    Chart
    """
    parts = [mine for _, mine in rows.groupby("region_id", sort=False)]
    figure, axes = canvas(len(parts))
    for ax, mine in zip(axes, parts, strict=True):
        _panel(ax, mine, view, down, across, rows["value"].max())
    deep = max(mine[down].nunique() for mine in parts)
    labels = _words(down, list(schema().recipients[down]), view)
    settle(figure, axes, 0.32 * deep, words_width(labels) + 0.12, top=0.62, bottom=0.1)
    indicator, unit = view.indicator(rows["indicator_id"].iloc[0]), view.unit_of(rows)
    title = view.say(
        "chart.grid", indicator=indicator, down=view.say(f"dimension.{down}"), across=view.say(f"dimension.{across}")
    )
    said = points(rows, view, fields=["recipient"])
    return Chart(name, figure, title, view.say("alt.grid", title=title, unit=unit, points=said), unit, rows)
