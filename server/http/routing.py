"""What an endpoint is: an entry of the route table that the application serves and the OpenAPI document describes."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from domain.canonical import to_plain
from domain.wire import MAX_BODY, Role
from server import typed
from server.http.bodies import parse_json
from server.http.problem import BAD_PARAMETER, MALFORMED, Kind, Refusal
from server.people.sessions import Caller
from server.services import Services
from server.steps import Tell, silent

T = TypeVar("T")

Method = Literal["GET", "PUT", "POST", "DELETE"]


EVERYBODY: Final = None
"""Roles of an endpoint that needs no session."""

_LONGEST_ID: Final = 100
_NUL: Final = re.compile(rb"\\u0000|\x00")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the query string, for the OpenAPI document.

    ``least`` and ``most`` bound a whole number; an ``instant`` is RFC 3339 in UTC.
    """

    name: str
    meaning: str
    kind: Literal["string", "integer", "boolean", "date", "instant"] = "string"
    values: tuple[str, ...] = ()
    least: int = 0
    most: int = 999_999_999
    required: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What an endpoint answers. ``content`` is encoded as JSON unless it is bytes."""

    content: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"

    def encoded(self) -> bytes:
        """Give the body's bytes."""
        if isinstance(self.content, bytes):
            return self.content
        return b"" if self.content is None else encode(self.content)


@dataclass(frozen=True, slots=True)
class Call:
    """One request on its way through an endpoint, its body read."""

    services: Services
    path: Mapping[str, str]
    query: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    address: str
    somebody: Caller | None
    tell: Tell = silent

    @property
    def caller(self) -> Caller:
        """Who calls; only for endpoints that need a session."""
        assert self.somebody is not None
        return self.somebody

    def json(self) -> Any:
        """Parse the body. Raises :class:`Refusal` when it is no JSON."""
        return parse_json(self.body)

    def plain_json(self) -> Any:
        """Parse a body whose words go into the database as text. Raises :class:`Refusal` for NUL, which no text holds."""
        if _NUL.search(self.body):
            raise Refusal(MALFORMED, "The body holds a NUL character.")
        return self.json()

    def read(self, wanted: type[T]) -> T:
        """Parse the body into a dataclass. Raises :class:`Refusal` naming the field that does not fit."""
        return convert(self.plain_json(), wanted)

    def id(self, name: str = "id") -> str:
        """Give an id from the path. Raises :class:`Refusal` when it is none."""
        value = self.path[name]
        if not 1 <= len(value) <= _LONGEST_ID or not value.isprintable():
            raise Refusal(BAD_PARAMETER, f"The {name} has between 1 and {_LONGEST_ID} printable characters.")
        return value

    def integer(self, name: str, default: int, lowest: int, highest: int) -> int:
        """Give a whole number from the query string. Raises :class:`Refusal` when it is none or out of bounds."""
        text = self.query.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdecimal() and len(text) < 10 and lowest <= int(text) <= highest):
            raise Refusal(BAD_PARAMETER, f"{name} is a whole number from {lowest} to {highest}.")
        return int(text)

    def flag(self, name: str) -> bool:
        """Tell whether a switch of the query string is on. Raises :class:`Refusal` for anything but a yes or no."""
        text = self.query.get(name, "false").lower()
        if text not in ("", "1", "0", "true", "false", "yes", "no"):
            raise Refusal(BAD_PARAMETER, f"{name} is true or false.")
        return text in ("", "1", "true", "yes")

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """Give one of several words from the query string. Raises :class:`Refusal` for any other."""
        text = self.query.get(name, default)
        if text not in choices:
            raise Refusal(BAD_PARAMETER, f"{name} is one of {', '.join(choices)}.")
        return text


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One verb on one path.

    ``handle`` runs in a worker thread; ``stream`` instead runs in the event loop and answers by itself. ``roles`` is
    ``None`` for everybody. ``deposit`` lets a device's deposit key in. ``takes`` is the dataclass of a JSON body or
    ``bytes``, ``limit`` its most bytes. ``may_be_empty`` answers 204 when there is nothing. ``lane`` is the pool of threads
    the work is done in. ``tells`` lets clients that accept ``application/x-ndjson`` follow how far the work is (see
    :mod:`server.http.telling`). ``problems`` are those beyond what every endpoint may answer.
    """

    method: Method
    path: str
    summary: str
    roles: frozenset[Role] | None
    handle: Callable[[Call], Reply] | None = None
    stream: Callable[[Request, Services, Caller], Awaitable[Response]] | None = None
    deposit: bool = False
    takes: type | None = None
    limit: int = MAX_BODY
    gives: type | None = None
    status: int = 200
    may_be_empty: bool = False
    media_type: str = "application/json"
    parameters: tuple[Parameter, ...] = ()
    headers: tuple[Parameter, ...] = ()
    problems: tuple[Kind, ...] = ()
    lane: Literal["database", "password", "file", "provider"] = "database"
    tells: bool = False

    @property
    def versioned(self) -> bool:
        """Tell whether a client that speaks another version of the protocol is refused here."""
        return self.path.startswith("/v1/") and self.path != "/v1/hello"


def only(*roles: Role) -> frozenset[Role]:
    """Name the roles an endpoint is for."""
    return frozenset(roles)


def convert(value: Any, wanted: type[T]) -> T:
    """Read plain JSON strictly as a dataclass. Raises :class:`Refusal` naming the field that does not fit."""
    try:
        return typed.convert(value, wanted)
    except msgspec.ValidationError as problem:
        # msgspec names types and the path, never the value
        raise Refusal(MALFORMED, f"{str(problem).replace('`', chr(39))}.") from None


def encode(value: Any) -> bytes:
    """Write an answer: dataclasses as the wire has them, documents that are JSON already as they are."""
    return msgspec.json.encode(value if isinstance(value, dict | list) else to_plain(value))
