"""What is to be said of typical cases: sentences computed from rows of `minsheng.cases`, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from minsheng.charts import number
from minsheng.typical import beyond_dibao
from minsheng.views import View


def _sum(row: Any, view: View) -> str:
    """The monthly sum with its unit, a range where the readings differ, a bound where there is no upper one."""
    text = number(row.lower) + (f"–{number(row.upper)}" if row.upper > row.lower else "")
    text = view.say("story.at_least", value=text) if pd.isna(row.upper) else text
    return view.join([text, view.unit(row.unit, row.per)], "", " ")


def apart(rows: pd.DataFrame, view: View, most: int = 4) -> list[str]:
    """The cases for which places of one year differ most: where it is most, where least (rows of `typical.newest`).

    Sums that may be more than what is known of them are left out: nobody knows where they stand.

    Examples
    --------
    >>> import minsheng as ms
    >>> seen = ms.view(2024, lang="en")
    >>> rows = ms.newest(ms.cases(seen.data, seen.all_levels), 2024)
    >>> [sentence.split(":")[0] for sentence in apart(rows, seen)][:2]
    ['Orphan in an institution', 'Orphan in a family']
    """
    rows = rows[rows["upper"].notna()]
    groups = [mine.sort_values(["lower", "region_id"]) for _, mine in rows.groupby(["case_id", "year"], sort=False)]
    groups = [mine for mine in groups if mine["lower"].iloc[-1] > mine["lower"].iloc[0]]
    groups.sort(key=lambda mine: mine["lower"].iloc[0] / mine["lower"].iloc[-1])
    out = []
    for mine in groups[:most]:
        low, top = (next(mine.iloc[[at]].itertuples()) for at in (0, -1))
        words = {"case": view.case(low.case_id), "year": low.year, "count": len(mine), "times": f"{top.lower / low.lower:.2f}"}
        ends = {"top": view.place(top.region_id), "low": view.place(low.region_id)}
        out.append(view.say("case.apart", top_value=_sum(top, view), low_value=_sum(low, view), **words, **ends))
    return out or [view.say("case.one_place")]


def _end(row: Any, name: str, view: View) -> dict[str, object]:
    """One end of a comparison, for its sentence."""
    place, case = view.place(row.region_id), view.case(row.case_id)
    return {name: place, f"{name}_year": row.year, f"{name}_case": case, f"{name}_times": f"{row.dibao_times:.2f}"}


def beside_dibao(rows: pd.DataFrame, view: View) -> list[str]:
    """Which case is most, and which least, in Dibao lines of its own place (rows of `typical.newest`; as in `apart`)."""
    known = beyond_dibao(view.data, rows[rows["upper"].notna()]).sort_values(["dibao_times", "region_id"])
    if len(known) < 2:
        return []
    low, top = (next(known.iloc[[at]].itertuples()) for at in (0, -1))
    return [view.say("case.times", **_end(top, "top", view), **_end(low, "low", view))]


def _places(rows: pd.DataFrame, key: str, view: View) -> list[str]:
    """A sentence for each set of cases that lacks the same thing: places of a year together."""
    each = rows.groupby(["region_id", "year", "missing"], sort=False)["case_id"].agg(tuple).reset_index()
    out = []
    for (year, missing, cases), mine in each.groupby(["year", "missing", "case_id"], sort=False):
        names = view.join(view.indicator(one) for one in str(missing).split(";"))
        words = {"cases": view.join(view.case(one) for one in cases), "indicators": names, "year": year}
        out.append(view.say(key, place=view.named(mine["region_id"]), **words))
    return out


def uncounted(rows: pd.DataFrame, view: View) -> list[str]:
    """Which cases could not be computed where, and for want of what (rows of `cases`, of one year)."""
    return _places(rows[rows["missing"] != ""], "case.missing", view)


def left_out(rows: pd.DataFrame, view: View) -> list[str]:
    """Which sums are only a lower limit, for want of what would count if it were printed (rows of `typical.newest`)."""
    return _places(rows[rows["left_out"] != ""].assign(missing=rows["left_out"]), "case.left_out", view)


def definitions(view: View, cases: Iterable[str]) -> list[tuple[str, str, list[str]]]:
    """Name and definition of some cases, each once, and why each component counts."""
    own = "" if view.lang == "zh" else "_en"
    table, parts = view.data.cases.set_index("case_id"), view.data.case_parts
    out = []
    for one in dict.fromkeys(cases):
        reasons = [
            view.join([view.indicator(part.indicator_id), getattr(part, f"reason{own}")], "：", ": ")
            for part in parts[parts["case_id"] == one].itertuples()
        ]
        out.append((view.case(one), str(table.loc[one, f"definition{own}"]), reasons))
    return out
