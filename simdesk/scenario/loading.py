"""YAML → Scenario: reads, inherits, varies, and says where something is wrong.

`extends` merges mappings deeply and replaces lists whole. The only way to vary anything is a scenario plus a mapping of
dotted paths to values.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from simdesk.distributions import SHAPES
from simdesk.errors import Problem, ScenarioError
from simdesk.scenario.excerpts import dotted, quoted
from simdesk.scenario.model import Scenario
from simdesk.scenario.paths import follow, spelt_out
from simdesk.scenario.problems import nearest, problems_from
from simdesk.scenario.quantities import Chapter, percentage
from simdesk.scenario.short_forms import FIRST_TIER, as_written
from simdesk.scenario.yaml_events import MOST_NODES, nodes_of
from simdesk.scenario.yaml_source import Source, parse_yaml, read_yaml

Tree = dict[str, Any]

_MOST_ANCESTORS = 8


def load(path: str | Path) -> Scenario:
    """Read a scenario from a file.

    Raises:
        ScenarioError: with every problem of the file, each at its line and column.
    """
    source = read_yaml(Path(path))
    if "question" in source.data and "demand" not in source.data:
        message = f"this is a question and not a desk; answer it with `simdesk ask {path}`"
        raise ScenarioError([Problem(message, file=source.name)], source.name)
    return _validated(_inherited(source, Path(path), ()), source)


def loads(text: str, name: str = "<text>") -> Scenario:
    """Read a scenario from text; it cannot extend a file."""
    source = parse_yaml(text, name)
    if "extends" in source.data:
        line, column, excerpt = source.locate(("extends",))
        raise ScenarioError([Problem("only a file can extend a file", "extends", name, line, column, excerpt)], name)
    return _validated(dict(source.data), source)


def sources_of(path: str | Path) -> list[Source]:
    """A file and those that it extends, the nearest first; for the place of what a loaded scenario says.

    Raises:
        ScenarioError: one of them cannot be read.
    """
    found = [read_yaml(Path(path))]
    here = Path(path).resolve()
    while (parent := found[-1].data.get("extends")) is not None and len(found) <= _MOST_ANCESTORS:
        here = (here.parent / str(parent)).resolve()
        found.append(read_yaml(here))
    return found


def problem_in(sources: Sequence[Source], message: str, place: Sequence[str | int]) -> Problem:
    """A problem at the place in the first of some files that states it; without a line if none does."""
    for source in sources:
        if source.states(place):
            return source.problem(message, place)
    return Problem(message, dotted(place), sources[0].name)


def vary(scenario: Scenario, changes: Mapping[str, Any], said_in: str = "the changes") -> Scenario:
    """A scenario with some values changed.

    Varying one share rescales its siblings, so that they still sum to 100 %: a change of
    ``demand.types.password-reset.share`` leaves the proportions of the other types as they were.

    Args:
        scenario: where to start from; it stays as it is.
        changes: dotted path → value, written as in YAML (``6``, ``"30 %"``, ``"5 min"``).
        said_in: what to call the place where they are written, in messages.

    Raises:
        ScenarioError: a path that leads nowhere, or a value that does not fit.
    """
    tree = scenario.model_dump(mode="json", by_alias=True, exclude_unset=True)  # what was stated, so that it stays so
    problems: list[Problem] = []
    spelt: dict[str, str] = {}
    for path, value in changes.items():
        try:
            follow(scenario, path)
        except ValueError as error:
            problems.append(Problem(str(error), path, said_in))
        else:
            spelt[path] = _spelt(scenario, path, value)
            twin = next(other for other, whole in spelt.items() if whole == spelt[path])
            if twin != path:
                problems.append(Problem(f"is the same value as {twin}; change it once", path, said_in))
            _own_mix(scenario, tree, spelt[path].split("."))
            _place(scenario, tree, spelt[path].split("."), value)
    if problems:
        raise ScenarioError(problems, said_in)
    for path in spelt.values():
        _rescale(tree, path.split("."), set(spelt.values()))
    try:
        varied = _validated(tree, None, said_in)
    except ScenarioError as error:
        told = dict.fromkeys(_as_typed(problem, spelt, changes) for problem in error.problems)
        raise ScenarioError(list(told), said_in) from None
    return varied.beside(scenario) if scenario.changes_the_clocks else varied


def _spelt(scenario: Scenario, path: str, value: Any) -> str:
    """A path with every name on it; one distribution for the work of one tier is merged with what stands there."""
    if isinstance(value, dict) and value:
        inside = f"{path}.{next(iter(value))}"
        if spelt_out(scenario, inside) == f"{path}.{FIRST_TIER}.{next(iter(value))}":
            return f"{path}.{FIRST_TIER}"
    return spelt_out(scenario, path)


def _as_typed(problem: Problem, spelt: Mapping[str, str], changes: Mapping[str, Any]) -> Problem:
    """A problem at the path that somebody typed, in whose value it is."""
    for path, whole in spelt.items():
        if problem.path != whole and not problem.path.startswith(f"{whole}."):
            continue
        rest = problem.path.removeprefix(whole).removeprefix(".").split(".")
        inside = as_written(rest, changes[path]) if rest != [""] else ()
        return replace(problem, path=dotted([*path.split("."), *inside]))
    return problem


def alternative(base: Scenario, changes: Mapping[str, Any], said_in: str = "the changes") -> Scenario:
    """A desk with some values changed, to be set beside the desk as it stands: the base's clocks judge it.

    What changes opening hours would else move its own yardstick: a promise of eight business hours is kept with ease by
    who opens for an hour a week. Arguments and errors are those of `vary`.
    """
    return vary(base, changes, said_in).beside(base)


def canonical(scenario: Scenario) -> Tree:
    """The scenario as plain data with every default filled in; what its hash is taken of."""
    return scenario.model_dump(mode="json", by_alias=True, exclude_none=True)


def _validated(tree: Tree, source: Source | None, file: str = "") -> Scenario:
    try:
        return Scenario.model_validate(tree)
    except ValidationError as error:
        name = source.name if source is not None else file
        raise ScenarioError(problems_from(error, source, Scenario, file=name), name) from None


def _inherited(source: Source, path: Path, below: tuple[Path, ...]) -> Tree:
    """The data of a file merged over those of the file that it extends."""
    tree = dict(source.data)
    parent = tree.pop("extends", None)
    if parent is None:
        return tree

    def refuse(message: str) -> ScenarioError:
        line, column, excerpt = source.locate(("extends",))
        return ScenarioError([Problem(message, "extends", source.name, line, column, excerpt)], source.name)

    if not isinstance(parent, str):
        raise refuse("must be the name of one file in the same folder or below it")
    folder = path.resolve().parent
    target = (folder / parent).resolve()
    if Path(parent).is_absolute() or not target.is_relative_to(folder):
        raise refuse("must lie in the folder of this file or below it")
    if target in below or target == path.resolve():
        raise refuse("files extend each other in a circle")
    if len(below) >= _MOST_ANCESTORS:
        raise refuse(f"more than {_MOST_ANCESTORS} files extend each other")
    if not _is_file(target):
        names = [str(other.relative_to(folder)) for other in folder.rglob("*.y*ml")]
        raise refuse(f"no file {quoted(parent)} beside this one{nearest(parent, names)}")
    base = read_yaml(target)
    inherited = _inherited(base, target, (*below, path.resolve()))
    _validated(inherited, base)  # a fault of the parent is told at its own place
    whole = merge(inherited, tree)
    if nodes_of(whole) > MOST_NODES:
        raise refuse(f"together with what it extends it has more than {MOST_NODES:,} values; leave some out")
    return whole


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name longer than the file system allows
        return False


def merge(base: Tree, over: Tree) -> Tree:
    """Mappings merged deeply, everything else replaced whole; a distribution of another shape is replaced whole."""
    result = dict(base)
    for key, value in over.items():
        result[key] = _merged(result.get(key), value)
    return result


def _merged(old: Any, new: Any) -> Any:
    """What stands in one place after `new` was written over `old`."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    replaced = old.keys() != new.keys() and (_is_distribution(old) or _is_distribution(new))
    return new if replaced else merge(old, new)


