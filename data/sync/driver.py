"""Does what the engine decides: requests on asyncio, changes in the replica, and tells whoever wants to know.

Everything happens on the thread and event loop that :meth:`SyncDriver.run` is called on, so that listeners may touch
the screen. Changes of the store are short and never span an ``await``; only requests are waited for.
"""

from __future__ import annotations

import asyncio
import random as dice
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import Any, Final, Literal

from data.answers import DEVICE_REVOKED, Answer, Failure
from data.http import ServerClient
from data.pokes import Poke, RevokeHint
from data.replica import Replica
from data.secret import Secret
from data.session import Session
from data.store.errors import StoreError
from data.sync import effects as do
from data.sync import inputs as on
from data.sync.engine import Engine
from data.sync.status import SyncStatus
from domain.clock import Clock, SystemClock
from domain.wire import AgentInfo, PushAnswer

Alarm = Literal["conflict", "set-back"]

LONGEST_LEAVING_S: Final = 0.25
"""How long the store waits at most for facts to be on the wire: a slow line must not keep an answer from being stored."""

_NO_KEY: Final = Failure("status", 401, problem="no key")


class SyncDriver:
    """The sync of one device with one server.

    ``on_status`` is told whenever the status line changes, ``on_login_needed`` when somebody has to log in,
    ``on_alarm`` what a person should know. What changes on screen is told by ``replica.cases.subscribe``.
    Without ``listen`` the feed is polled and no stream opened.
    """

    def __init__(
        self,
        replica: Replica,
        client: ServerClient,
        session: Session,
        *,
        on_status: Callable[[SyncStatus], None] | None = None,
        on_login_needed: Callable[[], None] | None = None,
        on_alarm: Callable[[Alarm], None] | None = None,
        clock: Clock | None = None,
        random: Callable[[], float] | None = None,
        listen: bool = True,
    ) -> None:
        self._replica = replica
        self._client = client
        self._session = session
        self._on_status = on_status
        self._on_login_needed = on_login_needed
        self._on_alarm = on_alarm
        self._clock = clock or SystemClock()
        self._random = random or dice.random
        self._listen = listen
        self._engine = self._new_engine(listen=listen)
        self._inbox: asyncio.Queue[on.Input] | None = None
        self._wake_after: float | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._stream: asyncio.Task[None] | None = None
        self._defect: BaseException | None = None
        self._outcome: SyncStatus | None = None
        self._leaving: set[int] = set()
        self._left = asyncio.Event()
        self._pushed = self._pulled = self._revoked = 0

    @property
    def status(self) -> SyncStatus:
        """How the sync stands at this very moment; the unsent facts are counted when this is read."""
        return self._engine.status()

    @property
    def client(self) -> ServerClient:
        """The connection, for what else is asked on it while the sync runs."""
        return self._client

    @property
    def outcome(self) -> SyncStatus | None:
        """How the sync stood when :meth:`run` or :meth:`once` ended last."""
        return self._outcome

    # --- running -----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Sync until :meth:`stop` is called. Failures of network, server and disk end nothing; defects are raised."""
        await self._run(until_settled=False)

    def stop(self) -> None:
        """End :meth:`run`; requests under way are given up, which loses nothing."""
        self._soon(on.Stopped())

    def nudge(self) -> None:
        """Try everything now: push, pull, the stream, and facts the server would not take before."""
        self._soon(on.Nudged())

    def went_offline(self) -> None:
        """Take note that the operating system says there is no network."""
        self._soon(on.WentOffline())

    async def once(self) -> dict[str, int]:
        """Push and pull until everything is handed over and read, or cannot be; say what was done.

        ``pushed`` counts facts the server took, ``pulled`` entries that were news, ``revoked`` cases taken away,
        ``unsent`` what is left, ``head`` how far the feed is read. :attr:`outcome` says why if something is left.
        """
        self._pushed = self._pulled = self._revoked = 0
        self._engine = self._new_engine(listen=False)
        try:
            await self._run(until_settled=True)
        finally:
            self._engine = self._new_engine(listen=self._listen)
        status = self.outcome
        assert status is not None
        return {
            "pushed": self._pushed,
            "pulled": self._pulled,
            "revoked": self._revoked,
            "unsent": status.unsent,
            "head": status.head,
        }

    async def login(self, login: str, password: str) -> AgentInfo | Failure:
        """Begin a session and go on with it."""
        answer = await self._session.login(self._client, login, password)
        if isinstance(answer, Failure):
            if answer.problem == DEVICE_REVOKED:
                self._shut_out()
        else:
            self._soon(on.LoggedIn(self._session.deposit_key is not None, self._session.epoch))
        await self._hang_up()
        return answer

    def _shut_out(self) -> None:
        """Take in that this device may read nothing more, whether the sync is running or not."""
        if self._inbox is not None:
            self._soon(on.ShutOut())
            return
        contact = replace(self._replica.memory.contact, lease_until=None)
        self._do(do.LetGo(contact))

    async def logout(self) -> None:
        """End the session; facts go up all the same where the device has a deposit key."""
        self._soon(on.LoggedOut())
        await self._session.logout(self._client)
        await self._hang_up()

    async def _hang_up(self) -> None:
        """Leave no connection open while nothing runs that would close it."""
        if self._inbox is None:
            await self._client.aclose()

    # --- the loop ----------------------------------------------------------------------------------------------

    async def _run(self, *, until_settled: bool) -> None:
        if self._inbox is not None:
            raise RuntimeError("the sync is running already")
        inbox: asyncio.Queue[on.Input] = asyncio.Queue()
        self._inbox = inbox
        unsubscribe = self._replica.outbox.subscribe(lambda _cases: self._soon(on.FactCaptured()))
        try:
            with suppress(StoreError, OSError):  # old facts can be forgotten another day
                self._replica.outbox.prune()
            event: on.Input = on.Started(self._session.token is not None, self._session.deposit_key is not None)
            while True:
                await self._take(event)
                if isinstance(event, on.Stopped) or (until_settled and self._engine.settled and inbox.empty()):
                    self._outcome = self._engine.status()
                    return
                event = await self._next(inbox)
        finally:
            unsubscribe()
            self._inbox = None
            await self._give_up_requests()
            if self._engine.state.running:
                self._engine.handle(on.Stopped())
            await self._client.aclose()

    async def _next(self, inbox: asyncio.Queue[on.Input]) -> on.Input:
        """Wait for the next input, or until the engine wants to look at the clock."""
        event: on.Input = on.Tick()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._wake_after):
                event = await inbox.get()
        if self._defect is not None:
            raise self._defect
        return event

    def _soon(self, event: on.Input) -> None:
        """Hand the engine an input; one that comes while no sync is running says nothing the next start does not see."""
        if self._inbox is not None:
            self._inbox.put_nowait(event)

    async def _take(self, event: on.Input) -> None:
        """Give the engine an input, then what follows from it at once."""
        inputs = deque([event])
        while inputs:
            effects = self._engine.handle(inputs.popleft())
            self._replica.correct(self._engine.state.contact)
            for effect in effects:
                if isinstance(effect, do.MarkSent | do.ApplyPage):
                    await self._let_requests_leave()
                answer = self._do(effect)
                if answer is not None:
                    inputs.append(answer)

    async def _let_requests_leave(self) -> None:
        """Wait until the facts being sent are on the wire: the store is about to hold everything up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_LEAVING_S):
                while self._leaving:
                    self._left.clear()
                    await self._left.wait()

    def _has_left(self, request: int) -> None:
        self._leaving.discard(request)
        self._left.set()

    def _do(self, effect: do.Effect) -> on.Input | None:
        """Do one thing the engine wants; give the input that tells of it, if that is known already."""
        match effect:
            case do.SayHello() | do.SendEvents() | do.FetchChanges():
                if isinstance(effect, do.SendEvents):
                    self._leaving.add(effect.request)
                self._begin(self._request(effect))
            case do.OpenStream():
                self._stream = self._begin(self._listen_to(effect.request))
            case do.CloseStream():
                if self._stream is not None:
                    self._stream.cancel()
            case do.SetTimer():
                self._wake_after = effect.seconds
            case do.MarkSent() | do.MarkRefused() | do.ApplyPage() | do.OfferAgain() | do.Remember():
                return self._change_store(effect)
            case do.HideDocuments():
                self._replica.cases.hide(effect.keys)
            case do.LetGo():
                with suppress(StoreError, OSError):  # the next answer says the same again
                    self._replica.let_go(effect.contact)
                    self._session.ended()
            case do.AskLogin():
                with suppress(StoreError, OSError):  # then the next start finds out again
                    self._session.ended()
                if self._on_login_needed is not None:
                    self._on_login_needed()
            case do.RaiseAlarm():
                if self._on_alarm is not None:
                    self._on_alarm(effect.kind)
            case do.StatusChanged():
                if self._on_status is not None:
                    self._on_status(self._engine.status())  # effects before this one may have changed the counts
        return None

    # --- the store ---------------------------------------------------------------------------------------------

    def _change_store(
        self, effect: do.MarkSent | do.MarkRefused | do.ApplyPage | do.OfferAgain | do.Remember
    ) -> on.Input | None:
        try:
            match effect:
                case do.MarkSent():
                    return self._mark(effect)
                case do.ApplyPage():
                    return self._apply(effect)
                case do.MarkRefused():
                    self._replica.refuse(effect.seq, effect.status, effect.problem)
                    return on.RefusalMarked(effect.request)
                case do.OfferAgain():
                    if effect.above is not None:
                        self._replica.offer_again(effect.above)
                    else:
                        self._replica.offer_missing(effect.seqs)
                    return on.FactCaptured()
                case do.Remember():
                    self._replica.remember(effect.contact)
        except (StoreError, OSError):
            # The disk is full or refuses. Nothing was changed, so the server's answer counts as never received.
            if isinstance(effect, do.OfferAgain | do.Remember):
                return None
            return on.StoreFailed(effect.request)
        return None

    def _mark(self, effect: do.MarkSent) -> on.Input:
        marked = self._replica.mark(effect.results, effect.contact)
        self._pushed += len(marked)
        conflicts = sum(1 for result in effect.results if result.status == "conflict")
        return on.Marked(effect.request, tuple(kept.seq for kept in marked), conflicts)

    def _apply(self, effect: do.ApplyPage) -> on.Input:
        applied = self._replica.apply_page(effect.page, effect.asked, effect.contact, settle=effect.settle)
        self._pulled += applied.pulled
        self._revoked += sum(1 for key in applied.removed if key.startswith("case:"))
        return on.PageApplied(effect.request, applied)

    # --- the network -------------------------------------------------------------------------------------------

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Let a defect in a request end the sync loudly: the engine would wait for that answer for ever."""
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._defect = task.exception()
            self._soon(on.Tick())

    async def _give_up_requests(self) -> None:
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._leaving.clear()  # one that was cancelled before it began told nobody
        self._stream = None

    async def _request(self, effect: do.SayHello | do.SendEvents | do.FetchChanges) -> None:
        match effect:
            case do.SayHello():
                hello = await self._client.hello()
                self._soon(
                    on.HelloFailed(effect.request, hello)
                    if isinstance(hello, Failure)
                    else on.HelloAnswered(effect.request, hello.value, hello.timing)
                )
            case do.SendEvents():
                try:
                    pushed = await self._push(effect)
                finally:
                    self._has_left(effect.request)
                self._soon(
                    on.PushFailed(effect.request, pushed)
                    if isinstance(pushed, Failure)
                    else on.PushAnswered(effect.request, pushed.value, pushed.timing)
                )
            case do.FetchChanges():
                token = self._session.token
                page = await self._client.changes(effect.cursor, effect.limit, token) if token else _NO_KEY
                self._soon(
                    on.PullFailed(effect.request, page)
                    if isinstance(page, Failure)
                    else on.PullAnswered(effect.request, page.value, page.timing)
                )

    async def _push(self, effect: do.SendEvents) -> Answer[PushAnswer] | Failure:
        key: Secret | None = self._session.token if effect.key == "session" else self._session.deposit_key
        if key is None:
            return _NO_KEY
        texts = [kept.text for kept in self._replica.outbox.among_unsent(effect.seqs)]
        return await self._client.push(self._session.device_id, texts, key, lambda: self._has_left(effect.request))

    async def _listen_to(self, request: int) -> None:
        token = self._session.token
        if token is None:
            self._soon(on.StreamLost(request, _NO_KEY))
            return
        opened = False
        async with aclosing(self._client.stream(token)) as hints:
            async for hint in hints:
                if isinstance(hint, Failure):
                    self._soon(on.StreamLost(request, hint))
                    return
                if not opened:
                    opened = True
                    self._soon(on.StreamOpened(request))
                if isinstance(hint, Poke):
                    self._soon(on.Poked(hint.head))
                elif isinstance(hint, RevokeHint):
                    self._soon(on.RevokeHinted(hint.keys))

    def _new_engine(self, *, listen: bool) -> Engine:
        memory = self._replica.memory
        position = memory.position
        return Engine(
            self._replica.outbox,
            memory.contact,
            position.cursor,
            position.head,
            self._clock,
            self._random,
            self._client.address,
            listen=listen,
        )
