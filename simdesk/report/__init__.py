"""The report: one HTML page that answers, with figures, numbers, assumptions and provenance. Import it lazily.

`write_report` draws the page; `words` has the sentence and the numbers, for whoever prints them elsewhere.
"""

from __future__ import annotations

from pathlib import Path

from simdesk.experiment.load import TeamLoad
from simdesk.experiment.replications import Replications

__all__ = ["write_report"]


def write_report(runs: Replications, path: Path, *, loads: list[TeamLoad]) -> list[str]:
    """Write the report of finished replications to one HTML file that works without a network.

    Args:
        runs: what was simulated.
        path: the file; it is replaced if it is there.
        loads: offered load and capacity of the teams, from `simdesk.experiment.load.team_loads`.

    Returns:
        A sentence for every figure that could not be drawn; the page says so in its place.
    """
    from simdesk.report import page

    return page.write_report(runs, path, loads=loads)
