"""Which known word a misspelt one was probably meant to be, and how a user's word is shown in a message.

Knows only words. A file of a thousand misspelt names among a thousand known ones must not keep anybody waiting, so
words are compared by a compiled library.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

LONGEST_WORD: Final = 100
"""Characters of a word that are looked at and shown."""
_HALF: Final = 0.5
"""Letters in common that suffice for words of one or two letters: half of 'l3' is right about 'l2'."""
_MOST_LETTERS: Final = 0.6
"""Letters in common that longer words need: half of 'foo' is wrong about 'loops'. What Python's difflib takes, too."""


def nearest(word: str, options: Iterable[str]) -> str:
    """The end of a message about a misspelt word: `; did you mean 'fifo'?`, or nothing."""
    option = nearest_of(word, options)
    return "" if option is None else f"; did you mean {quoted(option)}?"


def nearest_of(word: str, options: Iterable[str]) -> str | None:
    """The option that a misspelt word was probably meant to be; of several that are equally near the first by name."""
    from rapidfuzz.distance.Indel import normalized_similarity
    from rapidfuzz.process import extractOne  # not at the top: `--help` and most commands misspell nothing

    by_small = {option.casefold()[:LONGEST_WORD]: option for option in sorted(options)}
    cutoff = _HALF if len(word) <= 2 else _MOST_LETTERS
    small = word.casefold()[:LONGEST_WORD]
    found = extractOne(small, by_small.keys(), scorer=normalized_similarity, score_cutoff=cutoff)
    return by_small[found[0]] if found else None


def quoted(word: str) -> str:
    """A user's word in quotes, shortened, with nothing in it that could confuse a terminal."""
    short = word if len(word) <= LONGEST_WORD else word[: LONGEST_WORD - 1] + "…"
    return "'" + visible(short) + "'"


def visible(text: str) -> str:
    """A text without anything that a terminal would act on."""
    return "".join(letter if letter.isprintable() else " " if letter == "\t" else "\ufffd" for letter in text)
