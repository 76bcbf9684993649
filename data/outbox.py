"""The facts of this device: captured durably, offered until the server has them, kept a while after that.

Three tables: ``outbox`` holds what the server has not acknowledged, ``sent`` what it has (for 45 days, to be offered
again should the server be restored from a backup), ``awaiting`` the numbers of those in ``sent`` that no document
shows yet. Every fact is in exactly one of the first two; nothing but an acknowledgement moves it out of ``outbox``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tinydb import where

from data.kept import (
    Acknowledgement,
    Author,
    KeptFact,
    NewFact,
    Refusal,
    acknowledgement,
    kept_fact,
    payload_of,
    sent_document,
    without_text,
)
from data.ports import DocumentStore, Table
from domain.canonical import canonical_bytes, digest, to_plain
from domain.clock import Clock, format_instant, parse_instant
from domain.i18n import tr
from domain.ids import IdSource
from domain.records import dataclass
from domain.text import clean_tree

if TYPE_CHECKING:  # capturing and sending import them, the first look at the queue need not
    from domain.facts import Fact, Payload
    from domain.wire import EventResult, Seen

KEEP_ACKNOWLEDGED: Final = timedelta(days=45)
"""How long an acknowledged fact stays, so that a server restored from a backup can be given it again."""
MAX_FACT: Final = 256 * 1024
"""Most bytes of one fact: far more than anybody types during a call, far less than a server's limit for a request."""

_HEAD: Final = "head"
_MILLISECOND: Final = timedelta(milliseconds=1)
_VERSION: Final = 1


class FactTooLongError(ValueError):
    """A fact is larger than :data:`MAX_FACT`; nothing was saved. ``str()`` may be shown as it is."""

    def __init__(self) -> None:
        super().__init__(tr("This text is too long and was not saved; shorten it, then save again."))


@dataclass(frozen=True, slots=True)
class Head:
    """The end of this device's chain: the last number given out, the digest of that event, and its instant.

    ``gap`` is the number after which the chain begins anew, when the server was found to have more facts of this
    device than the device itself (a store brought back from a backup). ``forgotten`` is the highest number of an
    acknowledged fact whose time here has run out: numbers up to it may be missing.
    """

    seq: int = 0
    digest: str | None = None
    at: str | None = None
    gap: int | None = None
    forgotten: int = 0


@dataclass(frozen=True, slots=True)
class Awaiting:
    """An acknowledged fact that its document does not show yet."""

    kept: KeptFact
    answer: Acknowledgement


