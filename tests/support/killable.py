"""A process that works like an agent in a hurry until it is killed; says on standard output what its screen called saved.

``python -m tests.support.killable FOLDER SEED``: opens the store in FOLDER (filling it the first time) and drives the
real application by keys, without a terminal.
"""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

from textual.pilot import Pilot

from domain.clock import SystemClock
from screens.call import CallScreen
from tests.support.desks import OpenDesk
from tests.support.people import Story
from tests.support.places import Place
from tui.app import DuecallApp

CASES = 400
SCRIPTS = (
    ["d", "n"],
    ["d", "p", *"in 3 days", "enter", "enter"],
    ["d", "D", *"amount", "enter"],
    ["d", "t", *"hello", "enter", "n"],
    ["d", "o", "1", "2"],
)


class Witness(DuecallApp):
    """The application, telling the world what the screen called saved."""

    opened: OpenDesk

    async def on_call_screen_finished(self, event: CallScreen.Finished) -> None:
        """Tell which facts of the case exist, now that the screen says so."""
        await super().on_call_screen_finished(event)
        for fact in self.opened.outbox.pending(event.case_id):
            sys.stdout.write(f"saved {fact.id}\n")
        sys.stdout.flush()


def fill(desk: OpenDesk) -> None:
    """Receive enough cases that may be called at any hour: their zone is the one in which it is noon now."""
    offset = 12 - desk.clock.now().hour
    zone = f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"
    stories = [
        Story(f"k{number:04d}", f"Kunde {number}", "USD", "US", phone="+12125550123", zone=zone)
        for number in range(CASES)
    ]
    desk.receive([story.case() for story in stories])


async def work(pilot: Pilot[None], dice: random.Random) -> None:
    """Press keys until killed or out of cases."""
    await pilot.press("enter")
    while isinstance(pilot.app.screen, CallScreen):
        await pilot.press(*dice.choice(SCRIPTS))


async def main(folder: Path, seed: int) -> None:
    """Open, fill the first time, say ready, work."""
    desk = OpenDesk(folder, SystemClock())
    if not desk.book.ids():
        fill(desk)
    place = Place(desk.desk)
    place.dial_command = ()

    async def opener(_server: str, _login: str, _password: str) -> Place:
        return place

    app = Witness(opener, ready=place)
    app.opened = desk
    async with app.run_test(size=(100, 30)) as pilot:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await work(pilot, random.Random(seed))
    desk.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
