"""Every value that a simulation rests on: where it stands, whether somebody stated it, and how far to trust it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, BeforeValidator

from simdesk.scenario.model import Scenario
from simdesk.scenario.quantities import Chapter
from simdesk.shares import Factor, Share

_MARK: Final = re.compile(r"\s*\[((?:src:|mem-|data\b|sim\b|calc\b|design\b)[^\]]*)\]")
_IN_PERCENT: Final = [m for hint in (Share, Factor) for m in get_args(hint)[1:] if isinstance(m, BeforeValidator)]
_LEFT_OUT: Final = {"title", "story", "try"}

STATED: Final = "stated"
SAME: Final = "stated as the default"
DEFAULT: Final = "default"


@dataclass(frozen=True, slots=True)
class Assumption:
    """A value of a scenario.

    Attributes:
        path: its dotted path.
        value: as a person would write it.
        origin: `STATED`, `SAME` or `DEFAULT`.
        evidence: marks such as `src:24` or `design`, of the default.
        doc: what the value means.
    """

    path: str
    value: str
    origin: str
    evidence: str
    doc: str


def assumptions(scenario: Scenario) -> list[Assumption]:
    """Every value of a scenario, in the order of the model."""
    return [row for row in _of(scenario, "", stated=True) if row.path not in _LEFT_OUT]


def _of(chapter: BaseModel, path: str, *, stated: bool) -> Iterator[Assumption]:
    hints = get_type_hints(type(chapter), include_extras=True)
    for name, field in type(chapter).model_fields.items():
        value, here = getattr(chapter, name), f"{path}.{field.alias or name}".lstrip(".")
        written = stated and name in chapter.model_fields_set
        same = not field.is_required() and value == field.get_default(call_default_factory=True)
        if isinstance(value, Chapter):
            yield from _of(value, here, stated=written)
        elif _holds_chapters(value):
            yield from _of_mapping(value, here)
        else:
            doc = " ".join((field.description or "").split())
            origin = (SAME if same else STATED) if written else DEFAULT
            shown = _shown(value, share=_is_share(hints[name]))
            yield Assumption(here, shown, origin, "; ".join(_MARK.findall(doc)), _MARK.sub("", doc).replace("`", ""))


def _holds_chapters(value: Any) -> bool:
    if not isinstance(value, Mapping) or not value:
        return False
    return all(isinstance(v, Chapter) or _holds_chapters(v) for v in value.values())


def _of_mapping(value: Mapping[str, Any], path: str) -> Iterator[Assumption]:
    for name, entry in value.items():
        if isinstance(entry, Chapter):
            yield from _of(entry, f"{path}.{name}", stated=True)
        else:
            yield from _of_mapping(entry, f"{path}.{name}")


def _is_share(hint: Any) -> bool:
    """Whether an annotation, or what a mapping of it holds, is a share or a factor."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return any(mark in _IN_PERCENT for mark in hint.__metadata__) or _is_share(parts[0])
    if origin in (Union, UnionType):
        return any(_is_share(part) for part in parts)
    return origin is dict and _is_share(parts[1])


def _shown(value: Any, *, share: bool) -> str:
    """A value on one line, as a person would write it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{100 * value:.6g} %" if share else f"{value:.6g}"
    if isinstance(value, Chapter):
        return ", ".join(f"{name} {_shown(part, share=False)}" for name, part in value if part is not None)
    if isinstance(value, BaseModel):
        return _flow(value.model_dump(mode="json", by_alias=True, exclude_none=True))
    if isinstance(value, Mapping):
        between = "; " if any(isinstance(part, BaseModel) for part in value.values()) else ", "
        return between.join(f"{name}: {_shown(part, share=share)}" for name, part in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(_shown(part, share=share) for part in value) or "none"
    return str(value) or "none"


def _flow(data: Any) -> str:
    """Plain data on one line: `lognormal (mean 5 min, cv 0.8)`."""
    if isinstance(data, Mapping):
        if len(data) == 1 and isinstance(next(iter(data.values())), Mapping):
            name, inside = next(iter(data.items()))
            return f"{name} ({_flow(inside)})"
        return ", ".join(f"{name} {_flow(part)}" for name, part in data.items())
    if isinstance(data, list):
        return "[" + "; ".join(_flow(part) for part in data) + "]"
    return str(data)
