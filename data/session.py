"""Who works on this device, and the keys the server has given it: kept in the encrypted store and nowhere else.

A store belongs to one agent and one device id for as long as it exists: the numbers of its facts run on from one login
to the next. The session's token ends after hours; the deposit key never does, and is good for handing over facts alone.
"""

from __future__ import annotations

import platform
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from data.decoding import NotUnderstoodError, convert
from data.kept import Author
from data.ports import DocumentStore
from data.secret import Secret
from domain.agent import AgentInfo
from domain.clock import format_instant, parse_instant
from domain.ids import IdSource
from domain.records import dataclass

if TYPE_CHECKING:
    from data.answers import Failure
    from data.http import ServerClient
    from domain.wire import SessionAnswer


class NobodyLoggedInError(RuntimeError):
    """Nobody has ever logged in on this store, so a fact would have no author."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What may be shown to the server at ``server`` and to no other. ``epoch`` is its history at the last login."""

    server: str
    token: Secret | None = None
    expires_at: datetime | None = None
    deposit_key: Secret | None = None
    epoch: str | None = None


class Session:
    """The device, its agent and its keys. ``server`` is the address in use; keys of another one are not shown to it."""

    def __init__(self, store: DocumentStore, ids: IdSource, server: str) -> None:
        self._store = store
        self._table = store.table("session")
        self._server = server
        self._agent = _agent(self._table.get_key("agent"))
        self._keys = _keys(self._table.get_key("keys"))
        device = self._table.get_key("device")
        if device is None:
            device = {"id": ids.new()}
            self._table.put("device", device)
        self.device_id: str = device["id"]

    @property
    def agent(self) -> AgentInfo | None:
        """Whose store this is; nobody's before the first login."""
        return self._agent

    @property
    def token(self) -> Secret | None:
        """What to show the server for reading and writing, while there is a session."""
        return self._keys.token if self._keys is not None and self._keys.server == self._server else None

    @property
    def deposit_key(self) -> Secret | None:
        """What to show the server for handing facts over when there is no session."""
        return self._keys.deposit_key if self._keys is not None and self._keys.server == self._server else None

    @property
    def expires_at(self) -> datetime | None:
        """When the session ends, by the server's clock."""
        return self._keys.expires_at if self._keys is not None and self.token is not None else None

    @property
    def epoch(self) -> str | None:
        """The history the server said it had at the last login."""
        return self._keys.epoch if self._keys is not None else None

    def author(self) -> Author:
        """Say who is at the keyboard. Raises :class:`NobodyLoggedInError` before the first login."""
        if self._agent is None:
            raise NobodyLoggedInError
        return Author(self._agent.id, self._agent.name, self.device_id)

    async def login(self, client: ServerClient, login: str, password: str) -> AgentInfo | Failure:
        """Begin a session; the password is kept nowhere.

        Where the answer with the device's deposit key never came, the server is asked for another one.
        Somebody else's login is given back as a failure of kind ``other-agent``: this store may hold facts that would
        then go up under the wrong name.
        """
        from data.answers import Failure
        from domain.wire import LoginRequest

        request = LoginRequest(
            login,
            password,
            self.device_id,
            platform.node() or None,
            needs_deposit_key=self.deposit_key is None,
        )
        answer = await client.login(request)
        if isinstance(answer, Failure):
            return answer
        return await self.taken(client, answer.value)

    async def taken(self, client: ServerClient, opened: SessionAnswer) -> AgentInfo | Failure:
        """Keep a session that was begun in whatever way, unless it is somebody else's: that one is ended again."""
        from data.answers import Failure

        if self._agent is not None and self._agent.id != opened.agent.id:
            await client.logout(Secret(opened.token))
            return Failure("other-agent")
        self.opened(opened)
        return opened.agent

    def opened(self, answer: SessionAnswer) -> None:
        """Keep what a login gave. A deposit key comes with the first one only and stays until another comes."""
        deposit_key = self.deposit_key
        if answer.deposit_key is not None:
            deposit_key = Secret(answer.deposit_key)
        keys = Keys(self._server, Secret(answer.token), answer.expires_at, deposit_key, answer.epoch or None)
        with self._store.transaction():
            self._table.put("agent", asdict(answer.agent))
            self._table.put("keys", _document(keys))
        self._agent, self._keys = answer.agent, keys

    async def logout(self, client: ServerClient) -> None:
        """End the session here at once, and on the server if it can be reached. Facts go up all the same."""
        token = self.token
        self.ended()
        if token is not None:
            await client.logout(token)

    def ended(self) -> None:
        """Forget the token: it was given up, or the server no longer knows it."""
        if self._keys is None or self._keys.token is None:
            return
        keys = Keys(self._keys.server, deposit_key=self._keys.deposit_key, epoch=self._keys.epoch)
        self._table.put("keys", _document(keys))
        self._keys = keys


def _document(keys: Keys) -> dict[str, Any]:
    return {
        "server": keys.server,
        "token": keys.token.reveal() if keys.token else None,
        "expires_at": format_instant(keys.expires_at) if keys.expires_at else None,
        "deposit_key": keys.deposit_key.reveal() if keys.deposit_key else None,
        "epoch": keys.epoch,
    }


def _keys(document: Any) -> Keys | None:
    if document is None:
        return None
    return Keys(
        document["server"],
        Secret(document["token"]) if document["token"] else None,
        parse_instant(document["expires_at"]) if document["expires_at"] else None,
        Secret(document["deposit_key"]) if document["deposit_key"] else None,
        document["epoch"],
    )


def _agent(document: Any) -> AgentInfo | None:
    if document is None:
        return None
    try:
        return convert(dict(document), AgentInfo)
    except NotUnderstoodError:
        return None
