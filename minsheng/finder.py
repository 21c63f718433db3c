"""Finding indicators, items, places, documents, national series and typical cases by words: Chinese, English, pinyin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

import pandas as pd

from minsheng.faults import Refused, nearest
from minsheng.schema import schema
from minsheng.sources import short_title
from minsheng.tables import Dataset, load
from minsheng.views import View, names

COLUMNS = ["kind", "id", "name", "name_en", "where", "match"]
"""Columns of what is found."""

KINDS = ("indicator", "item", "place", "document", "national", "case")

MATCHES = ("exact", "prefix", "inside", "pinyin", "initials", "text")
"""How words may be met, the best first: the whole name, its beginning, inside it, its pinyin, the first letters of its pinyin,
or what is said of it (definition, other names, topic, departments)."""

_NEAR, _ALIKE, _MOST = 0.5, 0.7, 5
"""How much of a Chinese word the nearest names must have, how like a Latin one they must be, and how many are shown."""

_LEAST = 2
"""Letters that a word needs to be met by pinyin or by likeness: one would be in nearly every name."""

_LATIN = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class _Entry:
    """Something that can be found: its names, and what else is said of it."""

    kind: str
    id: str
    name: str
    name_en: str
    where: str
    text: str = ""


@cache
def _syllables(name: str) -> tuple[str, ...]:
    """The pinyin of each character of a name, without tones."""
    from pypinyin import lazy_pinyin

    return tuple(one.lower() for one in lazy_pinyin(name, v_to_u=False))


def _text(*cells: object) -> str:
    return " ".join(cell for cell in cells if isinstance(cell, str)).lower()


def _labels(topic: str) -> str:
    return _text(*(schema().label("topic", topic, lang) for lang in ("zh", "en")))


def _indicators(view: View) -> Iterator[_Entry]:
    wording = view.data.wording
    called = wording[wording["kind"] == "alias"].groupby("indicator_id")["word"].agg(" ".join).to_dict()
    for row in view.data.indicators.itertuples():
        said = _text(row.definition, called.get(row.indicator_id), _labels(row.topic))
        yield _Entry("indicator", row.indicator_id, row.name, row.name_en, view.label("topic", row.topic), said)


def _items(view: View) -> Iterator[_Entry]:
    for row in view.data.items.itertuples():
        said = _text(row.lead, row.support, row.section, _labels(row.topic))
        where = short_title(row.document_id, view)
        yield _Entry("item", f"{row.document_id}/{row.item}", row.title, "", where, said)


def _places(view: View) -> Iterator[_Entry]:
    for row in view.data.regions.itertuples():
        where = view.place(row.parent_id) if isinstance(row.parent_id, str) else ""
        yield _Entry("place", row.region_id, row.name, row.name_en, where)


def _documents(view: View) -> Iterator[_Entry]:
    for row in view.data.documents.itertuples():
        where = view.place(row.region_id)
        yield _Entry("document", row.document_id, row.title, "", where, _text(row.issuer, short_title(row.document_id, view)))


def _national(view: View) -> Iterator[_Entry]:
    for row in view.data.reference.drop_duplicates("reference_id").itertuples():
        yield _Entry("national", row.reference_id, row.name, row.name_en, view.say("place.nation"))


def _cases(view: View) -> Iterator[_Entry]:
    for row in view.data.cases.itertuples():
        where = view.label("residence", row.residence)
        yield _Entry("case", row.case_id, row.name, row.name_en, where, _text(row.definition, row.definition_en))


_FOUND = dict(zip(KINDS, (_indicators, _items, _places, _documents, _national, _cases), strict=True))


def _in_pinyin(word: str, name: str) -> str:
    """How a word of Latin letters meets the pinyin of a name: from the start of a syllable, or as first letters."""
    if len(word) < _LEAST or not _LATIN.fullmatch(word):
        return ""
    syllables = _syllables(name)
    if any("".join(syllables[at:]).startswith(word) for at in range(len(syllables))):
        return "pinyin"
    return "initials" if word in "".join(one[:1] for one in syllables) else ""


def _met(word: str, entry: _Entry) -> str:
    """How an entry meets a word (one of `MATCHES`); empty where it does not."""
    own = [entry.name.lower(), entry.name_en.lower(), entry.id.lower()]
    if word in own:
        return "exact"
    if any(one.startswith(word) for one in own):
        return "prefix"
    latin = _LATIN.fullmatch(word) is not None  # a Latin word begins where a word begins, a Chinese one anywhere
    if any(re.search(rf"(?<![a-z0-9]){word}", one) if latin else word in one for one in own):
        return "inside"
    said = re.search(rf"(?<![a-z0-9]){word}", entry.text) if latin else word in entry.text
    return _in_pinyin(word, entry.name) or ("text" if said else "")


def _early(word: str, entry: _Entry) -> int:
    """How far inside a name a word stands; in names that it meets by pinyin, whether they begin with it."""
    at = [one for one in (name.lower().find(word) for name in (entry.name, entry.name_en)) if one >= 0]
    if at or not _LATIN.fullmatch(word):
        return min(at, default=len(entry.name))
    syllables = _syllables(entry.name)
    first = "".join(syllables).startswith(word) or "".join(one[:1] for one in syllables).startswith(word)
    return 0 if first else len(entry.name)


def _found(words: Sequence[str], entries: Iterable[_Entry]) -> list[tuple[_Entry, str]]:
    """Entries that meet all words, with the weakest of their matches; the best first."""
    ranked = []
    for entry in entries:
        matches = [_met(word, entry) for word in words]
        if all(matches):
            weakest = max(matches, key=MATCHES.index)
            early = min(_early(word, entry) for word in words)
            length = len(entry.name_en if _LATIN.fullmatch(words[0]) and entry.name_en else entry.name)
            ranked.append(((MATCHES.index(weakest), early, KINDS.index(entry.kind), length), entry, weakest))
    return [(entry, match) for _, entry, match in sorted(ranked, key=lambda one: one[0])]


def _likeness(words: str, entry: _Entry) -> float:
    """How much of some words is in a name in one piece; of Latin ones, how like they are to one of its words or its pinyin."""
    if not _LATIN.fullmatch(words.replace(" ", "")):
        together = SequenceMatcher(None, words, entry.name).find_longest_match().size
        return together / len(words) if together >= _LEAST else 0
    pinyin = "".join(_syllables(entry.name))[: len(words) + 1]
    forms = [*_LATIN.findall(f"{entry.name_en.lower()} {entry.id.lower()}"), pinyin]
    each = [_like(word, forms) for word in words.split()]
    likeness = max(_like(words, forms), sum(each) / len(each))
    return likeness if likeness >= _ALIKE else 0


def _like(word: str, forms: Sequence[str]) -> float:
    """How like a word is to the likest of some forms, from 0 to 1."""
    return max(SequenceMatcher(None, word, form).ratio() for form in forms)


def _heard(words: Sequence[str]) -> list[str]:
    """Chinese words in pinyin: a wrong character is mostly one that sounds alike. None where there is nothing Chinese."""
    heard = ["".join(_syllables(word)) for word in words]
    return heard if heard != list(words) and all(map(_LATIN.fullmatch, heard)) else []


def _nearest(words: str, entries: Iterable[_Entry]) -> list[tuple[_Entry, str]]:
    """The entries whose names are most like some words, if any are."""
    ranked = sorted(((_likeness(words, one), one) for one in entries), key=lambda one: -one[0])
    return [(entry, "nearest") for likeness, entry in ranked[:_MOST] if likeness >= _NEAR]


def _wanted(kinds: str | Iterable[str] | None) -> list[str]:
    wanted = [kinds] if isinstance(kinds, str) else list(kinds or KINDS)
    for one in wanted:
        if one not in KINDS:
            raise Refused("refused.kind", value=one, nearest=nearest(str(one), KINDS))
    return wanted


def search(words: str, data: Dataset | None = None, lang: str = "zh", kinds: str | Iterable[str] | None = None) -> pd.DataFrame:
    """Find indicators, items, places, documents, national series and typical cases.

    Parameters
    ----------
    words : str
        Chinese, English or pinyin without tones (whole, or its first letters); of several words with blanks between,
        all must be met. Where no name has the Chinese words, those that sound like them count (医报 for 医保).
    data : Dataset, optional
        The tables; the bundled ones if not given.
    lang : {'zh', 'en'}
        Language of ``where``.
    kinds : str or list of str, optional
        Only these of `KINDS`.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, the best match first. ``id`` is what other functions take (of an item: ``document/item``, which
        `minsheng.source` takes); ``where`` is the topic, document or place above; ``match`` is one of `MATCHES`. Where
        nothing is found, up to five rows of the nearest names, with ``nearest`` as their ``match``; none where no name is
        like it.

    Raises
    ------
    Refused
        If there is no word, or no such kind.

    Examples
    --------
    >>> import minsheng as ms
    >>> ms.search("孤儿", kinds="indicator")[["id", "match"]].values.tolist()[0]
    ['orphan_standard', 'prefix']
    >>> [ms.search(words).id[0] for words in ("guer", "gu er", "orphan")]
    ['orphan_standard', 'orphan_standard', 'orphan_standard']
    >>> ms.search("孤儿院舍")[["name", "match"]].values.tolist()[0]
    ['孤儿基本生活保障标准', 'nearest']
    """
    asked = re.sub("['’]", "", words.lower()).split() if isinstance(words, str) else []
    if not asked:
        raise Refused("refused.no_words", value=repr(words))
    view = names(load() if data is None else data, lang)
    entries = [entry for kind in _wanted(kinds) for entry in _FOUND[kind](view)]
    rows = _found(asked, entries)
    if not rows and (heard := _heard(asked)):
        rows = _found(heard, entries)
    rows = rows or _nearest(" ".join(asked), entries)
    return pd.DataFrame([[getattr(one, name) for name in COLUMNS[:-1]] + [match] for one, match in rows], columns=COLUMNS)
