"""The sentence for each kind of mistake that pydantic knows.

Knows pydantic's error types; knows no files and no positions. The tables are all there is to translate.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from simdesk.scenario.excerpts import nearest, nearest_of, quoted
from simdesk.scenario.forms import Form, described, keys

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_QUOTE_IT = "; put it in quotes"
MOST_OPTIONS = 12
"""More options than this are not read."""

_WANTED = {
    "int": "a whole number",
    "float": "a number",
    "decimal": "a number",
    "bool": "true or false",
    "string": "text",
    "dict": "a mapping (key: value)",
    "mapping": "a mapping (key: value)",
    "model": "a mapping (key: value)",
    "model_attributes": "a mapping (key: value)",
    "dataclass": "a mapping (key: value)",
    "list": "a list",
    "tuple": "a list",
    "set": "a list",
    "frozen_set": "a list",
    "iterable": "a list",
    "date": "a date, such as 2026-01-05",
    "date_from_datetime": "a date, such as 2026-01-05",
    "datetime": "a date-time, such as 2026-01-05T08:00",
    "datetime_from_date": "a date-time, such as 2026-01-05T08:00",
    "time": 'a time, such as "08:00"',
}
"""What was wanted, by the beginning of pydantic's error type: `int_type`, `int_parsing` ..."""

_TEMPLATES = {
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be less than {lt}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "finite_number": "must be a finite number",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must have at least {min_length} characters",
    "too_long": "must have at most {max_length} entries",
    "too_short": "must have at least {min_length} entries",
    "none_required": "must be left empty",
    "union_tag_not_found": "must say {discriminator}",
    "int_parsing_size": "is too large",
    "recursion_loop": "must not contain itself",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """What to say about a mistake.

    Args:
        text: the whole sentence, without the place.
        kind: pydantic's name of the mistake; empty for a validator's own words.
        wanted: what the value should have been, if its form is wrong.
        got: what it was instead.
        hint: how to mend it.
        meant: for an unknown key, the key that was probably meant.
        about: the key below the value at which the sentence points, if not at the value itself.
        at_key: whether it points at the key, not at what is written under it.
    """

    text: str
    kind: str = ""
    wanted: str = ""
    got: str = ""
    hint: str = ""
    meant: str = ""
    about: str | None = None
    at_key: bool = False

    @classmethod
    def about_form(cls, kind: str, wanted: str, got: str, hint: str) -> Sentence:
        """A sentence about a value of the wrong form."""
        return cls(f"must be {wanted}{', not ' + got if got else ''}{hint}", kind, wanted, got, hint)

    @classmethod
    def either(cls, sentences: Sequence[Sentence]) -> Sentence:
        """One sentence about a value that has none of several allowed forms."""
        wanted = " or ".join(dict.fromkeys(said.wanted for said in sentences))
        got = next((said.got for said in sentences if said.got), "")
        hints = dict.fromkeys(said.hint for said in sentences if said.hint != _QUOTE_IT)
        spelling = [hint for hint in hints if "did you mean" in hint]
        return cls.about_form(sentences[0].kind, wanted, got, "".join(spelling or hints))


def sentence(detail: ErrorDetails, name: str, holders: Sequence[Form], forms: Sequence[Form]) -> Sentence:
    """The sentence for one of pydantic's errors.

    Args:
        detail: the error.
        name: the last key of its path.
        holders: what the model allows for the mapping that holds this key.
        forms: what the model allows for the value.
    """
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    wanted = _WANTED.get(re.sub("_(type|parsing|from_float|inexact|object_invalid).*$", "", kind))
    if kind == "missing":
        return Sentence(_missing(name, holders), kind)
    if kind == "extra_forbidden":
        return _unknown(name, keys(holders))
    if kind in ("literal_error", "enum"):
        return _option(kind, given, str(context.get("expected", "")))
    if kind == "union_tag_invalid":
        return _branch(given, context)
    if kind == "string_pattern_mismatch":
        return Sentence(_pattern(str(given), str(context.get("pattern")), forms), kind)
    if kind in ("value_error", "assertion_error"):
        return Sentence(str(context.get("error") or detail["msg"]), kind)
    if kind in ("too_short", "string_too_short") and context.get("min_length") == 1:
        return Sentence("must not be empty", kind)
    if kind in _TEMPLATES:
        return Sentence(_TEMPLATES[kind].format_map({key: _number(value) for key, value in context.items()}), kind)
    if wanted:
        return Sentence.about_form(kind, wanted, _described(given), _mend(wanted, given))
    return Sentence(detail["msg"][:1].lower() + detail["msg"][1:], kind)


def _number(value: Any) -> str:
    """A limit without the `.0` that pydantic adds."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _described(value: Any) -> str:
    """What a value is, in a user's words."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    names = {
        int: "a whole number",
        float: "a number with decimals",
        str: "text",
        dict: "a mapping",
        list: "a list",
    }
    return names.get(type(value), type(value).__name__)


