"""What every command is built with: its parser, its refusal, and the values people type."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Protocol

from domain.clock import parse_instant
from domain.i18n import LANGUAGES, tr

Run = Callable[[argparse.Namespace], int]


class CommandFailed(Exception):  # noqa: N818 - it answers a command, it reports no malfunction
    """The command could not do what was asked (exit code 1); the message is one translated sentence."""


class SubParsers(Protocol):
    """What ``ArgumentParser.add_subparsers`` gives."""

    def add_parser(self, name: str, **options: Any) -> argparse.ArgumentParser:
        """Add a command."""
        ...


def add_command(subparsers: SubParsers, name: str, run: Run, *, summary: str, details: str = "") -> Any:
    """Add a command: ``summary`` stands in the list of commands, ``details`` below it in the command's own help.

    Every command takes ``--lang``; it has been obeyed by the time the command runs.
    """
    parser = subparsers.add_parser(
        name,
        help=summary,
        description=tr("{summary}. {details}")
        .format(summary=summary[:1].upper() + summary[1:], details=details)
        .strip(),
        allow_abbrev=False,
    )
    parser.add_argument(
        "--lang", choices=LANGUAGES, default=argparse.SUPPRESS, help=tr("the language of the interface")
    )
    parser.set_defaults(run=run)
    return parser


def add_json(parser: argparse.ArgumentParser) -> None:
    """Let a command print one JSON document instead of sentences."""
    parser.add_argument("--json", action="store_true", help=tr("print one JSON document and nothing else"))


def typed_day(text: str) -> date:
    """Read a day typed as an option, ``2026-11-22``."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(tr("“{text}” is no day; write 2026-11-22").format(text=text)) from None


def typed_day_or_moment(text: str) -> date:
    """Read a day, or a day with the hour there (``2026-11-22T21:30``), typed as an option."""
    try:
        return date.fromisoformat(text) if len(text) <= len("2026-11-22") else datetime.fromisoformat(text)
    except ValueError:
        words = tr("“{text}” is no day; write 2026-11-22 or 2026-11-22T21:30")
        raise argparse.ArgumentTypeError(words.format(text=text)) from None


def typed_instant(text: str) -> datetime:
    """Read an instant with its zone typed as an option, ``2026-11-22T09:30:00Z``."""
    try:
        return parse_instant(text)
    except (ValueError, OverflowError):
        words = tr("“{text}” is no instant with a zone; write 2026-11-22T09:30:00Z or …+08:00")
        raise argparse.ArgumentTypeError(words.format(text=text)) from None
