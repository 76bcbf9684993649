"""``GET /openapi.json``: the contract for other people's clients."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from server.http.routing import EVERYBODY, Call, Endpoint, Reply
from server.openapi import document


def make_endpoint(others: Sequence[Endpoint]) -> Endpoint:
    """Make the endpoint that describes the others, and itself."""

    def openapi(_call: Call) -> Reply:
        return Reply(written)

    endpoint = Endpoint("GET", "/openapi.json", "This description", EVERYBODY, openapi, gives=dict)
    written = msgspec.json.encode(document([*others, endpoint]))
    return endpoint
