"""``POST /v1/events``: hand facts over."""

from __future__ import annotations

from typing import Any

from domain.i18n import tr
from domain.wire import MAX_EVENTS, EventBatch, PushAnswer
from server.database.engine import Transaction
from server.facts.envelope import Malformed, open_envelopes
from server.facts.intake import Intake
from server.http.problem import FORBIDDEN, MALFORMED, TOO_LARGE, UNSUPPORTED_ENCODING, Refusal
from server.http.routing import Call, Endpoint, Reply, only


def take_events(call: Call) -> Reply:
    """Take custody of a batch; a batch that is malformed anywhere is refused whole, so that the client can split it."""
    body = call.json()
    events = _events(body)
    if body["device_id"] != call.caller.device_id:
        raise Refusal(FORBIDDEN, tr("The device is not the one this session or key belongs to."))
    try:
        batch = open_envelopes(events)
    except Malformed as problem:
        raise Refusal(MALFORMED, str(problem), extra={"index": problem.index}) from None
    epoch = call.services.identity.epoch

    def work(transaction: Transaction) -> PushAnswer:
        return Intake(transaction, call.caller, epoch).take(batch)

    answer = call.services.database.write(work)
    for result in answer.results:
        call.services.metrics.count_event(result.status)
    return Reply(answer)


def _events(body: Any) -> list[dict[str, Any]]:
    if not isinstance(body, dict) or not isinstance(body.get("device_id"), str):
        raise Refusal(MALFORMED, "The body is an object with a device_id and a list of events.")
    events = body.get("events")
    if not isinstance(events, list):
        raise Refusal(MALFORMED, "The body has no list of events.")
    if len(events) > MAX_EVENTS:
        raise Refusal(TOO_LARGE, f"A batch has at most {MAX_EVENTS} events.", extra={"max_events": MAX_EVENTS})
    return events


ENDPOINT = Endpoint(
    "POST",
    "/v1/events",
    "Hand facts over",
    only("agent", "supervisor", "integration"),
    take_events,
    deposit=True,
    takes=EventBatch,
    gives=PushAnswer,
    problems=(MALFORMED, TOO_LARGE, UNSUPPORTED_ENCODING),
)
