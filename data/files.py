"""Files that are private to their owner and written whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_FOREIGN_BITS = 0o077


def make_private_folder(folder: Path) -> None:
    """Create ``folder`` for its owner alone, or take everybody else's rights away when it exists.

    Windows has no such bits: there the folder inherits the user profile's access list.
    """
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    if open_to_others(folder):
        folder.chmod(PRIVATE_FOLDER)


def make_private_file(path: Path) -> None:
    """Create an empty file only its owner can read, or narrow the rights of an existing one."""
    path.touch(mode=PRIVATE_FILE, exist_ok=True)
    if open_to_others(path):
        path.chmod(PRIVATE_FILE)


def open_to_others(path: Path) -> bool:
    """Tell whether the group or others have any right; always false on Windows, which keeps rights elsewhere."""
    return sys.platform != "win32" and bool(path.stat().st_mode & _FOREIGN_BITS)


def write_atomically(path: Path, content: bytes) -> None:
    """Replace ``path`` so that a crash leaves either the old bytes or all the new ones, readable by the owner only.

    Errors: ``OSError`` when the folder cannot be written; the old file is then untouched.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Return once the operating system says that the bytes of ``path`` are on the disk."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Make created, renamed and deleted names durable where the platform can: Windows cannot open a folder."""
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
