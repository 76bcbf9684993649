"""Versions of ``/v1/policy`` and ``/v1/scripts``: listed, compared, checked, brought back; ``/v1/simulations``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from domain.i18n import mark, tr
from domain.policy import Policy
from domain.supervision import (
    DocumentCheck,
    DocumentDiff,
    Finding,
    Rollback,
    Simulation,
    SimulationRequest,
    VersionList,
)
from domain.text import clean_line
from server.database.engine import Transaction
from server.documents import POLICY, SCRIPTS, Document, Outdated, replace
from server.endpoints.house import CHECKS, LARGEST
from server.house import NoSuchVersion, body_of, compare, simulate, versions
from server.http.problem import (
    BAD_PARAMETER,
    FORBIDDEN,
    IF_MATCH_NEEDED,
    MALFORMED,
    OUTDATED,
    TOO_LARGE,
    UNPROCESSABLE,
    Refusal,
)
from server.http.routing import Call, Endpoint, Parameter, Reply, convert, only

_LARGEST_VERSION: Final = 999_999_999
_MOST_ROWS: Final = 2_000
_LONGEST_NOTE: Final = 500
_NOWHERE: Final = mark("There is no such version of this document.")


def _list(key: str) -> Callable[[Call], Reply]:
    def get_versions(call: Call) -> Reply:
        with call.services.database.reading() as transaction:
            return Reply(versions(transaction, key))

    return get_versions


def _one(key: str) -> Callable[[Call], Reply]:
    def get_version(call: Call) -> Reply:
        text = call.id("ver")
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise Refusal(FORBIDDEN, tr(_NOWHERE))
        with call.services.database.reading() as transaction:
            try:
                return Reply(body_of(transaction, key, int(text)))
            except NoSuchVersion:
                raise Refusal(FORBIDDEN, tr(_NOWHERE)) from None

    return get_version


def _diff(key: str) -> Callable[[Call], Reply]:
    def get_diff(call: Call) -> Reply:
        before = call.integer("from", 1, 1, _LARGEST_VERSION)
        after = call.integer("to", 1, 1, _LARGEST_VERSION)
        with call.services.database.reading() as transaction:
            try:
                return Reply(compare(transaction, key, before, after))
            except NoSuchVersion:
                raise Refusal(FORBIDDEN, tr(_NOWHERE)) from None

    return get_diff


def _check(key: str) -> Callable[[Call], Reply]:
    def put_check(call: Call) -> Reply:
        body = call.plain_json()
        if not isinstance(body, dict):
            raise Refusal(MALFORMED, "The document is an object.")
        try:
            CHECKS[key](body, call)
        except Refusal as refusal:
            return Reply(DocumentCheck(ok=False, findings=_findings(refusal)))
        return Reply(DocumentCheck(ok=True, findings=[]))

    return put_check


def _findings(refusal: Refusal) -> list[Finding]:
    listed = refusal.extra.get("findings", [])
    found = []
    for each in listed:
        if isinstance(each, dict):
            path = f"texts[{each['script'] - 1}]" if "script" in each else ""
            found.append(Finding(path, "error", str(each.get("text", "")), each.get("line")))
        else:
            found.append(Finding("", "error", str(each)))
    return found or [Finding("", "error", refusal.detail)]


def _rollback(key: str) -> Callable[[Call], Reply]:
    def put_rollback(call: Call) -> Reply:
        seen = call.headers.get("if-match")
        if seen is None:
            raise Refusal(IF_MATCH_NEEDED, tr("Read the document and send its ETag as If-Match."))
        wanted = call.read(Rollback)
        if not 1 <= wanted.ver <= _LARGEST_VERSION:
            raise Refusal(FORBIDDEN, tr(_NOWHERE))
        with call.services.database.reading() as transaction:
            try:
                body = msgspec.json.decode(body_of(transaction, key, wanted.ver))
            except NoSuchVersion:
                raise Refusal(FORBIDDEN, tr(_NOWHERE)) from None
        CHECKS[key](body, call)
        note = clean_line(wanted.note or "")[:_LONGEST_NOTE] or None

        def work(transaction: Transaction) -> Document:
            return replace(transaction, key, body, seen.strip(), call.caller.id, note, wanted.ver)

        try:
            document = call.services.database.write(work)
        except Outdated:
            raise Refusal(OUTDATED, tr("Read the document again and decide on the newest version.")) from None
        return Reply(document.body, headers={"ETag": document.etag})

    return put_rollback


def post_simulation(call: Call) -> Reply:
    """Say what a policy would change in today's queues; nothing is published."""
    request = call.read(SimulationRequest)
    CHECKS[POLICY](request.policy, call)
    policy = convert(request.policy, Policy)
    limit = max(1, min(request.limit, _MOST_ROWS))
    with call.services.database.reading() as transaction:
        simulated = simulate(transaction, call.caller.team, policy, request.agent, limit)
    if simulated is None:
        raise Refusal(FORBIDDEN, tr("There is no such agent, or they are not in your team."))
    return Reply(simulated)


def _endpoints(key: str) -> tuple[Endpoint, ...]:
    path, supervisor = f"/v1/{key}", only("supervisor")
    return (
        Endpoint("GET", f"{path}/versions", f"The versions of the {key}", supervisor, _list(key), gives=VersionList),
        Endpoint(
            "GET",
            f"{path}/versions/{{ver}}",
            f"The {key} as it was",
            supervisor,
            _one(key),
            gives=dict,
            problems=(BAD_PARAMETER, FORBIDDEN),
        ),
        Endpoint(
            "GET",
            f"{path}/diff",
            f"What differs between two versions of the {key}",
            supervisor,
            _diff(key),
            gives=DocumentDiff,
            parameters=(
                Parameter("from", "the earlier version; 1 where absent", "integer", least=1, most=_LARGEST_VERSION),
                Parameter("to", "the later version; 1 where absent", "integer", least=1, most=_LARGEST_VERSION),
            ),
            problems=(BAD_PARAMETER, FORBIDDEN),
        ),
        Endpoint(
            "PUT",
            f"{path}/check",
            f"Whether this could be published as the {key}",
            supervisor,
            _check(key),
            takes=dict,
            gives=DocumentCheck,
            limit=LARGEST,
            problems=(MALFORMED, TOO_LARGE),
        ),
        Endpoint(
            "PUT",
            f"{path}/rollback",
            f"Bring an earlier version of the {key} back",
            supervisor,
            _rollback(key),
            takes=Rollback,
            gives=dict,
            headers=(Parameter("If-Match", "the ETag of the newest version", required=True),),
            problems=(MALFORMED, FORBIDDEN, IF_MATCH_NEEDED, OUTDATED, UNPROCESSABLE),
        ),
    )


ENDPOINTS = (
    *_endpoints(POLICY),
    *_endpoints(SCRIPTS),
    Endpoint(
        "POST",
        "/v1/simulations",
        "What a policy would change in today's queues",
        only("supervisor"),
        post_simulation,
        takes=SimulationRequest,
        gives=Simulation,
        limit=LARGEST,
        problems=(MALFORMED, TOO_LARGE, FORBIDDEN, UNPROCESSABLE),
        lane="file",
    ),
)
