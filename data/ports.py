"""What this package asks of a store: documents under keys, and several changes made durable as one.

:class:`data.store.Store` is the one that people use. Everything here is written against these few methods, so that a
store that fails on purpose can take its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, Protocol

from tinydb.queries import QueryLike


class Table(Protocol):
    """Documents of one kind, each under a key of its own. A document read is a copy."""

    def put(self, key: str, document: Mapping[str, Any], /) -> int:
        """Make ``document`` the one and only under ``key``; durable when it returns, or with the transaction."""
        ...

    def put_all(self, documents: Mapping[str, Mapping[str, Any]], /) -> None:
        """Do with each document what :meth:`put` does with one, all or none."""
        ...

    def get_key(self, key: str, /) -> Mapping[str, Any] | None:
        """Give the document under ``key``, if there is one."""
        ...

    def delete_key(self, key: str, /) -> bool:
        """Remove the document under ``key``; tell whether there was one."""
        ...

    def delete_keys(self, keys: Iterable[str], /) -> None:
        """Remove the documents under ``keys``, all or none; a key without a document is passed over."""
        ...

    def all(self) -> Sequence[Mapping[str, Any]]:
        """Give all documents."""
        ...

    def search(self, cond: QueryLike, /) -> Sequence[Mapping[str, Any]]:
        """Give all documents that match."""
        ...

    def __len__(self) -> int: ...


class DocumentStore(Protocol):
    """Tables that change together."""

    def table(self, name: str, /) -> Table:
        """Give the table ``name``, which comes into being with its first write."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Make all changes in the block one durable change, or none when an exception leaves it."""
        ...

    def scrub(self) -> None:
        """Leave no trace in any file of what was removed."""
        ...


INDEXES: Final[Mapping[str, Sequence[str]]] = {"sent": ("case_id", "acknowledged_at")}
"""The fields this package asks conditions on, to be given to :meth:`data.store.Store.open`."""
