"""What a changed case says in the tables of figures: its narrow row, the parts of its promises, its payments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from domain.case import reading
from domain.case.model import Case
from domain.clock import milliseconds
from domain.codes import Catalogue
from domain.promises import Standing
from domain.queue.model import Placement
from domain.queue.placing import View

if TYPE_CHECKING:
    from server.cases.open_case import OpenCase
    from server.figures.past import Past

_CURED: Final = frozenset({"settled", "paid"})


def case_row(
    case: OpenCase, now_ms: int, view: View | None, placement: Placement | None, codes: Catalogue
) -> dict[str, Any]:
    """Give the narrow row of a case; ``view`` and its ``placement`` are absent for a closed one."""
    folded = case.folded
    balance = reading.balance(folded, _day(folded, view))
    dues = [debt.due.toordinal() for debt in folded.debts if debt.open > 0 and debt.due is not None]
    bucket = placement.bucket.code if placement is not None and placement.bucket is not None else None
    if bucket is not None:
        next_ms: int | None = now_ms
    else:
        next_ms = milliseconds(placement.next) if placement is not None and placement.next is not None else None
    cured = folded.closed in _CURED or (folded.closed is None and bool(folded.debts) and balance.overdue <= 0)
    return {
        "case_id": case.id,
        "team": case.team,
        "owner_id": case.owner,
        "closed": folded.closed,
        "segment": folded.customer.segment,
        "language": folded.customer.language,
        "currency": folded.currency,
        "owed": balance.owed,
        "overdue": balance.overdue,
        "placed": case.past.placed.get(folded.currency, 0),
        "oldest_due": min(dues, default=None),
        "bucket": bucket,
        "next_ms": next_ms,
        "broken": 0 if view is None else _broken(view.standings),
        "waiting": sum(review.decided_by is None for review in folded.reviews) if folded.closed is None else 0,
        "stopped": int(any(stop.lifted_by is None for stop in folded.stops)),
        "unreachable": int(not reading.good_phones(folded)),
        "promise_due": None if view is None else _promise_due(view.standings),
        "cured_ms": now_ms if cured else None,
        "month_stage": reading.stage(reading.days_past_due(folded, _day(folded, view)), folded.customer.segment),
        **_history(case.past, folded, case.owner, codes),
    }


def promise_rows(case: OpenCase, now_ms: int, standings: Iterable[Standing]) -> list[dict[str, Any]]:
    """Give one row for each part of each promise."""
    rows: list[dict[str, Any]] = []
    for standing in standings:
        promise = standing.promise
        paid = standing.part_paid or (0,) * len(promise.parts)
        for index, (part, got) in enumerate(zip(promise.parts, paid, strict=True)):
            rows.append(
                {
                    "case_id": case.id,
                    "promise_id": promise.id,
                    "part": index,
                    "team": case.team,
                    "author": promise.author,
                    "currency": promise.currency,
                    "due": part.due.toordinal(),
                    "amount": part.amount,
                    "paid": got,
                    "parts": len(promise.parts),
                    "state": standing.state,
                    "total": promise.total,
                    "total_paid": standing.paid,
                    "last_due": promise.last_due.toordinal(),
                    "made_ms": milliseconds(promise.at),
                    "changed_ms": now_ms,
                }
            )
    return rows


def payment_rows(case: OpenCase) -> list[dict[str, Any]]:
    """Give one row for each payment."""
    return [
        {
            "case_id": case.id,
            "payment_id": payment.id,
            "team": case.team,
            "agent_id": case.owner,
            "day": payment.day.toordinal(),
            "amount": payment.amount,
            "currency": payment.currency,
            "reversed": int(payment.reversed_by is not None),
        }
        for payment in case.folded.payments
    ]


def _day(case: Case, view: View | None) -> date:
    return view.today if view is not None else (case.as_of or date.min)


def _history(past: Past, case: Case, owner: str | None, codes: Catalogue) -> dict[str, Any]:
    contacts = [attempt.at for attempt in case.attempts if _reached(attempt.code, codes)]
    worked = None if owner is None else past.worked.get(owner)
    if past.assigned is not None:
        worked = past.assigned if worked is None else max(worked, past.assigned)
    return {
        "opened_ms": _ms(past.opened) or 0,
        "assigned_ms": _ms(past.assigned),
        "worked_ms": _ms(worked),
        "attempts": past.attempts,
        "first_attempt_ms": _ms(past.first_attempt),
        "first_contact_ms": _ms(min(contacts, default=None)),
        "last_attempt_ms": _ms(past.last_attempt),
        "last_attempt_by": past.last_attempt_by,
    }


def _ms(instant: datetime | None) -> int | None:
    return None if instant is None else milliseconds(instant)


def _reached(code_id: str | None, codes: Catalogue) -> bool:
    code = codes.get(code_id)
    return code is not None and code.has("right_party")


def _broken(standings: Iterable[Standing]) -> int:
    return sum(standing.state in ("broken", "partly_kept") for standing in standings)


def _promise_due(standings: Iterable[Standing]) -> int | None:
    dues = [
        standing.next_part.due.toordinal()
        for standing in standings
        if standing.state in ("open", "pending_approval") and standing.next_part is not None
    ]
    return min(dues, default=None)
