"""What one page of the feed does to the stored documents, worked out before anything is written.

The rules are the sync contract's: an entry applies only if its ``ver`` is newer; ``revoked`` goes first; a ``reset``
numbers a new generation, and what no page of that generation put again is swept with the last page, never before it.
Absence from any other page means nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from domain.records import dataclass

if TYPE_CHECKING:
    from domain.wire import ChangesPage, Entry, Seen


@dataclass(frozen=True, slots=True)
class FeedPosition:
    """How far this device has read its feed.

    ``cursor`` is opaque; ``seq`` is the highest entry applied of the history ``epoch``; ``head`` the server's newest
    one when it last answered. ``generation`` counts readings from the start, ``sweeping`` says that one of them is
    under way and ``reached`` how far it has come. ``scrub_due`` says that removed documents may have left traces.
    """

    epoch: str | None = None
    cursor: str | None = None
    seq: int = 0
    head: int = 0
    generation: int = 0
    sweeping: bool = False
    reached: int = 0
    scrub_due: bool = False

    @property
    def seen(self) -> Seen | None:
        """The position a fact captured now refers to; nothing before the first page."""
        from domain.wire import Seen

        return Seen(self.epoch, self.seq) if self.epoch is not None else None


@dataclass(frozen=True, slots=True)
class Version:
    """Which state of a document is stored: its ``ver`` in the history ``epoch``, and the generation that put it last."""

    epoch: str
    ver: int
    generation: int

    def older_than(self, epoch: str, ver: int) -> bool:
        """Tell whether an entry is news. Versions of two histories cannot be compared: the newer history has the word."""
        return self.epoch != epoch or self.ver < ver


@dataclass(frozen=True, slots=True)
class PageWork:
    """What a page changes: documents to store, documents to mark as put again, keys to delete, and the new position.

    ``epoch_changed`` says that the server has another history than the one the device knew, if it knew any.
    """

    puts: tuple[Entry, ...]
    confirmed: tuple[str, ...]
    deletes: tuple[str, ...]
    position: FeedPosition
    epoch_changed: bool
    caught_up: bool

    @property
    def changed(self) -> frozenset[str]:
        """The keys whose documents look different afterwards."""
        return frozenset(entry.key for entry in self.puts) | frozenset(self.deletes)


def plan_page(
    position: FeedPosition, page: ChangesPage, asked: str | None, versions: Mapping[str, Version]
) -> PageWork:
    """Work out what ``page``, the answer to a request with cursor ``asked``, does beside the stored ``versions``."""
    begun = _begun(position, page, asked)
    puts: dict[str, Entry] = {}
    confirmed: set[str] = set()
    deletes = {key for key in page.revoked if key in versions}
    for entry in page.entries:
        stored = None if entry.key in deletes else versions.get(entry.key)
        known = _put_version(puts.get(entry.key), page.epoch, begun) or stored
        if known is not None and not known.older_than(page.epoch, entry.ver):
            if entry.op == "put" and entry.key not in puts:
                confirmed.add(entry.key)
            continue
        confirmed.discard(entry.key)
        if entry.op == "put":
            puts[entry.key] = entry
            deletes.discard(entry.key)
        else:
            puts.pop(entry.key, None)
            if entry.key in versions:
                deletes.add(entry.key)
    caught_up = not page.more
    if begun.sweeping and caught_up:
        deletes |= {
            key
            for key, version in versions.items()
            if version.generation != begun.generation and key not in puts and key not in confirmed
        }
    return PageWork(
        puts=tuple(puts.values()),
        confirmed=tuple(sorted(confirmed)) if begun.sweeping else (),
        deletes=tuple(sorted(deletes)),
        position=_after(begun, page, scrub_due=begun.scrub_due or bool(deletes)),
        epoch_changed=position.epoch != page.epoch,
        caught_up=caught_up,
    )


def _begun(position: FeedPosition, page: ChangesPage, asked: str | None) -> FeedPosition:
    """Begin a new generation when this page is the first of a reading from the start, else give the position as it is.

    A server may repeat ``reset`` on every page of one reading; those go on where the page before ended.
    """
    other_epoch = position.epoch != page.epoch
    first = asked is None or (page.reset and not _continues(position, page))
    if not first and not (other_epoch and page.reset):
        return position
    return replace(
        position,
        generation=position.generation + 1,
        sweeping=True,
        reached=0,
        seq=0 if other_epoch else position.seq,
    )


def _continues(position: FeedPosition, page: ChangesPage) -> bool:
    """Tell whether a page marked ``reset`` belongs to the reading from the start that is under way."""
    if not position.sweeping or position.epoch != page.epoch or position.reached == 0:
        return False
    return all(entry.seq > position.reached for entry in page.entries)


def _put_version(entry: Entry | None, epoch: str, position: FeedPosition) -> Version | None:
    return None if entry is None else Version(epoch, entry.ver, position.generation)


def _after(begun: FeedPosition, page: ChangesPage, *, scrub_due: bool) -> FeedPosition:
    """Give the position behind ``page``."""
    reached = max([begun.reached, *(entry.seq for entry in page.entries)])
    known = begun.epoch == page.epoch and begun.seq <= page.head  # else the server has forgotten what was seen
    seq = begun.seq if known else 0
    if not page.more:
        seq = max(seq, page.head)
    elif not begun.sweeping:  # else what is on screen is older than this page, or, in a new epoch, only part of it
        seq = max([seq, *(entry.seq for entry in page.entries)])
    return replace(
        begun,
        epoch=page.epoch,
        cursor=page.cursor,
        seq=seq,
        head=page.head,
        sweeping=begun.sweeping and page.more,
        reached=reached if page.more else 0,
        scrub_due=scrub_due,
    )
