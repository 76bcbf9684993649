"""What can go wrong with the local store, each in one sentence a person can act on.

::

    StoreError
    ├── NoStore          nothing has been set up in this folder
    ├── WrongPassword    the key does not open this store
    ├── StoreInUse       another duecall has it open
    ├── StoreDamaged     bytes are not what was written
    ├── StoreTooNew      written by a later version
    ├── DiskFull         no room; nothing was half written
    └── StoreUnwritable  the disk or its rights refuse
"""

# ruff: noqa: N818 - named after what happened, as the people who read them would say it

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import apsw

from domain.i18n import tr


class StoreError(Exception):
    """A failure of the local store; ``str()`` is one translated sentence that may be shown as it is."""

    def __init__(self) -> None:
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """Say what happened, what is safe and what to do, in the language in use now."""
        return tr("The store on this computer did not answer; what was saved before is safe. Run: duecall doctor")


class NoStore(StoreError):
    """There is no store in the folder and the caller did not ask for one to be created."""

    def sentence(self) -> str:
        """Name the way to set one up."""
        return tr("There is no store on this computer yet; nothing was changed. Open duecall once to set it up.")


class WrongPassword(StoreError):
    """The key, or the password it was derived from, is not the one this store was made with."""

    def sentence(self) -> str:
        """Ask again; nothing is ever deleted after wrong attempts, the disk may hold unsent work."""
        return tr("This password does not open the store; everything in it is untouched. Type it again.")


class StoreInUse(StoreError):
    """Another process holds the profile's lock."""

    def sentence(self) -> str:
        """Name the other window as the thing to close."""
        return tr("The store is open in another duecall; nothing was changed. Close that window, then try again.")


class StoreDamaged(StoreError):
    """A file of the store is missing, torn, or fails its authentication tag."""

    def sentence(self) -> str:
        """Keep the files: a specialist may still get unsent facts out of them."""
        return tr(
            "The store's files are damaged; whatever the server confirmed is safe there."
            " Do not delete the folder, run: duecall doctor"
        )


class StoreTooNew(StoreError):
    """The store was written by a version that keeps its documents in another way."""

    def sentence(self) -> str:
        """Ask for an update instead of guessing at an unknown format."""
        return tr("The store was written by a newer duecall; nothing was changed. Update duecall, then try again.")


class DiskFull(StoreError):
    """The file system or a quota had no room for the write, which was undone as a whole."""

    def sentence(self) -> str:
        """Say that this one was not saved: the person must not hang up believing it was."""
        return tr(
            "The disk is full and this was not saved; everything saved before is safe."
            " Free some space, then save again."
        )


class StoreUnwritable(StoreError):
    """The operating system refused a read, write or sync for another reason than missing room."""

    def sentence(self) -> str:
        """Say that this one was not saved, and where to look."""
        return tr(
            "The disk refused and this was not saved; everything saved before is safe."
            " Check the disk and the rights on duecall's folder, then save again."
        )


_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_MEANINGS: Final[tuple[tuple[tuple[type[Exception], ...], type[StoreError]], ...]] = (
    ((apsw.FullError,), DiskFull),
    ((apsw.NotADBError, apsw.CorruptError), StoreDamaged),
    ((apsw.BusyError, apsw.LockedError), StoreInUse),
    ((apsw.IOError, apsw.ReadOnlyError, apsw.CantOpenError, apsw.PermissionsError), StoreUnwritable),
)


@contextmanager
def in_our_words() -> Iterator[None]:
    """Turn failures of disk and file into ours; mistakes of the program pass through unchanged."""
    try:
        yield
    except OSError as error:
        raise (DiskFull() if error.errno in _NO_ROOM else StoreUnwritable()) from error
    except apsw.Error as error:
        translated = meaning_of(error)
        if translated is None:
            raise
        raise translated from error


def meaning_of(error: apsw.Error) -> StoreError | None:
    """Give the sentence for an SQLite failure, or nothing when it is a mistake of the program."""
    for causes, meaning in _MEANINGS:
        if isinstance(error, causes):
            return meaning()
    return None
