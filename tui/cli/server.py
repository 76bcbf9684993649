"""``duecall server …``: the central server's own commands."""

from __future__ import annotations

from server.cli import add_parsers
from tui.cli.frame import SubParsers


def add_parser(subparsers: SubParsers) -> None:
    """Add the commands; what they need is imported when one of them runs."""
    add_parsers(subparsers)
