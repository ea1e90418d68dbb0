"""A figure that fails costs a figure, and a line that says so; everything else of the page stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import plotly.graph_objects as go
import pytest

from reported import reported
from simdesk.report import captions, figures, frame, write_report
from simdesk.report.files import write_results
from simdesk.report.page import report
from simdesk.report.panels import Panel
from simdesk.report.tables import Column, Table

NUMBERS = Table((Column("name", "Name"), Column("count", "Count", "number")), (("a", 1.0), ("b", 2.0)))


def broken(error: BaseException) -> Callable[..., go.Figure]:
    """A figure that cannot be drawn."""

    def draw(*_: object) -> go.Figure:
        raise error

    return draw


def sound() -> go.Figure:
    """A figure that can."""
    return figures.stacked(["a"], [1.0], ["accent"], ["all of it"])


def shapeless() -> go.Figure:
    """A figure that does not say how tall it is."""
    return go.Figure()


def test_the_other_figures_stand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """The week cannot be drawn: its caption and its numbers are there all the same, and the page says why."""
    runs, load = reported("service desk")
    whole = report(runs, loads=load)
    monkeypatch.setattr(figures, "week", broken(ValueError("\n  a domain of -5.6e-17\n  is refused")))

    failures = write_report(runs, tmp_path / "report.html", loads=load)

    text = (tmp_path / "report.html").read_text("utf-8")
    assert failures == [
        "The figure “How busy the teams are through the week” could not be drawn (ValueError: a domain of -5.6e-17); "
        "its numbers stand in measures.csv."
    ]
    assert failures[0] in text
    assert text.count('class="plot"') == whole.text.count('class="plot"') - 1
    assert text.count("<figcaption>") == whole.text.count("<figcaption>")
    assert text.count("<table>") == whole.text.count("<table>")


def test_a_figure_whose_words_fail_is_told_by_its_title(monkeypatch: pytest.MonkeyPatch):
    """What goes wrong before anything is drawn costs no more than what goes wrong while it is."""
    runs, load = reported("service desk")
    monkeypatch.setattr(captions, "week", broken(KeyError("team-7")))

    made = report(runs, loads=load)

    assert made.failures == [
        "The figure “How busy the teams are through the week” could not be drawn (KeyError: 'team-7'); its numbers "
        "stand in measures.csv."
    ]
    assert "Open tickets" in made.text


def test_the_command_is_told_which_figures_failed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """With all files written, the page among them."""
    runs, load = reported("service desk")
    monkeypatch.setattr(figures, "life", broken(RuntimeError()))

    written = write_results(runs, load, tmp_path / "out")

    assert (tmp_path / "out" / "report.html").is_file()
    assert written.failures == (
        "The figure “Where a ticket's time goes” could not be drawn (RuntimeError); its numbers stand in measures.csv.",
    )


def test_figures_beside_one_that_fails_keep_their_places():
    """A figure without a height has no place on a page; the script finds the others by their numbers."""
    panels = [Panel(name, name, draw, NUMBERS) for name, draw in
              (("first", sound), ("second", shapeless), ("third", sound))]  # fmt: skip

    made = frame.drawn(panels, "results.csv")

    assert [drawing.number for drawing in made] == [1, 0, 2]
    assert [bool(drawing.failure) for drawing in made] == [False, True, False]
    assert "its numbers stand in results.csv" in made[1].failure


@pytest.mark.parametrize("error", [MemoryError(), KeyboardInterrupt()])
def test_what_is_no_fault_of_a_figure_is_not_taken_for_one(error: BaseException, monkeypatch: pytest.MonkeyPatch):
    """No memory, and somebody who wants to stop."""
    runs, load = reported("crew")
    monkeypatch.setattr(figures, "week", broken(error))

    with pytest.raises(type(error)):
        report(runs, loads=load)
    monkeypatch.setattr(captions, "week", broken(error))
    with pytest.raises(type(error)):
        report(runs, loads=load)
