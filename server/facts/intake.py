"""Taking custody of facts.

**A well-formed event is never refused.** Each gets one of four answers, whatever happens to its neighbours: accepted with
flags, known already, kept apart for a person to look at, or in conflict with an event of the same id. Everything a batch
does happens in one transaction, so an answer is only given for what is durable.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import bindparam, select, update

from domain.clock import from_milliseconds, milliseconds, parse_instant
from domain.facts import SERVER_TYPES, Fact, Payload
from domain.facts.payloads import FactRetracted
from domain.wire import EventResult, EventStatus, Flag, PushAnswer
from server.audit import record
from server.cases.casework import Casework
from server.cases.moving import apply_waiting_moves
from server.cases.open_case import OpenCase
from server.database.arrays import among
from server.database.engine import Transaction
from server.database.schema import ASSIGNMENT, DEVICE, EVENT
from server.database.upsert import insert_rows
from server.documents import current_policy
from server.facts.audited import audit_accepted
from server.facts.envelope import Received
from server.facts.flags import FUTURE, Circumstances, Lease, flags_for
from server.facts.quarantine import Kept, Reason, keep
from server.facts.receipts import receipts_of, write_receipts
from server.facts.stored import StoredFact, Undecodable, decode_payload
from server.facts.visibility import Assigned, Outlook, work_out_superseded
from server.feeds.publishing import case_key
from server.people.sessions import Caller, heard_now

# Every batch asks these, so they are put together once.
_LEASE: Final = select(DEVICE.c.lease_until_ms, DEVICE.c.lapse_from_ms, DEVICE.c.lapse_to_ms).where(
    DEVICE.c.id == bindparam("device")
)
_LOCKED_DEVICE: Final = (
    select(DEVICE.c.lease_until_ms, DEVICE.c.received_through)
    .where(DEVICE.c.id == bindparam("device"))
    .with_for_update()
)
_THIS_DEVICE: Final = update(DEVICE).where(DEVICE.c.id == bindparam("device"))
_KNOWN: Final = select(EVENT).where(among(EVENT.c.id, "ids"))
_ASSIGNED: Final = select(ASSIGNMENT.c.case_id, ASSIGNMENT.c.ver, ASSIGNMENT.c.feed_seq).where(
    among(ASSIGNMENT.c.case_id, "cases"), ASSIGNMENT.c.agent_id == bindparam("agent")
)


@dataclass(slots=True)
class _Pending:
    """One new event on its way: what it says, and what becomes of it."""

    received: Received
    at: datetime | None = None
    payload: Payload | None = field(default=None, repr=False)
    reason: Reason | None = None
    stored: StoredFact | None = None
    flags: list[Flag] = field(default_factory=list)
    ver: int | None = None

    @property
    def status(self) -> EventStatus:
        """What the event is answered."""
        if self.reason == "other-bytes":
            return "conflict"
        return "accepted" if self.reason is None else "quarantined"


class Intake:
    """One batch of one device inside one transaction."""

    def __init__(
        self, transaction: Transaction, caller: Caller, epoch: str, received_at: datetime | None = None
    ) -> None:
        self.transaction = transaction
        self.caller = caller
        self.epoch = epoch
        self.received_at = received_at or transaction.now
        self._received_ms = milliseconds(self.received_at)
        self.policy = current_policy(transaction)
        self.casework = Casework(transaction, self.policy)
        self._vouching_team: str | None = None

    def take(self, batch: Sequence[Received]) -> PushAnswer:
        """Store a batch and answer every event of it, in its order.

        The cases are locked first, so that an event which another request is storing is waited for and then known; the
        device last before the feeds: what it takes longest over, two requests of one machine do at the same time.
        """
        self.casework.open({received.envelope.case_id for received in batch})
        known = self._known_events(batch)
        pending: dict[str, _Pending] = {}
        conflicts: list[Kept] = []
        for received in batch:
            event_id = received.envelope.id
            first = known.get(event_id) or (pending[event_id].received.digest if event_id in pending else None)
            if first is None:
                pending[event_id] = self._understand(received)
            elif _digest_of(first) != received.digest:
                conflicts.append(Kept(received, "other-bytes"))
        self._apply(list(pending.values()))
        device = self._lock_device()
        receipts = receipts_of(self.transaction, self.caller.device_id, device.received_through, batch)

        def along(versions: dict[str, int]) -> None:
            self._note_versions(pending.values(), versions)
            kept = conflicts + [
                Kept(each.received, each.reason) for each in pending.values() if each.reason is not None
            ]
            keep(self.transaction, self.caller, kept)
            self._remember(pending.values())
            write_receipts(self.transaction, self.caller, receipts)
            self._write_device(device, receipts.through)
            self._audit(kept)

        self.casework.finish(along=along)
        results = [self._answer(received, known, pending) for received in batch]
        revoked = self.caller.revoked_ms is not None or None
        return PushAnswer(receipts.through, receipts.missing, results, revoked=revoked)

    def take_up(self, received: Received, vouched_for_by: str | None = None) -> bool:
        """Add an event that was kept apart when it came; answer whether it is understood and believed now.

        ``vouched_for_by`` is a team whose supervisor says that the author may write on its cases.
        """
        self._vouching_team = vouched_for_by
        pending = self._understand(received)
        self.casework.open([received.envelope.case_id])
        self._apply([pending])
        self._note_versions([pending], self.casework.finish())
        return pending.reason is None

    def _lock_device(self) -> Any:
        return self.transaction.connection.execute(_LOCKED_DEVICE, {"device": self.caller.device_id}).one()

    def _lease(self) -> Lease | None:
        if self.caller.role != "agent":
            return None
        return Lease(*self.transaction.connection.execute(_LEASE, {"device": self.caller.device_id}).one())

    def _write_device(self, device: Any, through: int) -> None:
        """Note what the device has handed over, and that it was heard from where it has a session."""
        changed = {} if through == device.received_through else {"received_through": through}
        if not self.caller.deposit:
            changed |= heard_now(device.lease_until_ms, self.transaction.now_ms, self.policy.lease_s)
        if changed:
            self.transaction.connection.execute(_THIS_DEVICE, {"device": self.caller.device_id} | changed)

    def _known_events(self, batch: Sequence[Received]) -> dict[str, Any]:
        ids = sorted({received.envelope.id for received in batch})
        rows = self.transaction.connection.execute(_KNOWN, {"ids": ids}).mappings()
        return {row["id"]: row for row in rows}

    def _understand(self, received: Received) -> _Pending:
        envelope, pending = received.envelope, _Pending(received)
        try:
            pending.at = parse_instant(envelope.at)
        except (ValueError, OverflowError):
            pending.reason = "no-instant"
            return pending
        revoked_ms = self.caller.revoked_ms
        if revoked_ms is not None and pending.at - FUTURE > from_milliseconds(revoked_ms):
            pending.reason = "device-revoked"
        elif envelope.type in SERVER_TYPES:
            pending.reason = "server-only"
        elif envelope.type == "approval.decided" and self.caller.role != "supervisor":
            pending.reason = "not-allowed"
        else:
            try:
                pending.payload = decode_payload(envelope.type, envelope.v, envelope.data, received.body)
            except Undecodable as problem:
                pending.reason = cast("Reason", str(problem))
        return pending

    def _apply(self, pending: Sequence[_Pending]) -> None:
        """Add events to their cases, which are locked already."""
        lease = self._lease()
        by_case: defaultdict[str, list[_Pending]] = defaultdict(list)
        for each in pending:
            if each.reason is None:
                by_case[each.received.envelope.case_id].append(each)
        opened = {case_id: case for case_id in by_case if (case := self.casework.cases.get(case_id)) is not None}
        assigned = self._assigned(opened)
        for case_id in sorted(by_case):
            case = opened.get(case_id)
            if case is None or not self._may_write(case, assigned):
                for each in by_case[case_id]:
                    each.reason = "no-such-case"
                continue
            outlook = Outlook(self.caller.id, self.epoch, assigned.get(case_id, []))
            self._add_to_case(case, by_case[case_id], outlook)
            for each in by_case[case_id]:
                if each.reason is None:
                    self._flag(case, each, outlook, lease)
        apply_waiting_moves(self.casework, [case for case in opened.values() if case.touched])

    def _note_versions(self, pending: Iterable[_Pending], versions: Mapping[str, int]) -> None:
        for each in pending:
            if each.reason is None:
                each.ver = versions[each.received.envelope.case_id]
                assert each.stored is not None
                audit_accepted(self.transaction, self.caller, each.stored.fact)

    def _assigned(self, cases: dict[str, OpenCase]) -> dict[str, list[Assigned]]:
        asked = {"cases": sorted(cases), "agent": self.caller.id}
        assigned: defaultdict[str, list[Assigned]] = defaultdict(list)
        for row in self.transaction.connection.execute(_ASSIGNED, asked) if cases else ():
            assigned[row.case_id].append(Assigned(row.ver, row.feed_seq))
        return dict(assigned)

    def _may_write(self, case: OpenCase, assigned: dict[str, list[Assigned]]) -> bool:
        if self.caller.role == "supervisor":
            return case.team == self.caller.team
        if self._vouching_team is not None:
            return case.team == self._vouching_team
        return case.owner == self.caller.id or case.id in assigned

    def _add_to_case(self, case: OpenCase, events: Sequence[_Pending], outlook: Outlook) -> None:
        for each in sorted(events, key=lambda event: (event.received.envelope.seq, event.received.envelope.id)):
            if case.knows(each.received.envelope.id):
                each.reason = "other-bytes"  # the id of a fact the server made itself
                continue
            each.stored = self._stored(each)
            work_out_superseded(case, each.stored, each.received.envelope.seen, outlook)
            case.add(each.stored)
        if not _folds(case):
            self._find_unfoldable(case, events)

    def _find_unfoldable(self, case: OpenCase, events: Sequence[_Pending]) -> None:
        suspects = [each for each in events if each.stored is not None]
        for each in suspects:
            assert each.stored is not None
            case.discard(each.stored)
        assert case.folded.id == case.id  # raises where the case was broken before: a defect, not the batch's doing
        for each in suspects:
            assert each.stored is not None
            case.add(each.stored)
            if not _folds(case):
                case.discard(each.stored)
                each.reason = "unfoldable"

    def _stored(self, each: _Pending) -> StoredFact:
        envelope = each.received.envelope
        assert each.at is not None
        payload, resolved = each.payload, None
        if isinstance(payload, FactRetracted):
            by_supervisor = self.caller.role == "supervisor" or None  # whatever the event says about itself
            payload, resolved = replace(payload, by_supervisor=by_supervisor), {"by_supervisor": by_supervisor}
        fact = Fact(
            envelope.id,
            envelope.type,
            envelope.case_id,
            min(each.at, self.received_at),
            self.caller.id,
            payload,
            self.caller.name,
            self.caller.device_id,
        )
        return StoredFact(fact, self._received_ms, each.received.body, envelope.seq, resolved=resolved)

    def _flag(self, case: OpenCase, each: _Pending, outlook: Outlook, lease: Lease | None) -> None:
        assert each.stored is not None
        assert each.at is not None
        about = Circumstances(
            at=each.at,
            now=self.received_at,
            seen=each.received.envelope.seen,
            outlook=outlook,
            is_owner=self.caller.role == "supervisor" or case.was_owner == self.caller.id,
            lease=lease,
            policy=self.policy,
        )
        each.flags = flags_for(case, each.stored, about)
        each.stored.flags = list(each.flags)

    def _remember(self, pending: Any) -> None:
        now_ms = self.transaction.now_ms
        rows = [
            {
                "id": each.received.envelope.id,
                "digest": each.received.digest,
                "device_id": self.caller.device_id,
                "status": each.status,
                "flags": " ".join(each.flags),
                "case_key": None if each.ver is None else case_key(each.received.envelope.case_id),
                "ver": each.ver,
                "received_ms": now_ms,
            }
            for each in pending
        ]
        insert_rows(self.transaction.connection, EVENT, rows)

    def _audit(self, kept: Sequence[Kept]) -> None:
        for each in kept:
            record(
                self.transaction,
                self.caller.id,
                "event.conflict" if each.reason == "other-bytes" else "event.quarantined",
                each.received.envelope.id,
                self.caller.team,
                reason=each.reason,
                device=self.caller.device_id,
            )

    def _answer(self, received: Received, known: dict[str, Any], pending: dict[str, _Pending]) -> EventResult:
        event_id = received.envelope.id
        if event_id in known:
            row = known[event_id]
            if row["digest"] != received.digest:
                return EventResult(event_id, "conflict")
            flags = cast("list[Flag]", row["flags"].split())
            return EventResult(event_id, "duplicate", flags, row["case_key"], row["ver"], row["status"])
        first = pending[event_id]
        if first.received.digest != received.digest:
            return EventResult(event_id, "conflict")
        key = None if first.ver is None else case_key(received.envelope.case_id)
        if first.received is received:
            return EventResult(event_id, first.status, first.flags, key, first.ver)
        return EventResult(event_id, "duplicate", first.flags, key, first.ver, first.status)


def _folds(case: OpenCase) -> bool:
    try:
        return case.folded.id == case.id
    except Exception:  # noqa: BLE001 - whatever one fact does to the fold, the others must not wait for it
        return False


def _digest_of(first: Any) -> str:
    return first if isinstance(first, str) else str(first["digest"])
