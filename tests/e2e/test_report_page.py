"""The report in a real browser: it draws everything, asks for nothing, runs no text of a scenario, and has names."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from reported import PAYLOAD, poisoned, reported
from simdesk.report import write_report

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium")
SCHEMES = ("light", "dark")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium."""
    if CHROMIUM is None:
        if os.environ.get("SIMDESK_REQUIRE_BROWSER") == "1":
            pytest.fail("SIMDESK_REQUIRE_BROWSER is set, but there is no chromium; apt-get install chromium")
        pytest.skip("there is no chromium; apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports of a desk, a list, a crew, a desk where nothing happens, and a desk full of attacks."""
    folder = tmp_path_factory.mktemp("reports")
    desks = {name: reported(name) for name in ("service desk", "scanner", "crew", "nobody comes")}
    desks["poisoned"] = poisoned()
    paths = {}
    for number, (name, (runs, loads)) in enumerate(desks.items()):
        paths[name] = folder / f"{number}.html"
        write_report(runs, paths[name], loads=loads)
    return paths


@dataclass
class Visit:
    """An open page and what it did."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


def visit(browser: Any, path: Path, *, scheme: str = "light", width: int = 1280) -> Visit:
    """Open a report and wait until its figures are drawn."""
    page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
    seen = Visit(page)
    page.on("console", lambda message: seen.said.append(message.text))
    page.on("pageerror", lambda error: seen.said.append(str(error)))
    page.on("dialog", lambda dialog: (seen.said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: seen.asked.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-drawn=all]", timeout=20_000, state="attached")
    return seen


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", ["service desk", "scanner", "crew", "nobody comes", "poisoned"])
def test_the_page_opens_in_silence(browser: Any, files: dict[str, Path], name: str, scheme: str):
    """No error, no request but the file itself, no dialog, nothing changed by an attack."""
    seen = visit(browser, files[name], scheme=scheme)

    assert seen.said == []
    assert [url for url in seen.asked if not url.startswith("data:")] == [files[name].as_uri()]
    seen.page.context.close()


@pytest.mark.parametrize("name", ["service desk", "scanner", "crew"])
def test_every_figure_is_drawn(browser: Any, files: dict[str, Path], name: str):
    """Each has marks inside, none is higher or wider than its place, and no button sends anything away."""
    page = visit(browser, files[name]).page

    plots = page.query_selector_all(".plot")
    assert plots
    for plot in plots:
        place, drawn = plot.bounding_box(), plot.query_selector("svg.main-svg").bounding_box()
        assert drawn["width"] <= place["width"] + 1
        assert drawn["height"] <= place["height"] + 1
        assert plot.query_selector(".trace, .points path, .bars path") is not None
    assert page.query_selector(".modebar") is None
    assert "cloud" not in page.inner_text("body").lower()
    page.context.close()


def test_an_attack_is_shown_as_text(browser: Any, files: dict[str, Path]):
    """The title is what was written, letter by letter; no element came of it, and no link in a figure."""
    page = visit(browser, files["poisoned"]).page

    assert page.inner_text("h1") == PAYLOAD
    assert page.query_selector_all("img, iframe, object, embed, .plot a, body a:not(.skip)") == []
    assert page.query_selector_all("[onerror], [onload], [onclick]") == []
    page.context.close()


def test_an_injected_script_would_not_run(browser: Any, files: dict[str, Path]):
    """The policy knows the page's own scripts by their hash and refuses every other."""
    seen = visit(browser, files["service desk"])

    seen.page.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = 'window.hacked = 1';
            document.body.append(script);
        }"""
    )

    assert seen.page.evaluate("window.hacked") is None
    assert any("Content Security Policy" in text for text in seen.said)
    seen.page.context.close()


def test_figures_follow_the_light(browser: Any, files: dict[str, Path]):
    """When the system turns dark, so do page and figures, and back again."""
    page = visit(browser, files["service desk"]).page
    colour = "getComputedStyle(document.querySelector('.plot .xtick text')).fill"
    ground = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(colour), page.evaluate(ground)

    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(1000)
    dark = page.evaluate(colour), page.evaluate(ground)
    page.emulate_media(color_scheme="light")
    page.wait_for_timeout(1000)

    assert dark[0] != before[0]
    assert dark[1] != before[1]
    assert (page.evaluate(colour), page.evaluate(ground)) == before
    page.context.close()


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_sticks_out(browser: Any, files: dict[str, Path], width: int):
    """A telephone, a tablet and a screen: the page scrolls downwards only."""
    page = visit(browser, files["service desk"], width=width).page

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


@pytest.mark.parametrize("name", ["service desk", "scanner", "nobody comes"])
def test_everything_has_a_name(browser: Any, files: dict[str, Path], name: str):
    """Figures, drawings, regions and buttons have one; ids are unique; headings do not jump; tables have heads."""
    page = visit(browser, files[name]).page

    assert page.evaluate(
        """() => {
            const label = (e) => document.getElementById(e.getAttribute('aria-labelledby'))?.textContent;
            const own = (e) => e.matches('button, summary') && e.textContent;
            const named = (e) => (e.getAttribute('aria-label') || label(e) || own(e) || '').trim();
            const all = (where) => [...document.querySelectorAll(where)];
            const faults = all('figure, section, button, summary, [role=img], [role=region]').filter((e) => !named(e));
            const loose = all('svg').filter((e) => !e.closest('[role=img][aria-label], [aria-hidden=true]'));
            const reachable = all('[role=img] a, [role=img] button, [role=img] [tabindex]');
            const ids = all('body [id]').filter((e) => !e.closest('svg')).map((e) => e.id);
            const double = ids.filter((id, at) => ids.indexOf(id) !== at);
            const bare = all('table').filter((t) => !t.querySelector('thead th[scope=col]'));
            return [faults, loose, reachable, bare].flat().map((e) => e.outerHTML.slice(0, 80)).concat(double);
        }"""
    ) == []  # fmt: skip
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate("document.querySelectorAll('h1').length") == 1
    page.context.close()


def test_the_numbers_are_reached_by_keyboard(browser: Any, files: dict[str, Path]):
    """Tab leads to the skip link first, and a figure's table opens with Enter."""
    page = visit(browser, files["service desk"]).page

    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.className")
    page.focus("figure summary")
    page.keyboard.press("Enter")

    assert first == "skip"
    assert page.is_visible("figure details[open] table")
    page.context.close()


def test_the_page_prints_in_light_colours(browser: Any, files: dict[str, Path]):
    """A dark screen prints on white paper, with figures that fit."""
    page = visit(browser, files["service desk"], scheme="dark").page

    pdf = page.pdf()

    assert pdf.startswith(b"%PDF")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('.answer')).color") == "rgb(23, 33, 43)"
    page.context.close()
