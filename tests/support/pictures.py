"""The pictures of the README: queue and call, in both languages, drawn by the real application.

``python -m tests.support.pictures`` writes ``docs/pictures/*.svg``; a test keeps them drawable.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Final

from rich.cells import cell_len

from domain.case.model import Case
from domain.facts import payloads as p
from domain.i18n import Language, use_language
from tests.support.desks import HandClock, OpenDesk
from tests.support.people import NOW, Story, promise, team
from tests.support.places import Place
from tui.app import DuecallApp

FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "pictures"
NEW_YORK_MORNING: Final = datetime(2026, 11, 24, 15, 5, tzinfo=UTC)


def english_team() -> list[Story]:
    """Tell the English side of the same stories."""

    def story(case_id: str, name: str, owed: int, due: date, *, segment: str = "consumer") -> Story:
        zone = "America/New_York"
        return Story(case_id, name, "USD", "US", segment, "+12125550123", zone, owed, due, agent="Amy Ortiz")

    now = NEW_YORK_MORNING
    broken = story("e1", "Maria Santos", 184_200, date(2026, 10, 19))
    broken.call("promise", now - timedelta(days=8), talk=192)
    broken.add(promise(60_000, date(2026, 11, 20), currency="USD"), now - timedelta(days=8))
    broken.add(p.ReasonGiven("payroll_late", income_day=27), now - timedelta(days=8))
    broken.add(p.NoteAdded("wages arrive on the 27th"), now - timedelta(days=8))
    callback = story("e2", "Daniel Okafor", 31_000, date(2026, 10, 30))
    callback.call("call_back", now - timedelta(days=1), talk=40)
    callback.add(p.CallbackSet(due=now + timedelta(minutes=10)), now - timedelta(days=1))
    kept = story("e3", "Harbor Street Dental", 941_000, date(2026, 9, 30), segment="business")
    kept.call("in_payment_run", now - timedelta(days=12), talk=95)
    new = story("e4", "Priya Nair", 80_000, date(2026, 11, 12))
    tried = story("e5", "Tom Lindqvist", 122_050, date(2026, 9, 1))
    tried.call("no_answer", now - timedelta(days=4))
    open_promise = story("e6", "Grace Wu", 45_000, date(2026, 10, 28))
    open_promise.call("promise", now - timedelta(days=1), talk=80)
    open_promise.add(promise(45_000, date(2026, 12, 1), promise_id="p6", currency="USD"), now - timedelta(days=1))
    west = Story("e7", "Oakley Partners", "USD", "US", "consumer", "+16025550110", "America/Los_Angeles", 112_000)
    disputed = story("e8", "Zoë Young", 400_000, date(2026, 8, 3))
    disputed.call("dispute", now - timedelta(days=2), talk=80)
    disputed.add(p.DisputeRaised(note="fee"), now - timedelta(days=2))
    return [broken, callback, kept, new, tried, open_promise, west, disputed]


def drawable(svg: str) -> str:
    """Give full-width characters the room they take: the exporter measures in characters."""
    width = re.search(r'textLength="([\d.]+)"[^>]*>([\x20-\x7e]+)</text>', svg)
    cell = float(width.group(1)) / len(unescape(width.group(2))) if width else 12.2

    def measured(found: re.Match[str]) -> str:
        text = unescape(found.group(3))
        return f'{found.group(1)}textLength="{cell * cell_len(text):.1f}"{found.group(2)}>{found.group(3)}</text>'

    svg = re.sub(r'(<text [^>]*?)textLength="[\d.]+"([^>]*)>([^<]*)</text>', measured, svg)
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return svg.replace("font-family: Fira Code", 'font-family: "DejaVu Sans Mono", "Noto Sans Mono CJK SC"')


async def draw(language: Language, cases: list[Case], now: datetime, keys: list[str], folder: Path) -> tuple[str, str]:
    """Draw the queue, and the call after some keys."""
    use_language(language)
    opened = OpenDesk(folder, HandClock(now), name="Amy Ortiz" if language == "en" else "王芳")
    opened.receive(cases)
    place = Place(opened.desk)
    place.dial_command = ()

    async def opener(_server: str, _login: str, _password: str) -> Place:
        return place

    app = DuecallApp(opener, ready=place)
    async with app.run_test(size=(120, 32)) as pilot:
        await pilot.press("down")
        await pilot.pause()
        queue = app.export_screenshot(title="duecall")
        for key in keys:
            await pilot.press(*([key] if not key.startswith("=") else ["space" if c == " " else c for c in key[1:]]))
        await pilot.pause()
        call = app.export_screenshot(title="duecall")
    opened.close()
    use_language("en")
    return drawable(queue), drawable(call)


async def main() -> dict[str, str]:
    """Draw the four pictures; gives the text of each by its name."""
    pictures: dict[str, str] = {}
    chinese = [story.case() for story in team() if story.phone != "+12125550123"]
    english = [story.case() for story in english_team()]
    scripts: dict[Language, list[str]] = {
        "en": ["enter", "d", "1", "1", "1", "p", "=next friday"],
        "zh": ["enter", "d", "1", "1", "1", "p", "=下周五"],
    }
    with tempfile.TemporaryDirectory() as name:
        for language, cases, now in (("en", english, NEW_YORK_MORNING), ("zh", chinese, NOW)):
            spoken: Language = "zh" if language == "zh" else "en"
            queue, call = await draw(spoken, cases, now, scripts[spoken], Path(name) / language)
            pictures |= {f"queue.{language}.svg": queue, f"call.{language}.svg": call}
    return pictures


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, svg in asyncio.run(main()).items():
        (FOLDER / name).write_text(svg, encoding="utf-8")
