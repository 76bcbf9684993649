"""Reports over a small team's days, every figure worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain import figures, supervision
from domain.facts.payloads import CaseClosed, Debt, PaymentReceived
from server import typed
from server.figures.reports import BUILDERS
from server.jobs.running import run_due_jobs
from server.promises.judging import judge_promises
from tests.support.server_world import PHONE, Machine, World


@pytest.fixture
async def sue(world: World) -> Machine:
    """Two agents, four cases, one morning of work on 24 November: 02:00 in UTC is 10:00 in Shanghai."""
    for number, (owner, amount) in enumerate(
        (("anna", 100_000), ("anna", 200_000), ("ben", 300_000), ("ben", 400_000))
    ):
        debt = Debt(f"d{number}", amount, "CNY", doc=f"LN-{number}", due=date(2026, 10, 21))
        world.add_case(f"c{number}", owner, debts=(debt,))
    anna, ben = await world.login("anna"), await world.login("ben")
    await call(world, anna, "c0", "no_answer", 0, 10)
    await call(world, anna, "c0", "promise", 100, 20)
    await call(world, anna, "c1", "promise", 200, 30)
    await promise(world, anna, "c0", 40_000)
    await promise(world, anna, "c1", 60_000)
    world.clock.advance(hours=2)
    await call(world, ben, "c2", "no_answer", 0, 6)
    await promise(world, ben, "c2", 50_000)
    await promise(world, ben, "c3", 10_000, due="2026-12-20")
    world.state("c1", PaymentReceived("pay-1", 60_000, "CNY", date(2026, 11, 25)))
    world.state("c2", PaymentReceived("pay-2", 20_000, "CNY", date(2026, 11, 25)))
    world.clock.advance(days=4)
    judge_promises(world.services.database)
    return await world.login("sue")


async def call(world: World, machine: Machine, case: str, code: str, talk: int, wrap: int) -> None:
    started = machine.event(case, "attempt.started", {"number": PHONE})
    ended = {"call": started["id"], "code": code, "talk_seconds": talk, "wrap_seconds": wrap}
    await machine.results(started, machine.event(case, "attempt.ended", ended))
    world.clock.advance(minutes=1)


async def promise(world: World, machine: Machine, case: str, amount: int, due: str = "2026-11-26") -> None:
    parts = [{"due": due, "amount": amount}]
    await machine.results(
        machine.event(case, "promise.made", {"promise_id": f"p-{case}", "currency": "CNY", "parts": parts})
    )
    world.clock.advance(minutes=1)


async def get(sue: Machine, name: str, **parameters: str) -> dict[str, Any]:
    parameters = {"since": "2026-11-01", "until": "2026-11-30"} | parameters
    response = await sue.get(f"/v1/reports/{name}", **parameters)
    assert response.status_code == 200, response.text
    typed.decode(response.content, supervision.Report)
    found: dict[str, Any] = response.json()
    return found


async def test_kept_rate_is_of_decided_promises_by_the_week_they_fell_due(world: World, sue: Machine) -> None:
    report = await get(sue, "kept_rate", until="2026-12-31")
    # 60,000 kept, 50,000 of which 20,000 came, 40,000 broken; 10,000 of 20 December is still open
    assert report["rows"] == [["2026-11-23", "CNY", 1, 1, 1, 3, 3_333, 150_000, 60_000, 4_000]]
    assert report["notes"] == ["matured_only"]
    assert (await get(sue, "kept_rate", agent="ben"))["rows"][0][2:7] == [0, 1, 0, 1, 0]
    assert (await get(sue, "kept_rate", currency="eur"))["rows"] == []


async def test_promised_and_paid_by_day(world: World, sue: Machine) -> None:
    report = await get(sue, "promised_kept", until="2026-12-31")
    assert report["rows"] == [
        ["2026-11-26", "CNY", 3, 150_000, 80_000, 5_333],
        ["2026-12-20", "CNY", 1, 10_000, 0, 0],
    ]


async def test_hours_are_those_of_whoever_looks(world: World, sue: Machine) -> None:
    assert [row[:4] for row in (await get(sue, "hours"))["rows"]] == [[2, 3, 2, 2], [4, 1, 0, 0]]
    shanghai = await get(sue, "hours", offset="480")
    assert [row[0] for row in shanghai["rows"]] == [10, 12]
    assert shanghai["figures"] == {"attempts": 4, "rate": 5_000}
    assert (await get(sue, "hours", agent="ben"))["rows"] == [[4, 1, 0, 0, 2, 0]]


async def test_agents_stand_beside_the_median(world: World, sue: Machine) -> None:
    report = await get(sue, "agents")
    assert report["rows"] == [
        ["anna", 3, 2, 2, 6_667, 6_667, 10_000, 5_000, 120],
        ["ben", 1, 0, 2, 0, 0, None, 0, 6],
    ]
    assert report["figures"]["attempts"] == 2
    assert report["figures"]["promise_rate"] == 10_000


async def test_handle_time_and_funnel(world: World, sue: Machine) -> None:
    assert (await get(sue, "handle_time"))["rows"] == [["2026-11-24", 4, 300, 66, 92]]
    funnel = await get(sue, "funnel")
    assert funnel["rows"] == [["2026-11-24", 4, 2, 2, 4, 5_000, 5_000, 20_000]]
    assert (funnel["figures"]["assigned"], funnel["figures"]["attempted"]) == (4, 3)
    assert funnel["figures"]["attempt_rate"] == 7_500


async def test_liquidation_cure_and_first_contact_by_the_month_cases_came_in(world: World, sue: Machine) -> None:
    assert (await get(sue, "liquidation"))["rows"] == [["2026-11-01", "CNY", 4, 1_000_000, 80_000, 800]]
    world.state("c0", CaseClosed("settled"))
    assert (await get(sue, "cure_rate"))["rows"] == [["2026-11-01", 4, 1, 2_500]]
    contact = await get(sue, "first_contact")
    assert contact["rows"][0][:3] == ["2026-11-01", 4, 2]
    assert contact["figures"]["median"] == contact["rows"][0][3]
    assert 0 < contact["rows"][0][3] < 3_600


async def test_first_call_resolution_counts_what_one_conversation_settled(world: World, sue: Machine) -> None:
    """c0 was promised on the first conversation and broken since, c1 promised and paid; nobody reached c2 and c3."""
    report = await get(sue, "first_call")
    assert report["rows"] == [["2026-11-24", 2, 1, 5_000]]
    assert report["figures"] == {"contacted": 2, "resolved": 1, "rate": 5_000}
    anna = await world.login("anna", "anna-new")
    await call(world, anna, "c1", "promise", 30, 5)
    again = await get(sue, "first_call")
    assert again["figures"]["resolved"] == 0, "another call was needed after all"
    assert (await get(sue, "first_call", agent="ben"))["rows"] == []
    assert figures.formulas.first_call_resolution(0, 0) is None


async def test_ageing_and_rolls_come_from_the_evenings_recorded(world: World, sue: Machine) -> None:
    before = await get(sue, "ageing")
    assert before["notes"] == ["no_snapshots", "today_is_live"]
    assert before["rows"] == [["2026-11-28", "consumer", "M2", "CNY", 4, 920_000]]
    run_due_jobs(world.services.database, "one")
    after = await get(sue, "ageing")
    assert [row[0] for row in after["rows"]] == ["2026-11-27", "2026-11-28"]
    world.clock.advance(days=30)
    run_due_jobs(world.services.database, "one")
    sue = await world.login("sue", "sue-new")
    rolls = await get(sue, "roll_rates", until="2026-12-31")
    assert rolls["rows"] == [
        ["2026-11-01", "consumer", "S2", "M2", 4, 10_000],
        ["2026-12-01", "consumer", "M2", "M3", 4, 10_000],
    ]


async def test_compliance_and_data_quality(world: World, sue: Machine) -> None:
    report = await get(sue, "compliance")
    assert report["figures"] == {"refusals": 0, "overrides": 0, "flagged": 0, "unread": 2}
    quality = (await get(sue, "data_quality"))["figures"]
    assert (quality["pool"], quality["orphans"], quality["unreachable"], quality["gaps"]) == (0, 0, 0, 0)
    world.add_case("c9", None, phones=())
    quality = (await get(sue, "data_quality"))["figures"]
    assert (quality["pool"], quality["unreachable"]) == (1, 1)


async def test_csv_opens_safely(world: World, sue: Machine) -> None:
    response = await sue.get("/v1/reports/agents", format="csv", since="2026-11-01", until="2026-11-30")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="agents_2026-11-01_2026-11-30.csv"' in response.headers["content-disposition"]
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("agent,attempts,right_party")
    assert lines[2] == "ben,1,0,2,0,0,,0,6"


async def test_reports_are_of_the_own_team_alone(world: World, sue: Machine) -> None:
    tom = await world.login("tom")
    for name in BUILDERS:
        rows = (await get(tom, name))["rows"]
        assert rows == [] or name == "data_quality", name
    assert (await tom.get("/v1/reports/hours", agent="anna")).status_code == 403


async def test_names_are_those_the_program_has_words_for(world: World, sue: Machine) -> None:
    names = (await sue.get("/v1/reports")).json()["reports"]
    assert tuple(names) == figures.REPORTS
    for name in names:
        for column in (await get(sue, name))["columns"]:
            assert figures.column_title(column["id"]) != column["id"], column
    for bad in ({"since": "soon"}, {"offset": "far"}, {"since": "2020-01-01"}, {"format": "pdf"}):
        assert (await sue.get("/v1/reports/hours", **bad)).status_code == 400
    assert (await sue.get("/v1/reports/never")).status_code == 403
