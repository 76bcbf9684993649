"""Opening the supervisor's desk: login, and everything behind it built once, by constructor."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING

from data.address import UnsafeAddressError, checked_address
from data.answers import Failure
from data.remembered import Remembered, remembered
from data.secret import Secret
from domain.clock import SystemClock
from domain.i18n import tr
from screens.ports import Refused
from tui.supervising.link import sentence

if TYPE_CHECKING:
    from data.http import ServerClient
    from data.supervision import SupervisorLine
    from domain.wire import SessionAnswer
    from tui.supervising.desk import ServerDesk


class OpenSupervisor:
    """A desk that is open: the session behind it, and the line that runs beside the screens."""

    def __init__(self, client: ServerClient, line: SupervisorLine, desk: ServerDesk, login: str, device: str) -> None:
        self._client = client
        self._line = line
        self._login = login
        self._device = device
        self.desk = desk

    async def run(self) -> None:
        """Follow the server until cancelled."""
        await self.desk.follower.run()

    async def log_in(self, password: str) -> Refused | None:
        """Begin a new session with a password typed now; ``None`` when it went well. It also opens a locked screen."""
        answer = await _session(self._client, self._login, password, self._device)
        if isinstance(answer, Refused):
            return answer
        self._line.token = Secret(answer.token)
        self.desk.follower.renewed()
        return None

    async def close(self) -> None:
        """End the session."""
        await self._line.aclose()


async def open_supervisor(
    folder: Path, server: str, login: str, password: str, *, may_read_files: bool = True
) -> OpenSupervisor | Refused:
    """Log a supervisor in; gives a sentence when that cannot be done. ``folder`` remembers server and login."""
    from data.http import ServerClient
    from data.supervision import SupervisorLine
    from tui.supervising.desk import ServerDesk

    try:
        address = checked_address(server)
    except UnsafeAddressError as error:
        return Refused(str(error), "address")
    known: Remembered = remembered(folder)
    device = known.device(address, login)
    client = ServerClient(address)
    answer = await _session(client, login, password, device)
    if isinstance(answer, Refused):
        await client.aclose()
        return answer
    known.keep(address, login)
    line = SupervisorLine(client, Secret(answer.token))
    desk = ServerDesk(line, answer.agent, SystemClock(), may_read_files=may_read_files)
    return OpenSupervisor(client, line, desk, login, device)


async def _session(client: ServerClient, login: str, password: str, device: str) -> SessionAnswer | Refused:
    from domain.wire import LoginRequest

    answer = await client.login(LoginRequest(login, password, device, platform.node() or None))
    if isinstance(answer, Failure):
        if answer.status == 401:
            return Refused(tr("The login or password is not right; check both and try again."), "login")
        return Refused(sentence(answer), answer.problem or answer.kind)
    if answer.value.agent.role != "supervisor":
        await client.logout(Secret(answer.value.token))
        return Refused(tr("This login is not a supervisor's; “duecall” without a word opens an agent's desk."), "role")
    return answer.value
