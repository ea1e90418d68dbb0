"""Measures how fast simdesk is and writes docs/explanation/performance.md. Run it by hand, on an idle machine:

``python tests/benchmarks/run.py [--quick] [--only competitors|stages|sweeps|growth|features] [--rounds 5]``

Needs the bench extra: ``pip install -c constraints.txt -e '.[bench]'``. A library that is missing is left out. With
`--only` the other sections of the page stay as they are.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is imported

import argparse
from types import ModuleType

import competitors
import features
import growth
import page
import stages
import sweeps
from stopwatch import birth

SECTIONS: dict[str, tuple[str, ModuleType]] = {
    "competitors": ("Beside other libraries", competitors),
    "stages": ("Where the time goes", stages),
    "sweeps": ("A sweep of a hundred points", sweeps),
    "growth": ("How it grows", growth),
    "features": ("What the generality costs, feature by feature", features),
}


def main() -> None:
    """Measure what was asked for and write the page."""
    parser = argparse.ArgumentParser(description="Measure how fast simdesk is and write the page of the documentation.")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: does it work? its figures say nothing")
    parser.add_argument("--only", choices=SECTIONS, help="one section; the others stay as they are")
    parser.add_argument("--rounds", type=int, help="how often everything runs; 5 unless stated, 2 with --quick")
    asked = parser.parse_args()
    rounds = asked.rounds or (2 if asked.quick else 5)
    found = page.read_sections()
    for name, (title, module) in SECTIONS.items():
        if asked.only in (None, name):
            print(f"{title} …", flush=True)
            load_before = os.getloadavg()[0]
            text = module.section(quick=asked.quick, rounds=rounds)
            size = "**Tiny sizes, for trying the script: these figures say nothing.** " if asked.quick else ""
            found[title] = f"{size}{birth(module.PACKAGES, rounds, load_before)}\n\n{text}"
            print(found[title], flush=True)
            page.write({title: found[title] for title, _ in SECTIONS.values() if title in found})


if __name__ == "__main__":
    main()
