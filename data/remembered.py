"""What the supervisor's desk remembers between two sittings: the server, the login, and this machine's id for each login.

Nothing secret and nothing of customers: the supervisor's work is all on the server.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.files import make_private_folder, write_atomically
from domain.clock import SystemClock
from domain.ids import IdSource

FILE_NAME = "desk.json"


@dataclass(slots=True)
class Remembered:
    """The file, read; ``devices`` has a device id by server and login, because a device belongs to one person."""

    file: Path
    server: str = ""
    login: str = ""
    devices: dict[str, str] = field(default_factory=dict)

    def device(self, server: str, login: str) -> str:
        """Give this machine's id for a login on a server; made when it is first asked for."""
        return self.devices.setdefault(f"{server} {login}", IdSource(SystemClock()).new())

    def keep(self, server: str, login: str) -> None:
        """Write down who came in where. A file that cannot be written costs the convenience and nothing else."""
        self.server, self.login = server, login
        content = {"server": server, "login": login, "devices": self.devices}
        try:
            make_private_folder(self.file.parent)
            write_atomically(self.file, json.dumps(content, ensure_ascii=False, indent=1).encode())
        except OSError:
            return


def remembered(folder: Path) -> Remembered:
    """Read what is remembered in a folder; a file that cannot be read is as good as none."""
    file = folder / FILE_NAME
    try:
        content: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        content = None
    if not isinstance(content, dict):
        return Remembered(file)
    devices = content.get("devices")
    known = (
        {str(key): value for key, value in devices.items() if isinstance(value, str)}
        if isinstance(devices, dict)
        else {}
    )
    return Remembered(file, _text(content.get("server")), _text(content.get("login")), known)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
