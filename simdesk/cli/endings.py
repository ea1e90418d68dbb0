"""Ctrl-C and its like: a command that is stopped, at whatever instant, ends in words and takes its workers with it.

This is there before anything that takes time, so it imports next to nothing.
"""

from __future__ import annotations

import _signal as signal  # type: ignore[import-not-found]  # the module signal makes enumerations of it, which takes long
import _thread
import atexit
import os
import sys
import time

TYPE_CHECKING = False  # type checkers know this name; typing takes long to import
if TYPE_CHECKING:
    from types import FrameType
    from typing import Final, NoReturn

_NAMED: Final = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "the terminal was closed"}
_WORDS: Final[dict[int, str]] = {getattr(signal, name): told for name, told in _NAMED.items() if hasattr(signal, name)}
"""Signals by which a command is asked to stop, as far as a system has them, and how each is told."""
_GRACE: Final = 5.0
"""Seconds in which a command that was stopped may clear up; then it ends without."""
_AGAIN: Final = 0.05
"""Seconds after which a stop that Python swallowed is tried again."""


class Stops:
    """What has asked this process to stop, and how it ends.

    Attributes:
        signal: the first signal that asked; 0 until then.
        earned: the exit code, once everything is done; a stop no longer changes it.
        remains: what to tell of the work that was under way.
    """

    def __init__(self) -> None:
        self.signal = 0
        self._main = _thread.get_ident()
        self.earned: int | None = None
        self.remains = ""

    def listen(self) -> None:
        """Be told from now on; a signal that whoever started us wants ignored, as nohup does, stays ignored."""
        for number in _WORDS:
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._asked)
        sys.unraisablehook = self._swallowed
        atexit.register(self._deaf)  # the first to be registered, so the last to be called

    def _asked(self, number: int, frame: FrameType | None) -> None:
        if self.earned is not None:
            os._exit(self.earned)
        if not self.signal:  # who asks twice is heard once, so that clearing up is not cut short
            self.signal = number
            _thread.start_new_thread(self._out_of_patience, ())
            raise KeyboardInterrupt

    def _swallowed(self, what: sys.UnraisableHookArgs) -> None:
        """Where Python cannot raise an exception, in a destructor say, it would print a traceback and go on."""
        if what.exc_type is KeyboardInterrupt and self.signal:
            number, self.signal = self.signal, 0
            _thread.start_new_thread(self._once_more, (number,))
        else:
            sys.__unraisablehook__(what)

    def _once_more(self, number: int) -> None:
        time.sleep(_AGAIN)
        if hasattr(signal, "pthread_kill"):
            signal.pthread_kill(self._main, number)  # this wakes a thread that sleeps, too
        else:
            _thread.interrupt_main(number)  # type: ignore[arg-type]  # an enumeration is not needed

    def _out_of_patience(self) -> None:
        time.sleep(_GRACE)
        if self.signal and self.earned is None:
            self.end()

    def _deaf(self) -> None:
        """From here on Python clears up by itself and could only print a traceback."""
        for number in _WORDS:
            signal.signal(number, signal.SIG_IGN)

    def end(self) -> NoReturn:
        """End now, with the workers; a pool that was just being started may never end by itself."""
        number = self.signal or signal.SIGINT
        _clear_up()
        try:  # noqa: SIM105  # contextlib is not worth importing for this
            os.write(2, f"simdesk: {_WORDS[number]}{self.remains}\n".encode())
        except OSError:
            pass  # nobody listens
        os._exit(128 + number)


def _clear_up() -> None:
    """Kill the workers and remove what only this process needs; a module that is not there has nothing to clear up."""
    processes = sys.modules.get("multiprocessing")
    for worker in getattr(processes, "active_children", list)():
        worker.kill()  # to wait until each has finished its replication would make Ctrl-C slow
    compiled = sys.modules.get("simdesk.compiled")
    getattr(compiled, "remove_passing_folders", bool)()
