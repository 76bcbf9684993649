"""``duecall board``: the supervisor's application."""

from __future__ import annotations

import argparse

from domain.i18n import tr
from tui.cli.frame import SubParsers, add_command


def add_parser(subparsers: SubParsers) -> None:
    """Add the command."""
    add_command(
        subparsers,
        "board",
        run,
        summary=tr("the supervisor's desk: board, distribution, decisions, figures"),
        details=tr("Asks for server, login and password. Nothing of customers is kept on this machine."),
    )


def run(args: argparse.Namespace) -> int:
    """Run the application until it is left."""
    from tui.supervising.start import run_board

    del args
    return run_board()
