"""Journeys written as one list of instructions that compiled code can follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Final, NamedTuple

import numpy as np

from simdesk.distributions import Distribution
from simdesk.states import State
from simdesk.workload.grammar import Choice, Climb, Delay, Detour, End, Node, Sequence, Work
from simdesk.workload.model import DELAY, WORK
from simdesk.workload.streams import name_hash
from simdesk.workload.walk import CHOOSE, END, GOTO, HALT, PICK, STEP, Code

NOBODY: Final = 2**31 - 1
"""A place in a list of teams that none is at."""


class Law(NamedTuple):
    """How an amount comes from its uniform: quantile × factor, rounded, plus extra."""

    shape: Distribution
    factor: float
    extra: int


@dataclass(frozen=True, slots=True)
class StepKind:
    """What is the same for all tickets at a step; `depth` counts the attempts after giving up that lead to it, and
    `live` is 1 for the first contact, which is live if the ticket's channel is."""

    kind: int
    state: int
    team: int
    expected_work: int
    calendar: int
    pauses: int
    depth: int
    amount: int
    patience: int
    live: int


@dataclass(slots=True)
class _Instruction:
    """One line of `Code`, while it is being written; see there."""

    op: int
    stream: int = -1
    first: int = -1
    number: int = -1
    share: float = 0.0
    target: int = -1
    teams: int = -1
    skip: int = NOBODY
    skip_too: int = NOBODY


_WHOLE = "op", "stream", "first", "number", "target", "teams", "skip", "skip_too"


