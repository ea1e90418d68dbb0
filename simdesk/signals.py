"""Signals that ask a process to stop, and how they are put off while something must not be cut in two."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

STOPS: Final = ("SIGINT", "SIGTERM", "SIGHUP")
"""Ctrl-C, a request to end, and the end of the terminal, as far as a system has them."""


@contextmanager
def postponed() -> Iterator[None]:
    """Put off signals that ask this process to stop; each that came is sent again afterwards.

    Blocking them would not do: a signal goes to any thread that does not block it, libraries have threads of their own,
    and Python runs the handler in the main thread whichever was hit. So the handlers are exchanged.
    """
    arrived: list[int] = []
    handlers = {}
    if threading.current_thread() is threading.main_thread():  # others never hear of a signal
        for name in STOPS:
            number = getattr(signal, name, None)
            if number is not None and callable(signal.getsignal(number)):
                handlers[number] = signal.signal(number, lambda number, frame: arrived.append(number))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number in arrived:
            signal.raise_signal(number)
