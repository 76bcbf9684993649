"""The same desk without a screen, for the command line."""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypeVar

from data.answers import Answer, Failure
from data.http import ServerClient, UnsafeAddressError
from data.profile import (
    ProfileError,
    Settings,
    load_settings,
    password_from_file,
    places,
    save_settings,
    server_address,
)
from data.secret import Secret
from domain.clock import SystemClock
from domain.gate import Answer as GateAnswer
from domain.i18n import tr
from domain.ids import IdSource
from domain.wire import LoginRequest
from screens.ports import Refused
from tui.cli.frame import CommandFailed
from tui.opening import OpenProfile, open_profile

LOGIN_VARIABLE: Final = "DUECALL_LOGIN"
WAIT_FOR_OTHERS: Final = 5.0
"""How many seconds a command waits for another one on the same profile."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Identity:
    """Which server, and who."""

    server: str
    login: str


def identity(environment: Mapping[str, str] | None = None) -> Identity:
    """Find server and login: the environment's, else the profile's. Raises :class:`CommandFailed` where one is missing."""
    env = os.environ if environment is None else environment
    try:
        settings: Settings = load_settings(places(env).config_file)
    except ProfileError as error:
        raise CommandFailed(str(error)) from None
    server = server_address(settings, env)
    login = env.get(LOGIN_VARIABLE) or settings.login
    if not server:
        raise CommandFailed(tr("No server is set: start duecall once, or set DUECALL_SERVER."))
    if not login:
        raise CommandFailed(tr("No login is set: start duecall once, or set DUECALL_LOGIN."))
    return Identity(server, login)


def password(ask: Callable[[], str] | None = None) -> str:
    """Give the password: from the file DUECALL_PASSWORD_FILE names, else asked for on the terminal, by ``ask`` if given."""
    try:
        given = password_from_file()
    except ProfileError as error:
        raise CommandFailed(str(error)) from None
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise CommandFailed(tr("A password is needed: name a file that holds it in DUECALL_PASSWORD_FILE."))
    return ask() if ask is not None else getpass.getpass(tr("Password: "))


def with_profile(work: Callable[[OpenProfile], Awaitable[Result]]) -> Result:
    """Open the profile, do ``work`` with it, close it.

    Raises :class:`CommandFailed` where the profile cannot be opened.
    """
    who = identity()

    async def run() -> Result:
        opened = await open_profile(places(), who.server, who.login, password(), wait=WAIT_FOR_OTHERS)
        if isinstance(opened, Refused):
            raise CommandFailed(opened.text)
        try:
            return await work(opened)
        finally:
            await opened.close()

    return asyncio.run(run())


def with_server(work: Callable[[ServerClient, Secret], Awaitable[Answer[Any] | Failure]]) -> Any:
    """Log in without a profile (supervisors, integrations), do one thing, log out; gives what the server answered.

    Raises :class:`CommandFailed` for every failure.
    """
    who = identity()

    async def run() -> Any:
        try:
            client = ServerClient(who.server)
        except UnsafeAddressError as error:
            raise CommandFailed(str(error)) from None
        try:
            request = LoginRequest(who.login, password(), command_device(who.login), "command line")
            session = await client.login(request)
            if isinstance(session, Failure):
                raise CommandFailed(session.sentence)
            token = Secret(session.value.token)
            try:
                answer = await work(client, token)
            finally:
                await client.logout(token)
            if isinstance(answer, Failure):
                raise ServerRefusedError(answer)
            return answer.value
        finally:
            await client.aclose()

    return asyncio.run(run())


def command_device(login: str) -> str:
    """Give the id under which this machine's commands log in; another login than the profile's gets one of its own."""
    where = places().config_file
    try:
        settings = load_settings(where)
        if settings.device_id is not None and settings.login in (None, login):
            return settings.device_id
        new = IdSource(SystemClock()).new()
        if settings.login in (None, login):
            save_settings(where, replace(settings, device_id=new, login=login))
    except ProfileError as error:
        raise CommandFailed(str(error)) from None
    return new


class ServerRefusedError(CommandFailed):
    """The server said no; ``failure`` has its words."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail or failure.sentence)
        self.failure = failure


def upload(kind: str, content: bytes, options: Mapping[str, str]) -> dict[str, Any]:
    """Send a file to the server and give its report; one with open questions comes back with the questions in it.

    Raises :class:`CommandFailed` with the server's sentence when the file was refused.
    """
    import_id = IdSource(SystemClock()).new()

    async def work(client: ServerClient, token: Secret) -> Answer[Any] | Failure:
        query = {"kind": kind, **options}
        return await client.put_import(import_id, content, "application/octet-stream", query, token)

    try:
        report: dict[str, Any] = with_server(work)
    except ServerRefusedError as refusal:
        if "questions" in refusal.failure.extra:
            return dict(refusal.failure.extra)
        raise
    return report


def may_call(case_id: str, at: datetime | None, pack: str | None) -> GateAnswer:
    """Ask the dial gate about a case of the profile, now or at an instant, by its own pack or another."""

    async def work(profile: OpenProfile) -> GateAnswer:
        desk = profile.desk
        case = desk.case(case_id)
        if case is None:
            raise CommandFailed(tr("There is no case {id} here: duecall queue lists them.").format(id=case_id))
        return desk.gate_at(case, at or desk.now(), pack)

    return with_profile(work)
