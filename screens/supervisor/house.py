"""The house's documents as texts to edit: their parts, drafts that are not lost, what a check found."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from textual.content import Content

from domain.i18n import tr
from domain.supervision import DocumentDiff, Finding, VersionLine

DocumentName = Literal["policy", "scripts"]


@dataclass(frozen=True, slots=True)
class HouseDocument:
    """A document as the server has it, with the tag that whoever writes it back must name."""

    name: DocumentName
    body: Mapping[str, Any] = field(repr=False)
    etag: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document that is edited as one text."""

    document: DocumentName
    id: str
    title: str
    text: str = field(repr=False)


@dataclass(slots=True)
class Draft:
    """A text that was changed and not published: ``base`` is what it was made from, under ``etag``."""

    part: Part
    base: str = field(repr=False)
    text: str = field(repr=False)
    etag: str


def diff_lines(before: str, after: str, names: tuple[str, str]) -> list[Content]:
    """Write the difference of two texts; signs say what colours say."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), *names, lineterm="", n=2)
    return [_diff_line(line) for line in lines]


def _diff_line(line: str) -> Content:
    style = {"+": "$text-success", "-": "$text-error", "@": "$foreground-muted"}.get(line[:1], "")
    return Content.styled(line, style) if style else Content(line)


def difference_lines(diff: DocumentDiff) -> list[Content]:
    """Write what changed between two versions of a document."""
    lines: list[Content] = []
    for each in diff.differences:
        lines.append(Content.styled(each.path, "bold"))
        if each.lines:
            lines += [_diff_line(line) for line in each.lines]
            continue
        if each.op != "added":
            lines.append(Content.styled(f"- {each.before}", "$text-error"))
        if each.op != "removed":
            lines.append(Content.styled(f"+ {each.after}", "$text-success"))
    return lines


def finding_lines(findings: Sequence[Finding]) -> list[Content]:
    """Write what a check found."""
    lines = []
    for finding in findings:
        sign = ("✗ ", "$text-error") if finding.severity == "error" else ("! ", "$text-warning")
        where = finding.path
        if finding.line is not None:
            where += " · " + tr("line {n}").format(n=finding.line)
        lines.append(Content.assemble(sign, finding.text, ("  " + where if where else "", "$foreground-muted")))
    return lines


def version_words(version: VersionLine, when: str) -> str:
    """Write one version in a line."""
    said = f"{version.ver} · {when} · {version.actor_name or version.actor}"
    if version.restored is not None:
        said += " · " + tr("brings back {n}").format(n=version.restored)
    return said + (f" · {version.note}" if version.note else "")
