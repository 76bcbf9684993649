"""The call in hand, kept on disk so that a restart finds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from data.ports import DocumentStore
from domain.clock import format_instant, parse_instant
from screens.ports import RunningCall

if TYPE_CHECKING:
    from domain.scripts import Position

_KEY = "call"


class CallState:
    """At most one call is in hand. Every change is durable before it is shown."""

    def __init__(self, store: DocumentStore) -> None:
        self._table = store.table("desk")
        self._call = self._read()

    @property
    def call(self) -> RunningCall | None:
        """The call in hand."""
        return self._call

    def reload(self) -> None:
        """Read the call anew, after a transaction that was taken back."""
        self._call = self._read()

    def start(self, call: RunningCall) -> None:
        """Take a call in hand; part of the caller's transaction."""
        self._put(call)

    def move(self, position: Position) -> None:
        """Note how far the call is."""
        if self._call is not None:
            self._put(replace(self._call, position=position))

    def end(self) -> RunningCall | None:
        """Put the call down; part of the caller's transaction. Gives the call that ended."""
        ended, self._call = self._call, None
        self._table.delete_key(_KEY)
        return ended

    def _put(self, call: RunningCall) -> None:
        self._table.put(
            _KEY,
            {
                "id": call.id,
                "case_id": call.case_id,
                "started": format_instant(call.started),
                "number": call.number,
                "position": None if call.position is None else asdict(call.position),
            },
        )
        self._call = call

    def _read(self) -> RunningCall | None:
        kept = self._table.get_key(_KEY)
        if kept is None:
            return None
        started: datetime = parse_instant(kept["started"])
        return RunningCall(kept["id"], kept["case_id"], started, kept["number"], _position(kept.get("position")))


def _position(kept: Mapping[str, Any] | None) -> Position | None:
    if kept is None:
        return None
    from domain.scripts import Position

    lists = {name: tuple(kept[name]) for name in ("trail", "read", "offers")}
    return Position(
        stage=kept["stage"],
        identified=kept["identified"],
        unverified=kept["unverified"],
        outcome=kept["outcome"],
        who=kept.get("who", "self"),
        **lists,
    )
