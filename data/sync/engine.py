"""Decides what to do about the sync, and does none of it.

Inputs go in one by one, effects come out; the clock and the dice are given to it, the outbox it only looks at. Four
ways run beside each other and never wait for one another: up (facts), down (the feed), the stream of hints, and hello.

**Nothing here can lose a fact**: the engine has no effect that drops one, and none that changes one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from data.answers import DEVICE_REVOKED, PROTOCOL_UNSUPPORTED, Failure, Timing
from data.position import Contact
from data.sync import effects as do
from data.sync import inputs as on
from data.sync.pauses import Pause
from data.sync.pulling import POLL, Pull
from data.sync.pushing import Flight, after_failure, due_batch
from data.sync.state import Call, EngineState, Unsent, has_backlog, is_settled, next_wake, status_of, unpaused
from data.sync.status import SyncStatus
from data.sync.timing import measured, told_by, without_lease
from domain.clock import Clock
from domain.wire import PROTOCOL_MAX, PROTOCOL_MIN, Hello

HELLO_AGAIN: Final = timedelta(hours=6)
CUSTODY_AGAIN: Final = timedelta(hours=1)
"""How often a server may claim that it lacks facts it has acknowledged and be given them again."""
PAGE: Final = 3000
"""Entries asked for at once: a page is stored in one go, and the screen must not stand still for it. The server gives no more
than 4 MB at once, which is stored in a tenth of a second; only a machine that is new has so much to read."""


class Engine:
    """The deciding half of the sync; see :mod:`data.sync.driver` for the other."""

    def __init__(
        self,
        outbox: Unsent,
        contact: Contact,
        cursor: str | None,
        head: int,
        clock: Clock,
        random: Callable[[], float],
        server: str = "",
        *,
        listen: bool = True,
    ) -> None:
        """Begin with what is stored; ``clock`` is the machine's own. Without ``listen`` no stream is opened."""
        self.state = EngineState(contact, cursor, head)
        self._outbox = outbox
        self._clock = clock
        self._random = random
        self._server = server
        self._listen = listen
        self._effects: list[do.Effect] = []
        self._shown: SyncStatus | None = None
        self._asked_login = False

    # --- in and out --------------------------------------------------------------------------------------------

    def handle(self, event: on.Input) -> tuple[do.Effect, ...]:
        """Take one input, give what is to be done, in this order."""
        self._effects = []
        now = self._clock.now()
        self._take(event, now)
        if self.state.running:
            self._start_requests(now)
        self._effects.append(do.SetTimer(next_wake(self.state, self._outbox, now, listen=self._listen)))
        status = self.status()
        if status != self._shown:
            self._shown = status
            self._effects.append(do.StatusChanged(status))
        return tuple(self._effects)

    def _take(self, event: on.Input, now: datetime) -> None:
        match event:
            case on.Started():
                self._change(running=True, session=event.session, deposit=event.deposit, pull=Pull(wanted=True))
                if not event.session:
                    self._ask_login()
            case on.Stopped():
                self._stop()
            case on.Tick() | on.FactCaptured():
                pass
            case on.Nudged():
                self._nudge()
            case on.WentOffline():
                self._lost_contact(now)
            case on.LoggedIn():
                self._logged_in(event)
            case on.LoggedOut():
                self._asked_login = True  # whoever logs out knows what to do next
                self._session_ended()
            case on.ShutOut():
                self._shut_out()
            case on.HelloAnswered() if event.request == self.state.hello.request:
                self._hello(event.hello, event.timing, now)
            case on.HelloFailed() if event.request == self.state.hello.request:
                self._failed(event.failure, now)
                self._change(hello=self.state.hello.delayed(event.failure, now, self._random))
            case on.PushAnswered() if flight := self.state.push.flight(event.request):
                self._push_answered(flight, event, now)
            case on.PushFailed() if flight := self.state.push.flight(event.request):
                self._push_failed(flight, event.failure, now)
            case on.Marked() if flight := self.state.push.flight(event.request):
                self._marked(flight, event, now)
            case on.RefusalMarked() if flight := self.state.push.flight(event.request):
                self._change(push=self.state.push.without(flight))
            case on.PullAnswered() if event.request == self.state.pull.request:
                self._pull_answered(event, now)
            case on.PullFailed() if event.request == self.state.pull.request:
                self._pull_failed(event.request, event.failure, now)
            case on.PageApplied() if event.request == self.state.pull.request:
                self._applied(event, now)
            case on.StoreFailed():
                self._not_stored(event.request, now)
            case on.StreamOpened() if event.request == self.state.stream.request:
                self._change(stream=replace(self.state.stream, open=True, failures=0))
                self._want_pull()
            case on.StreamLost() if event.request == self.state.stream.request:
                self._stream_lost(event.failure, now)
            case on.Poked():
                if event.head != self.state.head:
                    self._want_pull(echo=True)
            case on.RevokeHinted():
                self._effects.append(do.HideDocuments(event.keys))
                self._want_pull()
            case _:
                pass  # the answer to a request that was given up

    # --- up ----------------------------------------------------------------------------------------------------

    def _push_answered(self, flight: Flight, event: on.PushAnswered, now: datetime) -> None:
        self._heard(event.timing)
        if flight.epoch != self.state.contact.epoch:
            # The history that took custody is no longer the server's, or was not known yet: offer the same again.
            self._change(push=self.state.push.repeated(flight))
            return
        received = max(self.state.contact.received_through, event.answer.received_through)
        self._change(contact=replace(self.state.contact, received_through=received))
        missing = frozenset(event.answer.missing) - flight.overtaken
        if missing:
            missing -= {kept.seq for kept in self._outbox.unsent()}
        if len(event.answer.results) >= len(flight.seqs) and not event.answer.revoked:
            self._change(push=self.state.push.heard(flight))
            self._start_push(now)  # so that the server has work while the answer is stored
        self._effects.append(do.MarkSent(event.request, tuple(event.answer.results), self.state.contact))
        if event.answer.revoked:
            self._shut_out()
        if missing and self._may_doubt():
            self._effects.append(do.OfferAgain(seqs=missing))

    def _marked(self, flight: Flight, event: on.Marked, now: datetime) -> None:
        push = self.state.push
        if not event.seqs:
            nothing = Failure("protocol", problem="an answer to nothing")
            self._change(push=push.delayed(flight, nothing, now, self._random))
            return
        self._change(push=push.answered(flight, event.seqs), marked_before=self.state.requests)
        if event.conflicts:
            self._effects.append(do.RaiseAlarm("conflict"))
        self._want_pull(echo=True)

    def _push_failed(self, flight: Flight, failure: Failure, now: datetime) -> None:
        self._failed(failure, now)
        push = self.state.push
        if failure.status == 401:
            self._change(push=push.repeated(flight))
            if flight.key == "session":
                self._session_refused(flight.request)
            else:
                self._change(deposit=False)
            return
        after, isolated = after_failure(push, flight, failure, now, self._random)
        self._change(push=after)
        if isolated is not None:
            problem = failure.problem or str(failure.status)
            self._change(problem=problem)
            self._effects.append(do.MarkRefused(flight.request, isolated, failure.status or 0, problem))

    # --- down --------------------------------------------------------------------------------------------------

    def _pull_answered(self, event: on.PullAnswered, now: datetime) -> None:
        self._heard(event.timing)
        page = event.page
        contact = told_by(page, self.state.contact, event.timing)
        if not page.more:
            contact = replace(contact, last_sync=now + contact.offset)
        pull = replace(self.state.pull, page=page)
        self._change(contact=contact, pull=pull)
        settle = event.request > self.state.marked_before
        self._effects.append(do.ApplyPage(event.request, page, pull.asked, contact, settle))

    def _applied(self, event: on.PageApplied, now: datetime) -> None:
        state = self.state
        page = state.pull.page
        assert page is not None
        pull = state.pull.applied(now, streaming=state.stream.open, random=self._random)
        self._change(pull=pull, cursor=page.cursor, head=page.head)
        if event.applied.set_back:
            self._effects.append(do.RaiseAlarm("set-back"))
        through = page.device.received_through
        sent_later = event.request > state.marked_before and not state.push.under_way
        if sent_later and through < state.contact.received_through and self._may_doubt():
            self._change(contact=replace(self.state.contact, received_through=through))
            self._effects.append(do.OfferAgain(above=through))

    def _pull_failed(self, request: int, failure: Failure, now: datetime) -> None:
        self._failed(failure, now)
        self._change(pull=self.state.pull.delayed(failure, now, self._random))
        if failure.status == 401:
            self._change(pull=replace(self.state.pull, pause=None, failures=0))
            self._session_refused(request)

    # --- hello and the stream ----------------------------------------------------------------------------------

    def _hello(self, hello: Hello, timing: Timing, now: datetime) -> None:
        self._heard(timing)
        compatible = hello.protocol.min <= PROTOCOL_MAX and hello.protocol.max >= PROTOCOL_MIN
        self._change(compatible=compatible, limits=hello.limits, hello=Call(again=now + HELLO_AGAIN))
        self._learn_epoch(hello.epoch)

    def _learn_epoch(self, epoch: str | None) -> None:
        contact = self.state.contact
        if not epoch or epoch == contact.epoch:
            return
        through = contact.received_through if contact.epoch is None else 0
        self._change(contact=replace(without_lease(contact), epoch=epoch, received_through=through))
        self._effects.append(do.Remember(self.state.contact))
        if contact.epoch is not None:
            self._want_pull()

    def _stream_lost(self, failure: Failure, now: datetime) -> None:
        lost = self.state.stream
        if failure.problem == DEVICE_REVOKED:
            self._shut_out()
        self._change(stream=replace(lost, open=False).delayed(failure, now, self._random))
        pull = self.state.pull
        if pull.next_poll is not None:
            self._change(pull=replace(pull, next_poll=min(pull.next_poll, now + POLL)))
        if failure.status == 401:
            self._session_ended()

    # --- contact, session, trouble -----------------------------------------------------------------------------

    def _heard(self, timing: Timing) -> None:
        """Take in that the server answered; what waits for a network need not wait any longer."""
        if self.state.offline_since is not None:
            state = self.state
            self._change(
                push=unpaused(state.push),
                pull=unpaused(state.pull),
                hello=unpaused(state.hello),
                stream=unpaused(state.stream),
            )
        contact = measured(self.state.contact, timing)
        self._change(contact=replace(contact, said=timing.server_time or contact.said), offline_since=None)

    def _failed(self, failure: Failure, now: datetime) -> None:
        """Note whether anything was reached; every answer, even one that says no, tells the time."""
        if failure.kind in ("network", "timeout"):
            self._lost_contact(now)
        elif failure.timing is not None:
            self._heard(failure.timing)
        if failure.problem == DEVICE_REVOKED:
            self._shut_out()
        elif failure.problem == PROTOCOL_UNSUPPORTED:
            self._change(compatible=False)

    def _lost_contact(self, now: datetime) -> None:
        if self.state.offline_since is None:
            self._change(offline_since=now + self.state.contact.offset)

    def _logged_in(self, event: on.LoggedIn) -> None:
        self._asked_login = False
        pull = replace(self.state.pull, wanted=True, pause=None, failures=0, rest_until=None)
        self._change(session=True, deposit=event.deposit, pull=pull, stream=Call(), shut_out=False)
        self._change(login_after=self.state.requests)
        self._change(push=replace(self.state.push, pause=None, failures=0))
        self._learn_epoch(event.epoch)

    def _session_refused(self, request: int) -> None:
        """Take in that the server knows no such session; a request from before the last login was about another one."""
        if request > self.state.login_after:
            self._session_ended()

    def _session_ended(self) -> None:
        if self.state.stream.request is not None:
            self._effects.append(do.CloseStream())
        self._change(session=False, stream=Call(), pull=replace(self.state.pull, request=None, page=None, wanted=True))
        self._ask_login()

    def _shut_out(self) -> None:
        """Let go of everything that can be read; what was captured here still goes up with the deposit key."""
        self._change(shut_out=True, cursor=None, head=0, contact=replace(self.state.contact, lease_until=None))
        self._effects.append(do.LetGo(self.state.contact))

    def _ask_login(self) -> None:
        if not self._asked_login and not self.state.shut_out:
            self._asked_login = True
            self._effects.append(do.AskLogin())

    def _not_stored(self, request: int, now: datetime) -> None:
        pull, push = self.state.pull, self.state.push
        flight = push.flight(request)
        if request == pull.request:
            self._change(pull=pull.not_stored(now, self._random))
        elif flight is not None:
            self._change(push=push.not_stored(flight, now, self._random))

    def _may_doubt(self) -> bool:
        """Tell whether a server's claim to lack what it acknowledged is believed now; too often, it is a defect."""
        now = self._clock.now()
        if self.state.custody is not None and not self.state.custody.over(now):
            return False
        self._change(custody=Pause(now, now + CUSTODY_AGAIN, "fault"))
        return True

    def _nudge(self) -> None:
        state = self.state
        refused = tuple((kept.seq,) for kept in self._outbox.unsent() if kept.refusal)
        self._change(
            push=replace(state.push, pause=None, failures=0, groups=state.push.groups + refused),
            pull=replace(state.pull, pause=None, failures=0, wanted=True, rest_until=None),
            hello=replace(state.hello, pause=None, again=state.hello.again if state.compatible else None),
            stream=replace(state.stream, pause=None),
        )

    def _stop(self) -> None:
        if self.state.stream.request is not None:
            self._effects.append(do.CloseStream())
        state = self.state
        self._change(
            running=False,
            push=state.push.given_up(),
            pull=Pull(),
            hello=Call(),
            stream=Call(),
            offline_since=None,
        )
        self._asked_login = False

    def _want_pull(self, *, echo: bool = False) -> None:
        pull = self.state.pull
        self._change(pull=replace(pull, wanted=True, rest_until=pull.rest_until if echo else None))

    # --- requests ----------------------------------------------------------------------------------------------

    def _start_requests(self, now: datetime) -> None:
        """Begin what is due: facts first, then the feed."""
        state = self.state
        if state.hello.due(now):
            self._change(hello=Call(request=self._number(), failures=state.hello.failures))
            self._effects.append(do.SayHello(self.state.requests))
        self._start_push(now)
        if not self.state.session or not self.state.compatible:
            return
        pull = self.state.pull
        if pull.due(now, backlog=has_backlog(self.state, self._outbox)):
            asked = None if pull.from_start else self.state.cursor
            self._change(pull=replace(pull, request=self._number(), asked=asked, wanted=False))
            limit = max(1, min(PAGE, self.state.limits.max_changes))
            self._effects.append(do.FetchChanges(self.state.requests, asked, limit))
        if self._listen and self.state.stream.due(now):
            self._change(stream=Call(request=self._number(), failures=self.state.stream.failures))
            self._effects.append(do.OpenStream(self.state.requests))

    def _start_push(self, now: datetime) -> None:
        state = self.state
        key, epoch, unsent = state.key, state.contact.epoch, self._outbox.unsent()
        if key is None or not state.running or not state.compatible:
            return
        self._change(push=state.push.rested(now))
        while batch := due_batch(self.state.push, unsent, key, epoch, now + state.contact.offset, state.limits):
            flight = Flight(self._number(), batch.seqs, key, epoch, batch.cases, batch.alone)
            self._change(push=self.state.push.sent(flight, batch.groups))
            self._effects.append(do.SendEvents(flight.request, flight.seqs, key))

    def _number(self) -> int:
        self._change(requests=self.state.requests + 1)
        return self.state.requests

    def _change(self, **fields: object) -> None:
        self.state = replace(self.state, **fields)  # type: ignore[arg-type]  # the fields of EngineState, by name

    # --- what it says about itself -----------------------------------------------------------------------------

    def status(self) -> SyncStatus:
        """Say how the sync stands at this moment."""
        return status_of(self.state, self._outbox, self._server)

    @property
    def settled(self) -> bool:
        """Whether nothing more happens until time passes or somebody does something."""
        return is_settled(self.state)
