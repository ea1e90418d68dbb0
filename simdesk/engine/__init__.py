"""Desk × Workload → TicketLog. Engines roll no dice: the workload holds all chance."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from simdesk.errors import SimdeskError

if TYPE_CHECKING:
    from simdesk.desk import Desk
    from simdesk.engine.limits import Cancel
    from simdesk.ticketlog import TicketLog
    from simdesk.workload.model import Workload

ENGINES: Final = ("kernel", "reference")
"""Engines by name, the usual one first; all write the same log."""

Story = Callable[[int, str], None]
"""Receives (instant, sentence) for every event of one ticket."""


def run(
    desk: Desk,
    workload: Workload,
    *,
    engine: str | None = None,
    cancel: Cancel | None = None,
    traced: int = -1,
    tell: Story | None = None,
) -> TicketLog:
    """Simulate one replication.

    Args:
        desk: the supply side.
        workload: the demand side.
        engine: one of `ENGINES`; unless stated the first, or the one that tells stories where one is asked for.
        cancel: lets another thread stop the run; within two seconds it ends with a log that says so.
        traced: number of a ticket whose story is told, with the reference engine only.
        tell: where the story goes.

    Raises:
        SimdeskError: for an unknown engine.
    """
    engine = engine or (ENGINES[0] if tell is None else "reference")
    _known(engine)
    if engine == "kernel":
        if tell is not None:
            raise SimdeskError("only the reference engine tells stories; say --engine reference")
        from simdesk.engine import kernel

        return kernel.simulate(desk, workload, cancel=cancel)
    from simdesk.engine.reference import simulate

    return simulate(desk, workload, cancel=cancel, traced=traced, tell=tell)


def prepare(engine: str) -> None:
    """Have an engine compiled, or its compiled code loaded, before worker processes start or a first user waits.

    Raises:
        SimdeskError: for an unknown engine.
    """
    _known(engine)
    if engine == "kernel":
        from simdesk.engine.kernel import compile_ahead

        compile_ahead()


def _known(engine: str) -> None:
    if engine not in ENGINES:
        raise SimdeskError(f"no engine '{engine}'; known: {', '.join(ENGINES)}")
