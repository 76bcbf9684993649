"""The house's documents on the supervisor's desk: read as texts, edited as drafts, checked, published, brought back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.content import Content

from data.answers import Answer, Failure
from data.supervision import SupervisorLine
from domain.i18n import tr
from domain.supervision import DocumentCheck, Simulation, VersionList
from screens.ports import Refused
from screens.supervisor.house import Draft, HouseDocument, Part, difference_lines
from tui.supervising.housetext import merged, new_pack, new_script, parts_of, without
from tui.supervising.link import DeskLink


class HouseWork:
    """The part of the desk that publishes. Nothing is ever written over a version nobody has seen."""

    def __init__(self, line: SupervisorLine, follower: DeskLink) -> None:
        self._line = line
        self.follower = follower
        self._drafts: dict[tuple[str, str], Draft] = {}

    @property
    def drafts(self) -> dict[tuple[str, str], Draft]:
        """The drafts of this sitting."""
        return self._drafts

    async def house(self, name: str) -> HouseDocument | Refused:
        """Read one of the house's documents."""
        return self._document(name, await self._line.house(name))

    def _document(self, name: str, answer: Answer[dict[str, Any]] | Failure) -> HouseDocument | Refused:
        taken = self.follower.taken(answer)
        if isinstance(taken, Refused):
            return taken
        etag = answer.etag if isinstance(answer, Answer) else None
        return HouseDocument("scripts" if name == "scripts" else "policy", taken, etag or "")

    def parts_of(self, document: HouseDocument) -> list[Part]:
        """Give the texts a document is edited as."""
        return parts_of(document)

    def new_script(self, document: HouseDocument, like: Part | None) -> Part:
        """Give a script to begin with."""
        return new_script(document, like)

    def new_pack(self, name: str, like: Part | None) -> Part:
        """Give a rule pack to begin with."""
        return new_pack(name, like)

    async def remove(self, part: Part, etag: str, note: str) -> HouseDocument | Refused:
        """Publish a document without one of its texts."""
        document = await self.house(part.document)
        body = document if isinstance(document, Refused) else without(document, part)
        if isinstance(body, Refused):
            return body
        return self._published(part.document, await self._line.publish(part.document, body, etag, note))

    def _published(self, name: str, answer: Answer[dict[str, Any]] | Failure) -> HouseDocument | Refused:
        if isinstance(answer, Failure) and answer.status == 412:
            return Refused(tr("Somebody else has published another version; nothing was overwritten."), "outdated")
        return self._document(name, answer)

    async def _with_draft(self, draft: Draft) -> dict[str, Any] | Refused:
        document = await self.house(draft.part.document)
        return document if isinstance(document, Refused) else merged(document, draft.part, draft.text)

    async def check(self, draft: Draft) -> DocumentCheck | Refused:
        """Have a draft checked in its document."""
        body = await self._with_draft(draft)
        if isinstance(body, Refused):
            return body
        return self.follower.taken(await self._line.check(draft.part.document, body))

    async def publish(self, draft: Draft, note: str) -> HouseDocument | Refused:
        """Publish a draft."""
        body = await self._with_draft(draft)
        if isinstance(body, Refused):
            return body
        name = draft.part.document
        return self._published(name, await self._line.publish(name, body, draft.etag, note))

    async def versions(self, name: str) -> VersionList | Refused:
        """Read the versions of a document."""
        return self.follower.taken(await self._line.versions(name))

    async def difference(self, name: str, before: int, after: int) -> list[Content] | Refused:
        """Read what changed between two versions."""
        answer = self.follower.taken(await self._line.difference(name, before, after))
        return answer if isinstance(answer, Refused) else difference_lines(answer)

    async def rollback(self, name: str, ver: int, etag: str, note: str) -> HouseDocument | Refused:
        """Bring a version back."""
        return self._document(name, await self._line.rollback(name, ver, etag, note))

    async def simulate(self, policy: Mapping[str, object]) -> Simulation | Refused:
        """Try a policy on today's cases."""
        return self.follower.taken(await self._line.simulate(policy))

    async def publish_policy(self, policy: Mapping[str, object], etag: str, note: str) -> HouseDocument | Refused:
        """Publish a policy."""
        return self._published("policy", await self._line.publish("policy", policy, etag, note))
