"""The machines of a team as supervisors and operations see them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One machine: whose it is, when it was last heard from and until when it may call without hearing more.

    ``received_through`` is up to where its facts have come without a hole; above that numbers up to ``missing`` higher
    are known of. ``revoked_at`` is when it was shut out, absent for a machine in use.
    """

    id: str
    user: str
    login: str
    person: str = field(repr=False)
    created_at: str
    last_contact: str
    lease_until: str
    received_through: int
    missing: int
    name: str | None = None
    revoked_at: str | None = None
    revoked_by: str | None = None


@dataclass(frozen=True, slots=True)
class DevicePage:
    """What ``GET /v1/devices`` answers."""

    devices: list[DeviceLine]
