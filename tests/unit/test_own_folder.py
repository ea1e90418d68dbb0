"""A folder is private if nobody else can write it, replace it, or fill it beforehand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simdesk.own_folder import NotPrivateError, own_folder

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="owners and modes are those of Unix")

SOMEBODY = 65534
as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")


def mode(folder: Path) -> int:
    return folder.stat().st_mode & 0o777


def test_a_new_folder_is_for_nobody_else(tmp_path: Path):
    """Nor are the folders above it that had to be made, whatever the mask of the process."""
    before = os.umask(0)
    try:
        folder = own_folder(tmp_path / "new" / "cache", "simdesk", "kernel")
    finally:
        os.umask(before)

    assert folder == tmp_path / "new" / "cache" / "simdesk" / "kernel"
    assert [mode(path) for path in (folder, *folder.parents[:3])] == [0o700] * 4


def test_a_folder_that_others_can_only_read_is_used_as_it_is(tmp_path: Path):
    """What is compiled is no secret, and the mode of a folder is its owner's business."""
    (tmp_path / "simdesk").mkdir()
    (tmp_path / "simdesk").chmod(0o755)
    (tmp_path / "simdesk" / "kept").touch()

    folder = own_folder(tmp_path, "simdesk")

    assert mode(folder) == 0o755
    assert (folder / "kept").exists()


@pytest.mark.parametrize("place", ["simdesk", "simdesk/kernel"])
def test_a_folder_into_which_others_could_have_put_something_is_refused_and_left_alone(tmp_path: Path, place: str):
    """It may hold somebody's work: a checkout that is shared with a team, say."""
    (tmp_path / "simdesk" / "kernel").mkdir(parents=True)
    (tmp_path / "simdesk" / "kernel" / "work").touch()
    (tmp_path / place).chmod(0o777)

    with pytest.raises(NotPrivateError, match=f"{place} can be written by others"):
        own_folder(tmp_path, "simdesk", "kernel")

    assert mode(tmp_path / place) == 0o777
    assert [path.name for path in tmp_path.iterdir()] == ["simdesk"]
    assert (tmp_path / "simdesk" / "kernel" / "work").exists()


def test_a_link_is_followed_above_the_base_and_refused_below(tmp_path: Path):
    """Some keep their cache on another disk; nobody links to a folder that simdesk has made."""
    (tmp_path / "disk").mkdir(0o700)
    (tmp_path / "cache").symlink_to("disk")
    (tmp_path / "linked").mkdir(0o700)
    (tmp_path / "linked" / "simdesk").symlink_to(tmp_path / "disk")

    folder = own_folder(tmp_path / "cache", "simdesk")

    assert folder == tmp_path / "disk" / "simdesk"
    with pytest.raises(NotPrivateError, match="simdesk is a link"):
        own_folder(tmp_path / "linked", "simdesk")


@pytest.mark.parametrize("below", ["", "deep/er"])
def test_a_folder_above_in_which_others_could_replace_ours_is_refused(tmp_path: Path, below: str):
    """However far above; where it is sticky, as /tmp is, each can move only what is theirs."""
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    sticky = tmp_path / "sticky"
    sticky.mkdir()
    sticky.chmod(0o1777)

    folder = own_folder(sticky / below, "simdesk")

    assert mode(folder) == 0o700
    with pytest.raises(NotPrivateError, match="open can be written by others"):
        own_folder(open_to_all / below, "simdesk")


@as_root
@pytest.mark.parametrize("whose", ["", "simdesk", "simdesk/kernel"])
def test_a_folder_of_another_user_is_refused(tmp_path: Path, whose: str):
    """Whether it is the base, in which its owner can replace everything, or the folder itself."""
    (tmp_path / "base" / "simdesk" / "kernel").mkdir(0o700, parents=True)
    os.chown(tmp_path / "base" / whose, SOMEBODY, SOMEBODY)

    with pytest.raises(NotPrivateError, match="belongs to another user"):
        own_folder(tmp_path / "base", "simdesk", "kernel")


@pytest.mark.parametrize("names", [(), ("file",), ("file", "simdesk")], ids="/".join)
def test_a_file_in_its_place_is_said_to_be_no_folder(tmp_path: Path, names: tuple[str, ...]):
    base = tmp_path if names else tmp_path / "file"
    (tmp_path / "file").touch()

    with pytest.raises(NotADirectoryError, match="file is not a folder"):
        own_folder(base, *names)
