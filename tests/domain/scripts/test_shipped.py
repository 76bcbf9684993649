"""The scripts that come with the product: complete in both languages, and every way through them ends well."""

from __future__ import annotations

import pytest

from domain.i18n import Language
from domain.scripts import Script, check_texts, choose, fill, shipped_scripts, shipped_texts
from domain.scripts.model import GATED, OBJECTIONS, RUNGS, SCRIPT_LANGUAGES, WAY
from domain.scripts.values import ScriptValues
from domain.scripts.walking import Known, paths
from tests.support.people import HOSTILE

SCRIPTS = pytest.mark.parametrize("script", shipped_scripts(), ids=lambda script: script.name)


def test_both_segments_and_both_kinds_of_callers_have_one() -> None:
    have = {(script.segment, script.party) for script in shipped_scripts()}
    assert have == {(segment, party) for segment in ("consumer", "business") for party in ("first", "third")}


def test_the_linter_has_nothing_to_say() -> None:
    assert [each.findings for each in check_texts(shipped_texts().values())] == [()] * 4


@SCRIPTS
def test_every_path_goes_from_the_greeting_to_a_wrap_up(script: Script) -> None:
    found = list(paths(script))
    assert len(found) > 30
    for path in found:
        kinds = [script.stage(stage_id).kind for stage_id in path]
        assert kinds[0] == "open"
        assert kinds[-1] == "wrap_up"
        assert "wrap_up" not in kinds[:-1]
        assert len(set(path)) == len(path), "no stage comes twice"
        on_the_way = [WAY.index(kind) for kind in kinds if kind in WAY]
        assert on_the_way == sorted(on_the_way), "the stages come in their order"


@SCRIPTS
def test_on_every_path_the_debt_comes_after_identity_and_disclosure(script: Script) -> None:
    """Walks each answer of each path, not only each stage."""
    waiting = [(script.stages[0].id, Known())]
    seen = 0
    while waiting:
        stage_id, known = waiting.pop()
        stage = script.stage(stage_id)
        if stage.kind in GATED:
            seen += 1
            assert known.identified
            assert known.disclosed
        waiting += [(answer.goto, known.after(answer)) for answer in stage.answers if answer.goto]
    assert seen > 20


@SCRIPTS
def test_it_is_complete(script: Script) -> None:
    assert {card.id for card in script.cards} == set(OBJECTIONS)
    assert [stage.rung for stage in script.stages if stage.rung] == list(RUNGS)
    assert {stage.kind for stage in script.stages} >= set(WAY)
    for words in [
        *(stage.say for stage in script.stages),
        *(answer.text for stage in script.stages for answer in stage.answers),
        *(card.say for card in script.cards),
    ]:
        assert all(words[language].strip() for language in SCRIPT_LANGUAGES)
        assert any("\u4e00" <= char <= "\u9fff" for char in words["zh"])
        assert not any("\u4e00" <= char <= "\u9fff" for char in words["en"])


@SCRIPTS
def test_a_failed_identity_ends_with_a_stranger_who_learns_nothing(script: Script) -> None:
    failing = [answer for answer in script.first("verify").answers if answer.action == "identity_failed"]
    assert failing
    for answer in failing:
        waiting = [answer.goto]
        while waiting:
            stage = script.stage(waiting.pop())
            assert stage.kind in ("third_party", "wrap_up")
            waiting += [each.goto for each in stage.answers if each.goto]


@pytest.mark.parametrize("language", SCRIPT_LANGUAGES)
@SCRIPTS
def test_polite_words_are_there(script: Script, language: Language) -> None:
    for stage in script.stages:
        said = stage.say[language] + (stage.lead[language] if stage.lead else "")
        if stage.kind == "open":
            assert any(word in said for word in ("please", "请问"))
        if stage.kind == "wrap_up":
            assert any(word in said for word in ("Goodbye", "goodbye", "再见"))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_spoken_as_it_is_and_never_looked_at_again(name: str) -> None:
    values = ScriptValues(name + "$owed", "a", "c", "OWED", "o", "d", "de", "cb")
    said = fill("Hello $customer", values)
    assert "OWED" not in said
    assert "\x1b" not in said


def test_the_segment_counts_more_than_the_party() -> None:
    script = choose([each for each in shipped_scripts() if each.party == "first"], "business", "third")
    assert script is not None
    assert script.name == "business-first"
    assert choose([], "business", "first") is None
