"""Where the shipped scenarios are, in a checkout and in an installed package."""

from __future__ import annotations

import os
from pathlib import Path

from simdesk.errors import Problem, ScenarioError, SimdeskError
from simdesk.spelling import nearest, quoted


def shelf() -> Path:
    """The folder of the shipped scenarios."""
    return _shipped("scenarios")


def questions() -> Path:
    """The folder of the shipped questions."""
    return _shipped("experiments")


def _shipped(name: str) -> Path:
    here = Path(__file__).parent
    for folder in (here / name, here.parent / name):
        if folder.is_dir():
            return folder
    raise SimdeskError(f"the shipped {name} are missing from this installation; install simdesk again")


def find(path: Path) -> Path:
    """A scenario file, or the shipped one of that name if there is no such file.

    Raises:
        ScenarioError: it is a mere name, and there is neither; names the nearest.
    """
    if os.path.lexists(path) or path.suffix or path.is_absolute():
        return path
    shipped, names = find_named(path.as_posix())
    if shipped is None:
        inside = [name for name in names if name.rpartition("/")[2] == path.name]
        hint = f"; did you mean {quoted(inside[0])}?" if inside else nearest(path.as_posix(), names)
        shelved = hint or f"; shipped are {', '.join(name for name in names if '/' not in name)}"
        message = f"no such file, and no shipped desk of that name{shelved}"
        raise ScenarioError([Problem(message, file=str(path))], str(path))
    return shipped


def find_question(path: Path) -> Path:
    """A question file, or the shipped one of that name if there is no such file.

    Raises:
        SimdeskError: there is neither; names the nearest.
    """
    if os.path.exists(path) or path.suffix:
        return path
    names = sorted(file.stem for file in questions().glob("*.yaml"))
    if str(path) in names:
        return questions() / f"{path}.yaml"
    raise SimdeskError(f"no question named '{path}'{nearest(str(path), names)}; shipped are {', '.join(names)}")


def on_the_shelf(name: str) -> Path:
    """A shipped scenario by name, such as `fire-truck` or `textbook/mm1`."""
    return shelf() / f"{name}.yaml"


def find_named(name: str) -> tuple[Path | None, list[str]]:
    """The file of a shipped scenario, if there is one, and the names of all of them."""
    home = shelf()
    names = sorted(str(path.relative_to(home).with_suffix("")) for path in home.rglob("*.yaml"))
    return (on_the_shelf(name) if name in names else None), names
