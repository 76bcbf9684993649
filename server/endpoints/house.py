"""``GET`` and ``PUT`` of ``/v1/policy`` and ``/v1/scripts``: the house's documents, edited by supervisors.

A document is answered with its entity tag; whoever writes it names the tag they edited (``If-Match``, RFC 9110 §13.1.1),
so that nobody's change is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from domain.canonical import canonical_bytes
from domain.codes import problems
from domain.gate import PackError, check_own, load_pack
from domain.i18n import tr
from domain.policy import Policy
from domain.scripts import check_texts
from domain.text import clean_line
from server.database.engine import Transaction
from server.documents import LONGEST_LEASE_S, POLICY, SCRIPTS, Document, Outdated, current, current_policy, replace
from server.http.problem import IF_MATCH_NEEDED, MALFORMED, OUTDATED, TOO_LARGE, UNPROCESSABLE, Refusal
from server.http.routing import Call, Endpoint, Parameter, Reply, convert, only

_MOST_PACKS: Final = 50
_SHORTEST_LEASE_S: Final = 60
LARGEST: Final = 1024 * 1024
_MOST_FINDINGS: Final = 100
_LONGEST_NOTE: Final = 500


@dataclass(frozen=True, slots=True)
class ScriptSet:
    """The call scripts, each as its own text."""

    texts: list[str]


Check = Callable[[Any, Call], None]


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
            raise Refusal(IF_MATCH_NEEDED, tr("Read the document and send its ETag as If-Match."))
        body = call.plain_json()
        if not isinstance(body, dict):
            raise Refusal(MALFORMED, "The document is an object.")
        try:
            canonical_bytes(body)
        except TypeError:
            raise Refusal(MALFORMED, "The document holds a number that is not whole.") from None
        check(body, call)
        note = clean_line(call.query.get("note", ""))[:_LONGEST_NOTE] or None

        def work(transaction: Transaction) -> Document:
            return replace(transaction, key, body, seen.strip(), call.caller.id, note)

        try:
            document = call.services.database.write(work)
        except Outdated:
            raise Refusal(OUTDATED, tr("Read the document again and make the change on the newest version.")) from None
        return Reply(document.body, headers={"ETag": document.etag})

    return put_document


def _check_policy(body: Any, call: Call) -> None:
    policy = convert(body, Policy)
    if not _SHORTEST_LEASE_S <= policy.lease_s <= LONGEST_LEASE_S:
        raise Refusal(
            UNPROCESSABLE,
            tr("lease_s is between {shortest} and {longest} seconds.").format(
                shortest=_SHORTEST_LEASE_S, longest=LONGEST_LEASE_S
            ),
        )
    names = [own.name for own in policy.rule_packs]
    if len(names) > _MOST_PACKS or len(set(names)) < len(names):
        raise Refusal(
            UNPROCESSABLE,
            tr("Every rule pack of the house has a name of its own, and there are at most {most}.").format(
                most=_MOST_PACKS
            ),
        )
    for own in policy.rule_packs:
        try:
            check_own(own)
        except PackError as fault:
            raise Refusal(UNPROCESSABLE, str(fault)) from None
    for rule in policy.packs:
        try:
            load_pack(rule.pack, policy.rule_packs)
        except PackError:
            raise Refusal(
                UNPROCESSABLE, tr("There is no usable rule pack {pack}.").format(pack=repr(rule.pack))
            ) from None
    if any(party not in ("first", "third", None) for party in (policy.party, *(rule.party for rule in policy.packs))):
        raise Refusal(UNPROCESSABLE, tr('party is "first" or "third".'))
    for problem in policy.queue.problems():
        raise Refusal(UNPROCESSABLE, problem)
    if policy.age_out is not None and (policy.age_out.days < 1 or policy.age_out.to not in ("pool", "even")):
        raise Refusal(UNPROCESSABLE, tr('age_out has at least one day and goes to "pool" or "even".'))
    _check_codes(policy, call)


def _check_scripts(body: Any, call: Call) -> None:
    texts = body.get("texts")
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise Refusal(MALFORMED, "texts is a list of scripts.")
    with call.services.database.reading() as transaction:
        known = current_policy(transaction).catalogue.ids
    faults = [
        {"script": place, "line": each.line, "code": each.code, "where": each.where, "text": each.text}
        for place, checked in enumerate(check_texts(texts, known), 1)
        for each in checked.findings
        if each.severity == "error"
    ]
    if faults:
        first = faults[0]
        detail = f"Script {first['script']} cannot be used: line {first['line']}: {first['text']}"
        raise Refusal(UNPROCESSABLE, detail, extra={"findings": faults[:_MOST_FINDINGS]})


def _check_codes(policy: Policy, call: Call) -> None:
    if policy.result_codes is None:
        return
    with call.services.database.reading() as transaction:
        before = current_policy(transaction).result_codes
    found = list(problems(policy.result_codes, before))
    if found:
        raise Refusal(
            UNPROCESSABLE,
            tr("The result codes cannot be used: {finding}").format(finding=found[0]),
            extra={"findings": found},
        )


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
            limit=LARGEST,
            parameters=(Parameter("note", "why, for whoever reads the versions"),),
            headers=(Parameter("If-Match", "the ETag of the version that was edited", required=True),),
            problems=(MALFORMED, TOO_LARGE, IF_MATCH_NEEDED, OUTDATED, UNPROCESSABLE),
        ),
    )


CHECKS: Final[dict[str, Check]] = {POLICY: _check_policy, SCRIPTS: _check_scripts}
"""What each document must fulfil before it is published."""

ENDPOINTS = (
    *_endpoints(POLICY, "policy", _check_policy, Policy),
    *_endpoints(SCRIPTS, "scripts", _check_scripts, ScriptSet),
)
