"""``PUT /v1/devices/current/report``: what only an agent's machine knows, for the board."""

from __future__ import annotations

from typing import Final

from domain.canonical import canonical_bytes
from domain.i18n import tr
from domain.supervision import DeviceReport
from server.database.engine import Transaction
from server.database.supervision_tables import DEVICE_REPORT, REFUSAL_DAY
from server.database.upsert import upsert
from server.http.problem import MALFORMED, UNPROCESSABLE, Refusal
from server.http.routing import Call, Endpoint, Reply, only

_MOST_CODES: Final = 20
_LARGEST: Final = 1_000_000
_LONGEST_CODE: Final = 40


def put_report(call: Call) -> Reply:
    """Keep the newest report of the machine; the same report again changes nothing."""
    report = call.read(DeviceReport)
    sensible = 0 <= report.unsent <= _LARGEST and len(report.refused) <= _MOST_CODES
    if not sensible or any(
        not 0 <= count <= _LARGEST or len(code) > _LONGEST_CODE or not code.isidentifier()
        for code, count in report.refused.items()
    ):
        raise Refusal(UNPROCESSABLE, tr("Counts are between 0 and a million, codes are the dial gate's."))

    def work(transaction: Transaction) -> None:
        device, day = call.caller.device_id, report.day.toordinal()
        upsert(
            transaction.connection,
            DEVICE_REPORT,
            [
                {
                    "device_id": device,
                    "day": day,
                    "unsent": report.unsent,
                    "refused": canonical_bytes(report.refused),
                    "in_call": int(report.in_call),
                    "at_ms": transaction.now_ms,
                }
            ],
        )
        refusals = [
            {"device_id": device, "day": day, "code": code, "user_id": call.caller.id, "count": count}
            for code, count in sorted(report.refused.items())
        ]
        upsert(transaction.connection, REFUSAL_DAY, refusals)

    call.services.database.write(work)
    return Reply(None, status=204)


ENDPOINT = Endpoint(
    "PUT",
    "/v1/devices/current/report",
    "Tell the board what only the machine knows",
    only("agent"),
    put_report,
    takes=DeviceReport,
    status=204,
    problems=(MALFORMED, UNPROCESSABLE),
)
