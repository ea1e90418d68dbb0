"""What a team can do: its roster less absences and breaks, and the work that it finishes beyond its shifts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simdesk.desk import Desk
from simdesk.durations import HOUR, WEEK
from simdesk.policies import AtBreak, AtShiftEnd
from simdesk.scenario.model import Scenario
from simdesk.workload.presence import expected_speeds, pieces_of_a_shift

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of work of each queue in a week; arrays of shape (teams,).

    Attributes:
        hours: all of them together.
        count: how many.
        squares: sum of their squares, hours², shape (teams, 2): of live contacts in the second place, of all else.
    """

    hours: Floats
    count: Floats
    squares: Floats

    def in_hand(self, desk: Desk) -> Floats:
        """Expected work that is left, at any time, of what a busy agent of each team has in hand, hours, shape
        (teams, 2): as far as it is a live contact in the second place, and as far as it is not.

        Half the sum of squares over the sum (the mean residual life of renewal theory; Cox 1962). Who has no queue of
        his own with work in it has the pieces of those whom he helps.
        """
        left = np.zeros(self.squares.shape)
        for team, queues in enumerate(desk.serves):
            some = [team] if self.hours[team] else list(queues)
            if work := float(self.hours[some].sum()):
                left[team] = self.squares[some].sum(axis=0) / (2 * work)
        return left


def capacity(scenario: Scenario, desk: Desk, pieces: Pieces) -> Floats:
    """Expected hours of standard work a week that each team can do, shape (teams,); every agent at his own speed.

    Who finishes what he has in hand at the end of a shift, or at a break, does that much more. A busy agent has what is
    left of a piece in hand then: as much as `Pieces.in_hand` says, and at most until he is back on duty. This is what
    those do who are always busy, as where there is too much work; it is not asked for where there is less.
    """
    begin, end = desk.window
    weeks = (end - begin) / WEEK
    roster, team_of = desk.roster, desk.agent_team[desk.roster.agent]
    speed = expected_speeds(scenario, desk)[roster.agent] / 1000
    paid = np.clip(roster.ends, begin, end) - np.clip(roster.starts, begin, end)
    specs = list(scenario.teams.values())
    present = np.array([1 - spec.shrinkage.absent for spec in specs])
    for_tickets = np.array([spec.ticket_time * (1 - spec.shrinkage.breaks) for spec in specs])
    able = paid * speed * for_tickets[team_of] / HOUR
    able += _beyond_shifts(desk, pieces, speed) + _into_breaks(desk, pieces, speed, 1 - for_tickets[team_of])
    result: Floats = np.bincount(team_of, able, len(specs)) * present / weeks
    return result


def _finished(desk: Desk, pieces: Pieces, rules: NDArray[np.int64], rule: int) -> Floats:
    """Expected work in hand that is finished, by the desk's rules of shape (teams, 2); hours, shape (teams,)."""
    result: Floats = (pieces.in_hand(desk) * (rules == rule)).sum(axis=1)
    return result


def _beyond_shifts(desk: Desk, pieces: Pieces, speed: Floats) -> Floats:
    """Work after each spell of a shift that ends in the window, hours, shape (spells,)."""
    roster, (begin, end) = desk.roster, desk.window
    off = np.full(roster.agent.size, np.inf)
    same = roster.agent[1:] == roster.agent[:-1]
    off[:-1][same] = (roster.starts[1:] - roster.ends[:-1])[same]
    at_end = _finished(desk, pieces, desk.at_shift_end, AtShiftEnd.FINISH)
    at_gap = _finished(desk, pieces, desk.at_break, AtBreak.FINISH)
    team = desk.agent_team[roster.agent]
    left = np.where(roster.before_break == 1, at_gap[team], at_end[team])
    ends_here = (roster.ends > begin) & (roster.ends <= end) & (roster.ends < desk.horizon)
    result: Floats = np.where(ends_here, np.minimum(left, off * speed / HOUR), 0.0)
    return result


def _into_breaks(desk: Desk, pieces: Pieces, speed: Floats, away: Floats) -> Floats:
    """Work in the breaks of each spell of a shift, as far as it lies in the window; hours, shape (spells,)."""
    roster, (begin, end) = desk.roster, desk.window
    length = roster.ends - roster.starts
    inside = np.clip(roster.ends, begin, end) - np.clip(roster.starts, begin, end)
    number = pieces_of_a_shift(length)
    left = _finished(desk, pieces, desk.at_break, AtBreak.FINISH)[desk.agent_team[roster.agent]]
    each = np.minimum(left, away * length / number * speed / HOUR)
    result: Floats = number * each * inside / np.maximum(length, 1)
    return result
