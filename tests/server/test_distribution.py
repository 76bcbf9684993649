"""Dealing out, moving in portions, taking back: what a supervisor does to many cases at once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from domain import supervision
from domain.facts.payloads import Debt
from server import typed
from tests.support.server_world import PHONE, Machine, World


@pytest.fixture
async def sue(world: World) -> Machine:
    for number in range(12):
        debt = Debt(f"d{number}", 1000 * (number + 1), "CNY", doc=f"LN-{number}")
        world.add_case(f"c{number:02d}", "anna", debts=(debt,), language="zh" if number % 3 else "en")
    return await world.login("sue")


def owners(answer: dict[str, Any]) -> Counter[str]:
    return Counter(case.get("target") for case in answer["cases"] if case["status"] in ("planned", "moved"))


async def profile(sue: Machine, agent: str, **profile: Any) -> None:
    agents = {line["login"]: line for line in (await sue.get("/v1/agents")).json()["agents"]}
    line = agents[agent]
    answer = await sue.put(f"/v1/agents/{line['agent']}", profile, **{"If-Match": line["etag"]})
    assert answer.status_code == 200, answer.text


async def test_preview_says_what_everybody_would_have_and_changes_nothing(world: World, sue: Machine) -> None:
    answer = await world.reassign(sue, "r1", filter={}, strategy="even", agents=["ben"], dry_run=True)
    typed.convert(answer, supervision.ReassignmentAnswer)
    assert (answer["state"], answer["counts"]) == ("preview", {"planned": 12})
    loads = {load["login"]: load for load in answer["agents"]}
    total = sum(1000 * (number + 1) for number in range(12))
    assert (loads["anna"]["before"], loads["anna"]["after"]) == (12, 0)
    assert (loads["anna"]["owed_before"], loads["anna"]["owed_after"]) == ({"CNY": total}, {})
    assert (loads["ben"]["after"], loads["ben"]["owed_after"]) == (12, {"CNY": total})
    lines = (await sue.get("/v1/agents")).json()["agents"]
    assert {line["login"]: line["cases"] for line in lines} == {"anna": 12, "ben": 0}


async def test_capacity_sends_the_rest_to_the_pool(world: World, sue: Machine) -> None:
    await profile(sue, "ben", capacity=5)
    answer = await world.reassign(sue, "r1", filter={}, strategy="capacity", agents=["ben"])
    assert (answer["pool_before"], answer["pool_after"]) == (0, 7)
    assert owners(answer) == {world.people["ben"].id: 5, None: 7}


async def test_language_decides_who_gets_a_case(world: World, sue: Machine) -> None:
    mia = world.person("mia", "agent")
    await profile(sue, "ben", languages=["en"])
    await profile(sue, "mia", languages=["zh"])
    answer = await world.reassign(sue, "r1", filter={}, strategy="skills", agents=["ben", "mia"])
    assert owners(answer) == {world.people["ben"].id: 4, mia.id: 8}


async def test_cases_go_back_to_whoever_had_them_last(world: World, sue: Machine) -> None:
    world.person("mia", "agent")
    await world.reassign(sue, "r1", cases=["c00", "c01"], to="ben")
    await world.reassign(sue, "r2", filter={"owner": "ben"}, to=None)
    answer = await world.reassign(sue, "r3", filter={"unassigned": True}, strategy="last_owner", agents=["ben", "mia"])
    assert owners(answer) == {world.people["ben"].id: 2}


async def test_large_reassignment_is_carried_out_in_portions(
    world: World, sue: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.cases.reassigning._AT_ONCE_SHARED", 50)
    for number in range(12, 120):
        world.add_case(f"c{number:03d}", "anna")
    request = {"filter": {"owner": "anna"}, "to": "ben", "budget_ms": 0}
    first = await world.reassign(sue, "r1", **request)
    assert (first["state"], first["done"], first["total"], first["cases"]) == ("running", 50, 120, [])
    seen = (await sue.get("/v1/reassignments/r1")).json()
    assert (seen["state"], seen["done"]) == ("running", 50)
    answers = [await world.reassign(sue, "r1", **request) for _ in range(2)]
    assert [answer["state"] for answer in answers] == ["running", "done"]
    assert answers[-1]["counts"] == {"moved": 120}
    ben = await world.login("ben")
    assert len(await ben.documents()) == 120
    assert (await world.reassign(sue, "r1", **request)) == answers[-1]


async def test_undo_gives_back_what_is_still_there(world: World, sue: Machine) -> None:
    world.person("mia", "agent")
    await world.reassign(sue, "r1", cases=["c00", "c01", "c02"], to="ben")
    world.clock.advance(seconds=1)
    await world.reassign(sue, "r2", cases=["c02"], to="mia")
    world.clock.advance(seconds=1)
    preview = (await sue.put("/v1/reassignments/r1/undo", {"dry_run": True})).json()
    assert (preview["state"], preview["counts"]) == ("preview", {"planned": 2})
    undone = await sue.put("/v1/reassignments/r1/undo", {"reason": "wrong file"})
    assert undone.json()["counts"] == {"moved": 2}
    assert (await sue.put("/v1/reassignments/r1/undo", {"reason": "wrong file"})).json() == undone.json()
    lines = {line["login"]: line["cases"] for line in (await sue.get("/v1/agents")).json()["agents"]}
    assert lines == {"anna": 11, "ben": 0, "mia": 1}
    listed = (await sue.get("/v1/reassignments")).json()["reassignments"]
    assert [(line["id"], line["kind"], line.get("undone_by")) for line in listed] == [
        ("r1~undo", "undo", None),
        ("r2", "reassignment", None),
        ("r1", "reassignment", "r1~undo"),
    ]


async def test_undo_of_what_waits_for_a_call_leaves_it_alone(world: World, sue: Machine) -> None:
    anna = await world.login("anna")
    call = anna.event("c00", "attempt.started", {"number": PHONE})
    await anna.results(call)
    answer = await world.reassign(sue, "r1", cases=["c00", "c01"], to="ben")
    assert answer["counts"] == {"moved": 1, "waiting": 1}
    await sue.put("/v1/reassignments/r1/undo", {})
    await anna.results(anna.event("c00", "attempt.ended", {"call": call["id"], "code": "no_answer"}))
    lines = {line["login"]: line["cases"] for line in (await sue.get("/v1/agents")).json()["agents"]}
    assert lines == {"anna": 12, "ben": 0}


async def test_reassignment_of_another_team_is_nobodys(world: World, sue: Machine) -> None:
    await world.reassign(sue, "r1", cases=["c00"], to="ben")
    tom = await world.login("tom")
    assert (await tom.get("/v1/reassignments/r1")).status_code == 403
    assert (await tom.put("/v1/reassignments/r1/undo", {})).status_code == 403
    assert (await tom.get("/v1/reassignments")).json()["reassignments"] == []
    assert (await tom.put(f"/v1/agents/{world.people['ben'].id}", {}, **{"If-Match": "*"})).status_code == 403


async def test_offline_machines_are_told_of(world: World, sue: Machine) -> None:
    anna = await world.login("anna")
    await anna.pull()
    world.clock.advance(minutes=10)
    answer = await world.reassign(sue, "r1", cases=["c00"], to="ben", dry_run=True)
    loads = {load["login"]: load for load in answer["agents"]}
    assert loads["anna"]["offline"]
    assert loads["anna"]["lease_until"] > "2026-11-24T06:00"
    assert not loads["ben"]["offline"]


# --- profiles, holds, absences ----------------------------------------------------------------------------------------


async def test_profile_of_an_agent_is_edited_by_one_at_a_time(world: World, sue: Machine) -> None:
    ben = world.people["ben"].id
    assert (await sue.put(f"/v1/agents/{ben}", {"capacity": 300})).status_code == 428
    first = await sue.put(f"/v1/agents/{ben}", {"capacity": 300, "languages": ["ZH", "en"]}, **{"If-Match": '"0"'})
    line = first.json()
    typed.convert(line, supervision.AgentLine)
    assert line["profile"] == {"capacity": 300, "languages": ["en", "zh"], "skills": []}
    late = await sue.put(f"/v1/agents/{ben}", {"capacity": 200}, **{"If-Match": '"0"'})
    assert late.status_code == 412
    assert (await sue.put(f"/v1/agents/{ben}", {"capacity": -1}, **{"If-Match": line["etag"]})).status_code == 422


async def test_hold_keeps_a_case_out_of_every_strategy(world: World, sue: Machine) -> None:
    hold = await sue.put("/v1/holds/h1", {"until": "2026-11-26", "cases": ["c00", "c01"], "reason": "court date"})
    assert hold.status_code == 200, hold.text
    assert hold.json()["cases"] == 2
    answer = await world.reassign(sue, "r1", filter={}, to="ben")
    assert answer["counts"] == {"held": 2, "moved": 10}
    taken = await world.reassign(sue, "r2", cases=["c00"], to="ben", held=True)
    assert taken["counts"] == {"moved": 1}
    line = next(case for case in (await sue.get("/v1/cases", owner="anna")).json()["cases"] if case["id"] == "c01")
    assert line["held_until"] == "2026-11-26"
    assert [each["id"] for each in (await sue.get("/v1/holds")).json()["holds"]] == ["h1"]
    world.clock.advance(days=3)
    assert (await sue.get("/v1/holds")).status_code == 401
    sue = await world.login("sue", "sue-two")
    assert (await sue.get("/v1/holds")).json()["holds"] == []
    assert (await world.reassign(sue, "r3", cases=["c01"], to="ben"))["counts"] == {"moved": 1}


async def test_released_hold_holds_no_longer(world: World, sue: Machine) -> None:
    order = {"until": "2026-11-26", "filter": {"owner": "anna"}}
    first = await sue.put("/v1/holds/h1", order)
    assert (await sue.put("/v1/holds/h1", order)).json() == first.json()
    assert (await sue.put("/v1/holds/h1", {"until": "2026-11-27", "cases": ["c00"]})).status_code == 409
    assert (await sue.put("/v1/holds/h1/undo", {})).json()["released"]
    assert (await world.reassign(sue, "r1", filter={}, to="ben"))["counts"] == {"moved": 12}


async def test_absence_spreads_the_work_and_gives_it_back(world: World, sue: Machine) -> None:
    world.person("mia", "agent")
    preview = await sue.put(
        "/v1/absences/a1", {"agent": "anna", "since": "2026-11-24", "strategy": "even", "dry_run": True}
    )
    assert preview.json()["counts"] == {"planned": 12}
    gone = await sue.put("/v1/absences/a1", {"agent": "anna", "since": "2026-11-24", "reason": "ill"})
    assert gone.status_code == 200, gone.text
    typed.convert(gone.json(), supervision.Absence)
    assert (gone.json()["state"], gone.json()["cases"]) == ("away", 12)
    lines = {line["login"]: line for line in (await sue.get("/v1/agents")).json()["agents"]}
    assert {login: line["cases"] for login, line in lines.items()} == {"anna": 0, "ben": 6, "mia": 6}
    assert lines["anna"]["absence"] == "a1"
    board = {row["login"]: row for row in (await sue.get("/v1/board")).json()["agents"]}
    assert board["anna"]["absence"] == "a1"
    spread = await world.reassign(sue, "r1", filter={}, strategy="even", dry_run=True)
    assert world.people["anna"].id not in owners(spread), "nobody deals cases to somebody who is away"
    await world.reassign(sue, "r2", cases=["c00"], to=None)
    back = await sue.put("/v1/absences/a1/end", {})
    assert back.json()["state"] == "back"
    lines = {line["login"]: line for line in (await sue.get("/v1/agents")).json()["agents"]}
    assert {login: line["cases"] for login, line in lines.items()} == {"anna": 11, "ben": 0, "mia": 0}
    assert (await sue.put("/v1/absences/a1/end", {})).json() == back.json()


async def test_planned_absence_moves_nothing_yet(world: World, sue: Machine) -> None:
    planned = await sue.put("/v1/absences/a1", {"agent": "anna", "since": "2026-12-01", "until": "2026-12-05"})
    assert (planned.json()["state"], planned.json()["cases"]) == ("planned", 0)
    lines = {line["login"]: line["cases"] for line in (await sue.get("/v1/agents")).json()["agents"]}
    assert lines == {"anna": 12, "ben": 0}
    assert (await sue.put("/v1/absences/a2", {"agent": "zoe", "since": "2026-12-01"})).status_code == 422


# --- looking into -----------------------------------------------------------------------------------------------------


async def test_drill_down_to_a_queue_and_a_case(world: World, sue: Machine) -> None:
    queue = (await sue.get(f"/v1/agents/{world.people['anna'].id}/queue", limit="5")).json()
    typed.convert(queue, supervision.QueuePage)
    assert (queue["today"], queue["held"], len(queue["lines"]), queue["next"]) == (12, 0, 5, "5")
    assert sum(part["points"] for part in queue["lines"][0]["points"]) == queue["lines"][0]["score"]
    case = queue["lines"][0]["case"]
    file = (await sue.get(f"/v1/cases/{case}")).json()
    typed.convert(file, supervision.CaseFile)
    assert (file["owner_login"], file["body"]["customer"]["name"]) == ("anna", f"Customer {case}")
    looks = (await sue.get("/v1/audit", subject=case, action="case.opened")).json()["lines"]
    assert [line["actor"] for line in looks] == [world.people["sue"].id]
    tom = await world.login("tom")
    assert (await tom.get(f"/v1/cases/{case}")).status_code == 403
    assert (await tom.get(f"/v1/agents/{world.people['anna'].id}/queue")).status_code == 403


async def test_list_is_sorted_and_paged_as_asked(world: World, sue: Machine) -> None:
    for sort, first in (("owed", "c11"), ("customer", "c00"), ("idle", "c00"), ("id", "c00")):
        seen: list[str] = []
        after: dict[str, str] = {}
        while True:
            page = (await sue.get("/v1/cases", sort=sort, limit="5", **after)).json()
            seen += [case["id"] for case in page["cases"]]
            if "next" not in page:
                break
            after = {"after": page["next"]}
        assert (seen[0], len(seen), len(set(seen))) == (first, 12, 12), sort
    assert (await sue.get("/v1/cases", sort="owed", after="zz")).status_code == 400


async def test_filters_by_what_was_worked(world: World, sue: Machine) -> None:
    anna = await world.login("anna")
    world.clock.advance(days=5)
    anna, sue = await world.login("anna"), await world.login("sue")
    await anna.results(anna.event("c03", "attempt.started", {"number": PHONE}))
    idle = (await sue.get("/v1/cases", idle_days="4")).json()
    assert idle["total"] == 11
    assert (await sue.get("/v1/cases", untouched="true")).json()["total"] == 11
    assert (await sue.get("/v1/cases", min_owed="11000")).json()["total"] == 2
    assert (await sue.get("/v1/cases", language="en", bucket="new")).json()["total"] == 3
    moved = await world.reassign(sue, "r1", filter={"idle_days": 4, "language": "en"}, to=None)
    assert moved["counts"] == {"moved": 3}
