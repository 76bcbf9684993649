"""The dial gate asked once more at the server, about attempts that were made elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from domain.case.gating import call_request
from domain.case.model import Callback, Case
from domain.case.reading import numbers
from domain.facts import Fact
from domain.facts.payloads import AttemptStarted
from domain.gate import CallRequest, Cap, PackError, caps_reached, is_quiet, load_pack, refused_by
from domain.policy import Policy
from domain.wire import Flag


def flags_for(
    case: Case,
    fact: Fact,
    attempt: AttemptStarted,
    later: Collection[str],
    policy: Policy,
    callbacks: Sequence[Callback] = (),
) -> set[Flag]:
    """Tell what the case's rule pack says against an attempt, counting every attempt but those in ``later``.

    Those are the ones that come with it and stand behind it. Others that stand behind it count: of attempts that arrive
    out of order, the last to arrive is the one too many. Stop flags are left out, they have a flag of their own. A call
    inside the quiet after a conversation counts like one above a cap. ``callbacks`` are those that stood when the attempt
    was made: the customer had agreed to be rung then.
    """
    others = tuple(each for each in case.attempts if each.id != fact.id and each.id not in later)
    phone = next((each for each in numbers(case) if each.e164 == attempt.number), None)
    region = case.customer.region or (phone.region if phone else None)
    then = replace(case, attempts=others, stops=(), freezes=(), callbacks=tuple(callbacks))
    asked = call_request(then, fact.at, policy, phone=phone, dialled=(attempt.number, attempt.channel))
    if not asked.zones:
        return set()  # without a zone there is no local time to judge by
    try:
        pack = load_pack(policy.pack_for(case.customer.segment, region), policy.rule_packs)
    except PackError:
        return set()  # a policy that names a pack this server does not have; the client's gate blocks for it
    flags: set[Flag] = set()
    if refused_by(replace(asked, contacts=()) if asked.contacts else asked, pack) == "window":
        flags.add("quiet-hours")
    if asked.person != attempt.person:
        asked = replace(asked, person=attempt.person)
    used_up = any(not _agreed(cap, asked) for cap in caps_reached(asked, pack))
    if used_up or (is_quiet(asked, pack) and refused_by(asked, pack) == "cooldown"):
        flags.add("cap-breach")
    return flags


def _agreed(cap: Cap, asked: CallRequest) -> bool:
    """Tell whether a cap does not hold because the customer agreed to the time."""
    if not cap.unless_agreed:
        return False
    longest = timedelta(days=cap.agreed_days) if cap.agreed_days is not None else timedelta.max
    return any(each.start <= asked.at < each.end and asked.at - each.given < longest for each in asked.agreed)
