"""Textbook answers against simulated desks: `simdesk verify`, case by case, and where its numbers come from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from simdesk.cli.verify import verify as command
from simdesk.errors import SimdeskError
from simdesk.shelf import shelf
from simdesk.verification import Trial, read_cases, verify
from simdesk.verification.cases import Answer, Cases, Control
from simdesk.verification.theory import closed_form

CASES = read_cases()
TRIALS = CASES.trials()
RIGHT = [trial for trial in TRIALS if not trial.must_fail]
WRONG = [trial for trial in TRIALS if trial.must_fail]
ANSWERS: dict[str, Answer] = {name: answer for run in CASES.runs.values() for name, answer in run.answers.items()}
KNOWN: dict[str, dict[str, Any]] = {
    case["id"]: case
    for case in yaml.safe_load(Path(__file__).with_name("known_answers.yaml").read_text("utf-8"))["cases"]
}
WITHOUT_A_FORMULA = {
    "rework-lead": 1.5 * 5 + 0.5 * 24,  # visits of 4 h + 1 h, and a day away for every second ticket
    "rework-share": 0.5,  # written in the desk
    "any-staffing-number": 96 / 24,  # the mean offered load: 96 a day of 1 h
    "short-calls-occupancy": 0.9,  # 648 × 15 s an hour for three
    "short-calls-touch": 15,
    "short-calls-fifty-occupancy": 0.9,  # 1,080 × 150 s an hour for fifty
    "short-calls-fifty-touch": 150,
    "short-calls-eight-occupancy": 0.8,  # 2,304 × 10 s an hour for eight
    "short-calls-eight-touch": 10,
}
"""Answers worked out in a line; other numbers without a formula are known answers or a truncated Markov chain."""
N_MODEL = {
    "overflow-general-waits": 0.155585,
    "overflow-tech-waits": 0.254325,
    "overflow-general": 0.048853,
    "overflow-tech": 0.063581,
}
"""Six and eight agents, from the Markov chain."""


@pytest.mark.parametrize("trial", RIGHT, ids=lambda trial: trial.name)
def test_the_theory_lies_in_the_interval(trial: Trial) -> None:
    """A desk of the shelf gives the book's answers, at 99.9 %; no ticket is cut off by the end of the run."""
    verdicts = verify([trial], workers=1)

    assert {v.case: (v.theory, v.simulated, v.half_width) for v in verdicts if not v.inside} == {}
    assert [v.truncated for v in verdicts] == [0] * len(verdicts)


@pytest.mark.parametrize("trial", WRONG, ids=lambda trial: trial.name)
def test_a_wrong_desk_is_noticed(trial: Trial) -> None:
    """Negative control: a desk with a mistake lies outside."""
    verdicts = verify([trial], workers=1)

    assert {v.case: (v.theory, v.simulated, v.half_width) for v in verdicts if v.inside} == {}
    assert all(verdict.holds for verdict in verdicts)


@pytest.mark.slow
@pytest.mark.parametrize("trial", RIGHT, ids=lambda trial: trial.name)
def test_the_theory_lies_in_a_narrow_interval(trial: Trial) -> None:
    """The same until the interval is within a few per cent of the theory."""
    verdicts = verify([trial], full=True)

    assert {v.case: (v.theory, v.simulated, v.half_width) for v in verdicts if not v.holds} == {}
    assert all(v.half_width <= trial.run.precision * v.theory for v in verdicts)


@pytest.mark.parametrize("name", ANSWERS)
def test_an_expected_number_is_that_of_a_book(name: str) -> None:
    """It is copied: from a known answer, from a formula, or from a line of arithmetic."""
    answer = ANSWERS[name]

    if answer.known_answer is not None:
        assert answer.expected == KNOWN[answer.known_answer]["expected"]
    if answer.formula is not None:
        assert closed_form(answer.formula) == pytest.approx(answer.expected, rel=1e-6)
    if answer.known_answer is None and answer.formula is None:
        assert answer.expected == {**WITHOUT_A_FORMULA, **N_MODEL}[name]
    assert answer.source


def test_a_wrong_formula_is_noticed() -> None:
    """Negative control: another occupancy is another wait."""
    formula = ANSWERS["mm1-wait"].formula
    assert formula is not None
    wrong = formula.model_copy(update={"arguments": {**formula.arguments, "arrival_rate": 0.81}})

    assert closed_form(wrong) != pytest.approx(ANSWERS["mm1-wait"].expected, rel=0.05)


