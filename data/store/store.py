"""The encrypted store of one profile: open, change in transactions, check, scrub, wipe."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tinydb import TinyDB

from data.files import make_private_file, make_private_folder, sync_file, sync_folder
from data.store.checks import Finding, check_store
from data.store.connection import CIPHER, Database
from data.store.documents import DocumentDatabase
from data.store.errors import NoStore, StoreDamaged, WrongPassword, in_our_words
from data.store.header import HEADER_NAME, LOCK_NAME, Header, read_header, write_header
from data.store.keychain import forget_key
from data.store.keys import STANDARD_COST, Key, KeyCost, derive_key, new_salt
from data.store.lock import ProfileLock
from data.store.storage import Indexes
from data.store.table import SqliteTable

_DATABASE_FILES: Final = "store-*.db*"


class Store:
    """One open profile.

    ``db`` is a TinyDB; ``table(name)`` gives its tables; ``transaction()`` makes changes to several of them one
    durable change. Close it, or use it in a ``with`` block. The lock on the profile is held until then.
    """

    def __init__(self, folder: Path, header: Header, lock: ProfileLock, database: Database, indexes: Indexes) -> None:
        self.folder = folder
        self._header = header
        self._lock = lock
        self._database = database
        self._documents = DocumentDatabase(database, indexes)

    @classmethod
    @in_our_words()
    def open(
        cls,
        folder: Path,
        key: Key,
        *,
        create: bool = True,
        indexes: Indexes | None = None,
        wait: float = 0.0,
        vfs: str | None = None,
    ) -> Store:
        """Open the store in ``folder``, or create it.

        ``indexes`` names the fields conditions are asked on; they are built or dropped to match. ``wait`` is how
        many seconds to wait for another duecall to end. ``vfs`` names the SQLite file layer to use, for disks that
        fail on purpose. Errors: :class:`StoreInUse`, :class:`WrongPassword`, :class:`NoStore` (not to be created),
        :class:`StoreDamaged`, :class:`StoreTooNew`, :class:`DiskFull`, :class:`StoreUnwritable`.
        """
        if create:
            make_private_folder(folder)
        elif read_header(folder) is None:
            raise NoStore
        lock = ProfileLock.acquire(folder / LOCK_NAME, wait)
        try:
            header = _header_for(folder, key, create=create)
            _remove_databases(folder, but=header.database_path(folder))
            database = Database(header.database_path(folder), key, vfs)
            try:
                if not header.ready:
                    header = replace(header, ready=True)
                    write_header(folder, header)
                return cls(folder, header, lock, database, indexes or {})
            except BaseException:
                database.close()
                raise
        except BaseException:
            lock.release()
            raise

    @property
    def db(self) -> TinyDB:
        """The documents with TinyDB's own interface."""
        return self._documents

    def table(self, name: str) -> SqliteTable:
        """Give the table ``name``; it comes into being with its first write."""
        table = self._documents.table(name)
        assert isinstance(table, SqliteTable)
        return table

    def transaction(self) -> AbstractContextManager[None]:
        """Make all changes in the block, to any tables, one durable change, or none when an exception leaves it.

        A block inside another joins it. The block must not contain an ``await``; see :mod:`data.store.connection`.
        """
        return self._database.transaction()

    def scrub(self) -> None:
        """Leave no trace of what was removed, in the database, its free pages or its log.

        To be called after the cases of a ``remove`` are deleted, outside a transaction. Zeroing what is deleted
        (``secure_delete``) is not enough: a row that moved to a neighbouring page leaves its old bytes behind in
        the first one's unused middle. So everything is written anew, which takes time and memory in proportion to
        the store: for an agent's few hundred cases some hundredths of a second.
        """
        self._database.execute("VACUUM")
        ((busy, _, _),) = self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if busy:
            raise RuntimeError("the store cannot be scrubbed while documents are being read")

    def check(self) -> list[Finding]:
        """Examine the files and settings for ``duecall doctor``."""
        return check_store(self.folder, self._database)

    @in_our_words()
    def change_password(self, password: str, cost: KeyCost = STANDARD_COST) -> Key:
        """Encrypt everything anew under ``password`` and give the new key; a key kept in the keyring fits no more.

        The documents are copied into a second file and one small file, replaced in one step, decides which of the
        two is the store: a crash at any moment leaves the store whole under the old password or under the new one.
        """
        salt = new_salt()
        key = derive_key(password, salt, cost)
        header = self._header.following(key, salt, cost)
        path = header.database_path(self.folder)
        with self._database.alone():
            try:
                self._copy_to(path, key)
                write_header(self.folder, header)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
            self._header = header
            self._database.switch(path, key)
        _remove_databases(self.folder, but=path)
        return key

    def close(self) -> None:
        """Close the files and let the next duecall in; closing twice is harmless."""
        try:
            self._database.close()
        finally:
            self._lock.release()

    @in_our_words()
    def wipe(self) -> None:
        """Remove everything of this profile from the folder and the keyring, unsent work included.

        The header goes first: without its salt the password opens nothing, whatever a disk may still hold.
        """
        self._database.close()
        (self.folder / HEADER_NAME).unlink(missing_ok=True)
        _remove_databases(self.folder)
        for leftover in self.folder.glob(f".{HEADER_NAME}.*.tmp"):
            leftover.unlink(missing_ok=True)
        sync_folder(self.folder)
        forget_key(self._header.store_id)
        self._lock.release(remove=True)

    def _copy_to(self, path: Path, key: Key) -> None:
        path.unlink(missing_ok=True)
        make_private_file(path)
        target = f"{path.resolve().as_uri()}?cipher={CIPHER}&key={key.page_key()}"
        self._database.execute("VACUUM INTO ?", (target,))
        sync_file(path)  # VACUUM INTO leaves this to the caller
        sync_folder(self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _header_for(folder: Path, key: Key, *, create: bool) -> Header:
    """Read the header and prove that ``key`` is the one it was written for, or begin a new store with it."""
    header = read_header(folder)
    if header is None:
        if not create:
            raise NoStore
        if any(folder.glob(_DATABASE_FILES)):
            raise StoreDamaged
        header = Header.first(key)
        write_header(folder, header)
    if not key.fits(header.fingerprint):
        raise WrongPassword
    if header.ready and not header.database_path(folder).exists():
        raise StoreDamaged
    return header


def _remove_databases(folder: Path, but: Path | None = None) -> None:
    """Delete database files, with their logs, other than ``but``: what an interrupted change of password left."""
    for path in folder.glob(_DATABASE_FILES):
        if but is None or not path.name.startswith(but.name):
            path.unlink(missing_ok=True)
