"""Who may do what: every endpoint, for everybody."""

from __future__ import annotations

from typing import Any

import pytest

from server.http.routing import Endpoint
from server.routes import ENDPOINTS
from tests.support.server_world import PASSWORD, Machine, World

CALLERS = ("nobody", "garbage", "agent", "supervisor", "integration", "deposit")

EXPECTED: dict[str, tuple[str, ...]] = {
    "GET /v1/hello": CALLERS,
    "POST /v1/sessions": CALLERS,
    "PUT /v1/password": CALLERS,
    "GET /v1/sso": CALLERS,
    "POST /v1/sso/device": CALLERS,
    "POST /v1/sso/sessions": CALLERS,
    "DELETE /v1/sessions/current": ("agent", "supervisor", "integration"),
    "POST /v1/events": ("agent", "supervisor", "integration", "deposit"),
    "GET /v1/changes": ("agent",),
    "GET /v1/stream": ("agent", "supervisor"),
    "POST /v1/cases/next": ("agent",),
    "GET /v1/cases/{id}/history": ("agent", "supervisor"),
    "GET /v1/cases": ("supervisor",),
    "PUT /v1/reassignments/{id}": ("supervisor",),
    "PUT /v1/imports/{id}": ("supervisor", "integration"),
    "PUT /v1/payments/{id}": ("supervisor", "integration"),
    "GET /v1/policy": ("supervisor",),
    "PUT /v1/policy": ("supervisor",),
    "GET /v1/scripts": ("supervisor",),
    "PUT /v1/scripts": ("supervisor",),
    "GET /v1/board": ("supervisor",),
    "GET /v1/audit": ("supervisor",),
    "GET /v1/audit/chain": ("supervisor",),
    "GET /v1/audit/export": ("supervisor",),
    "GET /v1/devices": ("supervisor",),
    "DELETE /v1/devices/{id}": ("supervisor",),
    "GET /v1/reviews": ("supervisor",),
    "PUT /v1/reviews/{fact}": ("supervisor",),
    "PUT /v1/devices/current/report": ("agent",),
    "GET /v1/cash": ("supervisor",),
    "GET /v1/notices": ("supervisor",),
    "PUT /v1/notices/{id}": ("supervisor",),
    "DELETE /v1/notices/{id}": ("supervisor",),
    "GET /v1/cases/{id}": ("supervisor",),
    "GET /v1/agents/{id}/queue": ("supervisor",),
    "GET /v1/reassignments/{id}": ("supervisor",),
    "PUT /v1/reassignments/{id}/undo": ("supervisor",),
    "GET /v1/reassignments": ("supervisor",),
    "GET /v1/agents": ("supervisor",),
    "PUT /v1/agents/{id}": ("supervisor",),
    "GET /v1/absences": ("supervisor",),
    "PUT /v1/absences/{id}": ("supervisor",),
    "PUT /v1/absences/{id}/end": ("supervisor",),
    "GET /v1/holds": ("supervisor",),
    "PUT /v1/holds/{id}": ("supervisor",),
    "PUT /v1/holds/{id}/undo": ("supervisor",),
    "PUT /v1/reviews/{fact}/undo": ("supervisor",),
    "GET /v1/stops": ("supervisor",),
    "PUT /v1/stops/{fact}": ("supervisor",),
    "PUT /v1/stops/{fact}/undo": ("supervisor",),
    "GET /v1/promises": ("supervisor",),
    "GET /v1/promises/calendar": ("supervisor",),
    "GET /v1/promises/forecast": ("supervisor",),
    "PUT /v1/judgements/{day}": ("supervisor",),
    "GET /v1/reports": ("supervisor",),
    "GET /v1/reports/{name}": ("supervisor",),
    "GET /v1/imports": ("supervisor",),
    "GET /v1/imports/{id}": ("supervisor",),
    "PUT /v1/imports/{id}/undo": ("supervisor",),
    "GET /v1/import-profiles": ("supervisor",),
    "PUT /v1/import-profiles/{name}": ("supervisor",),
    "GET /v1/policy/versions": ("supervisor",),
    "GET /v1/policy/versions/{ver}": ("supervisor",),
    "GET /v1/policy/diff": ("supervisor",),
    "PUT /v1/policy/check": ("supervisor",),
    "PUT /v1/policy/rollback": ("supervisor",),
    "GET /v1/scripts/versions": ("supervisor",),
    "GET /v1/scripts/versions/{ver}": ("supervisor",),
    "GET /v1/scripts/diff": ("supervisor",),
    "PUT /v1/scripts/check": ("supervisor",),
    "PUT /v1/scripts/rollback": ("supervisor",),
    "POST /v1/simulations": ("supervisor",),
    "GET /healthz": CALLERS,
    "GET /readyz": CALLERS,
    "GET /metrics": CALLERS,
    "GET /openapi.json": CALLERS,
}

