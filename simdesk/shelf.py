"""Where the shipped scenarios are, in a checkout and in an installed package."""

from __future__ import annotations

from pathlib import Path

from simdesk.errors import SimdeskError


def shelf() -> Path:
    """The folder of the shipped scenarios."""
    here = Path(__file__).parent
    for folder in (here / "scenarios", here.parent / "scenarios"):
        if folder.is_dir():
            return folder
    raise SimdeskError("the shipped scenarios are missing from this installation; install simdesk again")


def find(path: Path) -> Path:
    """A scenario file, or the shipped one of that name if there is no such file."""
    shipped = on_the_shelf(str(path))
    return shipped if not path.exists() and not path.suffix and shipped.is_file() else path


def on_the_shelf(name: str) -> Path:
    """A shipped scenario by name, such as `fire-truck` or `textbook/mm1`."""
    return shelf() / f"{name}.yaml"
