"""Many reports at once: a file, or the flags of a command, that say which years, topics, places and languages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from minsheng.faults import Refused, nearest
from minsheng.labels import LANGUAGES, say
from minsheng.plans import Plan, Request, plan_all
from minsheng.runs import RunSpec
from minsheng.schema import schema
from minsheng.tables import Dataset
from minsheng.topics import topics
from minsheng.views import PRICES, YEAR_BASES, find_region
from minsheng.yardsticks import ancestors

_LISTS = ("years", "topics", "regions", "levels", "under", "langs")
_ONES = ("year_basis", "prices", "strict")
_EXCLUDE = ("years", "topics", "regions", "langs")


@dataclass(frozen=True)
class Entry:
    """Reports of every combination of what it lists; an empty list of years or topics means all there are.

    `regions`, `levels` and `under` name places, each with reports of its own: by id or name, by their level, by the place
    above them. None at all: reports over all places. `exclude` are combinations that are left out.
    """

    years: tuple[int, ...] = ()
    topics: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    under: tuple[str, ...] = ()
    langs: tuple[str, ...] = ("zh",)
    year_basis: str = "assessed"
    prices: str = "nominal"
    strict: bool = False
    exclude: tuple[Mapping[str, tuple[Any, ...]], ...] = ()


class _Reader:
    """Reads entries, and notes everything that is wrong with them."""

    def __init__(self, data: Dataset, lang: str) -> None:
        self.data, self.lang, self.wrong = data, lang, list[str]()

    def _note(self, where: str, key: str, **values: Any) -> None:
        self.wrong.append(f"{where}: {say(f'matrix.{key}', self.lang, **values)}")

    def _one_of(self, where: str, value: Any, known: Iterable[str]) -> Any:
        if value not in (known := list(known)):
            self._note(where, "value", value=repr(value), nearest=nearest(str(value), known))
        return value

    def _place(self, where: str, value: Any) -> Any:
        try:
            return find_region(self.data, value) if isinstance(value, str) else self._kind(where, value, "text")
        except Refused as refusal:
            self.wrong.append(f"{where}: {refusal.text(self.lang)}")
            return value

    def _kind(self, where: str, value: Any, kind: str) -> Any:
        self._note(where, kind, value=repr(value))
        return value

    def _item(self, where: str, key: str, value: Any) -> Any:
        """One value of a list, held against what there is."""
        if key == "years":
            return value if type(value) is int else self._kind(where, value, "year")
        if key in ("regions", "under"):
            return self._place(where, value)
        known = {"topics": topics(), "langs": LANGUAGES, "levels": schema().codes("level")}[key]
        return self._one_of(where, value, known)

    def _list(self, where: str, key: str, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            self._note(where, "list", value=repr(value))
            return ()
        return tuple(self._item(f"{where}[{n}]", key, one) for n, one in enumerate(value))

    def _exclusions(self, where: str, value: Any) -> tuple[Mapping[str, tuple[Any, ...]], ...]:
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self._note(where, "tables", value=repr(value))
            return ()
        found = []
        for n, one in enumerate(value):
            known = self._known(f"{where}[{n}]", one, _EXCLUDE)
            found.append({key: self._list(f"{where}[{n}].{key}", key, cells) for key, cells in known.items()})
        return tuple(found)

    def _known(self, where: str, table: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
        for key in table:
            if key not in keys:
                self._note(f"{where}.{key}".lstrip("."), "key", nearest=nearest(key, keys))
        return {key: value for key, value in table.items() if key in keys}

    def entry(self, where: str, table: Mapping[str, Any], base: Entry) -> Entry:
        """One entry, with what it does not say from `base`."""
        said: dict[str, Any] = {}
        for key, value in self._known(where, table, (*_LISTS, *_ONES, "exclude")).items():
            at = f"{where}.{key}".lstrip(".")
            if key in _LISTS:
                said[key] = self._list(at, key, value)
            elif key == "exclude":
                said[key] = base.exclude + self._exclusions(at, value)
            elif key == "strict":
                said[key] = value if isinstance(value, bool) else self._kind(at, value, "switch")
            else:
                said[key] = self._one_of(at, value, PRICES if key == "prices" else YEAR_BASES)
        return replace(base, **said)


def _parsed(path: Path) -> Any:
    """What a file says, as TOML or YAML by its name."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        return tomllib.loads(text)
    import yaml

    return yaml.safe_load(text)


