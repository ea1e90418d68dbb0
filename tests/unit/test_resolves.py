"""`resolves` means at every tier what its description says, as it is drawn and as it is expected."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simdesk.scenario.loading import loads, vary
from simdesk.workload.grammar import expected_work
from simdesk.workload.journey import Builder
from simdesk.workload.model import WORK
from written import TWO_TIERS, drawn


@pytest.mark.parametrize(
    ("resolves", "reaching"),
    [
        ({}, [1, 0, 0]),
        ("50 %", [1, 0.5, 0]),
        ({"tier_1": 0.5}, [1, 0.5, 0]),
        ({"tier_2": 0.5}, [1, 0, 0]),
        ({"tier_1": 0.5, "tier_2": 0.8}, [1, 0.5, 0.1]),
        ({"tier_1": 0, "tier_2": 0, "tier_3": 0.2}, [1, 1, 1]),
    ],
)
def test_a_tier_that_is_not_named_resolves_all(resolves: Any, reaching: list[float]):
    """Share of the tickets that get to each of three tiers, drawn and expected; the third escalates to nobody."""
    third = {"tier": 3, "agents": 3}
    changes = {"teams.third": third, "teams.experts.escalates_to": "third", "demand.types.fault.resolves": resolves}
    scenario = vary(loads(TWO_TIERS.replace("      resolves: {tier_1: 70 %}\n", "")), changes)
    desk, work = drawn(scenario)

    ticket = np.repeat(np.arange(work.tickets), np.diff(work.first))
    mine = work.kind == WORK
    share = [len({*ticket[mine & (work.team == team)].tolist()}) / work.tickets for team in range(3)]
    expected = expected_work(Builder(scenario, desk, "fault").whole("desk", None), of=lambda _: 1.0)[0]

    for got, wanted in zip(share, reaching, strict=True):
        assert abs(got - wanted) <= 4 * np.sqrt(wanted * (1 - wanted) / work.tickets)
    assert [expected.get(team, 0.0) for team in range(3)] == pytest.approx(reaching)
