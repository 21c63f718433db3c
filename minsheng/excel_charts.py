"""Native charts of a workbook: who stands where, for each indicator that the nation has a series of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from minsheng.compare import latest
from minsheng.levels import join_flags
from minsheng.schema import schema
from minsheng.sheets import Column, Sheet, fit
from minsheng.style import ALL, CARE_COLOUR, RESIDENCE_COLOUR
from minsheng.views import View

_AT, _SPLIT = ["region_id", "year"], ["residence", "care"]
_NAMED = ("draft", "minimum", "average", "at_least", "at_most", "about")
"""Flags that stand beside a bar in words: without them its value would be misread."""


@dataclass(frozen=True)
class Bars:
    """The bars of one series: name, colour, and the rows of the table (from 0) whose values have a reservation."""

    name: str
    colour: str
    hatched: tuple[int, ...]


@dataclass(frozen=True)
class Drawing:
    """A sheet that has its table drawn: the values are its columns from the third on, the labels its last."""

    sheet: Sheet
    unit: str
    bars: tuple[Bars, ...]


def _drawable(view: View) -> pd.DataFrame:
    """The newest standards, up to the year, of all recipients, of indicators that the nation has a series of."""
    own = view.data.indicators.dropna(subset=["reference_id"])["indicator_id"]
    rows = view.levels
    rows = rows[rows["indicator_id"].isin(own) & (rows["recipient"] == "") & rows["value_max"].isna()]
    return latest(rows[~rows["flags"].str.contains("damaged")], view.year)


def _wide(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Values and whether they have a reservation: a row for each place and year, highest first, a column for each series."""
    order = [schema().codes(field).index for field in _SPLIT]
    both = rows.set_index([*_AT, *_SPLIT])[["value", "flags"]].unstack(_SPLIT)
    series = sorted(both["value"], key=lambda one: [rank(code) for rank, code in zip(order, one, strict=True)])
    places = both["value"].max(axis=1).sort_values(ascending=False, kind="stable").index
    return both["value"].loc[places, series], both["flags"].fillna("").loc[places, series] != ""


def _bars(residence: str, care: str, weak: pd.Series, view: View) -> Bars:
    """A series as the legend names it."""
    words = [view.label(field, code) for field, code in zip(_SPLIT, (residence, care), strict=True) if code != "all"]
    colour = RESIDENCE_COLOUR[residence] if residence != "all" else CARE_COLOUR.get(care, ALL)
    return Bars(view.join(words) or view.say("table.value"), colour.removeprefix("#"), tuple(weak.to_numpy().nonzero()[0]))


def _label(region: str, year: int, flags: str, view: View) -> str:
    """A bar's label: place and year, and what would make one misread its value."""
    named = ";".join(flag for flag in flags.split(";") if flag in _NAMED)
    words = view.say("source.short", place=view.place(region), year=year)
    return words + (view.say("page.brackets", words=view.flags(named)) if named else "")


