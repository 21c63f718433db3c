"""The key figures of a year: the benefits of which the tables know most, place by place, with what they are held against."""

from __future__ import annotations

import pandas as pd

from minsheng.compare import growth
from minsheng.levels import PLACE_SERIES
from minsheng.periods import PERIODS
from minsheng.tables import Dataset
from minsheng.yardsticks import against_parent, against_reference

KIND = ["indicator_id", "residence", "care"]
"""What a key figure is of: one benefit, for some residents, in one form of care."""

_CHANGE = ["from_year", "previous", "change", "growth", "previous_figures"]
_NATION = ["reference_id", "reference", "references", "share"]
_ABOVE = ["parent_id", "parent_value", "parent_statistic", "parent_figures", "difference"]
_WEAK = "average|damaged|doubtful|contradicted"


def _plain(levels: pd.DataFrame) -> pd.DataFrame:
    """Amounts of money for a person and a period that a document prints for everyone who has a right to them."""
    money = (levels["unit"] == "元") & levels["per"].isin(list(PERIODS)) & (levels["recipient"] == "")
    return levels[money & (levels["origin"] != "derived") & ~levels["flags"].str.contains(_WEAK)]


def _best_known(data: Dataset, rows: pd.DataFrame, year: int, most: int, each: int) -> pd.DataFrame:
    """The kinds of a year of which most places and years are known, at most `each` of a topic, in the order of topics."""
    counts = rows.groupby(KIND, as_index=False).agg(known=("value", "size"), now=("year", lambda years: (years == year).any()))
    counts = counts[counts["now"].astype("bool")]  # which it is not where there are none
    whole = counts[(counts["residence"] == "all") & (counts["care"] == "all")]["indicator_id"]
    apart = (counts["residence"] != "all") | (counts["care"] != "all")
    counts = counts[~(apart & counts["indicator_id"].isin(whole))]  # a figure for all says what its parts would say again
    counts["topic"] = counts["indicator_id"].map(data.indicators.set_index("indicator_id")["topic"])
    rank = {name: data.known.codes(name).index for name in ("topic", "residence", "care")}
    counts["_order"] = [tuple(rank[name](row[name]) for name in rank) for row in counts.to_dict("records")]
    counts = counts.sort_values(["known", "_order", "indicator_id"], ascending=[False, True, True])
    counts = counts.groupby("topic", sort=False).head(each).head(most)
    counts["topic"] = counts["topic"].map(rank["topic"])
    return counts.sort_values("topic", kind="stable")[KIND].reset_index(drop=True)


def highlights(data: Dataset, levels: pd.DataFrame, year: int, *, most: int = 8, each: int = 2) -> pd.DataFrame:
    """The key figures of a year: what is printed of the benefits that the tables know best.

    A benefit is known the better, the more places and years have a printed amount of it. Averages, derived, doubtful and
    contradicted amounts are no key figures, nor are amounts for a part of the recipients.

    Parameters
    ----------
    data : Dataset
        For the national series, the hierarchy of places and the topics.
    levels : DataFrame
        From `minsheng.standards`.
    year : int
    most, each : int
        At most so many benefits, and so many of one topic.

    Returns
    -------
    DataFrame
        Rows of `levels` of the year, the benefits in the order of their topics, within each the highest value first, of
        equal ones that with fewest flags. Beside each: ``from_year`` (the year before), ``previous``, ``change`` and
        ``growth`` (%), with ``previous_figures`` behind both; ``reference_id``, ``reference``, ``references`` and ``share``
        (%) of the nation; ``parent_id``, ``parent_value``, ``parent_statistic``, ``parent_figures`` and ``difference`` of
        the place above, of the same year. Empty where that is not known.

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> rows = ms.highlights(data, ms.standards(data), 2024)
    >>> rows[rows.residence == "urban"][["indicator_id", "region_id", "value", "change"]].to_dict("records")
    [{'indicator_id': 'dibao_standard', 'region_id': '441602', 'value': 915.0, 'change': 18.0}]
    """
    rows = _plain(levels)
    kinds = _best_known(data, rows, year, most, each)
    now = rows[rows["year"] == year]
    key = [*PLACE_SERIES, "year"]
    rises = growth(levels).rename(columns={"figures": "previous_figures"})
    rises = rises[rises["from_year"] == rises["year"] - 1][[*key, *_CHANGE]]
    nation = against_reference(data, now)[[*key, *_NATION]].drop_duplicates(key)
    above = against_parent(data, levels[levels["year"] == year])[[*key, *_ABOVE]]
    for more in (rises, nation, above):
        now = now.merge(more, on=key, how="left")
    now = now.merge(kinds.assign(_kind=kinds.index), on=KIND).assign(_flags=lambda one: one["flags"].str.len())
    order = now.sort_values(["_kind", "value", "_flags", "region_id"], ascending=[True, False, True, True])
    order = order.drop(columns=["_kind", "_flags"]).reset_index(drop=True)
    order.attrs.update(levels.attrs)
    return order
