"""The call in hand, kept on disk so that a restart finds it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from data.ports import DocumentStore
from domain.clock import format_instant, parse_instant
from screens.ports import RunningCall

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

    def change(self, *, stage: str | None = None, verified: bool | None = None, disclosed: bool | None = None) -> None:
        """Note how far the call is."""
        if self._call is None:
            return
        self._put(
            replace(
                self._call,
                stage=self._call.stage if stage is None else stage,
                verified=self._call.verified if verified is None else verified,
                disclosed=self._call.disclosed if disclosed is None else disclosed,
            )
        )

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
                "verified": call.verified,
                "disclosed": call.disclosed,
                "stage": call.stage,
            },
        )
        self._call = call

    def _read(self) -> RunningCall | None:
        kept = self._table.get_key(_KEY)
        if kept is None:
            return None
        started: datetime = parse_instant(kept["started"])
        return RunningCall(
            kept["id"], kept["case_id"], started, kept["number"], kept["verified"], kept["disclosed"], kept["stage"]
        )
