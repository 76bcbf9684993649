"""The published contract: it describes exactly the routes there are, and the answers they give."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from starlette.routing import Route

from domain import supervision, wire
from server import typed
from server.http.problem import KINDS
from tests.support.server_world import Machine, World

PROBLEMS = Path(__file__).resolve().parents[2] / "docs" / "problems.md"


async def described(world: World) -> dict[str, Any]:
    document: dict[str, Any] = (await world.client.get("/openapi.json")).json()
    return document


async def test_every_route_is_described_and_every_description_has_a_route(world: World) -> None:
    document = await described(world)
    assert document["openapi"] == "3.1.0"
    promised = {(method.upper(), path) for path, verbs in document["paths"].items() for method in verbs}
    served = {
        (method, route.path)
        for route in world.app.routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert promised == served


async def test_contract_names_every_endpoint_asked_for(world: World) -> None:
    paths = (await described(world))["paths"]
    for method, path in (
        ("get", "/v1/hello"),
        ("post", "/v1/sessions"),
        ("delete", "/v1/sessions/current"),
        ("post", "/v1/events"),
        ("get", "/v1/changes"),
        ("get", "/v1/stream"),
        ("post", "/v1/cases/next"),
        ("get", "/v1/cases/{id}/history"),
        ("get", "/v1/cases"),
        ("put", "/v1/reassignments/{id}"),
        ("put", "/v1/imports/{id}"),
        ("put", "/v1/payments/{id}"),
        ("get", "/v1/policy"),
        ("put", "/v1/policy"),
        ("get", "/v1/scripts"),
        ("put", "/v1/scripts"),
        ("get", "/healthz"),
        ("get", "/readyz"),
        ("get", "/metrics"),
    ):
        assert method in paths[path]


async def test_every_reference_leads_somewhere(world: World) -> None:
    document = await described(world)

    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
            return own.union(*(references(item) for item in value.values()))
        return set().union(*(references(item) for item in value)) if isinstance(value, list) else set()

    for reference in references(document):
        target: Any = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]
    assert "``" not in (await world.client.get("/openapi.json")).text


async def test_operations_have_names_of_their_own(world: World) -> None:
    names = [verb["operationId"] for verbs in (await described(world))["paths"].values() for verb in verbs.values()]
    assert len(names) == len(set(names))


def test_problem_types_are_the_documented_ones() -> None:
    rows = dict(re.findall(r"^\| `(urn:[a-z:-]+)` \| (\d{3}) \|", PROBLEMS.read_text("utf-8"), re.MULTILINE))
    assert rows == {kind.type: str(kind.status) for kind in KINDS}
    assert len({kind.name for kind in KINDS}) == len(KINDS)


async def test_answers_are_what_their_types_say(world: World) -> None:
    world.add_case("c1", "anna")
    world.add_case("c2", None)
    anna, sue, bank = [await world.login(login) for login in ("anna", "sue", "bank")]

    def check(raw: bytes, shape: Any) -> None:
        typed.decode(raw, shape)

    check((await world.client.get("/v1/hello")).content, wire.Hello)
    login = {"login": "anna", "password": "correct horse", "device": "d9"}
    check((await world.client.post("/v1/sessions", json=login)).content, wire.SessionAnswer)
    check((await world.client.post("/v1/sessions", json={})).content, wire.Problem)
    events = [anna.event("c1", "note.added", {"text": "x"}), anna.event("no", "note.added")]
    check((await anna.push(*events, events[0])).content, wire.PushAnswer)
    check((await anna.get("/v1/changes")).content, wire.ChangesPage)
    check((await anna.get("/v1/cases/c1/history")).content, supervision.HistoryPage)
    check((await world.client.post("/v1/cases/next", headers=anna.headers)).content, supervision.DrawnCase)
    check((await sue.get("/v1/cases")).content, supervision.CasePage)
    moved = await sue.put("/v1/reassignments/r1", {"cases": ["c1"], "to": "ben"})
    check(moved.content, supervision.ReassignmentAnswer)
    paid = {"case": "c1", "amount": 1, "currency": "CNY", "day": "2026-11-23"}
    check((await bank.put("/v1/payments/p1", paid)).content, supervision.PaymentAnswer)


async def test_undescribed_answer_is_never_given(world: World) -> None:
    """Statuses met by careless requests are among those the contract names."""
    document = await described(world)
    anna: Machine = await world.login("anna")
    sue: Machine = await world.login("sue")
    for path, verbs in document["paths"].items():
        if path == "/v1/stream":
            continue
        for method, operation in verbs.items():
            for headers in ({}, anna.headers, sue.headers):
                for content in (b"", b"{}", b"nonsense"):
                    if path == "/v1/sessions/current" and headers:
                        continue
                    url = path.replace("{id}", "x")
                    response = await world.client.request(method, url, headers=headers, content=content)
                    assert str(response.status_code) in operation["responses"], (method, path, response.text)
                    assert response.headers["server-time"].isdecimal()
                    assert len(response.headers["request-id"]) == 32
