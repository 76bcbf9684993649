"""``POST /v1/sessions``: log in on a device."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from domain.i18n import tr
from domain.text import clean_line
from domain.wire import AgentInfo, LoginRequest, SessionAnswer
from server.database.engine import Transaction
from server.documents import current_policy
from server.http.problem import (
    DEVICE_REVOKED,
    DEVICE_TAKEN,
    MALFORMED,
    PASSWORD_CHANGE_NEEDED,
    TOO_LARGE,
    TOO_MANY_ATTEMPTS,
    UNSUPPORTED_ENCODING,
    WRONG_CREDENTIALS,
    Refusal,
)
from server.http.routing import EVERYBODY, Call, Endpoint, Reply, convert
from server.people.directory import Person, find_by_login, normal_login, store_password, stored_password
from server.people.passwords import LONGEST
from server.people.sessions import DeviceRevoked, DeviceTaken, OpenedSession, open_session
from server.people.throttle import begin_try, forgive, seconds_to_wait

LARGEST_BODY: Final = 16 * 1024
"""Most bytes of a request that carries a password."""
_LONGEST_WORD: Final = 100


def login(call: Call) -> Reply:
    """Check the password, open a session, and give a new device its deposit key."""
    request = _request(call.plain_json())
    services = call.services
    person, stored = authenticate(call, request.login, request.password)
    if person.must_change:
        raise Refusal(PASSWORD_CHANGE_NEEDED, "Choose a new password (PUT /v1/password), then log in with it.")
    renewed = services.passwords.hash(request.password) if services.passwords.is_outdated(stored) else None
    return open_for(call, person, request.device, request.device_name, renewed, needs_key=request.needs_deposit_key)


def open_for(
    call: Call, person: Person, device: str, device_name: str | None, renewed: str | None = None, *, needs_key: bool
) -> Reply:
    """Open a session for somebody who has shown who they are; ``renewed`` is a dearer hash of their password."""
    services = call.services

    def work(transaction: Transaction) -> OpenedSession:
        if renewed is not None:
            store_password(transaction, person.id, renewed)
        lease_s = current_policy(transaction).lease_s
        lasts_s = services.settings.session_s
        return open_session(transaction, person, device, device_name, lasts_s, lease_s, needs_key=needs_key)

    try:
        opened = services.database.write(work)
    except DeviceTaken:
        raise Refusal(DEVICE_TAKEN, "Use a profile of your own on this machine.") from None
    except DeviceRevoked:
        raise Refusal(DEVICE_REVOKED, "This machine was shut out. What it still holds can be handed over.") from None
    return Reply(
        SessionAnswer(
            token=opened.token,
            expires_at=opened.expires_at,
            agent=AgentInfo(person.id, person.login, person.name, person.role, person.team),
            device_id=device,
            deposit_key=opened.deposit_key,
            epoch=services.identity.epoch,
        ),
        status=201,
    )


def authenticate(call: Call, login: str, password: str) -> tuple[Person, str]:
    """Give the person whose login and password these are, and their stored hash.

    A login that does not exist takes as long as a wrong password and is answered with the same words. Raises
    :class:`Refusal` for both, and for too many of them.
    """
    services = call.services
    if len(login) > _LONGEST_WORD or len(password) > LONGEST:
        raise Refusal(WRONG_CREDENTIALS, "Check the login and the password and try again.")
    name = normal_login(login)
    with services.database.reading() as transaction:
        wait = seconds_to_wait(transaction, services.settings.throttle, name, call.address)
        person = find_by_login(transaction, name)
        stored = stored_password(transaction, person.id) if person is not None and person.active else None
    throttle = services.settings.throttle
    if wait == 0:
        wait = services.database.write(lambda transaction: begin_try(transaction, throttle, name, call.address))
    if wait:
        raise Refusal(
            TOO_MANY_ATTEMPTS,
            tr("Wait before you try again."),
            headers={"Retry-After": str(wait)},
            extra={"wait_s": wait},
        )
    right = services.passwords.check(stored, password)
    if not right or person is None or stored is None:
        raise Refusal(WRONG_CREDENTIALS, "Check the login and the password and try again.")
    services.database.write(lambda transaction: forgive(transaction, name, call.address))
    return person, stored


def _request(body: Any) -> LoginRequest:
    if isinstance(body, dict) and isinstance(body.get("device"), dict):
        device = body["device"]
        body = body | {"device": device.get("id"), "device_name": device.get("name")}
    request = convert(body, LoginRequest)
    return replace(request, device_name=checked_device(request.device, request.device_name))


def checked_device(device: str, name: str | None) -> str | None:
    """Give what people call a device, cleaned. Raises :class:`Refusal` for an id that is none."""
    if not 1 <= len(device) <= _LONGEST_WORD or not device.isprintable():
        raise Refusal(MALFORMED, f"The device's id has between 1 and {_LONGEST_WORD} printable characters.")
    return clean_line(name)[:_LONGEST_WORD] if name else None


ENDPOINT = Endpoint(
    "POST",
    "/v1/sessions",
    "Log in on a device",
    EVERYBODY,
    login,
    takes=LoginRequest,
    limit=LARGEST_BODY,
    gives=SessionAnswer,
    status=201,
    problems=(
        MALFORMED,
        TOO_LARGE,
        UNSUPPORTED_ENCODING,
        WRONG_CREDENTIALS,
        DEVICE_REVOKED,
        DEVICE_TAKEN,
        PASSWORD_CHANGE_NEEDED,
        TOO_MANY_ATTEMPTS,
    ),
    lane="password",
)
