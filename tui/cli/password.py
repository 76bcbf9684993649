"""``duecall password``: replace one's own password on the server."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys

from domain.i18n import tr
from tui.cli.frame import CommandFailed, SubParsers, add_command
from tui.cli.output import write


def add_parser(subparsers: SubParsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "password",
        run,
        summary=tr("replace the own password"),
        details=tr(
            "Replace the own password on the server; every session ends. The store on this computer keeps opening with "
            "the password it was made with."
        ),
    )
    parser.add_argument("--login", metavar="LOGIN", help=tr("whose password (the profile's login by default)"))
    parser.add_argument(
        "--password-stdin",
        action="store_true",
        help=tr("read the old and the new password from standard input, one a line"),
    )


def run(args: argparse.Namespace) -> int:
    """Ask for both passwords and replace one by the other."""
    import os

    from data.answers import Answer, Failure
    from data.http import ServerClient, UnsafeAddressError
    from domain.wire import PasswordChange
    from tui.headless import LOGIN_VARIABLE, identity

    who = identity({**os.environ, LOGIN_VARIABLE: args.login} if args.login else None)
    old, new = _from_input() if args.password_stdin else _asked()

    async def work() -> Answer[None] | Failure:
        client = ServerClient(who.server)
        try:
            return await client.change_password(PasswordChange(who.login, old, new))
        finally:
            await client.aclose()

    try:
        answer = asyncio.run(work())
    except UnsafeAddressError as error:
        raise CommandFailed(str(error)) from None
    if isinstance(answer, Failure):
        if answer.status == 422:
            raise CommandFailed(
                tr("The new password was not taken: it has 8 to 256 characters and is not the old one. Choose another.")
            )
        raise CommandFailed(answer.sentence)
    write(tr("The password of {login} is replaced; log in with the new one.").format(login=who.login))
    return 0


def _from_input() -> tuple[str, str]:
    old, new = (sys.stdin.readline().rstrip("\r\n") for _ in range(2))
    return old, new


def _asked() -> tuple[str, str]:
    if not sys.stdin.isatty():
        raise CommandFailed(tr("There is no terminal to ask for the password; use --password-stdin."))
    old = getpass.getpass(tr("Password until now: "))
    new = getpass.getpass(tr("New password: "))
    if getpass.getpass(tr("Once more: ")) != new:
        raise CommandFailed(tr("The two passwords differ; nothing was changed. Try again."))
    return old, new
