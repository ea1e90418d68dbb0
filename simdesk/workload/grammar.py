"""The grammar of journeys: steps in sequence, choices by chance, and ends; and what is expected of them.

What is drawn and what a stability check assumes are the same trees, so the two cannot drift apart. Knows no scenario.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from simdesk.distributions import Distribution
from simdesk.states import Outcome, State
from simdesk.workload.streams import Floats


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
    """An agent of a team works: a drawn amount times `scale`, plus `extra` milliseconds; `first` if it is the first
    contact of the user with the desk, or another attempt at it."""

    team: int
    shape: Distribution
    stream: str
    scale: float = 1.0
    extra: int = 0
    patience: Patient | None = None
    first: bool = False


@dataclass(frozen=True, slots=True)
class Patient:
    """How long the user waits for this work, in which calendar, and what he does then."""

    shape: Distribution
    stream: str
    redials: float = 0.0
    redial: Sequence | None = None
    calendar: int = 0


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
class Rung:
    """A visit on the way up: with a probability it resolves the ticket, else the ticket is handed on."""

    stream: str
    resolves: float
    resolved: Sequence
    handed_on: Sequence


@dataclass(frozen=True, slots=True)
class Climb:
    """Visits one above the other, until one resolves the ticket; the `top` always does.

    A list and not one choice within another, so that a chain of a thousand teams is as easy to follow as one of three.
    """

    rungs: tuple[Rung, ...]
    top: Sequence


@dataclass(frozen=True, slots=True)
class Detour:
    """The ticket goes to a wrong team, each as likely as the others, which notices it and looks at it.

    One part for all of them: they differ only in who looks and in whose calendar the ticket is noticed.

    Attributes:
        stream: decides which team.
        among: teams, the same for every detour of a scenario.
        calendars: in which each of them notices tickets.
        but: places in `among` of those that would not be wrong, ascending.
        pick_up, look: what happens at whichever team it is.
    """

    stream: str
    among: tuple[int, ...]
    calendars: tuple[int, ...]
    but: tuple[int, ...]
    pick_up: Delay
    look: Work

    @property
    def ways(self) -> int:
        """Teams of which one is drawn."""
        return len(self.among) - len(self.but)

    def leads_to(self, team: int) -> bool:
        """Whether a team is one of the wrong ones."""
        return team in self.among and self.among.index(team) not in self.but


@dataclass(frozen=True, slots=True)
class End:
    """The ticket ends here."""

    outcome: Outcome


Node = Delay | Work | Choice | Sequence | Climb | Detour | End


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
    astray: dict[tuple[int, ...], Floats] = {}

    def add(part: Work | Detour, reaching: float) -> None:
        if isinstance(part, Work):
            work[part.team] = work.get(part.team, 0.0) + reaching * of(part)
            return
        if (amounts := astray.get(part.among)) is None:
            amounts = astray[part.among] = np.zeros(len(part.among))
        for begin, end in pairwise((-1, *part.but, len(part.among))):
            amounts[begin + 1 : end] += reaching / part.ways * of(part.look)

    past = reach(node, reaching, add)
    for among, amounts in astray.items():
        for team, amount in zip(among, amounts.tolist(), strict=True):
            if amount:
                work[team] = work.get(team, 0.0) + amount
    return work, past


def reach(node: Node, reaching: float, tell: Callable[[Work | Detour, float], None]) -> float:
    """Tell of every piece of work of a journey, and with what probability it is reached, if nobody gives up.

    Args:
        node: part of a journey.
        reaching: probability of getting there.
        tell: is told.

    Returns:
        The probability of getting past the node.
    """
    if isinstance(node, End):
        return 0.0
    if isinstance(node, Work | Detour):
        tell(node, reaching)
    elif isinstance(node, Sequence):
        for part in node.nodes:
            reaching = reach(part, reaching, tell)
    elif isinstance(node, Choice):
        past = reaching * (1 - sum(probability for probability, _ in node.branches))
        for probability, branch in node.branches:
            past += reach(branch, reaching * probability, tell)
        return past
    elif isinstance(node, Climb):
        past = 0.0
        for rung in node.rungs:
            past += reach(rung.resolved, reaching * rung.resolves, tell)
            reaching = reach(rung.handed_on, reaching * (1 - rung.resolves), tell)
        return past + reach(node.top, reaching, tell)
    return reaching
