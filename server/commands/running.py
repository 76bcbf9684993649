"""``duecall server run`` and ``init``: the server itself, and its tables."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from domain.i18n import tr
from server.commands.frame import CommandFailed, SubParsers, add_database, answering, opened, settings_for, write

if TYPE_CHECKING:
    from server.settings import Oidc

DEFAULT_PORT: Final = 8460
OIDC_SECRET_VARIABLE: Final = "DUECALL_OIDC_SECRET"  # noqa: S105 - the name of a variable
"""The environment variable that holds the secret this server shares with the identity provider, if there is one."""


def add_parsers(commands: SubParsers) -> None:
    """Mount the commands."""
    run = commands.add_parser("run", help=tr("run the server"), description=tr("Run the central server."))
    add_database(run)
    run.add_argument("--host", default="127.0.0.1", help=tr("the address to listen on (this computer only by default)"))
    run.add_argument("--port", type=int, default=DEFAULT_PORT, help=tr("the port; 0 takes a free one"))
    run.add_argument("--workers", type=_at_least_one, default=1, help=tr("how many processes share the work"))
    run.add_argument("--tls-cert", metavar="FILE", help=tr("the certificate chain (PEM); the server then speaks TLS"))
    run.add_argument("--tls-key", metavar="FILE", help=tr("the certificate's key (PEM)"))
    run.add_argument(
        "--proxy",
        metavar="ADDRESS",
        action="append",
        default=[],
        help=tr("a proxy that speaks TLS before this server and says who the client is; may be given again"),
    )
    run.add_argument("--oidc-issuer", metavar="URL", help=tr("the identity provider people may log in through as well"))
    run.add_argument("--oidc-client", metavar="ID", help=tr("what the provider calls this server"))
    run.add_argument(
        "--oidc-claim",
        metavar="NAME",
        default="email",
        help=tr("the claim that equals a person's login (email by default; then the provider must have verified it)"),
    )
    run.add_argument("--log-requests", action="store_true", help=tr("write a line for every request, with ids only"))
    run.set_defaults(run=answering(_run))

    init = commands.add_parser(
        "init", help=tr("create or update the tables"), description=tr("Create the tables, or bring them up to date.")
    )
    add_database(init)
    init.add_argument(
        "--restored",
        action="store_true",
        help=tr("the database was restored from a backup; devices offer again what they keep"),
    )
    init.add_argument(
        "--calls-from",
        metavar="INSTANT",
        help=tr(
            "with --restored: when calls may start again; by default once every lease given before has ended, since "
            "nobody knows who owned what"
        ),
    )
    init.set_defaults(run=answering(_init))


def _run(arguments: argparse.Namespace) -> None:
    from server.run import AddressTaken, CertificateUnusable, ClockUnreadable, Place, serve, with_rehearsal_clock

    if (arguments.tls_cert is None) != (arguments.tls_key is None):
        raise CommandFailed(tr("--tls-cert and --tls-key belong together; give both or neither."))
    place = Place(
        arguments.host, arguments.port, arguments.workers, arguments.tls_cert, arguments.tls_key, arguments.proxy
    )

    def announce(address: str) -> None:
        sys.stdout.write(f"duecall server listening on {address}\n")
        sys.stdout.flush()
        if place.is_exposed:
            sys.stderr.write(
                tr(
                    "Other computers are refused by their own client while nothing encrypts the line: give --tls-cert "
                    "and --tls-key, or name the proxy that speaks TLS before this server with --proxy."
                )
                + "\n"
            )

    try:
        settings = replace(with_rehearsal_clock(settings_for(arguments), os.environ), oidc=_oidc(arguments))
        if arguments.log_requests:
            settings = replace(settings, log_level="INFO")
        serve(settings, place, announce)
    except (AddressTaken, CertificateUnusable, ClockUnreadable) as problem:
        raise CommandFailed(str(problem)) from None


def _oidc(arguments: argparse.Namespace) -> Oidc | None:
    """Give the identity provider's settings; its secret comes from the environment, where no list of processes shows it."""
    from importlib.util import find_spec

    from server.settings import Oidc

    if arguments.oidc_issuer is None and arguments.oidc_client is None:
        return None
    if arguments.oidc_issuer is None or arguments.oidc_client is None:
        raise CommandFailed(tr("--oidc-issuer and --oidc-client belong together; give both or neither."))
    if find_spec("jwt") is None:
        raise CommandFailed(tr("Logging in through a provider needs the extra “oidc”: pip install duecall[oidc]."))
    secret = os.environ.get(OIDC_SECRET_VARIABLE, "")
    return Oidc(arguments.oidc_issuer, arguments.oidc_client, secret, arguments.oidc_claim)


def _init(arguments: argparse.Namespace) -> None:
    from domain.clock import format_instant, parse_instant
    from server.documents import current_policy
    from server.founding import begin_new_history

    if arguments.calls_from and not arguments.restored:
        raise CommandFailed(tr("--calls-from belongs to --restored."))
    try:
        calls_from = parse_instant(arguments.calls_from) if arguments.calls_from else None
    except ValueError:
        raise CommandFailed(tr("--calls-from is an instant like 2026-11-24T09:00:00Z.")) from None
    with opened(arguments, prepared=True) as database:
        if arguments.restored:
            database.write(lambda transaction: begin_new_history(transaction, calls_from))
            with database.reading() as transaction:
                held = current_policy(transaction).calls_from
            assert held is not None
            write(
                tr("A new history has begun; calls may start again at {instant}.").format(instant=format_instant(held))
            )
    write(tr("The tables are up to date."))


def _at_least_one(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError(tr("at least 1"))
    return count
