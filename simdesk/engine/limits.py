"""How far a run may go: caps against runs that would never end, and a flag by which it is cancelled from outside."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

CANCELLED, TOO_MANY_OPEN, TOO_MANY_EVENTS = 1, 2, 3

REASONS: Final = {
    0: "",
    CANCELLED: "it was cancelled",
    TOO_MANY_OPEN: "more tickets were open than run.most_open_tickets allows",
    TOO_MANY_EVENTS: "more happened than run.most_events allows",
}
"""Why a run was cut short, as the log says it; nothing for a run that came to its end."""


class Cancel:
    """A request to stop, set by another thread while a run is under way.

    Attributes:
        flag: one number, shape (1,), that compiled code can look at; not 0 once the run shall stop.
    """

    def __init__(self) -> None:
        self.flag: NDArray[np.int64] = np.zeros(1, np.int64)

    def set(self) -> None:
        """Ask the run to stop; its log then says that it was cancelled."""
        self.flag[0] = 1
