"""Files that can be read are, and those that cannot are refused with a plain sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simdesk.errors import ScenarioError
from simdesk.scenario.yaml_source import LARGEST_FILE, Source, read_yaml

DESK = "title: Regional desk\n"


def read_refused(path: Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        read_yaml(path)
    return caught.value.problems[0].message


def test_a_file_is_read_under_its_own_name(tmp_path: Path) -> None:
    """The name in messages is the path that was given."""
    path = tmp_path / "desk.yaml"
    path.write_text(DESK, encoding="utf-8")

    source = read_yaml(path)

    assert isinstance(source, Source)
    assert source.name == str(path)
    assert source.data["title"] == "Regional desk"


def test_a_missing_file_is_met_with_the_nearest_name(tmp_path: Path) -> None:
    """Misspelt, or without a folder."""
    (tmp_path / "service-desk.yaml").write_text(DESK, encoding="utf-8")

    assert read_refused(tmp_path / "servicedesk.yaml") == "no such file; did you mean 'service-desk.yaml'?"
    assert read_refused(tmp_path / "nowhere" / "servicedesk.yaml") == "no such file"
    assert read_refused(tmp_path / "service-desk.yaml" / "x.yaml") == "no such file"


def test_what_is_no_readable_file_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder, a pipe, a huge file, a forbidden one, an impossible name."""
    huge, pipe, locked = tmp_path / "huge.yaml", tmp_path / "pipe.yaml", tmp_path / "locked.yaml"
    huge.write_bytes(b"#" * (LARGEST_FILE + 1))
    locked.write_text(DESK, encoding="utf-8")

    assert "folder" in read_refused(tmp_path)
    assert "too large" in read_refused(huge)
    assert "cannot be read" in read_refused(tmp_path / "x\0y.yaml")
    assert "cannot be read" in read_refused(tmp_path / ("x" * 5000))
    if hasattr(os, "mkfifo"):
        os.mkfifo(pipe)
        assert read_refused(pipe) == "not an ordinary file"

    def deny(self: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", deny)
    assert "permission" in read_refused(locked)
