"""Which facts a wrap-up consists of.

One place for every path (keys, palette, command line), so that an outcome means the same everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.case.model import Case
from domain.case.parts import share_debts
from domain.codes import Code
from domain.facts import payloads as p
from domain.promises.judging import Standing
from domain.queue.placing import CALLBACK_MARGIN


@dataclass(frozen=True, slots=True)
class ScriptUsed:
    """Which script a call was held with: ``digest`` is the SHA-256 of its text, ``version`` what people call it."""

    name: str | None = None
    version: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class CallInHand:
    """The call that is being wrapped up. Durations are whole seconds; ``stages`` and ``offers`` are the script's."""

    id: str
    started: datetime
    number: str | None = field(default=None, repr=False)
    talk_seconds: int | None = None
    script: ScriptUsed = ScriptUsed()
    stages: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()


def outcome(code: Code, call: CallInHand | None, note: str = "") -> list[p.Payload]:
    """Give the facts of an outcome: the end of the attempt, what it reports or stops, and the note."""
    call_id = call.id if call else None
    number = call.number if call else None
    facts: list[p.Payload] = []
    if note.strip():
        facts.append(p.NoteAdded(text=note.strip(), call=call_id))
    if code.opts_out == "number":
        facts.append(p.ConsentWithdrawn(number=number, channel="call", call=call_id))
    elif code.opts_out is not None:
        facts.append(p.ConsentWithdrawn(channel=code.opts_out, call=call_id))
    elif code.report is not None:
        of_number = code.has("bad_number") or code.has("third_party")  # of whoever answers there, not of the customer
        facts.append(p.ContactReported(what=code.report, number=number if of_number else None, call=call_id))
    elif code.has("stops_contact"):
        facts.append(p.ConsentWithdrawn(call=call_id))
    if code.has("disputes"):
        facts.append(p.DisputeRaised(call=call_id, note=note.strip() or None))
    elif code.has("hardship"):
        facts.append(p.HardshipRaised(code=code.id, call=call_id, note=note.strip() or None))
    elif code.has("escalates"):
        facts.append(p.EscalationAsked(call=call_id, note=note.strip() or None))
    facts.append(ending(code.id, call))
    return facts


def ending(code: str, call: CallInHand | None) -> p.AttemptEnded:
    """Give the fact that ends the attempt."""
    if call is None:
        return p.AttemptEnded(code=code)
    return p.AttemptEnded(
        call=call.id,
        code=code,
        talk_seconds=call.talk_seconds,
        number=call.number,
        script=call.script.name,
        script_version=call.script.version,
        script_digest=call.script.digest,
        stages=call.stages,
        offers=call.offers,
    )


def cleared_callbacks(case: Case, now: datetime) -> list[p.Payload]:
    """Give the facts that strike off the call-backs that were up: a conversation has served them.

    One comes up :data:`~domain.queue.placing.CALLBACK_MARGIN` before its time, and being rung a second time at the time
    itself is not what anybody asked for.
    """
    return [p.CallbackCleared(base=each.fact) for each in case.callbacks if each.due - CALLBACK_MARGIN <= now]


def replaced_promises(standings: Sequence[Standing], currency: str, debts: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Name the promises for the same debts that the author of a new one has seen, so that none looks concurrent.

    One that was kept, partly kept or broken before stays so: judging looks at what was decided first.
    """
    return tuple(
        standing.promise.id
        for standing in standings
        if standing.promise.ended is None
        and standing.promise.currency == currency
        and share_debts(standing.promise.debts, debts)
    )
