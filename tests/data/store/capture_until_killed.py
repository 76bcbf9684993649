"""A program that captures promises as fast as it can and says each one's id once the store has saved it.

``python capture_until_killed.py FOLDER``, with the key on standard input; it ends when it is killed.
"""

from __future__ import annotations

import sys
import uuid
from pathlib import Path

from data.store import Key, Store


def main() -> None:
    folder = Path(sys.argv[1])
    key = Key.from_text(sys.stdin.readline().strip())
    with Store.open(folder, key, indexes={"outbox": ["promise"]}, wait=10) as store:
        outbox, overlay = store.table("outbox"), store.table("overlay")
        while True:
            promise = uuid.uuid4().hex
            with store.transaction():
                outbox.insert({"promise": promise, "parts": [{"due": "2026-11-27", "amount": 125000}]}, key=promise)
                overlay.put(promise, {"pad": "x" * 700})
            sys.stdout.write(f"{promise}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
