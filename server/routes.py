"""The route table: every endpoint there is, in the order of the contract."""

from __future__ import annotations

from typing import Final

from server.endpoints import changes, events, health, hello, imports, login, logout, metrics, reassignments, stream
from server.http.routing import Endpoint

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    hello.ENDPOINT,
    login.ENDPOINT,
    logout.ENDPOINT,
    events.ENDPOINT,
    changes.ENDPOINT,
    stream.ENDPOINT,
    reassignments.ENDPOINT,
    imports.ENDPOINT,
    *health.ENDPOINTS,
    metrics.ENDPOINT,
)
"""Every endpoint."""
