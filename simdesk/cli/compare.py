"""`simdesk compare`: a desk and its alternatives with the same luck, and what each difference means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import rich_click as click

from simdesk.cli.ask import answered, asking
from simdesk.cli.run import RESULTS, varied


@click.command()
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option("--with", "alternatives", multiple=True, required=True, metavar="PATH=VALUE[ + PATH=VALUE …]",
              help="An alternative: what it changes. Can be repeated.")  # fmt: skip
@click.option("--set", "changes", multiple=True, metavar="PATH=VALUE",
              help="Change a value on both sides. Can be repeated.")  # fmt: skip
@click.option("--watch", multiple=True, metavar="MEASURE[:WHOSE]",
              help="A measure to tell of, such as occupancy:first_line. Can be repeated.")  # fmt: skip
@click.option("--replications", type=click.IntRange(2, 100_000), help="Of each side, instead of the scenario's number.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Seed instead of the scenario's own.")
@click.option("--confidence", type=click.FloatRange(0.5, 0.9999), default=0.95, show_default=True,
              help="Of the intervals of all alternatives of a measure together (Bonferroni).")  # fmt: skip
@asking
def compare(
    scenario: Path,
    alternatives: tuple[str, ...],
    changes: tuple[str, ...],
    watch: tuple[str, ...],
    replications: int | None,
    seed: int | None,
    confidence: float,
    quick: bool,
    workers: int | None,
    engine: str,
    store: bool,
    out: Path | None,
) -> None:
    """Simulate a SCENARIO and alternatives to it with the same luck, and say what differs.

    Each replication of an alternative meets the tickets of the same replication of the base. So a difference is known
    with far fewer replications than either side.
    """
    from simdesk.question.loading import asked

    question = {
        "question": f"What does {' or '.join(alternatives)} change?"[:300],
        "desk": str(scenario),
        "compare": {text: _assignments(text) for text in alternatives},
        "watch": list(watch),
        "confidence": confidence,
        **({"replications": replications} if replications is not None else {}),
    }
    base = varied(scenario, changes, seed)
    answered(asked(question, quick=quick, scenario=base), out or RESULTS / "comparison", workers, engine, store)


def _assignments(text: str) -> dict[str, Any]:
    """The changes of one alternative."""
    from simdesk.errors import Problem, ScenarioError
    from simdesk.scenario.problems import parse_assignment

    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for part in text.split(" + "):
        try:
            path, value = parse_assignment(part.strip())
            found[path] = value
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems, "--with")
    return found
