"""YAML is read as YAML 1.2, remembers its places, and refuses hostile files at line and column."""

from __future__ import annotations

import pytest
import yaml

from simdesk.errors import Problem, ScenarioError
from simdesk.scenario import yaml_events
from simdesk.scenario.yaml_source import parse_value, parse_yaml

DESK = """\
title: Regional desk
teams:
  first_line:
    tier: 1
    agents: -3        # too few
    skills: [phone, chat]
  second_line: {tier: 2, agents: 9}
"""

PARSERS = [yaml.SafeLoader, yaml.CSafeLoader] if yaml.__with_libyaml__ else [yaml.SafeLoader]


@pytest.fixture(params=PARSERS, ids=lambda parser: parser.__name__)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both parsers of PyYAML must tell the same story."""
    monkeypatch.setattr(yaml_events, "PARSER", request.param)


def refused(text: str | bytes) -> tuple[Problem, ...]:
    """The problems of a text that must not be accepted."""
    with pytest.raises(ScenarioError) as caught:
        parse_yaml(text, "desk.yaml")
    return caught.value.problems


def places(problems: tuple[Problem, ...]) -> list[tuple[int, int]]:
    return [(problem.line, problem.column) for problem in problems]


# ---- what is read ----


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),
        ("NO", "NO"),
        ("on", "on"),
        ("yes", "yes"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("010", 10),
        ("0o17", 15),
        ("0x1F", 31),
        ("-3", -3),
        ("+3", 3),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-2.", -2.0),
        ("1_000", "1_000"),
        ("1,000", "1,000"),
        ("0b11", "0b11"),
        ("2026-01-05", "2026-01-05"),
        ("9999-99-99", "9999-99-99"),
        ("08:00-18:00", "08:00-18:00"),
        ('"9:00"', "9:00"),
        ("'12'", "12"),
        ("30 %", "30 %"),
        ("=", "="),
    ],
)
@pytest.mark.usefixtures("parser")
def test_scalars_mean_what_yaml_1_2_says(written: str, meant: object) -> None:
    """Norway is a country, a date is text, and 010 is ten."""
    value = parse_yaml(f"key: {written}\n", "desk.yaml").data["key"]

    assert (type(value), value) == (type(meant), meant)


@pytest.mark.usefixtures("parser")
def test_a_desk_is_plain_data() -> None:
    """Block and flow style, comments and nesting."""
    source = parse_yaml(DESK, "desk.yaml")

    assert source.data == {
        "title": "Regional desk",
        "teams": {
            "first_line": {"tier": 1, "agents": -3, "skills": ["phone", "chat"]},
            "second_line": {"tier": 2, "agents": 9},
        },
    }


def test_whole_numbers_as_keys_become_text() -> None:
    """Every value has a dotted path, so every key is text."""
    assert parse_yaml("1: a\n2: b\n", "desk.yaml").data == {"1": "a", "2": "b"}


def test_a_byte_order_mark_and_windows_line_ends_are_no_obstacle() -> None:
    """Files saved by a Windows editor keep their positions."""
    source = parse_yaml(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", "desk.yaml")

    assert source.data == {"a": 1, "b": 2}
    assert source.locate(("b",))[:2] == (2, 4)


# ---- where it was written ----


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    ("path", "key", "line", "column", "excerpt"),
    [
        (("teams", "first_line", "agents"), False, 5, 13, "    agents: -3        # too few\n            ^^"),
        (("teams", "first_line", "agents"), True, 5, 5, "    agents: -3        # too few\n    ^^^^^^"),
        (
            ("teams", "first_line", "skills", 1),
            False,
            6,
            21,
            "    skills: [phone, chat]\n                    ^^^^",
        ),
        (("teams", "first_line"), False, 3, 3, "    first_line:\n    ^^^^^^^^^^"),
        (("teams", "first_line", "shifts", "early"), False, 3, 3, "    first_line:\n    ^^^^^^^^^^"),
        (("teams", "third_line"), True, 2, 1, "    teams:\n    ^^^^^"),
        ((), False, 1, 1, "    title: Regional desk\n    ^^^^^"),
        (("nowhere",), True, 1, 1, "    title: Regional desk\n    ^^^^^"),
    ],
)
def test_every_value_has_a_place(path: tuple[str | int, ...], key: bool, line: int, column: int, excerpt: str) -> None:
    """A value, its key, or the nearest thing above that exists."""
    source = parse_yaml(DESK, "desk.yaml")

    assert source.locate(path, key=key) == (line, column, excerpt)


def test_a_flow_mapping_is_underlined_whole() -> None:
    """What is missing inside braces is shown at the braces."""
    _, column, excerpt = parse_yaml(DESK, "desk.yaml").locate(("teams", "second_line", "cost"))

    assert column == 16
    assert excerpt.endswith("^" * len("{tier: 2, agents: 9}"))


def test_carets_stand_under_chinese_text() -> None:
    """A Chinese character takes two columns of a terminal, but is one character."""
    line, column, excerpt = parse_yaml("标题: 服务台\n", "desk.yaml").locate(("标题",))

    assert (line, column) == (1, 5)
    assert excerpt == "    标题: 服务台\n          ^^^^^^"


def test_a_long_line_is_cut_around_its_value() -> None:
    """Nobody reads a line of two thousand characters."""
    source = parse_yaml("a: [" + "1, " * 700 + "x]", "desk.yaml")

    line, carets = source.locate(("a", 700))[2].split("\n")

    assert len(line) <= 104
    assert line[carets.index("^")] == "x"


# ---- what is refused ----


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("a: &x [1]\nb: 2\n", 1, 4, "anchors (&x) are not allowed"),
        ("a: 1\nb: *x\n", 2, 4, "aliases (*x) are not allowed"),
        ("&a [*a]", 1, 1, "anchors"),
        ("a:\n  <<: {b: 1}\n", 2, 3, "merge keys"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, 4, "'!!python/object/apply:os.system'"),
        ("a: !!str 3\n", 1, 4, "'!!str'"),
        ("a: !x 3\n", 1, 4, "'!x'"),
        ("a: 1\n---\nb: 2\n", 2, 1, "second document"),
        ("opens: 9:00\n", 1, 8, 'put times in quotes: "09:00"'),
        ("opens: 17:30\n", 1, 8, '"17:30"'),
        ("opens: 22:30:15\n", 1, 8, '"22:30:15"'),
        ("a: {b: [1, .nan]}\n", 1, 12, "not a finite number"),
        ("a: -.inf\n", 1, 4, "not a finite number"),
        ("a: 1.0e+400\n", 1, 4, "too large"),
        ("a: 1e-400\n", 1, 4, "too small"),
        ("a: 9223372036854775808\n", 1, 4, "too large; at most 9,223,372,036,854,775,807"),
        ("a: " + "9" * 4000 + "\n", 1, 4, "too large"),
        ("a: 0x" + "f" * 4000 + "\n", 1, 4, "too large"),
        ("a: " + "x" * 4097 + "\n", 1, 4, "too long"),
        ("true: 1\n", 1, 1, 'put it in quotes: "true"'),
        ("1.5: 1\n", 1, 1, 'put it in quotes: "1.5"'),
        ("? [a]\n: b\n", 1, 3, "a key must be a plain word"),
        ("{? {a: 1} : b}\n", 1, 4, "a key must be a plain word"),
        ('"": b\n', 1, 1, "a key is missing"),
        ("k" * 301 + ": b\n", 1, 1, "301 characters, at most 300"),
        ("a\u202eb: 1\n", 1, 1, "U+202E"),
        ("e\u0301: 1\n", 1, 1, "NFC"),
        ('a: "\\u202e"\n', 1, 4, "U+202E"),
        ('a: "x\\0"\n', 1, 4, "U+0000"),
        ("a: b\0c\n", 1, 5, "is this a text file?"),
        ("a: b\x1b[31m\n", 1, 5, "U+001B"),
        ("a: b\u2028c\n", 1, 5, "U+2028"),
        ("a:\n\tb: 1\n", 2, 1, "a tab indents this line"),
        ("a:\n  \tb: 1\n", 2, 3, "a tab indents this line"),
        ("- a\n- b\n", 1, 1, "this is a list"),
        ("just words\n", 1, 1, "this is a single value"),
    ],
)
def test_cleverness_and_traps_are_refused_where_they_stand(text: str, line: int, column: int, says: str) -> None:
    """Every trap of YAML 1.1 and every trick is a sentence at line and column."""
    first = refused(text)[0]

    assert (first.line, first.column) == (line, column)
    assert says in first.message
    assert "^" in first.excerpt


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("a: b: c\n", 1, 5, "a second ': ' in this line"),
        ("a: 1\n b: 2\n", 2, 3, "check the indentation"),
        ("a: [1, 2\nb: 3\n", 1, 4, "this list is not closed"),
        ("a: {b: 1\nc: 2\n", 1, 4, "this mapping is not closed"),
        ('a: "x\nb: 1\n', 1, 4, "the quote that begins here is never closed"),
        ("a: 1\nb\n", 2, 1, "is ': ' missing?"),
        ("a:\n  b: 1\n c: 2\n", 3, 2, "does not fit what is above"),
        ("a: @x\n", 1, 4, "a text that begins with '@' must be in quotes"),
        ("a: %x\n", 1, 4, "a text that begins with '%' must be in quotes"),
        ("a: ]\n", 1, 4, "a value is expected here"),
        ("a: - b\n", 1, 4, "a list item cannot begin here"),
        ("a: !<x\n", 1, 7, "tags"),
        ("%YAML 2.0\n---\na: 1\n", 1, 1, "begin with '%'"),
        ("a: >9x\n", 1, 6, "must end its line"),
    ],
)
def test_a_slip_of_syntax_is_a_plain_sentence(text: str, line: int, column: int, says: str) -> None:
    """No parser's jargon, and an unclosed bracket is shown where it was opened."""
    (problem,) = refused(text)

    assert (problem.line, problem.column) == (line, column)
    assert says in problem.message


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[{a: "])
def test_deep_nesting_is_refused_before_anything_recursive_happens(opening: str) -> None:
    """A hundred kilobytes of brackets once killed the interpreter."""
    problems = refused(opening * (100_000 // len(opening)))

    assert "nested too deeply" in problems[-1].message
    assert problems[-1].line == 1


@pytest.mark.usefixtures("parser")
def test_sixty_four_levels_are_enough_for_anyone() -> None:
    """The limit itself is allowed."""
    assert parse_yaml("a: " + "[" * 63 + "]" * 63, "desk.yaml").data["a"]
    assert "nested too deeply" in refused("a: " + "[" * 64 + "]" * 64)[0].message


@pytest.mark.usefixtures("parser")
def test_a_billion_laughs_stay_unlaughed() -> None:
    """Each alias is refused; none is followed."""
    lines = ['a0: &a0 ["lol"]', *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10))]

    problems = refused("\n".join(lines))

    assert len(problems) == 10 + 81
    assert all("not allowed" in problem.message for problem in problems)


def test_too_many_values_and_too_large_files_are_refused() -> None:
    """Twenty thousand values, a quarter of a mebibyte."""
    assert "more than 20,000" in refused("a: [" + "1," * 20_001 + "]")[0].message
    assert "too large: 257 KiB" in refused("#" * 257 * 1024)[0].message


@pytest.mark.usefixtures("parser")
def test_every_duplicate_key_names_the_line_of_the_first() -> None:
    """All of them, in order, at the second occurrence."""
    problems = refused("a: 1\nb: {c: 1, c: 2}\na: 3\n'a': 4\n")

    assert places(problems) == [(2, 11), (3, 1), (4, 1)]
    assert [problem.path for problem in problems] == ["b.c", "a", "a"]
    assert problems[1].message == "duplicate key; 'a' is already set in line 1"


@pytest.mark.usefixtures("parser")
def test_all_problems_of_a_file_come_at_once() -> None:
    """Reads like the example in the style guide."""
    with pytest.raises(ScenarioError) as caught:
        parse_yaml("opens: 9:00\nteams:\n  one: &x {agents: 1}\n  one: 2\nshare: 1e999\n", "desk.yaml")

    assert str(caught.value) == (
        'desk.yaml:1:8: opens: put times in quotes: "09:00"\n'
        "    opens: 9:00\n"
        "           ^^^^\n"
        "desk.yaml:3:8: teams.one: anchors (&x) are not allowed; delete it\n"
        "    one: &x {agents: 1}\n"
        "         ^^^^\n"
        "desk.yaml:4:3: teams.one: duplicate key; 'one' is already set in line 3\n"
        "    one: 2\n"
        "    ^^^\n"
        "desk.yaml:5:8: share: '1e999' is too large; at most 1,000,000,000,000 is allowed\n"
        "    share: 1e999\n"
        "           ^^^^^\n"
        "4 problems in desk.yaml"
    )


def test_a_thousand_problems_are_cut_short() -> None:
    """More would not be read."""
    problems = refused("a: [" + "9:00, " * 1000 + "]")

    assert len(problems) == 101
    assert problems[-1].message.startswith("reading stops here")


def test_encodings_other_than_utf_8_are_named() -> None:
    """With the byte and its place, where there is one."""
    assert "UTF-16" in refused("a: 1\n".encode("utf-16"))[0].message
    assert "UTF-16" in refused("a: 1\n".encode("utf-16-le"))[0].message
    latin = refused("a: 1\nname: Müller\n".encode("latin-1"))
    assert places(latin) == [(2, 8)]
    assert "0xfc" in latin[0].message


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "null"])
def test_an_empty_file_is_called_empty(text: str) -> None:
    """Also if it has comments."""
    assert refused(text)[0].message == "the file is empty"


# ---- single values ----


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("6", 6),
        ("30 %", "30 %"),
        ("{P1: 40 %, P2: 60 %}", {"P1": "40 %", "P2": "60 %"}),
        ("[1, a]", [1, "a"]),
    ],
)
def test_a_single_value_is_read_like_one_in_a_file(written: str, meant: object) -> None:
    """Scalars and anything in brackets."""
    assert parse_value(written, "--set") == meant


def test_a_block_is_not_a_single_value() -> None:
    """On one line, brackets are clearer."""
    with pytest.raises(ScenarioError, match="need brackets"):
        parse_value("a: 1", "--set")
