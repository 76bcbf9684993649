"""Decisions: one key decides, what was decided is off the list and on the case, and it can be taken back."""

from __future__ import annotations

from screens.widgets.linetable import LineTable
from server.seed import DEMO_PASSWORD
from tests.support.server_world import Machine
from tests.support.supervised import SupervisedServer, at_the_desk, press, until


async def test_what_waits_stands_beside_its_case(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "v")
        shown = await until(pilot, "Timeline")
        assert "Decisions" in shown
        assert "settled: calling goes on" in shown


async def test_a_decision_is_made_by_one_key_and_taken_back_by_another(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "v")
        await until(pilot, "hardship")
        table = pilot.app.screen.query_one(LineTable)
        waiting = table.row_count
        assert waiting > 1
        await press(pilot, "y")
        await until(pilot, "decided: yes")
        await until(pilot, lambda: table.row_count == waiting - 1)
        await press(pilot, "u")
        await until(pilot, "it waits again")
        await until(pilot, lambda: table.row_count == waiting)


async def test_a_refusal_may_carry_its_reason(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "a")
        await until(pilot, "approval")
        await press(pilot, "N")
        await until(pilot, "Why no?")
        await press(pilot, "=too many parts", "enter")
        await until(pilot, "decided: no")
        await until(pilot, "Nothing of this kind waits")


async def test_a_question_left_with_escape_decides_nothing(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "a")
        await until(pilot, "approval")
        await press(pilot, "N")
        await until(pilot, "Why no?")
        await press(pilot, "escape")
        shown = await until(pilot, "approval")
        assert "decided" not in shown


async def machine_of(server: SupervisedServer, who: str) -> Machine:
    """Log somebody's machine in, to hand facts over and to look as it would."""
    body = {"login": server.logins[who], "password": DEMO_PASSWORD, "device": f"{who}-laptop"}
    answer = (await server.world.client.post("/v1/sessions", json=body)).json()
    return Machine(server.world, f"{who}-laptop", answer["token"], answer.get("deposit_key", ""))


async def test_events_kept_apart_and_two_changes_of_a_promise_are_decided(server: SupervisedServer) -> None:
    anna = await machine_of(server, "agent")
    mine = next(key.removeprefix("case:") for key in await anna.documents())
    other = await machine_of(server, "supervisor")
    parts = [{"due": "2026-11-27", "amount": 20_000}]
    made = anna.event(mine, "promise.made", {"promise_id": "px", "currency": "USD", "parts": parts})
    base = {"promise_id": "px", "base": made["id"]}
    first = anna.event(mine, "promise.amended", base | {"parts": [{"due": "2026-12-01", "amount": 20_000}]})
    second = anna.event(mine, "promise.amended", base | {"parts": [{"due": "2026-11-30", "amount": 7_700}]})
    lost = anna.event("no-such-case", "note.added", {"text": "where does this belong"})
    stop = anna.event(mine, "consent.withdrawn", {"scope": "all", "note": "stop calling"})
    results = await anna.results(made, first, second, lost, stop)
    assert [each["status"] for each in results] == ["accepted", "accepted", "accepted", "quarantined", "accepted"]
    twin = dict(first) | {"data": base | {"parts": parts}}
    assert [each["status"] for each in await anna.results(twin)] == ["conflict"]

    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "v")
        await until(pilot, "hardship")
        table = pilot.app.screen.query_one(LineTable)

        async def at(fact: str) -> None:
            await until(pilot, lambda: any(row.key == fact for row in table.rows))
            await press(pilot, "home", *["down"] * [row.key for row in table.rows].index(fact))
            await until(pilot, lambda: table.selected == fact)

        await at(second["id"])
        shown = await until(pilot, "that version stands")
        assert "$200.00" in shown
        assert "$77.00" in shown
        await press(pilot, "2")
        await until(pilot, "decided: yes")
        body = (await other.get(f"/v1/cases/{mine}")).json()["body"]
        promise = next(each for each in body["promises"] if each["id"] == "px")
        assert promise["parts"] == [{"due": "2026-11-30", "amount": 7_700}]
        await at(lost["id"])
        await until(pilot, "its case is not known here")
        await press(pilot, "n")
        await until(pilot, "decided: no")
        await until(pilot, lambda: all(row.key != lost["id"] for row in table.rows))
        await at(first["id"])
        await until(pilot, "another event has the same id")
        await press(pilot, "n")
        await until(pilot, lambda: all(row.key != first["id"] for row in table.rows))
        await press(pilot, "s")
        await at(stop["id"])
        await press(pilot, "y")
        await until(pilot, "Lift “no contact at all”")
        await press(pilot, "enter")
        await until(pilot, "Lift “no contact at all”")
        await press(pilot, "=asked to be called again", "enter")
        await until(pilot, "lifted · u undoes")
    trail = (await other.get("/v1/audit", limit="50")).json()["lines"]
    assert {"review.decided", "event.dismissed", "stop.lifted"} <= {line["action"] for line in trail}
