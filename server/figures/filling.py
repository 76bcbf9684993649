"""Making the figures of cases that were there before the tables of figures were."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from server.cases.casework import Casework
from server.database.engine import Database, Transaction
from server.database.schema import CASE
from server.database.supervision_tables import CASE_FIGURE
from server.figures.writing import write_figures

_AT_ONCE: Final = 200


def fill_figures(database: Database) -> int:
    """Write the figures of every case that has none and count the work done on it; answer how many there were.

    A case is counted in the transaction that gives it its row, so stopping half-way counts nothing twice.
    """
    done = 0
    while True:
        with database.reading() as transaction:
            missing = _missing(transaction)
        if not missing:
            return done
        done += database.write(lambda transaction: _fill(transaction, _missing(transaction)))


def _missing(transaction: Transaction) -> list[str]:
    query = (
        select(CASE.c.id)
        .outerjoin(CASE_FIGURE, CASE_FIGURE.c.case_id == CASE.c.id)
        .where(CASE_FIGURE.c.case_id.is_(None))
        .order_by(CASE.c.id)
        .limit(_AT_ONCE)
    )
    return list(transaction.connection.execute(query).scalars())


def _fill(transaction: Transaction, case_ids: list[str]) -> int:
    casework = Casework(transaction)
    cases = list(casework.open(case_ids).values())
    write_figures(transaction, cases, casework.policy, everything=True)
    return len(cases)
