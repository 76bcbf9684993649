"""Logs, metrics, errors and the audit trail carry ids and figures, never what people are called or said."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from sqlalchemy import select

from server.database.schema import AUDIT
from server.logs import JsonLines
from server.settings import Settings
from tests.support.server_world import PHONE, Machine, World

SECRETS = ("Amber Lane", "13800138000", "promised on a stack of Bibles", "correct horse", "Anna")


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """Give everything the server logs, at every level."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("duecall.server")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield stream
    logger.removeHandler(handler)
    logger.setLevel(before)


@pytest.fixture
async def anna(world: World) -> Machine:
    world.add_case("c1", "anna", name="Amber Lane")
    return await world.login("anna")


async def test_requests_are_logged_with_ids_only(world: World, anna: Machine, lines: StringIO) -> None:
    await anna.results(anna.event("c1", "note.added", {"text": "promised on a stack of Bibles"}))
    await anna.results(anna.event("c1", "attempt.started", {"number": PHONE}))
    sue = await world.login("sue")
    await sue.get("/v1/cases", q="Amber Lane")
    await world.client.post("/v1/sessions", json={"login": "anna", "password": "correct horses", "device": "d"})
    logged = [json.loads(line) for line in lines.getvalue().splitlines()]
    routes = {line.get("route") for line in logged}
    assert {"/v1/events", "/v1/cases", "/v1/sessions"} <= routes
    assert {line["user"] for line in logged if line.get("route") == "/v1/events"} == {world.people["anna"].id}
    for secret in (*SECRETS, anna.token):
        assert secret not in lines.getvalue()


async def test_failure_is_logged_by_its_place_and_answered_without_detail(
    world: World, anna: Machine, lines: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("Amber Lane promised on a stack of Bibles")

    monkeypatch.setattr("server.cases.casework.publish", fail)
    response = await anna.push(anna.event("c1", "note.added", {"text": "promised on a stack of Bibles"}))
    assert response.status_code == 500
    assert response.json()["type"] == "urn:duecall:problem:internal"
    failed = next(line for line in map(json.loads, lines.getvalue().splitlines()) if line["event"] == "request failed")
    assert failed["failure"] == "RuntimeError"
    assert failed["request_id"] == response.headers["request-id"]
    assert any("casework.py" in place for place in failed["at"])
    for secret in SECRETS:
        assert secret not in lines.getvalue()
        assert secret not in response.text
    monkeypatch.undo()
    assert (await anna.push()).json()["received_through"] == 0


@pytest.mark.parametrize("new_world", ["sqlite"], indirect=True)  # it takes the database apart
async def test_database_errors_do_not_quote_parameters(world: World, anna: Machine, lines: StringIO) -> None:
    world.write(lambda transaction: transaction.connection.exec_driver_sql("DROP TABLE receipt"))
    response = await anna.push(anna.event("c1", "note.added", {"text": "promised on a stack of Bibles"}))
    assert response.status_code == 500
    for secret in SECRETS:
        assert secret not in lines.getvalue()


async def test_metrics_count_without_naming(world: World, anna: Machine) -> None:
    await anna.results(anna.event("c1", "note.added", {"text": "x"}), anna.event("c1", "horoscope.read"))
    await anna.get("/v1/cases/c1/history")
    response = await world.client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    text = response.text
    assert 'duecall_events_total{status="accepted"} 1' in text
    assert 'duecall_events_total{status="quarantined"} 1' in text
    assert 'duecall_requests_total{method="GET",path="/v1/cases/{id}/history",status="200"} 1' in text
    assert 'duecall_request_seconds_count{path="/v1/events"} 1' in text
    assert "c1" not in text
    assert world.people["anna"].id not in text


async def test_trail_has_no_names(world: World, anna: Machine) -> None:
    sue = await world.login("sue")
    await anna.results(anna.event("c1", "note.added", {"text": "x"}), anna.event("no", "note.added", {"text": "x"}))
    await world.reassign(sue, "r1", cases=["c1"], to="ben", reason="Amber Lane complained")
    with world.services.database.reading() as transaction:
        rows = transaction.connection.execute(select(AUDIT)).all()
    assert {"user.added", "device.added", "session.opened", "event.quarantined", "case.reassigned"} <= {
        row.action for row in rows
    }
    for secret in SECRETS:
        assert secret not in str(rows)


def test_settings_do_not_show_the_databases_password() -> None:
    assert "hunter2" not in repr(Settings(database="postgresql://duecall:hunter2@db/duecall"))


@pytest.mark.parametrize("new_world", ["sqlite"], indirect=True)  # it takes the database apart
async def test_health_and_readiness(world: World) -> None:
    assert (await world.client.get("/healthz")).json() == {"status": "alive"}
    assert (await world.client.get("/readyz")).json() == {"status": "ready"}
    world.write(lambda transaction: transaction.connection.exec_driver_sql("DROP TABLE server_state"))
    response = await world.client.get("/readyz")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    assert (await world.client.get("/healthz")).status_code == 200


@pytest.mark.parametrize("new_world", ["sqlite"], indirect=True)  # PostgreSQL locks rows
async def test_busy_database_is_a_matter_of_time(world: World, anna: Machine) -> None:
    patient = world.another(busy_s=0.1)
    blocker = world.services.database.engine.execution_options(writing=True).connect()
    blocker.exec_driver_sql("SELECT 1")
    body = {"device_id": anna.device, "events": [anna.event("c1", "note.added", {"text": "x"})]}
    response = await patient.client.post("/v1/events", json=body, headers=anna.headers)
    assert response.status_code == 503
    assert response.json()["type"] == "urn:duecall:problem:unavailable"
    assert int(response.headers["retry-after"]) > 0
    assert (await patient.client.get("/v1/hello")).status_code == 200
    blocker.close()
    assert (await patient.client.post("/v1/events", json=body, headers=anna.headers)).status_code == 200
    await patient.close()
