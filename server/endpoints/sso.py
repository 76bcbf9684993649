"""``/v1/sso``: logging in through an identity provider, where one is set up; the session is an ordinary one."""

from __future__ import annotations

import ipaddress
import logging
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

from domain.wire import SessionAnswer, SsoDevice, SsoInfo, SsoLogin
from server.endpoints.login import LARGEST_BODY, checked_device, open_for
from server.http.problem import (
    DEVICE_REVOKED,
    DEVICE_TAKEN,
    MALFORMED,
    NOT_FOUND,
    TOO_LARGE,
    UNAVAILABLE,
    UNSUPPORTED_ENCODING,
    WRONG_CREDENTIALS,
    Refusal,
)
from server.http.routing import EVERYBODY, Call, Endpoint, Reply
from server.people.directory import Person, find_by_login
from server.people.identity_token import NotBelieved, claims_of
from server.people.provider import Provider, ProviderAway, ProviderRefused

_DEVICE_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
_DEVICE_ENDPOINT: Final = "device_authorization_endpoint"
_PENDING: Final = frozenset({"authorization_pending", "slow_down"})
_LONGEST: Final = 4096
_log = logging.getLogger("duecall.server.sso")


def get_sso(call: Call) -> Reply:
    """Say where to go."""
    provider = _provider(call)
    try:
        about = provider.about()
        address = provider.endpoint("authorization_endpoint")
    except ProviderAway:
        _away()
    settings = provider.settings
    return Reply(SsoInfo(address, settings.client_id, settings.scope, _DEVICE_ENDPOINT in about))


def begin_device(call: Call) -> Reply:
    """Begin a login that is finished on another screen."""
    provider = _provider(call)
    try:
        begun = provider.begin_device()
        return Reply(
            SsoDevice(
                device_code=str(begun["device_code"]),
                user_code=str(begun["user_code"]),
                verification_uri=str(begun["verification_uri"]),
                interval=max(1, min(int(begun.get("interval", 5)), 60)),
                expires_in=max(1, min(int(begun["expires_in"]), 3600)),
                verification_uri_complete=begun.get("verification_uri_complete"),
            )
        )
    except (ProviderAway, ProviderRefused, KeyError, TypeError, ValueError):
        _away()


def post_session(call: Call) -> Reply:
    """Have the provider say who it is and open their session; 204 while nobody has confirmed on the other screen."""
    provider = _provider(call)
    request = call.read(SsoLogin)
    name = checked_device(request.device, request.device_name)
    try:
        tokens = provider.tokens(_grant(request))
        claims = claims_of(
            tokens.get("id_token"),
            issuer=provider.settings.issuer,
            audience=provider.settings.client_id,
            nonce=request.nonce if request.device_code is None else None,
            now=call.services.clock.now(),
            key_for=provider.key,
        )
    except ProviderRefused as refused:
        if request.device_code is not None and refused.error in _PENDING:
            return Reply(None, status=204)
        _log.warning("the provider refused a login", extra={"error": refused.error[:40]})
        _nobody()
    except NotBelieved as problem:
        _log.warning("an identity token was not believed", extra={"rule": str(problem)})
        _nobody()
    except ProviderAway:
        _away()
    person = _person(call, claims, provider.settings.claim)
    return open_for(call, person, request.device, name, needs_key=request.needs_deposit_key)


def _grant(request: SsoLogin) -> dict[str, str]:
    if request.device_code is not None:
        return {"grant_type": _DEVICE_GRANT, "device_code": request.device_code[:_LONGEST]}
    code, verifier, nonce, address = request.code, request.verifier, request.nonce, request.redirect_uri
    if not (code and verifier and nonce and address) or max(map(len, (code, verifier, nonce, address))) > _LONGEST:
        raise Refusal(MALFORMED, "Send code, verifier, nonce and redirect_uri, or device_code.")
    if len(verifier) < 43 or not _is_own_computer(address):  # RFC 7636 §4.1, RFC 8252 §7.3
        raise Refusal(MALFORMED, "The verifier has 43 characters at least, and redirect_uri is on this computer.")
    return {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": address}


def _is_own_computer(address: str) -> bool:
    parts = urlsplit(address)
    try:
        return parts.scheme == "http" and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _person(call: Call, claims: dict[str, Any], claim: str) -> Person:
    """Find whose login the claim names; an address the provider has not verified names nobody."""
    value = claims.get(claim)
    if not isinstance(value, str) or not value or (claim == "email" and claims.get("email_verified") is not True):
        _nobody()
    with call.services.database.reading() as transaction:
        person = find_by_login(transaction, value)
    if person is None or not person.active:
        _nobody()
    return person


def _provider(call: Call) -> Provider:
    if call.services.provider is None:
        raise Refusal(NOT_FOUND, "This server has no identity provider; log in with a password.")
    return call.services.provider


def _nobody() -> NoReturn:
    raise Refusal(WRONG_CREDENTIALS, "The identity provider did not vouch for anybody who has an account here.")


def _away() -> NoReturn:
    words = "The identity provider cannot be reached; try again, or log in with a password."
    raise Refusal(UNAVAILABLE, words, headers={"Retry-After": "5"})


ENDPOINTS: Final = (
    Endpoint(
        "GET",
        "/v1/sso",
        "Where to log in through an identity provider",
        EVERYBODY,
        get_sso,
        gives=SsoInfo,
        problems=(NOT_FOUND,),
        lane="provider",
    ),
    Endpoint(
        "POST",
        "/v1/sso/device",
        "Begin a login that another screen finishes",
        EVERYBODY,
        begin_device,
        gives=SsoDevice,
        problems=(NOT_FOUND,),
        lane="provider",
    ),
    Endpoint(
        "POST",
        "/v1/sso/sessions",
        "Log in on a device through an identity provider",
        EVERYBODY,
        post_session,
        takes=SsoLogin,
        limit=LARGEST_BODY,
        gives=SessionAnswer,
        status=201,
        may_be_empty=True,
        problems=(
            MALFORMED,
            TOO_LARGE,
            UNSUPPORTED_ENCODING,
            NOT_FOUND,
            WRONG_CREDENTIALS,
            DEVICE_REVOKED,
            DEVICE_TAKEN,
        ),
        lane="provider",
    ),
)
