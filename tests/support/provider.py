"""A little identity provider of our own: discovery, keys, authorization code with PKCE, device flow. It can lie on demand."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from typing import Any
from urllib.parse import parse_qs, urlencode

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT = "duecall"


class IdentityProvider:
    """Vouches for ``claims`` to whoever comes. ``lies`` replaces claims of the token, ``sign`` how it is signed."""

    def __init__(self, **claims: Any) -> None:
        self.claims: dict[str, Any] = {"sub": "s-1", "email": "anna", "email_verified": True} | claims
        self.lies: dict[str, Any] = {}
        self.alg = "RS256"
        self.signing: Any = None
        self.confirmed = False
        self.asked: list[str] = []
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.published = {**jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True), "kid": "k1"}
        self._codes: dict[str, dict[str, str]] = {}
        routes = [
            Route("/.well-known/openid-configuration", self._discovery),
            Route("/keys", self._keys),
            Route("/authorize", self._authorize),
            Route("/token", self._token, methods=["POST"]),
            Route("/device", self._device, methods=["POST"]),
        ]
        config = uvicorn.Config(Starlette(routes=routes), "127.0.0.1", 0, log_level="error")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="provider", daemon=True)
        self._thread.start()
        pause = threading.Event()
        while not (self._server.started or pause.wait(0.01)) and self._thread.is_alive():
            pass
        self.issuer = f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)

    async def _discovery(self, _request: Request) -> Response:
        self.asked.append("discovery")
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        names["device_authorization_endpoint"] = "device"
        return JSONResponse({"issuer": self.issuer} | {name: f"{self.issuer}/{path}" for name, path in names.items()})

    async def _keys(self, _request: Request) -> Response:
        self.asked.append("keys")
        return JSONResponse({"keys": [self.published]})

    async def _authorize(self, request: Request) -> Response:
        """Let everybody in at once, as a browser that is logged in already would."""
        query = dict(request.query_params)
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        back = urlencode({"code": code, "state": query["state"]})
        return RedirectResponse(f"{query['redirect_uri']}?{back}", 302)

    async def _device(self, _request: Request) -> Response:
        begun = {"device_code": "d-1", "user_code": "WDJB-MJHT", "verification_uri": f"{self.issuer}/enter"}
        return JSONResponse(begun | {"interval": 1, "expires_in": 60})

    async def _token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        self.asked.append(form["grant_type"])
        if form.get("client_id") != CLIENT:
            return JSONResponse({"error": "invalid_client"}, 401)
        if form["grant_type"].endswith("device_code"):
            if not self.confirmed:
                return JSONResponse({"error": "authorization_pending"}, 400)
            return JSONResponse({"id_token": self.token(None)})
        query = self._codes.pop(form["code"], None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        wrong = query is None or query["redirect_uri"] != form["redirect_uri"] or query["code_challenge"] != proof
        if query is None or wrong:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"id_token": self.token(query["nonce"]), "token_type": "Bearer", "access_token": "x"})

    def token(self, nonce: str | None) -> str:
        now = int(time.time())
        claims = self.claims | {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300}
        claims |= ({} if nonce is None else {"nonce": nonce}) | self.lies
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.alg == "none":
            parts = [json.dumps({"alg": "none", "kid": "k1"}), json.dumps(claims)]
            return ".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts) + "."
        return jwt.encode(claims, self.signing or self.key, algorithm=self.alg, headers={"kid": "k1"})
