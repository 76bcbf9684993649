"""``DELETE /v1/sessions/current``: log out."""

from __future__ import annotations

from server.http.routing import Call, Endpoint, Reply, only
from server.people.sessions import close_session


def logout(call: Call) -> Reply:
    """End the session that was shown."""
    call.services.database.write(lambda transaction: close_session(transaction, call.caller))
    return Reply(None, status=204)


ENDPOINT = Endpoint(
    "DELETE",
    "/v1/sessions/current",
    "Log out",
    only("agent", "supervisor", "integration"),
    logout,
    status=204,
)
