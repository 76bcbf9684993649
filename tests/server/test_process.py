"""The real program: it says when it listens, keeps what it has answered through kill -9, and stops when it is told to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.server_world import PASSWORD, World

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import argparse, sys
from server.cli import add_parsers
parser = argparse.ArgumentParser()
add_parsers(parser.add_subparsers(required=True))
if __name__ == "__main__":
    arguments = parser.parse_args()
    sys.exit(arguments.run(arguments))
"""


@dataclass
class Running:
    """A server process and a client that talks to it."""

    process: subprocess.Popen[str]
    client: httpx.Client
    address: str

    def login(self, login: str, device: str) -> dict[str, str]:
        response = self.client.post("/v1/sessions", json={"login": login, "password": PASSWORD, "device": device})
        assert response.status_code == 201, response.text
        return {"Authorization": f"Bearer {response.json()['token']}"}

    def push(self, headers: dict[str, str], device: str, *events: dict[str, Any]) -> dict[str, Any]:
        body = {"device_id": device, "events": list(events)}
        response = self.client.post("/v1/events", json=body, headers=headers)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer


@pytest.fixture
def folder(tmp_path: Path, populated: Path) -> Path:
    """Give a folder with a database of six people, two cases, and the program that serves it."""
    world = World(tmp_path, template=populated)
    world.clock.instant = world.clock.instant.replace(year=2025)
    world.add_case("c1", "anna")
    world.add_case("c2", "anna")
    world.services.database.close()
    (tmp_path / "program.py").write_text(PROGRAM)
    return tmp_path


def command(folder: Path, *arguments: str) -> list[str]:
    return [sys.executable, str(folder / "program.py"), "server", *arguments]


def environment(folder: Path, **more: str) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "DUECALL_HOME": str(folder / "home")} | more


