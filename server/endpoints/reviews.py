"""``GET /v1/reviews`` and ``PUT /v1/reviews/{fact}``: what waits for a supervisor, and the decision."""

from __future__ import annotations

from typing import Final

from domain.canonical import canonical_bytes, digest
from domain.supervision import ReviewDecided, ReviewDecision, ReviewPage
from server.cases.reviewing import CannotAccept, NothingToDecide, decide, list_reviews
from server.database.engine import Transaction
from server.deeds import Deed, Done, IdReused
from server.http.problem import BAD_PARAMETER, FORBIDDEN, ID_REUSED, MALFORMED, UNPROCESSABLE, Refusal
from server.http.routing import Call, Endpoint, Parameter, Reply, encode, only

_DEFAULT: Final = 200
_MOST: Final = 1000


def get_reviews(call: Call) -> Reply:
    """Answer what waits in the team, oldest first."""
    limit = call.integer("limit", _DEFAULT, 1, _MOST)
    with call.services.database.reading() as transaction:
        return Reply(list_reviews(transaction, call.caller.team, limit))


def put_review(call: Call) -> Reply:
    """Decide; the same decision again is answered as the first time."""
    fact = call.id("fact")
    decision = call.read(ReviewDecision)
    deed = Deed("review", fact, digest(canonical_bytes([call.caller.team, decision])))

    def work(transaction: Transaction) -> bytes:
        done = deed.answer(transaction)
        if done is not None:
            return done.content
        answer = encode(decide(transaction, call.caller, call.services.identity.epoch, fact, decision))
        deed.remember(transaction, Done(200, answer))
        return answer

    try:
        return Reply(call.services.database.write(work))
    except NothingToDecide:
        raise Refusal(FORBIDDEN, "There is nothing to decide here, or it is not yours.") from None
    except CannotAccept as problem:
        raise Refusal(UNPROCESSABLE, str(problem)) from None
    except IdReused:
        raise Refusal(ID_REUSED, "This has been decided otherwise already.") from None


ENDPOINTS = (
    Endpoint(
        "GET",
        "/v1/reviews",
        "What waits for a supervisor",
        only("supervisor"),
        get_reviews,
        gives=ReviewPage,
        parameters=(Parameter("limit", f"most reviews, 1 to {_MOST}", "integer"),),
        problems=(BAD_PARAMETER,),
    ),
    Endpoint(
        "PUT",
        "/v1/reviews/{fact}",
        "Decide on a review",
        only("supervisor"),
        put_review,
        takes=ReviewDecision,
        gives=ReviewDecided,
        problems=(BAD_PARAMETER, MALFORMED, FORBIDDEN, ID_REUSED, UNPROCESSABLE),
    ),
)
