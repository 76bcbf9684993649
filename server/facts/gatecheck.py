"""The dial gate asked once more at the server, about attempts that were made elsewhere."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from domain.case.gating import call_request
from domain.case.model import Case
from domain.facts import Fact
from domain.facts.payloads import AttemptStarted
from domain.gate import PackError, cap_use, load_pack, may_call
from domain.policy import Policy
from domain.wire import Flag


def flags_for(case: Case, fact: Fact, attempt: AttemptStarted, known: Collection[str], policy: Policy) -> set[Flag]:
    """Tell what the case's rule pack says against an attempt, counting the attempts ``known`` when it arrived.

    Later ones count too: of attempts that arrive out of order, the last to arrive is the one too many. Stop flags are
    left out, they have a flag of their own. A call inside the quiet after a conversation counts like one above a cap.
    """
    others = tuple(each for each in case.attempts if each.id in known and each.id != fact.id)
    phone = next((each for each in case.phones if each.e164 == attempt.number), None)
    region = case.customer.region or (phone.region if phone else None)
    asked = call_request(replace(case, attempts=others, stops=(), freezes=()), fact.at, policy, phone=phone)
    if not asked.zones:
        return set()  # without a zone there is no local time to judge by
    asked = replace(asked, number=attempt.number, channel=attempt.channel)
    try:
        pack = load_pack(policy.pack_for(case.customer.segment, region))
    except PackError:
        return set()  # a policy that names a pack this server does not have; the client's gate blocks for it
    flags: set[Flag] = set()
    if may_call(replace(asked, contacts=()), pack).code in ("window", "holiday"):
        flags.add("quiet-hours")
    asked = replace(asked, person=attempt.person)
    used_up = any(len(use.counted) >= use.cap.most for use in cap_use(asked, pack))
    if used_up or may_call(asked, pack).code == "cooldown":
        flags.add("cap-breach")
    return flags
