"""The models of scenarios and questions as tables: path, type, default, unit, meaning and evidence of every field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from simdesk.distributions import SHAPES, Distribution, Part, Shape
from simdesk.durations import Duration
from simdesk.question import model as question
from simdesk.question.margins import Margin
from simdesk.scenario import people, quantities, run, service_levels
from simdesk.scenario.model import Scenario
from simdesk.scenario.quantities import Chapter

Table = Callable[[Iterable[str], Iterable[Iterable[object]]], str]

MARK = re.compile(r"\s*\[((?:src:|mem-|data\b|sim\b|calc\b|design\b)[^\]]*)\]")


class Kind(NamedTuple):
    """How a type is called, and in what its values are counted."""

    name: str
    unit: str = ""


NAMED: list[tuple[Any, Kind]] = [
    (quantities.Share, Kind("share", "%")),
    (quantities.Factor, Kind("factor", "% or a number")),
    (quantities.Name, Kind("name")),
    (quantities.Priority, Kind("`P1` … `P5`")),
    (quantities.Tier, Kind("`tier_1` … `tier_9`")),
    (people.Days, Kind("days", "such as `Mon-Fri`")),
    (people.Hours, Kind("hours", "such as `08:00-18:00`")),
    (people.DisciplineName, Kind("[discipline](policies.md)")),
    (people.AgentChoiceName, Kind("[agent choice](policies.md)")),
    (people.AtShiftEndName, Kind("[at shift end](policies.md)")),
    (people.AtBreakName, Kind("[at break](policies.md)")),
    (people.BeginsName, Kind("[begins](policies.md)")),
    (people.Speeds, Kind("list of factors", "relative to the standard")),
    (run.Elapsed, Kind("duration", "elapsed time")),
    (run.TimeZone, Kind("time zone", "such as `Europe/Berlin`")),
    (service_levels.Bound, Kind("share, duration or number")),
    (question.Path, Kind("path")),
    (question.Watched, Kind("[measure](measures.md)")),
    (question.Title, Kind("name of your own")),
]
PLAIN: dict[Any, Kind] = {
    Duration: Kind("duration", "elapsed or business time"),
    Distribution: Kind("[distribution](distributions.md)", "elapsed or business time"),
    quantities.Rate: Kind("rate", "contacts per time"),
    quantities.HourlyCost: Kind("cost", "currency per hour"),
    int: Kind("whole number"),
    float: Kind("number"),
    str: Kind("text"),
    Margin: Kind("size"),
    Any: Kind("value"),
    bool: Kind("`true` or `false`"),
}

KEYS = {"`P1` … `P5`": "<priority>", "path": "<path>"}
"""What stands for a key of a mapping in a path; `<name>` for all others."""


def kind_of(hint: Any) -> Kind:
    """Name and unit of an annotation."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        marks = hint.__metadata__
        fitting = [
            (len(named.__metadata__), kind)
            for named, kind in NAMED
            if get_args(named)[0] == parts[0] and _begins(marks, named.__metadata__)
        ]
        return max(fitting, key=lambda found: found[0])[1] if fitting else kind_of(parts[0])
    if origin in (Union, UnionType):
        kinds = [kind_of(part) for part in parts if part is not type(None)]
        return Kind(" or ".join(kind.name for kind in kinds), next((k.unit for k in kinds if k.unit), ""))
    if origin is Literal:
        return Kind(" or ".join(f"`{value}`" for value in parts))
    if origin is dict:
        keys, values = kind_of(parts[0]), kind_of(parts[1])
        return Kind(f"{keys.name} → {values.name}", values.unit)
    if origin in (list, tuple):
        return Kind(f"list of {kind_of(parts[0]).name}", kind_of(parts[0]).unit)
    if isinstance(hint, type) and issubclass(hint, BaseModel) and hint not in PLAIN:
        return Kind("mapping")
    return PLAIN[hint]


def _begins(marks: tuple[Any, ...], with_these: tuple[Any, ...]) -> bool:
    return len(marks) >= len(with_these) and all(a is b for a, b in zip(marks, with_these, strict=False))


