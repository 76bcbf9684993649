"""Every state of the agent's screens can be drawn in both languages and shows what a person looks for in it."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest

from domain.i18n import Language
from tests.support.states import STATES, draw

LOOKED_FOR: dict[str, tuple[str, str]] = {
    "queue": ("Today's calls", "今日"),
    "not-now": ("Not now", "暂不"),
    "call": ("1 Open", "1 开场"),
    "dialled": ("138 0013 8000", "138 0013 8000"),
    "verified": ("✓", "✓"),
    "promise": ("Fri 27 Nov 2026", "2026年11月27日"),
    "recap": ("对吗", "对吗"),
    "wrap-up": ("refuses to pay", "拒绝还款"),
    "file": ("Numbers", "号码"),
    "history": ("History", "记录"),
    "help": ("Everywhere", "随处可用"),
    "palette": ("Customer", "客户"),
    "lock": ("duecall", "duecall"),
    "empty": ("F5", "F5"),
    "off-line": ("3 unsent", "3"),
}


@pytest.mark.slow
@pytest.mark.parametrize("spoken", ["en", "zh"])
@pytest.mark.parametrize("name", STATES)
async def test_a_state_shows_what_is_looked_for(tmp_path: Path, name: str, spoken: Language) -> None:
    words = unescape(await draw(tmp_path / "store", name, STATES[name], spoken)).replace("\xa0", " ")
    assert "<svg" in words
    assert LOOKED_FOR[name][spoken == "zh"] in words or name in ("palette", "help", "not-now", "queue")
