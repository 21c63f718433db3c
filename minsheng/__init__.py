"""Comparative tables of what Chinese local governments promise their residents.

>>> import minsheng as ms
>>> data = ms.load()
>>> data
Dataset(documents 14, regions 28, items 251, indicators 378, figures 853, reference 73, cases 16, case_parts 27)
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
    "select": "compare",
    "urban_rural": "compare",
    "against_reference": "yardsticks",
    "against_parent": "yardsticks",
    "constant_prices": "yardsticks",
    "cases": "typical",
    "case_parts": "typical",
    "newest": "typical",
    "composed": "typical",
    "beyond_dibao": "typical",
    "highlights": "headlines",
    "funding": "funds",
    "known": "compare",
    "latest": "compare",
    "multiples": "bounds",
    "promised": "bounds",
    "split": "recipients",
    "supplements": "sums",
    "ladder": "rungs",
    "in_force": "promises",
    "planned": "promises",
    "shared": "promises",
    "residents": "promises",
    "per_thousand": "promises",
    "delivery": "progress",
    "unshown": "leftovers",
    "diff": "differences",
    "uncovered": "topics",
    "listed": "commitments",
    "shares": "commitments",
    "diversity": "commitments",
    "view": "views",
    "View": "views",
    "use_style": "style",
    "source": "origins",
    "explain": "explaining",
    "search": "finder",
    "Choice": "shelves",
    "Shelf": "shelves",
    "unflagged": "shelves",
    "exhibit": "displays",
    "explore": "explorer",
    "draft": "proofs",
    "Proof": "proofs",
}
_MODULES = (
    "casebook",
    "changes",
    "charts",
    "labels",
    "ledger",
    "merging",
    "nearby",
    "shelves",
    "overviews",
    "page",
    "reading",
    "remarks",
    "schema",
    "story",
    "summaries",
    "views",
)

if TYPE_CHECKING:
    from minsheng import casebook as casebook
    from minsheng import changes as changes
    from minsheng import charts as charts
    from minsheng import labels as labels
    from minsheng import ledger as ledger
    from minsheng import merging as merging
    from minsheng import nearby as nearby
    from minsheng import overviews as overviews
    from minsheng import page as page
    from minsheng import reading as reading
    from minsheng import remarks as remarks
    from minsheng import schema as schema
    from minsheng import shelves as shelves
    from minsheng import story as story
    from minsheng import summaries as summaries
    from minsheng import views as views
    from minsheng.audits import audit as audit
    from minsheng.bounds import multiples as multiples
    from minsheng.bounds import promised as promised
    from minsheng.checks import check as check
    from minsheng.commitments import diversity as diversity
    from minsheng.commitments import listed as listed
    from minsheng.commitments import shares as shares
    from minsheng.compare import across as across
    from minsheng.compare import growth as growth
    from minsheng.compare import known as known
    from minsheng.compare import latest as latest
    from minsheng.compare import over_years as over_years
    from minsheng.compare import select as select
    from minsheng.compare import urban_rural as urban_rural
    from minsheng.differences import diff as diff
    from minsheng.displays import exhibit as exhibit
    from minsheng.evidence import verify as verify
    from minsheng.explaining import explain as explain
    from minsheng.explorer import explore as explore
    from minsheng.faults import Fault as Fault
    from minsheng.faults import FaultsFound as FaultsFound
    from minsheng.faults import Refused as Refused
    from minsheng.finder import search as search
    from minsheng.funds import funding as funding
    from minsheng.headlines import highlights as highlights
    from minsheng.leftovers import unshown as unshown
    from minsheng.levels import printed as printed
    from minsheng.levels import standards as standards
    from minsheng.origins import source as source
    from minsheng.progress import delivery as delivery
    from minsheng.promises import in_force as in_force
    from minsheng.promises import per_thousand as per_thousand
    from minsheng.promises import planned as planned
    from minsheng.promises import residents as residents
    from minsheng.promises import shared as shared
    from minsheng.proofs import Proof as Proof
    from minsheng.proofs import draft as draft
    from minsheng.recipients import split as split
    from minsheng.rungs import ladder as ladder
    from minsheng.shelves import Choice as Choice
    from minsheng.shelves import Shelf as Shelf
    from minsheng.shelves import unflagged as unflagged
    from minsheng.style import use_style as use_style
    from minsheng.sums import supplements as supplements
    from minsheng.tables import Dataset as Dataset
    from minsheng.tables import load as load
    from minsheng.topics import uncovered as uncovered
    from minsheng.typical import beyond_dibao as beyond_dibao
    from minsheng.typical import case_parts as case_parts
    from minsheng.typical import cases as cases
    from minsheng.typical import composed as composed
    from minsheng.typical import newest as newest
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
