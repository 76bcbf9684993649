"""The order of events of one seed: work and accidents, drawn at random."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.simulation.central import LEASE_S
from tests.simulation.laptop import Laptop
from tests.simulation.network import CALM
from tests.simulation.record import Violation

if TYPE_CHECKING:
    from tests.simulation.world import World

STEPS: Final = (5, 14)
WRITTEN: Final = (1, 1, 1, 1, 1, 6)
"""How many facts are written at once: now and then more than fit into a request."""

_WHAT: Final = {
    "write": 22,
    "call": 12,
    "forbidden call": 3,
    "draw": 3,
    "nudge": 4,
    "reassign": 8,
    "storm": 2,
    "force": 1,
    "pay": 4,
    "close a case": 1,
    "cut": 5,
    "kill": 4,
    "power": 3,
    "die at a write": 4,
    "disk full": 3,
    "set the clock": 3,
    "server dies": 4,
    "back up": 3,
    "restore": 4,
    "restore silently": 0,
    "clone": 1,
    "set back": 1,
    "log out": 1,
    "close an account": 1,
    "suspend": 2,
    "false hint": 1,
    "pry": 1,
    "offline": 2,
    "leap": 2,
}

THEMES: Final = {
    "restore": ("back up", "restore", "write"),
    "silent restore": ("back up", "restore silently", "write"),
    "server": ("server dies", "write", "reassign"),
    "moves": ("cut", "reassign", "call"),
    "logins": ("log out", "close an account", "write"),
    "copies": ("clone", "set back", "write"),
    "disk": ("disk full", "die at a write", "storm"),
    "clocks": ("set the clock", "cut", "reassign"),
    "leaps": ("leap", "kill"),
    "calls": ("forbidden call", "call", "draw"),
    "power": ("kill", "power", "back up", "restore"),
    "words": ("write", "write", "pry"),
    "processes": ("write", "reassign", "pay"),
}
"""What a seed has more of than others: accidents that are worse together."""


async def accidents_and_work(world: World) -> None:
    """Let a working day go wrong."""
    dice, record = world.dice, world.record
    for laptop in world.laptops:
        if dice.random() < 0.3:
            world.set_clock(laptop, dice.choice((-7200.0, -40.0, 40.0, 7200.0)))
            record.fault("clock skewed", laptop.name)
    await asyncio.sleep(dice.choice((0.01, 1.0)))
    images: dict[str, dict[str, bytes]] = {}
    words, weights = list(_WHAT), list(_WHAT.values())
    drawn = dice.choice(list(THEMES)) if dice.random() < 0.6 else None
    theme = world.theme or drawn
    more = 12 if world.theme is None else 40  # a day that is asked for is made for what it is to show
    for word in THEMES[theme] if theme is not None else ():
        weights[words.index(word)] += more
    if theme == "processes":
        world.bad_day = replace(world.bad_day, interleave=0.5)
        if world.theme is not None:
            world.bad_day = replace(CALM, interleave=0.5, at_once=4, delay_s=2.0)
            weights[words.index("nudge")] += 3 * more  # so that somebody is always reading
        world.network.weather = world.bad_day
    for _ in range(dice.randrange(*STEPS)):
        if dice.random() < 0.15:
            world.network.weather = dice.choice((CALM, world.bad_day))
        what = dice.choices(words, weights)[0]
        laptop = dice.choice(world.laptops)
        record.note("-", what, laptop.name)
        await _step(world, what, laptop, images)
        await _mend(world)
        await asyncio.sleep(_pause(world))


def _pause(world: World) -> float:
    long = world.dice.random()
    if long < 0.02:
        world.record.fault("lease ran out")
        return LEASE_S + world.dice.uniform(-20, 100)
    return world.dice.uniform(20, 90) if long < 0.1 else world.dice.expovariate(1 / 1.5)


async def _mend(world: World) -> None:
    """Let people do what people do: start what has died, log in where it is asked for."""
    for laptop in world.laptops:
        if laptop.store is None and world.dice.random() < 0.4:
            laptop.drive.room = None
            laptop.boot()
        elif laptop.is_on() and laptop.login_wanted and world.dice.random() < 0.5:
            laptop.login_wanted = False
            laptop.work(laptop.log_in())
        elif laptop.is_on() and not laptop.line.up and world.dice.random() < 0.15:
            laptop.line.up = True
            laptop.driver.nudge()


async def _step(world: World, what: str, laptop: Laptop, images: dict[str, dict[str, bytes]]) -> None:
    on = laptop.is_on()
    dice, people = world.dice, world.people
    match what:
        case "write" if on:
            for _ in range(dice.choice(WRITTEN)):
                people.write_something(laptop)
        case "call" | "forbidden call" if on:
            people.call(laptop, even_if_forbidden=what == "forbidden call")
        case "draw" if on:
            laptop.work(people.draw(laptop))
        case "nudge" if on:
            laptop.driver.nudge()
        case "offline" if on:
            laptop.driver.went_offline()
        case "reassign":
            world.reassign()
        case "storm":
            for _ in range(dice.randrange(1, 4)):
                world.reassign(many=True)
        case "force":
            world.reassign(force=True)
        case "pay":
            world.office(people.pay)
        case "close a case":
            world.office(people.close_case)
        case "back up":
            world.back_up()
            images |= {each.name: each.drive.killed() for each in world.laptops if each.is_on()}
        case "restore" | "restore silently":
            world.restore(silently=what != "restore")
        case "server dies":
            world.central.fuse = dice.randrange(60)
        case "close an account":
            world.close_account(laptop.login_name)
            world.loop.call_later(dice.uniform(5, 60), world.open_accounts)
        case "set back" if laptop.name in images and not laptop.is_clone:
            world.set_back(laptop, images.pop(laptop.name))
        case "pry" if on:
            laptop.work(_pry(world, laptop))
        case "leap" if on:
            await _leap(world, laptop)
        case _ if on:
            _break(world, what, laptop)


def _break(world: World, what: str, laptop: Laptop) -> None:
    dice, record = world.dice, world.record
    match what:
        case "cut":
            record.fault("line cut", laptop.name)
            world.network.cut(laptop.line)
        case "kill":
            record.fault("client killed", laptop.name)
            laptop.killed()
            world.people.running.pop(laptop.name, None)
        case "power":
            record.fault("power cut", laptop.name)
            laptop.killed(world.luck(), dice)
            world.people.running.pop(laptop.name, None)
        case "die at a write":
            laptop.drive.writes_left = dice.randrange(40)
        case "disk full":
            record.fault("disk full", laptop.name)
            laptop.drive.room = dice.randrange(30_000)
            world.loop.call_later(dice.uniform(1, 60), _make_room, laptop)
        case "set the clock":
            world.set_clock(laptop, dice.choice((-3600.0, -100.0, -20.0, 20.0, 100.0, 3600.0)))
        case "clone":
            world.clone(laptop)
        case "log out":
            record.fault("logged out", laptop.name)
            laptop.work(laptop.log_out())
        case "suspend":
            record.fault("suspended", laptop.name)
            laptop.quit()
        case "false hint":
            record.fault("false hint", laptop.name)
            world.network.false_hint(laptop.line, dice.choice(world.people.cases))


async def _leap(world: World, laptop: Laptop) -> None:
    """Give somebody's cases away while their line is down, then set the clock of another machine forward, off-line too."""
    dice = world.dice
    world.record.fault("line cut", laptop.name)
    world.network.cut(laptop.line)
    await asyncio.sleep(dice.uniform(30, LEASE_S / 2))
    world.reassign(many=True)
    await asyncio.sleep(dice.uniform(1, 10))
    other = dice.choice(world.laptops)
    if other.is_on() and other is not laptop:
        world.record.fault("line cut", other.name)
        world.network.cut(other.line)
        world.set_clock(other, dice.uniform(20, LEASE_S))


def _make_room(laptop: Laptop) -> None:
    laptop.drive.room = None


async def _pry(world: World, laptop: Laptop) -> None:
    if await world.people.pry(laptop):
        raise Violation(f"14: {laptop.name} read a case of another team")
