"""One duecall a profile, and files for their owner alone."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from data.store import Key, Store, StoreInUse

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in access lists")


def test_a_second_opening_is_refused_until_the_first_is_closed(folder: Path, key: Key) -> None:
    first = Store.open(folder, key)
    with pytest.raises(StoreInUse, match="Close that window"):
        Store.open(folder, key)
    first.table("cases").insert({"still": "works"})
    first.close()
    first.close()
    with Store.open(folder, key) as second:
        assert second.table("cases").all() == [{"still": "works"}]


def test_another_process_is_refused(folder: Path, key: Key) -> None:
    code = (
        "import sys; from pathlib import Path; from data.store import Key, Store, StoreInUse\n"
        "try: Store.open(Path(sys.argv[1]), Key.from_text(sys.stdin.read())).close(); print('opened')\n"
        "except StoreInUse: print('in use')"
    )

    def other() -> str:
        command = [sys.executable, "-c", code, str(folder)]
        done = subprocess.run(command, input=key.to_text(), capture_output=True, text=True, check=True)
        return done.stdout.strip()

    with Store.open(folder, key):
        assert other() == "in use"
    assert other() == "opened"


def test_waiting_for_the_other_to_end(folder: Path, key: Key) -> None:
    first = Store.open(folder, key)
    opened: list[Store] = []
    waiting = threading.Thread(target=lambda: opened.append(Store.open(folder, key, wait=30)))
    waiting.start()
    first.close()
    waiting.join()
    opened[0].close()
    with Store.open(folder, key), pytest.raises(StoreInUse):
        Store.open(folder, key, wait=0.01)


def test_a_failed_opening_gives_the_lock_back(folder: Path, key: Key) -> None:
    Store.open(folder, key).close()
    for _ in range(2):
        with pytest.raises(Exception, match="password"):
            Store.open(folder, Key.random())
    Store.open(folder, key).close()


def test_wiping_removes_everything_and_lets_a_new_store_begin(folder: Path, key: Key) -> None:
    store = Store.open(folder, key)
    store.table("cases").insert({"a": 1})
    (folder / ".store.json.abc.tmp").write_text("left by a crash")
    (folder / "store-7.db").write_text("left by a crash")
    store.wipe()
    assert list(folder.iterdir()) == []
    with Store.open(folder, Key.random()) as fresh:
        assert fresh.table("cases").all() == []


@posix
def test_files_are_for_their_owner_alone(folder: Path, key: Key) -> None:
    before = os.umask(0)
    try:
        with Store.open(folder, key) as store:
            store.table("cases").insert({"a": 1})
            modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
            folder_mode = folder.stat().st_mode & 0o777
            new_key = store.change_password("new")
            modes |= {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    finally:
        os.umask(before)
    assert folder_mode == 0o700
    assert modes == dict.fromkeys(["store-1.db", "store-1.db-wal", "store.json", "store.lock"], 0o600) | dict.fromkeys(
        ["store-2.db", "store-2.db-wal"], 0o600
    )
    assert new_key != key


@posix
def test_rights_that_were_too_wide_are_taken_away_at_the_next_opening(folder: Path, key: Key) -> None:
    Store.open(folder, key).close()
    folder.chmod(0o755)
    (folder / "store-1.db").chmod(0o644)
    with Store.open(folder, key) as store:
        privacy = {finding.name: finding.ok for finding in store.check()}["store.privacy"]
        assert privacy
        (folder / "store-1.db").chmod(0o640)
        (finding,) = [finding for finding in store.check() if finding.name == "store.privacy"]
        assert not finding.ok
        assert "store-1.db" in finding.detail
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_healthy_store_has_nothing_to_report(store: Store) -> None:
    store.table("cases").insert({"a": 1})
    findings = store.check()
    assert [finding for finding in findings if not finding.ok] == []
    assert [finding.name for finding in findings] == [
        "store.integrity",
        "store.documents",
        "store.encryption",
        "store.durability",
        "store.privacy",
    ]


def test_a_setting_and_a_document_that_are_wrong_are_found(store: Store) -> None:
    store.table("drafts").insert({"n": 1})
    store._database.execute("PRAGMA synchronous = off")
    store._database.execute("INSERT INTO documents_1 (body) VALUES ('not a document')")
    assert {finding.name for finding in store.check() if not finding.ok} == {"store.durability", "store.documents"}


def test_a_page_that_is_not_authentic_is_found(folder: Path, key: Key) -> None:
    with Store.open(folder, key) as store:
        store.table("cases").insert_multiple({"n": n, "pad": "x" * 900} for n in range(200))
    path = folder / "store-1.db"
    content = bytearray(path.read_bytes())
    content[20 * 4096 + 7] ^= 1
    path.write_bytes(content)
    with Store.open(folder, key) as store:
        assert {f.name for f in store.check() if not f.ok} == {"store.integrity", "store.documents"}