def read(path: Path, data: Dataset, lang: str = "zh") -> list[Entry]:
    """The entries of a matrix file.

    A file is TOML, or YAML by its name. Its keys are those of `Entry`; what stands at the top holds for each of
    ``reports``, unless that says otherwise; exclusions add up.

    Parameters
    ----------
    path : Path
    data : Dataset
        Against whose places and topics the file is held.
    lang : {'zh', 'en'}
        Of what is said of its faults.

    Raises
    ------
    Refused
        With everything that is wrong with the file, each with its place in it.
    """
    try:
        whole = _parsed(path)
    except (OSError, ValueError) as error:  # both parsers' errors are ValueErrors, or made so below
        raise Refused("refused.matrix", file=str(path), problems=str(error)) from None
    except Exception as error:
        raise Refused("refused.matrix", file=str(path), problems=" ".join(str(error).split())) from None
    reader = _Reader(data, lang)
    if not isinstance(whole, dict):
        reader.wrong.append(say("matrix.top", lang))
        whole = {}
    reports = whole.pop("reports", [{}])
    base = reader.entry("", whole, Entry())
    if not isinstance(reports, list) or not all(isinstance(one, dict) for one in reports):
        reader.wrong.append(f"reports: {say('matrix.tables', lang, value=repr(reports))}")
        reports = []
    entries = [reader.entry(f"reports[{n}]", one, base) for n, one in enumerate(reports)]
    if reader.wrong:
        raise Refused("refused.matrix", file=str(path), problems="\n  ".join(["", *reader.wrong]))
    return entries


def _places(entry: Entry, data: Dataset) -> list[tuple[str, ...]]:
    """The places of which an entry has reports of their own; one empty group for all places together."""
    if not (entry.regions or entry.levels or entry.under):
        return [()]
    regions = data.regions
    there = regions["region_id"].isin(set(data.figures["region_id"].dropna()) | set(data.documents["region_id"]))
    mine = regions[there & regions["level"].isin(entry.levels or schema().codes("level"))]
    below = [one for one in mine["region_id"] if not entry.under or set(entry.under) & set(ancestors(data, one))]
    chosen = below if entry.levels or entry.under else []
    return [(one,) for one in dict.fromkeys([*entry.regions, *chosen])]


def requests(entry: Entry, data: Dataset, tables: str = "") -> list[Request]:
    """An entry as requests: one for each language and place."""
    return [
        Request(entry.years, entry.topics, place, lang, entry.year_basis, entry.prices, entry.strict, tables)
        for lang in entry.langs
        for place in _places(entry, data)
    ]


def excluded(entry: Entry, spec: RunSpec) -> bool:
    """Whether a report is one of those that an entry leaves out."""
    own: dict[str, set[Any]] = {
        "years": {spec.year},
        "topics": {spec.topic.name},
        "regions": set(spec.regions),
        "langs": {spec.lang},
    }
    return any(all(own[key] & set(values) for key, values in one.items()) for one in entry.exclude)


def entry(flags: Mapping[str, Any], data: Dataset, lang: str = "zh") -> Entry:
    """An entry from the flags of a command.

    Raises
    ------
    Refused
        With everything that is wrong with them.
    """
    reader = _Reader(data, lang)
    made = reader.entry("", flags, Entry())
    if reader.wrong:
        raise Refused("refused.flags", problems="\n  ".join(["", *reader.wrong]))
    return made


def planned(entries: Iterable[Entry], data: Dataset, tables: str = "") -> Plan:
    """What some entries come to (`minsheng.plans.plan_all`)."""
    of = {request: entry for entry in entries for request in requests(entry, data, tables)}
    return plan_all(list(of), lambda request, spec: excluded(of[request], spec))
