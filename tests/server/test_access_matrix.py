"""Everybody against everything: ended credentials, other teams' people and other agents, on every route there is.

The cells are made from the route table. A new endpoint that names things in its address or body fails here until a line
below says how somebody else's is named; what it may answer is the same everywhere: exactly what it answers for a thing that
does not exist.
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from typing import Any, Final

import pytest
from sqlalchemy import Update, delete, update

from server.database.engine import Transaction
from server.database.schema import DEVICE, SESSION, USER
from server.http.routing import Endpoint
from server.people.sessions import hashed
from server.routes import ENDPOINTS
from tests.support.server_world import PASSWORD, Machine, World

CASE: Final = "case-of-the-main-team"
CUSTOMER: Final = f"Customer {CASE}"
PAID: Final = {"amount": 1, "currency": "CNY", "day": "2026-11-23"}


@dataclass(frozen=True)
class Reach:
    """How a request names a thing: ``@`` stands for its id, in the address or in the body.

    ``thing`` is what it names; ``made_up`` says that the id in the address is whoever asks's own. ``nothing`` is why a
    request names no thing that belongs to anybody.
    """

    thing: str
    body: Any = None
    query: str = ""
    made_up: bool = False
    if_match: str | None = None
    nothing: str = ""


REACH: Final[dict[str, Reach]] = {
    "POST /v1/sessions": Reach("", nothing="names nobody but whoever logs in; the throttle's tests are about that"),
    "POST /v1/sso/sessions": Reach("", nothing="names nobody but whoever the provider vouches for"),
    "PUT /v1/password": Reach("", nothing="names nobody but whoever's password it is"),
    "POST /v1/events": Reach("case", {"device_id": "%device", "events": ["%event"]}),
    "GET /v1/changes": Reach("cursor", query="cursor=@"),
    "GET /v1/cases/{id}/history": Reach("case"),
    "GET /v1/cases": Reach("agent", query="owner=@"),
    "PUT /v1/reassignments/{id}": Reach("case", {"cases": ["@"], "to": None}, made_up=True),
    "PUT /v1/imports/{id}": Reach(
        "", nothing="the id is made up by whoever asks; the file's tests are about its cases"
    ),
    "PUT /v1/payments/{id}": Reach("case", {"case": "@", **PAID}, made_up=True),
    "PUT /v1/policy": Reach("", nothing="the house has one policy, for every team"),
    "PUT /v1/scripts": Reach("", nothing="the house has one set of scripts, for every team"),
    "GET /v1/board": Reach("", nothing="takes an instant"),
    "GET /v1/reviews": Reach("agent", query="owner=@"),
    "PUT /v1/reviews/{fact}/undo": Reach("fact", {}),
    "GET /v1/stops": Reach("fact", query="after=@"),
    "PUT /v1/stops/{fact}": Reach("stop", {"reason": "she asked to be called again"}),
    "PUT /v1/stops/{fact}/undo": Reach("stop", {}),
    "PUT /v1/reviews/{fact}": Reach("fact", {"approved": True}),
    "GET /v1/audit": Reach("case", query="subject=@"),
    "GET /v1/audit/export": Reach("case", query="subject=@"),
    "DELETE /v1/devices/{id}": Reach("device"),
    "GET /v1/cases/{id}": Reach("case"),
    "GET /v1/agents/{id}/queue": Reach("agent"),
    "PUT /v1/agents/{id}": Reach("agent", {"capacity": 5}, if_match="*"),
    "GET /v1/reassignments": Reach("reassignment", query="before=@"),
    "GET /v1/reassignments/{id}": Reach("reassignment"),
    "PUT /v1/reassignments/{id}/undo": Reach("reassignment", {}),
    "PUT /v1/absences/{id}": Reach("agent", {"agent": "@", "since": "2026-11-24"}, made_up=True),
    "PUT /v1/absences/{id}/end": Reach("absence", {}),
    "PUT /v1/holds/{id}": Reach("case", {"cases": ["@"], "until": "2026-12-24"}, made_up=True),
    "PUT /v1/holds/{id}/undo": Reach("hold", {}),
    "GET /v1/policy/versions/{ver}": Reach("", nothing="the house has one policy, for every team"),
    "GET /v1/policy/diff": Reach("", nothing="the house has one policy, for every team"),
    "PUT /v1/policy/check": Reach("", nothing="the house has one policy, for every team"),
    "PUT /v1/policy/rollback": Reach("", nothing="the house has one policy, for every team"),
    "GET /v1/scripts/versions/{ver}": Reach("", nothing="the house has one set of scripts, for every team"),
    "GET /v1/scripts/diff": Reach("", nothing="the house has one set of scripts, for every team"),
    "PUT /v1/scripts/check": Reach("", nothing="the house has one set of scripts, for every team"),
    "PUT /v1/scripts/rollback": Reach("", nothing="the house has one set of scripts, for every team"),
    "POST /v1/simulations": Reach("agent", {"policy": {}, "agent": "@"}),
    "GET /v1/imports": Reach("import", query="before=@"),
    "GET /v1/imports/{id}": Reach("import"),
    "PUT /v1/imports/{id}/undo": Reach("import", {}),
    "PUT /v1/import-profiles/{name}": Reach("", nothing="a name is each team's own", body={}, if_match="*"),
    "GET /v1/promises": Reach("agent", query="since=2026-11-01&agent=@"),
    "GET /v1/promises/calendar": Reach("agent", query="since=2026-11-01&agent=@"),
    "GET /v1/promises/forecast": Reach("", nothing="takes days"),
    "PUT /v1/judgements/{day}": Reach("", nothing="names a day; what is judged is the team's own"),
    "GET /v1/reports/{name}": Reach("", nothing="a report is a kind of table; whose it is depends on who asks"),
    "PUT /v1/notices/{id}": Reach("agent", {"text": "A team meeting at noon.", "to": ["@"]}, made_up=True),
    "DELETE /v1/notices/{id}": Reach("notice"),
    "PUT /v1/devices/current/report": Reach("", nothing="tells of the machine whose session it is"),
}


def name_of(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


def names_things(endpoint: Endpoint) -> bool:
    return "{" in endpoint.path or endpoint.takes is not None or bool(endpoint.parameters)


CLOSED: Final = [endpoint for endpoint in ENDPOINTS if endpoint.roles is not None]
NAMING: Final = [endpoint for endpoint in ENDPOINTS if names_things(endpoint)]


def test_every_endpoint_that_names_things_says_how() -> None:
    assert {name_of(endpoint) for endpoint in NAMING} <= set(REACH), "say how somebody else's thing is named"
    assert set(REACH) <= {name_of(endpoint) for endpoint in NAMING}, "the endpoint is gone"


async def ask(world: World, endpoint: Endpoint, token: str | None, thing: str = "x", number: int = 0) -> Any:
    """Make the request an endpoint's line describes, about one thing."""
    reach = REACH.get(name_of(endpoint), Reach("", nothing="names nothing"))
    path = re.sub(r"\{\w+\}", f"made-up-{number}" if reach.made_up else thing, endpoint.path)
    body = None if reach.body is None else json.loads(json.dumps(reach.body).replace('"@"', json.dumps(thing)))
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    if reach.if_match is not None:
        headers["If-Match"] = reach.if_match
    url = path + (f"?{reach.query.replace('@', thing)}" if reach.query else "")
    return await world.client.request(endpoint.method, url, json=body, headers=headers)


