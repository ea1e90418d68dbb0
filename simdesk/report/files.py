"""The files of a run: report, table, ticket log, provenance, and the scenario as it was simulated."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from simdesk.errors import RunError
from simdesk.experiment.compare import Comparison
from simdesk.experiment.load import TeamLoad
from simdesk.experiment.replications import Replications
from simdesk.experiment.table import table
from simdesk.report.page import write_report
from simdesk.scenario.writing import dumps


def write_results(runs: Replications, loads: list[TeamLoad], folder: Path) -> list[Path]:
    """Write all files of a run into a folder; each appears whole or not at all.

    Raises:
        RunError: when the folder cannot be written; says what to do.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = [
            _written(folder / "report.html", lambda path: write_report(runs, path, loads=loads)),
            _written(folder / "measures.csv", lambda path: table(runs).to_csv(path, index=False)),
            _written(folder / "provenance.json", lambda path: _text(path, runs.provenance.json())),
            _written(folder / "scenario.yaml", lambda path: _text(path, _yaml(runs))),
        ]
        paths += runs.first_log.write(folder)
    except OSError as error:
        raise RunError(f"cannot write to {folder}: {error.strerror}; choose another folder with --out") from None
    return paths


def write_comparison(result: Comparison, folder: Path) -> list[Path]:
    """Write the table of a comparison and where it comes from.

    Raises:
        RunError: when the folder cannot be written; says what to do.
    """
    sides = {"base": result.base, **result.alternatives}
    births = {name: json.loads(runs.provenance.json()) for name, runs in sides.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [
            _written(folder / "differences.csv", lambda path: result.table().to_csv(path, index=False)),
            _written(folder / "provenance.json", lambda path: _text(path, json.dumps(births, indent=2) + "\n")),
        ]
    except OSError as error:
        raise RunError(f"cannot write to {folder}: {error.strerror}; choose another folder with --out") from None


def _written(path: Path, write: Callable[[Path], object]) -> Path:
    """Let something be written beside its place and moved there when it is whole."""
    beside = path.with_name(f".{path.name}.part")
    write(beside)
    os.replace(beside, path)
    return path


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _yaml(runs: Replications) -> str:
    return "# The scenario as it was simulated, with every default filled in.\n" + dumps(runs.scenario)
