"""Changing cases: the one way in which facts, owners and documents are written, whatever the reason.

A :class:`Casework` lives inside one transaction: cases are locked in the order of their ids, facts are added, owners
changed, and :meth:`Casework.finish` folds each case, writes its document and moves it in the feeds of those who see it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select, update

from domain.case.model import Case
from domain.case.reading import balance
from domain.clock import from_milliseconds
from domain.facts import Payload
from domain.facts.payloads import CaseAssigned
from domain.policy import Policy
from domain.text import fold as searchable
from server.cases.holds import Hold, leases_of, standing_holds, with_holds
from server.cases.open_case import OpenCase, Remembered
from server.cases.spelling import spelt
from server.database.ahead import writing_ahead
from server.database.arrays import among
from server.database.engine import Transaction
from server.database.locking import lock_rows, read_locked
from server.database.schema import ASSIGNMENT, CASE, FACT, FEED_HEAD, HOLD
from server.database.upsert import insert_rows, upsert
from server.documents import current_policy
from server.facts.stored import SERVER, Author, StoredFact, fact_row, load_facts, own_fact
from server.feeds.publishing import Change, case_key, publish
from server.figures.writing import write_figures

_CHUNK = 500

# Every change of a case uses these, so they are put together once.
_OPEN: Final = (
    select(CASE.c.id, CASE.c.team, CASE.c.creditor, CASE.c.customer_key, CASE.c.ver)
    .add_columns(CASE.c.owner_id, CASE.c.closed, CASE.c.source, CASE.c.updated_ms)
    .where(among(CASE.c.id, "cases"))
    .order_by(CASE.c.id)
)
_MEMORY: Final = "case:"


class Casework:
    """The cases one transaction changes."""

    def __init__(self, transaction: Transaction, policy: Policy | None = None) -> None:
        """Begin; ``policy`` is the house's as this transaction sees it, where it was read already."""
        self.transaction = transaction
        self.cases: dict[str, OpenCase] = {}
        self._policy = policy

    @property
    def policy(self) -> Policy:
        """The rules of the house as this transaction sees them."""
        if self._policy is None:
            self._policy = current_policy(self.transaction)
        return self._policy

    def open(self, case_ids: Iterable[str]) -> dict[str, OpenCase]:
        """Lock cases, sorted by id, and read them; answer those that exist."""
        wanted = sorted(set(case_ids) - set(self.cases))
        rows = read_locked(self.transaction.connection, _OPEN, CASE.c.id, "cases", wanted)
        remembered: dict[str, Remembered] = self.transaction.memory.take(
            {_MEMORY + row["id"]: (row["ver"], row["updated_ms"]) for row in rows}
        )
        facts = {key.removeprefix(_MEMORY): each.facts for key, each in remembered.items()}
        facts |= load_facts(self.transaction, [row["id"] for row in rows if row["id"] not in facts])
        opened = {
            row["id"]: OpenCase(
                id=row["id"],
                team=row["team"],
                creditor=row["creditor"],
                customer_key=row["customer_key"],
                ver=row["ver"],
                owner=row["owner_id"],
                was_owner=row["owner_id"],
                was_closed=row["closed"],
                source=row["source"],
                existing=facts[row["id"]],
                remembered=remembered.get(_MEMORY + row["id"]),
            )
            for row in rows
        }
        self.cases.update(opened)
        return opened

    def create(self, case_id: str, team: str, creditor: str, customer_key: str) -> OpenCase:
        """Begin a case that does not exist yet."""
        case = OpenCase(case_id, team, creditor, customer_key, 0, None, None, None, None, [])
        self.cases[case_id] = case
        return case

    def state(
        self, case: OpenCase, payload: Payload, fact_id: str | None = None, author: Author = SERVER
    ) -> StoredFact:
        """Add a fact of the server's own. Several in one transaction keep the order in which they were stated."""
        fact_id = fact_id or self.transaction.ids.new()
        stored = own_fact(self.transaction, case.id, payload, self._next_instant(case), fact_id, author)
        case.add(stored)
        return stored

    def assign(
        self,
        case: OpenCase,
        agent: str | None,
        agent_name: str | None,
        reassignment: str | None = None,
        *,
        forced: bool = False,
    ) -> None:
        """Give a case to an agent, or to the pool; ``forced`` lets the new owner call at once."""
        case.owner = agent
        case.forced = forced
        self.state(case, CaseAssigned(agent, agent_name, reassignment))

    def finish(
        self,
        holding: Iterable[str] = (),
        *,
        tell: Callable[[int, int], None] | None = None,
        along: Callable[[dict[str, int]], None] | None = None,
    ) -> dict[str, int]:
        """Fold and write every changed case and publish it; answer each one's new version.

        The feeds of the agents in ``holding`` are kept still until the transaction ends, whether they change or not. ``tell``
        hears how many of how many cases are done. What ``along`` writes, knowing the new versions, is sent along with
        everything else that is written; it must not read.

        Leases are looked at once the feeds are locked: a machine that is given more time notes it while it holds its
        feed (see :func:`server.feeds.reading.read_page`), so it either is seen here or sees that the case is gone.
        """
        changed = sorted((case for case in self.cases.values() if case.touched), key=lambda case: case.id)
        if not changed:
            lock_rows(self.transaction.connection, FEED_HEAD.c.agent_id, holding)
            if along is not None:
                along({})
            return {}
        changes: list[Change] = []
        for done, case in enumerate(changed):
            if tell is not None:
                tell(done // 3, len(changed))
            changes += _changes(case, _seer(case))  # which folds the case: about a third of the time
        positions = publish(self.transaction, changes, holding)
        losers = {c.seen_by for c in changed if c.seen_by is not None and c.seen_by != _seer(c)}
        leases = leases_of(self.transaction, losers) if losers else {}
        standing = standing_holds(self.transaction, [c.id for c in changed if not c.is_new])
        rows: list[dict[str, Any]] = []
        new_holds: list[tuple[OpenCase, Hold]] = []
        for done, case in enumerate(changed):
            if tell is not None:
                tell((len(changed) + done) // 3, len(changed))
            case_holds = [hold for hold in standing.get(case.id, []) if hold.agent != case.owner]
            seer, lost = _seer(case), case.seen_by
            if lost is not None and lost != seer and lost in leases:
                new_holds.append((case, replace(leases[lost], forced=case.forced)))
                case_holds.append(new_holds[-1][1])
            rows.append(self._case_row(case, case_holds))
        if tell is not None:
            tell(2 * len(changed) // 3, len(changed))
        policy, versions = self.policy, {case.id: case.ver + 1 for case in changed}
        with writing_ahead(self.transaction.connection):
            self._write_cases(changed, rows)
            self._write_facts(changed, positions)
            write_figures(self.transaction, changed, policy)
            self._write_owners(changed, positions)
            self._write_holds(new_holds, positions)
            if along is not None:
                along(versions)
        return versions

    def _case_row(self, case: OpenCase, holds: Sequence[Hold]) -> dict[str, Any]:
        folded = case.folded if not holds else with_holds(case.folded, holds, forced=case.forced)
        dues = [debt.due.toordinal() for debt in folded.debts if debt.open > 0 and debt.due is not None]
        customer = folded.customer
        words = [customer.name, customer.id or "", *customer.aliases, *(debt.doc or "" for debt in folded.debts)]
        return {
            "id": case.id,
            "team": case.team,
            "creditor": case.creditor,
            "customer_key": case.customer_key,
            "customer": customer.name,
            "customer_id": customer.id,
            "owner_id": case.owner,
            "closed": folded.closed,
            "ver": case.ver + 1,
            "doc": self._spelt(case, folded),
            "search": searchable("\n".join(word for word in words if word)),
            "currency": folded.currency,
            "owed": balance(folded, self.transaction.now.date()).owed,
            "oldest_due": min(dues, default=None),
            "waiting": sum(review.decided_by is None for review in folded.reviews) if folded.closed is None else 0,
            "source": case.source,
            "updated_ms": self.transaction.now_ms,
        }

    def _spelt(self, case: OpenCase, folded: Case) -> bytes:
        """Give the bytes of the case's document, and remember the case as it is once the transaction is durable."""
        before = case.remembered.spellings if case.remembered is not None else None
        doc, spellings = spelt(folded, before)
        facts = [*case.existing, *case.added]
        if all(
            stored.fact.device is not None for stored in case.added
        ):  # the server's own are read back as stored first
            known = Remembered(facts, case.folding, spellings, case.past, case.ids)
            stamp = (case.ver + 1, self.transaction.now_ms)
            self.transaction.learnt.append((_MEMORY + case.id, stamp, known, len(facts)))
        return doc

    def _write_cases(self, changed: Sequence[OpenCase], rows: list[dict[str, Any]]) -> None:
        new = [row for case, row in zip(changed, rows, strict=True) if case.is_new]
        known = [row for case, row in zip(changed, rows, strict=True) if not case.is_new]
        insert_rows(self.transaction.connection, CASE, new)
        upsert(self.transaction.connection, CASE, known)  # they are there, and locked: all of them in one statement

    def _write_facts(self, changed: Sequence[OpenCase], positions: Mapping[tuple[str, str], int]) -> None:
        rows = []
        for case in changed:
            seer = _seer(case) or case.seen_by
            for stored in case.added:
                stored.ver = case.ver + 1
                stored.feed_agent = seer
                stored.feed_seq = positions.get((seer, case_key(case.id))) if seer else None
                rows.append(fact_row(stored))
        insert_rows(self.transaction.connection, FACT, rows)
        for case in changed:
            for stored in case.revised:
                self.transaction.connection.execute(
                    update(FACT)
                    .where(FACT.c.case_id == case.id, FACT.c.id == stored.fact.id)
                    .values(resolved=fact_row(stored)["resolved"])
                )

    def _write_owners(self, changed: Sequence[OpenCase], positions: Mapping[tuple[str, str], int]) -> None:
        rows = [
            {
                "case_id": case.id,
                "ver": case.ver + 1,
                "agent_id": case.owner,
                "feed_seq": positions.get((case.owner, case_key(case.id)), 0),
                "at_ms": self.transaction.now_ms,
            }
            for case in changed
            if case.owner is not None and (case.owner != case.was_owner or case.seen_by is None)
        ]
        insert_rows(self.transaction.connection, ASSIGNMENT, rows)
        moved = [case for case in changed if not case.is_new and case.owner not in (None, case.was_owner)]
        for forced, owner in sorted({(case.forced, case.owner or "") for case in moved}):
            cases = [case.id for case in moved if (case.forced, case.owner) == (forced, owner)]
            for start in range(0, len(cases), _CHUNK):
                theirs = HOLD.c.case_id.in_(cases[start : start + _CHUNK])
                self.transaction.connection.execute(delete(HOLD).where(theirs, HOLD.c.agent_id == owner))
                if forced:
                    self.transaction.connection.execute(update(HOLD).where(theirs).values(forced=1))

    def _write_holds(
        self, new_holds: Sequence[tuple[OpenCase, Hold]], positions: Mapping[tuple[str, str], int]
    ) -> None:
        upsert(
            self.transaction.connection,
            HOLD,
            [
                {
                    "case_id": case.id,
                    "agent_id": hold.agent,
                    "remove_seq": positions[hold.agent, case_key(case.id)],
                    "until_ms": hold.until_ms,
                    "forced": int(hold.forced),
                    "since_ms": hold.since_ms,
                }
                for case, hold in new_holds
            ],
        )

    def _next_instant(self, case: OpenCase) -> datetime:
        own = [stored.fact.at for stored in (*case.existing, *case.added) if stored.fact.device is None]
        newest = max(own, default=from_milliseconds(0))
        return max(self.transaction.now, newest + timedelta(milliseconds=1))


def _seer(case: OpenCase) -> str | None:
    return case.owner if case.folded.closed is None else None


def _changes(case: OpenCase, seer: str | None) -> list[Change]:
    key, ver = case_key(case.id), case.ver + 1
    changes = []
    if case.seen_by is not None and case.seen_by != seer:
        reason = "closed" if case.folded.closed is not None else "reassigned"
        changes.append(Change(case.seen_by, key, "remove", ver, reason))
    if seer is not None:
        changes.append(Change(seer, key, "put", ver))
    return changes
