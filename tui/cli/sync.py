"""``duecall sync``: one round with the server."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from domain.i18n import tr
from tui.cli.frame import CommandFailed, SubParsers, add_command, add_json
from tui.cli.output import write, write_json

if TYPE_CHECKING:
    from tui.opening import OpenProfile


def add_parser(subparsers: SubParsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "sync",
        run,
        summary=tr("one round with the server"),
        details=tr("Hand over what is unsent and fetch what is new."),
    )
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Sync once; 1 when the server could not be reached or something is left."""
    from tui.headless import with_profile

    async def work(profile: OpenProfile) -> tuple[dict[str, int], str]:
        await profile.renew_session()
        done = await profile.driver.once()
        outcome = profile.driver.outcome
        return done, outcome.state if outcome is not None else "stopped"

    done, state = with_profile(work)
    if args.json:
        write_json(done)
    else:
        words = tr("{pushed} handed over, {pulled} fetched, {revoked} taken away, {unsent} unsent")
        write(words.format(**done))
    if state not in ("synced", "refused"):
        sentences = {
            "offline": tr("The server could not be reached; everything captured is safe here."),
            "login": tr("The server wants a new login: check the password."),
            "forbidden": tr("This login has no cases of its own on the server."),
            "shut-out": tr("A supervisor has shut this computer out; what was captured here still goes up."),
            "update": tr("The server speaks another version: update duecall."),
        }
        raise CommandFailed(
            sentences.get(state, tr("The round could not be finished; everything captured is safe here."))
        )
    return 0
