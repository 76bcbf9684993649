"""``duecall server device …``: the machines people log in on."""

from __future__ import annotations

import argparse

from domain.canonical import to_plain
from domain.i18n import tr
from server.commands.frame import (
    CommandFailed,
    SubParsers,
    add_database,
    add_json,
    answering,
    opened,
    write,
    write_json,
)


def add_parsers(commands: SubParsers) -> None:
    """Mount the commands."""
    device = commands.add_parser("device", help=tr("machines"), description=tr("The machines people log in on."))
    deeds = device.add_subparsers(dest="device_command", metavar="COMMAND", required=True)
    listing = deeds.add_parser("list", help=tr("list the machines"), description=tr("List the machines."))
    add_json(listing)
    add_database(listing)
    listing.set_defaults(run=answering(_list))
    revoke = deeds.add_parser(
        "revoke",
        help=tr("shut a machine out"),
        description=tr(
            "Shut a machine out for good: it reads nothing more and erases what it shows at its next contact. "
            "What it captured before is still taken."
        ),
    )
    revoke.add_argument("device", metavar="DEVICE", help=tr("the machine's id, as the list shows it"))
    add_database(revoke)
    revoke.set_defaults(run=answering(_revoke))


def _list(arguments: argparse.Namespace) -> None:
    from server.people.devices import list_devices

    with opened(arguments) as database, database.reading() as transaction:
        devices = list_devices(transaction)
    if arguments.json:
        write_json([to_plain(device) for device in devices])
        return
    for each in devices:
        words = [each.id, each.login, each.name or "-", tr("last heard {instant}").format(instant=each.last_contact)]
        if each.revoked_at is not None:
            words.append(tr("(shut out)"))
        write("  ".join(words))


def _revoke(arguments: argparse.Namespace) -> None:
    from server.people.devices import NoSuchDevice, revoke

    with opened(arguments) as database:
        try:
            database.write(lambda transaction: revoke(transaction, arguments.device, "server"))
        except NoSuchDevice:
            raise CommandFailed(
                tr("There is no machine with this id; “duecall server device list” names all.")
            ) from None
    write(tr("The machine is shut out; it erases its cases at its next contact and may not call once its lease ends."))
