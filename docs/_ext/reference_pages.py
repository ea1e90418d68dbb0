"""Fills the reference pages from the code, so that they cannot say anything else.

A page holds a line such as ``<!-- from the code: scenario -->``; it becomes Markdown while Sphinx reads the page. A
page that the code cannot fill yet says so. A mark that cites an unlisted source and an example that does not load are
warnings, which fail the build.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import textwrap
from collections.abc import Callable, Iterable
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenario_tables import chapters, shapes
from sphinx.util import logging

from simdesk import policies, queueing, states, ticketlog
from simdesk.errors import ScenarioError
from simdesk.question.model import Question
from simdesk.scenario.loading import loads

if TYPE_CHECKING:
    from sphinx.application import Sphinx

LOG = logging.getLogger(__name__)
MARKER = re.compile(r"^<!-- from the code: ([a-z-]+) -->$", re.MULTILINE)
CITED = re.compile(r"src:([\d,-]+)")
EXAMPLE = re.compile(r"^```yaml\n((?:(?!```).*\n)*?demand:\n(?:(?!```).*\n)*)```$", re.MULTILINE)
NOT_YET = "*This build of simdesk has none.*"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    lines = [list(head), *([str(cell) for cell in row] for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _optional(module: str, name: str) -> Any:
    """Something of the package, or None while it is not there."""
    try:
        return getattr(importlib.import_module(module), name, None)
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("simdesk"):
            raise
        return None


def member_docs(words: type[IntEnum]) -> dict[str, str]:
    """What stands below each member of an enum."""
    body = ast.parse(textwrap.dedent(inspect.getsource(words))).body[0]
    assert isinstance(body, ast.ClassDef)  # the source of a class is a class
    docs: dict[str, str] = {}
    for statement, following in zip(body.body, body.body[1:], strict=False):
        if isinstance(statement, ast.Assign) and isinstance(following, ast.Expr):
            name, doc = statement.targets[0], following.value
            if isinstance(name, ast.Name) and isinstance(doc, ast.Constant):
                docs[name.id] = str(doc.value)
    return docs


def _words(*all_words: type[IntEnum]) -> str:
    parts = []
    for words in all_words:
        docs = member_docs(words)
        rows = [(f"`{member.name.lower()}`", docs.get(member.name, "")) for member in words]
        parts.append(f"## {_spaced(words.__name__)}\n\n{inspect.getdoc(words)}\n\n{table(('Word', 'Meaning'), rows)}")
    return "\n\n".join(parts)


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def policy_words() -> str:
    """Every policy that a team can have, with what it does."""
    return _words(policies.Discipline, policies.AgentChoice, policies.Begins, policies.AtBreak, policies.AtShiftEnd)


def state_words() -> str:
    """What a ticket's second is spent on, and how a ticket ends."""
    return _words(states.State, states.Outcome)


def log_columns() -> str:
    """The column contract of the ticket log."""
    tables = {
        "Tickets": ticketlog.TICKET_COLUMNS,
        "Touches": ticketlog.TOUCH_COLUMNS,
        "Duty": ticketlog.DUTY_COLUMNS,
    }
    return "\n\n".join(
        f"## {name}\n\n" + table(("Column", "Meaning"), ((f"`{column}`", doc) for column, doc in columns.items()))
        for name, columns in tables.items()
    )


def measures() -> str:
    """Every registered measure with its definition."""
    head = ("Name", "In reports", "Unit", "Better", "Definition")
    parts = []
    for title, name in (("Of tickets", "MEASURES"), ("Of teams", "TEAM_MEASURES")):
        registry = _optional("simdesk.measures", name) or {}
        rows = [(f"`{m.name}`", m.label, m.unit, m.better, m.doc) for m in registry.values()]
        parts.append(f"## {title}\n\n{table(head, rows) if rows else NOT_YET}")
    costs = _optional("simdesk.measures", "COST_LABELS") or {}
    rows = [(f"`{cost}`", label, unit, "lower", doc) for cost, (label, unit, doc) in costs.items()]
    parts.append(f"## Of money\n\n{table(head, rows) if rows else NOT_YET}")
    return "\n\n".join(parts)


def commands() -> str:
    """Every command with its arguments and options."""
    group = _optional("simdesk.cli", "cli")
    if group is None:
        return NOT_YET
    import click

    parts = []
    with click.Context(group, info_name="simdesk") as context:
        for name in group.list_commands(context):
            try:
                parts.append(_command(name, group.get_command(context, name), context))
            except ModuleNotFoundError as error:
                if not (error.name or "").startswith("simdesk"):
                    raise
                parts.append(f"## simdesk {name}\n\n{NOT_YET}")
    return "\n\n".join(parts)


