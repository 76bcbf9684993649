"""Receipts: which sequence numbers of a device the server has, and whether its chain of events is whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, select, update

from server.audit import record
from server.database.arrays import among
from server.database.engine import Transaction
from server.database.schema import DEVICE, RECEIPT
from server.database.upsert import insert_missing
from server.facts.envelope import Received
from server.people.sessions import Caller

MOST_MISSING: Final = 500
"""How many missing numbers an answer names; the lowest come first."""

# Every batch asks these, so they are put together once.
_AROUND: Final = select(RECEIPT).where(RECEIPT.c.device_id == bindparam("device"), among(RECEIPT.c.seq, "seqs"))
_RECEIVED: Final = select(DEVICE.c.received_through).where(DEVICE.c.id == bindparam("device"))
_ABOVE: Final = (
    select(RECEIPT.c.seq)
    .where(RECEIPT.c.device_id == bindparam("device"), RECEIPT.c.seq > bindparam("through"))
    .order_by(RECEIPT.c.seq)
)
_ADVANCE: Final = update(DEVICE).where(DEVICE.c.id == bindparam("device"))


def note_receipts(transaction: Transaction, caller: Caller, batch: Sequence[Received]) -> tuple[int, list[int]]:
    """Record the sequence numbers of a batch; answer up to where nothing is missing, and the gaps above.

    A number used twice, or an event whose ``prev`` is not the digest of the one before it, means that the machine was
    cloned or set back: the events are kept all the same, and the audit trail says so.
    """
    device = caller.device_id
    around = {received.envelope.seq + step for received in batch for step in (-1, 0, 1)}
    rows = transaction.connection.execute(_AROUND, {"device": device, "seqs": sorted(around)})
    known = {row.seq: (row.event_id, row.digest, row.prev) for row in rows}
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
    insert_missing(
        transaction.connection,
        RECEIPT,
        [
            {"device_id": device, "seq": seq, "event_id": event_id, "digest": event_digest, "prev": prev}
            for seq, (event_id, event_digest, prev) in new.items()
        ],
    )
    if forked:
        record(transaction, caller.id, "device.forked", device, caller.team, seqs=sorted(forked)[:MOST_MISSING])
    return _advance(transaction, device)


def _advance(transaction: Transaction, device: str) -> tuple[int, list[int]]:
    through = transaction.connection.execute(_RECEIVED, {"device": device}).scalar_one()
    above = transaction.connection.execute(_ABOVE, {"device": device, "through": through}).scalars()
    start: int = through
    missing: list[int] = []
    last = through
    for seq in above:
        if seq == through + 1:
            through = seq
        elif len(missing) < MOST_MISSING:
            missing.extend(range(last + 1, min(seq, last + 1 + MOST_MISSING - len(missing))))
        last = seq
    if through != start:
        transaction.connection.execute(_ADVANCE, {"device": device, "received_through": through})
    return through, missing
