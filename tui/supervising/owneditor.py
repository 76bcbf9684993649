"""The person's own editor: ``VISUAL`` or ``EDITOR``, on a private file that is gone afterwards."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from domain.i18n import tr
from screens.ports import Refused


def own_editor(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Give the editor and its arguments; nothing where none is set. It is never given to a shell."""
    for name in ("VISUAL", "EDITOR"):
        try:
            words = tuple(shlex.split(environment.get(name, ""), posix=os.name != "nt"))
        except ValueError:
            continue
        if words:
            return words
    return ()


def edited(command: tuple[str, ...], text: str) -> str | Refused:
    """Let a text be edited, waiting for the editor to end; refused where it could not be run or ended badly."""
    with tempfile.TemporaryDirectory(prefix="duecall-edit-") as folder:
        file = Path(folder) / "duecall.toml"
        file.write_text(text, encoding="utf-8", newline="\n")
        try:
            done = subprocess.run([*command, str(file)], check=False)  # noqa: S603  # the person's own editor
        except OSError:
            said = tr("The editor {name} cannot be started; nothing was changed. b opens the built-in one.")
            return Refused(said.format(name=command[0]))
        if done.returncode != 0:
            return Refused(tr("The editor ended with an error; nothing was changed."))
        try:
            return file.read_text(encoding="utf-8").replace("\r\n", "\n")
        except (OSError, UnicodeDecodeError):
            return Refused(tr("What the editor left cannot be read; nothing was changed."))
