"""Promises judged when their day has passed, the calendar of what falls due, and the cash to expect."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from domain import supervision
from domain.facts.payloads import PaymentReceived, PaymentReversed
from server import typed
from server.database.schema import CASE
from server.database.supervision_tables import AGEING_DAY, PROMISE_PART, ROLL_MONTH
from server.jobs.claims import claim, finish
from server.jobs.moving import age_out, begin_and_end_absences
from server.jobs.running import run_due_jobs
from server.promises.judging import judge_promises
from tests.support.server_world import Machine, World


@pytest.fixture
async def anna(world: World) -> Machine:
    for number in range(1, 5):
        world.add_case(f"c{number}", "anna")
    return await world.login("anna")


async def promise(anna: Machine, case: str, due: str, amount: int = 50_000) -> None:
    data = {"promise_id": f"p-{case}", "currency": "CNY", "parts": [{"due": due, "amount": amount}]}
    await anna.results(anna.event(case, "promise.made", data))
    anna.world.clock.advance(seconds=1)


def pay(world: World, case: str, amount: int, day: date, payment: str = "") -> None:
    world.state(case, PaymentReceived(payment or f"pay-{case}", amount, "CNY", day))
    world.clock.advance(seconds=1)


def versions(world: World) -> dict[str, int]:
    with world.services.database.reading() as transaction:
        return {row.id: row.ver for row in transaction.connection.execute(select(CASE.c.id, CASE.c.ver))}


def states(world: World) -> dict[str, str]:
    with world.services.database.reading() as transaction:
        rows = transaction.connection.execute(select(PROMISE_PART.c.case_id, PROMISE_PART.c.state))
        return {row.case_id: row.state for row in rows}


async def test_broken_promise_is_back_on_the_queue_the_morning_after_its_grace(world: World, anna: Machine) -> None:
    await promise(anna, "c1", "2026-11-25")
    await promise(anna, "c2", "2026-11-25")
    pay(world, "c2", 20_000, date(2026, 11, 24))
    await anna.pull()
    world.clock.advance(days=2)  # 26 November, the day of grace
    assert judge_promises(world.services.database).changed == {}
    world.clock.advance(days=1)
    before = versions(world)
    judged = judge_promises(world.services.database)
    assert (judged.judged, judged.changed) == (2, {"broken": 1, "partly_kept": 1})
    assert states(world) == {"c1": "broken", "c2": "partly_kept"}
    changed = {case for case, ver in versions(world).items() if ver != before[case]}
    assert changed == {"c1", "c2"}
    anna = await world.login("anna", "anna-new")
    keys = {entry["key"] for entry in (await anna.page())["entries"]}
    assert {"case:c1", "case:c2"} <= keys
    sue = await world.login("sue")
    buckets = {case["id"]: case.get("bucket") for case in (await sue.get("/v1/cases")).json()["cases"]}
    assert (buckets["c1"], buckets["c2"]) == ("broken_promise", "partly_kept")
    board = next(row for row in (await sue.get("/v1/board")).json()["agents"] if row["login"] == "anna")
    assert (board["kept"], board["broken"]) == (0, 2)


async def test_judging_the_same_day_again_changes_nothing(world: World, anna: Machine) -> None:
    await promise(anna, "c1", "2026-11-25")
    world.clock.advance(days=5)
    assert judge_promises(world.services.database, date(2026, 11, 25)).changed == {"broken": 1}
    before = versions(world)
    assert judge_promises(world.services.database, date(2026, 11, 25)).changed == {}
    assert judge_promises(world.services.database).changed == {}
    assert versions(world) == before


async def test_day_named_says_how_far_to_look(world: World, anna: Machine) -> None:
    await promise(anna, "c1", "2026-11-25")
    await promise(anna, "c2", "2026-11-27")
    world.clock.advance(days=8)
    assert judge_promises(world.services.database, date(2026, 11, 26)).judged == 1
    assert states(world) == {"c1": "broken", "c2": "open"}


async def test_payment_in_time_keeps_it_at_once_and_its_return_reopens_it(world: World, anna: Machine) -> None:
    await promise(anna, "c1", "2026-11-27")
    pay(world, "c1", 50_000, date(2026, 11, 24))
    assert states(world) == {"c1": "kept"}
    world.state("c1", PaymentReversed("pay-c1"))
    assert states(world) == {"c1": "open"}


async def test_day_ends_when_it_ends_for_the_customer(world: World, anna: Machine) -> None:
    await promise(anna, "c1", "2026-11-25")  # in Shanghai, eight hours ahead
    world.clock.instant = world.clock.instant.replace(day=26, hour=15, minute=59)
    assert judge_promises(world.services.database).changed == {}
    world.clock.advance(minutes=1)
    assert judge_promises(world.services.database).changed == {"broken": 1}


async def test_supervisor_judges_their_own_team(world: World, anna: Machine) -> None:
    await promise(anna, "c1", "2026-11-25")
    world.clock.advance(hours=72)
    tom, sue = await world.login("tom"), await world.login("sue")
    assert (await tom.put("/v1/judgements/2026-11-27", None)).json()["judged"] == 0
    answer = (await sue.put("/v1/judgements/2026-11-27", None)).json()
    assert answer == {"day": "2026-11-27", "judged": 1, "changed": {"broken": 1}}
    assert (await sue.put("/v1/judgements/2027-01-01", None)).status_code == 422
    assert (await sue.put("/v1/judgements/soon", None)).status_code == 400
    lines = (await sue.get("/v1/audit", action="promises.judged")).json()["lines"]
    assert [(line["actor"], line["detail"]) for line in lines] == [(world.people["sue"].id, {"broken": 1})]


async def test_calendar_adds_up_what_falls_due(world: World, anna: Machine) -> None:
    await promise(anna, "c1", "2026-11-27", 30_000)
    await promise(anna, "c2", "2026-11-27", 40_000)
    await promise(anna, "c3", "2026-12-04", 50_000)
    pay(world, "c2", 40_000, date(2026, 11, 24))
    sue = await world.login("sue")
    answer = await sue.get("/v1/promises/calendar", since="2026-11-24", until="2026-12-31")
    found = typed.decode(answer.content, supervision.PromiseCalendar)
    assert [(day.day.day, day.parts, day.amount, day.paid, day.open, day.kept) for day in found.days] == [
        (27, 2, 70_000, 40_000, 1, 1),
        (4, 1, 50_000, 0, 1, 0),
    ]
    first = (await sue.get("/v1/promises", due="2026-11-27", limit="1")).json()
    rest = (await sue.get("/v1/promises", due="2026-11-27", limit="1", after=first["next"])).json()
    lines = [*first["promises"], *rest["promises"]]
    assert [(line["case"], line["state"], line["owner_login"]) for line in lines] == [
        ("c1", "open", "anna"),
        ("c2", "kept", "anna"),
    ]
    assert (first["total"], "next" in rest) == (2, False)
    assert (await sue.get("/v1/promises", since="2026-11-24", until="2030-01-01")).status_code == 400
    tom = await world.login("tom")
    assert (await tom.get("/v1/promises/calendar")).json()["days"] == []


async def test_expected_cash_is_what_is_promised_times_what_used_to_come(world: World, anna: Machine) -> None:
    await promise(anna, "c1", "2026-11-25", 30_000)
    await promise(anna, "c2", "2026-11-25", 10_000)
    pay(world, "c1", 30_000, date(2026, 11, 24))
    world.clock.advance(days=3)
    judge_promises(world.services.database)
    anna = await world.login("anna", "anna-new")
    await promise(anna, "c3", "2026-12-01", 80_000)
    sue = await world.login("sue")
    answer = await sue.get("/v1/promises/forecast", until="2026-12-31")
    found = typed.decode(answer.content, supervision.CashForecast)
    assert (found.matured, found.rate) == (2, {"CNY": 7_500})  # 300.00 of 400.00 came
    assert [(day.promised, day.expected) for day in found.days] == [(80_000, 60_000)]


# --- jobs -------------------------------------------------------------------------------------------------------------


def test_job_is_claimed_by_one_process_and_taken_over_from_a_dead_one(world: World) -> None:
    def claimed(holder: str, due: str = "2026-11-24") -> bool:
        found: bool = world.write(lambda transaction: claim(transaction, "x", due, holder))
        return found

    assert claimed("one")
    assert not claimed("two")
    world.clock.advance(minutes=11)
    assert claimed("two"), "the first one died"
    world.write(lambda transaction: finish(transaction, "x", "2026-11-24", "one"))
    world.write(lambda transaction: finish(transaction, "x", "2026-11-24", "two"))
    assert not claimed("one")
    assert claimed("one", "2026-11-25")


async def test_jobs_run_once_an_hour_or_a_day(world: World, anna: Machine) -> None:
    everything = ["judge-promises", "snapshots", "absences", "age-out", "notices"]
    assert run_due_jobs(world.services.database, "one") == everything
    assert run_due_jobs(world.services.database, "two") == []
    world.clock.advance(hours=1)
    assert run_due_jobs(world.services.database, "two") == ["judge-promises"]
    world.clock.advance(days=1)
    assert run_due_jobs(world.services.database, "two") == everything


async def test_snapshots_of_days_and_months(world: World, anna: Machine) -> None:
    run_due_jobs(world.services.database, "one")
    world.clock.instant = world.clock.instant.replace(month=12, day=1)
    run_due_jobs(world.services.database, "one")
    with world.services.database.reading() as transaction:
        days = transaction.connection.execute(select(AGEING_DAY).order_by(AGEING_DAY.c.day)).all()
        rolls = transaction.connection.execute(select(ROLL_MONTH)).all()
    assert [(date.fromordinal(row.day), row.stage, row.cases, row.owed) for row in days] == [
        (date(2026, 11, 23), "M2", 4, 500_000),
        (date(2026, 11, 30), "M2", 4, 500_000),
    ]
    assert [(row.stage_from, row.stage_to, row.cases) for row in rolls] == [("S2", "M2", 4)]
    world.clock.instant = world.clock.instant.replace(year=2027, month=1, day=2)
    run_due_jobs(world.services.database, "one")
    with world.services.database.reading() as transaction:
        rolls = transaction.connection.execute(select(ROLL_MONTH).order_by(ROLL_MONTH.c.month)).all()
    assert [(row.stage_from, row.stage_to) for row in rolls] == [("S2", "M2"), ("M2", "M3")]


async def test_cases_nobody_works_leave_their_owner_at_night(world: World, anna: Machine) -> None:
    sue = await world.login("sue")
    policy = await sue.get("/v1/policy")
    rule = policy.json() | {"age_out": {"days": 7, "to": "pool"}}
    put = await sue.put("/v1/policy", rule, **{"If-Match": policy.headers["ETag"]})
    assert put.status_code == 200, put.text
    world.clock.advance(days=6)
    anna = await world.login("anna", "anna-new")
    await anna.results(anna.event("c1", "note.added", {"text": "worked"}))
    world.clock.advance(days=2)
    for _ in range(2):
        age_out(world.services.database)
    sue = await world.login("sue", "sue-new")
    lines = {case["id"]: case.get("owner_login") for case in (await sue.get("/v1/cases")).json()["cases"]}
    assert lines == {"c1": "anna", "c2": None, "c3": None, "c4": None}
    listed = (await sue.get("/v1/reassignments")).json()["reassignments"]
    assert [(line["kind"], line["counts"]) for line in listed] == [("age_out", {"moved": 3})]


async def test_planned_absence_begins_and_ends_by_itself(world: World, anna: Machine) -> None:
    sue = await world.login("sue")
    await sue.put("/v1/absences/a1", {"agent": "anna", "since": "2026-11-26", "until": "2026-11-27"})
    counts: list[dict[str, int]] = []
    for days in (0, 2, 1, 1):
        world.clock.advance(days=days)
        begin_and_end_absences(world.services.database)
        sue = await world.login("sue", f"sue-{days}-{len(counts)}")
        agents = (await sue.get("/v1/agents")).json()["agents"]
        counts.append({line["login"]: line["cases"] for line in agents})
    assert counts == [{"anna": 4, "ben": 0}, {"anna": 0, "ben": 4}, {"anna": 0, "ben": 4}, {"anna": 4, "ben": 0}]
