"""The case beside a list: who, how much, promises, timeline, debts, people; read slowly enough not to ask for every row."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content

from domain.case import reading
from domain.case.model import Case
from domain.codes.reasons import reason
from domain.formats import day_plain
from domain.i18n import tr
from domain.money import format_money
from domain.policy import Policy
from domain.promises.judging import judge_case
from screens.supervisor.ports import OpenedCase
from screens.widgets.brief import local_time_words, stage_words
from screens.widgets.caseinfo import debt_lines, people_lines
from screens.widgets.cells import fit
from screens.widgets.timeline import timeline

PAUSE = 0.25
"""Seconds the cursor rests before its case is asked for."""


def case_lines(opened: OpenedCase, now: datetime) -> list[Content]:
    """Give everything a supervisor may want to look at before deciding."""
    case = opened.case
    lines = [
        Content.assemble(
            (case.customer.name or case.id, "bold"), "   ", (local_time_words(case, now), "$foreground-muted")
        ),
        Content(stage_words(case, now)),
        _pair(tr("Owner"), opened.owner or tr("the pool")),
        _pair(tr("Promises"), _promises(case, now)),
    ]
    if case.reason is not None:
        given = reason(case.reason)
        lines.append(_pair(tr("Reason"), given.name if given else case.reason))
    if case.as_of is not None:
        lines.append(_pair(tr("Ledger"), tr("as of {day}").format(day=day_plain(case.as_of))))
    lines += [Content(""), _title(tr("Timeline")), *timeline(case, now, lambda _fact: False)[:30]]
    lines += [Content(""), _title(tr("Debts")), *debt_lines(case, now)]
    lines += [Content(""), _title(tr("People")), *people_lines(case)]
    return lines


def _promises(case: Case, now: datetime) -> str:
    standings = judge_case(case, reading.customer_day(case, now), Policy().promise)
    kept = sum(each.state == "kept" for each in standings)
    broken = sum(each.state in ("broken", "partly_kept") for each in standings)
    still = [each for each in standings if each.state in ("open", "pending_approval")]
    said = tr("kept {kept} · broken {broken} · open {still}").format(kept=kept, broken=broken, still=len(still))
    for each in still[:1]:
        part = each.next_part
        if part is not None:
            said += ": " + tr("{amount} due {day}").format(
                amount=format_money(part.amount, each.promise.currency), day=day_plain(part.due)
            )
    return said


def _pair(label: str, said: str) -> Content:
    return Content.assemble((fit(label, 10), "$foreground-muted"), said)


def _title(said: str) -> Content:
    return Content.styled(said, "bold $foreground-muted")
