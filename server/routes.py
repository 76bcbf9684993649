"""The route table: every endpoint there is, in the order of the contract."""

from __future__ import annotations

from typing import Final

from server.endpoints import (
    audit,
    board,
    cases,
    cash,
    changes,
    device_report,
    devices,
    events,
    health,
    hello,
    history,
    house,
    import_profiles,
    imports,
    login,
    logout,
    metrics,
    next_case,
    notices,
    openapi,
    password,
    payments,
    promises,
    reassignments,
    reports,
    reviews,
    sso,
    staff,
    stream,
    versions,
)
from server.http.routing import Endpoint

_DESCRIBED: Final[tuple[Endpoint, ...]] = (
    hello.ENDPOINT,
    login.ENDPOINT,
    logout.ENDPOINT,
    password.ENDPOINT,
    *sso.ENDPOINTS,
    events.ENDPOINT,
    changes.ENDPOINT,
    stream.ENDPOINT,
    next_case.ENDPOINT,
    history.ENDPOINT,
    *cases.ENDPOINTS,
    *reassignments.ENDPOINTS,
    *staff.ENDPOINTS,
    *imports.ENDPOINTS,
    *import_profiles.ENDPOINTS,
    payments.ENDPOINT,
    *house.ENDPOINTS,
    *versions.ENDPOINTS,
    *promises.ENDPOINTS,
    *reports.ENDPOINTS,
    board.ENDPOINT,
    cash.ENDPOINT,
    device_report.ENDPOINT,
    *notices.ENDPOINTS,
    *reviews.ENDPOINTS,
    *audit.ENDPOINTS,
    *devices.ENDPOINTS,
    *health.ENDPOINTS,
    metrics.ENDPOINT,
)

ENDPOINTS: Final[tuple[Endpoint, ...]] = (*_DESCRIBED, openapi.make_endpoint(_DESCRIBED))
"""Every endpoint."""
