"""Scripts: complete, polite enough to ship, and literal."""

from __future__ import annotations

import pytest

from domain.codes import catalogue
from domain.codes.catalogue import CodeTableError
from domain.codes.catalogue import parse as parse_codes
from domain.scripts import ScriptError, ScriptValues, choose, fill, parse_script, shipped_scripts
from tests.support.people import HOSTILE

GOOD = """
id = "x"
language = "en"
segment = "consumer"
version = 1
[[stage]]
id = "open"
title = "Open"
say = "Hello $customer"
answer = [{ key = "1", text = "yes", goto = "open" }]
"""


def test_every_market_has_a_script_for_both_segments() -> None:
    have = {(script.language, script.segment) for script in shipped_scripts()}
    assert have == {("en", "consumer"), ("en", "business"), ("zh", "consumer"), ("zh", "business")}


def test_the_debt_is_never_named_before_the_customer_is_known() -> None:
    for script in shipped_scripts():
        if script.segment == "consumer":
            for stage in script.stages[: [each.id for each in script.stages].index("disclose")]:
                assert "$overdue" not in stage.say
                assert "$owed" not in stage.say


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("$customer", "$secret", "unknown variables"),
        ("$customer", "100$ now", "names no variable"),
        ('goto = "open"', 'goto = "nowhere"', "no stage"),
        (', goto = "open"', "", "leads nowhere"),
        ('goto = "open"', 'action = "explode"', "no action"),
        ('key = "1", text = "yes"', 'key = "1", text = "yes", goto = "open" }, { key = "1", text = "no"', "used twice"),
        ("version = 1", "", "missing key"),
    ],
)
def test_a_script_with_a_mistake_is_refused_with_its_place(before: str, after: str, complaint: str) -> None:
    parse_script(GOOD)
    with pytest.raises(ScriptError, match=complaint):
        parse_script(GOOD.replace(before, after))


def test_a_stage_nobody_can_reach_is_a_mistake() -> None:
    lost = GOOD + GOOD[GOOD.index("[[stage]]") :].replace('"open"', '"lost"')
    with pytest.raises(ScriptError, match="nobody can reach lost"):
        parse_script(lost)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_spoken_as_it_is_and_never_looked_at_again(name: str) -> None:
    values = ScriptValues(name + "$owed", "a", "c", "OWED", "o", "d", "de", "cb")
    said = fill("Hello $customer", values)
    assert "OWED" not in said
    assert "\x1b" not in said


def test_the_language_counts_more_than_the_segment() -> None:
    script = choose(shipped_scripts(), "business", "zh")
    assert script is not None
    assert script.id == "business.zh"


def test_codes_have_both_names_and_a_key_each() -> None:
    for code in catalogue().codes:
        assert set(code.names) == {"en", "zh"}
        assert len(code.key) == 1
    assert catalogue().get("no_answer") is not None
    assert catalogue().get("nothing") is None


def test_a_table_of_codes_with_a_mistake_is_refused() -> None:
    group = '[[group]]\nid = "g"\nkey = "1"\nname = { en = "g", zh = "g" }\n'
    code = '[[code]]\nid = "a"\ngroup = "g"\nkey = "1"\nname = { en = "a", zh = "a" }\nflags = []\n'
    parse_codes(group + code)
    for bad in (code.replace('"g"', '"h"'), code.replace("[]", '["odd"]'), code + code.replace('"a"', '"b"', 1)):
        with pytest.raises(CodeTableError):
            parse_codes(group + bad)
