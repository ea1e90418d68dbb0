"""Dotted paths: what they lead to, in the form in which a file states it and in the one with every name filled in.

One distribution may stand for the work at all tiers, and one share for a mapping of shares. Such a short form has
paths of its own: `work.exponential.mean` is `work.tier_1.exponential.mean` where nothing else is stated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from simdesk.scenario.excerpts import nearest, quoted
from simdesk.scenario.forms import below, forms_of, keys
from simdesk.scenario.people import Shrinkage
from simdesk.scenario.sentences import MOST_OPTIONS
from simdesk.scenario.short_forms import FIRST_TIER


def follow(scenario: BaseModel, path: str) -> Any:
    """What a dotted path leads to; None where the scenario says nothing but may.

    Raises:
        ValueError: when it leads nowhere, naming the part and its nearest spelling.
    """
    value: Any = scenario
    forms = forms_of(type(scenario))
    parts = spelt_out(scenario, path).split(".")
    for index, part in enumerate(parts):
        if isinstance(value, Mapping):
            if part not in value and index < len(parts) - 1:
                short = keys(below(forms, FIRST_TIER)) if set(value) == {FIRST_TIER} else []
                raise _nowhere(part, [*value, *short])
            value = value.get(part)
        elif isinstance(value, BaseModel) or (value is None and keys(forms)):
            if part not in keys(forms):
                raise _nowhere(part, keys(forms))
            value = None if value is None else getattr(value, _field(type(value), part))
        elif value is not None:
            what = "a list, which is changed as a whole" if isinstance(value, list | tuple) else "a single value"
            raise ValueError(f"leads nowhere at {quoted(part)}: {quoted(parts[index - 1])} is {what}")
        forms = below(forms, part)
    return value


def standing(scenario: BaseModel, path: str) -> Any:
    """What a dotted path leads to as one number, where the short form has one: a share alone, all of a shrinkage.

    Raises:
        ValueError: as `follow` does.
    """
    value = follow(scenario, path)
    if isinstance(value, Shrinkage):  # all the time that is not there for tickets
        return round(1 - (1 - value.absent) * (1 - value.breaks), 12)
    parts = path.split(".")
    by_tier = parts[-1] == "resolves" or parts[-2:] == ["pending", "share"]
    return value[FIRST_TIER] if by_tier and isinstance(value, Mapping) and set(value) == {FIRST_TIER} else value


def spelt_out(scenario: BaseModel, path: str) -> str:
    """A path with the tier that the short form of work leaves out, where work is stated for no other tier."""
    parts = path.split(".")
    if len(parts) < 5 or (parts[0], parts[1], parts[3]) != ("demand", "types", "work") or parts[4].startswith("tier"):
        return path
    demand: Any = getattr(scenario, "demand", None)
    kind = demand.types.get(parts[2]) if demand is not None else None
    if kind is None or set(kind.work) != {FIRST_TIER} or parts[4] not in type(kind.work[FIRST_TIER]).model_fields:
        return path
    return ".".join([*parts[:4], FIRST_TIER, *parts[4:]])


def _nowhere(part: str, known: list[str]) -> ValueError:
    few = f"; known here: {', '.join(map(quoted, known))}" if 0 < len(known) <= MOST_OPTIONS else ""
    return ValueError(f"leads nowhere at {quoted(part)}{nearest(part, known) or few}")


def _field(model: type[BaseModel], written: str) -> str:
    """Name of a model's field by the key that a user writes."""
    return next(name for name, field in model.model_fields.items() if (field.alias or name) == written)
