"""A disk in memory, under the encryption: it can be full, be cut off at any write, and tear what it was not told to sync.

SQLite sees it as a file layer (``Store.open(..., vfs=disk.layer)``). Each folder is a :class:`Drive` of its own. What
was written but not synced is kept apart, so that a cut of the power can lose it, keep it, or keep some sectors of it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import apsw

SECTOR: Final = 512

Luck = Literal["nothing", "everything", "torn"]
"""What is found of the writes that were never synced: none, all, or some sectors of them in any order."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing SQLite asked of a file; ``content`` is absent for a truncation to ``offset`` bytes."""

    file: str
    offset: int
    content: bytes | None = field(default=None, repr=False)


Done = tuple[Literal["sync", "delete"], str]
"""A sync or a deletion, of a file."""


@dataclass(slots=True)
class File:
    """A file as programs see it, and as it is certain to be found after a cut."""

    seen: bytearray = field(default_factory=bytearray, repr=False)
    safe: bytearray = field(default_factory=bytearray, repr=False)


@dataclass(slots=True)
class Drive:
    """The files of one folder. ``room`` is how many more bytes may be written, without a limit when absent.

    ``writes_left`` counts down at each write, truncation and sync; at zero the machine dies: ``on_death`` is told once
    and nothing is taken any more until :meth:`detach`.
    """

    files: dict[str, File] = field(default_factory=dict)
    unsynced: list[Operation] = field(default_factory=list)
    room: int | None = None
    writes_left: int | None = None
    on_death: Callable[[], None] | None = None
    dead: bool = False
    writes: int = 0
    syncs: int = 0
    refused: int = 0
    tape: list[Operation | Done] | None = None
    """Where everything is written down, in order; nothing is when absent."""

    def admit(self) -> None:
        """Count one operation; die if it was one too many."""
        if self.dead:
            raise apsw.IOError("the machine is dead")
        if self.writes_left is not None:
            self.writes_left -= 1
            if self.writes_left < 0:
                self.dead = True
                if self.on_death is not None:
                    self.on_death()
                raise apsw.IOError("the machine died")

    def apply(self, operation: Operation) -> None:
        """Write or truncate, to be lost again unless a sync follows."""
        self.admit()
        if operation.content is not None and self.room is not None:
            if self.room < len(operation.content):
                self.refused += 1
                raise apsw.FullError("no room")
            self.room -= len(operation.content)
        self.writes += 1
        self.unsynced.append(operation)
        if self.tape is not None:
            self.tape.append(operation)
        change(self.files[operation.file].seen, operation)

    def sync(self, name: str) -> None:
        """Make everything written to one file safe."""
        self.admit()
        self.syncs += 1
        if self.tape is not None:
            self.tape.append(("sync", name))
        waiting = []
        for operation in self.unsynced:
            if operation.file == name:
                change(self.files[name].safe, operation)
            else:
                waiting.append(operation)
        self.unsynced = waiting

    def delete(self, name: str) -> None:
        """Remove a file for good."""
        self.admit()
        if self.tape is not None:
            self.tape.append(("delete", name))
        self.files.pop(name, None)
        self.unsynced = [operation for operation in self.unsynced if operation.file != name]

    def killed(self) -> dict[str, bytes]:
        """Give the files as they are found after the program alone died."""
        return {name: bytes(file.seen) for name, file in self.files.items()}

    def cut(self, luck: Luck, chance: random.Random) -> dict[str, bytes]:
        """Give the files as they are found after the power failed."""
        found = {name: bytearray(file.safe) for name, file in self.files.items()}
        for operation in self.unsynced:
            if luck == "everything":
                change(found[operation.file], operation)
            elif luck == "torn":
                for part in sectors(operation):
                    if chance.random() < 0.5:
                        change(found[operation.file], part)
        return {name: bytes(content) for name, content in found.items()}

    def detach(self) -> None:
        """Let a dead program's last words go nowhere, without an error."""
        self.dead, self.writes_left, self.room, self.on_death, self.tape = False, None, None, None, None

    @classmethod
    def holding(cls, files: dict[str, bytes]) -> Drive:
        """Give a drive with these files, all of them safe."""
        return cls({name: File(bytearray(content), bytearray(content)) for name, content in files.items()})


