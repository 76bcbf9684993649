"""Errors as RFC 9457 has them: a closed list of types, one clear sentence, no personal data.

``docs/problems.md`` describes each type for the people who write clients; a test keeps the two lists the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain.i18n import mark, tr

TYPE_PREFIX: Final = "urn:duecall:problem:"
"""What every problem type begins with."""

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of problem."""

    name: str
    status: int
    title: str

    @property
    def type(self) -> str:
        """The problem's URI."""
        return TYPE_PREFIX + self.name


MALFORMED: Final = Kind("malformed", 400, mark("The body is not what this endpoint takes"))
BAD_PARAMETER: Final = Kind("bad-parameter", 400, mark("A parameter of the address cannot be used"))
UNAUTHENTICATED: Final = Kind("unauthenticated", 401, mark("A valid session is needed"))
WRONG_CREDENTIALS: Final = Kind("wrong-credentials", 401, mark("Login or password is wrong"))
DEVICE_REVOKED: Final = Kind("device-revoked", 401, mark("The device was shut out"))
PASSWORD_CHANGE_NEEDED: Final = Kind("password-change-needed", 403, mark("A new password has to be chosen"))
FORBIDDEN: Final = Kind("forbidden", 403, mark("This is not allowed, or does not exist"))
DEVICE_TAKEN: Final = Kind("device-taken", 403, mark("The device belongs to somebody else"))
NOT_FOUND: Final = Kind("not-found", 404, mark("There is no such address"))
METHOD_NOT_ALLOWED: Final = Kind("method-not-allowed", 405, mark("This address does not take that verb"))
ID_REUSED: Final = Kind("id-reused", 409, mark("The id was used for something else"))
OUTDATED: Final = Kind("outdated", 412, mark("Somebody changed the document in the meantime"))
TOO_LARGE: Final = Kind("too-large", 413, mark("The body is larger than the server takes"))
UNSUPPORTED_ENCODING: Final = Kind("unsupported-encoding", 415, mark("The body's encoding is not supported"))
UNPROCESSABLE: Final = Kind("unprocessable", 422, mark("The request cannot be carried out as it stands"))
QUESTIONS: Final = Kind("questions", 422, mark("The file leaves questions open"))
IF_MATCH_NEEDED: Final = Kind("if-match-needed", 428, mark("The version that was edited must be named"))
PROTOCOL_UNSUPPORTED: Final = Kind(
    "protocol-unsupported", 426, mark("The client speaks another version of the protocol")
)
TOO_MANY_ATTEMPTS: Final = Kind("too-many-attempts", 429, mark("Too many wrong passwords"))
INTERNAL: Final = Kind("internal", 500, mark("The server failed"))
UNAVAILABLE: Final = Kind("unavailable", 503, mark("The server is busy"))

KINDS: Final = (
    MALFORMED,
    BAD_PARAMETER,
    UNAUTHENTICATED,
    WRONG_CREDENTIALS,
    DEVICE_REVOKED,
    FORBIDDEN,
    PASSWORD_CHANGE_NEEDED,
    DEVICE_TAKEN,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    ID_REUSED,
    OUTDATED,
    TOO_LARGE,
    UNSUPPORTED_ENCODING,
    UNPROCESSABLE,
    QUESTIONS,
    PROTOCOL_UNSUPPORTED,
    IF_MATCH_NEEDED,
    TOO_MANY_ATTEMPTS,
    INTERNAL,
    UNAVAILABLE,
)
"""Every type there is."""


class Refusal(Exception):  # noqa: N818 - an answer on its way out, not a malfunction
    """A request that is answered with a problem. ``detail`` is one sentence, ``extra`` are extension members."""

    def __init__(
        self,
        kind: Kind,
        detail: str = "",
        *,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind.name)
        self.kind = kind
        self.detail = detail
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})
        if kind.status == 401:
            self.headers.setdefault("WWW-Authenticate", 'Bearer realm="duecall"')

    def body(self) -> dict[str, Any]:
        """Give the problem document."""
        document: dict[str, Any] = {
            "type": self.kind.type,
            "title": tr(self.kind.title),
            "status": self.kind.status,
            "detail": self.detail,
        }
        return document | self.extra
