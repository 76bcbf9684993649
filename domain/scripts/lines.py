"""Where in a TOML file something stands: the standard library's reader keeps values and forgets lines."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

Path = tuple[str | int, ...]
"""The way to a value: ``("stage", 2, "answer", 0, "goto")``."""

_ARRAY: Final = re.compile(r"\s*\[\[\s*([\w.-]+)\s*\]\]")
_TABLE: Final = re.compile(r"\s*\[\s*([\w.-]+)\s*\]")
_KEY: Final = re.compile(r"\s*([\w-]+(?:\.[\w-]+)*)\s*=")
_LONG_QUOTES: Final = re.compile(r'"""|' + "'''")


class Lines:
    """The line of every table and key of a text, counted from 1."""

    def __init__(self, text: str) -> None:
        self._at: dict[Path, int] = {(): 1}
        self._counts: Counter[Path] = Counter()
        table: Path = ()
        inside = ""
        for number, line in enumerate(text.splitlines(), 1):
            if not inside:
                table = self._note(number, line, table)
            for quotes in _LONG_QUOTES.findall(line):
                inside = "" if inside == quotes else inside or quotes

    def _note(self, number: int, line: str, table: Path) -> Path:
        if found := _ARRAY.match(line):
            names = found[1].split(".")
            path = (*self._parent(names[:-1]), names[-1])
            self._at.setdefault(path, number)
            path = (*path, self._counts[path])
            self._counts[path[:-1]] += 1
            self._at[path] = number
            return path
        if found := _TABLE.match(line):
            path = self._parent(found[1].split("."))
            self._at.setdefault(path, number)
            return path
        if found := _KEY.match(line):
            names = found[1].split(".")
            for length in range(1, len(names) + 1):
                self._at.setdefault((*table, *names[:length]), number)
        return table

    def _parent(self, names: list[str]) -> Path:
        """Give the table a dotted name means here: of repeated tables the last one."""
        path: Path = ()
        for name in names:
            path = (*path, name)
            if self._counts[path]:
                path = (*path, self._counts[path] - 1)
        return path

    def of(self, path: Path) -> int:
        """Give the line of a value, or of the nearest thing around it."""
        while path not in self._at:
            path = path[:-1]
        return self._at[path]
