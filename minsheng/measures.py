"""Role, unit, period and year of a number, by its words and by what its indicator is counted in."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from minsheng import constructions as made
from minsheng.attributes import Attributes
from minsheng.quantities import Quantity
from minsheng.surroundings import Surroundings

MONEY = ("benefit", "contribution", "fiscal")
"""Measures that are standards in money."""

RATES = ("%", "‰")

Told = tuple[str, tuple[str, ...]]
"""What a cell says, and what is in doubt about it."""


def role_of(indicator: Mapping[str, str], one: Quantity, role: str, around: Surroundings, attributes: Attributes) -> str:
    """The role of a number of an indicator; `role` is what the words around it say."""
    which, own = indicator["indicator_id"], indicator["unit"].split(";")
    money, divides = indicator["measure"] in MONEY, attributes.divides(indicator["indicator_id"], one.unit, own)
    if role in ("growth", "baseline") or (role == "share" and divides):
        return role
    if one.unit in RATES and divides:
        return "growth" if money else "share"
    if money:
        return "increase" if role == "increase" else "level"
    return "level" if role == "level" and "从" in around.head[-30:] else attributes.role(which, one.unit, around)


def unit_of(indicator: Mapping[str, str], one: Quantity) -> Told:
    """The unit as printed, or as the indicator has it where none is."""
    own = indicator["unit"].split(";")
    if not one.unit:
        return own[0], ("doubt.unit_assumed",)
    return one.unit, () if one.unit in own or one.unit in RATES else ("doubt.unit_other",)


def per_of(indicator: Mapping[str, str], one: Quantity, role: str, last: str, known: Collection[str]) -> Told:
    """What the unit is per: as printed, completed by what the indicator is always per.

    Parameters
    ----------
    indicator : mapping
        Row of ``indicators``.
    one : Quantity
    role : str
        Role of the number; a growth and a share are per nothing.
    last : str
        What the number before was per, where it was of the same indicator.
    known : collection of str
        Codes of the vocabulary ``per``.

    Examples
    --------
    >>> indicator = {"per": "person-month;person-year", "measure": "benefit"}
    >>> one = Quantity(0, 1, ((0, 1),), 900.0, unit="元", per="month")
    >>> per_of(indicator, one, "level", "", [])
    ('person-month', ())
    """
    own = [code for code in indicator["per"].split(";") if code]
    if role in ("growth", "share") or (not own and indicator["measure"] not in MONEY):
        return "", ()
    printed = one.per.replace("person", "student") if f"student-{one.per.partition('-')[2]}" in own else one.per
    if printed in own:
        return printed, ()
    if not printed and (last in own or own):
        return last if last in own else own[0], ("doubt.per_assumed",)
    wider = [code for code in own if set(printed.split("-")) <= set(code.split("-"))]
    if wider:
        return wider[0], () if "month" in printed or len(own) == 1 else ("doubt.per_assumed",)
    if printed in known:
        return printed, ("doubt.per_other",)
    return (own[0] if own else ""), ("doubt.per_other",) if printed else ()


def year_of(role: str, around: Surroundings, year: int) -> tuple[int, tuple[str, ...]]:
    """The year of a number in a document of `year`: a baseline is of the year before where none is printed."""
    printed = made.year_printed(around.gap)
    if role == "baseline":
        return (printed, ()) if printed and year - 4 < printed < year else (year - 1, ("doubt.year_assumed",))
    if printed is None or printed == year:
        return year, ()
    return (printed, ()) if printed == year + 1 and "底" not in around.gap else (year, ("doubt.year_other",))
