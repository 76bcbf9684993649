"""Promises to pay: their type, the checks at capture, and how they stand on a day."""

from domain.promises.checking import CaptureIssue, check_promise, working_day_before
from domain.promises.judging import Standing, State, judge, judge_case, level
from domain.promises.plans import instalments
from domain.promises.types import PromiseType

__all__ = [
    "CaptureIssue",
    "PromiseType",
    "Standing",
    "State",
    "check_promise",
    "instalments",
    "judge",
    "judge_case",
    "level",
    "working_day_before",
]
