"""``/v1/notices``: what supervisors tell their agents."""

from __future__ import annotations

from datetime import datetime

from domain.canonical import canonical_bytes, digest
from domain.clock import parse_instant
from domain.notices import LASTS, LASTS_AT_MOST, LONGEST_TEXT
from domain.supervision import NoticeLine, NoticeList, NoticeRequest
from domain.text import clean
from server.database.engine import Transaction
from server.deeds import Deed, Done, IdReused
from server.http.problem import BAD_PARAMETER, FORBIDDEN, ID_REUSED, MALFORMED, UNPROCESSABLE, Refusal
from server.http.routing import Call, Endpoint, Reply, encode, only
from server.notices import NoSuchNotice, send_message, standing, withdraw
from server.people.directory import Person, people


def put_notice(call: Call) -> Reply:
    """Send a notice; the same request again is answered as the first time and sends nothing."""
    request, notice_id = call.read(NoticeRequest), call.id()
    text = clean(request.text, multiline=True).strip()
    if not 1 <= len(text) <= LONGEST_TEXT:
        raise Refusal(UNPROCESSABLE, f"A notice has between 1 and {LONGEST_TEXT} characters.")
    deed = Deed("notice", notice_id, digest(canonical_bytes([call.caller.team, request])))

    def work(transaction: Transaction) -> bytes:
        done = deed.answer(transaction)
        if done is not None:
            return done.content
        agents = _recipients(transaction, call.caller.team, request.to)
        expires = _expiry(transaction.now, request.expires_at)
        answer = encode(send_message(transaction, call.caller, notice_id, text, agents, expires))
        deed.remember(transaction, Done(200, answer))
        return answer

    try:
        return Reply(call.services.database.write(work))
    except IdReused:
        raise Refusal(ID_REUSED, "This id belongs to another notice; make a new one.") from None


def _recipients(transaction: Transaction, team: str, wanted: list[str] | None) -> list[Person]:
    agents = [person for person in people(transaction, team, "agent") if person.active]
    if wanted is None:
        return agents
    known = {name: person for person in agents for name in (person.id, person.login)}
    if not wanted or any(name not in known for name in wanted):
        raise Refusal(FORBIDDEN, "There is no such agent, or they are not in your team.")
    return sorted({known[name] for name in wanted}, key=lambda person: person.id)


def _expiry(now: datetime, asked: str | None) -> datetime:
    if asked is None:
        return now + LASTS
    try:
        expires = parse_instant(asked)
    except (ValueError, OverflowError):
        raise Refusal(UNPROCESSABLE, "expires_at is an instant like 2026-11-24T00:00:00Z.") from None
    if not now < expires <= now + LASTS_AT_MOST:
        raise Refusal(UNPROCESSABLE, f"A notice expires within {LASTS_AT_MOST.days} days from now.")
    return expires


def get_notices(call: Call) -> Reply:
    """Answer the notices of the team that stand."""
    with call.services.database.reading() as transaction:
        return Reply(NoticeList(standing(transaction, call.caller.team)))


def delete_notice(call: Call) -> Reply:
    """Withdraw a notice."""
    notice_id = call.id()
    try:
        call.services.database.write(lambda transaction: withdraw(transaction, call.caller, notice_id))
    except NoSuchNotice:
        raise Refusal(FORBIDDEN, "There is no such notice, or it is not your team's.") from None
    return Reply(None, status=204)


ENDPOINTS = (
    Endpoint("GET", "/v1/notices", "The notices that stand", only("supervisor"), get_notices, gives=NoticeList),
    Endpoint(
        "PUT",
        "/v1/notices/{id}",
        "Tell agents something",
        only("supervisor"),
        put_notice,
        takes=NoticeRequest,
        gives=NoticeLine,
        problems=(BAD_PARAMETER, MALFORMED, FORBIDDEN, ID_REUSED, UNPROCESSABLE),
    ),
    Endpoint(
        "DELETE",
        "/v1/notices/{id}",
        "Withdraw a notice",
        only("supervisor"),
        delete_notice,
        status=204,
        problems=(BAD_PARAMETER, FORBIDDEN),
    ),
)
