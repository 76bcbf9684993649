"""The customer file behind the screen: looks are facts, other people are facts, older history comes from the server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import msgspec

from data import typed
from data.answers import Answer, Failure
from data.kept import NewFact
from data.outbox import FactTooLongError
from data.store import StoreError
from domain.case.model import Case, Moment
from domain.facts import payloads as p
from domain.i18n import tr
from domain.text import clean_line
from screens.ports import Refused, RunningCall, Saved
from screens.ports_file import OlderMoments, PersonEntry

if TYPE_CHECKING:
    from tui.desk.desk import DeskParts

HistorySource = Callable[[str, str], Awaitable[Answer[Any] | Failure]]
"""Asks the server for the moments of a case before a fact."""

_OFFLINE = Failure("network")


class CustomerFile:
    """See :class:`screens.ports_file.FileDesk`."""

    def __init__(
        self, parts: DeskParts, case: Callable[[str], Case | None], call: Callable[[], RunningCall | None]
    ) -> None:
        self._parts = parts
        self._case = case
        self._call = call

    def look(self, case_id: str, part: str) -> Saved | Refused:
        """Record a look, then allow it."""
        if self._case(case_id) is None:
            return Refused(tr("This case is no longer yours."), "gone")
        return self._write(
            case_id, p.FileViewed(part=part, call=self._call_of(case_id)), tr("shown; that you looked is recorded")
        )

    def name_person(self, case_id: str, entry: PersonEntry) -> Saved | Refused:
        """Record somebody else; their number is read like one from a file."""
        case = self._case(case_id)
        if case is None:
            return Refused(tr("This case is no longer yours."), "gone")
        name = clean_line(entry.name).strip()
        if not name:
            return Refused(tr("Somebody needs a name; nothing was saved."), "empty")
        known = next((each for each in case.people if each.id == entry.known), None)
        phones = known.phones if known is not None else ()
        if entry.number.strip():
            from domain.phones import read_phone_cell

            read = read_phone_cell(entry.number, case.customer.region)
            if not read.numbers:
                why = read.rejected[0].reason if read.rejected else ""
                return Refused(
                    tr("That is no number that can be dialled; nothing was saved. {why}").format(why=why), "number"
                )
            phones = tuple(
                p.Phone(each.e164, each.extension, each.type, each.region, each.zones) for each in read.numbers
            )
        if entry.authorised and not entry.evidence.strip():
            return Refused(tr("Say how it is known that they may be told of the debt; nothing was saved."), "evidence")
        named = p.PersonNamed(
            person_id=known.id if known is not None else self._parts.ids.new(),
            name=name,
            relation=clean_line(entry.relation).strip() or None,
            phones=phones,
            authorised=entry.authorised,
            evidence=clean_line(entry.evidence).strip() or None,
            call=self._call_of(case_id),
        )
        return self._write(case_id, named, tr("{name} saved").format(name=name))

    async def older(self, case_id: str, before: str) -> OlderMoments | Refused:
        """Fetch a page of older history."""
        source = self._parts.history
        answer = await source(case_id, before) if source is not None else _OFFLINE
        if isinstance(answer, Failure):
            return Refused(
                tr("Older history is on the server, and it cannot be reached now. What is here is complete."), "offline"
            )
        try:
            moments = typed.convert(answer.value["moments"], list[Moment])
            following = answer.value.get("next")
        except (msgspec.ValidationError, KeyError, TypeError, AttributeError):
            return Refused(tr("The server's answer was not understood; what is here is complete."), "protocol")
        return OlderMoments(moments, following if isinstance(following, str) else None)

    def _call_of(self, case_id: str) -> str | None:
        call = self._call()
        return call.id if call is not None and call.case_id == case_id else None

    def _write(self, case_id: str, payload: p.Payload, words: str) -> Saved | Refused:
        try:
            self._parts.outbox.capture([NewFact(case_id, payload)])
        except (FactTooLongError, StoreError) as error:
            return Refused(str(error), "store")
        return Saved(words)
