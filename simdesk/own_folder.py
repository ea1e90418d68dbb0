"""A folder that this user alone can write, for what is believed without a second look, such as compiled code.

Knows nothing of what is kept there. It makes folders; it deletes none and changes none, as a folder of that name may be
somebody's work. Where a system has no owners and modes, as Windows, the user's profile is private.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

_OWN: Final = 0o700


class NotPrivateError(OSError):
    """Somebody else owns a folder, or could replace it or put files into it; the text says which."""

    def __init__(self, why: str) -> None:
        super().__init__(None, why)


def own_folder(base: Path, *names: str) -> Path:
    """A folder below another one, made if it is missing, that nobody else can write or replace.

    Args:
        base: where it shall be; may be a link, as the user's own cache sometimes is.
        names: of the folder and of those above it, up to the base; these are private too, and no links.

    Raises:
        OSError: it cannot be made; `NotPrivateError` if somebody else has a hand in it.
    """
    _make(base)
    folder = base.resolve()
    if hasattr(os, "geteuid"):
        for above in (folder, *folder.parents):
            _refuse_if_replaceable(above)
    for name in names:
        folder /= name
        _claim(folder)
    return folder


def _make(folder: Path) -> None:
    for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        missing.mkdir(_OWN, exist_ok=True)
    if not folder.is_dir():
        raise _no_folder(folder)


def _no_folder(path: Path) -> NotADirectoryError:
    return NotADirectoryError(None, f"{path} is not a folder")


def _refuse_if_replaceable(folder: Path) -> None:
    """Refuse a folder in which somebody else could put another folder in the place of ours."""
    found = folder.stat()
    if found.st_uid not in (0, os.geteuid()):
        raise NotPrivateError(f"{folder} belongs to another user")
    if _others_write(found) and not found.st_mode & stat.S_ISVTX:  # where it is sticky, each moves only what is theirs
        raise NotPrivateError(f"{folder} can be written by others")


def _claim(folder: Path) -> None:
    """Make a folder, or see that it is this user's alone."""
    try:
        folder.mkdir(_OWN, exist_ok=True)
    except FileExistsError:
        raise _no_folder(folder) from None
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise NotPrivateError(f"{folder} is a link")
    if not hasattr(os, "geteuid"):
        return
    if found.st_uid != os.geteuid():
        raise NotPrivateError(f"{folder} belongs to another user")
    if _others_write(found):  # what is in it may be theirs
        raise NotPrivateError(f"{folder} can be written by others")


def _others_write(found: os.stat_result) -> bool:
    if found.st_mode & stat.S_IWOTH:
        return True
    return bool(found.st_mode & stat.S_IWGRP) and not _group_of_one(found.st_gid)


def _group_of_one(group: int) -> bool:
    """Whether a group is this user's private one, which many systems make for each user, and has no other member."""
    import grp
    import pwd

    try:
        user, members = pwd.getpwuid(os.geteuid()), grp.getgrgid(group)
    except KeyError:
        return False
    return user.pw_gid == group and members.gr_name == user.pw_name and set(members.gr_mem) <= {user.pw_name}
