"""What requests with an id chosen by the client did: the same request again gets the same answer and does nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import insert, select

from server.database.engine import Transaction
from server.database.schema import DEED


class IdReused(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """The id belongs to another request."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One request: ``kind`` and ``id`` name it, ``digest`` tells whether a second one is the same."""

    kind: str
    id: str
    digest: str

    def answer(self, transaction: Transaction) -> Done | None:
        """Give what was answered the first time. Raises :class:`IdReused` when that was another request."""
        query = select(DEED).where(DEED.c.kind == self.kind, DEED.c.id == self.id)
        row = transaction.connection.execute(query).first()
        if row is None:
            return None
        if row.digest != self.digest:
            raise IdReused
        return Done(row.status, bytes(row.answer))

    def remember(self, transaction: Transaction, done: Done) -> None:
        """Keep the answer, in the transaction that does the deed."""
        transaction.connection.execute(
            insert(DEED).values(
                kind=self.kind,
                id=self.id,
                digest=self.digest,
                status=done.status,
                answer=done.content,
                at_ms=transaction.now_ms,
            )
        )


@dataclass(frozen=True, slots=True)
class Done:
    """An answer as it was given."""

    status: int
    content: bytes = field(repr=False)
