"""PouchDB and a CouchDB-compatible server on loopback, installed by npm into ``.peers-node``, which git ignores."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / ".peers-node"
PACKAGES = ("pouchdb@9.0.0", "express-pouchdb@4.2.0", "express@4.21.2")
_SCRIPT = Path(__file__).with_suffix(".mjs")


@dataclass(frozen=True, slots=True)
class Peer:
    """Documents a second, each way."""

    pushed: float
    pulled: float


def measure(count: int, *, durable: bool) -> Peer | None:
    """Send ``count`` documents there and back; ``None`` where there is no Node or no network to install from.

    ``durable`` has both ends put every write on the disk before it counts. As it ships, PouchDB asks its storage (LevelDB)
    for that at no time: what it has acknowledged is lost when the machine loses power.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    if not (FOLDER / "node_modules" / "express-pouchdb").is_dir():
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / "package.json").write_text('{"private": true}\n')
        words = [npm, "install", "--silent", "--no-audit", "--no-fund", *PACKAGES]
        if subprocess.call(words, cwd=FOLDER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
            return None
    environment = {**os.environ, "PEERS": str(FOLDER), "NODE_NO_WARNINGS": "1", "DURABLE": str(int(durable))}
    with (
        tempfile.TemporaryDirectory() as there,
        tempfile.TemporaryDirectory() as here,
        subprocess.Popen(
            [node, str(_SCRIPT), "serve", there], env=environment, cwd=there, stdout=subprocess.PIPE, text=True
        ) as server,
    ):
        assert server.stdout is not None
        try:
            address = server.stdout.readline().strip()
            words = [node, str(_SCRIPT), "measure", here, address, str(count)]
            said = subprocess.run(words, env=environment, cwd=here, capture_output=True, text=True, check=True)
        finally:
            server.kill()
    told = json.loads(said.stdout.strip().splitlines()[-1])
    assert told["sent"] == told["got"] == count, told
    return Peer(count / told["pushed"], count / told["pulled"])
