"""``duecall keys``: every command with its key, and a file to give them others."""

from __future__ import annotations

import argparse

from domain.i18n import tr
from tui.cli.frame import CommandFailed, SubParsers, add_command, add_json
from tui.cli.output import write, write_json


def add_parser(subparsers: SubParsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "keys",
        run,
        summary=tr("the keys, and a file to change them"),
        details=tr("Keys of your own stand in keys.toml beside the settings."),
    )
    parser.add_argument("--write", action="store_true", help=tr("write keys.toml with every command, to be edited"))
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Print the keys in force, or write the template; 1 when the file of keys is wrong."""
    from data.files import make_private_folder
    from data.profile import places
    from screens.commands import COMMANDS, bar_text
    from tui.keymap import FILE_NAME, KeymapError, load_keymap, template

    file = places().config_file.with_name(FILE_NAME)
    if args.write:
        try:
            make_private_folder(file.parent)
            with file.open("x", encoding="utf-8") as new:
                new.write(template())
        except FileExistsError:
            raise CommandFailed(
                tr("{file} is there already; nothing was changed. Edit it, or move it away.").format(file=file)
            ) from None
        except OSError as error:
            raise CommandFailed(
                tr("{file} could not be written: check the folder's rights.").format(file=file)
            ) from error
    try:
        keymap = load_keymap(file)
    except KeymapError as error:
        raise CommandFailed(str(error)) from None
    if args.json:
        keys = [
            {"command": command.id, "key": keymap.get(command.id, command.key), "own": command.id in keymap}
            for command in COMMANDS
        ]
        write_json({"file": str(file), "keys": keys})
    elif args.write:
        write(tr("{file} was written: take the # away from a line to change its key.").format(file=file))
    else:
        for command in COMMANDS:
            write(f"{command.id:<24} {keymap.get(command.id, command.key):<16} {bar_text(command)}")
    return 0
