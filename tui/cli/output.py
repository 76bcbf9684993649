"""How commands answer: JSON or sentences on standard output, one sentence on standard error, one answer a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from io import TextIOWrapper
from typing import Any

from domain.i18n import tr

Record = Mapping[str, Any]


class LineRefused(ValueError):  # noqa: N818 - it answers a line, it reports no malfunction
    """A line of input cannot be answered; the message is one translated sentence."""


def make_utf8() -> None:
    r"""Read and write UTF-8 whatever the console's code page is.

    What UTF-8 cannot write (halves of characters in arguments) is written as ``\udc80``, which JSON reads back.
    """
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def write_json(document: object) -> None:
    """Print one JSON document on one line."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")


def write(text: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")


def warn(sentence: str) -> None:
    """Say something on standard error."""
    sys.stderr.write(f"{sentence}\n")


def answer_lines(answer: Callable[[Record], object]) -> int:
    """Answer the JSON objects on standard input, one a line, in order, each at once.

    A line that cannot be answered is answered with ``{"error": …}``; the others are not affected.
    """
    for line in sys.stdin:
        try:
            document = answer(_object(line.lstrip("\ufeff")))
        except LineRefused as refusal:
            document = {"error": str(refusal)}
        write_json(document)
        sys.stdout.flush()
    return 0


def _object(line: str) -> Record:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise LineRefused(tr("The line is not valid JSON.")) from None
    if not isinstance(value, dict):
        raise LineRefused(tr("The line is not a JSON object."))
    return value


def text_of(record: Record, name: str) -> str:
    """Give the text of a line's field. Raises :class:`LineRefused` when it is missing or no text."""
    value = text_or_none(record, name)
    if value is None:
        raise LineRefused(tr("The field “{name}” is missing.").format(name=name))
    return value


def text_or_none(record: Record, name: str) -> str | None:
    """Give the text of a line's field that may be missing. Raises :class:`LineRefused` when it is no text."""
    value = record.get(name)
    if value is not None and not isinstance(value, str):
        raise LineRefused(tr("The field “{name}” must be a text.").format(name=name))
    return value
