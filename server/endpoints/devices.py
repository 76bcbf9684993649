"""``GET /v1/devices`` and ``DELETE /v1/devices/{id}``: the team's machines, and shutting one out."""

from __future__ import annotations

from domain.i18n import tr
from domain.supervision import DevicePage
from server.http.problem import BAD_PARAMETER, FORBIDDEN, Refusal
from server.http.routing import Call, Endpoint, Reply, only
from server.people.devices import NoSuchDevice, list_devices, revoke


def get_devices(call: Call) -> Reply:
    """Answer the machines of the team."""
    with call.services.database.reading() as transaction:
        return Reply(DevicePage(list_devices(transaction, call.caller.team)))


def delete_device(call: Call) -> Reply:
    """Shut a machine out. One of another team and one that does not exist answer alike."""
    device = call.id()
    try:
        call.services.database.write(lambda transaction: revoke(transaction, device, call.caller.id, call.caller.team))
    except NoSuchDevice:
        raise Refusal(FORBIDDEN, tr("There is no such machine, or it is not your team's.")) from None
    return Reply(None, status=204)


ENDPOINTS = (
    Endpoint("GET", "/v1/devices", "The team's machines", only("supervisor"), get_devices, gives=DevicePage),
    Endpoint(
        "DELETE",
        "/v1/devices/{id}",
        "Shut a machine out for good",
        only("supervisor"),
        delete_device,
        status=204,
        problems=(BAD_PARAMETER, FORBIDDEN),
    ),
)
