"""The policy and the scripts as they came from the server, or the shipped ones until they have come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from data.cases import CaseBook
from domain.policy import Policy, default_policy

if TYPE_CHECKING:
    from domain.scripts import Script


def policy_of(book: CaseBook) -> Policy:
    """Read the policy; one this version cannot read falls back to the shipped one, which is stricter than none."""
    document = book.policy()
    if document is None:
        return default_policy()
    try:
        return msgspec.convert(document.body, Policy)
    except msgspec.ValidationError:
        return default_policy()


def scripts_of(book: CaseBook) -> tuple[Script, ...]:
    """Read the scripts; one that cannot be used is left out, and where none can the shipped ones serve."""
    from domain.scripts import ScriptError, parse_script, shipped_scripts

    document = book.scripts()
    texts = document.body.get("texts", []) if document is not None else []
    scripts = []
    for text in texts:
        try:
            scripts.append(parse_script(text))
        except ScriptError:
            continue
    return tuple(scripts) or shipped_scripts()
