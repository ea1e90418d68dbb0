"""The decision brief: what a change brings and costs, what is second-best, what simple calculations would have said,
and how far all of it can be trusted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simdesk.errors import RunError
from simdesk.experiment.best import Best, best_of
from simdesk.experiment.compare import Comparison, compare
from simdesk.experiment.difference import Difference
from simdesk.experiment.effects import TOTAL, USUAL, Effect, effect_of, own_rows, unpriced_teams
from simdesk.experiment.estimate import CONFIDENCE
from simdesk.experiment.lab import Lab, at_work
from simdesk.experiment.load import team_loads
from simdesk.experiment.naive import HANDFUL, Naive, keys_of_team, naive_view, team_that_changes
from simdesk.experiment.refusals import refuse_run_changes
from simdesk.experiment.sheet import Key, describe
from simdesk.experiment.trust import Alarm, alarms
from simdesk.scenario.loading import alternative
from simdesk.scenario.model import Scenario

if TYPE_CHECKING:
    import pandas as pd

Changes = Mapping[str, Any]
"""What an alternative changes, by dotted path."""


@dataclass(frozen=True)
class Brief:
    """A decision, prepared.

    Attributes:
        comparison: base and alternatives; the intervals of all alternatives in one measure hold together.
        watched: measures to tell of, the most important first.
        stated: alternatives that somebody asked for; the others were added.
        effects: of each alternative, in order.
        ranked_by: measure by which alternatives are ranked; None if neither direction of it is better.
        best: which is best and which cannot be told from it, by number of the effect; None without a ranking.
        unpriced: paths of the scenario that must be stated before total costs can be compared.
        naive: the lead's first team that changes, as simple calculations see it; None if no load or staffing changes.
        alarms: reasons to doubt.
    """

    comparison: Comparison
    watched: tuple[Key, ...]
    stated: tuple[str, ...]
    effects: tuple[Effect, ...]
    ranked_by: Key | None
    best: Best | None
    unpriced: tuple[str, ...]
    naive: Naive | None
    alarms: tuple[Alarm, ...]

    @property
    def scenario(self) -> Scenario:
        """The desk as it stands."""
        return self.comparison.base.scenario

    @property
    def lead(self) -> Effect:
        """The alternative that the brief is about: the one that was asked for, or the best of those."""
        return self.effect(_lead(self.stated, self.ranking))

    @property
    def ranking(self) -> tuple[str, ...]:
        """Names of the alternatives, the best first; those without a value are left out."""
        return _ranking(list(self.comparison.alternatives), self.best, self.ranked_by)

    @property
    def second_best(self) -> str | None:
        """The second in the ranking, if there is one."""
        return self.ranking[1] if len(self.ranking) > 1 else None

    def effect(self, name: str) -> Effect:
        """What an alternative brings and costs."""
        return next(effect for effect in self.effects if effect.name == name)

    def behind(self, name: str) -> Difference:
        """An alternative less the best in the measure of the ranking; all of these intervals hold together."""
        assert self.best is not None  # there is a ranking
        return self.best.differences[[effect.name for effect in self.effects].index(name)]

    def told_from_best(self, name: str) -> bool:
        """Whether an alternative is shown to be worse than the best."""
        at = [effect.name for effect in self.effects].index(name)
        return self.best is not None and at != self.best.index and at not in self.best.alike

    def table(self) -> pd.DataFrame:
        """Every effect, tidy: one row for each alternative and measure.

        Columns: those of `Comparison.table`, and `added` and `rank`. Two measures are of the brief alone:
        `broken_promises` a month, and `avoided_breach_price`, which is a value and no difference.
        """
        import pandas as pd

        table = self.comparison.table()
        places = {name: place for place, name in enumerate(self.ranking, 1)}
        extra = pd.DataFrame([row for effect in self.effects for row in own_rows(effect)])
        table = pd.concat([table, extra], ignore_index=True) if len(extra) else table
        added = {effect.name: effect.added for effect in self.effects}
        return table.assign(
            added=table["alternative"].map(added), rank=table["alternative"].map(places).astype("Int64")
        )


def explain(
    scenario: Scenario,
    alternatives: Mapping[str, Changes],
    watched: Sequence[Key],
    *,
    replications: int | None = None,
    confidence: float = CONFIDENCE,
    lab: Lab | None = None,
) -> Brief:
    """Prepare a decision.

    A single alternative is set beside its natural rivals: one more person in each team that is asked for work.

    Args:
        scenario: the desk as it stands.
        alternatives: by name, the dotted paths that each changes, with their values.
        watched: measures to tell of, the most important first.
        replications: of each desk; the scenario's own number unless stated.
        confidence: of the intervals of all alternatives together.
        lab: where it is simulated.

    Raises:
        RunError: there is no alternative or no measure, or one changes how long or with what luck it is measured.
        ScenarioError: an alternative changes what cannot be changed.
    """
    if not watched:
        raise RunError("there is nothing to tell of: state at least one measure to watch")
    for name, changes in alternatives.items():
        refuse_run_changes(changes, f"alternative '{name}'")
    rivals = natural_rivals(scenario, alternatives) if len(alternatives) == 1 else {}
    stated = {name: alternative(scenario, dict(changes)) for name, changes in alternatives.items()}
    teams = {name: team_that_changes(scenario, desk) for name, desk in stated.items()}
    wanted = {*watched, *USUAL, *(key for team in teams.values() if team is not None for key in keys_of_team(team))}
    count = scenario.run.replications if replications is None else replications
    with at_work(lab) as here:
        here.expect(count * (1 + len(alternatives) + len(rivals)) + 2 * min(HANDFUL, count) * any(teams.values()))
        comparison = compare(
            scenario, {**alternatives, **rivals}, replications=count, confidence=confidence, together=True,
            wanted=wanted, lab=here,
        )  # fmt: skip
        unpriced = _unpriced(comparison)
        ranked_by = _ranked_by(watched[0], unpriced)
        best = _best(comparison, ranked_by)
        lead = _lead(tuple(stated), _ranking(list(comparison.alternatives), best, ranked_by))
        team, sides = teams[lead], (comparison.base, comparison.alternatives[lead])
        naive = None if team is None else naive_view(lead, team, sides, here, confidence=confidence)
    return Brief(
        comparison=comparison,
        watched=tuple(watched),
        stated=tuple(stated),
        effects=tuple(effect_of(comparison, name, watched[0], name in rivals) for name in comparison.alternatives),
        ranked_by=ranked_by,
        best=best,
        unpriced=unpriced,
        naive=naive,
        alarms=tuple(alarms(comparison, watched[0], tuple(stated), best, ranked_by)),
    )


def natural_rivals(scenario: Scenario, alternatives: Mapping[str, Changes]) -> dict[str, Changes]:
    """One more person in each team that is asked for work and has a number of agents, but not what is an alternative
    already."""
    asked = {load.team for load in team_loads(scenario) if load.offered or len(load.group) > 1}
    there = [alternative(scenario, dict(changes)) for changes in alternatives.values()]
    rivals: dict[str, Changes] = {}
    for name, team in scenario.teams.items():
        if team.agents is None or name not in asked:
            continue
        changes = {f"teams.{name}.agents": team.agents + 1}
        if alternative(scenario, changes) not in there:
            rivals[_free(f"one more in {name}", alternatives)] = changes
    return rivals


def _free(name: str, taken: Mapping[str, Changes]) -> str:
    return f"{name} (added)" if name in taken else name


def _unpriced(comparison: Comparison) -> tuple[str, ...]:
    """Paths that must be stated before a cheapest alternative can exist: prices of people, and one of waiting."""
    base = comparison.base.scenario
    teams = [team for runs in comparison.alternatives.values() for team in unpriced_teams(base, runs.scenario)]
    money = base.money
    lost = money.users_time.amount * max(money.impaired_blocking, money.impaired_other)
    missing = [f"teams.{team}.cost" for team in dict.fromkeys(teams)]
    return (*missing, *([] if lost or any(money.penalties.values()) else ["money.users_time"]))


def _ranked_by(first: Key, unpriced: Sequence[str]) -> Key | None:
    if not unpriced:
        return TOTAL
    return first if describe(first)[2] != "neither" else None


def _best(comparison: Comparison, ranked_by: Key | None) -> Best | None:
    if ranked_by is None:
        return None
    candidates = [runs.readings(ranked_by) for runs in comparison.alternatives.values()]
    return best_of(candidates, smallest=describe(ranked_by)[2] == "lower", confidence=comparison.confidence)


def _ranking(names: Sequence[str], best: Best | None, ranked_by: Key | None) -> tuple[str, ...]:
    if best is None or ranked_by is None:
        return ()
    sign = 1 if describe(ranked_by)[2] == "lower" else -1
    levels = [(sign * one.other, at) for at, one in enumerate(best.differences) if not math.isnan(one.other)]
    return tuple(names[at] for _, at in sorted(levels))


def _lead(stated: Sequence[str], ranking: Sequence[str]) -> str:
    return next((name for name in ranking if name in stated), stated[0])
