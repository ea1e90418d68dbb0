"""The page: everything put into one file that needs no network and runs no script but its own."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from simdesk.experiment.estimate import CONFIDENCE, Estimate
from simdesk.experiment.load import TeamLoad
from simdesk.experiment.replications import Replications
from simdesk.experiment.warnings import after, before
from simdesk.report import figures, sections
from simdesk.report.assumptions import assumptions
from simdesk.report.panels import Panel, panels
from simdesk.report.subject import Subject
from simdesk.report.tables import Cell, Table
from simdesk.report.words import headline, interval, value

_NUMBER: Final = re.compile(r"(?:[<>] )?(?<![\w.-])\d[\d,.]*(?<![,.])(?: (?:%|s|min|h|days?|tickets?)(?!\w))?(?![\w-])")
_GLUE: Final = re.compile(r"(?<=\d) (?=(?:%|s|min|h|days?)(?:\W|$))")


def write_report(runs: Replications, path: Path, *, loads: Sequence[TeamLoad]) -> None:
    """Write the report of finished replications to one HTML file; see `simdesk.report.write_report`."""
    path.write_text(render(runs, loads=loads), encoding="utf-8")


def render(runs: Replications, *, loads: Sequence[TeamLoad]) -> str:
    """The report of finished replications as HTML text."""
    subject = Subject(runs, list(loads))
    shown = panels(subject)
    plotly, script = _static("static/plotly-cartesian.min.js"), _static("templates/report.js")
    answer = headline(runs, subject.loads)
    return _environment(subject).get_template("report.html.j2").render(
        scenario=runs.scenario,
        subject=subject,
        answer=sections.sentence_parts(answer, _NUMBER.findall(answer)),
        warnings=[*before(runs.scenario, subject.loads), *after(runs)],
        goals=sections.goals(subject),
        tiles=sections.tiles(subject),
        panels=shown,
        confidence=f"{100 * CONFIDENCE:.0f} %",
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
        palette={"light": figures.LIGHT, "dark": figures.DARK},
        style=Markup(_static("templates/report.css")),
        plotly=Markup(plotly),
        script=Markup(script),
        data=Markup(sections.script_json(_drawn(shown))),
        policy=_policy(plotly, script),
    )  # fmt: skip


def _drawn(shown: Sequence[Panel]) -> dict[str, Any]:
    """What the script draws: figures, palettes and the one configuration."""
    return {
        "figures": [json.loads(panel.figure.to_json()) for panel in shown],
        "light": figures.LIGHT,
        "dark": figures.DARK,
        "config": figures.CONFIG,
    }


def _policy(*scripts: str) -> str:
    """What the page may do: run these scripts and no other, draw, and nothing else; no connection to anywhere."""
    seals = " ".join(f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'" for text in scripts)
    return (
        f"default-src 'none'; script-src {seals}; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; "
        "form-action 'none'"
    )


def _static(name: str) -> str:
    return files("simdesk.report").joinpath(name).read_text("utf-8")


def _environment(subject: Subject) -> Environment:
    environment = Environment(
        loader=PackageLoader("simdesk.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    currency = subject.scenario.money.currency

    def cells(table: Table) -> list[list[tuple[str, str, bool]]]:
        """Text, small text below, and whether it is a number, of every cell."""
        columns = table.columns
        return [[_shown(cell, c.unit, currency) for cell, c in zip(row, columns, strict=True)] for row in table.rows]

    environment.filters["glued"] = lambda text: _GLUE.sub("\u00a0", str(text))
    environment.filters["cells"] = cells
    return environment


def _shown(cell: Cell, unit: str, currency: str) -> tuple[str, str, bool]:
    if isinstance(cell, Estimate):
        return value(cell.value, unit, currency), interval(cell, unit), True
    if isinstance(cell, str):
        text, _, small = cell.partition("\n")
        return text, small, bool(small) or bool(re.match(r"[-<>–]?\s?\d", text))
    return value(cell, unit, currency), "", True
