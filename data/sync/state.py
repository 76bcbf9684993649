"""What the engine knows, as values: the state of each way, what the status line makes of it, and when to wake up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

from data.answers import Failure
from data.kept import KeptFact
from data.position import Contact
from data.sync.effects import KeyKind
from data.sync.pauses import Pause, pause_after
from data.sync.pulling import Pull
from data.sync.pushing import Push, next_offer
from data.sync.status import SyncState, SyncStatus
from domain.wire import Limits


class Unsent(Protocol):
    """The outbox, as far as the engine may look at it."""

    def unsent(self) -> Sequence[KeptFact]:
        """Give the facts the server has not acknowledged, oldest first."""
        ...

    def count_unsent(self) -> int:
        """Count them."""
        ...

    def count_refused(self) -> int:
        """Count those among them that the server would not take when it was last asked."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """A way on which one request is under way, or waits, or is not wanted before ``again``: hello, the stream."""

    request: int | None = None
    open: bool = False
    again: datetime | None = None
    failures: int = 0
    pause: Pause | None = None

    def due(self, now: datetime) -> bool:
        """Tell whether the request should be made now."""
        if self.request is not None or (self.pause is not None and not self.pause.over(now)):
            return False
        return self.again is None or now >= self.again

    def delayed(self, failure: Failure, now: datetime, random: Callable[[], float]) -> Call:
        """Give the state in which it is made again after a while."""
        failures = self.failures + 1
        return Call(failures=failures, pause=pause_after(failure, failures, now, random))


@dataclass(frozen=True, slots=True)
class EngineState:
    """Everything the engine knows. What must outlive the program is in ``contact`` and ``cursor``, and stored."""

    contact: Contact
    cursor: str | None
    head: int
    running: bool = False
    session: bool = False
    deposit: bool = False
    compatible: bool = True
    limits: Limits = Limits()  # noqa: RUF009 - it is frozen
    push: Push = Push()  # noqa: RUF009
    pull: Pull = Pull()  # noqa: RUF009
    hello: Call = Call()
    stream: Call = Call()
    requests: int = 0
    marked_before: int = 0
    """Requests numbered higher than this left after the last acknowledgement was stored."""
    login_after: int = 0
    """Requests numbered higher than this left after the last login: one before it may have shown the key of the last session."""
    custody: Pause | None = None
    offline_since: datetime | None = None
    problem: str = ""
    shut_out: bool = False
    """The server has said that this device may read nothing more."""

    @property
    def key(self) -> KeyKind | None:
        """What a push shows: the session while there is one, else the device's deposit key."""
        if self.session:
            return "session"
        return "deposit" if self.deposit else None


def status_of(state: EngineState, outbox: Unsent, server: str) -> SyncStatus:
    """Say how the sync stands. The counts are the outbox's own, at this moment."""
    contact = state.contact
    refused = outbox.count_refused()
    next_try = min((each.pause.until for each in (state.push, state.pull) if each.pause is not None), default=None)
    return SyncStatus(
        state=_word(state, outbox),
        last_sync=contact.last_sync,
        offline_since=state.offline_since,
        unsent=outbox.count_unsent(),
        refused=refused,
        lease_until=contact.lease_until,
        next_try=None if next_try is None else next_try + contact.offset,
        head=state.head,
        server=server,
        problem=state.problem if refused else "",
        polling=state.stream.failures > 0 and not state.stream.open,
    )


def _word(state: EngineState, outbox: Unsent) -> SyncState:
    pauses = {each.pause.why for each in (state.push, state.pull) if each.pause is not None}
    refused = outbox.count_refused()
    words: list[tuple[bool, SyncState]] = [
        (not state.running, "stopped"),
        (not state.compatible, "update"),
        ("store" in pauses, "trouble"),
        (state.shut_out, "shut-out"),
        (not state.session, "login"),
        (state.offline_since is not None, "offline"),
        ("forbidden" in pauses, "forbidden"),
        (bool(pauses - {"network"}), "busy"),
        (not state.pull.caught_up or outbox.count_unsent() > refused, "syncing"),
        (refused > 0, "refused"),
    ]
    return next((word for holds, word in words if holds), "synced")


def is_settled(state: EngineState) -> bool:
    """Tell whether nothing more happens until time passes or somebody does something."""
    pull = state.pull
    pull_rests = pull.request is None and (not state.session or not pull.wanted or pull.pause is not None)
    return pull_rests and not state.push.under_way and state.hello.request is None


def has_backlog(state: EngineState, outbox: Unsent) -> bool:
    """Tell whether facts go up and more of them wait, or go up beside them."""
    under_way = state.push.under_way
    return bool(under_way) and outbox.count_unsent() > len(under_way[0].seqs)


def next_wake(state: EngineState, outbox: Unsent, now: datetime, *, listen: bool) -> float | None:
    """Tell in how many seconds something becomes due by itself."""
    if not state.running:
        return None
    instants = [_wake(state.hello)]
    if state.compatible:
        instants.append(_push_wake(state, outbox, now))
        if state.session:
            instants.append(state.pull.wake(backlog=has_backlog(state, outbox)))
            if listen:
                instants.append(_wake(state.stream))
    waits = [(instant - now).total_seconds() for instant in instants if instant is not None]
    return max(0.0, min(waits)) if waits else None


def _wake(call: Call) -> datetime | None:
    if call.request is not None:
        return None
    return call.pause.until if call.pause else call.again


def _push_wake(state: EngineState, outbox: Unsent, now: datetime) -> datetime | None:
    push = state.push
    if push.under_way or state.key is None:
        return None
    if push.pause is not None:
        return push.pause.until
    if not outbox.count_refused():
        return None
    offer = next_offer(outbox.unsent(), now + state.contact.offset)
    return None if offer is None else offer - state.contact.offset


Way = TypeVar("Way", Push, Pull, Call)


def unpaused(way: Way) -> Way:
    """Give a way as it is once the server was heard again: what waits for a network need not wait any longer."""
    if way.pause is None or way.pause.why != "network":
        return way
    return replace(way, pause=None)
