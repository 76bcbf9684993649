"""``duecall practice``: rehearse calls on invented customers."""

from __future__ import annotations

import argparse
import sys

from domain.i18n import tr
from tui.cli.frame import CommandFailed, SubParsers, add_command


def add_parser(subparsers: SubParsers) -> None:
    """Add the command."""
    add_command(
        subparsers,
        "practice",
        run,
        summary=tr("rehearse calls on invented customers"),
        details=tr("The real call screen and scripts, a score at the end. Nothing is dialled, kept or sent."),
    )


def run(_args: argparse.Namespace) -> int:
    """Practise until the application is left."""
    if not (sys.stdout.isatty() and sys.stderr.isatty()):  # Textual paints on standard error
        raise CommandFailed(tr("The practice needs a terminal."))
    from tui.practice.app import PracticeApp

    app = PracticeApp()
    app.run()
    return app.return_code or 0
