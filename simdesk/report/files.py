"""The files of a run: table, ticket log, provenance, the scenario as it was simulated, and then the report."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final

from simdesk.experiment.load import TeamLoad
from simdesk.experiment.replications import Replications
from simdesk.experiment.store import rules_version
from simdesk.experiment.table import table
from simdesk.provenance import scenario_hash
from simdesk.report.folder import Folder, Written
from simdesk.report.page import write_report
from simdesk.report.spreadsheet import write_csv
from simdesk.scenario.model import Scenario
from simdesk.scenario.writing import dumps

_LOGS: Final = {f"log-{name}.parquet": name for name in ("tickets", "touches", "duty")}
_FILES: Final = ("report.html", "measures.csv", "scenario.yaml", *_LOGS)


def run_folder(path: Path, scenario: Scenario) -> Folder:
    """The folder for the results of a scenario, with the number of replications that it states."""
    question = sha256(f"run {scenario_hash(scenario)}".encode()).hexdigest()
    return Folder(path, question, _FILES)


def write_results(runs: Replications, loads: list[TeamLoad], path: Path) -> Written:
    """Write all files of a run into a folder: numbers first, so that a page which cannot be drawn costs no number.

    Args:
        runs: what was simulated.
        loads: offered load and capacity of its teams.
        path: the folder; see `Folder` for what is replaced in it.

    Raises:
        RunError: when the folder cannot be written; says what to do.
    """
    folder = run_folder(path, runs.scenario)
    log = runs.first_log
    paths = folder.write(
        {
            "measures.csv": lambda file: write_csv(table(runs), file),
            "scenario.yaml": lambda file: file.write_text(_yaml(runs), encoding="utf-8"),
            **{file: partial(log.write_table, name) for file, name in _LOGS.items()},
        },
        {**asdict(runs.provenance), "rules": rules_version()},
    )
    return folder.with_page("report.html", lambda file: write_report(runs, file, loads=loads), paths)


def _yaml(runs: Replications) -> str:
    return "# The scenario as it was simulated.\n" + dumps(runs.scenario)
