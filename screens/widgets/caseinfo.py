"""What stands beside the script: promises, timeline, debts, people."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content

from domain.case import reading
from domain.case.model import Case
from domain.formats import day_plain
from domain.i18n import tr
from domain.money import format_money
from domain.phones import masked
from screens.ports import Desk
from screens.widgets.brief import brief_lines, local_time_words, verdict_words
from screens.widgets.timeline import timeline

DEBTS_SHOWN = 8


def info_lines(case: Case, desk: Desk, now: datetime) -> list[Content]:
    """Give everything the agent may want to look at during the call."""
    verdict = desk.gate(case)
    lines = [*brief_lines(case, None, verdict, now, desk.policy, desk.cash)[1:]]
    lines += [Content(""), _title(tr("Timeline")), *timeline(case, now, desk.is_unsent, desk.policy.catalogue)[:14]]
    lines += [Content(""), _title(tr("Debts")), *debt_lines(case, now)]
    lines += [Content(""), _title(tr("People")), *people_lines(case)]
    return lines


def brief_line(case: Case, desk: Desk, now: datetime) -> Content:
    """Give the one line a narrow screen has room for."""
    return Content.assemble(
        local_time_words(case, now),
        " · ",
        verdict_words(desk.gate(case)),
        " · ",
        tr("⟦h call.history⟧ shows the history"),
    )


def debt_lines(case: Case, now: datetime) -> list[Content]:
    """Give the debts, oldest first, with their stage."""
    today = reading.customer_day(case, now)
    debts = sorted(case.debts, key=lambda debt: (debt.due is None, debt.due or today, debt.id))
    lines = []
    for debt in debts[:DEBTS_SHOWN]:
        days = reading.debt_days(debt, today)
        stage = reading.stage(max(0, days), case.customer.segment) if days is not None else ""
        due = tr("due {day}").format(day=day_plain(debt.due)) if debt.due else ""
        name = f"{debt.doc or debt.id}"
        lines.append(
            Content.assemble(
                f"{name}  {format_money(debt.open, debt.currency)}  ", (f"{due}  {stage}", "$foreground-muted")
            )
        )
    if len(debts) > DEBTS_SHOWN:
        lines.append(Content.styled(tr("and {n} more").format(n=len(debts) - DEBTS_SHOWN), "$foreground-muted"))
    return lines


def people_lines(case: Case) -> list[Content]:
    """Give who can be reached where, numbers masked, with what is known against using them."""
    bad = {report.number for report in case.bad_numbers}
    stopped = {stop.number for stop in case.stops if stop.number and stop.lifted_by is None}
    lines = []
    if case.customer.person:
        lines.append(Content(case.customer.person))
    for phone in case.phones:
        words = masked(phone.e164) + (f" · {phone.label}" if phone.label else "")
        if phone.e164 in stopped:
            lines.append(Content.assemble("‖ ", words, (" " + tr("asked not to be called"), "$text-warning")))
        elif phone.e164 in bad:
            lines.append(Content.assemble("✗ ", (words, "$text-disabled")))
        else:
            lines.append(Content.assemble(("● ", "$success"), words))
    return lines or [Content.styled(tr("no number"), "$text-warning")]


def _title(words: str) -> Content:
    return Content.styled(words, "bold $foreground-muted")
