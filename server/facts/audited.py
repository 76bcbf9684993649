"""Facts that also stand in the audit trail: who looked at what is masked, and which rule was set aside.

The trail carries ids; the words of a reason stay with the fact.
"""

from __future__ import annotations

from domain.facts import Fact
from domain.facts.payloads import AttemptStarted, FileViewed
from server.audit import record
from server.database.engine import Transaction
from server.people.sessions import Caller


def audit_accepted(transaction: Transaction, caller: Caller, fact: Fact) -> None:
    """Write the line of an accepted fact, in the transaction that accepts it; most facts have none."""
    match fact.payload:
        case FileViewed(part=part):
            record(transaction, caller.id, "file.viewed", fact.case_id, caller.team, fact=fact.id, part=part[:40])
        case AttemptStarted(override=str(why), gate=pack) if why.strip():
            record(transaction, caller.id, "gate.overridden", fact.case_id, caller.team, fact=fact.id, pack=pack)
        case _:
            return
