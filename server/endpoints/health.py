"""``GET /healthz`` and ``GET /readyz``: whether the process is alive, and can do its work."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from server.database.schema import STATE
from server.http.problem import UNAVAILABLE, Refusal
from server.http.routing import EVERYBODY, Call, Endpoint, Reply


def health(_call: Call) -> Reply:
    """Answer as long as the process does."""
    return Reply({"status": "alive"})


def ready(call: Call) -> Reply:
    """Answer when the database does."""
    try:
        with call.services.database.reading() as transaction:
            transaction.connection.execute(select(STATE.c.name).limit(1)).first()
    except SQLAlchemyError:
        raise Refusal(UNAVAILABLE, "The database cannot be reached.", headers={"Retry-After": "5"}) from None
    return Reply({"status": "ready"})


ENDPOINTS = (
    Endpoint("GET", "/healthz", "Is the process alive?", EVERYBODY, health),
    Endpoint("GET", "/readyz", "Can the process do its work?", EVERYBODY, ready, problems=(UNAVAILABLE,)),
)
