"""A stream of YAML events to plain data and places, without recursion.

Knows the YAML 1.2 core schema and what is refused (aliases, tags, depth ...). Builds no YAML nodes: that is
where hostile files crash or swallow the machine.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

from simdesk.errors import Problem
from simdesk.scenario.excerpts import Span, dotted, excerpt, quoted

Scalar: TypeAlias = str | int | float | bool | None
Plain: TypeAlias = "dict[str, Plain] | list[Plain] | Scalar"

MOST_NODES = 20_000
DEEPEST = 64
LONGEST_TEXT = 4_096
LONGEST_KEY = 300
"""Characters; a dotted path of a question may name a ticket type, a shape and its parts."""
LARGEST_NUMBER = 10**12
LARGEST_INTEGER = 2**63 - 1
"""A seed may be as large."""
MOST_PROBLEMS = 100
"""More would not be read, and a hostile file could ask for gigabytes of them."""

PARSER: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C parser where there is one; it is ten times faster."""

_DECEPTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, and those that make a text read in another order than it is stored."""

_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?")
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

_SENTENCES = (
    (
        "mapping values are not allowed",
        "a key cannot be here; check the indentation of this line and the one above",
    ),
    (
        "could not find expected ':'",
        "this is no 'key: value'; is ': ' missing?",
    ),
    ("',' or ']'", "this list is not closed properly; expected ',' or ']'"),
    ("',' or '}'", "this mapping is not closed properly; expected ',' or '}'"),
    ("unexpected end of stream", "the quote that begins here is never closed"),
    ("unknown escape character", "unknown escape; write \\\\ for a backslash, or use single quotes"),
    ("escape", "unknown escape; write \\\\ for a backslash, or use single quotes"),
    ("sequence entries are not allowed", "a list item cannot begin here; begin it on a line of its own"),
    ("node content", "a value is expected here"),
    ("expected key", "this does not fit what is above; check its indentation and quotes"),
    ("<block end>", "this does not fit what is above; check its indentation and quotes"),
    ("'-' indicator", "a list item ('- ') is expected here; check the indentation"),
    ("'>'", "tags (a word after '!') are not allowed; put the text in quotes if '!' belongs to it"),
    ("comment or line break", "'|' or '>' must end its line; the text goes below"),
    ("indentation indicators", "'|' or '>' must end its line; the text goes below"),
    ("<document start>", "lines that begin with '%' are not allowed"),
    ("tag", "tags (a word after '!') are not allowed; put the text in quotes if '!' belongs to it"),
    ("alphabetic or numeric", "a text that begins with '*' or '&' must be in quotes"),
    ("directive", "lines that begin with '%' are not allowed"),
    ("incompatible YAML document", "lines that begin with '%' are not allowed"),
    ("tab character", "a tab indents this line; YAML wants spaces"),
)
"""What the parsers say, and what a person understands."""

_AT_ITS_BEGINNING = ("',' or ']'", "',' or '}'", "unexpected end of stream")
"""Mistakes that the parsers notice long after the bracket or quote that caused them."""


@dataclass(slots=True)
class Place:
    """Where a value, its key and everything below it were written."""

    span: Span
    key: Span | None = None
    block: bool = False
    below: dict[str | int, Place] = field(default_factory=dict)

    def shown(self) -> Span:
        """The stretch to point at: an indented mapping or list is shown by its key, or by its first key."""
        if not self.block:
            return self.span
        first = next(iter(self.below.values()), None)
        return self.key or (first.key if first else None) or self.span


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not been read."""

    value: dict[str, Plain] | list[Plain]
    place: Place
    step: str | int | None = None
    key: Span | None = None
    wants_key: bool = True
    ignores_value: bool = False


class _StopReadingError(Exception):
    """Reading on would be dangerous or useless."""


