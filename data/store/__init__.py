"""What is kept on this machine: TinyDB's documents in an encrypted SQLite file, durable one by one."""

from data.store.checks import Finding
from data.store.errors import (
    DiskFull,
    NoStore,
    StoreDamaged,
    StoreError,
    StoreInUse,
    StoreTooNew,
    StoreUnwritable,
    WrongPassword,
)
from data.store.header import unlock
from data.store.keychain import recall_key, remember_key
from data.store.keys import STANDARD_COST, Key, KeyCost, derive_key
from data.store.storage import Indexes
from data.store.store import Store
from data.store.table import SqliteTable, StoredDocument

__all__ = [
    "STANDARD_COST",
    "DiskFull",
    "Finding",
    "Indexes",
    "Key",
    "KeyCost",
    "NoStore",
    "SqliteTable",
    "Store",
    "StoreDamaged",
    "StoreError",
    "StoreInUse",
    "StoreTooNew",
    "StoreUnwritable",
    "StoredDocument",
    "WrongPassword",
    "derive_key",
    "recall_key",
    "remember_key",
    "unlock",
]
