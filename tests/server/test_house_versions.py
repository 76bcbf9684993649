"""Versions of the house's documents, and a policy tried out before it is published."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain import supervision
from domain.facts.payloads import Debt
from server import typed
from tests.support.server_world import Machine, World


@pytest.fixture
async def sue(world: World) -> Machine:
    return await world.login("sue")


async def publish(sue: Machine, note: str = "", **changes: Any) -> dict[str, Any]:
    policy = await sue.get("/v1/policy")
    path = "/v1/policy" + (f"?note={note}" if note else "")
    answer = await sue.put(path, policy.json() | changes, **{"If-Match": policy.headers["ETag"]})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_every_version_is_kept_with_who_and_why(world: World, sue: Machine) -> None:
    await publish(sue, "slower", retry_hours=6)
    await publish(sue, retry_hours=8)
    answer = await sue.get("/v1/policy/versions")
    found = typed.decode(answer.content, supervision.VersionList)
    assert [(each.ver, each.actor_name, each.note) for each in found.versions] == [
        (3, "Sue", None),
        (2, "Sue", "slower"),
        (1, None, None),
    ]
    assert (await sue.get("/v1/policy/versions/2")).json()["retry_hours"] == 6
    assert (await sue.get("/v1/policy/versions/9")).status_code == 403
    diff = (await sue.get("/v1/policy/diff", **{"from": "1", "to": "3"})).json()
    assert diff["differences"] == [{"path": "retry_hours", "op": "changed", "before": 4, "after": 8, "lines": []}]


async def test_earlier_version_comes_back_as_the_newest(world: World, sue: Machine) -> None:
    first = (await sue.get("/v1/policy")).json()
    await publish(sue, retry_hours=6)
    etag = (await sue.get("/v1/policy")).headers["ETag"]
    late = await sue.put("/v1/policy/rollback", {"ver": 1}, **{"If-Match": '"1"'})
    assert late.status_code == 412
    back = await sue.put("/v1/policy/rollback", {"ver": 1, "note": "too slow"}, **{"If-Match": etag})
    assert (back.status_code, back.json(), back.headers["ETag"]) == (200, first, '"3"')
    newest = (await sue.get("/v1/policy/versions")).json()["versions"][0]
    assert (newest["ver"], newest["restored"], newest["note"]) == (3, 1, "too slow")
    anna = await world.login("anna")
    entries = {entry["key"]: entry["body"] for entry in (await anna.page())["entries"]}
    assert entries["policy"] == first


async def test_document_is_checked_without_being_published(world: World, sue: Machine) -> None:
    policy = (await sue.get("/v1/policy")).json()
    good = await sue.put("/v1/policy/check", policy)
    assert good.json() == {"ok": True, "findings": []}
    for change in ({"lease_s": 1}, {"queue": {"balance": 90, "stage": 90}}, {"age_out": {"days": 0}}):
        bad = (await sue.put("/v1/policy/check", policy | change)).json()
        assert not bad["ok"]
        assert bad["findings"][0]["severity"] == "error"
    scripts = (await sue.get("/v1/scripts")).json()
    broken = scripts | {"texts": ["not a script", *scripts["texts"]]}
    found = typed.convert((await sue.put("/v1/scripts/check", broken)).json(), supervision.DocumentCheck)
    assert not found.ok
    assert found.findings[0].path == "texts[0]"
    assert len((await sue.get("/v1/policy/versions")).json()["versions"]) == 1


async def test_scripts_are_compared_line_by_line(world: World, sue: Machine) -> None:
    scripts = await sue.get("/v1/scripts")
    texts = list(scripts.json()["texts"])
    texts[0] = texts[0].replace("\n", "\n# reviewed\n", 1)
    put = await sue.put("/v1/scripts", scripts.json() | {"texts": texts}, **{"If-Match": scripts.headers["ETag"]})
    assert put.status_code == 200, put.text
    (difference,) = (await sue.get("/v1/scripts/diff", **{"from": "1", "to": "2"})).json()["differences"]
    assert difference["path"] == "texts[0]"
    assert "+# reviewed" in difference["lines"]


async def test_simulation_says_what_would_change_and_changes_nothing(world: World, sue: Machine) -> None:
    for number, (amount, due) in enumerate(
        ((100_000, date(2026, 7, 1)), (90_000_000, date(2026, 11, 1)), (50_000, date(2026, 10, 1)))
    ):
        debt = Debt(f"d{number}", amount, "CNY", doc=f"LN-{number}", due=due)
        world.add_case(f"c{number}", "anna", debts=(debt,))
    policy = (await sue.get("/v1/policy")).json()
    nothing = await simulate(sue, policy)
    assert (nothing["cases"], nothing["changed"], nothing["rows"]) == (3, 0, [])
    weights = dict.fromkeys(("balance", "stage", "broken", "contact", "since", "first"), 0) | {"risk": 100}
    by_risk = policy | {"queue": weights}
    found = await simulate(sue, by_risk)
    typed.convert(found, supervision.Simulation)
    assert (found["cases"], found["agents"], found["changed"]) == (3, 1, 3)
    rows = {row["case"]: row for row in found["rows"]}
    assert rows["c0"]["new_rank"] == 1
    assert rows["c1"]["new_score"] == 20
    assert any(reason.startswith("risk ") for reason in rows["c0"]["reasons"])
    assert (await sue.get("/v1/policy")).json() == policy
    tom = await world.login("tom")
    response = await tom.world.client.post(
        "/v1/simulations", json={"policy": policy, "agent": "anna"}, headers=tom.headers
    )
    assert response.status_code == 403


async def simulate(sue: Machine, policy: dict[str, Any]) -> dict[str, Any]:
    response = await sue.world.client.post(
        "/v1/simulations", json={"policy": policy, "agent": "anna"}, headers=sue.headers
    )
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found
