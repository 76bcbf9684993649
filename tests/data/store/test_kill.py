"""What the store called saved is there after the program was killed."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from tinydb import where

from data.store import Key, Store

PROGRAM = Path(__file__).with_name("capture_until_killed.py")


def captured_before_the_kill(folder: Path, key: Key, patience: int) -> list[str]:
    """Start the program, read ``patience`` ids, kill it in the middle of whatever it does, and read the rest."""
    with subprocess.Popen(
        [sys.executable, str(PROGRAM), str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(key.to_text() + "\n")
        process.stdin.flush()
        lines = [process.stdout.readline() for _ in range(patience)]
        process.kill()
        lines += process.stdout.readlines()
    return [line.strip() for line in lines if line.endswith("\n")]


def test_twenty_kills_lose_nothing_that_was_saved(folder: Path, key: Key) -> None:
    chance = random.Random(20261122)
    saved: list[str] = []
    for _ in range(20):
        ids = captured_before_the_kill(folder, key, chance.randint(1, 60))
        assert ids, "the program saved nothing before it was killed"
        saved += ids
    with Store.open(folder, key, indexes={"outbox": ["promise"]}) as store:
        outbox, overlay = store.table("outbox"), store.table("overlay")
        for promise in saved:
            assert len(outbox.search(where("promise") == promise)) == 1
        assert outbox.keys() == overlay.keys(), "a transaction over two tables was torn"
        assert len(outbox) <= len(saved) + 20, "at most one was saved without time to say so, in each run"
        assert all(finding.ok for finding in store.check())
