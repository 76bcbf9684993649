"""Where each table's rows lie on a distributed PostgreSQL; designed for Citus.

A table is either spread over the nodes by one of its columns, or small and the same on every node. What is done with one
case, one feed or one machine stays on one node: rows are locked by their distribution column, one at a time; no key is
unique without it; nothing moves a row by changing it; two spread tables are joined by nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Column, Table
from sqlalchemy.sql.elements import KeyedColumnElement

from server.database import schema, supervision_tables

_SPREAD: Final = (
    schema.CASE.c.id,
    schema.FACT.c.case_id,
    schema.ASSIGNMENT.c.case_id,
    schema.HOLD.c.case_id,
    schema.PENDING_MOVE.c.case_id,
    schema.FEED.c.agent_id,
    schema.FEED_HEAD.c.agent_id,
    schema.NOTICE.c.agent_id,
    schema.DEVICE.c.id,
    schema.RECEIPT.c.device_id,
    schema.EVENT.c.id,
    schema.QUARANTINE.c.event_id,
    schema.SESSION.c.token_hash,
    schema.DEPOSIT_KEY.c.key_hash,
    schema.LOGIN_FAILURE.c.subject,
    schema.REASSIGNMENT.c.id,
    schema.REASSIGNED.c.reassignment_id,
    schema.DEED.c.id,
    schema.PAYMENT.c.id,
    schema.AUDIT.c.id,
    schema.AUDIT_HEAD.c.chain,
    supervision_tables.CASE_FIGURE.c.case_id,
    supervision_tables.PROMISE_PART.c.case_id,
    supervision_tables.CASE_PAYMENT.c.case_id,
    supervision_tables.KEPT_CASE.c.case_id,
    supervision_tables.IMPORT_CASE.c.case_id,
    supervision_tables.WORK_SLOT.c.agent_id,
    supervision_tables.DEVICE_REPORT.c.device_id,
    supervision_tables.REFUSAL_DAY.c.device_id,
    supervision_tables.ABSENCE.c.id,
    supervision_tables.KEEPING.c.id,
    supervision_tables.IMPORT_RUN.c.id,
    supervision_tables.IMPORT_PROFILE.c.team,
    supervision_tables.CASH.c.team,
    supervision_tables.AGEING_DAY.c.team,
    supervision_tables.ROLL_MONTH.c.team,
)

EVERYWHERE: Final[frozenset[Table]] = frozenset(
    {
        schema.STATE,
        schema.USER,
        schema.DOCUMENT,
        supervision_tables.DOCUMENT_VERSION,
        supervision_tables.AGENT_PROFILE,
        supervision_tables.JOB,
    }
)
"""Tables that are read with everything and seldom written: the same on every node (Citus: reference tables)."""


def _by_table(columns: tuple[KeyedColumnElement[str], ...]) -> Mapping[Table, Column[str]]:
    found: dict[Table, Column[str]] = {}
    for column in columns:
        assert isinstance(column, Column)
        assert isinstance(column.table, Table)
        found[column.table] = column
    return found


DISTRIBUTION: Final[Mapping[Table, Column[str]]] = _by_table(_SPREAD)
"""The column each of the other tables is distributed by."""
