"""The pictures of the supervisor's guide, drawn by the real application on a real server with invented work.

``python -m tests.support.deskpictures`` writes ``docs/pictures/desk-*.svg``.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Final

from textual.pilot import Pilot

from domain.i18n import Language, tr, use_language
from tests.support.pictures import FOLDER, drawable
from tests.support.supervised import at_the_desk, press, seeded, supervised, until

SCREENS: Final = ("board", "queue", "cases", "distribute", "decisions", "promises", "figures", "audit")


async def shots(pilot: Pilot[None]) -> dict[str, str]:
    """Walk through every screen; gives a picture of each."""
    taken: dict[str, str] = {}

    async def take(name: str) -> None:
        await pilot.pause()
        taken[name] = drawable(pilot.app.export_screenshot(title="duecall board"))

    await until(pilot, tr("live"))
    await take("board")
    await press(pilot, "enter")
    await until(pilot, tr("Timeline"))
    await take("queue")
    await press(pilot, "escape", "f")
    await until(pilot, tr("Timeline"))
    await press(pilot, "space", "space", "space")
    await take("cases")
    await press(pilot, "escape", "d")
    await until(pilot, tr("before"))
    await take("distribute")
    await press(pilot, "escape", "v")
    await until(pilot, tr("Timeline"))
    await take("decisions")
    await press(pilot, "escape", "p")
    await until(pilot, tr("open"))
    await take("promises")
    await press(pilot, "escape", "g")
    await until(pilot, "┤")
    await press(pilot, "down")
    await until(pilot, "┤")
    await take("figures")
    await press(pilot, "escape", "l")
    await until(pilot, "✓")
    await take("audit")
    return taken


async def main() -> dict[str, str]:
    """Draw every screen in both languages; gives the text of each picture by its name."""
    pictures: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for spoken in ("en", "zh"):
            language: Language = "zh" if spoken == "zh" else "en"
            database = seeded(folder, language, 120)
            use_language(language)
            with supervised(folder / language, database, language) as server:
                async with at_the_desk(server, (120, 34)) as pilot:
                    drawn = await shots(pilot)
            pictures |= {f"desk-{screen}.{language}.svg": svg for screen, svg in drawn.items()}
    use_language("en")
    return pictures


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, svg in asyncio.run(main()).items():
        (FOLDER / name).write_text(svg, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{name}\n")
