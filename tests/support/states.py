"""Every state of the agent's screens, reached by keys through the real application on invented cases.

``python -m tests.support.states`` writes the references of ``tests/screens/test_states.py`` and the pictures in
``docs/pictures/states`` anew; look at what ``git diff`` says before committing them.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from domain.i18n import LANGUAGES, Language, use_language
from domain.phones import carriers
from screens.ports import LineStatus, Refused
from tests.support.desks import HandClock, OpenDesk
from tests.support.drawing import drawn
from tests.support.people import team
from tests.support.pictures import drawable
from tests.support.places import Place
from tui.app import DuecallApp

ROOT: Final = Path(__file__).resolve().parents[2]
REFERENCES: Final = ROOT / "tests" / "screens" / "states"
PICTURES: Final = ROOT / "docs" / "pictures" / "states"
SMALL: Final = (80, 24)
WIDE: Final = (120, 40)

Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """A state worth a look, and the keys that lead to it from the one before.

    A key that begins with ``=`` is text, pasted in one go; ``en|zh`` says it in both languages. ``wide`` states are
    drawn on a large screen too.
    """

    name: str
    keys: Keys = ()
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Walk:
    """A way through the application. ``filled`` lays the invented cases in; ``door`` begins without an open profile."""

    name: str
    stops: tuple[Stop, ...]
    filled: bool = True
    door: bool = False
    first: bool = False
    prepare: Callable[[OpenDesk], None] = field(default=lambda _desk: None)
    theme: str | None = None
    environment: tuple[tuple[str, str], ...] = ()


def _off_line(opened: OpenDesk) -> None:
    now = opened.clock.now()
    away = LineStatus("offline", now, now, 3, 0, now)
    opened.desk._parts = replace(opened.desk._parts, status=lambda: away)


def _log_in_again(opened: OpenDesk) -> None:
    status = replace(opened.desk.status(), state="login")
    opened.desk._parts = replace(opened.desk._parts, status=lambda: status)


def _interrupted(opened: OpenDesk) -> None:
    opened.desk.dial("c-broken")
    opened.desk.keep_draft("c-broken", {"mode": "note", "note.text": "Frau Li 说"})


def _never_synced(opened: OpenDesk) -> None:
    never = LineStatus("offline", None, None, 0, 0, None)
    opened.desk._parts = replace(opened.desk._parts, status=lambda: never)


WALKS: Final = (
    Walk(
        "queue",
        (
            Stop("queue", wide=True),
            Stop("why", ("w",)),
            Stop("not-now", ("f",), wide=True),
            Stop("pinned", ("home", "down", "p")),
            Stop("snooze", ("z", "=in 2 hours|两小时后")),
            Stop("search", ("escape", "slash", "=5550123")),
            Stop("found-nothing", ("=99",)),
            Stop("palette", ("escape", "home", "ctrl+p", "=李")),
            Stop("help", ("escape", "question_mark"), wide=True),
            Stop("lock", ("escape", "ctrl+l")),
            Stop("lock-refused", ("=wrong", "enter")),
        ),
    ),
    Walk(
        "file",
        (
            Stop("file", ("end", "home", "down", "v"), wide=True),
            Stop("file-shown", ("v",)),
            Stop("file-debts", ("2",)),
            Stop("file-money", ("3",)),
            Stop("history", ("4",), wide=True),
            Stop("file-notes", ("6",)),
            Stop("file-person", ("plus",)),
        ),
    ),
    Walk(
        "call",
        (
            Stop("call", ("end", "home", "down", "enter"), wide=True),
            Stop("dialled", ("d",), wide=True),
            Stop("verify", ("1",)),
            Stop("disclose", ("1",)),
            Stop("debt", ("1",), wide=True),
            Stop("objections", ("k",), wide=True),
            Stop("objection", ("2",)),
            Stop("note", ("escape", "escape", "t", "=asked for a receipt|要收据")),
            Stop("reason", ("escape", "r", "=pay|工资")),
            Stop("means", ("escape", "y")),
            Stop("outcomes", ("escape", "o")),
            Stop("wrap-up", ("4",), wide=True),
            Stop("dispute", ("escape", "escape", "D", "=wrong amount|金额不对")),
            Stop("hardship", ("escape", "H", "=lost the job|失业")),
            Stop("escalate", ("escape", "e")),
            Stop("call-back", ("escape", "c", "=16:30")),
            Stop("leaving", ("escape", "escape")),
            Stop("saved", ("H", "enter"), wide=True),
        ),
    ),
    Walk(
        "promise",
        (
            Stop("promise", ("home", "enter", "d", "i", "a", "p", "=next friday|下周五"), wide=True),
            Stop("promise-day-off", ("up", "up")),
            Stop("plan", ("shift+tab", "=3"), wide=True),
            Stop("recap", ("shift+tab", "tab", "enter"), wide=True),
            Stop("promised", ("enter",)),
            Stop("taken-back", ("u",)),
        ),
    ),
    Walk(
        "standing", (Stop("promise-stands", ("slash", "=Harbor", "enter", "enter", "d", "p")), Stop("withdraw", ("w",)))
    ),
    Walk("blocked", (Stop("blocked", ("f", "enter", "d"), wide=True),)),
    Walk("disputed", (Stop("disputed", ("slash", "=周杰", "enter", "enter", "d")),)),
    Walk(
        "practice",
        (
            Stop("practice", ("f4",), wide=True),
            Stop("practice-call", ("1", "d")),
            Stop("practice-score", ("n",)),
        ),
    ),
    Walk("interrupted", (Stop("interrupted"),), prepare=_interrupted),
    Walk("empty", (Stop("empty", wide=True),), filled=False),
    Walk("never-synced", (Stop("never-synced"),), filled=False, prepare=_never_synced),
    Walk("off-line", (Stop("off-line", wide=True),), prepare=_off_line),
    Walk("login", (Stop("login", ("f5",)),), prepare=_log_in_again),
    Walk("door", (Stop("unlock"), Stop("unlock-refused", ("=wrong", "enter"))), door=True),
    Walk("first", (Stop("first-start"),), door=True, first=True),
    Walk("contrast", (Stop("contrast", ("enter", "d")),), theme="duecall-contrast"),
    Walk("no-colour", (Stop("no-colour"),), environment=(("NO_COLOR", "1"),)),
)


@contextmanager
def _fixed(environment: Sequence[tuple[str, str]]) -> Iterator[None]:
    """Stand in Shanghai, wherever the machine stands."""
    wanted = {"TZ": "Asia/Shanghai", **dict(environment)}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    time.tzset()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        time.tzset()
        use_language("en")


_CHARACTERS: Final = {"slash": "/", "question_mark": "?", "plus": "+"}
_ROUNDS: Final = 3
"""How often everybody on the screen answers after a key: a key, the message it makes, and what that changes."""
_PATIENCE: Final = 200
"""How often a machine under load is given another moment before a drawing counts as different."""


async def _press(pilot: Pilot[None], keys: Keys, language: Language) -> None:
    """Press keys. The pilot's own way waits for an idle processor after each, which takes minutes for all of these."""
    for key in keys:
        if key.startswith("="):
            words = key[1:].split("|")
            pilot.app.post_message(events.Paste(words[-1 if language == "zh" else 0]))
        else:
            pilot.app.post_message(events.Key(key, key if len(key) == 1 else _CHARACTERS.get(key)))
        for _ in range(_ROUNDS):
            await pilot.pause(0)


