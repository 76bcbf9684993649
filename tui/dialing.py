"""Handing a number to whatever rings it: the system's softphone, the clipboard, or a program of the user's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

from domain.i18n import tr

Way = Literal["command", "tel", "copy"]

_SSH: Final = ("SSH_CONNECTION", "SSH_TTY")


def choose_way(command: Sequence[str], environment: Mapping[str, str]) -> Way:
    """Choose how to ring: the user's program if there is one; the clipboard over SSH; else the system's ``tel:`` handler."""
    if command:
        return "command"
    if any(environment.get(name) for name in _SSH):
        return "copy"
    if sys.platform in ("win32", "darwin"):
        return "tel"
    has_display = bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
    return "tel" if has_display and shutil.which("xdg-open") else "copy"


def dial(
    e164: str,
    extension: str | None,
    command: Sequence[str],
    copy: Callable[[str], None],
    environment: Mapping[str, str] | None = None,
) -> str:
    """Ring a number and say what was done. The number is an E.164 string and never passes through a shell.

    ``command`` is a program with its arguments; ``{number}`` in them becomes the number, else it is appended. A way that
    fails falls back to the clipboard, and the sentence says so.
    """
    way = choose_way(command, os.environ if environment is None else environment)
    try:
        if way == "command":
            _start(_filled(command, e164))
            return tr("dialling with {program}").format(program=command[0])
        if way == "tel":
            _open_uri(f"tel:{e164}" + (f";ext={extension}" if extension else ""))
            return tr("handed to the softphone")
    except OSError:
        copy(e164)
        return tr("the dialling program could not be started; the number is on the clipboard")
    copy(e164)
    return tr("the number is on the clipboard")


def _filled(command: Sequence[str], e164: str) -> list[str]:
    if any("{number}" in word for word in command):
        return [word.replace("{number}", e164) for word in command]
    return [*command, e164]


def _start(arguments: Sequence[str]) -> None:
    process = subprocess.Popen(  # noqa: S603  # the program is the user's own setting; the number is digits
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    # Somebody has to wait for it, or it stays behind as a zombie for the whole shift.
    threading.Thread(target=process.wait, name="dialling", daemon=True).start()


def _open_uri(uri: str) -> None:
    if sys.platform == "win32":
        os.startfile(uri)  # noqa: S606  # the only way to the system's handler there
    else:
        _start(["open" if sys.platform == "darwin" else "xdg-open", uri])
