"""A process is started whole or not at all, and does not hear the Ctrl-C that its parent answers."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import Final

_STOPS: Final = ("SIGINT", "SIGTERM", "SIGHUP")


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
    arrived: list[int] = []
    handlers = {}
    if threading.current_thread() is threading.main_thread():  # others never hear of a signal
        for name in _STOPS:
            number = getattr(signal, name)
            if callable(signal.getsignal(number)):
                handlers[number] = signal.signal(number, lambda number, frame: arrived.append(number))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number in arrived:
            signal.raise_signal(number)
