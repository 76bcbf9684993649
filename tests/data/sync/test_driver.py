"""The driver: doing what the engine decides on a real store, with a network the test is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from data.answers import Failure
from data.http import ServerClient
from data.replica import Replica
from data.session import Session
from data.store import DiskFull, Store
from data.sync.driver import SyncDriver
from data.sync.status import SyncStatus
from domain.clock import SystemClock, format_instant, whole_milliseconds
from domain.facts.payloads import NoteAdded
from domain.ids import IdSource
from domain.wire import AgentInfo, SessionAnswer

if TYPE_CHECKING:
    from tests.data.conftest import Feed

HELLO = {
    "server_time": "2026-11-20T04:00:00.000Z",
    "protocol": {"min": 1, "max": 1},
    "epoch": "e7",
    "limits": {},
    "tzdata": "2026a",
}
FIVE_SECONDS = 5.0


class Wire:
    """The far end: what each path answers, and what was asked."""

    def __init__(self, feed: Feed) -> None:
        self.asked: list[str] = []
        self.news = asyncio.Event()
        self.page: dict[str, Any] = {}
        self.show(feed.body("42"))
        self.answers: dict[str, Callable[[httpx.Request], Any]] = {
            "/v1/hello": lambda _request: HELLO,
            "/v1/events": self.take,
            "/v1/changes": lambda _request: self.page,
        }
        self.received: list[str] = []
        self.hold: dict[str, asyncio.Event] = {}

    def show(self, body: dict[str, Any], ver: int = 3, seq: int = 1) -> None:
        entry = {"seq": seq, "op": "put", "key": f"case:{body['id']}", "ver": ver, "body": body}
        self.page = {
            "epoch": "e7",
            "cursor": f"c{seq}",
            "head": seq,
            "more": False,
            "reset": False,
            "revoked": [],
            "entries": [entry],
            "lease_s": 14400,
            "device": {"received_through": 0},
        }

    def take(self, request: httpx.Request) -> dict[str, Any]:
        events = json.loads(request.content)["events"]
        self.received += [event["id"] for event in events]
        self.page["device"] = {"received_through": events[-1]["seq"]}
        results = [{"id": event["id"], "status": "accepted", "key": "case:42", "ver": 3} for event in events]
        return {"received_through": events[-1]["seq"], "missing": [], "results": results}

    async def until_asked(self, path: str, times: int = 1) -> None:
        async with asyncio.timeout(FIVE_SECONDS):
            while self.asked.count(path) < times:
                self.news.clear()
                await self.news.wait()

    async def respond(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.asked.append(path)
        self.news.set()
        if path in self.hold:
            await self.hold[path].wait()
        answer = self.answers.get(path)
        if answer is None:
            return httpx.Response(404)
        said = answer(request)
        return said if isinstance(said, httpx.Response) else httpx.Response(200, json=said)


class Bundle:
    """A driver with everything around it."""

    def __init__(self, store: Store, wire: Wire) -> None:
        self.store = store
        self.session = Session(store, IdSource(SystemClock()), "https://duecall.test")
        agent = AgentInfo("agent-7", "wang", "Wang Fang", "agent", "east")
        self.session.opened(
            SessionAnswer("t0ken", datetime(2027, 1, 1, tzinfo=UTC), agent, self.session.device_id, "dep0sit", "e7")
        )
        self.replica = Replica(store, self.session.author)
        self.statuses: list[SyncStatus] = []
        self.logins = 0
        self.changed = asyncio.Event()
        client = ServerClient("https://duecall.test", transport=httpx.MockTransport(wire.respond))
        self.driver = SyncDriver(
            self.replica, client, self.session, on_status=self._note, on_login_needed=self._asked, random=lambda: 0.01
        )

    def _note(self, status: SyncStatus) -> None:
        assert status.unsent == self.replica.outbox.count_unsent()
        self.statuses.append(status)
        self.changed.set()

    def _asked(self) -> None:
        self.logins += 1

    async def until(self, state: str) -> None:
        async with asyncio.timeout(FIVE_SECONDS):
            while self.driver.status.state != state or self.driver.status.unsent:
                self.changed.clear()
                await self.changed.wait()


@pytest.fixture
def wire(feed: Feed) -> Wire:
    return Wire(feed)


@pytest.fixture
def bundle(store: Store, wire: Wire) -> Bundle:
    return Bundle(store, wire)


async def test_a_round_says_what_was_done(bundle: Bundle, wire: Wire) -> None:
    bundle.replica.outbox.append(NoteAdded("a"), "42")
    assert await bundle.driver.once() == {"pushed": 1, "pulled": 1, "revoked": 0, "unsent": 0, "head": 1}
    wire.page |= {"entries": [], "revoked": ["case:42"], "cursor": "c2", "head": 2}
    assert await bundle.driver.once() == {"pushed": 0, "pulled": 1, "revoked": 1, "unsent": 0, "head": 2}
    assert "/v1/stream" not in wire.asked


async def test_every_answer_proves_what_time_it_is(bundle: Bundle, wire: Wire) -> None:
    """Who else may call is over when the server says so; a clock that may be wrong does not decide it."""
    a_day = timedelta(days=1)
    assert bundle.replica.ahead() > 365 * a_day, "nothing has been heard"
    tomorrow = datetime.now(UTC) + a_day
    timed = {"Server-Time": format_instant(tomorrow)}
    wire.answers["/v1/changes"] = lambda _request: httpx.Response(200, json=wire.page, headers=timed)
    await bundle.driver.once()
    assert bundle.replica.memory.contact.said == whole_milliseconds(tomorrow)
    assert abs(bundle.replica.ahead()) < timedelta(minutes=1)
    assert abs(Replica(bundle.store, bundle.session.author).ahead()) < timedelta(minutes=1)


async def test_a_round_without_a_network_ends_and_says_so(bundle: Bundle, wire: Wire) -> None:
    def broken(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    wire.answers = dict.fromkeys(wire.answers, broken)
    bundle.replica.outbox.append(NoteAdded("a"), "42")
    done = await asyncio.wait_for(bundle.driver.once(), FIVE_SECONDS)
    assert (done["pushed"], done["unsent"]) == (0, 1)
    assert bundle.driver.outcome is not None
    assert bundle.driver.outcome.state == "offline"


async def test_a_push_does_not_wait_for_a_pull_that_hangs(bundle: Bundle, wire: Wire) -> None:
    wire.hold["/v1/changes"] = asyncio.Event()
    task = asyncio.get_running_loop().create_task(bundle.driver.run())
    await wire.until_asked("/v1/changes")
    async with asyncio.timeout(FIVE_SECONDS):
        fact = bundle.replica.outbox.append(NoteAdded("a"), "42")
        while bundle.replica.outbox.count_unsent():
            bundle.changed.clear()
            await bundle.changed.wait()
    assert wire.received == [fact.id]
    bundle.driver.stop()
    await asyncio.wait_for(task, FIVE_SECONDS)


async def test_the_next_facts_are_on_the_wire_before_the_answer_to_the_last_is_stored(
    bundle: Bundle, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire.answers["/v1/hello"] = lambda _request: HELLO | {"limits": {"max_events": 1}}
    seen: list[int] = []
    mark = bundle.replica.mark

    def looking(*arguments: Any) -> Any:
        seen.append(wire.asked.count("/v1/events"))
        return mark(*arguments)

    monkeypatch.setattr(bundle.replica, "mark", looking)
    task = asyncio.get_running_loop().create_task(bundle.driver.run())
    await bundle.until("synced")
    for text in "abc":
        bundle.replica.outbox.append(NoteAdded(text), "42")
    await bundle.until("synced")
    bundle.driver.stop()
    await asyncio.wait_for(task, FIVE_SECONDS)
    assert seen == [2, 3, 3]


async def test_stopping_in_the_middle_of_a_push_keeps_the_fact(bundle: Bundle, wire: Wire) -> None:
    wire.hold["/v1/events"] = asyncio.Event()
    bundle.replica.outbox.append(NoteAdded("a"), "42")
    task = asyncio.get_running_loop().create_task(bundle.driver.run())
    await wire.until_asked("/v1/events")
    bundle.driver.stop()
    await asyncio.wait_for(task, FIVE_SECONDS)
    assert bundle.replica.outbox.count_unsent() == 1
    assert bundle.driver.status.state == "stopped"
    wire.hold.clear()
    assert (await bundle.driver.once())["pushed"] == 1


async def test_cancelling_is_stopping(bundle: Bundle) -> None:
    task = asyncio.get_running_loop().create_task(bundle.driver.run())
    await bundle.until("synced")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await bundle.driver.once())["unsent"] == 0


async def test_running_twice_at_once_is_a_mistake(bundle: Bundle) -> None:
    task = asyncio.get_running_loop().create_task(bundle.driver.run())
    await bundle.until("synced")
    with pytest.raises(RuntimeError, match="already"):
        await bundle.driver.once()
    bundle.driver.stop()
    await task


async def test_a_full_disk_is_trouble_and_not_the_end(
    bundle: Bundle, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = True
    move = bundle.replica.memory.move

    def fail(position: Any) -> None:
        if full:
            raise DiskFull
        move(position)

    monkeypatch.setattr(bundle.replica.memory, "move", fail)
    task = asyncio.get_running_loop().create_task(bundle.driver.run())
    await bundle.until("trouble")
    assert bundle.replica.cases.ids() == frozenset()
    full = False
    await bundle.until("synced")
    assert bundle.replica.cases.ids() == {"42"}
    bundle.driver.stop()
    await task


async def test_a_defect_is_raised_and_not_waited_for(bundle: Bundle, wire: Wire) -> None:
    def defective(_request: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError

    wire.answers["/v1/changes"] = defective
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(bundle.driver.run(), FIVE_SECONDS)
    bundle.replica.outbox.append(NoteAdded("a"), "42")
    assert bundle.replica.outbox.count_unsent() == 1


async def test_a_session_the_server_does_not_know_is_forgotten_and_asked_for(bundle: Bundle, wire: Wire) -> None:
    wire.answers["/v1/changes"] = lambda _request: httpx.Response(401)
    await bundle.driver.once()
    assert bundle.logins == 1
    assert bundle.session.token is None
    assert bundle.session.deposit_key is not None
    bundle.replica.outbox.append(NoteAdded("a"), "42")
    assert (await bundle.driver.once())["pushed"] == 1


async def test_a_login_while_running_goes_on_at_once(bundle: Bundle, wire: Wire) -> None:
    wire.answers["/v1/changes"] = lambda _request: httpx.Response(401)
    task = asyncio.get_running_loop().create_task(bundle.driver.run())
    await bundle.until("login")
    wire.answers["/v1/changes"] = lambda _request: wire.page
    wire.answers["/v1/sessions"] = lambda _request: httpx.Response(
        201,
        json={
            "token": "next",
            "expires_at": "2027-01-01T00:00:00Z",
            "agent": {"id": "agent-7", "login": "wang", "name": "Wang Fang", "role": "agent", "team": "east"},
            "device_id": bundle.session.device_id,
        },
    )
    answer = await bundle.driver.login("wang", "secret")
    assert isinstance(answer, AgentInfo)
    await bundle.until("synced")
    bundle.driver.stop()
    await task


async def test_without_a_stream_the_feed_is_polled(bundle: Bundle, wire: Wire) -> None:
    task = asyncio.get_running_loop().create_task(bundle.driver.run())
    await bundle.until("synced")
    await wire.until_asked("/v1/stream", times=2)
    assert bundle.driver.status.state == "synced", "a missing stream is no trouble"
    bundle.driver.stop()
    await task


async def test_a_failed_login_is_a_value(bundle: Bundle, wire: Wire) -> None:
    problem = {"type": "urn:duecall:problem:wrong-credentials", "title": "Wrong", "status": 401}
    wire.answers["/v1/sessions"] = lambda _request: httpx.Response(401, json=problem)
    refused = await bundle.driver.login("wang", "wrong")
    assert isinstance(refused, Failure)
    assert refused.status == 401
    assert bundle.session.token is not None, "the session that was there is kept"
