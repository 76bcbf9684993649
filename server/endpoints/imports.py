"""``/v1/imports``: aged receivables, contact lists and payments come in as files, are listed, and are taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from domain.i18n import tr
from domain.receivables import NotReceivables, ReadingOptions
from domain.receivables.model import DateOrder, DecimalMark
from domain.supervision import ImportLine, ImportPage, ImportProfile, UndoRequest
from domain.text import clean_line
from domain.wire import MAX_IMPORT
from server.deeds import IdReused
from server.http.parameters import day_of
from server.http.problem import (
    BAD_PARAMETER,
    FORBIDDEN,
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
from server.imports.profiles import find_profile, remember_profile
from server.imports.runs import NoSuchImport, TooLate, list_imports, read_import, undo_import
from server.imports.service import EVEN, ImportRefused, Kind, Order, QuestionsOpen, import_file

_LONGEST: Final = 200
_DEFAULT: Final = 50
_MOST: Final = 500
_KINDS: Final = ("receivables", "contacts", "payments")
_ORDERS: Final = ("", "DMY", "MDY", "YMD")


def put_import(call: Call) -> Reply:
    """Bring a file in, whole or not at all, and report on every row."""
    if not call.body:
        raise Refusal(MALFORMED, "The body is the file itself; it is empty.")
    order = _order(call)
    remember = _word(call, "remember")
    try:
        answer = import_file(call.services.database, call.caller, order, call.body, call.tell)
    except NotReceivables as problem:
        raise Refusal(UNPROCESSABLE, str(problem)) from None
    except QuestionsOpen as asked:
        report = {name: value for name, value in asked.report.items() if name != "items"}
        raise Refusal(QUESTIONS, tr("Answer the questions with parameters of the address."), extra=report) from None
    except ImportRefused as problem:
        raise Refusal(UNPROCESSABLE, str(problem)) from None
    except IdReused:
        raise Refusal(ID_REUSED, tr("This id belongs to another import; make a new one.")) from None
    if remember is not None and not order.dry_run:
        answers = _answers(call, _word(call, "profile"))
        call.services.database.write(lambda transaction: remember_profile(transaction, call.caller, remember, answers))
    return Reply(answer)


def get_imports(call: Call) -> Reply:
    """Answer the team's imports, newest first."""
    limit = call.integer("limit", _DEFAULT, 1, _MOST)
    with call.services.database.reading() as transaction:
        return Reply(list_imports(transaction, call.caller.team, call.query.get("before") or None, limit))


def get_import(call: Call) -> Reply:
    """Answer one import."""
    with call.services.database.reading() as transaction:
        return _known(lambda: read_import(transaction, call.caller.team, call.id()))


def undo(call: Call) -> Reply:
    """Take a whole import back."""
    call.read(UndoRequest)
    return _known(
        lambda: call.services.database.write(lambda transaction: undo_import(transaction, call.caller, call.id()))
    )


def _known(work: Callable[[], ImportLine]) -> Reply:
    try:
        return Reply(work())
    except NoSuchImport:
        raise Refusal(FORBIDDEN, tr("There is no such import, or it is not your team's.")) from None
    except TooLate as problem:
        raise Refusal(UNPROCESSABLE, str(problem)) from None


def _order(call: Call) -> Order:
    profile = _word(call, "profile")
    answers = _answers(call, profile)
    options = ReadingOptions(
        as_of=day_of(call, "as_of"),
        currency=answers.currency,
        date_order=answers.date_order,
        decimal=answers.decimal,
        sheet=answers.sheet,
        region=answers.region,
    )
    return Order(
        id=call.id(),
        kind=answers.kind,
        filename=_word(call, "filename") or "",
        options=options,
        market=Market(answers.segment or "business", options.region, answers.language),
        creditor=answers.creditor or "main",
        assign=answers.assign or EVEN,
        dry_run=call.flag("dry_run"),
        profile=profile or _word(call, "remember"),
        rows=call.flag("rows"),
    )


def _answers(call: Call, name: str | None) -> ImportProfile:
    """Give what was asked for in the address, and from the profile what was not."""
    kept = ImportProfile()
    if name is not None:
        with call.services.database.reading() as transaction:
            found = find_profile(transaction, call.caller.team, name)
        if found is None:
            raise Refusal(UNPROCESSABLE, tr("There is no import profile of this name; nothing was imported."))
        kept = found.profile
    order, decimal = call.choice("date_order", "", _ORDERS), call.choice("decimal", "", ("", ".", ","))
    segment = call.choice("segment", "", ("", "consumer", "business"))
    return ImportProfile(
        kind=cast("Kind", call.choice("kind", kept.kind, _KINDS)),
        currency=_word(call, "currency", str.upper) or kept.currency,
        date_order=cast("DateOrder | None", order or kept.date_order),
        decimal=cast("DecimalMark | None", decimal or kept.decimal),
        sheet=_word(call, "sheet") or kept.sheet,
        region=_word(call, "region", str.upper) or kept.region,
        segment=cast("Segment | None", segment or kept.segment),
        language=_word(call, "language") or kept.language,
        creditor=_word(call, "creditor") or kept.creditor,
        assign=_word(call, "assign") or kept.assign,
    )


def _word(call: Call, name: str, spell: Any = str) -> str | None:
    text = clean_line(call.query.get(name, ""))
    if len(text) > _LONGEST:
        raise Refusal(BAD_PARAMETER, f"{name} has at most {_LONGEST} characters.")
    return spell(text) if text else None


_IMPORT: Final = Endpoint(
    "PUT",
    "/v1/imports/{id}",
    "Import aged receivables or contacts",
    only("supervisor", "integration"),
    put_import,
    takes=bytes,
    limit=MAX_IMPORT,
    gives=dict,
    parameters=(
        Parameter("kind", "what the file is", values=_KINDS),
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
        Parameter("profile", "whose remembered answers hold where the address has none"),
        Parameter("remember", "the name under which the answers are kept"),
        Parameter("rows", "list every row of the file with its class", "boolean"),
        Parameter("dry_run", "say what would change, and change nothing", "boolean"),
    ),
    problems=(BAD_PARAMETER, MALFORMED, ID_REUSED, TOO_LARGE, UNSUPPORTED_ENCODING, UNPROCESSABLE, QUESTIONS),
    lane="file",
    tells=True,
)

ENDPOINTS = (
    _IMPORT,
    Endpoint(
        "GET",
        "/v1/imports",
        "The team's imports",
        only("supervisor"),
        get_imports,
        gives=ImportPage,
        parameters=(
            Parameter("before", "the last page's next; absent for the newest"),
            Parameter("limit", f"most imports, 1 to {_MOST}", "integer", least=1, most=_MOST),
        ),
        problems=(BAD_PARAMETER,),
    ),
    Endpoint(
        "GET",
        "/v1/imports/{id}",
        "What an import did, and whether it can be taken back",
        only("supervisor"),
        get_import,
        gives=ImportLine,
        problems=(BAD_PARAMETER, FORBIDDEN),
    ),
    Endpoint(
        "PUT",
        "/v1/imports/{id}/undo",
        "Take a whole import back",
        only("supervisor"),
        undo,
        takes=UndoRequest,
        gives=ImportLine,
        problems=(BAD_PARAMETER, MALFORMED, FORBIDDEN, UNPROCESSABLE),
        lane="file",
    ),
)
