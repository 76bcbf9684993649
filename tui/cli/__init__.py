"""The commands of the command line, one a file.

Each module has ``add_parser(subparsers)``, which says what the command takes, and ``run(arguments)``, which does it and
gives the exit code. Whatever is slow to import is imported inside ``run``. Adding a command is adding a line here.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final, Protocol, cast

from tui.cli.frame import SubParsers

MODULES: Final = (
    "date",
    "phone",
    "may_call",
    "receivables",
    "payments",
    "sync",
    "queue",
    "case",
    "promise",
    "outcome",
    "scripts",
    "doctor",
    "export",
    "keys",
    "board",
    "notice",
    "web",
    "password",
    "login",
    "practice",
    "demo",
    "server",
)
"""The modules in the order ``duecall --help`` lists their commands."""


class CommandModule(Protocol):
    """What a module of this package has."""

    def add_parser(self, subparsers: SubParsers) -> Any:
        """Say what the command takes."""
        ...


def load(name: str) -> CommandModule:
    """Import one of :data:`MODULES`."""
    return cast("CommandModule", import_module(f"tui.cli.{name}"))
