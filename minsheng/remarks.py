"""What an audit found, in words: a sentence a finding, those that concern a page, and their list on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

import pandas as pd

from minsheng.charts import number
from minsheng.charts.numbers import grouped
from minsheng.faults import Refused
from minsheng.labels import calculation
from minsheng.levels import SERIES
from minsheng.lineage import places_above
from minsheng.phrases import series_words
from minsheng.sources import short_title, source_cell
from minsheng.views import View


def _amount(value: float, row: Any, view: View) -> str:
    """A number of a finding with its unit."""
    if not row.unit or pd.isna(value):
        return f"{value:.0f}"
    unit = view.unit(row.unit, row.per)
    return view.join([grouped(value), unit], "", "" if unit in ("%", "‰") else " ")


def _rounded(value: float) -> float:
    """An estimate to three significant digits."""
    return float(f"{value:.3g}")


def _key(row: Any) -> str:
    """The words of a finding: a rule has others where there is something that would explain it."""
    if row.code == "year":
        return "audit.year" if row.hint else "audit.year_unmatched"
    if row.code == "baseline":
        return "audit.baseline_year" if row.hint else "audit.baseline"
    if row.code == "target":
        return "audit.target_same" if row.hint else "audit.target"
    if row.code == "magnitude":
        return "audit.magnitude_repair" if row.repair > 0 else "audit.magnitude"
    return f"audit.{row.code}"


def sentence(row: Any, view: View, series: str = "") -> str:
    """A finding as a sentence in the reader's language.

    Parameters
    ----------
    row : named tuple
        A row of `minsheng.audit`, from ``itertuples()``.
    view : View
        For the names and the language.
    series : str, optional
        What it is about, where several series share the finding.

    Returns
    -------
    str

    Examples
    --------
    >>> import minsheng as ms
    >>> seen = ms.view(2024, lang="en")
    >>> share = seen.findings[seen.findings.document_id == "002-3"]
    >>> ms.remarks.sentence(next(share.itertuples()), seen)
    'Bijie 2018: Shantytown renovation (“开工”) is printed as 70.2% done, but 31285 ÷ 44617 = 70.12%.'
    """
    values: dict[str, Any] = {"place": view.place(row.region_id), "year": row.year, "hint": view.join(row.hint.split(";"))}
    values |= {name: _amount(getattr(row, name), row, view) for name in ("found", "expected")}
    values["derivation"] = calculation(row.derivation)
    if row.code == "year":
        values["short"], values["alike"] = row.derivation.split(";")
    else:
        values["series"] = series or series_words(row, view)
    if row.parent_id:
        values["parent"] = view.place(row.parent_id)
    if row.references:
        values["national"] = view.national(row.references.split(":")[0])
    if row.code in ("parts", "kinds"):
        values["role"] = view.label("role", view.figures[row.figures.split(";")[0]]["role"])
    if row.code == "rises_differ":
        values["derivation"] = _amount(float(row.derivation), row, view)
    if row.code == "magnitude":
        values["times"] = number(_rounded(row.expected / row.found))
        values["expected"] = _amount(_rounded(row.expected), row, view)
    return view.say(_key(row), **values)


def _flags(row: Any, view: View) -> str:
    return view.say("page.brackets", words=view.flags(row.flags)) if row.flags else ""


def concerned(view: View, tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The findings that concern the figures of some tables, and those about the year of their documents."""
    columns = [table[one] for table in tables for one in ("figures", "parent_figures") if one in table]
    used = {one for column in columns for cell in column.dropna() for one in cell.split(";") if one}
    documents = {view.figures[one]["document_id"] for one in used}
    rows = view.findings
    touched = pd.Series([not used.isdisjoint(cell.split(";")) for cell in rows["figures"]], index=rows.index, dtype="bool")
    return rows[touched | ((rows["code"] == "year") & rows["document_id"].isin(documents))]


def _sources(rows: pd.DataFrame, view: View) -> str:
    """Where the figures of a finding are printed, and the national values that it names, as links down the page."""
    links = source_cell(";".join(rows["figures"]), "", "", view).split("<br>")
    for one in dict.fromkeys(one for cell in rows["references"] for one in cell.split(";") if one):
        series, year = one.split(":")
        words = view.say("audit.national", series=view.national(series), year=year)
        links.append(f'<a href="#reference-{escape(series)}-{year}">{escape(words)}</a>')
    return escape(view.say("source.and")).join(links)


def _shared(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Findings that say the same of several series, together."""
    same = [name for name in rows if name not in (*SERIES, "figures", "references")]
    yield from (mine for _, mine in rows.groupby(same, sort=False, dropna=False))


def _remark(mine: pd.DataFrame, view: View) -> str:
    """One finding, or one of several series: how much it says, its sentence, what weakens its figures, where they are printed."""
    n = view.told.get(int(mine.index[0]), len(set(view.told.values())) + 1)
    view.told.update({int(one): n for one in mine.index})
    first: Any = next(mine.itertuples())
    series = view.join(dict.fromkeys(series_words(row, view) for row in mine.itertuples())) if first.code != "year" else ""
    severity = escape(view.say(f"audit.{first.severity}"))
    words = escape(view.say("page.colon") + sentence(first, view, series) + _flags(first, view))
    about = escape(view.say("audit.about")) + _sources(mine, view)
    return f'<li id="finding-{n}" value="{n}"><b>{severity}</b>{words}<br><span class="ms-note">{about}</span></li>'


def remarks_html(view: View, rows: pd.DataFrame) -> str:
    """Findings as a numbered list: how much each says, its sentence, what weakens its figures, where they are printed.

    What is found of several series in the same way is one entry. Each is noted in the view as told, so that the figures at
    the page's end can point back to it.
    """
    return f'<ol class="ms-findings">{"".join(_remark(mine, view) for mine in _shared(rows))}</ol>'


def selected(view: View, year: int | None = None, severity: str | None = None) -> pd.DataFrame:
    """The findings about the places of the view and those below them, of a year or its documents, of a severity.

    Raises
    ------
    Refused
        If there is no figure for that year.
    """
    rows = view.findings
    if severity:
        rows = rows[rows["severity"] == severity]
    if view.regions:
        below = places_above(view.data.regions)
        rows = rows[rows["region_id"].isin(below["region_id"][below["parent_id"].isin(view.regions)])]
    if year is not None:
        years = sorted({int(one) for one in view.data.figures["year"]})
        if year not in years:
            raise Refused("refused.year", value=year, years=", ".join(map(str, years)) or "–")
        documents = view.data.documents["document_id"][view.data.documents["year"] == year]
        rows = rows[(rows["year"] == year) | rows["document_id"].isin(documents)]
    return rows


def paragraph(row: Any, view: View) -> str:
    """A finding for a terminal: how much it says, document, item, rule and figures, and its sentence."""
    item = view.say("table.item", item=row.item) if row.item else ""
    document = view.join(filter(None, [short_title(row.document_id, view), item]), "", ", ")
    severity = view.say(f"audit.{row.severity}")
    head = view.say("audit.paragraph", severity=severity, document=document, code=row.code, figures=row.figures.replace(";", " "))
    return f"{head}\n{sentence(row, view)}{_flags(row, view)}"
