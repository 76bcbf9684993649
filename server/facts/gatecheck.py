"""The dial gate asked once more, at the server, about attempts that were made elsewhere."""

from __future__ import annotations

from domain.case.model import Case
from domain.facts import Fact
from domain.facts.payloads import AttemptStarted
from domain.policy import Policy
from domain.wire import Flag


def flags_for(case: Case, fact: Fact, attempt: AttemptStarted, policy: Policy) -> set[Flag]:  # noqa: ARG001
    """Tell what the rule pack of the case says against an attempt that was made."""
    return set()