def _table(view: View, rows: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """What is drawn: place, year, the values of each series, reservations, figures, label."""
    groups = rows.groupby(_AT)
    flags = groups["flags"].agg(lambda cells: join_flags(*cells)).reindex(values.index)
    figures = groups["figures"].agg(";".join).reindex(values.index)
    regions, years = (values.index.get_level_values(name) for name in _AT)
    return pd.DataFrame(
        {
            "place": [view.place(region) for region in regions],
            "year": years.to_numpy(),
            **{f"value_{n}": values.iloc[:, n].to_numpy() for n in range(values.shape[1])},
            "flags": [view.flags(one) or None for one in flags],
            "figures": figures.to_numpy(),
            "label": [_label(*at, view) for at in zip(regions, years, flags, strict=True)],
        }
    )


def _drawing(view: View, rows: pd.DataFrame, number: int) -> Drawing:
    values, weak = _wide(rows)
    bars = tuple(_bars(residence, care, weak[residence, care], view) for residence, care in values.columns)
    unit = view.unit_of(rows)
    columns = (
        Column(view.say("table.region_id")),
        Column(view.say("table.year"), "year"),
        *(Column(view.say("sheet.with_unit", heading=one.name, unit=unit), "number") for one in bars),
        Column(view.say("table.flags")),
        Column(view.say("workbook.figures"), link="figures"),
        Column(view.say("sheet.label")),
    )
    title = view.say("chart.by_place", year=view.year, indicator=view.indicator(rows["indicator_id"].iloc[0]))
    notes = (view.say("sheet.chart_what"), view.say("sheet.source"))
    name = view.say("sheet.chart", number=number)
    return Drawing(Sheet(f"chart_{number}", name, title, notes, _table(view, rows, values), columns), unit, bars)


def drawings(view: View) -> list[Drawing]:
    """What is drawn of a view: an indicator, unit and period that at least two places have, in the order of the indicators.

    Parameters
    ----------
    view : View

    Returns
    -------
    list of Drawing
        Ranges, damaged values and those of single groups of recipients are not drawn.

    Examples
    --------
    >>> import minsheng as ms
    >>> [one.sheet.title for one in drawings(ms.view(2024, lang="en"))][0]
    'Dibao standard by place, 2024'
    """
    rows = _drawable(view)
    rank = {one: place for place, one in enumerate(view.data.indicators["indicator_id"])}
    groups = rows.groupby([rows["indicator_id"].map(rank), "unit", "per"])
    several = [group for _, group in groups if group["region_id"].nunique() > 1]
    return [_drawing(view, group, number) for number, group in enumerate(several, start=1)]


def _hatching(colour: str) -> Any:
    from openpyxl.chart.shapes import GraphicalProperties
    from openpyxl.drawing.colors import ColorChoice
    from openpyxl.drawing.fill import PatternFillProperties

    ink, paper = (ColorChoice(srgbClr=one) for one in (colour, "FFFFFF"))  # type: ignore[arg-type]
    return GraphicalProperties(pattFill=PatternFillProperties(prst="wdUpDiag", fgClr=ink, bgClr=paper))


def _series(page: Any, drawing: Drawing, number: int) -> Any:
    """The bars of one column, hatched where a value has a reservation."""
    from openpyxl.chart import Reference, Series
    from openpyxl.chart.data_source import AxDataSource, StrRef
    from openpyxl.chart.marker import DataPoint
    from openpyxl.chart.shapes import GraphicalProperties

    bars, first, last = drawing.bars[number], drawing.sheet.header + 1, drawing.sheet.header + len(drawing.sheet.table)
    series: Any = Series(Reference(page, min_col=number + 3, min_row=first, max_row=last), title=bars.name)
    labels = Reference(page, min_col=len(drawing.sheet.columns), min_row=first, max_row=last)
    series.cat = AxDataSource(strRef=StrRef(f=str(labels)))
    series.graphicalProperties = GraphicalProperties(solidFill=bars.colour)
    for row in bars.hatched:
        series.dPt.append(DataPoint(idx=int(row), invertIfNegative=False, spPr=_hatching(bars.colour)))
    return series


def _axes(chart: Any, drawing: Drawing, view: View) -> None:
    """Places from above, amounts from nought, both axes named."""
    chart.x_axis.title, chart.y_axis.title = view.say("table.region_id"), fit(drawing.unit)
    chart.x_axis.title.tx.rich.bodyPr.rot, chart.x_axis.title.tx.rich.bodyPr.vert = 0, "horz"
    chart.x_axis.scaling.orientation, chart.y_axis.crosses = "maxMin", "max"
    chart.y_axis.scaling.min, chart.y_axis.number_format = 0, "#,##0"
    chart.x_axis.delete = chart.y_axis.delete = False


def draw(page: Any, drawing: Drawing, view: View) -> None:
    """Draw the table of a sheet below it, as bars that a spreadsheet draws itself."""
    from openpyxl.chart import BarChart
    from openpyxl.chart.label import DataLabelList

    chart, rows = BarChart(), len(drawing.sheet.table)
    chart.type, chart.title, chart.gapWidth, chart.roundedCorners = "bar", fit(drawing.sheet.title), 60, False
    for number in range(len(drawing.bars)):
        chart.append(_series(page, drawing, number))
    chart.dataLabels = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False, showPercent=False)
    if len(drawing.bars) == 1:
        chart.legend = None
    else:
        chart.legend.position = "b"
    _axes(chart, drawing, view)
    chart.width, chart.height = 26, 5 + rows * (0.35 + 0.5 * len(drawing.bars))
    page.add_chart(chart, f"A{drawing.sheet.header + rows + 2}")
