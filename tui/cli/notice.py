"""``duecall notice``: tell agents something, list what stands, take it back."""

from __future__ import annotations

import argparse
import datetime as dt
from typing import Any
from urllib.parse import quote

from domain.i18n import tr, trn
from domain.text import clean_line
from tui.cli.frame import CommandFailed, SubParsers, add_command, add_json
from tui.cli.output import write, write_json


def add_parser(subparsers: SubParsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "notice",
        run,
        summary=tr("tell agents something, as a supervisor"),
        details=tr("Without a text it lists the notices that stand. Agents see a notice until it expires."),
    )
    parser.add_argument("text", metavar="TEXT", nargs="?", help=tr("what to tell them"))
    parser.add_argument(
        "--to", metavar="LOGINS", help=tr("agents by login, with commas; everybody in the team without")
    )
    parser.add_argument("--days", metavar="N", type=int, default=7, help=tr("how many days it stands (7)"))
    parser.add_argument("--withdraw", metavar="ID", help=tr("take a notice back"))
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Send, withdraw or list."""
    if arguments.withdraw is not None and arguments.text is not None:
        raise CommandFailed(tr("Say either what to tell, or which notice to take back."))
    if not 1 <= arguments.days <= 90:
        raise CommandFailed(tr("A notice stands for 1 to 90 days; nothing was sent."))
    from data.answers import Answer, Failure
    from data.http import ServerClient
    from data.secret import Secret
    from domain.clock import SystemClock, format_instant
    from domain.ids import IdSource
    from tui.headless import with_server

    async def work(client: ServerClient, token: Secret) -> Answer[Any] | Failure:
        if arguments.withdraw is not None:
            return await client.delete(f"/v1/notices/{quote(arguments.withdraw, safe='')}", token)
        if arguments.text is None:
            return await client.get("/v1/notices", token)
        logins = None if arguments.to is None else [each.strip() for each in arguments.to.split(",") if each.strip()]
        expires = SystemClock().now() + dt.timedelta(days=arguments.days)
        body = {"text": arguments.text, "to": logins, "expires_at": format_instant(expires)}
        return await client.put(f"/v1/notices/{IdSource(SystemClock()).new()}", body, token)

    answer = with_server(work)
    if arguments.withdraw is not None:
        write(tr("The notice is taken back."))
    elif arguments.json:
        write_json(answer)
    elif arguments.text is None:
        _list(answer["notices"])
    else:
        agents = len(answer["agents"])
        words = trn("Sent to {n} agent; its id is {id}.", "Sent to {n} agents; its id is {id}.", agents)
        write(words.format(n=agents, id=answer["id"]))
    return 0


def _list(notices: list[dict[str, Any]]) -> None:
    if not notices:
        write(tr("No notice stands. duecall notice TEXT sends one."))
    for notice in notices:
        until = tr("until {instant}").format(instant=notice["expires_at"])
        write(f"{notice['id']}  {until}  {', '.join(notice['logins'])}")
        write("  " + clean_line(notice["text"]))
