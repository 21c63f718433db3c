"""Places by what people call them, and the places around them."""

from __future__ import annotations

from collections.abc import Iterable

from minsheng.faults import Refused, nearest
from minsheng.tables import Dataset
from minsheng.yardsticks import ancestors


def find_region(data: Dataset, words: str) -> str:
    """``region_id`` of a place given by id, Chinese name (with or without the prefecture) or English name.

    Raises
    ------
    Refused
        If there is none, or more than one, with the nearest names.

    Examples
    --------
    >>> import minsheng as ms
    >>> find_region(ms.load(), "源城区")
    '441602'
    """
    names: dict[str, set[str]] = {}
    by_id = data.regions.set_index("region_id")
    for row in data.regions.itertuples():
        above = by_id["name"].get(row.parent_id, "") if isinstance(row.parent_id, str) else ""
        for name in (row.region_id, row.name, f"{above}{row.name}", row.name_en):
            names.setdefault(str(name), set()).add(str(row.region_id))
    found = names.get(words.strip(), set())
    if len(found) == 1:
        return found.pop()
    if found:
        raise Refused("refused.region_ambiguous", value=words, ids=", ".join(sorted(found)))
    raise Refused(
        "refused.region",
        value=words,
        nearest=nearest(words, [str(n) for n in data.regions["name"]] + list(names)),
    )


def with_surroundings(data: Dataset, regions: Iterable[str]) -> set[str]:
    """The places asked, the places below them and the places above them."""
    wanted = set(regions)
    above = {other for place in wanted for other in ancestors(data, place)}
    below = {place for place in data.regions["region_id"] if wanted & set(ancestors(data, place))}
    return wanted | above | below


def with_neighbours(data: Dataset, regions: Iterable[str]) -> set[str]:
    """The places asked and those around them, with all that stand right below one above: what the audit holds them against.

    Examples
    --------
    >>> import minsheng as ms
    >>> data = ms.load()
    >>> "441600" in with_surroundings(data, ["440100"]), "441600" in with_neighbours(data, ["440100"])
    (False, True)
    """
    around = with_surroundings(data, regions)
    beside = data.regions["parent_id"].isin({other for place in regions for other in ancestors(data, place)})
    return around | set(data.regions["region_id"][beside])
