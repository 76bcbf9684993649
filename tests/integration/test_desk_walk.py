"""The supervisor's walk, in a real terminal and in a real browser: login, board, hand out the pool, take it back, decide."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest

from domain.i18n import tr, trn, use_language
from server.seed import DEMO_PASSWORD
from tests.support.browser import HAND, browser, chromium
from tests.support.processes import environment
from tests.support.supervised import SupervisedServer, seeded, supervised

pytestmark = pytest.mark.slow

PROGRAM = [sys.executable, "-m", "tui.main"]


class Screen(Protocol):
    """Where a walk goes: something that shows words and takes keys."""

    async def expect(self, words: str) -> None:
        """Wait for words."""
        ...

    async def send(self, *keys: str) -> None:
        """Press keys."""
        ...


class Terminal:
    """The installed command in a pseudo-terminal."""

    KEYS = {"enter": "\r", "escape": "\x1b", "tab": "\t"}  # noqa: RUF012 - a table

    def __init__(self, child: Any) -> None:
        self.child = child

    async def expect(self, words: str) -> None:
        await asyncio.to_thread(self.child.expect_exact, words)

    async def send(self, *keys: str) -> None:
        for key in keys:
            if key.startswith("ctrl+"):
                self.child.send(chr(ord(key[5:]) - 96))
            else:
                self.child.send(key[1:] if key.startswith("=") else self.KEYS.get(key, key))


async def walk(screen: Screen, login: str, agent: str, pool: int) -> None:
    """Do a supervisor's morning."""
    await screen.expect(tr("Password"))
    await screen.send(f"={login}", "enter", f"={DEMO_PASSWORD}", "enter")
    await screen.expect(agent)
    await screen.expect(tr("live"))
    await screen.send("d")
    await screen.expect(trn("{n} case would move", "{n} cases would move", pool).format(n=pool))
    await screen.send("enter")
    moved = trn("{n} case moved", "{n} cases moved", pool).format(n=pool)
    await screen.expect(tr("{what} · u undoes").format(what=moved))
    await screen.send("u")
    back = trn("taken back: {n} case is where it was", "taken back: {n} cases are where they were", pool)
    await screen.expect(back.format(n=pool))
    await screen.send("escape")
    await screen.expect(tr("Unsent"))  # the board is back; the next key must not come with the escape
    await screen.send("v")
    await screen.expect(tr("shown: {what}").format(what=tr("all")))
    await screen.expect("y ")
    await screen.send("y")
    await screen.expect(tr("decided: yes · u undoes"))
    await screen.send("u")
    await screen.expect(tr("taken back; it waits again"))
    await screen.send("escape")
    await screen.expect(tr("Unsent"))  # the board is back; the next key must not come with the escape
    await screen.send("l")
    await screen.expect(tr("Audit"))


@pytest.fixture(scope="module", params=["en", "zh"])
def spoken(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Give a language and a database with weeks of work in it."""
    language = request.param
    return language, seeded(tmp_path_factory.mktemp("seeded"), language)


@pytest.fixture
def served(spoken: tuple[str, Path], tmp_path: Path) -> Iterator[tuple[str, SupervisedServer, int]]:
    """Give the language, a running server, and how many cases are in the pool."""
    from sqlalchemy import func, select

    from server.database.schema import CASE

    language, database = spoken
    query = select(func.count()).select_from(CASE).where(CASE.c.owner_id.is_(None), CASE.c.closed.is_(None))
    with supervised(tmp_path / "server", database, "zh" if language == "zh" else "en") as server:
        with server.world.services.database.reading() as transaction:
            pool = transaction.connection.execute(query).scalar_one()
        use_language("zh" if language == "zh" else "en")
        yield language, server, pool
        use_language("en")


def agent_name(server: SupervisedServer) -> str:
    return server.world.people[server.logins["agent"]].name


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
async def test_in_a_terminal(served: tuple[str, SupervisedServer, int], tmp_path: Path) -> None:
    import pexpect

    language, server, pool = served
    size = (120, 40) if language == "en" else (80, 24)
    installed = shutil.which("duecall")
    command = [installed] if installed else PROGRAM
    env = environment(tmp_path / "home", TERM="xterm-256color", DUECALL_SERVER=server.address)
    child = pexpect.spawn(
        command[0],
        [*command[1:], "board", "--lang", language],
        env=env,
        dimensions=(size[1], size[0]),
        encoding="utf-8",
        timeout=60,
    )
    child.delaybeforesend = HAND
    terminal = Terminal(child)
    await walk(terminal, server.logins["supervisor"], agent_name(server), pool)
    await terminal.send("ctrl+q")
    await asyncio.to_thread(child.expect, pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


@contextmanager
def web_process(home: Path, server: str, *arguments: str) -> Iterator[str]:
    """Run ``duecall web`` on a free port; gives its address."""
    process = subprocess.Popen(
        [*PROGRAM, "web", "--port", "0", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(home, DUECALL_SERVER=server),
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline().decode()
        assert "http" in line, line
        yield next(word for word in line.replace("；", " ").replace(";", " ").split() if word.startswith("http"))
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


@pytest.mark.skipif(chromium() is None, reason="there is no Chromium on this machine")
async def test_in_a_browser(served: tuple[str, SupervisedServer, int], tmp_path: Path) -> None:
    language, server, pool = served
    with web_process(tmp_path / "home", server.address, "--lang", language) as address:
        async with browser() as page:
            await page.open(address)
            await walk(page, server.logins["supervisor"], agent_name(server), pool)
            picture = await page.picture()
            keep = os.environ.get("DUECALL_KEEP_PICTURES")
            if keep:
                (Path(keep) / f"web-{language}.png").write_bytes(picture)
            assert page.requested
            assert all(url.startswith(address) for url in page.requested), "the page asks nobody else for anything"


@pytest.mark.skipif(chromium() is None, reason="there is no Chromium on this machine")
async def test_the_page_shows_a_door_and_nothing_behind_it(
    served: tuple[str, SupervisedServer, int], tmp_path: Path
) -> None:
    language, server, _ = served
    with web_process(tmp_path / "home", server.address, "--lang", language) as address:
        async with browser() as page:
            await page.open(address)
            await page.expect(tr("Password"))
            await page.send("=nobody", "enter", "=wrong", "enter")
            sentence = tr("The login or password is not right; check both and try again.")
            await page.expect(sentence[:8])  # the rest may stand on the next line
            assert agent_name(server) not in page._received
