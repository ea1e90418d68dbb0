"""The order of an instant in SimPy: an event is due at a time, and at its turn among those of the same second."""

from __future__ import annotations

from typing import Final

from simpy import Environment, Event

from simdesk.errors import RunError


class Turn:
    """What comes first within an instant; plain numbers, for a member of an enum costs ten times as much to look up."""

    COMPLETION: Final = 1
    DEPARTURE: Final = 2
    COMING: Final = 3
    ARRIVAL: Final = 5
    DISPATCH: Final = 6
    GIVE_UP: Final = 7
    STOP: Final = 8
    HORIZON: Final = 9


class Due(Event):
    """An event that happens after a delay, at its turn within the instant."""

    __slots__ = ()

    def __init__(self, env: Environment, delay: int, turn: int) -> None:
        if delay < 0:
            raise RunError(f"something was due {-delay} s ago: do spells of presence overlap in the workload?")
        self.env = env  # this and the next as Event does it; inlined as in SimPy's own Timeout, for speed
        self.callbacks = []
        self._ok = True
        self._value = None
        env.schedule(self, turn, delay)  # type: ignore[arg-type]  # SimPy names two priorities and accepts any number
