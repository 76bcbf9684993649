"""A day of an agent, key by key, on the real application: who answers and what they say comes from figures and dice."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Final

from textual import events
from textual.pilot import Pilot

from domain.case.model import Case
from domain.facts import payloads as p
from screens.call import CallScreen
from screens.queue import QueueScreen
from tests.support.desks import HandClock
from tests.support.figures import Figures
from tests.support.places import text_of
from tui.desk import AgentDesk

_NAMED: Final = {" ": "space"}

SAID: Final = (
    (30, ["c", "=in 3 hours", "enter"], "call_back"),
    (22, ["o", "4", "8"], "refuses"),
    (14, ["o", "4", "9"], "unable"),
    (10, ["o", "4", "6"], "paid_already"),
    (8, ["t", "=asks for the statement", "enter", "o", "4", "2"], "hung_up_after"),
    (6, ["D", "=the fee is wrong", "enter"], "dispute"),
    (4, ["H", "=lost the job", "enter"], "hardship"),
    (3, ["e", "=wants somebody else", "enter"], "wants_supervisor"),
    (3, ["o", "5", "4"], "cease"),
)
"""What people say who promise nothing: weight, keys, the result code they leave."""
PROMISES: Final = ("=next friday", "=in 5 days", "=end of month", "=tomorrow")
NOBODY: Final = ((["n"], "no_answer"), (["o", "1", "2"], "busy"), (["o", "1", "7"], "voicemail"))
SOMEBODY: Final = (
    (["o", "4", "1"], "hung_up_before"),
    (["o", "3", "2"], "third_party"),
    (["o", "2", "2"], "wrong_number"),
)


async def strike(pilot: Pilot[None], *keys: str) -> None:
    """Press keys, each once everything the one before it began has been done; ``=words`` types words."""
    for key in keys:
        for one in [_NAMED.get(each, each) for each in key[1:]] if key.startswith("=") else [key]:
            pilot.app.post_message(events.Key(one, " " if one == "space" else one if len(one) == 1 else None))
        for _ in range(5 if key == "enter" else 3):  # the key, and what each place it comes by is told
            assert await pilot._wait_for_screen()


def is_queue(pilot: Pilot[None]) -> bool:
    """Tell whether the queue is on top."""
    return isinstance(pilot.app.screen, QueueScreen)


class Workday:
    """Works through the queue until ``dials`` numbers were rung or nobody may be called any more."""

    def __init__(self, pilot: Pilot[None], desk: AgentDesk, clock: HandClock, figures: Figures, seed: str) -> None:
        self.pilot = pilot
        self.desk = desk
        self.clock = clock
        self.figures = figures
        self.dice = random.Random(seed)
        self.dials = 0
        self.refusals: Counter[str] = Counter()
        self.results: Counter[str] = Counter()

    async def work(self, until: datetime, most: int) -> bool:
        """Work until an instant or until ``most`` dials are made; tells whether there was anybody to call."""
        while self.clock.now() < until and self.dials < most:
            if not isinstance(self.pilot.app.screen, CallScreen):
                if not await self._from_the_queue():
                    return False
                continue
            await self._call()
        return True

    async def _from_the_queue(self) -> bool:
        screen = self.pilot.app.screen
        assert isinstance(screen, QueueScreen), text_of(self.pilot.app)
        screen.refresh_queue()
        if self.desk.next_case(None) is None:
            return False
        await strike(self.pilot, "home", "enter")
        return True

    async def try_what_is_held(self) -> None:
        """Press the keys that would ring somebody who must not be rung now, and go back to the queue."""
        await self._back_to_the_queue()
        refused = [row for row in self.desk.queue().not_now if row.verdict is not None and not row.verdict.allowed]
        for row in self.dice.sample(refused, min(2, len(refused))):
            await strike(self.pilot, "slash", "=" + row.case_id, "enter", "enter")
            assert isinstance(self.pilot.app.screen, CallScreen), text_of(self.pilot.app)
            await strike(self.pilot, "d")
            assert self.desk.call is None, f"a held case was dialled: {row}"
            assert row.verdict is not None
            self.refusals[row.verdict.code] += 1
            await self._back_to_the_queue()
            await strike(self.pilot, "slash", "escape")

    async def _back_to_the_queue(self) -> None:
        for _ in range(4):
            if not is_queue(self.pilot):
                await strike(self.pilot, "escape")
        assert is_queue(self.pilot), text_of(self.pilot.app)

    async def _call(self) -> None:
        screen = self.pilot.app.screen
        assert isinstance(screen, CallScreen)
        case = self.desk.case(screen.case_id)
        assert case is not None
        await strike(self.pilot, "d")
        if self.desk.call is None:
            self.refusals[self.desk.gate(case).code] += 1
            await self._back_to_the_queue()
            self.clock.pass_time(seconds=20)
            return
        self.dials += 1
        keys, code = self._what_happens(case)
        await strike(self.pilot, *keys)
        ended = self.desk.case(case.id)
        assert not self._in_call(), f"after {keys}:\n{text_of(self.pilot.app)}"
        assert ended is not None
        assert ended.attempts[-1].code in (code, "plan"), (keys, ended.attempts[-1])
        self.results[code] += 1
        self.clock.pass_time(seconds=self.dice.uniform(5, 20))

    def _in_call(self) -> bool:
        return self.desk.call is not None

    def _what_happens(self, case: Case) -> tuple[list[str], str]:
        dice, figures = self.dice, self.figures
        self.clock.pass_time(seconds=figures.ring_seconds(dice))
        if dice.random() >= figures.answered:
            return dice.choice(NOBODY)
        if dice.random() >= figures.conversation:
            self.clock.pass_time(seconds=dice.uniform(5, 30))
            return dice.choice(SOMEBODY)
        self.clock.pass_time(seconds=figures.talk_seconds(dice))
        if figures.promises(len(case.attempts), dice):
            return ["i", "a", "p", dice.choice(PROMISES), "enter", "enter"], "promise"
        _, keys, code = dice.choices(SAID, [weight for weight, _, _ in SAID])[0]
        return ["i", "a", *keys], code


def stories(now: datetime, count: int) -> list[tuple[str, p.AccountStated, list[p.Payload]]]:
    """Make cases of two markets with what happened before today; nobody real."""
    dice = random.Random("cases of the working day")
    made = []
    for number in range(count):
        consumer = number % 3 != 0
        abroad = number % 10 == 9
        zone, region = ("America/New_York", "US") if abroad else ("Asia/Shanghai", "CN")
        phone = f"+1212555{number % 100 + 100:04d}" if abroad else f"+86138{number:08d}"
        amount = dice.randint(5_000, 3_000_000)
        due = now.date().replace(day=1)
        account = p.AccountStated(
            now.date(),
            "import-1",
            f"Customer {number:03d}",
            customer_id=f"w{number:03d}",
            segment="consumer" if consumer else "business",
            region=region,
            debts=(p.Debt(f"w{number:03d}-d1", amount, "USD" if abroad else "CNY", doc=f"INV-{number}", due=due),),
            phones=(p.Phone(phone, type="mobile", region=region, zones=(zone,)),),
        )
        before: list[p.Payload] = []
        if number % 17 == 3:
            due_back = now.replace(hour=1 + number % 9, minute=30) + timedelta(days=1)
            before.append(p.CallbackSet(due=due_back, number=phone))
        if number % 19 == 4:
            before.append(p.DisputeRaised(note="before today"))
        if number % 23 == 5:
            before.append(p.ConsentWithdrawn())
        made.append((f"w{number:03d}", account, before))
    return made


NINE: Final = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""09:00 on a Tuesday in Shanghai."""
