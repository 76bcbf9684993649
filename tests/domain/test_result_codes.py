"""Result codes of a house: what may be edited, what may not, and what old results still mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.canonical import to_plain
from domain.capture import outcome
from domain.codes import CodeRow, CodeTable, GroupRow, Names, catalogue, catalogue_of, problems, shipped_table
from domain.codes.catalogue import CodeTableError
from domain.codes.catalogue import parse as parse_codes
from domain.codes.table import INDISPENSABLE
from domain.facts import payloads as p
from domain.policy import Policy
from server import typed

SHIPPED = shipped_table()
OWN = CodeRow("moved_abroad", "right_party", "m", Names("moved abroad", "移居国外"), ("connected", "right_party"), 7)


def edited(code_id: str, **changes: object) -> CodeTable:
    codes = tuple(replace(row, **changes) if row.id == code_id else row for row in SHIPPED.codes)  # type: ignore[arg-type]  # test shorthand
    return replace(SHIPPED, codes=codes)


def added(row: CodeRow) -> CodeTable:
    return replace(SHIPPED, codes=(*SHIPPED.codes, row))


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


def test_the_shipped_table_is_the_shipped_catalogue() -> None:
    assert list(problems(SHIPPED)) == []
    assert catalogue_of(SHIPPED).codes == catalogue().codes
    assert catalogue_of(None) is catalogue()


def test_a_table_travels_in_the_policy() -> None:
    policy = Policy(result_codes=added(OWN))
    arrived = typed.convert(to_plain(policy), Policy)
    assert arrived == policy
    code = arrived.catalogue.get("moved_abroad")
    assert code is not None
    assert code.hold_days == 7
    assert arrived.catalogue is arrived.catalogue, "made once, asked for with every attempt"


def test_names_keys_groups_and_quiet_days_may_be_edited() -> None:
    table = edited("paid_already", name=Names("claims payment", "自称已付"), key="p", group="status", hold_days=5)
    assert list(problems(table)) == []
    code = catalogue_of(table).get("paid_already")
    assert code is not None
    assert (code.group, code.key, code.hold_days, code.names["en"]) == ("status", "p", 5, "claims payment")
    assert code.has("conversation")


def test_a_code_left_out_is_offered_no_more_and_still_understood() -> None:
    table = replace(SHIPPED, codes=tuple(row for row in SHIPPED.codes if row.id != "fax"))
    assert list(problems(table)) == []
    codes = catalogue_of(table)
    assert "fax" not in {code.id for code in codes.codes}
    assert codes.get("fax") == catalogue().get("fax")
    retired = catalogue_of(edited("fax", retired=True))
    assert "fax" not in {code.id for code in retired.codes}
    assert retired.get("fax") is not None


BAD = {
    "no group": CodeTable((), SHIPPED.codes),
    "protection taken away": edited("cease", flags=("connected", "right_party")),
    "conversation no more counted": edited("refuses", flags=("connected",)),
    "attempt no more counted": edited("no_answer", flags=("uncounted",)),
    "more than it did": edited("busy", flags=("connected", "right_party", "conversation")),
    "another report": edited("deceased", report=None),
    "another opt-out": edited("opt_out_sms", opts_out="email"),
    "unknown group": edited("busy", group="elsewhere"),
    "key taken": edited("busy", key="1"),
    "long key": edited("busy", key="12"),
    "no Chinese": edited("busy", name=Names("busy", "")),
    "control characters": edited("busy", name=Names("bu\x1b[31msy", "忙")),
    "quiet for ever": edited("busy", hold_days=3650),
    "own code not counted": added(replace(OWN, flags=("uncounted",))),
    "own code that promises": added(replace(OWN, flags=("promise",))),
    "own code with an odd flag": added(replace(OWN, flags=("shiny",))),
    "own conversation with nobody": added(replace(OWN, flags=("conversation",))),
    "own effective call without a conversation": added(replace(OWN, flags=("connected", "right_party", "effective"))),
    "own stop without its flag": added(replace(OWN, report="deceased")),
    "own bad number without its flag": added(replace(OWN, report="wrong_number")),
    "own report nobody knows": added(replace(OWN, report="abducted")),
    "own opt-out": added(replace(OWN, opts_out="call")),
    "id twice": added(replace(OWN, id="busy")),
    "odd id": added(replace(OWN, id="Moved Abroad")),
    "group twice": replace(SHIPPED, groups=(*SHIPPED.groups, SHIPPED.groups[0])),
    "group without a digit": replace(SHIPPED, groups=(*SHIPPED.groups, GroupRow("x", "x", Names("x", "x")))),
    "group without a name": replace(SHIPPED, groups=(*SHIPPED.groups, GroupRow("x", "9", Names("", "")))),
}


@pytest.mark.parametrize("name", BAD)
def test_an_edit_that_harms_is_refused_and_never_used(name: str) -> None:
    assert list(problems(BAD[name]))
    assert catalogue_of(BAD[name]) is catalogue()


@pytest.mark.parametrize("code", sorted(INDISPENSABLE))
def test_what_keys_save_cannot_be_retired(code: str) -> None:
    assert any(code in each for each in problems(edited(code, retired=True)))


def test_an_own_code_that_was_used_is_retired_not_removed() -> None:
    assert any("moved_abroad" in each for each in problems(SHIPPED, before=added(OWN)))
    assert list(problems(added(replace(OWN, retired=True)), before=added(OWN))) == []


@pytest.mark.parametrize(
    ("flags", "report", "fact"),
    [
        (("connected", "right_party", "disputes"), None, p.DisputeRaised),
        (("connected", "right_party", "hardship"), None, p.HardshipRaised),
        (("connected", "escalates"), None, p.EscalationAsked),
        (("connected", "stops_contact"), None, p.ConsentWithdrawn),
        (("connected", "stops_contact"), "insolvency", p.ContactReported),
        (("connected", "bad_number"), "wrong_number", p.ContactReported),
    ],
)
def test_what_an_own_code_does_hangs_on_its_flags(flags: tuple[str, ...], report: str | None, fact: type) -> None:
    table = added(replace(OWN, flags=flags, report=report))
    assert list(problems(table)) == []
    code = catalogue_of(table).get("moved_abroad")
    assert code is not None
    assert any(isinstance(each, fact) for each in outcome(code, None))
