"""Compiling: how a loop is compiled, and where its code is kept. Knows no loop.

Code is kept in a folder named by every source file that it was compiled from, as numba alone does not notice a change
in an imported file and would run stale rules. Kept code is run unseen: numba unpickles it and gives it to LLVM. So it
comes only from a folder that nobody else can write, and only if it is sealed, byte for byte, as it was written.
"""

from __future__ import annotations

import atexit
import os
import pickle
import shutil
import sys
import tempfile
from collections.abc import Callable
from hashlib import sha256
from multiprocessing import parent_process
from pathlib import Path
from typing import Any, Final, Self, TypeVar, cast

import llvmlite
import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache, _CacheLocator
from numba.core.serialize import dumps

from simdesk.own_folder import own_folder

_HERE: Final = Path(__file__).parent
SOURCES: Final = tuple(
    _HERE / name
    for name in (
        "compiled.py", "engine/kernel.py", "engine/turns.py", "engine/heaps.py", "engine/arrays.py",
        "engine/limits.py", "workload/walk.py", "workload/streams.py", "workload/model.py",
        "policies.py", "states.py", "clock.py",
    )
)  # fmt: skip
"""Files that hold a rule or a constant of compiled code."""

_VERSIONS: Final = f"{sys.version} {numba.__version__} {llvmlite.__version__}".encode()
_SEAL: Final = sha256().digest_size
_FOLDER: Final = "simdesk-compiled"
"""Not `simdesk`, as a checkout may be called that lies where the cache shall be."""
_REMEDY: Final = "set SIMDESK_CACHE_DIR to a folder of your own"

Function = TypeVar("Function", bound=Callable[..., Any])


def jit(function: Function) -> Function:
    """Compile a function when it is first called, or load what was compiled.

    It allocates nothing, so numba need not count references to arrays; counting them takes twice as long as all the
    rest.
    """
    options: dict[str, Any] = {"nogil": True, "_nrt": False}
    dispatcher = numba.njit(**options)(function)
    if dispatcher is not function:  # as it is where numba is told not to compile
        dispatcher._cache = _KeptCode(function)
    return cast(Function, dispatcher)


def source_hash() -> str:
    """SHA-256 of all sources of compiled code."""
    seal = sha256()
    for path in SOURCES:
        seal.update(path.read_bytes())
    return seal.hexdigest()


def cache_folder() -> Path | None:
    """The folder for code compiled from these sources, which nobody else can write.

    Where the user's own cache cannot be used, it is a fresh folder that this process hands on to its workers and
    removes at its end; none where even that cannot be made.
    """
    name = f"kernel-{source_hash()[:16]}-py{sys.version_info[0]}{sys.version_info[1]}"
    try:
        return own_folder(_users_cache(), _FOLDER, name)
    except (OSError, RuntimeError) as error:  # RuntimeError: nobody knows where home is, or a link leads in a circle
        _notices.problem = _told(error)
    try:
        return own_folder(_passing_folder(), _FOLDER, name)
    except OSError:
        return None


def _users_cache() -> Path:
    if stated := os.environ.get("SIMDESK_CACHE_DIR"):
        return Path(stated).absolute()
    common = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(common):  # a relative one is to be ignored, says its standard
        return Path(common)
    try:
        home = Path.home()
    except RuntimeError:
        raise RuntimeError("no home folder is known") from None
    return home.absolute() / ".cache"


def _told(error: Exception) -> str:
    if not isinstance(error, OSError):
        return str(error)
    return ": ".join(str(part) for part in (error.filename, error.strerror or "cannot be used") if part)


def _passing_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="simdesk-", dir=own_folder(Path(tempfile.gettempdir()))))
    _passing[folder] = os.getpid()
    os.environ["SIMDESK_CACHE_DIR"] = str(folder)  # for worker processes, which would compile again
    return folder


