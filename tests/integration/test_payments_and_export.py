"""Payments from the command line to a case, and what an agent's machine exports."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.integration.test_main_job import (
    AGENT_PASSWORD,
    SUPERVISOR_PASSWORD,
    TUESDAY_10_IN_NEW_YORK,
    add_people,
    import_both,
    own_receivables,
    write_contacts,
)
from tests.support.processes import duecall, server_process


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.slow
def test_payments_come_in_and_promises_go_out(tmp_path: Path) -> None:
    home, database, agent = tmp_path / "home", tmp_path / "server.db", tmp_path / "agent"
    home.mkdir()
    ledger, contacts, bank = tmp_path / "ledger.csv", tmp_path / "contacts.csv", tmp_path / "bank.csv"
    own_receivables(ledger)
    write_contacts(contacts, ledger)
    add_people(home, database)
    bank.write_text("Payment Date,Customer No,Amount\n2026-11-20,K-003,50.00\n2026-11-21,K-999,1.00\n")
    boss, secret = tmp_path / "boss.txt", tmp_path / "password.txt"
    boss.write_text(SUPERVISOR_PASSWORD)
    secret.write_text(AGENT_PASSWORD)
    with server_process(home, database, TUESDAY_10_IN_NEW_YORK) as address:
        import_both(home, address, ledger, contacts, "--as-of", "2026-11-19")
        sue = {"DUECALL_SERVER": address, "DUECALL_LOGIN": "sue", "DUECALL_PASSWORD_FILE": str(boss)}
        report = json.loads(duecall(home, "payments", str(bank), "--json", env=sue))
        assert report["applied"] == {"booked": 1, "unmatched": 1}
        assert report["rows"]["data"] == 2
        told = duecall(home, "payments", str(bank), env=sue)
        assert "2 payments in bank.csv" in told
        assert "known already 1" in told
        duecall(home, "payments", str(tmp_path / "never.csv"), code=1, env=sue)
        amy = {"DUECALL_SERVER": address, "DUECALL_LOGIN": "amy", "DUECALL_PASSWORD_FILE": str(secret)}
        duecall(agent, "sync", "--json", env=amy)
    queue = table(duecall(agent, "export", "--what", "queue", env=amy))
    paid = next(row for row in queue if row["owed"] == "53.50")
    assert (paid["currency"], paid["callable"]) == ("USD", "yes")
    duecall(agent, "promise", paid["case"], "--date", "next friday", "--yes", "--json", env=amy)
    out = tmp_path / "promises.csv"
    duecall(agent, "export", "--out", str(out), env=amy)
    rows = table(out.read_bytes().decode())
    assert [(row["case"], row["state"], row["due"], row["amount"]) for row in rows] == [
        (paid["case"], "open", "2026-12-04", "53.50")
    ]
    timeline = table(duecall(agent, "export", "--what", "timeline", env=amy))
    assert {"payment.received", "promise.made"} <= {row["type"] for row in timeline if row["case"] == paid["case"]}
    duecall(agent, "export", "--out", str(tmp_path / "no" / "folder.csv"), code=1, env=amy)
