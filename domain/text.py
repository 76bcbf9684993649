"""Text from outside made harmless for a terminal, once, where it is decoded.

Textual and Rich pass control characters through unchanged, so an OSC 52 sequence in a customer's name would reach the
agent's clipboard. Everything that is read from a file or the network goes through :func:`clean` first.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# C0 without TAB, LF and CR; DEL; C1; bidi controls and isolates; byte-order mark;
# interlinear annotations; tag characters; noncharacters.
# ZWNJ (200C) and ZWJ (200D) stay: Persian names and emoji need them.
_FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f]"
)
_LINE_BREAKS: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_UNCLEAN: Final = re.compile(f"{_FORBIDDEN.pattern[:-1]}\t\n\r\x85\u2028\u2029\ud800-\udfff]")
_BLANKS: Final = re.compile(r"[\t ]+")


def clean(text: str, *, multiline: bool = False) -> str:
    r"""Give ``text`` without anything a terminal or a bidi algorithm would act on.

    Control and direction characters are dropped, lone surrogates become U+FFFD, tabs become blanks. Line breaks become
    one blank, or ``\n`` where ``multiline`` is set. Letters, brackets and marks stay as they are: markup is not parsed
    anywhere downstream, so it needs no escaping.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_BREAKS.sub("\n" if multiline else " ", text)
    text = _FORBIDDEN.sub("", text)
    text = _SURROGATES.sub("\ufffd", text)
    return text.replace("\t", " ")


def is_clean(text: str) -> bool:
    """Tell whether :func:`clean` would leave ``text`` as it is."""
    return (text.isascii() and text.isprintable()) or _UNCLEAN.search(text) is None


def clean_line(text: str) -> str:
    """Give ``text`` cleaned, on one line, without outer or doubled blanks."""
    return _BLANKS.sub(" ", clean(text)).strip()


def clean_tree(value: object) -> object:
    """Give decoded JSON with every string in it cleaned (line breaks kept), keys included."""
    if isinstance(value, str):
        return clean(value, multiline=True)
    if isinstance(value, list):
        return [clean_tree(item) for item in value]
    if isinstance(value, dict):
        return {clean(str(key)): clean_tree(item) for key, item in value.items()}
    return value


def is_clean_json(text: bytes) -> bool:
    """Tell that :func:`clean_tree` would change nothing in this JSON; ``False`` also where only reading it could tell.

    It looks at the whole at once, which is a tenth of the work. What is JSON has its control characters escaped, all but
    DEL. Raises ``UnicodeDecodeError`` for what is not UTF-8.
    """
    if b"\\" in text:
        return False
    return b"\x7f" not in text if text.isascii() else is_clean(text.decode())


def fold(text: str) -> str:
    """Give the form of ``text`` under which a search finds it: compatibility-composed, accents and case removed."""
    if text.isascii():
        return text.casefold()  # nothing to decompose, and most of every ledger outside Asia
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(char for char in decomposed if not unicodedata.combining(char)))
