"""Rights: who calls, and whether this endpoint is for them. Checked before a byte of the body is read."""

from __future__ import annotations

from domain.i18n import tr
from server.database.engine import Database
from server.http.problem import DEVICE_REVOKED, FORBIDDEN, UNAUTHENTICATED, Refusal
from server.http.routing import Endpoint
from server.people.sessions import Caller, identify

_LONGEST_TOKEN = 200


def admit(database: Database, endpoint: Endpoint, authorization: str | None) -> Caller | None:
    """Tell who calls; ``None`` where the endpoint is for everybody.

    Raises :class:`Refusal`: 401 without a valid token, 403 with one that is not enough.
    """
    if endpoint.roles is None:
        return None
    scheme, _, token = (authorization or "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not 0 < len(token) <= _LONGEST_TOKEN:
        raise Refusal(UNAUTHENTICATED, "Log in and send the session's token as a bearer token.")
    with database.reading() as transaction:
        caller = identify(transaction, token)
    if caller is None:
        raise Refusal(UNAUTHENTICATED, "The session has ended or never existed; log in again. Nothing is lost.")
    if caller.revoked_ms is not None and not caller.deposit:
        raise Refusal(DEVICE_REVOKED, "This machine was shut out. What it still holds can be handed over.")
    if caller.deposit and not endpoint.deposit:
        raise Refusal(FORBIDDEN, tr("A deposit key only hands facts over; log in for everything else."))
    if caller.role not in endpoint.roles:
        raise Refusal(FORBIDDEN, tr("Your role does not include this."))
    return caller
