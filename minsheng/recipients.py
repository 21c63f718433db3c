"""Who receives: what the words in the column ``recipient`` are made of, and what they are called in English.

The descriptor (``recipients`` in ``data/datapackage.json``) lists the words of each dimension, such as the grades and the
causes of a disability.
"""

from __future__ import annotations

import pandas as pd

from minsheng.faults import Refused, nearest
from minsheng.schema import Schema, schema

Words = dict[str, dict[str, dict[str, str]]]
"""Dimension, word, and what it is called in each language."""


def parts(text: str, dimensions: tuple[str, ...], words: Words | None = None) -> tuple[str, ...] | None:
    """The word of each dimension that `text` is made of, in that order; None where it is made of anything else.

    Examples
    --------
    >>> parts("一级因战", ("grade", "cause")), parts("一级", ("grade", "cause"))
    (('一级', '因战'), None)
    """
    if not dimensions:
        return None if text else ()
    words = schema().recipients if words is None else words
    for code in words[dimensions[0]]:
        rest = parts(text.removeprefix(code), dimensions[1:], words) if text.startswith(code) else None
        if rest is not None:
            return (code, *rest)
    return None


def split(rows: pd.DataFrame, *dimensions: str) -> pd.DataFrame:
    """Rows whose recipient is made of these dimensions, with a column for each of them.

    Parameters
    ----------
    rows : DataFrame
        With a column ``recipient``, such as standards.
    *dimensions : str
        Names from ``recipients`` in the descriptor, in the order in which the words stand.

    Returns
    -------
    DataFrame
        Columns of `rows` and one for each dimension. Other recipients are left out.

    Raises
    ------
    Refused
        If there is no such dimension, with the nearest.

    Examples
    --------
    >>> import minsheng as ms
    >>> levels = ms.standards(ms.load())
    >>> rows = ms.split(levels[levels.indicator_id == "disabled_soldier_pension"], "grade", "cause")
    >>> rows.loc[rows.grade == "一级", ["cause", "value"]].to_dict("records")
    [{'cause': '因公', 'value': 7825.8}, {'cause': '因战', 'value': 8080.8}, {'cause': '因病', 'value': 7569.2}]
    """
    there = list(schema().recipients)
    for one in dimensions:
        if one not in there:
            raise Refused("refused.dimension", value=one, nearest=nearest(one, there))
    found = [parts(text, dimensions) for text in rows["recipient"]]
    kept = rows[[one is not None for one in found]].reset_index(drop=True)
    words = pd.DataFrame([one for one in found if one is not None], columns=list(dimensions), dtype="str")
    whole = pd.concat([kept, words], axis=1)
    whole.attrs.update(rows.attrs)
    return whole


def name(text: str, lang: str, known: Schema | None = None) -> str:
    """What a reader calls a recipient: its own words in Chinese, the descriptor's in English, else its words in quotes.

    Examples
    --------
    >>> name("一级因战", "en"), name("半失能", "en"), name("某类", "en"), name("半失能", "zh")
    ('grade 1, combat', 'partly unable to care for self', '“某类”', '半失能')
    """
    words = (known or schema()).recipients
    if lang == "zh" or not text:
        return text
    for dimensions in [(one,) for one in words] + [(one, two) for one in words for two in words if one != two]:
        made_of = parts(text, dimensions, words)
        if made_of:
            return ", ".join(words[d][one][lang] for d, one in zip(dimensions, made_of, strict=True))
    return f"“{text}”"
