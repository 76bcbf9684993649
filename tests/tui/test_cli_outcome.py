"""Which result codes ``duecall outcome`` takes: those of the house."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.codes import CodeRow, Names, catalogue_of, shipped_table
from tui.cli.frame import CommandFailed
from tui.cli.outcome import _code

OWN = CodeRow("doorbell", "no_contact", "b", Names("doorbell", "门铃"))
SHIPPED = shipped_table()
HOUSE = catalogue_of(replace(SHIPPED, codes=(*(row for row in SHIPPED.codes if row.id != "fax"), OWN)))


def test_a_code_of_the_house_is_taken() -> None:
    assert _code("doorbell", "", HOUSE).id == "doorbell"
    assert _code("no_answer", "", HOUSE).id == "no_answer"


@pytest.mark.parametrize("name", ["fax", "nothing"])
def test_a_retired_or_unknown_code_is_refused_with_those_that_are_known(name: str) -> None:
    with pytest.raises(CommandFailed, match="doorbell"):
        _code(name, "", HOUSE)


@pytest.mark.parametrize("name", ["promise", "call_back", "dispute"])
def test_a_code_that_needs_more_says_what(name: str) -> None:
    with pytest.raises(CommandFailed):
        _code(name, "", HOUSE)
