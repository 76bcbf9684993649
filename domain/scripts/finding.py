"""What a check finds in a script: where, what, and how bad it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from domain.records import dataclass
from domain.scripts.lines import Path

FindingCode = Literal[
    "syntax",
    "shape",
    "language",
    "variable",
    "markup",
    "tone",
    "secret",
    "duplicate",
    "goto",
    "unreachable",
    "dead_end",
    "loop",
    "gate",
    "outcome",
    "missing",
    "ladder",
    "factors",
    "length",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. ``line`` counts from 1; ``where`` names the place in words; ``text`` is one translated sentence.

    An ``error`` makes the script unusable, a ``warning`` does not.
    """

    line: int
    code: FindingCode
    where: str
    text: str
    severity: Literal["error", "warning"] = "error"


Report = Callable[[Path, FindingCode, str], None]
"""Takes a finding at a path of the file."""
