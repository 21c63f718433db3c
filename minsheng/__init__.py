"""Comparative tables of what Chinese local governments promise their residents.

>>> import minsheng as ms
>>> data = ms.load()
>>> data
Dataset(documents 14, regions 28, items 251, indicators 378, figures 853, reference 73)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Each public name and the room it lives in. A room is imported when one of its names is first used,
# so that `import minsheng` itself costs next to nothing.
_ROOMS = {
    "Dataset": "tables",
    "load": "tables",
    "audit": "audits",
    "check": "checks",
    "Fault": "faults",
    "FaultsFound": "faults",
    "Refused": "faults",
    "verify": "evidence",
    "printed": "levels",
    "standards": "levels",
    "across": "compare",
    "over_years": "compare",
    "growth": "compare",
    "urban_rural": "compare",
    "against_reference": "yardsticks",
    "against_parent": "yardsticks",
    "constant_prices": "yardsticks",
    "funding": "compare",
    "known": "compare",
    "view": "views",
    "View": "views",
    "use_style": "style",
}
_MODULES = ("charts", "labels", "page", "remarks", "schema", "story", "views")

if TYPE_CHECKING:
    from minsheng import charts as charts
    from minsheng import labels as labels
    from minsheng import page as page
    from minsheng import remarks as remarks
    from minsheng import schema as schema
    from minsheng import story as story
    from minsheng import views as views
    from minsheng.audits import audit as audit
    from minsheng.checks import check as check
    from minsheng.compare import across as across
    from minsheng.compare import funding as funding
    from minsheng.compare import growth as growth
    from minsheng.compare import known as known
    from minsheng.compare import over_years as over_years
    from minsheng.compare import urban_rural as urban_rural
    from minsheng.evidence import verify as verify
    from minsheng.faults import Fault as Fault
    from minsheng.faults import FaultsFound as FaultsFound
    from minsheng.faults import Refused as Refused
    from minsheng.levels import printed as printed
    from minsheng.levels import standards as standards
    from minsheng.style import use_style as use_style
    from minsheng.tables import Dataset as Dataset
    from minsheng.tables import load as load
    from minsheng.views import View as View
    from minsheng.views import view as view
    from minsheng.yardsticks import against_parent as against_parent
    from minsheng.yardsticks import against_reference as against_reference
    from minsheng.yardsticks import constant_prices as constant_prices


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return getattr(import_module(f"minsheng.{_ROOMS[name]}"), name)
    if name in _MODULES:
        return import_module(f"minsheng.{name}")
    raise AttributeError(f"module 'minsheng' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_ROOMS, *_MODULES])
