"""The life of a ticket as a small grammar: steps in sequence, choices by chance, and ends.

A journey is built once for each kind of ticket from the scenario. It can be drawn for many tickets at once (`draw`) and
its expectation can be taken (`expected`), so what is simulated and what a stability check assumes cannot drift apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from simdesk.desk import Desk
from simdesk.distributions import Distribution
from simdesk.scenario.demand import TicketType, at_tier
from simdesk.scenario.flow import HandOff, Misroute, Patience, Pending, Reopen
from simdesk.scenario.model import Scenario
from simdesk.states import Outcome, State


@dataclass(frozen=True, slots=True)
class Delay:
    """Nobody of the desk works: a state, how long, in which calendar."""

    state: State
    shape: Distribution
    stream: str
    calendar: int = 0
    pauses: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """An agent of a team works: a drawn amount times `scale`, plus `extra` milliseconds."""

    team: int
    shape: Distribution
    stream: str
    scale: float = 1.0
    extra: int = 0
    patience: Patient | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """How long the user waits for this work, and what he does then."""

    shape: Distribution
    stream: str
    redials: float = 0.0
    redial: Sequence | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """With the given probabilities one branch is taken; with the rest, nothing happens here."""

    stream: str
    branches: tuple[tuple[float, Node], ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other; an `End` in it ends the ticket."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class End:
    """The ticket ends here."""

    outcome: Outcome


Node = Delay | Work | Choice | Sequence | End


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
            wait = Delay(State.SELF_SERVICE, own.takes, f"self-service-takes/{self.name}")
            nodes.append(self._offer("self-service", own.attempted, wait, own.solved, solved))
        if machine is not None:
            solved = End(Outcome.AUTOMATION)
            wait = Delay(State.AUTOMATION, machine.takes, f"automation-takes/{self.name}")
            nodes.append(self._offer("automation", machine.covered, wait, machine.succeeded, solved))
        return nodes

    def _offer(self, what: str, tried: float, wait: Delay, solves: float, end: End) -> Choice:
        attempt = Sequence((wait, Choice(f"{what}-solves/{self.name}", ((solves, end),))))
        return Choice(f"{what}/{self.name}", ((tried, attempt),))

    def _climb(self, team: str, patience: Patience | None, scale: float, occurrence: int) -> Sequence:
        """A visit to a team and, with the chance that it does not resolve, to those above."""
        return Sequence(tuple(self._from(team, patience, scale, occurrence, arrived=False, seen=Counter())))

    def _from(
        self,
        team: str,
        patience: Patience | None,
        scale: float,
        occurrence: int,
        *,
        arrived: bool,
        seen: Counter[int],
    ) -> list[Node]:
        spec = self.scenario.teams[team]
        seen[spec.tier] += 1
        place = f"{self.name}/tier-{spec.tier}/{occurrence}" + (f".{seen[spec.tier]}" if seen[spec.tier] > 1 else "")
        hand_off = self.scenario.flow.hand_off
        read_up = hand_off.read_up.seconds if hand_off is not None and arrived else 0.0
        write_up = hand_off.write_up.seconds if hand_off is not None else 0.0
        resolves = at_tier(self.kind.resolves, spec.tier)
        above = spec.escalates_to
        if above is None or resolves is None or resolves >= 1:
            return self._visit(team, place, patience, scale, read_up)
        resolved = Sequence(tuple(self._visit(team, place, patience, scale, read_up)))
        escalated = Sequence(
            (
                *self._visit(team, place, patience, scale, read_up + write_up),
                *self._handed_to(above, team, place),
                *self._from(above, None, scale, occurrence, arrived=True, seen=seen),
            )
        )
        return [Choice(f"resolves/{place}", ((resolves, resolved), (1 - resolves, escalated)))]

    def _visit(self, team: str, place: str, patience: Patience | None, scale: float, extra: float) -> list[Node]:
        """Work at one team, interrupted if the ticket becomes pending."""
        spec, index = self.scenario.teams[team], self.desk.team(team)
        shape = at_tier(self.kind.work, spec.tier)
        assert shape is not None  # the model requires at least one tier
        milliseconds = round(extra * 1000)
        pending = self.scenario.flow.pending
        share = at_tier(pending.share, spec.tier) if pending is not None else None
        stream = f"work/{place}"
        patient = self._patient(patience, index, shape, stream, scale, milliseconds, 1) if patience else None
        whole = Work(index, shape, stream, scale, milliseconds, patient)
        if pending is None or not share:
            return [whole]
        interrupted = Sequence(self._interrupted(whole, pending, place, patience))
        return [Choice(f"pending/{place}", ((share, interrupted), (1 - share, whole)))]

    def _interrupted(self, whole: Work, pending: Pending, place: str, patience: Patience | None) -> tuple[Node, ...]:
        before = whole.scale * (1 - pending.follow_up)
        patient = (
            self._patient(patience, whole.team, whole.shape, whole.stream, before, whole.extra, 1) if patience else None
        )
        first = Work(whole.team, whole.shape, whole.stream, before, whole.extra, patient)
        if pending.calendar is not None:
            calendar = self.desk.calendar(pending.calendar)
        else:
            calendar = int(self.desk.team_calendar[whole.team])
        pauses = "pending" in self.scenario.service_levels.pause_on
        wait = Delay(State.PENDING, pending.lasts, f"pending-lasts/{place}", _in(pending.lasts, calendar), pauses)
        if pending.follow_up == 0:
            return first, wait
        return first, wait, Work(whole.team, whole.shape, whole.stream, whole.scale * pending.follow_up)

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
                    Delay(State.REDIAL, rule.redials_after, f"redial-after/{self.name}/{attempt}"),
                    Work(team, shape, stream, scale, extra, again),
                )
            )
        share = rule.redials if redial is not None else 0.0
        return Patient(rule.gives_up_after, f"patience/{self.name}/{attempt}", share, redial)

    def _handed_to(self, team: str, sender: str, place: str) -> list[Node]:
        """The way to the next team: notice of it, after detours to wrong ones."""
        hand_off = self.scenario.flow.hand_off
        if hand_off is None:
            return []
        nodes: list[Node] = []
        misroute = self.scenario.flow.misroute
        if misroute is not None and misroute.share > 0:
            wrong = self._wrong_teams(team, sender)
            if wrong:
                nodes.append(self._bounce(wrong, misroute, hand_off, place, 1))
        nodes.append(self._pick_up(team, hand_off, f"{place}/0"))
        return nodes

    def _wrong_teams(self, right: str, sender: str) -> list[str]:
        """Teams that a ticket for the right one can be sent to by mistake: those that get tickets at all."""
        starts = {self.scenario.entry, *(rule.to for rule in self.scenario.flow.routing.values())}
        used = {name for start in starts for name in self.scenario.path_from(start)}
        others = [name for name in self.scenario.teams if name in used and name not in (right, sender)]
        return others or [sender]

    def _bounce(self, wrong: list[str], misroute: Misroute, hand_off: HandOff, place: str, bounce: int) -> Choice:
        detours: list[tuple[float, Node]] = []
        for team in wrong:
            detour = (
                self._pick_up(team, hand_off, f"{place}/{bounce}"),
                Work(self.desk.team(team), misroute.look, f"look/{place}/{bounce}"),
            )
            detours.append((1 / len(wrong), Sequence(detour)))
        nodes: list[Node] = [Choice(f"wrong-team/{place}/{bounce}", tuple(detours))]
        if bounce < misroute.at_most:
            nodes.append(self._bounce(wrong, misroute, hand_off, place, bounce + 1))
        return Choice(f"misroute/{place}/{bounce}", ((misroute.share, Sequence(tuple(nodes))),))

    def _pick_up(self, team: str, hand_off: HandOff, place: str) -> Delay:
        calendar = int(self.desk.team_calendar[self.desk.team(team)])
        pauses = "hand_off" in self.scenario.service_levels.pause_on
        return Delay(State.HAND_OFF, hand_off.pick_up, f"pick-up/{place}", _in(hand_off.pick_up, calendar), pauses)

    def _reopened(self, team: str, reopen: Reopen, occurrence: int) -> Choice:
        pauses = "reopened" in self.scenario.service_levels.pause_on
        nodes: list[Node] = [
            Delay(State.REOPENED, reopen.after, f"reopen-after/{self.name}/{occurrence}", 0, pauses),
            self._climb(team, None, reopen.work, occurrence + 1),
        ]
        if occurrence < reopen.at_most:
            nodes.append(self._reopened(team, reopen, occurrence + 1))
        return Choice(f"reopens/{self.name}/{occurrence}", ((reopen.share, Sequence(tuple(nodes))),))


def _in(shape: Distribution, calendar: int) -> int:
    """The calendar in which a delay runs: the given one for business time, else the wall clock."""
    return calendar if shape.business else 0


def _milliseconds(work: Work) -> float:
    return work.shape.mean * 1000 * work.scale + work.extra


def expected_work(
    node: Node, reaching: float = 1.0, of: Callable[[Work], float] = _milliseconds
) -> tuple[dict[int, float], float]:
    """Expected touch time by team, milliseconds at standard speed, of a ticket that reaches a node with some
    probability.

    Nobody gives up in this expectation. With another `of`, the expectation of that. Returns it together with the
    probability of getting past the node.
    """
    work: dict[int, float] = {}
    if isinstance(node, End):
        return work, 0.0
    if isinstance(node, Work):
        work[node.team] = reaching * of(node)
    elif isinstance(node, Sequence):
        for part in node.nodes:
            more, reaching = expected_work(part, reaching, of)
            _add(work, more)
    elif isinstance(node, Choice):
        past = reaching * (1 - sum(probability for probability, _ in node.branches))
        for probability, branch in node.branches:
            more, through = expected_work(branch, reaching * probability, of)
            _add(work, more)
            past += through
        reaching = past
    return work, reaching


def _add(total: dict[int, float], more: dict[int, float]) -> None:
    for team, amount in more.items():
        total[team] = total.get(team, 0.0) + amount