class Reader:
    """Reads one text; afterwards either `problems` has entries or `value` and `root` are what it says."""

    def __init__(self, name: str, lines: Sequence[str]) -> None:
        self.name = name
        self.lines = lines
        self.problems: list[Problem] = []
        self.value: Plain = None
        self.root = Place(Span(1, 1, 1, 2))
        self._open: list[_Open] = []
        self._nodes = 0
        self._documents = 0
        self._here = self.root.span

    def read(self, text: str) -> None:
        """Read the whole text, or as far as is safe."""
        try:
            for event in yaml.parse(text, Loader=PARSER):
                self._here = _span(event)
                self._take(event)
        except _StopReadingError:
            pass
        except yaml.MarkedYAMLError as error:
            self._syntax(error)
        except (yaml.YAMLError, ValueError, OverflowError):  # the pure parser lets chr() complain
            self.problems.append(self._problem("a character after this cannot be read", self._here))

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._stop("a second document begins here; only one is allowed in a file")
        elif isinstance(event, yaml.CollectionEndEvent):
            closed = self._open.pop()
            if not closed.place.block:
                closed.place.span = Span(*closed.place.span[:2], *self._here[2:])
        elif isinstance(event, yaml.NodeEvent):
            self._nodes += 1
            if self._nodes > MOST_NODES:
                self._stop(f"too many values: more than {MOST_NODES:,}")
            self._refuse_cleverness(event)
            if isinstance(event, yaml.CollectionStartEvent):
                self._begin(event)
            elif self._open and isinstance(self._open[-1].value, dict) and self._open[-1].wants_key:
                self._take_key(event)
            else:
                self._attach(self._scalar(event), Place(self._here))

    def _refuse_cleverness(self, event: yaml.NodeEvent) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._complain(f"aliases (*{event.anchor}) are not allowed; write the value out")
        elif event.anchor is not None:
            self._complain(f"anchors (&{event.anchor}) are not allowed; delete it")
        if (tag := getattr(event, "tag", None)) is not None:
            short = quoted(tag.replace("tag:yaml.org,2002:", "!!"))
            self._complain(f"tags ({short}) are not allowed; delete it")

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        if len(self._open) >= DEEPEST:
            self._stop(f"nested too deeply: more than {DEEPEST} levels")
        value: dict[str, Plain] | list[Plain] = {} if isinstance(event, yaml.MappingStartEvent) else []
        place = Place(self._here, block=not event.flow_style)
        parent = self._open[-1] if self._open else None
        if parent and isinstance(parent.value, dict) and parent.wants_key:
            self._complain("a key must be a plain word, not a list or mapping")
            parent.wants_key, parent.ignores_value = False, True
        else:
            self._attach(value, place)
        self._open.append(_Open(value, place))

    def _take_key(self, event: yaml.NodeEvent) -> None:
        parent = self._open[-1]
        parent.wants_key = False
        name = event.value if isinstance(event, yaml.ScalarEvent) else ""
        parent.step, parent.key = name, self._here
        plain = isinstance(event, yaml.ScalarEvent) and event.implicit[0]
        message = _key_fault(name, plain) if isinstance(event, yaml.ScalarEvent) else None
        first = parent.place.below.get(name)
        if message:
            self._complain(message)
        elif first and first.key:
            self._complain(f"duplicate key; {quoted(name)} is already set in line {first.key.line}")
        parent.ignores_value = bool(message or first)

    def _scalar(self, event: yaml.NodeEvent) -> Scalar:
        if not isinstance(event, yaml.ScalarEvent):
            return None  # an alias, refused already
        text = event.value
        if len(text) > LONGEST_TEXT:
            self._complain(f"this text is too long: {len(text):,} characters, at most {LONGEST_TEXT:,}")
            return None
        if found := _DECEPTIVE.search(text):
            self._complain(f"U+{ord(found[0]):04X} is an invisible character; delete it")
            return None
        if not event.implicit[0]:
            return text
        try:
            return scalar(text)
        except ValueError as error:
            self._complain(str(error))
            return None

    def _attach(self, value: Plain, place: Place) -> None:
        if not self._open:
            self.value, self.root = value, place
            return
        parent = self._open[-1]
        if isinstance(parent.value, list):
            parent.step = len(parent.value)
            parent.value.append(value)
            parent.place.below[parent.step] = place
            return
        if not parent.ignores_value:
            place.key = parent.key
            parent.value[str(parent.step)] = value
            parent.place.below[str(parent.step)] = place
        parent.wants_key = True

    def _complain(self, message: str) -> None:
        self.problems.append(self._problem(message, self._here))
        if len(self.problems) == MOST_PROBLEMS:
            self.problems.append(self._pointed("reading stops here; mend the problems above first", self._here))
            raise _StopReadingError

    def _stop(self, message: str) -> None:
        self.problems.append(self._pointed(message, self._here))
        raise _StopReadingError

    def _problem(self, message: str, span: Span) -> Problem:
        steps = [level.step for level in self._open[:-1]]
        if self._open:
            last = self._open[-1]
            in_list = isinstance(last.value, list)
            steps.append(len(last.value) if in_list else None if last.wants_key else last.step)
        return self._pointed(message, span, [step for step in steps if step is not None])

    def _pointed(self, message: str, span: Span, path: Sequence[str | int] = ()) -> Problem:
        return Problem(message, dotted(path), self.name, span.line, span.column, excerpt(self.lines, span))

    def _syntax(self, error: yaml.MarkedYAMLError) -> None:
        said = error.problem or ""
        late = any(phrase in said for phrase in _AT_ITS_BEGINNING)
        missing_colon = "could not find expected ':'" in said
        mark = error.context_mark if (late or missing_colon) and error.context_mark else error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else self._here[2:]
        if line > len(self.lines):
            line, column = len(self.lines), len(self.lines[-1]) + 1
        first = self.lines[line - 1][column - 1 : column]
        known = (sentence for phrase, sentence in _SENTENCES if phrase in said)
        message = next(known, f"not valid YAML: {said}")
        if "cannot start any token" in said:
            message = f"a text that begins with {quoted(first)} must be in quotes"
        elif "mapping values" in said and ": " in self.lines[line - 1][: column - 1]:
            message = "a second ': ' in this line; put the text in quotes"
        self.problems.append(self._pointed(message, Span(line, column, line, column + 1)))


