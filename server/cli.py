"""The ``duecall server …`` commands. Each answers 0, or 1 with one sentence on standard error."""

from __future__ import annotations

from domain.i18n import tr
from server.commands import backup, devices, judging, people, running, trail
from server.commands.frame import SubParsers


def add_parsers(subparsers: SubParsers) -> None:
    """Mount ``server`` and its commands; each sets ``run`` to a function of the parsed arguments giving an exit code."""
    server = subparsers.add_parser("server", help=tr("the central server"), description=tr("The central server."))
    commands = server.add_subparsers(dest="server_command", metavar="COMMAND", required=True)
    for subject in (running, people, devices, judging, trail, backup):
        subject.add_parsers(commands)
