"""What simulating would take, said before it begins when it is much, and refused when it is too much.

Knows the size of desks and what memory the machine has; knows no question.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simdesk.durations import HOUR, MINUTE, human
from simdesk.errors import RunError
from simdesk.experiment.size import Size

MUCH_TIME: Final = MINUTE
MUCH_MEMORY: Final = 1e9
"""Seconds until the answer, and bytes of a process, from which on one is told before it begins. [design]"""
MOST_TIME: Final = 24 * HOUR
"""Seconds of computing, on all processors together, from which on nobody is taken at his word. [design]"""
MOST_MEMORY: Final = 0.8
"""Share of the machine's memory that may be used. [design]"""
_FAR_OFF: Final = 2.0
"""Factor by which what was said may be wrong before it is corrected."""
_OF_A_CONTAINER: Final = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True, slots=True)
class Need:
    """What some replications will take.

    Attributes:
        seconds: of computing, on all processors together.
        memory: bytes of each process.
        kept: bytes that all replications together leave in this process for the answer.
        processes: that simulate at once.
    """

    seconds: float
    memory: float
    kept: float
    processes: int

    @property
    def wait(self) -> float:
        """Seconds until it is done."""
        return self.seconds / self.processes

    @property
    def in_all(self) -> float:
        """Bytes of all processes together."""
        return self.memory * self.processes + self.kept


def need(sizes: list[Size], runs: int, engine: str, processors: int, measures: int | None) -> Need:
    """What replications will take.

    Args:
        sizes: of the desks that are simulated; the replications are spread evenly over them.
        runs: replications of all desks together.
        engine: that simulates.
        processors: that can simulate at once.
        measures: how many are read; all if None.
    """
    processes = max(min(processors, runs), 1)
    seconds = sum(size.seconds(engine) for size in sizes) / len(sizes) * runs
    kept = sum(size.kept(measures) for size in sizes) / len(sizes) * runs
    return Need(seconds, max(size.memory for size in sizes), kept, processes)


class Foresight:
    """Tells somebody who waits what it will take, once, and stops what would not end well.

    Args:
        say: tells.
        force: whether to go on all the same.
        memory: bytes of the machine; found out unless stated.
    """

    def __init__(self, say: Callable[[str], None], *, force: bool = False, memory: float | None = None) -> None:
        self._say, self._force = say, force
        self._memory = memory if memory is not None else memory_of_the_machine()
        self._spent, self._said = 0.0, 0.0

    def look_at(self, ahead: Need) -> None:
        """Say what is ahead if it is much.

        Raises:
            RunError: it is too much, and nobody insists.
        """
        if not self._force:
            self._refuse(ahead)
        self._spent += ahead.seconds
        if ahead.wait > max(MUCH_TIME, _FAR_OFF * self._said) or (not self._said and ahead.in_all > MUCH_MEMORY):
            self._said = max(ahead.wait, 1.0)
            self._say(f"this will take about {human(ahead.wait)}, {_resources(ahead)}; a rough estimate")

    def correct(self, left: float) -> None:
        """Say how long it will really take, if that is much and was not said, or was said wrongly."""
        if left > MUCH_TIME and not self._said / _FAR_OFF < left < max(self._said, MUCH_TIME) * _FAR_OFF:
            self._said = left
            self._say(f"by the first replication it will take {human(left)} more")

    def _refuse(self, ahead: Need) -> None:
        seconds = self._spent + ahead.seconds
        if seconds > MOST_TIME:
            raise RunError(
                f"this would take about {human(seconds)} of computing, more than {human(MOST_TIME)}; ask for fewer "
                "replications or alternatives, a shorter run.length or fewer tickets, or go on with --force"
            )
        if ahead.in_all <= MOST_MEMORY * self._memory:
            return
        has = f"this machine has {_gigabytes(self._memory)}"
        if ahead.memory <= MOST_MEMORY * self._memory < ahead.memory + ahead.kept:
            raise RunError(
                f"the results of all replications would need about {_gigabytes(ahead.kept)} of memory, and {has}; ask "
                "for fewer replications, a shorter run.length or fewer tickets, or go on with --force"
            )
        fewer = "use fewer --workers" if ahead.processes > 1 and ahead.memory <= MOST_MEMORY * self._memory else ""
        smaller = "simulate a shorter run.length, fewer tickets or fewer agents"
        raise RunError(
            f"this would need about {_gigabytes(ahead.memory)} of memory{_in_each(ahead)}, and {has}; "
            f"{fewer or smaller}, or go on with --force"
        )


def memory_of_the_machine() -> float:
    """Bytes of memory that processes here may use together."""
    import psutil

    machine = float(psutil.virtual_memory().total)
    try:
        return min(machine, float(_OF_A_CONTAINER.read_text()))
    except (OSError, ValueError):  # no container, or one without a limit, which says "max"
        return machine


def _resources(ahead: Need) -> str:
    processors = "one processor" if ahead.processes == 1 else f"{ahead.processes} processors"
    kept = f" and {_gigabytes(ahead.kept)} for the results" if ahead.kept > MUCH_MEMORY else ""
    return f"on {processors}, with {_gigabytes(ahead.memory)} of memory{_in_each(ahead)}{kept}"


def _in_each(ahead: Need) -> str:
    return "" if ahead.processes == 1 else f" in each of {ahead.processes} processes"


def _gigabytes(amount: float) -> str:
    """Bytes for people: "0.4 GB", "12 GB"."""
    return f"{amount / 1e9:.1f} GB" if amount < 9.95e9 else f"{amount / 1e9:,.0f} GB"
