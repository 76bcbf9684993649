"""Logging in through an identity provider, in a browser here (RFC 8252) or on another screen (RFC 8628)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import platform
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode, urlsplit

from data.address import UnsafeAddressError, is_loopback
from data.answers import Failure
from data.http import ServerClient
from data.loopback import Loopback, NoCode
from data.ports import INDEXES
from data.profile import Places, ProfileError, load_settings, save_settings
from data.session import Session
from data.store import Store, StoreError, unlock
from domain.agent import AgentInfo
from domain.clock import SystemClock
from domain.i18n import language, tr
from domain.ids import IdSource
from domain.wire import SessionAnswer, SsoInfo, SsoLogin
from screens.ports import Refused

PATIENCE_S: Final = 300.0
"""How long the browser may take."""

Browser = Callable[[str], bool]
"""Shows an address to the person; tells whether a browser was opened."""
Say = Callable[[str], None]


async def log_in_through_provider(
    places: Places, server: str, passphrase: str, browser: Browser, say: Say, *, other_screen: bool = False
) -> AgentInfo | Refused:
    """Log in and keep the session in the profile, whose store ``passphrase`` opens or, the first time, makes.

    ``other_screen`` asks for the device flow, for a machine without a browser.
    """
    try:
        settings = load_settings(places.config_file)
        client = ServerClient(server)
        key = await asyncio.to_thread(unlock, places.store_folder, passphrase)
        store = await asyncio.to_thread(Store.open, places.store_folder, key, indexes=INDEXES)
    except (StoreError, ProfileError, UnsafeAddressError) as error:
        return Refused(str(error), type(error).__name__)
    session = Session(store, IdSource(SystemClock()), client.address)
    first = session.agent is None
    agent: AgentInfo | Refused = Refused(tr("The login was interrupted; nothing was changed."))
    try:
        agent = await _log_in(client, session, browser, say, other_screen=other_screen)
        if isinstance(agent, AgentInfo):
            kept = replace(
                settings, server=client.address, login=agent.login, language=settings.language or language(), sso=True
            )
            save_settings(places.config_file, kept)
        return agent
    finally:
        await client.aclose()
        store.wipe() if first and isinstance(agent, Refused) else store.close()


async def _log_in(
    client: ServerClient, session: Session, browser: Browser, say: Say, *, other_screen: bool
) -> AgentInfo | Refused:
    info = await client.sso_info()
    if isinstance(info, Failure):
        if info.status == 404:
            return Refused(tr("This server has no identity provider; log in with a password: duecall."), "none")
        return _refused(info)
    machine = SsoLogin(session.device_id, platform.node() or None, session.deposit_key is None)
    if other_screen:
        answer = await _on_another_screen(client, machine, say)
    else:
        answer = await _in_the_browser(client, info.value, machine, browser, say)
    if isinstance(answer, Refused):
        return answer
    taken = await session.taken(client, answer)
    return _refused(taken) if isinstance(taken, Failure) else taken


async def _in_the_browser(
    client: ServerClient, info: SsoInfo, machine: SsoLogin, browser: Browser, say: Say
) -> SessionAnswer | Refused:
    target = urlsplit(info.authorization_endpoint)
    if target.scheme != "https" and not (target.scheme == "http" and is_loopback(target.hostname or "")):
        return Refused(tr("The server names a provider without encryption; nothing was opened. Tell your supervisor."))
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    async with Loopback(state, tr("You are logged in. Close this page and go back to duecall.")) as back:
        query = {
            "response_type": "code",
            "client_id": info.client_id,
            "scope": info.scope,
            "redirect_uri": back.address,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        address = info.authorization_endpoint + ("&" if "?" in info.authorization_endpoint else "?") + urlencode(query)
        if await asyncio.to_thread(browser, address):
            say(tr("The browser is open: log in there."))
        else:
            say(tr("Open this address in a browser on this computer: {address}").format(address=address))
        try:
            async with asyncio.timeout(PATIENCE_S):
                code = await back.code()
        except TimeoutError:
            return Refused(tr("Nobody logged in within five minutes; nothing was changed. Try again."), "timeout")
        except NoCode:
            return Refused(tr("The identity provider let nobody in; nothing was changed. Try again."), "provider")
        login = replace(machine, code=code, verifier=verifier, nonce=nonce, redirect_uri=back.address)
        answer = await client.sso_session(login)
    if isinstance(answer, Failure):
        return _refused(answer)
    return answer.value if answer.value is not None else Refused(tr("The login was interrupted; nothing was changed."))


async def _on_another_screen(client: ServerClient, machine: SsoLogin, say: Say) -> SessionAnswer | Refused:
    begun = await client.sso_device()
    if isinstance(begun, Failure):
        return _refused(begun)
    words = tr("On any screen open {address} and type {code}.")
    say(words.format(address=begun.value.verification_uri, code=begun.value.user_code))
    interval = begun.value.interval
    try:
        async with asyncio.timeout(begun.value.expires_in):
            while True:
                await asyncio.sleep(interval)
                answer = await client.sso_session(replace(machine, device_code=begun.value.device_code))
                if isinstance(answer, Failure):
                    if answer.kind in ("network", "timeout") or answer.status == 503:
                        interval += 5  # RFC 8628 §3.5
                        continue
                    return _refused(answer)
                if answer.value is not None:
                    return answer.value
    except TimeoutError:
        return Refused(tr("The code has run out and nobody typed it; nothing was changed. Try again."), "timeout")


def _refused(failure: Failure) -> Refused:
    if failure.kind == "status" and failure.status == 401 and failure.problem.endswith("wrong-credentials"):
        words = tr("The identity provider did not vouch for anybody with an account here; ask your supervisor.")
        return Refused(words, failure.problem)
    return Refused(failure.sentence, failure.problem or failure.kind)
