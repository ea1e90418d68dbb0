"""A few damaged stores; `damaged_stores.py` tries hundreds by hand."""

from __future__ import annotations

import re
from contextlib import chdir

import pytest
from damaged_stores import Stores, command, tried

SEEDS = 16


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Stores:
    """A sound store to damage."""
    return Stores(tmp_path_factory.mktemp("stores"))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_damaged_store_never_ends_in_a_traceback_or_in_other_numbers(stores: Stores, seed: int):
    """List, show and run; each may refuse, in words."""
    _, wrong, _ = tried(stores, seed)

    assert wrong == []


def test_a_store_without_damage_is_found_by_the_commands_that_are_tried(stores: Stores):
    """Two desks, three runs each; or the damage would never have been met."""
    with chdir(stores.sound):
        listed = command("results").said

    assert len(re.findall(r"^\S+-[0-9a-f]{4} +A cheap desk .* 3  ", listed, re.MULTILINE)) == 2
