"""What the tables look like: the one descriptor, ``data/datapackage.json``, read into small objects."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minsheng.places import bundled

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Field:
    """One column of a table."""

    name: str
    type: str
    title: str
    title_en: str
    description: str
    description_en: str
    vocabulary: str | None
    required: bool
    unique: bool
    pattern: str | None
    minimum: float | None
    maximum: float | None
    max_length: int | None

    def heading(self, lang: str) -> str:
        """Title of the column in `lang` (``zh`` or ``en``)."""
        return self.title if lang == "zh" else self.title_en

    def meaning(self, lang: str) -> str:
        """What the column holds, in `lang`."""
        return self.description if lang == "zh" else self.description_en


@dataclass(frozen=True)
class Table:
    """One table: its columns and keys."""

    name: str
    path: str
    title: str
    title_en: str
    description: str
    description_en: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[tuple[str, str, str], ...]
    """(column, other table, column there)"""
    optional: bool = False
    """Whether tables are whole without it."""

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in order."""
        return [field.name for field in self.fields]

    def field(self, name: str) -> Field:
        """The column of that name."""
        return next(field for field in self.fields if field.name == name)

    def heading(self, lang: str) -> str:
        """Title of the table in `lang` (``zh`` or ``en``)."""
        return self.title if lang == "zh" else self.title_en

    def meaning(self, lang: str) -> str:
        """What a row of the table is, in `lang`."""
        return self.description if lang == "zh" else self.description_en


@dataclass(frozen=True)
class Schema:
    """All tables and closed vocabularies."""

    tables: dict[str, Table]
    vocabularies: dict[str, dict[str, dict[str, str]]]
    recipients: dict[str, dict[str, dict[str, str]]]
    """Words that a recipient may be or be made of, by dimension. Not closed: a document prints what it will."""
    derived: dict[str, Table]
    """Tables that are worked out from the others, and written with them."""
    additions: dict[str, Table] = field(default_factory=dict)
    """Tables of words and no facts: those that tables of one's own add to the vocabularies, and the wording of the indicators."""

    @property
    def core(self) -> set[str]:
        """Names of the tables that must be there."""
        return {name for name, table in self.tables.items() if not table.optional}

    @property
    def readable(self) -> dict[str, Table]:
        """The tables that a folder or workbook may hold."""
        return self.tables | self.additions

    def with_words(self, words: pd.DataFrame) -> Schema:
        """The same with words of one's own (rows of the table ``vocabularies``) after those that are there.

        Examples
        --------
        >>> import pandas as pd
        >>> own = pd.DataFrame([{"vocabulary": "topic", "code": "heating", "zh": "供暖", "en": "heating", "short": ""}])
        >>> schema().with_words(own).label("topic", "heating")
        '供暖'
        """
        if words.empty:
            return self
        whole = {name: dict(codes) for name, codes in [*self.vocabularies.items(), *self.recipients.items()]}
        for row in words.to_dict("records"):
            codes = whole.setdefault(str(row["vocabulary"]), {})
            codes.setdefault(str(row["code"]), {one: str(row[one]) for one in ("zh", "en", "short") if row[one]})
        vocabularies, recipients = ({name: whole[name] for name in own} for own in (self.vocabularies, self.recipients))
        return replace(self, vocabularies=vocabularies, recipients=recipients)

    def codes(self, vocabulary: str) -> list[str]:
        """The allowed codes of a vocabulary, in their order."""
        return list(self.vocabularies[vocabulary])

    def label(self, vocabulary: str, code: str, lang: str = "zh") -> str:
        """What a reader sees for a code; the code itself where it is not known.

        Examples
        --------
        >>> schema().label("stage", "draft")
        '征求意见稿'
        """
        return self.vocabularies[vocabulary].get(code, {}).get(lang, code)


def _field(raw: dict[str, Any]) -> Field:
    limits = raw.get("constraints", {})
    return Field(
        name=raw["name"],
        type=raw["type"],
        title=raw["title"],
        title_en=raw["title_en"],
        description=raw["description"],
        description_en=raw["description_en"],
        vocabulary=raw.get("vocabulary"),
        required=limits.get("required", False),
        unique=limits.get("unique", False),
        pattern=limits.get("pattern"),
        minimum=limits.get("minimum"),
        maximum=limits.get("maximum"),
        max_length=limits.get("maxLength"),
    )


def _table(raw: dict[str, Any]) -> Table:
    spec = raw["schema"]
    return Table(
        name=raw["name"],
        path=raw["path"],
        title=raw["title"],
        title_en=raw["title_en"],
        description=raw["description"],
        description_en=raw["description_en"],
        fields=tuple(_field(one) for one in spec["fields"]),
        primary_key=tuple(spec["primaryKey"]),
        foreign_keys=tuple(
            (key["fields"], key["reference"]["resource"] or raw["name"], key["reference"]["fields"])
            for key in spec.get("foreignKeys", [])
        ),
        optional=raw.get("optional", False),
    )


@cache
def schema(path: Path | None = None) -> Schema:
    """Read the descriptor.

    Parameters
    ----------
    path : Path, optional
        A ``datapackage.json``; the bundled one if not given.

    Returns
    -------
    Schema
        Tables in the order of the descriptor, and the vocabularies.

    Examples
    --------
    >>> list(schema().tables)
    ['documents', 'regions', 'items', 'indicators', 'figures', 'reference', 'cases', 'case_parts']
    """
    where = path or bundled("data") / "datapackage.json"
    raw = json.loads(where.read_text(encoding="utf-8"))
    return Schema(
        tables={one["name"]: _table(one) for one in raw["resources"]},
        vocabularies=raw["vocabularies"],
        recipients=raw.get("recipients", {}),
        derived={one["name"]: _table(one) for one in raw.get("derived", [])},
        additions={one["name"]: _table(one) for one in raw.get("additions", [])},
    )
