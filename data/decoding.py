"""Bytes from the network into the types of :mod:`domain.wire`: cleaned once, then checked strictly.

Text from outside may carry terminal escapes, direction marks and halves of characters. This is the boundary where they
are taken out; behind it no screen has to think of them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import msgspec

from data import typed
from domain.text import clean_tree, is_clean_json

if TYPE_CHECKING:
    from domain.wire import ChangesPage, PushAnswer

T = TypeVar("T")


class NotUnderstoodError(ValueError):
    """The bytes are not what the protocol says. Carries nothing of them: they may be personal."""


def decode_tree(raw: bytes) -> Any:
    """Read JSON and clean every string in it. Raises :class:`NotUnderstoodError`."""
    try:
        tree = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return clean_tree(_decode_leniently(raw))
    return tree if is_clean_json(raw) else clean_tree(tree)


def _decode_leniently(raw: bytes) -> Any:
    """Read JSON with escapes of half characters in it, which must not hold up everything else on the page."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise NotUnderstoodError("no JSON") from None


def decode(raw: bytes, shape: type[T]) -> T:
    """Read JSON into one of the protocol's types. Raises :class:`NotUnderstoodError`."""
    return convert(decode_tree(raw), shape)


def convert(tree: object, shape: type[T]) -> T:
    """Check a decoded tree against one of the protocol's types. Raises :class:`NotUnderstoodError`."""
    try:
        return typed.convert(tree, shape)
    except msgspec.ValidationError:
        raise NotUnderstoodError(f"no {shape.__name__}") from None


def decode_push(raw: bytes) -> PushAnswer:
    """Read the answer to a push. Flags of a later server are left out: they must not hold up an acknowledgement."""
    from domain.wire import Flag, PushAnswer

    known = frozenset(get_args(Flag))
    tree = decode_tree(raw)
    if isinstance(tree, dict) and isinstance(tree.get("results"), list):
        for result in tree["results"]:
            if isinstance(result, dict) and isinstance(result.get("flags"), list):
                result["flags"] = [flag for flag in result["flags"] if flag in known]
    return convert(tree, PushAnswer)


def decode_changes(raw: bytes) -> ChangesPage:
    """Read a page of the feed. A document without a body is no document.

    Documents are kept as text (:class:`data.pages.SpeltEntry`) where nothing in them could need cleaning, which is nearly
    always: they are stored like that, and decoded when somebody looks at them.
    """
    from data.pages import spelt_page, text_of
    from domain.wire import ChangesPage

    page = spelt_page(raw) or decode(raw, ChangesPage)
    if any(entry.op == "put" and entry.body is None and text_of(entry) is None for entry in page.entries):
        raise NotUnderstoodError("a put without a body")
    return page
