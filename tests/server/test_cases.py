"""Finding cases, reading their history, and drawing from the pool."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest

from domain.facts.payloads import CaseClosed, Debt, Phone
from tests.support.server_world import PHONE, Machine, World


@pytest.fixture
async def sue(world: World) -> Machine:
    return await world.login("sue")


async def listed(machine: Machine, **parameters: str) -> list[str]:
    response = await machine.get("/v1/cases", **parameters)
    assert response.status_code == 200, response.text
    return [case["id"] for case in response.json()["cases"]]


# --- lists ------------------------------------------------------------------------------------------------------------


async def test_list_shows_what_a_supervisor_asks_of_a_case(world: World, sue: Machine) -> None:
    world.add_case("c1", "anna")
    line = (await sue.get("/v1/cases")).json()["cases"][0]
    assert line == {
        "id": "c1",
        "ver": 1,
        "customer": "Customer c1",
        "customer_id": "c1",
        "owner": world.people["anna"].id,
        "owner_login": "anna",
        "currency": "CNY",
        "owed": 125_000,
        "days_past_due": 34,
        "updated_at": "2026-11-24T02:00:00.000Z",
        "overdue": 125_000,
        "attempts": 0,
        "broken": 0,
        "waiting": 0,
        "stopped": False,
        "bucket": "new",
    }


async def test_pages_of_a_list(world: World, sue: Machine) -> None:
    for number in range(5):
        world.add_case(f"c{number}", None)
    first = (await sue.get("/v1/cases", limit="2")).json()
    assert (first["total"], first["next"]) == (5, "c1")
    assert await listed(sue, limit="2", after="c1") == ["c2", "c3"]
    last = (await sue.get("/v1/cases", limit="2", after="c3")).json()
    assert [case["id"] for case in last["cases"]] == ["c4"]
    assert "next" not in last


async def test_search_finds_words_literally_without_accents_and_case(world: World, sue: Machine) -> None:
    world.add_case("c1", None, name="Müller & Söhne 100% GmbH")
    world.add_case("c2", None, name="王芳", customer_id="KH_7")
    world.add_case("c3", None, name="Zoe [/foo] Smith", debts=(Debt("d", 100, "CNY", doc="INV-2026-7"),))
    assert await listed(sue, q="MULLER gmbh") == ["c1"]
    assert await listed(sue, q="gmbh muller") == ["c1"]
    assert await listed(sue, q="王") == ["c2"]
    assert await listed(sue, q="100%") == ["c1"]
    assert await listed(sue, q="%") == ["c1"]
    assert await listed(sue, q="_") == ["c2"]
    assert await listed(sue, q="[/foo]") == ["c3"]
    assert await listed(sue, q="inv-2026-7") == ["c3"]
    assert await listed(sue, q="nothing") == []


async def test_filters(world: World, sue: Machine) -> None:
    world.add_case("c1", "anna")
    world.add_case("c2", "ben", debts=(Debt("d", 100, "USD", due=date(2026, 11, 1)),))
    world.add_case("c3", None)
    world.add_case("far", "zoe", team="east")
    assert await listed(sue) == ["c1", "c2", "c3"]
    assert await listed(sue, owner="anna") == ["c1"]
    assert await listed(sue, owner=world.people["ben"].id) == ["c2"]
    assert await listed(sue, owner="zoe") == []
    assert await listed(sue, unassigned="true") == ["c3"]
    assert await listed(sue, currency="USD") == ["c2"]
    assert await listed(sue, min_days="30") == ["c1", "c3"]
    assert await listed(sue, max_days="30") == ["c2"]
    world.state("c1", CaseClosed())
    assert await listed(sue) == ["c2", "c3"]
    assert await listed(sue, state="closed") == ["c1"]
    assert await listed(sue, state="all") == ["c1", "c2", "c3"]


@pytest.mark.parametrize(
    "parameters", [{"limit": "0"}, {"limit": "x"}, {"state": "odd"}, {"unassigned": "maybe"}, {"min_days": "-1"}]
)
async def test_bad_parameters_of_a_list(world: World, sue: Machine, parameters: dict[str, str]) -> None:
    assert (await sue.get("/v1/cases", **parameters)).status_code == 400


# --- history ----------------------------------------------------------------------------------------------------------


async def test_history_has_everything_once_in_the_words_of_the_timeline(world: World) -> None:
    world.add_case("c1", "anna")
    anna = await world.login("anna")
    for number in range(130):
        world.clock.advance(seconds=1)
        await anna.results(anna.event("c1", "note.added", {"text": f"note {number}"}))
    document = (await anna.documents())["case:c1"]
    assert document["older"] == 132 - 60
    pages, before = [], None
    while True:
        page = (await anna.get("/v1/cases/c1/history", **({"before": before} if before else {}))).json()
        pages.append(page["moments"])
        before = page.get("next")
        if before is None:
            break
    assert [len(page) for page in pages] == [60, 60, 12]
    moments = [moment for page in pages for moment in page]
    assert len({moment["fact"] for moment in moments}) == 132
    assert moments[:60] == document["timeline"][::-1]
    assert moments[-1]["type"] == "account.stated"
    assert moments[-1]["data"] == {"as_of": "2026-11-20", "currency": "CNY", "debts": 1, "open": 125_000}


async def test_history_can_start_at_what_the_document_shows_first(world: World) -> None:
    world.add_case("c1", "anna")
    anna = await world.login("anna")
    for number in range(70):
        world.clock.advance(seconds=1)
        await anna.results(anna.event("c1", "note.added", {"text": f"note {number}"}))
    oldest_shown = (await anna.documents())["case:c1"]["timeline"][0]
    older = (await anna.get("/v1/cases/c1/history", before=oldest_shown["fact"])).json()
    assert older["moments"][0]["data"] == {"text": "note 9"}
    assert len(older["moments"]) == 12


async def test_history_shows_retractions_that_came_later(world: World) -> None:
    world.add_case("c1", "anna")
    anna = await world.login("anna")
    mistaken = anna.event("c1", "note.added", {"text": "wrong customer"})
    await anna.results(mistaken)
    for number in range(60):
        world.clock.advance(seconds=1)
        await anna.results(anna.event("c1", "note.added", {"text": f"note {number}"}))
    await anna.results(anna.event("c1", "fact.retracted", {"base": mistaken["id"]}))
    newest = (await anna.get("/v1/cases/c1/history")).json()
    older = (await anna.get("/v1/cases/c1/history", before=newest["next"])).json()
    assert {m["fact"]: m["retracted"] for m in older["moments"]}[mistaken["id"]]


async def test_only_the_owner_and_the_teams_supervisor_read_history(world: World, sue: Machine) -> None:
    world.add_case("c1", "anna")
    world.add_case("gone", "anna")
    world.state("gone", CaseClosed())
    answers = []
    for login, case in (("ben", "c1"), ("tom", "c1"), ("zoe", "c1"), ("anna", "never"), ("anna", "gone")):
        response = await (await world.login(login)).get(f"/v1/cases/{case}/history")
        answers.append((response.status_code, response.json()))
    assert {status for status, _ in answers} == {403}
    assert all(body == answers[0][1] for _, body in answers)
    assert (await sue.get("/v1/cases/c1/history")).status_code == 200
    assert (await sue.get("/v1/cases/gone/history")).status_code == 200


async def test_history_before_an_unknown_fact(world: World, sue: Machine) -> None:
    world.add_case("c1", "anna")
    assert (await sue.get("/v1/cases/c1/history", before="no such fact")).status_code == 400


# --- the pool ---------------------------------------------------------------------------------------------------------


async def draw(machine: Machine) -> dict[str, Any] | None:
    response = await machine.world.client.post("/v1/cases/next", headers=machine.headers)
    if response.status_code == 204:
        return None
    assert response.status_code == 200, response.text
    drawn: dict[str, Any] = response.json()
    return drawn


async def test_drawn_case_is_mine_and_in_my_feed(world: World) -> None:
    world.add_case("c1", None)
    anna = await world.login("anna")
    drawn = await draw(anna)
    assert drawn is not None
    assert (drawn["case"], drawn["ver"]) == ("c1", 2)
    document = (await anna.documents())["case:c1"]
    assert drawn["body"] == {name: value for name, value in document.items() if name != "ver"}
    assert document["owner"] == world.people["anna"].id
    assert await draw(anna) is None


async def test_best_callable_case_comes_first(world: World) -> None:
    asleep = (Phone("+12125550100", type="fixed_line", region="US", zones=("America/New_York",)),)
    world.add_case(
        "asleep", None, phones=asleep, region="US", debts=(Debt("d", 9_999_999, "USD", due=date(2026, 1, 1)),)
    )
    world.add_case("small", None, debts=(Debt("d", 100, "CNY", due=date(2026, 11, 20)),))
    world.add_case("large", None, debts=(Debt("d", 9_000_000, "CNY", due=date(2026, 9, 1)),))
    world.add_case("paid", None, debts=(Debt("d", -100, "CNY", due=date(2026, 9, 1)),))
    world.add_case("silent", None, phones=())
    world.add_case("far", None, team="east")
    anna = await world.login("anna")
    assert [(await draw(anna) or {}).get("case") for _ in range(3)] == ["large", "small", None]


async def test_stopped_and_held_cases_are_not_drawn(world: World, sue: Machine) -> None:
    world.add_case("stopped", "anna")
    world.add_case("held", "anna")
    anna = await world.login("anna")
    await anna.results(anna.event("stopped", "consent.withdrawn", {}))
    await anna.pull()
    await world.reassign(sue, "r1", cases=["stopped", "held"], to=None)
    ben = await world.login("ben")
    assert await draw(ben) is None
    for _ in range(2):
        await anna.pull()
    assert (await draw(ben) or {})["case"] == "held"


async def test_two_agents_never_draw_one_case(world: World) -> None:
    for number in range(12):
        world.add_case(f"c{number:02}", None)
    agents = [await world.login(login) for login in ("anna", "ben")] + [
        await world.login(world.person(f"agent{number}", "agent").login) for number in range(4)
    ]
    drawn = await asyncio.gather(*(draw(agent) for agent in agents * 3))
    cases = [each["case"] for each in drawn if each is not None]
    assert len(cases) == len(set(cases)) == 12
    assert drawn.count(None) == 6


async def test_number_of_the_pool_is_not_an_agents_to_see(world: World) -> None:
    world.add_case("c1", None, phones=(Phone(PHONE),))
    assert (await (await world.login("anna")).get("/v1/cases")).status_code == 403
