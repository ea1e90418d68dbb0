"""What pydantic complains about, as sentences that a person can act on, at the place of the mistake.

Knows pydantic's errors and where a `Source` keeps its values. Works for any model; knows nothing about desks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ValidationError

from simdesk.errors import Problem, ScenarioError
from simdesk.scenario.excerpts import dotted, nearest, quoted
from simdesk.scenario.forms import Form, below, forms_of, key_forms, narrowed
from simdesk.scenario.sentences import Sentence, sentence
from simdesk.scenario.short_forms import as_written
from simdesk.scenario.yaml_source import parse_value

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from simdesk.scenario.yaml_events import Plain
    from simdesk.scenario.yaml_source import Source

__all__ = ["Complaint", "Complaints", "complain", "complain_of", "nearest", "parse_assignment", "problems_from"]

MOST_PROBLEMS = 100
MOST_ERRORS = 2_000
"""Of pydantic's errors, only so many are looked at; a hostile file can have twenty thousand."""

Path = tuple[str | int, ...]


class Complaint(NamedTuple):
    """Something that a validator finds wrong below the model it belongs to.

    Args:
        path: where, from the validator's model downwards.
        message: what is wrong and how to mend it, without the place.
        at_key: whether the key is wrong rather than its value.
    """

    path: Sequence[str | int]
    message: str
    at_key: bool = False


class Complaints(ValueError):  # noqa: N818 - a list of what is wrong, raised where pydantic wants an error
    """Several complaints at once; raise it in a validator, and each is shown at its own place.

    Args:
        complaints: `Complaint`s, or plain pairs of path and message. Of many only so many are taken as will be shown,
            and one more; a hostile file can have thousands, and each asks for the nearest spelling.
    """

    def __init__(self, complaints: Iterable[Complaint | tuple[Sequence[str | int], str]]) -> None:
        self.complaints = tuple(Complaint(*complaint) for complaint in islice(complaints, MOST_PROBLEMS + 1))
        super().__init__("; ".join(f"{dotted(path)}: {message}" for path, message, _ in self.complaints))


def complain_of(complaints: Iterable[Complaint | tuple[Sequence[str | int], str]]) -> None:
    """Raise some complaints, if there are any.

    Raises:
        Complaints: there are.
    """
    found = Complaints(complaints)
    if found.complaints:
        raise found


def complain(path: Sequence[str | int], message: str, *, at_key: bool = False) -> Complaints:
    """One complaint, to be raised: `raise complain(("flow", "entry"), "no team named 'l3'")`."""
    return Complaints([Complaint(path, message, at_key)])


@dataclass(frozen=True, slots=True)
class _Trail:
    """The place of an error, with what pydantic mixed into it sorted out.

    Args:
        path: keys and indices only.
        branches: for each union on the way: how long the path was, and which branch was tried.
        holders: what the model allows for the mapping that holds the last key, in every branch.
        forms: what it allows for the value itself.
        at_key: whether the key itself is wrong.
    """

    path: Path
    branches: tuple[tuple[int, str], ...]
    holders: list[Form]
    forms: list[Form]
    at_key: bool


@dataclass(frozen=True, slots=True)
class _Finding:
    """One thing that pydantic found, on its way to becoming a `Problem`."""

    path: Path
    said: Sentence
    branches: tuple[tuple[int, str], ...] = ()
    at_key: bool = False


def problems_from(
    error: ValidationError, source: Source | None, model: type[BaseModel], *, file: str = ""
) -> list[Problem]:
    """The problems behind a pydantic error, in the order of the file, each once.

    Args:
        error: what validating raised.
        source: the text that was validated; without it problems have paths but no positions.
        model: the model it was validated against.
        file: what to call the text when there is no source.
    """
    details = error.errors(include_url=False)[:MOST_ERRORS]
    found = [finding for detail in details for finding in _findings(detail, model, source)]
    problems: dict[Problem, None] = {}
    for finding in _without_echoes(_one_branch_each(found)):
        if source is None:
            problem = Problem(finding.said.text, dotted(finding.path), file)
        else:
            problem = source.problem(finding.said.text, finding.path, key=finding.at_key)
        problems[problem] = None
    ordered = sorted(problems, key=lambda problem: (problem.line, problem.column))
    if len(ordered) > MOST_PROBLEMS:
        more = "there are more problems; mend the ones above first"
        ordered[MOST_PROBLEMS:] = [Problem(more, file=ordered[0].file)]
    return ordered


def parse_assignment(text: str, option: str = "--set") -> tuple[str, Plain]:
    """Dotted path and value of `teams.first_line.agents=6`, as given to an option of the command line.

    Raises:
        ScenarioError: it is no assignment, or its value breaks a rule that holds for files.
    """
    path, sign, written = text.partition("=")
    path = path.strip()
    if not sign or not written.strip():
        example = "teams.first_line.agents=6"
        raise _refused(f"{quoted(text)} does not set anything; write path=value, such as {example}", option)
    if not all(step and step.isprintable() and " " not in step for step in path.split(".")):
        raise _refused(f"{quoted(path)} is not a path; write names with dots between them, such as run.seed", option)
    try:
        return path, parse_value(written, option)
    except ScenarioError as error:
        placed = [_below(problem, path) for problem in error.problems]
        raise ScenarioError(placed, option) from None


def _refused(message: str, option: str) -> ScenarioError:
    return ScenarioError([Problem(message, file=option)], option)


