"""What agents can take on: capacity, languages, skills."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from domain.canonical import canonical_bytes
from domain.supervision import AgentProfile
from server import typed
from server.audit import record
from server.database.engine import Transaction
from server.database.supervision_tables import AGENT_PROFILE
from server.database.upsert import upsert
from server.documents import Outdated


def profiles_of(transaction: Transaction, agents: Sequence[str]) -> dict[str, AgentProfile]:
    """Give the profiles that have been written."""
    return {agent: profile for agent, (_, profile) in versions_of(transaction, agents).items()}


def versions_of(transaction: Transaction, agents: Sequence[str]) -> dict[str, tuple[int, AgentProfile]]:
    """Give the profiles that have been written, with their versions."""
    query = select(AGENT_PROFILE).where(AGENT_PROFILE.c.agent_id.in_(agents))
    return {
        row.agent_id: (row.ver, typed.decode(row.body, AgentProfile)) for row in transaction.connection.execute(query)
    }


def etag_of(ver: int) -> str:
    """Give the entity tag of a version; version 0 is a profile nobody has written yet."""
    return f'"{ver}"'


def replace_profile(
    transaction: Transaction, agent: str, profile: AgentProfile, seen_etag: str, actor: str, team: str
) -> None:
    """Write a profile. Raises :class:`server.documents.Outdated` where somebody was faster."""
    ver = versions_of(transaction, [agent]).get(agent, (0, profile))[0]
    if seen_etag not in (etag_of(ver), "*"):
        raise Outdated
    upsert(
        transaction.connection,
        AGENT_PROFILE,
        [{"agent_id": agent, "ver": ver + 1, "body": canonical_bytes(profile)}],
    )
    record(transaction, actor, "agent.profile", agent, team, ver=ver + 1, capacity=profile.capacity)
