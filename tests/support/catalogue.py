"""The translations: extracted from the source, kept in one file for people, compiled into one for the program.

``python3 run.py messages update`` brings new sentences into the ``.po`` file, ``compile`` writes the ``.mo`` file the
program reads, ``check`` says what is missing. The files carry no dates, so that they change only with their content.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tests.support.tree import PACKAGES, ROOT

LANGUAGE: Final = "zh"
PO_FILE: Final = ROOT / "domain" / "locale" / LANGUAGE / "LC_MESSAGES" / "duecall.po"
MO_FILE: Final = PO_FILE.with_suffix(".mo")

_KEYWORDS: Final = {"tr": None, "trn": (1, 2), "mark": None}
_NEVER: Final = datetime(2026, 1, 1, tzinfo=UTC)
_PERCENT: Final = re.compile(r"%(?:\(\w+\))?[sdr]")


def extract() -> Catalog:
    """Collect every sentence of the packages that is shown to somebody."""
    catalog = _empty()
    for package in PACKAGES:
        folder = ROOT / package
        found = extract_from_dir(str(folder), [("**.py", "python")], keywords=_KEYWORDS, comment_tags=("i18n:",))
        for name, _line, message, comments, _context in found:
            location = (f"{package}/{Path(name).as_posix()}", 0)
            catalog.add(message, locations=[location], auto_comments=comments)
    return catalog


def kept() -> Catalog:
    """Read the translations that are there."""
    if not PO_FILE.exists():
        return _empty()
    with PO_FILE.open("rb") as file:
        return _undated(read_po(file, locale=LANGUAGE))


def updated() -> Catalog:
    """Give the translations with exactly the sentences the source has, each under its files."""
    catalog = kept()
    catalog.update(extract(), no_fuzzy_matching=True, update_creation_date=False)
    return _undated(catalog)


def po_text(catalog: Catalog) -> bytes:
    """Write the file for people."""
    written = io.BytesIO()
    write_po(written, catalog, width=120, ignore_obsolete=True, include_lineno=False, sort_output=True)
    return written.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """Write the file for the program."""
    written = io.BytesIO()
    write_mo(written, catalog)
    return written.getvalue()


def problems(catalog: Catalog) -> Iterator[str]:
    """Say what is wrong with the translations."""
    for message in catalog:
        if not message.id:
            continue
        name = _source(message)[0]
        if message.fuzzy:
            yield f"fuzzy: {name!r}"
        translations = _translations(message)
        if not all(translations):
            yield f"not translated: {name!r}"
            continue
        allowed = {field for text in _source(message) for field in fields(text)}
        needed = set.intersection(*(fields(text) for text in _source(message)))
        for text in translations:
            if not needed <= fields(text) <= allowed:
                yield f"placeholders differ: {name!r} → {text!r}"
            if text != text.strip() and name == name.strip():
                yield f"blanks at an end: {name!r} → {text!r}"


def fields(text: str) -> set[str]:
    """Name the placeholders of a sentence: ``{name}``, and ``%s`` where there are any."""
    named = {field for _, field, _, _ in Formatter().parse(text) if field is not None}
    return named | set(_PERCENT.findall(text))


def main(arguments: Sequence[str]) -> int:
    """Update, compile or check."""
    match list(arguments):
        case ["update"]:
            catalog = updated()
            PO_FILE.parent.mkdir(parents=True, exist_ok=True)
            PO_FILE.write_bytes(po_text(catalog))
            missing = sum(bool(message.id) and not all(_translations(message)) for message in catalog)
            _say(f"{len(catalog)} sentences, {missing} without a translation, in {PO_FILE.relative_to(ROOT)}")
            return 0
        case ["compile"]:
            MO_FILE.write_bytes(mo_bytes(kept()))
            _say(f"{MO_FILE.relative_to(ROOT)} written")
            return 0
        case ["check"]:
            found = [*problems(updated())]
            if mo_bytes(kept()) != (MO_FILE.read_bytes() if MO_FILE.exists() else b""):
                found.append("the compiled file is not what the translations say: python3 run.py messages compile")
            for problem in found:
                _say(problem)
            return 1 if found else 0
        case _:
            _say("usage: python3 run.py messages update|compile|check")
            return 2


def _empty() -> Catalog:
    header = "# Chinese sentences of duecall.\n# python3 run.py messages update | compile | check"
    return _undated(
        Catalog(
            locale=LANGUAGE,
            header_comment=header,
            project="duecall",
            version="1",
            copyright_holder="The duecall engineers",
            fuzzy=False,
            last_translator="The duecall engineers",
            language_team="The duecall engineers",
        )
    )


def _undated(catalog: Catalog) -> Catalog:
    catalog.creation_date = catalog.revision_date = _NEVER
    return catalog


def _source(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (message.id,)  # type: ignore[return-value]  # never a list here


def _translations(message: Message) -> tuple[str, ...]:
    text = message.string
    return tuple(text) if isinstance(text, (tuple, list)) else (text or "",)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
