"""A report of an unexpected error that may be sent on: where it happened, and nothing about anybody.

Messages of exceptions and values of variables hold customers' names and numbers, so neither is written: only the
kinds of the exceptions and the places in the code.
"""

from __future__ import annotations

import os
import platform
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Final

from data.files import make_private_folder, write_atomically
from data.profile import places

MOST_REPORTS: Final = 20
"""Reports that are kept; the oldest make room."""

_PATTERN: Final = "crash-*.txt"


def version() -> str:
    """Name the installed version; of a bare checkout ``unknown``."""
    try:
        return metadata.version("duecall")
    except metadata.PackageNotFoundError:
        return "unknown"


def keep_report(error: BaseException, command: str | None) -> Path | None:
    """Write the report into the log folder and give its place; ``None`` when the folder cannot be written.

    Of what was typed only the command's name is kept: the words after it may be a customer's.
    """
    now = datetime.now(UTC)
    folder = places().log_folder
    file = folder / f"crash-{now:%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    try:
        make_private_folder(folder)
        write_atomically(file, report(error, command, now).encode())
        for old in sorted(folder.glob(_PATTERN))[:-MOST_REPORTS]:
            old.unlink(missing_ok=True)
    except OSError:
        return None
    return file


def report(error: BaseException, command: str | None, at: datetime) -> str:
    """Write down what is known of an error, without messages, variables or arguments."""
    lines = [
        f"duecall {version()} · Python {platform.python_version()} · {platform.system()} {platform.machine()}",
        f"at {at:%Y-%m-%dT%H:%M:%SZ} · command {command or '-'}",
    ]
    for raised in _chain(error):
        lines += ["", f"{type(raised).__module__}.{type(raised).__qualname__}"]
        for frame in traceback.extract_tb(raised.__traceback__, limit=60):
            lines.append(f"  {_place(frame.filename)}:{frame.lineno} {frame.name}")
    return "\n".join(lines) + "\n"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _place(filename: str) -> str:
    """Name a source file from its package on: the folders above may name a person."""
    parts = Path(filename).parts
    for anchor in ("site-packages", "lib", "Lib"):
        if anchor in parts:
            return "/".join(parts[len(parts) - parts[::-1].index(anchor) :])
    return "/".join(parts[-3:])
