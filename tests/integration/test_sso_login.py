"""``duecall login --sso`` with a real provider, a real server and a browser that is logged in already."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from data.profile import load_settings, places
from domain.agent import AgentInfo
from screens.ports import Refused
from server.database.schema import LOGIN_FAILURE
from server.settings import Oidc
from tests.support.laptops import RunningClock, Served
from tests.support.provider import CLIENT, IdentityProvider
from tests.support.server_world import PASSWORD, World
from tui.main import main
from tui.opening import OpenProfile, open_profile
from tui.sso import log_in_through_provider

PHRASE = "of this machine alone"


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    made = IdentityProvider()
    yield made
    made.stop()


@pytest.fixture
def world(tmp_path: Path, provider: IdentityProvider) -> Iterator[World]:
    folder = tmp_path / "server"
    folder.mkdir()
    made = World(folder, {"oidc": Oidc(provider.issuer, CLIENT)}, RunningClock())
    made.populate()
    made.add_case("c1", "anna")
    yield made
    made.services.database.close()


@pytest.fixture
def address(world: World) -> Iterator[str]:
    served = Served(world)
    yield f"http://127.0.0.1:{served.port}"
    served.stop()


def browser(address: str) -> bool:
    """Follow the provider back to the loopback address, after something else has knocked there."""
    back = parse_qs(urlsplit(address).query)["redirect_uri"][0]
    assert httpx.get(back, params={"code": "forged", "state": "guessed"}).status_code == 404
    page = httpx.get(address, follow_redirects=True)
    assert page.status_code == 200
    assert "<script" not in page.text
    return True


async def test_browser_brings_a_session_and_the_passphrase_stays_here(
    world: World, address: str, tmp_path: Path
) -> None:
    where = places({"DUECALL_HOME": str(tmp_path / "anna")})
    said: list[str] = []
    agent = await log_in_through_provider(where, address, PHRASE, browser, said.append)
    assert isinstance(agent, AgentInfo), agent
    assert agent.login == "anna"
    assert load_settings(where.config_file).sso
    assert said == ["The browser is open: log in there."]

    profile = await open_profile(where, address, "anna", PHRASE)
    assert isinstance(profile, OpenProfile), profile
    outcome = await profile.driver.once()
    assert outcome["pulled"] >= 1
    assert profile.replica.cases.ids() == {"c1"}
    profile.session.ended()
    await profile.renew_session()
    refused = await profile.log_in(PHRASE)
    assert isinstance(refused, Refused)
    assert "duecall login --sso" in refused.text
    await profile.close()
    with world.services.database.reading() as transaction:
        assert transaction.connection.execute(LOGIN_FAILURE.select()).all() == [], (
            "no passphrase went out as a password"
        )
    assert isinstance(await open_profile(where, address, "anna", PASSWORD), Refused)


async def test_somebody_else_of_the_provider_leaves_the_profile_alone(
    provider: IdentityProvider, address: str, tmp_path: Path
) -> None:
    where = places({"DUECALL_HOME": str(tmp_path / "anna")})
    provider.claims["email"] = "stranger@example.com"
    refused = await log_in_through_provider(where, address, PHRASE, browser, lambda _words: None)
    assert isinstance(refused, Refused)
    assert "did not vouch" in refused.text
    provider.claims["email"] = "anna"
    assert isinstance(await log_in_through_provider(where, address, PHRASE, browser, lambda _words: None), AgentInfo)
    provider.claims["email"] = "ben"
    refused = await log_in_through_provider(where, address, PHRASE, browser, lambda _words: None)
    assert isinstance(refused, Refused)
    profile = await open_profile(where, address, "anna", PHRASE)
    assert isinstance(profile, OpenProfile)
    assert profile.session.token is not None, "anna's session is as it was"
    await profile.close()


def test_another_screen_from_the_command_line(
    provider: IdentityProvider,
    address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "phrase"
    file.write_text(PHRASE)
    monkeypatch.setenv("DUECALL_HOME", str(tmp_path / "anna"))
    monkeypatch.setenv("DUECALL_PASSWORD_FILE", str(file))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    provider.confirmed = True
    assert main(["login", "--sso", "--device", "--server", address]) == 0
    said = capsys.readouterr().out
    assert f"open {provider.issuer}/enter and type WDJB-MJHT" in said
    assert "Logged in as Anna" in said


async def test_server_without_a_provider_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    world = World(folder, clock=RunningClock())
    served = Served(world)
    where = places({"DUECALL_HOME": str(tmp_path / "anna")})
    refused = await log_in_through_provider(where, f"http://127.0.0.1:{served.port}", PHRASE, browser, print)
    assert isinstance(refused, Refused)
    assert "no identity provider" in refused.text
    served.stop()
    world.services.database.close()
