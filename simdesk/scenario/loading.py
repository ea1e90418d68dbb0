"""YAML → Scenario: reads, inherits, varies, and says where something is wrong.

`extends` merges mappings deeply and replaces lists whole. The only way to vary anything is a scenario plus a mapping of
dotted paths to values.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simdesk.distributions import SHAPES
from simdesk.errors import Problem, ScenarioError
from simdesk.scenario.model import Scenario, follow
from simdesk.scenario.problems import nearest, problems_from
from simdesk.scenario.quantities import percentage
from simdesk.scenario.yaml_source import Source, parse_yaml, read_yaml

Tree = dict[str, Any]

_MOST_ANCESTORS = 8


def load(path: str | Path) -> Scenario:
    """Read a scenario from a file.

    Raises:
        ScenarioError: with every problem of the file, each at its line and column.
    """
    source = read_yaml(Path(path))
    return _validated(_inherited(source, Path(path), ()), source)


def loads(text: str, name: str = "<text>") -> Scenario:
    """Read a scenario from text; it cannot extend a file."""
    source = parse_yaml(text, name)
    if "extends" in source.data:
        line, column, excerpt = source.locate(("extends",))
        raise ScenarioError([Problem("only a file can extend a file", "extends", name, line, column, excerpt)], name)
    return _validated(dict(source.data), source)


def vary(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """A scenario with some values changed.

    Varying one share rescales its siblings, so that they still sum to 100 %: a change of
    ``demand.types.password-reset.share`` leaves the proportions of the other types as they were.

    Args:
        scenario: where to start from; it stays as it is.
        changes: dotted path → value, written as in YAML (``6``, ``"30 %"``, ``"5 min"``).

    Raises:
        ScenarioError: a path that leads nowhere, or a value that does not fit.
    """
    tree = scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    problems: list[Problem] = []
    for path, value in changes.items():
        try:
            follow(scenario, path)
        except ValueError as error:
            problems.append(Problem(str(error), path, "--set"))
        else:
            _place(tree, path.split("."), value)
    if problems:
        raise ScenarioError(problems, "--set")
    for path in changes:
        _rescale(tree, path.split("."), set(changes))
    return _validated(tree, None, "--set")


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
    if not target.is_file():
        names = [other.name for other in folder.glob("*.y*ml")]
        raise refuse(f"no file '{parent}' beside this one{nearest(parent, names)}")
    base = read_yaml(target)
    inherited = _inherited(base, target, (*below, path.resolve()))
    _validated(inherited, base)  # a fault of the parent is told at its own place
    return merge(inherited, tree)


def merge(base: Tree, over: Tree) -> Tree:
    """Mappings merged deeply, everything else replaced whole; a distribution replaces a distribution."""
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        deep = isinstance(old, dict) and isinstance(value, dict) and not _other_shape(old, value)
        result[key] = merge(old, value) if deep and isinstance(old, dict) else value
    return result


def _other_shape(old: Tree, new: Tree) -> bool:
    """Whether two one-key mappings are distributions of different shapes."""
    return len(old) == len(new) == 1 and {*old, *new} <= SHAPES.keys() and old.keys() != new.keys()


def _place(tree: Tree, parts: list[str], value: Any) -> None:
    """Put a value at a path of plain data, which `follow` has found good."""
    here: Any = tree
    for part in parts[:-1]:
        if not isinstance(here.get(part), dict):
            here[part] = {}  # a chapter that was left out; the model fills in its defaults
        here = here[part]
    old = here.get(parts[-1])
    both = isinstance(old, dict) and isinstance(value, dict)
    here[parts[-1]] = merge(old, value) if both and not _other_shape(old, value) else value


def _number(value: Any) -> float | None:
    try:
        number = percentage(value)
    except ValueError:
        return None
    return float(number) if isinstance(number, int | float) else None


def _rescale(tree: Tree, parts: list[str], changed: set[str]) -> None:
    """Rescale the siblings of a varied share so that the sum stays one."""
    if parts[-1] == "share" and len(parts) == 4 and parts[:2] == ["demand", "types"]:
        group, pick = tree["demand"]["types"], "share"
        path = "demand.types.{}.share"
    elif len(parts) >= 3 and parts[0] == "demand" and parts[-2] in ("priority", "channels"):
        group, pick = tree, ""
        for part in parts[:-1]:
            group = group[part]
        path = ".".join(parts[:-1]) + ".{}"
    else:
        return
    shares = {n: _number(v.get(pick) if pick else v) for n, v in group.items() if not pick or pick in v}
    fixed = {name for name in shares if path.format(name) in changed}
    free = {name: share for name, share in shares.items() if name not in fixed}
    if any(share is None for share in shares.values()):
        return
    left = 1 - math.fsum(shares[name] or 0.0 for name in fixed)
    total = math.fsum(share or 0.0 for share in free.values())
    if not free or left < 0 or (total <= 0 and left > 0):
        return  # nothing to rescale; the model says what is wrong with the sum
    for name, share in free.items():
        scaled = (share or 0.0) * left / total if total else 0.0
        if pick:
            group[name][pick] = scaled
        else:
            group[name] = scaled
