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
from domain.gate import CallRequest, Cap, PackError, cap_use, load_pack, may_call
from domain.policy import Policy
from domain.wire import Flag


def flags_for(
    case: Case,
    fact: Fact,
    attempt: AttemptStarted,
    known: Collection[str],
    policy: Policy,
    callbacks: Sequence[Callback] = (),
) -> set[Flag]:
    """Tell what the case's rule pack says against an attempt, counting the attempts ``known`` when it arrived.

    Later ones count too: of attempts that arrive out of order, the last to arrive is the one too many. Stop flags are
    left out, they have a flag of their own. A call inside the quiet after a conversation counts like one above a cap.
    ``callbacks`` are those that stood when the attempt was made: the customer had agreed to be rung then.
    """
    others = tuple(each for each in case.attempts if each.id in known and each.id != fact.id)
    phone = next((each for each in numbers(case) if each.e164 == attempt.number), None)
    region = case.customer.region or (phone.region if phone else None)
    then = replace(case, attempts=others, stops=(), freezes=(), callbacks=tuple(callbacks))
    asked = call_request(then, fact.at, policy, phone=phone)
    if not asked.zones:
        return set()  # without a zone there is no local time to judge by
    asked = replace(asked, number=attempt.number, channel=attempt.channel)
    try:
        pack = load_pack(policy.pack_for(case.customer.segment, region), policy.rule_packs)
    except PackError:
        return set()  # a policy that names a pack this server does not have; the client's gate blocks for it
    flags: set[Flag] = set()
    if may_call(replace(asked, contacts=()), pack).code in ("window", "holiday"):
        flags.add("quiet-hours")
    asked = replace(asked, person=attempt.person)
    used_up = any(len(use.counted) >= use.cap.most and not _agreed(use.cap, asked) for use in cap_use(asked, pack))
    if used_up or may_call(asked, pack).code == "cooldown":
        flags.add("cap-breach")
    return flags


def _agreed(cap: Cap, asked: CallRequest) -> bool:
    """Tell whether a cap does not hold because the customer agreed to the time."""
    if not cap.unless_agreed:
        return False
    longest = timedelta(days=cap.agreed_days) if cap.agreed_days is not None else timedelta.max
    return any(each.start <= asked.at < each.end and asked.at - each.given < longest for each in asked.agreed)
