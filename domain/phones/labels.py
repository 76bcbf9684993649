"""Which words of a cell belong to which of its numbers, and what they say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from domain.phones import wording
from domain.phones.cells import Chunk

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’.\-&][^\W\d_]+)*")
_SEPARATOR: Final = re.compile(r"[\n;,|]+|(?<![^\W\d_])/|/(?![^\W\d_])")
_ENCLOSED: Final = re.compile(r"\s*[(\[【《]([^()\[\]【】《》]*)[)\]】》]")
_LONGEST_LABEL: Final = 40


def labels_of(text: str, chunks: Sequence[Chunk]) -> list[str | None]:
    """Give the label of each chunk: ``home``, ``work``, ``mobile``, ``fax``, the words beside it, or ``None``.

    Words in brackets belong to the number before them. Other words belong to the number after them when the cell
    begins with a word (``H: 602… W: 602…``), otherwise to the number before them (``602… home, 602… work``).
    """
    if not chunks:
        return []
    bounds = [0, *(edge for chunk in chunks for edge in (chunk.start, chunk.end)), len(text)]
    between = [text[bounds[i] : bounds[i + 1]] for i in range(0, len(bounds), 2)]
    words_lead = _WORD.search(_ENCLOSED.sub("", between[0])) is not None or any(":" in gap for gap in between)
    said: list[list[str]] = [[] for _ in chunks]
    said[0].append(between[0])
    said[-1].append(between[-1])
    for index, gap in enumerate(between[1:-1]):
        rest = gap
        if (enclosed := _ENCLOSED.match(rest)) is not None:
            said[index].append(enclosed[1])
            rest = rest[enclosed.end() :]
        parts = _SEPARATOR.split(rest)
        if len(parts) > 1:
            said[index].append(parts[0])
            said[index + 1].append(parts[-1])
        else:
            said[index + 1 if words_lead else index].append(rest)
    return [_label(" ".join(texts)) for texts in said]


def has_words(text: str) -> bool:
    """Tell whether ``text`` has words at all."""
    return _WORD.search(text) is not None


def _label(said: str) -> str | None:
    known: list[str] = []
    rest: list[str] = []
    for word in _WORD.findall(said):
        folded = word.casefold()
        if folded in wording.LABEL_WORDS:
            known.append(wording.LABEL_WORDS[folded])
        elif folded not in wording.NOISE_WORDS:
            meaning, remaining = _inside(word)
            known.extend(meaning)
            rest.extend(remaining)
    if "fax" in known:
        return "fax"
    label = " ".join(dict.fromkeys([*known[:1], *rest]))
    return label[:_LONGEST_LABEL].rstrip() or None


def _inside(word: str) -> tuple[list[str], list[str]]:
    """Take known labels out of a run of Chinese characters; give their meaning and what remains."""
    meaning: list[str] = []
    for characters in sorted(wording.LABEL_CHARACTERS, key=len, reverse=True):
        if characters in word and (len(characters) > 1 or characters == word):
            meaning.append(wording.LABEL_CHARACTERS[characters])
            word = word.replace(characters, " ")
    for characters in wording.NOISE_CHARACTERS:
        if len(characters) > 1 or characters == word.strip():
            word = word.replace(characters, " ")
    return meaning, word.split()
