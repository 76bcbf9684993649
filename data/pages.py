"""Pages of the feed whose documents stay text: checked, cleaned, and neither decoded nor written anew for being stored."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Literal

import msgspec

from data import typed
from data.collection import no_collection
from data.decoding import NotUnderstoodError, decode
from domain.text import clean, clean_tree, is_clean_json
from domain.wire import ChangesPage, Entry


@dataclass(frozen=True, slots=True)
class SpeltEntry(Entry):
    """An entry whose document is ``text``, clean JSON of an object, and not ``body``."""

    text: str | None = field(default=None, repr=False)


class _Entry(msgspec.Struct):
    seq: int
    op: Literal["put", "remove"]
    key: str
    ver: int
    body: msgspec.Raw = msgspec.Raw(b"null")
    reason: str | None = None


_NONE: Final = msgspec.Raw(b"[]")


def text_of(entry: Entry) -> str | None:
    """Give an entry's document as text, if it has one."""
    if isinstance(entry, SpeltEntry):
        return entry.text
    return None if entry.body is None else msgspec.json.encode(entry.body).decode()


def spelt_page(raw: bytes) -> ChangesPage | None:
    """Read a page; nothing where it is not one, or only a more lenient reader could make it one."""
    try:
        with no_collection():
            plain = is_clean_json(raw)
            fields = typed.decode(raw, dict[str, msgspec.Raw])
            entries: list[Entry] = [
                _spelt(entry, plain=plain) for entry in typed.decode(fields["entries"], list[_Entry])
            ]
        # Everything but the documents goes the ordinary way, so that no field of a page can be forgotten here.
        page = decode(msgspec.json.encode(fields | {"entries": _NONE}), ChangesPage)
    except (KeyError, msgspec.DecodeError, UnicodeDecodeError, RecursionError, NotUnderstoodError):
        return None
    return replace(page, entries=entries)


def _spelt(entry: _Entry, *, plain: bool) -> SpeltEntry:
    reason = None if entry.reason is None else _clean(entry.reason)
    return SpeltEntry(entry.seq, entry.op, _clean(entry.key), entry.ver, None, reason, _text(entry.body, plain=plain))


def _text(body: msgspec.Raw, *, plain: bool) -> str | None:
    """Give a document as text; that it is JSON was found when the page was cut up."""
    text = str(body, "utf-8")
    if text == "null":
        return None
    if not text.startswith("{"):
        raise msgspec.ValidationError
    if plain or is_clean_json(bytes(body)):
        return text
    return msgspec.json.encode(clean_tree(msgspec.json.decode(text))).decode()


def _clean(text: str) -> str:
    return clean(text, multiline=True)
