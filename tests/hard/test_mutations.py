"""A short look with the mutation fuzzer; `mutations.py` beside this file is the long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from hard.mutations import fuzzed, inputs, seeds

CLEAN = {"accepted", "refused"}


def test_damaged_files_are_refused_in_words(tmp_path: Path):
    """No traceback, no signal; quick and small."""
    paths = list(inputs(100, seed=2026, folder=tmp_path))

    found = fuzzed(paths)

    assert [one for one in found if one.verdict not in CLEAN] == []
    assert {one.verdict for one in found} == CLEAN  # or the mutations would be too tame, or too wild


def test_what_is_not_damaged_is_accepted():
    """Every shipped file; so what is refused above is refused for its damage."""
    assert {one.verdict for one in fuzzed(seeds())} == {"accepted"}


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("raise ZeroDivisionError", "traceback"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "ended with -11"),
        ("sum(range(2 * 10**8))", "slow"),
        ("raise KeyError if len(bytearray(400_000_000)) == 1 else SystemExit(0)", "large"),
    ],
)
def test_the_fuzzer_sees_what_it_looks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, told: str):
    """A reader of YAML with a fault in it: one file after another is found, and the rest is still looked at."""
    spoilt = (
        "import simdesk.scenario.yaml_source as source\n"
        "before = source.read_yaml\n"
        "def read_yaml(path):\n"
        "    if 'bad' in path.name:\n"
        f"        {fault}\n"
        "    return before(path)\n"
        "source.read_yaml = read_yaml\n"
    )
    (tmp_path / "sitecustomize.py").write_text(spoilt)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    good = seeds()[0]
    bad = tmp_path / "bad.yaml"
    bad.write_bytes(good.read_bytes())

    found = fuzzed([good, bad, good])

    assert [one.verdict for one in found][1] == told
    assert found[0].verdict == "accepted"
