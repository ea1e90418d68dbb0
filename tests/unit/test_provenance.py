"""Where a number comes from: enough to compute it again."""

from __future__ import annotations

import json
from importlib.metadata import version

import simdesk
from simdesk.provenance import provenance, scenario_hash
from simdesk.scenario.loading import canonical, load, loads, vary
from simdesk.shelf import on_the_shelf

DESK = """title: A desk
demand: {contacts: 10 per day, types: {incident: {share: 100 %, work: {constant: {value: 5 min}}}}}
teams: {desk: {tier: 1, agents: 1}}
"""


def test_a_scenario_is_known_by_what_it_says_not_by_how_it_is_written():
    """Comments, order, units and stated defaults do not matter; a value does."""
    written_otherwise = """
    # the same
    teams: {desk: {agents: 1, tier: 1}}
    run: {seed: 1}
    demand: {types: {incident: {work: {constant: {value: 300 s}}, share: 100 %}}, contacts: 10 per day}
    title: A desk
    """

    assert scenario_hash(loads(DESK)) == scenario_hash(loads(written_otherwise))
    assert scenario_hash(loads(DESK)) != scenario_hash(vary(loads(DESK), {"teams.desk.agents": 2}))
    assert scenario_hash(loads(DESK)) != scenario_hash(vary(loads(DESK), {"run.seed": 2}))


def test_a_scenario_that_is_varied_to_what_it_was_is_what_it_was():
    """There and back again."""
    desk = load(on_the_shelf("service-desk"))
    there = vary(desk, {"run.seed": desk.run.seed + 1})

    assert scenario_hash(vary(there, {"run.seed": desk.run.seed})) == scenario_hash(desk)
    assert canonical(vary(desk, {})) == canonical(desk)


def test_provenance_names_everything_that_could_make_a_difference():
    """As JSON, for machines and people."""
    desk = loads(DESK.replace("A desk", "Störungsstelle"))

    birth = json.loads(provenance(desk, replications=2, engine="reference", digests=["aa", "bb"]).json())

    assert birth["title"] == "Störungsstelle"
    assert birth["scenario"] == scenario_hash(desk)
    assert (birth["seed"], birth["replications"], birth["engine"]) == (1, 2, "reference")
    assert birth["simdesk"] == simdesk.__version__
    assert birth["libraries"]["numpy"] == version("numpy")


def test_the_seal_of_the_logs_knows_their_order():
    """Another log, or the same in another order, is another result."""
    seals = {provenance(loads(DESK), replications=2, engine="reference", digests=list(two)).logs
             for two in (("aa", "bb"), ("bb", "aa"), ("aa", "bc"))}  # fmt: skip

    assert len(seals) == 3
