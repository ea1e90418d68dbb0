"""A desk from a file, refused with every problem if it may not be used: what `load` cannot see without the measures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simdesk.errors import ScenarioError
from simdesk.experiment.findings import check_sliders
from simdesk.experiment.targets import check_targets
from simdesk.scenario.loading import load, vary
from simdesk.scenario.model import Scenario


def usable_desk(path: Path, changes: Mapping[str, Any] | None = None, said_in: str = "--set") -> Scenario:
    """Read a desk, its targets and its sliders checked too, and change it.

    Args:
        path: the file.
        changes: dotted path → value, as for `vary`; a target that is wrong in the file may be put right by them.
        said_in: what to call the place where the changes are written, in messages.

    Raises:
        ScenarioError: with every problem.
    """
    desk = as_read = load(path)
    refused: list[ScenarioError] = []
    try:
        desk = vary(as_read, changes, said_in) if changes else as_read
        stated_in_file = not any(where.partition(".")[0] == "targets" for where in changes or ())
        check_targets(desk, path if stated_in_file else None, said_in)
    except ScenarioError as error:
        refused.append(error)
    try:
        check_sliders(as_read, path)
    except ScenarioError as error:
        refused.append(error)
    if refused:
        raise ScenarioError([one for error in refused for one in error.problems], refused[-1].source)
    return desk
