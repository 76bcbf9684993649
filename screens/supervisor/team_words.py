"""What is typed about the team, read; what is known about it, in words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date

from textual.content import Content

from domain.dates import read_phrase
from domain.formats import day_plain
from domain.i18n import tr, trn
from domain.supervision import Absence, AgentLine, AgentProfile
from screens.ports import Refused
from screens.supervisor import words

_BETWEEN = re.compile(r"\s+(?:-|–|—|to|until|till)\s+|\s*(?:至|到)\s*|\s*\.\.\s*")
_BECAUSE = re.compile(r"\s*(?:,|;|，|；)\s*")


@dataclass(frozen=True, slots=True)
class TypedDays:
    """First and last day as typed, and the words behind the comma."""

    first: date
    last: date | None
    reason: str | None = field(default=None, repr=False)


def read_days(text: str, today: date) -> TypedDays | Refused:
    """Read ``mon - fri, training``; one day alone is the first, and the last is open.

    The last day is read from the first one on, so that it never comes before it.
    """
    days, _, reason = _split(text)
    parts = _BETWEEN.split(days, maxsplit=1)
    first = read_phrase(parts[0], today).date
    last = read_phrase(parts[1], first).date if len(parts) > 1 and first is not None else None
    if first is None or (last is None and len(parts) > 1):
        said = tr("“{text}” names no day; write like today, mon - fri, or 2026-12-01 - 2026-12-05.")
        return Refused(said.format(text=days))
    return TypedDays(first, last, reason or None)


def read_until(text: str, today: date) -> TypedDays | Refused:
    """Read ``fri, waits for the credit note``: the day until which something holds, and why."""
    day, _, reason = _split(text)
    read = read_phrase(day, today).date
    if read is None:
        return Refused(tr("“{text}” names no day; write like fri, in 3 days, or 2026-12-01.").format(text=day))
    return TypedDays(read, read, reason or None)


def _split(text: str) -> tuple[str, str, str]:
    found = _BECAUSE.search(text)
    if found is None:
        return text.strip(), "", ""
    return text[: found.start()].strip(), found.group(), text[found.end() :].strip()


def read_profile(text: str, profile: AgentProfile) -> AgentProfile:
    """Read languages and skills: words of two letters are languages, the others skills."""
    given = re.split(r"[\s,，、;；]+", text.strip().lower())
    languages = [word for word in given if re.fullmatch(r"[a-z]{2}", word)]
    return replace(profile, languages=languages, skills=[word for word in given if word and word not in languages])


def profile_words(profile: AgentProfile) -> str:
    """Write languages and skills as they are typed."""
    return " ".join([*profile.languages, *profile.skills])


def room_words(agent: AgentLine) -> str:
    """Say how much an agent can take on, and how much of it is left."""
    capacity = agent.profile.capacity
    if capacity is None:
        return tr("no limit")
    left = capacity - agent.cases
    if left < 0:
        return tr("{capacity}, {n} too many").format(capacity=capacity, n=-left)
    return tr("{capacity}, room for {n}").format(capacity=capacity, n=left)


def away_words(first: date, last: date | None) -> str:
    """Write the days of an absence."""
    if last is None:
        return tr("from {day} on").format(day=day_plain(first))
    if first == last:
        return day_plain(first)
    return f"{day_plain(first)} – {day_plain(last)}"


def state_words(absence: Absence) -> str:
    """Say how it stands with an absence, and with the work."""
    cases = trn("{n} case", "{n} cases", absence.cases).format(n=absence.cases)
    if absence.state == "planned":
        return tr("planned: nothing has moved yet")
    if absence.state == "away":
        return tr("away: {cases} with others").format(cases=cases) if absence.spread else tr("away")
    return tr("back: {cases} were spread, what was left is given back").format(cases=cases)


def agent_lines(agent: AgentLine, absences: list[Absence]) -> list[Content]:
    """Describe an agent: load, room, what they know, when they are away."""
    lines = [
        Content.styled(agent.name or agent.login, "bold"),
        Content(trn("{n} case", "{n} cases", agent.cases).format(n=agent.cases)),
        Content(words.money(agent.owed, short=True) or "–"),
        Content(""),
        _pair(tr("Capacity"), room_words(agent)),
        _pair(tr("Languages"), " ".join(agent.profile.languages) or "–"),
        _pair(tr("Skills"), " ".join(agent.profile.skills) or "–"),
    ]
    mine = [each for each in absences if each.agent == agent.agent]
    if mine:
        lines += [Content(""), Content.styled(tr("Absences"), "bold $foreground-muted")]
        lines += [Content(f"{away_words(each.since, each.until)} · {state_words(each)}") for each in mine[:10]]
    return lines


def _pair(label: str, said: str) -> Content:
    return Content.assemble((f"{label}  ", "$foreground-muted"), said)
