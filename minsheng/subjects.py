"""What an item is about: the topic that the most words speak for, as the vocabulary ``topic`` of the descriptor has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

Words = tuple[tuple[str, str], ...]

TITLE, FIRST = 4, 2
"""How many times as much a word says in a heading as in the text below it, and the first of a heading as the others."""
CLEAR, LIKELY, UNSURE = 0.95, 0.8, 0.5
"""How sure a topic is that has at least twice as much as the next one, more than it, or no more."""


def topic_words(topics: Mapping[str, Mapping[str, str]]) -> Words:
    """The words that speak for each topic of the vocabulary, and its name; the longest first.

    Examples
    --------
    >>> topic_words({"heating": {"zh": "供暖", "en": "heating", "words": "供热 暖气费"}})
    (('暖气费', 'heating'), ('供暖', 'heating'), ('供热', 'heating'))
    """
    found = {(word, code) for code, one in topics.items() for word in [one["zh"], *one.get("words", "").split()]}
    return tuple(sorted(found, key=lambda pair: (-len(pair[0]), pair)))


def _found(text: str, words: Words) -> Counter[str]:
    """What a text says for each topic: the lengths of its words. A word inside a longer one that is there says nothing."""
    told: Counter[str] = Counter()
    for word, topic in words:
        if times := text.count(word):
            told[topic] += len(word) * min(times, 2)
            text = text.replace(word, "\0")
    return told


def topic(title: str, text: str, words: Words) -> tuple[str, float]:
    """The topic of an item, and how sure that is.

    Parameters
    ----------
    title, text : str
        Its heading, and all of it.
    words : tuple
        As `topic_words` gives them.

    Returns
    -------
    topic : str
        A code of the vocabulary; empty where no word speaks for any.
    confidence : float

    Examples
    --------
    >>> words = (("低保", "dibao"), ("就业", "employment"))
    >>> topic("提高低保标准", "城市低保标准提高到每月915元。", words), topic("其他", "", words)
    (('dibao', 0.95), ('', 0.0))
    """
    told = Counter({name: TITLE * count for name, count in _found(title, words).items()})
    opening = min(words, key=lambda pair: (title + pair[0]).index(pair[0]), default=("", ""))
    if opening[0] in title:
        told[opening[1]] += FIRST * len(opening[0])
    told.update(_found(text, words))
    if not told:
        return "", 0.0
    (first, most), (_, next_) = (*told.most_common(2), ("", 0))[:2]
    return first, CLEAR if most >= 2 * next_ else LIKELY if most > next_ else UNSURE
