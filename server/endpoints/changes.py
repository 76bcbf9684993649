"""``GET /v1/changes``: pull the own feed."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from domain.canonical import to_plain
from domain.wire import MAX_CHANGES, ChangesPage
from server.feeds.reading import PageEntry, read_page
from server.http.problem import BAD_PARAMETER
from server.http.routing import Call, Endpoint, Parameter, Reply, only

_DEFAULT_LIMIT: Final = 500


def changes(call: Call) -> Reply:
    """Answer one page after the cursor."""
    services = call.services
    limit = call.integer("limit", _DEFAULT_LIMIT, 1, MAX_CHANGES)
    page = read_page(services.database, services.identity, call.caller, call.query.get("cursor") or None, limit)
    return Reply(
        {
            "epoch": services.identity.epoch,
            "cursor": page.cursor,
            "head": page.head,
            "more": page.more,
            "reset": page.reset,
            "revoked": page.revoked,
            "entries": [_entry(entry) for entry in page.entries],
            "lease_s": page.lease_s,
            "device": {"received_through": page.received_through},
            "cash": to_plain(page.cash),
        }
        | ({"others": to_plain(page.others)} if page.others else {})
    )


def _entry(entry: PageEntry) -> dict[str, Any]:
    written: dict[str, Any] = {"seq": entry.seq, "op": entry.op, "key": entry.key, "ver": entry.ver}
    if entry.body is not None:
        written["body"] = msgspec.Raw(entry.body)  # JSON already: copied, not parsed
    if entry.reason is not None:
        written["reason"] = entry.reason
    return written


ENDPOINT = Endpoint(
    "GET",
    "/v1/changes",
    "Pull the own feed",
    only("agent"),
    changes,
    gives=ChangesPage,
    parameters=(
        Parameter("cursor", "where the last page ended; absent for the beginning"),
        Parameter("limit", "most entries of the page", "integer", least=1, most=MAX_CHANGES),
    ),
    problems=(BAD_PARAMETER,),
)
