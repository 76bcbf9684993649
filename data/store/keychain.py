"""The key in the operating system's keyring, so that a person need not type the password at every start.

A machine may have no keyring at all (a headless Linux), one that keeps nothing, or one its owner refuses to open:
each of these means "ask for the password", never an error. A keyring may show a dialogue: call off the screen's thread.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from data.store.header import read_header
from data.store.keys import Key

SERVICE: Final = "duecall"


def remember_key(folder: Path, key: Key) -> bool:
    """Keep the key of the store in ``folder`` in the keyring; tell whether it can be had back from there."""
    header = read_header(folder)
    if header is None or not key.fits(header.fingerprint):
        return False
    import keyring  # takes longer to import than the store takes to open

    try:
        keyring.set_password(SERVICE, header.store_id, key.to_text())
    except Exception:  # noqa: BLE001 - each backend has errors of its own, and the password still works
        return False
    return recall_key(folder) == key


def recall_key(folder: Path) -> Key | None:
    """Get the key of the store in ``folder`` from the keyring; nothing when it is not there or no longer fits."""
    header = read_header(folder)
    if header is None:
        return None
    import keyring

    try:
        text = keyring.get_password(SERVICE, header.store_id)
    except Exception:  # noqa: BLE001 - each backend has errors of its own, and the password still works
        return None
    if text is None:
        return None
    try:
        key = Key.from_text(text)
    except ValueError:
        return None
    return key if key.fits(header.fingerprint) else None


def forget_key(store_id: str) -> None:
    """Take the key of a store out of the keyring, if it is there."""
    import keyring

    try:
        keyring.delete_password(SERVICE, store_id)
    except Exception:  # noqa: BLE001 - each backend has errors of its own, and the password still works
        return
