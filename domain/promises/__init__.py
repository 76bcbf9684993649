"""Promises to pay: their type, the checks at capture, and how they stand on a day."""

from domain.promises.checking import CaptureIssue, check_promise, working_day_before
from domain.promises.judging import (
    NOT_KEPT,
    STANDING,
    Standing,
    State,
    decided_between,
    judge,
    judge_case,
    judge_case_at,
    level,
)
from domain.promises.negotiating import changes_so_far, standing_promises
from domain.promises.plans import instalments
from domain.promises.types import PromiseType
from domain.promises.workdays import WorkingDays

__all__ = [
    "NOT_KEPT",
    "STANDING",
    "CaptureIssue",
    "PromiseType",
    "Standing",
    "State",
    "WorkingDays",
    "changes_so_far",
    "check_promise",
    "decided_between",
    "instalments",
    "judge",
    "judge_case",
    "judge_case_at",
    "level",
    "standing_promises",
    "working_day_before",
]
