"""A picture of every state of the agent's screens, in both languages, drawn by the real application on invented cases.

``python -m tests.support.states FOLDER`` writes them as SVG files, to be looked at side by side.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from domain.i18n import Language, use_language
from screens.ports import LineStatus
from tests.support.desks import HandClock, OpenDesk
from tests.support.people import team
from tests.support.pictures import drawable
from tests.support.places import Place
from tui.app import DuecallApp

STATES: Final[dict[str, list[str]]] = {
    "queue": [],
    "not-now": ["f"],
    "call": ["home", "enter"],
    "dialled": ["home", "enter", "d"],
    "verified": ["home", "enter", "d", "i"],
    "promise": ["home", "enter", "d", "i", "a", "p", "f", "r", "i"],
    "recap": ["home", "enter", "d", "i", "a", "p", "f", "r", "i", "enter"],
    "wrap-up": ["home", "enter", "d", "o", "4"],
    "file": ["home", "v"],
    "history": ["home", "v", "4"],
    "help": ["question_mark"],
    "palette": ["ctrl+p"],
    "lock": ["ctrl+l"],
    "empty": [],
    "off-line": [],
}
"""The keys that lead to each state from the queue."""


async def draw(folder: Path, name: str, keys: list[str], language: Language) -> str:
    """Draw one state."""
    use_language(language)
    clock = HandClock()
    opened = OpenDesk(folder, clock)
    if name != "empty":
        opened.receive([story.case() for story in team()])
    if name == "off-line":
        away = LineStatus("offline", clock.now(), clock.now(), 3, 0, clock.now())
        opened.desk._parts = replace(opened.desk._parts, status=lambda: away)
    place = Place(opened.desk)
    place.dial_command = ()

    async def opener(_server: str, _login: str, _password: str) -> Place:
        return place

    app = DuecallApp(opener, ready=place, idle_lock_minutes=0)
    async with app.run_test(size=(100, 30)) as pilot:
        for key in keys:
            await pilot.press(key)
        await pilot.pause(0.2)
        picture = app.export_screenshot(title="duecall")
    opened.close()
    use_language("en")
    return drawable(picture)


async def draw_all(languages: tuple[Language, ...] = ("en", "zh")) -> dict[str, str]:
    """Draw every state in every language; gives the pictures by name."""
    pictures = {}
    with tempfile.TemporaryDirectory() as root:
        for language in languages:
            for name, keys in STATES.items():
                pictures[f"{name}.{language}.svg"] = await draw(Path(root) / language / name, name, keys, language)
    return pictures


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for file, svg in asyncio.run(draw_all()).items():
        (target / file).write_text(svg, encoding="utf-8")
