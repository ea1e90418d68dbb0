"""How a place in a text, and a user's word, are shown in a message.

Knows only text: no YAML, no pydantic, no desks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from simdesk.spelling import LONGEST_WORD as LONGEST_WORD
from simdesk.spelling import nearest as nearest
from simdesk.spelling import nearest_of as nearest_of
from simdesk.spelling import quoted as quoted
from simdesk.spelling import visible

EXCERPT_WIDTH = 100


class Span(NamedTuple):
    """A stretch of a text: 1-based line and column of its first character, and of the one after its last."""

    line: int
    column: int
    end_line: int
    end_column: int


def printable(text: str) -> str:
    """A text that a file can hold as a key: composed letters, and a space for each character that cannot be seen."""
    return unicodedata.normalize("NFC", "".join(letter if letter.isprintable() else " " for letter in text))


def dotted(path: Sequence[str | int]) -> str:
    """A path as the user writes it: `teams.first_line.agents`."""
    return ".".join(visible(str(piece)[:LONGEST_WORD]) for piece in path)


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
    return f"    {visible(shown)}\n    {' ' * _width(line[cut:start])}{'^' * max(1, _width(under))}"


def _width(text: str) -> int:
    """Columns that a terminal needs: Chinese takes two a character, a combining accent none."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(unicodedata.combining(letter) > 0 for letter in text)
