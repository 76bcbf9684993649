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

SCREENS: Final = (
    "board",
    "queue",
    "cases",
    "distribute",
    "team",
    "holds",
    "decisions",
    "import",
    "promises",
    "figures",
    "editors",
    "strategy",
    "audit",
)
LEDGERS: Final[dict[Language, str]] = {
    "en": """Aged receivables as of 2026-11-20
Customer no,Customer,Invoice,Due date,Open balance,Currency
K-101,Harbor Street Dental,INV-9001,2026-10-13,1200.50,USD
K-102,Oakley Partners,INV-9002,2026-10-20,300.00,USD
K-102,Oakley Partners,INV-9003,2026-10-25,TBC,USD
,,Subtotal Oakley Partners,,300.00,USD
K-103,Sedge & Sons,INV-9004,2026-11-02,99.50,USD
,,,,,
Total,,,,1600.00,USD
""",
    "zh": """应收账款账龄表 截止 2026-11-20
客户编号,客户名称,单据号,到期日,未收金额,币种
K-101,海港牙科诊所,F-9001,2026-10-13,1200.50,CNY
K-102,橡树商贸,F-9002,2026-10-20,300.00,CNY
K-102,橡树商贸,F-9003,2026-10-25,待定,CNY
,,小计 橡树商贸,,300.00,CNY
K-103,青苇文具,F-9004,2026-11-02,99.50,CNY
,,,,,
合计,,,,1600.00,CNY
""",
}
"""What the picture of an import shows: an invented ledger, its own total and one row that cannot be taken."""


async def shots(pilot: Pilot[None], ledger: Path) -> dict[str, str]:
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
    await press(pilot, "escape", "m")
    await until(pilot, tr("no limit"))
    await press(pilot, "a", "=today - fri", "enter")
    await until(pilot, tr("equal counts, equal amounts"))
    await press(pilot, "1")
    await until(pilot, tr("yes, at once"))
    await press(pilot, "y")
    await until(pilot, tr("Absences, newest first"))
    await take("team")
    await press(pilot, "u")
    await until(pilot, tr("back"))
    await press(pilot, "escape", "f")
    await until(pilot, tr("Timeline"))
    await press(pilot, "space", "space", "h", "=fri, INV", "enter")
    await until(pilot, tr("{what}; h on the board lets go").partition("}")[2])
    await press(pilot, "escape", "h")
    await until(pilot, "INV")
    await take("holds")
    await press(pilot, "u")
    await until(pilot, lambda: pilot.app.screen.has_class("-empty"))
    await press(pilot, "escape", "v")
    await until(pilot, tr("Timeline"))
    await take("decisions")
    await press(pilot, "escape", "i", "o")
    await until(pilot, tr("Which file?"))
    await press(pilot, "tab", f"={ledger}", "enter")
    await until(pilot, tr("What it changes"))
    await press(pilot, "down")
    await take("import")
    await press(pilot, "escape", "p")
    await until(pilot, tr("open"))
    await take("promises")
    await press(pilot, "escape", "g")
    await until(pilot, "┤")
    await press(pilot, "down")
    await until(pilot, "┤")
    await take("figures")
    await press(pilot, "escape", "e")
    await until(pilot, "daily_goal")
    await take("editors")
    await press(pilot, "escape", "t")
    await until(pilot, lambda: len(pilot.app.screen.query("LineTable")) > 1)
    await press(pilot, "minus", "minus", "minus")
    await until(pilot, lambda: all(each.is_finished for each in pilot.app.workers if each.group == "simulate"))
    await take("strategy")
    await press(pilot, "x", "escape", "l")
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
            ledger = folder / ("ledger.csv" if language == "en" else "账龄表.csv")
            ledger.write_text(LEDGERS[language], encoding="utf-8")
            with supervised(folder / language, database, language) as server:
                async with at_the_desk(server, (120, 34)) as pilot:
                    drawn = await shots(pilot, ledger)
            pictures |= {f"desk-{screen}.{language}.svg": svg for screen, svg in drawn.items()}
    use_language("en")
    return pictures


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, svg in asyncio.run(main()).items():
        (FOLDER / name).write_text(svg, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{name}\n")
