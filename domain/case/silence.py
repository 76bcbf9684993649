"""Attempts a silent machine may have made: nobody knows of them, so they count against the caps until it is heard again.

After a take-over that was forced the former owner's machine may still be calling, and one agent may have left a second
machine behind that has not been heard from. Each of them can have made as many attempts as a cap allowed it, but no more
than there was time for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from domain.case.model import Silence
from domain.formats import clock_time
from domain.gate import Answer, CallRequest, Contact, may_call
from domain.gate.pack import Pack
from domain.i18n import tr, trn

SHORTEST_ATTEMPT: Final = timedelta(seconds=30)
"""Between the beginnings of two attempts on one customer lies at least this: a house rule; a telephone rings that long."""


def possible(silence: Silence, at: datetime, most: int) -> int:
    """Tell how many attempts a silent machine may have made by ``at``, of at most ``most``."""
    if not silence.since <= at < silence.until:
        return 0
    return min(most, 1 + (at - silence.since) // SHORTEST_ATTEMPT)


def count_silent(answer: Answer, request: CallRequest, pack: Pack, silences: Sequence[Silence]) -> Answer:
    """Judge a call once more with the attempts silent machines may have made.

    Another agent's machine refuses like the cap itself. The agent's own other machine only warns: they know themselves
    whether they called there, and a reason given for it is audited.
    """
    standing = [each for each in silences if each.since <= request.at < each.until]
    if not standing or not (answer.allowed or answer.overridable):
        return answer
    others = [each for each in standing if not each.own]
    for counted in (others, standing) if len(others) < len(standing) else (others,):
        refused = _with(request, pack, counted)
        if refused is not None and counted:
            return _said(answer, refused, request, counted, is_own=counted is standing and len(others) < len(standing))
    return answer


def _with(request: CallRequest, pack: Pack, silences: Iterable[Silence]) -> Answer | None:
    """Give the refusal by a cap, if the attempts that may have been made use one up."""
    most = max((cap.most for cap in pack.caps), default=0)
    maybe = tuple(
        Contact(
            min(request.at, silence.since + number * SHORTEST_ATTEMPT),
            kind="conversation",
            channel=request.channel,
            person=request.person,
            effective=True,
        )
        for silence in silences
        for number in range(possible(silence, request.at, most))
    )
    with_them = replace(request, contacts=(*request.contacts, *maybe))
    answer = may_call(with_them, replace(pack, cooldowns=()))
    return None if answer.allowed or answer.code != "cap" else answer


def _said(
    answer: Answer, refused: Answer, request: CallRequest, silences: Sequence[Silence], *, is_own: bool
) -> Answer:
    last = max(silences, key=lambda each: each.until)
    most = max(possible(each, request.at, refused.most or 1) for each in silences)
    zone = (request.zones or ("UTC",))[0]
    if is_own:
        words = trn(
            "your machine {name} was last heard from at {since}; {n} call it may have made counts until it reports, at the"
            " latest until {until}",
            "your machine {name} was last heard from at {since}; {n} calls it may have made count until it reports, at the"
            " latest until {until}",
            most,
        )
    else:
        words = trn(
            "{name}'s machine was last heard from at {since}; {n} call it may have made counts until it reports, at the"
            " latest until {until}",
            "{name}'s machine was last heard from at {since}; {n} calls it may have made count until it reports, at the"
            " latest until {until}",
            most,
        )
    text = words.format(
        name=last.by or tr("another"),
        since=clock_time(last.since, zone),
        until=clock_time(last.until, zone),
        n=most,
    )
    until = last.until if refused.next is None else min(last.until, refused.next)
    return replace(
        refused,
        severity="warn" if is_own else refused.severity,
        text=text,
        rule_id="silent",
        next=max(until, answer.next or until),
        alternative=tr("If you made no call there, say so as the reason.") if is_own else None,
    )
