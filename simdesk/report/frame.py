"""The frame of every page: one file that needs no network and runs no script but its own."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from simdesk import __version__
from simdesk.experiment.estimate import Estimate
from simdesk.report import canvas
from simdesk.report.drawing import Drawing, drawn
from simdesk.report.panels import Panel
from simdesk.report.tables import Cell, Table
from simdesk.report.words import interval, value

_NUMBER: Final = re.compile(r"(?:[<>] )?(?<![\w.-])\d[\d,.]*(?<![,.])(?: (?:%|s|min|h|days?|tickets?)(?!\w))?(?![\w-])")
_GLUE: Final = re.compile(r"(?<=\d) (?=(?:%|s|min|h|days?)(?:\W|$))")


class Page(NamedTuple):
    """HTML text, and a sentence for every figure that could not be drawn."""

    text: str
    failures: list[str]


def page(template: str, panels: Sequence[Panel], *, currency: str, numbers: str, **content: Any) -> Page:
    """A page.

    Args:
        template: its name; it extends the frame.
        panels: the figures, in their order.
        currency: of the money in its tables.
        numbers: name of the file beside it in which all numbers stand.
        content: what the template shows.
    """
    plotly, script = _static("static/plotly-cartesian.min.js"), _static("templates/report.js")
    drawings = drawn(panels, numbers)
    text = _environment(currency).get_template(template).render(
        drawings=drawings,
        version=__version__,
        palette={"light": canvas.LIGHT, "dark": canvas.DARK},
        style=Markup(_static("templates/report.css")),
        plotly=Markup(plotly),
        script=Markup(script),
        data=Markup(script_json(_to_draw(drawings))),
        policy=_policy(plotly, script),
        **content,
    )  # fmt: skip
    return Page(text, [drawing.failure for drawing in drawings if drawing.failure])


def emphasised(sentence: str) -> list[tuple[str, bool]]:
    """A sentence cut at its numbers: (text, whether it is a number)."""
    parts: list[tuple[str, bool]] = []
    rest = sentence
    for number in _NUMBER.findall(sentence):
        before, found, rest = rest.partition(number)
        parts += [(before, False), (found, True)]
    return [part for part in [*parts, (rest, False)] if part[0]]


def script_json(data: object) -> str:
    """JSON that cannot end a script element, whatever is in it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _to_draw(drawings: Sequence[Drawing]) -> dict[str, Any]:
    """What the script draws: figures, palettes and the one configuration."""
    return {
        "figures": [drawing.figure for drawing in drawings if drawing.number],
        "light": canvas.LIGHT,
        "dark": canvas.DARK,
        "config": canvas.CONFIG,
    }


def _policy(*scripts: str) -> str:
    """What the page may do: run these scripts and no other, draw, and nothing else; no connection to anywhere."""
    seals = " ".join(f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'" for text in scripts)
    return (
        f"default-src 'none'; script-src {seals}; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; "
        "form-action 'none'"
    )


def _static(name: str) -> str:
    return files("simdesk.report").joinpath(name).read_text("utf-8")


def _environment(currency: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("simdesk.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def cells(table: Table) -> list[list[tuple[str, str, bool]]]:
        """Text, small text below, and whether it is a number, of every cell."""
        columns = table.columns
        return [[_shown(cell, c.unit, currency) for cell, c in zip(row, columns, strict=True)] for row in table.rows]

    environment.filters["glued"] = lambda text: _GLUE.sub("\u00a0", str(text))
    environment.filters["cells"] = cells
    return environment


def _shown(cell: Cell, unit: str, currency: str) -> tuple[str, str, bool]:
    if isinstance(cell, Estimate):
        return value(cell.value, unit, currency), interval(cell, unit), True
    if isinstance(cell, str):
        text, _, small = cell.partition("\n")
        return text, small, bool(small) or bool(re.match(r"[-<>–]?\s?\d", text))
    return value(cell, unit, currency), "", True
