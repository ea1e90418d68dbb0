"""Worker processes that no longer get anywhere: stopped by a signal, or waiting for something that does not come.

It counts looks and not seconds. While this process is stopped itself, as by Ctrl-Z, it does not look, so that a
command that is stopped and continued finds nothing amiss.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Final

import psutil

BETWEEN_LOOKS: Final = 2.0
"""Seconds."""
_STOPPED_LOOKS: Final = 2
"""Looks in a row at which a worker is found stopped, without having computed in between, before it is given up. What
limits the use of a processor, as cpulimit does, stops and continues a process all the time."""
_IDLE_LOOKS: Final = 30
"""Looks in a row between which no worker computes or finishes anything before all are given up; a minute. Who
simulates uses its processor, however long one replication takes."""


class Standstill:
    """Looks now and then at the processes of a pool that has work."""

    def __init__(self) -> None:
        self._latest = time.monotonic()
        self._stopped: dict[int, tuple[float, int]] = {}  # processor time, and looks at which it was stopped with it
        self._seconds, self._idle = -1.0, 0

    def found(self, workers: Collection[int], *, finished: bool) -> tuple[list[int], str]:
        """Workers that must be ended because they stand still, and what to tell; seldom any.

        Args:
            workers: process numbers.
            finished: whether something was finished since this was asked last.
        """
        if finished:
            self._idle = 0
        if time.monotonic() - self._latest < BETWEEN_LOOKS:
            return [], ""
        self._latest = time.monotonic()
        states = {pid: look for pid in workers if (look := _look(pid)) is not None}
        before, self._stopped = self._stopped, {}
        for pid, (is_stopped, used) in states.items():
            if is_stopped:
                used_before, looks = before.get(pid, (used, 0))
                self._stopped[pid] = used, looks + 1 if used == used_before else 1
        if given_up := [pid for pid, (_, looks) in self._stopped.items() if looks >= _STOPPED_LOOKS]:
            return given_up, "was stopped by somebody"
        seconds = sum(used for _, used in states.values())
        self._idle = self._idle + 1 if seconds == self._seconds else 0
        self._seconds = seconds
        return (list(states), "computed nothing for a long time") if self._idle >= _IDLE_LOOKS else ([], "")


def _look(pid: int) -> tuple[bool, float] | None:
    """Whether a process is stopped, and the processor time that it has used in seconds; None if it is gone."""
    try:
        process = psutil.Process(pid)
        times = process.cpu_times()
        return process.status() == psutil.STATUS_STOPPED, times.user + times.system
    except psutil.Error:
        return None
