"""Keys of one's own: read from a file, explained line by line where they are wrong, shown everywhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from domain.i18n import tr, use_keys
from screens.call import CallScreen
from screens.commands import COMMANDS, commands
from screens.commands import Place as CommandPlace
from tests.support.catalogue import kept
from tests.support.desks import HandClock, OpenDesk
from tests.support.people import team
from tests.support.places import Place, text_of
from tests.support.processes import duecall
from tests.support.tree import sources
from tui.app import DuecallApp
from tui.keymap import KeymapError, load_keymap, parse_keymap, shown_keys, template

FILE = Path("keys.toml")


def test_the_template_changes_nothing_until_a_sign_is_taken_away() -> None:
    text = template()
    assert parse_keymap(text, FILE) == {}
    everything = text.replace('# "', '"')
    assert parse_keymap(everything, FILE) == {command.id: command.key for command in COMMANDS}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[keys]\n"call.note" = "n"', 'line 2: "n" is the key of both call.no_answer and call.note'),
        ('[keys]\n\n"call.nothing" = "n"', 'line 3: there is no command "call.nothing"'),
        ('[keys]\n"call.note" = "hyper+n"', 'line 2: "hyper+n" is no key'),
        ('[keys]\n"call.note" = "bananas"', 'line 2: "bananas" is no key'),
        ('[keys]\n"call.note" = 7', 'line 2: "call.note" needs a key'),
        ('[keys]\n"call.note" = "3"', "line 2: the digits answer the script"),
        ('[keys]\n"queue.pin" = "f5"', 'line 2: "f5" is the key of both app.sync and queue.pin'),
        ('[keys]\n"app.sync" = "d"', 'line 2: "d" is the key of both'),
        ('"call.note" = "x"', "line 1: all keys stand under the heading"),
        ("[keys]\ncall.note = ", "line 2: this is not valid TOML"),
        ('[keys]\n"call.note = "x"', "line 2: this is not valid TOML"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, words: str) -> None:
    with pytest.raises(KeymapError) as caught:
        parse_keymap(text, FILE)
    assert words in str(caught.value)
    assert "Nothing was changed" in str(caught.value)


def test_two_commands_may_change_places() -> None:
    text = '[keys]\n"call.note" = "n"\n"call.no_answer" = "t,f11"'
    keymap = parse_keymap(text, FILE)
    assert shown_keys(keymap) == {"call.note": "n", "call.no_answer": "t"}


def test_no_file_is_no_change(tmp_path: Path) -> None:
    assert load_keymap(tmp_path / "keys.toml") == {}


async def test_the_keys_work_and_the_footer_shows_them(tmp_path: Path) -> None:
    keymap = parse_keymap('[keys]\n"call.dial" = "ctrl+n"\n"call.no_answer" = "b"', FILE)
    opened = OpenDesk(tmp_path / "store", HandClock())
    opened.receive([story.case() for story in team()])
    place = Place(opened.desk)

    async def opener(_server: str, _login: str, _password: str) -> Place:
        return place

    app = DuecallApp(opener, ready=place, keymap=keymap, own_keys=shown_keys(keymap))
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.press("enter", "d")
        assert opened.outbox.count_unsent() == 0
        assert "^N Dial" in text_of(app)
        assert "^N dials" in text_of(app), "the hints name the key of one's own too"
        await pilot.press("ctrl+n")
        assert opened.outbox.count_unsent() == 1
        before = app.screen
        assert isinstance(before, CallScreen)
        case_id = before.case_id
        await pilot.press("b")
        await pilot.pause()
        case = opened.book.case(case_id)
        assert case is not None
        assert case.attempts[-1].code == "no_answer"
    opened.close()
    use_keys({})


def test_a_hint_names_the_usual_key_of_its_command() -> None:
    named = set()
    for file in sources("domain", "screens", "data", "tui"):
        named |= set(re.findall(r"⟦(\S+) ([a-z_.]+)⟧", file.read_text(encoding="utf-8")))
    usual = {(command.shown, command.id) for command in COMMANDS}
    assert len(named) > 10
    assert named <= usual


def test_a_translation_names_the_keys_of_its_sentence() -> None:
    for message in kept():
        if isinstance(message.id, str) and "⟦" in message.id and isinstance(message.string, str):
            assert sorted(re.findall("⟦.*?⟧", message.id)) == sorted(re.findall("⟦.*?⟧", message.string)), message.id


def test_a_key_that_is_a_brace_breaks_no_sentence() -> None:
    use_keys({"app.undo": "{"})
    assert tr("{what} · ⟦u app.undo⟧ undoes").format(what="note saved").endswith("｛ undoes")
    use_keys({})


def test_the_command_writes_the_file_once_and_says_what_is_wrong_in_it(tmp_path: Path) -> None:
    assert "keys.toml" in duecall(tmp_path, "keys", "--write")
    file = tmp_path / "keys.toml"
    assert load_keymap(file) == {}
    assert duecall(tmp_path, "keys", "--write", code=1) == ""
    file.write_text('[keys]\n"call.note" = "ctrl+n"\n', encoding="utf-8")
    listed = json.loads(duecall(tmp_path, "keys", "--json"))["keys"]
    assert {"command": "call.note", "key": "ctrl+n", "own": True} in listed
    file.write_text('[keys]\n"call.note" = "n"\n', encoding="utf-8")
    duecall(tmp_path, "keys", code=1)


@pytest.mark.parametrize("place", ["queue", "call", "file", "promise"])
def test_a_key_that_works_everywhere_means_nothing_else_anywhere(place: CommandPlace) -> None:
    everywhere = {key for command in commands("app") for key in command.key.split(",")}
    here = {key for command in commands(place) for key in command.key.split(",")}
    assert not everywhere & here
