"""The interface language: one translator for every sentence a person reads.

Translations are gettext catalogues in ``domain/locale/<lang>/LC_MESSAGES/duecall.mo``; English is the language of the
source. Text is translated when it is shown, never when a module is imported, so that switching works at once.
"""

from __future__ import annotations

import functools
import gettext
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Final, Literal

Language = Literal["en", "zh"]

LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")
LOCALE_FOLDER: Final = Path(__file__).parent / "locale"

_KEY: Final = re.compile(r"⟦(\S+) ([a-z_]+\.[a-z_]+)⟧")
"""How a sentence names a key: ``⟦d call.dial⟧`` is ``d``, unless the command ``call.dial`` was given another key."""

_own_keys: Mapping[str, str] = {}
_current: gettext.NullTranslations = gettext.NullTranslations()
_language: Language = "en"
_spoken: ContextVar[Language | None] = ContextVar("spoken", default=None)


def use_language(language: Language) -> None:
    """Show every sentence from now on in ``language``; a missing catalogue falls back to English."""
    global _current, _language
    _language = language
    _current = _catalogue(language)


@contextmanager
def spoken_in(language: Language) -> Iterator[None]:
    """Write what is written within this block, and in threads begun from it, in ``language``.

    A server answers people of several languages at once; an application shows one (:func:`use_language`).
    """
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def language() -> Language:
    """Tell which language sentences are shown in."""
    return _spoken.get() or _language


@functools.cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    return gettext.translation("duecall", LOCALE_FOLDER, [language], fallback=True)


def _translations() -> gettext.NullTranslations:
    spoken = _spoken.get()
    return _current if spoken is None else _catalogue(spoken)


def use_keys(own: Mapping[str, str]) -> None:
    """Name these keys (by command, as people write them) in every sentence from now on; the usual ones elsewhere."""
    global _own_keys
    _own_keys = {command: key.replace("{", "｛").replace("}", "｝") for command, key in own.items()}


def key_name(command: str, usual: str) -> str:
    """Name the key of a command: the one of a person's own, else the usual one."""
    return _own_keys.get(command, usual)


def guess_language(locale_name: str | None) -> Language:
    """Choose the interface language for a POSIX or Windows locale name such as ``zh_CN.UTF-8`` or ``Chinese``."""
    name = (locale_name or "").lower()
    return "zh" if name.startswith(("zh", "chinese")) else "en"


def tr(message: str) -> str:
    """Translate one sentence and name its keys; placeholders are filled in by the caller with ``str.format`` afterwards."""
    text = _translations().gettext(message)
    return _KEY.sub(lambda found: key_name(found[2], found[1]), text) if "⟦" in text else text


def mark(message: str) -> str:
    """Mark a sentence for translation where it is written; it is translated by :func:`tr` where it is shown."""
    return message


def trn(singular: str, plural: str, count: int) -> str:
    """Translate a sentence that depends on a number; ``{n}`` is filled in by the caller."""
    return _translations().ngettext(singular, plural, count)
