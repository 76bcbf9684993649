"""``PUT /v1/payments/{id}``: money that arrived, or came back."""

from __future__ import annotations

from domain.canonical import canonical_bytes, digest
from domain.i18n import tr
from domain.supervision import PaymentAnswer, PaymentRequest
from server.cases.paying import NoSuchCase, PaymentRefused, take_payment
from server.database.engine import Transaction
from server.deeds import Deed, Done, IdReused
from server.http.problem import BAD_PARAMETER, FORBIDDEN, ID_REUSED, MALFORMED, UNPROCESSABLE, Refusal
from server.http.routing import Call, Endpoint, Reply, encode, only


def put_payment(call: Call) -> Reply:
    """Book a payment or a reversal; the same request again is answered as the first time."""
    request = call.read(PaymentRequest)
    payment_id = call.id()
    deed = Deed("payment", payment_id, digest(canonical_bytes([call.caller.team, request])))

    def work(transaction: Transaction) -> bytes:
        done = deed.answer(transaction)
        if done is not None:
            return done.content
        answer = encode(take_payment(transaction, call.caller, payment_id, request))
        deed.remember(transaction, Done(200, answer))
        return answer

    try:
        return Reply(call.services.database.write(work))
    except NoSuchCase:
        raise Refusal(FORBIDDEN, tr("There is no such case, or it is not yours.")) from None
    except PaymentRefused as problem:
        raise Refusal(UNPROCESSABLE, str(problem)) from None
    except IdReused:
        raise Refusal(ID_REUSED, tr("This id belongs to another payment; make a new one.")) from None


ENDPOINT = Endpoint(
    "PUT",
    "/v1/payments/{id}",
    "Book a payment or a reversal",
    only("supervisor", "integration"),
    put_payment,
    takes=PaymentRequest,
    gives=PaymentAnswer,
    problems=(BAD_PARAMETER, MALFORMED, FORBIDDEN, ID_REUSED, UNPROCESSABLE),
)
