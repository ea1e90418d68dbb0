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
    return Need(seconds, max(size.memory(engine) for size in sizes), kept, processes)


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
        self._spent, self._said, self._corrected = 0.0, 0.0, False

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
            processors = "one processor" if ahead.processes == 1 else f"{ahead.processes} processors"
            memory = f"{_gigabytes(ahead.in_all)} of memory{_shares(ahead)}"
            self._say(f"roughly estimated, this will take {human(ahead.wait)} on {processors} and {memory}")

    def correct(self, left: float) -> None:
        """Say once how long it will really take, if that is much and was not said, or was said wrongly."""
        if left > MUCH_TIME and not self._corrected and not self._said / _FAR_OFF < left < self._said * _FAR_OFF:
            self._said, self._corrected = left, True
            self._say(f"by the first replication it will take {human(left)} more")

    def _refuse(self, ahead: Need) -> None:
        seconds = self._spent + ahead.seconds
        if seconds > MOST_TIME:
            raise RunError(
                f"this would take about {human(seconds)} of computing, more than {human(MOST_TIME)}; ask for fewer "
                "replications or alternatives, a shorter run.length or fewer tickets, or go on with --force"
            )
        most = MOST_MEMORY * self._memory
        if ahead.in_all > most:
            raise RunError(
                f"this would need about {_gigabytes(ahead.in_all)} of memory{_shares(ahead)}, and this machine has "
                f"{_gigabytes(self._memory)}; {_remedy(ahead, most)}, or go on with --force"
            )


def _remedy(ahead: Need, most: float) -> str:
    """What would help most: one replication, all that is kept, or the number of processes may be too large."""
    if ahead.memory > most:
        return "simulate a shorter run.length, fewer tickets or fewer agents"
    if ahead.memory + ahead.kept > most:
        return "ask for fewer replications, a shorter run.length or fewer tickets"
    return "use --workers 1"


def memory_of_the_machine() -> float:
    """Bytes of memory that processes here may use together."""
    import psutil

    machine = float(psutil.virtual_memory().total)
    try:
        return min(machine, float(_OF_A_CONTAINER.read_text()))
    except (OSError, ValueError):  # no container, or one without a limit, which says "max"
        return machine


def _shares(ahead: Need) -> str:
    """What the memory is for, in brackets; nothing if it is all for one replication."""
    much_is_kept = ahead.kept > MUCH_MEMORY
    if ahead.processes == 1 and not much_is_kept:
        return ""
    each = "one replication" if ahead.processes == 1 else f"each of {ahead.processes} processes"
    kept = f", {_gigabytes(ahead.kept)} for the results of all" if much_is_kept else ""
    return f" ({_gigabytes(ahead.memory)} for {each}{kept})"


def _gigabytes(amount: float) -> str:
    """Bytes for people: "0.4 GB", "12 GB"."""
    return f"{amount / 1e9:.1f} GB" if amount < 9.95e9 else f"{amount / 1e9:,.0f} GB"
