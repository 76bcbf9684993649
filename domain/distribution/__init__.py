"""Dealing cases out to agents: named strategies as pure functions, so that a preview is the thing itself.

Whatever the strategy, every case given comes out exactly once: with one of the agents, or with nobody.
"""

from domain.distribution.model import NOBODY, Parcel, Plan, Seat
from domain.distribution.strategies import STRATEGIES, Strategy, deal

__all__ = ["NOBODY", "STRATEGIES", "Parcel", "Plan", "Seat", "Strategy", "deal"]
