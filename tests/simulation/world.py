"""One simulation under one seed: a few laptops, one server, everything that can go wrong, then peace and comparison."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from data.sync.state import is_settled
from domain.clock import milliseconds
from domain.wire import Limits
from server.people.directory import close_account
from tests.simulation.agents import People
from tests.simulation.central import START, Request, Response, ServerDied, central, known_secrets
from tests.simulation.laptop import FILES, Laptop, Surroundings, disk
from tests.simulation.morning import HEADER, key_for, morning
from tests.simulation.network import CALM, Line, Network, Weather
from tests.simulation.record import Record, Violation
from tests.simulation.rest import compare_everything
from tests.simulation.virtual import Stuck, TrueClock, VirtualLoop
from tests.simulation.watching import Watch
from tests.support.disk import Luck

ROUNDS: Final = 60
"""How often everybody tries again, half a minute apart, before it counts as never coming to rest."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one seed came to. ``trace`` is the hash of everything that happened."""

    seed: int
    trace: str
    fired: dict[str, int]
    done: dict[str, int]
    laptops: int
    facts: int
    looks: int
    failure: str | None = None
    broken: bool = False
    """Whether the failure is something that must always hold, and not an error nobody foresaw."""


class World:
    """Everything of one seed."""

    def __init__(self, seed: int, loop: VirtualLoop, tell: Callable[[str], None] | None, theme: str | None) -> None:
        self.theme = theme
        self.dice = dice = random.Random(seed)
        self.loop = loop
        self.record = Record(loop.time, tell)
        self.central = central()
        self.agents = dice.choice((2, 2, 2, 2, 2, 2, 2, 3, 3, 4, 5, 6))
        cases = self.agents + 2
        spare, encrypted = self.agents < 6 and dice.random() < 0.1, dice.random() < 0.15
        day = morning(self.agents, cases, spare=spare, encrypted=encrypted)
        self.central.begin(day.content, TrueClock(loop), dice)
        self.network = Network(loop, self.central, dice, self.record)
        self.network.died = self.server_died
        self.defect: BaseException | None = None
        limits = Limits(max_events=dice.choice((1, 3, 50)), max_changes=dice.choice((1, 2, 3, 50)))
        self.around = Surroundings(loop, self.network, self.record, dice, limits, self.found, self._died)
        self.people = People(self.central, dice, self.record, cases)
        self.people.sue, self.people.bank = day.sue, day.bank
        self.key = key_for(encrypted=encrypted)
        self.laptops: list[Laptop] = []
        for machine in day.machines:
            self.add_laptop(machine.login, machine.header, machine.files)
        self.watch = Watch(loop, self.central, self.laptops)
        self.persons = self.central.people()
        self.network.answered = self._answered
        self.network.delivered = self.watch.delivered
        self.network.meanwhile = lambda: self.office(dice.choice((self.people.pay, self.reassign)))
        self.backup: bytes | None = None
        self.restores = 0
        self.closed: set[str] = set()
        self.bad_day = Weather(
            delay_s=dice.choice((0.02, 0.3, 2.0)),
            lose_request=dice.choice((0.0, 0.05, 0.2)),
            lose_answer=dice.choice((0.0, 0.05, 0.2)),
            repeat=dice.choice((0.0, 0.1, 0.3)),
            late=dice.choice((0.0, 0.05, 0.15)),
            fault=dice.choice((0.0, 0.0, 0.1)),
            refuse=dice.choice((0.0, 0.0, 0.2)),
            garble=dice.choice((0.0, 0.0, 0.05)),
            lose_hint=dice.choice((0.0, 0.3)),
            interleave=dice.choice((0.0, 0.1, 0.3)),
        )

    def add_laptop(self, login: str, header: bytes, files: dict[str, bytes]) -> Laptop:
        """Give somebody a machine with this on its disk."""
        laptop = Laptop(f"m{len(self.laptops) + 1}-{login}", login, self.around, self.key, self.dice.random() < 0.9)
        laptop.folder.mkdir(exist_ok=True)
        (laptop.folder / HEADER).write_bytes(header)
        laptop.replace_disk(files)
        self.laptops.append(laptop)
        return laptop

    def _answered(self, line: Line, request: Request, response: Response) -> None:
        if response.status == 401 and request.path != "/v1/sessions":
            ended = self.central.rows(
                "SELECT 1 FROM app_session WHERE expires_ms <= ?", milliseconds(self.loop.instant())
            )
            self.record.fault("session expired" if ended else "session ended", line.name)
        self.watch.answered(line, request, response)

    # --- what breaks -------------------------------------------------------------------------------------------

    def found(self, failure: BaseException) -> None:
        """Note the first thing nobody foresaw: it ends the simulation."""
        if self.defect is None:
            self.defect = failure

    def _died(self, laptop: Laptop) -> None:
        """A machine died in the middle of a write."""
        if not laptop.drive.dead:
            return
        if self.dice.random() < 0.5:
            self.record.fault("client killed at a write", laptop.name)
            laptop.killed()
        else:
            self.record.fault("power cut at a write", laptop.name)
            laptop.killed(self.luck(), self.dice)
        self.people.running.pop(laptop.name, None)

    def luck(self) -> Luck:
        """Draw what a disk kept of the writes it was not told to sync."""
        return self.dice.choice(("nothing", "everything", "torn", "torn"))

    def server_died(self) -> None:
        """Let nobody reach the server until it is started again."""
        self.watch.owners_changed()
        self.network.server_down()
        self.loop.call_later(self.dice.uniform(0.5, 40), self.server_up)

    def server_up(self) -> None:
        """Start the server, if it is not running already."""
        if not self.network.up:
            self.central.restart()
            self.network.up = True
            self.record.note("server up")

    def office(self, work: Callable[[], object]) -> None:
        """Do something at the office, unless the server is down or dies of it."""
        if not self.network.up:
            return
        commits = self.central.commits
        try:
            work()
        except ServerDied:
            died = "server died after commit" if self.central.commits != commits else "server died before commit"
            self.record.fault(died, "at the office")
            self.server_died()
        self.watch.owners_changed()

    def reassign(self, *, many: bool = False, force: bool = False) -> None:
        """Move cases, and remember whom that may leave with a call at hand."""
        agents = [f"a{number + 1}" for number in range(self.agents) if f"a{number + 1}" not in self.closed]

        def work() -> None:
            if force:
                for case_id in self.people.cases:
                    self.watch.excuse(case_id)
            moved = self.people.reassign(agents, many=many, force=force)
            in_calls = {case_id for _call, case_id in self.people.running.values()}
            if any(case_id in in_calls for case_id, _status in moved):
                self.record.fault("reassigned in a call")
            if force:
                self.record.fault("reassigned by force")

        if many:
            self.record.fault("reassign storm")
        self.office(work)

    def back_up(self) -> None:
        """Take a backup."""
        self.backup = self.central.back_up()
        self.record.note("backed up")

    def restore(self, *, silently: bool) -> None:
        """Bring the last backup back; what is on its way then finds another history, unless nobody says so."""
        if self.backup is None:
            return
        self.network.server_down()
        self.central.fuse = None
        self.central.restore(self.backup, silently=silently)
        self.restores += 1
        self.watch.silent |= silently
        self.backup = None
        self.network.up = True
        self.record.fault("server restored silently" if silently else "server restored")
        self.watch.owners_changed()

    def clone(self, laptop: Laptop) -> None:
        """Copy a running machine, disk and all, and start the copy."""
        if len(self.laptops) >= 6 or laptop.is_clone or not laptop.is_on():
            return
        self.watch.look()
        copy = self.add_laptop(laptop.login_name, (laptop.folder / HEADER).read_bytes(), laptop.drive.killed())
        laptop.is_clone = copy.is_clone = laptop.changed = True
        copy.clock.wrong_by = laptop.clock.wrong_by
        self.record.fault("laptop cloned", laptop.name)
        copy.boot()

    def set_back(self, laptop: Laptop, image: dict[str, bytes]) -> None:
        """Bring an older copy of a machine's disk back."""
        self.watch.look()
        laptop.lost_with_a_disk |= set(laptop.saved)
        laptop.is_clone = True
        laptop.replace_disk(image)
        self.watch.set_back(laptop)
        self.record.fault("laptop set back", laptop.name)

    def set_clock(self, laptop: Laptop, seconds: float) -> None:
        """Set a machine's clock."""
        if laptop.is_on():
            self.watch.look()
        laptop.clock.wrong_by += timedelta(seconds=seconds)
        laptop.changed = True
        if seconds < 0:
            laptop.set_back_at = (laptop.boots, self.loop.instant())
        self.record.fault("clock set forward" if seconds > 0 else "clock set back", laptop.name, seconds)

    def close_account(self, login: str) -> None:
        """Close somebody's account for a while."""
        person = self.persons[login]
        self.office(lambda: self.central.write(lambda transaction: close_account(transaction, person)))
        self.closed.add(login)
        self.record.fault("account closed", login)

    def open_accounts(self) -> None:
        """Open every account again."""
        self.central.rows("UPDATE app_user SET active = 1")
        self.closed.clear()

    # --- peace -------------------------------------------------------------------------------------------------

    async def come_to_rest(self) -> None:
        """End every accident, and wait until everybody has handed over and read everything."""
        self.network.weather = replace(CALM, delay_s=0.02)
        self.central.fuse = None
        self.server_up()
        for laptop in self.laptops:
            laptop.line.up = True
            laptop.drive.room = laptop.drive.writes_left = None
        if self.dice.random() < 0.2:
            await self.hand_over_without_a_session()
        self.open_accounts()
        for number in range(ROUNDS):
            for laptop in self.laptops:
                await self.wake(laptop)
            await asyncio.sleep(5 if number < 3 else 60)
            if all(self.at_rest(laptop) for laptop in self.laptops):
                return
        raise Violation(
            "never comes to rest: "
            + ", ".join(
                f"{laptop.name} is {laptop.driver.status.state} with {laptop.driver.status.unsent} unsent"
                for laptop in self.laptops
                if laptop.is_on()
            )
        )

    async def hand_over_without_a_session(self) -> None:
        """Let everybody log out: what is unsent has to go up with the deposit key all the same."""
        self.record.fault("nobody logged in")
        for laptop in self.laptops:
            if laptop.store is None and not laptop.boot():
                continue
            await laptop.log_out()
        for _ in range(ROUNDS):
            on = [laptop for laptop in self.laptops if laptop.is_on() and laptop.session.agent is not None]
            for laptop in on:
                laptop.driver.nudge()
            await asyncio.sleep(5)
            if not any(laptop.driver.status.unsent for laptop in on):
                return
        raise Violation("14: without a session something stays unsent")

    async def wake(self, laptop: Laptop) -> None:
        """Start, log in and press sync, as far as necessary."""
        if laptop.store is None:
            laptop.boot()
        elif laptop.running is None:
            laptop.start_sync()
        if laptop.store is not None and (laptop.session.token is None or laptop.driver.status.state == "login"):
            laptop.login_wanted = False
            laptop.work(laptop.log_in())
        elif laptop.store is not None:
            laptop.driver.nudge()

    def at_rest(self, laptop: Laptop) -> bool:
        """Tell whether a machine has nothing left to do."""
        agent = self.watch.agents[laptop.login_name]
        return (
            laptop.is_on()
            and self.central.rows("SELECT head FROM feed_head WHERE agent_id = ?", agent)
            == [(laptop.replica.memory.position.seq,)]
            and laptop.driver.status.state == "synced"
            and laptop.driver.status.unsent == 0
            and is_settled(laptop.driver._engine.state)
        )

    def close(self) -> None:
        """Put everything away."""
        for laptop in self.laptops:
            laptop.quit()
            disk().forget(laptop.folder)
            for left in (laptop.folder / name for name in ("store.json", "store.lock", FILES)):
                left.unlink(missing_ok=True)


