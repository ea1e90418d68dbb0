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


def write_report(runs: Replications, path: Path, *, loads: Sequence[TeamLoad]) -> list[str]:
    """Write the report of finished replications to one HTML file; see `simdesk.report.write_report`."""
    page = report(runs, loads=loads)
    path.write_text(page.text, encoding="utf-8")
    return page.failures


def render(runs: Replications, *, loads: Sequence[TeamLoad]) -> str:
    """The report of finished replications as HTML text."""
    return report(runs, loads=loads).text


def report(runs: Replications, *, loads: Sequence[TeamLoad]) -> frame.Page:
    """The report of finished replications, and what of it could not be drawn."""
    subject = Subject(runs, list(loads))
    return frame.page(
        "report.html.j2",
        panels(subject),
        currency=runs.scenario.money.currency,
        numbers="measures.csv",
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
            "by": [
                sections.by_name(subject, by, f"Measures by {of}")
                for by, of in (("priority", "priority"), ("type", "ticket type"), ("team", "team"))
            ],
            "load": sections.load_table(subject),
            "provenance": sections.provenance_table(subject),
        },
        assumptions=assumptions(runs.scenario),
        provenance=runs.provenance,
        command=sections.command(subject),
        yaml=sections.as_yaml(subject),
    )