def _command(name: str, command: Any, parent: Any) -> str:
    import click

    with click.Context(command, info_name=name, parent=parent) as context:
        usage = " ".join(("simdesk", name, *command.collect_usage_pieces(context)))
        options = [o for o in command.get_params(context) if isinstance(o, click.Option) and not o.hidden]
        rows = [(f"`{', '.join(o.opts + o.secondary_opts)}`", o.help or "") for o in options]
    doc = re.sub(r"^#", r"\\#", inspect.cleandoc(command.help or "").replace("\b", ""), flags=re.MULTILINE)
    told = table(("Option", "Meaning"), rows) if rows else "It has no options."
    return f"## simdesk {name}\n\n{doc}\n\n```sh\n{usage}\n```\n\n{told}"


def public_names() -> str:
    """What `import simdesk` offers."""
    names = [name for name in _optional("simdesk", "__all__") or () if not name.startswith("__")]
    if not names:
        return NOT_YET
    rows = [(f"`{name}`", _first_line(_optional("simdesk", name))) for name in names]
    return table(("Name", "For"), rows)


def _first_line(thing: Any) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0]


def closed_forms() -> str:
    """Every public closed form."""
    functions = [getattr(queueing, name) for name in queueing.__all__]
    rows = [(f"`{f.__name__}`", _first_line(f)) for f in functions if inspect.isfunction(f)]
    return table(("Function", "Answers"), rows)


def scanner() -> str:
    """Waits for one scanner with 20 equal slots a day, by how busy it is."""
    slots = 20.0
    rows = []
    for occupancy in (0.85, 0.90, 0.95, 0.99, 0.995, 0.998):
        wait = queueing.mg1(occupancy * slots, queueing.Moments.deterministic(1 / slots)).mean_wait
        rows.append((f"{100 * occupancy:g} %", f"{wait:.2f} days"))
    return table(("Busy", "Mean wait"), rows)


def crew() -> str:
    """The cheapest team by size of the load and by what waiting costs."""
    costs = (0.5, 5.0, 100.0, 1000.0)
    rows = []
    for load in (0.05, 1.0, 10.0, 100.0):
        best = [queueing.cheapest_team(load, 1.0, agent_cost=1.0, waiting_cost=cost) for cost in costs]
        cells = (f"{team.agents} ({100 * team.queue.occupancy:.0f} % busy)" for team in best)
        rows.append((f"{load:g} Erlang", *cells))
    return table(("Load", *(f"{cost:g} ×" for cost in costs)), rows)


PARTS: dict[str, Callable[[], str]] = {
    "scenario": lambda: chapters(table),
    "question": lambda: chapters(table, Question),
    "distributions": lambda: shapes(table),
    "policies": policy_words,
    "states": state_words,
    "log": log_columns,
    "measures": measures,
    "commands": commands,
    "python": public_names,
    "closed-forms": closed_forms,
    "scanner": scanner,
    "crew": crew,
}


def fill(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put the code's own words into a page; what the page shows as a whole scenario must load."""
    source[0] = MARKER.sub(lambda marker: PARTS[marker[1]](), source[0])
    for example in EXAMPLE.findall(source[0]):
        try:
            loads(example, docname)
        except ScenarioError as error:
            LOG.warning("%s", error, location=docname)
    listed = (Path(app.srcdir) / "reference" / "sources.md").read_text("utf-8")
    for numbers in CITED.findall(source[0]):
        for number in _numbers(numbers):
            if not re.search(rf"^\| {number} \|", listed, re.MULTILINE):
                LOG.warning("source %s is cited but not listed in reference/sources.md", number, location=docname)


def _numbers(text: str) -> Iterable[int]:
    """The numbers behind ``2,20`` or ``53-55``."""
    for part in text.strip(",-").split(","):
        low, _, high = part.partition("-")
        yield from range(int(low), int(high or low) + 1)


def always_read(app: Sphinx, *_: object) -> list[str]:
    """Pages that depend on the code; Sphinx cannot see when it changes."""
    pages = (str(path) for path in app.project.docnames)
    return [page for page in pages if MARKER.search(Path(app.env.doc2path(page)).read_text("utf-8"))]


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx calls this."""
    app.connect("env-get-outdated", always_read)
    app.connect("source-read", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
