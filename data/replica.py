"""This device's side of the sync: what each answer of the server changes in the store, each in one transaction.

*What the screen shows is the server's last word and the outbox, and nothing else.* Everything that changes both at
once goes through here, so that a crash between two lines leaves neither half of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from data.cases import CASE, CaseBook
from data.collection import no_collection
from data.drafts import Drafts
from data.feed import FeedPosition, plan_page
from data.kept import Acknowledgement, Author, KeptFact
from data.outbox import Outbox
from data.ports import DocumentStore
from data.position import Contact, SyncMemory
from domain.clock import Clock, CorrectedClock, ProvenClock, SteadyClock, SystemClock
from domain.ids import IdSource
from domain.records import dataclass

if TYPE_CHECKING:
    from domain.wire import ChangesPage, EventResult


@dataclass(frozen=True, slots=True)
class Applied:
    """What one page changed: entries that were news, keys that were taken away, facts to be offered again."""

    pulled: int
    removed: tuple[str, ...]
    offered_again: int
    set_back: bool
    """The server has more facts of this device than the device: its store was brought back from an older copy."""


class Replica:
    """Cases, outbox, drafts and the position in the feed, kept consistent with each other.

    ``clock`` is the machine's own; :attr:`clock` is the corrected one, which facts and leases go by. ``monotonic``
    counts seconds as nobody can set them. Use it from one thread.
    """

    def __init__(
        self,
        store: DocumentStore,
        author: Callable[[], Author],
        clock: Clock | None = None,
        ids: IdSource | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._tainted = False
        own = clock or SystemClock()
        self.memory = SyncMemory(store, lambda: own.ahead if isinstance(own, SteadyClock) else timedelta())
        self.clock = CorrectedClock(own, self.memory.contact.offset)
        self._proven = ProvenClock(self.memory.contact.said, monotonic)
        self.outbox = Outbox(store, self.clock, ids or IdSource(self.clock), author, lambda: self.memory.position.seen)
        self.cases = CaseBook(store, self.outbox)
        self.drafts = Drafts(store, self.clock)
        if self.memory.position.scrub_due:
            self._scrub()

    def apply_page(self, page: ChangesPage, asked: str | None, contact: Contact, *, settle: bool = True) -> Applied:
        """Store a page of the feed, its cursor and what follows from it, then tell listeners.

        ``asked`` is the cursor of the request, ``contact`` what is known of the server since. ``settle`` says that the
        page was asked for after the last acknowledgement was stored, so that it tells which facts need no longer be
        laid over their documents: an older page may be of a history that acknowledgement knew nothing of. Taken-away
        cases leave no trace in any file when this returns. Errors are the store's; nothing has changed then.
        """
        work = plan_page(self.memory.position, page, asked, self.cases.versions)
        gone = [key.removeprefix(CASE) for key in work.deletes if key.startswith(CASE)]
        with self._together():
            self.cases.write(work)
            self.drafts.discard_all(gone)
            again = 0
            if (
                work.epoch_changed
            ):  # before anything is erased: the restored server may lack facts of a case it takes away
                again = self.outbox.reoffer(lambda _seq, answer: answer.epoch != page.epoch)
            erased = self.outbox.erase(gone)
            caught_up = work.caught_up
            if settle:
                self.outbox.settle(lambda answer: self._shown(answer, caught_up=caught_up))
            set_back = self.outbox.continue_after(page.device.received_through)
            self.memory.move(replace(work.position, scrub_due=work.position.scrub_due or erased or self._tainted))
            self.memory.remember(contact)
            self.memory.note_cash(page.cash)
        if self.memory.position.scrub_due:
            self._scrub()
        return Applied(len(work.puts) + len(work.deletes), work.deletes, again, set_back)

    def let_go(self, contact: Contact) -> None:
        """Erase every document and draft, because the server has shut this device out.

        Facts the server has not taken yet stay as they are; their text goes when it has. Nothing of a customer is left
        in any file otherwise when this returns.
        """
        keys = tuple(self.cases.versions)
        gone = [key.removeprefix(CASE) for key in keys if key.startswith(CASE)]
        with self._together():
            self.cases.drop(keys)
            self.drafts.discard_all(gone)
            self.outbox.erase(gone)
            self.memory.move(FeedPosition(generation=self.memory.position.generation, scrub_due=True))
            self.memory.remember(contact)
        self._scrub()

    def mark(self, results: Sequence[EventResult], contact: Contact) -> tuple[KeptFact, ...]:
        """Store the server's answers to pushed facts; give the facts that are in its custody now."""
        with self._together():
            marked = self.outbox.mark(results, contact.epoch, self.cases.versions.__contains__)
            if any(CASE + case_id not in self.cases.versions for case_id in {kept.case_id for kept in marked}):
                self.memory.move(replace(self.memory.position, scrub_due=True))
            self.memory.remember(contact)
        if self.memory.position.scrub_due:
            self._scrub()
        return marked

    def refuse(self, seq: int, status: int, problem: str) -> None:
        """Note that the server would not take a fact for now."""
        with self._together():
            self.outbox.refuse(seq, status, problem)

    def offer_again(self, above: int) -> int:
        """Count acknowledged facts numbered higher than ``above`` as unsent again: the server says it lacks them."""
        with self._together():
            return self.outbox.reoffer(lambda seq, _answer: seq > above)

    def offer_missing(self, seqs: frozenset[int]) -> int:
        """Count these acknowledged facts as unsent again: the server says it lacks them."""
        with self._together():
            return self.outbox.reoffer(lambda seq, _answer: seq in seqs)

    def remember(self, contact: Contact) -> None:
        """Store when the server was last heard and how far the clocks are apart."""
        self.memory.remember(contact)
        self.correct(contact)

    def correct(self, contact: Contact) -> None:
        """Let the corrected clock follow the measured offset, and the proven one what the server said."""
        self.clock.offset = contact.offset
        self._proven.hear(contact.said)

    def ahead(self) -> timedelta:
        """Tell by how much the corrected clock may be ahead of the truth: it was set forward, or the machine slept.

        While the server is heard it is the time an answer travels. Negative when the clock is behind what is certain.
        """
        return self.clock.now() - self._proven.now()

    def _shown(self, answer: Acknowledgement, *, caught_up: bool) -> bool:
        """Tell whether an acknowledged fact need no longer be laid over its document.

        An accepted fact for which the server named no document is in whatever the feed's head has. A quarantined one
        stays on top until the server shows it.
        """
        if answer.ver is None or answer.key is None:
            return caught_up and answer.status != "quarantined"
        return self.cases.shows(answer)

    @contextmanager
    def _together(self) -> Iterator[None]:
        """Make the block one durable change; when it fails, read the state in memory anew."""
        with self.cases.gathering():
            try:
                with no_collection(), self._store.transaction():
                    yield
            except BaseException:
                self._tainted = True  # the log may hold what was not stored, of a case that is gone before the next try
                self.outbox.reload()
                self.memory.reload()
                self.cases.reload()
                raise

    def _scrub(self) -> None:
        """Remove the traces of deleted documents; a crash before the end repeats it at the next start."""
        try:
            self._store.scrub()
        except RuntimeError:
            return  # somebody is in the middle of reading: it stays due, and is done with the next change
        self._tainted = False
        self.memory.scrubbed()
