"""Today's calls: which cases, in which order, and why each is where it is."""

from domain.queue.model import Bucket, NextAction, Placement, Points, Queue, QueueRow, Verdict
from domain.queue.placing import next_action, place, without_next_action
from domain.queue.ranking import build_queue

__all__ = [
    "Bucket",
    "NextAction",
    "Placement",
    "Points",
    "Queue",
    "QueueRow",
    "Verdict",
    "build_queue",
    "next_action",
    "place",
    "without_next_action",
]
