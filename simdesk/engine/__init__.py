"""Desk × Workload → TicketLog. Engines roll no dice: the workload holds all chance."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from simdesk.errors import SimdeskError

if TYPE_CHECKING:
    from simdesk.desk import Desk
    from simdesk.ticketlog import TicketLog
    from simdesk.workload.model import Workload

ENGINES: Final = ("reference", "kernel")
"""Engines by name; all write the same log."""

Story = Callable[[int, str], None]
"""Receives (instant, sentence) for every event of one ticket."""


def run(
    desk: Desk,
    workload: Workload,
    *,
    engine: str = "reference",
    traced: int = -1,
    tell: Story | None = None,
) -> TicketLog:
    """Simulate one replication.

    Args:
        desk: the supply side.
        workload: the demand side.
        engine: one of `ENGINES`.
        traced: number of a ticket whose story is told, with the reference engine only.
        tell: where the story goes.

    Raises:
        SimdeskError: for an unknown engine.
    """
    if engine not in ENGINES:
        raise SimdeskError(f"no engine '{engine}'; known: {', '.join(ENGINES)}")
    if engine == "kernel":
        if tell is not None:
            raise SimdeskError("only the reference engine tells stories; leave --engine out, or say reference")
        return _kernel()(desk, workload)
    from simdesk.engine.reference import simulate

    return simulate(desk, workload, traced=traced, tell=tell)


def _kernel() -> Callable[[Desk, Workload], TicketLog]:
    """The compiled engine; says so when it has to be compiled, once on a machine."""
    if "simdesk.engine.kernel" not in sys.modules:
        from simdesk.engine.cache import prepare

        if prepare():
            print("compiling the engine; this happens once on a machine …", file=sys.stderr, flush=True)
    from simdesk.engine.kernel import simulate

    return simulate
