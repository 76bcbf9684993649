"""The feed, by the rules of the contract that a server can show."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from domain.facts.payloads import AccountStated, CaseClosed, Debt
from server.database.schema import FEED_HEAD
from server.feeds import reading
from server.founding import begin_new_history
from tests.support.server_world import Machine, World


@pytest.fixture
async def anna(world: World) -> Machine:
    for number in range(5):
        world.add_case(f"c{number}", "anna")
    world.add_case("b1", "ben")
    return await world.login("anna")


def keys(page: dict[str, Any], op: str = "put") -> list[str]:
    return [entry["key"] for entry in page["entries"] if entry["op"] == op]


async def test_first_page_has_everything_and_nothing_of_others(anna: Machine) -> None:
    page = await anna.page()
    assert keys(page) == ["policy", "scripts", "case:c0", "case:c1", "case:c2", "case:c3", "case:c4"]
    assert [entry["seq"] for entry in page["entries"]] == list(range(1, 8))
    assert (page["head"], page["more"], page["reset"], page["revoked"]) == (7, False, False, [])
    assert page["lease_s"] == 4 * 3600
    assert page["entries"][2]["body"]["customer"]["name"] == "Customer c0"
    assert page["entries"][0]["body"]["lease_s"] == 4 * 3600


async def test_pages_follow_one_another_without_a_gap(anna: Machine) -> None:
    cursor, found, pages = None, [], 0
    while True:
        page = await anna.page(cursor, limit=3)
        found += keys(page)
        cursor, pages = page["cursor"], pages + 1
        if not page["more"]:
            break
    assert pages == 3
    assert len(found) == len(set(found)) == 7


async def test_changed_document_moves_to_the_end_and_is_listed_once(anna: Machine) -> None:
    cursor = (await anna.page())["cursor"]
    for _ in range(3):
        await anna.results(anna.event("c1", "note.added", {"text": "x"}))
    page = await anna.page(cursor)
    assert keys(page) == ["case:c1"]
    assert page["entries"][0]["seq"] == page["head"] == 10
    assert len(page["entries"][0]["body"]["timeline"]) == 5
    assert (await anna.page(page["cursor"]))["entries"] == []
    assert len(keys(await anna.page())) == 7


async def test_version_grows_with_every_change(anna: Machine) -> None:
    versions = []
    for _ in range(3):
        await anna.results(anna.event("c1", "note.added", {"text": "x"}))
        versions += [entry["ver"] for entry in (await anna.page())["entries"] if entry["key"] == "case:c1"]
    assert versions == sorted(set(versions))


async def test_reader_between_pages_misses_nothing(anna: Machine, world: World) -> None:
    first = await anna.page(limit=4)
    await anna.results(anna.event("c0", "note.added", {"text": "moved behind the cursor's page"}))
    await anna.results(anna.event("c4", "note.added", {"text": "moved within what is to come"}))
    second = await anna.page(first["cursor"])
    assert keys(second) == ["case:c2", "case:c3", "case:c0", "case:c4"]
    assert not second["more"]


@pytest.mark.parametrize("limit", ["0", "-1", "3001", "ten", "1.5", ""])
async def test_bad_limit(anna: Machine, limit: str) -> None:
    response = await anna.get("/v1/changes", limit=limit)
    assert response.status_code == 400
    assert response.json()["type"] == "urn:duecall:problem:bad-parameter"


@pytest.mark.parametrize("cursor", ["garbage", "====", "AAAA", "ü", "A" * 500, "null"])
async def test_unknown_cursor_resets_from_the_start(anna: Machine, cursor: str) -> None:
    page = await anna.page(cursor, limit=3)
    assert page["reset"]
    assert len(page["entries"]) == 3
    assert page["entries"][0]["seq"] == 1
    following = await anna.page(page["cursor"])
    assert not following["reset"]
    assert len(following["entries"]) == 4


async def test_tampered_and_foreign_cursors_are_unknown(anna: Machine, world: World) -> None:
    good = (await anna.page())["cursor"]
    ben = await world.login("ben")
    assert (await ben.page(good))["reset"]
    tampered = ("B" if good[5] != "B" else "C").join((good[:5], good[6:]))
    assert (await anna.page(tampered))["reset"]
    assert not (await anna.page(good))["reset"]


async def test_cursor_below_the_floor_or_beyond_the_head_resets(anna: Machine, world: World) -> None:
    old = (await anna.page(limit=3))["cursor"]
    new = (await anna.page())["cursor"]
    mine = FEED_HEAD.c.agent_id == world.people["anna"].id
    world.write(lambda transaction: transaction.connection.execute(update(FEED_HEAD).where(mine).values(floor=5)))
    assert (await anna.page(old))["reset"]
    assert not (await anna.page(new))["reset"]
    world.write(lambda transaction: transaction.connection.execute(update(FEED_HEAD).where(mine).values(head=6)))
    assert (await anna.page(new))["reset"]


async def test_reset_page_revokes_what_was_taken_away(anna: Machine, world: World) -> None:
    sue = await world.login("sue")
    await world.reassign(sue, "r1", cases=["c1", "c3"], to="ben")
    page = await anna.page("garbage", limit=2)
    assert page["reset"]
    assert page["revoked"] == ["case:c1", "case:c3"]


async def test_every_page_after_a_removal_names_all_of_them_first(anna: Machine, world: World) -> None:
    cursor = (await anna.page())["cursor"]
    sue = await world.login("sue")
    await world.reassign(sue, "r1", cases=["c0", "c1", "c2", "c3"], to="ben")
    page = await anna.page(cursor, limit=1)
    assert page["revoked"] == ["case:c0", "case:c1", "case:c2", "case:c3"]
    assert page["entries"] == [
        {"seq": 8, "op": "remove", "key": "case:c0", "ver": page["entries"][0]["ver"], "reason": "reassigned"}
    ]
    assert page["more"]


async def test_case_that_came_back_is_not_revoked(anna: Machine, world: World) -> None:
    cursor = (await anna.page())["cursor"]
    sue = await world.login("sue")
    await world.reassign(sue, "r1", cases=["c1"], to="ben")
    removed = (await anna.page(cursor))["entries"][0]["ver"]
    await world.reassign(sue, "r2", cases=["c1"], to="anna")
    page = await anna.page(cursor)
    assert page["revoked"] == []
    assert keys(page) == ["case:c1"]
    assert page["entries"][0]["ver"] > removed


async def test_closed_case_is_removed_and_comes_back_when_money_is_owed_again(anna: Machine, world: World) -> None:
    cursor = (await anna.page())["cursor"]
    world.state("c1", CaseClosed())
    page = await anna.page(cursor)
    assert [(entry["op"], entry["reason"]) for entry in page["entries"]] == [("remove", "closed")]
    debts = (Debt("new", 500, "CNY"),)
    world.clock.advance(days=1)
    world.state("c1", AccountStated(world.clock.now().date(), "import-2", "Customer c1", debts=debts))
    anna = await world.login("anna")
    page = await anna.page(page["cursor"])
    assert keys(page) == ["case:c1"]


async def test_page_is_bounded_by_bytes(anna: Machine, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAGE_BYTES", 2000)
    cursor, found, pages = None, [], 0
    while True:
        page = await anna.page(cursor)
        found += keys(page)
        cursor, pages = page["cursor"], pages + 1
        if not page["more"]:
            break
    assert sorted(found) == ["case:c0", "case:c1", "case:c2", "case:c3", "case:c4", "policy", "scripts"]
    assert pages > 3


async def test_documents_are_exactly_the_assignment(anna: Machine, world: World) -> None:
    sue, ben = await world.login("sue"), await world.login("ben")
    await world.reassign(sue, "r1", cases=["c0", "b1"], to="ben")
    await world.reassign(sue, "r2", cases=["c2"], to=None)
    world.state("c3", CaseClosed())
    assert sorted(await anna.documents()) == ["case:c1", "case:c4"]
    assert sorted(await ben.documents()) == ["case:b1", "case:c0"]


async def test_new_agent_starts_with_the_houses_documents(world: World) -> None:
    world.person("mia", "agent")
    page = await (await world.login("mia")).page()
    assert keys(page) == ["policy", "scripts"]


async def test_integration_and_supervisor_have_no_feed_to_pull(world: World) -> None:
    for login in ("sue", "bank"):
        assert (await (await world.login(login)).get("/v1/changes")).status_code == 403


async def test_restored_server_has_a_new_epoch_and_knows_no_cursor(anna: Machine, world: World) -> None:
    note = anna.event("c1", "note.added", {"text": "kept by the machine"})
    await anna.results(note)
    before = await anna.pull()
    world.write(begin_new_history)
    restored = world.another()
    machine = await restored.login("anna")
    page = await machine.page(before["cursor"])
    assert page["reset"]
    assert page["epoch"] != before["epoch"]
    assert (await restored.client.get("/v1/hello")).json()["epoch"] == page["epoch"]
    assert (await machine.results(note))[0]["status"] == "duplicate", "what survived is known, what did not is taken"
    await restored.close()
