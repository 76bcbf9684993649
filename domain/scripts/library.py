"""The scripts that come with the product, and choosing one."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from domain.scripts.check import parse_script
from domain.scripts.model import Script

FOLDER: Final = Path(__file__).parent / "texts"


def shipped_texts() -> dict[str, str]:
    """Give the text of every shipped script by the name of its file."""
    return {path.name: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.toml"))}


@functools.cache
def shipped_scripts() -> tuple[Script, ...]:
    """Give the scripts that come with the product."""
    return tuple(parse_script(text) for text in shipped_texts().values())


def shipped() -> dict[str, Any]:
    """Give the document ``scripts`` of a new server: the text of every shipped script."""
    return {"version": 1, "texts": list(shipped_texts().values())}


def choose(scripts: Iterable[Script], segment: str, party: str) -> Script | None:
    """Choose the script for a segment and kind of caller; the segment counts for more."""
    ranked = sorted(scripts, key=lambda script: (script.segment != segment, script.party != party, script.name))
    return ranked[0] if ranked else None
