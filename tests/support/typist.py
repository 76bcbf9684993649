"""A process that types into a note or a promise until it is killed; says after each key what the store holds for sure.

``python -m tests.support.typist FOLDER MODE``: MODE is ``note`` or ``promise``.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from domain.clock import SystemClock
from tests.support.desks import OpenDesk
from tests.support.killable import fill
from tests.support.places import Place
from tui.app import DuecallApp

TEXTS = {"note": "she said the wages come on friday and " * 40, "promise": "in 3 days " * 80}
KEYS = {"note": "t", "promise": "p"}


async def main(folder: Path, mode: str) -> None:
    """Open a case, dial, and type; each line on standard output is what had been typed when it was written."""
    desk = OpenDesk(folder, SystemClock())
    fill(desk)
    place = Place(desk.desk)
    place.dial_command = ()

    async def opener(_server: str, _login: str, _password: str) -> Place:
        return place

    app = DuecallApp(opener, ready=place)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "d", KEYS[mode])
        call = desk.desk.call
        assert call is not None
        sys.stdout.write(f"{call.case_id}\n")
        typed = ""
        for char in TEXTS[mode]:
            await pilot.press("space" if char == " " else char)
            typed += char
            sys.stdout.write(typed + "|\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
