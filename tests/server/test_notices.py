"""Notices: what supervisors and the server itself tell agents, in their feeds and nowhere else."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from server.database.schema import AUDIT
from server.notices import sweep_notices
from tests.support.server_world import Machine, World


async def told(machine: Machine) -> dict[str, dict[str, Any]]:
    """Give the notices of the newest page, by id."""
    page = await machine.pull()
    return {
        entry["key"].removeprefix("notice:"): entry | (entry.get("body") or {})
        for entry in page["entries"]
        if entry["key"].startswith("notice:")
    }


async def test_message_reaches_those_it_is_for_and_nobody_else(world: World) -> None:
    anna, ben, zoe, sue = [await world.login(login) for login in ("anna", "ben", "zoe", "sue")]
    for machine in (anna, ben, zoe):
        await machine.pull()
    sent = await sue.put("/v1/notices/n1", {"text": "Bank [b]down[/b] until 11", "to": ["anna"]})
    assert sent.status_code == 200
    assert sent.json()["logins"] == ["anna"]
    got = (await told(anna))["n1"]
    assert (got["op"], got["ver"], got["kind"], got["text"]) == ("put", 1, "message", "Bank [b]down[/b] until 11")
    assert (got["name"], got["expires_at"]) == ("Sue", "2026-12-01T02:00:00.000Z")
    assert await told(ben) == {}
    assert (await sue.put("/v1/notices/n2", {"text": "Everybody: meeting at noon"})).json()["logins"] == ["anna", "ben"]
    assert set(await told(ben)) == {"n2"}
    assert await told(zoe) == {}
    assert set(await told(await world.login("anna", "anna-second"))) == {"n1", "n2"}, "a new machine reads them too"


async def test_same_notice_again_does_nothing_and_another_under_its_id_is_refused(world: World) -> None:
    anna, sue = await world.login("anna"), await world.login("sue")
    body = {"text": "Call before noon.", "expires_at": "2026-11-24T05:00:00Z"}
    first = await sue.put("/v1/notices/n1", body)
    head = (await anna.pull())["head"]
    world.clock.advance(minutes=1)
    assert (await sue.put("/v1/notices/n1", body)).content == first.content
    assert (await anna.pull())["head"] == head
    assert (await sue.put("/v1/notices/n1", {"text": "Call after noon."})).status_code == 409


async def test_withdrawn_and_expired_notices_leave_the_feeds(world: World) -> None:
    anna, sue = await world.login("anna"), await world.login("sue")
    for number in (1, 2, 3):
        body = {"text": f"notice {number}", "expires_at": f"2026-11-{24 + number}T02:00:00Z"}
        assert (await sue.put(f"/v1/notices/n{number}", body)).status_code == 200
    assert set(await told(anna)) == {"n1", "n2", "n3"}
    for _ in range(2):
        assert (await world.client.delete("/v1/notices/n3", headers=sue.headers)).status_code == 204
    world.clock.advance(days=1)
    assert sweep_notices(world.services.database) == 2, "one for each of two agents"
    anna, sue = await world.login("anna"), await world.login("sue")
    gone = (await anna.page())["revoked"]
    assert sorted(gone) == ["notice:n1", "notice:n3"]
    assert set(await told(await world.login("anna", "another"))) >= {"n2"}
    assert [line["id"] for line in (await sue.get("/v1/notices")).json()["notices"]] == ["n2"]
    with world.services.database.reading() as transaction:
        trail = transaction.connection.execute(select(AUDIT.c.action, AUDIT.c.detail).order_by(AUDIT.c.seq)).all()
    actions = [row.action for row in trail if row.action.startswith("notice.")]
    assert actions == ["notice.sent"] * 3 + ["notice.withdrawn"]
    assert not any(b"notice 1" in row.detail for row in trail), "the trail holds no text"


async def test_nothing_is_said_to_nobody_or_for_ever(world: World) -> None:
    sue = await world.login("sue")
    wrong: list[tuple[dict[str, Any], int]] = [
        ({"text": "  "}, 422),
        ({"text": "x" * 1001}, 422),
        ({"text": "x", "expires_at": "2027-11-24T05:00:00Z"}, 422),
        ({"text": "x", "expires_at": "2026-11-23T05:00:00Z"}, 422),
        ({"text": "x", "to": []}, 403),
        ({"text": "x", "to": ["anna", "zoe"]}, 403),
        ({"text": "x", "to": ["sue"]}, 403),
        ({"to": ["anna"]}, 400),
    ]
    for number, (body, status) in enumerate(wrong):
        assert (await sue.put(f"/v1/notices/w{number}", body)).status_code == status, body


async def test_agent_is_told_once_what_a_reassignment_took(world: World) -> None:
    for number in range(3):
        world.add_case(f"c{number}", "anna")
    anna, ben, sue = [await world.login(login) for login in ("anna", "ben", "sue")]
    await anna.pull()
    await ben.pull()
    await world.reassign(sue, "r1", cases=["c0", "c1"], to="ben", reason="Anna is away")
    (notice,) = (await told(anna)).values()
    assert (notice["kind"], notice["cases"], notice["count"], notice["text"]) == (
        "cases-moved",
        ["c0", "c1"],
        2,
        "Anna is away",
    )
    assert "Customer" not in str(notice), "the customers are not theirs any more"
    assert await told(ben) == {}
    await world.reassign(sue, "r1", cases=["c0", "c1"], to="ben", reason="Anna is away")
    await world.reassign(sue, "r2", cases=["c2"], to="ben")
    assert await told(anna) == {}, "nor about what nobody gave a reason for"


async def test_agent_is_told_what_became_of_an_approval(world: World) -> None:
    world.add_case("c1", "anna")
    anna, sue = await world.login("anna"), await world.login("sue")
    asked = anna.event("c1", "approval.asked", {"kind": "waiver", "text": "interest of one month"})
    assert (await anna.results(asked))[0]["status"] == "accepted"
    await anna.pull()
    decision = {"approved": False, "reason": "paid late twice"}
    assert (await sue.put(f"/v1/reviews/{asked['id']}", decision)).status_code == 200
    (notice,) = (await told(anna)).values()
    assert (notice["kind"], notice["cases"], notice["approved"]) == ("approval-decided", ["c1"], False)
    assert notice["text"] == "paid late twice"