async def live(world: World) -> None:
    """Let one world happen."""
    from tests.simulation.script import accidents_and_work

    world.watch.begin()
    for laptop in world.laptops:
        laptop.boot()
    await accidents_and_work(world)
    await world.come_to_rest()
    world.watch.finish()
    if not world.watch.silent:  # then versions of two histories have one name, and nothing can be compared
        await compare_everything(world)


def simulate(seed: int, tell: Callable[[str], None] | None = None, theme: str | None = None) -> Outcome:
    """Run one seed to its end, or to the first thing that must not happen; of the accidents of ``theme`` there are more."""
    central()  # it draws secrets of its own when it is made
    loop = VirtualLoop(START)
    world: World | None = None
    failure, broken = None, False
    try:
        asyncio.set_event_loop(loop)
        with known_secrets(random.Random(f"secrets {seed}")):
            world = World(seed, loop, tell, theme)
            task = loop.create_task(live(world))
            present = world
            loop.set_exception_handler(
                lambda _loop, context: present.found(context.get("exception") or RuntimeError(context["message"]))
            )

            def before_passing() -> None:
                if present.defect is not None:
                    raise present.defect
                present.watch.look()

            loop.before_passing = before_passing
            try:
                loop.run_until_complete(task)
            except Violation as violation:
                failure, broken = str(violation), True
            except Stuck:
                failure = "stuck: nothing is left to do, or no end of it"
            except Exception as defect:
                failure = f"{type(defect).__name__}: {defect}"
                if tell is not None:
                    raise
            loop.before_passing = lambda: None
            world.close()
            rest = asyncio.all_tasks(loop)
            for each in rest:
                each.cancel()
            loop.run_until_complete(asyncio.gather(*rest, return_exceptions=True))
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    assert world is not None
    return Outcome(
        seed,
        world.record.digest(),
        dict(world.record.fired),
        dict(world.record.done),
        len(world.laptops),
        sum(len(laptop.saved) for laptop in world.laptops),
        world.watch.looks,
        failure,
        broken,
    )
