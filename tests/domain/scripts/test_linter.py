"""The linter: every kind of mistake, planted into a script that works, is found where it stands."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.scripts import ScriptError, check_text, check_texts, parse_script, shipped_texts
from domain.scripts.keys import ANSWER, CARD, SCRIPT, STAGE, json_schema
from domain.scripts.lines import Lines

GOOD = shipped_texts()["consumer-first.toml"]
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "scripts.md"


def block(start: str) -> str:
    """Cut a stage or card out of the good script."""
    begin = GOOD.rindex("[[", 0, GOOD.index(start))
    heads = [place for head in ("\n[[stage]]", "\n[[card]]") if (place := GOOD.find(head, GOOD.index(start))) > 0]
    return GOOD[begin : min(heads, default=len(GOOD))]


STOP = block('id = "bye_stop"')
SAVE = 'text = { en = "Save the promise", zh = "保存承诺" }\n'
ANSWER_THREE = GOOD[
    GOOD.index('[[stage.answer]]\nkey = "3"\ntext = { en = "Not right') : GOOD.index('id = "unverified"')
]
ANSWER_THREE = ANSWER_THREE[: ANSWER_THREE.index("\n\n")]

DEFECTS = {
    # what was done to the file: (text before, text after, what is found, a word of the finding)
    "broken TOML": ('name = "consumer-first"', "name = consumer", "syntax", "TOML"),
    "missing key": ('version = "2026-11"\n', "", "shape", "version"),
    "unknown key": ('segment = "consumer"', 'segment = "consumer"\ncolour = "red"', "shape", "colour"),
    "wrong choice": ('party = "first"', 'party = "second"', "shape", "first, third"),
    "no such kind": ('kind = "probe"', 'kind = "ponder"', "shape", "probe"),
    "number for a text": ('version = "2026-11"', "version = 7", "shape", "short text"),
    "key out of range": ('[[stage.answer]]\nkey = "4"', '[[stage.answer]]\nkey = "44"', "shape", "digit"),
    "stage without answers": (STOP, STOP[: STOP.index("[[stage.answer]]")], "shape", "answer"),
    "missing Chinese": ('say.zh = "谢谢您，打扰了，再见。"\n', "", "language", "zh"),
    "empty English": ('say.en = "Thank you for your time. Goodbye."', 'say.en = " "', "language", "en"),
    "third language": ('say.zh = "谢谢您，打扰了，再见。"', 'say.zh = "再见"\nsay.fr = "Au revoir"', "language", "fr"),
    "unknown variable": ("So that we both have it", "So $name has it", "variable", "name"),
    "loose dollar": ("Let me say it back: $promise", "Let me say 100$ back", "variable", "$$"),
    "rich markup": ("Let me say it back", "[b]Let me[/b] say it back", "markup", "brackets"),
    "live action": ("Let me say it back", "[@click=app.quit]Let me say it back", "markup", "brackets"),
    "tag": ("Let me say it back", "<b>Let me</b> say it back", "markup", "brackets"),
    "escape sequence": ("Let me say it back", "Let \\u001b[31mme say it back", "markup", "brackets"),
    "direction override": ("Let me say it back", "Let \\u202e me say it back", "markup", "control"),
    "placeholder of another kind": ("Let me say it back", "Let {me} say it back", "markup", "brackets"),
    "threat": ("I understand. I am noting what you said.", "Then we go to court.", "tone", "court"),
    "threat in Chinese": ("明白，您说的我已如实记录。", "不还就起诉您。", "tone", "起诉"),
    "debt told to a stranger": ("It is a personal matter, so", "It is about a loan, so", "secret", "loan"),
    "debt told to a stranger in Chinese": ("是关于他本人的一点私事", "他有一笔欠款", "secret", "欠"),
    "amount before identity": ("May I speak with $customer", "You owe $overdue, $customer", "secret", "overdue"),
    "amount in a hint before identity": (
        "Not a word about money",
        "It is $overdue, so not a word",
        "secret",
        "overdue",
    ),
    "amount on an open card": (
        "Of course. When would be a good",
        "About $owed: when would be a good",
        "secret",
        "owed",
    ),
    "same stage twice": ('id = "probe"', 'id = "ask"', "duplicate", "ask"),
    "same card twice": ('id = "lawyer"', 'id = "busy"', "duplicate", "busy"),
    "same number key twice": (
        'key = "3"\ntext = { en = "Would rather',
        'key = "1"\ntext = { en = "Would rather',
        "duplicate",
        "1",
    ),
    "leads to nowhere": ('goto = "recap"', 'goto = "rehearsal"', "goto", "rehearsal"),
    "card leads to nowhere": ('goto = "probe" },', 'goto = "prob" },', "goto", "prob"),
    "nobody gets there": ('goto = "voicemail"', 'goto = "third"', "unreachable", "reach"),
    "answer without a way on": ('goto = "recap"\naction = "promise"', 'action = "promise"', "dead_end", "go on"),
    "wrap-up that saves nothing": (STOP, STOP.replace('action = "wrap_up"', 'action = "note"'), "dead_end", "saves"),
    "wrap-up that goes on": (SAVE, SAVE + 'goto = "ask"\n', "dead_end", "lead nowhere"),
    "answer that does nothing on a card": (', goto = "probe" },', " },", "dead_end", "does nothing"),
    "way back": ('goto = "fee_waiver"', 'goto = "probe"', "loop", "probe"),
    "debt without identity": (
        'text = { en = "Speaking", zh = "是本人" }\ngoto = "verify"',
        'text = { en = "Speaking", zh = "是本人" }\ngoto = "disclose"',
        "gate",
        "before the identity",
    ),
    "debt without the required text": (
        'action = "disclosed"',
        'action = "note"',
        "gate",
        "required text",
    ),
    "identity never confirmed": ('action = "identity"\n', 'action = "note"\n', "gate", "No answer confirms"),
    "failed identity goes on": (
        ANSWER_THREE,
        ANSWER_THREE.replace('"unverified"', '"bye_neutral"'),
        "gate",
        "third_party",
    ),
    "one factor only": ('factors = ["birth date", "address"]', 'factors = ["birth date"]', "factors", "2"),
    "same factor twice": ('factors = ["birth date", "address"]', 'factors = ["street", "street"]', "factors", "2"),
    "unknown result code": ('outcome = "wrong_number"', 'outcome = "wrong"', "outcome", "wrong"),
    "unknown result code on a card": ('outcome = "represented"', 'outcome = "lawyered"', "outcome", "lawyered"),
    "no recap": ('kind = "recap"', 'kind = "close"', "missing", "recap"),
    "no way for strangers": (
        'kind = "third_party"',
        'kind = "message"',
        "missing",
        "third_party",
    ),
    "card missing": (block('id = "lost_job"'), "", "missing", "lost_job"),
    "rung missing": ('rung = "extension"\n', "", "missing", "extension"),
    "rung skipped": ('goto = "instalments"', 'goto = "extension"', "ladder", "extension"),
    "speech of a minute": ("Let me say it back:", "Let me say it back: " + "once more, slowly " * 30, "length", "long"),
}


def test_the_good_script_has_no_finding() -> None:
    assert check_text(GOOD).findings == ()


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_mistake_is_found(name: str) -> None:
    before, after, code, word = DEFECTS[name]
    assert before in GOOD
    planted = GOOD.replace(before, after)
    checked = check_text(planted)
    found = [each for each in checked.findings if each.code == code]
    assert found, checked.findings
    assert any(word in each.text for each in found), found
    assert checked.usable == (code == "length")
    if code != "length":
        with pytest.raises(ScriptError):
            parse_script(planted)


@pytest.mark.parametrize(
    ("name", "line_of"),
    [
        ("unknown variable", "So $name has it"),
        ("leads to nowhere", 'goto = "rehearsal"'),
        ("missing Chinese", 'say.en = "Thank you for your time. Goodbye."'),
        ("unknown result code", 'outcome = "wrong"'),
        ("way back", 'goto = "probe"'),
        ("one factor only", 'factors = ["birth date"]'),
        ("wrong choice", 'party = "second"'),
        ("threat", "Then we go to court."),
    ],
)
def test_a_finding_names_its_line(name: str, line_of: str) -> None:
    before, after, code, _ = DEFECTS[name]
    planted = GOOD.replace(before, after)
    lines = planted.splitlines()
    found = [each for each in check_text(planted).findings if each.code == code]
    near = {lines[each.line - 1] for each in found} | {
        line for each in found for line in lines[each.line - 1 : each.line + 5]
    }
    assert any(line_of in line for line in near), [lines[each.line - 1] for each in found]


def test_every_kind_of_finding_is_planted_somewhere() -> None:
    from typing import get_args

    from domain.scripts.finding import FindingCode

    assert {code for _, _, code, _ in DEFECTS.values()} == set(get_args(FindingCode))


def test_a_syntax_error_names_its_line() -> None:
    checked = check_text(GOOD.replace('party = "first"', "party = = 1"))
    assert [each.line for each in checked.findings] == [GOOD[: GOOD.index('party = "first"')].count("\n") + 1]


def test_two_scripts_may_not_have_one_name_or_one_use() -> None:
    twice, other = check_texts([GOOD, GOOD])
    assert twice.usable
    assert not other.usable
    renamed = GOOD.replace('name = "consumer-first"', 'name = "our-own"')
    assert [each.usable for each in check_texts([GOOD, renamed])] == [True, False]


def test_result_codes_of_the_house_count() -> None:
    own = GOOD.replace('outcome = "refuses"', 'outcome = "wont_pay"')
    assert not check_text(own).usable
    from domain.codes import catalogue

    assert check_text(own, {*catalogue().ids, "wont_pay"}).usable


@pytest.mark.parametrize(
    "text",
    ["", "stage = 1", "stage = []", "a = " + "[" * 3000, "x = " + "9" * 5000, "name = 'x'\nstage = [1]", "\ud800 = 1"],
    ids=range(7),
)
def test_nothing_that_can_be_sent_ends_the_check(text: str) -> None:
    assert not check_text(text).usable


def test_a_file_too_large_is_refused_at_once() -> None:
    assert not check_text("#" * 300_000).usable
    stages = "".join(f'[[stage]]\nid = "s{number}"\n' for number in range(2000))
    assert not check_text(GOOD + stages).usable


@given(st.text(alphabet="[]=\"{}.,\n abk$stage'#", max_size=80), st.integers(0, len(GOOD)))
def test_whatever_is_typed_into_a_script_the_check_answers(typed: str, place: int) -> None:
    checked = check_text(GOOD[:place] + typed + GOOD[place:])
    lines = GOOD.count("\n") + typed.count("\n") + 2
    assert all(1 <= each.line <= lines for each in checked.findings)


def test_lines_survive_long_strings_and_tables() -> None:
    text = '[[stage]]\nid = "a"\n[stage.say]\nen = """\n[[stage]]\nid = 1\n"""\n[[stage]]\nid = "b"\nsay.en = "x"\n'
    lines = Lines(text)
    assert lines.of(("stage", 0, "say", "en")) == 4
    assert lines.of(("stage", 1, "id")) == 9
    assert lines.of(("stage", 1, "say", "zh")) == 10
    assert lines.of(("card",)) == 1


def test_the_published_schema_is_the_one_scripts_are_read_by() -> None:
    """To renew it: ``python -c "import json, domain.scripts.keys as k; print(json.dumps(k.json_schema(), indent=2))"``."""
    published = (resources.files("domain.scripts") / "script.schema.json").read_text(encoding="utf-8")
    assert json.loads(published) == json_schema()


def test_the_documentation_names_every_key() -> None:
    words = DOCUMENT.read_text(encoding="utf-8")
    for keys in (SCRIPT, STAGE, ANSWER, CARD):
        for name in keys:
            assert f"`{name}`" in words, name
