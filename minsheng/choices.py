"""What a column of a table may hold, as a workbook says it: lists to choose from, bounds, and a comment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from minsheng.labels import say
from minsheng.schema import Field, Table, schema

_TOLD = 16
"""Codes of a vocabulary that a comment still lists."""

Lists = dict[str, list[tuple[str, str]]]
"""What a column may hold, by vocabulary or table: code and what it means."""


def lists_of(known: Mapping[str, pd.DataFrame], lang: str) -> Lists:
    """The vocabularies, and the keys that other tables refer to, each with what it means."""
    spec = schema().with_words(known.get("vocabularies", pd.DataFrame()))
    found = {
        name: [(code, spec.label(name, code, lang)) for code in spec.codes(name)]
        for name in dict.fromkeys(one.vocabulary for table in spec.tables.values() for one in table.fields)
        if name
    }
    for table in spec.tables.values():
        for _, other, column in table.foreign_keys:
            if other in known:
                label = next((one for one in ("name", "title") if one in spec.tables[other].columns), column)
                found[other] = list(zip(known[other][column], known[other][label], strict=True))
    return found


def list_of(field: Field, table: Table) -> str:
    """The list that a column draws on; none if it is free."""
    foreign = {column: other for column, other, _ in table.foreign_keys}
    return field.vocabulary or foreign.get(field.name, "")


def rule_of(field: Field, table: Table, ranges: Mapping[str, str], lang: str) -> Any:
    """What Excel lets into a column: a list to choose from, or a number within its bounds."""
    from openpyxl.worksheet.datavalidation import DataValidation

    name = list_of(field, table)
    if name in ranges:
        rule = DataValidation("list", formula1=ranges[name], allow_blank=not field.required)
        rule.errorStyle = "stop" if field.vocabulary else "warning"  # a key may be one that is only now being added
        rule.error = say("ledger.not_in_list" if field.vocabulary else "ledger.new_key", lang)
    elif field.type in ("number", "integer"):
        low, high = (f"{limit:f}".rstrip("0").rstrip(".") for limit in (field.minimum or 0, field.maximum or 10**15))
        low = low if field.minimum is not None else f"-{high}"
        kind: Any = "decimal" if field.type == "number" else "whole"
        rule = DataValidation(kind, operator="between", formula1=low, formula2=high)
        rule.error = say("ledger.not_between", lang, low=low, high=high)
    else:
        return None
    rule.errorTitle, rule.showErrorMessage = field.heading(lang), True
    return rule


def comment(field: Field, table: Table, codes: list[tuple[str, str]], lang: str) -> str:
    """What the descriptor says of a column."""
    lines = [field.meaning(lang)]
    lines += [say("ledger.key", lang)] if field.name in table.primary_key else []
    lines += [say("ledger.required", lang)] if field.required else []
    lines += [say(f"ledger.{field.type}", lang)]
    lines += [say("ledger.at_most", lang, limit=field.max_length)] if field.max_length else []
    lines += [say("ledger.pattern", lang, pattern=field.pattern)] if field.pattern else []
    if field.vocabulary and len(codes) <= _TOLD:
        lines += [f"{code}: {label}" for code, label in codes]
    elif codes:
        lines += [say("ledger.see_lists", lang, sheet=say("ledger.lists", lang))]
    return "\n".join(lines)
