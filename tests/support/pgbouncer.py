"""Debian's PgBouncer in transaction mode before a PostgreSQL of the tests' own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.support.postgres import OWNER, Cluster, free_port

_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
_CONFIGURATION = """
[databases]
* = host=127.0.0.1 port={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = {sessions}
max_client_conn = 200
logfile = {folder}/pgbouncer.log
"""


@contextmanager
def pgbouncer(server: Cluster, sessions: int = 3) -> Iterator[int]:
    """Run it with so many sessions for everybody together; gives its port."""
    program = shutil.which("pgbouncer", path=_PATH)
    if program is None:
        pytest.skip("PgBouncer is not installed (Debian: apt install pgbouncer)")
    with tempfile.TemporaryDirectory(prefix="duecall-pgb-") as name:
        folder, port = Path(name), free_port()
        (folder / "users.txt").write_text(f'"{OWNER}" ""\n')
        written = _CONFIGURATION.format(server=server.port, port=port, folder=folder, sessions=sessions)
        written = written.replace("* = ", f"* = user={OWNER} ")
        (folder / "pgbouncer.ini").write_text(written)
        if server.user is not None:
            for each in (folder, *folder.iterdir()):
                shutil.chown(each, server.user)
        process = subprocess.Popen(
            [program, "-q", str(folder / "pgbouncer.ini")],
            user=server.user,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_until_it_listens(process, port)
            yield port
        finally:
            process.terminate()
            process.wait(10)


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    pause = threading.Event()
    while process.poll() is None:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        pause.wait(0.02)
    raise AssertionError("PgBouncer did not start")
