"""Scenario → YAML text that loads back to an equal scenario; also any other plain data that our reader shall take."""

from __future__ import annotations

from typing import Any

import yaml

from simdesk.scenario.loading import canonical
from simdesk.scenario.model import Scenario
from simdesk.scenario.yaml_events import MOST_NODES, nodes_of, scalar
from simdesk.scenario.yaml_source import LARGEST_FILE

_WIDTH = 110
_ONLY_STATED = "# Only what was stated: with every default filled in it would be too large to be read.\n"


def dumps(scenario: Scenario) -> str:
    """The scenario as YAML, every default filled in and every inherited value written out.

    Of a desk that would be too large to be read so, only what was stated; it loads back to an equal scenario, too.
    """
    whole = canonical(scenario)
    if nodes_of(whole) <= MOST_NODES and len((text := dump(whole)).encode()) <= LARGEST_FILE:
        return text
    stated = scenario.model_dump(mode="json", by_alias=True, exclude_unset=True)
    text = _ONLY_STATED + dump(stated)
    return text if len(text.encode()) <= LARGEST_FILE else _ONLY_STATED + dump(stated, compact=True)


def dump(tree: dict[str, Any], *, compact: bool = False) -> str:
    """Plain data as YAML that our reader takes.

    Args:
        tree: mappings, lists, texts, numbers and truth values.
        compact: without line breaks and indentation, which makes deep data half as long.
    """
    return yaml.dump(
        tree, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=10**9 if compact else _WIDTH,
        default_flow_style=compact,
    )  # fmt: skip


_FASTEST: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Writer(_FASTEST):  # type: ignore[misc, valid-type]  # which of the two, is known at run time only
    """Quotes what our reader would not take for text, such as `09:00`; PyYAML knows only the rules of YAML 1.1."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write what stands in two places twice; our reader takes no aliases."""
        return True


def _text(writer: _Writer, text: str) -> yaml.ScalarNode:
    style = None if _reads_as_text(text) else '"'
    node: yaml.ScalarNode = writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)
    return node


def _reads_as_text(text: str) -> bool:
    try:
        return isinstance(scalar(text), str)
    except ValueError:
        return False


_Writer.add_representer(str, _text)
