"""Who works with the program: part of the protocol (:mod:`domain.wire`), and all a device knows of its own agent."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from domain.records import dataclass

Role = Literal["agent", "supervisor", "integration"]


@dataclass(frozen=True, slots=True)
class AgentInfo:
    """Who logged in."""

    id: str
    login: str
    name: str = field(repr=False)
    role: Role
    team: str
