"""Where duecall keeps its files, and the few settings that are known before the store is open.

``DUECALL_HOME`` moves everything into one folder; without it configuration, store and logs go where the platform
wants them. ``config.toml`` is for people to edit while duecall is closed; it holds nothing secret.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from data.files import make_private_folder, write_atomically
from domain.i18n import LANGUAGES, Language, tr
from domain.records import dataclass

APPLICATION: Final = "duecall"
HOME_VARIABLE: Final = "DUECALL_HOME"
SERVER_VARIABLE: Final = "DUECALL_SERVER"
PASSWORD_FILE_VARIABLE: Final = "DUECALL_PASSWORD_FILE"  # noqa: S105 - the name of a variable

_HEADING: Final = "# duecall writes this file: edit it while duecall is closed. Comments are not kept.\n"
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


class ProfileError(Exception):
    """A file of the profile cannot be used; ``str()`` is one translated sentence that may be shown as it is."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the files of the profile are; nothing is created by asking."""

    config_file: Path
    store_folder: Path
    log_folder: Path


def places(environment: Mapping[str, str] | None = None) -> Places:
    """Name the places, from ``DUECALL_HOME`` or the platform's customs."""
    home = (os.environ if environment is None else environment).get(HOME_VARIABLE)
    if home:
        root = Path(home).expanduser()
        return Places(root / "config.toml", root / "store", root / "logs")
    from platformdirs import PlatformDirs  # not needed when DUECALL_HOME is set

    folders = PlatformDirs(APPLICATION, appauthor=False)
    return Places(folders.user_config_path / "config.toml", folders.user_data_path / "store", folders.user_log_path)


def profile_folder(environment: Mapping[str, str] | None = None) -> Path:
    """Name the folder of the encrypted store."""
    return places(environment).store_folder


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person, or the first start, has set. ``dial_command`` is a program and its arguments, never a shell's.

    ``keyring`` says that the system's keyring holds the store's key, so that the system's own login opens the door.
    ``sso`` says that people log in through an identity provider: the store's password is then nobody's at the server.
    """

    server: str | None = None
    login: str | None = None
    language: Language | None = None
    dial_command: tuple[str, ...] = ()
    theme: str | None = None
    device_id: str | None = None
    keyring: bool = False
    sso: bool = False


def load_settings(config_file: Path) -> Settings:
    """Read the settings; all of them are optional, and so is the file. :class:`ProfileError` says what is wrong."""
    return _settings(_read(config_file), config_file)


def save_settings(config_file: Path, settings: Settings) -> None:
    """Write the settings in one step, keeping every other entry that is in the file.

    :class:`ProfileError` when the file there cannot be understood (it is then left alone) or cannot be written.
    """
    entries = _read(config_file)
    for field in fields(settings):
        value = getattr(settings, field.name)
        if value:
            entries[field.name] = list(value) if isinstance(value, tuple) else value
        else:
            entries.pop(field.name, None)
    try:
        make_private_folder(config_file.parent)
        write_atomically(config_file, (_HEADING + toml_text(entries)).encode())
    except OSError as error:
        text = tr("The settings in {file} were not saved, the old ones stay; check the disk and the file's rights.")
        raise ProfileError(text.format(file=config_file)) from error


def server_address(settings: Settings, environment: Mapping[str, str] | None = None) -> str | None:
    """Give the central server's address: ``DUECALL_SERVER``, or the one that is set."""
    return (os.environ if environment is None else environment).get(SERVER_VARIABLE) or settings.server


def password_from_file(environment: Mapping[str, str] | None = None) -> str | None:
    """Read the store's password for headless use: the first line of the file that ``DUECALL_PASSWORD_FILE`` names.

    Nothing when the variable is not set; :class:`ProfileError` when it is and the file has no password for us.
    """
    name = (os.environ if environment is None else environment).get(PASSWORD_FILE_VARIABLE)
    if not name:
        return None
    try:
        with Path(name).expanduser().open(encoding="utf-8") as file:
            password = file.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        text = tr("The password file {file} cannot be read; nothing was changed. Check {variable}.")
        raise ProfileError(text.format(file=name, variable=PASSWORD_FILE_VARIABLE)) from error
    if not password:
        text = tr("The password file {file} is empty; nothing was changed. Put the password on its first line.")
        raise ProfileError(text.format(file=name))
    return password


def toml_text(entries: Mapping[str, Any]) -> str:
    """Write a TOML document with everything :mod:`tomllib` can read; tables after plain values, as TOML wants."""
    lines = [f"{_key(name)} = {_value(value)}" for name, value in entries.items() if not isinstance(value, dict)]
    for name, table in entries.items():
        if isinstance(table, dict):
            lines += ["", f"[{_key(name)}]", *(f"{_key(inner)} = {_value(value)}" for inner, value in table.items())]
    return "\n".join(lines) + "\n"


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _string(name)


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _string(value)
        case int() | float():
            return repr(value)
        case datetime() | date() | time():
            return value.isoformat()
        case list():
            return "[" + ", ".join(_value(item) for item in value) + "]"
        case dict():
            return "{ " + ", ".join(f"{_key(name)} = {_value(item)}" for name, item in value.items()) + " }"
    raise TypeError(f"TOML has no value like a {type(value).__name__}")


def _string(text: str) -> str:
    """Quote as TOML's basic string: JSON's escapes are among its own, and only DEL is stricter."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _read(config_file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(config_file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        text = tr("The settings in {file} cannot be read ({why}); nothing was changed. Mend or rename that file.")
        raise ProfileError(text.format(file=config_file, why=error)) from error


def _settings(entries: Mapping[str, Any], config_file: Path) -> Settings:
    for name in ("server", "login", "language", "theme", "device_id"):
        if not isinstance(entries.get(name, ""), str):
            raise _unfit(name, config_file)
    for name in ("keyring", "sso"):
        if not isinstance(entries.get(name, False), bool):
            raise _unfit(name, config_file)
    language = entries.get("language")
    if language is not None and language not in LANGUAGES:
        raise _unfit("language", config_file)
    return Settings(
        server=entries.get("server"),
        login=entries.get("login"),
        language=language,
        dial_command=_command(entries.get("dial_command", []), config_file),
        theme=entries.get("theme"),
        device_id=entries.get("device_id"),
        keyring=entries.get("keyring", False),
        sso=entries.get("sso", False),
    )


def _command(entry: Any, config_file: Path) -> tuple[str, ...]:
    """Accept a list of words, or one line split as a shell would; it is never given to a shell."""
    if isinstance(entry, str):
        try:
            return tuple(shlex.split(entry))
        except ValueError as error:
            raise _unfit("dial_command", config_file) from error
    if isinstance(entry, list) and all(isinstance(word, str) for word in entry):
        return tuple(entry)
    raise _unfit("dial_command", config_file)


def _unfit(name: str, config_file: Path) -> ProfileError:
    text = tr("The setting {name} in {file} is not usable; nothing was changed. Mend or delete that line.")
    return ProfileError(text.format(name=name, file=config_file))
