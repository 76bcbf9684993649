"""Whether an ID token is what it says: signed by the provider, for this server, now, for this very login.

The rules are OpenID Connect Core 1.0 §3.1.3.7. Only signatures with a public key are taken: "none" proves nothing, and a
secret shared with the provider (HS256 …) could be its public key in disguise.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
_KEY_TYPES: Final = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
_LEEWAY_S: Final = 60
_LONGEST: Final = 16 * 1024


class NotBelieved(Exception):  # noqa: N818 - it answers a request, it reports no malfunction
    """The token proves nothing; the message says which rule it breaks, and nothing of its contents."""


def claims_of(
    token: object,
    *,
    issuer: str,
    audience: str,
    nonce: str | None,
    now: datetime,
    key_for: Callable[[str | None], dict[str, Any] | None],
) -> dict[str, Any]:
    """Check a token and give its claims. ``nonce`` is ``None`` where the flow has none. Raises :class:`NotBelieved`."""
    import jwt

    if not isinstance(token, str) or len(token) > _LONGEST:
        raise NotBelieved("form")
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise NotBelieved("algorithm")
        kid = header.get("kid")
        key = key_for(kid if isinstance(kid, str) else None)
        if key is None or key.get("kty") != _KEY_TYPES[algorithm[:2]] or key.get("use", "sig") != "sig":
            raise NotBelieved("key")
        if key.get("alg", algorithm) != algorithm:
            raise NotBelieved("algorithm")
        claims: dict[str, Any] = jwt.decode(
            token,
            jwt.PyJWK(key, algorithm).key,
            algorithms=[algorithm],
            audience=audience,
            issuer=issuer,
            options={"require": ["exp", "iat", "iss", "aud", "sub"], "verify_exp": False, "verify_iat": False},
        )
    except jwt.PyJWTError as problem:
        raise NotBelieved(type(problem).__name__) from None
    _check_time(claims, now.timestamp())
    if nonce is not None and not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise NotBelieved("nonce")
    audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if claims.get("azp", audience) != audience or (len(audiences) > 1 and "azp" not in claims):
        raise NotBelieved("authorized party")
    return claims


def _check_time(claims: dict[str, Any], now: float) -> None:
    expires, issued = claims["exp"], claims["iat"]
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in (expires, issued)):
        raise NotBelieved("instants")
    if now >= expires + _LEEWAY_S:
        raise NotBelieved("expired")
    if issued > now + _LEEWAY_S:
        raise NotBelieved("issued in the future")