def nodes_of(value: object) -> int:
    """Keys, values, mappings and lists in plain data, as the reader counts them."""
    if isinstance(value, dict):
        return 1 + len(value) + sum(map(nodes_of, value.values()))
    return 1 + sum(map(nodes_of, value)) if isinstance(value, list) else 1


def scalar(text: str) -> Scalar:
    """The value of an unquoted YAML 1.2 scalar.

    Raises:
        ValueError: with a sentence for the user, if it is a number too large or too small, or a bare time.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _CLOCK.fullmatch(text):
        time = text if text[1] != ":" else f"0{text}"
        raise ValueError(f'put times in quotes: "{time}"')
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{quoted(text)} is not a finite number")
    if _INTEGER.fullmatch(text):
        return _integer(text)
    return _finite(text) if _FLOAT.fullmatch(text) else text


def _integer(text: str) -> int:
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    digits = text.lstrip("+-0ox")
    # fifty digits are too large in any base, and int() refuses thousands of them
    number = int(digits[:50] or "0", base)
    if number > LARGEST_INTEGER:
        raise ValueError(f"{quoted(text)} is too large; at most {LARGEST_INTEGER:,} is allowed")
    return -number if text.startswith("-") else number


def _finite(text: str) -> float:
    number = float(text)
    if abs(number) > LARGEST_NUMBER:  # infinity, too
        raise ValueError(f"{quoted(text)} is too large; at most {LARGEST_NUMBER:,} is allowed")
    if number == 0 and re.search("[1-9]", re.split("[eE]", text)[0]):
        raise ValueError(f"{quoted(text)} is too small to be told from 0")
    return number


def _key_fault(name: str, plain: bool) -> str | None:
    """What is wrong with a key, if anything; a whole number is a key like any other word."""
    if plain and name == "<<":
        return "merge keys (<<) are not allowed; write the values out"
    if not name:
        return "a key is missing before ':'"
    if len(name) > LONGEST_KEY:
        return f"this key is too long: {len(name):,} characters, at most {LONGEST_KEY}"
    if not name.isprintable():
        odd = next(letter for letter in name if not letter.isprintable())
        return f"a key must not contain the invisible character U+{ord(odd):04X}"
    if unicodedata.normalize("NFC", name) != name:
        return "a key must be written with composed characters (Unicode NFC); type it anew"
    if not plain or _INTEGER.fullmatch(name):
        return None
    if name in _WORDS or _CLOCK.fullmatch(name) or _NOT_FINITE.fullmatch(name) or _FLOAT.fullmatch(name):
        return f'a key must be a word, not a number, a time or a truth value; put it in quotes: "{name}"'
    return None


def _span(event: yaml.Event) -> Span:
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:
        return Span(1, 1, 1, 2)
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)
