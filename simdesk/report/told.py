"""An answer as a page tells it: the sentence that a manager reads, and everything that supports it."""

from __future__ import annotations

from dataclasses import dataclass

from simdesk.report.panels import Panel
from simdesk.report.tables import Table


@dataclass(frozen=True, slots=True)
class Told:
    """One answer in words, figures and tables.

    Attributes:
        sentence: the answer, with its uncertainty; claims exactly what was computed.
        details: more sentences, the most important first.
        warnings: what a reader must know before believing it.
        panels: figures, each with its numbers.
        tables: (title, table); every figure of a sentence is in one of them.
    """

    sentence: str
    details: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    panels: tuple[Panel, ...] = ()
    tables: tuple[tuple[str, Table], ...] = ()
