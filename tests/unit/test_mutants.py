"""The list of wrong rules keeps up with the code: each has its place, and the code that it makes is code."""

from __future__ import annotations

from collections import Counter

import pytest

from mutation.check import JURIES, Mutant, all_mutants

MUTANTS = all_mutants()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_rule_that_a_mutant_breaks_is_still_there(mutant: Mutant):
    """Its text occurs exactly once, and what takes its place compiles and is something else."""
    wrong = mutant.source()

    compile(wrong, mutant.file, "exec")
    assert mutant.put != mutant.find


def test_every_engine_has_mutants():
    groups = Counter(mutant.group for mutant in MUTANTS)

    assert groups.keys() == JURIES.keys()
    assert groups["reference"] >= 12
    assert groups["kernel"] >= 12
    assert groups["shared"] >= 6


def test_every_mutant_has_a_name_of_its_own_and_says_what_is_wrong():
    names = Counter(mutant.name for mutant in MUTANTS)

    assert [name for name, times in names.items() if times > 1] == []
    assert all(mutant.wrong.endswith(".") for mutant in MUTANTS)
