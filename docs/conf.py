"""How the documentation is built: offline, from Markdown, with reference pages filled from the code."""

from __future__ import annotations

import sys
from pathlib import Path

import simdesk

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "simdesk"
author = "The simdesk authors"
copyright = "2026, The simdesk authors"
release = simdesk.__version__
version = release

extensions = ["myst_parser", "reference_pages"]
exclude_patterns = ["_build"]
nitpicky = True

html_theme = "furo"
html_title = f"simdesk {release}"
html_copy_source = False

myst_heading_anchors = 3
