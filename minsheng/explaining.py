"""How the numbers of a row came about: step by step, back to what documents and national series print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from minsheng.answers import steps_of
from minsheng.charts.marks import grouped
from minsheng.faults import Refused
from minsheng.origins import as_row, known
from minsheng.questions import Asked
from minsheng.sources import short_title
from minsheng.steps import Ground, Step
from minsheng.tables import Dataset, load
from minsheng.views import View, names

COLUMNS = ["row", "step", "column", "what", "arithmetic", "result", "unit", "figures", "references", "items", "says"]
"""Columns of an explanation."""


def _explained(ground: Ground, row: Mapping[str, Any], price_year: int | None) -> list[Step]:
    """The steps of a row: in the prices that its table says, as printed, or else of the year that gives all its numbers."""
    first: Refused | None = None
    for prices in dict.fromkeys([price_year, None, *sorted(ground.index, reverse=True)]):
        try:
            return steps_of(Asked(ground, row, prices))
        except Refused as refused:
            first = first or refused
            if row.get("unit") != "元" and row.get("per") != "case-month":
                break
    raise first if first else Refused("refused.no_source", value="–", columns="figures")


def _says(step: Step, view: View) -> str:
    """A step as a sentence."""
    unit = view.unit(step.unit, step.per) if step.unit and step.rule != "index" else ""
    amount = view.join([grouped(step.result, 6), unit], "", "" if unit in ("%", "‰") else " ").strip()
    words = {"what": view.say(f"step.{step.rule}"), "result": amount}
    if step.rule == "printed":
        return view.join((_printed(one, view) for one in step.figures.split(";")), "；", "; ")
    if step.rule in ("national", "index"):
        own = view.references[step.references]
        how = view.label("status", own["status"])
        return view.say("step.says_national", series=view.national(own["reference_id"]), year=own["year"], how=how, **words)
    if not step.arithmetic:
        documents = view.join(dict.fromkeys(short_title(one.split("/")[0], view) for one in step.items.split(";") if one))
        told = "says_item" if pd.isna(step.result) else "says_counted" if documents else "says_count"
        return view.say(f"step.{told}", documents=documents, **words)
    return view.say("step.says", arithmetic=step.arithmetic.replace("-", "−"), **words)


def _printed(figure_id: str, view: View) -> str:
    row = known(figure_id, view)
    where = view.say("table.item", item=row["item"]) if row["item"] else view.say("table.outside")
    own = {"document": short_title(row["document_id"], view), "where": where, "evidence": row["evidence"]}
    amount = "–".join(grouped(row[bound]) for bound in ("value", "value_max") if pd.notna(row[bound]))
    value = view.join([amount, row["unit"]], "", " ")
    return view.say("step.says_printed", place=row["place"], year=row["year"], indicator=row["indicator"], value=value, **own)


def _rows(table: Any) -> Sequence[Mapping[str, Any]]:
    if isinstance(table, pd.DataFrame):
        return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
    row = as_row(table)
    if row is None:
        raise Refused("refused.no_source", value=repr(table), columns="figures")
    return [row]


def explain(row: Any, data: Dataset | None = None, lang: str = "zh") -> pd.DataFrame:
    """How the numbers of a row came about, back to the printed figures.

    Parameters
    ----------
    row : row or rows
        Of any table of the package: a Series, a named tuple, a mapping, or a DataFrame, of which every row is explained.
    data : Dataset, optional
        The tables that the row was made from; the bundled ones if not given.
    lang : {'zh', 'en'}
        Language of `what`, `unit` and `says`.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, one row a step: ``row`` counts the rows explained from 1, ``step`` the steps of each;
        ``column`` is the column of the row that the step gives (empty: on the way there); ``what`` names the rule;
        ``arithmetic`` gives ``result`` (in ``unit``), and is empty where ``result`` is printed: then ``figures``,
        ``references`` or ``items`` say where (`minsheng.source` tells more). ``says`` is the step as a sentence.

    Raises
    ------
    Refused
        If a number of the row does not follow from the tables (it was changed, or the row is of other tables), or there
        is nothing to explain.

    Notes
    -----
    No step is taken over from the row: each is worked out again from the tables, and counts only if it gives the number.

    Examples
    --------
    >>> import minsheng as ms
    >>> levels = ms.standards(ms.load())
    >>> row = levels[(levels.indicator_id == "dibao_standard") & (levels.year == 2020)].iloc[-1]
    >>> ms.explain(row, lang="en")[["what", "arithmetic", "result"]].values.tolist()
    [['as printed', '', 765.0], ['as printed', '', 60.0], ['level less rise', '765 - 60', 705.0]]
    """
    data = load() if data is None else data
    view, ground = names(data, lang), Ground(data)
    price_year = row.attrs.get("price_year") if isinstance(row, (pd.DataFrame, pd.Series)) else None
    out = []
    for n, one in enumerate(_rows(row), 1):
        for number, step in enumerate(_explained(ground, one, price_year), 1):
            unit = view.unit(step.unit, step.per) if step.unit else ""
            words = {"row": n, "step": number, "what": view.say(f"step.{step.rule}"), "unit": unit, "says": _says(step, view)}
            out.append({name: getattr(step, name, "") for name in COLUMNS} | words)
    return pd.DataFrame(out, columns=COLUMNS)
