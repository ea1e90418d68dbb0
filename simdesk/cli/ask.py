"""`simdesk ask`: a question from a file, its answer in one sentence, a page and a table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import rich_click as click

from simdesk.cli.paths import FilePath
from simdesk.cli.run import assigned, folder_named, store_file, tell_files
from simdesk.cli.screen import forced, laboratory, screen, telling
from simdesk.engine import ENGINES

if TYPE_CHECKING:
    from rich.console import Console

    from simdesk.question.ask import Answer
    from simdesk.question.loading import Asked
    from simdesk.question.places import Typed
    from simdesk.report.told import Told

_DOUBT: Final = "--forecast-error"
_ALTERNATIVE: Final = "--with"
_OTHERWISE: Final = {
    ("slack", "team"): "TEAM", ("shifts", "team"): "TEAM", ("shifts", "lengths"): "--length",
    ("staff", "teams"): "--team", ("sensitivity", "factors"): "--factor", ("headroom", "targets"): "--target",
    ("rank", "among"): "--with",
}  # fmt: skip
"""Options that are not called as the part of a question that they state."""

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
    click.option("--out", type=FilePath(file_okay=False),
                 help="Folder for the answer; results/NAME-HASH unless stated."),
    forced,
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
@click.argument("question", type=FilePath())
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
    force: bool,
) -> None:
    """Answer a QUESTION, a file or the name of a shipped one such as slack.

    Prints the answer in plain words, and writes a page, a table and the question as it was asked.
    """
    from simdesk.question.loading import load_question
    from simdesk.shelf import find_question

    instead = assigned(changes)
    asked = load_question(find_question(question), quick=quick, changes=instead, replications=replications)
    forewarned = forewarn(asked, changed=instead)
    answered(asked, out or _usual(question.stem, asked), workers, engine, store, forewarned, force=force)


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
    from simdesk.scenario.excerpts import printable
    from simdesk.scenario.loading import vary
    from simdesk.scenario.problems import parse_assignment
    from simdesk.shelf import find

    question = {
        "question": printable(words)[:300],
        "desk": str(scenario)[-300:],
        verb: stated,
        "watch": list(given["watch"]),
        "confidence": given["confidence"],
        **({"replications": given["replications"]} if given["replications"] is not None else {}),
    }
    base = varied(scenario, given["changes"], given["seed"])
    if (doubt := given["forecast_error"]) is not None:
        base = vary(base, dict([parse_assignment(f"demand.forecast_error={doubt}", _DOUBT)]), _DOUBT)
    found = asked(question, quick=given["quick"], scenario=base, typed=_typed(verb, stated))
    folder = given["out"] or _usual(verb, found)
    forewarned = forewarn(found, find(scenario), assigned(given["changes"]))
    where = given["workers"], given["engine"], given["store"]
    return answered(found, folder, *where, forewarned, force=given["force"])


def _typed(verb: str, stated: Mapping[str, Any]) -> Typed:
    """The option, or the argument, by which each part of a question was typed."""
    typed: dict[tuple[str | int, ...], str] = {
        ("watch",): "--watch",
        ("confidence",): "--confidence",
        ("replications",): "--replications",
    }
    if verb in ("compare", "explain"):
        return typed | {(verb, name): _ALTERNATIVE for name in stated}
    typed |= {(verb, part): _OTHERWISE.get((verb, part), f"--{part.replace('_', '-')}") for part in stated}
    return typed | {(verb, "among", name): _ALTERNATIVE for name in stated.get("among", {})}


def _usual(name: str, asked: Asked) -> Path:
    """Where an answer goes unless stated: named so that equal questions share a folder, and others do not."""
    from simdesk.report.answer_page import question_seal

    return folder_named(name, question_seal(asked))


def forewarn(asked: Asked, file: Path | None = None, changed: Collection[str] = ()) -> set[str]:
    """Say what is known before anything is simulated: what is odd, which desk cannot keep up, what can never happen.

    Args:
        asked: the question.
        file: where its desk is written, if the question does not know.
        changed: dotted paths of what the command line changed.
    """
    from simdesk.experiment.load import team_loads
    from simdesk.experiment.warnings import before

    tell_oddities(asked, file, changed)
    said: set[str] = set()
    for name, scenario in asked.desks.items():
        for warning in before(scenario, team_loads(scenario)):
            if warning not in said:
                text = f"With {name}: {warning}" if name else warning
                said |= {text, warning}
                click.echo(f"! {text}", err=True)
    return said


def tell_oddities(asked: Asked, file: Path | None = None, changed: Collection[str] = ()) -> None:
    """Say what is odd about the desk of a question, and then about what its alternatives make of it."""
    from simdesk.experiment.findings import Finding, findings_of, placed
    from simdesk.scenario.loading import sources_of

    for problem in asked.odd:
        click.echo(f"! {problem.head}", err=True)
    told: set[Finding] = set()
    file, tried = asked.file or file, {*asked.changed, *changed}
    sources = sources_of(file) if file is not None else ()
    for name, scenario in asked.desks.items():
        found = [one for one in findings_of(scenario, as_read=not name and not tried) if one not in told]
        told.update(found)
        for problem in placed(found, () if name else sources, tried):
            click.echo(f"! {f'With {name}: ' if name else ''}{problem.head}", err=True)


def answered(
    asked: Asked, out: Path, workers: int | None, engine: str, store: bool, said: Collection[str], *, force: bool
) -> Answer:
    """Answer a question, print what it means and write the files; what was said before is not said again."""
    from simdesk.question.ask import ask as answer_to
    from simdesk.report.answer_page import answer_folder, write_numbers, write_page
    from simdesk.report.answers.tell import tell

    answer_folder(out, asked).check()
    with laboratory(workers, engine, store_file() if store else None, force=force) as lab:
        answer = answer_to(asked, lab=lab)
    numbers = write_numbers(answer, out)  # before anything is drawn or printed, so that nothing can lose them
    with telling(out):
        told = tell(answer)
    written = write_page(answer, told, out, numbers)
    console = screen()
    with telling(out):
        _print(console, answer, told, said)
    tell_files(console, out, written)
    return answer


def _print(console: Console, answer: Answer, told: Told, said: Collection[str]) -> None:
    """What an answer means; warnings that were said before are not said again."""
    from simdesk.report.answer_page import basis, capital

    asked = answer.asked
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
