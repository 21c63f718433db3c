"""What the numbers of one document owe to one another: shares to their parts, totals to what they are made of, amounts to
those beside them. The rules of the audit that look into one item; each takes tables and returns the rows that object.
"""

from __future__ import annotations

import pandas as pd

from minsheng.levels import union_flags

RATES = ["%", "‰", "倍", "分", "个月"]
"""Units in which numbers are not added up."""

_ITEM = ["clause", "region_id"]
_THING = ["indicator_id", "residence", "care", "recipient"]
_PAIR = ["value", "slack", "flags", "figures", "locator"]


def agrees(told: pd.Series, least: pd.Series, most: pd.Series, step: pd.Series) -> pd.Series:
    """Whether a number told to `step` is one between `least` and `most`, rounded or cut off there."""
    hair = 1e-9
    return (told > least - step + hair) & (told <= most + step / 2 + hair)


def _named(rows: pd.DataFrame, columns: list[str], suffix: str) -> pd.DataFrame:
    return rows.rename(columns={one: f"{one}_{suffix}" for one in columns})


def _joined(both: pd.DataFrame, column: str, *suffixes: str) -> pd.Series:
    cells = zip(both[column], *(both[f"{column}_{suffix}"] for suffix in suffixes), strict=True)
    return pd.Series([";".join(row) for row in cells], index=both.index, dtype="str")


def _parts_of_shares(figures: pd.DataFrame) -> pd.DataFrame:
    """Printed percentages with what was achieved, told in the same place, and the task that it was to meet.

    A share has the parts of its own name. A rate, which is another indicator than what it is a rate of, has the only
    ones that its clause tells.
    """
    shares = figures[figures["exact"] & (figures["role"] == "share") & (figures["unit"] == "%")]
    if shares.empty:
        return shares
    columns = [*_ITEM, *_THING, "unit", *_PAIR]
    parts = figures["exact"] & figures["clause"].isin(shares["clause"]) & ~figures["unit"].isin(RATES)
    done = figures.loc[parts & (figures["role"] == "achieved"), columns]
    done = _named(done, [*_THING, "value", "slack", "flags", "figures", "unit"], "done")
    whole = {one: f"{one}_done" for one in ("indicator_id", "residence", "care", "unit")}
    tasks = figures.loc[parts & (figures["role"] == "target") & (figures["value"] > 0), columns]
    tasks = _named(tasks, ["recipient", *_PAIR], "task").rename(columns=whole)
    both = shares.merge(done, on=[*_ITEM, "locator"]).merge(tasks, on=[*_ITEM, *whole.values()])
    both = both[(both["recipient_task"] == both["recipient_done"]) | (both["recipient_task"] == "")]
    own = pd.concat([both[one] == both[f"{one}_done"] for one in _THING], axis=1).all(axis=1)
    alone = both.groupby("figures")["figures_done"].transform("nunique") == 1
    return both[own | ((both["measure"] == "ratio") & alone)]


def shares(figures: pd.DataFrame) -> pd.DataFrame:
    """Printed percentages that their parts do not give, by none of the tasks that the item tells."""
    both = _parts_of_shares(figures)
    if both.empty:
        return both
    least = 100 * (both["value_done"] - both["slack_done"]) / (both["value_task"] + both["slack_task"])
    most = 100 * (both["value_done"] + both["slack_done"]) / (both["value_task"] - both["slack_task"])
    both["_agrees"] = agrees(both["value"], least, most, both["step"])
    both = both[~both.groupby("figures")["_agrees"].transform("any")]
    both = both.assign(found=both["value"], expected=100 * both["value_done"] / both["value_task"])
    off = (both["found"] - both["expected"]).abs()
    both = both.assign(_off=off).sort_values("_off", kind="stable").drop_duplicates("figures")
    return both.assign(
        derivation=[f"{a:.12g} / {b:.12g}" for a, b in zip(both["value_done"], both["value_task"], strict=True)],
        figures=_joined(both, "figures", "done", "task"),
        flags=union_flags(both, "flags", "flags_done", "flags_task"),
    )


def amounts(figures: pd.DataFrame) -> pd.DataFrame:
    """Numbers that can be added up: tasks and what was done, of things and money, not per anything."""
    additive = figures["role"].isin(["target", "achieved"]) & ~figures["unit"].isin(RATES) & (figures["per"] == "")
    return figures[additive & figures["sound"] & figures["value_max"].isna()]


def _sums(pairs: pd.DataFrame) -> pd.DataFrame:
    """Wholes beside the sum of their parts, for each clause that lists parts."""
    groups = pairs.groupby(["figures", "locator_part"], sort=False)
    sums = pairs.drop_duplicates(["figures", "locator_part"]).reset_index(drop=True)
    sums["count"] = groups["value_part"].size().to_numpy()
    sums["expected"] = groups["value_part"].sum().round(6).to_numpy()
    sums["slack"] = sums["slack"] + groups["slack_part"].sum().to_numpy()
    sums["derivation"] = groups["value_part"].agg(lambda v: " + ".join(f"{one:.12g}" for one in v)).to_numpy()
    sums["figures"] = sums["figures"] + ";" + groups["figures_part"].agg(";".join).to_numpy()
    return sums.assign(found=sums["value"], more=sums["expected"] - sums["value"] > sums["slack"])


