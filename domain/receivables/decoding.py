"""From bytes to text: which encoding a ledger export was written in.

A byte-order mark decides; then strict UTF-8; then Chinese and Western one- and two-byte encodings are told apart by
what the text would look like, because most bytes are valid in both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from domain.i18n import tr
from domain.receivables.model import NotReceivables

MAX_BYTES: Final = 100 * 1024 * 1024

_FOREIGN: Final = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "gzip"),
    (b"{\\rtf", "RTF"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"PK\x03\x04", "ZIP"),
    (b"\xd0\xcf\x11\xe0", "OLE"),
)
_SAMPLE: Final = 1 << 20
_WESTERN_MARKS: Final = frozenset("„“”‚‘’‹›«»–—…•·€£¥¢§°ºª®©™²³¹µ¿¡´¨¸±×÷½¼¾\u00a0\u00ad")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with the name of the encoding it was in; ``nul_bytes`` were dropped from it."""

    text: str
    encoding: str
    nul_bytes: int = 0


def decode(data: bytes) -> Decoded:
    """Read ``data`` as text.

    Raises :class:`NotReceivables` for a file that is too big, is recognisably something else, or is in no encoding
    that can be told with confidence.
    """
    if len(data) > MAX_BYTES:
        raise NotReceivables(
            tr("The file is larger than {limit} MB; nothing was imported. Export a shorter period.").format(
                limit=MAX_BYTES >> 20
            )
        )
    if not data.strip(b"\x00 \t\r\n"):
        raise NotReceivables(tr("The file is empty; nothing was imported."))
    for magic, name in _FOREIGN:
        if data.startswith(magic):
            raise NotReceivables(
                tr("This is no table but a file of the kind {kind}; nothing was imported. Export CSV or XLSX.").format(
                    kind=name
                )
            )
    text, encoding = _by_mark(data) or _by_content(data)
    nul_bytes = text.count("\x00")
    if nul_bytes:
        text = text.replace("\x00", "")
    return Decoded(text, encoding, nul_bytes)


def _by_mark(data: bytes) -> tuple[str, str] | None:
    for mark, codec, name in (
        (b"\xef\xbb\xbf", "utf-8", "utf-8"),
        (b"\xff\xfe\x00\x00", "utf-32-le", "utf-32"),
        (b"\x00\x00\xfe\xff", "utf-32-be", "utf-32"),
        (b"\xff\xfe", "utf-16-le", "utf-16"),
        (b"\xfe\xff", "utf-16-be", "utf-16"),
        (b"\x84\x31\x95\x33", "gb18030", "gb18030"),
    ):
        if data.startswith(mark):
            body = data[len(mark) :]
            text = _strictly(body, codec)
            if text is not None:
                return text, name
            if codec == "utf-8":
                return _by_content(body)
            if codec.startswith("utf-16"):
                # A cut-off last character costs that character, not the file.
                return body.decode(codec, errors="replace"), name
    return None


def _by_content(data: bytes) -> tuple[str, str]:
    wide = _utf16_without_mark(data)
    if wide is not None:
        return wide, "utf-16"
    text = _strictly(data, "utf-8")
    if text is not None:
        return text, "utf-8"
    for codec in ("gbk", "gb18030"):
        text = _strictly(data, codec)
        if text is not None and _looks_chinese(text):
            return text, codec
    for codec in ("cp1252", "latin-1"):
        text = _strictly(data, codec)
        if text is not None:
            if _looks_western(text):
                return text, codec
            break
    raise NotReceivables(
        tr(
            "The characters of this file cannot be read with confidence (neither UTF-8, UTF-16, GB18030 nor Western); "
            "nothing was imported. Save it as UTF-8 and try again."
        )
    )


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _utf16_without_mark(data: bytes) -> str | None:
    """Read UTF-16 that lost its mark: delimiters and digits then have a zero in every second byte, on one side only."""
    sample = data[:_SAMPLE]
    if len(data) % 2 or sample.count(0) * 20 < len(sample):
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 10 * even:
        return _strictly(data, "utf-16-le")
    if even > 10 * odd:
        return _strictly(data, "utf-16-be")
    return None


def _looks_chinese(text: str) -> bool:
    """Tell Chinese from Western text that happens to be valid GBK.

    Real Chinese keeps to the everyday characters of GB 2312 (rows 1-55); a Western letter followed by an ASCII one
    decodes to the rare characters outside it.
    """
    foreign = [char for char in text[:_SAMPLE] if char > "\x7f"]
    if not foreign:
        return False
    everyday = 0
    for char in foreign:
        try:
            pair = char.encode("gb2312")
        except UnicodeEncodeError:
            continue
        everyday += pair[0] < 0xD8
    return everyday >= 0.6 * len(foreign)


def _looks_western(text: str) -> bool:
    """Tell Western text from another alphabet read as Western: its accents stand alone and are letters or quotes."""
    sample = text[:_SAMPLE]
    runs = re.findall(r"[^\x00-\x7f]+", sample)
    foreign = "".join(runs)
    if not foreign:
        return False
    known = sum(char.isalpha() or char in _WESTERN_MARKS for char in foreign)
    controls = sum(char < " " and char not in "\t\r\n\x0c\x1a\x00" for char in sample)
    return known >= 0.9 * len(foreign) and len(foreign) <= 2 * len(runs) and controls * 100 <= len(sample)
