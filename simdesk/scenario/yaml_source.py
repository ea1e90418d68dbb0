"""YAML text to plain data that remembers where everything was written.

Knows files, encodings and sizes; `yaml_events` reads what is inside. Knows nothing about desks, and nothing
about pydantic: whether a value makes sense is decided by whoever reads the data.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from simdesk.errors import Problem, ScenarioError
from simdesk.scenario.excerpts import Span, dotted, excerpt, nearest, quoted
from simdesk.scenario.yaml_events import MOST_PROBLEMS, Place, Plain, Reader

LARGEST_FILE = 256 * 1024
"""Bytes; twenty times the size of a desk that a person would write."""

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_TAB_INDENT = re.compile(r"^ *(\t)[ \t]*[^ \t\r\n]")


@dataclass(frozen=True)
class Source:
    """A YAML text, the plain data in it, and the place of every value.

    Args:
        name: what to call the text in messages, usually the path of the file.
        text: the text as written.
        data: its content as dictionaries, lists and scalars.
        root: the places, in the same shape as the data.
    """

    name: str
    text: str
    data: dict[str, Plain]
    root: Place = field(repr=False, compare=False)

    @cached_property
    def lines(self) -> list[str]:
        """The text line by line, as YAML counts lines."""
        return _LINE_BREAK.split(self.text)

    def locate(self, path: Sequence[str | int], *, key: bool = False) -> tuple[int, int, str]:
        """Line, column and excerpt of the value at a path, or of its key.

        What does not exist is shown at its deepest existing ancestor. A mapping or list indented below its
        key is shown at that key.
        """
        place, exists = self.root, True
        for piece in path:
            below = place.below.get(piece) or place.below.get(str(piece))
            if below is None:
                exists = False
                break
            place = below
        span = place.key if key and exists and place.key else place.shown()
        return span.line, span.column, excerpt(self.lines, span)

    def states(self, path: Sequence[str | int]) -> bool:
        """Whether the text itself states something at a path."""
        place: Place | None = self.root
        for piece in path:
            place = place.below.get(piece) or place.below.get(str(piece)) if place is not None else None
        return place is not None

    def problem(self, message: str, path: Sequence[str | int] = (), *, key: bool = False) -> Problem:
        """A problem with the value (or the key) at a path, ready to be shown."""
        line, column, shown = self.locate(path, key=key)
        return Problem(message, dotted(path), self.name, line, column, shown)


def read_yaml(path: Path) -> Source:
    """Read a YAML file.

    Raises:
        ScenarioError: the file cannot be read, or is not YAML as simdesk accepts it; all problems are listed.
    """
    name = str(path)
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise _refusal(name, "this is a folder; name a .yaml file in it")
        if not stat.S_ISREG(found.st_mode):
            raise _refusal(name, "not an ordinary file")
        if found.st_size > LARGEST_FILE:
            raise _refusal(name, _too_large(found.st_size))
        with path.open("rb") as stream:
            raw = stream.read(LARGEST_FILE + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise _refusal(name, "no such file" + nearest(path.name, _yaml_files(path.parent))) from None
    except PermissionError:
        raise _refusal(name, "you have no permission to read this file") from None
    except OSError as error:
        raise _refusal(name, f"cannot be read: {error.strerror or error}") from None
    except ValueError as error:  # a NUL in the path
        raise _refusal(quoted(name), f"cannot be read: {error}") from None
    return parse_yaml(raw, name)


def parse_yaml(text: str | bytes, name: str) -> Source:
    """Parse a YAML text whose top level is a mapping; `name` is what messages call it.

    Raises:
        ScenarioError: with every problem that could be found, in the order of the text.
    """
    content, lines, reader = _parse(text, name)
    if isinstance(reader.value, dict):
        return Source(name, content, reader.value, reader.root)
    if reader.value is None:
        raise _refusal(name, "the file is empty")
    what = "a list" if isinstance(reader.value, list) else "a single value"
    message = f"a file consists of keys and values, such as 'title: My desk'; this is {what}"
    raise ScenarioError([_problem(message, name, lines, reader.root.span)], name)


def parse_value(text: str, name: str) -> Plain:
    """Parse one value written on one line: a scalar, `{a: 1}` or `[1, 2]`, under the same rules as a file.

    Raises:
        ScenarioError: as `parse_yaml` does.
    """
    _, lines, reader = _parse(text, name)
    if reader.root.block:
        message = "several keys or items in one value need brackets: {a: 1, b: 2} or [1, 2]"
        raise ScenarioError([_problem(message, name, lines, reader.root.span)], name)
    return reader.value


def _parse(text: str | bytes, name: str) -> tuple[str, list[str], Reader]:
    """The decoded text, its lines, and the reader that found nothing wrong with it."""
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
    if size > LARGEST_FILE:
        raise _refusal(name, _too_large(size))
    content = (_decoded(text, name) if isinstance(text, bytes) else text).removeprefix("\ufeff")
    lines = _LINE_BREAK.split(content)
    if unreadable := _unreadable(name, lines):
        raise ScenarioError(unreadable, name)
    reader = Reader(name, lines)
    reader.read(content)
    if reader.problems:
        raise ScenarioError(sorted(reader.problems, key=lambda problem: (problem.line, problem.column)), name)
    return content, lines, reader


def _decoded(raw: bytes, name: str) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or raw[:2].count(0) == 1:
        raise _refusal(name, "the file is UTF-16; save it as UTF-8")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = _LINE_BREAK.split(raw[: error.start].decode("utf-8").removeprefix("\ufeff"))
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise ScenarioError([Problem(message, "", name, len(before), len(before[-1]) + 1)], name) from None


def _unreadable(name: str, lines: Sequence[str]) -> list[Problem]:
    """Characters that no YAML may contain, and tabs where spaces must be."""
    found = []
    for number, line in enumerate(lines, start=1):
        for match in _FORBIDDEN.finditer(line):
            what = "a NUL character; is this a text file?" if match[0] == "\0" else "invisible; delete it"
            found.append((number, match.start() + 1, f"character U+{ord(match[0]):04X} is {what}"))
        if tab := _TAB_INDENT.match(line):
            found.append((number, tab.start(1) + 1, "a tab indents this line; YAML wants spaces"))
        if len(found) >= MOST_PROBLEMS:
            break
    return [
        _problem(message, name, lines, Span(line, column, line, column + 1))
        for line, column, message in sorted(found)[:MOST_PROBLEMS]
    ]


def _problem(message: str, name: str, lines: Sequence[str], span: Span) -> Problem:
    return Problem(message, "", name, span.line, span.column, excerpt(lines, span))


def _refusal(name: str, message: str) -> ScenarioError:
    return ScenarioError([Problem(message, file=name)], name)


def _too_large(size: int) -> str:
    return f"the file is too large: {size / 1024:,.0f} KiB; at most {LARGEST_FILE // 1024} KiB are allowed"


def _yaml_files(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
    except (OSError, ValueError):
        return []
