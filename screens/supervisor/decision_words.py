"""What waits for a decision, in words: what was asked, by whom, and what either answer would do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from textual.content import Content

from domain.codes.reasons import reason
from domain.formats import day_plain
from domain.i18n import tr, trn
from domain.money import format_money
from domain.supervision import ReviewItem, StopItem
from screens.supervisor.words import stop_words

KINDS = (
    "approval",
    "dispute",
    "hardship",
    "concurrent-promises",
    "concurrent-amendment",
    "promise-unknown",
    "promise-id-reused",
    "escalation",
    "quarantined",
    "conflict",
)
"""The kinds in the order they are offered."""


def kind_words(kind: str) -> str:
    """Name a kind of review; what stands behind a colon says more."""
    first, _, more = kind.partition(":")
    names = {
        "approval": tr("approval"),
        "dispute": tr("dispute"),
        "hardship": tr("hardship"),
        "concurrent-promises": tr("two promises"),
        "concurrent-amendment": tr("two changes of a promise"),
        "promise-unknown": tr("promise not known"),
        "promise-id-reused": tr("promise under a used id"),
        "escalation": tr("escalation"),
        "quarantined": tr("quarantined"),
        "conflict": tr("conflict"),
    }
    said = names.get(first, first.replace("-", " "))
    return f"{said}: {_more(first, more)}" if more else said


def _more(first: str, more: str) -> str:
    if first == "approval":
        names = {
            "plan": tr("plan"),
            "waiver": tr("waiver"),
            "horizon": tr("late date"),
            "promise": tr("promise"),
            "amount": tr("amount"),
        }
        return names.get(more, more.replace("_", " "))
    if first == "escalation":
        names = {"legal": tr("legal"), "supervisor": tr("supervisor"), "agency": tr("outside agency")}
        return names.get(more, more.replace("_", " "))
    return more.replace("_", " ")


def review_lines(item: ReviewItem) -> list[Content]:
    """Say what is asked and by whom, and what either answer would do."""
    lines = [Content.styled(kind_words(item.kind), "bold $accent")]
    if item.author_name or item.author:
        lines.append(_pair(tr("From"), item.author_name or item.author or ""))
    data: Mapping[str, Any] = item.data or {}
    for name in ("code", "to"):
        if isinstance(data.get(name), str) and data[name] not in item.kind:
            known = reason(data[name])
            lines.append(_pair(tr("What"), known.name if known else str(data[name]).replace("_", " ")))
    if data.get("note"):
        lines.append(_pair(tr("Note"), str(data["note"])))
    for number, promise in enumerate(item.promises, 1):
        lines.append(_pair(tr("Promise {n}").format(n=number), promise_words(promise)))
    if item.reason:
        lines.append(_pair(tr("Kept apart"), apart_words(item.reason)))
    if item.event is not None:
        lines += [Content.styled(line, "$foreground-muted") for line in _event_lines(item.event)]
    yes, no = answers(item)
    lines += [Content(""), Content.assemble(("y ", "bold $accent"), yes), Content.assemble(("n ", "bold $accent"), no)]
    if two_to_choose(item):
        changes = item.kind.startswith("concurrent-amendment")
        said = tr("that version stands") if changes else tr("keep that promise, the other is withdrawn")
        lines.append(Content.assemble(("1 2 ", "bold $accent"), said))
    return lines


def two_to_choose(item: ReviewItem) -> bool:
    """Tell whether one of two promises, or of two versions of one, is to be kept."""
    return item.kind.startswith(("concurrent-promises", "concurrent-amendment")) and len(item.promises) > 1


def answers(item: ReviewItem) -> tuple[str, str]:
    """Say what yes and no would do."""
    kind = item.kind.partition(":")[0]
    if kind == "approval":
        return tr("approve: what was asked for holds"), tr("refuse: the agent has to agree something else")
    if kind in ("dispute", "hardship"):
        return tr("settled: calling goes on"), tr("not settled: the case stays frozen")
    if kind == "escalation":
        return tr("dealt with: back to the queue"), tr("keep it out of the queue")
    if kind in ("quarantined", "conflict"):
        no = tr("dismiss the event; its bytes are kept")
        if item.reason in ("no-such-case", "device-revoked"):
            return tr("accept the event into its case"), no
        return tr("– this event cannot become part of a case"), no
    if kind == "concurrent-amendment":
        if item.promises and len(item.promises) < 2:
            return tr("the promise is withdrawn, as this change says"), tr("the promise stands as it is")
        return tr("the later change stands from now on"), tr("what stands now stays; the later change is set aside")
    return tr("both are right: leave them as they are"), tr("not right: take the later one out of account")


def apart_words(code: str) -> str:
    """Say why an event was kept apart."""
    names = {
        "no-such-case": tr("its case is not known here"),
        "unknown-type": tr("a kind of event this server does not know"),
        "undecodable": tr("it cannot be read"),
        "no-instant": tr("it has no instant"),
        "server-only": tr("only the server may say this"),
        "not-allowed": tr("its author may not say this"),
        "unfoldable": tr("it does not fit its case"),
        "other-bytes": tr("another event has the same id"),
        "device-revoked": tr("it came from a machine that is shut out"),
    }
    return names.get(code, code.replace("-", " "))


def promise_words(promise: Mapping[str, Any]) -> str:
    """Write a promise as its case's document has it."""
    currency = str(promise.get("currency", ""))
    parts = [part for part in promise.get("parts", []) if isinstance(part, dict)]
    amounts = [int(part.get("amount", 0)) for part in parts]
    said = format_money(sum(amounts), currency)
    days = [day_plain(date.fromisoformat(str(part["due"]))) for part in parts if part.get("due")]
    if len(parts) > 1:
        said = trn("{amount} in {n} part", "{amount} in {n} parts", len(parts)).format(amount=said, n=len(parts))
        said += ": " + ", ".join(
            f"{format_money(each, currency)} {day}" for each, day in zip(amounts, days, strict=False)
        )
    elif days:
        said = tr("{amount} due {day}").format(amount=said, day=days[0])
    who = promise.get("author_name")
    return f"{said} · {who}" if who else said


def stop_lines(item: StopItem) -> list[Content]:
    """Say what a stop flag stops, and what lifting it takes."""
    lines = [Content.styled(stop_words(item.kind), "bold $accent")]
    if item.author_name or item.author:
        lines.append(_pair(tr("From"), item.author_name or item.author or ""))
    if item.number:
        lines.append(_pair(tr("Number"), item.number))
    if item.channel:
        lines.append(_pair(tr("Channel"), item.channel))
    lines += [
        Content(""),
        Content.assemble(("y ", "bold $accent"), tr("lift it; the reason is asked for and stays on the case")),
    ]
    return lines


def _event_lines(event: Mapping[str, Any]) -> list[str]:
    shown = [f"{name}: {event[name]}" for name in ("type", "at", "seq") if name in event]
    data = event.get("data")
    if isinstance(data, dict):
        shown += [f"  {name}: {_value_words(name, value, data)}" for name, value in sorted(data.items())][:12]
    return [line[:200] for line in shown]


def _value_words(name: str, value: object, data: Mapping[str, Any]) -> str:
    """Write one value of an event: parts of a promise as people read them, everything else as it is."""
    if name == "parts" and isinstance(value, list):
        try:
            return promise_words({"parts": value, "currency": data.get("currency", "")})
        except (ValueError, TypeError, OverflowError):
            return str(value)
    return str(value)


def _pair(label: str, said: str) -> Content:
    return Content.assemble((label + "  ", "$foreground-muted"), said)
