"""The files of a run: report, table, ticket log, provenance, and the scenario as it was simulated."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from simdesk.errors import RunError
from simdesk.experiment.load import TeamLoad
from simdesk.experiment.replications import Replications
from simdesk.experiment.table import table
from simdesk.report.page import write_report
from simdesk.report.spreadsheet import write_csv
from simdesk.scenario.writing import dumps


def write_results(runs: Replications, loads: list[TeamLoad], folder: Path) -> list[Path]:
    """Write all files of a run into a folder; each appears whole or not at all.

    Raises:
        RunError: when the folder cannot be written; says what to do.
    """
    writers: dict[str, Callable[[Path], object]] = {
        "report.html": lambda path: write_report(runs, path, loads=loads),
        "measures.csv": lambda path: write_csv(table(runs), path),
        "provenance.json": lambda path: _text(path, runs.provenance.json()),
        "scenario.yaml": lambda path: _text(path, _yaml(runs)),
    }
    paths = written(folder, writers)
    try:
        return paths + runs.first_log.write(folder)
    except OSError as error:
        raise _refused(folder, error) from None


def written(folder: Path, writers: Mapping[str, Callable[[Path], object]]) -> list[Path]:
    """Write some files into a folder; each appears whole or not at all.

    Args:
        folder: it is made if it is not there.
        writers: what writes each file, by its name.

    Raises:
        RunError: the folder cannot be written; says what to do.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_written(folder / name, write) for name, write in writers.items()]
    except OSError as error:
        raise _refused(folder, error) from None


def _refused(folder: Path, error: OSError) -> RunError:
    return RunError(f"cannot write to {folder}: {error.strerror}; choose another folder with --out")


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
