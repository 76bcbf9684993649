"""The audit trail as chains of digests, one a team and one for the server itself.

Each line's digest covers the line and the digest before it, so that a line changed, removed or slipped in later breaks
every digest behind it. The end of a chain is one row that is locked from here until the commit; because this is the last
thing a transaction does, nobody who waits for it holds anything up, and no two processes ever follow the same line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from sqlalchemy import Connection, bindparam, select, update

from domain.canonical import canonical_bytes, digest
from server.database.schema import AUDIT, AUDIT_HEAD
from server.database.upsert import insert_missing, insert_rows

Fault = Literal["gap", "changed", "end"]
"""How a chain is broken: a line is missing or there twice, one is not what was written, lines were cut off."""

SERVER_CHAIN: Final = "server"
"""The chain of what belongs to no team."""

BEGINNING: Final = digest(b"")
"""The digest before the first line of every chain."""


# Nearly every transaction that writes ends with these, so they are put together once.
_LOCKED_END: Final = (
    select(AUDIT_HEAD.c.seq, AUDIT_HEAD.c.digest).where(AUDIT_HEAD.c.chain == bindparam("which")).with_for_update()
)
_MOVE_END: Final = update(AUDIT_HEAD).where(AUDIT_HEAD.c.chain == bindparam("which"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line before it is chained: ``detail`` is canonical JSON of ids and counts."""

    id: str
    at_ms: int
    actor: str
    action: str
    subject: str
    team: str | None
    detail: bytes = field(repr=False)

    @property
    def chain(self) -> str:
        """The chain the line belongs to."""
        return chain_of(self.team)


@dataclass(frozen=True, slots=True)
class ChainState:
    """How one chain was found: how many lines are whole, the last digest, and where and how it is broken, if it is."""

    chain: str
    length: int
    digest: str
    broken_at: int | None = None
    fault: Fault | None = None

    @property
    def whole(self) -> bool:
        """Tell whether every line is as it was written."""
        return self.fault is None


def chain_of(team: str | None) -> str:
    """Name the chain of a team, or of the server itself."""
    return SERVER_CHAIN if team is None else f"team:{team}"


def append_to_chains(connection: Connection, lines: Iterable[Line]) -> None:
    """Add lines to the ends of their chains, which stay locked until the transaction ends."""
    by_chain: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_chain[line.chain].append(line)
    for chain in sorted(by_chain):
        seq, last = _locked_end(connection, chain)
        rows = []
        for line in by_chain[chain]:
            seq += 1
            row: dict[str, Any] = {
                "id": line.id,
                "at_ms": line.at_ms,
                "actor": line.actor,
                "action": line.action,
                "subject": line.subject,
                "team": line.team,
                "detail": line.detail,
                "chain": chain,
                "seq": seq,
            }
            last = line_digest(last, row)
            rows.append(row | {"digest": last})
        insert_rows(connection, AUDIT, rows)
        connection.execute(_MOVE_END, {"which": chain, "seq": seq, "digest": last})


def line_digest(before: str, row: Any) -> str:
    """Give the digest of a line that follows the digest ``before``; ``row`` has the columns of the trail."""
    return digest(
        canonical_bytes(
            [
                before,
                row["chain"],
                row["seq"],
                row["id"],
                row["at_ms"],
                row["actor"],
                row["action"],
                row["subject"],
                row["team"],
                bytes(row["detail"]).decode(),
            ]
        )
    )


def examine(connection: Connection, chain: str) -> ChainState:
    """Work every digest of a chain out again and say whether it is whole."""
    seq, last = 0, BEGINNING
    with closing(lines_of(connection, chain)) as lines:  # its cursor on the server ends here, wherever this returns
        for row in lines:
            if row["seq"] != seq + 1:
                return ChainState(chain, seq, last, seq + 1, "gap")
            if row["digest"] != line_digest(last, row):
                return ChainState(chain, seq, last, row["seq"], "changed")
            seq, last = row["seq"], row["digest"]
    end = connection.execute(select(AUDIT_HEAD.c.seq, AUDIT_HEAD.c.digest).where(AUDIT_HEAD.c.chain == chain)).first()
    if (seq, last) != ((0, BEGINNING) if end is None else (end.seq, end.digest)):
        return ChainState(chain, seq, last, seq + 1, "end")
    return ChainState(chain, seq, last)


def digest_at(connection: Connection, chain: str, seq: int) -> str | None:
    """Give the digest of a chain's line ``seq``, of the beginning for 0; ``None`` when there is no such line."""
    if seq == 0:
        return BEGINNING
    found: str | None = connection.execute(
        select(AUDIT.c.digest).where(AUDIT.c.chain == chain, AUDIT.c.seq == seq)
    ).scalar()
    return found


def lines_of(connection: Connection, chain: str) -> Generator[Any, None, None]:
    """Give the lines of a chain, oldest first, without holding them all."""
    query = select(AUDIT).where(AUDIT.c.chain == chain).order_by(AUDIT.c.seq)
    with connection.execute(query.execution_options(yield_per=1000)) as result:
        yield from result.mappings()


def chains(connection: Connection) -> list[str]:
    """Name every chain there is, by name; also one whose end was taken away."""
    ends = connection.execute(select(AUDIT_HEAD.c.chain)).scalars()
    lines = connection.execute(select(AUDIT.c.chain).distinct()).scalars()
    return sorted({*ends, *lines})


def _locked_end(connection: Connection, chain: str) -> tuple[int, str]:
    end = connection.execute(_LOCKED_END, {"which": chain}).first()
    if end is None:
        insert_missing(connection, AUDIT_HEAD, [{"chain": chain, "seq": 0, "digest": BEGINNING}])
        end = connection.execute(_LOCKED_END, {"which": chain}).one()
    return end.seq, end.digest
