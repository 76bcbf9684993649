"""Which language the program speaks: as asked, as set, or as the system does."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from domain.i18n import LANGUAGES, Language, guess_language

_OPTION = "--lang"


def choose_language(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """Choose the language before the arguments are parsed, so that even ``--help`` and wrong usage speak it.

    ``--lang`` comes first, then what the profile's settings say, then the system's language.
    """
    return _asked_for(arguments) or _set_in_profile(environment) or _of_the_system(environment)


def _asked_for(arguments: Sequence[str]) -> Language | None:
    for index, argument in enumerate(arguments):
        if argument == "--":
            break
        value = None
        if argument == _OPTION and index + 1 < len(arguments):
            value = arguments[index + 1]
        elif argument.startswith(f"{_OPTION}="):
            value = argument.removeprefix(f"{_OPTION}=")
        for language in LANGUAGES:
            if language == value:
                return language
    return None


def _set_in_profile(environment: Mapping[str, str]) -> Language | None:
    from data.profile import ProfileError, load_settings, places

    config_file = places(environment).config_file
    try:
        return load_settings(config_file).language if config_file.exists() else None
    except (ProfileError, OSError):
        return None  # the command that needs the settings says what is wrong with them


def _of_the_system(environment: Mapping[str, str]) -> Language:
    names = (environment.get(variable) for variable in ("LC_ALL", "LC_MESSAGES", "LANG"))
    name = next(filter(None, names), None)  # the order POSIX gives them
    if name is None and sys.platform == "win32":
        import locale

        name = locale.getlocale()[0]
    return guess_language(name)
