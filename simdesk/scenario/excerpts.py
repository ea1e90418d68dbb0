"""How a place in a text, and a user's word, are shown in a message.

Knows only text: no YAML, no pydantic, no desks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import NamedTuple

EXCERPT_WIDTH = 100
LONGEST_WORD = 100


class Span(NamedTuple):
    """A stretch of a text: 1-based line and column of its first character, and of the one after its last."""

    line: int
    column: int
    end_line: int
    end_column: int


def nearest(word: str, options: Iterable[str]) -> str:
    """The end of a message about a misspelt word: `; did you mean 'fifo'?`, or nothing."""
    option = nearest_of(word, options)
    return "" if option is None else f"; did you mean {quoted(option)}?"


def nearest_of(word: str, options: Iterable[str]) -> str | None:
    """The option that a misspelt word was probably meant to be."""
    by_small = {option.lower(): option for option in options}
    cutoff = 0.5 if len(word) <= 2 else 0.6  # half of 'l3' is right about 'l2', half of 'foo' is wrong about 'loops'
    close = get_close_matches(word.lower()[:LONGEST_WORD], by_small, n=1, cutoff=cutoff)
    return by_small[close[0]] if close else None


def printable(text: str) -> str:
    """A text that a file can hold as a key: composed letters, and a space for each character that cannot be seen."""
    return unicodedata.normalize("NFC", "".join(letter if letter.isprintable() else " " for letter in text))


def quoted(word: str) -> str:
    """A user's word in quotes, shortened, with nothing in it that could confuse a terminal."""
    short = word if len(word) <= LONGEST_WORD else word[: LONGEST_WORD - 1] + "…"
    return "'" + _visible(short) + "'"


def dotted(path: Sequence[str | int]) -> str:
    """A path as the user writes it: `teams.first_line.agents`."""
    return ".".join(_visible(str(piece)[:LONGEST_WORD]) for piece in path)


def excerpt(lines: Sequence[str], span: Span) -> str:
    """The line of a stretch, indented by four, with carets below; empty where there is no line."""
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    if not line.strip():
        return ""
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
    cut = min(len(line) - len(line.lstrip()), start)
    if start - cut > EXCERPT_WIDTH * 3 // 4:
        cut = start - EXCERPT_WIDTH // 4
    shown = line[cut : cut + EXCERPT_WIDTH].rstrip()
    under = line[start : min(end, cut + EXCERPT_WIDTH)]
    return f"    {_visible(shown)}\n    {' ' * _width(line[cut:start])}{'^' * max(1, _width(under))}"


def _visible(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " if letter == "\t" else "\ufffd" for letter in text)


def _width(text: str) -> int:
    """Columns that a terminal needs: Chinese takes two a character, a combining accent none."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(unicodedata.combining(letter) > 0 for letter in text)
