"""The identity provider over HTTP: its discovery document, its keys and its token endpoint.

The only place where the server asks somebody else anything. Answers are bounded in size and time, redirects are not
followed, and nothing but HTTPS is spoken except to this computer.
"""

from __future__ import annotations

import ipaddress
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from http.client import HTTPMessage
from typing import IO, Any, Final

import msgspec

from server.settings import Oidc

_TIMEOUT_S: Final = 10.0
_MOST_BYTES: Final = 512 * 1024
_KEPT_S: Final = 3600.0
"""How long what the provider publishes is used without asking again."""
_KEYS_AGAIN_S: Final = 30.0
"""A key nobody knows makes the server ask again, but no more often than this."""
_WELL_KNOWN: Final = "/.well-known/openid-configuration"


class ProviderAway(Exception):  # noqa: N818 - a state of somebody else's server
    """The provider cannot be reached or answers nothing that can be used."""


class ProviderRefused(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """The provider says no; ``error`` is its code (RFC 6749 §5.2, RFC 8628 §3.5)."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Provider:
    """One provider, used from many threads."""

    def __init__(self, settings: Oidc) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._about: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, dict[str, Any]] | None = None

    def about(self) -> dict[str, Any]:
        """Give the discovery document (OpenID Connect Discovery 1.0 §4). Raises :class:`ProviderAway`."""
        with self._lock:
            if self._about is None or time.monotonic() - self._about[0] > _KEPT_S:
                found = _asked(self.settings.issuer.rstrip("/") + _WELL_KNOWN)
                if found.get("issuer") != self.settings.issuer:
                    raise ProviderAway  # §4.3: it must name itself exactly as it was asked for
                self._about = (time.monotonic(), found)
            return self._about[1]

    def endpoint(self, name: str) -> str:
        """Give one of its addresses. Raises :class:`ProviderAway` where it has none."""
        address = self.about().get(name)
        if not isinstance(address, str) or not _is_safe(address):
            raise ProviderAway
        return address

    def key(self, kid: str | None) -> dict[str, Any] | None:
        """Give the key a token names, asking again for one that is not known yet. Raises :class:`ProviderAway`."""
        address = self.endpoint("jwks_uri")
        with self._lock:
            for fresh in (False, True):
                age = _KEPT_S if self._keys is None else time.monotonic() - self._keys[0]
                if age >= (_KEYS_AGAIN_S if fresh else _KEPT_S):
                    self._keys = (time.monotonic(), _asked(address))
                assert self._keys is not None
                listed = self._keys[1].get("keys")
                keys = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
                found = [each for each in keys if each.get("kid") == kid] if kid is not None else keys
                if len(found) == 1:
                    return found[0]
            return None

    def tokens(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Ask the token endpoint. Raises :class:`ProviderRefused` and :class:`ProviderAway`."""
        return _asked(self.endpoint("token_endpoint"), self._identified(form))

    def begin_device(self) -> dict[str, Any]:
        """Begin the device flow (RFC 8628 §3.1). Raises :class:`ProviderRefused` and :class:`ProviderAway`."""
        form = {"scope": self.settings.scope}
        return _asked(self.endpoint("device_authorization_endpoint"), self._identified(form))

    def _identified(self, form: Mapping[str, str]) -> dict[str, str]:
        secret = {"client_secret": self.settings.client_secret} if self.settings.client_secret else {}
        return {**form, "client_id": self.settings.client_id, **secret}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Follow none: a redirect could lead a code or a secret elsewhere."""


def _asked(address: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
    if not _is_safe(address):
        raise ProviderAway
    body = None if form is None else urllib.parse.urlencode(form).encode()
    request = urllib.request.Request(address, body, {"Accept": "application/json", "User-Agent": "duecall"})  # noqa: S310 - checked above
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=_TIMEOUT_S) as response:
            raw = response.read(_MOST_BYTES + 1)
    except urllib.error.HTTPError as refused:
        with refused:
            if form is not None and refused.code in (400, 401, 403):
                raise ProviderRefused(_error_of(refused.read(_MOST_BYTES))) from None
        raise ProviderAway from None
    except (OSError, ValueError):
        raise ProviderAway from None
    found = _object(raw)
    if found is None or len(raw) > _MOST_BYTES:
        raise ProviderAway
    return found


def _error_of(raw: bytes) -> str:
    error = (_object(raw) or {}).get("error")
    return error if isinstance(error, str) else "unknown"


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        found: Any = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return None
    return found if isinstance(found, dict) else None


def _is_safe(address: str) -> bool:
    parts = urllib.parse.urlsplit(address)
    if parts.scheme == "https":
        return bool(parts.hostname)
    try:
        return parts.scheme == "http" and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.scheme == "http" and parts.hostname == "localhost"
