"""`simdesk ask`: a question from a file, its answer in one sentence, a page and a table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import rich_click as click

from simdesk.cli.run import RESULTS, store_file, tell_files
from simdesk.cli.screen import laboratory, screen
from simdesk.engine import ENGINES

if TYPE_CHECKING:
    from simdesk.question.ask import Answer
    from simdesk.question.loading import Asked

Command = TypeVar("Command", bound=Callable[..., Any])


def options(*added: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one decorator, in the order of the help."""

    def decorate(command: Command) -> Command:
        for option in reversed(added):
            command = option(command)
        return command

    return decorate


asking = options(
    click.option("--quick", is_flag=True, help="A first look within seconds; the answer says that it is quick."),
    click.option("--workers", type=click.IntRange(1, 256), help="Worker processes; the result does not depend on it."),
    click.option("--engine", type=click.Choice(ENGINES), default=ENGINES[0], show_default=True, help="What simulates."),
    click.option("--store/--no-store", default=True, show_default=True,
                 help="Keep finished runs in results/simdesk.sqlite, and use those that are kept."),
    click.option("--out", type=click.Path(path_type=Path, file_okay=False),
                 help="Folder for the answer; results/NAME-HASH unless stated."),
)  # fmt: skip
"""The options of every answer on the command line."""

about_a_desk = options(
    click.option("--set", "changes", multiple=True, metavar="PATH=VALUE",
                 help="Change a value on all sides. Can be repeated."),
    click.option("--watch", multiple=True, metavar="MEASURE[:WHOSE]",
                 help="A measure to tell of, such as occupancy:first_line. Can be repeated."),
    click.option("--replications", type=click.IntRange(2, 100_000), help="Runs of each desk."),
    click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Seed instead of the scenario's own."),
    click.option("--forecast-error", metavar="SHARE",
                 help="How wrong the volume may be (one standard deviation), such as '10 %'."),
    click.option("--confidence", type=click.FloatRange(0.5, 0.9999), default=0.95, show_default=True,
                 help="Of the intervals; those of all alternatives of a measure hold together."),
    asking,
)  # fmt: skip
"""The options of a question that is put on the command line."""


@click.command()
@click.argument("question", type=click.Path(path_type=Path))
@click.option("--set", "changes", multiple=True, metavar="PATH=VALUE",
              help="Change a value of the desk on all sides. Can be repeated.")  # fmt: skip
@click.option("--replications", type=click.IntRange(2, 100_000), help="Runs of each desk, instead of the question's.")
@asking
def ask(
    question: Path,
    changes: tuple[str, ...],
    replications: int | None,
    quick: bool,
    workers: int | None,
    engine: str,
    store: bool,
    out: Path | None,
) -> None:
    """Answer a QUESTION, a file or the name of a shipped one such as slack.

    Prints the answer in plain words, and writes a page, a table and the question as it was asked.
    """
    from simdesk.question.loading import load_question
    from simdesk.shelf import find_question

    asked = load_question(find_question(question), quick=quick, **_instead(changes, replications))
    answered(asked, out or _usual(question.stem, asked), workers, engine, store)


def put(scenario: Path, verb: str, words: str, stated: Any, given: dict[str, Any]) -> Answer:
    """Answer a question that was put on the command line.

    Args:
        scenario: the desk, a file or a shipped one.
        verb: the kind of question.
        words: the question in words.
        stated: what a file would say under the verb.
        given: the values of the options in `about_a_desk`.
    """
    from simdesk.cli.run import varied
    from simdesk.question.loading import asked

    question = {
        "question": words[:300],
        "desk": str(scenario)[-300:],
        verb: stated,
        "watch": list(given["watch"]),
        "confidence": given["confidence"],
        **({"replications": given["replications"]} if given["replications"] is not None else {}),
    }
    doubt = given["forecast_error"]
    changes = given["changes"] if doubt is None else (*given["changes"], f"demand.forecast_error={doubt}")
    base = varied(scenario, changes, given["seed"])
    found = asked(question, quick=given["quick"], scenario=base)
    folder = given["out"] or _usual(verb, found)
    return answered(found, folder, given["workers"], given["engine"], given["store"])


def _usual(name: str, asked: Asked) -> Path:
    """Where an answer goes unless stated: named so that equal questions share a folder, and others do not."""
    from simdesk.report.answer_page import question_seal

    return RESULTS / f"{name}-{question_seal(asked)[:8]}"


def _instead(changes: tuple[str, ...], replications: int | None) -> dict[str, Any]:
    from simdesk.scenario.problems import parse_assignment

    return {"changes": dict(map(parse_assignment, changes)), "replications": replications}


def forewarn(asked: Asked) -> set[str]:
    """Say what is known before anything is simulated: which desk cannot keep up, what can never happen."""
    from simdesk.experiment.load import team_loads
    from simdesk.experiment.warnings import before

    said: set[str] = set()
    for name, scenario in asked.desks.items():
        for warning in before(scenario, team_loads(scenario)):
            if warning not in said:
                text = f"With {name}: {warning}" if name else warning
                said |= {text, warning}
                click.echo(f"! {text}", err=True)
    return said


def answered(asked: Asked, out: Path, workers: int | None, engine: str, store: bool) -> Answer:
    """Answer a question, print what it means and write the files."""
    from simdesk.question.ask import ask as answer_to
    from simdesk.report.answer_page import answer_folder, basis, capital, write_numbers, write_page
    from simdesk.report.answers.tell import tell

    answer_folder(out, asked).check()
    said = forewarn(asked)
    with laboratory(workers, engine, store_file() if store else None) as lab:
        answer = answer_to(asked, lab=lab)
    numbers = write_numbers(answer, out)  # before anything is drawn or printed, so that nothing can lose them
    told = tell(answer)
    written = write_page(answer, told, out, numbers)
    console = screen()
    console.print(asked.question.question, style="bold", markup=False)
    console.print(basis(answer), style="dim", markup=False, soft_wrap=True)
    if asked.quick:
        console.print("A quick look: ask again without --quick before you act on it.", style="yellow", markup=False)
    console.print(f"\n{told.sentence}", markup=False, soft_wrap=True)
    for text in told.details:
        console.print(f"  {text}", markup=False, soft_wrap=True)
    for text in told.warnings:
        if text not in said:
            console.print(f"! {capital(text)}", markup=False, soft_wrap=True)
    tell_files(console, out, written)
    return answer
