"""Ciw as a third voice: the same desk in both programs, each with its own chance, and how far their means lie apart.

`python tests/verification/third_voice.py` prints the whole table; it takes some minutes. Knows how to run and
to compare; the desks are in `third_voice_desks` and `third_voice_networks`.

Both programs start with an empty desk, have the same warm-up, and follow the tickets that arrive within the window to
their end. simdesk counts whole seconds, Ciw fractions: with work of 20 minutes or more less than 0.1 % of a mean.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf, sqrt
from textwrap import dedent
from typing import Any
from zlib import crc32

import ciw
from third_voice_desks import ONE_NODE, Scene, Wrong
from third_voice_networks import CHANGING, IMPATIENT, NETWORKS

from simdesk.experiment.estimate import Estimate, estimate, student_t
from simdesk.experiment.replicate import replicate
from simdesk.experiment.sheet import Key
from simdesk.measures.readings import Ratio
from simdesk.scenario.loading import loads, vary
from simdesk.scenario.model import Scenario

SCENES = (*ONE_NODE, *IMPATIENT, *NETWORKS, *CHANGING)
CONTROLS = tuple((scene, wrong) for scene in SCENES for wrong in scene.wrong)

CONFIDENCE = 0.999
"""Of each interval. With some seventy lines, two programs that agree perfectly would show a line outside in at most
seven tables of a hundred (Bonferroni); the seeds are fixed, so this one table is the same every time."""
ANSWERS_WITHIN = 1.0
"""The promise of the desks that make one, hours."""
OURS_TO_THEIRS = 2
"""Replications of simdesk for one of Ciw."""
CONTROLS_THINNED = 10
"""A mistake is seen with a tenth of the replications."""
_HOUR = 3600


@dataclass(frozen=True)
class Line:
    """One line of the table: a measure in both voices; times are in hours.

    Attributes:
        scene, key: what was measured.
        ours, theirs: simdesk's estimate and Ciw's.
        unfinished: tickets of either cohort whose end the run did not see.
    """

    scene: str
    key: Key
    ours: Estimate
    theirs: Estimate
    unfinished: int

    @property
    def difference(self) -> float:
        """simdesk less Ciw."""
        return self.ours.value - self.theirs.value

    @property
    def half_width(self) -> float:
        """Half of the 99.9 % interval of the difference; unequal variances, degrees of freedom after Welch (1947)."""
        parts = [(one.standard_error**2, one.replications - 1) for one in (self.ours, self.theirs)]
        total = sum(variance for variance, _ in parts)
        degrees = total**2 / sum(variance**2 / n for variance, n in parts)
        return student_t(CONFIDENCE, int(degrees)) * sqrt(total)

    @property
    def relative(self) -> float:
        """The half-width as a share of Ciw's value."""
        return self.half_width / self.theirs.value if self.theirs.value else inf

    @property
    def inside(self) -> bool:
        """Whether no difference is in the interval."""
        return abs(self.difference) <= self.half_width


def compare(scene: Scene, *, thinned: int = 1) -> tuple[Line, ...]:
    """Both voices on one desk.

    Args:
        scene: the desk.
        thinned: makes only every so many of the replications.
    """
    count = scene.replications // thinned
    ours, open_here = _simdesk(scene, OURS_TO_THEIRS * count)
    theirs, open_there = _ciw(scene, count)
    return tuple(Line(scene.name, key, ours[key], theirs[key], open_here + open_there) for key in scene.compares)


def with_mistake(scene: Scene, wrong: Wrong) -> Scene:
    """The scene with a mistake in Ciw's half, and only the measures that must show it."""
    return replace(scene, network=lambda: {**scene.network(), **wrong.words()}, compares=wrong.shows_in)


def _seed(scene: Scene) -> int:
    return crc32(scene.name.encode())


def _scenario(scene: Scene, replications: int) -> Scenario:
    run = {
        "run.length": f"{scene.length} h",
        "run.warm_up": f"{scene.warm_up} h",
        "run.cool_down": f"{scene.cool_down} h",
        "run.replications": replications,
        "run.seed": _seed(scene),
    }
    return vary(loads(dedent(scene.desk), scene.name), run)


def _simdesk(scene: Scene, replications: int) -> tuple[dict[Key, Estimate], int]:
    """Estimates, and in how many replications a ticket of the cohort was still open at the end."""
    sheets = replicate(_scenario(scene, replications), workers=1, engine="kernel").sheets
    found = {}
    for key in scene.compares:
        scale = 1 if key.measure in COUNTS else 1 / _HOUR
        readings = [sheet.readings[key] for sheet in sheets]
        found[key] = estimate([Ratio(one.numerator * scale, one.denominator) for one in readings], CONFIDENCE)
    return found, sum(sheet.truncated for sheet in sheets)


def _ciw(scene: Scene, replications: int) -> tuple[dict[Key, Estimate], int]:
    """The same of Ciw."""
    teams = list(loads(dedent(scene.desk), scene.name).teams)
    readings: dict[Key, list[Ratio]] = {key: [] for key in scene.compares}
    unfinished = 0
    for replication in range(replications):
        ciw.seed(_seed(scene) + replication)
        words = scene.network()
        simulation = ciw.Simulation(ciw.create_network(**words))
        simulation.simulate_until_max_time(scene.warm_up + scene.length + scene.cool_down)
        lives = Lives(simulation, scene.warm_up, scene.warm_up + scene.length, teams, words["number_of_servers"])
        unfinished += lives.unfinished
        for key in scene.compares:
            readings[key].append(lives.read(key))
    return {key: estimate(all_of_it, CONFIDENCE) for key, all_of_it in readings.items()}, unfinished