@atexit.register
def remove_passing_folders() -> None:
    """Remove the folders that this process made for a while; for an end at which Python does not clear up by itself."""
    for folder, maker in _passing.items():
        if maker == os.getpid():  # and not a process that was forked from it
            shutil.rmtree(folder, ignore_errors=True)


_passing: Final[dict[Path, int]] = {}
"""Folders made for a while, and the process that made each."""


class _Notices:
    """What the user is told, once, by the process that the user started.

    Attributes:
        problem: why the user's own cache cannot be used; empty if it can.
    """

    def __init__(self) -> None:
        self.problem = ""
        self._told: set[str] = set()

    def compiling(self) -> None:
        if self.problem:
            self._tell(f"compiling the engine, at every start, as {self.problem}; {_REMEDY} …")
        else:
            self._tell("compiling the engine; this happens once on a machine …")

    def not_kept(self, error: OSError) -> None:
        if not self.problem:  # else it is known already
            self._tell(f"compiled code cannot be kept: {_told(error)}; the next start compiles again")

    def _tell(self, text: str) -> None:
        if text not in self._told and parent_process() is None:
            self._told.add(text)
            print(text, file=sys.stderr, flush=True)


_notices = _Notices()


def sealed(content: bytes) -> bytes:
    """Content with a seal in front, by which `unsealed` knows it for whole, and for that of this Python and numba.

    It guards against damage, not against a person; against that one, the folder is private.
    """
    return sha256(_VERSIONS + content).digest() + content


def unsealed(found: bytes) -> bytes | None:
    """What was sealed, if it is as it was; None otherwise."""
    content = found[_SEAL:]
    return content if found == sealed(content) else None


class _Files:
    """The files of one function, one for each combination of argument types and processor."""

    def __init__(self, stem: str) -> None:
        self._stem = stem

    def load(self, key: object) -> Any:
        """What was kept under a key; None if there is nothing, or if it is not as it was written."""
        try:
            content = unsealed(self._path(key).read_bytes())
        except OSError:
            return None
        if content is None:
            return None
        kept, payload = pickle.loads(content)  # from a folder that is ours alone, and whole
        return payload if kept == key else None

    def save(self, key: object, payload: object) -> None:
        """Keep something under a key, whole or not at all; a disk that cannot be written costs a line."""
        content: bytes = dumps((key, payload))  # type: ignore[no-untyped-call]  # numba types it not
        try:
            self._write(self._path(key), sealed(content))
        except OSError as error:
            _notices.not_kept(error)

    def _path(self, key: object) -> Path:
        folder = cache_folder()
        if folder is None:
            raise FileNotFoundError(None, "no private folder can be made for it")
        return folder / f"{self._stem}-{sha256(repr(key).encode()).hexdigest()[:16]}.code"

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        beside = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            beside.write_bytes(content)
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


class _Locator(_CacheLocator):
    """Tells numba that a function can be kept; the place is found when it is needed."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._line = function.__code__.co_firstlineno

    @classmethod
    def from_function(cls, function: Callable[..., Any], file: str) -> Self:
        return cls(function)

    def ensure_cache_path(self) -> None:
        pass

    def get_cache_path(self) -> str:
        return ""

    def get_source_stamp(self) -> str:
        return ""

    def get_disambiguator(self) -> str:
        return str(self._line)


class _InOurFolder(CompileResultCacheImpl):
    _locator_classes: Any = [_Locator]  # noqa: RUF012  # declared by numba, for no class in particular


class _KeptCode(FunctionCache):
    """Numba's cache of one function, with our files instead of numba's, which are believed whatever is in them."""

    _impl_class = _InOurFolder

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)  # type: ignore[no-untyped-call]  # numba types it not
        self._cache_file: Any = _Files(f"{function.__module__}.{function.__qualname__}")

    def load_overload(self, signature: Any, target: Any) -> Any:
        found = super().load_overload(signature, target)  # type: ignore[no-untyped-call]  # nor this
        if found is None:
            _notices.compiling()
        return found