def default_of(field: FieldInfo, hint: Any) -> str:
    """The default as it would be written in YAML."""
    if field.is_required():
        return "**required**"
    value = field.get_default(call_default_factory=True)
    if value is None:
        return "none"
    if isinstance(value, BaseModel) and not isinstance(value, Distribution):
        return "its own defaults" if value == type(value)() else f"`{_as_yaml(_stated(value))}`"
    if value in ("", {}, []):
        return "empty"
    return f"`{_as_yaml(_plain(value, in_percent='share' in kind_of(hint).name))}`"


def _stated(chapter: BaseModel) -> dict[str, Any]:
    """A chapter as plain data."""
    hints = get_type_hints(type(chapter), include_extras=True)
    return {name: _plain(value, in_percent="share" in kind_of(hints[name]).name) for name, value in chapter}


def _plain(value: Any, *, in_percent: bool) -> Any:
    if isinstance(value, Distribution):
        return value.model_dump(mode="json", by_alias=True, exclude_none=True)
    if isinstance(value, Mapping):
        return {key: _plain(part, in_percent=in_percent) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part, in_percent=in_percent) for part in value]
    if isinstance(value, float) and in_percent:
        return f"{100 * value:.6g} %"
    if isinstance(value, Enum):
        return value.name.lower()
    return value if isinstance(value, str | int | float) else str(value)


def _as_yaml(value: Any) -> str:
    text: str = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=1000)
    return text.removesuffix("...\n").strip().replace("'", "")


def _models(hint: Any) -> Iterator[tuple[str, type[Chapter]]]:
    """The chapters inside an annotation, each with what leads to it."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        yield from _models(parts[0])
    elif origin in (Union, UnionType):
        for part in parts:
            yield from _models(part)
    elif origin is dict:
        key = KEYS.get(kind_of(parts[0]).name, "<name>")
        yield from ((f".{key}{rest}", model) for rest, model in _models(parts[1]))
    elif origin in (list, tuple):
        yield from ((f"[]{rest}", model) for rest, model in _models(parts[0]))
    elif isinstance(hint, type) and issubclass(hint, Chapter):
        yield "", hint


def fields_of(model: type[BaseModel], path: str) -> Iterator[tuple[tuple[str, ...], list[tuple[str, type[Chapter]]]]]:
    """Rows of a chapter, each with the chapters that begin there."""
    hints = get_type_hints(model, include_extras=True)
    for name, field in model.model_fields.items():
        here = f"{path}.{field.alias or name}".lstrip(".")
        kind, doc = kind_of(hints[name]), field.description or ""
        marks = "; ".join(MARK.findall(doc))
        row = (f"`{here}`", kind.name, default_of(field, hints[name]), kind.unit, MARK.sub("", doc), marks)
        yield row, [(here + rest, inner) for rest, inner in _models(hints[name])]


HEAD = ("Path", "Type", "Default", "Unit", "Meaning", "Evidence")


def chapters(table: Table, whole: type[Chapter] = Scenario) -> str:
    """Every chapter of a file with its fields, in the order of the model."""
    sections: list[str] = []
    waiting: list[tuple[str, type[Chapter]]] = [("", whole)]
    while waiting:
        path, model = waiting.pop(0)
        rows, inside = [], []
        for row, begins in fields_of(model, path):
            rows.append(row)
            inside += begins
        waiting = inside + waiting
        title = f"`{path}`" if path else "The whole file"
        doc = " ".join((model.__doc__ or "").split())
        sections.append(f"## {title}\n\n{doc}\n\n{table(HEAD, rows)}")
    return "\n\n".join(sections)


def shapes(table: Table) -> str:
    """Every shape of a distribution with its parameters."""
    sections = []
    for name, shape in {**SHAPES, "a part of a mixture": Part}.items():
        code = f"`{name}`" if issubclass(shape, Shape) else name.capitalize()
        rows = [(row[0], row[1], row[2], row[4]) for row, _ in fields_of(shape, "")]
        doc = "\n\n".join(" ".join(part.split()) for part in (shape.__doc__ or "").split("\n\n"))
        sections.append(f"## {code}\n\n{doc}\n\n{table(('Parameter', 'Type', 'Default', 'Meaning'), rows)}")
    return "\n\n".join(sections)
