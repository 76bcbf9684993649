"""Requests made up from the published contract, valid and invalid, against the real server on a socket.

Every check schemathesis has is on: statuses, media types, headers and bodies are those the contract names, no request ends
in a fault, what the contract calls invalid is refused, what it calls valid is not called malformed, and no endpoint forgets
to ask who is there. The examples are the same in every run.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from domain.wire import Role
from server.database.engine import Transaction
from server.http.routing import Endpoint
from server.people.sessions import open_session
from server.routes import ENDPOINTS
from tests.support.laptops import RunningClock, Served
from tests.support.server_world import World

EXAMPLES: Final = 6
"""How many requests of each kind an operation gets: with these all of it takes some 25 s of one core."""

MOST_REQUESTS: Final = 1_200
"""How many all operations get together: the whole stays under a minute of two cores. With more operations, fewer each."""

AS: Final[dict[Role, str]] = {"supervisor": "sue", "agent": "anna", "integration": "bank"}

BEYOND_SCHEMA: Final = {
    "GET /v1/sso": "there is no provider here; its own tests have one",
    "POST /v1/sso/device": "there is no provider here; its own tests have one",
    "POST /v1/sso/sessions": "there is no provider here; its own tests have one",
    "PUT /v1/policy": "unknown members are kept, but no numbers that are not whole",
    "PUT /v1/scripts": "a script's text has a grammar of its own, and unknown members are as in the policy",
    "PUT /v1/reassignments/{id}": "where the cases go must be said, and null says it",
    "GET /v1/cases": "where a page begins is the server's own word",
    "GET /v1/promises": "where a page begins is the server's own word",
    "GET /v1/promises/calendar": "how many days are shown is bounded",
    "GET /v1/promises/forecast": "how far ahead is bounded by today",
    "GET /v1/board": "how far back is bounded by today",
}
"""Operations whose rules a schema cannot say: there a valid-looking request may be refused as malformed."""

REFUSED_FOR_A_REASON: Final = ["2xx", "401", "403", "409", "412", "422", "426", "429"]
"""What a request that fits the schema may be answered: nobody has that case, that id, that password."""


def name_of(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


class Target:
    """The server and its description; ``requests`` counts what was made up, ``seconds`` how long that took."""

    def __init__(self, folder: Path) -> None:
        self.requests = 0
        self.seconds = 0.0
        self.world = World(folder, clock=RunningClock())
        self.world.populate()
        self.world.add_case("c1", "anna")
        self.world.add_case("c2", None)
        self.served = Served(self.world)
        self.address = f"http://127.0.0.1:{self.served.port}"
        config = schemathesis.Config.from_dict(
            {
                "generation": {"with-security-parameters": False},
                "checks": {
                    "positive_data_acceptance": {"expected-statuses": REFUSED_FOR_A_REASON},
                    "negative_data_rejection": {
                        "expected-statuses": [
                            "400",
                            "401",
                            "403",
                            "404",
                            "405",
                            "409",
                            "413",
                            "415",
                            "422",
                            "426",
                            "428",
                        ]
                    },
                },
                "operations": [
                    {"include-name": name, "checks": {"positive_data_acceptance": {"enabled": False}}}
                    for name in BEYOND_SCHEMA
                ],
            }
        )
        self.schema = schemathesis.openapi.from_url(f"{self.address}/openapi.json", config=config)

    def token(self, login: str) -> str:
        person = self.world.people[login]

        def work(transaction: Transaction) -> str:
            return open_session(transaction, person, f"{login}-desk", None, 3600, 3600).token

        token: str = self.world.write(work)
        return token


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    made = Target(tmp_path_factory.mktemp("contract"))
    yield made
    made.served.stop()
    made.world.services.database.close()


OPERATIONS: Final = [each for each in ENDPOINTS if each.stream is None and each.path != "/openapi.json"]


@pytest.mark.slow
@pytest.mark.parametrize("endpoint", OPERATIONS, ids=name_of)
def test_every_answer_is_the_contract_s(target: Target, endpoint: Endpoint) -> None:
    operation: Any = target.schema[endpoint.path][endpoint.method]
    login = next((AS[role] for role in AS if endpoint.roles and role in endpoint.roles), None)
    headers = {"Authorization": f"Bearer {target.token(login)}"} if login else {}
    made, began = 0, time.perf_counter()

    def check(case: Any) -> None:
        nonlocal made
        if mode == GenerationMode.POSITIVE:
            # no text of a body holds NUL: a rule a schema cannot state about members it does not name
            assume("\\u0000" not in json.dumps(case.body, default=str))
        made += 1
        if endpoint.path == "/v1/sessions/current":
            headers["Authorization"] = f"Bearer {target.token('anna')}"  # each request ends the session it shows
        case.call_and_validate(headers=headers)

    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        run = settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(given(case=operation.as_strategy(generation_mode=mode))(check))
        try:
            run()
        except Unsatisfiable:  # an address without parameters cannot be given a wrong one
            assert mode == GenerationMode.NEGATIVE
            assert not endpoint.parameters
            assert endpoint.takes is None
    target.requests += made
    target.seconds += time.perf_counter() - began
    assert made >= 1


@pytest.mark.slow
def test_run_is_bounded_and_tells_its_figure(target: Target, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\nschemathesis: {target.requests} requests in this process, {target.seconds:.0f} s\n")
    assert 2 * EXAMPLES * len(OPERATIONS) <= MOST_REQUESTS


def test_operations_beyond_the_schema_exist() -> None:
    assert set(BEYOND_SCHEMA) <= {name_of(endpoint) for endpoint in ENDPOINTS}


def test_every_check_is_on(target: Target) -> None:
    from schemathesis.checks import CHECKS

    names = set(CHECKS.get_all_names())
    assert {
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
        "positive_data_acceptance",
        "unsupported_method",
        "missing_required_header",
        "ignored_auth",
        "use_after_free",
        "ensure_resource_availability",
    } <= names
