"""Building everything behind an open profile, once, by constructor: store, session, replica, sync, desk."""

from __future__ import annotations

import asyncio
import hmac
import importlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.address import UnsafeAddressError, checked_address
from data.ports import INDEXES
from data.profile import Places, ProfileError, Settings, load_settings, save_settings
from data.replica import Replica
from data.secret import Secret
from data.session import Session
from data.store import Key, Store, StoreError, unlock
from domain.agent import AgentInfo
from domain.case.model import Silence
from domain.clock import SteadyClock, SystemClock, parse_instant
from domain.i18n import language, tr
from domain.ids import IdSource
from screens.ports import LineState, LineStatus, Refused
from tui.desk import AgentDesk, DeskParts

if TYPE_CHECKING:
    from data.answers import Answer, Failure
    from data.sync.driver import SyncDriver

_AFTER_A_DEFECT = 5.0
"""Seconds until the exchange is tried again after a defect of ours; a report says what it was."""

_STATES: dict[str, LineState] = {
    "synced": "synced",
    "syncing": "syncing",
    "refused": "synced",
    "login": "login",
    "forbidden": "login",
    "trouble": "trouble",
    "shut-out": "shut-out",
    "update": "update",
}


class OpenProfile:
    """An open profile. It holds the store's lock until :meth:`close`. ``server`` is its address, checked already."""

    def __init__(
        self,
        key: Key,
        store: Store,
        session: Session,
        server: str,
        login: str,
        password: Secret | None,
        settings: Settings,
        config_file: Path | None = None,
    ) -> None:
        agent = session.agent
        assert agent is not None
        self._key = key
        self._store = store
        self._session = session
        self._login = login
        self._password = password
        self._config_file = config_file
        self._listeners: list[Callable[[], None]] = []
        self.alarms: list[str] = []
        self.dial_command = settings.dial_command
        self._sso = settings.sso
        self._clock = SteadyClock(SystemClock())
        self.replica = Replica(store, session.author, self._clock)
        self._server = server
        self._driver: SyncDriver | None = None
        self._logging_in: asyncio.Task[None] | None = None
        self.desk = AgentDesk(
            DeskParts(
                store=store,
                book=self.replica.cases,
                outbox=self.replica.outbox,
                drafts=self.replica.drafts,
                clock=self.replica.clock,
                ids=IdSource(self.replica.clock),
                agent=agent,
                status=self.line_status,
                nudge=self._nudge,
                lease_until=self._lease_until,
                on_status=self._follow,
                history=self._history,
                cash=lambda: self.replica.memory.cash,
                others=self._others,
                ahead=self.replica.ahead,
            )
        )

    @property
    def driver(self) -> SyncDriver:
        """The exchange with the server; built when it is first wanted, since the queue is painted before."""
        if self._driver is None:
            from data.http import ServerClient
            from data.sync.driver import SyncDriver

            self._driver = SyncDriver(
                self.replica,
                ServerClient(self._server, clock=self._clock),
                self._session,
                on_status=lambda _status: self._tell(),
                on_login_needed=self._log_in_again,
                on_alarm=self.alarms.append,
                clock=self._clock,
            )
        return self._driver

    @property
    def store(self) -> Store:
        """The open store."""
        return self._store

    @property
    def session(self) -> Session:
        """Who is logged in, with which keys."""
        return self._session

    @property
    def agent(self) -> AgentInfo:
        """Whose profile this is."""
        agent = self._session.agent
        assert agent is not None
        return agent

    def line_status(self) -> LineStatus:
        """Tell the truth about the line; the unsent facts are counted now."""
        contact = self.replica.memory.contact
        if self._driver is None:
            refused = self.replica.outbox.count_refused()
            return LineStatus(
                "syncing", contact.last_sync, None, self.replica.outbox.count_unsent(), refused, contact.lease_until
            )
        status = self._driver.status
        state: LineState = _STATES.get(status.state, "offline")
        return LineStatus(
            state,
            status.last_sync or contact.last_sync,
            status.offline_since or (contact.last_contact if state == "offline" else None),
            self.replica.outbox.count_unsent(),
            status.refused,
            contact.lease_until,
            status.polling,
        )

    def _lease_until(self) -> datetime | None:
        """Give the lease; one that never began, or a clock set back before the last contact, has run out already."""
        contact = self.replica.memory.contact
        now = self.replica.clock.now()
        if contact.lease_until is None or not contact.lease_holds(now):
            return now - timedelta(seconds=1)
        return contact.lease_until

    def _others(self) -> tuple[Silence, ...]:
        """Give the agent's other machines that were silent when the server was last heard."""
        return tuple(
            Silence(name, parse_instant(since), parse_instant(until), own=True)
            for name, since, until in self.replica.memory.contact.others
        )

    async def _history(self, case_id: str, before: str) -> Answer[Any] | Failure:
        """Ask the server for what a case does not carry any more."""
        from data.answers import Failure
        from data.http import ServerClient

        token = self._session.token
        if token is None:
            return Failure("network")
        client = ServerClient(self._server)
        try:
            return await client.history(case_id, token, before)
        finally:
            await client.aclose()

    def _follow(self, listener: Callable[[], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()

    def _nudge(self) -> None:
        if self.driver.status.state == "login":
            self._log_in_again()
        self.driver.nudge()

    def _log_in_again(self) -> None:
        """Use the password of this sitting; once the server refuses it, wait for the agent."""
        if self._password is not None and (self._logging_in is None or self._logging_in.done()):
            self._logging_in = asyncio.get_running_loop().create_task(self._log_in(self._password))

    async def _log_in(self, password: Secret) -> None:
        from data.answers import Failure

        answer = await self.driver.login(self._login, password.reveal())
        if isinstance(answer, Failure) and answer.status in (401, 403):
            self._password = None
        self._tell()

    async def renew_session(self) -> None:
        """Log in with the password of this sitting when there is no session any more."""
        expires = self._session.expires_at
        if self._password is not None and (expires is None or expires <= self.replica.clock.now()):
            await self.driver.login(self._login, self._password.reveal())

    async def log_in(self, password: str) -> Refused | None:
        """Log in with a password the agent typed; ``None`` when it went well."""
        if self._sso:  # what was typed may be this machine's passphrase, which is not the server's to see
            words = tr(
                "This profile logs in through the identity provider: leave with ^Q, run “duecall login --sso” and start "
                "again. Nothing is lost."
            )
            return Refused(words, "sso")
        from data.answers import Failure

        answer = await self.driver.login(self._login, password)
        if isinstance(answer, Failure):
            return Refused(answer.sentence, answer.problem or answer.kind)
        self._password = Secret(password)
        return None

    async def run(self) -> None:
        """Exchange with the server until cancelled."""
        for name in ("httpx", "data.sync.driver"):  # 90 ms that the screen need not stand still
            await asyncio.to_thread(importlib.import_module, name)
        from tui.telling import tell_the_board

        driver = self.driver
        telling = asyncio.get_running_loop().create_task(tell_the_board(self, driver.client))
        try:
            await self._exchange(driver)
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
            await driver.client.aclose()

    async def _exchange(self, driver: SyncDriver) -> None:
        while True:
            try:
                await driver.run()
            except Exception as error:  # noqa: BLE001 - a defect must not leave the agent off-line without a word
                from tui.crash import keep_report

                keep_report(error, "sync")
                await asyncio.sleep(_AFTER_A_DEFECT)
            else:
                return

    def toggle_keyring(self) -> str:
        """Give the store's key to the system's keyring, or take it back; says what was done."""
        from data.store.header import read_header
        from data.store.keychain import forget_key, remember_key

        where = self._config_file
        if where is None:
            return tr("Not in the demonstration.")
        settings = load_settings(where)
        header = read_header(self._store.folder)
        if settings.keyring and header is not None:
            forget_key(header.store_id)
            save_settings(where, replace(settings, keyring=False))
            return tr("The keyring has forgotten the key: the password is asked for at the next start.")
        if not remember_key(self._store.folder, self._key):
            return tr("This system has no keyring that can be used; the password is asked for as before.")
        save_settings(where, replace(settings, keyring=True))
        return tr("The key is in this system's keyring: the next start needs no password.")

    def unlocks(self, password: str) -> bool:
        """Tell whether a password opens this store."""
        try:
            key = unlock(self._store.folder, password, create=False)
        except StoreError:
            return False
        return hmac.compare_digest(key.to_text(), self._key.to_text())

    async def close(self) -> None:
        """Stop the exchange and close the store."""
        if self._driver is not None:
            self._driver.stop()
        if self._logging_in is not None:
            self._logging_in.cancel()
        self._store.close()


async def open_profile(
    places: Places, server: str, login: str, password: str, *, wait: float = 0.0
) -> OpenProfile | Refused:
    """Open the profile, logging in the first time; gives a sentence when that cannot be done.

    ``wait`` is how many seconds to wait for another duecall on the same profile to end.
    """
    try:
        settings = load_settings(places.config_file)
        address = checked_address(server)
        key = await asyncio.to_thread(unlock, places.store_folder, password)
        store = await asyncio.to_thread(Store.open, places.store_folder, key, indexes=INDEXES, wait=wait)
    except (StoreError, ProfileError, UnsafeAddressError) as error:
        return Refused(str(error), type(error).__name__)
    try:
        session = Session(store, IdSource(SystemClock()), address)
        refused = await _first_login(session, address, login, password)
        if refused is not None:
            empty = session.agent is None
            store.wipe() if empty else store.close()
            return refused
        settings = replace(settings, server=address, login=login, language=settings.language or language())
        save_settings(places.config_file, settings)
        shown = None if settings.sso else Secret(password)  # the passphrase of this machine is not the server's to see
        return OpenProfile(key, store, session, address, login, shown, settings, places.config_file)
    except BaseException:
        store.close()
        raise


def open_remembered(places: Places) -> OpenProfile | None:
    """Open the profile with the key from the system's keyring; ``None`` when the password has to be asked for."""
    settings = load_settings(places.config_file)
    if not settings.keyring or not settings.server or not settings.login:
        return None
    from data.store.keychain import recall_key

    key = recall_key(places.store_folder)
    if key is None:
        return None
    try:
        store = Store.open(places.store_folder, key, create=False, indexes=INDEXES)
    except StoreError:
        return None  # the door says what is wrong once the password has been typed
    session = Session(store, IdSource(SystemClock()), settings.server)
    if session.agent is None:
        store.close()
        return None
    return OpenProfile(key, store, session, settings.server, settings.login, None, settings, places.config_file)


async def _first_login(session: Session, server: str, login: str, password: str) -> Refused | None:
    if session.agent is not None:
        if session.agent.login != login:
            return Refused(
                tr("The data on this computer belongs to another login; use that one, or a profile of your own."),
                "login",
            )
        return None
    from data.answers import Failure
    from data.http import ServerClient

    client = ServerClient(server)
    try:
        answer = await session.login(client, login, password)
    finally:
        await client.aclose()
    if isinstance(answer, Failure):
        words = answer.sentence
        if answer.kind in ("network", "timeout"):
            words = tr("The server cannot be reached, and the first login needs it: check the address and the network.")
        return Refused(words, answer.problem or answer.kind)
    return None