def _below(problem: Problem, path: str) -> Problem:
    full = f"{path}.{problem.path}" if problem.path else path
    return replace(problem, path=full, line=0, column=0)


def _findings(detail: ErrorDetails, model: type[BaseModel], source: Source | None) -> Iterator[_Finding]:
    """One finding, or one per complaint of a validator."""
    trail = _trail(detail, model, source)
    raised = detail.get("ctx", {}).get("error")
    if isinstance(raised, Complaints):
        for path, message, at_key in raised.complaints:
            whole = (*trail.path, *path)
            place = as_written(whole, source.data) if source is not None else whole
            yield _Finding(place, Sentence(message), trail.branches, at_key)
        return
    last = str(trail.path[-1]) if trail.path else ""
    said = sentence(detail, last, trail.holders, trail.forms)
    path = trail.path
    if said.about is not None:
        path = (*path, said.about)
    yield _Finding(path, said, trail.branches, trail.at_key or said.at_key)


def _trail(detail: ErrorDetails, model: type[BaseModel], source: Source | None) -> _Trail:
    """The trail of an error; where a key is spelt like the name of a branch, its input decides."""
    data = source.data if source is not None else None
    first = _follow(detail, model, data)
    if source is None or _leads_to(first, detail, data):
        return first
    others = (_follow(detail, model, data, tag_at=index) for index in range(len(detail["loc"])))
    return next((trail for trail in others if _leads_to(trail, detail, data)), first)


def _follow(detail: ErrorDetails, model: type[BaseModel], data: Any, tag_at: int = -1) -> _Trail:
    """Walk down model and data along an error's place, telling keys from the names of branches."""
    place = detail["loc"]
    about_key = detail["type"] in ("missing", "extra_forbidden")
    path: Path = ()
    branches: tuple[tuple[int, str], ...] = ()
    forms = wide = holders = forms_of(model)
    at_key = False
    for index, step in enumerate(place):
        under = below(forms, step)
        if step == "[key]" and index == len(place) - 1:
            forms, at_key = key_forms(holders), True
        elif index != tag_at and (_has(data, step) or under or (about_key and index == len(place) - 1)):
            path, data = (*path, step), data[step] if _has(data, step) else None
            holders, forms, wide = wide, under, under
        else:
            branches = (*branches, (len(path), str(step)))
            inserted = index == tag_at and under and not any(str(step) in form.tags for form in forms)
            forms = under if inserted else narrowed(forms, str(step))
            wide = forms if inserted else wide  # a key that a validator added to what was written
    return _Trail(path, branches, holders, forms, at_key)


def _has(data: Any, step: str | int) -> bool:
    if isinstance(data, Mapping):
        return step in data
    return isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data)


def _leads_to(trail: _Trail, detail: ErrorDetails, data: Any) -> bool:
    """Whether the value at the end of a trail is the one that pydantic complains about."""
    for step in trail.path[:-1] if detail["type"] == "missing" else trail.path:
        if not _has(data, step):
            return False
        data = data[step]
    return trail.at_key or data is detail["input"]


def _one_branch_each(found: Sequence[_Finding], level: int = 0) -> list[_Finding]:
    """The findings with one branch of each union, the one that understood most of what was written."""
    unions: dict[tuple[Path, int] | int, dict[str, list[_Finding]]] = {}
    for index, finding in enumerate(found):
        if len(finding.branches) > level:
            length, branch = finding.branches[level]
            unions.setdefault((finding.path[:length], length), {}).setdefault(branch, []).append(finding)
        else:
            unions[index] = {"": [finding]}
    kept: list[_Finding] = []
    for place, tried in unions.items():
        if isinstance(place, int):
            kept += tried[""]
            continue
        branches = [_one_branch_each(branch, level + 1) for branch in tried.values()]
        best = max(map(_understood, branches))
        kept += _together([branch for branch in branches if _understood(branch) == best])
    return kept


def _understood(branch: Sequence[_Finding]) -> tuple[int, int, int, bool, int]:
    """How far a branch got: depth, keys that nearly fit, keys that do not, form, fewest errors."""
    missing = {finding.path for finding in branch if finding.said.kind == "missing"}
    misspelt = sum((*finding.path[:-1], finding.said.meant) in missing for finding in branch)
    odd_keys = sum(finding.said.kind in ("missing", "extra_forbidden") for finding in branch)
    fits_form = any(not finding.said.wanted for finding in branch)
    return max(len(finding.path) for finding in branch), misspelt, -odd_keys, fits_form, -len(branch)


def _together(branches: Sequence[Sequence[_Finding]]) -> Sequence[_Finding]:
    """Branches that got equally far: "must be a whole number or 'auto', not text", or else the first."""
    first = branches[0][0]
    if len(branches) == 1 or any(len(branch) > 1 or branch[0].path != first.path for branch in branches):
        return branches[0]
    if not all(branch[0].said.wanted for branch in branches):
        return branches[0]
    return [replace(first, said=Sentence.either([branch[0].said for branch in branches]))]


def _without_echoes(found: Sequence[_Finding]) -> list[_Finding]:
    """A misspelt key is one mistake: leave out that the key it was meant to be is missing, and what is below it."""
    meant = {(*finding.path[:-1], finding.said.meant) for finding in found if finding.said.meant}
    wrong = {finding.path for finding in found if finding.at_key}
    return [
        finding
        for finding in found
        if not (finding.said.kind == "missing" and finding.path in meant)
        and (finding.at_key or not any(finding.path[:length] in wrong for length in range(len(finding.path) + 1)))
    ]
