"""The contract as OpenAPI 3.1, generated from the route table and the wire's dataclasses, so that it cannot drift."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from domain.wire import MAX_CHANGES, MAX_EVENTS, PROTOCOL_HEADER, PROTOCOL_MAX, PROTOCOL_MIN, Event, Problem
from server.http.problem import (
    DEVICE_REVOKED,
    FORBIDDEN,
    INTERNAL,
    KINDS,
    MEDIA_TYPE,
    PROTOCOL_UNSUPPORTED,
    UNAUTHENTICATED,
    UNAVAILABLE,
    Kind,
)
from server.http.routing import Endpoint, Parameter
from server.http.telling import MEDIA_TYPE as LINES
from server.metrics import running_version

_REF: Final = "#/components/schemas/{name}"
_ROLE_MARKUP: Final = re.compile(r":\w+:`~?(?:[\w.]+\.)?(\w+)`")
_PATH_PARAMETER: Final = re.compile(r"\{(\w+)\}")
_DAY: Final = {"type": "string", "format": "date"}
_WORD: Final = {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[ -~]+$"}
_NO_NUL: Final = r"^[^\u0000]*$"
_INSTANT: Final = (
    r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{3})?Z$"
)
"""Instants that exist in every month; others may be sent too."""
_SEQ: Final = {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}

_PROTOCOL: Final[dict[str, Any]] = {
    "name": PROTOCOL_HEADER,
    "in": "header",
    "description": "The version of the protocol the client speaks; any of the server's where absent",
    "schema": {"type": "integer", "minimum": PROTOCOL_MIN, "maximum": PROTOCOL_MAX},
}
_HEADERS: Final[dict[str, Any]] = {
    "Server-Time": {
        "description": "The server's clock, in milliseconds since 1970-01-01 UTC",
        "schema": {"type": "integer"},
    },
    "Request-Id": {"description": "Names the request in the server's logs", "schema": {"type": "string"}},
}


def document(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """Write the OpenAPI document of the given endpoints."""
    shapes = {each for endpoint in endpoints for each in (endpoint.takes, endpoint.gives) if _is_shape(each)}
    _, schemas = msgspec.json.schema_components([*shapes, Event, Problem], ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "duecall central server",
            "version": running_version(),
            "description": "Facts go up and are never refused; documents come down one feed per agent.",
        },
        "paths": paths,
        "components": {
            "schemas": {name: _tidied(schema) for name, schema in sorted((schemas | _refined(schemas)).items())},
            "headers": _HEADERS,
            "securitySchemes": {
                "session": {"type": "http", "scheme": "bearer", "description": "The token of a session"},
                "deposit": {"type": "http", "scheme": "bearer", "description": "A device's deposit key"},
            },
        },
    }


def _refined(schemas: dict[str, Any]) -> dict[str, Any]:
    """Say what the dataclasses cannot: bounds, and the forms of a device."""
    events = {"type": "array", "maxItems": MAX_EVENTS, "items": {"$ref": _REF.format(name="Event")}}
    device_object = {
        "type": "object",
        "properties": {"id": _WORD, "name": {"type": "string"}},
        "required": ["id"],
    }
    return {
        "EventBatch": _with(schemas["EventBatch"], device_id=_WORD, events=events),
        "Event": _with(schemas["Event"], id=_WORD, type=_WORD, case_id=_WORD, seq=_SEQ)
        | {"required": ["id", "seq", "type", "case_id", "at"]},
        "LoginRequest": _with(schemas["LoginRequest"], device={"anyOf": [_WORD, device_object]}),
        **(
            {
                "ScriptSet": _with(
                    schemas["ScriptSet"], texts={"type": "array", "minItems": 1, "items": {"type": "string"}}
                )
            }
            if "ScriptSet" in schemas
            else {}
        ),
        "Problem": _with(schemas["Problem"], type={"enum": sorted(kind.type for kind in KINDS)}),
        "ChangesPage": _with(
            schemas["ChangesPage"],
            entries={"type": "array", "maxItems": MAX_CHANGES, "items": {"$ref": _REF.format(name="Entry")}},
        ),
    }


def _with(schema: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return schema | {"properties": schema["properties"] | properties}


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": endpoint.summary,
        "operationId": _operation_id(endpoint),
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": _DAY if name == "day" else _WORD}
                for name in _path_names(endpoint)
            ),
            *(_parameter(each, "query") for each in endpoint.parameters),
            *(_parameter(each, "header") for each in endpoint.headers),
            *([_PROTOCOL] if endpoint.versioned else []),
        ],
        "responses": _responses(endpoint),
    }
    if endpoint.roles is not None:
        operation["security"] = [{"session": []}] + ([{"deposit": []}] if endpoint.deposit else [])
        operation["x-roles"] = sorted(endpoint.roles)
    if endpoint.takes is not None:
        media = "application/octet-stream" if endpoint.takes is bytes else "application/json"
        operation["requestBody"] = {"required": True, "content": {media: {"schema": _schema(endpoint.takes)}}}
    return operation


def _responses(endpoint: Endpoint) -> dict[str, Any]:
    good: dict[str, Any] = {"description": endpoint.summary, "headers": _header_refs()}
    if endpoint.status != 204:
        good["content"] = {endpoint.media_type: {"schema": _schema(endpoint.gives)}}
        if endpoint.tells:
            good["content"][LINES] = {"schema": {"type": "string", "description": "Steps, and last status and body"}}
    responses = {str(endpoint.status): good}
    if endpoint.may_be_empty:
        responses["204"] = {"description": "There is none", "headers": _header_refs()}
    kinds = [*endpoint.problems, INTERNAL, UNAVAILABLE]
    if endpoint.versioned:
        kinds.append(PROTOCOL_UNSUPPORTED)
    if endpoint.roles is not None:
        kinds += [UNAUTHENTICATED, DEVICE_REVOKED, FORBIDDEN]
    for status in sorted({kind.status for kind in kinds}):
        responses[str(status)] = _problem(kind for kind in kinds if kind.status == status)
    return responses


def _problem(kinds: Iterable[Kind]) -> dict[str, Any]:
    titles = dict.fromkeys(kind.title for kind in kinds)
    return {
        "description": " · ".join(titles),
        "headers": _header_refs(),
        "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(name="Problem")}}},
    }


def _parameter(parameter: Parameter, place: str) -> dict[str, Any]:
    forms: dict[str, dict[str, Any]] = {
        "string": {"type": "string", "pattern": _NO_NUL},
        "integer": {"type": "integer", "minimum": parameter.least, "maximum": parameter.most},
        "boolean": {"type": "boolean"},
        "date": {"type": "string", "format": "date"},
        "instant": {"type": "string", "pattern": _INSTANT},
    }
    schema = {"type": "string", "enum": list(parameter.values)} if parameter.values else forms[parameter.kind]
    shown = {"name": parameter.name, "in": place, "description": parameter.meaning, "schema": schema}
    return shown | {"required": True} if parameter.required else shown


def _schema(shape: type | None) -> dict[str, Any]:
    if shape is bytes:
        return {"type": "string", "format": "binary", "minLength": 1}
    if shape is None:
        return {}
    return {"$ref": _REF.format(name=shape.__name__)} if _is_shape(shape) else {"type": "object"}


def _is_shape(shape: type | None) -> bool:
    return shape not in (None, bytes, dict)


def _tidied(value: Any) -> Any:
    """Take the source's markup out of descriptions, and say that no text holds NUL, which no database stores."""
    if isinstance(value, dict):
        tidied = {
            name: _plain(item) if name == "description" and isinstance(item, str) else _tidied(item)
            for name, item in value.items()
        }
        is_free_text = tidied.get("type") == "string" and not {"enum", "pattern", "format"} & set(tidied)
        return tidied | {"pattern": _NO_NUL} if is_free_text else tidied
    return [_tidied(item) for item in value] if isinstance(value, list) else value


def _plain(text: str) -> str:
    return _ROLE_MARKUP.sub(r"\1", inspect.cleandoc(text)).replace("``", "`").replace("\n", " ").replace("  ", " ")


def _header_refs() -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}


def _path_names(endpoint: Endpoint) -> list[str]:
    return _PATH_PARAMETER.findall(endpoint.path)


def _operation_id(endpoint: Endpoint) -> str:
    words = [word for word in re.split(r"[^a-z0-9]+", endpoint.path.removeprefix("/v1")) if word]
    return "_".join([endpoint.method.lower(), *words])