def _is_distribution(mapping: Tree) -> bool:
    """Whether a mapping is a shape with its parameters, and not, say, ticket types of which one is called `uniform`."""
    if len(mapping) != 1:
        return False
    name, parameters = next(iter(mapping.items()))
    known = {field.alias or own for own, field in SHAPES[name].model_fields.items()} if name in SHAPES else set()
    return isinstance(parameters, dict) and bool(parameters) and parameters.keys() <= known


def _own_mix(scenario: Scenario, tree: Tree, parts: list[str]) -> None:
    """Give a ticket type that states no mix of its own the desk's, before one share of it is varied."""
    if len(parts) == 5 and parts[:2] == ["demand", "types"] and parts[3] in ("priority", "channels"):
        kind = _at(tree, parts[:3])
        if isinstance(kind, dict) and kind.get(parts[3]) is None:
            kind[parts[3]] = dict(getattr(scenario.demand, parts[3]))


def _place(scenario: Scenario, tree: Tree, parts: list[str], value: Any) -> None:
    """Put a value at a path of plain data, which `follow` has found good.

    A mix or a distribution that was not stated is put there whole, for one of its numbers alone would not do.
    """
    here: Any = tree
    for depth, part in enumerate(parts[:-1]):
        if here.get(part) is None:
            default = follow(scenario, ".".join(parts[: depth + 1]))
            here[part] = {} if default is None or isinstance(default, Chapter) else _plain(default)
        here = here[part]
        if not isinstance(here, dict):
            return  # another change has put something else there; the model says what is wrong with it
    here[parts[-1]] = _merged(here.get(parts[-1]), value)


