"""``/v1/reviews`` and ``/v1/stops``: what waits for a supervisor, the decision, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from domain.canonical import canonical_bytes, digest
from domain.i18n import tr
from domain.supervision import ReviewDecided, ReviewDecision, ReviewPage, StopLift, StopPage, UndoRequest
from server.database.engine import Transaction
from server.deeds import Deed, Done, IdReused
from server.http.problem import BAD_PARAMETER, FORBIDDEN, ID_REUSED, MALFORMED, UNPROCESSABLE, Refusal
from server.http.routing import Call, Endpoint, Parameter, Reply, encode, only
from server.reviews.changing import CannotDecide
from server.reviews.deciding import REVIEW, NothingToDecide, decide, lift_stop, take_back
from server.reviews.stops import list_stops
from server.reviews.waiting import list_reviews

_DEFAULT: Final = 200
_MOST: Final = 1000


def get_reviews(call: Call) -> Reply:
    """Answer what waits in the team, oldest first."""
    limit = call.integer("limit", _DEFAULT, 1, _MOST)
    with call.services.database.reading() as transaction:
        page = list_reviews(
            transaction,
            call.caller.team,
            limit,
            call.query.get("kind") or None,
            call.query.get("owner") or None,
            call.query.get("after") or None,
        )
    return Reply(page)


def put_review(call: Call) -> Reply:
    """Decide; the same decision again is answered as the first time."""
    fact = call.id("fact")
    decision = call.read(ReviewDecision)
    return _once(
        call,
        Deed(REVIEW, fact, digest(canonical_bytes([call.caller.team, decision]))),
        lambda transaction: decide(transaction, call.caller, call.services.identity.epoch, fact, decision),
    )


def put_stop(call: Call) -> Reply:
    """Lift a stop flag; the same again is answered as the first time."""
    fact = call.id("fact")
    lift = call.read(StopLift)
    return _once(
        call,
        Deed(REVIEW, fact, digest(canonical_bytes([call.caller.team, "stop", lift]))),
        lambda transaction: lift_stop(transaction, call.caller, fact, lift.reason),
    )


def undo_decision(call: Call) -> Reply:
    """Take a decision back."""
    fact = call.id("fact")
    call.read(UndoRequest)
    return _decided(
        lambda: Reply(call.services.database.write(lambda transaction: take_back(transaction, call.caller, fact)))
    )


def get_stops(call: Call) -> Reply:
    """Answer the stop flags that stand."""
    limit = call.integer("limit", _DEFAULT, 1, _MOST)
    kind, after = call.query.get("kind") or None, call.query.get("after") or None
    with call.services.database.reading() as transaction:
        return Reply(list_stops(transaction, call.caller.team, limit, kind, after))


def _once(call: Call, deed: Deed, work: Callable[[Transaction], ReviewDecided]) -> Reply:
    def carry_out(transaction: Transaction) -> bytes:
        done = deed.answer(transaction)
        if done is not None:
            return done.content
        answer = encode(work(transaction))
        deed.remember(transaction, Done(200, answer))
        return answer

    return _decided(lambda: Reply(call.services.database.write(carry_out)))


def _decided(work: Callable[[], Reply]) -> Reply:
    try:
        return work()
    except NothingToDecide:
        raise Refusal(FORBIDDEN, tr("There is nothing to decide here, or it is not yours.")) from None
    except CannotDecide as problem:
        raise Refusal(UNPROCESSABLE, str(problem)) from None
    except IdReused:
        raise Refusal(ID_REUSED, tr("This has been decided otherwise already.")) from None


_DECIDING: Final = (BAD_PARAMETER, MALFORMED, FORBIDDEN, ID_REUSED, UNPROCESSABLE)
_SUPERVISOR: Final = only("supervisor")
_PAGE: Final = (
    Parameter("after", "the last page's next; absent for the beginning"),
    Parameter("limit", "most items", "integer", least=1, most=_MOST),
)

ENDPOINTS = (
    Endpoint(
        "GET",
        "/v1/reviews",
        "What waits for a supervisor",
        _SUPERVISOR,
        get_reviews,
        gives=ReviewPage,
        parameters=(
            Parameter("kind", "the part of the kind before the colon, such as approval or dispute"),
            Parameter("owner", "an agent's login or id"),
            *_PAGE,
        ),
        problems=(BAD_PARAMETER,),
    ),
    Endpoint(
        "PUT",
        "/v1/reviews/{fact}",
        "Decide on a review",
        _SUPERVISOR,
        put_review,
        takes=ReviewDecision,
        gives=ReviewDecided,
        problems=_DECIDING,
    ),
    Endpoint(
        "PUT",
        "/v1/reviews/{fact}/undo",
        "Take a decision back",
        _SUPERVISOR,
        undo_decision,
        takes=UndoRequest,
        gives=ReviewDecided,
        problems=_DECIDING,
    ),
    Endpoint(
        "GET",
        "/v1/stops",
        "The stop flags that stand",
        _SUPERVISOR,
        get_stops,
        gives=StopPage,
        parameters=(Parameter("kind", "such as cease or deceased"), *_PAGE),
        problems=(BAD_PARAMETER,),
    ),
    Endpoint(
        "PUT",
        "/v1/stops/{fact}",
        "Lift a stop flag for a reason",
        _SUPERVISOR,
        put_stop,
        takes=StopLift,
        gives=ReviewDecided,
        problems=_DECIDING,
    ),
    Endpoint(
        "PUT",
        "/v1/stops/{fact}/undo",
        "Let a lifted stop flag stand again",
        _SUPERVISOR,
        undo_decision,
        takes=UndoRequest,
        gives=ReviewDecided,
        problems=_DECIDING,
    ),
)
