"""One fact with everything the fold needs to know about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from domain.facts.payloads import Payload


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened to a case.

    ``at`` is the author's instant corrected by the measured clock offset and clamped to the time received. ``author`` is
    the agent's id, or ``"server"``. ``device`` is absent for facts made by the server. ``payload`` is absent when the
    type or its data is unknown here; such a fact is kept and changes nothing.
    """

    id: str
    type: str
    case_id: str
    at: datetime
    author: str
    payload: Payload | None = field(repr=False)
    author_name: str | None = field(default=None, repr=False)
    device: str | None = None


def order_key(fact: Fact) -> tuple[datetime, str]:
    """Give the place of a fact in its case: by instant, then by id, so that arrival order never matters."""
    return (fact.at, fact.id)
