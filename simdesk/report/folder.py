"""The folder of an answer: what may be written into it, and how. Knows no results.

`provenance.json` says which question a folder answers, and has the SHA-256 of each file. Only such files are ever
replaced, and only by files of the same question; so nothing that somebody else wrote, or changed since, is lost.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from simdesk.errors import RunError, SimdeskError
from simdesk.files import Staging, is_plain, seal_of, staging
from simdesk.signals import postponed

PROVENANCE: Final = "provenance.json"
_LONGEST: Final = 1_000_000
"""Bytes of a `provenance.json` that could be ours."""

Writers = Mapping[str, Callable[[Path], object]]
"""What writes each file, by its name."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Attributes:
        paths: the files.
        failures: a sentence on each picture that could not be drawn.
    """

    paths: tuple[Path, ...]
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder for the files of one answer.

    Args:
        path: where; it is made when the first file is written.
        question: SHA-256 of what is asked of which desk.
        names: every file that such an answer may have, `provenance.json` apart.
    """

    path: Path
    question: str
    names: Collection[str]

    def check(self) -> None:
        """See before anything is simulated that the folder can be made and written; makes nothing.

        Raises:
            RunError: it cannot, or a file stands there that must not be replaced; says what to do.
        """
        try:
            here = next(path for path in (self.path, *self.path.absolute().parents) if os.path.lexists(path))
            if not os.path.isdir(here):
                raise self._refused(f"{here} is not a folder")
            if not os.access(here, os.W_OK | os.X_OK):
                raise self._refused("permission denied")
            if here is self.path:
                self._check_files()
        except OSError as error:
            raise self._refused(error.strerror or str(error)) from None

    def write(self, writers: Writers, origin: Mapping[str, Any]) -> tuple[Path, ...]:
        """Write the files of an answer, and `provenance.json`; what an earlier answer left there goes.

        All files are made before the first one is moved to its place.

        Args:
            writers: what writes each file, by its name.
            origin: where the answer comes from; the names and seals of the files are added.

        Raises:
            RunError: the folder cannot be written, or a file stands there that must not be replaced.
        """
        return self._put(writers, dict(origin), {})

    def add(self, writers: Writers) -> tuple[Path, ...]:
        """Write further files of the answer that was written before.

        Raises:
            RunError: as for `write`.
        """
        origin = self._manifest()
        files = origin.pop("files", {})
        origin.pop("replaces", None)
        return self._put(writers, origin, files)

    def with_page(self, name: str, draw: Callable[[Path], Sequence[str]], before: Collection[Path]) -> Written:
        """Add the page of an answer, or say why it could not be drawn; the numbers are safe already.

        Args:
            name: of the file.
            draw: writes it, and returns a sentence on each of its figures that could not be drawn.
            before: the files that are there.

        Raises:
            RunError: the folder cannot be written.
        """
        failures: list[str] = []
        try:
            paths = self.add({name: lambda file: failures.extend(draw(file))})
            return Written((*paths, *before), tuple(failures))
        except (SimdeskError, MemoryError):
            raise
        except Exception as error:  # whatever goes wrong in a picture, the numbers are more important
            what = f"{type(error).__name__}: {error}"
            text = f"{name} could not be drawn ({what}); the other files are complete. Please report this."
            return Written(tuple(before), (text,))

    def _put(self, writers: Writers, origin: dict[str, Any], kept: dict[str, str]) -> tuple[Path, ...]:
        made: list[Path] = []
        try:
            made += [path for path in (self.path, *self.path.absolute().parents) if not os.path.lexists(path)]
            self.path.mkdir(parents=True, exist_ok=True)
            with staging(self.path) as fresh:
                for name, write in writers.items():
                    write(fresh.path / name)
                files = {**kept, **{name: seal_of(fresh.path / name) for name in writers}}
                self._check_files()  # once more, for simulating takes a while
                with postponed():
                    self._exchange(fresh, writers, {**origin, "answers": self.question, "files": files})
        except OSError as error:
            raise self._refused(error.strerror or str(error)) from None
        finally:
            for path in made:
                with suppress(OSError):  # only empty folders can be removed
                    path.rmdir()
        return tuple(self.path / name for name in (*writers, *(() if kept else (PROVENANCE,))))

    def _exchange(self, fresh: Staging, names: Collection[str], deed: dict[str, Any]) -> None:
        """Put new files in the place of old ones.

        Meanwhile `provenance.json` has the seals of both, so that after a sudden end each file is known as ours.
        """
        old = self._manifest()
        replaced = {**old.get("files", {}), **old.get("replaces", {})}
        self._sign(fresh, {**deed, "replaces": replaced})
        for name in replaced.keys() & set(self.names) - deed["files"].keys():
            fresh.remove(name)
        for name in names:
            fresh.put(name)
        self._sign(fresh, deed)

    def _sign(self, fresh: Staging, deed: Mapping[str, Any]) -> None:
        text = json.dumps(deed, indent=2, ensure_ascii=False) + "\n"
        (fresh.path / PROVENANCE).write_text(text, encoding="utf-8")
        fresh.put(PROVENANCE)

    def _check_files(self) -> None:
        """See that every file which may be replaced was written by simdesk for this question, and not changed."""
        there = [name for name in (PROVENANCE, *self.names) if os.path.lexists(self.path / name)]
        if not there:
            return
        manifest = self._manifest()
        if not manifest:
            raise self._refused(
                f"it holds {there[0]}, and no {PROVENANCE} says that simdesk wrote it there for this question"
                if there[0] != PROVENANCE
                else f"it holds a {PROVENANCE} that simdesk did not write, or that is damaged"
            )
        if manifest["answers"] != self.question:
            raise self._refused(f"it holds {_told(manifest)}, and this is another question; delete it, or")
        for name in there[1:] if there[0] == PROVENANCE else there:
            path = self.path / name
            if not is_plain(path) or seal_of(path) not in (manifest["files"].get(name), manifest["replaces"].get(name)):
                raise self._refused(f"{name} in it was not written by simdesk, or was changed since")

    def _manifest(self) -> dict[str, Any]:
        """What `provenance.json` of the folder says; nothing if there is none of ours."""
        path = self.path / PROVENANCE
        if not is_plain(path) or path.stat().st_size > _LONGEST:
            return {}
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError):
            return {}
        if not isinstance(found, dict) or not isinstance(found.get("answers"), str):
            return {}
        lists = [found.get("files"), found.setdefault("replaces", {})]
        known = all(isinstance(one, dict) and all(isinstance(seal, str) for seal in one.values()) for one in lists)
        return found if known else {}

    def _refused(self, why: str) -> RunError:
        joint = "" if why.endswith(" or") else ";"
        return RunError(f"cannot write to {self.path}: {why}{joint} choose another folder with --out")


def _told(manifest: Mapping[str, Any]) -> str:
    """What a folder holds, in words: every change of a desk, of its seed or of the number of runs is another one."""
    if "question" in manifest:
        look = "the quick answer" if manifest.get("quick") is True else "the answer"
        return f"{look} to {str(manifest['question'])[:80]!r}"
    count, title = manifest.get("replications"), str(manifest.get("title"))[:80]
    return f"the results of {title!r} with {count} replication{'' if count == 1 else 's'}"
