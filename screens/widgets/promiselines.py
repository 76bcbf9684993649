"""What a promise would be, in lines below its fields: the absolute date, every payment, warnings, what keys choose."""

from __future__ import annotations

from typing import Final, Literal

from textual.content import Content

from domain.formats import day_plain
from domain.i18n import tr
from domain.money import format_money
from domain.promises import Standing
from screens.commands import key_of
from screens.ports import PromiseEntry, PromiseView
from screens.widgets.capture import choices
from screens.widgets.cells import fit, width
from screens.widgets.clicking import clickable

Interval = Literal["week", "two_weeks", "month"]
INTERVALS: Final[tuple[Interval, ...]] = ("month", "two_weeks", "week")
METHODS: Final = ("transfer", "card", "cash", "direct debit", "wallet")
_MARGIN: Final = 4


def method_name(method: str) -> str:
    """Name a payment method in the interface language."""
    names = {
        "transfer": tr("bank transfer"),
        "card": tr("card"),
        "cash": tr("cash"),
        "direct debit": tr("direct debit"),
        "wallet": tr("mobile wallet"),
    }
    return names.get(method, method)


def interval_name(every: Interval) -> str:
    """Name how far apart payments are."""
    return {"month": tr("every month"), "two_weeks": tr("every two weeks"), "week": tr("every week")}[every]


def choice_line(entry: PromiseEntry, *, several: bool) -> Content:
    """Say what the keys of the promise line do and what is chosen now."""
    method = (key_of("promise.method"), method_name(entry.method), "method")
    ends = [
        (key_of("promise.month_end"), tr("month end"), "month_end"),
        (key_of("promise.pay_day"), tr("pay day"), "pay_day"),
    ]
    if several:
        spread = tr("equal payments") if entry.spread == "equal" else tr("round ones, the rest last")
        every = (key_of("promise.every"), interval_name(entry.every), "every")
        keys = [every, (key_of("promise.spread"), spread, "spread"), method, *ends]
    else:
        days = key_of("promise.day") + key_of("promise.day_back")
        weeks = f"{key_of('promise.week')}/{key_of('promise.week_back')}"
        keys = [(days, tr("day"), "day"), (weeks, tr("week"), "week"), *ends, method]
    pieces = [
        Content.assemble((key, "bold $accent"), " ", clickable(name, "promise_key", what), "   ")
        for key, name, what in keys
    ]
    return Content.assemble(*pieces)


def promise_lines(view: PromiseView, cells: int) -> list[Content]:
    """Say what a promise would be: the absolute date first, every payment, then what is to be known about it."""
    lines: list[Content] = []
    if view.echo:
        why = "   " + view.why if view.why else ""
        lines.append(Content.assemble(("= ", "$accent"), (view.echo, "bold"), (why, "$foreground-muted")))
    elif view.why:
        yes = ""
        if view.proposal is not None and not view.asks_pay_day:
            yes = "  " + tr("→ {day}, when they say yes (Tab)").format(day=day_plain(view.proposal))
        lines.append(Content.styled(view.why + yes, "$text-warning"))
    lines += payment_lines(view, cells)
    for issue in view.issues:
        words = ("✗ " if issue.severity == "error" else "! ") + issue.text
        if issue.proposal is not None and view.proposal is not None:
            words += "  " + tr("→ offer {day}? (Tab)").format(day=day_plain(issue.proposal))
        elif issue.code == "days_off" and view.shift_offered:
            words += "  " + tr("→ the working day before? (Tab)")
        lines.append(Content.styled(words, "$text-error" if issue.severity == "error" else "$text-warning"))
    return lines


def payment_lines(view: PromiseView, cells: int) -> list[Content]:
    """Show every date and amount of a plan, as many side by side as there is room for."""
    if len(view.parts) < 2:
        return []
    shown = [
        f"{number} {day_plain(part.due)} {format_money(part.amount, view.currency)}"
        for number, part in enumerate(view.parts, 1)
    ]
    column = max(width(each) for each in shown) + 3
    across = max(1, (cells - _MARGIN) // column)
    rows = [shown[start : start + across] for start in range(0, len(shown), across)]
    return [Content("".join(fit(each, column) for each in row).rstrip()) for row in rows]


def standing_lines(standing: Standing) -> list[Content]:
    """Say which promise stands, and what can be done about it."""
    part = standing.next_part
    words = tr("A promise stands: {amount} due {day}")
    said = words.format(
        amount=format_money(standing.missing, standing.promise.currency),
        day=day_plain(part.due if part else standing.promise.last_due),
    )
    state = {
        "frozen": tr("frozen by a dispute or hardship"),
        "pending_approval": tr("waits for a supervisor's approval"),
    }.get(standing.state, "")
    keys = choices((("r", tr("replace it")), ("a", tr("change it")), ("w", tr("withdraw it"))))
    leave = Content.assemble((key_of("call.back"), "bold $accent"), " ", tr("leave it"))
    return [Content.assemble((said, "bold"), (" · " + state if state else "", "$text-warning")), keys + leave]