def _plain(value: Any) -> Any:
    """A part of a scenario as plain data."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {name: _plain(part) for name, part in value.items()} if isinstance(value, dict) else value


def _number(value: Any) -> float | None:
    try:
        number = percentage(value)
    except ValueError:
        return None
    return float(number) if isinstance(number, int | float) else None


def _rescale(tree: Tree, parts: list[str], changed: set[str]) -> None:
    """Rescale the siblings of a varied share so that the sum stays one."""
    within = len(parts) >= 4 and parts[-1] == "share" and parts[-3] in ("types", "shifts", "parts")
    if not within and not (len(parts) >= 3 and parts[0] == "demand" and parts[-2] in ("priority", "channels")):
        return
    above, below = (parts[:-2], ["share"]) if within else (parts[:-1], [])
    group = _at(tree, above)
    if not isinstance(group, dict):
        return  # the model says what is wrong
    found = {name: _at(group, [name, *below]) for name in group}
    shares = {name: _number(share) for name, share in found.items() if share is not None}
    fixed = {name for name in shares if ".".join([*above, name, *below]) in changed}
    for name, share in _scaled(shares, fixed).items():
        if within:
            group[name]["share"] = share
        else:
            group[name] = share


def _at(tree: Tree, parts: list[str]) -> Any:
    """What stands at a path of plain data, or None."""
    here: Any = tree
    for part in parts:
        here = here.get(part) if isinstance(here, dict) else None
    return here


def _scaled(shares: Mapping[str, float | None], fixed: set[str]) -> dict[str, float]:
    """The shares that are not fixed, in their old proportions, so that all sum to one; none where that cannot be."""
    known = {name: share for name, share in shares.items() if share is not None}
    free = {name: share for name, share in known.items() if name not in fixed}
    left = 1 - math.fsum(known[name] for name in fixed & known.keys())
    total = math.fsum(free.values())
    if len(known) < len(shares) or left < 0 or total <= 0:
        return {}  # the model says what is wrong with the sum
    return {name: share * left / total for name, share in free.items()}
