"""``PUT /v1/password``: replace one's own password."""

from __future__ import annotations

from domain.i18n import tr
from domain.wire import PasswordChange
from server.database.engine import Transaction
from server.endpoints.login import LARGEST_BODY, authenticate
from server.http.problem import (
    MALFORMED,
    TOO_LARGE,
    TOO_MANY_ATTEMPTS,
    UNPROCESSABLE,
    UNSUPPORTED_ENCODING,
    WRONG_CREDENTIALS,
    Refusal,
)
from server.http.routing import EVERYBODY, Call, Endpoint, Reply
from server.people.directory import PersonRefused, set_password
from server.people.passwords import LONGEST, SHORTEST


def put_password(call: Call) -> Reply:
    """Check the old password and store the new one; every session of the person ends, deposit keys stay good."""
    change = call.read(PasswordChange)
    services = call.services
    person, _ = authenticate(call, change.login, change.password)
    if change.new_password == change.password:
        raise Refusal(UNPROCESSABLE, tr("The new password is the old one; choose another."))

    def work(transaction: Transaction) -> None:
        set_password(transaction, services.passwords, person, change.new_password, person.id)

    try:
        services.database.write(work)
    except PersonRefused:
        raise Refusal(
            UNPROCESSABLE,
            tr("A password has between {shortest} and {longest} characters.").format(
                shortest=SHORTEST, longest=LONGEST
            ),
        ) from None
    return Reply(None, status=204)


ENDPOINT = Endpoint(
    "PUT",
    "/v1/password",
    "Replace one's own password",
    EVERYBODY,
    put_password,
    takes=PasswordChange,
    limit=LARGEST_BODY,
    status=204,
    problems=(MALFORMED, TOO_LARGE, UNSUPPORTED_ENCODING, WRONG_CREDENTIALS, TOO_MANY_ATTEMPTS, UNPROCESSABLE),
    lane="password",
)
