"""``/v1/import-profiles``: the answers remembered for each source of files."""

from __future__ import annotations

from domain.i18n import tr
from domain.supervision import ImportProfile, NamedProfile, ProfileList
from domain.text import clean_line
from server.documents import Outdated
from server.http.problem import BAD_PARAMETER, IF_MATCH_NEEDED, MALFORMED, OUTDATED, Refusal
from server.http.routing import Call, Endpoint, Parameter, Reply, only
from server.imports.profiles import list_profiles, replace_profile


def get_profiles(call: Call) -> Reply:
    """Answer the team's profiles."""
    with call.services.database.reading() as transaction:
        return Reply(list_profiles(transaction, call.caller.team))


def put_profile(call: Call) -> Reply:
    """Write a profile; only on the version that was edited."""
    seen = call.headers.get("if-match")
    if seen is None:
        raise Refusal(IF_MATCH_NEEDED, tr("Send the profile's etag as If-Match, or * for a new one."))
    name = clean_line(call.id("name"))
    profile = call.read(ImportProfile)
    try:
        return Reply(
            call.services.database.write(
                lambda transaction: replace_profile(transaction, call.caller, name, profile, seen.strip())
            )
        )
    except Outdated:
        raise Refusal(OUTDATED, tr("Read the profiles again and make the change on the newest version.")) from None


ENDPOINTS = (
    Endpoint("GET", "/v1/import-profiles", "The import profiles", only("supervisor"), get_profiles, gives=ProfileList),
    Endpoint(
        "PUT",
        "/v1/import-profiles/{name}",
        "Write an import profile",
        only("supervisor"),
        put_profile,
        takes=ImportProfile,
        gives=NamedProfile,
        headers=(Parameter("If-Match", "the etag of the version that was edited; * for a new one", required=True),),
        problems=(BAD_PARAMETER, MALFORMED, IF_MATCH_NEEDED, OUTDATED),
    ),
)