def _mend(wanted: str, value: Any) -> str:
    """How to mend a value of the wrong form, where it is obvious."""
    if wanted == "text" and isinstance(value, int | float):
        return _QUOTE_IT
    if not isinstance(value, str):
        return ""
    if wanted == "true or false" and value.lower() in ("yes", "on", "no", "off"):
        return f"; write {'true' if value.lower() in ('yes', 'on') else 'false'}"
    if "number" not in wanted:
        return ""
    if re.fullmatch(r"[-+]?[0-9]{1,3}([,_'][0-9]{3})+", value):
        return f"; write {re.sub('[^-+0-9]', '', value)}"
    decimals = "" if "whole" in wanted else r"(\.[0-9]+)?"
    return "; remove the quotes" if re.fullmatch(rf"[-+]?[0-9]+{decimals}", value) else ""


def _missing(name: str, holders: Sequence[Form]) -> str:
    description, examples = described(holders, name)
    if examples:
        return f"missing; add e.g. {quoted(f'{name}: {_flow(examples[0])}')}"
    first = description.strip().partition("\n")[0].split(". ")[0].rstrip(".")
    if not first:
        return "missing"
    begin = first[0].lower() if first[1:2].islower() else first[0]
    return f"missing ({begin}{first[1:]})"


def _flow(value: Any) -> str:
    """A value as one would write it on one line of YAML."""
    if isinstance(value, str):
        return value
    plain = yaml.safe_dump(value, default_flow_style=True, width=1000, allow_unicode=True, sort_keys=False)
    return plain.removesuffix("\n").removesuffix("\n...")


def _listed(options: Sequence[str]) -> str:
    shown = ", ".join(map(quoted, options[:MOST_OPTIONS]))
    return shown + (", …" if len(options) > MOST_OPTIONS else "")


def _unknown(name: str, allowed: Sequence[str]) -> Sentence:
    meant = nearest_of(name, allowed)
    if meant is not None:
        return Sentence(f"unknown key{nearest(name, allowed)}", "extra_forbidden", meant=meant, at_key=True)
    known = f"; allowed here: {_listed(allowed)}" if 0 < len(allowed) <= MOST_OPTIONS else ""
    return Sentence(f"unknown key{known}", "extra_forbidden", at_key=True)


def _option(kind: str, given: Any, expected: str) -> Sentence:
    """A word that is not one of those allowed."""
    options = re.findall("'([^']*)'", expected) or re.split(", | or ", expected)
    wanted = quoted(options[0]) if len(options) == 1 else f"one of {_listed(options)}"
    if isinstance(given, str):
        return Sentence.about_form(kind, wanted, "", nearest(given, options))
    return Sentence.about_form(kind, wanted, _described(given), "")


def _branch(given: Any, context: dict[str, Any]) -> Sentence:
    """A union whose telling key says something unknown; points at that key or at its value."""
    options = re.findall("'([^']*)'", str(context.get("expected_tags", "")))
    tag, teller = str(context.get("tag", "")), str(context.get("discriminator", "")).strip("'")
    near = nearest(tag, options)
    text = f"unknown {quoted(tag)}{near}" if near else f"unknown {quoted(tag)}; known: {_listed(options)}"
    about = next((key for key in (teller, tag) if isinstance(given, dict) and key in given), None)
    return Sentence(text, "union_tag_invalid", about=about, at_key=about not in (None, teller))


def _pattern(given: str, pattern: str, forms: Sequence[Form]) -> str:
    examples = next((form.examples for form in forms if form.examples), ())
    if not examples:
        return f"{quoted(given)} does not fit the pattern {pattern}"
    return f"{quoted(given)} does not fit; write e.g. {' or '.join(quoted(str(one)) for one in examples[:3])}"
