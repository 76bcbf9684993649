"""``duecall date``: what a promise phrase means."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from domain.i18n import LANGUAGES, Language, tr, use_language
from domain.i18n import language as interface_language
from tui.cli.frame import CommandFailed, SubParsers, add_command, add_json, typed_day_or_moment
from tui.cli.output import LineRefused, Record, answer_lines, text_of, text_or_none, write, write_json

if TYPE_CHECKING:
    from domain.dates import DatedPart, PhraseReading

_ORDERS = ("DMY", "MDY")


def add_parser(subparsers: SubParsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "date",
        run,
        summary=tr("what day a promise phrase means"),
        details=tr("“-” reads one JSON object a line from standard input: text, from, lang."),
    )
    parser.add_argument("text", metavar="TEXT", nargs="+", help=tr("what the customer says: “next friday”, “月底”"))
    parser.add_argument(
        "--from",
        dest="today",
        metavar="DATE",
        type=typed_day_or_moment,
        help=tr("the day the words are said on (today by default)"),
    )
    parser.add_argument(
        "--pay-day",
        type=int,
        choices=range(1, 32),
        metavar="1-31",
        help=tr("the day of the month the customer is paid"),
    )
    parser.add_argument("--date-order", choices=_ORDERS, default="MDY", help=tr("how 3/4 is read (MDY by default)"))
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Answer one phrase, or one a line."""
    if arguments.text == ["-"]:
        interface = interface_language()
        return answer_lines(lambda record: _answer(record, arguments, interface))
    from domain.dates import echo

    text = " ".join(arguments.text)
    reading = _read(text, arguments.today, getattr(arguments, "lang", None), arguments)
    if arguments.json:
        write_json(to_json(reading))
    if reading.date is None:
        raise CommandFailed(reading.why)
    if not arguments.json:
        write(echo(reading.date, reading.today))
        for part in reading.parts[1:]:
            write(echo(part.date, reading.today))
        write(reading.why)
    return 0


def to_json(reading: PhraseReading) -> dict[str, Any]:
    """Write a reading as plain values. ``share`` is the part of the whole as a number, ``fraction`` the same exactly."""
    return {
        "text": reading.text,
        "from": reading.today.isoformat(),
        "date": _day(reading.date),
        "weekday": reading.weekday,
        "days": reading.days,
        "range": reading.range,
        "parts": _parts(reading.parts),
        "needs": reading.needs,
        "why": reading.why,
        "tentative": reading.tentative,
        "mentioned": _day(reading.mentioned),
        "amount": reading.amount,
        "share": None if reading.share is None else float(reading.share),
    }


def _answer(record: Record, arguments: argparse.Namespace, interface: Language) -> dict[str, Any]:
    text = text_of(record, "text")
    day = text_or_none(record, "from")
    try:
        today = arguments.today if day is None else typed_day_or_moment(day)
    except argparse.ArgumentTypeError as error:
        raise LineRefused(f"{error}.") from None
    wanted = text_or_none(record, "lang") or getattr(arguments, "lang", None)
    if wanted is not None and wanted not in LANGUAGES:
        raise LineRefused(tr("The field “lang” must be en or zh."))
    spoken = cast("Language | None", wanted)
    use_language(spoken or interface)
    return to_json(_read(text, today, spoken, arguments))


def _read(text: str, today: dt.date | None, language: Language | None, arguments: argparse.Namespace) -> PhraseReading:
    from domain.dates import read_phrase

    return read_phrase(
        text,
        today or dt.datetime.now(),  # noqa: DTZ005 - the day and hour on this desk's wall
        language=language,
        pay_day=arguments.pay_day,
        date_order=arguments.date_order,
    )


def _parts(parts: Sequence[DatedPart]) -> list[dict[str, Any]]:
    known = sum((part.share for part in parts if part.share is not None), Fraction())
    countable = all(part.amount is None for part in parts)
    written = []
    for part in parts:
        share = part.share if not part.rest or not countable else max(Fraction(), 1 - known)
        written.append(
            {
                "date": part.date.isoformat(),
                "share": None if share is None else float(share),
                "fraction": None if share is None else str(share),
                "amount": part.amount,
                "rest": part.rest,
                "range": part.range,
            }
        )
    return written


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()
