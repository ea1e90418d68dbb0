"""What is odd about a scenario, as data: it can be run as it stands, but very likely means something else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from simdesk.errors import Problem
from simdesk.scenario.excerpts import dotted
from simdesk.scenario.loading import problem_in
from simdesk.scenario.model import Scenario
from simdesk.scenario.yaml_source import Source


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is accepted and hardly meant.

    Attributes:
        code: name of the rule that found it.
        path: of the value, from the scenario downwards.
        message: what is odd and how to mend it, without the place.
    """

    code: str
    path: tuple[str | int, ...]
    message: str


Rule = Callable[[Scenario], Iterator[Finding]]
"""Looks for one oddity."""


def placed(
    findings: Iterable[Finding], sources: Sequence[Source] = (), changed: Collection[str] = (), file: str = ""
) -> list[Problem]:
    """Findings with file, line and column.

    Args:
        findings: of one scenario.
        sources: its file and those that it extends, see `loading.sources_of`.
        changed: dotted paths that were changed after the file was read; what lies there has no line.
        file: what to call the place of a value without a line.
    """
    return [_placed(finding, sources, changed, file) for finding in findings]


def _placed(finding: Finding, sources: Sequence[Source], changed: Collection[str], file: str) -> Problem:
    path = dotted(finding.path)
    touched = any(f"{path}.".startswith(f"{one}.") or f"{one}.".startswith(f"{path}.") for one in changed)
    if sources and not touched:
        return problem_in(sources, finding.message, finding.path)
    return Problem(finding.message, path, file)