def carry_out(transaction: Transaction, statement: Update) -> None:
    transaction.connection.execute(statement)


# --- credentials that are good no longer -----------------------------------------------------------------------------


async def ended(world: World, login: str) -> dict[str, str]:
    """Give tokens of one person that were good once, by what ended them."""
    names = ("expired", "logged out", "of a machine that was shut out", "of a closed account")
    tokens = {name: (await world.login(login, f"{login}-{name.split()[-1]}")).token for name in names}

    def work(transaction: Any) -> None:
        by_hash = SESSION.c.token_hash
        end = update(SESSION).where(by_hash == hashed(tokens["expired"])).values(expires_ms=transaction.now_ms)
        transaction.connection.execute(end)
        transaction.connection.execute(delete(SESSION).where(by_hash == hashed(tokens["logged out"])))
        shut = update(DEVICE).where(DEVICE.c.id == f"{login}-out").values(revoked_ms=transaction.now_ms)
        transaction.connection.execute(shut)

    world.write(work)
    return tokens


@pytest.mark.parametrize("endpoint", CLOSED, ids=name_of)
async def test_what_has_ended_opens_nothing(world: World, endpoint: Endpoint) -> None:
    world.add_case(CASE, "anna")
    roles = {"agent": "anna", "supervisor": "sue", "integration": "bank"}
    for role, login in roles.items():
        tokens = await ended(world, login)
        closed = tokens.pop("of a closed account")
        for what, token in tokens.items():
            response = await ask(world, endpoint, token)
            assert response.status_code == 401, (role, what)
            wanted = "device-revoked" if "shut out" in what else "unauthenticated"
            assert response.json()["type"].endswith(wanted), (role, what)
        close = update(USER).where(USER.c.login == login).values(active=0)
        world.write(functools.partial(carry_out, statement=close))
        assert (await ask(world, endpoint, closed)).status_code == 401, role


