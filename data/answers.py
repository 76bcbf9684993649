"""What comes back from a request: an answer or a failure, both plain values that the caller has to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Generic, Literal, TypeVar

from domain.i18n import tr

T = TypeVar("T")

DEVICE_REVOKED: Final = "urn:duecall:problem:device-revoked"
"""A supervisor has shut this device out (RFC 9457 type of the server's answer)."""
PASSWORD_CHANGE_NEEDED: Final = "urn:duecall:problem:password-change-needed"  # noqa: S105 - a name, not a password
PROTOCOL_UNSUPPORTED: Final = "urn:duecall:problem:protocol-unsupported"
"""The server speaks other versions of the protocol than this program."""

FailureKind = Literal["network", "timeout", "status", "protocol", "other-agent"]
"""``network``: nothing was reached, or it broke off. ``timeout``: nothing came in time. ``status``: an answer that says
no. ``protocol``: an answer that cannot be understood. ``other-agent``: somebody else's store."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When a request left and its answer was there, by this machine's clock, and the server's own instant between."""

    sent_at: datetime
    received_at: datetime
    server_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """The server did what was asked. ``etag`` names the state of a document that can be written back."""

    value: T = field(repr=False)
    timing: Timing
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """How far the server is with something long: its stage, how much is done, of how much."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Failure:
    """The server did not, or nobody knows whether it did.

    ``retry_after`` is how many seconds the server asks to be left alone. ``problem`` is the RFC 9457 type, or a word
    for what was wrong; neither holds personal data. ``detail`` is the server's sentence, ``extra`` what else the problem
    carries (an import's report), which may hold names.
    """

    kind: FailureKind
    status: int | None = None
    retry_after: float | None = None
    problem: str = ""
    title: str = ""
    timing: Timing | None = None
    detail: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def sentence(self) -> str:
        """Say to a person what happened and what to do; what is captured here is safe in every case."""
        if self.kind == "network":
            return tr("The server cannot be reached; everything captured is safe here and goes up by itself later.")
        if self.kind == "timeout":
            return tr(
                "The server did not answer in time; everything captured is safe here and goes up by itself later."
            )
        if self.kind == "other-agent":
            return tr("The data on this computer belongs to another login; use that one, or a profile of your own.")
        if self.kind == "protocol":
            return tr("The server's answer was not understood; check its address, or ask for an update of duecall.")
        special = {
            DEVICE_REVOKED: tr(
                "This computer was shut out by a supervisor; what was captured here still goes up. "
                "To work on it again, use a new profile."
            ),
            PASSWORD_CHANGE_NEEDED: tr(
                "The password was reset and has to be replaced: run “duecall password” and choose a new one."
            ),
            PROTOCOL_UNSUPPORTED: tr("The server speaks another version: update duecall."),
        }
        if self.problem in special:
            return special[self.problem]
        if self.status == 401:
            return tr("The login or password is not right, or the session has ended; log in again.")
        if self.status == 403:
            return tr("The server does not allow this for your login; ask your supervisor.")
        if self.status in (429, 503):
            return tr("The server is busy; nothing is lost, it is asked again in a moment.")
        if self.status is not None and self.status >= 500:
            return tr("The server has a fault; nothing is lost, it is asked again in a moment.")
        return tr("The server refused this ({problem}); nothing was changed.").format(problem=self.title or self.status)
