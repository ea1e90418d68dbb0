"""Workloads of many variants of one desk: what variants have in common is drawn once.

A ticket's luck does not depend on who serves it. So two desks that differ only in their people, their queue disciplines
or their prices meet the very same tickets, and only who is there when is drawn for each.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import replace
from typing import Any, Final

from simdesk.desk import Desk
from simdesk.scenario.loading import canonical
from simdesk.scenario.model import Scenario
from simdesk.workload.draw import draw
from simdesk.workload.model import Workload
from simdesk.workload.presence import presence, speeds
from simdesk.workload.streams import Streams

WHO_SERVES: Final = frozenset(
    {
        "agents", "shifts", "shrinkage", "ticket_time", "people", "speed_cv", "cost", "discipline", "agent_choice",
        "begins", "at_shift_end", "at_break", "hand_over_work", "promote_after", "weights", "also_serves",
    }
)  # fmt: skip
"""Fields of a team that no ticket's luck depends on."""
_TOLD: Final = ("title", "story", "try", "targets", "money", "observed", "people")
"""Chapters that no ticket depends on."""


def tickets_key(scenario: Scenario) -> str:
    """Equal for two scenarios only if the same tickets come to them, with the same work; a team's size is not in it."""
    tree = {chapter: value for chapter, value in canonical(scenario).items() if chapter not in _TOLD}
    tree["teams"] = {name: _tickets_part(team) for name, team in tree["teams"].items()}
    tree["run"] = {name: value for name, value in tree["run"].items() if name != "replications"}
    if scenario.changes_the_clocks:
        tree["judged by"] = scenario.clocks.written
    return json.dumps(tree)  # in the order in which they were written: the first rule that fits decides


def _tickets_part(tree: dict[str, Any]) -> dict[str, Any]:
    """What tickets meet of a team: neither how many people it has nor when they are there."""
    return {name: value for name, value in tree.items() if name not in WHO_SERVES}


class SharedDraws:
    """Draws like `draw`, and remembers the latest tickets for the next desk that meets them.

    Args:
        keep: how many replications are remembered, of whatever desks.
    """

    def __init__(self, keep: int = 2) -> None:
        self._keep = keep
        self._drawn: OrderedDict[tuple[str, int], Workload] = OrderedDict()

    def draw(self, scenario: Scenario, desk: Desk, replication: int, key: str) -> Workload:
        """The workload of one replication, equal to what `draw` draws.

        Args:
            scenario: what the user wrote.
            desk: its supply side.
            replication: its number.
            key: the scenario's `tickets_key`, which is not worth computing for each replication.
        """
        who = key, replication
        if (known := self._drawn.get(who)) is None:
            known = self._drawn[who] = draw(scenario, desk, replication)
            if len(self._drawn) > self._keep:
                self._drawn.popitem(last=False)
            return known
        self._drawn.move_to_end(who)
        streams = Streams(scenario.run.seed, replication)
        duty = presence(scenario, desk, streams)
        return replace(
            known,
            duty_agent=duty[0],
            duty_starts=duty[1],
            duty_ends=duty[2],
            duty_break=duty[3],
            speed=speeds(scenario, desk, streams),
        )
