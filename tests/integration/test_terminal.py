"""The same walk in a real terminal, from the installed command: first start, call, promise, next case, leave, come back."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from domain.i18n import tr, use_language
from tests.integration.test_main_job import (
    AGENT_PASSWORD,
    TUESDAY_10_IN_NEW_YORK,
    add_people,
    import_both,
    own_receivables,
    promises_on,
    write_contacts,
)
from tests.support.processes import environment, server_process

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX"),
]


def start(home: Path, size: tuple[int, int], lang: str):  # type: ignore[no-untyped-def]  # pexpect has no types
    import pexpect

    program = shutil.which("duecall")
    command, arguments = (program, []) if program else (sys.executable, ["-m", "tui.main"])
    env = environment(home, TERM="xterm-256color", LC_ALL="zh_CN.UTF-8" if lang == "zh" else "C.UTF-8")
    return pexpect.spawn(
        command, [*arguments, "--lang", lang], env=env, dimensions=(size[1], size[0]), encoding="utf-8", timeout=30
    )


@pytest.mark.parametrize(("size", "lang"), [((120, 40), "en"), ((80, 24), "zh")])
def test_the_installed_command_in_a_terminal(tmp_path: Path, size: tuple[int, int], lang: str) -> None:
    import pexpect

    home, database = tmp_path / "home", tmp_path / "server.db"
    home.mkdir()
    ledger, contacts = tmp_path / "ledger.csv", tmp_path / "contacts.csv"
    own_receivables(ledger)
    write_contacts(contacts, ledger)
    add_people(home, database)
    agent = tmp_path / "agent"
    use_language("zh" if lang == "zh" else "en")
    calls, none_unsent = tr("Today's calls {n}"), tr("{n} unsent").format(n=0)
    saved, password = tr("{what} · u undoes").format(what="").strip(), tr("Password")
    with server_process(home, database, TUESDAY_10_IN_NEW_YORK) as address:
        import_both(home, address, ledger, contacts)
        terminal = start(agent, size, lang)
        terminal.expect("https://")
        terminal.send(address + "\r")
        terminal.send("amy\r")
        terminal.send(AGENT_PASSWORD + "\r")
        terminal.expect_exact(calls.format(n=12))
        terminal.send("\r")
        terminal.expect("1 ")
        terminal.send("d")
        terminal.expect(r"\+1 212-555-01\d\d")
        terminal.send("p")
        terminal.send("next friday")
        terminal.expect("2026")
        terminal.send("\r")
        terminal.expect("“")
        terminal.send("\r")
        terminal.expect_exact(saved)
        terminal.send("\x1b")
        terminal.expect_exact(none_unsent)
        assert len(promises_on(database)) == 1
        terminal.send("\x11")
        terminal.expect(pexpect.EOF)
        terminal.close()
        assert terminal.exitstatus == 0
        again = start(agent, size, lang)
        again.expect_exact(password)
        again.send(AGENT_PASSWORD + "\r")
        again.expect_exact(calls.format(n=11))
        again.send("\x11")
        again.expect(pexpect.EOF)
        again.close()
    assert len(promises_on(database)) == 1
