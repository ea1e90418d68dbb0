"""Panels, drawn: each as Plotly's JSON, or with the reason why not. A failure costs a figure and not a page."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from simdesk.report.panels import Panel

_MOST_LETTERS: Final = 200
"""Letters of a reason that are shown."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A panel as a page shows it.

    Attributes:
        panel: what it is.
        number: of the figure among those of the page, from 1; 0 if there is none.
        figure: as Plotly reads it; empty if there is none.
        height: pixels.
        failure: a sentence that says why it could not be drawn; empty if it was.
    """

    panel: Panel
    number: int
    figure: dict[str, Any]
    height: int
    failure: str = ""


def drawn(panels: Iterable[Panel], table: str) -> list[Drawing]:
    """Every panel with its figure, or with a sentence in its place.

    Args:
        panels: in their order.
        table: name of the file in which all numbers stand.

    Raises:
        MemoryError: there is not enough for the figures, and there will not be for the page.
    """
    drawings: list[Drawing] = []
    number = 0
    for panel in panels:
        try:
            figure = json.loads(panel.figure.to_json())
            height = int(figure["layout"]["height"])
        except MemoryError:
            raise
        except Exception as error:
            drawings.append(Drawing(panel, 0, {}, 0, _failure(panel, error, table)))
        else:
            number += 1
            drawings.append(Drawing(panel, number, figure, height))
    return drawings


def _failure(panel: Panel, error: Exception, table: str) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    reason = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    return f"The figure “{panel.title}” could not be drawn ({reason[:_MOST_LETTERS]}); its numbers stand in {table}."
