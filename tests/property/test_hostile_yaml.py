"""Whatever a YAML file contains, only data or sentences come out, and soon."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from simdesk.errors import ScenarioError
from simdesk.scenario import yaml_events
from simdesk.scenario.yaml_source import parse_yaml

PARSERS = [yaml.SafeLoader, yaml.CSafeLoader] if yaml.__with_libyaml__ else [yaml.SafeLoader]


def test_a_long_file_is_read() -> None:
    """190 KiB in 8,000 lines."""
    text = "".join(f"key_number_{i}: the number {i}\n" for i in range(4000))
    text = text + "".join(f"other_{i}: {i}.25\n" for i in range(4000))
    text += "#" * (190 * 1024 - len(text))

    source = parse_yaml(text, "desk.yaml")

    assert len(source.data) == 8000


MARKS = "[]{}:,-?&*!|>'\"%@`#~<=.+\t\n\r \\\0\x85\u2028\ufeff😀"
WORDS = [
    "a",
    "b: ",
    ": ",
    "- ",
    "\n  ",
    "\n    ",
    "<<: ",
    "&x ",
    "*x",
    "!!int ",
    "---\n",
    "...\n",
    "1e9",
    "0x",
    "9:00",
]
ODD_WORDS = [".nan", "e\u0301", "\\u202e", "\\UFFFFFFFF", '"\\x"', '"\\ud800"']
PIECES = st.sampled_from([*MARKS, *WORDS, *ODD_WORDS])
YAML_ISH = st.lists(PIECES, max_size=60).map("".join)


def survives(text: str | bytes) -> bool:
    """Whether the outcome is plain data, or a `ScenarioError` that can be printed."""
    try:
        return isinstance(parse_yaml(text, "desk.yaml").data, dict)
    except ScenarioError as error:
        return bool(error.problems) and str(error).replace("\n", "").isprintable()


@pytest.mark.parametrize("loader", PARSERS)
@settings(max_examples=300, deadline=None)
@given(text=st.one_of(st.binary(max_size=200), st.text(max_size=200), YAML_ISH))
def test_no_text_gets_past_the_sentences(loader: type[yaml.SafeLoader], text: str | bytes) -> None:
    """Whatever is in the file, no other exception comes out."""
    before, yaml_events.PARSER = yaml_events.PARSER, loader
    try:
        assert survives(text)
    finally:
        yaml_events.PARSER = before


@settings(max_examples=100, deadline=None)
@given(
    tree=st.dictionaries(
        st.from_regex(r"\A[a-z_]{1,8}\Z"),
        st.recursive(
            st.one_of(st.integers(-(10**12), 10**12), st.booleans(), st.none(), st.text("abc %ü", max_size=9)),
            lambda inner: st.one_of(
                st.lists(inner, max_size=4),
                st.dictionaries(st.from_regex(r"\A[a-z]{1,5}\Z"), inner, max_size=4),
            ),
            max_leaves=12,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_what_was_written_is_what_is_read(tree: dict[str, object]) -> None:
    """Plain data, dumped and read, comes back; keys such as 'null' are quoted by the dumper."""
    text = yaml.safe_dump(tree, allow_unicode=True)

    assert parse_yaml(text.replace("&", "").replace("*", ""), "desk.yaml").data == tree
