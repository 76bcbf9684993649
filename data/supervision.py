"""What a supervisor asks the server, as typed questions and answers over :class:`~data.http.ServerClient`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from data.answers import Answer, Failure
from data.decoding import NotUnderstoodError, convert
from data.pokes import Hint
from data.secret import Secret
from domain.supervision import Board, CaseFile, CaseFilter, CasePage, QueuePage

if TYPE_CHECKING:
    from data.http import ServerClient

T = TypeVar("T")


class SupervisorLine:
    """A session of a supervisor. ``token`` may be replaced after a new login."""

    def __init__(self, client: ServerClient, token: Secret) -> None:
        self._client = client
        self.token = token

    async def aclose(self) -> None:
        """End the session and close the connection; a server that is not there forgets it by itself after hours."""
        await self._client.logout(self.token)
        await self._client.aclose()

    def hints(self) -> AsyncGenerator[Hint | Failure | None, None]:
        """Follow what the server hints at."""
        return self._client.stream(self.token)

    async def read(self, path: str, shape: type[T], query: Mapping[str, str] | None = None) -> Answer[T] | Failure:
        """Read a document and check it against its shape."""
        return _shaped(await self._client.get(path, self.token, query), shape)

    async def write(
        self, path: str, document: object, shape: type[T], *, if_match: str | None = None
    ) -> Answer[T] | Failure:
        """Write a document and check what is answered against its shape."""
        return _shaped(await self._client.put(path, document, self.token, if_match=if_match), shape)

    async def board(self, since: str | None = None) -> Answer[Board] | Failure:
        """Read the board; the work counts from ``since`` on (RFC 3339), else from midnight UTC."""
        return await self.read("/v1/board", Board, {"since": since} if since else None)

    async def cases(
        self, wanted: CaseFilter, after: str | None, limit: int, sort: str = "id"
    ) -> Answer[CasePage] | Failure:
        """Read a page of cases."""
        query = asked(wanted) | paged(after, limit) | {"sort": sort}
        return await self.read("/v1/cases", CasePage, query)

    async def case(self, case_id: str) -> Answer[CaseFile] | Failure:
        """Read a case's document."""
        return await self.read(f"/v1/cases/{named(case_id)}", CaseFile)

    async def queue(self, agent: str, after: str | None, limit: int) -> Answer[QueuePage] | Failure:
        """Read a page of an agent's queue."""
        return await self.read(f"/v1/agents/{named(agent)}/queue", QueuePage, paged(after, limit))


def asked(wanted: CaseFilter) -> dict[str, str]:
    """Write a filter as the parameters of an address."""
    query: dict[str, str] = {}
    for each in fields(wanted):
        value = getattr(wanted, each.name)
        if value is True:
            query[each.name] = "true"
        elif value is not None and value is not False:
            query[each.name] = str(value)
    return query


def paged(after: str | None, limit: int, name: str = "after") -> dict[str, str]:
    """Write which page is asked for."""
    return {"limit": str(limit)} | ({name: after} if after else {})


def named(word: str) -> str:
    """Give an id as one part of a path."""
    return quote(word, safe="")


def _shaped(answer: Answer[object] | Failure, shape: type[T]) -> Answer[T] | Failure:
    if isinstance(answer, Failure):
        return answer
    try:
        return Answer(convert(answer.value, shape), answer.timing, answer.etag)
    except NotUnderstoodError as error:
        return Failure("protocol", problem=str(error), timing=answer.timing)
