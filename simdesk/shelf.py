"""Where the shipped scenarios are, in a checkout and in an installed package."""

from __future__ import annotations

import os
from pathlib import Path

from simdesk.errors import SimdeskError
from simdesk.scenario.excerpts import nearest


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
    """A scenario file, or the shipped one of that name if there is no such file."""
    shipped = on_the_shelf(str(path))
    return shipped if not os.path.exists(path) and not path.suffix and shipped.is_file() else path


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
