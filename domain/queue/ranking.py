"""The queue in its order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from domain.case.model import Case
from domain.policy import Policy
from domain.queue.model import Bucket, Queue, QueueRow, Verdict
from domain.queue.placing import View, place_view
from domain.queue.scoring import score

Gate = Callable[[Case, datetime], Verdict]
"""The dial gate for the best number of a case at an instant."""


RowCache = dict[str, tuple[Case, int, list[tuple[QueueRow, float]]]]
"""Rows worked out before: the case they belong to, the minute, the row."""


def build_queue(
    cases: Iterable[Case],
    now: datetime,
    policy: Policy,
    gate: Gate,
    *,
    pinned: Collection[str] = (),
    skipped: Collection[str] = (),
    cache: RowCache | None = None,
) -> Queue:
    """Put today's cases in order and list the others with what holds them back.

    Hard order by bucket, then inside it by what the bucket itself orders by, then points, then case id, so that the order
    is the same everywhere. Pinned cases come first, skipped ones last. ``cache`` keeps the rows of cases that did not
    change within the minute; give the same dictionary each time, and an empty one after the policy or the lease changed.
    """
    minute = int(now.timestamp()) // 60
    rows = [pair for case in cases for pair in _cached(case, now, minute, policy, gate, cache)]
    rows = [(replace(row, pinned=True), order) if row.case_id in pinned else (row, order) for row, order in rows]
    today = [
        (row, order)
        for row, order in rows
        if row.bucket is not None and (row.callable or row.bucket is Bucket.NO_NUMBER)
    ]
    held = [row for row, _ in rows if not (row.bucket is not None and (row.callable or row.bucket is Bucket.NO_NUMBER))]
    today.sort(key=lambda pair: _rank(pair[0], pair[1], skipped, policy))
    held.sort(key=lambda row: (row.next_allowed or datetime.max.replace(tzinfo=UTC), row.case_id))
    return Queue(tuple(row for row, _ in today), tuple(held))


def _rank(
    row: QueueRow, order: float, skipped: Collection[str], policy: Policy
) -> tuple[bool, bool, int, float, int, str]:
    bucket = Bucket.NO_NUMBER if row.bucket is None else row.bucket
    return (row.case_id in skipped, not row.pinned, policy.queue.place_of(int(bucket)), order, -row.score, row.case_id)


def _cached(
    case: Case, now: datetime, minute: int, policy: Policy, gate: Gate, cache: RowCache | None
) -> list[tuple[QueueRow, float]]:
    if cache is None:
        return _row(case, now, policy, gate)
    known = cache.get(case.id)
    if known is not None and known[0] is case and known[1] == minute:
        return known[2]
    rows = _row(case, now, policy, gate)
    cache[case.id] = (case, minute, rows)
    return rows


def _row(case: Case, now: datetime, policy: Policy, gate: Gate) -> list[tuple[QueueRow, float]]:
    if case.closed is not None:
        return []
    view = View(case, now, policy)
    placement = place_view(view)
    points = score(view)
    verdict = gate(case, now) if placement.bucket not in (None, Bucket.NO_NUMBER) else None
    next_allowed = placement.next
    if verdict is not None and not verdict.allowed:
        next_allowed = verdict.next
    row = QueueRow(
        case_id=case.id,
        customer=case.customer.name,
        bucket=placement.bucket,
        why=placement.why,
        score=sum(each.points for each in points),
        overdue=view.balance.overdue,
        owed=view.balance.owed,
        currency=view.balance.currency,
        days=view.days,
        verdict=verdict,
        next_allowed=next_allowed,
        zone=view.zones[0] if len(view.zones) == 1 else None,
        points=points,
        kind=placement.kind,
    )
    return [(row, placement.order)]
