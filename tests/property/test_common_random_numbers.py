"""Every ticket keeps its luck when something else is varied.

A ticket is a type, a day and a number within it. What it draws never depends on who works, on how the teams are called
or cut, or on how many other tickets there are.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import spearmanr

from simdesk.experiment.replicate import simulate
from simdesk.measures import MEASURES, Cohort
from simdesk.scenario.loading import loads, vary
from simdesk.scenario.model import Scenario
from simdesk.ticketlog import TicketLog
from simdesk.workload.model import WORK, Workload
from written import ROOT, Identity, drawn, identities, life, one_team, two_tiers

Life = dict[Identity, list[tuple[int, int]]]
SERVICE_DESK = (ROOT / "scenarios" / "service-desk.yaml").read_text("utf-8")
SHORT = {"run.length": "4 weeks", "run.warm_up": "0 s", "run.cool_down": "1 week"}
LEAST_REDUCTION = 20
"""How much smaller the variance of a difference must be than with independent runs (DESIGN, section 3)."""


def without_teams(scenario: Scenario) -> Life:
    """(work, duration) of every step of every ticket: all that it drew, whoever does it."""
    return {who: [(work, wait) for _, work, wait in steps] for who, steps in life(*drawn(scenario)).items()}


def service_desk(**changes: Any) -> Scenario:
    return vary(loads(SERVICE_DESK), {**SHORT, **changes})


def test_one_per_cent_more_escalation_changes_only_who_escalates():
    """70 % resolved become 69 %: all others are the same to the millisecond, and nobody climbs less than before."""
    before, after = (
        without_teams(service_desk(**{"demand.types.application.resolves.tier_1": share})) for share in (0.70, 0.69)
    )

    assert before.keys() == after.keys()
    changed = [who for who in before if before[who] != after[who]]
    applications = [who for who in before if who[0] == "application"]
    assert {who[0] for who in changed} == {"application"}
    assert 0 < len(changed) < 0.02 * len(applications)
    write_up = 120_000  # the sender's part of a hand-off
    for who in changed:
        first, now = before[who][0], after[who][0]
        assert now == (first[0] + write_up, first[1])
        assert len(after[who]) > len(before[who])


def test_a_team_may_be_renamed():
    """Nothing that a ticket draws knows the name of a team."""
    renamed = SERVICE_DESK.replace("first_line", "helpdesk").replace("third_line", "vendor")

    assert life(*drawn(vary(loads(renamed), SHORT))) == life(*drawn(service_desk()))


def test_a_team_may_be_split_in_two():
    """Callers go to half of the first line, everybody else to the other half: the same tickets, the same work."""
    half = {"tier": 1, "agents": 3, "calendar": "office", "escalates_to": "second_line"}
    split = service_desk(
        **{
            "teams.callers": half,
            "teams.first_line.agents": 3,
            "flow.routing": {"calls": {"when": {"channel": "phone"}, "to": "callers"}},
        }
    )
    _, work = drawn(split)

    assert without_teams(split) == without_teams(service_desk())
    assert set(np.unique(work.team).tolist()) == {-1, 0, 1, 2, 3}


def test_two_teams_may_be_pooled():
    """The other way round, with patience, reopening and misrouting in place."""
    apart = service_desk(
        **{
            "flow.routing": {"hard": {"when": {"type": ["network", "hardware"]}, "to": "field"}},
            "teams.field": {"agents": 4},
        }
    )
    pooled = vary(apart, {"flow.routing.hard.to": "first_line", "teams.field.escalates_to": "second_line"})
    plain = service_desk()

    assert without_teams(pooled) == without_teams(plain)
    common = without_teams(apart)
    hard = ("network", "hardware")
    assert {who: steps for who, steps in common.items() if who[0] not in hard} == {
        who: steps for who, steps in without_teams(plain).items() if who[0] not in hard
    }


@pytest.mark.parametrize(
    "change",
    [
        {"teams.first_line.agents": 12},
        {"teams.first_line.discipline": "lifo"},
        {"teams.second_line.speed_cv": 0},
        {"flow.hand_off.pick_up": {"constant": {"value": "1 h"}}},
        {"demand.types.network.work.tier_1.lognormal.mean": "32 min"},
        {"demand.types.password.self_service.attempted": "50 %"},
        {"demand.channels.phone": "50 %"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_stays_where_it_was_made(change: dict[str, Any]):
    """Arrivals are equal to the second, and the drawn work of every type that the change does not speak of."""
    before, after = drawn(service_desk()), drawn(service_desk(**change))
    spoken_of = next((part for part in next(iter(change)).split(".") if part in before[1].type_names), None)
    own_phone = "demand.channels" in next(iter(change))

    assert np.array_equal(before[1].arrives_at, after[1].arrives_at)
    old, new = (_work_of_first_visit(*drawing) for drawing in (before, after))
    assert old.keys() == new.keys()
    same = [who for who in old if who[0] != spoken_of]
    assert all(old[who] == new[who] for who in same)
    assert spoken_of is None or own_phone or len(same) < len(old)


def _work_of_first_visit(desk: Any, work: Workload) -> dict[Identity, int]:
    """The first work of every ticket that reaches a team."""
    found = {}
    for ticket, who in enumerate(identities(desk, work)):
        own = np.arange(work.first[ticket], work.first[ticket + 1])
        own = own[work.kind[own] == WORK]
        found[who] = int(work.work[own[0]]) if own.size else -1
    return found


def test_a_longer_mean_stretches_the_same_history():
    """Twice the mean is twice the work of every ticket, not another draw."""
    before, after = (
        drawn(two_tiers({"demand.types.fault.work.tier_1.lognormal.mean": mean}))[1] for mean in ("10 min", "20 min")
    )

    desk = before.team == 0
    assert np.all(np.abs(after.work[desk] - 2 * before.work[desk]) <= 1)
    assert np.array_equal(after.work[~desk], before.work[~desk])


UNUSED = {
    "a team": {"teams.spare": {"agents": 4}},
    "a category": {"demand.types.network.category": "wires"},
    "a type without volume": {
        "demand.types.fax": {"share": 0, "work": {"constant": {"value": "5 min"}}, "category": "paper"}
    },
    "a channel": {"demand.channels.fax": 0},
    "a rule that fits nobody": {
        "demand.priority.P5": 0,
        "teams.spare": {"agents": 1},
        "flow.routing": {"none": {"when": {"priority": "P5"}, "to": "spare"}},
        "flow.misroute": None,
    },
}


def rows(log: TicketLog, without: str = "") -> list[list[str]]:
    """Both tables by names, one text a row."""
    tables = [log.tickets.drop(columns=without) if without else log.tickets, log.touches]
    return [table.to_csv(index=False).splitlines() for table in tables]


@pytest.mark.parametrize("what", UNUSED)
def test_what_nobody_uses_changes_no_row_of_the_log(what: str):
    """The whole simulated log, ticket by ticket and touch by touch, compared by names."""
    short = {"run.length": "1 week", "run.warm_up": "0 s", "run.cool_down": "1 week"}
    base = {"flow.misroute": None} if "flow.misroute" in UNUSED[what] else {}
    name = "category" if what == "a category" else ""

    before = rows(simulate(vary(loads(SERVICE_DESK), {**short, **base})), name)
    after = rows(simulate(vary(loads(SERVICE_DESK), {**short, **UNUSED[what]})), name)

    assert len(before[0]) > 500
    assert before == after


def test_a_type_listed_first_changes_nobody_elses_luck():
    """Nor does the order of the file."""
    fax = "  types:\n    fax: {share: 0 %, work: {constant: {value: 5 min}}}\n"
    head, tail = SERVICE_DESK.split("  types: ", 1)
    listed = vary(loads(head + fax + tail.split("\n", 1)[1]), SHORT)

    assert next(iter(listed.demand.types)) == "fax"
    assert without_teams(listed) == without_teams(service_desk())


def test_more_volume_leaves_everybody_who_came_as_he_was():
    """Two per cent more: the tickets of before have the same steps, and new ones are added."""
    before, after = without_teams(service_desk()), without_teams(service_desk(**{"demand.volume": "102 %"}))

    assert before.items() <= after.items()
    assert 0.01 < len(after) / len(before) - 1 < 0.03


LOADED = {
    "run.length": "4 weeks", "run.warm_up": "1 week", "run.cool_down": "1 week",
    "demand.profile": "flat", "teams.desk.calendar": "always", "demand.contacts": "200 per day",
}  # fmt: skip
"""Three agents, four fifths of their time in tickets, day and night."""
MORE = {**LOADED, "demand.volume": "102 %"}
REPLICATIONS = 40


def mean_waits(changes: dict[str, Any]) -> NDArray[np.float64]:
    """Mean wait in the queue of each replication of one team."""
    scenario = one_team(changes)
    cohorts = [Cohort.of(simulate(scenario, number, engine="kernel")) for number in range(REPLICATIONS)]
    return np.array([MEASURES["first_wait"].read(cohort).value for cohort in cohorts])


@pytest.fixture(scope="module")
def before() -> NDArray[np.float64]:
    """Mean waits of the loaded team as it is today."""
    return mean_waits(LOADED)


def reduction(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """How many times smaller the variance of the difference is than that of independent runs."""
    return float((one.var(ddof=1) + other.var(ddof=1)) / (other - one).var(ddof=1))


def test_two_per_cent_more_volume_is_seen_through_the_noise(before: NDArray[np.float64]):
    """The variance of the difference of mean waits is a twentieth of that of independent runs, and its sign is sure."""
    after = mean_waits(MORE)

    assert reduction(before, after) >= LEAST_REDUCTION
    assert np.all(after > before)


def test_without_common_numbers_the_same_change_is_lost(before: NDArray[np.float64]):
    """The negative control: another seed for the second desk, and nothing is left of the reduction."""
    after = mean_waits({**MORE, "run.seed": 12})

    assert reduction(before, after) < 3
    assert not np.all(after > before)


def test_an_antithetic_partner_is_lucky_where_the_other_is_not():
    """The longest work of a run is the shortest of its partner, ticket by ticket in reverse order."""
    plain, partner = (
        {who: steps[0][1] for who, steps in life(*drawn(two_tiers(), antithetic=flag)).items()}
        for flag in (False, True)
    )

    both = sorted(plain.keys() & partner.keys())

    assert len(both) > 2000
    ranks = spearmanr([plain[who] for who in both], [partner[who] for who in both]).statistic
    assert ranks == pytest.approx(-1, abs=1e-6)


_DIGEST = """
import sys
sys.path.insert(0, sys.argv[1])
from written import two_tiers
from simdesk.experiment.replicate import simulate
flow = {"flow.hand_off": {}, "flow.misroute": {}, "flow.pending": {}}
people = {"teams.desk.shrinkage": "30 %", "teams.desk.speed_cv": 0.2}
print(simulate(two_tiers({"run.length": "1 week", **flow, **people})).digest())
"""


def test_the_log_does_not_depend_on_the_hash_seed():
    """Byte for byte the same in three processes with three orders of sets."""
    command = [sys.executable, "-c", _DIGEST, str(ROOT / "tests")]

    running = [
        subprocess.Popen(
            command, env={**os.environ, "PYTHONHASHSEED": seed}, cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for seed in ("0", "1", "random")
    ]
    digests = [process.communicate(timeout=120)[0].strip() for process in running]

    assert len(digests[0]) == 64
    assert len(set(digests)) == 1
