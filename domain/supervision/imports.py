"""Imports as a supervisor steers them: profiles per source, the list of what came in, taking one back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ImportKind = Literal["receivables", "contacts", "payments"]


@dataclass(frozen=True, slots=True)
class ImportProfile:
    """What ``PUT /v1/import-profiles/{name}`` takes (``If-Match``): the answers remembered for one source.

    They are the parameters of ``PUT /v1/imports/{id}``; an absent one is asked again.
    """

    kind: ImportKind = "receivables"
    currency: str | None = None
    date_order: Literal["DMY", "MDY", "YMD"] | None = None
    decimal: Literal[".", ","] | None = None
    sheet: str | None = None
    region: str | None = None
    segment: Literal["business", "consumer"] | None = None
    language: str | None = None
    creditor: str | None = None
    assign: str | None = None


@dataclass(frozen=True, slots=True)
class NamedProfile:
    """One profile of the list; ``etag`` is for ``If-Match`` (``*`` makes a new one)."""

    name: str
    etag: str
    updated_at: str
    profile: ImportProfile


@dataclass(frozen=True, slots=True)
class ProfileList:
    """What ``GET /v1/import-profiles`` answers, by name."""

    profiles: list[NamedProfile]


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One import. ``counts`` is what it changed; ``undo`` says whether it can still be taken back, and if not, why.

    ``called`` counts the cases called since; the first call ends the possibility to take it back.
    """

    id: str
    kind: ImportKind
    at: str
    actor: str
    creditor: str
    counts: dict[str, int]
    cases: int
    filename: str = field(default="", repr=False)
    profile: str | None = None
    actor_name: str | None = field(default=None, repr=False)
    undo: Literal["possible", "called", "undone"] = "possible"
    called: int = 0


@dataclass(frozen=True, slots=True)
class ImportPage:
    """What ``GET /v1/imports`` answers, newest first; ``next`` is what to ask ``before`` for more."""

    imports: list[ImportLine]
    next: str | None = None
