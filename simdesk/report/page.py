"""The report of a run: the page that answers how a desk fares."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simdesk.experiment.estimate import CONFIDENCE
from simdesk.experiment.load import TeamLoad
from simdesk.experiment.replications import Replications
from simdesk.experiment.warnings import after, before
from simdesk.report import frame, sections
from simdesk.report.assumptions import assumptions
from simdesk.report.panels import panels
from simdesk.report.subject import Subject
from simdesk.report.words import headline


def write_report(runs: Replications, path: Path, *, loads: Sequence[TeamLoad]) -> None:
    """Write the report of finished replications to one HTML file; see `simdesk.report.write_report`."""
    path.write_text(render(runs, loads=loads), encoding="utf-8")


def render(runs: Replications, *, loads: Sequence[TeamLoad]) -> str:
    """The report of finished replications as HTML text."""
    subject = Subject(runs, list(loads))
    return frame.page(
        "report.html.j2",
        panels(subject),
        currency=runs.scenario.money.currency,
        scenario=runs.scenario,
        subject=subject,
        answer=frame.emphasised(headline(runs, subject.loads)),
        warnings=[*before(runs.scenario, subject.loads), *after(runs)],
        goals=sections.goals(subject),
        tiles=sections.tiles(subject),
        confidence=f"{100 * CONFIDENCE:g} %",
        replications=len(runs.sheets),
        tables={
            "all": sections.measures_of_all(subject),
            **{by: sections.measures_by(subject, by) for by in ("priority", "type", "team")},
            "load": sections.load_table(subject),
            "provenance": sections.provenance_table(subject),
        },
        assumptions=assumptions(runs.scenario),
        provenance=runs.provenance,
        command=sections.command(subject),
        yaml=sections.as_yaml(subject),
    )
