"""What came in with which file, and taking a whole import back while nobody has called anybody about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import func, insert, select, update

from domain.canonical import canonical_bytes
from domain.clock import format_instant, from_milliseconds
from domain.facts.payloads import AccountStated, CaseAssigned, CaseClosed, CaseRecalled, ContactsStated, FactRetracted
from domain.i18n import tr
from domain.ids import digest_id
from domain.supervision import ImportKind, ImportLine, ImportPage
from server.audit import record
from server.cases.casework import Casework
from server.cases.open_case import OpenCase
from server.database.engine import Transaction
from server.database.schema import USER
from server.database.supervision_tables import CASE_FIGURE, IMPORT_CASE, IMPORT_RUN
from server.database.upsert import insert_rows
from server.imports.payments import take_back
from server.people.sessions import Caller


class NoSuchImport(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """There is no such import, or it is another team's: the two are not told apart."""


class TooLate(ValueError):  # noqa: N818 - it answers a request, it reports no malfunction
    """The import cannot be taken back any more; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Run:
    """One import as the list of them knows it."""

    id: str
    kind: ImportKind
    creditor: str
    filename: str = field(repr=False)
    profile: str | None = None


def note_run(
    transaction: Transaction, caller: Caller, run: Run, counts: Mapping[str, int], cases: Iterable[str]
) -> None:
    """Write an import down in the transaction that carries it out."""
    changed = sorted(cases)
    transaction.connection.execute(
        insert(IMPORT_RUN).values(
            id=run.id,
            team=caller.team,
            kind=run.kind,
            actor=caller.id,
            creditor=run.creditor,
            filename=run.filename,
            profile=run.profile,
            counts=canonical_bytes(dict(counts)),
            cases=len(changed),
            at_ms=transaction.now_ms,
        )
    )
    rows = [{"case_id": case, "import_id": run.id} for case in changed]
    insert_rows(transaction.connection, IMPORT_CASE, rows)


def undo_import(transaction: Transaction, caller: Caller, import_id: str) -> ImportLine:
    """Take a whole import back; the same again changes nothing.

    Raises :class:`NoSuchImport`, and :class:`TooLate` once a case of it has been called.
    """
    line = read_import(transaction, caller.team, import_id)
    if line.undo == "called":
        raise TooLate(tr("A case of this import has been called since; it can no longer be taken back as a whole."))
    if line.undo == "undone":
        return line
    cases = list(
        transaction.connection.execute(
            select(IMPORT_CASE.c.case_id).where(IMPORT_CASE.c.import_id == import_id).order_by(IMPORT_CASE.c.case_id)
        ).scalars()
    )
    if line.kind == "payments":
        take_back(transaction, import_id, cases)
    else:
        casework = Casework(transaction)
        for case in casework.open(cases).values():
            _take_back(casework, case, import_id)
        casework.finish()
    transaction.connection.execute(
        update(IMPORT_RUN).where(IMPORT_RUN.c.id == import_id).values(undone_ms=transaction.now_ms)
    )
    record(transaction, caller.id, "import.undone", import_id, caller.team, kind=line.kind, cases=len(cases))
    return read_import(transaction, caller.team, import_id)


def _take_back(casework: Casework, case: OpenCase, import_id: str) -> None:
    """Retract what an import stated about a case; one nothing else is known of is recalled."""
    for stored in list(case.existing):
        if _belongs(stored.fact.payload, stored.fact.id, import_id, case.id):
            casework.state(case, FactRetracted(stored.fact.id), digest_id("f", "undo", stored.fact.id))
    if case.folded.as_of is None and case.folded.closed is None:
        casework.state(case, CaseRecalled("import undone"), digest_id("f", "undo", import_id, case.id))
    case.owner = case.folded.owner


def _belongs(payload: object, fact: str, import_id: str, case_id: str) -> bool:
    if isinstance(payload, AccountStated | ContactsStated):
        return payload.import_id == import_id
    if isinstance(payload, CaseAssigned):
        return payload.reassignment == import_id
    return isinstance(payload, CaseClosed) and fact == digest_id("f", import_id, case_id, "closed")


def read_import(transaction: Transaction, team: str, import_id: str) -> ImportLine:
    """Give one import. Raises :class:`NoSuchImport`."""
    row = transaction.connection.execute(_query(team).where(IMPORT_RUN.c.id == import_id)).first()
    if row is None:
        raise NoSuchImport
    return _line(row, _called(transaction, import_id, row.at_ms))


def list_imports(transaction: Transaction, team: str, before: str | None, limit: int) -> ImportPage:
    """Give a team's imports, newest first; ``before`` is what the last page ended with."""
    query = _query(team).order_by(IMPORT_RUN.c.at_ms.desc(), IMPORT_RUN.c.id.desc()).limit(limit + 1)
    if before is not None:
        at_text, _, last = before.partition("~")
        at_ms = int(at_text) if at_text.isdecimal() else 0
        query = query.where((IMPORT_RUN.c.at_ms < at_ms) | ((IMPORT_RUN.c.at_ms == at_ms) & (IMPORT_RUN.c.id < last)))
    rows = transaction.connection.execute(query).all()
    lines = [_line(row, _called(transaction, row.id, row.at_ms)) for row in rows[:limit]]
    more = rows[limit - 1] if len(rows) > limit else None
    return ImportPage(lines, None if more is None else f"{more.at_ms}~{more.id}")


def _query(team: str) -> Any:
    return (
        select(IMPORT_RUN, USER.c.name.label("actor_name"))
        .outerjoin(USER, USER.c.id == IMPORT_RUN.c.actor)
        .where(IMPORT_RUN.c.team == team)
    )


def _called(transaction: Transaction, import_id: str, since_ms: int) -> int:
    query = (
        select(func.count())
        .select_from(IMPORT_CASE)
        .join(CASE_FIGURE, CASE_FIGURE.c.case_id == IMPORT_CASE.c.case_id)
        .where(IMPORT_CASE.c.import_id == import_id, CASE_FIGURE.c.last_attempt_ms >= since_ms)
    )
    return transaction.connection.execute(query).scalar_one()


def _line(row: Any, called: int) -> ImportLine:
    return ImportLine(
        id=row.id,
        kind=row.kind,
        at=format_instant(from_milliseconds(row.at_ms)),
        actor=row.actor,
        actor_name=row.actor_name,
        creditor=row.creditor,
        counts=msgspec.json.decode(row.counts),
        cases=row.cases,
        filename=row.filename,
        profile=row.profile,
        undo="undone" if row.undone_ms is not None else "called" if called else "possible",
        called=called,
    )