def change(content: bytearray, operation: Operation) -> None:
    """Do one operation to a file's bytes."""
    if operation.content is None:
        del content[operation.offset :]
        return
    end = operation.offset + len(operation.content)
    if len(content) < operation.offset:
        content.extend(bytes(operation.offset - len(content)))
    content[operation.offset : end] = operation.content


def sectors(operation: Operation) -> list[Operation]:
    """Cut a write at the disk's sector borders; a truncation is one piece."""
    if operation.content is None:
        return [operation]
    parts, position, rest = [], operation.offset, operation.content
    while rest:
        length = SECTOR - position % SECTOR
        parts.append(Operation(operation.file, position, rest[:length]))
        position, rest = position + length, rest[length:]
    return parts


class MemoryFile:
    """One open file. SQLite has each to itself here: the store's own lock sees to that."""

    def __init__(self, drive: Drive, name: str) -> None:
        self.drive = drive
        self.name = name
        self.file = drive.files.setdefault(name, File())

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 - SQLite's name
        return bytes(self.file.seen[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        self.drive.apply(Operation(self.name, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's name
        self.drive.apply(Operation(self.name, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        self.drive.sync(self.name)

    def xFileSize(self) -> int:  # noqa: N802 - SQLite's name
        return len(self.file.seen)

    def xClose(self) -> None:  # noqa: N802 - SQLite's name
        pass

    def xLock(self, level: int) -> None:  # noqa: N802 - SQLite's name
        pass

    def xUnlock(self, level: int) -> None:  # noqa: N802 - SQLite's name
        pass

    def xCheckReservedLock(self) -> bool:  # noqa: N802 - SQLite's name
        return False

    def xFileControl(self, op: int, ptr: int) -> bool:  # noqa: N802 - SQLite's name
        return False

    def xSectorSize(self) -> int:  # noqa: N802 - SQLite's name
        return SECTOR

    def xDeviceCharacteristics(self) -> int:  # noqa: N802 - SQLite's name
        return 0


class MemoryDisk(apsw.VFS):
    """All drives of this process. Make one and keep it: the encryption above it holds on to it."""

    def __init__(self, name: str = "memorydisk") -> None:
        super().__init__(name, apsw.vfs_names()[0].removeprefix("multipleciphers-"))
        self.layer = f"multipleciphers-{name}"
        self.drives: dict[str, Drive] = {}

    def drive(self, folder: Path) -> Drive:
        """Give the drive that holds a folder."""
        return self.drives.setdefault(str(folder), Drive())

    def replace(self, folder: Path, files: dict[str, bytes]) -> Drive:
        """Put a drive with these files in the place of the one before, whose files must be closed."""
        drive = self.drives[str(folder)] = Drive.holding(files)
        return drive

    def forget(self, folder: Path) -> None:
        """Throw a drive away."""
        self.drives.pop(str(folder), None)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's name
        path = Path(name.filename() if isinstance(name, apsw.URIFilename) else str(name))
        return MemoryFile(self.drive(path.parent), path.name)  # type: ignore[return-value]  # apsw asks for its methods only

    def xDelete(self, name: str, syncdir: bool) -> None:  # noqa: N802 - SQLite's name
        self.drive(Path(name).parent).delete(Path(name).name)

    def xAccess(self, pathname: str, flags: int) -> bool:  # noqa: N802 - SQLite's name
        drive = self.drives.get(str(Path(pathname).parent))
        return drive is not None and Path(pathname).name in drive.files

    def xFullPathname(self, name: str) -> str:  # noqa: N802 - SQLite's name
        return name