class Outbox:
    """What this device has to tell the server, and what it has told it lately.

    ``author`` tells who is at the keyboard, ``seen`` the feed position on screen. Times are the corrected clock's.
    Use it from one thread. Each method is durable when it returns; inside a transaction of the caller's, which must
    not fail after the call, when that ends.
    """

    def __init__(
        self,
        store: DocumentStore,
        clock: Clock,
        ids: IdSource,
        author: Callable[[], Author],
        seen: Callable[[], Seen | None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._author = author
        self._seen = seen
        self._unsent_table: Table = store.table("outbox")
        self._sent_table: Table = store.table("sent")
        self._awaiting_table: Table = store.table("awaiting")
        self._head_table: Table = store.table("outbox_head")
        self._listeners: list[Callable[[frozenset[str]], None]] = []
        self._head = Head()
        self._unsent: dict[int, KeptFact] = {}
        self._refused: set[int] = set()
        self._awaiting: dict[int, Awaiting] = {}
        self.reload()

    def reload(self) -> None:
        """Read the state anew from the store: at the start, and after a transaction that was taken back."""
        head = self._head_table.get_key(_HEAD)
        self._head = Head(**head) if head else Head()
        unsent = sorted((kept_fact(document) for document in self._unsent_table.all()), key=lambda kept: kept.seq)
        self._unsent = {kept.seq: kept for kept in unsent}
        self._refused = {kept.seq for kept in unsent if kept.refusal}
        self._awaiting = {}
        for document in self._awaiting_table.all():
            sent = self._sent_table.get_key(_key(document["seq"]))
            if sent is not None and "text" in sent:
                self._awaiting[document["seq"]] = Awaiting(kept_fact(sent), acknowledgement(sent))

    # --- capturing ---------------------------------------------------------------------------------------------

    def append(self, payload: Payload, case_id: str, *, fact_id: str | None = None) -> Fact:
        """Capture one fact; it is on the disk when this returns. See :meth:`capture`."""
        return self.capture([NewFact(case_id, payload, fact_id)])[0]

    def capture(self, facts: Sequence[NewFact]) -> tuple[Fact, ...]:
        """Capture facts that belong together, all or none; they are on the disk when this returns.

        Raises :class:`FactTooLongError`; ``ValueError`` for a payload only the server may write; ``TypeError`` for one the
        wire has no place for; the store's own errors. After any of them nothing was saved.
        """
        author = self._author()
        seen = self._seen()
        now = self._clock.now()
        head = self._head
        captured: list[KeptFact] = []
        for new in facts:
            kept, head = self._chained(new, head, author, seen, now)
            captured.append(kept)
        with self._store.transaction():
            self._unsent_table.put_all({_key(kept.seq): kept.document() for kept in captured})
            self._save_head(head)
        self._head = head
        self._unsent.update((kept.seq, kept) for kept in captured)
        self._changed({kept.case_id for kept in captured})
        return tuple(kept.fact for kept in captured)

    def _chained(
        self, new: NewFact, head: Head, author: Author, seen: Seen | None, now: datetime
    ) -> tuple[KeptFact, Head]:
        """Give the fact its place after ``head``, and the head that follows."""
        if new.id is not None and any(kept.id == new.id for kept in self._unsent.values()):
            raise ValueError("a fact is captured once")
        from domain.facts.payloads import CLIENT_TYPES, TYPE_OF
        from domain.wire import Event

        type_name = TYPE_OF[type(new.payload)]
        if type_name not in CLIENT_TYPES:
            raise ValueError(f"{type_name} is written by the server alone")
        data = clean_tree(to_plain(new.payload))
        assert isinstance(data, dict)
        assert payload_of(type_name, data) is not None
        at = now if head.at is None else max(now, parse_instant(head.at) + _MILLISECOND)
        event = Event(
            id=new.id or self._ids.new(),
            seq=head.seq + 1,
            type=type_name,
            v=_VERSION,
            case_id=new.case_id,
            at=format_instant(at),
            data=data,
            prev=head.digest,
            seen=seen,
        )
        text = canonical_bytes(event)
        if len(text) > MAX_FACT:
            raise FactTooLongError
        kept = KeptFact(
            seq=event.seq,
            id=event.id,
            type=type_name,
            case_id=new.case_id,
            text=text.decode(),
            digest=digest(text),
            author=author.id,
            author_name=author.name,
            device=author.device,
        )
        return kept, replace(head, seq=kept.seq, digest=kept.digest, at=event.at)

    def continue_after(self, seq: int) -> bool:
        """Give new facts numbers above ``seq`` when the server already has that many; tell whether that was necessary.

        The device was set back to an older state. Reusing numbers would make two facts claim one place.
        """
        if seq <= self._head.seq:
            return False
        head = replace(self._head, seq=seq, digest=None, gap=seq)
        self._save_head(head)
        self._head = head
        return True

    # --- what is there -----------------------------------------------------------------------------------------

    @property
    def head(self) -> Head:
        """The end of the chain."""
        return self._head

    def unsent(self) -> tuple[KeptFact, ...]:
        """Give what the server has not acknowledged, oldest first."""
        return tuple(self._unsent.values())

    def among_unsent(self, seqs: Iterable[int]) -> tuple[KeptFact, ...]:
        """Give those of these facts that the server has not acknowledged, in the order asked."""
        return tuple(self._unsent[seq] for seq in seqs if seq in self._unsent)

    def count_unsent(self) -> int:
        """Count what the server has not acknowledged."""
        return len(self._unsent)

    def count_refused(self) -> int:
        """Count the unsent facts the server would not take when it was last asked."""
        return len(self._refused)

    def pending(self, case_id: str) -> tuple[Fact, ...]:
        """Give the facts of a case that its document may not show yet: unsent, or acknowledged a moment ago."""
        kept = [each for each in self._unsent.values() if each.case_id == case_id]
        kept += [each.kept for each in self._awaiting.values() if each.kept.case_id == case_id]
        return tuple(each.fact for each in kept)

    def pending_cases(self) -> frozenset[str]:
        """Name the cases with unsent facts."""
        return frozenset(kept.case_id for kept in self._unsent.values())

    def shown_cases(self) -> frozenset[str]:
        """Name the cases that :meth:`pending` has something for."""
        return self.pending_cases() | {each.kept.case_id for each in self._awaiting.values()}

    def under_review(self) -> Mapping[str, Acknowledgement]:
        """Give the facts, by id, that a person has to look at before the case shows them."""
        return {each.kept.id: each.answer for each in self._awaiting.values() if each.answer.status == "quarantined"}

    def subscribe(self, listener: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        """Call ``listener`` with the ids of the cases whose facts changed; what is returned ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # --- what the server said ----------------------------------------------------------------------------------

    def mark(
        self, results: Sequence[EventResult], epoch: str | None, held: Callable[[str], bool]
    ) -> tuple[KeptFact, ...]:
        """Move what the server acknowledged out of the unsent facts, and give it.

        ``epoch`` is the server's history that has them now. ``held`` tells whether the document of a key is here;
        facts of a case that has been taken away meanwhile leave no personal text behind.
        """
        said = {result.id: result for result in results}
        now = format_instant(self._clock.now())
        answered = {
            kept.seq: Awaiting(kept, Acknowledgement.of(said[kept.id], epoch, now))
            for kept in self._unsent.values()
            if kept.id in said
        }
        if not answered:
            return ()
        keys = {seq: _key(seq) for seq in answered}
        cases = {each.kept.case_id for each in answered.values()}
        here = {case_id for case_id in cases if held(f"case:{case_id}")}
        awaiting = {
            seq: each for seq, each in answered.items() if each.kept.case_id in here and _to_be_shown(each.answer)
        }
        with self._store.transaction():
            self._unsent_table.delete_keys(keys.values())
            self._sent_table.put_all(
                {
                    keys[seq]: sent_document(each.kept, each.answer, erase=each.kept.case_id not in here)
                    for seq, each in answered.items()
                }
            )
            self._awaiting_table.put_all({keys[seq]: {"seq": seq} for seq in awaiting})
        for seq in answered:
            del self._unsent[seq]
        self._refused -= answered.keys()
        self._awaiting |= awaiting
        self._changed(cases)
        return tuple(each.kept for each in answered.values())

    def refuse(self, seq: int, status: int, problem: str) -> None:
        """Note that the server would not take this fact; it stays unsent and is offered again later."""
        kept = self._unsent.get(seq)
        if kept is None:
            return
        times = kept.refusal.times + 1 if kept.refusal else 1
        refused = replace(kept, refusal=Refusal(status, problem, format_instant(self._clock.now()), times))
        self._unsent_table.put(_key(seq), refused.document())
        self._unsent[seq] = refused
        self._refused.add(seq)

    def settle(self, shows: Callable[[Acknowledgement], bool]) -> None:
        """Stop showing on top what the documents show by now, as ``shows`` tells from the answer to each fact."""
        settled = [seq for seq, each in self._awaiting.items() if shows(each.answer)]
        if not settled:
            return
        with self._store.transaction():
            self._awaiting_table.delete_keys([_key(seq) for seq in settled])
        cases = {self._awaiting.pop(seq).kept.case_id for seq in settled}
        self._changed(cases)

    def reoffer(self, wanted: Callable[[int, Acknowledgement], bool]) -> int:
        """Count those acknowledged facts as unsent again that ``wanted`` names by number and answer; give how many.

        For a server that was restored from a backup, or says that it misses some.
        """
        again = [
            kept_fact(document)
            for document in self._sent_table.all()
            if "text" in document and wanted(document["seq"], acknowledgement(document))
        ]
        if not again:
            return 0
        with self._store.transaction():
            keys = [_key(kept.seq) for kept in again]
            self._sent_table.delete_keys(keys)
            self._awaiting_table.delete_keys(keys)
            self._unsent_table.put_all({_key(kept.seq): kept.document() for kept in again})
        for kept in again:
            self._awaiting.pop(kept.seq, None)
            self._unsent[kept.seq] = kept
        self._unsent = dict(sorted(self._unsent.items()))
        self._changed({kept.case_id for kept in again})
        return len(again)

    def erase(self, case_ids: Collection[str]) -> bool:
        """Remove personal text from the acknowledged facts of these cases, which are no longer this agent's.

        Unsent facts stay as they are. Tell whether something was removed, so that the store can be scrubbed.
        """
        erased = False
        with self._store.transaction():
            for case_id in case_ids:
                for document in self._sent_table.search(where("case_id") == case_id):
                    self._awaiting_table.delete_key(_key(document["seq"]))
                    if "text" in document and kept_fact(document).personal:
                        self._sent_table.put(_key(document["seq"]), without_text(document))
                        erased = True
        gone = [seq for seq, each in self._awaiting.items() if each.kept.case_id in case_ids]
        for seq in gone:
            del self._awaiting[seq]
        return erased

    def prune(self) -> int:
        """Forget facts that were acknowledged more than 45 days ago; give how many."""
        limit = format_instant(self._clock.now() - KEEP_ACKNOWLEDGED)
        old = self._sent_table.search(where("acknowledged_at") < limit)
        if not old:
            return 0
        forgotten = max(self._head.forgotten, *(document["seq"] for document in old))
        head = replace(self._head, forgotten=forgotten)
        with self._store.transaction():
            keys = [_key(document["seq"]) for document in old]
            self._sent_table.delete_keys(keys)
            self._awaiting_table.delete_keys(keys)
            self._save_head(head)
        self._head = head
        for document in old:
            self._awaiting.pop(document["seq"], None)
        return len(old)

    # --- storing -----------------------------------------------------------------------------------------------

    def _save_head(self, head: Head) -> None:
        self._head_table.put(_HEAD, asdict(head))

    def _changed(self, cases: Collection[str]) -> None:
        for listener in tuple(self._listeners):
            listener(frozenset(cases))


def _key(seq: int) -> str:
    return f"{seq:010d}"


def _to_be_shown(answer: Acknowledgement) -> bool:
    """Tell whether the fact has to stay on top of its document: in a conflict the server's version is the one shown."""
    return answer.status != "conflict"
