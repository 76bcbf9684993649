"""``PUT /v1/imports/{id}``: an aged-receivables file or a contact list."""

from __future__ import annotations

from typing import Any, Final, cast

from domain.receivables import NotReceivables, ReadingOptions
from domain.receivables.model import DateOrder, DecimalMark
from domain.text import clean_line
from domain.wire import MAX_IMPORT
from server.deeds import IdReused
from server.http.parameters import day_of
from server.http.problem import (
    BAD_PARAMETER,
    ID_REUSED,
    MALFORMED,
    QUESTIONS,
    TOO_LARGE,
    UNPROCESSABLE,
    UNSUPPORTED_ENCODING,
    Refusal,
)
from server.http.routing import Call, Endpoint, Parameter, Reply, only
from server.imports.accounts import Market, Segment
from server.imports.service import EVEN, ImportRefused, Kind, Order, QuestionsOpen, import_file

_LONGEST: Final = 200


def put_import(call: Call) -> Reply:
    """Bring a file in, whole or not at all, and report on every row."""
    if not call.body:
        raise Refusal(MALFORMED, "The body is the file itself; it is empty.")
    order = _order(call)
    try:
        answer = import_file(call.services.database, call.caller, order, call.body)
    except NotReceivables as problem:
        raise Refusal(UNPROCESSABLE, str(problem)) from None
    except QuestionsOpen as asked:
        report = {name: value for name, value in asked.report.items() if name != "items"}
        raise Refusal(QUESTIONS, "Answer the questions with parameters of the address.", extra=report) from None
    except ImportRefused as problem:
        raise Refusal(UNPROCESSABLE, str(problem)) from None
    except IdReused:
        raise Refusal(ID_REUSED, "This id belongs to another import; make a new one.") from None
    return Reply(answer)


def _order(call: Call) -> Order:
    options = ReadingOptions(
        as_of=day_of(call, "as_of"),
        currency=_word(call, "currency", str.upper),
        date_order=cast("DateOrder | None", call.choice("date_order", "", ("", "DMY", "MDY", "YMD")) or None),
        decimal=cast("DecimalMark | None", call.choice("decimal", "", ("", ".", ",")) or None),
        sheet=_word(call, "sheet"),
        region=_word(call, "region", str.upper),
    )
    market = Market(
        segment=cast("Segment", call.choice("segment", "business", ("consumer", "business"))),
        region=options.region,
        language=_word(call, "language"),
    )
    return Order(
        id=call.id(),
        kind=cast("Kind", call.choice("kind", "receivables", ("receivables", "contacts"))),
        filename=_word(call, "filename") or "",
        options=options,
        market=market,
        creditor=_word(call, "creditor") or "main",
        assign=_word(call, "assign") or EVEN,
        dry_run=call.flag("dry_run"),
    )


def _word(call: Call, name: str, spell: Any = str) -> str | None:
    text = clean_line(call.query.get(name, ""))
    if len(text) > _LONGEST:
        raise Refusal(BAD_PARAMETER, f"{name} has at most {_LONGEST} characters.")
    return spell(text) if text else None


ENDPOINT = Endpoint(
    "PUT",
    "/v1/imports/{id}",
    "Import aged receivables or contacts",
    only("supervisor", "integration"),
    put_import,
    takes=bytes,
    limit=MAX_IMPORT,
    gives=dict,
    parameters=(
        Parameter("kind", "what the file is", values=("receivables", "contacts")),
        Parameter("filename", "the file's name; a day in it may be the day of its balances"),
        Parameter("as_of", "the day the balances describe", "date"),
        Parameter("currency", "the currency of rows that name none (ISO 4217)"),
        Parameter("date_order", "how 03/04/2026 is read", values=("DMY", "MDY", "YMD")),
        Parameter("decimal", "the mark that divides the decimals of 1,234", values=(".", ",")),
        Parameter("sheet", "the worksheet that is meant"),
        Parameter("region", "the customers' country (ISO 3166), for phone numbers without a country code"),
        Parameter("segment", "what kind of customers these are", values=("business", "consumer")),
        Parameter("language", "the customers' language"),
        Parameter("creditor", "which of several ledgers this file comes from"),
        Parameter("assign", "who gets new cases: even, none, or an agent's login"),
        Parameter("dry_run", "say what would change, and change nothing", "boolean"),
    ),
    problems=(BAD_PARAMETER, MALFORMED, ID_REUSED, TOO_LARGE, UNSUPPORTED_ENCODING, UNPROCESSABLE, QUESTIONS),
    lane="file",
)
