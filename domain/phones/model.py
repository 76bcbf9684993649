"""The answer of reading a phone cell: numbers, and texts that are not numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Place = Literal["home", "work", "mobile", "unknown"]
"""Where a number rings; limits at the place of work are stricter in several jurisdictions."""

RejectionCode = Literal[
    "ambiguous",
    "date",
    "digits_lost",
    "do_not_call",
    "emergency",
    "fax",
    "masked",
    "no_number",
    "no_region",
    "not_valid",
    "short_number",
    "too_long",
    "too_short",
    "words",
]


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number that exists in its country's numbering plan.

    ``e164`` is the number to dial (``+8613800138000``), ``extension`` the digits to dial once it answers. ``type`` is
    libphonenumber's, in lower case (``mobile``, ``fixed_line``, ``fixed_line_or_mobile``, ``toll_free``,
    ``shared_cost``, ``voip``, …). ``zones`` are all IANA time zones the number may be in, as the library names them;
    empty when it knows none. ``label`` is what the cell says about the number: ``home``, ``work``, ``mobile``, or its
    own words, which may be a person's name.
    """

    e164: str = field(repr=False)
    extension: str | None
    type: str
    region: str | None
    zones: tuple[str, ...]
    label: str | None = field(default=None, repr=False)
    place: Place = "unknown"


@dataclass(frozen=True, slots=True)
class RejectedText:
    """A part of a cell that must not be dialled, with a stable ``code`` and the reason in the agent's language.

    The code ``do_not_call`` is about the whole cell: none of its numbers may be called.
    """

    text: str = field(repr=False)
    reason: str
    code: RejectionCode


@dataclass(frozen=True, slots=True)
class PhoneCell:
    """Everything one cell said: ``numbers`` in the order they were written, ``rejected`` with the reasons."""

    numbers: tuple[PhoneNumber, ...] = ()
    rejected: tuple[RejectedText, ...] = ()

    @property
    def do_not_call(self) -> bool:
        """Tell whether the cell asks that its numbers are not called."""
        return any(text.code == "do_not_call" for text in self.rejected)