@pytest.mark.parametrize("endpoint", CLOSED, ids=name_of)
async def test_deposit_key_opens_one_door(world: World, endpoint: Endpoint) -> None:
    world.add_case(CASE, "anna")
    for login in ("anna", "sue", "bank"):
        machine = await world.login(login, f"{login}-new")
        response = await ask(world, endpoint, machine.deposit_key)
        if name_of(endpoint) == "POST /v1/events":
            assert response.status_code in (400, 403), "it is let in, and told that its batch is none"
            assert response.json()["detail"] != "A deposit key only hands facts over; log in for everything else."
        else:
            assert response.status_code == 403
            assert response.json()["detail"] == "A deposit key only hands facts over; log in for everything else."


# --- things of others ------------------------------------------------------------------------------------------------


async def things(world: World) -> dict[str, str]:
    """Give the ids of things of the main team."""
    world.add_case(CASE, "anna")
    anna = await world.login("anna")
    dispute = anna.event(CASE, "dispute.raised", {"code": "amount"})
    cease = anna.event(CASE, "consent.withdrawn", {})
    assert [each["status"] for each in await anna.results(dispute, cease)] == ["accepted", "accepted"]
    cursor = (await anna.page())["cursor"]
    sue = await world.login("sue")
    made = {
        "reassignments/r0": {"cases": [CASE], "to": "anna"},
        "absences/a0": {"agent": "ben", "since": "2026-11-24"},
        "holds/h0": {"cases": [CASE], "until": "2026-12-24"},
        "notices/n0": {"text": "Call before noon."},
    }
    for address, body in made.items():
        assert (await sue.put(f"/v1/{address}", body)).status_code == 200
    ledger = b"Customer,Invoice,Due Date,Amount,Currency\nZoe,INV-1,2026-10-01,10.00,CNY\n"
    address = "/v1/imports/i0?filename=ledger.csv&as_of=2026-11-20"
    assert (await world.client.put(address, content=ledger, headers=sue.headers)).status_code == 200
    return {
        "import": "i0",
        "case": CASE,
        "agent": world.people["anna"].id,
        "device": anna.device,
        "fact": dispute["id"],
        "stop": cease["id"],
        "cursor": cursor,
        "reassignment": "r0",
        "absence": "a0",
        "hold": "h0",
        "notice": "n0",
    }


async def strangers(world: World) -> list[Machine]:
    """Give people who have nothing to do with those: the other team's, and another agent of the same team."""
    return [await world.login(login) for login in ("tom", "zoe", "ben")]


