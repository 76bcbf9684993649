"""The sync protocol, version 1, as both ends speak it.

These dataclasses are the one definition: the server decodes requests into them and publishes their schema as OpenAPI,
the client decodes answers into them. Unknown fields are ignored here and kept verbatim where documents are stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from domain.agent import AgentInfo as AgentInfo
from domain.agent import Role as Role
from domain.freshness import CashState

PROTOCOL_MIN: Final = 1
PROTOCOL_MAX: Final = 1
PROTOCOL_HEADER: Final = "Duecall-Protocol"
"""The header in which a client says which version it speaks; one that is absent means any the server speaks."""

MAX_EVENTS: Final = 1000
"""Most events in one push."""
MAX_BODY: Final = 4 * 1024 * 1024
"""Most bytes of a request body, inflated (imports have their own limit)."""
MAX_IMPORT: Final = 100 * 1024 * 1024
"""Most bytes of an imported file."""
MAX_CHANGES: Final = 3000
"""Most entries in one page of changes."""

Flag = Literal[
    "after-reassignment",
    "after-closure",
    "after-optout",
    "lease-expired",
    "cap-breach",
    "quiet-hours",
    "clock-suspect",
    "unseen-payment",
    "concurrent",
    "late",
]
EventStatus = Literal["accepted", "duplicate", "quarantined", "conflict"]


@dataclass(frozen=True, slots=True)
class Seen:
    """The feed position the author of a fact had on screen."""

    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class Event:
    """A fact on its way to the server.

    ``seq`` runs from 1 without a gap per device; ``prev`` is the digest of the canonical bytes of the event before it
    (absent for the first); ``at`` is the author's instant; ``data`` depends on ``type`` and ``v``.
    """

    id: str
    seq: int
    type: str
    v: int
    case_id: str
    at: str
    data: dict[str, Any] = field(repr=False)
    prev: str | None = None
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class EventBatch:
    """What ``POST /v1/events`` takes."""

    device_id: str
    events: list[dict[str, Any]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class EventResult:
    """What became of one event; ``key`` and ``ver`` name the document that now shows it.

    ``first`` stands beside the status ``duplicate``: what the event was answered the first time.
    """

    id: str
    status: EventStatus
    flags: list[Flag] = field(default_factory=list)
    key: str | None = None
    ver: int | None = None
    first: EventStatus | None = None


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """What ``POST /v1/events`` answers: custody up to ``received_through``, the gaps above it, one result an event.

    ``revoked`` is true when the device was shut out, so that it erases what it shows; absent otherwise.
    """

    received_through: int
    missing: list[int]
    results: list[EventResult]
    revoked: bool | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a feed: a document put or removed."""

    seq: int
    op: Literal["put", "remove"]
    key: str
    ver: int
    body: dict[str, Any] | None = field(default=None, repr=False)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DeviceState:
    """What the server has of this device."""

    received_through: int


@dataclass(frozen=True, slots=True)
class OtherMachine:
    """Another machine of the same agent that may be calling and has not been heard from since ``since``.

    It may until ``until``; what it did meanwhile nobody knows yet. ``name`` is what people call it.
    """

    since: datetime
    until: datetime
    name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """What ``GET /v1/changes`` answers; ``lease_s`` is how long the device may call without hearing more, in seconds.

    ``cash`` is how fresh the payments on the cases are.
    ``others`` are the agent's other machines that are silent; absent where there are none.
    """

    epoch: str
    cursor: str
    head: int
    more: bool
    reset: bool
    revoked: list[str]
    entries: list[Entry] = field(repr=False)
    lease_s: int
    device: DeviceState
    cash: CashState = field(default_factory=CashState)
    others: list[OtherMachine] | None = None


@dataclass(frozen=True, slots=True)
class ProtocolRange:
    """The protocol versions a server speaks."""

    min: int
    max: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds a client keeps to; bytes, counts and seconds."""

    max_events: int = MAX_EVENTS
    max_body: int = MAX_BODY
    max_changes: int = MAX_CHANGES
    max_import: int = MAX_IMPORT


@dataclass(frozen=True, slots=True)
class Hello:
    """What ``GET /v1/hello`` answers; ``rehearsal`` is true where the server's clock is shifted, absent elsewhere."""

    server_time: str
    protocol: ProtocolRange
    epoch: str
    limits: Limits
    tzdata: str
    rehearsal: bool | None = None


@dataclass(frozen=True, slots=True)
class LoginRequest:
    """What ``POST /v1/sessions`` takes; ``device`` is the device's own UUIDv7, ``device_name`` what people call it.

    ``needs_deposit_key`` says that the answer to the device's first login never came, so that another key is given out.
    """

    login: str
    password: str = field(repr=False)
    device: str
    device_name: str | None = None
    needs_deposit_key: bool = False


@dataclass(frozen=True, slots=True)
class SsoInfo:
    """What ``GET /v1/sso`` answers: where a browser goes, and whether another screen may be used instead (``device``)."""

    authorization_endpoint: str
    client_id: str
    scope: str
    device: bool


@dataclass(frozen=True, slots=True)
class SsoDevice:
    """What ``POST /v1/sso/device`` answers (RFC 8628 §3.2); durations are seconds."""

    device_code: str = field(repr=False)
    user_code: str
    verification_uri: str
    interval: int
    expires_in: int
    verification_uri_complete: str | None = None


@dataclass(frozen=True, slots=True)
class SsoLogin:
    """What ``POST /v1/sso/sessions`` takes: the provider's ``code`` with what belongs to it, or a ``device_code``.

    ``verifier`` is the secret of RFC 7636, ``nonce`` what the ID token has to carry, ``redirect_uri`` where the browser
    brought the code: an address of the person's own computer.
    """

    device: str
    device_name: str | None = None
    needs_deposit_key: bool = False
    code: str | None = field(default=None, repr=False)
    verifier: str | None = field(default=None, repr=False)
    nonce: str | None = field(default=None, repr=False)
    redirect_uri: str | None = None
    device_code: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """What ``PUT /v1/password`` takes: the password as it is, and as it shall be."""

    login: str
    password: str = field(repr=False)
    new_password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SessionAnswer:
    """What ``POST /v1/sessions`` answers; ``deposit_key`` at the first login of the device, or when it was asked for."""

    token: str = field(repr=False)
    expires_at: datetime
    agent: AgentInfo
    device_id: str
    deposit_key: str | None = field(default=None, repr=False)
    epoch: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as RFC 9457 has it. ``type`` comes from the closed list in ``docs/problems.md``; no personal data."""

    type: str
    title: str
    status: int
    detail: str = ""
