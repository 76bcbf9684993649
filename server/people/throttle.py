"""Slowing down whoever guesses passwords: tries are counted per login and per address.

A try is counted **before** its password is looked at, in one statement a row, so that many guesses at once, in several
processes, get no more answers than guesses one after another. A right password takes its own count back. A login that
does not exist is counted like one that does, so that the answer gives nothing away.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import case, delete, select, update

from server.database.engine import Transaction
from server.database.schema import LOGIN_FAILURE
from server.database.upsert import insert_of
from server.settings import Throttle


def seconds_to_wait(transaction: Transaction, limits: Throttle, login: str, address: str) -> int:
    """Tell how many seconds must pass before this login may be tried from this address; 0 when it may be now."""
    allowed = _allowed(limits, login, address)
    rows = transaction.connection.execute(select(LOGIN_FAILURE).where(LOGIN_FAILURE.c.subject.in_(allowed)))
    return max(
        (_wait(transaction, limits, row.since_ms) for row in rows if row.failures >= allowed[row.subject]), default=0
    )


def begin_try(transaction: Transaction, limits: Throttle, login: str, address: str) -> int:
    """Count one try against the login and the address; a window that has passed starts again.

    Gives how many seconds must pass before it may be made: 0 when it may be made now.
    """
    oldest = transaction.now_ms - limits.window_s * 1000
    transaction.connection.execute(delete(LOGIN_FAILURE).where(LOGIN_FAILURE.c.since_ms <= oldest))
    wait = 0
    for subject, most in sorted(
        _allowed(limits, login, address).items()
    ):  # one order, so that no two wait for each other
        counted = insert_of(transaction.connection, LOGIN_FAILURE).values(
            subject=subject, failures=1, since_ms=transaction.now_ms
        )
        over = LOGIN_FAILURE.c.since_ms <= oldest
        kept = counted.on_conflict_do_update(
            index_elements=["subject"],
            set_={
                "failures": case((over, 1), else_=LOGIN_FAILURE.c.failures + 1),
                "since_ms": case((over, counted.excluded.since_ms), else_=LOGIN_FAILURE.c.since_ms),
            },
        ).returning(LOGIN_FAILURE.c.failures, LOGIN_FAILURE.c.since_ms)
        row = transaction.connection.execute(kept).one()
        if row.failures > most:
            wait = max(wait, _wait(transaction, limits, row.since_ms))
    return wait


def forgive(transaction: Transaction, login: str, address: str) -> None:
    """Forget the wrong passwords of a login that was used with the right one, and take the try back from the address."""
    work = {
        _subject("login", login): delete(LOGIN_FAILURE).where(LOGIN_FAILURE.c.subject == _subject("login", login)),
        _subject("address", address): update(LOGIN_FAILURE)
        .where(LOGIN_FAILURE.c.subject == _subject("address", address), LOGIN_FAILURE.c.failures > 0)
        .values(failures=LOGIN_FAILURE.c.failures - 1),
    }
    for _subject_hash, statement in sorted(work.items(), key=lambda each: each[0]):
        transaction.connection.execute(statement)


def _wait(transaction: Transaction, limits: Throttle, since_ms: int) -> int:
    return max(0, -(-(since_ms + limits.window_s * 1000 - transaction.now_ms) // 1000))


def _allowed(limits: Throttle, login: str, address: str) -> dict[str, int]:
    return {_subject("login", login): limits.per_login, _subject("address", address): limits.per_address}


def _subject(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}\x1f{value}".encode()).hexdigest()
