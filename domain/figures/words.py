"""What each report, each column and each note is called, and its formula in words, in the interface language."""

from __future__ import annotations

from typing import Final

from domain.i18n import mark, tr

_TITLES: Final = {
    "kept_rate": mark("Kept rate by due date"),
    "promised_kept": mark("Promised and paid by day"),
    "ageing": mark("Ageing over time"),
    "hours": mark("Calls and contacts by hour"),
    "roll_rates": mark("Roll rates"),
    "agents": mark("Agents against the team's median"),
    "liquidation": mark("Liquidation"),
    "cure_rate": mark("Cure rate"),
    "first_contact": mark("Time to first contact"),
    "handle_time": mark("Handle time"),
    "first_call": mark("First-call resolution"),
    "funnel": mark("From cases to promises"),
    "compliance": mark("Compliance"),
    "data_quality": mark("Quality of the data"),
}

_FORMULAS: Final = {
    "kept_rate": mark(
        "kept ÷ (kept + partly kept + broken); only promises that are decided, by the week they fell due"
    ),
    "promised_kept": mark("parts of promises by the day they fall due, and what was paid on them"),
    "ageing": mark("open cases and what they owe by stage at the end of each day"),
    "hours": mark("calls and conversations with the right party by hour of the day; rate = right party ÷ calls"),
    "roll_rates": mark(
        "cases of a stage at the beginning of the month that stand in each stage later ÷ all of that stage"
    ),
    "agents": mark("each rate of an agent beside the median of the team's agents who made a call"),
    "liquidation": mark(
        "collected ÷ assigned, by the month the case came in; assigned is the most the ledger said was open"
    ),
    "cure_rate": mark("cases with nothing overdue any more ÷ cases that came in, by the month they came in"),
    "first_contact": mark("median time from a case's coming in to the first conversation with the right party"),
    "handle_time": mark("(talk + wrap-up) ÷ calls ended"),
    "first_call": mark(
        "cases settled by their first conversation with the right party (paid up, or promised and not broken, and no "
        "call since) ÷ cases reached, by the day they were first reached"
    ),
    "funnel": mark(
        "attempt rate = cases attempted ÷ assigned; connect rate = connected ÷ calls; right-party rate = right party ÷ calls; "
        "promise rate = promises ÷ right party"
    ),
    "compliance": mark(
        "the gate's refusals, rules set aside, calls the server found fault with, conversations without the text that has "
        "to be read"
    ),
    "data_quality": mark(
        "what keeps cases from being worked: no owner, no number, no next action; how late facts arrive"
    ),
}

_COLUMNS: Final = {
    "agent": mark("Agent"),
    "amount": mark("Promised"),
    "assigned": mark("Assigned"),
    "attempt_rate": mark("Attempt rate"),
    "attempted": mark("Cases called"),
    "attempts": mark("Calls"),
    "average": mark("Average"),
    "broken": mark("Broken"),
    "cases": mark("Cases"),
    "collected": mark("Collected"),
    "connect_rate": mark("Connect rate"),
    "connected": mark("Connected"),
    "contacted": mark("Reached"),
    "count": mark("Count"),
    "cured": mark("Cured"),
    "currency": mark("Currency"),
    "day": mark("Day"),
    "ended": mark("Calls ended"),
    "flagged": mark("Calls with a fault"),
    "handle_time": mark("Handle time"),
    "hour": mark("Hour"),
    "kept": mark("Kept"),
    "kept_rate": mark("Kept rate"),
    "kept_value": mark("Value kept"),
    "median": mark("Median"),
    "month": mark("Month"),
    "overrides": mark("Rules set aside"),
    "owed": mark("Owed"),
    "paid": mark("Paid"),
    "partly": mark("Partly kept"),
    "promise_rate": mark("Promise rate"),
    "promised_value": mark("Value promised"),
    "promises": mark("Promises"),
    "rate": mark("Rate"),
    "refusals": mark("Refusals"),
    "resolved": mark("Settled"),
    "right_party": mark("Right party"),
    "right_party_rate": mark("Right-party rate"),
    "segment": mark("Segment"),
    "stage": mark("Stage"),
    "stage_from": mark("From"),
    "stage_to": mark("To"),
    "talk": mark("Talk"),
    "unread": mark("Text not read"),
    "value_rate": mark("Rate by value"),
    "week": mark("Week"),
    "what": mark("What"),
    "wrap": mark("Wrap-up"),
}

_NOTES: Final = {
    "matured_only": mark("Only promises that are decided are counted."),
    "no_snapshots": mark("No evening has been recorded yet; the first one is tonight."),
    "today_is_live": mark("The last day is as it stands now."),
    "month_so_far": mark("The running month is as it stands now."),
}

_SUBJECTS: Final = {
    "pool": mark("cases without an owner"),
    "orphans": mark("cases whose owner's account is closed"),
    "unreachable": mark("cases without a good number"),
    "no_next_action": mark("cases without a next action"),
    "gaps": mark("facts announced but not received"),
    "lag_p95": mark("seconds until 95 % of the day's facts had arrived"),
    "cash_age": mark("hours since payments last came in"),
}

REPORTS: Final = tuple(_TITLES)
"""The names of all reports."""


def title(name: str) -> str:
    """Give a report's title; the name itself for one this program does not know."""
    return tr(_TITLES[name]) if name in _TITLES else name


def formula(name: str) -> str:
    """Say how a report's figures are worked out; nothing for one this program does not know."""
    return tr(_FORMULAS[name]) if name in _FORMULAS else ""


def column_title(column: str) -> str:
    """Give a column's title; its id for one this program does not know."""
    return tr(_COLUMNS[column]) if column in _COLUMNS else column


def note(code: str) -> str:
    """Give the sentence of a note, or of a line of the report on the data's quality."""
    words = _NOTES | _SUBJECTS
    return tr(words[code]) if code in words else code
