"""The figures of a working day: how often somebody answers, how long they talk, how often they promise."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path


@dataclass(frozen=True)
class Figures:
    """Shares between 0 and 1; seconds by quantile; the chance of a promise by the number of the contact, from 1."""

    answered: float
    conversation: float
    promise: Sequence[float]
    talk: Mapping[float, float]
    ring: Mapping[float, float]

    def talk_seconds(self, dice: random.Random) -> float:
        """Draw how long a conversation takes."""
        return drawn(self.talk, dice)

    def ring_seconds(self, dice: random.Random) -> float:
        """Draw how long it rings, at most a minute."""
        return min(60.0, drawn(self.ring, dice))

    def promises(self, contact: int, dice: random.Random) -> bool:
        """Draw whether the ``contact``-th contact brings a promise."""
        return dice.random() < self.promise[min(contact, len(self.promise)) - 1]


def drawn(quantiles: Mapping[float, float], dice: random.Random) -> float:
    """Draw from a distribution of which some quantiles are known, straight lines between them."""
    share = dice.random()
    points = [(0.0, min(quantiles.values()) / 2), *sorted(quantiles.items())]
    for (low, first), (high, second) in pairwise(points):
        if share <= high:
            return first + (second - first) * (share - low) / (high - low)
    return points[-1][1]


def own_figures(folder: Path) -> Figures:
    """Read the invented figures kept with the tests."""
    raw = json.loads((folder / "workday.json").read_text("utf-8"))
    return Figures(
        raw["answered"],
        raw["conversation_of_answered"],
        raw["promise_by_contact"],
        _seconds(raw["talk_seconds"]),
        _seconds(raw["ring_seconds"]),
    )


def measured_figures(file: Path) -> Figures:
    """Read what was measured in call centres: one kind of figure from each of them."""
    raw = json.loads(file.read_text("utf-8"))
    by_contact = raw["bank_marketing"]["success_by_contact_no"]
    outcomes = raw["technion_feb1999"]["outcomes"]
    return Figures(
        raw["pwc"]["answered"]["Y"],
        outcomes["AGENT"] / (outcomes["AGENT"] + outcomes["HANG"]),
        [by_contact[number] for number in sorted(by_contact, key=int)],
        _seconds(raw["technion_feb1999"]["service_seconds_quantiles"]),
        _seconds(raw["technion_feb1999"]["queue_seconds_quantiles"]),
    )


def _seconds(raw: Mapping[str, float]) -> dict[float, float]:
    return {float(share): seconds for share, seconds in raw.items()}
