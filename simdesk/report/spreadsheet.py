"""Tables as CSV files in which no word is a formula, whatever separator a spreadsheet takes them to have.

A spreadsheet set to German or French splits a comma-separated file at semicolons, and takes no notice of quotes within
a line that it does not split at commas. So every part of a word that some spreadsheet may take for a cell is made
harmless, not only the word. Knows no results.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pandas as pd

_SEPARATOR: Final = re.compile("(\r\n|[,;\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029])")
"""Where a spreadsheet may begin a cell or a line."""
_SIGNS: Final = frozenset("=+-@")
_DROPPED: Final = frozenset(("\t", "\r", "\n", "\r\n"))
"""Separators that some spreadsheets drop from the beginning of a cell."""
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table without its index, in UTF-8: words in quotes and harmless, numbers as they are.

    Raises:
        OSError: the file cannot be written.
    """
    words: dict[str, Any] = {str(name): table[name].map(_told) for name in table.select_dtypes(exclude="number")}
    safe = table.assign(**words).rename(columns=lambda name: harmless(str(name)))
    safe.to_csv(path, index=False, quoting=csv.QUOTE_NONNUMERIC)


def harmless(text: str) -> str:
    """A text with an apostrophe before every part of it that a spreadsheet would compute; a number is left alone.

    After OWASP's page on CSV injection: parts that begin with `=`, `+`, `-` or `@`, wide ones included, also behind
    spaces, quotes and characters that cannot be seen.
    """
    if _NUMBER.fullmatch(text.strip()):
        return text
    parts = _SEPARATOR.split(text)  # every second one is a separator
    for at in range(0, len(parts), 2):
        first = next((character for character in parts[at] if not _is_skipped(character)), "")
        if unicodedata.normalize("NFKC", first) in _SIGNS or (not first and _may_run_on(parts, at)):
            parts[at] = f"'{parts[at]}"
    return "".join(parts)


def _may_run_on(parts: list[str], at: int) -> bool:
    """Whether a part in which nothing is seen begins a cell with what follows: a tab, a new line, or, behind the last
    separator of a text, the rest of the file."""
    return parts[at + 1] in _DROPPED if at + 1 < len(parts) else at > 0


def _is_skipped(character: str) -> bool:
    """Whether a spreadsheet may pass over a character at the beginning of a cell: spaces, quotes, what is not seen."""
    return character == '"' or unicodedata.category(character)[0] in "ZC"


def _told(cell: object) -> object:
    return harmless(cell) if isinstance(cell, str) else cell
