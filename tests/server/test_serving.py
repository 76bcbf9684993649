"""How the server is reached: TLS, a proxy's word about who asks, its file's rights, requests finished at the end."""

from __future__ import annotations

import datetime as dt
import functools
import ipaddress
import os
import signal
import sqlite3
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from server.database.engine import Transaction
from server.database.files import BackupFailed, TargetInUse, copy_database
from server.people.throttle import begin_try
from server.run import Place
from server.settings import Throttle
from tests.support.processes import environment
from tests.support.server_world import PASSWORD, World

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="rights and signals are POSIX")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 that nobody but this test trusts."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


@pytest.fixture
def folder(tmp_path: Path, populated: Path) -> Path:
    world = World(tmp_path, template=populated)
    world.services.database.close()
    return tmp_path


@contextmanager
def running(folder: Path, *words: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    url = f"sqlite:///{(folder / 'server.db').as_posix()}"
    command = [sys.executable, "-m", "tui.main", "server", "run", "--db", url, "--port", "0", *words]
    with (
        (folder / "log.txt").open("w") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment(folder)) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "listening on" in line, (folder / "log.txt").read_text()
            yield line.split()[-1], process
        finally:
            if process.poll() is None:
                process.terminate()


def failed(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tui.main", "server", *words],
        capture_output=True,
        encoding="utf-8",
        env=environment(folder),
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_server_speaks_tls(folder: Path, certificate: tuple[Path, Path], workers: str) -> None:
    chain, key = certificate
    with running(folder, "--tls-cert", str(chain), "--tls-key", str(key), "--workers", workers) as (address, _):
        assert address.startswith("https://127.0.0.1:")
        trusting = ssl.create_default_context(cafile=str(chain))
        with httpx.Client(base_url=address, verify=trusting) as client:
            assert client.get("/v1/hello").json()["protocol"] == {"min": 1, "max": 1}
        with pytest.raises(httpx.ConnectError), httpx.Client(base_url=address) as client:
            client.get("/v1/hello")


@pytest.mark.slow
def test_what_cannot_be_served_is_said_in_one_sentence(folder: Path, certificate: tuple[Path, Path]) -> None:
    chain, key = certificate
    assert "belong together" in failed(folder, "run", "--port", "0", "--tls-cert", str(chain))
    swapped = failed(folder, "run", "--port", "0", "--tls-cert", str(key), "--tls-key", str(chain))
    assert "cannot be used" in swapped
    assert "cannot be used" in failed(folder, "run", "--port", "0", "--tls-cert", "no", "--tls-key", "no")
    newer = folder / "newer.db"
    with closing(sqlite3.connect(folder / "server.db")) as ours, closing(sqlite3.connect(newer)) as theirs:
        ours.backup(theirs)
        theirs.execute("UPDATE alembic_version SET version_num = '9999'")
        theirs.commit()
    for words in (("run", "--port", "0"), ("init",), ("user", "list")):
        assert "newer version" in failed(folder, *words, "--db", f"sqlite:///{newer.as_posix()}")
    assert "belongs to --restored" in failed(folder, "init", "--calls-from", "2026-11-24T09:00:00Z")


@pytest.mark.parametrize(
    ("place", "exposed"),
    [
        (Place("127.0.0.1", 0), False),
        (Place("::1", 0), False),
        (Place("localhost", 0), False),
        (Place("0.0.0.0", 0), True),
        (Place("192.0.2.7", 0), True),
        (Place("duecall.example", 0), True),
        (Place("0.0.0.0", 0, proxies=("10.0.0.1",)), False),
        (Place("0.0.0.0", 0, certificate="c", key="k"), False),
    ],
)
def test_only_an_unencrypted_server_for_others_is_warned_about(place: Place, *, exposed: bool) -> None:
    assert place.is_exposed is exposed


@pytest.mark.slow
def test_proxy_says_who_guesses_passwords(tmp_path: Path, populated: Path) -> None:
    """The throttle counts by address: behind a proxy, everybody must not be one."""
    world = World(tmp_path, template=populated)
    guesser, other = "198.51.100.9", "198.51.100.10"
    limits = world.settings.throttle
    for number in range(limits.per_address):
        world.write(functools.partial(guess, limits=limits, login=f"nobody-{number}", address=guesser))
    world.services.database.close()
    with running(tmp_path) as (address, _), httpx.Client(base_url=address) as client:
        body = {"login": "anna", "password": PASSWORD, "device": "d"}
        answers = [
            client.post("/v1/sessions", json=body, headers={"X-Forwarded-For": who}).status_code
            for who in (guesser, other)
        ]
        assert answers == [429, 201]


def guess(transaction: Transaction, limits: Throttle, login: str, address: str) -> None:
    begin_try(replace(transaction, now=dt.datetime.now(dt.UTC)), limits, login, address)


@POSIX
@pytest.mark.slow
def test_requests_under_way_are_finished_at_the_end(folder: Path) -> None:
    """A login takes a while; the server is told to stop as soon as it has begun, and answers all the same."""
    with running(folder) as (address, process):
        answers: list[int] = []

        def log_in(number: int) -> None:
            body = {"login": "anna", "password": PASSWORD, "device": f"d{number}"}
            with httpx.Client(base_url=address, timeout=30) as client:
                connected.wait()
                answers.append(client.post("/v1/sessions", json=body).status_code)

        connected = threading.Barrier(5)
        threads = [threading.Thread(target=log_in, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        connected.wait()
        with httpx.Client(base_url=address) as client:
            client.get("/healthz")  # the logins are in the server's hands by then, or as good as
        process.send_signal(signal.SIGTERM)
        for thread in threads:
            thread.join(20)
        assert process.wait(10) == 0
        assert set(answers) <= {201}


@POSIX
def test_database_is_nobody_else_s_to_read(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        world = World(tmp_path)
        world.populate()
    finally:
        os.umask(before)
    files = sorted(tmp_path.glob("server.db*"))
    assert len(files) >= 2, "the log lies beside it"
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    world.services.database.close()
    (tmp_path / "server.db").chmod(0o644)
    World(tmp_path).services.database.close()
    assert (tmp_path / "server.db").stat().st_mode & 0o777 == 0o600, "one that was made by an older version"


def test_backup_of_a_database_in_use_is_one_state_of_it(tmp_path: Path, populated: Path) -> None:
    world = World(tmp_path, template=populated)
    world.add_case("c1", "anna")
    stop = threading.Event()

    def write_on() -> None:
        for number in range(10_000):
            if stop.is_set():
                return
            world.add_case(f"more-{number}", "anna")

    writer = threading.Thread(target=write_on)
    writer.start()
    copies = [tmp_path / f"copy-{number}.db" for number in range(3)]
    try:
        for copy in copies:
            copy_database(tmp_path / "server.db", copy)
    finally:
        stop.set()
        writer.join()
    for copy in copies:
        with closing(sqlite3.connect(copy)) as database:
            (cases,) = database.execute("SELECT count(*) FROM case_file").fetchone()
            (heads,) = database.execute("SELECT max(head) FROM feed_head").fetchone()
            assert cases + 2 == heads, "each case and its place in the feed, or neither"
    assert sorted(file.name for file in tmp_path.glob("*.part*")) == []
    world.services.database.close()


@pytest.mark.parametrize("end", ["", "-wal", "-shm"])
def test_backup_does_not_take_the_place_of_a_database_in_use(tmp_path: Path, populated: Path, end: str) -> None:
    world = World(tmp_path, template=populated)
    world.add_case("before", "anna")
    with pytest.raises(TargetInUse):
        copy_database(tmp_path / "server.db", tmp_path / f"server.db{end}")
    (tmp_path / "other.db").write_bytes(populated.read_bytes())
    with pytest.raises(TargetInUse):
        copy_database(tmp_path / "other.db", tmp_path / "server.db")
    world.add_case("after", "anna")
    world.services.database.close()
    with closing(sqlite3.connect(tmp_path / "server.db")) as database:
        assert {row[0] for row in database.execute("SELECT id FROM case_file")} >= {"before", "after"}


def test_backup_that_cannot_be_made_leaves_nothing(tmp_path: Path, populated: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"not a database, and longer than a header" * 100)
    target = tmp_path / "copy.db"
    target.write_bytes(b"the copy of yesterday")
    with pytest.raises(BackupFailed):
        copy_database(tmp_path / "broken.db", target)
    with pytest.raises(BackupFailed):
        copy_database(populated, tmp_path / "no" / "such" / "folder.db")
    assert target.read_bytes() == b"the copy of yesterday"
    assert len(list(tmp_path.iterdir())) == 2
