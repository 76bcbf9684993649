"""Where the files are, and the settings people edit."""

from __future__ import annotations

import sys
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.profile import (
    ProfileError,
    Settings,
    load_settings,
    password_from_file,
    places,
    profile_folder,
    save_settings,
    server_address,
    toml_text,
)

FULL = Settings(
    server="https://collect.example/api",
    login="li.wei",
    language="zh",
    dial_command=("xdg-open", 'tel:{number} "quoted" \\ back'),
    theme="nord",
    device_id="0197-abc",
)


def test_one_variable_moves_everything_into_one_folder(tmp_path: Path) -> None:
    found = places({"DUECALL_HOME": str(tmp_path)})
    assert found.config_file == tmp_path / "config.toml"
    assert found.store_folder == tmp_path / "store" == profile_folder({"DUECALL_HOME": str(tmp_path)})
    assert found.log_folder == tmp_path / "logs"
    assert list(tmp_path.iterdir()) == []


def test_without_it_the_platform_decides() -> None:
    found = places({})
    for path in (found.config_file, found.store_folder, found.log_folder):
        assert path.is_absolute()
        assert "duecall" in path.parts
    assert found.config_file.name == "config.toml"


def test_settings_come_back_as_they_were_saved(tmp_path: Path) -> None:
    file = tmp_path / "not" / "there" / "yet" / "config.toml"
    assert load_settings(file) == Settings()
    save_settings(file, FULL)
    assert load_settings(file) == FULL
    save_settings(file, Settings(login="li.wei"))
    assert load_settings(file) == Settings(login="li.wei")
    assert [path.name for path in file.parent.iterdir()] == ["config.toml"]
    if sys.platform != "win32":
        assert file.stat().st_mode & 0o777 == 0o600


def test_what_others_wrote_into_the_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        'login = "li.wei"\nlater_setting = 1.5\n[keys]\n"ctrl+s" = "save"\nnested = {a = [1, {b = 2026-11-22}]}\n'
    )
    before = tomllib.loads(file.read_text())
    save_settings(file, Settings(login="li.wei", theme="nord"))
    assert tomllib.loads(file.read_text()) == before | {"theme": "nord"}


def test_a_dial_command_may_be_written_as_one_line(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("dial_command = \"linphonecsh dial 'sip:{number}@pbx'\"\n")
    assert load_settings(file).dial_command == ("linphonecsh", "dial", "sip:{number}@pbx")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("server = 5", "server"),
        ('language = "klingon"', "language"),
        ("dial_command = [1]", "dial_command"),
        ('dial_command = "it\'s open"', "dial_command"),
        ("server = no quotes", "line 1"),
        ("\x00", "config.toml"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_left_alone(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(ProfileError, match=named) as error:
        load_settings(file)
    assert "nothing was changed" in str(error.value)
    assert file.read_text() == text


def test_a_file_that_cannot_be_read_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b'login = "\xff"')
    with pytest.raises(ProfileError):
        save_settings(file, FULL)
    assert file.read_bytes() == b'login = "\xff"'


def test_a_failed_save_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(ProfileError, match="cannot be read"):
        save_settings(tmp_path / "taken" / "config.toml", FULL)


def test_the_server_can_be_named_from_outside(tmp_path: Path) -> None:
    assert server_address(FULL, {}) == "https://collect.example/api"
    assert server_address(FULL, {"DUECALL_SERVER": "http://localhost:8000"}) == "http://localhost:8000"
    assert server_address(Settings(), {}) is None


def test_the_password_for_headless_use(tmp_path: Path) -> None:
    file = tmp_path / "password"
    environment = {"DUECALL_PASSWORD_FILE": str(file)}
    assert password_from_file({}) is None
    with pytest.raises(ProfileError, match="cannot be read"):
        password_from_file(environment)
    file.write_text("\n")
    with pytest.raises(ProfileError, match="empty"):
        password_from_file(environment)
    file.write_bytes("  correct höse \r\nsecond line\n".encode())
    assert password_from_file(environment) == "  correct höse "


_plain = st.text(st.characters(exclude_categories=["Cs"])) | st.integers() | st.booleans() | st.dates()
_values: st.SearchStrategy[Any] = st.recursive(
    _plain | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), _values, max_size=5))
def test_toml_is_read_back_as_it_was_written(entries: dict[str, Any]) -> None:
    assert tomllib.loads(toml_text(entries)) == entries


def test_dates_are_not_quoted() -> None:
    assert toml_text({"day": date(2026, 11, 22)}) == "day = 2026-11-22\n"
