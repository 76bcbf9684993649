"""The cases as a screen may show them: the server's last word and the outbox on top, and nothing else.

Documents are stored as they came, unknown fields included, each with its ``ver``. They are decoded when first asked
for and kept decoded; what the server has not taken into a document yet is laid over it by the rules of the fold.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from types import MappingProxyType
from typing import Any, Final

import msgspec

from data import typed
from data.collection import no_collection
from data.decoding import decode_tree
from data.feed import PageWork, Version
from data.kept import Acknowledgement
from data.outbox import Outbox
from data.ports import DocumentStore
from domain.case.model import Case
from domain.records import dataclass

CASE: Final = "case:"

Listener = Callable[[frozenset[str]], None]
"""Told the keys of the documents that look different now: ``case:<id>``, ``policy``, ``scripts``, ``notice:<id>``."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the feed as it came, cleaned of what a terminal would act on."""

    key: str
    ver: int
    body: dict[str, Any] = field(repr=False)


class CaseBook:
    """The documents on this device. Use it from one thread; listeners are called on it, after the transaction."""

    def __init__(self, store: DocumentStore, outbox: Outbox) -> None:
        self._store = store
        self._table = store.table("documents")
        self._outbox = outbox
        self._listeners: list[Listener] = []
        self._gathered: set[str] | None = None
        self._hidden: frozenset[str] = frozenset()
        self._versions: dict[str, Version] = {}
        self._texts: dict[str, str] = {}
        self._cases: dict[str, Case | None] = {}
        self._shown: dict[str, Case] = {}
        outbox.subscribe(self._facts_changed)
        self.reload()

    def reload(self) -> None:
        """Read everything anew from the store: at the start, and after a transaction that was taken back."""
        with no_collection():
            documents = self._table.all()
            self._versions = {each["key"]: _version(each) for each in documents}
            self._texts = {each["key"]: each["text"] for each in documents}
        self._cases = {}
        self._shown = {}

    # --- reading -----------------------------------------------------------------------------------------------

    def case(self, case_id: str) -> Case | None:
        """Give a case with what was captured here on top; nothing when it is not (or no longer) this agent's."""
        key = CASE + case_id
        if key not in self._versions or key in self._hidden:
            return None
        shown = self._shown.get(key)
        if shown is None:
            case = self._decoded(key)
            if case is None:
                return None
            pending = self._outbox.pending(case_id)
            if pending:
                from domain.case.fold import overlay

                case = overlay(case, pending)
            shown = self._shown[key] = case
        return shown

    def cases(self) -> tuple[Case, ...]:
        """Give all cases that can be read, in the order in which they came."""
        touched = self._outbox.shown_cases()
        found = []
        with no_collection():
            for key in self._versions:
                if not key.startswith(CASE) or key in self._hidden:
                    continue
                shown = self._shown.get(key)
                if shown is None:
                    case_id = key.removeprefix(CASE)
                    shown = self.case(case_id) if case_id in touched else self._decoded(key)
                if shown is not None:
                    self._shown[key] = shown
                    found.append(shown)
        return tuple(found)

    def ids(self) -> frozenset[str]:
        """Name the cases that are here."""
        return frozenset(
            key.removeprefix(CASE) for key in self._versions if key.startswith(CASE) and key not in self._hidden
        )

    def ids_with_pending(self) -> frozenset[str]:
        """Name the cases with facts the server has not acknowledged."""
        return self._outbox.pending_cases()

    def document(self, key: str) -> Document | None:
        """Give a document as it came."""
        stored = None if key in self._hidden else self._table.get_key(key)
        return None if stored is None else Document(key, stored["ver"], decode_tree(stored["text"].encode()))

    def documents(self, kind: str) -> tuple[Document, ...]:
        """Give the documents of one kind (``"notice"``), in the order in which they came."""
        keys = [key for key in self._versions if key.partition(":")[0] == kind]
        return tuple(document for document in map(self.document, keys) if document is not None)

    def policy(self) -> Document | None:
        """Give the rule packs, promise types and result codes the supervisors set, if any have come."""
        return self.document("policy")

    def scripts(self) -> Document | None:
        """Give the call scripts the supervisors set, if any have come."""
        return self.document("scripts")

    def unreadable(self) -> tuple[str, ...]:
        """Name the cases this version cannot decode; they are kept for one that can."""
        return tuple(key for key in self._versions if key.startswith(CASE) and self._decoded(key) is None)

    @property
    def versions(self) -> Mapping[str, Version]:
        """Which state of each document is stored."""
        return MappingProxyType(self._versions)

    def shows(self, answer: Acknowledgement) -> bool:
        """Tell whether a document here has the state in which the server shows the acknowledged fact."""
        stored = self._versions.get(answer.key) if answer.key is not None else None
        if stored is None or answer.ver is None:
            return False
        return stored.epoch == answer.epoch and stored.ver >= answer.ver

    # --- changing ----------------------------------------------------------------------------------------------

    def write(self, work: PageWork) -> None:
        """Store what a page of the feed changes, as part of the caller's transaction."""
        from data.pages import text_of

        epoch = work.position.epoch
        assert epoch is not None
        generation = work.position.generation
        self._put(
            {
                entry.key: (Version(epoch, entry.ver, generation), text)
                for entry in work.puts
                if (text := text_of(entry)) is not None
            }
        )
        for key in work.confirmed:
            stored = self._table.get_key(key)
            if stored is not None:
                version = Version(stored["epoch"], stored["ver"], generation)
                self._table.put(key, {**stored, "generation": generation})
                self._versions[key] = version
        self._delete(work.deletes)
        if work.caught_up:
            self.unhide()
        self._publish(work.changed)

    def drop(self, keys: Collection[str]) -> None:
        """Remove these documents, as part of the caller's transaction."""
        self._delete(keys)
        self._publish(frozenset(keys))

    def _delete(self, keys: Collection[str]) -> None:
        self._table.delete_keys(keys)
        for key in keys:
            del self._versions[key]
            self._texts.pop(key, None)
            self._forget(key)

    def hide(self, keys: Collection[str]) -> None:
        """Show these documents no longer, until the feed has been read to its head: the server hinted that they go."""
        hidden = self._hidden | {key for key in keys if key in self._versions}
        news, self._hidden = hidden - self._hidden, hidden
        self._publish(news)

    def unhide(self) -> None:
        """Let the stored documents speak again."""
        news, self._hidden = self._hidden, frozenset()
        self._publish(news)

    def _put(self, documents: Mapping[str, tuple[Version, str]]) -> None:
        self._table.put_all(
            {
                key: {
                    "key": key,
                    "epoch": version.epoch,
                    "ver": version.ver,
                    "generation": version.generation,
                    "text": text,
                }
                for key, (version, text) in documents.items()
            }
        )
        for key, (version, text) in documents.items():
            self._versions[key] = version
            self._texts[key] = text
            self._forget(key)

    # --- listeners ---------------------------------------------------------------------------------------------

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with the keys of documents that look different now; what is returned ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Hold back what listeners are told until the block, which has a transaction inside, is left without an error."""
        if self._gathered is not None:
            yield
            return
        self._gathered = set()
        try:
            yield
            gathered = frozenset(self._gathered)
        finally:
            self._gathered = None
        self._publish(gathered)

    def _publish(self, keys: Collection[str]) -> None:
        if self._gathered is not None:
            self._gathered.update(keys)
        elif keys:
            for listener in tuple(self._listeners):
                listener(frozenset(keys))

    def _facts_changed(self, case_ids: frozenset[str]) -> None:
        keys = [CASE + case_id for case_id in case_ids]
        for key in keys:
            self._shown.pop(key, None)
        self._publish(keys)

    # --- decoding ----------------------------------------------------------------------------------------------

    def _decoded(self, key: str) -> Case | None:
        if key not in self._cases:
            self._cases[key] = _case(self._texts.pop(key))
        return self._cases[key]

    def _forget(self, key: str) -> None:
        self._cases.pop(key, None)
        self._shown.pop(key, None)


def _version(document: Mapping[str, Any]) -> Version:
    return Version(document["epoch"], document["ver"], document["generation"])


def _case(text: str) -> Case | None:
    try:
        return typed.decode(text, Case)
    except msgspec.ValidationError:
        return None
