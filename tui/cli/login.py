"""``duecall login``: log in through the house's identity provider."""

from __future__ import annotations

import argparse
import asyncio
import functools
import getpass
import os

from domain.i18n import tr
from tui.cli.frame import CommandFailed, SubParsers, add_command
from tui.cli.output import write


def add_parser(subparsers: SubParsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "login",
        run,
        summary=tr("log in through the identity provider"),
        details=tr(
            "Opens a browser, or with --device shows a code to type on another screen. The passphrase asked for opens what "
            "is kept on this computer and is never sent anywhere. A login lasts twelve hours; facts go up without one."
        ),
    )
    parser.add_argument("--sso", action="store_true", required=True, help=tr("through the identity provider"))
    parser.add_argument("--device", action="store_true", help=tr("on another screen, for a machine without a browser"))
    parser.add_argument("--server", metavar="URL", help=tr("the server's address (the profile's by default)"))


def run(args: argparse.Namespace) -> int:
    """Log in and keep the session in the profile."""
    import webbrowser

    from data.profile import ProfileError, load_settings, places, server_address
    from data.store.header import read_header
    from screens.ports import Refused
    from tui.headless import password
    from tui.sso import log_in_through_provider

    where = places()
    try:
        server = args.server or server_address(load_settings(where.config_file))
    except ProfileError as error:
        raise CommandFailed(str(error)) from None
    if not server:
        raise CommandFailed(tr("No server is set: give --server, or set DUECALL_SERVER."))
    remote = bool(os.environ.get("SSH_CONNECTION")) and not os.environ.get("DISPLAY")
    result = asyncio.run(
        log_in_through_provider(
            where,
            server,
            password(functools.partial(_ask_for_passphrase, first=read_header(where.store_folder) is None)),
            webbrowser.open,
            write,
            other_screen=args.device or remote,
        )
    )
    if isinstance(result, Refused):
        raise CommandFailed(result.text)
    write(tr("Logged in as {name}; duecall opens the queue.").format(name=result.name))
    return 0


def _ask_for_passphrase(*, first: bool) -> str:
    if not first:
        return getpass.getpass(tr("Passphrase of this computer's data: "))
    chosen = getpass.getpass(tr("Choose a passphrase for this computer's data: "))
    if getpass.getpass(tr("Once more: ")) != chosen:
        raise CommandFailed(tr("The two passphrases differ; nothing was changed. Try again."))
    if not chosen:
        raise CommandFailed(tr("A passphrase is needed; nothing was changed. Try again."))
    return chosen
