"""Reading one phone cell: every part of it becomes a valid number or a refusal with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from domain.phones import wording
from domain.phones.cells import Chunk, Row, cut_out, make_uniform, take_apart, unwrap
from domain.phones.labels import has_words, labels_of
from domain.phones.model import PhoneCell, PhoneNumber, Place, RejectionCode
from domain.phones.plans import Candidate, known_region, look_up, look_up_letters, why_not
from domain.phones.reasons import reject

_LONGEST_CELL: Final = 500  # characters; anything longer is a note pasted into the column
_MOST_ROWS: Final = 24  # rows of digits tried as several numbers; more are a table, not a phone cell
_CHINA: Final = 86
_HAS_SWITCHBOARD: Final = frozenset({"fixed_line", "shared_cost", "toll_free"})
_LONGEST_TAIL: Final = 6
_SPELT: Final = re.compile(r"\s*(\+?[\d(][\d\-. ()]*[A-Za-z][A-Za-z\d\-. ()]*)")
_FEWEST_LETTERS: Final = 3


@dataclass(frozen=True, slots=True)
class _Found:
    candidate: Candidate
    digits: str = field(repr=False)
    extension: str | None = None
    plus: bool = False


@dataclass(frozen=True, slots=True)
class _Refused:
    text: str = field(repr=False)
    code: RejectionCode


def read_phone_cell(text: str, region: str | None) -> PhoneCell:
    """Read what people typed into a phone cell; ``region`` is the ISO 3166 country whose habits apply (``CN``).

    Only numbers valid in their numbering plan are returned, in the order written and each once. Whatever else the cell
    holds is in ``rejected``. An empty cell gives neither. Never raises on any text.
    """
    whole = make_uniform(text)
    if not whole:
        return PhoneCell()
    if len(whole) > _LONGEST_CELL:
        return PhoneCell(rejected=(reject(text, "words"),))
    clean = unwrap(whole)
    if _says_none(clean):
        return PhoneCell(rejected=(reject(text, "no_number"),))
    region = known_region(region)
    clean, cuts = cut_out(clean)
    rejected = [reject(cut.text, cut.code) for cut in cuts]
    chunks = take_apart(clean)
    labels = labels_of(clean, chunks)
    found: list[tuple[_Found, str | None]] = []
    refused: list[_Refused] = []
    for chunk, label in zip(chunks, labels, strict=True):
        for part in _read_chunk(clean, chunk, region):
            if isinstance(part, _Refused):
                refused.append(part)
            elif label == "fax":
                refused.append(_Refused(part.digits, "fax"))
            else:
                found.append((part, label))
    found, unsure = _drop_local_numbers(found)
    refused.extend(unsure)
    if not found and not cuts and (spelt := _read_letters(clean, region)) is not None:
        return PhoneCell(numbers=(_number(spelt, None),))
    alone = len(chunks) == 1 and not cuts and not found and len(refused) == 1
    rejected.extend(reject(text if alone else part.text, part.code) for part in refused)
    if not chunks and not cuts:
        rejected.append(reject(text, "words" if has_words(whole) else "no_number"))
    numbers = dict.fromkeys(_number(part, label) for part, label in found)
    return PhoneCell(_each_once(numbers), tuple(rejected))


def _says_none(text: str) -> bool:
    bare = text.strip(" .:;-_/?!()[]\"'*").casefold()
    return bare in wording.NO_NUMBER or (set(bare) == {"0"})


def _read_chunk(text: str, chunk: Chunk, region: str | None) -> Iterator[_Found | _Refused]:
    """Read the rows of one chunk as one number, or as several, or refuse them with the reason."""
    rows = chunk.rows
    pieces = _at_slashes(rows)
    if len(pieces) > 1:
        each = [_one_number(piece, region) for piece in pieces]
        if all(each):
            yield from _with_extension([found for found in each if found is not None], chunk.extension)
            return
    whole = _one_number(rows, region)
    if whole is not None:
        yield from _with_extension([whole], chunk.extension)
        return
    several = _partition(rows, region)
    if len(several) == 1:
        yield from _with_extension(list(several[0]), chunk.extension)
    elif several:
        yield _Refused(text[chunk.start : chunk.end], "ambiguous")
    else:
        for index, piece in enumerate(pieces):
            found = _one_number(piece, region)
            if found is not None:
                yield from _with_extension([found], chunk.extension if index == len(pieces) - 1 else None)
            else:
                digits = "".join(row.digits for row in piece)
                yield _Refused(text[piece[0].start : piece[-1].end], why_not(digits, region, plus=piece[0].plus))


def _at_slashes(rows: Sequence[Row]) -> list[tuple[Row, ...]]:
    pieces: list[list[Row]] = []
    for row in rows:
        if not pieces or row.gap == "slash":
            pieces.append([])
        pieces[-1].append(row)
    return [tuple(piece) for piece in pieces]


def _one_number(rows: Sequence[Row], region: str | None) -> _Found | None:
    """Read all rows as one valid number, perhaps a Chinese landline with its extension after a dash."""
    plus = rows[0].plus
    digits = "".join(row.digits for row in rows)
    candidate = look_up(digits, region, plus=plus)
    if candidate is not None:
        return _Found(candidate, digits, None, plus)
    tail = rows[-1]
    if len(rows) > 1 and tail.gap == "tight" and len(tail.digits) <= _LONGEST_TAIL:
        candidate = look_up(digits[: -len(tail.digits)], region, plus=plus)
        if candidate is not None and candidate.country_code == _CHINA and candidate.type in _HAS_SWITCHBOARD:
            return _Found(candidate, digits[: -len(tail.digits)], tail.digits, plus)
    return None


def _partition(rows: Sequence[Row], region: str | None) -> list[tuple[_Found, ...]]:
    """Find the ways to read the rows as the fewest valid numbers, split only at blanks and slashes."""
    if len(rows) > _MOST_ROWS:
        return []
    ways: list[list[tuple[_Found, ...]]] = [[()]]
    for end in range(1, len(rows) + 1):
        here: list[tuple[_Found, ...]] = []
        for start in range(end):
            if start and rows[start].gap == "tight":
                continue
            if end < len(rows) and rows[end].gap == "tight":
                continue
            if not ways[start] or (found := _one_number(rows[start:end], region)) is None:
                continue
            here.extend((*way, found) for way in ways[start])
        fewest = min(map(len, here), default=0)
        ways.append([way for way in here if len(way) == fewest][:2])
    return ways[-1]


def _with_extension(found: list[_Found], extension: str | None) -> Iterator[_Found]:
    yield from found[:-1]
    last = found[-1]
    yield last if extension is None else _Found(last.candidate, last.digits, extension, last.plus)


def _drop_local_numbers(
    found: list[tuple[_Found, str | None]],
) -> tuple[list[tuple[_Found, str | None]], list[_Refused]]:
    """Refuse numbers without trunk prefix beside one that has it: they are local numbers that share its area code.

    ``030 123456 / 234567`` in Germany: the second is in Berlin too, but read alone it would be a line elsewhere.
    """
    prefixed = any(part.candidate.trunk_usual and part.digits.startswith("0") for part, _ in found)
    kept: list[tuple[_Found, str | None]] = []
    unsure: list[_Refused] = []
    for part, label in found:
        bare = not part.plus and not part.digits.startswith(("0", str(part.candidate.country_code)))
        if prefixed and bare and part.candidate.trunk_usual:
            unsure.append(_Refused(part.digits, "too_short"))
        else:
            kept.append((part, label))
    return kept, unsure


def _read_letters(text: str, region: str | None) -> _Found | None:
    """Read a cell that is one service number spelt on the keys, as in ``1-800-FLOWERS``."""
    spelt = _SPELT.fullmatch(text)
    if spelt is None or sum(map(str.isalpha, spelt[1])) < _FEWEST_LETTERS:
        return None
    candidate = look_up_letters(spelt[1], region)
    return None if candidate is None else _Found(candidate, candidate.e164, None, plus=True)


def _number(part: _Found, label: str | None) -> PhoneNumber:
    candidate = part.candidate
    return PhoneNumber(
        e164=candidate.e164,
        extension=part.extension,
        type=candidate.type,
        region=candidate.region,
        zones=candidate.zones,
        label=label,
        place=_place(label, candidate.type),
    )


def _place(label: str | None, kind: str) -> Place:
    first = (label or "").split(" ", 1)[0]
    if first == "work":
        return "work"
    if first == "home":
        return "home"
    return "mobile" if first == "mobile" or kind == "mobile" else "unknown"


def _each_once(numbers: dict[PhoneNumber, None]) -> tuple[PhoneNumber, ...]:
    """Keep the first of numbers that differ in their label alone."""
    return tuple({(number.e164, number.extension): number for number in reversed(numbers)}.values())[::-1]