BODIES: dict[str, Any] = {
    "POST /v1/sessions": {"login": "ben", "password": PASSWORD, "device": "d8"},
    "POST /v1/events": {"device_id": "anna-laptop", "events": []},
    "PUT /v1/reassignments/{id}": {"cases": ["c1"], "to": "ben"},
    "PUT /v1/payments/{id}": {"case": "c1", "amount": 1, "currency": "CNY", "day": "2026-11-23"},
}

IDS = {"DELETE /v1/devices/{id}": "ben-laptop"}


def name_of(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


def address(endpoint: Endpoint) -> str:
    names = {"id": IDS.get(name_of(endpoint), "c1"), "fact": "f1", "day": "2026-11-23", "name": "hours", "ver": "1"}
    return endpoint.path.format(**names)


def test_every_endpoint_has_an_expectation() -> None:
    assert {name_of(endpoint) for endpoint in ENDPOINTS} <= set(EXPECTED)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=name_of)
async def test_rights(world: World, endpoint: Endpoint) -> None:
    world.add_case("c1", "anna")
    agent, supervisor, bank, _ = [await world.login(login) for login in ("anna", "sue", "bank", "ben")]
    tokens = {
        "nobody": None,
        "garbage": "garbage",
        "agent": agent.token,
        "supervisor": supervisor.token,
        "integration": bank.token,
        "deposit": agent.deposit_key,
    }
    machines: dict[str, Machine] = {"supervisor": supervisor, "integration": bank}
    name = name_of(endpoint)
    for caller in CALLERS:
        if endpoint.stream is not None and caller in EXPECTED[name]:
            continue  # the stream does not end; its own tests read it
        token = tokens[caller]
        body = BODIES.get(name)
        if name == "POST /v1/events" and caller in machines:
            body = {"device_id": machines[caller].device, "events": []}
        response = await world.client.request(
            endpoint.method,
            endpoint.path.replace("{id}", IDS.get(name, "c1"))
            .replace("{fact}", "f1")
            .replace("{day}", "2026-11-23")
            .replace("{name}", "hours"),
            json=body,
            headers={} if token is None else {"Authorization": f"Bearer {token}"},
        )
        if caller in EXPECTED[name]:
            assert response.status_code != 401, (name, caller, response.text)
            if response.status_code == 403:  # allowed, but there is nothing of that name
                assert response.json()["detail"].startswith("There is no"), (name, caller, response.text)
        elif caller in ("nobody", "garbage"):
            assert response.status_code == 401, (name, caller)
            assert response.headers["www-authenticate"].startswith("Bearer")
        else:
            assert response.status_code == 403, (name, caller)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YW5uYTpwYXNz", "bearer  ", "Bearer " + "x" * 10_000, "Token abc"]
)
async def test_what_is_no_token(world: World, header: str) -> None:
    response = await world.client.get("/v1/changes", headers={"Authorization": header})
    assert response.status_code == 401


async def test_scheme_is_spelt_in_any_case(world: World) -> None:
    anna = await world.login("anna")
    response = await world.client.get("/v1/changes", headers={"Authorization": f"bEaReR {anna.token}"})
    assert response.status_code == 200


async def test_rights_are_checked_before_the_body_is_read(world: World) -> None:
    anna = await world.login("anna")
    response = await world.client.put("/v1/imports/i1", content=b"x" * 5_000_000, headers=anna.headers)
    assert response.status_code == 403
    response = await world.client.post("/v1/events", content=b"x" * 5_000_000)
    assert response.status_code == 401
