"""The linter: reads a script's text and says everything that is wrong with it, with line numbers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from domain.canonical import digest
from domain.codes import catalogue
from domain.i18n import tr
from domain.records import dataclass
from domain.scripts.finding import Finding, FindingCode
from domain.scripts.lines import Lines, Path
from domain.scripts.model import Script
from domain.scripts.shape import build, check_shape
from domain.scripts.walking import Walk
from domain.scripts.wording import check_words
from domain.text import clean

LONGEST_FILE: Final = 200_000
"""Characters; a script is some twenty thousand, and a check must end soon."""

_TOML_LINE: Final = re.compile(r"\(at line (\d+)")
_STRUCTURE: Final = frozenset({"goto", "duplicate", "loop", "unreachable", "dead_end", "gate"})


class ScriptError(ValueError):
    """A script cannot be used; the message says where and what is wrong."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. ``script`` is absent when the text cannot be read at all."""

    script: Script | None
    findings: tuple[Finding, ...]

    @property
    def usable(self) -> bool:
        """Whether calls may run on it: nothing found is an error."""
        return self.script is not None and not any(each.severity == "error" for each in self.findings)


class _Report:
    """Collects findings and knows where they stand."""

    def __init__(self, lines: Lines, raw: dict[str, object]) -> None:
        self._lines = lines
        self._raw = raw
        self.findings: list[Finding] = []

    def __call__(self, path: Path, code: FindingCode, text: str) -> None:
        severity: Final = "warning" if code == "length" else "error"
        self.findings.append(Finding(self._lines.of(path), code, self._where(path), text, severity))

    def _where(self, path: Path) -> str:
        """Name the place: ``stage close, answer 2``."""
        words: list[str] = []
        value: object = self._raw
        for step in path:
            try:
                value = value[step]  # type: ignore[index]  # a path of this very tree, or one that ends early
            except (KeyError, IndexError, TypeError):
                break
            if isinstance(step, int) and isinstance(value, dict):
                name = value.get("id") or value.get("key") or step + 1
                words[-1] = f"{words[-1]} {name}"
            else:
                words.append(str(step))
        return ", ".join(words)


def check_text(text: str, codes: Collection[str] | None = None) -> Checked:
    """Check one script. ``codes`` are the result codes of the house; the shipped ones when absent. Raises nothing."""
    if len(text) > LONGEST_FILE:
        return Checked(None, (Finding(1, "syntax", "", tr("The file is too long for a script.")),))
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # tomllib lets numbers of too many digits through as ValueError
        found = _TOML_LINE.search(str(error))
        line = int(found[1]) if found else max(1, text.count("\n"))
        return Checked(None, (Finding(line, "syntax", "", tr("This is no TOML: {why}").format(why=error)),))
    report = _Report(Lines(text), raw)
    check_shape(raw, report)
    if report.findings:
        return Checked(None, _sorted(report.findings))
    script = build(raw, digest(clean(text, multiline=True).encode()))
    known = codes if codes is not None else catalogue().ids
    Walk(script, known, report).check()
    walked = not any(each.code in _STRUCTURE for each in report.findings)
    check_words(script, report, walked=walked)
    return Checked(script, _sorted(report.findings))


def check_texts(texts: Iterable[str], codes: Collection[str] | None = None) -> tuple[Checked, ...]:
    """Check the scripts of a house together: besides each by itself, that no two have the same name or the same use."""
    checked = [check_text(text, codes) for text in texts]
    names: set[str] = set()
    uses: set[tuple[str, str]] = set()
    for index, each in enumerate(checked):
        if each.script is None:
            continue
        more: list[Finding] = []
        use = (each.script.segment, each.script.party)
        if each.script.name in names:
            more.append(Finding(1, "duplicate", "name", tr("Two scripts have this name.")))
        elif use in uses:
            more.append(Finding(1, "duplicate", "segment, party", tr("Two scripts are for the same calls.")))
        names.add(each.script.name)
        uses.add(use)
        checked[index] = replace(each, findings=(*each.findings, *more))
    return tuple(checked)


def parse_script(text: str, codes: Collection[str] | None = None) -> Script:
    """Read a script that must be usable. Raises :class:`ScriptError` with the first thing that is wrong."""
    checked = check_text(text, codes)
    if checked.script is not None and checked.usable:
        return checked.script
    first = next(each for each in checked.findings if each.severity == "error")
    where = f"{first.where}: " if first.where else ""
    raise ScriptError(tr("line {line}: {where}{text}").format(line=first.line, where=where, text=first.text))


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda each: (each.line, each.code, each.text)))
