"""Planned against achieved, as reports on progress tell it."""

from __future__ import annotations

import math

import pandas as pd

from minsheng.levels import join_flags
from minsheng.promises import latest
from minsheng.tables import Dataset

_KEY = ["document_id", "item", "region_id", "indicator_id", "residence", "care", "statistic"]


def agrees(progress: float, printed: float) -> bool:
    """Whether a printed percentage is the computed one, rounded or cut off at the decimals that are printed.

    Examples
    --------
    >>> agrees(66.1457, 66.14), agrees(63.2962, 63.3), agrees(70.1190, 70.2)
    (True, True, False)
    """
    decimals = len(f"{printed:.6f}".rstrip("0").partition(".")[2])
    cut = math.floor(progress * 10**decimals) / 10**decimals
    return math.isclose(printed, round(progress, decimals)) or math.isclose(printed, cut)


def _side(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Rows as what stands beside an achievement: `name`, its flags and its figures."""
    names = {"value": name, "flags": f"{name}_flags", "figures": f"{name}_figures"}
    return rows[[*_KEY, "recipient", *names]].rename(columns=names)


def _targets(rows: pd.DataFrame) -> pd.DataFrame:
    """The targets that count, each with the ``other_target`` that is printed for the same thing, if any."""
    key = [*_KEY, "recipient"]
    used = latest(rows, key)
    other = _side(rows.drop(used.index), "other_target").drop_duplicates(key)
    return _side(used, "target").merge(other.drop(columns="other_target_flags"), on=key, how="left")


def _shares(data: Dataset, rows: pd.DataFrame) -> pd.DataFrame:
    """Printed percentages of plan, each under the quantity that it is of."""
    quantity = data.indicators.set_index("indicator_id")["result_id"]
    of = rows["indicator_id"].map(quantity).fillna(rows["indicator_id"])
    return _side(rows.assign(indicator_id=of), "printed_share").drop_duplicates([*_KEY, "recipient"])


def _beside(rows: pd.DataFrame, other: pd.DataFrame, general: pd.Series) -> pd.DataFrame:
    """Each row with `other` of the same recipient, or else (where `general`) with the one that names no recipient."""
    own = rows.merge(other, on=[*_KEY, "recipient"], how="left")
    plain = rows.merge(other[other["recipient"] == ""].drop(columns="recipient"), on=_KEY, how="left")
    return own.fillna(plain[general.to_numpy()])


def _state(row: pd.Series) -> str:
    if pd.isna(row["achieved"]):
        return "not_reported"
    return "compared" if pd.notna(row["target"]) else "share_only" if pd.notna(row["printed_share"]) else "no_target"


def delivery(data: Dataset, figures: pd.DataFrame) -> pd.DataFrame:
    """What was achieved, beside what was planned and the percentage that is printed.

    Target, achievement and percentage belong together when they are of the same document, item, place and series. A
    stage of the work (started, completed) is held against the target of that stage, or against the whole plan where only
    that is printed. Where a target is printed twice (it was adjusted, or made precise), the last one that is not doubtful
    counts.

    Parameters
    ----------
    data : Dataset
        For the quantity that a percentage is of.
    figures : DataFrame
        From `minsheng.printed`.

    Returns
    -------
    DataFrame
        Only documents that say what was achieved. ``target``, ``other_target`` (printed for the same thing, not
        used) and ``achieved`` in ``unit``; ``progress`` (achieved as % of target; none for rates) and ``printed_share``
        (%); ``differs`` where the two disagree; ``state``: compared, share_only (no target, but a printed percentage),
        no_target, or not_reported (a target of which nothing is said). Flags and figures of all three.

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> rows = ms.delivery(data, ms.printed(data))
    >>> toilets = rows[(rows.indicator_id == "public_toilets") & rows.differs]
    >>> toilets[["target", "achieved", "progress", "printed_share"]].round(2).to_dict("records")
    [{'target': 3069.0, 'achieved': 1941.0, 'progress': 63.25, 'printed_share': 62.69}]
    """
    rows = figures[~figures["flags"].str.contains("damaged")]
    rows = rows[rows["document_id"].isin(set(rows[rows["role"] == "achieved"]["document_id"]))]
    rows = rows.assign(item=rows["item"].fillna(""))
    achieved, targets = (
        rows[rows["role"] == "achieved"].rename(columns={"value": "achieved"}),
        _targets(rows[rows["role"] == "target"]),
    )
    achieved = achieved.drop(columns="value_max").reset_index(drop=True)
    both = _beside(achieved, targets, pd.Series(True, index=achieved.index))
    both = _beside(both, _shares(data, rows[rows["role"] == "share"]), ~both.duplicated(_KEY, keep=False))
    silent = targets[~targets["target_figures"].isin(both["target_figures"])]
    named = rows.rename(columns={"figures": "target_figures"}).drop(columns=["value", "value_max", "flags"])
    silent = silent.merge(named, on=[*_KEY, "recipient", "target_figures"])
    out = pd.concat([both, silent], ignore_index=True)
    counted = out["unit"] != "%"
    out["progress"] = (100 * out["achieved"] / out["target"]).where(counted & (out["target"] > 0))
    pairs = zip(out["progress"], out["printed_share"], strict=True)
    out["differs"] = [bool(pd.notna(p) and pd.notna(s) and not agrees(p, s)) for p, s in pairs]
    out["state"] = [_state(row) for _, row in out.iterrows()]
    parts = out[["flags", "target_flags", "printed_share_flags"]].fillna("")
    out["flags"] = [join_flags(*row) for row in parts.itertuples(index=False)]
    ids = out[["figures", "target_figures", "other_target_figures", "printed_share_figures"]]
    out["figures"] = [";".join(dict.fromkeys(row.dropna())) for _, row in ids.iterrows()]
    return out.drop(columns=[c for c in out if c.endswith(("_flags", "_figures")) or c == "role"])
