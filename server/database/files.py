"""The embedded database's file: nobody else's to read, and copied while it is in use."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import URL

_PRIVATE: Final = 0o600


class BackupFailed(Exception):  # noqa: N818 - it answers a command, it reports no malfunction
    """The copy could not be made, or is not whole; nothing was left behind."""


class TargetInUse(BackupFailed):
    """The copy would take the place of a database that is in use: two files, one of them without a name, would share one log."""


def file_of(url: URL) -> Path | None:
    """Give the file of an SQLite database; ``None`` for one in memory or on a server."""
    if not url.drivername.startswith("sqlite") or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def keep_private(file: Path) -> None:
    """Let only the owner read the file, from before its first byte; SQLite gives its logs the same rights.

    A folder that does not exist is left for SQLite to complain about.
    """
    if sys.platform == "win32" or not file.parent.is_dir():
        return
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, _PRIVATE))
    except FileExistsError:
        for each in (file, file.with_name(file.name + "-wal"), file.with_name(file.name + "-shm")):
            if each.exists() and each.stat().st_uid == os.getuid() and each.stat().st_mode & 0o077:
                each.chmod(_PRIVATE)
    except OSError:
        return  # a folder nobody may write to: SQLite says so


def copy_database(source: Path, target: Path) -> int:
    """Copy a database while servers use it, check the copy, and give its size in bytes.

    The copy is one state of the database (SQLite's online backup). It appears under its name only when it is whole.
    Raises :class:`BackupFailed`.
    """
    if _is_in_use(source, target):
        raise TargetInUse
    unfinished = target.with_name(target.name + ".part")
    try:
        unfinished.unlink(missing_ok=True)
        keep_private(unfinished)
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as reading,
            closing(sqlite3.connect(unfinished)) as writing,
        ):
            reading.backup(writing)
            writing.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
            (found,) = writing.execute("PRAGMA quick_check").fetchone()
        if found != "ok":
            raise BackupFailed
        with unfinished.open("rb+") as copied:
            os.fsync(copied.fileno())
        unfinished.replace(target)
        return target.stat().st_size
    except (OSError, sqlite3.Error) as problem:
        raise BackupFailed from problem
    finally:
        unfinished.unlink(missing_ok=True)


def _is_in_use(source: Path, target: Path) -> bool:
    """Tell whether a copy put at ``target`` would pull a database from under whoever has it open.

    One whose log lies beside it is open, or was not closed: the log would be taken for the copy's.
    """
    log = target.with_name(target.name + "-wal")
    parts = [source, *(source.with_name(source.name + end) for end in ("-wal", "-shm"))]
    return log.exists() or any(part.exists() and target.exists() and part.samefile(target) for part in parts)
