"""One program a profile: a lock that the operating system takes away when the program dies."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from data.store.errors import StoreInUse

_PATIENCE_S = 0.05

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _same_file(handle: int, path: Path) -> bool:  # noqa: ARG001 - an open file cannot be deleted here
        return True
else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _same_file(handle: int, path: Path) -> bool:
        """Tell whether the locked file is still the one under that name, not one a wipe has just removed."""
        try:
            return os.path.samestat(os.fstat(handle), path.stat())
        except FileNotFoundError:
            return False


class ProfileLock:
    """Exclusive use of one profile folder, held while this object is.

    ``flock`` belongs to the open file, not to the process, so a second opening inside one program is refused too.
    """

    def __init__(self, path: Path, handle: int) -> None:
        self._path = path
        self._handle = handle

    @classmethod
    def acquire(cls, path: Path, wait: float = 0.0) -> ProfileLock:
        """Take the lock file ``path``; try again for ``wait`` seconds, then raise :class:`StoreInUse`."""
        deadline = time.monotonic() + wait
        while True:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            if _try_lock(handle) and _same_file(handle, path):
                return cls(path, handle)
            os.close(handle)
            if time.monotonic() >= deadline:
                raise StoreInUse
            time.sleep(_PATIENCE_S)

    def release(self, *, remove: bool = False) -> None:
        """Let others in; with ``remove`` the lock file goes too (where an open file can be deleted)."""
        if self._handle < 0:
            return
        if remove:
            with suppress(OSError):
                self._path.unlink()
        os.close(self._handle)
        self._handle = -1
