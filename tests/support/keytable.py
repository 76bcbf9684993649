"""The tables of keys in the READMEs and the supervisor's guides, made from the lists of commands: ``python3 run.py keys``."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Final

from domain.i18n import Language, language, tr, use_language
from screens.commands import COMMANDS, Command, Place, bar_text, help_text
from screens.supervisor import commands as supervisors
from tests.support.tree import ROOT

READMES: Final[dict[Language, str]] = {"en": "README.md", "zh": "README.zh.md"}
GUIDES: Final[dict[Language, str]] = {"en": "docs/supervisor.md", "zh": "docs/supervisor.zh.md"}

_BETWEEN: Final = re.compile(r"(<!-- keys -->\n).*?(<!-- /keys -->)", re.DOTALL)
_HEADINGS: Final[dict[Language, tuple[str, str, str]]] = {
    "en": ("key", "command", "what it does"),
    "zh": ("按键", "命令", "作用"),
}


def table(spoken: Language, *, guide: bool = False) -> str:
    """Write the keys of every place as Markdown in a language: the agent's, or for the guide the supervisor's."""
    before = language()
    use_language(spoken)
    try:
        titles: dict[Place, str] = {
            "queue": tr("In the queue"),
            "call": tr("In a call"),
            "file": tr("In a customer file"),
            "promise": tr("In a promise"),
            "app": tr("Everywhere"),
        }
        listed: tuple[Command, ...] = COMMANDS
        if guide:
            titles, listed = supervisors.titles(), supervisors.COMMANDS
        parts = []
        for place in dict.fromkeys(command.place for command in listed):
            key, name, words = _HEADINGS[spoken]
            rows = [
                f"| `{command.shown}` | {bar_text(command)} | {help_text(command)} |"
                for command in listed
                if command.place == place
            ]
            parts.append(
                "\n".join(
                    [f"**{titles.get(place, place)}**\n", f"| {key} | {name} | {words} |", "|---|---|---|", *rows]
                )
            )
        return "\n\n".join(parts) + "\n"
    finally:
        use_language(before)


def with_table(text: str, spoken: Language, *, guide: bool = False) -> str:
    """Give a README or a guide with its table made anew. Raises ``ValueError`` where the markers are missing."""
    made, count = _BETWEEN.subn(lambda found: found[1] + "\n" + table(spoken, guide=guide) + "\n" + found[2], text)
    if count != 1:
        raise ValueError("the markers of the table are missing, or there are two of them")
    return made


def main(arguments: Sequence[str]) -> int:
    """Write the tables, or only say whether they are as they should be."""
    stale = []
    for spoken, name, guide in (
        *((spoken, name, False) for spoken, name in READMES.items()),
        *((spoken, name, True) for spoken, name in GUIDES.items()),
    ):
        file = ROOT / name
        text = file.read_text(encoding="utf-8")
        made = with_table(text, spoken, guide=guide)
        if made != text:
            stale.append(name)
            if "--check" not in arguments:
                file.write_text(made, encoding="utf-8", newline="\n")
    sys.stdout.write(f"{', '.join(stale) or 'nothing'} changed\n")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
