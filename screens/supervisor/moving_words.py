"""What a move of cases comes to, in words: before and after for everybody, who is off-line, what waits, what stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from textual.content import Content

from domain.i18n import tr, trn
from domain.supervision import AgentLoad, ReassignmentAnswer
from screens.supervisor import words
from screens.widgets.cells import fit


def preview_lines(answer: ReassignmentAnswer, names: Mapping[str, str], now: datetime) -> list[Content]:
    """Give the preview: counts first, then a line an agent who gains or loses, then what there is to know."""
    lines = [Content.styled(_planned_words(answer), "bold"), Content("")]
    agent, before, after = tr("Agent"), tr("before"), tr("after")
    head = f"{fit(agent, 16)} {fit(before, 7, right=True)} {fit(after, 7, right=True)}  "
    head += tr("owed before → after")
    lines.append(Content.styled(head, "bold $foreground-muted"))
    changed = [load for load in answer.agents if load.before != load.after or load.owed_before != load.owed_after]
    lines += [_load_line(load, names) for load in changed]
    if answer.pool_before != answer.pool_after:
        pool = fit(tr("the pool"), 16)
        lines.append(Content(f"{pool} {answer.pool_before:>7} {answer.pool_after:>7}"))
    if not changed and answer.pool_before == answer.pool_after:
        lines.append(Content.styled(tr("nobody's count changes"), "$foreground-muted"))
    return lines + _warnings(answer, names, now)


def result_words(answer: ReassignmentAnswer, names: Mapping[str, str], now: datetime) -> list[Content]:
    """Give what was done: the sentence first, then what there is to know about it."""
    moved, waiting = answer.counts.get("moved", 0), answer.counts.get("waiting", 0)
    said = trn("{n} case moved", "{n} cases moved", moved).format(n=moved)
    if waiting:
        said += " · " + trn("{n} waits for a call to end", "{n} wait for a call to end", waiting).format(n=waiting)
    lines = [Content(said), Content("")]
    lines += [_load_line(load, names) for load in answer.agents if load.before != load.after]
    return lines + _warnings(answer, names, now)


def _planned_words(answer: ReassignmentAnswer) -> str:
    count = answer.counts
    planned = count.get("planned", 0)
    parts = [trn("{n} case would move", "{n} cases would move", planned).format(n=planned)]
    for status, said in (
        ("waiting", tr("{n} after the running call")),
        ("unchanged", tr("{n} there already")),
        ("held", tr("{n} kept by a hold")),
        ("closed", tr("{n} closed")),
        ("refused", tr("{n} not yours")),
    ):
        if count.get(status):
            parts.append(said.format(n=count[status]))
    return " · ".join(parts)


def _load_line(load: AgentLoad, names: Mapping[str, str]) -> Content:
    name = names.get(load.agent, load.login)
    changed = sorted(
        currency
        for currency in {**load.owed_before, **load.owed_after}
        if load.owed_before.get(currency, 0) != load.owed_after.get(currency, 0)
    )
    amounts = ", ".join(
        f"{words.amount(load.owed_before.get(currency, 0), currency, short=True)} → "
        f"{words.amount(load.owed_after.get(currency, 0), currency, short=True)}"
        for currency in changed
    )
    over = load.capacity is not None and load.after > load.capacity
    room = "  " + tr("over the capacity of {n}").format(n=load.capacity) if over else ""
    return Content.assemble(
        fit(name, 16), f" {load.before:>7} ", (f"{load.after:>7}", "bold"), f"  {amounts}", (room, "$text-warning")
    )


def _warnings(answer: ReassignmentAnswer, names: Mapping[str, str], now: datetime) -> list[Content]:
    lines: list[Content] = []
    if answer.counts.get("waiting"):
        lines.append(
            Content(
                tr(
                    "In a call: the case moves when the call ends, after 15 minutes at the latest; nothing is torn away."
                )
            )
        )
    losing = {case.source for case in answer.cases if case.source is not None and case.status in ("planned", "moved")}
    for load in answer.agents:
        if load.agent in losing and load.offline:
            name = names.get(load.agent, load.login)
            lines.append(Content.styled(_offline_words(name, load, now), "$text-warning"))
    return [Content(""), *lines] if lines else []


def _offline_words(name: str, load: AgentLoad, now: datetime) -> str:
    lease = words.instant(load.lease_until)
    if lease is None or lease <= now:
        return tr("{name} is off-line, and the lease is over: the new owner may call at once.").format(name=name)
    said = tr(
        "{name} is off-line: these cases may be called by {name} until {time}, or until that machine has let go; "
        "the new owner sees them and may not call before. F forces it, with a reason."
    )
    return said.format(name=name, time=words.clock(load.lease_until))
