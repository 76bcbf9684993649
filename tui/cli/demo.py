"""``duecall demo``: a server, sample data and the application, all in a temporary folder."""

from __future__ import annotations

import argparse

from domain.i18n import tr
from tui.cli.frame import SubParsers, add_command


def add_parser(subparsers: SubParsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "demo",
        run,
        summary=tr("try duecall with sample data"),
        details=tr("A server in a temporary folder, invented customers, the application. Nothing is left behind."),
    )
    parser.add_argument("--cases", type=_count, default=60, metavar="N", help=tr("how many customers"))
    parser.add_argument("--role", choices=("agent", "supervisor"), default="agent", help=tr("whose desk"))


def run(args: argparse.Namespace) -> int:
    """Run the demonstration until the application is left."""
    from tui.demonstration import run_demo

    return run_demo(args.cases, args.role)


def _count(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= 20_000:
        raise argparse.ArgumentTypeError(tr("“{text}” is no number from 1 to 20000").format(text=text))
    return number
