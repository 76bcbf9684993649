"""The scripts that come with the product, and choosing one."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, get_args

from domain.canonical import digest
from domain.scripts.model import Party, Script, Segment
from domain.scripts.shape import build

FOLDER: Final = Path(__file__).parent / "texts"


def shipped_texts() -> dict[str, str]:
    """Give the text of every shipped script by the name of its file."""
    return {path.name: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.toml"))}


@functools.cache
def shipped_script(segment: str, party: str) -> Script | None:
    """Give the script that comes with the product for a use; the tests have checked it, so that a call begins at once."""
    path = FOLDER / f"{segment}-{party}.toml"
    if path.parent != FOLDER or not path.is_file():
        return None
    text = path.read_text("utf-8")
    return build(tomllib.loads(text), digest(text.encode()))


@functools.cache
def shipped_scripts() -> tuple[Script, ...]:
    """Give all scripts that come with the product."""
    uses = [(segment, party) for segment in get_args(Segment) for party in get_args(Party)]
    return tuple(script for use in uses if (script := shipped_script(*use)) is not None)


def shipped() -> dict[str, Any]:
    """Give the document ``scripts`` of a new server: the text of every shipped script."""
    return {"version": 1, "texts": list(shipped_texts().values())}


def choose(scripts: Iterable[Script], segment: str, party: str) -> Script | None:
    """Choose the script for a segment and kind of caller; the segment counts for more."""
    ranked = sorted(scripts, key=lambda script: (script.segment != segment, script.party != party, script.name))
    return ranked[0] if ranked else None
