"""What is accepted and hardly meant is told with its place and remedy, and stops nobody.

The first line of every file in `odd/` says what must be told: line:column, path, and a phrase of the message. Those in
`odd/meant/` come as near to a rule as one can without breaking it, and say why nothing is told.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from simdesk.cli.validate import validate
from simdesk.experiment.findings import RULES, findings_of, placed
from simdesk.scenario.loading import load, sources_of, vary
from simdesk.shelf import questions, shelf

FOLDER = Path(__file__).parent / "odd"
ODD = sorted(FOLDER.glob("*.yaml"))
MEANT = sorted((FOLDER / "meant").glob("*.yaml"))


@pytest.mark.parametrize("file", ODD, ids=lambda file: file.stem)
def test_what_is_odd_is_told_at_its_place_and_stops_nobody(file: Path):
    """Exit code 0, and one line with file, line, column, path and message; warnings of load have no line."""
    place, path, phrase = (part.strip() for part in file.read_text("utf-8").partition("\n")[0][2:].split(" | "))

    done = CliRunner().invoke(validate, [str(file)])

    assert done.exit_code == 0, done.output
    (told,) = [line for line in done.output.splitlines() if re.match(r"! .*\.yaml:\d", line)]
    assert told.startswith(f"! {file}:{place}: {path}: "), told
    assert phrase in told


@pytest.mark.parametrize("file", MEANT, ids=lambda file: file.stem)
def test_what_may_be_meant_is_not_told(file: Path):
    """As near to the rule as one can come."""
    assert findings_of(load(file)) == []


def test_every_rule_has_a_case():
    """By the files in `odd/`, which trigger them all."""
    found = {finding.code for file in ODD for finding in findings_of(load(file))}

    assert len(found) == len(RULES)


@pytest.mark.parametrize("file", sorted(shelf().rglob("*.yaml")), ids=lambda file: file.stem)
def test_nothing_is_odd_on_the_shelf(file: Path):
    """Nothing."""
    assert placed(findings_of(load(file)), sources_of(file)) == []


@pytest.mark.parametrize("file", sorted(questions().glob("*.yaml")), ids=lambda file: file.stem)
def test_nothing_is_odd_about_a_shipped_question(file: Path):
    """Nor about any of its alternatives."""
    done = CliRunner().invoke(validate, [str(file)])

    assert done.exit_code == 0
    assert [line for line in done.output.splitlines() if re.match(r"! .*\.yaml:\d", line)] == []


def test_what_was_changed_after_it_was_read_has_no_line():
    """The line in the file says something else."""
    file = FOLDER / "parents" / "office.yaml"
    varied = vary(load(file), {"demand.volume": 0})

    (told,) = placed(findings_of(varied), sources_of(file), ["demand.volume"])

    assert told.head == "demand.volume: no ticket will ever come; state how many contacts there are"


def test_where_something_is_tried_sliders_need_not_hold_it():
    """Twenty agents were asked for; the slider ends at twelve."""
    tried = vary(load(FOLDER / "meant" / "slider-elsewhere.yaml"), {"teams.desk.agents": 20})

    assert findings_of(tried, as_read=False) == []
    assert [finding.path for finding in findings_of(tried)] == [("try", 0, "to")]
