"""The life of a ticket of each kind, built from the scenario in the words of the `grammar`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from simdesk.desk import Desk
from simdesk.distributions import Distribution
from simdesk.scenario.clocks import office_calendar
from simdesk.scenario.demand import TicketType, at_tier
from simdesk.scenario.flow import HandOff, Misroute, Patience, Pending, Reopen
from simdesk.scenario.model import Scenario
from simdesk.states import Outcome, State
from simdesk.workload.grammar import (
    Choice,
    Climb,
    Delay,
    Detour,
    End,
    Node,
    Patient,
    Rung,
    Sequence,
    Work,
)  # fmt: skip


@dataclass(slots=True)
class Builder:
    """Builds the journeys of one ticket type.

    Args:
        scenario: what the user wrote.
        desk: for the indices of teams and calendars.
        name: the ticket type.
    """

    scenario: Scenario
    desk: Desk
    name: str
    _index: dict[str, int] = field(init=False)
    _used: tuple[int, ...] = field(init=False)
    _place: dict[int, int] = field(init=False)
    _noticed_in: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._index = {name: index for index, name in enumerate(self.desk.team_names)}
        self._used = _teams_used(self.scenario)
        self._place = {team: place for place, team in enumerate(self._used)}
        hand_off = self.scenario.flow.hand_off
        self._noticed_in = tuple(self._in_which(hand_off, team) for team in self._used) if hand_off is not None else ()

    @property
    def kind(self) -> TicketType:
        """The ticket type as the user wrote it."""
        return self.scenario.demand.types[self.name]

    def whole(self, team: str, patience: Patience | None) -> Sequence:
        """From the need to its end: self-service, automation, then the desk."""
        return Sequence((*self._before_the_desk(), *self.handled(team, patience).nodes))

    def handled(self, team: str, patience: Patience | None) -> Sequence:
        """From a team to the end, with reopenings."""
        nodes: list[Node] = [self._climb(team, patience, 1.0, 1)]
        reopen = self.scenario.flow.reopen
        if reopen is not None:
            nodes.append(self._reopened(team, reopen, 1))
        return Sequence(tuple(nodes))

    def _before_the_desk(self) -> list[Node]:
        nodes: list[Node] = []
        own, machine = self.kind.self_service, self.kind.automation
        if own is not None:
            solved = End(Outcome.SELF_SERVICE)
            wait = Delay(State.SELF_SERVICE, own.takes, f"self-service-takes/{self.name}", self._in_office(own.takes))
            nodes.append(self._offer("self-service", own.attempted, wait, own.solved, solved))
        if machine is not None:
            solved = End(Outcome.AUTOMATION)
            wait = Delay(
                State.AUTOMATION, machine.takes, f"automation-takes/{self.name}", self._in_office(machine.takes)
            )
            nodes.append(self._offer("automation", machine.covered, wait, machine.succeeded, solved))
        return nodes

    def _offer(self, what: str, tried: float, wait: Delay, solves: float, end: End) -> Choice:
        attempt = Sequence((wait, Choice(f"{what}-solves/{self.name}", ((solves, end),))))
        return Choice(f"{what}/{self.name}", ((tried, attempt),))

    def _climb(self, team: str, patience: Patience | None, scale: float, occurrence: int) -> Climb:
        """A visit to a team and, with the chance that it does not resolve, to those above."""
        hand_off = self.scenario.flow.hand_off
        read_up = hand_off.read_up.seconds if hand_off is not None else 0.0
        write_up = hand_off.write_up.seconds if hand_off is not None else 0.0
        seen: Counter[int] = Counter()
        rungs: list[Rung] = []
        extra = 0.0  # nothing is to be read about a ticket that comes from the user
        while True:
            spec = self.scenario.teams[team]
            seen[spec.tier] += 1
            again = f".{seen[spec.tier]}" if seen[spec.tier] > 1 else ""
            place = f"{self.name}/tier-{spec.tier}/{occurrence}{again}"
            first = occurrence == 1 and not rungs
            visit = Sequence(tuple(self._visit(team, place, patience, scale, extra, first)))
            above, resolves = spec.escalates_to, self.kind.resolved_at(spec.tier)
            if above is None or resolves >= 1:
                return Climb(tuple(rungs), visit)
            handed_on = (
                *self._visit(team, place, patience, scale, extra + write_up, first),
                *self._handed_to(above, team, place),
            )
            rungs.append(Rung(f"resolves/{place}", resolves, visit, Sequence(handed_on)))
            team, patience, extra = above, None, read_up

    def _visit(
        self, team: str, place: str, patience: Patience | None, scale: float, extra: float, first: bool
    ) -> list[Node]:
        """Work at one team, interrupted if the ticket becomes pending."""
        spec, index = self.scenario.teams[team], self._index[team]
        shape = at_tier(self.kind.work, spec.tier)
        assert shape is not None  # the model requires at least one tier
        milliseconds = round(extra * 1000)
        pending = self.scenario.flow.pending
        share = at_tier(pending.share, spec.tier) if pending is not None else None
        stream = f"work/{place}"
        patient = self._patient(patience, index, shape, stream, scale, milliseconds, 1) if patience else None
        whole = Work(index, shape, stream, scale, milliseconds, patient, first)
        if pending is None or not share:
            return [whole]
        interrupted = Sequence(self._interrupted(whole, pending, place, patience))
        return [Choice(f"pending/{place}", ((share, interrupted), (1 - share, whole)))]

    def _interrupted(self, whole: Work, pending: Pending, place: str, patience: Patience | None) -> tuple[Node, ...]:
        before = whole.scale * (1 - pending.follow_up)
        patient = (
            self._patient(patience, whole.team, whole.shape, whole.stream, before, whole.extra, 1) if patience else None
        )
        begun = Work(whole.team, whole.shape, whole.stream, before, whole.extra, patient, whole.first)
        if pending.calendar is not None:
            calendar = self.desk.calendar(pending.calendar)
        else:
            calendar = int(self.desk.business_calendar[whole.team])
        pauses = "pending" in self.scenario.service_levels.pause_on
        wait = Delay(State.PENDING, pending.lasts, f"pending-lasts/{place}", _in(pending.lasts, calendar), pauses)
        if pending.follow_up == 0:
            return begun, wait
        return begun, wait, Work(whole.team, whole.shape, whole.stream, whole.scale * pending.follow_up)

    def _patient(
        self,
        rule: Patience,
        team: int,
        shape: Distribution,
        stream: str,
        scale: float,
        extra: int,
        attempt: int,
    ) -> Patient:
        redial = None
        if rule.redials > 0 and attempt <= rule.at_most:
            again = self._patient(rule, team, shape, stream, scale, extra, attempt + 1)
            redial = Sequence(
                (
                    Delay(
                        State.REDIAL,
                        rule.redials_after,
                        f"redial-after/{self.name}/{attempt}",
                        self._in_office(rule.redials_after),
                    ),
                    Work(team, shape, stream, scale, extra, again, first=True),
                )
            )
        share = rule.redials if redial is not None else 0.0
        stream, calendar = f"patience/{self.name}/{attempt}", self._in_office(rule.gives_up_after)
        return Patient(rule.gives_up_after, stream, share, redial, calendar)

    def _handed_to(self, team: str, sender: str, place: str) -> list[Node]:
        """The way to the next team: notice of it, after detours to wrong ones."""
        hand_off = self.scenario.flow.hand_off
        if hand_off is None:
            return []
        nodes: list[Node] = []
        right, misroute = self._index[team], self.scenario.flow.misroute
        if misroute is not None and misroute.share > 0:
            nodes.append(self._bounce(right, self._index[sender], misroute, hand_off, place, 1))
        nodes.append(self._pick_up(right, hand_off, f"{place}/0"))
        return nodes

    def _bounce(
        self, right: int, sender: int, misroute: Misroute, hand_off: HandOff, place: str, bounce: int
    ) -> Choice:
        """A detour to a team that gets tickets at all but is not the right one, or back where there is no other."""
        among, calendars = self._used, self._noticed_in
        but = tuple(sorted(self._place[team] for team in (right, sender) if team in self._place))
        if len(but) == len(among):
            among, calendars, but = (sender,), (self._in_which(hand_off, sender),), ()
        pick_up = self._pick_up(among[0], hand_off, f"{place}/{bounce}")
        look = Work(among[0], misroute.look, f"look/{place}/{bounce}")
        nodes: list[Node] = [Detour(f"wrong-team/{place}/{bounce}", among, calendars, but, pick_up, look)]
        if bounce < misroute.at_most:
            nodes.append(self._bounce(right, sender, misroute, hand_off, place, bounce + 1))
        return Choice(f"misroute/{place}/{bounce}", ((misroute.share, Sequence(tuple(nodes))),))

    def _pick_up(self, team: int, hand_off: HandOff, place: str) -> Delay:
        pauses = "hand_off" in self.scenario.service_levels.pause_on
        calendar = self._in_which(hand_off, team)
        return Delay(State.HAND_OFF, hand_off.pick_up, f"pick-up/{place}", calendar, pauses)

    def _in_office(self, shape: Distribution) -> int:
        """The calendar of what users do, or what is done for them: business time is that of this desk's own office,
        by whichever clocks it is judged."""
        return _in(shape, self.desk.calendar(office_calendar(self.scenario)))

    def _in_which(self, hand_off: HandOff, team: int) -> int:
        """The calendar in which a team notices that it was handed something."""
        return _in(hand_off.pick_up, int(self.desk.business_calendar[team]))

    def _reopened(self, team: str, reopen: Reopen, occurrence: int) -> Choice:
        pauses = "reopened" in self.scenario.service_levels.pause_on
        nodes: list[Node] = [
            Delay(
                State.REOPENED,
                reopen.after,
                f"reopen-after/{self.name}/{occurrence}",
                self._in_office(reopen.after),
                pauses,
            ),
            self._climb(team, None, reopen.work, occurrence + 1),
        ]
        if occurrence < reopen.at_most:
            nodes.append(self._reopened(team, reopen, occurrence + 1))
        return Choice(f"reopens/{self.name}/{occurrence}", ((reopen.share, Sequence(tuple(nodes))),))


def _in(shape: Distribution, calendar: int) -> int:
    """The calendar in which a delay runs: the given one for business time, else the wall clock."""
    return calendar if shape.business else 0


def _teams_used(scenario: Scenario) -> tuple[int, ...]:
    """Teams that tickets get to when all goes right, in the order of the scenario."""
    used: set[str] = set()
    for start in {scenario.entry, *(rule.to for rule in scenario.flow.routing.values())}:
        team: str | None = start
        while team is not None and team not in used:
            used.add(team)
            team = scenario.teams[team].escalates_to
    return tuple(index for index, name in enumerate(scenario.teams) if name in used)
