"""The page: one file, no network, every number with its birth, and no text of a scenario as code."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from plotly.offline import get_plotlyjs_version

import simdesk.report
from reported import DESKS, PAYLOAD, poisoned, reported, subject
from simdesk.report import frame, sections, write_report
from simdesk.report.assumptions import DEFAULT, SAME, STATED, assumptions
from simdesk.report.nearest import nearest_form
from simdesk.report.page import render
from simdesk.scenario.loading import canonical, loads

FOLDER = Path(simdesk.report.__file__).parent
VOID = {"meta", "link", "img", "br", "input"}


class Page(HTMLParser):
    """Elements, attributes and visible text of a page; complains about an element that is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Every element ends where it should."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Remember visible text."""
        if not self._open or self._open[-1] not in ("script", "style"):
            self.text += data


def page(name: str) -> Page:
    """The report of one of the desks."""
    runs, load = reported(name)
    return Page(render(runs, loads=load))


@pytest.mark.parametrize("name", DESKS)
def test_every_desk_has_a_page(name: str):
    """Title, answer, tiles, provenance; also where nothing happened, and no NaN is shown."""
    runs, load = reported(name)

    said = page(name).text

    assert runs.scenario.title in said
    assert runs.provenance.scenario in said
    assert runs.provenance.logs in said
    assert "nan" not in re.findall(r"[a-z]+", said)
    assert "None" not in re.findall(r"[A-Za-z]+", said)
    assert load[0].team in said


def test_the_page_asks_for_nothing_from_anywhere(tmp_path: Path):
    """No element loads anything, and the policy would forbid it."""
    runs, load = reported("service desk")
    path = tmp_path / "report.html"

    write_report(runs, path, loads=load)

    found = Page(path.read_text("utf-8"))
    links = [attrs.get("src") or attrs.get("href") for _, attrs in found.elements]
    assert {link for link in links if link} == {"data:,", "#figures"}
    policy = next(a["content"] for tag, a in found.elements if tag == "meta" and a.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in policy.split("style-src")[0]
    assert "unsafe-eval" not in policy


def test_the_same_runs_make_the_same_page():
    """Letter by letter."""
    runs, load = reported("scanner")

    assert render(runs, loads=load) == render(runs, loads=load)


def test_every_figure_has_a_name_and_its_numbers():
    """A text alternative, a caption and a table for each."""
    found = page("service desk")

    plots = [attrs for tag, attrs in found.elements if tag == "div" and attrs.get("class") == "plot"]
    tags = [tag for tag, _ in found.elements]
    assert len(plots) == tags.count("figure") == tags.count("figcaption") > 5
    assert all(attrs["role"] == "img" and attrs["aria-label"] for attrs in plots)
    assert tags.count("table") >= len(plots)


def test_text_of_a_scenario_is_never_code():
    """Attacks in title, story, team, type and source are shown as what they are."""
    runs, load = poisoned()

    text = render(runs, loads=load)

    found = Page(text)
    assert [tag for tag, _ in found.elements].count("script") == 3
    assert not [attrs for tag, attrs in found.elements if tag in ("img", "a") and attrs.get("class") != "skip"]
    assert PAYLOAD in found.text
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert data is not None
    assert "onerror" not in json.dumps(json.loads(data[1]))


def test_no_template_switches_escaping_off():
    """Scripts and JSON are marked in Python, where they are made safe; a template marks nothing."""
    for template in (FOLDER / "templates").glob("*.j2"):
        assert not re.search(r"\|\s*safe|autoescape", template.read_text("utf-8"))


@pytest.mark.parametrize("text", ["</script>", "<!--", "\u2028", "&lt;", "a & b"])
def test_json_in_a_script_cannot_end_it(text: str):
    """And reads back as it was."""
    written = frame.script_json({"text": text})

    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written) == {"text": text}


def test_the_drawn_library_is_the_one_that_python_speaks_to():
    """The vendored build has the version of the installed plotly, so that figures mean the same."""
    head = (FOLDER / "static" / "plotly-cartesian.min.js").read_text("utf-8")[:200]

    assert f"plotly.js (cartesian - minified) v{get_plotlyjs_version()}" in head
    assert "MIT License" in (FOLDER / "static" / "plotly-cartesian.LICENSE").read_text("utf-8")


def test_a_target_is_shown_with_its_verdict_in_words():
    """Mark and word, the bound, the value."""
    (goal,) = sections.goals(subject("service desk"))

    assert (goal.label, goal.bound) == ("Resolved as promised", "at least 90.0 %")
    assert goal.verdict in ("met", "missed", "undecided")


@pytest.mark.parametrize("name", ["service desk", "scanner", "crew"])
def test_there_are_four_to_six_tiles(name: str):
    """Each with a number, and an interval or why there is none."""
    tiles = sections.tiles(subject(name))

    assert 4 <= len(tiles) <= 6
    assert all(tile.number and tile.interval for tile in tiles)


def test_assumptions_say_what_was_stated_and_what_was_not():
    """Stated, stated as the default, default; with evidence and without its marks in the text."""
    scenario = reported("service desk")[0].scenario

    rows = {row.path: row for row in assumptions(scenario)}

    assert (rows["demand.contacts"].value, rows["demand.contacts"].origin) == ("60 per business day", STATED)
    assert rows["calendars.office.days"].origin == SAME
    assert (rows["run.cool_down"].origin, rows["run.cool_down"].evidence) == (DEFAULT, "design")
    assert rows["teams.front.shrinkage.absent"].value == "15 %"
    assert rows["demand.types.app.work"].value == "tier_1: lognormal (mean 20 min, cv 1.2)"
    assert rows["flow.hand_off.pick_up"].evidence == "sim"
    assert not any("[" in row.doc for row in rows.values())


def test_the_scenario_at_the_foot_is_the_one_that_ran():
    """Saved and read again it has the same canonical form, so the same hash."""
    scenario = reported("scanner")[0].scenario

    again = loads(sections.as_yaml(subject("scanner")))

    assert yaml.safe_load(sections.as_yaml(subject("scanner"))) == canonical(scenario)
    assert canonical(again) == canonical(scenario)


def test_a_formula_is_named_only_where_it_applies():
    """A team of its own has one; with no work there is none; the reasons are those of the desk."""
    desk = nearest_form(subject("service desk"), "front")

    assert desk is not None
    assert desk.wait > 0
    assert "nights and days off count as waiting" in desk.why
    assert nearest_form(subject("nobody comes"), "front") is None


def test_the_formula_for_constant_work_at_one_scanner_is_pollaczek_khinchine():
    """Half of the wait for memoryless work, at the load that is expected while the list keeps it always busy."""
    scanner = subject("scanner")
    (load,) = scanner.loads

    found = nearest_form(scanner, "mri")

    assert found is not None
    assert found.agents == 1
    assert found.wait == pytest.approx(24 * 60 * found.occupancy / (2 * (1 - found.occupancy)), rel=1e-9)
    assert found.occupancy in (load.ratio, scanner.of_team("occupancy", "mri"))
