"""The server's commands about people, machines and the trail, given as they are typed."""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from server.cli import add_parsers
from server.database.schema import AUDIT
from tests.support.server_world import PASSWORD, World


@pytest.fixture
def given(world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a command of the server's; answers its exit code, output and errors."""

    def give(*words: str, stdin: str = "") -> tuple[int, str, str]:
        parser = argparse.ArgumentParser()
        add_parsers(parser.add_subparsers(required=True))
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        arguments = parser.parse_args(["server", *words, "--db", world.settings.database])
        code: int = arguments.run(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return give


async def test_password_is_set_and_sessions_end(world: World, given: Any) -> None:
    anna = await world.login("anna")
    code, _, _ = given("user", "passwd", "Anna", "--password-stdin", "--must-change", stdin="temporary one\n")
    assert code == 0
    assert (await anna.get("/v1/changes")).status_code == 401
    body = {"login": "anna", "password": "temporary one", "device": "anna-laptop"}
    refused = await world.client.post("/v1/sessions", json=body)
    assert refused.json()["type"] == "urn:duecall:problem:password-change-needed"
    code, _, error = given("user", "passwd", "anna", "--password-stdin", stdin="short\n")
    assert (code, error) == (1, "A password has between 8 and 256 characters.\n")


async def test_account_is_closed_and_opened_again(world: World, given: Any) -> None:
    assert given("user", "disable", "anna")[0] == 0
    body = {"login": "anna", "password": PASSWORD, "device": "d1"}
    assert (await world.client.post("/v1/sessions", json=body)).status_code == 401
    listed = json.loads(given("user", "list", "--json")[1])
    assert [each["login"] for each in listed if not each["active"]] == ["anna"]
    assert given("user", "enable", "anna")[0] == 0
    assert (await world.client.post("/v1/sessions", json=body)).status_code == 201
    code, _, error = given("user", "disable", "nobody")
    assert (code, error.count("\n")) == (1, 1)


async def test_machines_are_listed_and_shut_out(world: World, given: Any) -> None:
    anna = await world.login("anna")
    (listed,) = json.loads(given("device", "list", "--json")[1])
    assert (listed["id"], listed["login"], "revoked_at" in listed) == ("anna-laptop", "anna", False)
    assert given("device", "revoke", "anna-laptop")[0] == 0
    assert (await anna.get("/v1/changes")).json()["type"] == "urn:duecall:problem:device-revoked"
    assert "(shut out)" in given("device", "list")[1]
    code, _, error = given("device", "revoke", "no-such")
    assert (code, error.count("\n")) == (1, 1)


async def test_trail_is_verified_exported_and_compared(world: World, given: Any, tmp_path: Path) -> None:
    await world.login("anna")
    code, said, _ = given("audit", "verify", "--json")
    assert (code, json.loads(said)["ok"]) == (0, True)
    heads = tmp_path / "heads.json"
    heads.write_text(said)

    code, exported, _ = given("audit", "export", "--team", "main")
    lines = [json.loads(line) for line in exported.splitlines()]
    assert code == 0
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert lines[-1]["action"] == "session.opened"
    out = tmp_path / "trail.jsonl"
    assert given("audit", "export", "--out", str(out))[0] == 0
    assert len(out.read_text().splitlines()) > len(lines)
    assert given("audit", "export", "--out", str(tmp_path / "no" / "where"))[0] == 1

    await world.login("ben")
    assert given("audit", "verify", "--heads", str(heads))[0] == 0, "a longer trail still holds the old ends"
    world.write(lambda t: t.connection.execute(delete(AUDIT).where(AUDIT.c.chain == "team:main", AUDIT.c.seq >= 5)))
    code, said, error = given("audit", "verify", "--json", "--heads", str(heads))
    found = json.loads(said)
    assert (code, found["ok"], found["cut_off"], error.count("\n")) == (1, False, ["team:main"], 1)
    assert "broken" in given("audit", "verify")[1]
    heads.write_text("{}")
    assert given("audit", "verify", "--heads", str(heads))[0] == 1
