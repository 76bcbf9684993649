"""TinyDB's ``Table`` over rows: one document a row, so that a write costs the same beside 500 and 50,000 others."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, MutableMapping
from contextlib import closing, contextmanager
from typing import Any, Final

from tinydb.queries import QueryLike
from tinydb.table import Document, Table

from data.store.pushdown import NOTHING, may_be_remembered, narrowing
from data.store.rows import LOWEST_ID, Row, Rows
from data.store.storage import SqliteStorage, decoded, encoded

_BATCH: Final = 500

Change = Callable[[MutableMapping[str, Any]], None]


class StoredDocument(Document):
    """A document as it was read: a ``dict`` of its own, with ``doc_id`` and, when it has one, its ``key``."""

    def __init__(self, value: Mapping[str, Any], doc_id: int, key: str | None = None) -> None:
        super().__init__(value, doc_id)
        self.key = key


class SqliteTable(Table):
    """Documents with TinyDB's methods, an optional key of their own, and indexes for simple conditions.

    What differs from TinyDB over JSON: every change is durable when the method returns (inside a transaction: when
    that ends); a document read is a copy, so changing it changes nothing stored; documents come in the order of
    their ids; a condition on an indexed field skips documents whose field has another type, where Python's
    comparison would raise; ``NaN`` is refused.
    """

    document_class = StoredDocument

    def __init__(self, storage: SqliteStorage, name: str, cache_size: int = 10, persist_empty: bool = False) -> None:
        self._sqlite = storage
        self._paths = storage.indexed_paths(name)
        self._rewinds_seen = storage.database.rewinds
        super().__init__(storage, name, cache_size, persist_empty)

    # --- writing -----------------------------------------------------------------------------------------------

    def insert(self, document: Mapping[str, Any], *, key: str | None = None) -> int:
        """Add a document, under ``key`` if one is given; ``ValueError`` if its id or its key is taken."""
        with self._writing() as rows:
            return self._insert(rows, document, key)

    def insert_multiple(self, documents: Iterable[Mapping[str, Any]]) -> list[int]:
        """Add all of the documents, or none of them when one cannot be added."""
        with self._writing() as rows:
            return [self._insert(rows, document, None) for document in documents]

    def put(self, key: str, document: Mapping[str, Any]) -> int:
        """Make ``document`` the one and only under ``key`` and give its id, which stays the same when it replaces."""
        body = encoded(document)
        with self._writing() as rows:
            doc_id = rows.replace_key(key, body)
            if doc_id is None:
                doc_id = self._get_next_id()
                rows.add(doc_id, key, body)
            return doc_id

    def put_all(self, documents: Mapping[str, Mapping[str, Any]]) -> None:
        """Make each document the one and only under its key, all or none: what :meth:`put` does, in one statement."""
        bodies = {key: encoded(document) for key, document in documents.items()}
        if bodies:
            with self._writing() as rows:
                rows.put_all([(self._get_next_id(), key, body) for key, body in bodies.items()])

    def delete_key(self, key: str) -> bool:
        """Remove the document under ``key``; tell whether there was one."""
        with self._writing() as rows:
            return rows.remove_key(key)

    def delete_keys(self, keys: Iterable[str]) -> None:
        """Remove the documents under ``keys``, all or none; a key without a document is passed over."""
        wanted = list(keys)
        if wanted:
            with self._writing() as rows:
                rows.remove_keys(wanted)

    def update(
        self,
        fields: Mapping[str, Any] | Change,
        cond: QueryLike | None = None,
        doc_ids: Iterable[int] | None = None,
    ) -> list[int]:
        """Change the matching documents, or none when changing one of them fails; give their ids.

        ``fields`` is merged in, or called with each document to change it in place. Unknown ids are skipped.
        """
        change: Change = fields if callable(fields) else lambda document: document.update(fields)
        with self._writing() as rows:
            if doc_ids is None:
                wanted = [document.doc_id for document in self._matching(cond)]
            else:
                wanted = [doc_id for doc_id in doc_ids if rows.one(doc_id) is not None]
            for doc_id in wanted:
                row = rows.one(doc_id)
                document = decoded(row[2]) if row else {}
                change(document)
                rows.replace(doc_id, encoded(document))
            return wanted

    def upsert(self, document: Mapping[str, Any], cond: QueryLike | None = None) -> list[int]:
        """Update what matches (a :class:`~tinydb.table.Document`: its id), or insert when nothing does."""
        doc_ids = [document.doc_id] if isinstance(document, Document) else None
        if doc_ids is None and cond is None:
            raise ValueError("upsert needs a query, or a Document with a doc_id")
        with self._writing():
            return self.update(document, cond, doc_ids) or [self.insert(document)]

    def remove(self, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        """Remove the matching documents and give their ids; unknown ids are skipped."""
        if cond is None and doc_ids is None:
            raise RuntimeError("truncate() is what removes all documents")
        with self._writing() as rows:
            wanted = [document.doc_id for document in self._matching(cond)] if doc_ids is None else list(doc_ids)
            return [doc_id for doc_id in wanted if rows.remove(doc_id)]

    def truncate(self) -> None:
        """Remove all documents; ids start at 1 again."""
        with self._writing() as rows:
            rows.clear()
        self._next_id = None

    # --- reading -----------------------------------------------------------------------------------------------

    def search(self, cond: QueryLike) -> list[StoredDocument]:  # type: ignore[override]  # a list of our documents
        """Give all documents that match, in the order of their ids.

        The ids a condition found are remembered until the next write; the documents are read anew each time.
        """
        if self._rewinds_seen != self._sqlite.database.rewinds:
            self.clear_cache()
            self._rewinds_seen = self._sqlite.database.rewinds
        remembered: Any = self._query_cache.get(cond)
        if remembered is not None:
            return self._with_ids(remembered)
        found = list(self._matching(cond))
        if may_be_remembered(cond):
            ids: Any = tuple(document.doc_id for document in found)
            self._query_cache[cond] = ids
        return found

    def get(
        self, cond: QueryLike | None = None, doc_id: int | None = None, doc_ids: Iterable[int] | None = None
    ) -> Any:
        """Give the document with ``doc_id``, those with ``doc_ids``, or the first that matches ``cond``, if any."""
        if doc_id is not None:
            rows = self._sqlite.rows(self.name)
            row = rows.one(doc_id) if rows else None
            return _document(row) if row else None
        if doc_ids is not None:
            return self._with_ids(tuple(doc_ids))
        if cond is None:
            raise RuntimeError("get() needs a condition, an id or ids")
        with closing(self._matching(cond)) as matching:
            return next(matching, None)

    def get_key(self, key: str) -> StoredDocument | None:
        """Give the document under ``key``, if there is one."""
        rows = self._sqlite.rows(self.name)
        row = rows.under(key) if rows else None
        return _document(row) if row else None

    def keys(self) -> list[str]:
        """Give the keys of all documents that have one, sorted."""
        rows = self._sqlite.rows(self.name)
        return rows.keys() if rows else []

    def contains(self, cond: QueryLike | None = None, doc_id: int | None = None) -> bool:
        """Tell whether a document matches, or has this id."""
        if cond is None and doc_id is None:
            raise RuntimeError("contains() needs a condition or an id")
        return self.get(cond, doc_id) is not None

    def count(self, cond: QueryLike) -> int:
        """Count the documents that match."""
        return len(self.search(cond))

    def all(self) -> list[StoredDocument]:  # type: ignore[override]  # a list of our documents
        """Give all documents, in the order of their ids."""
        rows = self._sqlite.rows(self.name)
        return [_document(row) for row in rows.all()] if rows else []

    def __len__(self) -> int:
        rows = self._sqlite.rows(self.name)
        return rows.count() if rows else 0

    def __iter__(self) -> Iterator[StoredDocument]:
        """Walk through the documents in the order of their ids; changing the table meanwhile is safe."""
        next_id = LOWEST_ID
        while (rows := self._sqlite.rows(self.name)) and (batch := rows.from_id(next_id, _BATCH)):
            yield from map(_document, batch)
            next_id = batch[-1][0] + 1

    # --- TinyDB's seams ----------------------------------------------------------------------------------------

    def _get_next_id(self) -> int:
        """Give an id above every one in use, and above those given since this table was opened."""
        next_id: int | None = self._next_id
        if next_id is None:
            rows = self._sqlite.rows(self.name)
            next_id = 1 + (rows.highest_id() if rows else 0)
        self._next_id = next_id + 1  # type: ignore[assignment]  # TinyDB declares it by its first value, None
        return next_id

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        """Read everything, for what TinyDB does with a table as a whole."""
        rows = self._sqlite.rows(self.name)
        return {str(doc_id): decoded(body) for doc_id, _, body in rows.all()} if rows else {}

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        """Let ``updater`` change the table as a dict, then write the rows that differ."""
        with self._writing() as rows:
            table: dict[int, Mapping[str, Any]] = {doc_id: decoded(body) for doc_id, _, body in rows.all()}
            updater(table)
            rows.become({doc_id: encoded(document) for doc_id, document in table.items()})

    # --- rows --------------------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[Rows]:
        """Open a transaction around one change; whatever it does, remembered answers are old afterwards."""
        with self._sqlite.database.transaction():
            try:
                yield self._sqlite.rows_for_writing(self.name)
            finally:
                self.clear_cache()

    def _insert(self, rows: Rows, document: Mapping[str, Any], key: str | None) -> int:
        if not isinstance(document, Mapping):
            raise ValueError("Document is not a Mapping")  # noqa: TRY004 - TinyDB's own error for it
        if isinstance(document, Document):
            doc_id: int = document.doc_id
            self._next_id = None
            key = key if key is not None else getattr(document, "key", None)
        else:
            doc_id = self._get_next_id()
        rows.add(doc_id, key, encoded(document))
        return doc_id

    def _with_ids(self, doc_ids: tuple[int, ...]) -> list[StoredDocument]:
        rows = self._sqlite.rows(self.name)
        return [_document(row) for row in rows.among(doc_ids)] if rows else []

    def _matching(self, cond: QueryLike | None) -> Generator[StoredDocument, None, None]:
        """Give the documents for which ``cond`` holds, reading no further than the caller asks."""
        rows = self._sqlite.rows(self.name)
        if rows is None:
            return
        narrowed = NOTHING if cond is None else narrowing(cond, self._paths)
        with closing(rows.perhaps(narrowed)) as candidates:
            for row in candidates:
                document = _document(row)
                if cond is None or cond(document):
                    yield document


def _document(row: Row) -> StoredDocument:
    doc_id, key, body = row
    return StoredDocument(decoded(body), doc_id, key)
