"""The policy as it came from the server, or the shipped one until it has come."""

from __future__ import annotations

import msgspec

from data import typed
from data.cases import CaseBook
from domain.policy import Policy, default_policy


def policy_of(book: CaseBook) -> Policy:
    """Read the policy; one this version cannot read falls back to the shipped one, which is stricter than none."""
    document = book.policy()
    if document is None:
        return default_policy()
    try:
        return typed.convert(document.body, Policy)
    except msgspec.ValidationError:
        return default_policy()
