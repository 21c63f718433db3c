"""Numbers that stand in one list: 897元、637元 share what is printed once, such as the unit, the period and 不低于."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from minsheng.quantities import Quantity

_LISTED = re.compile(
    r"[)）]?(?:以上|以下|左右)?\s*(?:、|和|及|与|或|以及|[:：∶])\s*(?:不低于|不少于|不超过|约)?(?:每[人生户月年]){0,2}"
)


def groups(found: list[Quantity], text: str) -> Iterator[list[Quantity]]:
    """Quantities that stand in one list (897元、637元), each list with the unit, period and modality that it shares.

    Examples
    --------
    >>> from minsheng.quantities import quantities
    >>> text = "分别不低于4800、6000、7200元/人/年，另给5元"
    >>> [[(one.value, one.unit, one.per) for one in group] for group in groups(quantities(text, ["元"]), text)]
    [[(4800.0, '元', 'person-year'), (6000.0, '元', 'person-year'), (7200.0, '元', 'person-year')], [(5.0, '元', '')]]
    """
    group: list[Quantity] = []
    for one in found:
        if group and not (_LISTED.fullmatch(text[group[-1].end : one.start]) and group[-1].unit in ("", one.unit)):
            yield _shared(group)
            group = []
        group.append(one)
    if group:
        yield _shared(group)


def _shared(group: list[Quantity]) -> list[Quantity]:
    if len(group) == 1:
        return group
    unit = group[-1].unit
    per = next((one.per for one in group if one.per), "")
    modality = group[0].modality
    return [
        replace(
            one,
            unit=one.unit or unit,
            per=one.per or per,
            modality=modality if one.modality == "exact" else one.modality,
        )
        for one in group
    ]
