"""``GET /metrics``: figures of this process for Prometheus. They hold no ids and no personal data."""

from __future__ import annotations

from server.http.routing import EVERYBODY, Call, Endpoint, Reply

_MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics(call: Call) -> Reply:
    """Answer the figures."""
    return Reply(call.services.metrics.to_text().encode(), media_type=_MEDIA_TYPE)


ENDPOINT = Endpoint("GET", "/metrics", "Figures of this process", EVERYBODY, metrics, media_type="text/plain")
