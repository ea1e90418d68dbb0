"""A process is started whole or not at all, and does not hear the Ctrl-C that its parent answers."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker

from simdesk.signals import postponed


@contextmanager
def undisturbed() -> Iterator[None]:
    """Put off signals that ask this process to stop, while it starts another one.

    Stopped half-way, it would leave a process that waits for its orders and complains of their end. A new process
    inherits that Ctrl-C is blocked, so it is silent from its first moment, long before it could ask for that itself.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows, where processes inherit no such thing
        yield
        return
    resource_tracker.ensure_running()  # which would unblock what is blocked here, if it had to be started later
    with postponed():
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