async def _settled(pilot: Pilot[None], expected: str | None) -> str:
    """Give the drawing once it is the one expected; without one, once nothing moves any more."""
    before = ""
    for turn in range(_PATIENCE):
        for entry in pilot.app.screen.query(Input):
            entry.cursor_blink = False
        await pilot.pause(0) if turn == 0 and expected is not None else await pilot.pause()
        now = drawn(pilot.app)
        if now == expected or (expected is None and now == before and turn > _ROUNDS):
            return now
        before = now
    return before


async def walk(
    folder: Path, way: Walk, language: Language, *, expected: Mapping[str, str] | None = None, pictures: bool = False
) -> dict[str, str]:
    """Go one way and draw at each stop; gives the drawings (and the pictures) by their file names.

    ``expected`` are the drawings there should be: a stop is left as soon as it looks like that.
    """
    carriers.fetch()  # else it depends on the thread that loads them what a file shows first
    with _fixed(way.environment):
        use_language(language)
        clock = HandClock()
        opened = OpenDesk(folder, clock)
        if way.filled:
            opened.receive([story.case() for story in team()])
        way.prepare(opened)
        place = Place(opened.desk)
        place.dial_command = ()
        try:
            return await _go(way, place, language, expected or {}, pictures=pictures)
        finally:
            opened.close()


async def _go(
    way: Walk, place: Place, language: Language, expected: Mapping[str, str], *, pictures: bool
) -> dict[str, str]:
    async def opener(_server: str, _login: str, _password: str) -> Place | Refused:
        return Refused("That is not the password. Nothing is lost; try again.")

    app = DuecallApp(
        opener,
        ready=None if way.door else place,
        first=way.first,
        login="" if way.first else "wang.fang",
        theme=way.theme,
        idle_lock_minutes=0,
    )
    found: dict[str, str] = {}
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause(0)
        for stop in way.stops:
            await _press(pilot, stop.keys, language)
            name = f"{stop.name}.{language}.80x24.txt"
            found[name] = await _settled(pilot, expected.get(name))
            if stop.wide:
                await pilot.resize_terminal(*WIDE)
                name = f"{stop.name}.{language}.120x40.txt"
                found[name] = await _settled(pilot, expected.get(name))
            if pictures:
                found[f"{stop.name}.{language}.svg"] = drawable(app.export_screenshot(title="duecall", simplify=True))
            if stop.wide:
                await pilot.resize_terminal(*SMALL)
    return found


async def draw_all() -> dict[str, str]:
    """Draw every state in both languages."""
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as root:
        for language in LANGUAGES:
            for way in WALKS:
                found |= await walk(Path(root) / language / way.name, way, language, pictures=True)
    return found


def write_all() -> None:
    """Write the references and the pictures anew, and take away those of states there no longer are."""
    found = asyncio.run(draw_all())
    for folder, ending in ((REFERENCES, ".txt"), (PICTURES, ".svg")):
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"*{ending}"):
            if old.name not in found:
                old.unlink()
        for name, text in found.items():
            if name.endswith(ending):
                (folder / name).write_text(text, encoding="utf-8", newline="\n")
    (PICTURES / "README.md").write_text(gallery(), encoding="utf-8", newline="\n")


def gallery() -> str:
    """Give the page that shows the pictures side by side."""
    lines = [
        "# Every state of the agent's screens",
        "",
        "Drawn by the real application on invented customers, with `python -m tests.support.states`;",
        "`tests/screens/test_states.py` fails when one of them looks different, at 80×24 or 120×40, in English or Chinese.",
        "",
        "| state | English | 中文 |",
        "|---|---|---|",
    ]
    lines += [
        f"| {stop.name} | ![]({stop.name}.en.svg) | ![]({stop.name}.zh.svg) |" for way in WALKS for stop in way.stops
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    write_all()
