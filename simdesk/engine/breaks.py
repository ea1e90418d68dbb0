"""When agents really came and left: their spells of presence as planned, changed by the breaks that had to wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simdesk.clock import NEVER
from simdesk.workload.model import Workload

Ints = NDArray[np.int64]


class LateBreak(NamedTuple):
    """A break that waited until its agent was done, or still waits.

    Attributes:
        held: spell of presence after which it was due.
        began: when it began, seconds; `NEVER` if it has not.
        spell: the spell in which the agent comes back; where the shift cuts the break short, the one in which it ends;
            where the break has not begun, the one in which the agent is.
        back: when the agent comes back, seconds.
        lost: seconds that the end of the shift takes from it.
    """

    held: int
    began: int
    spell: int
    back: int
    lost: int


def presence(load: Workload, late: Sequence[LateBreak], stopped_at: int) -> tuple[Ints, Ints]:
    """When agents came and left, seconds, shape (spells,) each; equal where nothing is left of a spell.

    Who has his break later is there for as long as it waits, and away as long as planned. What the end of his shift
    takes of it was work in his break, for which he is not counted as there.
    """
    starts, ends = load.duty_starts, load.duty_ends
    came, left = starts.copy(), ends.copy()
    for held, began, spell, back, lost in late:
        if began < NEVER and lost == 0:
            left[held] = began
            came[held + 1 : spell] = ends[held + 1 : spell]
            if spell < starts.size and back < NEVER:
                came[spell] = back
            continue
        until = min(began, stopped_at)
        for one in range(held, spell):
            left[one] = max(ends[one], min(until, starts[one + 1]))
        if began < NEVER:
            left[spell] = max(began, starts[spell])
        for one in range(held, spell):
            taken = min(int(left[one] - ends[one]), lost)
            left[one] -= taken
            lost -= taken
    return came, left
