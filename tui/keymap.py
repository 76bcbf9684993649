"""Keys of one's own: ``keys.toml`` beside the settings gives commands other keys, checked before any of them is used.

```toml
[keys]
"call.note" = "n"
"call.no_answer" = "f2,ctrl+n"
```
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from textual.keys import Keys

from domain.i18n import tr
from screens.commands import COMMANDS, Command, bar_text, help_text

FILE_NAME: Final = "keys.toml"
_MODIFIERS: Final = frozenset({"ctrl", "shift", "alt", "super", "meta"})
_NAMED: Final = frozenset(key.value for key in Keys) | {
    "slash", "plus", "minus", "question_mark", "exclamation_mark", "full_stop", "comma", "colon", "semicolon", "at",
    "number_sign", "percent_sign", "ampersand", "asterisk", "equals_sign", "apostrophe", "quotation_mark",
    "left_square_bracket", "right_square_bracket", "backslash", "underscore", "tilde", "less_than_sign",
    "greater_than_sign", "vertical_line", "dollar_sign", "circumflex_accent", "grave_accent",
}  # fmt: skip
_ANSWERS: Final = frozenset("0123456789")
"""In a call these answer the script, in the file they open a section; no command may take them."""


class KeymapError(ValueError):
    """A file of keys that cannot be used; ``str()`` is one translated sentence with the line."""


def load_keymap(file: Path, registry: Sequence[Command] = COMMANDS) -> dict[str, str]:
    """Read the keys of one's own, by command; nothing when there is no file. Raises :class:`KeymapError`."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise KeymapError(_sentence(file, 0, tr("it cannot be read"))) from error
    return parse_keymap(text, file, registry)


def parse_keymap(text: str, file: Path, registry: Sequence[Command] = COMMANDS) -> dict[str, str]:
    """Read keys from TOML and check them all: known commands, keys that exist, no key twice where both would hold."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else len(text.splitlines())  # without a line it is "at end of document"
        raise KeymapError(_sentence(file, line, tr("this is not valid TOML"))) from None
    if set(raw) - {"keys"} or not isinstance(raw.get("keys", {}), dict):
        line = _line_of(text, next(iter(set(raw) - {"keys"}), "keys"))
        raise KeymapError(_sentence(file, line, tr("all keys stand under the heading [keys]")))
    known = {command.id: command for command in registry}
    keymap: dict[str, str] = {}
    for name, keys in raw.get("keys", {}).items():
        line = _line_of(text, name)
        if name not in known:
            raise KeymapError(_sentence(file, line, tr('there is no command "{name}"').format(name=name)))
        keymap[name] = _checked(keys, known[name], file, line)
    _refuse_conflicts(keymap, registry, text, file)
    return keymap


def _checked(keys: object, command: Command, file: Path, line: int) -> str:
    if not isinstance(keys, str) or not keys.strip():
        raise KeymapError(_sentence(file, line, tr('"{name}" needs a key in quotation marks').format(name=command.id)))
    wanted = [key.strip() for key in keys.split(",")]
    for key in wanted:
        *modifiers, last = key.split("+") if key != "+" else ["plus"]
        known = (len(last) == 1 and last.isprintable()) or last.lower() in _NAMED
        if not known or not set(modifiers) <= _MODIFIERS:
            raise KeymapError(_sentence(file, line, tr('"{key}" is no key; try f2, ctrl+n or n').format(key=key)))
        if key in _ANSWERS and command.place in ("call", "file", "app"):
            raise KeymapError(_sentence(file, line, tr("the digits answer the script and stay as they are")))
    return ",".join(wanted)


def _refuse_conflicts(keymap: Mapping[str, str], registry: Sequence[Command], text: str, file: Path) -> None:
    taken: dict[tuple[str, str], Command] = {}
    everywhere = [command for command in registry if command.place == "app"]
    for place in dict.fromkeys(command.place for command in registry):
        for command in [*everywhere, *(each for each in registry if each.place == place and place != "app")]:
            for key in keymap.get(command.id, command.key).split(","):
                other = taken.setdefault((place, key), command)
                changed = any(keymap.get(each.id, each.key) != each.key for each in (command, other))
                if other is not command and changed:  # of the usual ones, the inner place's key holds
                    line = _line_of(text, command.id if command.id in keymap else other.id)
                    words = tr('"{key}" is the key of both {first} and {second}')
                    filled = words.format(key=key, first=other.id, second=command.id)
                    raise KeymapError(_sentence(file, line, filled))


def _line_of(text: str, name: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"""\s*\[?["']?{re.escape(name)}["']?\s*[=\].]""", line):
            return number
    return 0


def _sentence(file: Path, line: int, what: str) -> str:
    where = tr("{file}, line {line}").format(file=file.name, line=line) if line else file.name
    return tr("{where}: {what}. Nothing was changed; mend that line, or move the file away for the usual keys.").format(
        where=where, what=what
    )


def shown_keys(keymap: Mapping[str, str]) -> dict[str, str]:
    """Give what the footer writes for the commands that have other keys: the first one, as people write it."""
    signs = {"escape": "Esc", "enter": "↵", "space": "␣", "slash": "/", "question_mark": "?", "plus": "+", "minus": "-"}
    shown = {}
    for name, keys in keymap.items():
        first = keys.split(",")[0]
        first = first.replace("ctrl+", "^")
        shown[name] = signs.get(first, first.upper() if re.fullmatch(r"\^[a-z]|f\d+", first) else first)
    return shown


def template(registry: Sequence[Command] = COMMANDS) -> str:
    """Write a file with every command and its usual key, each line a comment until somebody takes the sign away."""
    lines = [
        "# " + tr("Take the # away from a line and write another key; several are separated by commas."),
        "# " + tr("duecall reads this file when it starts and says which line is wrong."),
        "[keys]",
    ]
    place = None
    for command in registry:
        if command.place != place:
            place = command.place
            lines.append("")
        lines.append(f'# "{command.id}" = "{command.key}"  # {bar_text(command)}: {help_text(command)}')
    return "\n".join(lines) + "\n"
