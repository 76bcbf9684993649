"""Writing figures in the transaction that changes the cases, so that neither is ever seen without the other."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Table, and_, case, delete, func

from domain.case.model import Case
from domain.case.reading import customer_day
from domain.facts.payloads import PromiseAmended
from domain.policy import Policy
from domain.promises import Standing, judge_case
from domain.queue.model import Placement
from domain.queue.placing import View, place_view
from server.database.engine import Transaction
from server.database.supervision_tables import CASE_FIGURE, CASE_PAYMENT, PROMISE_PART, WORK_SLOT
from server.database.upsert import upsert
from server.figures.rows import case_row, payment_rows, promise_rows
from server.figures.work import MEASURES, work_rows

if TYPE_CHECKING:
    from server.cases.open_case import OpenCase

_log = logging.getLogger("duecall.server.figures")


def write_figures(
    transaction: Transaction, cases: Sequence[OpenCase], policy: Policy, *, everything: bool = False
) -> None:
    """Bring the figures of changed cases up to date; ``everything`` counts work that was there before, too."""
    rows: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    payments: list[dict[str, Any]] = []
    for each in cases:
        view, placement, standings = _looked_at(each.folded, transaction, policy)
        rows.append(case_row(each, transaction.now_ms, view, placement, policy.catalogue))
        parts += promise_rows(each, transaction.now_ms, standings)
        payments += payment_rows(each)
    upsert(transaction.connection, CASE_FIGURE, rows, _kept_of_case)
    _forget_old_parts(transaction, cases)
    upsert(transaction.connection, PROMISE_PART, parts, _kept_of_part)
    upsert(transaction.connection, CASE_PAYMENT, payments)
    upsert(transaction.connection, WORK_SLOT, work_rows(cases, policy.catalogue, everything=everything), _added)


def _looked_at(
    folded: Case, transaction: Transaction, policy: Policy
) -> tuple[View | None, Placement | None, tuple[Standing, ...]]:
    """See a case as the queue does and judge its promises; what no rule can make sense of must not keep facts out."""
    try:
        if folded.closed is not None:
            today = customer_day(folded, transaction.now)
            return None, None, judge_case(folded, today, policy.promise) if folded.promises else ()
        view = View(folded, transaction.now, policy)
        placement = place_view(view)
    except Exception as problem:  # noqa: BLE001 - custody of facts comes before figures about them
        _log.warning("a case has no place in the queue", extra={"case": folded.id, "problem": type(problem).__name__})
        return None, None, ()
    return view, placement, view.standings


def _kept_of_case(table: Table, new: Any) -> dict[str, ColumnElement[Any]]:
    """Keep when a case was first settled, and the stage it began the month in."""
    return {
        "cured_ms": case((new.cured_ms.is_(None), None), else_=func.coalesce(table.c.cured_ms, new.cured_ms)),
        "month_stage": func.coalesce(table.c.month_stage, new.month_stage),
    }


def _kept_of_part(table: Table, new: Any) -> dict[str, ColumnElement[Any]]:
    """Keep when a part changed last, where it stands as it stood."""
    return {"changed_ms": case((table.c.state == new.state, table.c.changed_ms), else_=new.changed_ms)}


def _added(table: Table, new: Any) -> dict[str, ColumnElement[Any]]:
    """Count on top of what was counted before."""
    return {name: table.c[name] + new[name] for name in MEASURES}


def _forget_old_parts(transaction: Transaction, cases: Iterable[OpenCase]) -> None:
    """Drop the parts of promises that were amended: the new plan may have fewer."""
    for each in cases:
        for stored in each.added:
            if isinstance(stored.fact.payload, PromiseAmended):
                transaction.connection.execute(
                    delete(PROMISE_PART).where(
                        and_(
                            PROMISE_PART.c.case_id == each.id,
                            PROMISE_PART.c.promise_id == stored.fact.payload.promise_id,
                        )
                    )
                )
