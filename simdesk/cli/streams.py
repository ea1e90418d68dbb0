"""Output that cannot break a command, whatever its encoding and whoever reads it.

A sign that the encoding lacks is spelled; a reader that has left, or a full disk, does not stop the work. What could
not be written is remembered, and told at the end.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import select
import sys
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_SPELLED: Final = {
    "✓": "ok", "✗": "NO", "±": "+/-", "−": "-", "–": "-", "—": "-", "…": "...", "×": "x", "·": "|", "•": "*",
    "≥": ">=", "≤": "<=", "≠": "!=", "≈": "~", "→": "->", "←": "<-", "∞": "inf", "√": "sqrt ", "½": "1/2",
    "¹": "^1", "²": "^2", "³": "^3", "§": "section ", "°": " degrees", "‰": " per mille", "€": "EUR", "£": "GBP",
    "¥": "JPY", "λ": "lambda", "μ": "mu", "µ": "mu", "ρ": "rho", "σ": "sigma", "ß": "ss", "æ": "ae", "ø": "o",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "\xa0": " ", "\u2009": " ", "\u202f": " ",
    "■": "#", "●": "*", "○": "o", "▲": "^", "▼": "v",
}  # fmt: skip
"""Signs in letters that every encoding has. '?' is no spelling of any: it says that a target is undecided."""
_BOXES: Final = range(0x2500, 0x2580)
_BLOCKS: Final = range(0x2580, 0x25A0)
_REPLACING: Final = "simdesk.spelled"


def spelled(sign: str) -> str:
    """A character in ASCII that does not mislead; '?' where there is none."""
    if sign in _SPELLED:
        return _SPELLED[sign]
    if ord(sign) in _BOXES:
        name = unicodedata.name(sign)
        return {"HORIZONTAL": "-", "VERTICAL": "|"}.get(name.rpartition(" ")[2], "+") if " AND " not in name else "+"
    if ord(sign) in _BLOCKS:
        return "#"
    plain = unicodedata.normalize("NFD", sign)
    bare = plain[0].isascii() and plain[0].isalpha() and all(map(unicodedata.combining, plain[1:]))
    return plain[0] if bare else "?"


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(spelled, error.object[error.start : error.end])), error.end


class _Unbreakable(io.RawIOBase):
    """A raw stream that takes everything it is given, and remembers what went wrong below it.

    Args:
        below: the raw stream of Python; None if the command was started without one.
        number: its file descriptor.

    Attributes:
        trouble: why something could not be written; None if all was, or if the reader had seen enough.
    """

    def __init__(self, below: Any, number: int) -> None:
        self._below, self._number = below, number
        self._left = False
        self.trouble: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._number

    def isatty(self) -> bool:
        return self._below is not None and bool(self._below.isatty())

    def write(self, content: ReadableBuffer, /) -> int:
        size = memoryview(content).nbytes
        if self._left or self.trouble is not None:
            return size
        try:
            if self._below is None:
                raise OSError(errno.EBADF, "it is closed")
            while (written := self._below.write(content)) is None:  # a pipe that somebody else told not to wait
                select.select([], [self._number], [])
            return int(written)
        except BrokenPipeError:
            self._left = True
        except OSError as error:
            self.trouble = error
        return size


class _Text(io.TextIOWrapper):
    """Text for an ASCII stream; click would write UTF-8 into it if it were shown the bytes below."""

    @property
    def buffer(self) -> Any:
        raise AttributeError("buffer")


class Outputs:
    """Both output streams of this process, made unbreakable, from the start of a command to its end."""

    def __init__(self) -> None:
        for number in _closed():
            _open_nowhere(number)
        codecs.register_error(_REPLACING, _replaced)
        self._out, self._err = _Unbreakable(*_raw(sys.stdout, 1)), _Unbreakable(*_raw(sys.stderr, 2))
        sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # open to the end
        sys.stdout = _wrapped(self._out, sys.stdout)
        sys.stderr = _wrapped(self._err, sys.stderr)

    def finished(self, code: int) -> int:
        """Write out what is left, say what could not be written, and return the exit code.

        Args:
            code: that the work has earned; 1 instead if its words were lost, unless it was refused for its words.
        """
        sys.stdout.flush()
        if self._out.trouble is not None:
            sys.stderr.write(f"simdesk: cannot write the output: {self._out.trouble.strerror}\n")
            code = code if code == _USAGE else 1
        sys.stderr.flush()
        return code


_USAGE: Final = 2


def _closed() -> Iterator[int]:
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            yield number


def _open_nowhere(number: int) -> None:
    """Occupy a closed descriptor; else the next file to be opened, a database say, would be printed into."""
    opened = os.open(os.devnull, os.O_RDWR)
    if opened != number:
        os.dup2(opened, number)
        os.close(opened)
    os.set_inheritable(number, True)  # to the workers, where it would be closed again


def _raw(stream: Any, number: int) -> tuple[Any, int]:
    buffer = getattr(stream, "buffer", None)
    return getattr(buffer, "raw", buffer), number


def _wrapped(raw: _Unbreakable, before: Any) -> io.TextIOWrapper:
    encoding = getattr(before, "encoding", None) or "utf-8"
    kind = _Text if codecs.lookup(encoding).name == "ascii" else io.TextIOWrapper
    return kind(
        io.BufferedWriter(raw), encoding, _REPLACING,
        line_buffering=getattr(before, "line_buffering", False), write_through=getattr(before, "write_through", False),
    )  # fmt: skip
