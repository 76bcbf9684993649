"""A promise's life by the command line on a real server: beyond authority, changed, a plan, withdrawn."""

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
    write_contacts,
)
from tests.support.processes import duecall, server_process


@pytest.mark.slow
def test_a_promise_is_made_changed_and_withdrawn_without_a_screen(tmp_path: Path) -> None:
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

        def states(case: str) -> list[str]:
            run("sync")
            return [each["state"] for each in run("case", case)["standings"]]

        run("sync", env=first)
        queue = run("queue")
        case = queue[0]["case"]

        far = run("promise", case, "--date", "in 40 days", "--yes")
        assert (far["state"], far["warnings"][0]["severity"]) == ("pending_approval", "approval")
        near = run("promise", case, "--date", "friday", "--amend", "--yes")
        assert (near["promise"], near["state"]) == (far["promise"], "open")
        assert states(case) == ["open"]

        other = queue[1]["case"]
        steps = run(
            "promise", other, "--date", "30 November", "--parts", "3", "--every", "fortnight", "--first", "20",
            "--spread", "last", "--shift", "after", "--yes",
        )  # fmt: skip
        assert [part["due"] for part in steps["parts"]] == ["2026-11-30", "2026-12-14", "2026-12-28"]
        assert steps["parts"][0]["amount"] == "20.00"
        gone = run("promise", other, "--withdraw", "lost the job")
        assert (gone["promise"], gone["state"]) == (steps["promise"], "withdrawn")
        assert states(other) == ["withdrawn"]
        duecall(agent, "promise", other, "--withdraw", "again", code=1, env=later)
