"""Rule-pack files: what is read, what is refused and how that is said, the published schema and the documentation."""

from __future__ import annotations

import json
import re
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from domain.gate import PackError, available_packs, load_pack, parse_pack
from domain.gate.keys import HOLIDAY, PACK, SECTIONS, json_schema

GOOD = """
name = "house"
title = { en = "House", zh = "内部" }
status = "unverified"
checked = 2026-11-22

[[window]]
id = "hours"
rule = { en = "the hours" }
source = "House policy"
hours = { every-day = ["08:00-12:00", "13:00-20:00"], sat-sun = ["10:00-12:00"], sun = [] }

[[cap]]
id = "cap"
rule = { en = "the cap" }
source = "House policy"
status = "verified"
most = 3
unit = "contact"
scope = "debtor"
period = "30 days"
from = 2027-01-01
until = 2027-12-31
"""


def test_a_good_pack_is_read() -> None:
    pack = parse_pack(GOOD)
    window, cap = pack.windows[0], pack.caps[0]
    assert (pack.name, pack.title.en, pack.title.zh, pack.checked) == ("house", "House", "内部", date(2026, 11, 22))
    assert window.week[0] == ((480, 720), (780, 1200))
    assert window.week[5] == ((600, 720),)
    assert window.week[6] == ()
    assert (window.status, cap.status) == ("unverified", "verified")
    assert (cap.period, cap.days, cap.most) == ("rolling", 30, 3)
    assert (cap.starts, cap.ends) == (date(2027, 1, 1), date(2027, 12, 31))
    assert cap.channels == ("call", "sms", "email", "letter")
    assert parse_pack(GOOD) == pack


def test_wording_follows_the_interface_language() -> None:
    from domain.i18n import use_language

    title = parse_pack(GOOD).title
    rule = parse_pack(GOOD).caps[0].rule
    use_language("zh")
    try:
        assert title.shown() == "内部"
        assert rule.shown() == "the cap"
    finally:
        use_language("en")
    assert title.shown() == "House"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("name = ", "name  "), "not valid TOML"),
        (('name = "house"', ""), 'the key "name" is missing'),
        (('name = "house"', 'name = "My House"'), "lower-case"),
        (('name = "house"', 'name = ""'), '"name" must be a text'),
        (
            ('status = "unverified"\nchecked', 'status = "sure"\nchecked'),
            '"status" must be one of: verified, unverified',
        ),
        (('status = "unverified"\nchecked', 'status = "verified"\nchecked'), None),
        (("checked = 2026-11-22", 'checked = "2026-11-22"'), '"checked" must be a date'),
        (("checked = 2026-11-22", "checked = 2026-11-22T10:00:00"), '"checked" must be a date'),
        (('title = { en = "House", zh = "内部" }', 'title = "House"'), '"title" must be texts by language'),
        (('title = { en = "House", zh = "内部" }', 'title = { zh = "内部" }'), '"title" must be texts by language'),
        (('"08:00-12:00"', '"8-12"'), '"8-12" must look like 08:00-21:00'),
        (('"08:00-12:00"', '"08:00-24:30"'), "ends after 24:00"),
        (("sat-sun", "weekend"), '"hours" must give hours by day'),
        (("most = 3", "most = -1"), '"most" must be a whole number'),
        (("most = 3", "most = true"), '"most" must be a whole number'),
        (("most = 3", ""), 'In rule pack house, cap 1: the key "most" is missing'),
        (("most = 3", "most = 3\nmots = 4"), 'it has no key "mots"'),
        (('unit = "contact"', 'unit = "calls"'), '"unit" must be one of: attempt'),
        (('period = "30 days"', 'period = "monthly"'), '"period" must be day, week, month'),
        (('period = "30 days"', 'period = "0 days"'), '"period" must be day, week, month'),
        (("until = 2027-12-31", "until = 2026-12-31"), '"until" lies before "from"'),
        (('id = "cap"', 'id = "hours"'), 'two rules have the id "hours"'),
        (("[[cap]]", "[cap]"), '"cap" must be a section of its own'),
        (('id = "hours"', 'id = "hours"\nplaces = ["work"]'), "no window says when calls are allowed"),
        (('id = "hours"', 'id = "hours"\nplaces = ["moon"]'), '"places" must be a list of: home'),
        (('id = "hours"', 'id = "hours"\nunless_agreed = "yes"'), '"unless_agreed" must be true or false'),
        (
            ('id = "hours"', 'id = "hours"\nholiday = { policy = "shorter" }'),
            'In rule pack house, window 1, holiday: the key "calendar" is missing',
        ),
        (
            (
                'id = "hours"',
                'id = "hours"\nholiday = { policy = "shorter", calendar = "AU", rule = { en = "r" }, source = "s" }',
            ),
            '"hours" belongs to policy "shorter"',
        ),
    ],
)
def test_a_bad_pack_is_refused_in_words(change: tuple[str, str], says: str | None) -> None:
    assert change[0] in GOOD
    text = GOOD.replace(*change, 1)
    if says is None:
        assert parse_pack(text.replace('status = "verified"\nmost', "most")).status == "verified"
        return
    with pytest.raises(PackError) as refused:
        parse_pack(text)
    assert says in str(refused.value)
    assert str(refused.value).endswith(".")


def test_a_verified_pack_has_verified_rules_only() -> None:
    text = GOOD.replace('status = "unverified"', 'status = "verified"', 1)
    with pytest.raises(PackError, match="one of its rules is not"):
        parse_pack(text.replace('status = "verified"\nmost', 'status = "unverified"\nmost'))


def test_quiet_after_a_conversation_needs_its_days() -> None:
    cooldown = '[[cooldown]]\nid = "quiet"\nrule = { en = "quiet" }\nsource = "s"\nafter = "conversation"\n'
    with pytest.raises(PackError, match='needs "days"'):
        parse_pack(GOOD + cooldown)
    assert parse_pack(GOOD + cooldown + "days = 7\n").cooldowns[0].days == 7


@pytest.mark.parametrize("name", ["nowhere", "../pack", "us-reg-f+nowhere", "", "US-REG-F"])
def test_a_pack_that_does_not_exist_names_those_that_do(name: str) -> None:
    with pytest.raises(PackError, match="us-reg-f"):
        load_pack(name)


def test_packs_are_parsed_once() -> None:
    assert load_pack("us-reg-f") is load_pack("us-reg-f")
    assert {"cn-consumer-credit", "us-reg-f", "business-default"} <= set(available_packs())


def test_the_published_schema_is_the_one_packs_are_read_by() -> None:
    """To renew it: ``python -c "import json, domain.gate.keys as k; print(json.dumps(k.json_schema(), indent=2))"``."""
    published = (resources.files("domain.gate") / "pack.schema.json").read_text(encoding="utf-8")
    assert json.loads(published) == json_schema()


def test_the_documentation_describes_every_key() -> None:
    text = (Path(__file__).resolve().parents[3] / "docs" / "rule-packs.md").read_text(encoding="utf-8")
    for section, known in {"pack": PACK, **SECTIONS, "holiday": HOLIDAY}.items():
        chapter = re.search(rf"^## [^\n]*`{section}`.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
        assert chapter is not None, section
        described = set(re.findall(r"^\| `([a-z_]+)`", chapter[0], re.MULTILINE))
        assert described == set(known), section
        for key in known.values():
            for choice in key.choices:
                assert f"`{choice}`" in chapter[0], (section, choice)
    for name in available_packs():
        assert f"`{name}`" in text
