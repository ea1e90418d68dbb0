"""Scenario → YAML text that loads back to an equal scenario."""

from __future__ import annotations

import yaml

from simdesk.scenario.loading import canonical
from simdesk.scenario.model import Scenario
from simdesk.scenario.yaml_events import scalar

_WIDTH = 110


def dumps(scenario: Scenario) -> str:
    """The scenario as YAML, every default filled in and every inherited value written out."""
    return yaml.dump(canonical(scenario), Dumper=_Writer, sort_keys=False, allow_unicode=True, width=_WIDTH)


class _Writer(yaml.SafeDumper):
    """Quotes what our reader would not take for text, such as `09:00`; PyYAML knows only the rules of YAML 1.1."""


def _text(writer: _Writer, text: str) -> yaml.ScalarNode:
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=None if _reads_as_text(text) else '"')


def _reads_as_text(text: str) -> bool:
    try:
        return isinstance(scalar(text), str)
    except ValueError:
        return False


_Writer.add_representer(str, _text)
