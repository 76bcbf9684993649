"""The house's documents as TOML that people edit, and back: the same values, nothing added, nothing lost."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final

from data.profile import toml_text
from domain.i18n import tr
from domain.scripts import ScriptError, parse_script
from screens.ports import Refused
from screens.supervisor.house import HouseDocument, Part

WHOLE: Final = "*"
"""The part that is the document itself, without the parts that are edited by themselves."""


def parts_of(document: HouseDocument) -> list[Part]:
    """Give the texts of a document: a script each; of the policy its plain rules, and every table of its own."""
    if document.name == "scripts":
        return [
            Part("scripts", str(place), _script_title(text), text)
            for place, text in enumerate(document.body.get("texts", []))
            if isinstance(text, str)
        ]
    titles = {
        "packs": tr("which rule pack holds where"),
        "promise": tr("promises: days, thresholds, limits"),
        "promise_types": tr("promise types"),
        "codes": tr("result codes"),
        "queue": tr("the queue's points and order"),
        "rule_packs": tr("rule packs"),
    }
    plain = {name: value for name, value in document.body.items() if not _is_table(value)}
    parts = [Part("policy", WHOLE, tr("goals, leases and times"), _toml(plain))]
    for name, value in document.body.items():
        if isinstance(value, str) and "\n" in value:
            parts.append(Part("policy", name, titles.get(name, name), value))
        elif _is_table(value):
            parts.append(Part("policy", name, titles.get(name, name), _toml({name: value})))
    return parts


def _is_table(value: object) -> bool:
    return isinstance(value, dict | list) or (isinstance(value, str) and "\n" in value)


def _script_title(text: str) -> str:
    try:
        return parse_script(text).name
    except ScriptError:
        return tr("a script that cannot be read")


def _toml(values: Mapping[str, Any]) -> str:
    return toml_text({name: _without_nothing(value) for name, value in values.items() if value is not None})


def _without_nothing(value: object) -> object:
    """Leave out what is absent: TOML has no word for nothing."""
    if isinstance(value, dict):
        return {name: _without_nothing(each) for name, each in value.items() if each is not None}
    return [_without_nothing(each) for each in value] if isinstance(value, list) else value


def merged(document: HouseDocument, part: Part, text: str) -> dict[str, Any] | Refused:
    """Give the document with one part replaced by an edited text, or say why the text is none."""
    body = dict(document.body)
    if document.name == "scripts":
        texts = list(body.get("texts", []))
        texts[int(part.id)] = text
        return body | {"texts": texts}
    if isinstance(body.get(part.id), str):
        return body | {part.id: text}
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = tr("The text is not written as it must be; nothing was published. {why}")
        return Refused(said.format(why=str(error)), "toml")
    values = {name: _plain(value) for name, value in values.items()}
    if part.id == WHOLE:
        kept = {name: value for name, value in body.items() if _is_table(value)}
        return values | kept
    if set(values) != {part.id}:
        said = tr("This text is about “{name}” alone; nothing was published. Take everything else out of it.")
        return Refused(said.format(name=part.id), "toml")
    return body | values


def _plain(value: object) -> object:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
