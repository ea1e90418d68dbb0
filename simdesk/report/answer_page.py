"""The page of an answer, and the files beside it: the table, where it comes from, and the question as it was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any

from simdesk import __version__
from simdesk.experiment.precision import Precise
from simdesk.experiment.staffing.search import Staffing
from simdesk.experiment.staffing.week import PlannedWeek
from simdesk.experiment.steady import Steady
from simdesk.experiment.store import rules_version
from simdesk.experiment.warm_up import WarmUpAdvice
from simdesk.provenance import scenario_hash
from simdesk.question.ask import Answer
from simdesk.question.loading import Asked
from simdesk.report import frame
from simdesk.report.folder import Folder, Written
from simdesk.report.spreadsheet import write_csv
from simdesk.report.tables import Column, Table
from simdesk.report.told import Told
from simdesk.scenario.loading import alternative
from simdesk.scenario.model import Scenario
from simdesk.scenario.writing import dump, dumps
from simdesk.zones import edition

_LIBRARIES = ("numpy", "scipy", "numba", "pandas")
_FILES = (
    "answer.html", "results.csv", "results.parquet", "question.yaml", "scenario.yaml", "planned.yaml",
)  # fmt: skip
_ONCE = "one run"


def answer_folder(path: Path, asked: Asked) -> Folder:
    """The folder for the answer to a question."""
    return Folder(path, question_seal(asked), _FILES)


def question_seal(asked: Asked) -> str:
    """SHA-256 of all that a question asks, of which desk; equal questions share it."""
    text = f"{asked.question.model_dump_json()} {scenario_hash(asked.scenario)} {asked.quick}"
    return sha256(text.encode()).hexdigest()


def write_numbers(answer: Answer, path: Path) -> tuple[Path, ...]:
    """Write the numbers of an answer into a folder: `results.csv`, `results.parquet`, `question.yaml`, `scenario.yaml`
    and `provenance.json`, and `planned.yaml` with the staff that was found.

    Raises:
        RunError: the folder cannot be written; says what to do.
    """
    table = answer.result.table()
    writers: dict[str, Callable[[Path], object]] = {
        "results.csv": lambda file: write_csv(table, file),
        "results.parquet": lambda file: table.to_parquet(file, engine="pyarrow", index=False),
        "question.yaml": lambda file: file.write_text(question_text(answer), encoding="utf-8"),
        "scenario.yaml": lambda file: file.write_text(dumps(answer.asked.scenario), encoding="utf-8"),
    }
    if planned := planned_desk(answer):
        writers["planned.yaml"] = lambda file: file.write_text(dumps(planned), encoding="utf-8")
    return answer_folder(path, answer.asked).write(writers, _origin(answer))


def write_page(answer: Answer, told: Told, path: Path, before: Sequence[Path]) -> Written:
    """Add `answer.html` to the numbers that were written before.

    Raises:
        RunError: the folder cannot be written; says what to do.
    """
    folder = answer_folder(path, answer.asked)

    def draw(file: Path) -> list[str]:
        made = page(answer, told)
        file.write_text(made.text, encoding="utf-8")
        return made.failures

    return folder.with_page("answer.html", draw, before)


def planned_desk(answer: Answer) -> Scenario | None:
    """The desk with the staff or the shifts that were found, if that was the question and any were."""
    result, scenario = answer.result, answer.asked.scenario
    if isinstance(result, PlannedWeek):
        return alternative(scenario, result.shifts)
    if isinstance(result, Staffing) and result.certified:
        people = zip(result.teams, result.plan, strict=True)
        return alternative(scenario, {f"teams.{team}.agents": count for team, count in people})
    return None


def render(answer: Answer, told: Told) -> str:
    """The page as HTML text."""
    return page(answer, told).text


def page(answer: Answer, told: Told) -> frame.Page:
    """The page, and what of it could not be drawn."""
    asked = answer.asked
    rows = tuple((name, str(text)) for name, text in _origin(answer).items())
    return frame.page(
        "answer.html.j2",
        told.panels,
        currency=asked.scenario.money.currency,
        numbers="results.csv",
        question=asked.question,
        scenario=asked.scenario,
        quick=asked.quick,
        answer=frame.emphasised(told.sentence),
        basis=basis(answer),
        told=told,
        warnings=[capital(text) for text in told.warnings],
        provenance=Table((Column("what", "What"), Column("value", "Value")), rows),
        question_yaml=question_text(answer),
        scenario_yaml=dumps(asked.scenario),
    )


def capital(text: str) -> str:
    """A sentence that begins as one; the name of a team or an option stays as it is written."""
    first = text.split(" ", 1)[0]
    return text if "_" in first or "-" in first or not first.isalpha() else text[0].upper() + text[1:]


def basis(answer: Answer) -> str:
    """What an answer rests on, in one line."""
    asked = answer.asked
    run = asked.scenario.run
    if isinstance(answer.result, WarmUpAdvice):
        return (
            f"{asked.scenario.title}: {asked.replications} runs of {run.warm_up} and {run.length}, all measured from "
            f"an empty start; seed {run.seed}."
        )
    warm_up = f" after {run.warm_up} of warm-up" if run.warm_up.seconds else ""
    how = _runs(answer)
    doubt = (
        f" The stated volume is taken to be known to {100 * asked.scenario.demand.forecast_error:g} % only."
        if asked.scenario.demand.forecast_error
        else " It holds for the chance of this simulated desk, not for doubts about its inputs."
    )
    each = "of" if how == _ONCE else "each of"
    return f"{asked.scenario.title}: {how}, {each} {run.length}{warm_up}; seed {run.seed}.{doubt}"


def _runs(answer: Answer) -> str:
    """How often was simulated, in words."""
    result = answer.result
    if isinstance(result, Steady):
        return _ONCE
    if isinstance(result, Staffing):
        return f"{result.replications:,} runs of the plans in the search and {result.certifying:,} fresh ones"
    if isinstance(result, Precise):
        return f"{result.replications:,} runs"
    spent = getattr(result, "spent", 0)
    how = f"{spent:,} runs in all" if spent else f"{answer.asked.replications} runs of each desk"
    return f"{how}, all with the same luck"


def question_text(answer: Answer) -> str:
    """The question as YAML, about the scenario file beside it."""
    tree = answer.asked.question.model_dump(mode="json", by_alias=True, exclude_unset=True)
    tree["desk"] = "scenario.yaml"
    tree.pop("set", None)  # it is in the scenario already
    if answer.asked.quick:
        tree["replications"] = answer.asked.replications
        tree["quick"] = {"replications": answer.asked.replications}  # and so is what it sets
    return dump(tree)


def _origin(answer: Answer) -> dict[str, Any]:
    asked = answer.asked
    return {
        "question": asked.question.question,
        "kind": asked.question.verb,
        "desk": asked.scenario.title,
        "scenario (SHA-256)": scenario_hash(asked.scenario),
        "seed": asked.scenario.run.seed,
        "quick": asked.quick,
        "rules": rules_version(),
        "simdesk": __version__,
        "python": python_version(),
        "libraries": ", ".join(f"{name} {version(name)}" for name in _LIBRARIES),
        "time zones": edition(),
    }