def test_the_table_is_wide_enough() -> None:
    """At least 25 exact oracles, a control in every family, every textbook desk in use, precision as promised."""
    families = {run.family for run in CASES.runs.values()}
    desks = {path.relative_to(shelf()).with_suffix("").as_posix() for path in shelf().glob("textbook/*.yaml")}

    assert len(ANSWERS) >= 25
    assert {CASES.runs[control.like].family for control in CASES.must_fail.values()} == families
    assert {run.desk for run in CASES.runs.values()} == desks
    assert max(run.precision for run in CASES.runs.values()) <= 0.05


def small(name: str, **changes: Any) -> Trial:
    """A trial, changed."""
    [trial] = [trial for trial in TRIALS if trial.name == name]
    return replace(trial, run=trial.run.model_copy(update=changes))


def test_the_table_does_not_depend_on_the_number_of_workers() -> None:
    """One process or two, the same verdicts."""
    trials = [small("storm", quick=5), small("shift-change", quick=5)]

    assert verify(trials, workers=1) == verify(trials, workers=2)


def test_a_full_verification_goes_on_until_the_interval_is_narrow() -> None:
    """A pilot of ten replications, then as many as its spread asks for."""
    trial = small("storm", quick=10, precision=0.15)
    told: list[tuple[int, int]] = []

    [pilot] = verify([trial], workers=1)
    [found] = verify([trial], full=True, workers=1, progress=lambda done, of: told.append((done, of)))

    assert pilot.half_width > 0.15 * pilot.theory
    assert found.half_width <= 0.15 * found.theory
    assert found.replications == 10 * len(told)
    assert told[0] == (1, 1)
    assert told[-1] == (len(told), len(told))


def test_another_seed_is_other_luck() -> None:
    """The theory stays, the simulated number moves."""
    trial = small("storm", quick=5)

    [one], [other] = verify([trial], workers=1), verify([trial], workers=1, seed=2)

    assert one.simulated != other.simulated
    assert one.theory == other.theory


def test_a_measure_that_does_not_exist_does_not_pass() -> None:
    """Neither as an answer nor as a control: nothing measured is nothing shown."""
    answer = ANSWERS["storm-number"].model_copy(update={"measure": "no_such_measure"})
    right = small("storm", quick=2, answers={"storm-number": answer})

    [verdict], [control] = verify([right], workers=1), verify([replace(right, must_fail=True)], workers=1)

    assert not verdict.holds
    assert not control.holds


def test_cases_can_be_picked_by_name() -> None:
    """Runs, controls, families and single answers; anything else is refused with the nearest name."""
    [single] = CASES.trials(["mm1-p90"])

    assert list(single.run.answers) == ["mm1-p90"]
    assert [trial.name for trial in CASES.trials(["storm", "bigger-storm"])] == ["storm", "bigger-storm"]
    assert {trial.run.family for trial in CASES.trials(["loss"])} == {"loss"}
    with pytest.raises(SimdeskError, match="no case named 'strom'; did you mean 'storm'"):
        CASES.trials(["strom"])


def test_a_table_that_does_not_fit_together_is_refused() -> None:
    """A control must be like a run, and of its answers; no answer has two meanings."""
    runs = {"storm": CASES.runs["storm"]}
    other = {"like": "strom", "answers": ["storm-number"]}, {"like": "storm", "answers": ["calm-number"]}

    for changes in other:
        control = Control.model_validate({"title": "x", "set": {}, **changes})
        with pytest.raises(ValueError, match=r"strom|calm-number"):
            Cases(runs=runs, must_fail={"x": control})
    with pytest.raises(ValueError, match="named twice: storm-number"):
        Cases(runs={**runs, "again": runs["storm"]}, must_fail={})


def test_the_command_prints_the_table_and_says_whether_all_is_well() -> None:
    """Exit code 0, a line an answer, controls under a heading of their own."""
    done = CliRunner().invoke(command, ["--only", "erlang-b-one", "--only", "bigger-storm", "--workers", "1"])

    assert done.exit_code == 0, done.output
    lines = [" ".join(line.split()) for line in done.output.splitlines()]
    assert any(line.startswith("lost-of-one 0.33333") and "inside" in line for line in lines)
    assert lines.index("Must come out") < lines.index("Must fail")
    assert "1 of 1 answers inside their 99.9 % intervals; 1 of 1 answers of wrong desks outside theirs." in lines


def test_the_command_fails_when_an_answer_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1 and the name of the culprit."""
    wrong = ANSWERS["storm-number"].model_copy(update={"expected": 30.0})
    run = CASES.runs["storm"].model_copy(update={"answers": {"storm-number": wrong}})
    monkeypatch.setattr("simdesk.verification.cases.read_cases", lambda: Cases(runs={"storm": run}, must_fail={}))

    done = CliRunner().invoke(command, ["--workers", "1"])

    assert done.exit_code == 1
    assert "outside ✗" in done.output
    assert "storm: storm-number is" in done.output
