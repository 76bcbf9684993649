"""The main job end to end: a file goes in, a call is made, the promise reaches the server exactly once.

Everything is real: the server process, the import by the command line, the application driven by keys, the network
that is cut in the middle.
"""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.profile import places
from screens.call import CallScreen
from screens.ports import Refused
from tests.screens.test_agent_day import press
from tests.support.places import text_of
from tests.support.processes import Network, duecall, server_process
from tui.app import DuecallApp
from tui.opening import OpenProfile, open_profile

TUESDAY_10_IN_NEW_YORK = "2026-11-24T15:00:00Z"
AGENT_PASSWORD = "correct horse battery"
SUPERVISOR_PASSWORD = "staple green lantern"


def add_people(home: Path, database: Path) -> None:
    url = f"sqlite:///{database.as_posix()}"
    duecall(home, "server", "init", "--db", url)
    for login, role, password in (("sue", "supervisor", SUPERVISOR_PASSWORD), ("amy", "agent", AGENT_PASSWORD)):
        duecall(
            home, "server", "user", "add", login, "--role", role, "--db", url, "--password-stdin", stdin=password + "\n"
        )


def write_contacts(path: Path, receivables: Path) -> int:
    """Write a contacts file for every customer of a receivables file that has a customerID column."""
    with receivables.open(encoding="utf-8-sig", newline="") as source:
        customers = sorted({row["customerID"] for row in csv.DictReader(source)})
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(["Customer ID", "Customer Name", "Phone", "Email"])
        for number, customer in enumerate(customers):
            writer.writerow(
                [customer, f"Company {customer}", f"(212) 555-{100 + number:04d}", f"ap{number}@example.com"]
            )
    return len(customers)


def own_receivables(path: Path) -> None:
    """Write a small ledger of our own."""
    rows = [
        f"K-{n:03d},INV-{n:04d},{1 + n % 9}/{13 + n % 9}/2026,{1 + n % 9}/{20 + n % 8}/2026,{100 + n}.50"
        for n in range(12)
    ]
    path.write_text("customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount\n" + "\n".join(rows) + "\n")


def import_both(
    home: Path, address: str, ledger: Path, contacts: Path, *options: str
) -> tuple[dict[str, object], dict[str, object]]:
    secret = home / "supervisor.txt"
    secret.write_text(SUPERVISOR_PASSWORD)
    env = {"DUECALL_SERVER": address, "DUECALL_LOGIN": "sue", "DUECALL_PASSWORD_FILE": str(secret)}
    first = json.loads(duecall(home, "import", str(ledger), "--currency", "USD", "--json", *options, env=env))
    second = json.loads(duecall(home, "import", str(contacts), "--contacts", "--region", "US", "--json", env=env))
    return first, second


def promises_on(database: Path) -> list[str]:
    """Give the ids of the promise facts the server has."""
    connection = sqlite3.connect(database)
    try:
        return [row[0] for row in connection.execute("SELECT id FROM fact WHERE type = 'promise.made'")]
    finally:
        connection.close()


async def wait_for(pilot: Pilot[None], what: str, seconds: float = 20) -> str:
    """Wait until something stands on the screen."""
    for _ in range(int(seconds / 0.1)):
        shown = text_of(pilot.app)
        if what in shown:
            return shown
        await pilot.pause(0.1)
    raise AssertionError(f"{what!r} never came; the screen says:\n{text_of(pilot.app)}")


async def walk(profile: OpenProfile, network: Network, database: Path) -> None:
    async def opener(_server: str, _login: str, _password: str) -> Refused:
        return Refused("open already")

    app = DuecallApp(opener, ready=profile)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await wait_for(pilot, "synced")
        shown = await wait_for(pilot, "new, ")
        assert "$" in shown
        await press(pilot, ["enter"])
        screen = pilot.app.screen
        assert isinstance(screen, CallScreen)
        first = screen.case_id
        await press(pilot, ["d"])
        network.cut()
        await press(pilot, ["p", "=next friday"])
        assert "Fri 4 Dec 2026" in text_of(pilot.app)
        await press(pilot, ["enter", "enter"])
        assert isinstance(pilot.app.screen, CallScreen)
        assert pilot.app.screen.case_id != first, "the next case is open although the network is gone"
        assert promises_on(database) == []
        await wait_for(pilot, "off-line")
        assert profile.replica.outbox.count_unsent() >= 2
        network.restore()
        await press(pilot, ["f5"])
        await press(pilot, ["escape"])
        assert "QueueScreen" in repr(pilot.app.screen)
        await wait_for(pilot, "0 unsent")
        assert len(promises_on(database)) == 1
        assert profile.desk.case(first) is not None


@pytest.mark.slow
@pytest.mark.shared
async def test_the_main_job_on_the_real_ledger(tmp_path: Path, shared: Path) -> None:
    ledger = shared / "receivables" / "ibm_accounts_receivable.csv"
    contacts = tmp_path / "contacts.csv"
    customers = write_contacts(contacts, ledger)
    reports = await run_main_job(tmp_path, ledger, contacts, "--as-of", "2013-06-30")
    first = reports[0]
    rows = first["rows"]
    assert isinstance(rows, dict)
    assert rows["data"] == 2466
    assert customers == 100


@pytest.mark.slow
async def test_the_main_job_on_a_ledger_of_our_own(tmp_path: Path) -> None:
    ledger, contacts = tmp_path / "ledger.csv", tmp_path / "contacts.csv"
    own_receivables(ledger)
    write_contacts(contacts, ledger)
    await run_main_job(tmp_path, ledger, contacts)


async def run_main_job(
    tmp_path: Path, ledger: Path, contacts: Path, *options: str
) -> tuple[dict[str, object], dict[str, object]]:
    home, database = tmp_path / "home", tmp_path / "server.db"
    home.mkdir()
    add_people(home, database)
    with server_process(home, database, TUESDAY_10_IN_NEW_YORK) as address:
        reports = import_both(home, address, ledger, contacts, *options)
        network = Network(address)
        try:
            where = places({"DUECALL_HOME": str(tmp_path / "agent")})
            profile = await open_profile(where, network.address, "amy", AGENT_PASSWORD)
            assert isinstance(profile, OpenProfile), profile
            await walk(profile, network, database)
            again = import_both(home, address, ledger, contacts, *options)
            assert again[0]["rows"] == reports[0]["rows"]
            assert len(promises_on(database)) == 1
        finally:
            network.close()
    return reports
