"""The page of the documentation that a benchmark writes: sections, tables and figures. It measures nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "explanation"
PAGE = FOLDER / "performance.md"

INTRODUCTION = """\
# How fast it is

This page was written by `python tests/benchmarks/run.py`. Every section says where and when it was measured.
Elsewhere the figures differ; the ratios differ less. Run it yourself.

What is compared is CPU time for the same desk in different libraries. They take turns, round by round, each run in a
process of its own, so that a machine that slows down slows down everybody. A figure is the median of the rounds; the
least and the most stand in brackets. Slow libraries get fewer tickets, and all figures are per ticket. Everybody stops
when the last day is over. NumPy has one thread. Compiling is not counted; simdesk's kernel compiles once on a machine,
cimba once in every process.

The comparison is not quite fair, in either direction:

* The others keep a list of waits, Ciw a record of every visit. simdesk keeps a whole log: every ticket, every touch and
  every agent's presence.
* simdesk draws all chance before the clock starts, with a stream for every purpose. The others draw as they go. That is
  cheaper, and it gives up comparing two desks under the same luck.
* simdesk counts whole seconds, the others fractions of a minute.
* simdesk's kernel and cimba are compiled, the others are Python. cimba compiles a model into coroutines on a C engine.
* SimPy, salabim and cimba run any process that can be written for them. simdesk runs the desks that its YAML describes.
"""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; the first column is text, the others are figures."""
    lines = [heads, ["---", *["--:"] * (len(heads) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def read_sections() -> dict[str, str]:
    """The page's sections by title, as they were written last."""
    if not PAGE.exists():
        return {}
    parts = PAGE.read_text("utf-8").split("\n## ")[1:]
    return {title: body.strip() for title, _, body in (part.partition("\n") for part in parts)}


def write(sections: Mapping[str, str]) -> None:
    """Write the whole page."""
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items())
    PAGE.write_text(f"{INTRODUCTION}\n{body}\n", "utf-8", newline="\n")


def figure(name: str, x: str, y: str, xs: Sequence[float], lines: Mapping[str, Sequence[float]], *, log: bool) -> str:
    """Draw lines over some sizes; returns the Markdown that shows them, or says what is missing."""
    try:
        import matplotlib
    except ImportError:
        return "*(The figure needs matplotlib: install the bench extra.)*"
    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    plt.rcParams.update({"svg.hashsalt": name, "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10})
    drawing, axes = plt.subplots(figsize=(6.4, 3.2), layout="constrained")
    for label, values in lines.items():
        axes.plot(xs, values, marker="o", label=label)
    if log:
        axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    path = FOLDER / f"performance-{name}.svg"
    drawing.savefig(path, metadata={"Date": None, "Creator": None})
    plt.close(drawing)
    return f"![{y} against {x}]({path.name})"