def comparable(response: Any) -> Any:
    """Give what of an answer may tell something."""
    if not response.content:
        return response.status_code, None
    if "json" not in response.headers["content-type"]:
        return response.status_code, response.text
    body = response.json()
    for volatile in ("cursor", "received_through", "id"):
        body.pop(volatile, None) if isinstance(body, dict) else None
    return response.status_code, body


@pytest.mark.parametrize("endpoint", [each for each in CLOSED if each in NAMING], ids=name_of)
async def test_somebody_else_s_thing_answers_like_one_that_does_not_exist(world: World, endpoint: Endpoint) -> None:
    theirs = await things(world)
    reach = REACH[name_of(endpoint)]
    if reach.nothing:
        return
    asked = 0
    for stranger in await strangers(world):
        role = world.people[stranger.device.removesuffix("-laptop")].role
        if endpoint.roles is None or role not in endpoint.roles:
            continue
        asked += 1
        if name_of(endpoint) == "POST /v1/events":
            answers = [(await stranger.push(stranger.event(each, "note.added"))).json() for each in (CASE, "no-such")]
            results = [{**each["results"][0], "id": None} for each in answers]
            assert results[0] == results[1]
            assert results[0]["status"] == "quarantined"
            continue
        real = await ask(world, endpoint, stranger.token, theirs[reach.thing], 1)
        invented = await ask(world, endpoint, stranger.token, "no-such-thing", 2)
        assert comparable(real) == comparable(invented), stranger.device
        assert CUSTOMER not in real.text
    assert asked >= 1, "nobody was asked"


@pytest.mark.parametrize(
    "endpoint", [each for each in CLOSED if each.method == "GET" and each.stream is None], ids=name_of
)
async def test_nothing_of_another_team_is_ever_shown(world: World, endpoint: Endpoint) -> None:
    theirs = await things(world)
    sue = await world.login("sue")
    await world.reassign(sue, "r1", cases=[CASE], to=None)
    for login in ("tom", "zoe"):
        stranger = await world.login(login)
        response = await world.client.request("GET", endpoint.path.replace("{id}", CASE), headers=stranger.headers)
        for told in (CUSTOMER, theirs["agent"], theirs["device"], theirs["fact"], world.people["sue"].id):
            assert told not in response.text
        if response.status_code == 200:
            assert CASE not in response.text


async def test_pool_is_the_team_s(world: World) -> None:
    world.add_case(CASE, None)
    zoe = await world.login("zoe")
    assert (await world.client.post("/v1/cases/next", headers=zoe.headers)).status_code == 204


async def test_hints_are_about_the_own_feed_alone(world: World) -> None:
    """A stream's first hint is where the feed stands; another team's supervisor sees none of it move."""
    hub = world.services.hub
    before = (await hub.listen("east", is_team=True)).hints.get_nowait()
    world.add_case(CASE, "anna")
    after = (await hub.listen("east", is_team=True)).hints.get_nowait()
    assert before == after
    own = (await hub.listen("main", is_team=True)).hints.get_nowait()
    assert own is not None
    assert after is not None
    assert own.head != after.head


async def test_same_answer_whoever_guesses_a_login(world: World) -> None:
    """Neither the words nor the status tell whether a login exists, is closed, or needs a new password."""
    world.write(lambda t: t.connection.execute(update(USER).where(USER.c.login == "ben").values(active=0)))
    world.write(lambda t: t.connection.execute(update(USER).where(USER.c.login == "zoe").values(must_change=1)))
    said = set()
    for login, password in (("anna", "wrong one"), ("nobody", "wrong one"), ("ben", PASSWORD), ("zoe", "wrong one")):
        body = {"login": login, "password": password, "device": f"{login}-x"}
        response = await world.client.post("/v1/sessions", json=body)
        said.add((response.status_code, response.text))
    assert len(said) == 1
