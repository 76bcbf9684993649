"""What lies on the disk tells nothing, and nothing is left of what was removed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import apsw
import pytest
from tinydb import where

from data.store import (
    Key,
    KeyCost,
    NoStore,
    Store,
    StoreDamaged,
    StoreTooNew,
    WrongPassword,
    derive_key,
    unlock,
)
from data.store.header import read_header

MARKER = "Zoé-Q7X-客户"


def bytes_on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


class PeekingFile(apsw.VFSFile):
    """The database file as SQLite sees it: decrypted."""


class PeekingVFS(apsw.VFS):
    """A layer above the encryption that hands out the file it opened."""

    def __init__(self) -> None:
        self.base = apsw.vfs_names()[0]
        assert self.base.startswith("multipleciphers")
        super().__init__("peeking", self.base)
        self.files: list[PeekingFile] = []

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> PeekingFile:  # noqa: N802 - SQLite's name
        file = PeekingFile(self.base, name, flags)
        self.files.append(file)
        return file


def decrypted_pages(folder: Path, key: Key) -> bytes:
    """Read every page of the database, those in the list of free pages included."""
    (path,) = folder.glob("store-*.db")
    layer = PeekingVFS()
    connection = apsw.Connection(str(path), vfs="peeking")
    try:
        connection.pragma("cipher", "chacha20")
        connection.pragma("key", key.page_key())
        connection.pragma("locking_mode", "exclusive")
        connection.execute("SELECT count(*) FROM catalog").get  # noqa: B018 - reading proves the key
        file = layer.files[0]
        return b"".join(file.xRead(4096, offset) for offset in range(0, file.xFileSize(), 4096))
    finally:
        connection.close()
        layer.unregister()


def test_no_text_of_a_document_is_on_the_disk(folder: Path, key: Key) -> None:
    with Store.open(folder, key, indexes={"cases": ["name"]}) as store:
        store.table(f"table {MARKER}").insert({"a": 1})
        store.table("cases").put(f"case:{MARKER}", {"name": MARKER, MARKER: "field"})
        open_bytes = bytes_on_disk(folder)
    for content in (open_bytes, bytes_on_disk(folder)):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert MARKER.encode(encoding) not in content
        assert b"SQLite format 3" not in content
        assert b"CREATE TABLE" not in content
        assert key.to_text().encode() not in content
        assert bytes.fromhex(key.to_text()) not in content
    assert MARKER.encode() in decrypted_pages(folder, key), "or the search above could not have found it"


def test_nothing_of_a_removed_customer_is_left_after_scrubbing(folder: Path, key: Key) -> None:
    """Updates, moves between pages, overflow chains and indexes included; the free pages are read as well."""
    with Store.open(folder, key, indexes={"cases": ["name"]}) as store:
        cases, notes = store.table("cases"), store.table("notes")
        with store.transaction():
            for n in range(1500):
                cases.put(f"case:MK{n:05d}", {"name": f"MK{n:05d}", "pad": "." * (n * 37 % 2900)})
                notes.insert({"even": n % 2 == 0, "text": f"MK{n:05d} pays on Friday" * (n % 9)})
        for n in range(0, 1500, 7):
            with store.transaction():
                cases.put(f"case:MK{n:05d}", {"name": f"MK{n:05d}", "pad": "." * (n * 91 % 5000), "ver": 2})
        with store.transaction():
            for n in range(0, 1500, 2):
                cases.delete_key(f"case:MK{n:05d}")
            notes.remove(where("even") == True)  # noqa: E712 - TinyDB's way to ask
        store.scrub()
        assert [path.stat().st_size for path in folder.glob("*-wal")] == [0]
        after_scrub = [path.read_bytes() for path in folder.glob("store-*.db")]
    assert after_scrub == [path.read_bytes() for path in folder.glob("store-*.db")], "closing had nothing left to do"
    found = {int(n) for n in re.findall(rb"MK(\d{5})", decrypted_pages(folder, key))}
    assert found == set(range(1, 1500, 2))


def test_another_key_does_not_open_it_and_harms_nothing(folder: Path, key: Key) -> None:
    with Store.open(folder, key) as store:
        store.table("cases").insert({"a": 1})
    before = bytes_on_disk(folder)
    with pytest.raises(WrongPassword):
        Store.open(folder, Key.random())
    assert bytes_on_disk(folder) == before
    with Store.open(folder, key) as store:
        assert store.table("cases").all() == [{"a": 1}]


def test_plain_sqlite_sees_no_database(folder: Path, key: Key) -> None:
    Store.open(folder, key).close()
    (path,) = folder.glob("store-*.db")
    connection = apsw.Connection(str(path))
    with pytest.raises(apsw.NotADBError):
        connection.execute("SELECT * FROM sqlite_schema").get  # noqa: B018 - the property runs the statement
    connection.close()


def noticed_damage(folder: Path, key: Key) -> bool:
    try:
        with Store.open(folder, key) as store:
            return not all(finding.ok for finding in store.check())
    except StoreDamaged:
        return True


@pytest.mark.parametrize("offset", [40, 600, 4096 + 100, 2 * 4096 + 4095])
def test_a_changed_byte_is_noticed(folder: Path, key: Key, offset: int) -> None:
    with Store.open(folder, key) as store:
        store.table("cases").insert_multiple({"n": n, "pad": "x" * 500} for n in range(50))
    assert not noticed_damage(folder, key)
    (path,) = folder.glob("store-*.db")
    content = bytearray(path.read_bytes())
    content[offset] ^= 1
    path.write_bytes(content)
    assert noticed_damage(folder, key)


def test_the_password_gives_the_key_and_only_the_right_one(folder: Path, cheap: KeyCost) -> None:
    key = unlock(folder, "correct horse", cost=cheap)
    with Store.open(folder, key) as store:
        store.table("cases").insert({"a": 1})
    assert unlock(folder, "correct horse") == key
    for wrong in ("correct  horse", "Correct horse", "correct hors"):
        with pytest.raises(WrongPassword):
            unlock(folder, wrong)
    with pytest.raises(ValueError, match="empty"):
        unlock(folder, "")
    text = (folder / "store.json").read_text()
    assert "horse" not in text
    assert key.to_text() not in text


def test_the_same_letters_are_the_same_password(cheap: KeyCost) -> None:
    salt = bytes(16)
    assert derive_key("caf\u00e9", salt, cheap) == derive_key("cafe\u0301", salt, cheap)
    assert derive_key("cafe", salt, cheap) != derive_key("caf\u00e9", salt, cheap)
    assert derive_key("cafe", bytes(15) + b"\x01", cheap) != derive_key("cafe", salt, cheap)


def test_the_standard_cost_is_that_of_rfc_9106(folder: Path) -> None:
    unlock(folder, "password")
    header = read_header(folder)
    assert header is not None
    assert header.cost == KeyCost(passes=3, memory_kib=65536, lanes=4)
    assert header.salt is not None
    assert len(header.salt) == 16


def test_a_store_made_without_a_password_opens_with_none(folder: Path, key: Key) -> None:
    Store.open(folder, key).close()
    with pytest.raises(WrongPassword):
        unlock(folder, "anything")


def test_a_first_start_that_was_interrupted_can_choose_another_password(folder: Path, cheap: KeyCost) -> None:
    unlock(folder, "first try", cost=cheap)
    key = unlock(folder, "second try", cost=cheap)
    Store.open(folder, key).close()
    with pytest.raises(WrongPassword):
        unlock(folder, "first try")


def test_nothing_is_created_unasked(folder: Path, key: Key, cheap: KeyCost) -> None:
    with pytest.raises(NoStore):
        unlock(folder, "password", create=False, cost=cheap)
    with pytest.raises(NoStore):
        Store.open(folder, key, create=False)
    assert not folder.exists()


def test_missing_files_are_a_loss_and_not_a_first_start(folder: Path, key: Key) -> None:
    Store.open(folder, key).close()
    header = (folder / "store.json").read_bytes()
    database = (folder / "store-1.db").read_bytes()
    (folder / "store-1.db").unlink()
    with pytest.raises(StoreDamaged):
        Store.open(folder, key)
    (folder / "store-1.db").write_bytes(database)
    (folder / "store.json").unlink()
    with pytest.raises(StoreDamaged):
        Store.open(folder, key)
    (folder / "store.json").write_bytes(header)
    Store.open(folder, key).close()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('"format": 1', '"format": 2'), StoreTooNew),
        (('"generation": 1', '"generation": "one"'), StoreDamaged),
        (("{", ""), StoreDamaged),
        (('"kdf": "argon2id"', '"kdf": "none"'), StoreDamaged),
        (('"memory_kib": 8', '"memory_kib": 99999999999'), StoreDamaged),
        (('"store_id": "', '"store_id": "../../'), StoreDamaged),
    ],
)
def test_a_header_that_cannot_be_understood(
    folder: Path, cheap: KeyCost, change: tuple[str, str], expected: type[Exception]
) -> None:
    Store.open(folder, unlock(folder, "password", cost=cheap)).close()
    header = folder / "store.json"
    assert change[0] in header.read_text()
    header.write_text(header.read_text().replace(*change, 1))
    with pytest.raises(expected):
        unlock(folder, "password")


def test_a_store_of_a_later_version_is_left_alone(folder: Path, key: Key) -> None:
    with Store.open(folder, key) as store:
        store._database.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreTooNew):
        Store.open(folder, key)


def test_changing_the_password(folder: Path, cheap: KeyCost) -> None:
    old = unlock(folder, "old", cost=cheap)
    with Store.open(folder, old, indexes={"cases": ["state"]}) as store:
        table = store.table("cases")
        table.put("7", {"state": "open"})
        new = store.change_password("new", cheap)
        assert table.search(where("state") == "open") == [{"state": "open"}]
        table.insert({"state": "after"})
        assert all(finding.ok for finding in store.check())
    assert [path.name for path in folder.glob("*.db*")] == ["store-2.db"]
    with pytest.raises(WrongPassword):
        unlock(folder, "old")
    with pytest.raises(WrongPassword):
        Store.open(folder, old)
    assert unlock(folder, "new") == new
    with Store.open(folder, new) as store:
        assert [(d.key, d["state"]) for d in store.table("cases")] == [("7", "open"), (None, "after")]


def test_a_crash_before_the_new_password_is_in_force_leaves_the_old_one(folder: Path, cheap: KeyCost) -> None:
    key = unlock(folder, "old", cost=cheap)
    with Store.open(folder, key) as store:
        store.table("cases").insert({"a": 1})
        store._copy_to(folder / "store-2.db", Key.random())
    assert (folder / "store-2.db").exists()
    with Store.open(folder, unlock(folder, "old")) as store:
        assert store.table("cases").all() == [{"a": 1}]
    assert not (folder / "store-2.db").exists()


def test_a_crash_after_the_new_password_is_in_force_leaves_the_new_one(folder: Path, cheap: KeyCost) -> None:
    with Store.open(folder, unlock(folder, "old", cost=cheap)) as store:
        store.table("cases").insert({"a": 1})
    before = (folder / "store-1.db").read_bytes()
    with Store.open(folder, unlock(folder, "old")) as store:
        store.change_password("new", cheap)
    (folder / "store-1.db").write_bytes(before)
    with Store.open(folder, unlock(folder, "new")) as store:
        assert store.table("cases").all() == [{"a": 1}]
    assert not (folder / "store-1.db").exists()


def test_a_key_shows_nothing(key: Key) -> None:
    assert repr(key) == str(key) == f"{key}" == "***"
    assert Key.from_text(key.to_text()) == key
    assert Key.random() != key
    with pytest.raises(ValueError, match="32 bytes"):
        Key(b"short")


def test_importing_the_store_brings_no_slow_module_with_it() -> None:
    slow = ("httpx", "keyring", "argon2", "textual", "rich", "asyncio", "phonenumbers", "platformdirs")
    code = f"import sys, data.store, data.profile; print([m for m in sys.modules if m.split('.')[0] in {slow!r}])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
