"""Slowing down whoever guesses passwords: wrong ones are counted per login and per address.

A login that does not exist is counted like one that does, so that the answer gives nothing away.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import delete, select

from server.database.engine import Transaction
from server.database.schema import LOGIN_FAILURE
from server.database.upsert import upsert
from server.settings import Throttle


def seconds_to_wait(transaction: Transaction, limits: Throttle, login: str, address: str) -> int:
    """Tell how many seconds must pass before this login may be tried from this address; 0 when it may be now."""
    allowed = {_subject("login", login): limits.per_login, _subject("address", address): limits.per_address}
    rows = transaction.connection.execute(select(LOGIN_FAILURE).where(LOGIN_FAILURE.c.subject.in_(allowed)))
    waits = [
        row.since_ms + limits.window_s * 1000 - transaction.now_ms
        for row in rows
        if row.failures >= allowed[row.subject]
    ]
    return max(0, -(-max(waits, default=0) // 1000))


def count_failure(transaction: Transaction, limits: Throttle, login: str, address: str) -> None:
    """Count a wrong password against the login and the address; a window that has passed starts again."""
    oldest = transaction.now_ms - limits.window_s * 1000
    transaction.connection.execute(delete(LOGIN_FAILURE).where(LOGIN_FAILURE.c.since_ms <= oldest))
    subjects = [_subject("login", login), _subject("address", address)]
    known = {
        row.subject: row
        for row in transaction.connection.execute(select(LOGIN_FAILURE).where(LOGIN_FAILURE.c.subject.in_(subjects)))
    }
    upsert(
        transaction.connection,
        LOGIN_FAILURE,
        [
            {
                "subject": subject,
                "failures": known[subject].failures + 1 if subject in known else 1,
                "since_ms": known[subject].since_ms if subject in known else transaction.now_ms,
            }
            for subject in subjects
        ],
    )


def forgive(transaction: Transaction, login: str) -> None:
    """Forget the wrong passwords of a login that has now been used with the right one."""
    subject = _subject("login", login)
    transaction.connection.execute(delete(LOGIN_FAILURE).where(LOGIN_FAILURE.c.subject == subject))


def _subject(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}\x1f{value}".encode()).hexdigest()
