"""Every state of the agent's screens looks as it did when somebody last looked at it: both languages, two sizes.

``python -m tests.support.states`` draws them anew.
"""

from __future__ import annotations

import difflib
import time
from pathlib import Path

import pytest

from domain.i18n import LANGUAGES, Language
from tests.support.states import REFERENCES, WALKS, Walk, walk

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone of this system cannot be set")


def expected(way: Walk, language: Language) -> dict[str, str]:
    """Read the drawings a way should give."""
    return {
        file.name: file.read_text(encoding="utf-8")
        for stop in way.stops
        for file in REFERENCES.glob(f"{stop.name}.{language}.*.txt")
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", WALKS, ids=lambda way: way.name)
async def test_every_state_looks_as_it_did(tmp_path: Path, way: Walk, language: Language) -> None:
    wanted = expected(way, language)
    found = await walk(tmp_path / "store", way, language, expected=wanted)
    assert set(found) == set(wanted)
    for name, drawing in found.items():
        changed = "\n".join(
            difflib.unified_diff(wanted[name].splitlines(), drawing.splitlines(), name, "as drawn now", lineterm="")
        )
        assert drawing == wanted[name], (
            f"{changed}\nIf this is how it should look, draw the references anew and look at the difference:\n"
            "python -m tests.support.states"
        )


def test_no_reference_is_left_over() -> None:
    stops = {stop.name for way in WALKS for stop in way.stops}
    assert {file.name.split(".")[0] for file in REFERENCES.glob("*.txt")} == stops