@dataclass(slots=True)
class Program:
    """The journeys of a scenario, as they are needed; they are the same in all replications.

    Attributes:
        steps: by instruction, where it is a step.
        laws: of amounts and patience, by number; `StepKind` refers to them.
        streams: names, by number.
        hashes: numbers of the streams by the hashes of their names.
    """

    steps: dict[int, StepKind] = field(default_factory=dict)
    laws: list[Law] = field(default_factory=list)
    streams: dict[str, int] = field(default_factory=dict)
    hashes: dict[int, int] = field(default_factory=dict)
    most_steps: int = 0
    _code: list[_Instruction] = field(default_factory=list)
    _branches: list[tuple[float, int]] = field(default_factory=list)
    _even: dict[int, int] = field(default_factory=dict)
    _among: dict[tuple[int, ...], int] = field(default_factory=dict)
    _teams: list[tuple[int, int]] = field(default_factory=list)
    _starts: dict[tuple[object, ...], int] = field(default_factory=dict)
    _law_numbers: dict[tuple[int, float, int], int] = field(default_factory=dict)
    _written: tuple[int, Code] | None = None

    def knows(self, journey: tuple[object, ...]) -> bool:
        """Whether a journey has been written."""
        return journey in self._starts

    def start(self, journey: tuple[object, ...]) -> int:
        """First instruction of a journey."""
        return self._starts[journey]

    def write(self, journey: tuple[object, ...], tree: Node, prefix: str) -> None:
        """Write a journey; `prefix` stands before the names of its streams."""
        self._starts[journey] = len(self._code)
        before = len(self.steps)
        self._node(tree, prefix, 0)
        self._emit(HALT)
        self.most_steps = max(self.most_steps, len(self.steps) - before)

    def code(self) -> Code:
        """All that has been written, as arrays."""
        if self._written is None or self._written[0] != len(self._code):
            edges = np.array([edge for edge, _ in self._branches], np.float64)
            targets = np.array([target for _, target in self._branches], np.int64)
            columns: dict[str, Any] = {
                name: np.array([getattr(line, name) for line in self._code], np.int64) for name in _WHOLE
            }
            columns["share"] = np.array([line.share for line in self._code], np.float64)
            pairs = np.array(self._teams, np.int64).reshape(-1, 2).T
            teams = {"team": pairs[0].copy(), "calendar": pairs[1].copy()}
            self._written = len(self._code), Code(**columns, edges=edges, targets=targets, **teams)
        return self._written[1]

    def _emit(self, op: int, stream: int = -1) -> _Instruction:
        self._code.append(_Instruction(op, stream))
        return self._code[-1]

    def _stream(self, name: str) -> int:
        if name not in self.streams:
            number = name_hash(name)
            if number in self.hashes:
                twin = list(self.streams)[list(self.hashes).index(number)]
                raise ValueError(f"two streams would share their words: '{name}' and '{twin}'")
            self.streams[name] = self.hashes[number] = len(self.streams)
        return self.streams[name]

    def _law(self, shape: Distribution, factor: float = 1.0, extra: int = 0) -> int:
        key = (id(shape), factor, extra)
        if key not in self._law_numbers:
            self._law_numbers[key] = len(self.laws)
            self.laws.append(Law(shape, factor, extra))
        return self._law_numbers[key]

    def _node(self, node: Node, prefix: str, depth: int) -> None:
        if isinstance(node, End):
            self._emit(END, int(node.outcome))
        elif isinstance(node, Sequence):
            for part in node.nodes:
                self._node(part, prefix, depth)
        elif isinstance(node, Choice):
            self._choice(node, prefix, depth)
        elif isinstance(node, Climb):
            self._climb(node, prefix, depth)
        elif isinstance(node, Detour):
            self._detour(node, prefix, depth)
        elif isinstance(node, Delay):
            self._delay(node, prefix, depth)
        else:
            self._work(node, prefix, depth)

    def _delay(self, node: Delay, prefix: str, depth: int) -> None:
        self._emit(STEP, self._stream(prefix + node.stream))
        law, pauses = self._law(node.shape), int(node.pauses)
        self.steps[len(self._code) - 1] = StepKind(
            DELAY, int(node.state), -1, 0, node.calendar, pauses, depth, law, -1, 0
        )

    def _climb(self, node: Climb, prefix: str, depth: int) -> None:
        choices, ways_out = [], []
        for rung in node.rungs:
            choice = self._emit(CHOOSE, self._stream(prefix + rung.stream))
            choice.first, choice.number = len(self._branches), 2
            edges = tuple(accumulate((rung.resolves, 1 - rung.resolves)))
            self._branches += [(edges[0], len(self._code)), (edges[1], -1)]
            self._node(rung.resolved, prefix, depth)
            ways_out.append(self._emit(GOTO))
            self._branches[choice.first + 1] = edges[1], len(self._code)
            choices.append(choice)
            self._node(rung.handed_on, prefix, depth)
        self._node(node.top, prefix, depth)
        for way in ways_out:
            way.stream = len(self._code)
        for choice in choices:
            choice.target = len(self._code)

    def _detour(self, node: Detour, prefix: str, depth: int) -> None:
        pick = self._emit(PICK, self._stream(prefix + node.stream))
        pick.first, pick.number, pick.teams = self._even_edges(node.ways), node.ways, self._teams_at(node)
        pick.skip, pick.skip_too = (*node.but, NOBODY, NOBODY)[:2]
        self._node(node.pick_up, prefix, depth)
        self._node(node.look, prefix, depth)
        pick.target = len(self._code)

    def _even_edges(self, ways: int) -> int:
        """Where the edges of a choice between equals are listed."""
        if ways not in self._even:
            self._even[ways] = len(self._branches)
            self._branches += [(edge, -1) for edge in accumulate([1 / ways] * ways)]
        return self._even[ways]

    def _teams_at(self, node: Detour) -> int:
        """Where the teams of a detour and their calendars are listed."""
        if node.among not in self._among:
            self._among[node.among] = len(self._teams)
            self._teams += zip(node.among, node.calendars, strict=True)
        return self._among[node.among]

    def _choice(self, node: Choice, prefix: str, depth: int) -> None:
        choice = self._emit(CHOOSE, self._stream(prefix + node.stream))
        choice.first, choice.number = len(self._branches), len(node.branches)
        edges = accumulate(probability for probability, _ in node.branches)
        self._branches += [(edge, -1) for edge in edges]
        ways_back = []
        for place, (_, branch) in enumerate(node.branches, choice.first):
            self._branches[place] = self._branches[place][0], len(self._code)
            self._node(branch, prefix, depth)
            ways_back.append(self._emit(GOTO))
        choice.target = len(self._code)
        for way in ways_back:
            way.stream = choice.target

    def _work(self, node: Work, prefix: str, depth: int) -> None:
        step, patient = self._emit(STEP, self._stream(prefix + node.stream)), node.patience
        at, patience, calendar = len(self._code) - 1, -1, 0
        if patient is not None:
            calendar = patient.calendar
            step.first, patience = self._stream(prefix + patient.stream), self._law(patient.shape)
        expected = round(node.shape.mean * 1000 * node.scale) + node.extra
        law = self._law(node.shape, 1000 * node.scale, node.extra)
        self.steps[at] = StepKind(
            WORK, int(State.WORK), node.team, expected, calendar, 0, depth, law, patience, int(node.first)
        )
        if patient is not None and patient.redial is not None:
            step.number, step.share = self._stream(f"{prefix}redial/{patient.stream}"), patient.redials
            self._node(patient.redial, prefix, depth + 1)
            step.target = len(self._code)
