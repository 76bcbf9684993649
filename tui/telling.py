"""Telling the supervisor's board what only this machine knows, while the application exchanges with the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.secret import Secret
from tui.desk.refusals import Refusals

if TYPE_CHECKING:
    from data.http import ServerClient
    from data.reporting import Known
    from tui.opening import OpenProfile

_REACHED: Final = frozenset({"synced", "syncing", "refused"})


async def tell_the_board(profile: OpenProfile, client: ServerClient) -> None:
    """Send reports of a profile until cancelled: when the line stands, and something in them has changed."""
    from data.reporting import EVERY_S, Known, Reporter

    refusals = Refusals(profile.store)

    def known() -> Known:
        day, counts = refusals.on(profile.replica.clock.now())
        unsent = profile.replica.outbox.count_unsent()
        return Known(unsent, profile.desk.call is not None, day, tuple(sorted(counts.items())))

    def token() -> Secret | None:
        return profile.session.token if profile.driver.status.state in _REACHED else None

    reporter = Reporter(client, token, known, EVERY_S)
    leave = profile.desk.subscribe(reporter.changed)
    try:
        await reporter.run()
    finally:
        leave()
