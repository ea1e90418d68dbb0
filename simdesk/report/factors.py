"""What a person calls a value of a scenario, and what somebody does to it. Knows no results."""

from __future__ import annotations

import re
from typing import Final

from simdesk.experiment.levels import Span
from simdesk.experiment.sheet import Key
from simdesk.report.differences import name_of
from simdesk.scenario.model import Scenario

_WORDS: Final = (
    (r"teams\.([^.]+)\.agents", "the number of agents in {}"),
    (r"demand\.volume", "the volume"),
    (r"demand\.(?:contacts|users)", "the number of contacts"),
    (r"demand\.types\.([^.]+)\.share", "the share of {} tickets"),
    (r"demand\.types\.([^.]+)\.work\.([^.]+)\.[^.]+\.(?:mean|value|mode)", "how long {} tickets take in {}"),
    (r"demand\.types\.([^.]+)\.resolves\.([^.]+)", "the share of {} tickets that {} resolves"),
    (r"teams\.([^.]+)\.([^.]+)", "the {1} of {0}"),
)
"""Paths and what they are called; the first that fits."""


def factor_name(scenario: Scenario, path: str) -> str:
    """What a person calls a path: the label of its slider, a phrase for the usual ones, else its last words."""
    labels = {slider.path: slider.label for slider in scenario.try_ if slider.label}
    if path in labels:
        return lowered(labels[path])
    for pattern, words in _WORDS:
        if found := re.fullmatch(pattern, path):
            return words.format(*found.groups()).replace("ticket tickets", "tickets")
    parts = [part for part in path.split(".") if part not in ("teams", "demand", "types")]
    return " ".join(parts)


def lowered(text: str) -> str:
    """A label inside a sentence; an abbreviation or a name in capitals stays."""
    return text if text[1:2].isupper() or text[1:2].isdigit() else text[0].lower() + text[1:]


def raised(text: str) -> str:
    """Words at the beginning of a sentence; a name with an underscore keeps its spelling."""
    return text if "_" in text.partition(" ")[0] else text[0].upper() + text[1:]


def measured(key: Key) -> str:
    """A measure inside a sentence."""
    return lowered(name_of(key))


def closed(words: str) -> str:
    """Words in the middle of a sentence: a comma inside them is closed by another."""
    return f"{words}," if "," in words else words


def instead(span: Span, end: int) -> str:
    """What an end of a factor is beside what stands: "10 % more", or "7 instead of 5".

    Args:
        span: the factor.
        end: 0 for its low end, 2 for its high one.
    """
    amount, base = span.amounts[end], span.amounts[1]
    relative = span.like is not None and (span.like.kind != "number" or base == 1) and base > 0
    if relative:
        return f"{abs(100 * (amount / base - 1)):.3g} % {'more' if amount > base else 'less'}"
    return f"{span.texts[end]} instead of {span.texts[1]}"