def parts(amounts: pd.DataFrame, regions: pd.DataFrame, least: int) -> pd.DataFrame:
    """Totals that are not what the places below add up to.

    A sum above the total objects always, one below it only if the list has every place below that the tables know.
    """
    key = ["clause", "role", "kin"]
    below = amounts.merge(regions[["region_id", "parent_id"]], on="region_id").drop(columns="region_id")
    below = _named(below[below["exact"]][[*key, "parent_id", *_PAIR]], _PAIR, "part").rename(columns={"parent_id": "region_id"})
    pairs = amounts.merge(below, on=[*key, "region_id"])
    if pairs.empty:
        return pairs
    sums = _sums(pairs)
    full = sums["count"] == sums["region_id"].map(regions["parent_id"].value_counts())
    short = (sums["found"] - sums["expected"] > sums["slack"]) & full & ~sums["flags"].str.contains("at_most|about")
    over = sums["more"] & ~sums["flags"].str.contains("at_least|about")
    return sums[(sums["count"] >= least) & (over | short)]


def kinds(amounts: pd.DataFrame, least: int) -> pd.DataFrame:
    """Totals that the kinds told apart beside them exceed.

    A sum below the total is no objection: a list of kinds is rarely complete. What exceeds the total by itself is not
    a part of it (a number that adds up several years, say).
    """
    amounts = amounts[amounts["exact"]]
    key = [*_ITEM, "role", "unit", "indicator_id", "residence", "care"]
    kinds = _named(amounts[amounts["recipient"] != ""][[*key, *_PAIR]], _PAIR, "part")
    pairs = amounts[amounts["recipient"] == ""].merge(kinds, on=key)
    pairs = pairs[pairs["value_part"] <= pairs["value"]]
    if pairs.empty:
        return pairs
    sums = _sums(pairs)
    return sums[(sums["count"] >= least) & sums["more"]]


def targets(figures: pd.DataFrame, revised: str) -> pd.DataFrame:
    """A task that the same item tells a second time with another number, and does not say that it was `revised`.

    ``hint`` is the other thing whose task the number repeats, where there is one.
    """
    tasks = figures[(figures["role"] == "target") & figures["exact"]].reset_index(drop=True)
    key = [*_ITEM, "kin"]
    first = _named(tasks.drop_duplicates(key)[[*key, *_PAIR]], _PAIR, "first")
    both = tasks.merge(first, on=key)
    apart = (both["value"] - both["value_first"]).abs() > both["slack"] + both["slack_first"]
    both = both[apart & (both["locator"] != both["locator_first"]) & ~both["evidence"].str.contains(revised)]
    if both.empty:
        return both
    like = [*_ITEM, "indicator_id", "residence", "care", "unit", "value"]
    others = tasks[[*like, "recipient"]].rename(columns={"recipient": "_other"})
    same = both[["figures", "recipient", *like]].merge(others, on=like).query("recipient != _other and _other != ''")
    hints = same.drop_duplicates("figures").set_index("figures")["_other"]
    both["hint"] = both["figures"].map(hints).astype("object").fillna("")
    both = both.assign(found=both["value"], expected=both["value_first"])
    return both.assign(figures=_joined(both, "figures", "first"), flags=union_flags(both, "flags", "flags_first"))


def magnitudes(amounts: pd.DataFrame, apart: float, factor: float, near: float) -> pd.DataFrame:
    """Amounts that stand to those beside them as `apart` times less than a sibling's do.

    Of the amounts that could be to blame the one is told with which most pairs go wrong; of two such, the money.
    ``hint`` is `factor` where that much more would bring it within `near` times of what the sibling leads to expect.
    """
    amounts = amounts[amounts["exact"] & (amounts["value"] > 0) & (amounts["recipient"] != "")]
    key, columns = [*_ITEM, "role"], ["indicator_id", "unit", "value", "figures"]
    pairs = amounts.merge(_named(amounts[[*key, "recipient", *columns]], columns, "by"), on=[*key, "recipient"])
    pairs = pairs[pairs["indicator_id"] != pairs["indicator_id_by"]]
    like = [*key, "indicator_id", "indicator_id_by", "unit", "unit_by"]
    sibling = _named(
        pairs[[*like, "recipient", "value", "value_by", "figures", "figures_by"]],
        ["recipient", "value", "value_by", "figures", "figures_by"],
        "sibling",
    )
    both = pairs.merge(sibling, on=like)
    both["expected"] = both["value_by"] * both["value_sibling"] / both["value_by_sibling"]
    money = (both["unit"] == "元") | (both["unit_by"] == "元")
    both = both[money & (both["recipient"] != both["recipient_sibling"]) & (both["expected"] >= apart * both["value"])]
    if both.empty:
        return both
    both["_blame"] = 2 * both.groupby("figures")["figures"].transform("size") + (both["unit"] == "元")
    both = both[both["_blame"] == both.groupby(key)["_blame"].transform("max")].drop_duplicates("figures")
    both["derivation"] = [
        f"{a:.12g} × {b:.12g} / {c:.12g}"
        for a, b, c in zip(both["value_by"], both["value_sibling"], both["value_by_sibling"], strict=True)
    ]
    repaired = (factor * both["value"] / both["expected"]).between(1 / near, near)
    both["hint"] = both["recipient_sibling"]
    both["repair"] = pd.Series(factor, index=both.index).where(repaired)
    return both.assign(
        found=both["value"],
        expected=both["expected"].round(2),
        figures=_joined(both, "figures", "by", "sibling", "by_sibling"),
    )
