"""Receipts: which sequence numbers of a device the server has, and whether its chain of events is whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import bindparam, select

from server.audit import record
from server.database.arrays import among
from server.database.engine import Transaction
from server.database.schema import RECEIPT
from server.database.upsert import insert_missing
from server.facts.envelope import Received
from server.people.sessions import Caller

MOST_MISSING: Final = 500
"""How many missing numbers an answer names; the lowest come first."""

# Every batch asks these, so they are put together once.
_AROUND: Final = select(RECEIPT).where(RECEIPT.c.device_id == bindparam("device"), among(RECEIPT.c.seq, "seqs"))
_BETWEEN: Final = select(RECEIPT).where(
    RECEIPT.c.device_id == bindparam("device"), RECEIPT.c.seq.between(bindparam("first"), bindparam("last"))
)
_ABOVE: Final = (
    select(RECEIPT.c.seq)
    .where(RECEIPT.c.device_id == bindparam("device"), RECEIPT.c.seq > bindparam("through"))
    .order_by(RECEIPT.c.seq)
)


@dataclass(frozen=True, slots=True)
class Receipts:
    """What a batch adds to a device's receipts. ``through`` is up to where nothing is missing then, ``missing`` the gaps above.

    ``forked`` are numbers by which the machine shows that it was cloned or set back.
    """

    through: int
    missing: list[int]
    rows: list[dict[str, Any]] = field(repr=False)
    forked: list[int] = field(default_factory=list)


def receipts_of(transaction: Transaction, device: str, through: int, batch: Sequence[Received]) -> Receipts:
    """Work out what the sequence numbers of a batch add, for a device that is locked and complete up to ``through``.

    A number used twice, or an event whose ``prev`` is not the digest of the one before it, means that the machine was
    cloned or set back: the events are kept all the same, and the audit trail says so.
    """
    around = {received.envelope.seq + step for received in batch for step in (-1, 0, 1)}
    first, last = min(around, default=0), max(around, default=-1)
    if last - first < len(around):  # one stretch, as a machine's batches mostly are: one look instead of many
        rows = transaction.connection.execute(_BETWEEN, {"device": device, "first": first, "last": last})
    else:
        rows = transaction.connection.execute(_AROUND, {"device": device, "seqs": sorted(around)})
    known = {row.seq: (row.event_id, row.digest, row.prev) for row in rows}
    above = transaction.connection.execute(_ABOVE, {"device": device, "through": through}).scalars().all()
    new: dict[int, tuple[str, str, str | None]] = {}
    forked: set[int] = set()
    for received in batch:
        envelope = received.envelope
        here = known.get(envelope.seq) or new.get(envelope.seq)
        if here is None:
            new[envelope.seq] = (envelope.id, received.digest, envelope.prev)
        elif here[0] != envelope.id:
            forked.add(envelope.seq)
    chain = known | new
    for seq in new:
        for earlier, later in ((seq - 1, seq), (seq, seq + 1)):
            if earlier in chain and later in chain and chain[later][2] not in (None, chain[earlier][1]):
                forked.add(later)
    complete, missing = _complete(through, sorted({*above, *(seq for seq in new if seq > through)}))
    added = [
        {"device_id": device, "seq": seq, "event_id": event_id, "digest": event_digest, "prev": prev}
        for seq, (event_id, event_digest, prev) in new.items()
    ]
    return Receipts(complete, missing, added, sorted(forked))


def write_receipts(transaction: Transaction, caller: Caller, receipts: Receipts) -> None:
    """Write what a batch adds; the device's own row is left to the caller."""
    insert_missing(transaction.connection, RECEIPT, receipts.rows)
    if receipts.forked:
        forked = receipts.forked[:MOST_MISSING]
        record(transaction, caller.id, "device.forked", caller.device_id, caller.team, seqs=forked)


def _complete(through: int, above: Iterable[int]) -> tuple[int, list[int]]:
    """Tell up to where nothing is missing, and which of the numbers between those ``above`` are."""
    missing: list[int] = []
    last = through
    for seq in above:
        if seq == through + 1:
            through = seq
        elif len(missing) < MOST_MISSING:
            missing.extend(range(last + 1, min(seq, last + 1 + MOST_MISSING - len(missing))))
        last = seq
    return through, missing
