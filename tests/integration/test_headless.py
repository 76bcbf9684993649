"""The command line on a real server: sync, queue, case, promise, outcome, may-call, doctor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.test_main_job import (
    AGENT_PASSWORD,
    TUESDAY_10_IN_NEW_YORK,
    add_people,
    import_both,
    own_receivables,
    promises_on,
    write_contacts,
)
from tests.support.processes import duecall, server_process


@pytest.mark.slow
def test_a_day_without_a_screen(tmp_path: Path) -> None:
    home, database, agent = tmp_path / "home", tmp_path / "server.db", tmp_path / "agent"
    home.mkdir()
    ledger, contacts = tmp_path / "ledger.csv", tmp_path / "contacts.csv"
    own_receivables(ledger)
    write_contacts(contacts, ledger)
    add_people(home, database)
    secret = tmp_path / "password.txt"
    secret.write_text(AGENT_PASSWORD + "\n")
    with server_process(home, database, TUESDAY_10_IN_NEW_YORK) as address:
        import_both(home, address, ledger, contacts)
        first = {"DUECALL_SERVER": address, "DUECALL_LOGIN": "amy", "DUECALL_PASSWORD_FILE": str(secret)}
        later = {"DUECALL_PASSWORD_FILE": str(secret)}

        def run(*arguments: str, code: int = 0, env: dict[str, str] = later) -> Any:
            return json.loads(duecall(agent, *arguments, "--json", code=code, env=env))

        synced = run("sync", env=first)
        assert synced["unsent"] == 0
        assert synced["pulled"] == 14, "twelve cases, the policy, the scripts"
        queue = run("queue")
        assert len(queue) == 12
        assert {"case", "customer", "why", "score", "bucket", "overdue", "currency", "days_past_due"} <= set(queue[0])
        assert queue[0]["callable"]
        assert len(run("queue", "--limit", "3")) == 3
        case, other = queue[0]["case"], queue[1]["case"]

        promise = run("promise", case, "--date", "next friday", "--yes")
        assert promise["state"] == "open"
        assert promise["saved"]
        assert promise["unsent"] == 1
        assert [part["due"] for part in promise["parts"]] == ["2026-12-04"]
        plan = run("promise", other, "--date", "tomorrow", "--parts", "3", "--every", "week", "--yes")
        assert [part["due"] for part in plan["parts"]] == ["2026-11-25", "2026-12-02", "2026-12-09"]
        refused = run("promise", other, "--date", "yesterday", "--yes", code=1)
        assert not refused["saved"]

        outcome = run("outcome", queue[2]["case"], "no_answer", "--note", "rang for long")
        assert outcome["unsent"] == 5, "the promises, the attempt, the note and the outcome"
        duecall(agent, "outcome", queue[3]["case"], "nonsense", code=1, env=later)

        shown = run("case", case)
        assert shown["standings"][0]["state"] == "open"
        assert shown["unsent"]
        assert shown["next_action"]["kind"] == "promise"
        duecall(agent, "case", "cnowhere", code=1, env=later)

        answer = run("may-call", queue[3]["case"])
        assert answer["allowed"]
        night = run("may-call", queue[3]["case"], "--at", "2026-11-25T04:00:00Z")
        assert (night["allowed"], night["code"]) == (False, "window")

        handed = run("sync")
        assert (handed["pushed"], handed["unsent"]) == (5, 0)
        assert run("sync")["pushed"] == 0
        assert len(promises_on(database)) == 2
        health = run("doctor", code=1)
        wrong = [check["name"] for check in health["checks"] if not check["ok"]]
        assert wrong == ["clock"], "the server's clock is shifted for the rehearsal, and only that is found"
        assert any(check["name"] == "next-action" for check in health["checks"])
    after = json.loads(duecall(agent, "sync", "--json", code=1, env=later))
    assert after["pushed"] == 0
    secret.write_text("wrong\n")
    duecall(agent, "queue", code=1, env=later)
