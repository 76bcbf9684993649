"""Logging in through an identity provider: what is believed, what is not, and whose session it becomes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from server.people.directory import close_account
from server.settings import Oidc
from tests.support.laptops import RunningClock
from tests.support.provider import CLIENT, IdentityProvider
from tests.support.server_world import World

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
BACK = "http://127.0.0.1:49152/callback"


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    made = IdentityProvider()
    yield made
    made.stop()


@pytest.fixture
def world(populated: Path, tmp_path: Path, provider: IdentityProvider) -> Iterator[World]:
    made = World(tmp_path, {"oidc": Oidc(provider.issuer, CLIENT)}, RunningClock(), populated)
    yield made
    made.services.database.close()


def code_of(provider: IdentityProvider, **changed: str) -> str:
    query = {
        "response_type": "code",
        "code_challenge_method": "S256",
        "code_challenge": CHALLENGE,
        "redirect_uri": BACK,
        "state": "s",
        "nonce": "n",
    } | changed
    answer = httpx.get(f"{provider.issuer}/authorize", params=query)
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


async def log_in(world: World, provider: IdentityProvider, **changed: Any) -> httpx.Response:
    body = {"device": "d1", "verifier": VERIFIER, "nonce": "n", "redirect_uri": BACK} | changed
    if "code" not in body:
        body["code"] = code_of(provider)
    return await world.client.post("/v1/sso/sessions", json=body)


async def test_code_with_its_verifier_opens_an_ordinary_session(world: World, provider: IdentityProvider) -> None:
    info = (await world.client.get("/v1/sso")).json()
    assert info["authorization_endpoint"] == f"{provider.issuer}/authorize"
    assert (info["client_id"], info["device"]) == (CLIENT, True)
    answer = await log_in(world, provider)
    assert answer.status_code == 201, answer.text
    session = answer.json()
    assert (session["agent"]["login"], session["device_id"]) == ("anna", "d1")
    assert session["deposit_key"]
    headers = {"Authorization": f"Bearer {session['token']}"}
    assert (await world.client.get("/v1/changes", headers=headers)).status_code == 200
    assert (await log_in(world, provider)).status_code == 201
    assert provider.asked.count("discovery") == 1, "what it publishes is kept"
    assert provider.asked.count("keys") == 1


def _other_key(provider: IdentityProvider) -> None:
    provider.signing = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _secret_is_the_public_key(provider: IdentityProvider) -> None:
    """RS256 turned into HS256 with the published key as the secret, as an attacker who has only that can."""
    public = provider.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )

    def forged(nonce: str | None) -> str:
        now = int(time.time())
        claims = provider.claims | {"iss": provider.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        parts = [json.dumps({"alg": "HS256", "kid": "k1"}), json.dumps(claims)]
        head = ".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts)
        signature = hmac.new(public, head.encode(), hashlib.sha256).digest()
        return head + "." + base64.urlsafe_b64encode(signature).rstrip(b"=").decode()

    provider.token = forged  # type: ignore[method-assign]  # the lie under test


def _unsigned(provider: IdentityProvider) -> None:
    provider.alg = "none"


def _lying(**lies: Any) -> Callable[[IdentityProvider], None]:
    return lambda provider: provider.lies.update(lies)


@pytest.mark.parametrize(
    "lie",
    [
        _unsigned,
        _secret_is_the_public_key,
        _other_key,
        _lying(iss="https://elsewhere.example"),
        _lying(aud="another-client"),
        _lying(aud=[CLIENT, "another-client"]),
        _lying(azp="another-client"),
        _lying(exp=int(time.time()) - 3600),
        _lying(iat=int(time.time()) + 3600),
        _lying(exp=None),
        _lying(nonce="of another login"),
        _lying(nonce=None),
        _lying(email="nobody@example.com"),
        _lying(email=None),
        _lying(email_verified=False),
        _lying(email_verified="true"),
    ],
    ids=lambda lie: getattr(lie, "__name__", "lie"),
)
async def test_nobody_comes_in_with_a_token_that_proves_nothing(
    world: World, provider: IdentityProvider, lie: Callable[[IdentityProvider], None]
) -> None:
    lie(provider)
    answer = await log_in(world, provider)
    assert answer.status_code == 401
    assert answer.json()["type"].endswith("wrong-credentials")
    assert "anna" not in answer.text


async def test_code_is_good_once_and_with_its_own_verifier(world: World, provider: IdentityProvider) -> None:
    code = code_of(provider)
    assert (await log_in(world, provider, code=code, verifier="w" * 43)).status_code == 401
    code = code_of(provider)
    assert (await log_in(world, provider, code=code)).status_code == 201
    assert (await log_in(world, provider, code=code)).status_code == 401
    for body in (
        {"redirect_uri": "https://attacker.example/cb"},
        {"redirect_uri": "http://attacker.example/cb"},
        {"verifier": "short"},
        {"nonce": None},
        {"device": ""},
    ):
        assert (await log_in(world, provider, **body)).status_code == 400, body


async def test_closed_account_and_foreign_device_are_refused_as_with_a_password(
    world: World, provider: IdentityProvider
) -> None:
    assert (await log_in(world, provider)).status_code == 201
    provider.claims["email"] = "ben"
    assert (await log_in(world, provider)).status_code == 403, "the device is anna's"
    world.write(lambda transaction: close_account(transaction, world.people["ben"]))
    assert (await log_in(world, provider, device="d2")).status_code == 401


async def test_another_screen_may_confirm(world: World, provider: IdentityProvider) -> None:
    begun = (await world.client.post("/v1/sso/device")).json()
    assert (begun["user_code"], begun["interval"]) == ("WDJB-MJHT", 1)
    body = {"device": "d1", "device_code": begun["device_code"]}
    waiting = await world.client.post("/v1/sso/sessions", json=body)
    assert (waiting.status_code, waiting.content) == (204, b"")
    provider.confirmed = True
    assert (await world.client.post("/v1/sso/sessions", json=body)).json()["agent"]["login"] == "anna"


async def test_key_that_was_changed_is_fetched_once_more(world: World, provider: IdentityProvider) -> None:
    assert (await log_in(world, provider)).status_code == 201
    provider.published["kid"] = "k0"
    world.services.provider._keys = None  # type: ignore[union-attr]  # as after an hour
    assert (await log_in(world, provider)).status_code == 401, "the provider names no such key"


async def test_without_a_provider_there_is_none(populated: Path, tmp_path: Path) -> None:
    world = World(tmp_path, template=populated)
    for method, path in (("GET", "/v1/sso"), ("POST", "/v1/sso/device"), ("POST", "/v1/sso/sessions")):
        assert (await world.client.request(method, path, json={"device": "d"})).status_code == 404
    await world.close()


async def test_provider_that_is_away_is_said_to_be(populated: Path, tmp_path: Path, provider: IdentityProvider) -> None:
    provider.stop()
    world = World(tmp_path, {"oidc": Oidc(provider.issuer, CLIENT)}, template=populated)
    answer = await world.client.get("/v1/sso")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    await world.close()
