"""``duecall web``: the same screens in a browser."""

from __future__ import annotations

import argparse
import asyncio
import sys

from domain.i18n import tr
from tui.cli.frame import CommandFailed, SubParsers, add_command
from tui.cli.output import write


def add_parser(subparsers: SubParsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "web",
        run,
        summary=tr("the same screens in a browser"),
        details=tr("Every session is a process of its own and begins at the door. Ctrl+C ends it."),
    )
    parser.add_argument("--host", default="127.0.0.1", help=tr("where to listen; this computer alone by default"))
    parser.add_argument("--port", type=_port, default=8000, help=tr("where to listen; 0 takes a free one"))
    parser.add_argument("--role", choices=("agent", "supervisor"), default="supervisor", help=tr("whose desk"))
    parser.add_argument(
        "--public", metavar="URL", help=tr("the https:// address of the proxy in front, where other machines come")
    )


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    from tui.web.serving import Service, may_serve, serve_until_stopped

    service = Service(args.role, args.host, args.port, args.public)
    reason = may_serve(service)
    if reason is not None:
        raise CommandFailed(reason)
    try:
        asyncio.run(serve_until_stopped(service, _tell))
    except OSError:
        said = tr("{host}:{port} cannot be opened; nothing was started. Another program may have it: try --port 0.")
        raise CommandFailed(said.format(host=args.host, port=args.port)) from None
    return 0


def _tell(address: str) -> None:
    write(tr("open {address} in a browser; Ctrl+C ends it").format(address=address))
    sys.stdout.flush()


def _port(text: str) -> int:
    number = int(text) if text.isdecimal() else -1
    if not 0 <= number <= 65_535:
        raise argparse.ArgumentTypeError(tr("“{text}” is no port from 0 to 65535").format(text=text))
    return number
