"""``GET`` and ``PUT`` of ``/v1/policy`` and ``/v1/scripts``: the house's documents, edited by supervisors.

A document is answered with its entity tag; whoever writes it names the tag they edited (``If-Match``, RFC 9110 §13.1.1),
so that nobody's change is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from domain.canonical import canonical_bytes
from domain.gate import PackError, load_pack
from domain.policy import Policy
from domain.scripts import ScriptError, parse_script
from server.database.engine import Transaction
from server.documents import LONGEST_LEASE_S, POLICY, SCRIPTS, Document, Outdated, current, replace
from server.http.problem import IF_MATCH_NEEDED, MALFORMED, OUTDATED, TOO_LARGE, UNPROCESSABLE, Refusal
from server.http.routing import Call, Endpoint, Parameter, Reply, convert, only

_SHORTEST_LEASE_S: Final = 60
_LARGEST: Final = 1024 * 1024

Check = Callable[[Any], None]


def _get(key: str) -> Callable[[Call], Reply]:
    def get_document(call: Call) -> Reply:
        with call.services.database.reading() as transaction:
            document = current(transaction, key)
        return Reply(document.body, headers={"ETag": document.etag})

    return get_document


def _put(key: str, check: Check) -> Callable[[Call], Reply]:
    def put_document(call: Call) -> Reply:
        seen = call.headers.get("if-match")
        if seen is None:
            raise Refusal(IF_MATCH_NEEDED, "Read the document and send its ETag as If-Match.")
        body = call.plain_json()
        if not isinstance(body, dict):
            raise Refusal(MALFORMED, "The document is an object.")
        try:
            canonical_bytes(body)
        except TypeError:
            raise Refusal(MALFORMED, "The document holds a number that is not whole.") from None
        check(body)

        def work(transaction: Transaction) -> Document:
            return replace(transaction, key, body, seen.strip(), call.caller.id)

        try:
            document = call.services.database.write(work)
        except Outdated:
            raise Refusal(OUTDATED, "Read the document again and make the change on the newest version.") from None
        return Reply(document.body, headers={"ETag": document.etag})

    return put_document


def _check_policy(body: Any) -> None:
    policy = convert(body, Policy)
    if not _SHORTEST_LEASE_S <= policy.lease_s <= LONGEST_LEASE_S:
        raise Refusal(UNPROCESSABLE, f"lease_s is between {_SHORTEST_LEASE_S} and {LONGEST_LEASE_S} seconds.")
    for rule in policy.packs:
        try:
            load_pack(rule.pack)
        except PackError:
            raise Refusal(UNPROCESSABLE, f"There is no usable rule pack {rule.pack!r}.") from None


def _check_scripts(body: Any) -> None:
    texts = body.get("texts")
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise Refusal(MALFORMED, "texts is a list of scripts.")
    names = []
    for place, text in enumerate(texts, 1):
        try:
            names.append(parse_script(text).id)
        except (ScriptError, TypeError, AttributeError) as problem:
            reason = str(problem) if isinstance(problem, ScriptError) else "a value is of the wrong kind"
            raise Refusal(UNPROCESSABLE, f"Script {place} cannot be used: {reason}.") from None
    if len(set(names)) != len(names):
        raise Refusal(UNPROCESSABLE, "Two scripts have the same id.")


def _endpoints(key: str, what: str, check: Check, shape: type) -> tuple[Endpoint, Endpoint]:
    path = f"/v1/{key}"
    return (
        Endpoint("GET", path, f"Read the {what}", only("supervisor"), _get(key), gives=shape),
        Endpoint(
            "PUT",
            path,
            f"Change the {what}",
            only("supervisor"),
            _put(key, check),
            takes=shape,
            gives=shape,
            limit=_LARGEST,
            headers=(Parameter("If-Match", "the ETag of the version that was edited"),),
            problems=(MALFORMED, TOO_LARGE, IF_MATCH_NEEDED, OUTDATED, UNPROCESSABLE),
        ),
    )


ENDPOINTS = (
    *_endpoints(POLICY, "policy", _check_policy, Policy),
    *_endpoints(SCRIPTS, "scripts", _check_scripts, dict),
)