@contextmanager
def running(folder: Path, *arguments: str, **more: str) -> Iterator[Running]:
    url = f"sqlite:///{(folder / 'server.db').as_posix()}"
    with subprocess.Popen(
        command(folder, "run", "--db", url, "--port", "0", *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment(folder, **more),
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("duecall server listening on http://127.0.0.1:"), line
            address = line.split()[-1]
            with httpx.Client(base_url=address, timeout=20) as client:
                yield Running(process, client, address)
        finally:
            if process.poll() is None:
                process.kill()


def event(device: str, seq: int, case_id: str = "c1") -> dict[str, Any]:
    return {
        "id": f"{device}-{seq}",
        "seq": seq,
        "type": "note.added",
        "v": 1,
        "case_id": case_id,
        "at": "2026-11-20T09:00:00.000Z",
        "data": {"text": f"note {seq}"},
    }


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_what_was_answered_is_there_after_kill_9(folder: Path) -> None:
    answered: list[int] = []
    with running(folder) as server:
        headers = server.login("anna", "d1")
        stop = threading.Event()

        def kill_soon() -> None:
            stop.wait(5)
            server.process.send_signal(signal.SIGKILL)

        with ThreadPoolExecutor(1) as pool:
            killer = pool.submit(kill_soon)
            try:
                for seq in range(1, 10_000):
                    server.push(headers, "d1", event("d1", seq))
                    answered.append(seq)
                    if seq == 25:
                        stop.set()
            except httpx.HTTPError:
                pass
            killer.result()
        assert server.process.wait(10) == -signal.SIGKILL
    assert len(answered) >= 25
    with running(folder) as server:
        headers = server.login("anna", "d1")
        page = server.client.get("/v1/changes", headers=headers).json()
        assert page["device"]["received_through"] >= answered[-1]
        again = server.push(headers, "d1", *(event("d1", seq) for seq in answered[:400]))
        assert {result["status"] for result in again["results"]} == {"duplicate"}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_stops_within_five_seconds_with_streams_open(folder: Path, workers: str) -> None:
    with running(folder, "--workers", workers) as server:
        headers = server.login("anna", "d1")
        with server.client.stream("GET", "/v1/stream", headers=headers) as response:
            lines = response.iter_lines()
            assert next(lines) == "event: poke"
            began = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            assert list(lines)[-1] in ("", 'data: {"head":4}')
            assert server.process.wait(10) == 0
            assert time.monotonic() - began < 5


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_two_workers_share_one_file_without_losing_or_doubling(folder: Path) -> None:
    with running(folder, "--workers", "2") as server:
        headers = server.login("anna", "d1")
        others = [server.login("anna", f"e{number}") for number in range(4)]
        batch = [event("d1", seq, f"c{1 + seq % 2}") for seq in range(1, 21)]

        def same(_turn: int) -> list[str]:
            with httpx.Client(base_url=server.address, timeout=30) as client:
                answer = client.post("/v1/events", json={"device_id": "d1", "events": batch}, headers=headers)
                return [result["status"] for result in answer.json()["results"]]

        def own(number: int) -> None:
            with httpx.Client(base_url=server.address, timeout=30) as client:
                for seq in range(1, 16):
                    body = {"device_id": f"e{number}", "events": [event(f"e{number}", seq)]}
                    assert client.post("/v1/events", json=body, headers=others[number]).status_code == 200

        with ThreadPoolExecutor(8) as pool:
            writing = [pool.submit(own, number) for number in range(4)]
            statuses = sorted(pool.map(same, range(4)))
            for each in writing:
                each.result()
        assert statuses == [["accepted"] * 20] + [["duplicate"] * 20] * 3
        page = server.client.get("/v1/changes", headers=headers).json()
        assert page["head"] == page["entries"][-1]["seq"]
        assert page["device"]["received_through"] == 20
        bodies = {entry["key"]: entry["body"] for entry in page["entries"]}
        shown = [moment for key in ("case:c1", "case:c2") for moment in bodies[key]["timeline"]]
        assert sum(moment["type"] == "note.added" for moment in shown) + bodies["case:c1"].get("older", 0) >= 78


@pytest.mark.slow
def test_rehearsal_clock_starts_where_it_is_told(folder: Path) -> None:
    with running(folder, DUECALL_SERVER_CLOCK="2031-05-05T09:00:00Z") as server:
        hello = server.client.get("/v1/hello").json()
        assert hello["server_time"].startswith("2031-05-05T09:00:")
        assert hello["rehearsal"] is True


def run(folder: Path, *arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(folder, *arguments),
        input=stdin,
        capture_output=True,
        text=True,
        env=environment(folder, **more),
        check=False,
    )


@pytest.mark.slow
def test_people_are_added_and_listed(folder: Path) -> None:
    assert run(folder, "init").returncode == 0
    assert run(folder, "init", "--restored").returncode == 0
    added = run(
        folder, "user", "add", "Mia", "--role", "agent", "--team", "north", "--password-stdin", stdin="long enough\n"
    )
    assert (added.returncode, added.stdout) == (0, "mia may log in now.\n")
    assert (folder / "home" / "server.db").exists()
    listed = json.loads(run(folder, "user", "list", "--json").stdout)
    assert [(each["login"], each["role"], each["team"]) for each in listed] == [("mia", "agent", "north")]
    again = run(folder, "user", "add", "mia", "--role", "agent", "--password-stdin", stdin="long enough\n")
    assert (again.returncode, again.stderr) == (1, "This login is taken; choose another one.\n")
    short = run(folder, "user", "add", "tim", "--role", "agent", "--password-stdin", stdin="short\n")
    assert short.returncode == 1
    assert "short" not in short.stdout + short.stderr.replace("A password has", "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "more"),
    [
        (("run", "--db", "nonsense://x"), {}),
        (("run", "--db", "no url at all"), {}),
        (("run", "--db", "sqlite:////no/such/folder/x.db"), {}),
        (("run", "--port", "0"), {"DUECALL_SERVER_CLOCK": "yesterday"}),
        (("run", "--host", "203.0.113.1"), {}),
    ],
)
def test_failures_are_one_sentence(folder: Path, arguments: tuple[str, ...], more: dict[str, str]) -> None:
    failed = run(folder, *arguments, **more)
    assert failed.returncode == 1
    assert failed.stderr.count("\n") == 1
    assert "Traceback" not in failed.stderr
    assert failed.stdout == ""


@pytest.mark.slow
def test_wrong_usage(folder: Path) -> None:
    assert run(folder, "run", "--workers", "0").returncode == 2
    assert run(folder, "user", "add", "x").returncode == 2
    assert run(folder, "run", "--help").returncode == 0
