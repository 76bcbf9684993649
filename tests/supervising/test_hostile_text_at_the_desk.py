"""Every screen of the desk with text from outside that tries to reach the terminal, to be markup, or to be clicked."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Final

from sqlalchemy import update
from textual.app import App

from domain.wire import MAX_BODY
from screens.supervisor.board import BoardScreen
from server.database.engine import Transaction
from server.database.schema import CASE, USER
from server.database.supervision_tables import IMPORT_RUN, KEEPING
from server.seed import DEMO_PASSWORD
from tests.support.server_world import Machine
from tests.support.supervised import SupervisedServer, at_the_desk, press, until

NASTY: Final = (
    "Zoe [/foo] [@click=app.quit]go[/] [$accent][B] \\ "
    "\x1b]52;c;ZXZpbA==\x07\x1b[2J\x9b31m\x90q\x9c\u202eevil\u2066x\u200f\ufeff\x00\r\n\t"
)
VISIBLE: Final = "Zoe [/foo]"
SCREENS: Final = {
    "queue": ("enter",),
    "cases": ("f",),
    "moving": ("d",),
    "moves": ("z",),
    "decisions": ("v", "end", "up", "up"),
    "stops": ("v", "s"),
    "imports": ("i",),
    "earlier imports": ("i", "z"),
    "promises": ("p",),
    "figures": ("g",),
    "editors": ("e",),
    "strategy": ("t",),
    "audit": ("l",),
    "team": ("m",),
    "holds": ("h",),
    "help": ("question_mark",),
}
"""Every screen by the keys that open it from the board."""
OUTSIDE: Final = ("queue", "cases", "moving", "decisions", "earlier imports", "audit", "team", "holds")
"""Those that show something people wrote: as they wrote it, as far as it can be shown."""
BESIDE: Final = ("load", "side", "preview", "compare", "day", "report", "simulate", "verify")
"""What screens load beside themselves."""


def nothing_escapes(app: App[None]) -> str:
    """Look at every piece of text that goes to the terminal; gives all of it."""
    shown = []
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            for char in segment.text:
                kind = unicodedata.category(char)
                assert kind not in ("Cc", "Cs"), f"a control character: {char!r}"
                assert char not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff", char
            meta = segment.style.meta if segment.style is not None else {}
            assert meta.get("@click") != "app.quit", "a key of ours out of somebody's words"
            assert segment.style is None or segment.style.link is None, "a link"
            shown.append(segment.text)
        shown.append("\n")
    return "".join(shown)


async def poison(server: SupervisedServer) -> None:
    """Put nasty words wherever somebody outside may put some, past whatever the server cleans."""
    supervisor = {"login": server.logins["supervisor"], "password": DEMO_PASSWORD, "device": "desk"}
    session = (await server.world.client.post("/v1/sessions", json=supervisor)).json()
    sue = Machine(server.world, "desk", session["token"], "")
    agent = {"login": server.logins["agent"], "password": DEMO_PASSWORD, "device": "laptop"}
    session = (await server.world.client.post("/v1/sessions", json=agent)).json()
    anna = Machine(server.world, "laptop", session["token"], "")
    mine = [key.removeprefix("case:") for key in await anna.documents()]
    parts = [{"due": "2026-11-27", "amount": 20_000}]
    harmless = NASTY.replace("\x00", "")
    await anna.results(
        anna.event(mine[0], "note.added", {"text": harmless}),
        anna.event(mine[0], "dispute.raised", {"code": "amount", "note": harmless}),
        anna.event(mine[0], "promise.made", {"promise_id": "px", "currency": "USD", "parts": parts, "words": harmless}),
        anna.event(mine[1], "consent.withdrawn", {"note": harmless}),
        anna.event("c-unknown", "note.added", {"text": harmless}),
        anna.event(mine[2], "approval.asked", {"what": "waiver", "note": harmless}),
    )
    ledger = (
        f'Customer,Invoice,Due date,Open balance,Currency\n"{harmless.replace(chr(34), "")}",N-1,2026-10-01,5,USD\n'
    )
    await server.world.client.put(
        "/v1/imports/nasty", content=ledger.encode()[:MAX_BODY], params={"filename": "x.csv"}, headers=sue.headers
    )
    await sue.put("/v1/holds/nasty", {"until": "2026-11-30", "cases": mine[:2], "reason": "kept"})
    await sue.put("/v1/reassignments/nasty", {"cases": mine[3:4], "to": None, "reason": harmless})
    away = {"agent": session["agent"]["id"], "since": "2026-12-24", "reason": harmless}
    await sue.put("/v1/absences/nasty", away)

    def write(transaction: Transaction) -> None:
        execute = transaction.connection.execute
        execute(update(USER).values(name=NASTY.replace("\x00", "")))
        execute(update(IMPORT_RUN).values(filename=NASTY.replace("\x00", "")))
        execute(update(KEEPING).values(reason=NASTY.replace("\x00", "")))
        execute(update(CASE).values(customer=NASTY.replace("\x00", "")))

    server.world.write(write)


async def test_no_screen_lets_anything_through(server: SupervisedServer) -> None:
    await poison(server)
    async with at_the_desk(server) as pilot:
        await until(pilot, VISIBLE)
        nothing_escapes(pilot.app)
        for name, keys in SCREENS.items():
            await press(pilot, *keys)
            await until(pilot, lambda: not isinstance(pilot.app.screen, BoardScreen))
            if name in OUTSIDE:
                await until(pilot, VISIBLE)
            await until(pilot, lambda: all(each.is_finished for each in pilot.app.workers if each.group in BESIDE))
            nothing_escapes(pilot.app)
            while not isinstance(pilot.app.screen, BoardScreen):
                await press(pilot, "escape")


async def test_a_nasty_file_stays_a_file(server: SupervisedServer, tmp_path: Path) -> None:
    """Headings, cells and the file's name; the preview shows what can be shown."""
    file = tmp_path / "a [b]x[bold] @click=app.quit.csv"
    head = "Customer [/foo],Invoice,Due date,Open balance,Currency,\x1b]52;c;QQ==\x07Note"
    file.write_text(f"{head}\n{NASTY.splitlines()[0]},N-1,2026-10-01,5,USD,x\n", encoding="utf-8", newline="\n")
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "i", "o")
        await until(pilot, "Which file?")
        nothing_escapes(pilot.app)
        await press(pilot, "tab", f"={file}", "enter")
        await until(pilot, "Nothing has been changed yet")
        shown = nothing_escapes(pilot.app)
        assert "a [b]x[bold] @click" in shown
        assert VISIBLE in shown
