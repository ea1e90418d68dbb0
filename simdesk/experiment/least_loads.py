"""How work can be divided among teams that serve each other's queues, so that nobody is loaded more than need be.

Help has a direction: who serves a queue may take work from it, and nobody else. Knows numbers and who serves which
queue; knows no scenario.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_SAME: Final = 1e-7
"""Relative difference below which two loads are one; a linear program is not more exact."""


@dataclass(frozen=True, slots=True)
class QueueLoad:
    """How loaded those are who serve a queue.

    Attributes:
        ratio: load of the least loaded of them, which is what takes the next ticket of this queue; ∞ if nobody does.
        pool: teams among which the work of this queue is shared at that load, ascending.
    """

    ratio: float
    pool: tuple[int, ...]


def least_loads(serves: Sequence[Sequence[int]], offered: Floats, capacity: Floats) -> list[QueueLoad]:
    """The load of every queue when work is divided as evenly as help allows.

    The largest load is as small as it can be (the static planning problem, Harrison 2000); what that leaves open is
    decided by the next largest, and so on. The loads of such a lexicographic optimum are unique (Fujishige 1980, on
    lexicographically optimal bases), and found by his decomposition: where a group cannot share everything evenly, the
    queues that are left with unserved work and all who serve them are more loaded than the rest, and both are divided
    in turn. A load below one does not promise that the desk's own order of preference finds this division; a load of
    one or more says that no division at all keeps up.

    Args:
        serves: queues that each team serves, its own among them.
        offered: work that comes to each queue, hours a week.
        capacity: work that each team can do, hours a week.
    """
    servers: list[list[int]] = [[] for _ in serves]
    for team, queues in enumerate(serves):
        for queue in queues if capacity[team] > 0 else ():
            servers[queue].append(team)
    found: dict[int, QueueLoad] = {}
    able = [team for team in range(len(serves)) if capacity[team] > 0]
    groups = _parts(servers, range(len(serves)), able)
    while groups:
        queues, teams = groups.pop()
        ratio = float(offered[queues].sum() / capacity[teams].sum()) if teams else math.inf
        above = _overfull(servers, offered, capacity, (queues, teams), ratio) if len(teams) > 1 and ratio else None
        if above is None:
            found |= dict.fromkeys(teams, QueueLoad(ratio, tuple(teams)))
            continue
        more = above, {team for queue in above for team in servers[queue]} & set(teams)
        for part in (more, (set(queues) - more[0], set(teams) - more[1])):
            groups += _parts(servers, *part)
    nobody = {queue: QueueLoad(math.inf if offered[queue] else 0.0, ()) for queue in range(len(serves))}
    return [
        min((found[team] for team in servers[queue]), key=lambda one: one.ratio, default=nobody[queue])
        for queue in range(len(serves))
    ]


def connected(serves: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """For each team those that help it or that it helps, directly or through others, itself included, ascending."""
    servers = [[team for team, queues in enumerate(serves) if queue in queues] for queue in range(len(serves))]
    groups: list[tuple[int, ...]] = [()] * len(serves)
    for _, teams in _parts(servers, range(len(serves)), range(len(serves))):
        for team in teams:
            groups[team] = tuple(teams)
    return groups


def _parts(
    servers: Sequence[Sequence[int]], queues: Collection[int], teams: Collection[int]
) -> list[tuple[list[int], list[int]]]:
    """Queues and teams in parts that have nothing to do with each other; each list ascending."""
    left, here = set(teams), set(queues)
    serving: dict[int, list[int]] = {team: [] for team in teams}
    for queue in here:
        for team in servers[queue]:
            if team in left:
                serving[team].append(queue)
    parts = []
    for start in sorted(teams):
        if start not in left:
            continue
        left.remove(start)
        found, some, unvisited = [start], set(), [start]
        while unvisited:
            for queue in serving[unvisited.pop()]:
                if queue in some:
                    continue
                some.add(queue)
                fresh = [team for team in servers[queue] if team in left]
                left.difference_update(fresh)
                found += fresh
                unvisited += fresh
        parts.append((sorted(some), sorted(found)))
    return parts


def _overfull(
    servers: Sequence[Sequence[int]],
    offered: Floats,
    capacity: Floats,
    group: tuple[list[int], list[int]],
    ratio: float,
) -> set[int] | None:
    """Queues whose work does not fit if nobody in a group is loaded more than `ratio`, with those that they crowd out;
    None if everything fits."""
    queues, teams = group
    pairs = [(queue, team) for queue in queues for team in servers[queue] if team in set(teams)]
    done = _most_served(pairs, offered, capacity, group, ratio)
    served: dict[int, float] = dict.fromkeys(queues, 0.0)
    works: dict[int, list[int]] = {team: [] for team in teams}
    unit = float(offered[queues].sum())
    for (queue, team), hours in zip(pairs, done.tolist(), strict=True):
        served[queue] += hours
        if hours > _SAME * unit / len(pairs):
            works[team].append(queue)
    reached = {queue for queue in queues if offered[queue] - served[queue] > _SAME * unit}
    unvisited = list(reached)
    while unvisited:
        for team in servers[unvisited.pop()]:
            fresh = [queue for queue in works.get(team, ()) if queue not in reached]
            reached.update(fresh)
            unvisited += fresh
    return reached if 0 < len(reached) < len(queues) else None


def _most_served(
    pairs: Sequence[tuple[int, int]],
    offered: Floats,
    capacity: Floats,
    group: tuple[list[int], list[int]],
    ratio: float,
) -> Floats:
    """The most work that can be done at a load, by pairs of queue and team; hours a week, shape (pairs,)."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    queues, teams = group
    unit = float(offered[queues].sum()) / len(pairs)
    rows = {queue: row for row, queue in enumerate(queues)}
    below = {team: len(queues) + row for row, team in enumerate(teams)}
    columns = np.arange(len(pairs))
    limits = csr_array(
        (
            np.ones(2 * len(pairs)),
            (
                np.array([rows[queue] for queue, _ in pairs] + [below[team] for _, team in pairs]),
                np.concatenate((columns, columns)),
            ),
        ),
        (len(queues) + len(teams), len(pairs)),
    )
    most = np.concatenate((offered[queues], ratio * capacity[teams])) / unit
    solution = linprog(  # type: ignore[call-overload]  # the stubs know no sparse arrays
        -np.ones(len(pairs)), A_ub=limits, b_ub=most, method="highs"
    )
    result: Floats = solution.x * unit
    return result
