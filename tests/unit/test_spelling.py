"""Spelling hints: the nearest known word, found soon among thousands, and the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, permutations

import pytest

from simdesk.errors import ScenarioError
from simdesk.scenario.loading import loads
from simdesk.scenario.problems import Complaints
from simdesk.spelling import LONGEST_WORD, nearest, nearest_of


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("fist_line", "first_line"),
        ("FIRST_LINE", "first_line"),
        ("l3", "l2"),
        ("foo", None),
        ("", None),
        ("first_line" + "x" * 5000, None),
    ],
)
def test_a_misspelt_word_is_told_from_another_word(word: str, meant: str | None):
    """More than half of the letters must be there; half of them in words of two letters."""
    assert nearest_of(word, ["first_line", "l2", "loops"]) == meant


def test_of_equally_near_words_it_is_always_the_same():
    """In whatever order they are known; a set has another one in each process."""
    found = {nearest_of("tearm", order) for order in permutations(["team", "term", "tear"])}

    assert len(found) == 1


def test_a_hint_is_short_and_harmless():
    """Whatever the known word is."""
    hint = nearest("\x1b[31m" + "a" * 200, ["\x1b[31m" + "a" * 300])

    assert hint.startswith("; did you mean '")
    assert hint.isprintable()
    assert len(hint) < LONGEST_WORD + 30


def test_nothing_is_nearest_to_no_words():
    assert nearest("word", []) == ""


def test_only_as_many_complaints_are_worded_as_are_shown():
    """A validator that would complain for ever is asked for a hundred complaints, and one more."""
    asked: list[int] = []

    def endless() -> Iterator[tuple[list[str], str]]:
        for number in count(1):
            asked.append(number)
            yield ["teams", f"t{number}"], "is wrong"

    found = Complaints(endless())

    assert len(found.complaints) == asked[-1] == 101


def test_every_team_that_goes_round_in_a_circle_is_told_and_no_other():
    """Two teams send each other their tickets, one leads to them, and two more end well."""
    ways = {"a": "b", "b": "a", "leads": "a", "below": "top", "top": None}
    teams = ", ".join(f"{name}: {{agents: 1, escalates_to: {above or 'null'}}}" for name, above in ways.items())
    work = "{share: 100 %, work: {constant: {value: 5 min}}}"

    with pytest.raises(ScenarioError) as refused:
        loads(f"demand: {{contacts: 1 per day, types: {{q: {work}}}}}\nteams: {{{teams}}}\n")

    told = {problem.path for problem in refused.value.problems if "circle" in problem.message}
    assert told == {"teams.a.escalates_to", "teams.b.escalates_to", "teams.leads.escalates_to"}