class Lives:
    """What one replication of Ciw wrote down, read by the definitions of simdesk's measures.

    Args:
        simulation: after its run.
        begin, end: of the window, hours.
        teams: names of the first nodes.
        servers: of each node.
    """

    def __init__(self, simulation: Any, begin: float, end: float, teams: Sequence[str], servers: Sequence[Any]) -> None:
        self.begin, self.end, self.teams, self.servers = begin, end, teams, servers
        everybody = simulation.get_all_individuals()
        self.everything = [record for one in everybody for record in one.data_records]
        self.unfinished = sum(one.node != -1 and begin <= _opened(one) < end for one in everybody)
        self.cohort = [one for one in everybody if one.node == -1 and begin <= _opened(one) < end]

    def read(self, key: Key) -> Ratio:
        """One measure, of all, of one type or of one team."""
        if key.by == "team":
            node = self.teams.index(key.of) + 1
            return TEAM_MEASURES[key.measure](self, [one for one in self.everything if one.node == node], node)
        some = [one.data_records for one in self.cohort if key.by != "type" or one.customer_class == key.of]
        return MEASURES[key.measure](some)

    @cached_property
    def length(self) -> float:
        """Of the window, hours."""
        return self.end - self.begin

    def overlap(self, begin: float, end: float) -> float:
        """Hours of a spell that lie in the window."""
        return max(0.0, min(end, self.end) - max(begin, self.begin))


Records = Sequence[Any]
"""What Ciw wrote of one individual, or of one node."""


def _opened(individual: Any) -> float:
    return float(individual.data_records[0].arrival_date if individual.data_records else individual.arrival_date)


def _mean(values: Iterable[float]) -> Ratio:
    these = list(values)
    return Ratio(float(sum(these)), float(len(these)))


def _served(records: Records) -> bool:
    return bool(records[-1].record_type == "service")


MEASURES: dict[str, Callable[[Sequence[Records]], Ratio]] = {
    "first_wait": lambda cohort: _mean(records[0].waiting_time for records in cohort),
    "response_time": lambda cohort: _mean(records[0].waiting_time for records in cohort if _served(records)),
    "served_at_once": lambda cohort: _mean(records[0].waiting_time == 0 for records in cohort),
    "response_sla": lambda cohort: _mean(records[0].waiting_time <= ANSWERS_WITHIN for records in cohort),
    "abandonment": lambda cohort: _mean(not _served(records) for records in cohort),
    "resolution_time": lambda cohort: _mean(
        records[-1].exit_date - records[0].arrival_date for records in cohort if _served(records)
    ),
}
"""Measures of the cohort, by simdesk's names."""


def _queue_wait(lives: Lives, records: Records, node: int) -> Ratio:
    return _mean(one.waiting_time for one in records if lives.begin <= one.arrival_date < lives.end)


def _queue_length(lives: Lives, records: Records, node: int) -> Ratio:
    waited = sum(lives.overlap(one.arrival_date, one.arrival_date + one.waiting_time) for one in records)
    return Ratio(waited, lives.length)


def _occupancy(lives: Lives, records: Records, node: int) -> Ratio:
    worked = (lives.overlap(one.service_start_date, one.exit_date) for one in records if one.record_type == "service")
    return Ratio(sum(worked), lives.servers[node - 1] * lives.length)


TEAM_MEASURES: dict[str, Callable[[Lives, Records, int], Ratio]] = {
    "queue_wait": _queue_wait,
    "queue_length": _queue_length,
    "occupancy": _occupancy,
}
"""Measures of a team, by simdesk's names."""

COUNTS = {"served_at_once", "response_sla", "abandonment", "queue_length", "occupancy"}
"""Measures that are not times."""


HEADINGS = f"{'scenario':38} {'measure':24}   simdesk       Ciw difference  ± 99.9 % of mean  inside?"


def row(line: Line) -> str:
    """A line of the table as text."""
    measure = line.key.measure + (f" of {line.key.of}" if line.key.of else "")
    values = f"{line.ours.value:9.4f} {line.theirs.value:9.4f} {line.difference:10.4f} {line.half_width:9.4f}"
    cut_off = f"  {line.unfinished} unfinished" if line.unfinished else ""
    return f"{line.scene:38} {measure:24} {values} {line.relative:7.1%}  {'yes' if line.inside else 'NO'}{cut_off}"


def false_alarm(lines: Sequence[Line]) -> float:
    """Most that the chance of any line outside can be if both programs agree."""
    return len(lines) * (1 - CONFIDENCE)


def main() -> int:
    """Print the table and the controls; 0 if all is as it must be."""
    lines: list[Line] = []
    wrong: list[Line] = []
    print(HEADINGS)
    for scene in SCENES:
        lines += compare(scene)
        print(*map(row, lines[-len(scene.compares) :]), sep="\n", flush=True)
    for scene, mistake in CONTROLS:
        found = compare(with_mistake(scene, mistake), thinned=CONTROLS_THINNED)
        wrong += found
        print(f"must differ ({mistake.mistake}):", *map(row, found), sep="\n", flush=True)
    print(f"{sum(line.inside for line in lines)} of {len(lines)} lines inside their intervals; two programs that agree")
    print(f"would show any line outside with a chance of at most {false_alarm(lines):.1%} (Bonferroni).")
    print(f"{sum(not line.inside for line in wrong)} of {len(wrong)} lines of wrong desks outside.")
    return int(not all(line.inside for line in lines) or any(line.inside for line in wrong))


if __name__ == "__main__":
    sys.exit(main())
